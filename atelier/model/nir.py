"""French social-security numbers (NIR) in a text: how many, on which page. Never which.

A number counts when its parts are possible ones and its key is right; one that is made up
passes once in 97. Source: INSEE, and article R. 115-1 of the *code de la sécurité sociale*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_GAP: Final = r"[\s.\u00b7\u2010-\u2015\u2212-]{0,3}"
_PARTS: Final = _GAP.join(
    (
        r"([0-9]{2})",  # year
        r"(0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])",  # month; from 20 on: it is not known
        r"(?!00)([0-9]{2}|2[ABab])",  # department; 97, 98: overseas, 99: abroad
        r"(?!000)([0-9]{3})",  # commune
        r"(?!000)([0-9]{3})",  # order
        r"(0[1-9]|[1-8][0-9]|9[0-7])",  # key
    )
)
# What is longer than a number is another one, and so is the end of a decimal fraction. The
# first digit stands before the look-behind: the engine then skips what begins with none.
_NUMBER: Final = re.compile(
    rf"([123478])(?<![0-9].)(?<![0-9][.].)(?={_GAP}{_PARTS}(?![0-9]))", re.DOTALL
)
_LONGEST: Final = 64
# Between two windows other threads go on: one look through 64 MiB would keep them for seconds.
_WINDOW: Final = 256 * 1024
_CORSICA: Final = {"2A": "19", "2B": "18"}


@dataclass(frozen=True, slots=True)
class Found:
    """Different numbers in some pages, and the first page that has one, counted from 1."""

    count: int
    page: int


def look(pages: Sequence[str]) -> Found | None:
    """How many different valid numbers these pages hold; None when there are none.

    Parts of a number may stand apart by spaces, line breaks, dots and hyphens.
    """
    numbers: set[str] = set()
    first = 0
    for page, text in enumerate(pages, start=1):
        numbers.update(_valid(text))
        if numbers and not first:
            first = page
    return Found(len(numbers), first) if numbers else None


def key(number: str) -> int:
    """The key of a number of 13 characters, in digits but for the department of Corsica."""
    department = number[5:7]
    return 97 - int(number[:5] + _CORSICA.get(department, department) + number[7:]) % 97


def _valid(text: str) -> Iterator[str]:
    for start in range(0, len(text), _WINDOW):
        end = start + _WINDOW
        for match in _NUMBER.finditer(text, start, end + _LONGEST):
            number, told = "".join(match.groups()[:-1]).upper(), int(match.groups()[-1])
            if match.start() < end and key(number) == told:
                yield number
