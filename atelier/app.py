"""The only place that builds: settings → engines → workspace → web application and worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from atelier.blobs import open_blobs
from atelier.blobs.contract import BlobStore
from atelier.blobs.derived import DerivedPictures, DerivedTexts
from atelier.database.access_log import AccessLog
from atelier.database.engine import open_database
from atelier.database.people import installation
from atelier.errors import FolderInUse, FolderUnready, FolderUnwritable, SettingsFault, WriteFailed
from atelier.extract import open_readers_for
from atelier.extract.contract import READER_VERSION
from atelier.files import Disk, Lock
from atelier.model.jobs import Rank
from atelier.papers.process import PapersBeside
from atelier.post.contract import NoPost, Post
from atelier.post.credentials import read as read_credentials
from atelier.post.smtp import SmtpPost
from atelier.search import open_index
from atelier.settings import Settings, Wrong
from atelier.web.language import Voice
from atelier.web.letters import composer
from atelier.web.pages.drop_words import letters
from atelier.web.routes import web_app
from atelier.worker import runner
from atelier.worker.inbox import Inbox
from atelier.workspace import admin, following, restoring
from atelier.workspace.backups import RECORDS
from atelier.workspace.passwords import Passwords
from atelier.workspace.place import Clock, Workspace
from atelier.workspace.restoring import Place, Restored

_SERVER_LOCK = "server.lock"  # alone, by the one server
_OPEN_LOCK = "open.lock"  # shared by whoever has the folder open
_log = logging.getLogger(__name__)


def now() -> datetime:
    """The clock of everyday: aware UTC."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def open_workspace(
    settings: Settings,
    *,
    create: bool = False,
    is_alone: bool = False,
    disk: Disk | None = None,
    clock: Clock = now,
) -> AsyncIterator[Workspace]:
    """The workspace of a data folder, open until the block ends.

    `create` makes what is missing; without it an empty or foreign folder is
    `FolderUnready`. `FolderUnwritable` when nothing can be written there, `FolderInUse`
    while somebody is alone there; `is_alone` says that the caller is, by `alone`.
    """
    hand = disk or Disk()
    path = _records_path(settings)
    if create:
        await asyncio.to_thread(_make_folder, hand, settings.data)
    elif not path.exists():
        raise FolderUnready(str(settings.data), "absent")
    floor = settings.storage.free_space_floor_bytes
    blobs = open_blobs(settings.storage.blobs, hand, free_space_floor_bytes=floor)
    await (blobs.init() if create else blobs.check())
    texts = DerivedTexts(settings.data / "derived", hand, reader_version=READER_VERSION)
    pictures = DerivedPictures(settings.data / "derived", hand)
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(blobs.close)
        if not is_alone:
            closing.enter_context(_beside(settings.data))
        database = await open_database(path, fault=hand.fault)
        closing.push_async_callback(database.close)
        trail = AccessLog(database)
        closing.push_async_callback(trail.close)
        index = open_index(settings.storage.index, await database.read(installation), hand)
        closing.push_async_callback(index.close)
        readers = open_readers_for(settings.reading)
        closing.push_async_callback(readers.close)
        kept = (blobs, texts, pictures)
        outside = (readers, PapersBeside(), open_post(settings))
        yield Workspace(database, trail, *kept, index, *outside, Passwords(), clock, settings)


def open_post(settings: Settings) -> Post:
    """What hands letters over: to the mail server of the settings, or nowhere without one.

    `SettingsFault` for credentials that cannot be read, or that others can.
    """
    mail, network = settings.mail, settings.network
    if not mail.server:
        return NoPost()
    compose = composer(mail.sender, network.default_language, network.time_zone)
    if not mail.credentials:
        return SmtpPost(mail, compose)
    shown = read_credentials(settings.data / mail.credentials)
    return SmtpPost(mail, compose, credentials=shown)


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[bool]:
    """Whether no server and no command has the data folder open; then none opens it meanwhile.

    Bytes that no record names are then nobody's, however young: a deposit that is under way
    has sealed its bytes before it writes its rows.
    """
    disk = Disk()
    with contextlib.ExitStack() as held:
        for name in (_SERVER_LOCK, _OPEN_LOCK):
            lock = disk.lock(settings.data / name) if settings.data.is_dir() else None
            if lock is None:
                held.close()
                yield False
                return
            held.callback(lock.release)
        yield True


