"""Aligning: whatever the rows, what is said to be the same is, in order, and the work ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atelier.extract.alignment import Block, Rows, same

rows = st.lists(st.integers(0, 6), max_size=120)
words = st.lists(st.integers(0, 400), max_size=400, unique=True)


def of(older: list[int], newer: list[int]) -> Rows:
    """Two rows in which every fifth word begins a paragraph."""
    return Rows(
        older,
        newer,
        [n % 5 == 0 for n in range(len(older))],
        [n % 5 == 0 for n in range(len(newer))],
    )


def check(older: list[int], newer: list[int]) -> list[Block]:
    """The stretches, each the same on both sides and behind the one before."""
    blocks = same(of(older, newer))
    i = j = 0
    for block in blocks:
        assert block.size > 0 and block.older >= i and block.newer >= j
        assert (i, j) == (0, 0) or (block.older, block.newer) != (i, j)
        i, j = block.older + block.size, block.newer + block.size
        assert older[block.older : i] == newer[block.newer : j]
    return blocks


@given(rows, rows)
def test_what_is_said_to_be_the_same_is(older: list[int], newer: list[int]) -> None:
    check(older, newer)


@given(words, st.data())
def test_what_was_put_in_between_is_all_that_differs(row: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(row)))
    newer = [*row[:place], *range(1000, 1000 + data.draw(st.integers(0, 50))), *row[place:]]
    assert sum(block.size for block in check(row, newer)) == len(row)
    assert sum(block.size for block in check(newer, row)) == len(row)


def test_rows_in_which_nothing_stands_once_end_all_the_same() -> None:
    many = [0, 1] * 20_000
    assert sum(block.size for block in check(many, many)) == len(many)
    longer = [*many[:20_000], 7, *many[20_000:]]
    assert sum(block.size for block in check(many, longer)) == len(many)
    check(many, [1, 1, 0] * 15_000)
    lines = [n % 7 for n in range(30_000)]
    check(lines, lines[3:20_000] + lines[:20_000])


def test_paragraphs_tie_a_large_stretch_in_which_no_word_stands_once() -> None:
    row = [n % 40 for n in range(200)] * 2
    older, newer = [90, *row, 91], [92, *row[:200], *[93] * 5, *row[200:], 94]
    assert sum(block.size for block in check(older, newer)) > len(row) // 2


def test_of_what_moved_the_most_stays_in_place() -> None:
    older = list(range(100))
    newer = [*range(40, 100), *range(40)]
    assert check(older, newer) == [Block(40, 0, 60)]
