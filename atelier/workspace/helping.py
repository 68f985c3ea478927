"""Help for a search that finds nothing, or nothing as it was asked.

Nothing here knows more than the search itself: every word and every number comes from
documents within the same rights. Each wider search is really made, and only told when it
finds something.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from atelier.extract.contract import Reading
from atelier.model.search import Asked, Misread, Narrowing, Understood, Wider, WiderKind
from atelier.search import retyping, spelling
from atelier.search.effort import Effort
from atelier.search.french import USUAL_LANGUAGE
from atelier.search.grammar import Clause, Query, Term
from atelier.search.retyping import BOUNDS, Part
from atelier.workspace import known_terms, meeting_texts
from atelier.workspace.documents import Load, with_readings
from atelier.workspace.place import Workspace
from atelier.workspace.seeking import Row, Seeking, Window, readable, zone

MAX_WORDS_LOOKED_AT = 8
MAX_WORDS_SPELLED = 3

_NEAR_DOCUMENTS = 5
_NEAR_CHARACTERS = 200_000


def understood(seeking: Seeking, asked: Asked) -> Understood:
    """What was searched, part by part."""
    return retyping.understood(asked.words, zone(seeking.ws))


def misread(asked: Asked) -> tuple[Misread, ...]:
    """What was taken as words, and was perhaps meant otherwise."""
    return retyping.misread(asked.words)


async def spelled(seeking: Seeking, asked: Asked) -> str:
    """The query with the nearest words that she can find for those that are nowhere; or ""."""
    words, left = asked.words, MAX_WORDS_SPELLED
    for exact in retyping.plain_words(asked.words)[:MAX_WORDS_LOOKED_AT]:
        if not left:
            break
        if not spelling.edits_of(exact) or await _is_held(seeking, exact, asked.narrowing):
            continue
        part = seeking.fresh.effort.part(left)
        left -= 1
        if nearest := await _nearest(seeking, exact, part):
            words = retyping.with_word(words, exact, nearest)
    return "" if words == asked.words else words


async def wider(seeking: Seeking, asked: Asked, total: int) -> tuple[Wider, ...]:
    """Wider searches that find something, and more than the `total` there is already."""
    found = []
    for kind, other in _wider(asked):
        query = (await seeking.understand(other)).query
        answers = await seeking.seek(query, other.narrowing, Window())
        if answers.is_exact and answers.total > total:
            found.append(Wider(kind, other, answers.total))
    return tuple(found)


def _wider(asked: Asked) -> Iterator[tuple[WiderKind, Asked]]:
    """Ways to ask for more, each by itself; the same question is not among them."""
    narrowing = asked.narrowing
    if words := retyping.with_any_word(asked.words):
        yield WiderKind.ANY_WORD, replace(asked, words=words)
    if words := retyping.without(asked.words, {Part.EXCLUDED}):
        yield WiderKind.WITHOUT_EXCLUSIONS, replace(asked, words=words)
    unbound = Narrowing(folder=narrowing.folder, with_older=narrowing.with_older)
    words = retyping.without(asked.words, BOUNDS)
    if words or unbound != narrowing:
        yield (
            WiderKind.WITHOUT_BOUNDS,
            replace(asked, words=words or asked.words, narrowing=unbound),
        )
    words = retyping.without(asked.words, {Part.FOLDER})
    if words or narrowing.folder is not None:
        everywhere = replace(narrowing, folder=None)
        yield (
            WiderKind.EVERYWHERE,
            replace(asked, words=words or asked.words, narrowing=everywhere),
        )
    if narrowing.folder is not None and unbound != narrowing:
        unchosen = Narrowing(with_older=narrowing.with_older)
        yield WiderKind.WITHOUT_CHOICES, replace(asked, narrowing=unchosen)
    if not narrowing.with_older:
        older = replace(narrowing, with_older=True)
        yield WiderKind.WITH_OLDER, replace(asked, narrowing=older)


async def _is_held(seeking: Seeking, exact: str, narrowing: Narrowing) -> bool:
    """Whether any document she may read holds the word, wherever it is."""
    query = Query((Clause((Term(exact),)),))
    everywhere = Narrowing(with_older=narrowing.with_older)
    return (await seeking.seek(query, everywhere, Window())).is_exact


async def _nearest(seeking: Seeking, exact: str, effort: Effort) -> str:
    """The nearest word of documents she may read, or of the glossary, which all may."""
    within = seeking.sight.within(frozenset(seeking.sight.parents))
    near = list[int]()
    for form in spelling.forms(exact):
        near += await seeking.ws.index.near(form, within, _NEAR_DOCUMENTS)
    found = await seeking.ws.db.read(lambda tx: readable(tx, seeking.actor, near))
    texts: list[tuple[str, str]] = []
    for number in dict.fromkeys(near):
        if number in found and effort.left:
            texts.append(await _text(seeking.ws, found[number], effort))
    texts += [
        (f"{one.entry.name}\n{one.entry.text[:_NEAR_CHARACTERS]}", one.entry.language)
        for one in seeking.fresh.documents.values()
    ]
    terms = await known_terms.terms(seeking.ws)
    told = " ".join(text for one in terms for text in (one.term, *one.meanings))
    texts.append((told[:_NEAR_CHARACTERS], USUAL_LANGUAGE))
    return await asyncio.to_thread(spelling.nearest, exact, texts, effort)


async def _text(ws: Workspace, row: Row, effort: Effort) -> tuple[str, str]:
    """The name and text of what answers, and their language."""
    if row.told is not None and row.part is not None:
        lines = await asyncio.to_thread(meeting_texts.lines, row.told, row.part)
        pages, language = tuple(line.text for line in lines), USUAL_LANGUAGE
    else:
        reading = await _loaded(ws, row.version_id, row.sha256, effort)
        pages = () if reading is None else reading.pages
        language = "" if reading is None else reading.language
    return f"{row.document.name}\n{' '.join(pages)[:_NEAR_CHARACTERS]}", language


async def _loaded(ws: Workspace, version: int, sha256: str, effort: Effort) -> Reading | None:
    def bring(load: Load) -> Reading | None:
        return load(version, sha256, effort)

    return await with_readings(ws, bring)
