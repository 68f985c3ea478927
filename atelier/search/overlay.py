"""Whether one document answers a query, as an index would say it once it has the document.

For documents whose last change no index has applied: they are looked through by themselves.
Pure. A text is first skimmed, and analysed only when it may answer, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import ceil
from typing import Protocol

from atelier.search import effort as efforts
from atelier.search import french
from atelier.search.contract import Bounds, Entry
from atelier.search.effort import Effort
from atelier.search.grammar import Clause, Field, Form, Query, Term
from atelier.search.media_types import kind_of
from atelier.search.skimming import Skimmed

# Of words that do not all stand together, engines ask for this part.
_MOST = 0.5


# What a word of a text costs for a phrase, in units of effort; and of characters, a beginning.
_PHRASE_WORD = 4
_BEGINNING_CHARS = 16


class _Look(Protocol):
    """A way to look for words: thoroughly, or skimming."""

    def holds(self, word: french.Word) -> bool:
        """Whether the text or name holds it."""
        ...

    def has(self, term: Term) -> bool:
        """Whether what the term says is where it asks."""
        ...


class Overlay:
    """One document, looked through for any number of queries with one effort."""

    def __init__(
        self, entry: Entry, *, with_older: bool = False, effort: Effort | None = None
    ) -> None:
        self.entry = entry
        self._texts = (entry.text, entry.older)[: 1 + with_older]
        self._effort = effort or Effort()
        self._skimmed = Skimmed((entry.name, *self._texts), entry.language, self._effort)

    def answers(self, query: Query, bounds: Bounds, *, is_mostly: bool = False) -> bool | None:
        """Whether it answers; None when there is not enough effort left to know.

        `is_mostly` takes most of the plain words for all of them. Names of folders are the
        caller's, as in `Index.find`.
        """
        if not _asks(query) or not _is_within(self.entry, query, bounds):
            return False
        if not self.may_answer(query, is_mostly=is_mostly):
            return False
        in_text = [term for clause in query.clauses for term in clause.terms if _is_anywhere(term)]
        if in_text and not (self._is_analysed and self._effort.take(self._price(in_text))):
            return None
        return _meets(query, _Thorough(self), is_mostly=is_mostly)

    def may_answer(self, query: Query, *, is_mostly: bool = False) -> bool:
        """Cheaply false when it cannot answer by its words; true when in doubt."""
        wanted = tuple(clause for clause in query.clauses if not clause.is_excluded)
        return _meets(Query(wanted), _Skimming(self, self._skimmed), is_mostly=is_mostly)

    def has(self, term: Term) -> bool:
        """Whether what the term says is in its field."""
        match term.form:
            case Form.WORD:
                return all(self.holds(word, term.field) for word in french.words(term.text))
            case Form.PHRASE:
                return self._has_phrase(term)
            case Form.PREFIX:
                return self._has_prefix(term)

    def holds(self, word: french.Word, field: Field) -> bool:
        """Whether that field holds the word: joined, or all its parts."""
        if word.joined and self._spelled(word.joined, field):
            return True
        return bool(word.parts) and all(self._spelled(part, field) for part in word.parts)

    def _has_phrase(self, term: Term) -> bool:
        places = french.phrase(term.text)
        return any(_stands(places, words) for words in self._exact(term.field))

    def _has_prefix(self, term: Term) -> bool:
        *before, last = french.spelled(term.text)
        begun = any(f" {last.exact}" in said for said in self._said(term.field))
        return begun and all(
            self._spelled(word.exact, term.field) for word in before if not word.is_stop
        )

    def _spelled(self, exact: str, field: Field) -> bool:
        if any(exact in known for known in self._exact_sets(field)):
            return True
        if field in (Field.BY, Field.ORGANISATION):
            return False
        stems = french.searched_stems(exact, [self.entry.language])
        return any(not stems.isdisjoint(known) for known in self._stem_sets(field))

    def _exact(self, field: Field) -> Sequence[list[str]]:
        match field:
            case Field.BY:
                return (self._author,)
            case Field.ORGANISATION:
                return (self._organisation,)
            case Field.TITLE:
                return (self._name,)
            case Field.ANYWHERE:
                return (self._name, *self._words)

    def _exact_sets(self, field: Field) -> Iterable[Sequence[str] | frozenset[str]]:
        if field is Field.ANYWHERE:
            return (self._name, *self._word_sets)
        return self._exact(field)

    def _said(self, field: Field) -> Iterable[str]:
        """The exact terms as one text, a space before each."""
        if field is Field.ANYWHERE:
            return (f" {self._name_streams.exact}", *self._spaced)
        return (" ".join(("", *words)) for words in self._exact(field))

    def _price(self, terms: Iterable[Term]) -> int:
        """What looking for these in the analysed texts costs."""
        forms = [term.form for term in terms]
        words = _PHRASE_WORD * sum(map(len, self._words)) * forms.count(Form.PHRASE)
        characters = sum(map(len, self._spaced)) * forms.count(Form.PREFIX)
        return words + characters // _BEGINNING_CHARS

    def _stem_sets(self, field: Field) -> Iterable[frozenset[str]]:
        return (self._name_stems, *(self._stems if field is Field.ANYWHERE else ()))

    @cached_property
    def _author(self) -> list[str]:
        return french.streams(self.entry.author, "").exact.split()

    @cached_property
    def _organisation(self) -> list[str]:
        return french.streams(self.entry.organisation, "").exact.split()

    @cached_property
    def _name_streams(self) -> french.Streams:
        return french.streams(self.entry.name, self.entry.language)

    @cached_property
    def _name(self) -> list[str]:
        return self._name_streams.exact.split()

    @cached_property
    def _name_stems(self) -> frozenset[str]:
        return frozenset(self._name_streams.stems.split())

    @cached_property
    def _is_analysed(self) -> bool:
        """Whether there was enough effort to analyse the texts, when that was first needed."""
        return self._effort.take(sum(map(efforts.of_analysis, self._texts)))

    @cached_property
    def _spaced(self) -> list[str]:
        return [f" {streams.exact}" for streams in self._streams]

    @cached_property
    def _streams(self) -> list[french.Streams]:
        return [french.streams(text, self.entry.language) for text in self._texts]

    @cached_property
    def _words(self) -> list[list[str]]:
        return [streams.exact.split() for streams in self._streams]

    @cached_property
    def _word_sets(self) -> list[frozenset[str]]:
        return [frozenset(words) for words in self._words]

    @cached_property
    def _stems(self) -> list[frozenset[str]]:
        return [frozenset(streams.stems.split()) for streams in self._streams]


class _Thorough:
    """Looks into the analysed texts."""

    def __init__(self, overlay: Overlay) -> None:
        self.has = overlay.has
        self._overlay = overlay

    def holds(self, word: french.Word) -> bool:
        return self._overlay.holds(word, Field.ANYWHERE)


class _Skimming:
    """Looks into texts that are not analysed, and into names that always may be."""

    def __init__(self, overlay: Overlay, skimmed: Skimmed) -> None:
        self.holds = skimmed.holds
        self._overlay, self._skimmed = overlay, skimmed

    def has(self, term: Term) -> bool:
        return (self._skimmed if _is_anywhere(term) else self._overlay).has(term)


def answers(query: Query, bounds: Bounds, entry: Entry, *, with_older: bool = False) -> bool | None:
    """Whether this document answers, as it is asked; see `Overlay.answers`."""
    return Overlay(entry, with_older=with_older).answers(query, bounds)


def _meets(query: Query, look: _Look, *, is_mostly: bool) -> bool:
    """Whether all the clauses are met, or all but the plain words and most of these."""
    plain = [word for clause in query.clauses if clause.is_plain for word in _words(clause)]
    others = [clause for clause in query.clauses if not clause.is_plain]
    held = sum(map(look.holds, plain))
    needed = ceil(len(plain) * _MOST) if is_mostly else len(plain)
    return held >= needed and all(_meets_clause(clause, look) for clause in others)


def _meets_clause(clause: Clause, look: _Look) -> bool:
    asked = [term for term in clause.terms if _says(term)]
    return not asked or any(map(look.has, asked)) is not clause.is_excluded


def _is_anywhere(term: Term) -> bool:
    return term.field is Field.ANYWHERE


def _asks(query: Query) -> bool:
    """Whether there is anything that an index looks for."""
    said = (_says(term) for clause in query.clauses for term in clause.terms)
    return query.has_bounds or any(said)


def _is_within(entry: Entry, query: Query, bounds: Bounds) -> bool:
    types, excluded = query.media_types, query.excluded_media_types
    return (
        (not types or entry.media_type in types)
        and entry.media_type not in excluded
        and (query.after is None or entry.changed_at >= query.after)
        and (query.before is None or entry.changed_at < query.before)
        and bounds.organisation in (None, entry.organisation_id)
        and bounds.author in (None, entry.author_id)
        and bounds.kind in (None, kind_of(entry.media_type))
        and bounds.year in (None, entry.year)
    )


def _words(clause: Clause) -> list[french.Word]:
    return french.words(clause.terms[0].text)


def _says(term: Term) -> bool:
    """Whether it asks for anything; stop words do not, but may begin other words."""
    match term.form:
        case Form.WORD:
            return bool(french.words(term.text))
        case Form.PHRASE:
            return bool(french.phrase(term.text))
        case Form.PREFIX:
            return bool(french.spelled(term.text))


def _stands(places: tuple[tuple[int, str], ...], words: list[str]) -> bool:
    """Whether these words stand somewhere at these distances; linear, even where much repeats."""
    wanted = {exact for _, exact in places}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        if word in wanted:
            found[word].append(at)
    if len(found) < len(wanted):
        return False
    bits = {exact: _bits(found[exact], len(words)) for exact in wanted}
    begun = -1
    for far, exact in places:
        begun &= bits[exact] << far
        if not begun:
            return False
    return True


def _bits(places: list[int], of: int) -> int:
    """A number of so many bits, the first one highest, with these set."""
    written = bytearray(b"0") * of
    for at in places:
        written[at] = ord("1")
    return int(written, 2)
