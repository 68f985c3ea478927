"""Dates as French people write them in the names of files; day before month, as they do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_WINDOW = 69  # two digits: 69 to 99 are of the last century, as POSIX has it for %y

_MONTHS: Final = (
    ("janvier", "janv", "jan"),
    ("fevrier", "fevr", "fev", "feb"),
    ("mars", "mar"),
    ("avril", "avr"),
    ("mai",),
    ("juin", "jun"),
    ("juillet", "juil", "jul"),
    ("aout",),
    ("septembre", "sept", "sep"),
    ("octobre", "oct"),
    ("novembre", "nov"),
    ("decembre", "dec"),
)
_MONTH_OF: Final = {word: at for at, words in enumerate(_MONTHS, 1) for word in words}
_WORDS = "|".join(sorted(_MONTH_OF, key=len, reverse=True))

# Of whole dates; the first that is possible counts. What begins with a year comes before
# day and month, which French puts in that order.
_DAYS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![0-9])(?P<y>[0-9]{4}) ?[-./ ] ?(?P<m>[0-9]{1,2}) ?[-./ ] ?(?P<d>[0-9]{1,2})(?![0-9])",
        r"(?<![0-9])(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?![0-9])",
        r"(?<![0-9.v])(?P<d>[0-9]{1,2}) ?[-./ ] ?(?P<m>[0-9]{1,2}) ?[-./ ] ?"
        r"(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])",
        r"(?<![0-9])(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4})(?![0-9])",
        rf"(?<![0-9])(?P<d>[0-9]{{1,2}})(?: ?er)?(?: ?(?:et|au|-|/|&) ?[0-9]{{1,2}})?[ .-]{{0,3}}"
        rf"(?P<w>{_WORDS})[ .-]{{0,3}}(?P<y>[0-9]{{4}}|[0-9]{{2}})(?![0-9])",
    )
)
_ONLY_MONTHS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![a-z])(?P<w>{_WORDS})[ .-]{{0,3}}(?P<y>[0-9]{{4}})(?![0-9])",
        r"(?<![0-9])(?P<y>[0-9]{4})[-./ ](?P<m>[0-9]{2})(?![-0-9])",
        r"(?<![-0-9.v])(?P<m>[0-9]{2})[-./](?P<y>[0-9]{4})(?![0-9])",
    )
)


@dataclass(frozen=True, slots=True)
class When:
    """A date in a text: the day, or (year, month) where none is said; `span` is where.

    Neither where what is written there is no possible date; `is_impossible` where it is
    written as one all the same, as « 31 février 2019 ».
    """

    day: date | None
    month: tuple[int, int] | None
    span: tuple[int, int]
    is_impossible: bool = False


def dated(folded: str) -> When | None:
    """The first possible date in a text without case and accents; None where none is written.

    A month alone only where no day was meant: « 31 février 2019 » is none.
    """
    meant = [match for pattern in _DAYS for match in pattern.finditer(folded)]
    for match in sorted(meant, key=lambda one: one.start()):
        day = _day(match)
        if day is not None:
            return When(day, None, match.span())
    if meant:
        wrong = next(filter(_reads_as_day, meant), None)
        return When(None, None, (wrong or meant[0]).span(), is_impossible=wrong is not None)
    months = [match for pattern in _ONLY_MONTHS for match in pattern.finditer(folded)]
    for match in sorted(months, key=lambda one: one.start()):
        year, month = _year(match["y"]), _month(match)
        if _FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12:
            return When(None, (year, month), match.span())
    return None


def _day(match: re.Match[str]) -> date | None:
    year = _year(match["y"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, _month(match), int(match["d"]))
    except ValueError:
        return None


def _reads_as_day(match: re.Match[str]) -> bool:
    """Whether somebody meant a day by it, and not the number of something else."""
    if not _FIRST_YEAR <= _year(match["y"]) <= _LAST_YEAR:
        return False
    is_numbered = "w" not in match.groupdict()
    return not is_numbered or (1 <= _month(match) <= 12 and 1 <= int(match["d"]) <= 31)


def _month(match: re.Match[str]) -> int:
    found = match.groupdict()
    return _MONTH_OF[found["w"]] if "w" in found else int(found["m"])


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _WINDOW else 2000)
