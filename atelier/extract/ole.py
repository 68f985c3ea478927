"""The names at the top of an OLE container ([MS-CFB]): enough to tell a Word from an Excel file."""

from __future__ import annotations

import struct
from typing import BinaryIO

_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_MAX_SECTORS = 4_096  # of the directory: 8 MiB at most, over any real document
_NO_ENTRY = 0xFFFF_FFFF
_LAST_SECTOR = 0xFFFF_FFFA  # this and above mark the end of a chain


def top_names(file: BinaryIO) -> frozenset[str]:
    """Names of streams and storages directly under the root; none when it cannot be told."""
    file.seek(0)
    header = file.read(_HEADER_BYTES)
    try:
        directory = _directory(file, header)
        return frozenset(_children(directory))
    except (struct.error, ValueError):
        return frozenset()


def _directory(file: BinaryIO, header: bytes) -> bytes:
    (shift,) = struct.unpack_from("<H", header, 30)
    (first,) = struct.unpack_from("<I", header, 48)
    if shift not in (9, 12):
        raise ValueError(shift)
    # the 109 table sectors named in the header cover 7 MiB at 512 bytes a sector; a directory
    # that lies further out is left untold rather than chased
    tables = [one for one in struct.unpack_from("<109I", header, 76) if one < _LAST_SECTOR]
    parts: list[bytes] = []
    sector = first
    while sector < _LAST_SECTOR and len(parts) < _MAX_SECTORS:
        parts.append(_sector(file, sector, shift))
        per_table = (1 << shift) // 4
        if sector // per_table >= len(tables):
            break
        table = _sector(file, tables[sector // per_table], shift)
        (sector,) = struct.unpack_from("<I", table, 4 * (sector % per_table))
    return b"".join(parts)


def _sector(file: BinaryIO, number: int, shift: int) -> bytes:
    file.seek((number + 1) << shift)
    return file.read(1 << shift)


def _children(directory: bytes) -> list[str]:
    (first,) = struct.unpack_from("<I", directory, 76)
    names: list[str] = []
    waiting, seen = [first], set[int]()
    while waiting:
        number = waiting.pop()
        if number == _NO_ENTRY or number in seen or (number + 1) * _ENTRY_BYTES > len(directory):
            continue
        seen.add(number)
        entry = directory[number * _ENTRY_BYTES : (number + 1) * _ENTRY_BYTES]
        (length,) = struct.unpack_from("<H", entry, 64)
        names.append(entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace"))
        waiting += struct.unpack_from("<II", entry, 68)
    return names
