"""Warm start to the first page, and idle memory, of the demonstration network."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import Figure, at_most
from bench.serving import Server, family, page, serving, weight_mib

STARTS = 5
FIRST_PAGE_SECONDS = 1.5
SERVER_MIB = 80
ALL_MIB = 160
IDLE_SECONDS = 12


def run() -> list[Figure]:
    """Fill the network once, then start it warm several times; the middle one counts."""
    with tempfile.TemporaryDirectory() as folder:
        demo = ("demo", "--no-browser", "--data", f"{folder}/network")
        log = Path(folder) / "server.log"
        with serving(*demo, log=log):
            pass  # the first start fills it
        seconds = sorted(_warm_start(demo, log) for _ in range(STARTS))
        with serving(*demo, log=log) as server:
            weights = _idle_weights(server)
    return [
        at_most("first page, warm", seconds[STARTS // 2], "s", FIRST_PAGE_SECONDS, _bare_start()),
        at_most("server process, idle", weights[0], "MiB PSS", SERVER_MIB),
        at_most("all processes, idle", sum(weights), "MiB PSS", ALL_MIB),
    ]


def _warm_start(demo: tuple[str, ...], log: Path) -> float:
    with serving(*demo, log=log) as server:
        return server.first_page_seconds


def _idle_weights(server: Server) -> list[float]:
    """The server first, then each process it started, once its pages have been loaded."""
    _, body = page(server.port, "/signin")
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', body.decode()):
        page(server.port, address)
    time.sleep(IDLE_SECONDS)
    return [weight_mib(pid) for pid in family(server.process.pid)]


def _bare_start() -> str:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return f"an empty Python: {time.perf_counter() - started:.3f} s"
