"""What people follow, at what pace, and the digests they are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from atelier.model.ids import DigestId, DocumentId, FolderId, FollowId, MeetingId, PersonId


class Followable(StrEnum):
    """What can be followed."""

    FOLDER = "folder"
    DOCUMENT = "document"
    SEARCH = "search"
    SERIES = "series"


class Pace(StrEnum):
    """When somebody is told, the quickest first."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    BEFORE_MEETING = "before_meeting"


_BY_CALENDAR = (Pace.AT_ONCE, Pace.DAILY, Pace.WEEKLY)

# Meetings are of a folder or of a series: only what these are comes before one.
PACES: Final = {
    Followable.FOLDER: tuple(Pace),
    Followable.DOCUMENT: _BY_CALENDAR,
    Followable.SEARCH: _BY_CALENDAR,
    Followable.SERIES: tuple(Pace),
}
# Of two that follow the same line at the same pace, the first tells it.
NEAREST: Final = (Followable.DOCUMENT, Followable.SERIES, Followable.FOLDER, Followable.SEARCH)


@dataclass(frozen=True, slots=True)
class Follow:
    """What somebody follows. `name` is None when she may not read it (any more).

    `depth` is how many folders a followed one reaches up to: of two on one way, the lower has
    the more. `since` and `told_through` are numbers of the journal.
    """

    id: FollowId
    what: Followable
    what_id: int
    pace: Pace
    name: str | None
    depth: int
    since: int
    told_through: int
    before_meeting_id: MeetingId


class Told(StrEnum):
    """What a line of a digest tells; of several about one thing the last in this order."""

    DOCUMENT_LABELLED = "document_labelled"
    DOCUMENT_RENAMED = "document_renamed"
    DOCUMENT_MOVED = "document_moved"
    DOCUMENT_RESTORED = "document_restored"
    DOCUMENT_REVISED = "document_revised"
    DOCUMENT_DEPOSITED = "document_deposited"
    DOCUMENT_FOUND = "document_found"
    FOLDER_MOVED = "folder_moved"
    FOLDER_RENAMED = "folder_renamed"
    FOLDER_MADE = "folder_made"
    MEETING_CHANGED = "meeting_changed"
    MEETING_MADE = "meeting_made"
    MEETING_REVIVED = "meeting_revived"
    MEETING_CONVENED = "meeting_convened"
    MINUTES_DEPOSITED = "minutes_deposited"
    MINUTES_APPROVED = "minutes_approved"
    MEETING_CANCELLED = "meeting_cancelled"


@dataclass(frozen=True, slots=True)
class DigestLine:
    """What one person did there, of one kind and in one while; `count` things in all.

    `names` are the first of them as they are called now. Exactly one of `document_id` and
    `meeting_id` is set where it is one document or one meeting (with its `starts_at`, and
    whether its hour is known); of several, and of a folder, the address is that of `folder_id`.
    `person` and `organisation` are "" where nobody in particular is named.
    """

    told: Told
    person: str
    organisation: str
    count: int
    names: tuple[str, ...]
    folder_id: FolderId | None
    folder: str
    at: datetime
    document_id: DocumentId | None = None
    meeting_id: MeetingId | None = None
    starts_at: datetime | None = None
    has_time: bool = False


@dataclass(frozen=True, slots=True)
class DigestPart:
    """The lines about one thing that she follows, the newest first."""

    follow: Follow
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What somebody is told in one letter; `others` are lines beyond those that it holds.

    `meeting` is the title of the one that it comes before, "" for none.
    """

    pace: Pace
    parts: tuple[DigestPart, ...]
    others: int = 0
    meeting: str = ""
    meeting_id: MeetingId | None = None
    starts_at: datetime | None = None
    has_time: bool = False


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A digest as it is kept: by what she follows, the line of the journal after which to tell."""

    id: DigestId
    person_id: PersonId
    pace: Pace
    through: int
    meeting_id: MeetingId
    after: dict[FollowId, int]
