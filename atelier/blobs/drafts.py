"""Bytes on their way into the local store.

Bytes are gathered in memory up to `BATCH_BYTES`, then hashed and written by a thread
while the next ones arrive: a deposit below that size costs one hop to a thread in all,
and its file exists only while it is sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from atelier.blobs.intake import Intake
from atelier.blobs.threads import outlive
from atelier.errors import AtelierError, Fault, TooLarge, WriteFailed
from atelier.model.documents import Blob

T = TypeVar("T")

BATCH_BYTES = 512 * 1024


class LocalDraft:
    """A draft of the local store; see `Draft` for what it promises."""

    def __init__(self, intake: Intake, threads: ThreadPoolExecutor, limit_bytes: int) -> None:
        self._intake = intake
        self._threads = threads
        self._limit_bytes = limit_bytes
        self._batch = bytearray()
        self._size_bytes = 0
        self._writing: Future[None] | None = None
        self._refusal: AtelierError | None = None

    @property
    def size_bytes(self) -> int:
        """Bytes taken so far."""
        return self._size_bytes

    async def write(self, chunk: bytes) -> None:
        """Gather; a full batch goes to a thread once the one before is written."""
        if self._refusal is not None:
            raise self._refusal
        if self._size_bytes + len(chunk) > self._limit_bytes:
            self._refusal = TooLarge(self._limit_bytes)
            raise self._refusal
        self._batch += chunk
        self._size_bytes += len(chunk)
        if len(self._batch) >= BATCH_BYTES:
            await self._hand_over()

    async def seal(self) -> Blob:
        """Write the rest and make all durable, in one hop to a thread."""
        if self._refusal is not None:
            refusal = self._refusal
            await self.drop()
            raise refusal
        return await self._end(self._intake.settle, self._batch)

    async def drop(self) -> None:
        """Forget the bytes, and the file if there is one already."""
        if self._writing is None:
            self._refusal = WriteFailed("the draft was dropped")
        else:
            await self._end(self._intake.drop)

    async def _hand_over(self) -> None:
        # Stands when the wait below is cancelled: the caller cannot know what was taken.
        self._refusal = WriteFailed("a write was cancelled")
        try:
            if self._writing is not None:
                await outlive(self._writing)
        except Fault as fault:
            self._refusal = fault
            raise
        self._writing = self._threads.submit(self._intake.take, self._batch)
        self._batch = bytearray()
        self._refusal = None

    async def _end(self, step: Callable[..., T], *given: bytearray) -> T:
        writing, self._writing = self._writing, None
        self._refusal = WriteFailed("the draft was ended")
        return await outlive(self._threads.submit(_after, writing, step, *given))


def _after(writing: Future[None] | None, step: Callable[..., T], *given: bytearray) -> T:
    # The batch before was submitted first, so that it already has its thread: this
    # never waits for one that waits.
    if writing is not None:
        wait([writing])
    return step(*given)
