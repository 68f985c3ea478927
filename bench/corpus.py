"""French texts to search: those of `ATELIER_SAMPLES`/corpus, grown to any number.

Grown texts recombine paragraphs, so that none is another again, and add words that stand
nowhere else as real texts do (some 4 of 400; half of them come back in later texts).
Without the samples, paragraphs are of invented words, as frequent as those of a language.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from pathlib import Path

from atelier.search import french

FOLDERS = 500
_NEW_WORDS = 4
_SYLLABLES = ("ba", "ché", "do", "fri", "gué", "jo", "lan", "mè", "nou", "par", "quin", "reau")
_INVENTED_WORDS, _INVENTED_PARAGRAPHS = 20_000, 6_000


@dataclass(frozen=True)
class Text:
    """One text, and the folder it stands in (from 1)."""

    title: str
    text: str
    folder: int


@dataclass(frozen=True)
class Questions:
    """Queries of each kind, made of words that stand in the texts."""

    kinds: dict[str, list[str]]
    beginnings: list[str]


@dataclass
class Corpus:
    """What texts are made of, always the same ones from the same samples."""

    titles: list[str]
    paragraphs: list[str]
    lengths: list[int]
    _added: list[str] = field(default_factory=list)

    def grown(self, number: int, seed: int = 6) -> Iterator[Text]:
        """So many texts, each another; the same ones every time."""
        chance = random.Random(seed)  # noqa: S311
        self._added.clear()
        # A few folders hold much, most hold little.
        weights = list(accumulate(1 / (n + 8) for n in range(FOLDERS)))
        for at in range(number):
            (folder,) = chance.choices(range(1, FOLDERS + 1), cum_weights=weights)
            title = f"{chance.choice(self.titles)[:120]} {at}"
            yield Text(title, self._text(chance), folder)

    def batches(
        self, number: int, size: int, *, first: int = 1, seed: int = 6
    ) -> Iterator[list[tuple[int, Text]]]:
        """The same ones with their numbers from `first` on, so many at a time."""
        numbered = enumerate(self.grown(number, seed), first)
        while batch := list(islice(numbered, size)):
            yield batch

    def questions(self, each: int, seed: int = 7) -> Questions:
        """So many queries of each kind, and beginnings of two to five letters."""
        chance = random.Random(seed)  # noqa: S311
        some = chance.sample(self.paragraphs, min(3_000, len(self.paragraphs)))
        counts = Counter(word for text in some for word in set(french.exact_terms(text)))
        words = [word for word, _ in counts.most_common() if word.isalpha() and len(word) > 3]
        long = [text for text in some if len(_said(text)) > 5]
        return Questions(
            {
                "frequent word": [chance.choice(words[:40]) for _ in range(each)],
                "rare word": [chance.choice(words[len(words) // 2 :]) for _ in range(each)],
                "three words": [_three(chance.choice(long), chance) for _ in range(each)],
                "phrase": [f'"{_run(chance.choice(long), chance)}"' for _ in range(each)],
                "prefix": [f"{chance.choice(words[:4_000])[:4]}*" for _ in range(each)],
            },
            [chance.choice(words[:4_000])[: chance.randint(2, 5)] for _ in range(each)],
        )

    def _text(self, chance: random.Random) -> str:
        wanted = chance.choice(self.lengths)
        pieces: list[str] = []
        while wanted > 0:
            pieces.append(chance.choice(self.paragraphs))
            wanted -= len(pieces[-1])
        for _ in range(_NEW_WORDS):
            at = chance.randrange(len(pieces))
            pieces[at] = f"{pieces[at]} {self._new_word(chance)}"
        return "\n".join(pieces)

    def _new_word(self, chance: random.Random) -> str:
        if self._added and chance.random() < 0.5:
            return chance.choice(self._added)
        self._added.append("".join(chance.choices(_SYLLABLES, k=chance.randint(3, 6))))
        return self._added[-1]


def corpus() -> Corpus:
    """That of the samples where they are, else an invented one."""
    samples = os.environ.get("ATELIER_SAMPLES")
    if not samples:
        return _invented()
    with gzip.open(Path(samples) / "corpus" / "fr-small.jsonl.gz") as lines:
        texts = [json.loads(line) for line in lines]
    paragraphs = {part for text in texts for part in text["text"].split("\n") if len(part) > 40}
    return Corpus(
        [text["title"] for text in texts],
        sorted(paragraphs),
        [len(text["text"]) for text in texts],
    )


def _invented() -> Corpus:
    chance = random.Random(5)  # noqa: S311
    words = [
        "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_INVENTED_WORDS)
    ]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    paragraphs = [
        " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(15, 120)))
        for _ in range(_INVENTED_PARAGRAPHS)
    ]
    lengths = [chance.randint(500, 5_000) for _ in range(500)]
    return Corpus([text[:60] for text in paragraphs[:500]], paragraphs, lengths)


def _three(text: str, chance: random.Random) -> str:
    return " ".join(chance.sample(_said(text), 3))


def _said(text: str) -> list[str]:
    """Its words that tell something, each once."""
    return sorted({word for word in french.exact_terms(text) if len(word) > 3})


def _run(text: str, chance: random.Random) -> str:
    words = french.spelled(text)
    start = chance.randrange(len(words) - 3)
    return text[words[start].start : words[start + 2].end].replace('"', " ")
