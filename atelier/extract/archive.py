"""ZIP containers read with care: announced sizes first, one member at a time, nothing to disk."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from atelier.extract.found import Unread
from atelier.extract.limits import (
    MAX_INFLATED_BYTES,
    MAX_RATIO,
    MAX_ZIP_ENTRIES,
    RATIO_FLOOR_BYTES,
)
from atelier.model.documents import ReadState

_LOCAL_HEADER_BYTES = 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """The members of a ZIP whose announced sizes hold the caps.

    Opening raises `Unread`: too_large for bombs (entries, sizes, ratio, overlap),
    encrypted when a member is, damaged when the directory cannot be read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._zip = _opened(file)
        self._members = self._checked(self._zip.infolist())

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The bytes of a member, inflated; b"" when there is none of that name."""
        member = self._members.get(name)
        if member is None:
            return b""
        if member.compress_type not in _METHODS:
            raise Unread(ReadState.DAMAGED, "zip_method")
        # a member that inflates beyond its announced size is cut there and fails its checksum
        return self._zip.read(member)

    @staticmethod
    def _checked(members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if sum(member.file_size for member in members) > MAX_INFLATED_BYTES:
            raise Unread(ReadState.TOO_LARGE, "zip_size")
        return {member.filename: member for member in _plausible(members)}


def listed(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """What a ZIP says it holds, for who reads the list and no more: `Unread` like `Archive`.

    Its inflated size is not capped, since nothing is inflated: a folder of photographs is none
    the less honest for holding more than 256 MiB.
    """
    return _plausible(_opened(file).infolist())


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unread(ReadState.DAMAGED, "zip") from error


def _plausible(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    inflated = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_ZIP_ENTRIES:
        raise Unread(ReadState.TOO_LARGE, "zip_entries")
    if inflated > RATIO_FLOOR_BYTES and inflated > MAX_RATIO * max(packed, 1):
        raise Unread(ReadState.TOO_LARGE, "zip_ratio")
    if any(member.volume for member in members):  # a part of an archive cut into several files
        raise Unread(ReadState.DAMAGED, "zip")
    if _overlap(members):
        raise Unread(ReadState.TOO_LARGE, "zip_overlap")
    if any(member.flag_bits & 1 for member in members):
        raise Unread(ReadState.ENCRYPTED, "password")
    return members


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Whether two members claim the same packed bytes (the overlapping bomb)."""
    end = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < end:
            return True
        end = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size
    return False
