"""Visiting cards as files: vCard 4.0 (RFC 6350), read by address books.

Whatever a name holds, it stays one value of one line: backslashes, commas, semicolons and
line breaks are escaped (§3.4), other controls are left out, long lines are folded (§3.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MEDIA_TYPE: Final = "text/vcard; charset=utf-8"
_LINE_BYTES: Final = 75
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody, or an organisation; `places` are (organisation, function) of a person.

    `url` is the sheet that it was made of, and its identity.
    """

    name: str
    url: str
    email: str = ""
    phone: str = ""
    places: tuple[tuple[str, str], ...] = ()
    address: str = ""
    note: str = ""
    is_organisation: bool = False


def written(card: Card) -> bytes:
    """The card as a file."""
    return "".join(f"{_folded(line)}\r\n" for line in _lines(card)).encode()


def _lines(card: Card) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"KIND:{'org' if card.is_organisation else 'individual'}"
    yield f"UID:{card.url}"
    yield f"SOURCE:{card.url}"
    yield f"FN:{_text(card.name)}"
    if card.is_organisation:
        yield f"ORG:{_text(card.name)}"
    else:
        # The whole name as one part: which of its words is the family's is nowhere said.
        yield f"N:;{_text(card.name)};;;"
    for number, (organisation, function) in enumerate(card.places, start=1):
        yield f"place{number}.ORG:{_text(organisation)}"
        if function:
            yield f"place{number}.TITLE:{_text(function)}"
    if card.email:
        yield f"EMAIL;TYPE=work:{_text(card.email)}"
    if card.phone:
        yield f"TEL;TYPE=work:{_text(card.phone)}"
    if card.address:
        yield f"ADR;TYPE=work:;;{_text(card.address)};;;;"
    if card.note:
        yield f"NOTE:{_text(card.note)}"
    yield "END:VCARD"


def _text(text: str) -> str:
    """One text value: line breaks of any kind are `\\n`, other controls are nothing.

    Spaces that do not break are spaces: an address book would keep words apart by nothing else.
    """
    plain = "\n".join(
        "".join(" " if one.isspace() else one for one in line if one.isspace() or one.isprintable())
        for line in text.splitlines()
    )
    return plain.translate(_ESCAPED)


def _folded(line: str) -> str:
    """Lines of at most 75 bytes each, cut between characters; the further ones begin by a space."""
    return "\r\n ".join(_pieces(line))


def _pieces(line: str) -> Iterable[str]:
    piece, size, room = "", 0, _LINE_BYTES
    for one in line:
        bytes_of_one = len(one.encode())
        if size + bytes_of_one > room:
            yield piece
            piece, size, room = "", 0, _LINE_BYTES - 1
        piece, size = piece + one, size + bytes_of_one
    yield piece
