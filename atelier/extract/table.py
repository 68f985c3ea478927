"""The table of readers: one per media type, and the reading of one file through it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

from atelier.extract import (
    cards,
    doc,
    docx,
    epub,
    html,
    images,
    mail,
    media,
    msg,
    odp,
    ods,
    odt,
    pdf,
    ppt,
    pptx,
    rtf,
    subtitles,
    text,
    xls,
    xlsx,
    xml,
    zips,
)
from atelier.extract.contract import Reading
from atelier.extract.found import Found, Unread, plain, plain_line
from atelier.extract.inside import is_locked_office, media_type_in
from atelier.extract.media_type import (
    CSV,
    DOC,
    DOCM,
    DOCX,
    HTML,
    KNOWN,
    MAIL,
    MARKDOWN,
    MSG,
    ODP,
    ODS,
    ODT,
    OTP,
    OTS,
    OTT,
    PDF,
    PPSX,
    PPT,
    PPTM,
    PPTX,
    TEXT,
    XLS,
    XLSB,
    XLSM,
    XLSX,
    ZIP,
)
from atelier.extract.pictured import IMAGES
from atelier.model.documents import ReadState

Reader = Callable[[BinaryIO], Found]

ARCHIVES = ("application/x-7z-compressed", "application/vnd.rar", "application/gzip")

READERS: Mapping[str, Reader] = MappingProxyType({
    PDF: pdf.read,
    DOCX: docx.read,
    DOCM: docx.read,
    ODT: odt.read,
    OTT: odt.read,
    **dict.fromkeys((PPTX, PPSX, PPTM), pptx.read),
    **dict.fromkeys((ODP, OTP), odp.read),
    **dict.fromkeys((XLSX, XLSM, XLSB), xlsx.read),
    XLS: xls.read,
    **dict.fromkeys((ODS, OTS), ods.read),
    HTML: html.read,
    TEXT: text.read,
    MARKDOWN: text.read,
    CSV: text.read,
    DOC: doc.read,
    PPT: ppt.read,
    "text/rtf": rtf.read,
    MSG: msg.read,
    MAIL: mail.read,
    **dict.fromkeys(IMAGES, images.read),
    "image/heic": images.unread_heic,
    ZIP: zips.read,
    **dict.fromkeys(ARCHIVES, zips.unread),
    "application/epub+zip": epub.read,
    "text/vtt": subtitles.read,
    "application/x-subrip": subtitles.read,
    "text/calendar": cards.read,
    "text/vcard": cards.read,
    "application/json": text.read,
    "application/xml": xml.read,
    "image/svg+xml": xml.read,
    **{kind: media.read for kind in KNOWN if kind.startswith(("audio/", "video/"))},
})  # fmt: skip

# what the libraries under the readers raise for bytes that are not what they claim to be;
# anything else ends the child, and is `damaged` all the same
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, ValueError,
    LookupError, ArithmeticError, RecursionError, OSError,
    struct.error,
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
        language=language_of(pages), written_at=found.written_at, changed_at=found.changed_at,
        reason=found.reason,
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
