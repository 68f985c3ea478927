"""Bringing files and folders of this computer in, through the same deposits as the pages."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from atelier.errors import AtelierError, Refusal
from atelier.model import names
from atelier.model.documents import Deposited
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.workspace import deposits, folders
from atelier.workspace.place import Workspace

AT_ONCE = 8
_CHUNK_BYTES = 1024 * 1024
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(eq=False)
class Unreadable(Exception):
    """A file of this computer that is not taken.

    `why` is `link`, `special` or the system's word.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file to bring in, and the names of the sub-folders that lead to it."""

    path: Path
    under: tuple[str, ...]


@dataclass(slots=True)
class Brought:
    """What an import did; `refused` pairs each path with why."""

    done: list[tuple[Source, Deposited]] = field(default_factory=list)
    refused: list[tuple[Source, AtelierError | Unreadable]] = field(default_factory=list)


Told = Callable[[Source, Deposited | AtelierError | Unreadable], None]


async def bring(
    ws: Workspace, actor: Actor, paths: list[Path], into: FolderId, told: Told
) -> Brought:
    """Deposit every file into a folder, sub-folders kept; `told` hears of each.

    A file that is refused does not stop the others. Links are never followed. An error
    of the installation (no room, disk) does stop: nothing of what was told is lost.
    """
    brought, turns = Brought(), asyncio.Semaphore(AT_ONCE)
    sources = [source for path in paths for source in found(path)]
    places = await _make_places(ws, actor, into, sources)

    async def one(source: Source) -> None:
        async with turns:
            place = places[source.under]
            try:
                if isinstance(place, AtelierError):
                    raise place
                deposited = await _deposit(ws, actor, place, source.path)
            except (Refusal, Unreadable) as error:
                brought.refused.append((source, error))
                told(source, error)
            else:
                brought.done.append((source, deposited))
                told(source, deposited)

    async with asyncio.TaskGroup() as tasks:
        for source in sources:
            tasks.create_task(one(source))
    return brought


def found(path: Path) -> Iterator[Source]:
    """The files at a path: itself, or all below a folder in order of name."""
    if not path.is_dir() or path.is_symlink():
        yield Source(path, ())
        return
    for folder, below, files in os.walk(path):
        below.sort()
        under = Path(folder).relative_to(path).parts
        for name in sorted(files):
            yield Source(Path(folder) / name, under)


async def _make_places(
    ws: Workspace, actor: Actor, into: FolderId, sources: list[Source]
) -> dict[tuple[str, ...], FolderId | AtelierError]:
    """The folder of each path of sub-folders, made where it is missing, or why it cannot be."""
    places: dict[tuple[str, ...], FolderId | AtelierError] = {(): into}
    for under in sorted({source.under for source in sources}):
        for depth in range(1, len(under) + 1):
            step = under[:depth]
            if step not in places:
                places[step] = await _make_place(ws, actor, places[step[:-1]], step[-1])
    return places


async def _make_place(
    ws: Workspace, actor: Actor, parent: FolderId | AtelierError, name: str
) -> FolderId | AtelierError:
    if isinstance(parent, AtelierError):
        return parent
    try:
        return await sub_folder(ws, actor, parent, name)
    except Refusal as error:
        return error


async def sub_folder(ws: Workspace, actor: Actor, parent: FolderId, name: str) -> FolderId:
    """The folder of this name in another, made when she sees none there."""
    listing = await folders.look(ws, actor, parent)
    for row in listing.folders:
        if names.key(row.name) == names.key(name.strip()):
            return row.id
    return await folders.make(ws, actor, parent, name)


async def _deposit(ws: Workspace, actor: Actor, folder: FolderId, path: Path) -> Deposited:
    descriptor = await asyncio.to_thread(_open_regular, path)
    try:
        incoming = await deposits.begin(ws, actor, folder, path.name)
        return await deposits.receive(ws, actor, incoming, _chunks(descriptor))
    finally:
        os.close(descriptor)


def _open_regular(path: Path) -> int:
    try:
        descriptor = os.open(path, _OPEN)
    except OSError as error:
        raise Unreadable("link" if path.is_symlink() else error.strerror or "?") from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise Unreadable("special")


async def _chunks(descriptor: int) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(os.read, descriptor, _CHUNK_BYTES):
        yield chunk
