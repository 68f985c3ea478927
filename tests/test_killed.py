"""kill -9 in the middle of everything: every confirmed byte is there, nothing half-visible."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.serving import free_port, page
from bench.visiting import Visitor, commanded
from tests.counts import times
from tests.writers import Depositor, Line, Remover, Renamer, Resumer, Reviser, Writer

WRITERS: tuple[type[Writer], ...] = (
    Depositor, Depositor, Reviser, Reviser, Resumer, Resumer, Renamer, Remover,
)  # fmt: skip
KILLS = times(20, 500)
PASSWORD = "une phrase pour les tests"
LOST = (ConnectionError, http.client.HTTPException, TimeoutError)


def test_nothing_confirmed_is_lost_and_nothing_half_done_seen_when_the_server_is_killed(
    tmp_path: Path,
) -> None:
    data, chance = tmp_path / "network", Random(20)
    port = free_port()
    visitor = _founded(data, port)
    writers = [
        kind(Line(port, visitor.cookie, visitor.form_token), number)
        for number, kind in enumerate(WRITERS)
    ]
    for round_ in range(KILLS):
        if round_ % 4 == 3:
            _kill_while_starting(data, port, seconds=chance.uniform(0.05, 1.5))
        with _server(data, port) as process:
            for writer in writers:
                writer.go_on()
            _write_until_killed(process, writers, after=chance.randint(1, 24))
    with _server(data, port):
        for writer in writers:
            writer.go_on()
            writer.check()
            writer.line.close()
        with contextlib.closing(Visitor(port, visitor.cookie)) as reader:
            _check_whole(reader)
    assert sum(len(one.confirmed) for one in writers if isinstance(one, Depositor)) >= KILLS
    assert any(one.resumed and one.confirmed for one in writers if isinstance(one, Resumer))
    _check_tidy(data)


def _check_tidy(data: Path) -> None:
    """Every byte is sound, and once repaired nothing is left that nobody needs."""
    found = commanded("verify", "--read-data", "--repair", "--data", str(data))
    assert found["clean"] and not found["missing"] and not found["rotten"]
    assert found["orphans"] == []
    under_way = found["mended"]
    assert isinstance(under_way, dict) and under_way["was_alone"]
    assert commanded("verify", "--data", str(data))["orphans"] == []


def _founded(data: Path, port: int) -> Visitor:
    link = commanded("init", "--network", "N", "--admin", "a@b.example", "--data", str(data))
    commanded("folder", "add", "Dépôts", "--data", str(data))
    visitor = Visitor(port)
    with _server(data, port):
        visitor.come_in(str(link["link"]), PASSWORD)
    visitor.close()
    return visitor


def _kill_while_starting(data: Path, port: int, *, seconds: float) -> None:
    """At any moment of a start, which also is one after a kill."""
    command = [sys.executable, "-m", "atelier", "serve", "--data", str(data), "--port", str(port)]
    with (data.parent / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait(30)


def _write_until_killed(
    process: subprocess.Popen[bytes], writers: list[Writer], *, after: int
) -> None:
    """All write as fast as they may; the server dies at the n-th confirmation."""
    enough = threading.Semaphore(0)
    wrong: list[AssertionError] = []

    def write(writer: Writer) -> None:
        try:
            while True:
                writer.act()
                enough.release()
        except LOST:
            writer.line.close()
        except AssertionError as error:
            wrong.append(error)
            enough.release(after)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for _ in range(after):
        assert enough.acquire(timeout=60), "nothing is confirmed"
    process.kill()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not wrong, wrong


def _check_whole(visitor: Visitor) -> None:
    """No document is visible, in a list or by its number, whose bytes are not those sent."""
    number, rows = 1, set[tuple[str, str]]()
    while True:
        listing = visitor.get(f"/folders/1?page={number}").text
        rows |= set(
            re.findall(r'href="(/documents/\d+)"[^>]*>(?:<bdi>)?[^<]*?([0-9a-f]{64})', listing)
        )
        if f"page={number + 1}" not in listing:
            break
        number += 1
    assert len(rows) >= KILLS
    for address, sha256 in rows:
        reply = visitor.get(f"{address}/versions/1/content")
        assert reply.status == 200
        assert hashlib.sha256(reply.body).hexdigest() == sha256, address


@contextlib.contextmanager
def _server(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "atelier", "serve", "--data", str(data), "--port", str(port)]
    with (data.parent / "log").open("ab") as log:
        process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    try:
        announced = process.stdout.readline()
        assert announced, (data.parent / "log").read_text()[-2_000:]
        assert json.loads(announced)["port"] == port
        assert page(port, "/signin")[0] == 200
        yield process
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
