"""Backups: the whole workspace in one file, taken while it is at work.

A tar of what cannot be made again: the records of one moment, every blob that they name,
and config.toml. Index, texts read and deposits under way are not in it. Encrypted to the
public keys given, so that the server need not know the one that opens it.

First the records, then the blobs: what they name is never changed, and not collected as
long as the backup lasts. Each blob is hashed as it is copied.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from atelier import __version__
from atelier.blobs.contract import Opened
from atelier.database import snapshots
from atelier.errors import BlobMissing, CopyRefused, Fault, NoRoom, WriteFailed
from atelier.files import Disk, Lock
from atelier.model.documents import Blob
from atelier.settings import FILE_NAME, Settings
from atelier.workspace import packing, sealing
from atelier.workspace.place import Workspace
from atelier.workspace.streaming import FileSink, Pulled, Thread
from atelier.workspace.upkeep import hold_collector

FORMAT = 1
MANIFEST, RECORDS, CONFIG, END = (
    "atelier-backup.json",
    "atelier.sqlite3",
    FILE_NAME,
    "atelier-backup-end.json",
)
_PIECE_BYTES = 1024 * 1024
_COPY = ".backup.sqlite3"
_HELD_ROUNDS = 50
_HELD_PAUSE_SECONDS = 0.1


class Part(msgspec.Struct, frozen=True):
    """One file of a backup, as it must come out again."""

    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """The first member: what is in the backup."""

    format: int
    atelier: str
    made_at: datetime
    network: str
    schema: int
    versions: int
    blobs: int
    blob_bytes: int
    records: Part
    config: Part | None


class End(msgspec.Struct, frozen=True):
    """The last member: without it something is cut off. `lost` blobs are missing or rotten."""

    lost: list[str]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made; `lost` are the hashes of bytes that were gone or rotten before."""

    path: Path
    size_bytes: int
    versions: int
    blobs: int
    lost: tuple[str, ...]
    is_encrypted: bool


async def backup(
    ws: Workspace, destination: Path, *, to: Sequence[str] = (), disk: Disk | None = None
) -> BackedUp:
    """Keep the workspace in a new file, or in a file named after the day in a folder.

    `to` are public keys. The file appears only when it is whole and would survive a power
    cut. `CopyRefused` when it cannot be made so, `NoRoom`, `WriteFailed`.
    """
    hand = disk or Disk()
    recipients = sealing.recipients(to)
    try:
        target = _target(ws, destination, is_encrypted=bool(recipients))
    except OSError as error:  # a name that no disk takes
        raise CopyRefused(str(destination), "unreadable") from error
    try:
        async with frozen(ws, hand) as copy:
            return await _written(ws, hand, copy, target, recipients)
    except OSError as error:
        raise WriteFailed(f"backup: {error}") from error


@asynccontextmanager
async def frozen(ws: Workspace, disk: Disk) -> AsyncIterator[Path]:
    """A copy of the records of one moment; no blob that it names goes before the block ends."""
    with await _held(ws), _records_copy(ws.settings, disk) as copy:
        await snapshots.take(_records(ws.settings), copy, fault=disk.fault)
        yield copy


async def _held(ws: Workspace) -> Lock:
    """Keep the collector away. It works in short rounds, so that only a backup holds for long."""
    for _ in range(_HELD_ROUNDS):
        held = hold_collector(ws)
        if held is not None:
            return held
        await asyncio.sleep(_HELD_PAUSE_SECONDS)
    raise CopyRefused(str(ws.settings.data), "running")


@dataclass(slots=True)
class _Taken:
    """What is copied, and what of it was found lost meanwhile."""

    manifest: Manifest
    installation: str
    copy: Path
    config: bytes | None
    lost: list[str]


