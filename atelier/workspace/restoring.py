"""Restoring a backup on an empty machine: all of it, checked, or nothing.

Everything goes to a folder beside, made by this program from expected members alone, and
gets its name once records and bytes were found to agree. What happened after the backup is
not known to it: nobody stays signed in, links that were open are closed, and letters that
waited may have left: they wait for a steward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from atelier.blobs.contract import BlobStore
from atelier.database import letters, snapshots
from atelier.database import reading as records
from atelier.database.engine import open_database
from atelier.errors import CopyRefused, FolderUnready, SettingsFault
from atelier.files import Disk
from atelier.model.letters import LetterFault
from atelier.settings import load
from atelier.workspace import backups, beside, sealing
from atelier.workspace.packing import Broken, Unpacking
from atelier.workspace.receiving import Members
from atelier.workspace.streaming import FileSource, Thread

CONFIG_ASIDE = "config.from-backup.toml"
_KEY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `lost` are hashes of bytes that the backup could not give either.

    `config` is the name under which the settings were put, empty when there were none.
    """

    data: Path
    network: str
    made_at: datetime
    versions: int
    blobs: int
    lost: tuple[str, ...]
    config: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup is restored to: a data folder that is empty or absent.

    `store` opens the blobs of a data folder; `clock` gives aware UTC.
    """

    data: Path
    store: Callable[[Path], BlobStore]
    clock: Callable[[], datetime]
    disk: Disk


async def restore(source: Path, place: Place, *, identity: Path | None = None) -> Restored:
    """Bring a backup back; the data folder is there only once it is whole.

    `identity` is the file of the secret key. `CopyRefused` for what is no backup, or was
    changed or cut, or another's key; `NoRoom`, `WriteFailed`. Nothing stays then.
    """
    keys = [] if identity is None else _keys(place.disk, identity)
    async with beside.made(place.disk, place.data) as folder:
        members = await _received(place, folder, source, keys)
        await _settle(folder, source, place.clock())
        config = _put_config(place.disk, folder, members.config)
        beside.appear(place.disk, folder, place.data)
    manifest = members.manifest
    return Restored(
        place.data, manifest.network, manifest.made_at, manifest.versions,
        manifest.blobs - len(members.lost), tuple(members.lost), config,
    )  # fmt: skip


async def _received(place: Place, folder: Path, source: Path, keys: Sequence[object]) -> Members:
    async with AsyncExitStack() as closing:
        store = place.store(folder)
        closing.push_async_callback(store.close)
        await store.init()
        thread = Thread()
        members = Members(str(source), thread, store, place.disk, folder)
        closing.push_async_callback(members.close)
        await thread.run(lambda: _unpack(place.disk, source, keys, members))
        members.check()
    return members


def _unpack(disk: Disk, source: Path, keys: Sequence[object], members: Members) -> None:
    """In the thread: read the file once, from its beginning to its end."""
    unpacking = Unpacking(members.begun)
    try:
        file = disk.open(source)
        try:
            reading = FileSource(file)
            if file.read(0, len(sealing.MAGIC)) != sealing.MAGIC:
                sealing.copy(reading, unpacking)
            elif keys:
                sealing.decrypt(reading, unpacking, keys, str(source))
            else:
                raise CopyRefused(str(source), "locked")
        finally:
            file.close()
        unpacking.close()
    except Broken as error:
        raise CopyRefused(str(source), members.fault) from error
    except OSError as error:
        raise CopyRefused(str(source), "unreadable") from error


def _keys(disk: Disk, identity: Path) -> list[object]:
    try:
        file = disk.open(identity)
        try:
            text = file.read(0, _KEY_BYTES).decode()
        finally:
            file.close()
    except (OSError, UnicodeDecodeError) as error:
        raise CopyRefused(str(identity), "unreadable") from error
    return list(sealing.identities(text, str(identity)))


async def _settle(folder: Path, source: Path, now: datetime) -> None:
    """Check the records, bring them up to this Atelier, and have everything derived made anew."""
    path = folder / backups.RECORDS
    if await snapshots.faults(path):
        raise CopyRefused(str(source), "altered")
    try:
        database = await open_database(path)
    except FolderUnready as error:
        raise CopyRefused(str(source), error.fault) from error
    try:
        await database.write(lambda tx: records.begin_again(tx, now))
        # They may have left since.
        await database.write(lambda tx: letters.doubt_waiting(tx, LetterFault.RESTORED))
    finally:
        await database.close()


def _put_config(disk: Disk, folder: Path, config: bytes | None) -> str:
    """The settings, in force when they keep everything in the data folder as it is here."""
    if config is None:
        return ""
    disk.write_small(folder / backups.CONFIG, config)
    try:
        storage = load(folder, {}, folder).storage
        is_here = {storage.records, storage.blobs} == {
            f"sqlite:{folder / backups.RECORDS}", f"file:{folder / 'blobs'}",
        }  # fmt: skip
    except SettingsFault:
        is_here = False
    if is_here:
        return backups.CONFIG
    disk.rename(folder / backups.CONFIG, folder / CONFIG_ASIDE)
    return CONFIG_ASIDE
