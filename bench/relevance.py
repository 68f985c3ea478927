"""Whether what was meant comes first: our engines beside bare tantivy and SQLite FTS5.

Over the 2,000 texts of `ATELIER_SAMPLES`/corpus where that is set, and the demonstration's
documents. The others have the same texts and titles, with the French filters of their own.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from bench.engines import OURS, answers_of
from bench.figures import Figure, at_least, at_most
from tests.search.relevance import sets
from tests.search.relevance.merits import Difference, Merit, difference, merit

LEAST_OF_A_DEFORMATION = 0.90
# What is asked without deforming what was written has no bound by itself.
_NO_DEFORMATION = frozenset({"question", "decision", "name and text"})
# Texts without titles are the harder way: what was deformed is the title.
_BOUND_BY_KIND = frozenset({"corpus, titled", "demonstration"})

# What was reached, by engine, in the order of the questions.
Reached = dict[str, list[Merit]]


def run() -> list[Figure]:
    """Measure every engine on every set."""
    samples = os.environ.get("ATELIER_SAMPLES")
    judged = [sets.demonstration()]
    if samples is not None:
        judged = [*sets.corpora(Path(samples) / "corpus"), *judged]
    return [figure for one in judged for figure in measured(one)]


def measured(judged: sets.Judged) -> list[Figure]:
    """The figures of one set of questions."""
    with tempfile.TemporaryDirectory() as place:
        answers = answers_of(judged, Path(place))
    reached = {
        engine: [
            merit(ids, asked.answers) for ids, asked in zip(each, judged.questions, strict=True)
        ]
        for engine, each in answers.items()
    }
    figures = [
        figure for ours in OURS for figure in (
            *_in_all(judged, reached, ours), *_by_kind(judged, reached, ours)
        )
    ]  # fmt: skip
    return [*figures, *_alike(judged, reached)]


def _in_all(judged: sets.Judged, reached: Reached, ours: str) -> list[Figure]:
    """Beside the best of the others; below it only as far as chance may have it so."""
    figures = []
    for name, values in _measures(reached).items():
        others = {engine: fmean(each) for engine, each in values.items() if engine not in OURS}
        best = max(others, key=others.__getitem__)
        beside = difference(values[ours], values[best], _about(judged))
        told = ", ".join(f"{engine} {mean:.3f}" for engine, mean in others.items())
        goal = others[best] - beside.noise
        figures.append(
            at_least(f"{name}, {ours}, {judged.name}", fmean(values[ours]), "", round(goal, 4),
                     f"{told}; {_said(beside)} to the best")
        )  # fmt: skip
    return figures


def _by_kind(judged: sets.Judged, reached: Reached, ours: str) -> list[Figure]:
    """The mean reciprocal rank of each kind, beside the others'."""
    figures = []
    for kind, places in _places(judged).items():
        means = {engine: fmean(each[at].rank for at in places) for engine, each in reached.items()}
        is_bound = judged.name in _BOUND_BY_KIND and kind not in _NO_DEFORMATION
        told = ", ".join(f"{engine} {mean:.3f}" for engine, mean in means.items() if engine != ours)
        figures.append(
            at_least(f"MRR, {ours}, {judged.name}, {kind} ({len(places)})", means[ours], "",
                     LEAST_OF_A_DEFORMATION if is_bound else 0.0, told)
        )  # fmt: skip
    return figures


def _alike(judged: sets.Judged, reached: Reached) -> list[Figure]:
    """How far our engines are from each other; no further than chance may have them so."""
    one, other = OURS
    figures = []
    for name, values in _measures(reached).items():
        apart = difference(values[one], values[other], _about(judged))
        figures.append(
            at_most(f"{name}, {one} and {other} apart, {judged.name}", abs(apart.mean), "",
                    round(apart.noise, 4), _said(apart))
        )  # fmt: skip
    return figures


def _said(beside: Difference) -> str:
    return f"{beside.mean:+.3f} ({beside.low:+.3f} to {beside.high:+.3f})"


def _about(judged: sets.Judged) -> list[tuple[str, ...]]:
    return [asked.answers for asked in judged.questions]


def _measures(reached: Reached) -> dict[str, dict[str, Sequence[float]]]:
    return {
        "nDCG@10": {engine: [one.gain for one in each] for engine, each in reached.items()},
        "MRR": {engine: [one.rank for one in each] for engine, each in reached.items()},
    }


def _places(judged: sets.Judged) -> dict[str, list[int]]:
    """Where the questions of each kind stand."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, asked in enumerate(judged.questions):
        places[asked.kind].append(at)
    return places
