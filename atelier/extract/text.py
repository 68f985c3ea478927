"""Reads plain text, Markdown and CSV: the bytes are the text, once their encoding is known."""

from __future__ import annotations

from typing import BinaryIO

from charset_normalizer import from_bytes

from atelier.extract.found import Found, Unread
from atelier.extract.limits import KIB, MAX_TEXT_BYTES
from atelier.model.documents import ReadState

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
)  # fmt: skip
# what cp1252 makes of bytes that are letters in French; other bytes hint at another encoding
_CP1252_FRENCH = frozenset("éèêëàâäîïôöùûüÿçœæÉÈÊËÀÂÄÎÏÔÖÙÛÜŸÇŒÆ«»’‘“”–—…€°²³·•§ \u00a0ñáíóúß¿¡")
_SAMPLE_BYTES = 256 * KIB
_FRENCH_SHARE = 0.9


def read(file: BinaryIO) -> Found:
    """The whole text; it has no pages and no properties."""
    return Found(pages=(decoded(whole(file)),))


def whole(file: BinaryIO) -> bytes:
    """The bytes of a file that is all text; `Unread` too_large beyond the cap of texts."""
    content = file.read(MAX_TEXT_BYTES + 1)
    if len(content) > MAX_TEXT_BYTES:
        raise Unread(ReadState.TOO_LARGE, "text")
    return content


def decoded(content: bytes, announced: str = "") -> str:
    """Text of bytes: byte order mark, else announced encoding, else UTF-8, cp1252, best guess.

    cp1252 fits nearly any bytes, so it is taken when what it yields looks like our languages.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    for encoding in (announced, "utf-8"):
        text = _decoded_as(content, encoding)
        if text is not None:
            return text
    text = _decoded_as(content, "cp1252")
    if text is not None and _looks_western(text):
        return text
    best = from_bytes(content[:_SAMPLE_BYTES]).best()
    return content.decode(best.encoding if best is not None else "cp1252", "replace")


def _decoded_as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding) if encoding else None
    except (UnicodeError, LookupError):
        return None


def _looks_western(text: str) -> bool:
    foreign = [letter for letter in text[:_SAMPLE_BYTES] if letter > "\x7f"]
    known = sum(letter in _CP1252_FRENCH for letter in foreign)
    return known >= _FRENCH_SHARE * len(foreign)
