"""Reads calendars (iCalendar) and address cards (vCard): what a person would read of them."""

from __future__ import annotations

import quopri
import re
from typing import BinaryIO

from atelier.extract.found import Found, Sheet
from atelier.extract.text import decoded, whole

# RFC 5545 §3.8 and RFC 6350 §6, the properties that hold words, names, dates and numbers
_SHOWN = frozenset({
    "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "CATEGORIES", "ORGANIZER",
    "ATTENDEE", "DTSTART", "DTEND", "DUE", "URL", "FN", "N", "NICKNAME", "ORG", "TITLE", "ROLE",
    "ADR", "TEL", "EMAIL", "NOTE", "X-WR-CALNAME", "X-WR-CALDESC"
})  # fmt: skip
_TITLES = ("X-WR-CALNAME", "SUMMARY", "FN")
_FOLDED = re.compile(r"(?:\r\n?|\n)[ \t]")
_BREAKS = re.compile(r"\r\n?|\n")
_LINE = re.compile(
    r"(?:[A-Za-z0-9-]{1,60}\.)?([A-Za-z-]{1,60})((?:;[^;:\"]*(?:\"[^\"]*\"[^;:\"]*)*)*):(.*)"
)
_NAME = re.compile(r"[;^]CN=\"?([^\";:]{1,200})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([nN,;:\\])")
_LISTS = frozenset({"N", "ADR", "ORG"})  # whose parts are divided by semicolons
_ENDS = ("END:VEVENT", "END:VTODO", "END:VCARD", "END:VJOURNAL")


def read(file: BinaryIO) -> Found:
    """One text: each event or card a paragraph, a property a line; title of the first."""
    sheet, titles = Sheet(), dict[str, str]()
    for line in _BREAKS.split(_FOLDED.sub("", decoded(whole(file)))):
        if line.upper().startswith(_ENDS):
            sheet.write("\n")
            continue
        found = _LINE.fullmatch(line) if len(line) < 64 * 1024 else None
        if found is not None and found[1].upper() in _SHOWN:
            name, value = found[1].upper(), _value(found[1].upper(), found[2], found[3])
            titles.setdefault(name, value)
            sheet.write(value + "\n")
    title = next((titles[name] for name in _TITLES if titles.get(name)), "")
    return Found((sheet.take(),), title=title)


def _value(name: str, parameters: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in parameters.upper():
        value = decoded(quopri.decodestring(value.encode("utf-8", "replace")))
    if name in _LISTS:
        value = re.sub(r"(?<!\\);+", ", ", value).strip(", ")
    value = _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], value)
    person = _NAME.search(parameters)
    address = value.removeprefix("mailto:").removeprefix("MAILTO:")
    return f"{person[1]} <{address}>" if person is not None else address
