"""How good an order of answers is: reciprocal rank, nDCG, and whether two engines differ."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

TOP = 10
_DRAWS = 4_000


@dataclass(frozen=True)
class Merit:
    """Of one question: reciprocal rank of the first answer, and nDCG, in the first `TOP`."""

    rank: float
    gain: float


@dataclass(frozen=True)
class Difference:
    """How much better one engine is than another on the same questions, on the mean.

    `low` and `high` hold 95 of 100 means of questions drawn again from these, with the
    merits of both engines for each drawn question.
    """

    mean: float
    low: float
    high: float

    @property
    def noise(self) -> float:
        """How far from none the mean may be by chance."""
        return max(0.0, self.high - self.mean, self.mean - self.low)


def merit(found: Sequence[str], answers: Sequence[str]) -> Merit:
    """Of these documents, best first, for a question that those answer."""
    ranks = [rank for rank, name in enumerate(found[:TOP]) if name in answers]
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(TOP, len(answers))))
    gain = sum(1 / math.log2(rank + 2) for rank in ranks) / ideal
    return Merit(1 / (ranks[0] + 1) if ranks else 0.0, gain)


def difference(
    ours: Sequence[float], theirs: Sequence[float], about: Sequence[object], seed: int = 6
) -> Difference:
    """Paired bootstrap; the same draws every time.

    Questions `about` the same are drawn together: one is often another one deformed, and
    five answers to it are not five proofs.
    """
    apart: defaultdict[object, list[float]] = defaultdict(list)
    for one, other, what in zip(ours, theirs, about, strict=True):
        apart[what].append(one - other)
    together = list(apart.values())
    chance = random.Random(seed)
    means = sorted(_mean(chance.choices(together, k=len(together))) for _ in range(_DRAWS))
    return Difference(_mean(together), means[_DRAWS // 40], means[-_DRAWS // 40])


def _mean(together: Sequence[Sequence[float]]) -> float:
    return sum(map(sum, together)) / sum(map(len, together))
