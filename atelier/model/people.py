"""Organisations, people, the places they have, and the one who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from atelier.model.folders import Subject
from atelier.model.ids import GroupId, MembershipId, OrganisationId, PersonId


@dataclass(frozen=True, slots=True)
class Network:
    """The whole installation: its name and the time zone in which its days end."""

    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A member organisation (structure); `ends_on` is its last day in the network.

    `siret` (14 digits) and `finess` (9 characters) are empty when unknown.
    """

    id: OrganisationId
    name: str
    kind: str = ""
    ends_on: date | None = None
    siret: str = ""
    finess: str = ""
    address: str = ""
    contact: str = ""
    merged_into: OrganisationId | None = None

    def is_there(self, day: date) -> bool:
        """Whether it belongs to the network that day."""
        return self.merged_into is None and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in one organisation; dates are inclusive, None is open."""

    id: MembershipId
    organisation: Organisation
    function: str
    is_representative: bool
    starts_on: date | None = None
    ends_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether she has this place that day."""
        begun = self.starts_on is None or self.starts_on <= day
        over = self.ends_on is not None and self.ends_on < day
        return begun and not over and self.organisation.is_there(day)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone. A guest is a person without a place on that day."""

    id: PersonId
    name: str
    email: str
    is_steward: bool
    is_active: bool
    memberships: tuple[Membership, ...] = ()

    def places(self, day: date) -> tuple[Membership, ...]:
        """The places she has that day."""
        return tuple(place for place in self.memberships if place.holds(day))

    def is_guest(self, day: date) -> bool:
        """Whether she belongs to no organisation that day."""
        return not self.places(day)


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A membership sitting in a group: a person *for* an organisation.

    `is_coordinator` seats and unseats the others; `is_active` is False when her place or
    her account has ended.
    """

    membership_id: MembershipId
    person_id: PersonId
    person: str
    organisation: str
    is_coordinator: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A working group across organisations."""

    id: GroupId
    name: str
    members: tuple[GroupMember, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A group that a person sits in, and for which organisation."""

    group_id: GroupId
    group: str
    organisation: str
    is_coordinator: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, on which day, and for which organisation if she chose one.

    `acting_as` drops the *other* organisations and the groups she sits in for them.
    `seeing` is the organisation or person as whom she looks at the folders she shares,
    only to read. Made anew for each request: nothing of it outlives the day or a change of
    rights.
    """

    person_id: PersonId
    name: str
    is_steward: bool
    may_open_top: bool
    main_organisation: OrganisationId | None
    acting_as: OrganisationId | None
    today: date
    seeing: Subject | None = None


class Proof(StrEnum):
    """By what a session was begun; the later ones are more than a password."""

    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY = "recovery"

    @property
    def is_strong(self) -> bool:
        """Whether something that she has proved it, not only something that she knows."""
        return self is not Proof.PASSWORD


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of somebody's sessions as she is shown it; `handle` names it, and is no secret.

    `device` is its browser and system in a word or two, "" when unknown. `is_kept`: it
    outlives the browser.
    """

    handle: str
    device: str
    proof: Proof
    is_kept: bool
    begun_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in visit: the actor, and what her pages need.

    `must_prove`: she may do nothing but get a second factor, which her account must have.
    """

    actor: Actor
    person: Person
    network: Network
    language: str
    form_token: str
    expires_at: datetime
    proof: Proof = Proof.PASSWORD
    must_prove: bool = False
