"""The pages of a text that best answer a query, each with the words in their sentence.

Pure and linear in the text. Places are first guessed by the first letters of the searched
words (ten times cheaper than analysing every word), then analysed as the index does.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from atelier.model.search import PageHit, Piece
from atelier.search.effort import Effort
from atelier.search.grammar import Query
from atelier.search.sought import Page, Sought, sought

SNIPPET_CHARS = 200

# Of one document alone, so that 64 MiB of text cost no more than some pages do.
_DOCUMENT = 4_000_000
_PAGE = 200
_PLACES = 2_000
_PLACES_PER_PAGE = 200
# How far a cut may move to fall between words.
_WORD_CHARS = 30


class _Place(NamedTuple):
    """Where a searched thing stands: `[start, end)`, and which of them it is."""

    start: int
    end: int
    which: int


def best_pages(
    query: Query,
    pages: Sequence[str],
    has_pages: bool,
    limit: int = 3,
    language: str = "fr",
    effort: Effort | None = None,
) -> tuple[PageHit, ...]:
    """At most `limit` pages that hold what is searched, best first, with their snippets.

    Empty when no page holds any of it (a document may answer by its name). `language` is
    the text's (ISO 639-1). Without pages, hits bear no number. Pages are looked at in order
    as far as the effort goes: 4 million characters unless told.
    """
    effort = effort or Effort(_DOCUMENT)
    wanted = sought(query, language)
    found = dict(_found(wanted, pages, effort)) if wanted else {}
    merits = _merits(found)
    scored = sorted((-_score(places, merits), number) for number, places in found.items())
    return tuple(
        PageHit(number + 1 if has_pages else None, _snippet(pages[number], found[number], merits))
        for _, number in scored[:limit]
    )


def _found(
    wanted: Sequence[Sought], pages: Sequence[str], effort: Effort
) -> Iterator[tuple[int, list[_Place]]]:
    """The places of each page that has some."""
    places_left = _PLACES
    for number, page in enumerate(pages):
        if places_left <= 0 or not effort.take(_PAGE):
            return
        places = _places(wanted, page, effort)
        places_left -= len(places)
        if places:
            yield number, places


def _places(wanted: Sequence[Sought], page: str, effort: Effort) -> list[_Place]:
    """Where what is wanted stands on a page, in order, without overlaps.

    One thing is looked for as far as another.
    """
    # What lies beyond is looked at for nothing, nor learnt about.
    seen = Page(page[: effort.left], effort)
    found = [
        _Place(start, end, which)
        for which, one in enumerate(wanted)
        for start, end in one.places(seen, _PLACES_PER_PAGE, effort.part(len(wanted) - which))
    ]
    apart: list[_Place] = []
    # The longest of those that begin together: a phrase rather than its first word.
    for place in sorted(found, key=lambda place: (place.start, -place.end)):
        if not apart or place.start >= apart[-1].end:
            apart.append(place)
    return apart


def _merits(found: dict[int, list[_Place]]) -> dict[int, float]:
    """What finding each thing is worth: more when few pages of the document have it."""
    pages_with = Counter(
        which for places in found.values() for which in {place.which for place in places}
    )
    return {which: math.log(1 + len(found) / pages) + 0.5 for which, pages in pages_with.items()}


def _score(places: list[_Place], merits: dict[int, float]) -> float:
    """Different things first, then how close they stand, then how often."""
    times = Counter(place.which for place in places)
    whole = sum(merits[which] * (1 + count / (count + 2)) for which, count in times.items())
    first, last = _densest(places, merits)
    together = {place.which for place in places[first : last + 1]}
    return whole + sum(merits[which] for which in together)


def _densest(places: list[_Place], merits: dict[int, float]) -> tuple[int, int]:
    """First and last of the places that one snippet can show and that are worth most."""
    best, best_worth = (0, 0), -1.0
    inside: defaultdict[int, int] = defaultdict(int)
    worth, first = 0.0, 0
    for last, place in enumerate(places):
        inside[place.which] += 1
        # A thing said again is worth little beside another thing.
        worth += merits[place.which] if inside[place.which] == 1 else 0.1
        while first < last and place.end - places[first].start > SNIPPET_CHARS:
            left = places[first].which
            inside[left] -= 1
            worth -= merits[left] if inside[left] == 0 else 0.1
            first += 1
        if worth > best_worth + 1e-9:
            best, best_worth = (first, last), worth
    return best


def _snippet(page: str, places: list[_Place], merits: dict[int, float]) -> tuple[Piece, ...]:
    first, last = _densest(places, merits)
    start, end = _cut(page, places[first].start, places[last].end)
    pieces = [Piece("… ", False)] if start > 0 else []
    at = start
    for place in places:
        if place.start < at or place.end > end:
            continue
        pieces += _piece(page[at : place.start], is_match=False)
        pieces += _piece(page[place.start : place.end], is_match=True)
        at = place.end
    pieces += _piece(page[at:end], is_match=False)
    return (*pieces, Piece(" …", False)) if end < len(page) else tuple(pieces)


def _piece(text: str, *, is_match: bool) -> list[Piece]:
    """The text on one line, without invisible characters; nothing for nothing."""
    line, shown = text, " ".join(text.split())
    if not shown.isprintable():
        line = "".join(char if char.isprintable() else " " for char in text)
        shown = " ".join(line.split())
    if not is_match:
        # Spaces beside a match are between two pieces.
        shown = f"{' ' * line[:1].isspace()}{shown}{' ' * (bool(shown) and line[-1:].isspace())}"
    return [Piece(shown, is_match)] if shown else []


def _cut(page: str, start: int, end: int) -> tuple[int, int]:
    """About `SNIPPET_CHARS` around `[start, end)`, cut between words, inside the page."""
    end = min(end, start + SNIPPET_CHARS)
    room = SNIPPET_CHARS - (end - start)
    before = max(0, start - room // 2)
    after = min(len(page), end + room - (start - before))
    before = max(0, min(before, after - SNIPPET_CHARS))
    return _word_start(page, before, start), _word_end(page, after, end)


def _word_start(page: str, at: int, until: int) -> int:
    """The first beginning of a word from `at` on, or `at` when none is near."""
    if at == 0:
        return 0
    nearest = min(until, at + _WORD_CHARS)
    return next((i for i in range(at, nearest + 1) if page[i - 1].isspace()), at)


def _word_end(page: str, at: int, until: int) -> int:
    """The last end of a word up to `at`, or `at` when none is near."""
    if at == len(page):
        return at
    nearest = max(until, at - _WORD_CHARS)
    return next((i for i in range(at, nearest - 1, -1) if page[i].isspace()), at)