async def restore(settings: Settings, source: Path, identity: Path | None) -> Restored:
    """Bring a backup back into the data folder of these settings, which must be empty."""
    data, disk = settings.data, Disk()
    here = {"records": f"sqlite:{data / RECORDS}", "blobs": f"file:{data / 'blobs'}"}
    for name, address in here.items():
        if getattr(settings.storage, name) != address:
            key = f"storage.{name}"
            raise SettingsFault(settings.sources[key], key, Wrong.ELSEWHERE)
    floor = settings.storage.free_space_floor_bytes

    def store(folder: Path) -> BlobStore:
        return open_blobs(f"file:{folder / 'blobs'}", disk, free_space_floor_bytes=floor)

    return await restoring.restore(source, Place(data, store, now, disk), identity=identity)


@contextlib.asynccontextmanager
async def worker_beside(ws: Workspace) -> AsyncIterator[None]:
    """Run the worker in this process as long as the block lasts, once elected."""
    working = asyncio.create_task(_work_when_elected(ws), name="worker")
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def finish_waiting_work(ws: Workspace, *, rank: Rank = Rank.BACKGROUND) -> None:
    """Return when everything is read and searchable, but for what waits behind this rank.

    Does the work itself when no process is the worker, else waits for the one that is.
    """
    lock = runner.elect(Disk(), ws.settings.data)
    if lock is None:
        await runner.wait_until_quiet(ws, rank=rank)
        return
    try:
        await runner.work_until_quiet(ws, rank=rank)
    finally:
        lock.release()


async def catch_up_index(ws: Workspace) -> None:
    """Apply what waits for the index when no process is the worker; else leave it to that one."""
    lock = runner.elect(Disk(), ws.settings.data)
    if lock is None:
        return
    try:
        while await following.follow(ws):
            pass
    finally:
        lock.release()


def check_addresses(settings: Settings) -> None:
    """Refuse what `open_workspace` would not open by its address; touches nothing.

    `SettingsFault` for an address of no known kind.
    """
    floor = settings.storage.free_space_floor_bytes
    _records_path(settings)
    open_blobs(settings.storage.blobs, Disk(), free_space_floor_bytes=floor)
    open_index(settings.storage.index)


def has_worker(settings: Settings) -> bool:
    """Whether another process works on this data folder: a server, as a rule."""
    lock = runner.elect(Disk(), settings.data)
    if lock is not None:
        lock.release()
    return lock is None


def server(settings: Settings) -> Starlette:
    """The web application with its worker; both live as long as its lifespan.

    Entering the lifespan raises `FolderInUse` when another server holds the data folder.
    """

    @contextlib.asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with open_workspace(settings) as ws:
            if not await admin.is_founded(ws):
                raise FolderUnready(str(settings.data), "absent")
            with _held(settings.data):
                async with worker_beside(ws):
                    yield {"ws": ws}

    return web_app(settings, running)


def _records_path(settings: Settings) -> Path:
    scheme, _, place = settings.storage.records.partition(":")
    if scheme != "sqlite":
        raise SettingsFault(settings.storage.records, "storage.records", "unknown_store", "sqlite")
    return Path(place)


def _make_folder(disk: Disk, data: Path) -> None:
    try:
        disk.make_folder(data)
        disk.write_small(data / ".writable", b"", is_durable=False)
        disk.remove(data / ".writable")
    except WriteFailed as error:
        raise FolderUnwritable(str(data), error.what) from error


@contextlib.contextmanager
def _held(data: Path) -> Iterator[None]:
    lock = Disk().lock(data / _SERVER_LOCK)
    if lock is None:
        raise FolderInUse(str(data))
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _beside(data: Path) -> Iterator[None]:
    lock = Disk().share(data / _OPEN_LOCK)
    if lock is None:
        raise FolderInUse(str(data))
    with lock:
        yield


async def _work_when_elected(ws: Workspace) -> None:
    lock = await _elected(ws.settings.data)
    network = ws.settings.network
    inbox = Inbox(ws, Disk(), letters(Voice(network.default_language, network.time_zone)))
    try:
        await runner.reread_outdated(ws)
        await runner.work(ws, also=(inbox.turn,), is_lasting=True)
    finally:
        await inbox.close()
        lock.release()


async def _elected(data: Path) -> Lock:
    """Wait for the worker's lock: a command that works meanwhile gives it back when done."""
    while True:
        lock = runner.elect(Disk(), data)
        if lock is not None:
            return lock
        await asyncio.sleep(1)
