"""Bytes that come over several times into the local store, under one key.

    <storage>/drafts/<key>.part                 held alone as long as somebody writes to it
    <storage>/drafts/<key>.sealed-<random>      its second name, for an instant

What was made durable is the beginning of what comes; the rest is cut off when it goes on.
Sealed, the file is read-only and has the blob's name beside its own. Its own is taken away
once the rows are written: whatever fails between the two loses no byte that came.

The name of a key may be removed and made again while somebody writes to the file that had it.
So a name is never trusted: what gets the blob's is the held file itself, or nothing does.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from atelier.blobs.drafts import BATCH_BYTES
from atelier.blobs.places import place
from atelier.blobs.threads import outlive
from atelier.errors import Fault, NoRoom, OffsetMismatch, TooLarge, UploadInUse, WriteFailed
from atelier.files import Disk, NewFile
from atelier.model.documents import Blob

T = TypeVar("T")

ENDING = ".part"
TWIN_ENDING = ".sealed-"
_READ_BYTES = 1024 * 1024


class LocalResumable:
    """A resumable draft of the local store; see `Resumable` for what it promises.

    Chunks are gathered and handed to a thread a batch at a time, as by `LocalDraft`.
    """

    def __init__(self, part: Part, threads: ThreadPoolExecutor, limit_bytes: int) -> None:
        self._part = part
        self._threads = threads
        self._limit_bytes = limit_bytes
        self._batch = bytearray()
        self._offset_bytes = part.offset_bytes
        self._working: Future[Any] | None = None

    @property
    def offset_bytes(self) -> int:
        """Bytes taken so far, those of earlier times too."""
        return self._offset_bytes

    async def write(self, chunk: bytes) -> None:
        """Gather; a full batch goes to a thread once the one before is written."""
        if self._offset_bytes + len(chunk) > self._limit_bytes:
            raise TooLarge(self._limit_bytes)
        self._batch += chunk
        self._offset_bytes += len(chunk)
        if len(self._batch) >= BATCH_BYTES:
            if self._working is not None:
                await outlive(self._working)
            self._working = self._threads.submit(self._part.take, self._batch)
            self._batch = bytearray()

    async def sync(self) -> int:
        """Write the rest and make all durable, in one hop to a thread."""
        return await self._then(self._part.sync)

    async def seal(self) -> Blob:
        """Write the rest, hash what was not hashed here, make it durable under its hash."""
        return await self._then(self._part.seal)

    async def close(self) -> None:
        """Give the file back, after the step that still runs."""
        if self._working is None or self._working.done():
            self._part.close()
        else:
            await outlive(self._threads.submit(_after, self._working, self._part.close))

    async def _then(self, step: Callable[[bytearray], T]) -> T:
        rest, self._batch = self._batch, bytearray()
        doing = self._threads.submit(_after, self._working, lambda: step(rest))
        self._working = doing
        return await outlive(doing)


def _after(working: Future[Any] | None, step: Callable[[], T]) -> T:
    # It was submitted first, so that it already has its thread.
    if working is not None:
        wait([working])
    return step()


class Part:
    """One resumable draft on the local disk, as it runs in a thread, one step after another."""

    def __init__(self, disk: Disk, path: Path, blobs: Path, floor_bytes: int) -> None:
        self.offset_bytes = 0
        self._disk = disk
        self._path = path
        self._blobs = blobs
        self._floor_bytes = floor_bytes
        self._file: NewFile
        self._hash: Any = None
        self._is_cut = self._was_sealed = self._is_open = False
        self._refusal: Fault | OffsetMismatch | None = None

    def open(self, offset_bytes: int) -> Part:
        """Hold it, to go on after its first `offset_bytes`; `UploadInUse`, `OffsetMismatch`."""
        file = self._disk.reopen(self._path)
        if file is None:
            raise UploadInUse
        there = file.size_bytes
        self._file, self.offset_bytes, self._is_open = file, offset_bytes, True
        if there < offset_bytes:
            self.close()
            raise OffsetMismatch(there)
        self._was_sealed = file.is_read_only
        self._hash = hashlib.sha256() if offset_bytes == 0 else None
        return self

    def take(self, batch: bytearray) -> None:
        """Append a batch. Once one was refused all are, so that nothing is left out between."""
        if self._refusal is not None:
            raise self._refusal
        if not batch:
            return
        try:
            if self._was_sealed:
                self._compare(batch)
            else:
                self._append(batch)
        except (Fault, OffsetMismatch) as refusal:
            self._refusal = refusal
            raise
        self.offset_bytes += len(batch)

    def sync(self, rest: bytearray) -> int:
        """Take the rest and make all durable; fewer bytes than came when room ran out."""
        try:
            self.take(rest)
        except NoRoom:
            if self._file.is_spoiled:
                raise
        if not self._was_sealed:
            self._sync()
        return self.offset_bytes

    def seal(self, rest: bytearray) -> Blob:
        """Take the rest and give the whole its name among the blobs too."""
        self.take(rest)
        self._sync()
        if self._file.size_bytes != self.offset_bytes:
            raise WriteFailed(f"seal {self._path}: {self._file.size_bytes} bytes are there")
        blob = Blob(self._hashed(), self.offset_bytes)
        # Only now, its bytes being durable: read-only says that they are.
        self._file.make_read_only()
        self._sync()
        self._give_name(place(self._blobs, blob.sha256))
        return blob

    def close(self) -> None:
        """Let go of it; may be called again. What is empty and not sealed is not left behind."""
        # Made again for a key that was forgotten meanwhile, it would be nobody's.
        if self._is_open and not (self._file.size_bytes or self._file.is_read_only):
            self._discard()
        self._is_open = False
        self._file.close()

    def _append(self, batch: bytearray) -> None:
        if self._disk.free_bytes(self._path.parent) - len(batch) < self._floor_bytes:
            raise NoRoom
        if not self._is_cut:
            self._file.cut(self.offset_bytes)
            self._is_cut = True
        if self._hash is not None:
            self._hash.update(batch)
        self._file.write(batch)

    def _compare(self, batch: bytearray) -> None:
        """All its bytes came before: those that come again are no others, or it begins anew."""
        if self._file.read(self.offset_bytes, len(batch)) != batch:
            self._discard()
            raise OffsetMismatch(0)

    def _sync(self) -> None:
        was_spoiled = self._file.is_spoiled
        try:
            self._file.sync()
        except Fault as fault:
            if not was_spoiled:
                # Never tried again on the same file: a second fsync would answer that all is well.
                self._discard()
                self._refusal = fault
            raise

    def _hashed(self) -> str:
        if self._hash is None or self._was_sealed:
            self._hash = hashlib.sha256()
            for offset in range(0, self.offset_bytes, _READ_BYTES):
                self._hash.update(self._file.read(offset, _READ_BYTES))
        return str(self._hash.hexdigest())

    def _give_name(self, target: Path) -> None:
        twin = self._path.with_suffix(f"{TWIN_ENDING}{secrets.token_hex(8)}")
        self._check_held(self._path)
        has_twin = self._disk.link(self._path, twin)
        if not has_twin:
            self._disk.rename(self._path, twin)
        try:
            # Nobody else knows this name: what it is now it still is at the rename.
            self._check_held(twin)
            # Whoever collects holds the folder alone: it never takes a name given just then.
            with self._disk.hold_folder(target.parent, alone=False):
                self._disk.rename(twin, target)
        except Fault:
            self._take_back(twin, has_twin=has_twin)
            raise
        # A file that has both names already keeps both (POSIX rename).
        self._disk.discard(twin)
        self._disk.sync_folder(target.parent)

    def _take_back(self, twin: Path, *, has_twin: bool) -> None:
        if has_twin:
            self._disk.discard(twin)
            return
        # The failure that is told came first; what stays goes with its time.
        with contextlib.suppress(Fault):
            self._disk.rename(twin, self._path)

    def _check_held(self, path: Path) -> None:
        if not self._is_held_at(path):
            raise WriteFailed(f"seal {self._path}: the name is another file's, or gone")

    def _is_held_at(self, path: Path) -> bool:
        try:
            return self._file.is_at(path)
        except OSError as error:
            raise WriteFailed(f"look {path}: {error.strerror}") from error

    def _discard(self) -> None:
        """Remove its name, as far as that still is its own; never raises."""
        with contextlib.suppress(Fault):
            if self._is_held_at(self._path):
                self._disk.remove(self._path)
