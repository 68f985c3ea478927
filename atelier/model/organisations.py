"""What is known of a member organisation, who is in it, and two places made one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from atelier.model.ids import PersonId
from atelier.model.people import Membership

MAX_KIND_CHARACTERS = 80
MAX_CONTACT_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a steward writes on an organisation's sheet; "" where nothing is known."""

    name: str
    kind: str = ""
    siret: str = ""
    finess: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationMember:
    """Someone with a place in an organisation, past or present; `is_active` is her account."""

    person_id: PersonId
    person: str
    membership: Membership
    is_active: bool = True

    def is_over(self, day: date) -> bool:
        """Whether her place, her account or the organisation itself has ended by that day."""
        is_there = self.membership.organisation.is_there(day)
        return not self.is_active or not is_there or has_ended(self.membership, day)


def has_ended(place: Membership, day: date) -> bool:
    """Whether the last day of this place is before that day."""
    return place.ends_on is not None and place.ends_on < day


def united(here: Membership, brought: Membership, day: date) -> Membership:
    """The place `here` of someone who brings a second one, when their organisations merge.

    Its dates cover both and it keeps its own function, if it has one. She is representative
    if she was in the organisation that stays, never by what she brings, nor by a place that
    has ended while the other goes on; nor does an ended place make one begin that has not begun.
    """
    places = (here, brought)
    going_on = [place for place in places if not has_ended(place, day)]
    dated = going_on if len(going_on) == 1 and _is_to_come(going_on[0], day) else places
    return replace(
        here,
        function=here.function or brought.function,
        is_representative=here.is_representative and here in (going_on or places),
        starts_on=_first([place.starts_on for place in dated]),
        ends_on=_last([place.ends_on for place in dated]),
    )


def _is_to_come(place: Membership, day: date) -> bool:
    return place.starts_on is not None and place.starts_on > day


def _first(days: list[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return min(known) if len(known) == len(days) else None


def _last(days: list[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
