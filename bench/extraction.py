"""Reading documents: how fast, what its bounds cost, thumbnails, comparison, a busy server.

Over the real files of `ATELIER_SAMPLES`/files where that is set, else over files written here.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from atelier.extract.process import ForkedReaders, open_readers
from bench.figures import Figure, at_least, at_most
from bench.reading_alone import THUMBNAIL, cpu_alone
from bench.serving import serving
from bench.visiting import Visitor, commanded, p95
from tests import samples

OWN_TIMES = 1.8
THUMBNAIL_SECONDS = 0.040
COMPARISON_SECONDS = 1.0
IDLE_TIMES = 2.0
_FILES_A_SECOND = 5
_PASSWORD = "une phrase pour mesurer"  # noqa: S105
_PAUSE_SECONDS = 0.03
_WORDS = ("prévention", "addictions", "logement", "transport", "médecin", "atelier", "santé")


@dataclass(frozen=True)
class Counts:
    """How much is read, and in how many turns of which the middle counts."""

    turns: int = 3
    files: int = 1_000
    behind: int = 500
    pages: tuple[int, int] = (68, 85)
    looks: int = 300


QUICK = Counts(turns=1, files=30, behind=12, pages=(6, 8), looks=10)


def run() -> list[Figure]:
    """Measure reading, drawing and comparing, then a server that reads."""
    return measured(Counts())


def measured(counts: Counts) -> list[Figure]:
    """The figures; with `QUICK`, only to show that all of it runs."""
    with tempfile.TemporaryDirectory() as place:
        paths = _material(Path(place))[: counts.files]
        return [
            *_reading(paths, counts),
            _thumbnails(paths, counts),
            _comparison(counts),
            _busy_server(Path(place), paths, counts),
        ]


def _material(place: Path) -> list[Path]:
    real = os.environ.get("ATELIER_SAMPLES")
    if real is not None:
        files = (Path(real) / "files").glob("*/*")
        return sorted(path for path in files if path.is_file())
    folder = place / "samples"
    folder.mkdir()
    for number in range(12):
        lines = [_paragraph(number, page) for page in range(8)]
        (folder / f"{number}.pdf").write_bytes(samples.pdf(lines))
        (folder / f"{number}.docx").write_bytes(samples.docx(lines * 10))
        (folder / f"{number}.odt").write_bytes(samples.odt(lines * 10))
        (folder / f"{number}.html").write_bytes(samples.html("<p>".join(lines * 10)))
        (folder / f"{number}.txt").write_text("\n\n".join(lines * 10), "utf-8")
    return sorted(folder.iterdir())


def _paragraph(*seeds: int) -> str:
    start = sum(seed * 7**at for at, seed in enumerate(seeds))
    words = (_WORDS[(start + at * (1 + start % 3)) % len(_WORDS)] for at in range(60))
    return f"{start} " + " ".join(words)


def _reading(paths: list[Path], counts: Counts) -> list[Figure]:
    """What reading costs in bounded children, beside the same readers in one process."""

    async def read_all(readers: ForkedReaders) -> None:
        await asyncio.gather(*(readers.read(path, path.name) for path in paths))

    turns = [(_bounded(read_all), sum(cpu_alone(paths, "read"))) for _ in range(counts.turns)]
    seconds = statistics.median(wall for (wall, _), _ in turns)
    times = statistics.median(spent / own for (_, spent), own in turns)
    own = statistics.median(own for _, own in turns)
    over = statistics.median(spent - own for (_, spent), own in turns)
    beside = (
        f"the readers in one process: {own:.2f} s for {len(paths)} files; "
        f"{over / len(paths) * 1000:.1f} ms of bounds a file"
    )
    return [
        at_least("files read, of all processors", len(paths) / seconds, "a second",
                 _FILES_A_SECOND, f"{len(paths)} files"),
        at_most("CPU of bounded reading", times, "times the readers' own", OWN_TIMES, beside),
    ]  # fmt: skip


def _thumbnails(paths: list[Path], counts: Counts) -> Figure:
    """The first page of each PDF, drawn small in a bounded child."""
    pdfs = [path for path in paths if path.suffix == ".pdf"]

    async def draw_all(readers: ForkedReaders) -> None:
        await asyncio.gather(*(readers.draw(path, path.name, 1, THUMBNAIL) for path in pdfs))

    spent = [_bounded(draw_all)[1] / len(pdfs) for _ in range(counts.turns)]
    own = sum(cpu_alone(pdfs, "draw")) / len(pdfs)
    return at_most(
        f"a thumbnail of {THUMBNAIL} px, CPU", statistics.median(spent) * 1000, "ms",
        THUMBNAIL_SECONDS * 1000, f"drawn in one process: {own * 1000:.1f} ms",
    )  # fmt: skip


def _comparison(counts: Counts) -> Figure:
    """Two versions of a report that was gone over: words, passages, and an order changed."""
    older = tuple(_page(page, 0) for page in range(counts.pages[0]))
    newer = tuple(_page(page, page % 4) for page in range(counts.pages[1]))
    seconds = []

    async def compare(readers: ForkedReaders) -> None:
        begun = time.perf_counter()
        comparison = await readers.compare(older, newer)
        seconds.append(time.perf_counter() - begun)
        if comparison.fault or not comparison.passages:
            raise RuntimeError("the two versions were not compared")

    for _ in range(counts.turns):
        _bounded(compare)
    return at_most(
        f"comparison of {len(older)} and {len(newer)} pages", statistics.median(seconds), "s",
        COMPARISON_SECONDS, f"{sum(map(len, older + newer)) // 1000} thousand characters",
    )  # fmt: skip


def _page(page: int, change: int) -> str:
    """Twelve paragraphs; `change` says how it was gone over."""
    paragraphs = [_paragraph(page, at) for at in range(12)]
    if change == 1:
        paragraphs[3] = paragraphs[3].replace("logement", "hébergement")
    if change == 2:
        paragraphs.insert(5, _paragraph(page, 99, 3))
    if change == 3:
        paragraphs.append(paragraphs.pop(2))
    return "\n\n".join(paragraphs)


def _bounded(act: Callable[[ForkedReaders], Awaitable[None]]) -> tuple[float, float]:
    """Seconds on the clock, and CPU of the extraction server, its children and this process."""

    async def lived() -> tuple[float, float]:
        readers = open_readers()
        try:
            await readers.start()
            begun, before = time.perf_counter(), _spent()
            await act(readers)
            return time.perf_counter() - begun, _spent() - before
        finally:
            await readers.close()

    return asyncio.run(lived())


def _spent() -> float:
    """CPU of this process and of those it started, with the children that these have buried."""
    started = psutil.Process().children()
    return time.process_time() + sum(sum(one.cpu_times()[:4]) for one in started)


def _busy_server(place: Path, paths: list[Path], counts: Counts) -> Figure:
    """A folder's page while the server reads what was brought, beside the same one at rest."""
    data, numbers = place / "network", count(1)
    brought = place / "brought"
    brought.mkdir()
    for path in islice(cycle(paths), counts.behind):
        shutil.copyfile(path, brought / f"{next(numbers):04d} {path.name}")
    made = commanded(
        "init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data)
    )
    commanded("folder", "add", "Apports", "--data", str(data))
    _bring(brought, data)
    with serving("serve", "--data", str(data), log=place / "log") as server:
        visitor = Visitor(server.port)
        visitor.come_in(str(made["link"]), _PASSWORD)
        busy = _looked(visitor, lambda seen: not seen or _waiting(data) > 0)
        idle = _looked(visitor, lambda seen: seen < max(counts.looks, len(busy) // 2))
        visitor.close()
    times = p95(busy) / p95(idle)
    beside = f"{p95(busy) * 1000:.1f} ms of {len(busy)} looks; idle {p95(idle) * 1000:.1f} ms"
    return at_most(
        f"folder page while {counts.behind} files are read, p95", times, "times idle",
        IDLE_TIMES, beside,
    )  # fmt: skip


def _bring(folder: Path, data: Path) -> None:
    """Deposit all of it; nobody reads it yet."""
    files = map(str, sorted(folder.iterdir()))
    told = commanded("import", *files, "--into", "Apports", "--data", str(data))
    if told["refused"]:
        raise RuntimeError(f"refused: {told['refused']}")


def _looked(visitor: Visitor, goes_on: Callable[[int], bool]) -> list[float]:
    """Seconds of each look at the folder, as a person would click, until there was enough."""
    seconds: list[float] = []
    while goes_on(len(seconds)):
        reply = visitor.get("/folders/1")
        if reply.status != 200:
            raise RuntimeError(f"the folder answered {reply.status}")
        seconds.append(reply.seconds)
        time.sleep(_PAUSE_SECONDS)
    return seconds


def _waiting(data: Path) -> int:
    """How many versions nobody has read yet."""
    records = sqlite3.connect(f"file:{data}/atelier.sqlite3?mode=ro", uri=True)
    try:
        asked = "SELECT count(*) FROM versions WHERE state = 'waiting'"
        return int(records.execute(asked).fetchone()[0])
    finally:
        records.close()
