"""When a document says it was written or changed, as one form of text.

`2026-03-05T14:30:00Z` when the file tells its zone, without the Z when it does not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?")

_LONGEST = 64
# PDF 1.7 §7.9.4: D:YYYYMMDDHHmmSSOHH'mm', everything after the year may be missing
_PDF = re.compile(
    r"\s*(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?"
    r"(?:(Z)|([+-])(\d{2})'?(?:(\d{2})'?)?)?",
    re.ASCII,
)
_FINE = re.compile(r"[.,]\d+", re.ASCII)  # fractions of a second, of any number of digits


def moment(text: str) -> str:
    """A date of XML metadata (W3CDTF, xsd:dateTime) in our form; "" when it is none."""
    text = _FINE.sub("", text.strip()[:_LONGEST], count=1)
    try:
        return _written(datetime.fromisoformat(text))
    except ValueError:
        return ""


def pdf_moment(text: str) -> str:
    """A date of PDF metadata in our form; "" when it is none."""
    found = _PDF.match(text[:_LONGEST])
    if found is None:
        return ""
    year, month, day, hour, minute, second, zulu, sign, ahead, minutes = found.groups(default="")
    zone = "+00:00" if zulu else f"{sign}{ahead}:{minutes or '00'}" if sign else ""
    clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"
    return moment(f"{year}-{month or '01'}-{day or '01'}T{clock}")


def _written(said: datetime) -> str:
    try:
        known = said.astimezone(UTC) if said.tzinfo is not None else said
    except OverflowError:  # the first or last day there is, in another zone
        return ""
    mark = "Z" if said.tzinfo is not None else ""
    return known.replace(tzinfo=None, microsecond=0).isoformat() + mark
