"""What is taken out of a whoosh index for a query: windows of documents, counts, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import TypeVar

from atelier.model.search import FileKind, Sort
from atelier.search import french, whoosh_fields
from atelier.search.contract import MAX_COUNTED, Ask, Bounds, Counts, Found, Within
from atelier.search.grammar import Query
from atelier.search.media_types import kind_of
from atelier.search.whoosh_fields import microseconds
from atelier.search.whoosh_query import Answering, Asking, Merits
from atelier.search.whoosh_view import Leaf, View

_Value = TypeVar("_Value", bound=int | str)
_Test = Callable[[int], bool]

_COUNTED = (
    whoosh_fields.FOLDER,
    whoosh_fields.ORGANISATION_ID,
    whoosh_fields.AUTHOR_ID,
    whoosh_fields.YEAR,
)


def found(view: View, ask: Ask, until: float) -> Found:
    """What answers the question; raises `Busy` after `until` (`time.thread_time`)."""
    readable = view.readable(ask.within)
    answering = Answering(view, until)
    asking = Asking(view, readable, answering, with_older=ask.with_older)
    for attempt, wanted in enumerate(asking.attempts(ask.query)):
        merits = tuple(
            _bounded(leaf, ask.query, ask.bounds, each)
            for leaf, each in zip(view.leaves, answering.merits(wanted, readable), strict=True)
        )
        if total := sum(map(len, merits)):
            counts = _counts(view, merits) if ask.with_counts else Counts()
            return Found(total, _window(view, merits, ask), attempt > 0, counts)
    return Found(0, ())


def words_beginning(view: View, start: str, within: Within, limit: int) -> tuple[str, ...]:
    """Words as people write them, the most frequent in what is readable first."""
    words: dict[str, str] = {}
    readable = view.readable(within)
    for term in view.commonest(whoosh_fields.WRITTEN, start, readable, limit * 2):
        exact, _, written = term.partition(french.WRITTEN_AS)
        words.setdefault(exact, written or exact)
    return tuple(words.values())[:limit]


def nearest(view: View, exact: str, within: Within, limit: int, until: float) -> tuple[int, ...]:
    """The documents with the nearest spellings; those that come equal by id."""
    readable = view.readable(within)
    answering = Answering(view, until)
    asking = Asking(view, readable, answering)
    nearest: dict[int, int] = {}
    for edits, wanted in enumerate(asking.near(exact)):
        merits = answering.merits(wanted, readable)
        for leaf, each in zip(view.leaves, merits, strict=True):
            documents = leaf.numbers(whoosh_fields.DOCUMENT)
            for place in each:
                nearest.setdefault(documents[place], edits)
    ranked = sorted((edits, document) for document, edits in nearest.items())
    return tuple(document for _, document in ranked[: max(limit, 0)])


def _window(view: View, merits: Iterable[Merits], ask: Ask) -> tuple[int, ...]:
    """The documents of the asked window, in the asked order; those that come equal by id."""
    last = ask.offset + max(ask.limit, 0)
    if not 0 <= ask.offset < last:
        return ()
    is_by_merit = ask.sort is Sort.RELEVANCE and ask.query.has_wishes
    ranked: list[tuple[float, int]] = []
    for leaf, each in zip(view.leaves, merits, strict=True):
        documents = leaf.numbers(whoosh_fields.DOCUMENT)
        if is_by_merit:
            ranked += [(-merit, documents[place]) for place, merit in each.items()]
        else:
            changed_at = leaf.numbers(whoosh_fields.CHANGED_AT)
            ranked += [(-changed_at[place], documents[place]) for place in each]
    first = nsmallest(min(last, len(ranked)), ranked)
    return tuple(document for _, document in first[ask.offset :])


def _bounded(leaf: Leaf, query: Query, bounds: Bounds, merits: Merits) -> Merits:
    """Those that are what the query and its bounds say."""
    for holds in _tests(leaf, query, bounds):
        merits = {place: merit for place, merit in merits.items() if holds(place)}
    return merits


def _tests(leaf: Leaf, query: Query, bounds: Bounds) -> Iterator[_Test]:
    for column, value in (
        (whoosh_fields.ORGANISATION_ID, bounds.organisation),
        (whoosh_fields.AUTHOR_ID, bounds.author),
        (whoosh_fields.YEAR, bounds.year),
    ):
        if value is not None:
            yield _is(leaf.numbers(column), frozenset({value}))
    media_types = leaf.names(whoosh_fields.MEDIA_TYPE)
    if bounds.kind is not None:
        of_kind = frozenset(each for each in set(media_types) if kind_of(each) is bounds.kind)
        yield _is(media_types, of_kind)
    if query.media_types:
        yield _is(media_types, query.media_types)
    if query.excluded_media_types:
        yield _is(media_types, frozenset(media_types) - query.excluded_media_types)
    changed_at = leaf.numbers(whoosh_fields.CHANGED_AT)
    if query.after:
        after = microseconds(query.after)
        yield lambda place: changed_at[place] >= after
    if query.before:
        before = microseconds(query.before)
        yield lambda place: changed_at[place] < before


def _is(column: Sequence[_Value], values: frozenset[_Value]) -> _Test:
    return lambda place: column[place] in values


def _counts(view: View, merits: Iterable[Merits]) -> Counts:
    """How these documents divide."""
    numbers: dict[str, Counter[int]] = {name: Counter() for name in _COUNTED}
    media_types: Counter[str] = Counter()
    for leaf, each in zip(view.leaves, merits, strict=True):
        for name, counter in numbers.items():
            counter.update(map(leaf.numbers(name).__getitem__, each))
        media_types.update(map(leaf.names(whoosh_fields.MEDIA_TYPE).__getitem__, each))
    kinds: Counter[FileKind] = Counter()
    for media_type, count in media_types.items():
        kinds[kind_of(media_type)] += count
    # It stands for none.
    numbers[whoosh_fields.ORGANISATION_ID].pop(0, None)
    return Counts(
        folders=dict(numbers[whoosh_fields.FOLDER]),
        organisations=_most(numbers[whoosh_fields.ORGANISATION_ID]),
        authors=_most(numbers[whoosh_fields.AUTHOR_ID]),
        kinds=_most(kinds),
        years=_most(numbers[whoosh_fields.YEAR]),
    )


def _most(divided: Counter[_Value]) -> dict[_Value, int]:
    """The most frequent ones, most frequent first."""
    ordered = sorted(divided.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered[:MAX_COUNTED])
