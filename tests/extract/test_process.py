"""The extraction server: bounded children, a queue that goes on, a server that comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from atelier.errors import BlobMissing, Fault
from atelier.extract.contract import Reading
from atelier.extract.limits import Limits
from atelier.extract.process import ForkedReaders, open_readers
from atelier.model.documents import ReadState
from tests import samples
from tests.extract.reading import read_all

_ROOT = Path(__file__).resolve().parents[2]
_BURNING = samples.burning_pdf()
T = TypeVar("T")
_FRENCH = "La réunion du comité de pilotage a validé la convention entre les structures."


def _with_readers(act: Callable[[ForkedReaders], Awaitable[T]], limits: Limits) -> T:
    async def run() -> T:
        readers = open_readers(limits)
        try:
            return await act(readers)
        finally:
            await readers.close()

    return asyncio.run(run())


def _server() -> psutil.Process | None:
    for child in psutil.Process().children():
        if any("atelier.extract.server" in word for word in child.cmdline()):
            return child
    return None


def _descriptors(process: psutil.Process) -> set[str]:
    folder = Path(f"/proc/{process.pid}/fd")
    return {str(one.readlink()).partition(":")[0] for one in folder.iterdir()}


def _facts(process: psutil.Process) -> tuple[bool, bool]:
    """Whether it may gain no privileges, and whether its network is not ours."""
    folder, own = Path(f"/proc/{process.pid}"), Path("/proc/self/ns/net")
    is_bound = "NoNewPrivs:\t1" in (folder / "status").read_text()
    return is_bound, (folder / "ns/net").readlink() != own.readlink()


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 (what other processes do sets no event here)
            await asyncio.sleep(0)


async def _child_at_work() -> psutil.Process:
    """The child of the extraction server that reads, once it bounds itself."""
    found: list[psutil.Process] = []

    def is_there() -> bool:
        server = _server()
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            children = server.children() if server is not None else []
            found.extend(one for one in children if os.getsid(one.pid) == one.pid)
        return bool(found)

    await _until(is_there)
    return found[0]


def _written(folder: Path, content: bytes, name: str = "content") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_read_with_its_language(tmp_path: Path) -> None:
    readings = read_all(
        {"fr.txt": _FRENCH.encode(), "en.txt": b"The committee met and agreed on the minutes.",
         "court.txt": "réunion".encode()}, tmp_path
    )  # fmt: skip
    assert [reading.language for reading in readings.values()] == ["fr", "en", ""]


def test_what_takes_too_long_times_out_and_the_queue_goes_on(tmp_path: Path) -> None:
    files = {"brule.pdf": _BURNING, "a.txt": b"un", "b.pdf": samples.pdf(["deux"])}
    readings = read_all(files, tmp_path, Limits(cpu_seconds=1))
    assert (readings["brule.pdf"].state, readings["brule.pdf"].reason) == (
        ReadState.TIMEOUT,
        "time",
    )
    assert [readings[name].state for name in ("a.txt", "b.pdf")] == [ReadState.OK, ReadState.OK]


def test_a_child_is_killed_when_its_time_on_the_clock_is_over(tmp_path: Path) -> None:
    path = _written(tmp_path, _BURNING)

    async def act(readers: ForkedReaders) -> tuple[Reading, list[psutil.Process]]:
        reading = await readers.read(path, "brule.pdf")
        server = _server()
        assert server is not None
        return reading, server.children()

    reading, left = _with_readers(act, Limits(wall_seconds=0.2))
    assert (reading.state, left) == (ReadState.TIMEOUT, [])


def test_what_takes_too_much_memory_is_too_large(tmp_path: Path) -> None:
    packed = "<text:p>" + "".join(f"<text:s text:id='{n}'/>" for n in range(600_000)) + "</text:p>"
    bounded = Limits(memory_bytes=400 << 20)
    readings = read_all({"gros.odt": samples.odt_body(packed), "a.txt": b"un"}, tmp_path, bounded)
    assert (readings["gros.odt"].state, readings["gros.odt"].reason) == (
        ReadState.TOO_LARGE, "memory")  # fmt: skip
    assert readings["a.txt"].state == ReadState.OK


def test_a_child_is_bounded_alone_and_without_environment(tmp_path: Path) -> None:
    path = _written(tmp_path, _BURNING)

    async def act(readers: ForkedReaders) -> None:
        standing = await readers.start()
        reading = asyncio.create_task(readers.read(path, "brule.pdf"))
        child = await _child_at_work()
        await _until(lambda: child.rlimit(psutil.RLIMIT_CPU) == (2, 3))
        assert child.environ() == {}
        assert child.rlimit(psutil.RLIMIT_AS) == (1_536 << 20, 1_536 << 20)
        assert child.rlimit(psutil.RLIMIT_NOFILE) == (32, 32)
        assert child.rlimit(psutil.RLIMIT_FSIZE) == child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert _descriptors(child) <= {"/dev/null", str(path), "pipe"}
        assert _facts(child) == (standing.no_new_privileges, standing.no_network)
        await reading

    _with_readers(act, Limits(cpu_seconds=2))


def test_confined_code_reaches_neither_network_nor_files_and_free_code_does(tmp_path: Path) -> None:
    secret = _written(tmp_path, b"secret")
    script = (
        "import sys, socket; from atelier.extract.confine import confine_server\n"
        "free = sys.argv[3] == 'free'\n"
        "standing = None if free else confine_server()\n"
        "def can(act):\n"
        "    try:\n        act()\n        return 'yes'\n"
        "    except OSError:\n        return 'no'\n"
        "net = can(lambda: socket.create_connection(('127.0.0.1', int(sys.argv[1]))))\n"
        "file = can(lambda: open(sys.argv[2]))\n"
        "module = can(lambda: __import__('colorsys'))\n"
        "said = None if free else ('no' if standing.no_network else 'yes',"
        " 'no' if standing.no_files else 'yes')\n"
        "print(net, file, module, said is None or said == (net, file))"
    )
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = str(canary.getsockname()[1])
        answers = [
            subprocess.run(
                [sys.executable, "-c", script, port, str(secret), how],
                cwd=_ROOT, capture_output=True, check=True, text=True,
            ).stdout.split()
            for how in ("free", "confined")
        ]  # fmt: skip
    assert answers[0] == ["yes", "yes", "yes", "True"]
    assert answers[1][2:] == ["yes", "True"]  # and what is said to hold, does


def test_a_server_that_was_killed_is_started_again(tmp_path: Path) -> None:
    path = _written(tmp_path, b"un")

    async def act(readers: ForkedReaders) -> list[ReadState]:
        before = await readers.read(path, "a.txt")
        server = _server()
        assert server is not None
        server.kill()
        after = await readers.read(path, "a.txt")
        return [before.state, after.state]

    assert _with_readers(act, Limits()) == [ReadState.OK, ReadState.OK]


def test_a_file_whose_server_dies_every_time_is_damaged_and_the_next_is_read(
    tmp_path: Path,
) -> None:
    burning, plain = _written(tmp_path, _BURNING), _written(tmp_path, b"un", "plain")

    async def act(readers: ForkedReaders) -> list[tuple[ReadState, str]]:
        reading = asyncio.create_task(readers.read(burning, "brule.pdf"))
        for _ in range(2):
            child = await _child_at_work()
            server = _server()
            assert server is not None
            server.kill()
            await _until(lambda gone=child: not gone.is_running())  # a child ends with its server
        found = [await reading, await readers.read(plain, "a.txt")]
        return [(one.state, one.reason) for one in found]

    answers = _with_readers(act, Limits())
    assert answers == [(ReadState.DAMAGED, "crashed"), (ReadState.OK, "")]


def test_a_child_that_dies_is_damaged_and_not_tried_again(tmp_path: Path) -> None:
    path = _written(tmp_path, _BURNING)

    async def act(readers: ForkedReaders) -> Reading:
        reading = asyncio.create_task(readers.read(path, "brule.pdf"))
        (await _child_at_work()).kill()
        return await reading

    reading = _with_readers(act, Limits())
    assert (reading.state, reading.reason) == (ReadState.DAMAGED, "crashed")


def test_a_missing_file_is_told_and_a_link_is_not_followed(tmp_path: Path) -> None:
    target = _written(tmp_path, b"un")
    (tmp_path / "link").symlink_to(target)

    async def act(readers: ForkedReaders) -> None:
        with pytest.raises(BlobMissing):
            await readers.read(tmp_path / "gone", "a.txt")
        with pytest.raises(BlobMissing):
            await readers.read(tmp_path / "link", "a.txt")
        assert (await readers.read(target, "a.txt")).state == ReadState.OK

    _with_readers(act, Limits())


def test_closed_readers_leave_no_process_and_read_no_more(tmp_path: Path) -> None:
    path = _written(tmp_path, b"un")

    async def act(readers: ForkedReaders) -> None:
        assert (await readers.read(path, "a.txt")).state == ReadState.OK
        await readers.close()
        await readers.close()
        assert _server() is None
        with pytest.raises(Fault):
            await readers.read(path, "a.txt")

    _with_readers(act, Limits())


def test_the_extraction_server_ends_when_its_server_is_gone() -> None:
    script = (
        "import asyncio, os, psutil; from atelier.extract.process import open_readers\n"
        "asyncio.run(open_readers().start())\n"
        "print(psutil.Process().children()[0].pid, flush=True)\nos._exit(0)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=_ROOT, capture_output=True, check=True, text=True
    )
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(answer.stdout)).wait(timeout=30)
    assert not psutil.pid_exists(int(answer.stdout))


def test_a_large_text_comes_whole(tmp_path: Path) -> None:
    text = ("Compte rendu de la séance, page après page. " * 50_000).strip()
    reading = read_all({"long.txt": text.encode()}, tmp_path)["long.txt"]
    assert (reading.state, reading.pages) == (ReadState.OK, (text,))


def test_comparing_and_drawing_take_no_place_of_readings_nor_readings_theirs(
    tmp_path: Path,
) -> None:
    path = _written(tmp_path, samples.pdf(["un"]), "a.pdf")

    async def act() -> None:
        readers = open_readers(Limits(), 1)
        async with contextlib.AsyncExitStack() as under_way:
            under_way.push_async_callback(readers.close)
            for looks in (readers._comparisons, readers._drawings):
                while not looks.locked():
                    await under_way.enter_async_context(looks)
            assert (await readers.read(path, "a.pdf")).state is ReadState.OK
        readers = open_readers(Limits(), 1)
        async with readers._places:
            found = await readers.compare(("un",), ("deux",))
            assert (found.fault, found.added_words) == ("", 1)
            assert (await readers.draw(path, "a.pdf", 1, 320)).content
        await readers.close()

    asyncio.run(act())
