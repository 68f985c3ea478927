"""Texts read out of blobs, kept so that a snippet needs no second reading.

`<storage>/derived/ab/<sha256>.<reader version>` holds one reading, compressed. All of it
may be deleted: what is missing or damaged is read again from the blob. Stores bytes; what
they mean is the business of whoever puts them.
"""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

from atelier.blobs.places import PREFIXES, is_hash, place
from atelier.files import Disk


class DerivedTexts:
    """The readings of one reader version, by the hash of what was read."""

    def __init__(self, folder: Path, disk: Disk, *, reader_version: int) -> None:
        self._folder = folder
        self._disk = disk
        self._reader_version = reader_version

    async def put(self, sha256: str, reading: bytes) -> None:
        """Keep a reading, over an earlier one, all at once. `NoRoom`, `WriteFailed`.

        Not made durable: a power cut costs one more reading, an fsync would cost each.
        """
        await asyncio.to_thread(self._put, sha256, reading)

    async def get(self, sha256: str) -> bytes | None:
        """What this reader version read; None when it must be read again."""
        return await asyncio.to_thread(self._get, sha256)

    async def remove(self, sha256: str) -> None:
        """Forget what any reader version read; nothing happens when there is nothing."""
        await asyncio.to_thread(self._remove, sha256)

    async def keys(self) -> frozenset[str]:
        """Everything under which a reading is kept, of whatever reader version."""
        return await asyncio.to_thread(self._keys)

    def _path(self, sha256: str) -> Path:
        path = place(self._folder, sha256)
        return path.with_name(f"{sha256}.{self._reader_version}")

    def _put(self, sha256: str, reading: bytes) -> None:
        path = self._path(sha256)
        self._disk.make_folder(path.parent)
        self._disk.write_small(path, zlib.compress(reading), is_durable=False)

    def _get(self, sha256: str) -> bytes | None:
        try:
            file = self._disk.open(self._path(sha256))
        except OSError:
            return None
        try:
            return _inflated(file.read(0, file.size_bytes))
        except (OSError, zlib.error):
            return None
        finally:
            file.close()

    def _keys(self) -> frozenset[str]:
        folders = (self._folder / prefix for prefix in PREFIXES)
        names = (name for folder in folders for name in self._names(folder))
        return frozenset(
            key for name in names if is_hash(key := name.removeprefix(".").partition(".")[0])
        )

    def _names(self, folder: Path) -> list[str]:
        try:
            return self._disk.names(folder)
        except OSError:
            return []

    def _remove(self, sha256: str) -> None:
        folder = place(self._folder, sha256).parent
        for name in self._names(folder):
            # With a dot first: what a killed process left half-written.
            if name.removeprefix(".").startswith(f"{sha256}."):
                self._disk.remove(folder / name)


def _inflated(compressed: bytes) -> bytes | None:
    stream = zlib.decompressobj()
    reading = stream.decompress(compressed)
    is_whole = stream.eof and not stream.unused_data
    return reading if is_whole else None
