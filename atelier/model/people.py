"""Organisations, people, the places they have, and the one who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from atelier.model.ids import GroupId, MembershipId, OrganisationId, PersonId


@dataclass(frozen=True, slots=True)
class Network:
    """The whole installation: its name and the time zone in which its days end."""

    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A member organisation (structure)."""

    id: OrganisationId
    name: str
    kind: str = ""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in one organisation; dates are inclusive, None is open."""

    id: MembershipId
    organisation: Organisation
    function: str
    is_representative: bool
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone. A guest is a person without membership."""

    id: PersonId
    name: str
    email: str
    is_steward: bool
    is_active: bool
    memberships: tuple[Membership, ...] = ()

    @property
    def is_guest(self) -> bool:
        """Whether she belongs to no organisation."""
        return not self.memberships


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A membership sitting in a group: a person *for* an organisation."""

    person_id: PersonId
    person: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Group:
    """A working group across organisations."""

    id: GroupId
    name: str
    members: tuple[GroupMember, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, on which day, and for which organisation if she chose one.

    `acting_as` drops the *other* organisations and the groups she sits in for them.
    Made anew for each request: nothing of it outlives the day or a change of rights.
    """

    person_id: PersonId
    name: str
    is_steward: bool
    may_open_top: bool
    main_organisation: OrganisationId | None
    acting_as: OrganisationId | None
    today: date


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in visit: the actor, and what her pages need."""

    actor: Actor
    person: Person
    network: Network
    language: str
    form_token: str
    expires_at: datetime
