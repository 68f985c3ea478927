"""Reads ZIP archives: the names of what is in them. Nothing is unpacked, nothing opened."""

from __future__ import annotations

from typing import BinaryIO

from atelier.extract.archive import listed
from atelier.extract.found import Found, Sheet, Unread
from atelier.model.documents import ReadState

_IS_UTF_8 = 1 << 11  # general purpose flag, APPNOTE §4.4.4


def read(file: BinaryIO) -> Found:
    """One text: a name a line, in the order of the archive, folders left out."""
    sheet = Sheet()
    for member in listed(file):
        if not member.is_dir():
            sheet.write(_name(member.filename, member.flag_bits) + "\n")
    return Found((sheet.take(),))


def unread(file: BinaryIO) -> Found:
    """The other archives: stored as they are."""
    raise Unread(ReadState.UNSUPPORTED, "archive")


def _name(name: str, flags: int) -> str:
    """The name. Unless it says UTF-8, its bytes were taken for CP437.

    Many programs write UTF-8 without saying so; Windows in French writes CP850, which has
    capitals with accents where CP437 draws frames.
    """
    if flags & _IS_UTF_8 or name.isascii():
        return name
    raw = name.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        return raw.decode("cp850")
