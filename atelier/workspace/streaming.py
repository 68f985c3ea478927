"""Bytes between the loop and a thread: age takes and gives them only in calls that block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from atelier.files import NewFile, ReadFile

T = TypeVar("T")


class Stopped(Exception):
    """In the thread: nobody waits for it any more."""


class Thread:
    """One thread that works for the loop, and asks it for what only the loop may do."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_stopped = False

    async def run(self, act: Callable[[], None]) -> None:
        """Have the thread do this. When the caller is cancelled it stops at its next step."""
        working = asyncio.ensure_future(asyncio.to_thread(act))
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            self._is_stopped = True
            await asyncio.gather(working, return_exceptions=True)
            raise

    def ask(self, wanted: Coroutine[Any, Any, T]) -> T:
        """In the thread: what the loop answers."""
        return self.begin(wanted).result()

    def begin(self, wanted: Coroutine[Any, Any, T]) -> Future[T]:
        """In the thread: have the loop begin something, without waiting for it."""
        if self._is_stopped:
            wanted.close()
            raise Stopped
        return asyncio.run_coroutine_threadsafe(wanted, self._loop)


class Pulled:
    """What an async generator gives, read in a thread."""

    def __init__(self, thread: Thread, pieces: AsyncGenerator[bytes, None]) -> None:
        self._thread = thread
        self._pieces = pieces
        self._held = memoryview(b"")

    def read(self, length: int = -1) -> bytes:
        """The next bytes, at most so many; none at the end."""
        while not self._held:
            piece = self._thread.ask(self._next())
            if piece is None:
                return b""
            self._held = memoryview(piece)
        wanted = len(self._held) if length < 0 else length
        taken, self._held = self._held[:wanted], self._held[wanted:]
        return bytes(taken)

    async def _next(self) -> bytes | None:
        return await anext(self._pieces, None)


class FileSource:
    """A file read from its beginning, in a thread. Raises `OSError`."""

    def __init__(self, file: ReadFile) -> None:
        self._file = file
        self._offset = 0

    def read(self, length: int = -1) -> bytes:
        """The next bytes, at most so many; none at the end."""
        piece = self._file.read(self._offset, self._file.size_bytes if length < 0 else length)
        self._offset += len(piece)
        return piece


class FileSink:
    """A new file, written in a thread; `size_bytes` were."""

    def __init__(self, file: NewFile) -> None:
        self._file = file
        self.size_bytes = 0

    def write(self, piece: bytes) -> int:
        """Append them all; how many."""
        self._file.write(piece)
        self.size_bytes += len(piece)
        return len(piece)
