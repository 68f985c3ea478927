"""Searches that a person keeps, and what came to match since she looked.

A kept search is hers alone: to everybody else it is like one that never was. What is new
is asked of the search itself each time, so within what she may read at that moment.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from atelier import access
from atelier.database import saved as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Busy, IndexUnready, Invalid, NotFound
from atelier.model.asked import query_of
from atelier.model.ids import DocumentId, SavedId
from atelier.model.people import Actor
from atelier.model.saved import Followed, Saved, SavedNews
from atelier.model.search import Asked, Sort
from atelier.workspace import search
from atelier.workspace.place import Workspace

MAX_SAVED = 30
MAX_NAME_CHARACTERS = 120
MAX_WORDS_CHARACTERS = 400
MOST_TOLD = 99
# More are marked than are looked through: when newer ones go, what comes up was marked.
_LOOKED_THROUGH, _MARKED = 500, 1_000
# For all of them together: the page where she begins waits for it.
_ALL_SECONDS = 2.0

Matches = tuple[tuple[DocumentId, int], ...]


async def keep(ws: Workspace, actor: Actor, asked: Asked, name: str = "") -> SavedId:
    """Keep a search, under its words when no name is given; what matches now is seen.

    In which order it was shown is not kept. One that she keeps already stays as it is.
    `Invalid` for one without words, a name that is too long, or beyond `MAX_SAVED`; the
    errors of `search.find`.
    """
    access.act(actor)
    words = _on_one_line(asked.words)
    if not words:
        raise Invalid("q", "empty")
    if len(asked.words) > MAX_WORDS_CHARACTERS:
        raise Invalid("q", "too_long", words[:80])
    clean = _named(name) or words[:MAX_NAME_CHARACTERS]
    matches = await search.newest(ws, actor, asked, limit=_MARKED)
    query = _query(asked)

    async def unit(tx: Transaction) -> SavedId:
        known = await records.same(tx, actor.person_id, query)
        if known is not None:
            return known.id
        if await records.count(tx, actor.person_id) >= MAX_SAVED:
            raise Invalid("name", "too_many_searches", str(MAX_SAVED))
        number = await records.add(tx, actor.person_id, clean, query, ws.clock())
        await records.see(tx, number, matches)
        return number

    return await ws.db.write(unit)


async def listed(ws: Workspace, actor: Actor) -> tuple[Saved, ...]:
    """Hers, in the order in which she kept them; none while she looks as somebody else."""
    if actor.seeing is not None:
        return ()
    return tuple(await ws.db.read(lambda tx: records.of_person(tx, actor.person_id)))


async def known(ws: Workspace, actor: Actor, asked: Asked) -> Saved | None:
    """The one of hers that asks for the same, in whatever order; None while she sees as another."""
    if actor.seeing is not None:
        return None
    return await ws.db.read(lambda tx: records.same(tx, actor.person_id, _query(asked)))


async def rename(ws: Workspace, actor: Actor, saved_id: SavedId, name: str) -> None:
    """Give one of hers another name. `NotFound`, `AlreadySo`, `Invalid`."""
    clean = _named(name)
    if not clean:
        raise Invalid("name", "empty")

    async def unit(tx: Transaction) -> None:
        saved = await _changing(tx, actor, saved_id)
        if saved.name == clean:
            raise AlreadySo("named")
        await records.rename(tx, saved.id, clean)

    await ws.db.write(unit)


async def forget(ws: Workspace, actor: Actor, saved_id: SavedId) -> None:
    """Keep one of hers no longer. `NotFound`."""

    async def unit(tx: Transaction) -> None:
        saved = await _changing(tx, actor, saved_id)
        await records.forget(tx, saved.id)

    await ws.db.write(unit)


async def seen(ws: Workspace, actor: Actor, saved_id: SavedId) -> None:
    """Mark what matches now as seen. `NotFound`; the errors of `search.find`.

    A document that is not searchable by its text yet does not match yet: it will be new.
    """
    saved = await ws.db.read(lambda tx: _changing(tx, actor, saved_id))
    matches = await search.newest(ws, actor, saved.asked, limit=_MARKED)

    async def unit(tx: Transaction) -> None:
        again = await _changing(tx, actor, saved_id)
        await records.see(tx, again.id, matches)

    await ws.db.write(unit)


async def news(ws: Workspace, actor: Actor) -> tuple[SavedNews, ...]:
    """What is new in each of hers, within what she may read now.

    Two seconds at most for all: one that does not answer says so, and the others count.
    """
    deadline = asyncio.get_running_loop().time() + _ALL_SECONDS
    return tuple([await _news_of(ws, actor, one, deadline) for one in await listed(ws, actor)])


async def follow(ws: Workspace, actor: Actor, saved_id: SavedId) -> Followed:
    """One of hers with the documents that are new in it. `NotFound`; the errors of `find`."""

    async def unit(tx: Transaction) -> Saved:
        return await _hers(tx, actor, saved_id)

    saved = await ws.db.read(unit)
    return Followed(saved, await _fresh(ws, actor, saved))


async def _news_of(ws: Workspace, actor: Actor, saved: Saved, deadline: float) -> SavedNews:
    try:
        async with asyncio.timeout_at(deadline):
            fresh = len(await _fresh(ws, actor, saved))
    except (TimeoutError, Busy, IndexUnready):
        return SavedNews(saved, None)
    return SavedNews(saved, min(fresh, MOST_TOLD), has_more=fresh > MOST_TOLD)


async def _fresh(ws: Workspace, actor: Actor, saved: Saved) -> frozenset[DocumentId]:
    """The documents among the newest that match, of which she was shown no such version."""
    matches = await search.newest(ws, actor, saved.asked, limit=_LOOKED_THROUGH)
    shown = await ws.db.read(lambda tx: records.seen(tx, saved.id))
    return frozenset(document for document, version in matches if shown.get(document, 0) < version)


async def _hers(tx: Transaction, actor: Actor, saved_id: SavedId) -> Saved:
    """One of hers; nobody has any while she looks as somebody else."""
    found = await records.found(tx, actor.person_id, saved_id)
    if found is None or actor.seeing is not None:
        raise NotFound("saved_search")
    return found


async def _changing(tx: Transaction, actor: Actor, saved_id: SavedId) -> Saved:
    access.act(actor)
    return await _hers(tx, actor, saved_id)


def _query(asked: Asked) -> str:
    return query_of(replace(asked, words=_on_one_line(asked.words), sort=Sort.RELEVANCE))


def _named(name: str) -> str:
    """The name on one line; "" when nothing is left of it."""
    clean = _on_one_line(name)
    if len(clean) > MAX_NAME_CHARACTERS:
        raise Invalid("name", "too_long", clean[:80])
    return clean


def _on_one_line(text: str) -> str:
    """Without what no one can read: an address may hold any character."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
