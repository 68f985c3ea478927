"""Deposits: CPU beside nginx's PUT, durable ones a second beside the disk, memory, a big drop."""

from __future__ import annotations

import base64
import os
import re
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.beside import (
    SMALL_BYTES,
    Counts,
    Side,
    Work,
    both,
    compared,
    distinct,
    founded,
    grown,
    signed_in,
)
from bench.figures import Figure, at_least
from bench.serving import serving
from bench.wire import Asked, asked, exchange

DROPPED_BYTES = 10 * 1024
_AT_A_TIME = 8
_PAGE_CONNECTIONS = 6
_UPLOADS = "/deposits/"


def run() -> list[Figure]:
    """Measure at full length."""
    return measured(Counts())


def measured(counts: Counts) -> list[Figure]:
    """Measure so much of each work."""
    size = f"{counts.big_bytes // 1024**2} MiB"
    with tempfile.TemporaryDirectory() as place:
        with both(Path(place)) as sides:
            atelier = sides[1]
            figures = [
                *(compared(sides, work, counts.turns) for work in _small(counts)),
                _durable(Path(place), atelier, counts),
                # Before any other big body: what one needs, the next finds in place.
                grown(atelier, f"a PUT of {size}", [atelier.put(counts.big_bytes)]),
                grown(atelier, f"a PATCH of {size}", [_resumable(atelier, counts.big_bytes)]),
                compared(sides, _big(counts, f"{size} PUT, hashed"), counts.big_turns),
            ]
        return [*figures, _dropped(Path(place), counts)]


def _small(counts: Counts) -> list[Work]:
    def requests(side: Side) -> list[Asked]:
        return [side.put(SMALL_BYTES) for _ in range(counts.small)]

    return [
        Work("50 KB PUT, 1 connection", 0.35, requests),
        Work("50 KB PUT, 8 connections", 0.45, requests, connections=8),
    ]


def _big(counts: Counts, name: str) -> Work:
    return Work(name, 0.65, lambda side: [side.put(counts.big_bytes)])


def _resumable(side: Side, size: int) -> Asked:
    """The one request that brings all the bytes of a deposit begun by another (tus 1.0)."""
    headers = _announcing(side.headers, "en plusieurs fois.bin", size)
    (head,) = exchange(side.port, [asked("POST", _UPLOADS, headers)])
    address = re.search(rb"\r\nlocation: (\S+)\r\n", head)
    assert address is not None, head
    headers = f"{_tus(side.headers)}Upload-Offset: 0\r\n"
    return asked("PATCH", address[1].decode(), headers, distinct(size), size)


def _durable(place: Path, side: Side, counts: Counts) -> Figure:
    """Confirmed deposits a second beside files that the disk itself makes durable, in turns."""
    rates, cost = [], 0.0
    for _ in range(counts.turns):
        files, cost = _synced(place, counts.small)
        requests = [side.put(SMALL_BYTES) for _ in range(counts.small)]
        started = time.perf_counter()
        exchange(side.port, requests, connections=_AT_A_TIME)
        rates.append((counts.small / (time.perf_counter() - started), files))
    part = statistics.median(deposits / files for deposits, files in rates)
    deposits, files = (statistics.median(column) for column in zip(*rates, strict=True))
    beside = (
        f"{deposits:.0f} deposits/s, {files:.0f} files/s synced by the disk, 8 at a time;"
        f" CPU of such a file {cost * 1000:.2g} ms"
    )
    return at_least("confirmed deposits, of the disk's own rate", part, "", 0.4, beside)


def _synced(place: Path, count: int) -> tuple[float, float]:
    """Files of the same size a second, written and synced by eight threads, and CPU s of one."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        contents = [b"".join(distinct(SMALL_BYTES)) for _ in range(count)]
        paths = [Path(folder) / str(number) for number in range(count)]
        with ThreadPoolExecutor(_AT_A_TIME) as threads:
            started, spent = time.perf_counter(), time.process_time()
            list(threads.map(_write_synced, paths, contents))
            cost = (time.process_time() - spent) / count
            return count / (time.perf_counter() - started), cost


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb", buffering=0) as file:
        file.write(content)
        os.fsync(file.fileno())


def _dropped(place: Path, counts: Counts) -> Figure:
    """Small files as the page's script sends them, while the worker reads those before."""
    data = place / "dropped"
    link = founded(data)
    with serving("serve", "--data", str(data), log=place / "log of the drop") as server:
        carried = signed_in(server.port, link)
        requests = [_creation(carried, number) for number in range(counts.dropped)]
        started = time.perf_counter()
        exchange(server.port, requests, connections=_PAGE_CONNECTIONS)
        rate = counts.dropped / (time.perf_counter() - started)
    name = f"{counts.dropped} small files dropped on the page"
    return at_least(name, rate, "files/s", 100, "6 connections; reading goes on meanwhile")


def _creation(carried: str, number: int) -> Asked:
    """tus 1.0, creation with upload: the whole file in the one request."""
    headers = _announcing(carried, f"note {number}.txt", DROPPED_BYTES)
    text = f"Note {number} de la réunion. ".encode() * DROPPED_BYTES
    return asked("POST", _UPLOADS, headers, [text[:DROPPED_BYTES]], DROPPED_BYTES)


def _announcing(carried: str, name: str, size: int) -> str:
    told = {"filename": name, "folder": "1"}
    metadata = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items()
    )
    return f"{_tus(carried)}Upload-Length: {size}\r\nUpload-Metadata: {metadata}\r\n"


def _tus(carried: str) -> str:
    return carried.replace("octet-stream", "offset+octet-stream") + "Tus-Resumable: 1.0.0\r\n"
