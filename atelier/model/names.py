"""Names that people give to folders and documents: what is allowed, and which are the same.

A name keeps the form it was given. Two names are the same when their keys are equal:
NFC, then case folded, then NFC again, so that `Été` typed on any system is one name.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from atelier.errors import BadName

MAX_NAME_BYTES = 255
MAX_DEPTH = 64
MAX_PATH_CHARACTERS = 4_000


class Fault(StrEnum):
    """Why a name cannot be given."""

    EMPTY = "empty"
    DOTS = "dots"
    SLASH = "slash"
    CONTROL = "control"
    SURROGATE = "surrogate"
    TOO_LONG = "too_long"


def checked(name: str, *, field: str = "name") -> str:
    """The name without surrounding spaces, or `BadName` naming the fault.

    Refused: empty, spaces or dots only, `/` and `\\`, control characters, lone
    surrogates, more than 255 bytes of UTF-8 after NFC.
    """
    stripped = name.strip()
    fault = _fault(stripped)
    if fault is not None:
        raise BadName(field, fault, _printable(stripped))
    return stripped


def key(name: str) -> str:
    """The form under which names of one folder are compared."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def sort_key(name: str) -> str:
    """Where the name stands in a French list: case and accents do not count."""
    apart = unicodedata.normalize("NFKD", name.translate(_LIGATURES).casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'"})


def numbered(name: str, number: int) -> str:
    """`compte rendu.pdf`, 2 → `compte rendu (2).pdf`: the name under which both are kept.

    A name too long for the mark loses the end of what stands before its ending.
    """
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 8:
        stem, dot, ending = name, "", ""
    mark = f" ({number}){dot}{ending}"
    while _bytes(stem + mark) > MAX_NAME_BYTES:
        stem = stem[:-1].rstrip()
    return stem + mark


def is_suspect(name: str) -> bool:
    """Whether the name holds marks that can make it read as another (overrides, zero width)."""
    return any(unicodedata.category(character) == "Cf" for character in name)


def visible(text: str) -> str:
    """The text without the marks of `is_suspect`: for files that other programs show."""
    if text.isascii():
        return text
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


def _fault(name: str) -> Fault | None:
    if not name:
        return Fault.EMPTY
    if not name.strip(". "):
        return Fault.DOTS
    if "/" in name or "\\" in name:
        return Fault.SLASH
    if any(unicodedata.category(character) == "Cc" for character in name):
        return Fault.CONTROL
    if any("\ud800" <= character <= "\udfff" for character in name):
        return Fault.SURROGATE
    return Fault.TOO_LONG if _bytes(name) > MAX_NAME_BYTES else None


def _bytes(name: str) -> int:
    return len(unicodedata.normalize("NFC", name).encode())


def _printable(name: str) -> str:
    return name[:80].encode("utf-8", "backslashreplace").decode()
