"""Whether the time of an answer tells that a word stands in what one may not read.

Interleaved pairs over a running server: a word of hidden papers and one that is nowhere, which
first by chance. How long each took is compared by ranks (Wilcoxon): single slow answers weigh
little, small differences that always go one way weigh much. `bench access` does the same of
folders by their numbers.
"""

from __future__ import annotations

import math
import random
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, at_most
from bench.serving import serving
from bench.visiting import Visitor, commanded

PAIRS = 10_000
# Chance alone passes it in 1 of 1,000 runs of one figure.
_MOST_Z = 3.29
_PASSWORD = "une phrase pour mesurer"  # noqa: S105
_READER = "bo@mesure.example"
_HIDDEN, _MISSING = "ziglopard", "zagluperd"
_PAPERS = 40
# What is asked: by the page's answers for programs, and as one types.
_ADDRESSES = {
    "a word": "/search.json?q={}",
    "a word with another": "/search.json?q=navette+{}",
    "a beginning": "/search/suggestions?q={}",
}


def run() -> list[Figure]:
    """Time `PAIRS` pairs of each kind."""
    return measured(PAIRS)


def measured(pairs: int) -> list[Figure]:
    """A figure of each kind of question."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "network"
        link = _made(Path(place), data)
        with serving("serve", "--data", str(data), log=Path(place) / "log") as server:
            visitor = Visitor(server.port)
            visitor.come_in(link, _PASSWORD)
            figures = [
                _figure(kind, _gaps(visitor, address, pairs))
                for kind, address in _ADDRESSES.items()
            ]
            visitor.close()
    return figures


def _made(place: Path, data: Path) -> str:
    """A network where Bo reads one folder of papers and not the other; her link."""
    there = ("--data", str(data))
    commanded("init", "--network", "Mesure", "--admin", "ada@mesure.example", *there)
    link = commanded("person", "add", _READER, "--name", "Bo", *there)["link"]
    for folder, text in (
        ("Commun", "la navette passe en juin"),
        ("Secret", f"la navette et le {_HIDDEN}"),
    ):
        commanded("folder", "add", folder, *there)
        brought = place / folder
        brought.mkdir()
        for number in range(_PAPERS):
            (brought / f"{number}.txt").write_text(f"{text}, {number}", "utf-8")
        files = map(str, sorted(brought.iterdir()))
        commanded("import", *files, "--into", folder, "--wait", *there)
    commanded("grant", "Commun", "--to", f"person:{_READER}", "--role", "reader", *there)
    return str(link)


def _gaps(visitor: Visitor, address: str, pairs: int) -> list[float]:
    """For each pair the seconds that the hidden word took longer; their answers are alike."""
    chance = random.Random(11)  # noqa: S311
    gaps, bodies = [], set()
    for _ in range(pairs):
        seconds = {}
        for word in chance.sample((_HIDDEN, _MISSING), 2):
            reply = visitor.get(address.format(word))
            if reply.status != 200:
                raise RuntimeError(f"{address} answered {reply.status}")
            bodies.add(reply.text.replace(word, "…"))
            seconds[word] = reply.seconds
        gaps.append(seconds[_HIDDEN] - seconds[_MISSING])
    if len(bodies) != 1:
        raise RuntimeError(f"{address} told a hidden word by its answer")
    return gaps


def _figure(kind: str, gaps: Sequence[float]) -> Figure:
    later = sum(gap > 0 for gap in gaps) / len(gaps)
    beside = (
        f"{len(gaps):,} pairs, median gap {statistics.median(gaps) * 1e6:+.1f} µs, "
        f"the hidden one later in {later:.1%}"
    )
    name = f"hidden against missing, {kind}, by ranks"
    return at_most(name, abs(signed_rank(gaps)), "standard deviations", _MOST_Z, beside)


def signed_rank(gaps: Sequence[float]) -> float:
    """Wilcoxon's signed ranks, in standard deviations from none being longer."""
    ordered = sorted((gap for gap in gaps if gap), key=abs)
    count = len(ordered)
    if not count:
        return 0.0
    positive = sum(rank for rank, gap in enumerate(ordered, 1) if gap > 0)
    mean = count * (count + 1) / 4
    return (positive - mean) / math.sqrt(count * (count + 1) * (2 * count + 1) / 24)