async def _written(
    ws: Workspace, disk: Disk, copy: Path, target: Path, recipients: Sequence[object]
) -> BackedUp:
    taken = await _taken(ws, disk, copy)
    manifest = taken.manifest
    if disk.free_bytes(target.parent) < manifest.blob_bytes + manifest.records.size_bytes:
        raise NoRoom
    # One name for each installation, which backs up once at a time: what a killed one left
    # is found again.
    part = target.with_name(f".atelier-{taken.installation}.part")
    disk.discard(part)
    try:
        with disk.create(part) as file:
            size_bytes = await _packed(ws, disk, taken, FileSink(file), recipients)
            await asyncio.to_thread(file.sync)
        _appear(disk, part, target)
    finally:
        disk.discard(part)
    return BackedUp(
        target, size_bytes, manifest.versions, manifest.blobs, tuple(taken.lost),
        is_encrypted=bool(recipients),
    )  # fmt: skip


async def _taken(ws: Workspace, disk: Disk, copy: Path) -> _Taken:
    if await snapshots.faults(copy):
        raise CopyRefused(str(ws.settings.data), "records")
    found = await snapshots.contents(copy)
    config = _config(ws.settings)
    manifest = Manifest(
        format=FORMAT,
        atelier=__version__,
        made_at=ws.clock(),
        network=found.network,
        schema=found.schema,
        versions=found.versions,
        blobs=found.blobs,
        blob_bytes=found.blob_bytes,
        records=await asyncio.to_thread(_part_of, disk, copy),
        config=None if config is None else Part(len(config), hashlib.sha256(config).hexdigest()),
    )
    return _Taken(manifest, found.installation, copy, config, [])


async def _packed(
    ws: Workspace, disk: Disk, taken: _Taken, sink: FileSink, recipients: Sequence[object]
) -> int:
    thread = Thread()
    async with aclosing(_pieces(ws, disk, taken)) as pieces:
        source = Pulled(thread, pieces)
        if recipients:
            await thread.run(lambda: sealing.encrypt(source, sink, recipients))
        else:
            await thread.run(lambda: sealing.copy(source, sink))
    return sink.size_bytes


async def _pieces(ws: Workspace, disk: Disk, taken: _Taken) -> AsyncGenerator[bytes, None]:
    at = taken.manifest.made_at
    yield _whole(MANIFEST, msgspec.json.encode(taken.manifest), at)
    if taken.config is not None:
        yield _whole(CONFIG, taken.config, at)
    size = taken.manifest.records.size_bytes
    yield packing.header(RECORDS, size, at)
    async with aclosing(_records_of(disk, taken.copy)) as pieces:
        async for piece in pieces:
            yield piece
    yield packing.padding(size)
    async with aclosing(snapshots.blobs(taken.copy)) as blobs:
        async for blob in blobs:
            async with aclosing(_blob(ws, blob, at, taken.lost)) as pieces:
                async for piece in pieces:
                    yield piece
    yield _whole(END, msgspec.json.encode(End(taken.lost)), at)
    yield packing.END


async def _blob(
    ws: Workspace, blob: Blob, at: datetime, lost: list[str]
) -> AsyncGenerator[bytes, None]:
    """One blob, hashed as it passes; a rotten one goes along, and is told as lost."""
    try:
        opened = await ws.blobs.open(blob.sha256)
    except BlobMissing:
        lost.append(blob.sha256)
        return
    found, size = hashlib.sha256(), opened.size_bytes
    try:
        yield packing.header(blob_name(blob.sha256), size, at)
        for offset in range(0, size, _PIECE_BYTES):
            piece = await _read(opened, offset, min(_PIECE_BYTES, size - offset))
            found.update(piece)
            yield piece
        yield packing.padding(size)
    finally:
        opened.close()
    if found.hexdigest() != blob.sha256:
        lost.append(blob.sha256)


async def _read(opened: Opened, offset: int, length: int) -> bytes:
    """So many bytes, whatever the disk can give: what it cannot shows in the hash."""
    try:
        piece = await opened.read(offset, length)
    except BlobMissing:
        piece = b""
    return piece.ljust(length, b"\0")


