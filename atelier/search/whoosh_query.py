"""A `Query` said as what must stand where, and what of an index answers it, with its merit.

Whoosh's own queries step through documents one by one in Python. Here each term gives all
its documents at once, as an array, within the rights: counts are exact and cost nothing more.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import chain
from math import ceil
from typing import NamedTuple

from atelier.errors import Busy
from atelier.search import french, whoosh_fields
from atelier.search.grammar import MAX_EXPANSIONS, Field, Form, Query, Term
from atelier.search.whoosh_near import edits_of
from atelier.search.whoosh_view import Leaf, Readable, View

# As for tantivy, on which they were chosen.
EXACT_WEIGHT, STEM_WEIGHT, NAME_WEIGHT, NAME_STEM_WEIGHT = 1.5, 1.0, 3.0, 2.0
CONJUGATED_WEIGHT = 0.5
MOST = 0.5
# A phrase of five added words stays below a word as it was typed.
ADDED_WEIGHT = 0.1

_FIELDS = {
    Field.TITLE: whoosh_fields.NAME,
    Field.BY: whoosh_fields.AUTHOR,
    Field.ORGANISATION: whoosh_fields.ORGANISATION,
}

# The documents of a segment that answer, by their place in it, each with its merit.
Merits = dict[int, float]
# Places of a segment, to look for an answer among.
Among = AbstractSet[int]


class Held(NamedTuple):
    """A term stands in that field."""

    field: str
    term: str
    weight: float = 1.0


class Spelled(NamedTuple):
    """One of these spellings stands in that field: always for the same merit."""

    field: str
    terms: tuple[str, ...]
    merit: float


class Phrase(NamedTuple):
    """Terms stand in that field at these distances from the first."""

    field: str
    words: tuple[tuple[int, str], ...]


class AnyOf(NamedTuple):
    """One of these at least."""

    parts: tuple[Wanted, ...]


class AllOf(NamedTuple):
    """All of these, and none of the rejected; of everything readable when nothing is wanted."""

    parts: tuple[Wanted, ...]
    rejected: tuple[Wanted, ...] = ()


class MostOf(NamedTuple):
    """So many of these."""

    parts: tuple[Wanted, ...]
    least: int


class Added(NamedTuple):
    """What the glossary added: it answers as well, for less."""

    part: Wanted


Wanted = Held | Spelled | Phrase | AnyOf | AllOf | MostOf | Added


class Asking:
    """Turns queries into what is wanted of one state of the index, within one person's rights."""

    def __init__(
        self, view: View, readable: Readable, answering: Answering, *, with_older: bool = False
    ) -> None:
        self._view = view
        self._readable = readable
        self._answering = answering
        self._exact = [whoosh_fields.EXACT, whoosh_fields.OLDER_EXACT][: 1 + with_older]
        self._stems = [whoosh_fields.STEMS, whoosh_fields.OLDER_STEMS][: 1 + with_older]

    def attempts(self, query: Query) -> Iterator[Wanted]:
        """As it was asked, then looser ways, for when nothing answers; none asks nothing.

        Plain words that nothing readable holds may be spelled nearly so; of several, most
        are enough. The rest stays.
        """
        wanted, plain, excluded = self._parts(query)
        if not (wanted or plain or excluded or query.has_bounds):
            return
        words = tuple(self._word(word, Field.ANYWHERE) for word in plain)
        yield AllOf((*wanted, *words), excluded)
        looser = tuple(self._looser(*pair) for pair in zip(plain, words, strict=True))
        if looser != words:
            yield AllOf((*wanted, *looser), excluded)
        if len(words) > 1:
            most = MostOf(looser, ceil(len(words) * MOST))
            yield AllOf((*wanted, most), excluded)

    def _looser(self, word: french.Word, asked: Wanted) -> Wanted:
        """The same when something readable holds it, else what is spelled nearly so."""
        if self._holds(asked):
            return asked
        for ring in self.near(word.joined or word.parts[0])[1:]:
            if self._holds(ring):
                return ring
        return asked

    def _holds(self, asked: Wanted) -> bool:
        """Whether anything within rights answers."""
        return any(self._answering.merits(asked, self._readable))

    def near(self, exact: str) -> list[Wanted]:
        """In a text or a name, the word itself; with one edit or none; and so on."""
        merits = dict.fromkeys(self._exact, EXACT_WEIGHT) | {whoosh_fields.NAME: NAME_WEIGHT}
        most = edits_of(exact)
        near = self._view.near(tuple(merits), exact, most) if most else {exact: 0}
        rings = (
            tuple(term for term in sorted(near) if near[term] <= edits) for edits in range(most + 1)
        )
        return [
            AnyOf(tuple(Spelled(field, ring, merit) for field, merit in merits.items()))
            for ring in rings
        ]

    def _parts(
        self, query: Query
    ) -> tuple[tuple[Wanted, ...], list[french.Word], tuple[Wanted, ...]]:
        """What must be, plain words, what must not be."""
        wanted: list[Wanted] = []
        plain: list[french.Word] = []
        excluded: list[Wanted] = []
        for clause in query.clauses:
            if clause.is_plain:
                plain += french.words(clause.terms[0].text)
                continue
            asked = tuple(part for term in clause.terms if (part := self._weighed(term)))
            if asked:
                (excluded if clause.is_excluded else wanted).append(AnyOf(asked))
        return tuple(wanted), plain, tuple(excluded)

    def _weighed(self, term: Term) -> Wanted | None:
        asked = self._asked(term)
        return Added(asked) if asked and term.is_added else asked

    def _asked(self, term: Term) -> Wanted | None:
        match term.form:
            case Form.PHRASE:
                return self._phrase(term)
            case Form.PREFIX:
                return self._prefix(term)
            case Form.WORD:
                asked = tuple(self._word(word, term.field) for word in french.words(term.text))
                return AllOf(asked) if asked else None

    def _word(self, word: french.Word, field: Field) -> Wanted:
        parts = tuple(self._spelling(part, field) for part in word.parts)
        if not word.joined:
            return AllOf(parts)
        joined = self._spelling(word.joined, field)
        return AnyOf((joined, AllOf(parts))) if parts else joined

    def _spelling(self, exact: str, field: Field) -> Wanted:
        """One word in all its forms; the exact form counts beside the stem, so for more."""
        if field in (Field.BY, Field.ORGANISATION):
            return Held(_FIELDS[field], exact)
        stems = self._weighed_stems(exact)
        held = [
            Held(whoosh_fields.NAME_STEMS, stem, NAME_STEM_WEIGHT * much) for stem, much in stems
        ]
        held.append(Held(whoosh_fields.NAME, exact, NAME_WEIGHT))
        if field is Field.ANYWHERE:
            held += [
                Held(name, stem, STEM_WEIGHT * much) for name in self._stems for stem, much in stems
            ]
            held += [Held(name, exact, EXACT_WEIGHT) for name in self._exact]
        return AnyOf(tuple(held))

    def _weighed_stems(self, exact: str) -> list[tuple[str, float]]:
        languages = self._view.languages
        own = french.own_stems(exact, languages)
        return [
            (stem, 1.0 if stem in own else CONJUGATED_WEIGHT)
            for stem in sorted(french.searched_stems(exact, languages))
        ]

    def _phrase(self, term: Term) -> Wanted | None:
        words = french.phrase(term.text)
        if not words:
            return None
        fields = self._exact_fields(term.field)
        if len(words) == 1:
            return AnyOf(tuple(Held(field, words[0][1]) for field in fields))
        return AnyOf(tuple(Phrase(field, words) for field in fields))

    def _prefix(self, term: Term) -> Wanted | None:
        words = french.spelled(term.text)
        if not words:
            return None
        *before, last = words
        whole = [self._spelling(word.exact, term.field) for word in before if not word.is_stop]
        # Counted in what she may read: hidden documents must not take the places.
        commonest = partial(
            self._view.commonest, start=last.exact, readable=self._readable, limit=MAX_EXPANSIONS
        )
        fields = self._exact_fields(term.field)
        begun = tuple(Held(field, text) for field in fields for text in commonest(field))
        return AllOf((*whole, AnyOf(begun)))

    def _exact_fields(self, field: Field) -> tuple[str, ...]:
        if field is Field.ANYWHERE:
            return (*self._exact, whoosh_fields.NAME)
        return (_FIELDS[field],)


