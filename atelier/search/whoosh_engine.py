"""The engine in pure Python: Whoosh, for any platform and up to some thousand texts.

Reading takes no lock of the writer's and works beside it, from other processes too. The
writer's lock is taken at the first `apply` and given back by `rest` or `close`.
"""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from atelier.errors import Busy, IndexUnready, NoRoom, WriteFailed
from atelier.files import Disk, NewFile
from atelier.search import whoosh_answers, whoosh_files, whoosh_writer
from atelier.search.contract import Ask, Entry, Found, Within
from atelier.search.whoosh_files import Contents, Segment, Stamp
from atelier.search.whoosh_view import Leaf, View

_Done = TypeVar("_Done")

# Of this thread's own work, the clock on the wall apart: that one is as slow as the machine
# is loaded, and only says when nobody waits any more.
_SECONDS_PER_QUERY = 1.0
_SECONDS_WAITED = 10.0
_READERS = 2
_FULL = {errno.ENOSPC, errno.EDQUOT}


class WhooshIndex:
    """An `Index` in a folder. `installation` names who wrote it: another's is refused."""

    def __init__(self, folder: Path, installation: str = "") -> None:
        self._folder = folder
        self._installation = installation
        self._disk = Disk()
        self._lock = threading.Lock()
        self._view: tuple[Stamp, View] | None = None
        self._leaves: dict[str, Leaf] = {}
        self._damaged: Stamp | None = None
        self._writing = threading.Lock()
        self._writers_lock: NewFile | None = None
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="search")
        self._follower = ThreadPoolExecutor(1, thread_name_prefix="index")

    async def applied(self) -> int:
        """See the contract."""
        view = await asyncio.get_running_loop().run_in_executor(self._readers, self._current)
        return view.contents.applied

    async def find(self, ask: Ask) -> Found:
        """See the contract."""
        return await self._read(lambda view, until: whoosh_answers.found(view, ask, until))

    async def beginning(self, start: str, within: Within, limit: int) -> tuple[str, ...]:
        """See the contract."""
        return await self._read(
            lambda view, _: whoosh_answers.words_beginning(view, start, within, limit)
        )

    async def near(self, exact: str, within: Within, limit: int) -> tuple[int, ...]:
        """See the contract."""
        return await self._read(
            lambda view, until: whoosh_answers.nearest(view, exact, within, limit, until)
        )

    async def apply(
        self,
        entries: Sequence[Entry],
        removed: frozenset[int],
        number: int,
        *,
        is_gentle: bool = False,
    ) -> None:
        """See the contract."""
        await self._follow(lambda: self._apply(entries, removed, number, is_gentle))

    async def reset(self) -> None:
        """See the contract."""
        await self._follow(self._reset)

    async def rest(self) -> None:
        """See the contract."""
        await self._follow(self._rest)

    async def close(self) -> None:
        """See the contract."""
        await asyncio.to_thread(self._close)

    async def _read(self, work: Callable[[View, float], _Done]) -> _Done:
        def timed() -> _Done:
            view = self._current()
            return work(view, time.thread_time() + _SECONDS_PER_QUERY)

        reading = asyncio.get_running_loop().run_in_executor(self._readers, timed)
        try:
            return await asyncio.wait_for(reading, _SECONDS_WAITED)
        except TimeoutError:
            raise Busy() from None

    async def _follow(self, work: Callable[[], _Done]) -> _Done:
        return await asyncio.get_running_loop().run_in_executor(self._follower, work)

    def _current(self) -> View:
        """The last committed state; the same object until the next commit."""
        with self._lock:
            stamp = self._stamp()
            while self._view is None or self._view[0] != stamp:
                view = self._opened(stamp)
                if view is not None:
                    self._view = stamp, view
                    break
                stamp = self._stamp()
            return self._view[1]

    def _stamp(self) -> Stamp:
        try:
            stamp = whoosh_files.stamp_of(self._folder)
        except OSError as fault:
            raise IndexUnready() from fault
        if stamp == self._damaged:
            raise IndexUnready()
        return stamp

    def _opened(self, stamp: Stamp) -> View | None:
        """What was committed; None when the next commit removed it meanwhile."""
        try:
            contents = whoosh_files.read(self._folder, self._installation)
            leaves = {segment.id: self._leaf(segment) for segment in contents.segments}
        except (OSError, IndexUnready) as fault:
            if self._stamp() != stamp:
                return None
            # Not looked at again before the next commit or `reset`.
            self._damaged = stamp
            raise IndexUnready() from fault
        self._leaves = leaves
        return View(contents, list(leaves.values()))

    def _leaf(self, segment: Segment) -> Leaf:
        # A segment never changes: what was verified and opened before serves again.
        return self._leaves.get(segment.id) or Leaf(self._folder, segment)

    def _apply(
        self, entries: Sequence[Entry], removed: frozenset[int], number: int, is_gentle: bool
    ) -> None:
        with self._written():
            view = self._current()
            segments = whoosh_writer.written(
                self._folder, view, entries, removed, is_gentle=is_gentle
            )
            self._commit(msgspec.structs.replace(view.contents, applied=number, segments=segments))

    def _commit(self, contents: Contents) -> None:
        whoosh_files.write(self._disk, self._folder, contents)
        whoosh_files.sweep(self._disk, self._folder, contents.segments)

    @contextmanager
    def _written(self) -> Iterator[None]:
        """While this index is the only one that writes in the folder."""
        with self._writing:
            if not (self._folder / whoosh_files.CONTENTS).exists():
                raise IndexUnready()
            try:
                self._take_lock()
                yield
            except OSError as fault:
                is_full = fault.errno in _FULL
                raise (NoRoom() if is_full else WriteFailed("the search index")) from fault

    def _take_lock(self) -> None:
        place = self._folder / whoosh_files.LOCK
        if self._writers_lock is not None and not self._writers_lock.is_at(place):
            self._give_back()
        if self._writers_lock is None:
            self._writers_lock = self._disk.reopen(place)
        if self._writers_lock is None:
            raise WriteFailed("the search index")

    def _reset(self) -> None:
        with self._writing, self._lock:
            self._give_back()
            self._view, self._leaves, self._damaged = None, {}, None
            self._disk.make_folder(self._folder)
            try:
                whoosh_files.clear(self._disk, self._folder)
                begun = whoosh_files.empty(self._folder, self._installation)
            except OSError as fault:
                raise WriteFailed("the search index") from fault
            whoosh_files.write(self._disk, self._folder, begun)

    def _rest(self) -> None:
        with self._writing:
            self._give_back()

    def _give_back(self) -> None:
        if self._writers_lock is not None:
            self._writers_lock.close()
            self._writers_lock = None

    def _close(self) -> None:
        self._follower.shutdown()
        self._readers.shutdown()
        with self._writing, self._lock:
            self._give_back()
            self._view, self._leaves = None, {}
