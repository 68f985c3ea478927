"""The members of a backup as they come out of it, in the one order in which they may."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import msgspec

from atelier.blobs.contract import BlobStore, Draft
from atelier.database import migrating, snapshots
from atelier.errors import CopyRefused
from atelier.files import Disk, NewFile
from atelier.model.documents import Blob
from atelier.workspace import backups
from atelier.workspace.backups import End, Manifest, Part
from atelier.workspace.packing import Broken, Taking
from atelier.workspace.streaming import Thread

_SMALL_BYTES = 1024 * 1024
_END_BYTES = 1024 * 1024 * 1024  # the hashes of ten million lost blobs
_SEALS_AT_ONCE = 8


class Members:
    """Takes the members in a thread: manifest, settings, records, blobs in order, end.

    Blobs are held against the records as they come: every one that is named must be there
    whole, or be told at the end as lost when the backup was made. Raises `Broken` for
    anything else, and `CopyRefused` for a backup of a newer Atelier.
    """

    def __init__(
        self, source: str, thread: Thread, store: BlobStore, disk: Disk, folder: Path
    ) -> None:
        self.manifest: Manifest
        self.config: bytes | None = None
        self.lost: list[str] = []
        self.fault = "foreign"  # until the first member shows that it is ours
        self._source = source
        self._thread = thread
        self._store = store
        self._disk = disk
        self._records = folder / backups.RECORDS
        self._named = snapshots.blobs(self._records)
        self._draft: Draft | None = None
        self._sealing: deque[Future[None]] = deque()
        self._expected: Callable[[str, int], Taking] = self._begin_manifest

    def begun(self, name: str, size_bytes: int) -> Taking:
        """Who takes a member of that name and size; `Broken` when it is not its turn."""
        return self._expected(name, size_bytes)

    def check(self) -> None:
        """Raise `CopyRefused` unless the last member came."""
        if self._expected != self._nothing:
            raise CopyRefused(self._source, self.fault)

    async def close(self) -> None:
        """End what is under way, once the thread has ended; for good or after a failure."""
        await self._named.aclose()
        if self._draft is not None:
            await self._draft.drop()
        sealing = [asyncio.wrap_future(one) for one in self._sealing]
        await asyncio.gather(*sealing, return_exceptions=True)

    def _begin_manifest(self, name: str, size_bytes: int) -> Taking:
        _check(name == backups.MANIFEST)
        return _Small(size_bytes, _SMALL_BYTES, self._end_manifest)

    def _end_manifest(self, content: bytes) -> None:
        try:
            told = msgspec.json.decode(content)
            self.fault = "altered"
            if told["format"] > backups.FORMAT or told["schema"] > migrating.newest():
                raise CopyRefused(self._source, "newer")
            self.manifest = msgspec.convert(told, Manifest)
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise Broken from error
        self._expected = self._begin_records if self.manifest.config is None else self._begin_config

    def _begin_config(self, name: str, size_bytes: int) -> Taking:
        _check(name == backups.CONFIG)
        return _Small(size_bytes, _SMALL_BYTES, self._end_config)

    def _end_config(self, content: bytes) -> None:
        _check(Part(len(content), hashlib.sha256(content).hexdigest()) == self.manifest.config)
        self.config = content
        self._expected = self._begin_records

    def _begin_records(self, name: str, size_bytes: int) -> Taking:
        _check(name == backups.RECORDS and size_bytes == self.manifest.records.size_bytes)
        return _Records(self._disk.create(self._records), self.manifest.records, self._end_records)

    def _end_records(self) -> None:
        # Before anything is asked of them: the next member is held against them already.
        if fault := snapshots.strange(self._records):
            raise CopyRefused(self._source, fault)
        self._expected = self._begin_blob

    def _begin_blob(self, name: str, size_bytes: int) -> Taking:
        if name == backups.END:
            return _Small(size_bytes, _END_BYTES, self._end)
        while (blob := self._next_named()) is not None:
            if backups.blob_name(blob.sha256) == name:
                return self._taking(blob, size_bytes)
            self.lost.append(blob.sha256)
        raise Broken

    def _taking(self, named: Blob, size_bytes: int) -> Taking:
        self._draft = self._thread.ask(self._store.draft(size_bytes))
        return _Bytes(self._thread, self._draft, lambda: self._end_blob(named))

    def _end_blob(self, named: Blob) -> None:
        if len(self._sealing) == _SEALS_AT_ONCE:
            self._sealing.popleft().result()
        draft, self._draft = self._draft, None
        assert draft is not None
        self._sealing.append(self._thread.begin(self._sealed(named, draft)))

    async def _sealed(self, named: Blob, draft: Draft) -> None:
        if (await draft.seal()) != named:
            self.lost.append(named.sha256)

    def _end(self, content: bytes) -> None:
        while self._sealing:
            self._sealing.popleft().result()
        while (blob := self._next_named()) is not None:
            self.lost.append(blob.sha256)
        try:
            told = msgspec.json.decode(content, type=End)
        except msgspec.MsgspecError as error:
            raise Broken from error
        _check(sorted(told.lost) == sorted(self.lost))
        self._expected = self._nothing

    def _nothing(self, name: str, size_bytes: int) -> Taking:
        raise Broken

    def _next_named(self) -> Blob | None:
        return self._thread.ask(self._next())

    async def _next(self) -> Blob | None:
        return await anext(self._named, None)


class _Small:
    """Takes a member into memory, when it is not larger than it may be."""

    def __init__(self, size_bytes: int, most_bytes: int, ended: Callable[[bytes], None]) -> None:
        _check(size_bytes <= most_bytes)
        self._held = bytearray()
        self._ended = ended

    def write(self, piece: bytes) -> None:
        self._held += piece

    def end(self) -> None:
        self._ended(bytes(self._held))


class _Records:
    """Takes the records into their file, as they were told."""

    def __init__(self, file: NewFile, part: Part, ended: Callable[[], None]) -> None:
        self._file = file
        self._part = part
        self._ended = ended
        self._hash = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._file.write(piece)

    def end(self) -> None:
        self._file.sync()
        self._file.close()
        _check(self._hash.hexdigest() == self._part.sha256)
        self._ended()


class _Bytes:
    """Takes a blob into the store."""

    def __init__(self, thread: Thread, draft: Draft, ended: Callable[[], None]) -> None:
        self._thread = thread
        self._draft = draft
        self._ended = ended

    def write(self, piece: bytes) -> None:
        self._thread.ask(self._draft.write(piece))

    def end(self) -> None:
        self._ended()


def _check(is_so: bool) -> None:
    if not is_so:
        raise Broken
