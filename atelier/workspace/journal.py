"""The journal of a folder, for its coordinators; the network's, for stewards."""

from __future__ import annotations

from dataclasses import dataclass

from atelier import access
from atelier.database import folders
from atelier.database import journal as records
from atelier.database.engine import Transaction
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import FolderId
from atelier.model.journal import JournalLine
from atelier.model.people import Actor
from atelier.workspace.place import Workspace

PAGE_LINES = 100
_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Journal:
    """Lines of a folder, newest first; `older` is where the next page begins, or None."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    lines: tuple[JournalLine, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class NetworkJournal:
    """Lines about organisations, people and groups, newest first; `older` as in `Journal`."""

    lines: tuple[JournalLine, ...]
    older: int | None


async def of_folder(
    ws: Workspace, actor: Actor, folder_id: FolderId, *, before: int | None = None
) -> Journal:
    """Who did what in this folder, newest first, before line `before`."""

    async def unit(tx: Transaction) -> Journal:
        folder = await access.enter(tx, actor, folder_id, Action.JOURNAL)
        lines = await records.lines(
            tx, folder.id, before=min(before or _NEWEST, _NEWEST), limit=PAGE_LINES + 1
        )
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        return Journal(folder, crumbs, *_page(lines))

    return await ws.db.read(unit)


async def of_network(ws: Workspace, actor: Actor, *, before: int | None = None) -> NetworkJournal:
    """What was done to organisations, people and groups, before line `before`; for stewards."""

    async def unit(tx: Transaction) -> NetworkJournal:
        await access.manage(tx, actor)
        lines = await records.network_lines(
            tx, before=min(before or _NEWEST, _NEWEST), limit=PAGE_LINES + 1
        )
        return NetworkJournal(*_page(lines))

    return await ws.db.read(unit)


def _page(lines: list[JournalLine]) -> tuple[tuple[JournalLine, ...], int | None]:
    """The lines to show of one more than a page, and where the next page begins."""
    shown = tuple(lines[:PAGE_LINES])
    return shown, shown[-1].id if len(lines) > PAGE_LINES else None
