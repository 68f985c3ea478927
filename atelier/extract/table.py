"""The table of readers: one per media type, and the reading of one file through it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

from atelier.extract import docx, html, odt, pdf, text
from atelier.extract.contract import Reading
from atelier.extract.found import Found, Unread, plain, plain_line
from atelier.extract.inside import is_locked_office, media_type_in
from atelier.extract.media_type import (
    CSV,
    DOCM,
    DOCX,
    HTML,
    MARKDOWN,
    ODT,
    OTT,
    PDF,
    TEXT,
)
from atelier.model.documents import ReadState

Reader = Callable[[BinaryIO], Found]

READERS: Mapping[str, Reader] = MappingProxyType({
    PDF: pdf.read,
    DOCX: docx.read,
    DOCM: docx.read,
    ODT: odt.read,
    OTT: odt.read,
    HTML: html.read,
    TEXT: text.read,
    MARKDOWN: text.read,
    CSV: text.read,
})  # fmt: skip

# what the libraries under the readers raise for bytes that are not what they claim to be;
# anything else ends the child, and is `damaged` all the same
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, ValueError,
    LookupError, ArithmeticError, RecursionError, OSError,
)  # fmt: skip


def read_file(file: BinaryIO, name: str, language_of: Callable[[tuple[str, ...]], str]) -> Reading:
    """Read a whole file whatever is in it: its state says how far it went."""
    media_type = media_type_in(file, name)
    try:
        found = _found(file, media_type)
    except Unread as given_up:
        return Reading(given_up.state, media_type, reason=given_up.reason)
    except MemoryError:
        return Reading(ReadState.TOO_LARGE, media_type, reason="memory")
    except _BROKEN:
        return Reading(ReadState.DAMAGED, media_type, reason="broken")
    pages = tuple(plain(page).strip() for page in found.pages)
    return Reading(
        found.state, media_type, found.page_kind, pages,
        title=plain_line(found.title), author=plain_line(found.author),
        language=language_of(pages), reason=found.reason,
    )  # fmt: skip


def _found(file: BinaryIO, media_type: str) -> Found:
    if file.seek(0, 2) == 0:
        raise Unread(ReadState.OK, "empty")
    if is_locked_office(file):
        raise Unread(ReadState.ENCRYPTED, "password")
    reader = READERS.get(media_type)
    if reader is None:
        raise Unread(ReadState.UNSUPPORTED, "no_reader")
    file.seek(0)
    return reader(file)
