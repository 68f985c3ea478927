"""On which days a meeting comes again."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.model.recurrence import Every, days


def test_each_way_gives_its_days_the_first_among_them() -> None:
    tuesday = date(2026, 3, 10)  # the second one of March
    assert days(tuesday, Every.WEEK, 3) == (tuesday, date(2026, 3, 17), date(2026, 3, 24))
    assert days(tuesday, Every.FORTNIGHT, 3) == (tuesday, date(2026, 3, 24), date(2026, 4, 7))
    assert days(tuesday, Every.MONTH_DAY, 3) == (tuesday, date(2026, 4, 10), date(2026, 5, 10))
    assert days(tuesday, Every.MONTH_WEEKDAY, 4) == (
        tuesday, date(2026, 4, 14), date(2026, 5, 12), date(2026, 6, 9),
    )  # fmt: skip
    assert days(tuesday, Every.QUARTER, 3) == (tuesday, date(2026, 6, 10), date(2026, 9, 10))
    assert days(tuesday, Every.QUARTER_WEEKDAY, 3) == (
        tuesday, date(2026, 6, 9), date(2026, 9, 8),
    )  # fmt: skip
    assert days(tuesday, Every.HALF_YEAR, 3) == (tuesday, date(2026, 9, 10), date(2027, 3, 10))
    assert days(tuesday, Every.YEAR, 2) == (tuesday, date(2027, 3, 10))


def test_where_a_month_has_no_such_day_it_is_the_last_and_the_31st_comes_back() -> None:
    last = date(2026, 1, 31)
    assert days(last, Every.MONTH_DAY, 4) == (
        last, date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
    )  # fmt: skip
    leap = date(2028, 2, 29)
    assert days(leap, Every.YEAR, 5)[1:] == (
        date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29),
    )  # fmt: skip
    assert days(date(2026, 8, 31), Every.HALF_YEAR, 2)[1] == date(2027, 2, 28)


def test_a_fifth_weekday_is_the_last_one_where_there_are_four() -> None:
    fifth = date(2026, 3, 31)  # a fifth Tuesday
    assert days(fifth, Every.MONTH_WEEKDAY, 4) == (
        fifth, date(2026, 4, 28), date(2026, 5, 26), date(2026, 6, 30),
    )  # fmt: skip


@pytest.mark.parametrize("every", Every)
@given(first=st.dates(date(1930, 1, 1), date(2120, 1, 1)), times=st.integers(1, 60))
def test_days_go_forward_by_months_and_keep_their_kind(
    every: Every, first: date, times: int
) -> None:
    found = days(first, every, times)
    assert len(found) == times and found[0] == first
    assert list(found) == sorted(set(found))
    if every in (Every.WEEK, Every.FORTNIGHT, Every.MONTH_WEEKDAY, Every.QUARTER_WEEKDAY):
        assert {day.weekday() for day in found} == {first.weekday()}
    longest = {Every.MONTH_WEEKDAY: timedelta(35), Every.QUARTER_WEEKDAY: timedelta(98)}.get(every)
    if longest is not None:
        assert all(later - day <= longest for day, later in itertools.pairwise(found))
    else:
        assert all(day.day <= first.day or every in (Every.WEEK, Every.FORTNIGHT) for day in found)
