"""French as people read it: dates in words, apostrophes and spaces as printers set them."""

from __future__ import annotations

import re
from datetime import date

NO_BREAK = "\u00a0"

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_BEFORE_SIGN = re.compile(r" ([;:?!»%€])")
_AFTER_OPENING = re.compile(r"« ")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")


def day(when: date) -> str:
    """`14 mars 2023`; the first of a month is `1er`."""
    number = "1er" if when.day == 1 else str(when.day)
    return f"{number} {_MONTHS[when.month - 1]} {when.year}"


def weekday(when: date) -> str:
    """`mardi 14 mars 2023`."""
    return f"{_DAYS[when.weekday()]} {day(when)}"


def typeset(text: str) -> str:
    """The text on one line, with curly apostrophes and no-break spaces where French wants them."""
    line = " ".join(text.split()).replace("'", "’")
    line = _BEFORE_SIGN.sub(NO_BREAK + r"\1", line)
    line = _THOUSANDS.sub(NO_BREAK, line)
    return _AFTER_OPENING.sub("«" + NO_BREAK, line)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a paragraph, in order."""
    parts = re.split(r"(?<=[.?!»])\s+(?=[A-ZÀÂÉÈÊÎÔŒ«])", " ".join(text.split()))
    return tuple(part for part in parts if part)
