"""Two places of one person, made one when their organisations merge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from atelier.model.organisations import OrganisationMember, has_ended, united
from atelier.model.people import Membership, Organisation

TODAY = date(2026, 3, 12)
PAST = (date(2020, 1, 1), date(2021, 12, 31))
PRESENT = (date(2024, 1, 1), date(2026, 12, 31))
OPEN = (None, None)
TO_COME = (date(2026, 9, 1), None)
TOWN = Organisation(1, "Mairie")


def place(dates: tuple[date | None, date | None], **given: object) -> Membership:
    return replace(Membership(1, TOWN, "", False, *dates), **given)  # type: ignore[arg-type]


def dates(one: Membership) -> tuple[date | None, date | None]:
    return one.starts_on, one.ends_on


@pytest.mark.parametrize(
    ("here", "brought", "expected"),
    [
        (PRESENT, PRESENT, PRESENT),
        (PRESENT, OPEN, OPEN),
        (PAST, PRESENT, (PAST[0], PRESENT[1])),
        (PRESENT, TO_COME, (PRESENT[0], None)),
        (PAST, (date(2019, 1, 1), date(2020, 6, 1)), (date(2019, 1, 1), PAST[1])),
        (PAST, TO_COME, TO_COME),
        (TO_COME, PAST, TO_COME),
    ],
)
def test_the_dates_cover_both_and_nothing_begins_early(
    here: tuple[date | None, date | None],
    brought: tuple[date | None, date | None],
    expected: tuple[date | None, date | None],
) -> None:
    assert dates(united(place(here), place(brought), TODAY)) == expected
    assert dates(united(place(brought), place(here), TODAY)) == expected


@pytest.mark.parametrize(
    ("first", "second"), list(product((PAST, PRESENT, OPEN, TO_COME), repeat=2))
)
def test_one_has_a_place_today_only_when_one_had_it_before(
    first: tuple[date | None, date | None], second: tuple[date | None, date | None]
) -> None:
    here, brought = place(first), place(second)
    assert united(here, brought, TODAY).holds(TODAY) == (here.holds(TODAY) or brought.holds(TODAY))


def test_the_function_is_that_of_the_place_that_stays_if_it_has_one() -> None:
    here, brought = place(OPEN, function="maire"), place(OPEN, function="médecin")
    assert united(here, brought, TODAY).function == "maire"
    assert united(place(OPEN), brought, TODAY).function == "médecin"


def test_she_represents_what_stays_only_if_she_did_before_by_a_place_that_goes_on() -> None:
    represents = {"is_representative": True}
    assert not united(place(OPEN), place(OPEN, **represents), TODAY).is_representative
    assert united(place(OPEN, **represents), place(OPEN), TODAY).is_representative
    assert not united(place(OPEN), place(OPEN), TODAY).is_representative
    assert not united(place(OPEN), place(PAST, **represents), TODAY).is_representative
    assert not united(place(PAST, **represents), place(OPEN), TODAY).is_representative
    assert united(place(PAST, **represents), place(PAST), TODAY).is_representative


def test_a_place_is_over_with_its_last_day_the_account_or_the_organisation() -> None:
    last = place((None, TODAY))
    assert not has_ended(last, TODAY) and has_ended(last, date(2026, 3, 13))
    assert not OrganisationMember(1, "Awa", last).is_over(TODAY)
    assert OrganisationMember(1, "Awa", last, is_active=False).is_over(TODAY)
    gone = place(OPEN, organisation=Organisation(1, "Mairie", ends_on=date(2026, 3, 11)))
    assert OrganisationMember(1, "Awa", gone).is_over(TODAY)
    assert not OrganisationMember(1, "Awa", place(TO_COME)).is_over(TODAY)
