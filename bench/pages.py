"""What the pages that people live on cost: server, weight, statements, a slow processor's paint.

Home, a folder of 100 documents, one of 20,000, a document and a search, over the real server, in
a network whose texts have been read. Weight is html, style and script as they travel compressed.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import quote

from atelier.app import open_workspace
from atelier.model.ids import DocumentId, FolderId
from atelier.settings import load
from atelier.workspace import documents, folders, people
from bench import library
from bench.asked import statements_of
from bench.corpus import Corpus, corpus
from bench.cpu import cpu_seconds
from bench.figures import Figure, at_most
from bench.paint import Painted, painted
from bench.serving import Server, serving
from bench.visiting import Visitor, p95

# Its name, its addresses, and in how many milliseconds it is to be there.
Page = tuple[str, list[str], int]

DOCUMENTS, FEW, MANY, EACH = 2_000, 100, 20_000, 100
FEW_FOLDER, MANY_FOLDER = FolderId(1_001), FolderId(1_002)
WEIGHT_KB, PAINT_SECONDS = 100, 1
_PASSWORD = "une phrase pour mesurer"  # noqa: S105


def run() -> list[Figure]:
    """Measure with a folder of 20,000 documents."""
    return measured(DOCUMENTS, MANY, EACH)


def measured(number: int, many: int, each: int) -> list[Figure]:
    """The figures of each page, asked so often, with so many documents in the large folder."""
    material = corpus()
    with tempfile.TemporaryDirectory() as place:
        network = library.founded(Path(place) / "network", material, number)
        library.rebuilt(network)
        library.shelve(network, FEW_FOLDER, "Petit", FEW)
        library.shelve(network, MANY_FOLDER, "Grand", many)
        pages = _pages(material, each, many)
        with serving("serve", "--data", str(network.data), log=Path(place) / "log") as server:
            visitor = Visitor(server.port)
            visitor.come_in(network.steward, _PASSWORD)
            found = [_timed(server, visitor, page, each) for page in pages]
            seen = painted(visitor, {name: addresses[0] for name, addresses, _ in pages})
            visitor.close()
        found += [figure for name, one in seen.items() for figure in _felt(name, one)]
        return [*found, *asyncio.run(_statements(network.data))]


def _pages(material: Corpus, each: int, many: int) -> list[Page]:
    words = [quote(one) for one in material.questions(each).kinds["three words"]]
    sorts = ("name", "-name", "changed", "-changed", "size", "-size")
    large = [f"/folders/{MANY_FOLDER}?sort={sort}" for sort in sorts]
    return [
        ("home", ["/"], 30),
        (f"folder of {FEW}", [f"/folders/{FEW_FOLDER}"], 30),
        (f"folder of {many:,}", [*large, f"/folders/{MANY_FOLDER}?page=7"], 150),
        ("document", ["/documents/1", "/documents/2"], 30),
        ("search", [f"/search?q={one}" for one in words], 100),
    ]


def _timed(server: Server, visitor: Visitor, page: Page, each: int) -> Figure:
    name, addresses, limit_ms = page
    for address in addresses[:5]:
        visitor.get(address)  # warm
    spent, times = cpu_seconds(server.process.pid), []
    for address in islice(cycle(addresses), each):
        reply = visitor.get(address)
        if reply.status != 200:
            raise RuntimeError(f"{address} answered {reply.status}")
        times.append(reply.seconds * 1000)
    spent = (cpu_seconds(server.process.pid) - spent) / each * 1000
    told = f"p50 {median(times):.1f} ms, server's CPU {spent:.1f} ms"
    return at_most(f"{name}, p95", p95(times), "ms", limit_ms, told)


def _felt(name: str, one: Painted) -> list[Figure]:
    told = f"{one.requests} requests, first paint {one.first_seconds:.2f} s"
    slowed = "processor slowed 4 times"
    return [
        at_most(f"{name}, weight", one.bytes_sent / 1000, "kB", WEIGHT_KB, told),
        at_most(f"{name}, largest paint", one.largest_seconds, "s", PAINT_SECONDS, slowed),
    ]


async def _statements(data: Path) -> list[Figure]:
    """What is asked of the records for a folder of many documents, beside one of few."""
    async with open_workspace(load(data, os.environ, Path.cwd())) as ws:
        actor = await people.actor(ws, None)
        few = await statements_of(ws, lambda: folders.look(ws, actor, FEW_FOLDER))
        many = await statements_of(ws, lambda: folders.look(ws, actor, MANY_FOLDER))
        home = await statements_of(ws, lambda: folders.home(ws, actor))
        one = await statements_of(ws, lambda: documents.look(ws, actor, DocumentId(1)))
    told = f"a folder of {FEW}: {few}; home {home}, a document {one}"
    return [at_most("the large folder, statements", many, "statements", few, told)]
