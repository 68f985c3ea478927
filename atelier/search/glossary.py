"""A query widened by the network's glossary: CLS is also searched as contrat local de santé.

Only what was typed is looked up, never what the glossary added: nothing widens twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import msgspec

from atelier.model.glossary import GlossaryTerm
from atelier.model.search import Widened
from atelier.search import french
from atelier.search.grammar import MAX_TERMS, Clause, Field, Form, Query, Term

MAX_ALTERNATIVES = 8

# Shorter ones are mostly acronyms: the stem of CLS is that of CL.
_SHORTEST_STEMMED = 5

# Words as they are compared: folded, stop words aside, long ones by their stem.
_Key = tuple[str, ...]


class _Known(NamedTuple):
    """What the glossary says of each spelling of each of its terms; `longest` key in words.

    Terms made of words too common to search for (SI, AS) stand under what is written, as
    they are meant only when they are typed so.
    """

    said: dict[_Key | str, tuple[str, ...]]
    longest: int


def widen(query: Query, terms: Sequence[GlossaryTerm]) -> tuple[Query, tuple[Widened, ...]]:
    """The query with what the glossary says of its words, and what was added to which.

    A word, a phrase or a run of plain words that is a term or one of its meanings becomes
    one clause: what was typed (of a run, all its words) or any of the others, marked
    `is_added`. The longest run counts. What is excluded, or looked for in one field only,
    stays as it is. At most `MAX_ALTERNATIVES` are added to a clause, and no more than
    `MAX_TERMS` stand in the query. Of a widened clause engines let nothing go: ask what was
    typed when nothing answers the widened query.
    """
    if not terms or not query.clauses:
        return query, ()
    known = _known(tuple(terms))
    room = MAX_TERMS - sum(len(clause.terms) for clause in query.clauses)
    clauses: list[Clause] = []
    widened: list[Widened] = []
    for first, end in _parts(query.clauses, known):
        clause, added = _widened(_joined(query.clauses[first:end]), known, room)
        room -= sum(len(one.also) for one in added)
        clauses += [clause] if added else query.clauses[first:end]
        widened += added
    return msgspec.structs.replace(query, clauses=tuple(clauses)), tuple(widened)


def key_of(text: str) -> str:
    """The folded spelling that no two terms share: without case, accents, dots or links."""
    words = french.spelled(text)
    told = [word.exact for word in words if not word.is_stop] or [word.exact for word in words]
    return " ".join(told)


def is_asked(text: str) -> bool:
    """Whether searches ask for any of its words: some are too common."""
    return any(not word.is_stop for word in french.spelled(text))


@lru_cache(maxsize=2)
def _known(terms: tuple[GlossaryTerm, ...]) -> _Known:
    """The glossary by key. Kept, as its words are many and rarely change."""
    said: dict[_Key | str, list[str]] = {}
    for term in terms:
        keys = {text: _kept_key(text) for text in (term.term, *term.meanings)}
        for place in {key or text for text, key in keys.items()}:
            said.setdefault(place, []).extend(text for text, key in keys.items() if key)
    longest = max((len(place) for place in said if isinstance(place, tuple)), default=0)
    return _Known({place: tuple(texts) for place, texts in said.items()}, longest)


def _key(text: str) -> _Key:
    return tuple(
        french.stem(word.exact, "fr") if len(word.exact) >= _SHORTEST_STEMMED else word.exact
        for word in french.spelled(text)
        if not word.is_stop
    )


# A changed term leaves the others as they are: 22,000 of them take half a second.
_kept_key = lru_cache(maxsize=1 << 15)(_key)


def _parts(clauses: Sequence[Clause], known: _Known) -> Iterator[tuple[int, int]]:
    """The clauses in order as `[first, end)`: runs that the glossary knows, the others alone.

    Of runs that overlap the one of most words counts, then the first.
    """
    keys = [_key(clause.terms[0].text) if clause.is_plain else None for clause in clauses]
    ends: dict[int, int] = {}
    taken: set[int] = set()
    for _, first, end in sorted(_runs(keys, known)):
        if taken.isdisjoint(range(first, end)):
            taken |= set(range(first, end))
            ends[first] = end
    at = 0
    while at < len(clauses):
        end = ends.get(at, at + 1)
        yield at, end
        at = end


def _runs(keys: Sequence[_Key | None], known: _Known) -> Iterator[tuple[int, int, int]]:
    """Each run that the glossary knows: `(minus its words, first, end)`.

    Nothing but plain words stands in it, and no stop word at its ends.
    """
    for first in range(len(keys)):
        key: _Key = ()
        for end, more in enumerate(keys[first:], first + 1):
            if more is None or not keys[first] or len(key) + len(more) > known.longest:
                break
            key += more
            if more and key in known.said:
                yield -len(key), first, end


def _is_typed(term: Term) -> bool:
    """Whether the glossary may know it: words or a phrase, wanted anywhere, as typed."""
    is_whole = term.form is not Form.PREFIX and term.field is Field.ANYWHERE
    return is_whole and not term.is_added


def _joined(clauses: Sequence[Clause]) -> Clause:
    """One clause that wants all the words of these."""
    if len(clauses) == 1:
        return clauses[0]
    return Clause((Term(" ".join(clause.terms[0].text for clause in clauses)),))


def _widened(clause: Clause, known: _Known, room: int) -> tuple[Clause, list[Widened]]:
    """The clause with what the glossary says of each of its terms, and what that was."""
    if clause.is_excluded:
        return clause, []
    there = {_key(term.text) for term in clause.terms if term.form is not Form.PREFIX}
    left = min(room, MAX_ALTERNATIVES - sum(term.is_added for term in clause.terms))
    terms: list[Term] = list(clause.terms)
    widened: list[Widened] = []
    for term in filter(_is_typed, clause.terms):
        also = tuple(islice(_others(term, known, there), max(left, 0)))
        left -= len(also)
        terms += map(_added, also)
        widened += [Widened(term.text, also)] if also else []
    return Clause(tuple(terms)), widened


def _others(term: Term, known: _Known, there: set[_Key]) -> Iterator[str]:
    """What else the glossary calls it, but for what is there; each then is."""
    for text in known.said.get(_key(term.text) or term.text, ()):
        key = _key(text)
        if key not in there:
            there.add(key)
            yield text


def _added(text: str) -> Term:
    """Several words as a phrase; so is a short one: an acronym is searched as it is spelled."""
    spelled = key_of(text)
    is_word = " " not in spelled and len(spelled) >= _SHORTEST_STEMMED
    return Term(text, Form.WORD if is_word else Form.PHRASE, is_added=True)
