"""The `file:` store: one file per blob on the local disk.

    <storage>/blobs/ab/<sha256>     read-only, immutable, 256 folders made by `init`
    <storage>/drafts/<random>       bytes under way, on the same disk
    <storage>/drafts/<key>.part     those that may come over several times (`resumable`)

Eight seals run at a time, a thread each. They do not wait for one another to share an
fsync: the file system's journal commits concurrent ones together by itself, and holding
seals back until a group was complete measured a quarter slower.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from atelier.blobs.contract import Kept
from atelier.blobs.drafts import LocalDraft
from atelier.blobs.intake import Intake
from atelier.blobs.places import PREFIXES, is_hash, is_key, place
from atelier.blobs.resumable import ENDING, LocalResumable, Part
from atelier.blobs.threads import outlive
from atelier.errors import (
    BlobMissing,
    Busy,
    Fault,
    FolderUnready,
    NoRoom,
    NotFound,
    WriteFailed,
)
from atelier.files import Disk, ReadFile
from atelier.model.documents import Blob

WRITERS = 8
READERS = 4
INLINE_READ_BYTES = 256 * 1024
_HASH_BYTES = 1024 * 1024
_OUT_OF_DESCRIPTORS = {errno.EMFILE, errno.ENFILE}


class LocalBlobs:
    """Blobs in one folder, drafts in another; see `BlobStore` for what it promises."""

    def __init__(self, folder: Path, drafts: Path, disk: Disk, floor_bytes: int) -> None:
        self._folder = folder
        self._drafts = drafts
        self._disk = disk
        self._floor_bytes = floor_bytes
        self._writers = ThreadPoolExecutor(WRITERS, "blob-write")
        self._readers = ThreadPoolExecutor(READERS, "blob-read")

    @classmethod
    def at(cls, place: str, disk: Disk, floor_bytes: int) -> LocalBlobs:
        """The store in the folder that an address names after `file:`, its drafts beside."""
        folder = Path(place)
        return cls(folder, folder.parent / "drafts", disk, floor_bytes)

    async def init(self) -> None:
        """Make the 256 folders and the folder of drafts, durably."""
        await outlive(self._writers.submit(self._make_folders))

    async def check(self) -> None:
        """Raise `FolderUnready` when a folder is missing or a link, or drafts are elsewhere.

        The folder of drafts is made when it is missing: no backup keeps it.
        """
        await outlive(self._readers.submit(self._check_folders))

    async def draft(self, limit_bytes: int) -> LocalDraft:
        """Begin to take bytes in; nothing is written before the first batch or the seal."""
        # In the loop: a local file system answers this from memory, in microseconds.
        if self._disk.free_bytes(self._drafts) < self._floor_bytes:
            raise NoRoom
        path = self._drafts / secrets.token_hex(16)
        intake = Intake(self._disk, path, self._folder, self._floor_bytes)
        return LocalDraft(intake, self._writers, limit_bytes)

    async def resume(self, key: str, offset_bytes: int, limit_bytes: int) -> LocalResumable:
        """Hold the key's draft and go on with it; it is cut back with the first new byte."""
        if self._disk.free_bytes(self._drafts) < self._floor_bytes:
            raise NoRoom
        part = Part(self._disk, self._part(key), self._folder, self._floor_bytes)
        opening = self._writers.submit(part.open, offset_bytes)
        try:
            await outlive(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_let_go)
            raise
        return LocalResumable(part, self._writers, limit_bytes)

    async def kept(self, key: str) -> Kept:
        """A look at the key's draft, in the loop: it is answered from memory."""
        found = _facts(self._disk, self._part(key))
        if found is None or not stat.S_ISREG(found.st_mode):
            return Kept(0)
        return Kept(found.st_size, not found.st_mode & stat.S_IWUSR or found.st_nlink > 1)

    async def forget(self, key: str) -> None:
        """Unlink the key's draft; whoever writes to it still holds a nameless file."""
        await outlive(self._writers.submit(self._disk.discard, self._part(key)))

    async def open(self, sha256: str) -> LocalOpened:
        """Open for reading; a link in the place of a blob is refused as missing."""
        return LocalOpened(sha256, self._open(sha256), self._readers)

    async def path(self, sha256: str) -> Path:
        """The blob's own file, after a look that it is there."""
        self._open(sha256).close()
        return place(self._folder, sha256)

    async def hashes(self) -> AsyncIterator[Blob]:
        """Every stored blob, in order of hash; what no hash names is left out."""
        for prefix in PREFIXES:
            for blob in await outlive(self._readers.submit(self._listed, prefix)):
                yield blob

    async def is_whole(self, sha256: str) -> bool:
        """Read all the bytes again, in a thread."""
        return await outlive(self._readers.submit(self._is_whole, sha256))

    async def remove(self, sha256: str) -> None:
        """Unlink; readers that opened it before still get its bytes."""
        if is_hash(sha256):
            path = place(self._folder, sha256)
            await outlive(self._writers.submit(self._disk.remove, path))

    async def collect(self, sha256: str, older_than_seconds: int) -> bool:
        """Look at its date and unlink, while no seal can come between."""
        if not is_hash(sha256):
            return False
        path = place(self._folder, sha256)
        return await outlive(self._writers.submit(self._collect, path, older_than_seconds))

    async def expire_drafts(
        self, older_than_seconds: int, *, keep: frozenset[str] = frozenset()
    ) -> int:
        """Remove old drafts, by the date of their last write."""
        kept = frozenset(f"{key}{ENDING}" for key in keep)
        return await outlive(self._writers.submit(self._expire_drafts, older_than_seconds, kept))

    async def close(self) -> None:
        """Wait for the threads and end them. Every draft was ended before."""
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self._readers.shutdown)

    def _part(self, key: str) -> Path:
        if not is_key(key):
            raise NotFound("upload")
        return self._drafts / f"{key}{ENDING}"

    def _make_folders(self) -> None:
        for prefix in PREFIXES:
            self._disk.make_folder(self._folder / prefix)
        self._disk.make_folder(self._drafts)
        self._disk.sync_folder(self._folder)
        self._disk.sync_folder(self._folder.parent)

    def _check_folders(self) -> None:
        homes = {self._check_folder(self._folder / prefix) for prefix in PREFIXES}
        self._disk.make_folder(self._drafts)
        homes.add(self._check_folder(self._drafts))
        # A draft gets its hash by a rename, which only one file system can do.
        if len(homes) > 1:
            raise FolderUnready(str(self._folder), "several_disks")

    def _check_folder(self, path: Path) -> int:
        try:
            facts = self._disk.look(path)
        except OSError as error:
            raise FolderUnready(str(path), "not_initialised") from error
        if not stat.S_ISDIR(facts.st_mode):
            raise FolderUnready(str(path), "not_a_folder")
        return facts.st_dev

    def _open(self, sha256: str) -> ReadFile:
        try:
            return self._disk.open(place(self._folder, sha256))
        except OSError as error:
            raise _unreadable(error, sha256) from error

    def _is_whole(self, sha256: str) -> bool:
        try:
            file = self._open(sha256)
        except BlobMissing:
            return False
        try:
            return _hash_of(file) == sha256
        except OSError:
            return False
        finally:
            file.close()

    def _listed(self, prefix: str) -> list[Blob]:
        folder = self._folder / prefix
        names = sorted(name for name in _names(self._disk, folder) if name.startswith(prefix))
        facts = ((name, _facts(self._disk, folder / name)) for name in names if is_hash(name))
        return [
            Blob(name, found.st_size)
            for name, found in facts
            if found is not None and stat.S_ISREG(found.st_mode)
        ]

    def _collect(self, path: Path, older_than_seconds: int) -> bool:
        limit = time.time() - older_than_seconds
        with self._disk.hold_folder(path.parent, alone=True):
            found = _facts(self._disk, path)
            if found is None or found.st_mtime > limit:
                return False
            self._disk.remove(path)
            return True

    def _expire_drafts(self, older_than_seconds: int, kept: frozenset[str]) -> int:
        limit = time.time() - older_than_seconds
        names = [name for name in _names(self._disk, self._drafts) if name not in kept]
        paths = [self._drafts / name for name in names]
        facts = ((path, _facts(self._disk, path)) for path in paths)
        old = [path for path, found in facts if found is not None and found.st_mtime <= limit]
        for path in old:
            self._disk.remove(path)
        return len(old)


