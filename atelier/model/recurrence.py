"""On which days a meeting comes again; the calendar alone, without hours."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum

MOST_TIMES = 60


class Every(StrEnum):
    """How often a meeting comes again."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH_DAY = "month_day"
    MONTH_WEEKDAY = "month_weekday"
    QUARTER = "quarter"
    QUARTER_WEEKDAY = "quarter_weekday"
    HALF_YEAR = "half_year"
    YEAR = "year"


_WEEKS = {Every.WEEK: 1, Every.FORTNIGHT: 2}
_MONTHS = {
    Every.MONTH_DAY: 1,
    Every.MONTH_WEEKDAY: 1,
    Every.QUARTER: 3,
    Every.QUARTER_WEEKDAY: 3,
    Every.HALF_YEAR: 6,
    Every.YEAR: 12,
}
_ON_WEEKDAYS = frozenset({Every.MONTH_WEEKDAY, Every.QUARTER_WEEKDAY})


def days(first: date, every: Every, times: int) -> tuple[date, ...]:
    """So many days, from the first one on, which is among them.

    Where a month has no such day (the 31st, the 29 February, a fifth Tuesday) it is its last
    day, or its last such weekday.
    """
    if every in _WEEKS:
        return tuple(first + timedelta(weeks=_WEEKS[every] * number) for number in range(times))
    on = _same_weekday if every in _ON_WEEKDAYS else _same_day
    return tuple(on(first, _MONTHS[every] * number) for number in range(times))


def _same_day(first: date, months: int) -> date:
    year, month = _month_after(first, months)
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def _same_weekday(first: date, months: int) -> date:
    """The second Tuesday after the second Tuesday; of a fifth one the last."""
    year, month = _month_after(first, months)
    begins_on, length = calendar.monthrange(year, month)
    day = 1 + (first.weekday() - begins_on) % 7 + 7 * ((first.day - 1) // 7)
    return date(year, month, day if day <= length else day - 7)


def _month_after(first: date, months: int) -> tuple[int, int]:
    years, month = divmod(first.month - 1 + months, 12)
    return first.year + years, month + 1
