"""Invitations: what is offered to somebody at an address, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from atelier.model.folders import Role
from atelier.model.ids import FolderId, InviteId, OrganisationId, PersonId
from atelier.model.people import Person

MAX_MESSAGE_CHARACTERS: Final = 500
MAX_LINES: Final = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody is invited to: a place in an organisation, a role on a folder, or both.

    Neither: an account and no more. `until` is the last day of the role, inclusive.
    `language` is the one in which she is written to, "" for the installation's.
    """

    email: str
    name: str = ""
    organisation_id: OrganisationId | None = None
    function: str = ""
    is_representative: bool = False
    folder_id: FolderId | None = None
    role: Role = Role.READER
    until: date | None = None
    message: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation that waits. `inviter` is the name of who answers for it today.

    `folder` is "" where there is none, or none that the one who looks may know.
    """

    id: InviteId
    offer: Offer
    organisation: str
    folder: str
    invited_by: PersonId
    inviter: str
    created_at: datetime
    expires_at: datetime

    def has_expired(self, now: datetime) -> bool:
        """Whether its links open nothing any more."""
        return now >= self.expires_at


class Fate(StrEnum):
    """What becomes of an offer."""

    INVITED = "invited"
    GIVEN = "given"  # she has an account: it is hers at once
    ALREADY = "already"  # she has all of it
    WAITING = "waiting"  # the same invitation waits for her
    TWICE = "twice"  # a line further up in the list
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an offer.

    `token` is that of the invitation's link, or of the welcome link of `person` who has an
    account and no password yet; "" when there is none to hand out. `is_afresh`: the password
    that her account had is void.
    """

    fate: Fate
    offer: Offer
    invite_id: InviteId | None = None
    person: Person | None = None
    token: str = ""
    is_afresh: bool = False


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line of a list as it was read: from 1, its address as typed, checked later."""

    number: int
    email: str
    name: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class InvitedLine:
    """A line of a list, and what becomes of it; `fault` says why it is refused."""

    typed: TypedLine
    fate: Fate
    fault: str = ""
    token: str = ""
    is_afresh: bool = False
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An invitation as the bearer of its link sees it: what of it can be given today.

    `inviter_home` is the organisation that the inviter is of, "" for none. `is_known`: somebody
    has an account with this address by now. `is_mailed`: only a letter to it brought the link.
    """

    offer: Offer
    organisation: str
    folder: str
    inviter: str
    inviter_home: str
    expires_at: datetime
    is_known: bool
    is_mailed: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the letter of an invitation tells, and the token of its link."""

    offer: Offer
    organisation: str
    folder: str
    inviter: str
    inviter_home: str
    expires_at: datetime
    token: str
