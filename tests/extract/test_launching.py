"""Outside programs are bounded: without network or files, ended with all that they started."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from atelier.extract.launching import Bounds, Launch, Outcome, launched
from atelier.extract.limits import MIB
from atelier.extract.process import open_readers

_SHELL = Path("/bin/sh").resolve()


def _run(script: str, bounds: Bounds, scratch: Path | None = None, source: bytes = b"") -> Outcome:
    launch = Launch(_SHELL, ("-c", script), bounds, {"PATH": "/usr/bin:/bin"}, scratch=scratch)

    async def act() -> Outcome:
        with tempfile.TemporaryFile() as file:
            file.write(source)
            file.seek(0)
            return await launched(launch, file)

    return asyncio.run(act())


def test_a_program_answers_with_what_it_was_handed_and_nothing_else() -> None:
    outcome = _run("cat; env", Bounds(30), source="été\n".encode())
    assert (outcome.ending, outcome.status) == ("done", 0)
    lines = outcome.content.decode().splitlines()
    assert lines[0] == "été"
    assert {line.partition("=")[0] for line in lines[1:]} <= {"PATH", "PWD", "SHLVL", "_", "OLDPWD"}


def test_a_program_that_fails_or_is_not_there_is_told(tmp_path: Path) -> None:
    assert (_run("exit 3", Bounds(30)).ending, _run("exit 3", Bounds(30)).status) == ("failed", 3)
    missing = Launch(tmp_path / "missing", (), Bounds(30))
    assert asyncio.run(launched(missing)).ending == "failed"


def test_a_late_program_is_killed_with_what_it_started(tmp_path: Path) -> None:
    outcome = _run("sleep 300 & echo $! >number; wait", Bounds(1.5, file_bytes=100), tmp_path)
    assert outcome.ending == "timeout"
    started = int((tmp_path / "number").read_text())
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(started).wait(timeout=30)
    assert not psutil.pid_exists(started)


def test_a_cancelled_run_leaves_no_process(tmp_path: Path) -> None:
    launch = Launch(
        _SHELL, ("-c", "echo $$ >number; exec sleep 300"), Bounds(300, file_bytes=100),
        {"PATH": "/usr/bin:/bin"}, scratch=tmp_path,
    )  # fmt: skip

    async def act() -> int:
        running = asyncio.create_task(launched(launch))
        number = tmp_path / "number"
        async with asyncio.timeout(30):
            while not (number.exists() and number.read_text()):  # noqa: ASYNC110
                await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return int(number.read_text())

    assert not psutil.pid_exists(asyncio.run(act()))


def test_what_it_says_what_it_writes_and_what_it_holds_are_bounded(tmp_path: Path) -> None:
    assert _run("yes", Bounds(30, answer_bytes=10_000)).ending == "too_large"
    outcome = _run("yes >big", Bounds(30, file_bytes=5_000), tmp_path)
    assert outcome.ending == "failed"
    assert (tmp_path / "big").stat().st_size <= 5_000
    hog = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"
    assert _run(hog, Bounds(30, memory_bytes=64 * MIB)).ending == "failed"
    if sys.platform == "linux":
        watched = Bounds(30, memory_bytes=64 * MIB, is_watched=True)
        assert _run(hog, watched).ending == "memory"


def test_nobody_waits_for_a_program_that_left_its_session(tmp_path: Path) -> None:
    number = tmp_path / "number"
    escaped = "setsid sh -c 'echo $$ >number; exec sleep 300' & exec sleep 300"
    outcome = _run(escaped, Bounds(1, file_bytes=100), tmp_path)
    assert outcome.ending == "timeout"
    left = psutil.Process(int(number.read_text()))
    left.kill()  # its pipe was still open: waiting for its end would have taken minutes


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener on the loopback that nothing may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def test_a_program_reaches_neither_network_nor_files_where_that_is_said_to_hold(
    canary: socket.socket, tmp_path: Path
) -> None:
    async def standing() -> tuple[bool, bool]:
        readers = open_readers(children=1)
        try:
            means = await readers.means()
        finally:
            await readers.close()
        return means.no_network, means.no_files

    host, port = canary.getsockname()
    secret = tmp_path / "secret"
    secret.write_text("secret")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    bash = shutil.which("bash")
    assert bash is not None
    script = (
        f"(exec 3<>/dev/tcp/{host}/{port}) && echo net; cat {secret} >/dev/null && echo file;"
        f"(echo >{tmp_path}/planted) && echo written; echo >kept && echo kept"
    )
    launch = Launch(
        Path(bash), ("-c", script), Bounds(30, file_bytes=100), {"PATH": "/usr/bin:/bin"},
        scratch=scratch,
    )  # fmt: skip
    said = asyncio.run(launched(launch)).content.decode().split()
    no_network, no_files = asyncio.run(standing())
    assert ("net" not in said, "file" not in said) == (no_network, no_files)
    assert (tmp_path / "planted").exists() == ("written" in said) == (not no_files)
    assert "kept" in said
    with contextlib.suppress(BlockingIOError):
        canary.accept()[0].close()
        assert not no_network
