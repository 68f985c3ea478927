"""Search: what a person may read, found by what was said in it.

Rights first: the set of folders she may read goes into the index's query, so that
totals, order and pages count nothing else. Then the hits shown are checked again in the
records, and only then are snippets cut from the kept texts.
"""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

from atelier import access
from atelier.database import documents, entries, folders
from atelier.database.engine import Transaction
from atelier.errors import Invalid
from atelier.model.folders import Action, DocumentRow
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.model.search import Hit, PageHit, Results
from atelier.search.contract import AllBut, FolderFilter, Only
from atelier.search.french import fold
from atelier.search.grammar import Query, parse
from atelier.search.snippets import best_pages
from atelier.workspace.documents import reading_of
from atelier.workspace.place import Workspace

PAGE_HITS = 20
MAX_PAGE = 500
_WAIT_ROUNDS = 4
_WAIT_SECONDS = 0.05


async def find(ws: Workspace, actor: Actor, words: str, *, page: int = 1) -> Results:
    """The documents she may read that answer, best first, with their best pages.

    Documents whose change the index has not applied yet are left out rather than shown
    as they were. `Invalid` for a page that cannot be; `IndexUnready` while it is rebuilt.
    """
    if not 1 <= page <= MAX_PAGE:
        raise Invalid("page", "out_of_range", str(page)[:20])
    query = parse(words, ZoneInfo(ws.settings.network.time_zone))
    hidden = await _not_applied(ws, actor)
    readable = await ws.db.read(lambda tx: _filter(tx, actor, query))
    found = await ws.index.find(
        query, folders=readable, hidden=hidden, offset=(page - 1) * PAGE_HITS, limit=PAGE_HITS
    )
    rows = await ws.db.read(lambda tx: documents.readable(tx, actor, found.documents))
    checked = [rows[number] for number in found.documents if number in rows]
    hits = [await _hit(ws, query, *found_row) for found_row in checked]
    refused = len(found.documents) - len(hits)
    return Results(
        total=found.total - refused,
        hits=tuple(hits),
        words=words,
        page=page,
        page_size=PAGE_HITS,
        is_partial=found.is_partial,
    )


async def _not_applied(ws: Workspace, actor: Actor) -> frozenset[int]:
    """Documents that the index shows as they were; a moment is given to it to catch up.

    Only for documents she may read: waiting for others would tell that they changed.
    """
    hidden: frozenset[int] = frozenset()
    for _ in range(_WAIT_ROUNDS):
        applied = await ws.index.applied()
        hidden, hers = await ws.db.read(
            lambda tx, at=applied: entries.waiting(tx, actor, at)  # type: ignore[misc]
        )
        if not hers:
            break
        await asyncio.sleep(_WAIT_SECONDS)
    return hidden


async def _filter(tx: Transaction, actor: Actor, query: Query) -> FolderFilter:
    """Her readable folders, said the shorter way: these only, or all but those."""
    readable: frozenset[FolderId] = await access.readable_folders(tx, actor)
    if query.folders or query.excluded_folders:
        rows = await folders.allowing(tx, actor, Action.READ)
        if query.folders:
            readable &= _named(rows, query.folders)
        return Only(frozenset(readable - _named(rows, query.excluded_folders)))
    every = await folders.every(tx)
    if 2 * len(readable) > len(every):
        return AllBut(frozenset(every - readable))
    return Only(frozenset(readable))


def _named(
    rows: list[tuple[FolderId, FolderId | None, str]], wanted: tuple[str, ...]
) -> frozenset[FolderId]:
    """Of the folders she may read those of these names, with all she may read below them."""
    names = {fold(name) for name in wanted}
    found = {number for number, _, name in rows if fold(name) in names}
    inside = set[FolderId]()
    while found:
        inside |= found
        found = {number for number, parent, _ in rows if parent in found} - inside
    return frozenset(inside)


async def _hit(
    ws: Workspace, query: Query, row: DocumentRow, folder: str, version: int, sha256: str
) -> Hit:
    reading = await reading_of(ws, version, sha256)
    pages: tuple[PageHit, ...] = ()
    if reading is not None:
        has_pages = reading.page_count is not None
        pages = await asyncio.to_thread(
            best_pages, query, reading.pages, has_pages, language=reading.language
        )
    return Hit(
        document_id=row.id,
        name=row.name,
        folder_id=row.folder_id,
        folder=folder,
        version=row.version,
        media_type=row.media_type,
        changed_at=row.changed_at,
        pages=pages,
    )
