"""A `Query` and a filter of folders, said in tantivy's terms."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from math import ceil

import tantivy
from tantivy import Occur

from atelier.errors import Busy
from atelier.search import french, tantivy_fields
from atelier.search.contract import AllBut, Bounds, Only, Within
from atelier.search.grammar import MAX_EXPANSIONS, Field, Form, Query, Term

# The relevance set needs the stem (0.87 against 0.97 where plurals are flipped) and tells
# nothing apart between 0.5 and 1.5 for the exact form, nor of names: those are chosen so
# that the word as typed, and a name, come first.
_EXACT, _STEM, _NAME, _NAME_STEM = 1.5, 1.0, 3.0, 2.0

# Another form of the same verb beside its stem.
_CONJUGATED = 0.5

# Of words that do not all stand together, this part must. Questions: 0.85 for a half,
# 0.78 for 0.6, 0.65 for 0.75 (30 of them, on which it was chosen).
_MOST = 0.5

# What the glossary added, a phrase of five words even, stays below a word as it was typed.
_ADDED = 0.1

# A typing error is looked for in words this long: (letters, edits).
_EDITS = ((9, 2), (5, 1))

_FIELDS = {
    Field.TITLE: tantivy_fields.NAME,
    Field.BY: tantivy_fields.AUTHOR,
    Field.ORGANISATION: tantivy_fields.ORGANISATION,
}


class Asking:
    """Turns queries into tantivy's for one state of the index and one person's rights.

    `languages` are those of the documents there: a searched word is stemmed for each.
    `Busy` once this thread has worked `until` then (`time.thread_time`): what is asked of
    the index for one query is many short calls. On a loaded machine a thread waits for its
    turn, and that is no fault of the query's.
    """

    def __init__(
        self,
        fields: tantivy.Schema,
        searcher: tantivy.Searcher,
        languages: Iterable[str],
        within: Within,
        *,
        with_older: bool,
        until: float,
    ) -> None:
        self._fields = fields
        self._searcher = searcher
        self._languages = tuple(languages)
        self._until = until
        self._exact = [tantivy_fields.EXACT, tantivy_fields.OLDER_EXACT][: 1 + with_older]
        self._stems = [tantivy_fields.STEMS, tantivy_fields.OLDER_STEMS][: 1 + with_older]
        self._needed, self._rejected = self._rights(within)

    def attempts(self, query: Query) -> Iterator[tantivy.Query]:
        """As it was asked, then looser ways, for when nothing answers; none asks nothing.

        Plain words that nothing readable holds may be spelled nearly so; of several, most
        are enough. The rest stays.
        """
        wanted, plain, excluded = self._parts(query)
        if not (wanted or plain or excluded or query.has_bounds):
            return
        words = [self._word(word, Field.ANYWHERE) for word in plain]
        yield _all_of([*wanted, *words], excluded)
        looser = [self._looser(*pair) for pair in zip(plain, words, strict=True)]
        if looser != words:
            yield _all_of([*wanted, *looser], excluded)
        if len(words) > 1:
            yield _all_of([*wanted, _most_of(looser)], excluded)

    def _looser(self, word: french.Word, asked: tantivy.Query) -> tantivy.Query:
        """The same when something readable holds it, else what is spelled nearly so."""
        if self._holds(asked):
            return asked
        for ring in self._near(word.joined or word.parts[0]):
            if self._holds(ring):
                return ring
        return asked

    def _holds(self, asked: tantivy.Query) -> bool:
        """Whether anything within rights answers."""
        self._check_time()
        within = _all_of([asked, *self._needed], self._rejected)
        return bool(self._searcher.search(within, 1).hits)

    def near(self, exact: str) -> tantivy.Query:
        """Within rights, what holds this spelling or one nearly so: the nearest first."""
        asked = _any_of([self._ring(exact, 0), *self._near(exact)])
        return _all_of([asked, *self._needed], self._rejected)

    def _near(self, exact: str) -> Iterator[tantivy.Query]:
        """One typing error, then two, as far as the word is long enough."""
        most = next((edits for letters, edits in _EDITS if len(exact) >= letters), 0)
        for edits in range(1, most + 1):
            yield self._ring(exact, edits)

    def _ring(self, exact: str, edits: int) -> tantivy.Query:
        """What so many edits reach; where fewer do, more of these add up."""
        merits = dict.fromkeys(self._exact, _EXACT) | {tantivy_fields.NAME: _NAME}
        return _any_of(
            [
                tantivy.Query.const_score_query(
                    tantivy.Query.fuzzy_term_query(self._fields, name, exact, distance=edits),
                    merit,
                )
                for name, merit in merits.items()
            ]
        )

    def readable(self) -> tantivy.Query:
        """Everything within rights."""
        return _all_of(self._needed, self._rejected)

    def narrowed(self, asked: tantivy.Query, query: Query, bounds: Bounds) -> tantivy.Query:
        """Within rights and all bounds: what may be counted and shown."""
        wanted = [asked, *self._needed, *self._bounds(bounds)]
        rejected = list(self._rejected)
        if query.media_types:
            wanted.append(self._one_of(tantivy_fields.MEDIA_TYPE, query.media_types))
        if query.excluded_media_types:
            rejected.append(self._one_of(tantivy_fields.MEDIA_TYPE, query.excluded_media_types))
        if query.after or query.before:
            wanted.append(self._period(query))
        return _all_of(wanted, rejected)

    def _bounds(self, bounds: Bounds) -> Iterator[tantivy.Query]:
        for name, value in (
            (tantivy_fields.ORGANISATION_ID, bounds.organisation),
            (tantivy_fields.AUTHOR_ID, bounds.author),
            (tantivy_fields.KIND, bounds.kind and bounds.kind.value),
            (tantivy_fields.YEAR, bounds.year),
        ):
            if value is not None:
                yield self._one_of(name, [value])

    def _rights(self, within: Within) -> tuple[list[tantivy.Query], list[tantivy.Query]]:
        needed = []
        rejected = [self._term(tantivy_fields.MARK, tantivy_fields.MARK)]
        match within.folders:
            case Only(numbers):
                needed.append(self._one_of(tantivy_fields.FOLDER, numbers))
            case AllBut(numbers) if numbers:
                rejected.append(self._one_of(tantivy_fields.FOLDER, numbers))
        if within.hidden:
            rejected.append(self._one_of(tantivy_fields.DOCUMENT, within.hidden))
        return needed, rejected

    def _parts(
        self, query: Query
    ) -> tuple[list[tantivy.Query], list[french.Word], list[tantivy.Query]]:
        """What must be, plain words, what must not be."""
        wanted: list[tantivy.Query] = []
        plain: list[french.Word] = []
        excluded: list[tantivy.Query] = []
        for clause in query.clauses:
            if clause.is_plain:
                plain += french.words(clause.terms[0].text)
                continue
            asked = [part for term in clause.terms if (part := self._weighed(term))]
            if asked:
                (excluded if clause.is_excluded else wanted).append(_any_of(asked))
        return wanted, plain, excluded

    def _weighed(self, term: Term) -> tantivy.Query | None:
        asked = self._asked(term)
        return tantivy.Query.boost_query(asked, _ADDED) if asked and term.is_added else asked

    def _asked(self, term: Term) -> tantivy.Query | None:
        match term.form:
            case Form.PHRASE:
                return self._phrase(term)
            case Form.PREFIX:
                return self._prefix(term)
            case Form.WORD:
                asked = [self._word(word, term.field) for word in french.words(term.text)]
                return _all_of(asked, []) if asked else None

    def _word(self, word: french.Word, field: Field) -> tantivy.Query:
        parts = [self._spelling(part, field) for part in word.parts]
        if not word.joined:
            return _all_of(parts, [])
        joined = self._spelling(word.joined, field)
        return _any_of([joined, _all_of(parts, [])]) if parts else joined

    def _spelling(self, exact: str, field: Field) -> tantivy.Query:
        """One word in all its forms; the exact form counts beside the stem, so for more."""
        if field in (Field.BY, Field.ORGANISATION):
            return self._term(_FIELDS[field], exact)
        stems = self._weighed_stems(exact)
        weighted = [(tantivy_fields.NAME_STEMS, stem, _NAME_STEM * much) for stem, much in stems]
        weighted.append((tantivy_fields.NAME, exact, _NAME))
        if field is Field.ANYWHERE:
            weighted += [(name, stem, _STEM * much) for name in self._stems for stem, much in stems]
            weighted += [(name, exact, _EXACT) for name in self._exact]
        return _any_of(
            [
                tantivy.Query.boost_query(self._term(name, text), weight)
                for name, text, weight in weighted
            ]
        )

    def _weighed_stems(self, exact: str) -> list[tuple[str, float]]:
        own = french.own_stems(exact, self._languages)
        return [
            (stem, 1.0 if stem in own else _CONJUGATED)
            for stem in sorted(french.searched_stems(exact, self._languages))
        ]

    def _phrase(self, term: Term) -> tantivy.Query | None:
        words = french.phrase(term.text)
        if not words:
            return None
        names = self._exact_fields(term.field)
        if len(words) == 1:
            return _any_of([self._term(name, words[0][1]) for name in names])
        return _any_of(
            [tantivy.Query.phrase_query(self._fields, name, list(words)) for name in names]
        )

    def _prefix(self, term: Term) -> tantivy.Query | None:
        words = french.spelled(term.text)
        if not words:
            return None
        *before, last = words
        whole = [self._spelling(word.exact, term.field) for word in before if not word.is_stop]
        self._check_time()
        # Counted in what she may read: hidden documents must not take the places.
        readable = self.readable()
        begun = [
            self._term(name, text)
            for name in self._exact_fields(term.field)
            for text, _ in self._searcher.terms_with_prefix(
                name, last.exact, filter_query=readable, limit=MAX_EXPANSIONS
            )
        ]
        if not begun:
            return tantivy.Query.empty_query()
        return _all_of([*whole, _any_of(begun)], [])

    def _check_time(self) -> None:
        if time.thread_time() > self._until:
            raise Busy()

    def _exact_fields(self, field: Field) -> tuple[str, ...]:
        if field is Field.ANYWHERE:
            return (*self._exact, tantivy_fields.NAME)
        return (_FIELDS[field],)

    def _period(self, query: Query) -> tantivy.Query:
        return tantivy.Query.range_query(
            self._fields,
            tantivy_fields.CHANGED_AT,
            tantivy.FieldType.Integer,
            lower_bound=query.after and tantivy_fields.microseconds(query.after),
            upper_bound=query.before and tantivy_fields.microseconds(query.before),
            include_upper=query.before is None,
        )

    def _term(self, name: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._fields, name, value)

    def _one_of(self, name: str, values: Iterable[int | str]) -> tantivy.Query:
        """A test, not a merit: it adds nothing to the score."""
        one_of = tantivy.Query.term_set_query(self._fields, name, list(values))
        return tantivy.Query.const_score_query(one_of, 0.0)


def _most_of(queries: list[tantivy.Query]) -> tantivy.Query:
    least = ceil(len(queries) * _MOST)
    return tantivy.Query.boolean_query(
        [(Occur.Should, query) for query in queries], minimum_number_should_match=least
    )


def _any_of(queries: list[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])


def _all_of(wanted: list[tantivy.Query], rejected: list[tantivy.Query]) -> tantivy.Query:
    if len(wanted) == 1 and not rejected:
        return wanted[0]
    # Nothing but rejections would find nothing: they are taken away from everything.
    first = wanted or [tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)]
    return tantivy.Query.boolean_query(
        [*((Occur.Must, query) for query in first), *((Occur.MustNot, query) for query in rejected)]
    )
