"""« Vouliez-vous dire »: the nearest word that is written in texts a person may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from atelier.search import french
from atelier.search.effort import Effort, of_analysis

# A typing error is looked for in words this long: (letters, edits).
_EDITS = ((9, 2), (5, 1))
# Words that differ by more than this beside their errors are hardly forms of one.
_LONGEST_ENDING = 2

# What a character costs, a different word, and one that is compared letter by letter.
_READ = 2
_FOLDED = 100
_COMPARED = 2_000


def edits_of(exact: str) -> int:
    """How many letters may be wrong in a word of this length."""
    return next((edits for letters, edits in _EDITS if len(exact) >= letters), 0)


def nearest(exact: str, texts: Iterable[tuple[str, str]], effort: Effort | None = None) -> str:
    """The word spelled most nearly so in these texts, as it is written there; "" when none is.

    Each text is given with its language. A word is also near by its stem: a plural is no
    typing error. Of words that are as near, the one spelled so rather than its stem, the one
    that begins alike, then the one in most of the texts; of its spellings the one in most,
    with accents. Texts and words beyond the effort are left out.
    """
    effort = effort or Effort()
    nearness = _Nearness(exact, edits_of(exact))
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for text, language in texts if nearness.most else ():
        for term in _likely(text, language, nearness, effort):
            found, _, written = term.partition(french.WRITTEN_AS)
            if abs(len(found) - len(exact)) <= nearness.most + _LONGEST_ENDING:
                spellings[found].append(written or found)
    ranked = [
        (*near, found[:1] != exact[:1], -len(written), found)
        for found, written in spellings.items()
        if effort.take(_COMPARED) and (near := nearness.of(found))
    ]
    return _usual(spellings[min(ranked)[-1]]) if ranked else ""


def _likely(text: str, language: str, nearness: _Nearness, effort: Effort) -> Sequence[str]:
    """The words of a text, as they are written, that have about the same letters."""
    if not effort.take(_READ * len(text)):
        return ()
    # Not at line ends, which may cut a word.
    pieces = set(text.split(" "))
    if not effort.take(_FOLDED * len(pieces)):
        return ()
    likely = " ".join(sorted(one for one in pieces if nearness.is_likely(french.fold(one))))
    if not effort.take(of_analysis(likely)):
        return ()
    return french.streams(likely, language).written.split()


def forms(exact: str) -> tuple[str, ...]:
    """The spellings to look for words near this one with: its own, and in the other number."""
    return exact, exact[:-1] if exact.endswith("s") else f"{exact}s"


class _Nearness:
    """How near words are to one, by their letters or by their stems."""

    def __init__(self, exact: str, most: int) -> None:
        self.most = most
        self._exact = exact
        self._stem = french.stem(exact, french.USUAL_LANGUAGE)
        self._most_of_stem = edits_of(self._stem)
        self._letters = frozenset(self._stem)

    def is_likely(self, folded: str) -> bool:
        """Whether words with these letters may be near; stemmers may change one."""
        return len(self._letters.difference(folded)) <= self.most + 1

    def of(self, found: str) -> tuple[int, bool] | None:
        """The edits between, and whether they are between stems; None when it is too far.

        None also for a form of the same word: a search for one finds the other.
        """
        stem = french.stem(found, french.USUAL_LANGUAGE)
        if stem == self._stem:
            return None
        edits = distance(self._exact, found, self.most)
        if edits <= self.most:
            return edits, False
        edits = distance(self._stem, stem, self._most_of_stem)
        return (edits, True) if self._most_of_stem and edits <= self._most_of_stem else None


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, leave out, change or swap with the next; `most` + 1 when it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = list[int](), list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        row = [at]
        for to, wanted in enumerate(other, 1):
            cost = min(last[to] + 1, row[to - 1] + 1, last[to - 1] + (letter != wanted))
            is_swapped = at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted
            row.append(min(cost, before[to - 2] + 1) if is_swapped else cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _usual(written: list[str]) -> str:
    return max(written, key=lambda word: (written.count(word), not word.isascii(), word))
