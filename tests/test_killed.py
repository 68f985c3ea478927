"""kill -9 in the middle of deposits: every confirmed byte is there, nothing half-visible."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

from bench.serving import free_port, page
from bench.visiting import Visitor, commanded
from tests.counts import times

WRITERS = 8
PASSWORD = "une phrase pour les tests"
LOST = (ConnectionError, http.client.HTTPException, TimeoutError)


def test_no_confirmed_deposit_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    data, chance = tmp_path / "network", Random(20)
    port, confirmed = free_port(), dict[str, str]()
    visitor = _founded(data, port)
    for round_ in range(times(20, 500)):
        with _server(data, port) as process:
            _write_until_killed(process, visitor, round_, confirmed, after=chance.randint(1, 24))
    assert len(confirmed) >= times(20, 500)
    visitor.close()
    with _server(data, port), closing(Visitor(port, visitor.cookie)) as reader:
        shown = _all_documents(reader)
    assert confirmed.items() <= shown.items(), "a confirmed deposit is lost or changed"
    for name, sha256 in shown.items():
        assert name == f"{sha256}.txt", "a document is visible whose bytes are not those sent"
    found = commanded("verify", "--read-data", "--data", str(data))
    assert found["clean"] and not found["missing"] and not found["rotten"]


def _founded(data: Path, port: int) -> Visitor:
    link = commanded("init", "--network", "N", "--admin", "a@b.example", "--data", str(data))
    commanded("folder", "add", "Dépôts", "--data", str(data))
    visitor = Visitor(port)
    with _server(data, port):
        visitor.come_in(str(link["link"]), PASSWORD)
    visitor.close()
    return visitor


def _write_until_killed(
    process: subprocess.Popen[bytes],
    visitor: Visitor,
    round_: int,
    confirmed: dict[str, str],
    *,
    after: int,
) -> None:
    """Eight writers deposit as fast as they may; the server dies at the n-th confirmation."""
    enough, turn = threading.Semaphore(0), threading.Lock()

    def write(writer: int) -> None:
        mine = Visitor(visitor.port, visitor.cookie, visitor.form_token)
        number = 0
        while True:
            content = f"{round_} {writer} {number} ".encode() * 2_000
            sha256 = hashlib.sha256(content).hexdigest()
            try:
                reply = mine.deposit(1, f"{sha256}.txt", content)
            except LOST:
                mine.close()
                return
            assert reply.status == 201, reply.text
            with turn:
                confirmed[f"{sha256}.txt"] = sha256
            enough.release()
            number += 1

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    for _ in range(after):
        assert enough.acquire(timeout=60), "no deposit is confirmed"
    process.kill()
    for thread in writers:
        thread.join(60)
        assert not thread.is_alive()


def _all_documents(visitor: Visitor) -> dict[str, str]:
    """The SHA-256 of what each visible document gives, by name."""
    found: dict[str, str] = {}
    number = 1
    while True:
        listing = visitor.get(f"/folders/1?page={number}").text
        rows = re.findall(r'href="(/documents/\d+)"[^>]*>(?:<bdi>)?([0-9a-f]{64}\.txt)', listing)
        for address, name in rows:
            reply = visitor.get(f"{address}/versions/1/content")
            assert reply.status == 200
            found[name] = hashlib.sha256(reply.body).hexdigest()
        if f"page={number + 1}" not in listing:
            return found
        number += 1


@contextmanager
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
