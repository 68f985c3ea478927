"""Opens the readers from within the server: starts the extraction server, gives it files,
checks what comes back.

Linux: everything of `confine.py` that the kernel offers, told by `start`. Elsewhere with
`fork` (macOS): a process of its own with limits, but neither network nor files are taken away.
Without `fork` (Windows): every file is answered `unsupported`, reason `no_fork`, because
hostile files are not parsed in the server itself; they stay stored and downloadable.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from atelier.errors import BlobMissing, Fault
from atelier.extract.answer import (
    checked,
    checked_comparison,
    checked_language,
    checked_picture,
    checked_scan,
    ended,
)
from atelier.extract.contract import Picture, Reading, Scanned
from atelier.extract.limits import HEAD_BYTES, MAX_RESULT_BYTES, Limits
from atelier.extract.media_type import media_type_of
from atelier.extract.wire import (
    MAX_MESSAGE_BYTES,
    SOCKET_KIND,
    Compare,
    Draw,
    Order,
    Read,
    Scan,
    Standing,
    Task,
    Tell,
    Verdict,
    packed,
    said,
)
from atelier.model.comparison import Comparison
from atelier.model.reading import ReadingMeans

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
# isolated (-I): no user site, no environment, no current folder on the path but this one
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from atelier.extract.server import main; main()"
)
_PIPE_STEP_BYTES = 256 * 1024
_START_SECONDS = 60.0
_GRACE_SECONDS = 15.0  # beyond the wall limit: then the extraction server itself hangs
_TRIES = 2
# Of drawings, and of comparisons: beside the readings, whose places they never take.
_LOOKS_AT_ONCE = 2
_LARGE_ANSWER_BYTES = 256 * 1024  # above, checking is done in a thread


class _ServerGone(Exception):
    """The extraction server ended, or does not answer any more."""


def open_readers(limits: Limits | None = None, children: int | None = None) -> ForkedReaders:
    """The readers, not started yet: the first `read` does, or `start` ahead of it.

    `children` files at most are read at once, by default as many as there are processors;
    beside them two drawings and two comparisons.
    """
    return ForkedReaders(limits or Limits(), children or os.cpu_count() or 1)


class ForkedReaders:
    """Readers behind one extraction server that is started again when it dies."""

    def __init__(self, limits: Limits, children: int) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(children)
        self._drawings = asyncio.Semaphore(_LOOKS_AT_ONCE)
        self._comparisons = asyncio.Semaphore(_LOOKS_AT_ONCE)
        self._starting = asyncio.Lock()
        self._life: _Life | None = None
        self._is_closed = False

    async def start(self) -> Standing:
        """Start the extraction server unless it runs; say which protections hold here."""
        if not hasattr(os, "fork"):
            return Standing(no_network=False, no_files=False, no_new_privileges=False)
        return (await self._running()).standing

    async def read(self, path: Path, name: str, *, in_full: bool = True) -> Reading:
        """Read the file at `path`, as the contract promises; by itself always in full."""
        async with self._places:
            file, media_type = await asyncio.to_thread(_opened, path, name)
            try:
                if not hasattr(os, "fork"):
                    return ended("no_fork", media_type)
                ending, content = await self._done(file, Read(name))
            finally:
                os.close(file)
            if ending != "done":
                return ended(ending, media_type)
            if len(content) > _LARGE_ANSWER_BYTES:
                return await asyncio.to_thread(checked, content, media_type)
            return checked(content, media_type)

    def has_more(self, reading: Reading) -> bool:
        """Nothing is left out here."""
        return False

    async def draw(self, path: Path, name: str, page: int, width: int) -> Picture:
        """Draw a page of the file at `path`, as the contract promises."""
        async with self._drawings:
            file, _ = await asyncio.to_thread(_opened, path, name)
            try:
                if not hasattr(os, "fork"):
                    return Picture(reason="no_fork")
                ending, content = await self._done(file, Draw(name, page, width))
            finally:
                os.close(file)
        return checked_picture(content) if ending == "done" else Picture(reason=ending)

    async def compare(self, older: tuple[str, ...], newer: tuple[str, ...]) -> Comparison:
        """What changed between two texts, as the contract promises."""
        if not hasattr(os, "fork"):
            return Comparison(fault="no_fork")
        async with self._comparisons:
            with await asyncio.to_thread(_laid_out, (older, newer)) as file:
                ending, content = await self._done(file.fileno(), Compare())
        if ending != "done":
            return Comparison(fault=ending)
        return await asyncio.to_thread(checked_comparison, content)

    async def scan(self, path: Path, name: str, page: int) -> Scanned:
        """A page of the file that is only an image, drawn for a program that reads letters."""
        async with self._places:
            file, _ = await asyncio.to_thread(_opened, path, name)
            try:
                ending, content = await self._done(file, Scan(name, page))
            finally:
                os.close(file)
        return checked_scan(content) if ending == "done" else Scanned(reason=ending)

    async def language(self, pages: tuple[str, ...]) -> str:
        """Language of a text, ISO 639-1; "" when it cannot be told."""
        async with self._places:
            with await asyncio.to_thread(_laid_out, pages) as file:
                ending, content = await self._done(file.fileno(), Tell())
        return checked_language(content) if ending == "done" else ""

    async def means(self) -> ReadingMeans:
        """The bounds that hold here, as the contract promises; no program helps."""
        standing = await self.start()
        return ReadingMeans(
            hasattr(os, "fork"), standing.no_network, standing.no_files,
            standing.no_new_privileges,
        )  # fmt: skip

    async def close(self) -> None:
        """Stop the extraction server and its children; may be called twice."""
        self._is_closed = True
        async with self._starting:
            if self._life is not None:
                await self._life.end()
                self._life = None

    async def _done(self, file: int, task: Task) -> tuple[str, bytes]:
        """How a task ended, and its answer; a timeout or a lost server is tried once more."""
        ending, content = "crashed", b""
        for _ in range(_TRIES):
            with contextlib.suppress(_ServerGone):
                life = await self._running()
                ending, content = await life.ask(file, task, self._limits)
                if ending != "timeout":
                    break
        return ending, content

    async def _running(self) -> _Life:
        async with self._starting:
            if self._is_closed:
                raise Fault
            if self._life is None or self._life.is_over:
                if self._life is not None:
                    await self._life.end()
                self._life = await _born()
            return self._life


@dataclass(eq=False, slots=True)
class _Life:
    """One run of the extraction server, from its start to its end."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    standing: Standing
    waiting: dict[int, asyncio.Future[str]] = field(default_factory=dict)
    last: int = 0
    is_over: bool = False

    async def ask(self, file: int, task: Task, limits: Limits) -> tuple[str, bytes]:
        """How a task with a file ended, and what its child wrote. `_ServerGone` when neither."""
        loop = asyncio.get_running_loop()
        incoming, outgoing = os.pipe()
        intake = _Intake(incoming)
        self.last += 1
        order = Order(self.last, task, limits)
        try:
            loop.add_reader(incoming, intake.fill)
            ending = await self._verdict(order, [file, outgoing])
        finally:
            loop.remove_reader(incoming)
            os.close(outgoing)
            content = intake.emptied()
            os.close(incoming)
        return ("too_large" if intake.is_over else ending), content

    def listen(self) -> None:
        """Take what the extraction server says; called by the loop."""
        try:
            message = self.control.recv(MAX_MESSAGE_BYTES)
            verdict = said(message) if message else None
        except BlockingIOError:
            return
        except (OSError, msgspec.DecodeError):
            verdict = None
        if not isinstance(verdict, Verdict):
            self.over()
            return
        future = self.waiting.get(verdict.number)
        if future is not None and not future.done():
            future.set_result(verdict.ending)

    def over(self) -> None:
        """The extraction server is gone: tell all who wait for it."""
        if self.is_over:
            return
        self.is_over = True
        asyncio.get_running_loop().remove_reader(self.control)
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(_ServerGone())

    async def end(self) -> None:
        """Close the socket, at which it ends and kills its children; wait until it is gone."""
        self.over()
        self.control.close()
        await asyncio.to_thread(_gone, self.process)

    async def _verdict(self, order: Order, handles: list[int]) -> str:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            socket.send_fds(self.control, [packed(order)], handles)
            self.waiting[order.number] = future
            async with asyncio.timeout(order.limits.wall_seconds + _GRACE_SECONDS):
                return await future
        except OSError as error:  # TimeoutError is one, and so is a full socket: it hangs
            self.over()
            raise _ServerGone from error
        finally:
            self.waiting.pop(order.number, None)


