"""A server of the benchmarks' own: started, waited for, stopped, and what it weighs.

Linux only for the weight: the proportional set size is read from `/proc`.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from atelier.bootstrap import CHECKOUT


@dataclass(frozen=True)
class Server:
    """One running server: its process, its port, the seconds until its first page."""

    process: subprocess.Popen[bytes]
    port: int
    first_page_seconds: float


# A steward too comes in by a password alone, where nothing else is said.
_BY_PASSWORD = {"ATELIER_SESSIONS_SECOND_FACTOR": "nobody"}


@contextmanager
def serving(*arguments: str, log: Path, limit_seconds: float = 180) -> Iterator[Server]:
    """`atelier ARGUMENTS --port N`, from its start until it is stopped; its words go to `log`.

    RuntimeError with its last words when it does not serve its sign-in page in time.
    """
    port = free_port()
    command = [sys.executable, "-m", "atelier", *arguments, "--port", str(port)]
    started = time.perf_counter()
    with log.open("wb") as words:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, stdout=words, stderr=words, env={**_BY_PASSWORD, **os.environ}
        )
    try:
        _await_page(process, port, log, limit_seconds)
        yield Server(process, port, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def page(port: int, path: str) -> tuple[int, bytes]:
    """(status, body) of one GET; (0, b"") while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    except ConnectionError:
        return 0, b""
    finally:
        connection.close()


def weight_mib(pid: int) -> float:
    """Proportional set size of one process, in MiB; 0 when it has just ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    kibibytes = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(kibibytes[1]) / 1024 if kibibytes else 0.0


def family(pid: int) -> list[int]:
    """A process and all that it started, whatever their depth."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold spaces: what follows the last one is regular.
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    members = [pid]
    for member in members:
        members += [child for child, parent in parents.items() if parent == member]
    return members


def _await_page(
    process: subprocess.Popen[bytes], port: int, log: Path, limit_seconds: float
) -> None:
    end = time.perf_counter() + limit_seconds
    while time.perf_counter() < end and process.poll() is None:
        if page(port, "/signin")[0] == 200:
            return
        time.sleep(0.01)
    raise RuntimeError(f"no page in time:\n{log.read_text(errors='replace')[-2000:]}")
