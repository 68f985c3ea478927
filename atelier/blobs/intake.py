"""The way of bytes into the local store, as it runs in a thread, one step after another.

Draft file → hash and write → read-only → fsync → rename to the hash path → fsync of that
folder. A failed step spoils the whole: nothing is tried again on the same file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from atelier.blobs.places import place
from atelier.errors import Fault, NoRoom
from atelier.files import Disk, NewFile
from atelier.model.documents import Blob


class Intake:
    """One draft on the local disk. The file is made with the first bytes, or at `settle`."""

    def __init__(self, disk: Disk, draft: Path, blobs: Path, floor_bytes: int) -> None:
        self._disk = disk
        self._draft = draft
        self._blobs = blobs
        self._floor_bytes = floor_bytes
        self._hash = hashlib.sha256()
        self._size = 0
        self._file: NewFile | None = None
        self._fault: Fault | None = None

    def take(self, batch: bytes | bytearray) -> None:
        """Hash and write. `NoRoom` before the free-space floor is passed, `WriteFailed`."""
        if self._fault is not None:
            raise self._fault
        try:
            self._append(batch)
        except Fault as fault:
            self._fault = fault
            raise

    def settle(self, rest: bytes | bytearray) -> Blob:
        """Take the rest and make all durable under its hash; on a fault, drop everything."""
        try:
            self.take(rest)
            return self._settled()
        finally:
            self.drop()

    def drop(self) -> None:
        """Forget the draft; never raises, does nothing once it was settled or dropped."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._disk.discard(self._draft)

    def _append(self, batch: bytes | bytearray) -> None:
        if self._disk.free_bytes(self._draft.parent) - len(batch) < self._floor_bytes:
            raise NoRoom
        if self._file is None:
            self._file = self._disk.create(self._draft)
        self._hash.update(batch)
        self._file.write(batch)
        self._size += len(batch)

    def _settled(self) -> Blob:
        file = self._file
        assert file is not None
        blob = Blob(self._hash.hexdigest(), self._size)
        target = place(self._blobs, blob.sha256)
        file.make_read_only()
        file.sync()
        file.close()
        # Whoever collects holds the folder alone: it never takes a name given just then.
        with self._disk.hold_folder(target.parent, alone=False):
            self._disk.rename(self._draft, target)
        self._file = None
        # When this fails the blob stays: it is whole, and its name may already have been
        # another document's. Nobody refers to ours, so that it is collected like any orphan.
        self._disk.sync_folder(target.parent)
        return blob
