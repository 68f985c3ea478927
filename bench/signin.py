"""What signing in costs, and whether a crowd that signs in at once keeps others waiting.

1,000 people sign in at once, each from an address of her own, while somebody asks for a folder
page again and again. Digests will be measured in a benchmark of their own.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from atelier.workspace.passwords import Passwords
from bench.cpu import cpu_seconds
from bench.figures import Figure, at_least, at_most
from bench.serving import Server, serving
from bench.visiting import Visitor, commanded, p95

CROWD, ALONE, IDLE, DOCUMENTS = 1_000, 20, 200, 40
MOST_HASHES = 4  # however many processors there are
_PASSWORD = "une phrase pour mesurer"  # noqa: S105
_CONFIG = '[server]\ntrusted_proxies = ["127.0.0.1"]\n[sessions]\nsecond_factor = "nobody"\n'
_PAGE = "/folders/1"
_NICENESS = 18  # of the fields of /proc/…/stat, from 0


@dataclass(frozen=True)
class Crowd:
    """How it went for them: how many were answered how, and the seconds until all were."""

    statuses: dict[str, int]
    seconds: float


def run() -> list[Figure]:
    """Measure with a thousand people."""
    return measured(CROWD, ALONE, IDLE)


def measured(crowd: int, alone: int, idle: int) -> list[Figure]:
    """The figures with so many at once, so many after one another and so many pages at rest."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "network"
        steward = _founded(data, crowd)
        with (
            serving("serve", "--data", str(data), log=Path(place) / "log") as server,
            closing(Visitor(server.port)) as visitor,
        ):
            visitor.come_in(steward, _PASSWORD)
            for number in range(DOCUMENTS):
                visitor.deposit(1, f"note {number}.txt", f"il fut dit mot{number}".encode())
            _awaited(visitor)
            return [*_one_by_one(server, alone), *_together(server, visitor, crowd, idle)]


def _founded(data: Path, number: int) -> str:
    """A network of so many people who share a password; the link of its steward."""
    made = commanded(
        "init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data)
    )
    commanded("folder", "add", "Réunions", "--data", str(data))
    (data / "config.toml").write_text(_CONFIG)
    kept = asyncio.run(Passwords().hash(_PASSWORD))
    with closing(sqlite3.connect(data / "atelier.sqlite3")) as records, records:
        records.executemany(
            "INSERT INTO people (email, email_key, name, sort_key, password_hash, created_at)"
            " VALUES (?, ?, ?, ?, ?, 0)",
            [(_email(n), _email(n), f"Personne {n}", f"personne {n}", kept) for n in range(number)],
        )
    return str(made["link"])


def _awaited(visitor: Visitor) -> None:
    """Until every document was read: nothing else is to be measured."""
    until = time.perf_counter() + 60
    last = DOCUMENTS - 1
    while f"note {last}.txt" not in visitor.get(f"/search?q=mot{last}").text:
        if time.perf_counter() > until:
            raise RuntimeError("the documents are never read")
        time.sleep(0.1)


def _one_by_one(server: Server, number: int) -> Iterator[Figure]:
    """The server's CPU for one sign-in, all of its threads."""
    spent, times = cpu_seconds(server.process.pid), []
    for person in range(number):
        visitor = Visitor(server.port)
        reply = visitor.post("/signin", email=_email(person), password=_PASSWORD)
        times.append(reply.seconds)
        if reply.status != 303:
            raise RuntimeError(f"/signin answered {reply.status}")
        visitor.close()
    spent = (cpu_seconds(server.process.pid) - spent) / number * 1000
    yield at_most("one sign-in", spent, "ms of CPU", 100, f"p95 {p95(times) * 1000:.0f} ms")


def _together(server: Server, visitor: Visitor, number: int, idle: int) -> Iterator[Figure]:
    """A crowd of so many, and how long a page takes beside it."""
    for _ in range(idle):
        visitor.get(_PAGE)  # warm
    rest = [visitor.get(_PAGE).seconds for _ in range(idle)]
    # A process of its own, behind the server's: what is measured is not the measuring.
    ordered = [sys.executable, "-m", __name__, str(server.port), str(number)]
    spent = cpu_seconds(server.process.pid)
    with subprocess.Popen(["nice", *ordered], stdout=subprocess.PIPE) as process:
        seen = _Hashing(server.process.pid, process)
        seen.start()
        beside = []
        while process.poll() is None:
            beside.append(visitor.get(_PAGE).seconds)
        seen.join()
        assert process.stdout is not None
        crowd = msgspec.json.decode(process.stdout.read(), type=Crowd)
    spent = cpu_seconds(server.process.pid) - spent
    told = f"p95 {p95(rest) * 1000:.1f} ms at rest, {len(beside)} pages in {crowd.seconds:.1f} s"
    ratio = p95(beside) / p95(rest)
    name = f"{number:,} sign in at once"
    yield at_most(f"{name}: a folder page, p95", ratio, "times idle", 2, told)
    yield at_most(f"{name}: hashes at a time", seen.most, "", MOST_HASHES, "threads that ran")
    came, waited = crowd.statuses.get("303", 0), crowd.statuses.get("503", 0)
    told = f"{came} came in, {waited} told to come again, server's CPU {spent:.1f} s"
    yield at_least(f"{name}: answered 303 or 503", came + waited, "people", number, told)


class _Hashing(threading.Thread):
    """Looks how many threads hash: those that run behind the rest of the server."""

    def __init__(self, pid: int, until: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self.most = 0
        self._tasks = Path(f"/proc/{pid}/task")
        self._until = until

    def run(self) -> None:
        """Ten times a second, until the crowd has gone."""
        while self._until.poll() is None:
            ranks = [_niceness(task) for task in self._tasks.iterdir()]
            self.most = max(self.most, sum(rank > min(ranks) for rank in ranks))
            time.sleep(0.1)


def _niceness(task: Path) -> int:
    try:
        return int((task / "stat").read_text().split()[_NICENESS])
    except (FileNotFoundError, ProcessLookupError):
        return -20


def _email(number: int) -> str:
    return f"personne{number}@mesure.example"


async def _sign_in(port: int, person: int) -> str:
    """The status that one of the crowd is answered."""
    body = urlencode({"email": _email(person), "password": _PASSWORD})
    head = (
        f"POST /signin HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nX-Forwarded-For: 10.0.{person // 250}.{person % 250}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head.encode())
        line = await reader.readline()
        await reader.read()
        return line.split()[1].decode()
    finally:
        writer.close()


async def _crowded(port: int, number: int) -> Crowd:
    began = time.perf_counter()
    statuses = await asyncio.gather(*(_sign_in(port, person) for person in range(number)))
    return Crowd(dict(Counter(statuses)), time.perf_counter() - began)


if __name__ == "__main__":
    found = asyncio.run(_crowded(int(sys.argv[1]), int(sys.argv[2])))
    os.write(sys.stdout.fileno(), msgspec.json.encode(found))