def make_key(data: Path, file: Path, disk: Disk | None = None) -> str:
    """Make a key, its secret half in a new file that only its owner reads: its public half.

    `CopyRefused` for a file that is there, or that would stand in the data folder.
    """
    hand, place = disk or Disk(), file.absolute()
    if place.resolve().is_relative_to(data.resolve()):
        raise CopyRefused(str(place), "inside")
    if not place.parent.is_dir():
        raise CopyRefused(str(place.parent), "no_folder")
    if place.exists() or place.is_symlink():
        raise CopyRefused(str(place), "taken")
    public, secret = sealing.new_key()
    hand.write_small(place, f"# public key: {public}\n{secret}\n".encode())
    return public


def blob_name(sha256: str) -> str:
    """The name of a blob's member: its place in a data folder, so that `tar` alone restores."""
    return f"blobs/{sha256[:2]}/{sha256}"


def _whole(name: str, content: bytes, at: datetime) -> bytes:
    return packing.header(name, len(content), at) + content + packing.padding(len(content))


async def _records_of(disk: Disk, copy: Path) -> AsyncGenerator[bytes, None]:
    file = disk.open(copy)
    try:
        for offset in range(0, file.size_bytes, _PIECE_BYTES):
            yield await asyncio.to_thread(file.read, offset, _PIECE_BYTES)
    finally:
        file.close()


def _part_of(disk: Disk, copy: Path) -> Part:
    file = disk.open(copy)
    try:
        found = hashlib.sha256()
        for offset in range(0, file.size_bytes, _PIECE_BYTES):
            found.update(file.read(offset, _PIECE_BYTES))
        return Part(file.size_bytes, found.hexdigest())
    finally:
        file.close()


def _target(ws: Workspace, destination: Path, *, is_encrypted: bool) -> Path:
    place = destination.absolute()
    if place.resolve().is_relative_to(ws.settings.data.resolve()):
        raise CopyRefused(str(place), "inside")
    if place.is_dir():
        ending = ".tar.age" if is_encrypted else ".tar"
        now = ws.clock().astimezone(ZoneInfo(ws.settings.network.time_zone))
        place /= f"atelier-{now:%Y-%m-%d-%H%M%S}{ending}"
    if not place.parent.is_dir():
        raise CopyRefused(str(place.parent), "no_folder")
    if place.exists() or place.is_symlink():
        raise CopyRefused(str(place), "taken")
    return place


def _appear(disk: Disk, part: Path, target: Path) -> None:
    if target.exists():
        raise CopyRefused(str(target), "taken")
    disk.rename(part, target)
    try:
        disk.sync_folder(target.parent)
    except Fault as fault:
        # Shares of other machines often cannot do this; the file itself was made durable.
        if not (isinstance(fault, WriteFailed) and fault.what.endswith("EINVAL")):
            disk.discard(target)
            raise


@contextmanager
def _records_copy(settings: Settings, disk: Disk) -> Iterator[Path]:
    """An empty file beside the records, where they stand readable anyway; gone afterwards."""
    copy = settings.data / _COPY
    forget_copy(disk, settings.data)
    try:
        disk.create(copy).close()
        yield copy
    finally:
        forget_copy(disk, settings.data)


def forget_copy(disk: Disk, data: Path) -> None:
    """Remove the copy of the records that a killed backup left; only while none runs."""
    for name in (_COPY, f"{_COPY}-journal", f"{_COPY}-wal", f"{_COPY}-shm"):
        disk.discard(data / name)


def _records(settings: Settings) -> Path:
    return Path(settings.storage.records.partition(":")[2])


def _config(settings: Settings) -> bytes | None:
    """The bytes of the config.toml that is in force, if any decides something."""
    files = {Path(source) for source in settings.sources.values()}
    found = next((path for path in files if path.name == FILE_NAME), None)
    return None if found is None else found.read_bytes()
