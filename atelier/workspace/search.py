"""Search: what a person may read, found by what was said in it.

Rights first: the set of folders she may read goes into the index's query, so that
totals, order, facets and pages count nothing else. Then the hits shown are checked again
in the records, and only then are snippets cut from the kept texts.
"""

from __future__ import annotations

from dataclasses import replace

from atelier.errors import Invalid
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.model.search import Asked, Results, Sort
from atelier.workspace import helping
from atelier.workspace.facets import facets
from atelier.workspace.place import Workspace
from atelier.workspace.seeking import Answers, Seeking, Understanding, Window, begin
from atelier.workspace.showing import hits, together
from atelier.workspace.turns import in_turn

PAGE_HITS = 20
MAX_PAGE = 500


@in_turn("search")
async def find(ws: Workspace, actor: Actor, asked: Asked, *, page: int = 1) -> Results:
    """The documents she may read that answer, in the asked order, with their best pages.

    Parts of meetings too: agenda, minutes, decisions, actions. Hits of one meeting stand
    together, at the place of the first of them; the newest first, at that of its date.

    Those whose change the index has not applied yet are looked through by themselves, or
    counted in `not_yet`, rather than shown as they were. When nothing answers as it was
    asked, help goes with what was found. `Invalid` for a page that cannot be; `IndexUnready`
    while there is no index; `Busy` when it takes too long, or many searches of hers wait.
    """
    if not 1 <= page <= MAX_PAGE:
        raise Invalid("page", "out_of_range", str(page)[:20])
    window = Window(asked.sort, (page - 1) * PAGE_HITS, PAGE_HITS, with_counts=True)
    seeking, understood, found = await _sought(ws, actor, asked, window)
    is_helped = not found.is_exact and bool(asked.words)
    spelling = await helping.spelled(seeking, asked) if is_helped else ""
    # Words that are nowhere stand in no sentence: those they are nearly spelled as do.
    meant = replace(asked, words=spelling or asked.words)
    query = (await seeking.understand(meant)).query if spelling else understood.query
    shown = await hits(seeking, query, found, with_older=asked.narrowing.with_older)
    results = Results(
        total=found.total,
        hits=together(shown, asked.sort),
        asked=asked,
        page=page,
        page_size=PAGE_HITS,
        is_partial=found.is_partial,
        facets=await ws.db.read(
            lambda tx: facets(tx, found.counts, seeking.sight, asked.narrowing)
        ),
        widened=understood.widened,
        widened_in_vain=understood.is_in_vain,
        not_yet=seeking.fresh.not_yet,
        misread=helping.misread(asked),
    )
    if not is_helped:
        return results
    return replace(
        results,
        spelling=spelling,
        understood=helping.understood(seeking, asked),
        wider=await helping.wider(seeking, asked, found.total),
    )


def pages_of(results: Results) -> int:
    """How many pages there are to ask for; 0 where nothing was found."""
    return min(-(-results.total // results.page_size), MAX_PAGE)


@in_turn("search")
async def newest(
    ws: Workspace, actor: Actor, asked: Asked, limit: int = 500
) -> tuple[tuple[DocumentId, int], ...]:
    """The newest documents that answer exactly, each with its current version, newest first."""
    _, _, found = await _sought(ws, actor, asked, Window(Sort.NEWEST, limit=limit))
    rows = found.rows if found.is_exact else ()
    return tuple((row.document.id, row.document.version) for row in rows)


async def _sought(
    ws: Workspace, actor: Actor, asked: Asked, window: Window
) -> tuple[Seeking, Understanding, Answers]:
    """The answers; once more when a right ended meanwhile, as counts would still tell of it."""
    seeking = await begin(ws, actor, asked)
    understood = await seeking.understand(asked)
    found = await seeking.seek(understood.query, asked.narrowing, window)
    if found.refused:
        seeking = await begin(ws, actor, asked)
        found = await seeking.seek(understood.query, asked.narrowing, window)
    if understood.widened and not found.total:
        # All of a widened clause must be there; of what was typed, most may.
        typed = await seeking.understand(replace(asked, is_exact=True))
        understood = replace(understood, query=typed.query, is_in_vain=True)
        found = await seeking.seek(understood.query, asked.narrowing, window)
    return seeking, understood, found
