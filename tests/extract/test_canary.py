"""A child of the extraction server has no network: proven by a listener that nobody reaches.

Where this system cannot take the network away, `Standing` says so, and what it says is what
is asserted: these tests never pass by looking away.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from atelier.extract.limits import Limits
from tests import samples, samples_reaching
from tests.extract.reading import read_all

_ROOT = Path(__file__).resolve().parents[2]
# what a hijacked reader would try, from within a child as the extraction server makes it
_TRYING = """
import os, socket, sys
from atelier.extract.confine import confine_child, confine_server
from atelier.extract.limits import Limits
tcp, udp, how = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
standing = confine_server() if how == "confined" else None
if os.fork() == 0:
    if standing is not None:
        confine_child(Limits())
    def can(act):
        try:
            act()
            return "yes"
        except OSError:
            return "no"
    def connect():
        socket.create_connection(("127.0.0.1", tcp), timeout=5).close()
    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"out", ("127.0.0.1", udp))
    print(can(connect), can(send), standing.no_network if standing else None, flush=True)
    os._exit(0)
os.wait()
"""


@dataclass(frozen=True)
class Canary:
    """Two listeners on the loopback: what they heard tells who got out."""

    tcp: socket.socket
    udp: socket.socket

    @property
    def ports(self) -> tuple[str, str]:
        """Of both."""
        return str(self.tcp.getsockname()[1]), str(self.udp.getsockname()[1])

    @property
    def url(self) -> str:
        """What a file names to make its reader call."""
        return f"http://127.0.0.1:{self.ports[0]}"

    def heard(self) -> tuple[bool, bool]:
        """Whether anything came since it was last asked."""
        return self._called(), self._was_sent()

    def _called(self) -> bool:
        calls = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.tcp.accept()[0].close()
                calls += 1
        return calls > 0

    def _was_sent(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            return bool(self.udp.recv(100))
        return False


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Alive, and quiet."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", 0))
        tcp.setblocking(False)
        udp.setblocking(False)
        yield Canary(tcp, udp)


def _tried(canary: Canary, how: str) -> list[str]:
    return subprocess.run(
        [sys.executable, "-c", _TRYING, *canary.ports, how],
        cwd=_ROOT, capture_output=True, check=True, text=True,
    ).stdout.split()  # fmt: skip


def test_a_free_process_reaches_the_canary_and_a_child_does_as_standing_says(
    canary: Canary,
) -> None:
    assert _tried(canary, "free")[:2] == ["yes", "yes"]
    assert canary.heard() == (True, True)
    connected, sent, no_network = _tried(canary, "confined")
    heard = canary.heard()
    if no_network == "True":
        assert (connected, sent, heard) == ("no", "no", (False, False))
    else:  # it is said on the administration's page, so it must be true
        assert "yes" in (connected, sent)
        assert any(heard)


def test_no_hostile_file_makes_its_reader_call_out(canary: Canary, tmp_path: Path) -> None:
    files = samples.reaching_out(canary.url) | samples_reaching.reaching_out(canary.url)
    readings = read_all(files, tmp_path, Limits(cpu_seconds=20))
    assert {name for name in files if readings[name].reason == "crashed"} == set()
    assert canary.heard() == (False, False)
    with contextlib.closing(socket.create_connection(("127.0.0.1", int(canary.ports[0])))):
        assert canary.heard() == (True, False)  # it was alive all along
