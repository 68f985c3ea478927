"""Archives: what a folder or a selection holds, as entries with the paths they will have.

Only current versions, only what may be read. The list is made once, so that an archive has
an exact length before its first byte; rights are asked again for each entry while it is
given, and the access log has a line for each document whose bytes were.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from atelier import access
from atelier.database import archives as records
from atelier.database.archives import CurrentVersion, FolderBelow
from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.errors import ArchiveTooLarge, BlobMissing, NotFound
from atelier.model import names
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.model.portable import apart, portable
from atelier.model.trail import TrailAct
from atelier.workspace.place import Workspace

MAX_ENTRIES = 10_000
MAX_CHOSEN = 500
# Held in memory as long as an archive is under way, and again at its end as its directory.
MAX_PATH_BYTES = 8 * 1024 * 1024
_PER_ENTRY_BYTES = 130  # what a ZIP says of an entry beside its path, which stands there twice
_LOOKED_AT = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """A document or a folder in an archive.

    `path` is relative, with `/`, in names every system can keep; that of a folder ends in
    `/` and the other fields of it are empty.
    """

    path: str
    document_id: DocumentId | None = None
    version: int = 0
    sha256: str = ""
    size_bytes: int = 0
    at: datetime = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive will hold; `lost` are paths whose bytes are gone from the store.

    `gone` is how many of the chosen documents stand in the folder no more.
    """

    folder: str
    entries: tuple[Entry, ...]
    lost: tuple[str, ...]
    gone: int = 0


async def of_folder(ws: Workspace, actor: Actor, folder_id: FolderId) -> Archive:
    """A folder with the readable folders below it and their documents, as a tree.

    `ArchiveTooLarge` beyond 10,000 entries, `limits.max_archive_bytes` with the paths, or
    8 MiB of paths.
    """

    async def unit(tx: Transaction) -> tuple[str, list[FolderBelow], list[CurrentVersion]]:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        below = await records.tree(tx, actor, folder.id, MAX_ENTRIES + 1)
        return folder.name, below, await records.below(tx, actor, folder.id, MAX_ENTRIES + 1)

    name, below, documents = await ws.db.read(unit)
    room = _room(ws, len(below), documents)
    entries = await asyncio.to_thread(_as_tree, folder_id, below, documents, room)
    return await _without_lost(ws, name, entries)


async def of_documents(
    ws: Workspace, actor: Actor, folder_id: FolderId, chosen: Collection[DocumentId]
) -> Archive:
    """Some documents of one folder, side by side; those that left it meanwhile are counted.

    `NotFound` when none of them stands there. At most 500, else `ArchiveTooLarge`.
    """
    wanted = frozenset(chosen)
    if len(wanted) > MAX_CHOSEN:
        raise ArchiveTooLarge(MAX_CHOSEN, ws.settings.limits.max_archive_bytes)

    async def unit(tx: Transaction) -> tuple[str, list[CurrentVersion]]:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        return folder.name, await records.among(tx, folder.id, wanted) if wanted else []

    name, documents = await ws.db.read(unit)
    if not documents:
        raise NotFound("document")
    given = _paths("", documents, [], _room(ws, 0, documents))
    entries = [_entry(path, one) for path, one in zip(given, documents, strict=True)]
    return await _without_lost(ws, name, entries, gone=len(wanted) - len(documents))


async def check(ws: Workspace, actor: Actor, entries: Iterable[Entry]) -> None:
    """`NotFound` when she may not read one of these documents any more; at most some 100."""
    wanted = {entry.document_id for entry in entries if entry.document_id is not None}
    if not wanted:
        return

    async def unit(tx: Transaction) -> int:
        return await records.count_readable(tx, actor, wanted)

    if await ws.db.read(unit) < len(wanted):
        raise NotFound("document")


async def contents(
    ws: Workspace, actor: Actor, entry: Entry, *, piece_bytes: int
) -> AsyncGenerator[bytes]:
    """The bytes of an entry in pieces, once `check` passed; the access log tells of a document.

    `BlobMissing` when they are not those that were listed. Close it when it is left early.
    """
    if entry.document_id is None:
        return
    opened = await ws.blobs.open(entry.sha256)
    try:
        if opened.size_bytes != entry.size_bytes:
            raise BlobMissing(entry.sha256)
        at, person = ws.clock(), actor.person_id
        ws.trail.note(at, person, entry.document_id, entry.version, TrailAct.DOWNLOAD)
        for start in range(0, entry.size_bytes, piece_bytes):
            wanted = min(piece_bytes, entry.size_bytes - start)
            piece = await opened.read(start, wanted)
            if len(piece) < wanted:
                raise BlobMissing(entry.sha256)
            yield piece
    finally:
        opened.close()


