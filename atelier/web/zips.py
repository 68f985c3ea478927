"""ZIP archives as they are written: stored, in one go, and of a length known before.

Written here, because what is at hand cannot give the bytes of an entry a date (zipstream-ng)
or promise UTF-8 names (zipfile). The numbers in brackets are sections of the format's
description, PKWARE's APPNOTE 6.3.10.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zlib import crc32

_FULL: Final = 0xFFFF_FFFF  # what does not fit in 32 bits says so, and stands in ZIP64's fields
_MANY: Final = 0xFFFF
_UTF8, _SIZES_FOLLOW = 0x0800, 0x0008  # 4.4.4
_LOCAL: Final = struct.Struct("<4s5H3I2H")  # 4.3.7
_FOLLOWING: Final = struct.Struct("<4s3I")  # 4.3.9
_FOLLOWING_64: Final = struct.Struct("<4sI2Q")  # 4.3.9.2
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")  # 4.3.12
_END: Final = struct.Struct("<4s4H2IH")  # 4.3.16
_END_64: Final = struct.Struct("<4sQ2H2I4Q")  # 4.3.14
_WHERE_END_64: Final = struct.Struct("<4sIQI")  # 4.3.15
_PLAIN_FILE, _PLAIN_FOLDER = 0o100644 << 16, (0o040755 << 16) | 0x10
_MADE_ON_UNIX: Final = 3 << 8


@dataclass(frozen=True, slots=True)
class Member:
    """What stands in an archive: a relative path (of a folder when it ends in `/`), a size.

    `at` is shown as it is: the format knows no time zone.
    """

    path: str
    size_bytes: int
    at: datetime

    @property
    def is_folder(self) -> bool:
        """Whether it holds no bytes of its own."""
        return self.path.endswith("/")

    @property
    def is_big(self) -> bool:
        """Whether its size needs ZIP64."""
        return self.size_bytes >= _FULL


class Writer:
    """Gives the bytes of an archive in order: `begin`, `add`…, `finish` for each, then `end`."""

    def __init__(self) -> None:
        self._position = self._began = self._crc = 0
        self._directory, self._members = bytearray(), 0
        self._member: Member

    def begin(self, member: Member) -> bytes:
        """What stands before the bytes of a member."""
        self._member, self._began, self._crc = member, self._position, 0
        return self._counted(_local(member))

    def add(self, piece: bytes) -> bytes:
        """The next bytes of the member, which has `size_bytes` of them in all."""
        self._crc = crc32(piece, self._crc)
        return self._counted(piece)

    def finish(self) -> bytes:
        """What stands behind the bytes of the member."""
        self._directory += _central(self._member, self._crc, self._began)
        self._members += 1
        return self._counted(_following(self._member, self._crc))

    def end(self) -> bytes:
        """The directory of all that was written."""
        self._directory += _end(self._members, len(self._directory), self._position)
        return bytes(self._directory)

    def pass_over(self, size_bytes: int) -> None:
        """Count bytes that are not looked at: for the length alone."""
        self._position += size_bytes

    def _counted(self, piece: bytes) -> bytes:
        self._position += len(piece)
        return piece


def length(members: Iterable[Member]) -> int:
    """How long an archive of these members is, to the byte; nothing of it is built."""
    count = position = directory_bytes = 0
    for member in members:
        name_bytes = len(member.path.encode())
        large = 2 * member.is_big + (position >= _FULL)
        directory_bytes += _CENTRAL.size + name_bytes + (4 + 8 * large if large else 0)
        position += _LOCAL.size + name_bytes + (20 if member.is_big else 0)
        position += member.size_bytes + _following_bytes(member)
        count += 1
    return position + directory_bytes + len(_end(count, directory_bytes, position))


def _local(member: Member) -> bytes:
    name = member.path.encode()
    size = _FULL if member.is_big else 0
    # The true sizes follow the bytes: 4.4.4, bit 3.
    extra = struct.pack("<2H2Q", 1, 16, 0, 0) if member.is_big else b""
    return b"".join(
        (
            _LOCAL.pack(
                b"PK\x03\x04",
                _version(member.is_big),
                _flags(member),
                0,
                *_dos(member.at),
                0,
                size,
                size,
                len(name),
                len(extra),
            ),
            name,
            extra,
        )
    )


def _following_bytes(member: Member) -> int:
    if member.is_folder:
        return 0
    return _FOLLOWING_64.size if member.is_big else _FOLLOWING.size


def _following(member: Member, crc: int) -> bytes:
    if member.is_folder:
        return b""
    form = _FOLLOWING_64 if member.is_big else _FOLLOWING
    return form.pack(b"PK\x07\x08", crc, member.size_bytes, member.size_bytes)


def _central(member: Member, crc: int, began: int) -> bytes:
    name = member.path.encode()
    large = [member.size_bytes] * 2 if member.is_big else []
    large += [began] if began >= _FULL else []
    extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version, size = _version(bool(large)), min(member.size_bytes, _FULL)
    return b"".join(
        (
            _CENTRAL.pack(
                b"PK\x01\x02",
                _MADE_ON_UNIX | version,
                version,
                _flags(member),
                0,
                *_dos(member.at),
                crc,
                size,
                size,
                len(name),
                len(extra),
                0,
                0,
                0,
                _PLAIN_FOLDER if member.is_folder else _PLAIN_FILE,
                min(began, _FULL),
            ),
            name,
            extra,
        )
    )


def _end(members: int, directory_bytes: int, began: int) -> bytes:
    large = b""
    if members >= _MANY or directory_bytes >= _FULL or began >= _FULL:
        made, needed = _MADE_ON_UNIX | 45, 45
        counts = (members, members, directory_bytes, began)
        large = _END_64.pack(b"PK\x06\x06", 44, made, needed, 0, 0, *counts)
        large += _WHERE_END_64.pack(b"PK\x06\x07", 0, began + directory_bytes, 1)
    count = min(members, _MANY)
    sizes = min(directory_bytes, _FULL), min(began, _FULL)
    return large + _END.pack(b"PK\x05\x06", 0, 0, count, count, *sizes, 0)


def _flags(member: Member) -> int:
    return _UTF8 if member.is_folder else _UTF8 | _SIZES_FOLLOW


def _version(is_large: bool) -> int:
    """The version of the format that a reader must know, times ten."""
    return 45 if is_large else 20


def _dos(at: datetime) -> tuple[int, int]:
    """Time and day as DOS wrote them, within 1980 to 2107, to two seconds (4.4.6)."""
    year = min(max(at.year, 1980), 2107)
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (year - 1980) << 9 | at.month << 5 | at.day
