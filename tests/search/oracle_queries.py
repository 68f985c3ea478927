"""Random queries of the whole grammar, each with what it means: plain matching of words.

Independent of the engines, of the grammar and of the French analysis: a query is made
together with its meaning, so nothing here reads one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

from tests.search.oracle_papers import KINDS, WORDS, Paper

PARIS = ZoneInfo("Europe/Paris")
# Nearly like none of the words, and nowhere.
NOWHERE = "wqjzh"

# A paper with the lists of words of which each is looked through apart.
Meaning = Callable[[Paper, Sequence[Sequence[str]]], bool]

_TYPES = {
    "pdf": {"application/pdf"},
    "txt": {"text/plain"},
    "image": {"image/png"},
    "tableur": {kind for kind in KINDS if "sheet" in kind},
}
_DAYS = {
    "2023": datetime(2022, 12, 31, 23, tzinfo=UTC),
    "2023-06": datetime(2023, 5, 31, 22, tzinfo=UTC),
    "29/02/2024": datetime(2024, 2, 28, 23, tzinfo=UTC),
    "2025-01": datetime(2024, 12, 31, 23, tzinfo=UTC),
}


@dataclass(frozen=True)
class Part:
    """What is typed, and what it means; `is_plain` when it is one word wanted anywhere."""

    typed: str
    means: Meaning
    is_plain: bool = False


@dataclass(frozen=True)
class Sought:
    """A query: all its parts together, in folders of these names and below."""

    parts: tuple[Part, ...]
    folders: frozenset[int] = frozenset()
    without: frozenset[int] = frozenset()

    @property
    def typed(self) -> str:
        """As it is typed."""
        named = " OR ".join(f"dossier:{number}" for number in sorted(self.folders))
        left_out = [f"-dossier:{number}" for number in sorted(self.without)]
        return " ".join(filter(None, [*(part.typed for part in self.parts), named, *left_out]))

    def exactly(self, papers: Iterable[Paper], *, with_older: bool) -> set[int]:
        """The papers that answer as it was asked."""
        return {
            paper.document for paper in papers
            if all(part.means(paper, _texts(paper, with_older)) for part in self.parts)
        }  # fmt: skip

    def mostly(self, papers: Iterable[Paper], *, with_older: bool) -> set[int]:
        """The papers that answer but for less than half of the plain words, when several."""
        plain = [part for part in self.parts if part.is_plain]
        others = [part for part in self.parts if not part.is_plain]
        if len(plain) < 2:
            return set()
        found = set()
        for paper in papers:
            texts = _texts(paper, with_older)
            held = sum(part.means(paper, texts) for part in plain)
            if held >= ceil(len(plain) / 2) and all(part.means(paper, texts) for part in others):
                found.add(paper.document)
        return found


def query(chance: random.Random, folders: Sequence[int]) -> Sought:
    """A query of one to four parts, in any order, mostly with a plain word."""
    plain = chance.sample([*WORDS, NOWHERE], chance.choice((0, 1, 1, 1, 2, 3)))
    parts = [Part(word, _holds(word), is_plain=True) for word in plain]
    # Each once: two types or two periods would be one bound.
    makers = chance.sample(_MAKERS, chance.randint(0 if parts else 1, 2))
    parts += [make(chance) for make in makers]
    chance.shuffle(parts)
    named: list[int] = []
    without: list[int] = []
    if chance.random() < 0.25:
        named = chance.sample(folders, min(len(folders), chance.choice((1, 1, 2))))
    elif chance.random() < 0.15:
        without = chance.sample(folders, 1)
    return Sought(tuple(parts), frozenset(named), frozenset(without))


def _texts(paper: Paper, with_older: bool) -> list[Sequence[str]]:
    """Its text, its name, and what older versions said: a phrase stands in one of them."""
    return [paper.current.words, paper.name, *([paper.older] if with_older else [])]


def _holds(word: str) -> Meaning:
    return lambda paper, texts: any(word in words for words in texts)


def _phrase(first: str, second: str) -> Meaning:
    return lambda paper, texts: any((first, second) in pairwise(words) for words in texts)


def _begins(start: str) -> Meaning:
    return lambda paper, texts: any(
        word.startswith(start) for words in texts for word in words
    )  # fmt: skip


def _in_name(meaning: Meaning) -> Meaning:
    return lambda paper, texts: meaning(paper, [paper.name])


def _not(meaning: Meaning) -> Meaning:
    return lambda paper, texts: not meaning(paper, texts)


def _any(*meanings: Meaning) -> Meaning:
    return lambda paper, texts: any(meaning(paper, texts) for meaning in meanings)


def _make_or(chance: random.Random) -> Part:
    one, other, third = chance.sample([*WORDS, NOWHERE], 3)
    phrase = _phrase(other, third)
    return chance.choice((
        Part(f"{one} OR {other}", _any(_holds(one), _holds(other))),
        Part(f"{one} OR {other} OR {third}", _any(*map(_holds, (one, other, third)))),
        Part(f'{one} OR "{other} {third}"', _any(_holds(one), phrase)),
        Part(f"titre:{one} OR {other}", _any(_in_name(_holds(one)), _holds(other))),
    ))  # fmt: skip


def _make_phrase(chance: random.Random) -> Part:
    one, other = chance.choices(WORDS, k=2)
    typed = chance.choice((f'"{one} {other}"', f"« {one} {other} »", f'"{one.upper()}, {other}"'))
    return Part(typed, _phrase(one, other))


def _make_prefix(chance: random.Random) -> Part:
    start = chance.choice(("ki", "kim", "x", "ju", "ka", "zeb", "wqj"))
    # One letter is no beginning: it is a word, and none.
    meaning = _begins(start) if len(start) > 1 else _holds(start)
    return Part(f"{start}*", meaning, is_plain=len(start) == 1)


def _make_without(chance: random.Random) -> Part:
    one, other = chance.sample([*WORDS, NOWHERE], 2)
    return chance.choice((
        Part(f"-{one}", _not(_holds(one))),
        Part(f'-"{one} {other}"', _not(_phrase(one, other))),
        Part(f"-titre:{one}", _not(_in_name(_holds(one)))),
        Part("-ki*", _not(_begins("ki"))),
    ))  # fmt: skip


def _make_title(chance: random.Random) -> Part:
    one, other = chance.choices(WORDS, k=2)
    return chance.choice((
        Part(f"titre:{one}", _in_name(_holds(one))),
        Part(f'title:"{one} {other}"', _in_name(_phrase(one, other))),
        Part("titre:ki*", _in_name(_begins("ki"))),
    ))  # fmt: skip


def _make_by(chance: random.Random) -> Part:
    number = chance.randint(1, 4)
    if chance.random() < 0.5:
        return Part(f"par:{number}", lambda paper, texts: paper.current.author == number)
    return Part(f"structure:{number}", lambda paper, texts: paper.current.organisation == number)


def _make_type(chance: random.Random) -> Part:
    one, other = chance.sample(sorted(_TYPES), 2)
    if chance.random() < 0.3:
        return Part(
            f"-type:{one}", lambda paper, texts: paper.current.media_type not in _TYPES[one]
        )
    if chance.random() < 0.3:
        both = _TYPES[one] | _TYPES[other]
        return Part(
            f"type:{one} OR type:{other}", lambda paper, texts: paper.current.media_type in both
        )
    return Part(f"type:{one}", lambda paper, texts: paper.current.media_type in _TYPES[one])


def _make_period(chance: random.Random) -> Part:
    typed, day = chance.choice(sorted(_DAYS.items()))
    if chance.random() < 0.5:
        return Part(f"avant:{typed}", lambda paper, texts: paper.current.at < day)
    return Part(f"après:{typed}", lambda paper, texts: paper.current.at >= day)


_MAKERS = (
    _make_or,
    _make_phrase,
    _make_prefix,
    _make_without,
    _make_title,
    _make_by,
    _make_type,
    _make_period,
)
