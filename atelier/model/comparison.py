"""What changed between two texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, takewhile

# Of both texts: 3,000 pages; 20 s of a processor and 1 GB at worst.
MAX_COMPARED_CHARACTERS = 8 * 1024 * 1024


class Change(StrEnum):
    """What became of a passage, or of some words inside one that was changed."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a passage: the same on both sides, only added, or only removed."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as it stands on the two sides; a side it is not on has neither words nor page.

    Pages count from 1; None where the format has none. `is_contents`: it belongs to a table
    of contents. A moved one may have been changed too: its words say so. The nth words that
    are the same on one side are the nth on the other.
    """

    change: Change
    older: tuple[Words, ...]
    newer: tuple[Words, ...]
    older_page: int | None = None
    newer_page: int | None = None
    is_contents: bool = False

    def in_one(self) -> tuple[Words, ...]:
        """The words of both sides in one row: removed before added, the same ones once."""
        if not (self.older and self.newer):
            return self.older or self.newer
        row, at = list[Words](), 0
        for words in self.newer:
            gone = list(takewhile(_is_changed, self.older[at:]))
            row += [*gone, words]
            at += len(gone) + (words.change is Change.SAME)
        return (*row, *self.older[at:])


@dataclass(frozen=True, slots=True)
class Stretch:
    """Passages that follow each other and are told as one change, or as none.

    What was added, removed or moved together; a changed passage alone; lines of a table of
    contents, whatever became of each (CHANGED unless all are the same).
    """

    change: Change
    passages: tuple[Passage, ...]
    is_contents: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All passages in the order of the newer text, headers in front; how many words changed.

    Words of tables of contents are not counted as added or removed. `fault` says why there
    is none: "" · too_large (over 8 million characters) · timeout · crashed · answer (what the
    child said was no comparison) · no_fork.
    """

    passages: tuple[Passage, ...] = ()
    older_words: int = 0
    newer_words: int = 0
    added_words: int = 0
    removed_words: int = 0
    fault: str = ""

    @property
    def share(self) -> float:
        """Which part of all words, of both texts, was added or removed: 0 to 1."""
        words = self.older_words + self.newer_words
        return (self.added_words + self.removed_words) / words if words else 0.0

    def stretches(self) -> tuple[Stretch, ...]:
        """The passages as changes, and what is unchanged between them, in order."""
        told = groupby(enumerate(self.passages), key=_told_with)
        return tuple(_stretch(tuple(passage for _, passage in group)) for _, group in told)

    def tally(self) -> Mapping[Change, int]:
        """How many changes of each kind; those inside tables of contents are not counted."""
        return Counter(
            stretch.change
            for stretch in self.stretches()
            if stretch.change is not Change.SAME and not stretch.is_contents
        )


def _is_changed(words: Words) -> bool:
    return words.change is not Change.SAME


def _told_with(numbered: tuple[int, Passage]) -> tuple[str, int]:
    number, passage = numbered
    if passage.is_contents:
        return "contents", 0
    return passage.change.value, number if passage.change is Change.CHANGED else 0


def _stretch(passages: tuple[Passage, ...]) -> Stretch:
    first = passages[0]
    if not first.is_contents or all(one.change is Change.SAME for one in passages):
        return Stretch(first.change, passages, first.is_contents)
    return Stretch(Change.CHANGED, passages, is_contents=True)