class Answering:
    """Finds what answers in each segment; `until` is when it gives up (`time.thread_time`)."""

    def __init__(self, view: View, until: float) -> None:
        self._view = view
        self._until = until
        self._rarities: dict[tuple[str, str], float] = {}

    def merits(self, wanted: Wanted, readable: Readable) -> tuple[Merits, ...]:
        """Of each segment, what answers among these documents. Raises `Busy`."""
        leaves = zip(self._view.leaves, readable, strict=True)
        return tuple(self._in(leaf, wanted, documents) for leaf, documents in leaves)

    def _in(self, leaf: Leaf, wanted: Wanted, among: Among) -> Merits:
        if not among:
            return {}
        match wanted:
            case Held(field, term, weight):
                return self._held(leaf, field, term, weight, among)
            case Spelled():
                return self._spelled(leaf, wanted, among)
            case Phrase():
                return self._phrase(leaf, wanted, among)
            case AnyOf(parts):
                return _sum(self._in(leaf, part, among) for part in parts)
            case Added(part):
                added = self._in(leaf, part, among)
                return {place: merit * ADDED_WEIGHT for place, merit in added.items()}
            case AllOf(parts, rejected):
                return self._all(leaf, parts, rejected, among)
            case MostOf(parts, least):
                found = [self._in(leaf, part, among) for part in parts]
                return _in_most(found, least)

    def _all(
        self, leaf: Leaf, parts: Sequence[Wanted], rejected: Sequence[Wanted], among: Among
    ) -> Merits:
        found: Merits = {} if parts else dict.fromkeys(among, 0.0)
        left: Among = among
        for part in parts:
            more = self._in(leaf, part, left)
            found = {place: merit + found.get(place, 0.0) for place, merit in more.items()}
            left = found.keys()
        for part in rejected:
            for place in self._in(leaf, part, found.keys()):
                del found[place]
        return found

    def _spelled(self, leaf: Leaf, spelled: Spelled, among: Among) -> Merits:
        merits: Merits = {}
        for term in spelled.terms:
            self._check_time()
            held = leaf.postings(spelled.field, term).documents
            merits |= {place: spelled.merit for place in held if place in among}
        return merits

    def _held(self, leaf: Leaf, field: str, term: str, weight: float, among: Among) -> Merits:
        self._check_time()
        postings = leaf.postings(field, term)
        if not postings.documents:
            return {}
        weight *= self._rarity(field, term)
        norms, lengths = self._view.norms(field), leaf.lengths(field)
        return {
            place: weight * count / (count + norms[lengths[place]])
            for place, count in zip(postings.documents, postings.counts, strict=True)
            if place in among
        }

    def _phrase(self, leaf: Leaf, phrase: Phrase, among: Among) -> Merits:
        held = [leaf.postings(phrase.field, term) for _, term in phrase.words]
        common = set(among).intersection(*(postings.documents for postings in held))
        if not common:
            return {}
        places = [postings.places_in(common) for postings in held]
        distances = [distance for distance, _ in phrase.words]
        weight = sum(self._rarity(phrase.field, term) for _, term in phrase.words)
        norms, lengths = self._view.norms(phrase.field), leaf.lengths(phrase.field)
        merits = {}
        for place in sorted(common):
            starts = (
                {at - distance for at in found[place]}
                for distance, found in zip(distances, places, strict=True)
            )
            if count := len(set.intersection(*starts)):
                merits[place] = weight * count / (count + norms[lengths[place]])
        return merits

    def _check_time(self) -> None:
        if time.thread_time() > self._until:
            raise Busy()

    def _rarity(self, field: str, term: str) -> float:
        key = (field, term)
        if key not in self._rarities:
            self._rarities[key] = self._view.rarity(field, term)
        return self._rarities[key]


def _sum(found: Iterable[Merits]) -> Merits:
    merits: Merits = {}
    for part in found:
        if not merits:
            merits = part
            continue
        for place, merit in part.items():
            merits[place] = merits.get(place, 0.0) + merit
    return merits


def _in_most(found: Sequence[Merits], least: int) -> Merits:
    held = Counter(chain.from_iterable(found))
    return {place: merit for place, merit in _sum(found).items() if held[place] >= least}
