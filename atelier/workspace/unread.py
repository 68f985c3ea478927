"""What could not be read below a folder, and having it read again; for its coordinators."""

from __future__ import annotations

from dataclasses import dataclass

from atelier import access
from atelier.database import folders, jobs
from atelier.database import unread as records
from atelier.database.engine import Transaction
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import JobKind, Rank
from atelier.model.people import Actor
from atelier.model.unread import Unread
from atelier.workspace.documents import enter, numbered
from atelier.workspace.place import Workspace

PAGE_ROWS = 100
_QUEUED_AT_ONCE = 1_000  # of one transaction: others write meanwhile


@dataclass(frozen=True, slots=True)
class Listing:
    """A window of what could not be read in a folder and below it, newest first."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    rows: tuple[Unread, ...]
    total: int
    page: int
    pages: int


async def look(ws: Workspace, actor: Actor, folder_id: FolderId, *, page: int = 1) -> Listing:
    """The documents that she may read there whose text is not, or not wholly, searchable.

    A page past the end is the last one.
    """

    async def unit(tx: Transaction) -> Listing:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        total = await records.count(tx, actor, folder.id)
        pages = max(1, -(-total // PAGE_ROWS))
        number = min(max(1, page), pages)
        offset = (number - 1) * PAGE_ROWS
        rows = await records.listed(tx, actor, folder.id, offset=offset, limit=PAGE_ROWS)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        return Listing(folder, crumbs, tuple(rows), total, number, pages)

    return await ws.db.read(unit)


async def read_again(ws: Workspace, actor: Actor, document_id: DocumentId, number: int) -> None:
    """Have one version read once more, before what waits in the background."""

    async def unit(tx: Transaction) -> None:
        _, document = await enter(tx, actor, document_id, Action.ORGANISE)
        version = numbered(document, number)
        # It is read in full, which may take minutes: never in front of what people bring.
        await jobs.queue(tx, JobKind.READ_VERSION, version.id, ws.clock(), rank=Rank.LONG)

    await ws.db.write(unit)


async def read_all_again(ws: Workspace, actor: Actor, folder_id: FolderId) -> int:
    """Have all read once more that she may organise in a folder and below it; how many.

    In the background: what is deposited meanwhile is read before.
    """

    async def unit(tx: Transaction, after: int) -> list[int]:
        folder = await access.enter(tx, actor, folder_id, Action.ORGANISE)
        some = await records.after(tx, actor, folder.id, after, _QUEUED_AT_ONCE)
        for version in some:
            await jobs.queue(tx, JobKind.READ_VERSION, version, ws.clock(), rank=Rank.BACKGROUND)
        return some

    queued = last = 0
    while True:
        some = await ws.db.write(lambda tx, at=last: unit(tx, at))  # type: ignore[misc]
        queued += len(some)
        if len(some) < _QUEUED_AT_ONCE:
            return queued
        last = some[-1]
