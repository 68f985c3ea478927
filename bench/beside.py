"""Atelier and nginx side by side, asked for the same work in turns, and what each one spent.

What is compared is CPU of the servers, not time: it says the same on a busy machine. A
figure is nginx's CPU in parts of Atelier's: a half means that Atelier spends twice as much.
"""

from __future__ import annotations

import os
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from atelier.files import Disk
from atelier.worker.runner import elect
from bench.cpu import cpu_seconds
from bench.figures import Figure, at_least, at_most
from bench.nginx import nginx_serving
from bench.serving import serving, weight_mib
from bench.visiting import Visitor, commanded
from bench.wire import PIECE_BYTES, Asked, asked, exchange

SMALL_BYTES = 50 * 1024
BIG_BODY_MIB = 16
_PASSWORD = "une phrase pour mesurer"  # noqa: S105
_LOOK_SECONDS = 0.02
_BLOCK = os.urandom(PIECE_BYTES)
_numbers = count(1)


@dataclass(frozen=True)
class Counts:
    """How much work one turn is, and how many turns; `QUICK` only shows that all of it runs."""

    turns: int = 7
    small: int = 400
    ranges: int = 400
    big_bytes: int = 1024**3
    big_turns: int = 3
    dropped: int = 2_000


QUICK = Counts(turns=1, small=24, ranges=8, big_bytes=8 * 1024**2, big_turns=1, dropped=24)


@dataclass(frozen=True)
class Side:
    """One of the two servers: its process, its port, what each request carries.

    `folder` stands before the name of what is put there.
    """

    name: str
    pid: int
    port: int
    headers: str
    folder: str

    def put(self, size: int) -> Asked:
        """The request that brings `size` bytes that nobody has sent before."""
        path = f"{self.folder}{next(_numbers)}.bin"
        return asked("PUT", path, self.headers, distinct(size), size)

    def get(self, path: str, more: str = "") -> Asked:
        """The request for what stands at `path`; `more` are further header lines."""
        return asked("GET", path, self.headers + more)


@dataclass(frozen=True)
class Work:
    """What both are asked to do in one turn, and the part that is to be reached."""

    name: str
    goal: float
    requests: Callable[[Side], list[Asked]]
    connections: int = 1


@contextmanager
def both(place: Path) -> Iterator[tuple[Side, Side]]:
    """nginx and Atelier, each in a folder of its own on one disk, with somebody signed in.

    This process is the elected worker meanwhile, and does nothing: what Atelier spends is
    the way of the requests, without reading the documents and without the index.
    """
    data = place / "network"
    link = founded(data)
    worker = elect(Disk(), data)
    assert worker is not None
    with (
        worker,
        nginx_serving(place / "nginx") as nginx,
        serving("serve", "--data", str(data), log=place / "log") as server,
    ):
        carried = signed_in(server.port, link)
        yield (
            Side("nginx", nginx.pid, nginx.port, carried, "/"),
            Side("Atelier", server.process.pid, server.port, carried, "/folders/1/deposits/"),
        )


def founded(data: Path) -> str:
    """Make a network with one folder; its steward's first link."""
    made = commanded(
        "init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data)
    )
    commanded("folder", "add", "Dossier", "--data", str(data))
    return str(made["link"])


def signed_in(port: int, link: str) -> str:
    """The header lines that a page's script sends for whoever came in by this link."""
    visitor = Visitor(port)
    visitor.come_in(link, _PASSWORD)
    visitor.close()
    return (
        f"Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nCookie: {visitor.cookie}\r\n"
        f"X-Form-Token: {visitor.form_token}\r\nContent-Type: application/octet-stream\r\n"
    )


def compared(sides: tuple[Side, Side], work: Work, turns: int) -> Figure:
    """nginx's CPU in parts of Atelier's for this work, the middle one of the turns."""
    spent = []
    for _ in range(turns):
        made = [(side, work.requests(side)) for side in sides]
        spent.append([_cost(side, asks, work.connections) for side, asks in made])
    parts = statistics.median(nginx / atelier for nginx, atelier in spent)
    nginx, atelier = (statistics.median(column) * 1000 for column in zip(*spent, strict=True))
    beside = f"CPU of a request: nginx {nginx:.3g} ms, Atelier {atelier:.3g} ms"
    return at_least(work.name, parts, "of Atelier's CPU", work.goal, beside)


def grown(side: Side, name: str, requests: list[Asked]) -> Figure:
    """How much more memory a server takes at most while it answers these, one by one."""
    before, most, is_done = weight_mib(side.pid), 0.0, threading.Event()

    def look() -> None:
        nonlocal most
        while True:
            most = max(most, weight_mib(side.pid))
            if is_done.wait(_LOOK_SECONDS):
                return

    looking = threading.Thread(target=look)
    looking.start()
    try:
        exchange(side.port, requests)
    finally:
        is_done.set()
        looking.join()
    return at_most(name, most - before, "MiB PSS", BIG_BODY_MIB, f"before: {before:.1f} MiB")


def distinct(size: int) -> Iterator[bytes]:
    """Bytes that nobody has sent before, in pieces of at most 1 MiB."""
    mark = next(_numbers).to_bytes(16)
    yield (mark + _BLOCK)[: min(size, PIECE_BYTES)]
    for start in range(PIECE_BYTES, size, PIECE_BYTES):
        yield _BLOCK[: size - start]


def _cost(side: Side, requests: list[Asked], connections: int) -> float:
    """CPU seconds of the server for one of these requests."""
    before = cpu_seconds(side.pid)
    exchange(side.port, requests, connections=connections)
    return (cpu_seconds(side.pid) - before) / len(requests)
