"""What the engines took, as figures: ours beside bare tantivy and SQLite FTS5."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles

from bench.figures import Figure, at_least, at_most
from bench.together import READERS
from bench.visiting import p95

SUGGESTIONS_MS = 30
INDEX_PARTS = 0.8

# Seconds of each question, and the CPU seconds of one of them on the mean.
Times = tuple[list[float], float]


@dataclass
class Measured:
    """What one engine took, in seconds."""

    name: str
    indexing: float = 0.0
    indexing_cpu: float = 0.0
    bytes_on_disk: int = 0
    added: list[float] = field(default_factory=list)
    kinds: dict[str, Times] = field(default_factory=dict)
    together: float = 0.0


def figures(number: int, size: int, measured: list[Measured]) -> list[Figure]:
    """Ours beside the others: no dearer than twice the bare engine and 5 ms.

    Eight readers are to be answered no less often than by FTS5.
    """
    ours, bare, fts5 = measured
    texts = f"{number:,} texts"
    beside = _each(measured, lambda one: f"{number / one.indexing:.0f} texts/s")
    return [
        _twice(f"{texts}, indexing one, CPU", ours.indexing_cpu, bare.indexing_cpu, number, beside),
        *_times(f"{texts}, add one and find it", [one.added for one in measured], measured),
        *(
            figure
            for kind in bare.kinds
            for figure in (
                *_times(f"{texts}, {kind}", [one.kinds[kind][0] for one in measured], measured),
                _twice(
                    f"{texts}, {kind}, CPU",
                    ours.kinds[kind][1],
                    bare.kinds[kind][1],
                    1,
                    _each(measured, partial(_cpu_of, kind)),
                ),
            )
        ),
        *(
            at_most(
                f"{texts}, {kind}, p95",
                p95(seconds) * 1000,
                "ms",
                SUGGESTIONS_MS,
                f"p50 {median(seconds) * 1000:.2f} ms; CPU {cpu * 1000:.2f} ms",
            )
            for kind, (seconds, cpu) in ours.kinds.items()
            if kind not in bare.kinds
        ),
        at_least(
            f"{texts}, {READERS} readers beside a writer",
            ours.together,
            "queries/s",
            fts5.together,
            _each(measured, lambda one: f"{one.together:.0f}"),
        ),
        at_most(
            f"{texts}, index ÷ text",
            ours.bytes_on_disk / size,
            "",
            INDEX_PARTS,
            _each(measured, lambda one: f"{one.bytes_on_disk / size:.2f}"),
        ),
    ]


def _times(name: str, seconds: list[list[float]], measured: list[Measured]) -> list[Figure]:
    """The 95th percentile, with the others' and the ratios to them."""
    ours, *others = ([value * 1000 for value in each] for each in seconds)
    beside = [f"p50 {median(ours):.2f}, p99 {quantiles(ours, n=100)[98]:.2f} ms"]
    beside += [
        f"{one.name}: p95 {p95(each):.2f} ms (× {p95(ours) / p95(each):.2f})"
        for one, each in zip(measured[1:], others, strict=True)
    ]
    return [at_most(f"{name}, p95", p95(ours), "ms", 2 * p95(others[0]) + 5, "; ".join(beside))]


def _twice(name: str, ours: float, bare: float, number: int, beside: str) -> Figure:
    """CPU of one thing, of `number` that were done in so many seconds."""
    return at_most(name, ours / number * 1000, "ms", 2 * bare / number * 1000 + 5, beside)


def _each(measured: list[Measured], said: Callable[[Measured], str]) -> str:
    return "; ".join(f"{one.name}: {said(one)}" for one in measured)


def _cpu_of(kind: str, one: Measured) -> str:
    return f"{one.kinds[kind][1] * 1000:.2f} ms"
