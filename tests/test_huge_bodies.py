"""More bytes than a machine may hold at once: they pass through, and the server stays small."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.serving import serving, weight_mib
from bench.visiting import Visitor, commanded
from tests.counts import times

PASSWORD: Final = "une phrase pour les tests"
PIECE: Final = bytes(1024 * 1024)  # as a sparse file is read
PIECES: Final = times(256, 4 * 1024 + 1)
MAY_GROW_MIB: Final = 32


def test_a_sparse_body_beyond_all_memory_is_streamed_both_ways_and_memory_stays_flat(
    tmp_path: Path,
) -> None:
    data = str(tmp_path / "network")
    link = commanded("init", "--network", "N", "--admin", "a@b.example", "--data", data)["link"]
    commanded("folder", "add", "Dépôts", "--data", data)
    config = "[limits]\nmax_deposit_bytes = 8_000_000_000\n"
    (tmp_path / "network" / "config.toml").write_text(config)
    with serving("serve", "--data", data, log=tmp_path / "log") as server:
        visitor = Visitor(server.port)
        visitor.come_in(str(link), PASSWORD)
        assert visitor.deposit(1, "petit.bin", PIECE).status == 201
        before = _weight(server.process.pid)
        heaviest = before
        sent, peak = _deposit(visitor, server.process.pid)
        heaviest = max(heaviest, peak)
        came, peak = _download(visitor, server.process.pid)
        heaviest = max(heaviest, peak)
        visitor.close()
    assert sent == came
    assert heaviest - before <= MAY_GROW_MIB, f"{before:.0f} MiB before, {heaviest:.0f} then"


def _deposit(visitor: Visitor, server: int) -> tuple[str, float]:
    """The SHA-256 of what was sent, and what the server weighed at most meanwhile."""
    hashed, peak = hashlib.sha256(), [0.0]

    def pieces() -> Iterator[bytes]:
        for number in range(PIECES):
            hashed.update(PIECE)
            if number % 64 == 0:
                peak[0] = max(peak[0], _weight(server))
            yield PIECE

    connection = http.client.HTTPConnection("localhost", visitor.port, timeout=600)
    headers = {
        "Cookie": visitor.cookie,
        "Origin": f"http://localhost:{visitor.port}",
        "X-Form-Token": visitor.form_token,
        "Content-Length": str(PIECES * len(PIECE)),
    }
    connection.request("PUT", "/folders/1/deposits/immense.bin", pieces(), headers)
    reply = connection.getresponse()
    assert reply.status == 201, reply.read()
    connection.close()
    return hashed.hexdigest(), peak[0]


def _download(visitor: Visitor, server: int) -> tuple[str, float]:
    """The SHA-256 of what comes back, and what the server weighed at most meanwhile."""
    hashed, peak, number = hashlib.sha256(), 0.0, 0
    connection = http.client.HTTPConnection("localhost", visitor.port, timeout=600)
    connection.request("GET", "/documents/2/versions/1/content", headers={"Cookie": visitor.cookie})
    reply = connection.getresponse()
    assert reply.status == 200
    assert int(reply.headers["content-length"]) == PIECES * len(PIECE)
    while piece := reply.read(len(PIECE)):
        hashed.update(piece)
        if number % 64 == 0:
            peak = max(peak, _weight(server))
        number += 1
    connection.close()
    return hashed.hexdigest(), peak


def _weight(server: int) -> float:
    """The server itself: its readers, which look at the document later, are limited apart."""
    return weight_mib(server)
