"""How fast dossiers, the register of decisions and searches over meetings are.

1,000 meetings of 20 items with 10,000 decisions, over the real server, as its steward and as
one who reads some folders. `--meetings 100` makes fewer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import quote

from bench import gatherings, library
from bench.corpus import Corpus, corpus
from bench.cpu import cpu_seconds
from bench.figures import Figure, at_most
from bench.serving import Server, serving
from bench.visiting import Visitor, p95

# Its name, its addresses, and in how many milliseconds it is to be there.
Page = tuple[str, list[str], int]

MEETINGS = 1_000
DOCUMENTS = 2_000
EACH = 100
DOSSIER_MS, REGISTER_MS, SEARCH_MS = 50, 100, 50
# No goal of their own was given: those of the pages beside them.
LIST_MS, HOME_MS = 100, 50
_PASSWORD = "une phrase pour mesurer"  # noqa: S105


def run(meetings: int = MEETINGS) -> list[Figure]:
    """Measure with so many meetings."""
    return measured(meetings, DOCUMENTS, EACH)


def measured(meetings: int, documents: int, each: int) -> list[Figure]:
    """A figure for each kind of page, asked `each` times by each of two people."""
    material = corpus()
    with tempfile.TemporaryDirectory() as place:
        network = library.founded(Path(place) / "network", material, documents)
        gatherings.hold(network, material, meetings, documents)
        library.rebuilt(network)
        callers = (("", network.steward, 1), (", reader", network.reader, library.FEW[0]))
        with serving("serve", "--data", str(network.data), log=Path(place) / "log") as server:
            return [
                figure
                for who, link, folder in callers
                for figure in _figures(
                    server,
                    link,
                    f"{meetings:,} meetings{who}",
                    _pages(material, each, folder),
                    each,
                )
            ]


def _figures(
    server: Server, link: str, name: str, pages: Sequence[Page], each: int
) -> list[Figure]:
    visitor = Visitor(server.port)
    visitor.come_in(link, _PASSWORD)
    found = []
    for page, addresses, limit_ms in pages:
        _timed(visitor, addresses, min(each, 5))
        spent = cpu_seconds(server.process.pid)
        times = _timed(visitor, addresses, each)
        spent = (cpu_seconds(server.process.pid) - spent) / each
        told = f"p50 {median(times):.1f} ms, server's CPU {spent * 1000:.1f} ms"
        found.append(at_most(f"{name}, {page}, p95", p95(times), "ms", limit_ms, told))
    visitor.close()
    return found


def _pages(material: Corpus, each: int, folder: int) -> list[Page]:
    """What is measured: its name, addresses, milliseconds."""
    questions = material.questions(each).kinds
    one = [quote(words) for words in questions["rare word"]]
    three = [quote(words) for words in questions["three words"]]
    frequent = [quote(words) for words in questions["frequent word"]]
    return [
        ("dossier", _dossiers(), DOSSIER_MS),
        ("register", ["/decisions"], REGISTER_MS),
        ("register, filters", _filtered(folder), REGISTER_MS),
        (
            "register, a word",
            [f"/decisions?words={word}" for word in (*one, *frequent)],
            REGISTER_MS,
        ),
        ("register, three words", [f"/decisions?words={words}" for words in three], REGISTER_MS),
        ("register, last page", ["/decisions?page=999999"], REGISTER_MS),
        ("actions", ["/actions", "/actions?list=ours", "/actions?list=late"], LIST_MS),
        ("meetings", ["/meetings"], LIST_MS),
        ("home", ["/"], HOME_MS),
        ("search", [f"/search?q={words}" for words in (*one, *three, *frequent)], SEARCH_MS),
    ]


def _dossiers() -> list[str]:
    """A whole series that both may read: the last has all its actions before it."""
    return [f"/meetings/{number}" for number in range(1, gatherings.OF_SERIES + 1)]


def _filtered(folder: int) -> list[str]:
    """By what a register may be narrowed to, one and several."""
    return [
        "/decisions?series=1",
        "/decisions?organisation=3",
        "/decisions?since=2019-01-01&until=2021-12-31",
        f"/decisions?folder={library.FEW[0]}",
        f"/decisions?folder={folder}&organisation=3&since=2019-01-01",
    ]


def _timed(visitor: Visitor, addresses: Sequence[str], number: int) -> list[float]:
    """Milliseconds of so many of them, from the first on and over again."""
    times = []
    for address in islice(cycle(addresses), number):
        reply = visitor.get(address)
        if reply.status != 200:
            raise RuntimeError(f"{address} answered {reply.status}")
        times.append(reply.seconds * 1000)
    return times
