"""What a person is typing, finished: words and names of documents that she may read.

And terms of the glossary, which anyone signed in reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from atelier.database import documents
from atelier.model.ids import DocumentId
from atelier.model.meetings import meeting_part
from atelier.model.people import Actor
from atelier.model.search import EVERYWHERE, NameSuggested, Suggested
from atelier.search import french
from atelier.search.contract import Ask, Bounds, Within
from atelier.search.glossary import key_of
from atelier.search.grammar import MAX_BYTES, Clause, Field, Form, Query, Term
from atelier.search.media_types import PART_TYPES
from atelier.search.overlay import Overlay
from atelier.workspace import known_terms, sight
from atelier.workspace.fresh import MAX_DOCUMENTS
from atelier.workspace.place import Workspace
from atelier.workspace.showing import entry_of_row
from atelier.workspace.sight import Sight
from atelier.workspace.turns import in_turn

WORDS = 8
TERMS = 3
NAMES = 5

_SHORTEST = 2

# Asked for at each letter that is typed, of every term.
_kept_key = lru_cache(maxsize=1 << 12)(key_of)


@in_turn("suggest")
async def suggest(ws: Workspace, actor: Actor, start: str) -> Suggested:
    """What was typed with its last word finished, and documents whose name begins so.

    Terms of the glossary come first: the network's own words.

    Nothing for a word of one letter, or after a space. `IndexUnready`, `Busy`.
    """
    typed = start[:MAX_BYTES]
    last = _last_word(typed)
    if last is None:
        return Suggested()
    seen = await sight.look(ws, actor, Query())
    within = seen.within(seen.folders(Query(), EVERYWHERE))
    found = await ws.index.beginning(last.exact, within, WORDS)
    words = _each_once([*await _terms(ws, last.exact), *found])[:WORDS]
    return Suggested(
        words=tuple(f"{typed[: last.start]}{word}" for word in words),
        documents=await _named(ws, actor, typed, seen, within),
    )


def _last_word(typed: str) -> french.Token | None:
    """The word that is being typed; none when it is ended or too short."""
    words = french.spelled(typed)
    if not words or words[-1].end != len(typed) or len(words[-1].exact) < _SHORTEST:
        return None
    return words[-1]


async def _terms(ws: Workspace, exact: str) -> list[str]:
    """The shortest terms of the glossary that begin so, but for what is typed already."""
    keys = {_kept_key(one.term): one.term for one in await known_terms.terms(ws)}
    begun = [key for key in keys if key.startswith(exact) and key != exact]
    return [keys[key] for key in sorted(begun, key=lambda key: (len(key), key))[:TERMS]]


def _each_once(words: Iterable[str]) -> list[str]:
    """Without those that are spelled like an earlier one."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(key_of(word), word)
    return list(found.values())


async def _named(
    ws: Workspace, actor: Actor, typed: str, seen: Sight, within: Within
) -> tuple[NameSuggested, ...]:
    """The documents, checked again in the records; those not in the index yet come first."""
    clause = Clause((Term(typed.strip('" -'), Form.PREFIX, Field.TITLE),))
    # Names of parts of meetings are made of the meeting's, and would fill the list.
    query = Query((clause,), excluded_media_types=frozenset(PART_TYPES.values()))
    found = await ws.index.find(Ask(query, within, limit=NAMES))
    late = [number for number in seen.hers if meeting_part(number) is None]
    fresh = sorted(late, reverse=True)[:MAX_DOCUMENTS]
    wanted = (*fresh, *found.documents)
    rows = await ws.db.read(lambda tx: documents.readable(tx, actor, wanted))
    named = []
    for number in wanted:
        if number in rows:
            row, folder, *_ = rows[number]
            if number not in seen.hers or Overlay(entry_of_row(row)).answers(query, Bounds()):
                named.append(NameSuggested(DocumentId(row.id), row.name, folder))
    return tuple(named[:NAMES])
