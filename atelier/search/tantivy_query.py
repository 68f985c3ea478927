"""A `Query` and a filter of folders, said in tantivy's terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

import tantivy
from tantivy import Occur

from atelier.search import french, tantivy_fields
from atelier.search.contract import AllBut, FolderFilter, Only
from atelier.search.grammar import MAX_EXPANSIONS, Clause, Field, Form, Query, Term

# The relevance set needs the stem (0.87 against 0.97 where plurals are flipped) and tells
# nothing apart between 0.5 and 1.5 for the exact form, nor of names: those are chosen so
# that the word as typed, and a name, come first.
_EXACT, _STEM, _NAME, _NAME_STEM = 1.5, 1.0, 3.0, 2.0

# Of words that do not all stand together, this part must. Questions: 0.85 for a half,
# 0.78 for 0.6, 0.65 for 0.75 (30 of them, on which it was chosen).
_MOST = 0.5

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
    """

    def __init__(
        self,
        fields: tantivy.Schema,
        searcher: tantivy.Searcher,
        languages: Iterable[str],
        folders: FolderFilter,
        hidden: frozenset[int],
    ) -> None:
        self._fields = fields
        self._searcher = searcher
        self._languages = tuple(languages)
        self._needed, self._rejected = self._rights(folders, hidden)

    def attempts(self, query: Query) -> Iterator[tantivy.Query]:
        """As it was asked, then looser ways, for when nothing answers; none asks nothing.

        Plain words may be most of them, or one alone spelled nearly so; the rest stays.
        """
        wanted, plain, excluded = self._parts(query)
        if not (wanted or plain or excluded or _has_bounds(query)):
            return
        words = [self._word(word, Field.ANYWHERE) for word in plain]
        yield _all_of([*wanted, *words], excluded)
        if len(words) > 1:
            yield _all_of([*wanted, _most_of(words)], excluded)
        if len(words) == 1 and not wanted:
            for mistyped in self._near(plain[0]):
                yield _all_of([mistyped], excluded)

    def _near(self, word: french.Word) -> Iterator[tantivy.Query]:
        """One typing error, then two, as far as the word is long enough."""
        spelled = word.joined or word.parts[0]
        most = next((edits for letters, edits in _EDITS if len(spelled) >= letters), 0)
        for edits in range(1, most + 1):
            yield _any_of(
                [
                    tantivy.Query.fuzzy_term_query(self._fields, name, spelled, distance=edits)
                    for name in _exact_fields(Field.ANYWHERE)
                ]
            )

    def narrowed(self, asked: tantivy.Query, query: Query) -> tantivy.Query:
        """Within rights and the bounds of the query: what may be counted and shown."""
        wanted = [asked, *self._needed]
        rejected = list(self._rejected)
        if query.media_types:
            wanted.append(self._one_of(tantivy_fields.MEDIA_TYPE, query.media_types))
        if query.excluded_media_types:
            rejected.append(self._one_of(tantivy_fields.MEDIA_TYPE, query.excluded_media_types))
        if query.after or query.before:
            wanted.append(self._period(query))
        return _all_of(wanted, rejected)

    def _rights(
        self, folders: FolderFilter, hidden: frozenset[int]
    ) -> tuple[list[tantivy.Query], list[tantivy.Query]]:
        needed = []
        rejected = [self._term(tantivy_fields.MARK, tantivy_fields.MARK)]
        match folders:
            case Only(numbers):
                needed.append(self._one_of(tantivy_fields.FOLDER, numbers))
            case AllBut(numbers) if numbers:
                rejected.append(self._one_of(tantivy_fields.FOLDER, numbers))
        if hidden:
            rejected.append(self._one_of(tantivy_fields.DOCUMENT, hidden))
        return needed, rejected

    def _parts(
        self, query: Query
    ) -> tuple[list[tantivy.Query], list[french.Word], list[tantivy.Query]]:
        """What must be, plain words, what must not be."""
        wanted: list[tantivy.Query] = []
        plain: list[french.Word] = []
        excluded: list[tantivy.Query] = []
        for clause in query.clauses:
            if _is_plain(clause):
                plain += french.words(clause.terms[0].text)
                continue
            asked = [part for term in clause.terms if (part := self._asked(term))]
            if asked:
                (excluded if clause.is_excluded else wanted).append(_any_of(asked))
        return wanted, plain, excluded

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
        stems = sorted(french.searched_stems(exact, self._languages))
        weighted = [(tantivy_fields.NAME_STEMS, stem, _NAME_STEM) for stem in stems]
        weighted.append((tantivy_fields.NAME, exact, _NAME))
        if field is Field.ANYWHERE:
            weighted += [(tantivy_fields.STEMS, stem, _STEM) for stem in stems]
            weighted.append((tantivy_fields.EXACT, exact, _EXACT))
        return _any_of(
            [
                tantivy.Query.boost_query(self._term(name, text), weight)
                for name, text, weight in weighted
            ]
        )

    def _phrase(self, term: Term) -> tantivy.Query | None:
        words = french.phrase(term.text)
        if not words:
            return None
        names = _exact_fields(term.field)
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
        # Counted in what she may read: hidden documents must not take the places.
        readable = _all_of(self._needed, self._rejected)
        begun = [
            self._term(name, text)
            for name in _exact_fields(term.field)
            for text, _ in self._searcher.terms_with_prefix(
                name, last.exact, filter_query=readable, limit=MAX_EXPANSIONS
            )
        ]
        if not begun:
            return tantivy.Query.empty_query()
        return _all_of([*whole, _any_of(begun)], [])

    def _period(self, query: Query) -> tantivy.Query:
        return tantivy.Query.range_query(
            self._fields,
            tantivy_fields.CHANGED_AT,
            tantivy.FieldType.Date,
            lower_bound=query.after,
            upper_bound=query.before,
            include_upper=query.before is None,
        )

    def _term(self, name: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._fields, name, value)

    def _one_of(self, name: str, values: Iterable[int] | Iterable[str]) -> tantivy.Query:
        """A test, not a merit: it adds nothing to the score."""
        one_of = tantivy.Query.term_set_query(self._fields, name, list(values))
        return tantivy.Query.const_score_query(one_of, 0.0)


def _is_plain(clause: Clause) -> bool:
    """Whether it is nothing but a word wanted anywhere."""
    (first, *others) = clause.terms
    is_word = first.form is Form.WORD and first.field is Field.ANYWHERE
    return is_word and not others and not clause.is_excluded


def _exact_fields(field: Field) -> tuple[str, ...]:
    if field is Field.ANYWHERE:
        return (tantivy_fields.EXACT, tantivy_fields.NAME)
    return (_FIELDS[field],)


def _has_bounds(query: Query) -> bool:
    """Whether documents may be asked for by something else than words."""
    named = query.folders or query.excluded_folders
    typed = query.media_types or query.excluded_media_types
    return bool(named or typed or query.after or query.before)


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
