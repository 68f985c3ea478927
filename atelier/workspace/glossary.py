"""The glossary of the network: everybody reads it, those who coordinate write it.

What it says widens searches (`search.glossary`), from the next one on. A change names the
state it saw (`GlossaryTerm.state`): of two writers one wins, the other is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from atelier import access
from atelier.database import glossary as records
from atelier.database import journal
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, EffectChanged, Forbidden, Invalid, NotFound
from atelier.model.glossary import MAX_MEANINGS, MAX_TERMS, GlossaryTerm, Wording
from atelier.model.glossary import worded as typed
from atelier.model.ids import GlossaryTermId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.search.french import fold
from atelier.search.glossary import is_asked, key_of
from atelier.workspace.place import Workspace

PAGE_TERMS = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """Terms in alphabetical order, `total` of them on all pages; `may_change` is the actor's."""

    terms: tuple[GlossaryTerm, ...]
    total: int
    page: int
    may_change: bool

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, ceil(self.total / PAGE_TERMS))


async def listed(ws: Workspace, actor: Actor, *, containing: str = "", page: int = 1) -> Listing:
    """The terms that say this somewhere, a page at a time, for anyone signed in.

    A page after the last is the last; `Invalid` for one before the first.
    """
    if page < 1:
        raise Invalid("page", "out_of_range", str(page)[:20])

    async def unit(tx: Transaction) -> Listing:
        wanted = fold(containing)
        terms = await records.terms(tx)
        found = tuple(one for one in terms if _says(one, wanted)) if wanted else terms
        listing = Listing(found, len(found), page, await _may_change(tx, actor))
        shown = min(page, listing.pages)
        kept = found[(shown - 1) * PAGE_TERMS : shown * PAGE_TERMS]
        return replace(listing, terms=kept, page=shown)

    return await ws.db.read(unit)


async def every(ws: Workspace, actor: Actor) -> tuple[GlossaryTerm, ...]:
    """All terms in alphabetical order, for anyone signed in."""
    return await ws.db.read(records.terms)


async def enter(ws: Workspace, actor: Actor, number: GlossaryTermId) -> GlossaryTerm:
    """A term that she may change, as it stands; `Forbidden` for those who only read."""

    async def unit(tx: Transaction) -> GlossaryTerm:
        await access.keep_glossary(tx, actor)
        return await _found(tx, number)

    return await ws.db.read(unit)


async def named(ws: Workspace, actor: Actor, term: str) -> GlossaryTerm:
    """The term that is written so, or nearly so; `NotFound`."""

    async def unit(tx: Transaction) -> GlossaryTerm:
        found = await records.holder(tx, key_of(term))
        if found is None:
            raise NotFound("term")
        return found

    return await ws.db.read(unit)


async def add(ws: Workspace, actor: Actor, term: str, meanings: str) -> GlossaryTerm:
    """A new term; `meanings` stand apart by lines or semicolons.

    `Forbidden` but for those who coordinate a folder and for stewards, as all that follows;
    `Invalid` for what cannot be, `AlreadySo` for a term that stands there under this
    spelling or one that differs in case, accents, dots or links only.
    """
    wording = checked(typed(term, meanings))

    async def unit(tx: Transaction) -> GlossaryTerm:
        await access.keep_glossary(tx, actor)
        if await records.holder(tx, key_of(wording.term)):
            raise AlreadySo("term")
        if await records.count(tx) >= MAX_TERMS:
            raise Invalid("term", "glossary_full")
        added = await write(ws, tx, actor, wording)
        await _note(ws, tx, actor, NetworkVerb.TERM_ADDED, added)
        return added

    return await ws.db.write(unit)


async def change(
    ws: Workspace,
    actor: Actor,
    number: GlossaryTermId,
    term: str,
    meanings: str,
    *,
    expected: str,
) -> GlossaryTerm:
    """Write a term otherwise; the errors of `add`.

    `EffectChanged` when it no longer is as `expected`, the state that she saw.
    """
    wording = checked(typed(term, meanings))

    async def unit(tx: Transaction) -> GlossaryTerm:
        before = await _as_expected(tx, actor, number, expected)
        holder = await records.holder(tx, key_of(wording.term))
        if holder is not None and holder.id != number:
            raise AlreadySo("term")
        after = await rewrite(ws, tx, actor, before, wording)
        if after.state != before.state:
            facts = {} if after.term == before.term else {"before": before.term}
            await _note(ws, tx, actor, NetworkVerb.TERM_CHANGED, after, **facts)
        return after

    return await ws.db.write(unit)


async def remove(
    ws: Workspace, actor: Actor, number: GlossaryTermId, *, expected: str
) -> GlossaryTerm:
    """Take a term away; gives what it was. `EffectChanged` as for `change`."""

    async def unit(tx: Transaction) -> GlossaryTerm:
        before = await _as_expected(tx, actor, number, expected)
        await records.remove(tx, number)
        await _note(ws, tx, actor, NetworkVerb.TERM_REMOVED, before)
        return before

    return await ws.db.write(unit)


def checked(wording: Wording) -> Wording:
    """Each meaning once, none that is the term again.

    `Invalid` for none left, for too many, and where nothing is a word that searches ask for.
    """
    if not key_of(wording.term):
        raise Invalid("term", "without_words", wording.term[:40])
    by_key: dict[str, str] = {}
    for meaning in wording.meanings:
        by_key.setdefault(key_of(meaning), meaning)
    said = tuple(one for key, one in by_key.items() if key not in ("", key_of(wording.term)))
    if not said:
        raise Invalid("meanings", "without_meaning")
    if not any(map(is_asked, (wording.term, *said))):
        raise Invalid("meanings", "too_common", wording.term[:40])
    if len(said) > MAX_MEANINGS:
        raise Invalid("meanings", "too_many_meanings", str(len(said)))
    return Wording(wording.term, said)


async def write(ws: Workspace, tx: Transaction, actor: Actor, wording: Wording) -> GlossaryTerm:
    """A new term into the records: what may be is the caller's to know, and to note."""
    number = await records.add(
        tx,
        wording.term,
        wording.meanings,
        key=key_of(wording.term),
        by=actor.person_id,
        at=ws.clock(),
    )
    return await _found(tx, number)


async def rewrite(
    ws: Workspace, tx: Transaction, actor: Actor, before: GlossaryTerm, wording: Wording
) -> GlossaryTerm:
    """Other words for a term, as for `write`."""
    key = key_of(wording.term)
    await records.change(tx, before.id, wording.term, wording.meanings, key=key)
    await records.touch(tx, before.id, actor.person_id, ws.clock())
    return await _found(tx, before.id)


async def _found(tx: Transaction, number: GlossaryTermId) -> GlossaryTerm:
    term = await records.get(tx, number)
    if term is None:
        raise NotFound("term")
    return term


async def _as_expected(
    tx: Transaction, actor: Actor, number: GlossaryTermId, expected: str
) -> GlossaryTerm:
    await access.keep_glossary(tx, actor)
    term = await _found(tx, number)
    if term.state != expected:
        raise EffectChanged()
    return term


async def _may_change(tx: Transaction, actor: Actor) -> bool:
    try:
        await access.keep_glossary(tx, actor)
    except Forbidden:
        return False
    return True


def _says(term: GlossaryTerm, wanted: str) -> bool:
    return any(wanted in fold(text) for text in (term.term, *term.meanings))


async def _note(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    verb: NetworkVerb,
    term: GlossaryTerm,
    **facts: str,
) -> None:
    said = {"subject": term.term, "meanings": " ; ".join(term.meanings), **facts}
    await journal.note_network(tx, actor, verb, ws.clock(), **said)
