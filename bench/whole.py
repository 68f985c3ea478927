"""A search as a person asks it: the whole application, with records, rights and kept texts."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote

from atelier.app import open_workspace
from atelier.settings import load
from bench import library
from bench.corpus import Corpus, Questions
from bench.cpu import cpu_seconds
from bench.figures import Figure, at_least, at_most
from bench.serving import Server, serving, weight_mib
from bench.visiting import Visitor, p95

REQUEST_MS = 50
SUGGESTIONS_MS = 30
SERVER_MIB = 200
BESIDE_INDEXING = 2
_EACH = 30
_ADDED = 1_000
_MIN_PAGES = 100
_FIRST_ADDED = 10_000_000
_PASSWORD = "une phrase pour mesurer"  # noqa: S105


def figures(material: Corpus, number: int) -> list[Figure]:
    """A network of so many documents: its searches, its memory, its pages while it indexes."""
    with tempfile.TemporaryDirectory() as place:
        network = library.founded(Path(place) / "network", material, number)
        seconds = library.rebuilt(network)
        with serving("serve", "--data", str(network.data), log=Path(place) / "log") as server:
            return [
                at_least(f"{number:,} documents, rebuild-index", number / seconds, "texts/s", 200),
                *_searches(server, network, material, number),
                _pages(server, network, material, number),
            ]


def _searches(
    server: Server, network: library.Library, material: Corpus, number: int
) -> list[Figure]:
    questions = material.questions(_EACH)
    found = []
    for who, link in (("", network.steward), (", 20 folders of 500", network.reader)):
        visitor = Visitor(server.port)
        visitor.come_in(link, _PASSWORD)
        found += _asked(server, visitor, questions, f"{number:,} documents{who}")
        visitor.close()
    weight = weight_mib(server.process.pid)
    return [*found, at_most(f"{number:,} documents, server", weight, "MiB PSS", SERVER_MIB)]


def _asked(server: Server, visitor: Visitor, questions: Questions, name: str) -> list[Figure]:
    kinds = questions.kinds.items()
    begins = [f"/search/suggestions?q={quote(start)}" for start in questions.beginnings * 2]
    pages = {kind: [f"/search?q={quote(words)}" for words in asked] for kind, asked in kinds}
    every = [address for asked in pages.values() for address in asked]
    _timed(visitor, every[:: len(every) // 20])
    spent = cpu_seconds(server.process.pid)
    kinds_ms = {kind: _timed(visitor, asked) for kind, asked in pages.items()}
    spent = (cpu_seconds(server.process.pid) - spent) / len(every)
    all_ms = [one for each in kinds_ms.values() for one in each]
    told = [f"p50 {median(all_ms):.1f} ms, server's CPU {spent * 1000:.1f} ms; p95"]
    told += [f"{kind} {p95(each):.1f}" for kind, each in kinds_ms.items()]
    suggested = _timed(visitor, begins)
    return [
        at_most(f"{name}, whole request, p95", p95(all_ms), "ms", REQUEST_MS, ", ".join(told)),
        at_most(
            f"{name}, suggestions, p95",
            p95(suggested),
            "ms",
            SUGGESTIONS_MS,
            f"p50 {median(suggested):.1f} ms",
        ),
    ]


def _timed(visitor: Visitor, addresses: Sequence[str]) -> list[float]:
    """Milliseconds of each."""
    found = []
    for address in addresses:
        reply = visitor.get(address)
        if reply.status != 200:
            raise RuntimeError(f"{address} answered {reply.status}")
        found.append(reply.seconds * 1000)
    return found


def _pages(server: Server, network: library.Library, material: Corpus, number: int) -> Figure:
    """The front page's p95 while 1,000 documents are indexed, in parts of that at rest."""
    visitor = Visitor(server.port)
    visitor.come_in(library.invited(network), _PASSWORD)
    idle = _turning(visitor, lambda: False)
    with _applied(network) as applied:
        for batch in material.batches(_ADDED, _ADDED, first=_FIRST_ADDED, seed=9):
            library.deposit(network, batch)
        last, started = library.waiting(network), time.perf_counter()
        busy = _turning(visitor, lambda: applied() < last)
        took = time.perf_counter() - started
    visitor.close()
    return at_most(
        f"{number:,} documents, a page while {_ADDED:,} are indexed",
        p95(busy) / p95(idle),
        "× idle p95",
        BESIDE_INDEXING,
        f"p95 {p95(busy):.1f} ms in {took:.1f} s of indexing, idle {p95(idle):.1f} ms",
    )


def _turning(visitor: Visitor, is_more: Callable[[], bool]) -> list[float]:
    found: list[float] = []
    while len(found) < _MIN_PAGES or is_more():
        found += _timed(visitor, ["/"] * 20)
    return found


@contextmanager
def _applied(network: library.Library) -> Iterator[Callable[[], int]]:
    """Asks the index, beside the server, which entry it has come to."""
    settings = load(network.data, os.environ, Path.cwd())
    with asyncio.Runner() as runner:
        opened = open_workspace(settings)
        ws = runner.run(opened.__aenter__())
        try:
            yield lambda: runner.run(ws.index.applied())
        finally:
            runner.run(opened.__aexit__(None, None, None))