class _Room:
    """What an archive may still hold, while its paths are made: all of them are kept."""

    def __init__(self, limit_bytes: int, used_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._left_bytes = limit_bytes - used_bytes
        self._path_bytes = MAX_PATH_BYTES

    def of(self, path: str) -> str:
        """The path, once there was room for its entry."""
        size = len(path.encode())
        self._path_bytes -= size
        self._left_bytes -= 2 * size + _PER_ENTRY_BYTES
        if min(self._left_bytes, self._path_bytes) < 0:
            raise ArchiveTooLarge(MAX_ENTRIES, self._limit_bytes)
        return path


def _room(ws: Workspace, folders: int, documents: Sequence[CurrentVersion]) -> _Room:
    """Room for the paths, once there was room for what the documents hold."""
    limit = ws.settings.limits.max_archive_bytes
    size = sum(document.size_bytes for document in documents)
    if folders + len(documents) > MAX_ENTRIES or size > limit:
        raise ArchiveTooLarge(MAX_ENTRIES, limit)
    return _Room(limit, size)


def _as_tree(
    top: FolderId,
    below: Iterable[FolderBelow],
    documents: Iterable[CurrentVersion],
    room: _Room,
) -> list[Entry]:
    """Each folder, its documents by name, then the folders in it by name."""
    folders_in: dict[FolderId | None, list[FolderBelow]] = {}
    documents_in: dict[FolderId, list[CurrentVersion]] = {}
    for folder in below:
        folders_in.setdefault(None if folder.id == top else folder.parent_id, []).append(folder)
    for document in documents:
        documents_in.setdefault(document.folder_id, []).append(document)
    entries: list[Entry] = []
    waiting = [(room.of(f"{portable(folder.name)}/"), folder.id) for folder in folders_in[None]]
    while waiting:
        here, number = waiting.pop()
        papers, inside = documents_in.get(number, []), folders_in.get(number, [])
        given = _paths(here, papers, inside, room)
        entries.append(Entry(here))
        entries += [_entry(path, one) for path, one in zip(given, papers, strict=False)]
        places = zip(given[len(papers) :], inside, strict=True)
        waiting += reversed([(path, folder.id) for path, folder in places])
    return entries


def _paths(
    above: str, documents: list[CurrentVersion], folders: list[FolderBelow], room: _Room
) -> list[str]:
    """The paths of the documents and then of the folders in one folder; both are put in order.

    Of two with one name, which a closed folder may have, the first keeps it.
    """
    for listed in (documents, folders):
        listed.sort(key=lambda one: (names.sort_key(one.name), one.id))
    wanted = [(portable(one.name), False) for one in documents]
    wanted += [(portable(one.name), True) for one in folders]
    named = zip(apart(wanted), wanted, strict=True)
    return [room.of(f"{above}{name}/" if folder else above + name) for name, (_, folder) in named]


def _entry(path: str, document: CurrentVersion) -> Entry:
    return Entry(
        path,
        document.id,
        document.version,
        document.sha256,
        document.size_bytes,
        from_ms(document.at),
    )


async def _without_lost(
    ws: Workspace, name: str, entries: Iterable[Entry], *, gone: int = 0
) -> Archive:
    kept, lost = [], []
    for number, entry in enumerate(entries):
        # A local store answers at once: others must get a turn among thousands of looks.
        if number % _LOOKED_AT == 0:
            await asyncio.sleep(0)
        if entry.document_id is None or await is_there(ws, entry):
            kept.append(entry)
        else:
            lost.append(entry.path)
    return Archive(name, tuple(kept), tuple(lost), gone)


async def is_there(ws: Workspace, entry: Entry) -> bool:
    """Whether the store has its bytes."""
    try:
        opened = await ws.blobs.open(entry.sha256)
    except BlobMissing:
        return False
    opened.close()
    return opened.size_bytes == entry.size_bytes
