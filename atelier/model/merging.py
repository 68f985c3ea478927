"""Two texts written at the same time: where they differ, and one text that keeps both. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

# Above this many lines on either side, what lies between the first and the last difference
# counts as written anew: comparing line by line takes time with the square of them.
_MOST_LINES: Final = 400


class Whose(StrEnum):
    """Whose lines they are."""

    BOTH = "both"
    THEIRS = "theirs"
    HERS = "hers"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that stand together in one of the texts, or in both."""

    whose: Whose
    lines: tuple[str, ...]


def compare(theirs: str, hers: str) -> tuple[Stretch, ...]:
    """The lines of both texts in their order; where they differ, `theirs` before `hers`."""
    one, other = theirs.split("\n"), hers.split("\n")
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    middle = _between(one[start : len(one) - end], other[start : len(other) - end])
    stretches = [
        Stretch(Whose.BOTH, tuple(one[:start])),
        *middle,
        Stretch(Whose.BOTH, tuple(one[len(one) - end :])),
    ]
    return tuple(stretch for stretch in stretches if stretch.lines)


def merged(theirs: str, hers: str) -> str:
    """One text with every line of either: no line of `theirs` or of `hers` is left out."""
    return "\n".join(line for stretch in compare(theirs, hers) for line in stretch.lines)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many lines both begin alike."""
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))


def _between(one: Sequence[str], other: Sequence[str]) -> Iterator[Stretch]:
    if max(len(one), len(other)) > _MOST_LINES:
        yield Stretch(Whose.THEIRS, tuple(one))
        yield Stretch(Whose.HERS, tuple(other))
        return
    for kind, first, last, begin, end in SequenceMatcher(
        None, one, other, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            yield Stretch(Whose.BOTH, tuple(one[first:last]))
            continue
        yield Stretch(Whose.THEIRS, tuple(one[first:last]))
        yield Stretch(Whose.HERS, tuple(other[begin:end]))
