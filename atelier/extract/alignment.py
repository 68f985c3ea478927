"""Which stretches of two rows are the same, in order: rare neighbours first, then what is between.

Runs of six, then of three words that stand once on either side tie the rows together; what is
between two ties is looked at the same way, and word by word (`difflib`) once it is small. So
20,000 words take a fraction of a second, where `difflib` over all of them takes 45 s. The work
is bounded: what is still untied when it is spent counts as different.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

_RUNS = (6, 3)
_SMALL = 10_000  # words on one side times words on the other: difflib takes 3 ms, 100 at worst
_MOST_UNITS = 2_000  # paragraphs of a stretch that difflib may be given
_WORK = 40  # looks at a word, in the mean of both rows


class Block(NamedTuple):
    """`size` words from `older` on are those from `newer` on."""

    older: int
    newer: int
    size: int


class _Region(NamedTuple):
    i1: int
    i2: int
    j1: int
    j2: int

    @property
    def size(self) -> int:
        return (self.i2 - self.i1) + (self.j2 - self.j1)

    @property
    def is_empty(self) -> bool:
        return self.i1 == self.i2 or self.j1 == self.j2


class Rows(NamedTuple):
    """Two rows of words as numbers, and where their paragraphs begin."""

    older: Sequence[int]
    newer: Sequence[int]
    older_starts: Sequence[bool]
    newer_starts: Sequence[bool]


def same(rows: Rows) -> list[Block]:
    """The stretches that are the same, in the order of both rows, none touching the next."""
    found: list[Block] = []
    left = [_Region(0, len(rows.older), 0, len(rows.newer))]
    budget = _WORK * (left[0].size + 1_000)
    while left:
        region = _trimmed(rows, left.pop(), found)
        if region.is_empty:
            continue
        budget -= region.size
        if budget < 0:
            continue
        blocks = _ties(rows, region)
        found += blocks
        left += _between(region, blocks) if blocks else ()
    return _joined(sorted(found))


def _trimmed(rows: Rows, region: _Region, found: list[Block]) -> _Region:
    """The region without what both sides begin and end with, which is noted."""
    i1, i2, j1, j2 = region
    older, newer = rows.older, rows.newer
    while i1 < i2 and j1 < j2 and older[i1] == newer[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and older[i2 - 1] == newer[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    if i1 > region.i1:
        found.append(Block(region.i1, region.j1, i1 - region.i1))
    if i2 < region.i2:
        found.append(Block(i2, j2, region.i2 - i2))
    return _Region(i1, i2, j1, j2)


def _ties(rows: Rows, region: _Region) -> list[Block]:
    """Stretches that are the same within a region, as far as they are found at once."""
    for run in _RUNS:
        pairs = _rare(rows, region, run)
        if pairs:
            return list(_grown(rows, region, _rising(pairs), run))
    if (region.i2 - region.i1) * (region.j2 - region.j1) <= _SMALL:
        return _word_by_word(rows, region)
    pairs = _rare(rows, region, 1)
    if pairs:
        return list(_grown(rows, region, _rising(pairs), 1))
    return _by_paragraph(rows, region)


def _rare(rows: Rows, region: _Region, run: int) -> list[tuple[int, int]]:
    """Where a run stands that is on either side exactly once, in the order of the older."""
    once = _once(rows.older, region.i1, region.i2, run)
    there = _once(rows.newer, region.j1, region.j2, run)
    return sorted(
        (at, there[key]) for key, at in once.items() if at >= 0 and there.get(key, -1) >= 0
    )


def _once(row: Sequence[int], start: int, end: int, run: int) -> dict[tuple[int, ...], int]:
    """Where each run stands; -1 for one that is there several times."""
    places: dict[tuple[int, ...], int] = {}
    part = row[start:end]
    for at, key in enumerate(zip(*(part[n:] for n in range(run)), strict=False), start):
        places[key] = -1 if key in places else at
    return places


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs that rise on both sides; the others have moved."""
    tops: list[int] = []
    top_of: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tops, place)
        before.append(top_of[at - 1] if at else -1)
        tops[at:at + 1], top_of[at:at + 1] = [place], [number]  # fmt: skip
    kept, number = [], top_of[-1] if top_of else -1
    while number >= 0:
        kept.append(pairs[number])
        number = before[number]
    return kept[::-1]


def _grown(rows: Rows, region: _Region, pairs: list[tuple[int, int]], run: int) -> Iterator[Block]:
    """The pairs as stretches, each as far forward as both sides agree."""
    i, j = region.i1, region.j1
    for at, place in pairs:
        if at < i or place < j:
            continue
        end, there = at + run, place + run
        while end < region.i2 and there < region.j2 and rows.older[end] == rows.newer[there]:
            end, there = end + 1, there + 1
        yield Block(at, place, end - at)
        i, j = end, there


def _between(region: _Region, blocks: list[Block]) -> Iterator[_Region]:
    i, j = region.i1, region.j1
    for block in blocks:
        yield _Region(i, block.older, j, block.newer)
        i, j = block.older + block.size, block.newer + block.size
    yield _Region(i, region.i2, j, region.j2)


def _word_by_word(rows: Rows, region: _Region) -> list[Block]:
    older, newer = rows.older[region.i1 : region.i2], rows.newer[region.j1 : region.j2]
    matcher = SequenceMatcher(None, older, newer, autojunk=False)
    return [
        Block(region.i1 + i, region.j1 + j, size)
        for i, j, size in matcher.get_matching_blocks()
        if size
    ]


def _by_paragraph(rows: Rows, region: _Region) -> list[Block]:
    """Whole paragraphs that are the same: for large stretches where nothing stands once."""
    before = _units(rows.older, rows.older_starts, region.i1, region.i2)
    after = _units(rows.newer, rows.newer_starts, region.j1, region.j2)
    if max(len(before), len(after)) > _MOST_UNITS:
        return []
    ones = [tuple(rows.older[i:end]) for i, end in before]
    others = [tuple(rows.newer[j:end]) for j, end in after]
    blocks = SequenceMatcher(None, ones, others).get_matching_blocks()  # leaves out frequent ones
    return [
        Block(before[i][0], after[j][0], before[i + size - 1][1] - before[i][0])
        for i, j, size in blocks
        if size
    ]


def _units(
    row: Sequence[int], starts: Sequence[bool], first: int, last: int
) -> list[tuple[int, int]]:
    places = [first, *(n for n in range(first + 1, last) if starts[n]), last]
    return list(pairwise(places))


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last and last.older + last.size == block.older and last.newer + last.size == block.newer:
            joined[-1] = Block(last.older, last.newer, last.size + block.size)
        else:
            joined.append(block)
    return joined
