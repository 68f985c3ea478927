"""Who sees a folder and why; why someone does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from atelier.model.folders import Grant, Role
from atelier.model.ids import PersonId
from atelier.model.people import Organisation, Person


@dataclass(frozen=True, slots=True)
class Reason:
    """A grant that lets someone in; `organisation` is the one through which it is hers, or ""."""

    grant: Grant
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone who sees a folder: her highest role there, and every reason for it.

    `organisations` are those where she has a place today; without one she is a guest.
    """

    id: PersonId
    name: str
    email: str
    is_steward: bool
    role: Role
    organisations: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def is_guest(self) -> bool:
        """Whether she belongs to no organisation today."""
        return not self.organisations


class Cause(StrEnum):
    """Why a grant opens nothing any more."""

    PAST = "past"
    ORGANISATION_LEFT = "organisation_left"
    ACCOUNT_INACTIVE = "account_inactive"


@dataclass(frozen=True, slots=True)
class DeadGrant:
    """A grant that opens nothing, since the end of the day `on` where that is known."""

    grant: Grant
    cause: Cause
    on: date | None


class Miss(StrEnum):
    """What keeps someone from a folder, or nearly gave it to her."""

    ACCOUNT_INACTIVE = "account_inactive"
    GRANT_ENDED = "grant_ended"
    PLACE_ENDED = "place_ended"
    PLACE_BEGINS = "place_begins"
    ORGANISATION_LEFT = "organisation_left"
    CLOSED = "closed"
    NOTHING = "nothing"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One such fact: the grant that would do, the day, the organisation it hangs on.

    `above` is the folder higher up that she sees, `closed` the closed one below it; a name
    that the one who asks may not know is "".
    """

    miss: Miss
    on: date | None = None
    organisation: str = ""
    grant: Grant | None = None
    above: str = ""
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether someone sees a folder: her role and the reasons, or None and what she misses.

    `blind_as` are those of her organisations for which she does not see it when she acts
    for that one only; `organisations` all those where she has a place today.
    """

    person: Person
    role: Role | None
    reasons: tuple[Reason, ...] = ()
    misses: tuple[NearMiss, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    blind_as: tuple[Organisation, ...] = ()
