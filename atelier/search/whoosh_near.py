"""Words that are spelled nearly as another: with a letter more, less, other, or two swapped."""

from __future__ import annotations

from collections.abc import Iterable

# A typing error is looked for in words this long: (letters, edits).
_EDITS = ((9, 2), (5, 1))


def edits_of(exact: str) -> int:
    """How many edits are looked for in a word of this length."""
    return next((edits for letters, edits in _EDITS if len(exact) >= letters), 0)


class Nearness:
    """Tells words so many edits away from this one, or fewer; two at most."""

    def __init__(self, exact: str, edits: int) -> None:
        self._exact = exact
        self._edits = edits
        self._letters = frozenset(exact)
        self._start, *self._middle, self._end = _pieces(exact, edits)
        self._known: dict[str, int] = {}
        length = len(exact)
        self.lengths = range(max(length - edits, 1), length + edits + 1)

    def among(self, words: Iterable[str]) -> dict[str, int]:
        """Those of these words that are near, each with its edits; all are of `lengths`."""
        start, middle, end = self._start, self._middle, self._end
        return {
            word: edits
            for word in words
            # Nearly all words end here, before the costly comparison.
            if word.startswith(start) or word.endswith(end) or any(p in word for p in middle)
            if (edits := self._distance(word)) <= self._edits
        }

    def _distance(self, word: str) -> int:
        if word not in self._known:
            is_alike = len(self._letters.symmetric_difference(word)) <= 2 * self._edits
            self._known[word] = distance(self._exact, word) if is_alike else self._edits + 1
        return self._known[word]


def distance(one: str, other: str) -> int:
    """How many edits make one word of the other, when no letter is edited twice."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        row = [at]
        for to, found in enumerate(other, 1):
            cost = min(last[to] + 1, row[to - 1] + 1, last[to - 1] + (letter != found))
            if before and to > 1 and letter == other[to - 2] and found == one[at - 2]:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _pieces(exact: str, edits: int) -> tuple[str, ...]:
    """Pieces of the word, of which one at least survives so many edits.

    A letter stands between two of them, so that no swap breaks both.
    """
    count = edits + 1
    letters = len(exact) - edits
    pieces, at = [], 0
    for number in range(count):
        size = letters // count + (number < letters % count)
        pieces.append(exact[at : at + size])
        at += size + 1
    return tuple(pieces)
