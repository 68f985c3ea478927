"""Streams of OLE containers ([MS-CFB]) through olefile, once their sizes are found possible."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from olefile import OleFileIO
from olefile.olefile import OleDirectoryEntry, OleFileError

from atelier.extract.found import Unread
from atelier.extract.moments import moment
from atelier.model.documents import ReadState

_SUMMARY = "\x05SummaryInformation"
_CODE_PAGE, _TITLE, _AUTHOR, _CREATED, _SAVED = 1, 2, 4, 12, 13  # [MS-OLEPS] §2.25.1
_NARROW, _WIDE, _TIME = 30, 31, 64  # VT_LPSTR, VT_LPWSTR, VT_FILETIME
_UTF_16 = 1200
_WITH_CONTENT = (2, 5)  # object types of a stream and of the root ([MS-CFB] §2.6.1)
_MAX_PROPERTIES = 1_000


@dataclass(frozen=True, slots=True)
class Summary:
    """Title, author, and when it was written and last saved, in the form of `moments`."""

    title: str = ""
    author: str = ""
    written_at: str = ""
    changed_at: str = ""


def opened(file: BinaryIO) -> OleFileIO:
    """The container; `Unread` damaged when its tables loop or claim more than the file holds.

    olefile follows a chain for as many sectors as a size announces, so a size that the file
    cannot hold is refused before anything is followed.
    """
    size = file.seek(0, 2)
    file.seek(0)
    header = file.read(80)
    if len(header) < 80:
        raise Unread(ReadState.DAMAGED, "ole")
    (shift,) = struct.unpack_from("<H", header, 30)
    tables, _, _, _, _, short_tables, _, more = struct.unpack_from("<8I", header, 44)
    if shift not in (9, 12) or (tables + short_tables + more) << shift > size:
        raise Unread(ReadState.DAMAGED, "ole")
    try:
        container = OleFileIO(file)
    except (OleFileError, struct.error, AttributeError, TypeError) as error:
        raise Unread(ReadState.DAMAGED, "ole") from error
    entries = [entry for entry in container.direntries if entry is not None]
    # small streams count twice: for themselves, and in the stream that holds them all
    if sum(entry.size for entry in entries if entry.entry_type in _WITH_CONTENT) > 2 * size:
        raise Unread(ReadState.DAMAGED, "ole")
    _refuse_loops(container, [entry for entry in entries if entry.entry_type in _WITH_CONTENT])
    return container


def _refuse_loops(container: OleFileIO, entries: list[OleDirectoryEntry]) -> None:
    """Each sector belongs to one stream, once: else what comes out is not what was written."""
    next_of, seen = container.fat, bytearray(len(container.fat))
    for entry in entries:
        if entry.is_minifat:
            continue
        sector, left = entry.isectStart, -(-entry.size // container.sectorsize)
        while left > 0 and sector < len(next_of):
            if seen[sector]:
                raise Unread(ReadState.DAMAGED, "ole")
            seen[sector] = 1
            sector, left = next_of[sector], left - 1


def stream(container: OleFileIO, name: str) -> bytes:
    """The bytes of a stream at the top, or b"" when there is none of that name."""
    if not container.exists(name):
        return b""
    content: bytes = container.openstream(name).read()
    return content


def summary(container: OleFileIO) -> Summary:
    """What the container says of itself ([MS-OLEPS] §2.21); empty where it says nothing."""
    content = stream(container, _SUMMARY)
    try:
        (start,) = struct.unpack_from("<I", content, 44)
        count = min(struct.unpack_from("<I", content, start + 4)[0], _MAX_PROPERTIES)
        listed = [struct.unpack_from("<II", content, start + 8 + 8 * n) for n in range(count)]
        places = {name: start + place for name, place in listed}
        code_page = _code_page(content, places.get(_CODE_PAGE, 0))
    except struct.error:
        return Summary()
    title, author = (
        _text(content, places[name], code_page) if name in places else ""
        for name in (_TITLE, _AUTHOR)
    )
    written_at, changed_at = (
        _moment(content, places[name]) if name in places else "" for name in (_CREATED, _SAVED)
    )
    return Summary(title, author, written_at, changed_at)


def _code_page(content: bytes, offset: int) -> int:
    return int(struct.unpack_from("<H", content, offset + 4)[0]) if offset else 0


def _text(content: bytes, offset: int, code_page: int) -> str:
    try:
        kind, length = struct.unpack_from("<II", content, offset)
    except struct.error:
        return ""
    if kind == _WIDE or (kind == _NARROW and code_page == _UTF_16):
        size = 2 * length if kind == _WIDE else length
        return content[offset + 8 : offset + 8 + size].decode("utf-16-le", "replace").rstrip("\0")
    if kind != _NARROW:
        return ""
    narrow = content[offset + 8 : offset + 8 + length].partition(b"\0")[0]
    try:
        return narrow.decode(f"cp{code_page}" if code_page != 65001 else "utf-8", "replace")
    except LookupError:
        return narrow.decode("cp1252", "replace")


def _moment(content: bytes, offset: int) -> str:
    """A FILETIME: tenths of a microsecond since 1601, zero when never set."""
    try:
        kind, ticks = struct.unpack_from("<IQ", content, offset)
        said = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    except (struct.error, OverflowError):
        return ""
    return moment(said.isoformat()) if kind == _TIME and ticks else ""
