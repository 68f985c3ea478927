"""Numbers by which things are known. Never reused, never a secret."""

from __future__ import annotations

from typing import NewType

PersonId = NewType("PersonId", int)
OrganisationId = NewType("OrganisationId", int)
MembershipId = NewType("MembershipId", int)
GroupId = NewType("GroupId", int)
FolderId = NewType("FolderId", int)
DocumentId = NewType("DocumentId", int)
VersionId = NewType("VersionId", int)
GrantId = NewType("GrantId", int)
RequestId = NewType("RequestId", int)
AsideId = NewType("AsideId", int)
DropFolderId = NewType("DropFolderId", int)
GlossaryTermId = NewType("GlossaryTermId", int)
SavedId = NewType("SavedId", int)
SeriesId = NewType("SeriesId", int)
MeetingId = NewType("MeetingId", int)
ItemId = NewType("ItemId", int)
DecisionId = NewType("DecisionId", int)
TodoId = NewType("TodoId", int)
PasskeyId = NewType("PasskeyId", int)
InviteId = NewType("InviteId", int)
LetterId = NewType("LetterId", int)
FollowId = NewType("FollowId", int)
DigestId = NewType("DigestId", int)