class LocalOpened:
    """A blob being read from the local disk; see `Opened` for what it promises."""

    def __init__(self, sha256: str, file: ReadFile, threads: ThreadPoolExecutor) -> None:
        self._sha256 = sha256
        self._file = file
        self._threads = threads
        self._reading: Future[bytes] | None = None

    @property
    def size_bytes(self) -> int:
        """Size of the whole blob."""
        return self._file.size_bytes

    async def read(self, offset: int, length: int) -> bytes:
        """What is small or in memory in the loop, where a hop costs more; the rest in a thread."""
        try:
            if length <= INLINE_READ_BYTES or self._file.is_at_hand(offset, length):
                return self._file.read(offset, length)
            self._reading = self._threads.submit(self._file.read, offset, length)
            return await asyncio.wrap_future(self._reading)
        except OSError as error:
            raise _unreadable(error, self._sha256) from error

    def close(self) -> None:
        """Close the file, once a read that was left behind has come back."""
        if self._reading is None:
            self._file.close()
        else:
            # A number closed under a running read may be another file's by then.
            self._reading.add_done_callback(lambda _: self._file.close())


def _let_go(opening: Future[Part]) -> None:
    """Whoever asked for it has left: the draft is free again as soon as it is open."""
    if opening.exception() is None:
        opening.result().close()


def _hash_of(file: ReadFile) -> str:
    found = hashlib.sha256()
    for offset in range(0, file.size_bytes, _HASH_BYTES):
        found.update(file.read(offset, _HASH_BYTES))
    return found.hexdigest()


def _names(disk: Disk, folder: Path) -> list[str]:
    try:
        return disk.names(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise WriteFailed(f"list {folder}: {error.strerror}") from error


def _facts(disk: Disk, path: Path) -> os.stat_result | None:
    """What the disk says of a name; None when it went meanwhile."""
    try:
        return disk.look(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WriteFailed(f"look {path}: {error.strerror}") from error


def _unreadable(error: OSError, sha256: str) -> Fault:
    if error.errno in _OUT_OF_DESCRIPTORS:
        return Busy()
    return BlobMissing(sha256)