class _Intake:
    """Gathers what comes through a pipe, up to the cap of a result."""

    def __init__(self, pipe: int) -> None:
        os.set_blocking(pipe, False)
        self._pipe = pipe
        self._content = bytearray()
        self.is_over = False

    def fill(self) -> bool:
        """Take one piece; false when there is none. Beyond the cap it is thrown away."""
        try:
            piece = os.read(self._pipe, _PIPE_STEP_BYTES)
        except BlockingIOError:
            return False
        self.is_over = self.is_over or len(self._content) + len(piece) > MAX_RESULT_BYTES
        if not self.is_over:
            self._content += piece
        return bool(piece)

    def emptied(self) -> bytes:
        """All there was: the child is gone, what it wrote is in the pipe."""
        while self.fill():
            pass
        return bytes(self._content)


async def _born() -> _Life:
    ours, theirs = socket.socketpair(socket.AF_UNIX, SOCKET_KIND)
    with theirs:
        process = await asyncio.to_thread(_spawned, theirs)
    ours.setblocking(False)
    standing = await _first_word(ours)
    if standing is None:
        ours.close()
        await asyncio.to_thread(_gone, process)
        raise Fault
    life = _Life(process, ours, standing)
    asyncio.get_running_loop().add_reader(ours, life.listen)
    return life


async def _first_word(control: socket.socket) -> Standing | None:
    try:
        async with asyncio.timeout(_START_SECONDS):
            message = await asyncio.get_running_loop().sock_recv(control, MAX_MESSAGE_BYTES)
        standing = said(message)
    except (OSError, msgspec.DecodeError):
        return None
    return standing if isinstance(standing, Standing) else None


def _spawned(control: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen[bytes](
        [sys.executable, "-I", "-X", "utf8", "-c", _START, str(_PACKAGE_PARENT)],
        stdin=control.fileno(), stdout=subprocess.DEVNULL, env={}, cwd="/", start_new_session=True,
    )  # fmt: skip


def _gone(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_SECONDS)
    if process.returncode is None:
        process.kill()
        process.wait()


def _laid_out(texts: tuple[object, ...]) -> BinaryIO:
    """A nameless file with one text or two; the child reads it from its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    file.write(msgspec.msgpack.encode(texts))
    file.seek(0)
    return file


def _opened(path: Path, name: str) -> tuple[int, str]:
    """The file for reading, and its media type as far as its head tells."""
    try:
        # not to wait for the other end of a pipe that stands where a file should
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        is_missing = error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR)
        raise (BlobMissing(path.name) if is_missing else Fault()) from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise BlobMissing(path.name)
    return file, media_type_of(os.read(file, HEAD_BYTES), name)
