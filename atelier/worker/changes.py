"""When something changes in folders: by events where the system gives any, else by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

from watchfiles import awatch

_AGAIN_AFTER_SECONDS: Final = 60.0
_log = logging.getLogger(__name__)


class Changes:
    """Watches some folders, and what stands directly in them."""

    def __init__(self, *, again_after: float = _AGAIN_AFTER_SECONDS) -> None:
        self._again_after = again_after
        self._paths: tuple[Path, ...] = ()
        self._events: AsyncGenerator[bool, None] | None = None

    async def wait(self, paths: tuple[Path, ...], seconds: float) -> bool:
        """Return after a change there since the last time (True), or after so long.

        True also when the watch broke: something came that it could not tell. Then the clock
        alone tells for a while (`again_after`, seconds), and it is begun anew.

        A folder that is not there is not watched. A sub-folder would cost the system a watch
        each, for good: what comes there is seen by whoever looks.
        """
        if self._events is None or paths != self._paths:
            await self.close()
            self._paths, self._events = paths, _events(paths, seconds, self._again_after)
        try:
            return await anext(self._events)
        except StopAsyncIteration:  # the wait before was cancelled or failed
            self._events = None
            return True

    async def close(self) -> None:
        """Watch nothing any more; `wait` may be called again."""
        if self._events is not None:
            await self._events.aclose()
            self._events = None


async def _events(
    paths: tuple[Path, ...], seconds: float, again_after: float
) -> AsyncGenerator[bool, None]:
    told = ""
    while True:
        try:
            async with contextlib.aclosing(_watched(paths, seconds)) as changes:
                async for is_change in changes:
                    yield is_change
        # A name in no text we know comes as a group. As many watches as the system gives
        # may be taken, or the disk be of another kind.
        except (OSError, RuntimeError, ValueError, ExceptionGroup) as error:
            if told != _words(error):
                told = _words(error)
                _log.warning("drop folders are not watched for a while: %s", told)
            yield True
        for _ in range(max(1, round(again_after / seconds))):
            await asyncio.sleep(seconds)
            yield False


async def _watched(paths: tuple[Path, ...], seconds: float) -> AsyncGenerator[bool, None]:
    """What the system tells of those that are there; ends at once when none is."""
    there = await asyncio.to_thread(lambda: [path for path in paths if path.is_dir()])
    if not there:
        return
    watching = awatch(
        *there,
        watch_filter=None,
        recursive=False,
        rust_timeout=int(seconds * 1000),
        yield_on_timeout=True,
    )
    async with contextlib.aclosing(watching):
        async for changes in watching:
            yield bool(changes)


def _words(error: Exception) -> str:
    each = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    return "; ".join(f"{type(one).__name__}: {one}" for one in each)
