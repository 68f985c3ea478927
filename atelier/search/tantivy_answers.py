"""What is taken out of a tantivy index for a query: windows of documents, counts, words."""

from __future__ import annotations

from typing import TypeVar

import tantivy

from atelier.model.search import FileKind, Sort
from atelier.search import french, tantivy_fields
from atelier.search.contract import MAX_COUNTED, Ask, Counts

# Hits fetched beyond the window, to put those that come equal in order of id.
_TIES = 32
# More folders or people than any network has.
_ALL = 1 << 20

_Value = TypeVar("_Value", int, str)


def window(
    searcher: tantivy.Searcher, narrowed: tantivy.Query, ask: Ask
) -> tuple[int, tuple[int, ...]]:
    """(how many match, the documents of the asked window), those that come equal by id."""
    most = searcher.num_docs
    last = min(ask.offset + max(ask.limit, 0), most) if 0 <= ask.offset < most else 0
    is_by_merit = ask.sort is Sort.RELEVANCE and ask.query.has_wishes
    field = None if is_by_merit else tantivy_fields.CHANGED_AT
    return _ranked(searcher, narrowed, ask.offset, last, field)


def nearest(searcher: tantivy.Searcher, narrowed: tantivy.Query, limit: int) -> tuple[int, ...]:
    """The first documents, best first."""
    return _ranked(searcher, narrowed, 0, min(limit, searcher.num_docs), None)[1]


def counted(searcher: tantivy.Searcher, narrowed: tantivy.Query) -> Counts:
    """How the documents that match divide."""
    found = searcher.aggregate(
        narrowed,
        {
            name: {"terms": {"field": name, "size": _ALL, "segment_size": _ALL}}
            for name in (
                tantivy_fields.FOLDER,
                tantivy_fields.ORGANISATION_ID,
                tantivy_fields.AUTHOR_ID,
                tantivy_fields.KIND,
                tantivy_fields.YEAR,
            )
        },
    )
    divided = {
        name: {bucket["key"]: int(bucket["doc_count"]) for bucket in found[name]["buckets"]}
        for name in found
    }
    organisations = _numbered(divided[tantivy_fields.ORGANISATION_ID])
    # It stands for none.
    organisations.pop(0, None)
    kinds = _most(divided[tantivy_fields.KIND])
    return Counts(
        folders=_numbered(divided[tantivy_fields.FOLDER]),
        organisations=_most(organisations),
        authors=_most(_numbered(divided[tantivy_fields.AUTHOR_ID])),
        kinds={FileKind(kind): number for kind, number in kinds.items()},
        years=_most(_numbered(divided[tantivy_fields.YEAR])),
    )


def words_beginning(
    searcher: tantivy.Searcher, start: str, readable: tantivy.Query, limit: int
) -> tuple[str, ...]:
    """Words as people write them, the most frequent in what is readable first."""
    words: dict[str, str] = {}
    for term, _ in searcher.terms_with_prefix(
        tantivy_fields.WRITTEN, start, filter_query=readable, limit=limit * 2
    ):
        exact, _, written = term.partition(french.WRITTEN_AS)
        words.setdefault(exact, written or exact)
    return tuple(words.values())[:limit]


def _ranked(
    searcher: tantivy.Searcher,
    narrowed: tantivy.Query,
    first: int,
    last: int,
    field: str | None,
) -> tuple[int, tuple[int, ...]]:
    """The hits from `first` on, by score or by a field, the greatest first."""
    reach = last + _TIES
    found = searcher.search(narrowed, reach, order_by_field=field)
    while len(found.hits) == reach and last and found.hits[-1][0] == found.hits[last - 1][0]:
        reach *= 2
        found = searcher.search(narrowed, reach, order_by_field=field)
    numbers = searcher.fast_field_values(
        tantivy_fields.DOCUMENT, [address for _, address in found.hits]
    )
    ranked = sorted(
        (-merit, int(number or 0)) for (merit, _), number in zip(found.hits, numbers, strict=True)
    )
    return _count(found), tuple(number for _, number in ranked[first:last])


def _count(found: tantivy.SearchResult) -> int:
    # Left out of tantivy's own stub.
    count: int = found.count  # type: ignore[attr-defined]
    return count


def _numbered(divided: dict[str | float, int]) -> dict[int, int]:
    return {int(value): number for value, number in divided.items()}


def _most(divided: dict[_Value, int]) -> dict[_Value, int]:
    """The most frequent ones, most frequent first."""
    ordered = sorted(divided.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered[:MAX_COUNTED])
