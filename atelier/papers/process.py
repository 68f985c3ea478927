"""Writes papers from within the server: a process for each, which ends with its file.

The server never imports what writes PDF: it is slow to load, and a paper takes memory and
seconds of a processor.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Final

import msgspec

from atelier.errors import Busy, WriteFailed
from atelier.model.prose import Sheet
from atelier.papers.contract import PaperKind
from atelier.papers.order import Order

_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[2]
# isolated (-I): no user site, no environment, no current folder on the path but this one
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from atelier.papers.__main__ import main; main()"
)
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 16
_WALL_SECONDS: Final = 60.0
_BUSY_SECONDS: Final = 30
_RETRY_SECONDS: Final = 10


class PapersBeside:
    """Papers written in processes of their own, two at once; no process is kept.

    `wall_seconds` bounds what somebody waits for a paper, the wait for a place with it.
    """

    def __init__(
        self, *, wall_seconds: float = _WALL_SECONDS, most_waiting: int = _MOST_WAITING
    ) -> None:
        self._wall_seconds = wall_seconds
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._most = _AT_ONCE + most_waiting
        self._count = 0

    async def write(self, sheet: Sheet, kind: PaperKind) -> bytes:
        """The file, as the contract promises; when nobody waits for it any more, none is made."""
        if self._count >= self._most:
            raise Busy(_RETRY_SECONDS)
        try:
            order = msgspec.msgpack.encode(Order(kind, sheet))
        except UnicodeEncodeError as error:  # half of a letter
            raise WriteFailed(f"paper.{kind}") from error
        status, content = await self._in_time(order)
        if status != 0 or not content:
            raise WriteFailed(f"paper.{kind}")
        return content

    async def _in_time(self, order: bytes) -> tuple[int | None, bytes]:
        self._count += 1
        try:
            async with asyncio.timeout(self._wall_seconds), self._places:
                return await self._answer(order)
        except TimeoutError as error:
            raise Busy(_BUSY_SECONDS) from error
        finally:
            self._count -= 1

    async def _answer(self, order: bytes) -> tuple[int | None, bytes]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-X", "utf8", "-c", _START, str(_PACKAGE_PARENT),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, cwd="/", start_new_session=True,
        )  # fmt: skip
        try:
            content, _ = await process.communicate(order)
            return process.returncode, content
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
