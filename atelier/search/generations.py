"""The index of an address: generations side by side, one of which answers.

Each stands in a sub-folder, `tantivy-1` or `whoosh-2`, that one engine keeps; the file
`current`, replaced at once, names the one that answers. It is looked at before every call, so
that all processes change over together. A generation that goes while it answers a question
here is closed after that answer; what it could not answer any more, the new one is asked.
"""

from __future__ import annotations

import asyncio
import logging
import re
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

from atelier.errors import Fault, IndexUnready, WriteFailed
from atelier.files import Disk, Lock
from atelier.search.contract import Ask, Entry, Found, Index, Within

CURRENT = "current"
BUILDING = "building.lock"

_log = logging.getLogger(__name__)
_Done = TypeVar("_Done")
# (inode, size, nanoseconds) of `current`, which is replaced and never written again.
_Stamp = tuple[int, int, int]

_GENERATION = re.compile(r"([a-z]{1,20})-([1-9][0-9]{0,17})")
_LONGEST_NAME = 64
# What releases before generations left in the folder itself.
_EARLIER = re.compile(
    r"meta\.json|\.managed\.json|\.tantivy-(meta|writer)\.lock|[0-9a-f]{32}\.[a-z0-9.]{1,20}"
)
_SCRATCH = frozenset({"MAIN.tmp"})
_EARLIER_MARKS = frozenset({"meta.json", ".managed.json"})

# The engine of that name, in that folder.
Opened = Callable[[str, Path], Index]


@dataclass(slots=True)
class _Open:
    """A generation that is open here; closed when it is left and no call uses it."""

    name: str
    index: Index
    stamp: _Stamp
    calls: int = 0
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class _Built:
    """A generation that is being filled here, and the lock of whoever builds."""

    name: str
    index: Index
    lock: Lock = field(repr=False)


class Generations:
    """A `Shelf` in a folder; `known` are the engines that `opened` can open.

    Used by one event loop.
    """

    def __init__(
        self, folder: Path, wanted: str, *, known: frozenset[str], opened: Opened, disk: Disk
    ) -> None:
        self._folder = folder
        self._wanted = wanted
        self._known = known
        self._opened = opened
        self._disk = disk
        self._answering: _Open | None = None
        self._built: _Built | None = None

    @property
    def wanted(self) -> str:
        """See the contract."""
        return self._wanted

    async def engine(self) -> str:
        """See the contract."""
        try:
            async with self._using() as held:
                await held.index.applied()
                return _engine_of(held.name)
        except IndexUnready:
            return ""

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[Index]:
        """See the contract."""
        async with self._using() as held:
            yield held.index

    async def applied(self) -> int:
        """See the contract."""
        return await self._ask(lambda index: index.applied())

    async def find(self, ask: Ask) -> Found:
        """See the contract."""
        return await self._ask(lambda index: index.find(ask))

    async def beginning(self, start: str, within: Within, limit: int) -> tuple[str, ...]:
        """See the contract."""
        return await self._ask(lambda index: index.beginning(start, within, limit))

    async def near(self, exact: str, within: Within, limit: int) -> tuple[int, ...]:
        """See the contract."""
        return await self._ask(lambda index: index.near(exact, within, limit))

    async def apply(
        self,
        entries: Sequence[Entry],
        removed: frozenset[int],
        number: int,
        *,
        is_gentle: bool = False,
    ) -> None:
        """See the contract."""
        async with self.holding() as index:
            await index.apply(entries, removed, number, is_gentle=is_gentle)

    async def reset(self) -> None:
        """See the contract: a new generation of the wanted engine, in the place of the others."""
        # Held, so that nobody who begins to build takes this one for a leftover. Who builds
        # already goes on, and its leftovers are its own to remove.
        lock = await asyncio.to_thread(self._lock)
        with lock or nullcontext():
            name = await asyncio.to_thread(self._claim)
            index = self._opened(self._wanted, self._folder / name)
            try:
                await index.reset()
                await index.rest()
                await asyncio.to_thread(self._name, name)
            except BaseException:
                await self._give_up(name, index)
                raise
            await index.close()
            if lock is not None:
                with suppress(Fault):
                    await asyncio.to_thread(self._tidy)

    async def rest(self) -> None:
        """See the contract."""
        held = self._answering
        if held is not None:
            async with self._counted(held):
                await held.index.rest()

    async def build(self) -> Index | None:
        """See the contract."""
        lock = await asyncio.to_thread(self._lock)
        if lock is None:
            return None
        try:
            await asyncio.to_thread(self._tidy)
            name = await asyncio.to_thread(self._claim)
        except BaseException:
            lock.release()
            raise
        self._built = _Built(name, self._opened(self._wanted, self._folder / name), lock)
        try:
            await self._built.index.reset()
        except BaseException:
            await self.leave(self._built.index)
            raise
        return self._built.index

    async def take(self, built: Index) -> None:
        """See the contract. Raises `NoRoom` or `WriteFailed`: then it may be taken again."""
        mine = self._mine(built)
        await built.rest()
        await asyncio.to_thread(self._name, mine.name)
        self._built = None
        with mine.lock:
            await built.close()
            # It answers already: what cannot be removed now is a leftover for the next one.
            with suppress(Fault):
                await asyncio.to_thread(self._tidy)

    async def leave(self, built: Index) -> None:
        """See the contract."""
        mine = self._mine(built)
        self._built = None
        with mine.lock:
            await self._give_up(mine.name, built)

    async def close(self) -> None:
        """See the contract. What is being built is left."""
        if self._built is not None:
            await self.leave(self._built.index)
        held, self._answering = self._answering, None
        if held is not None:
            await held.index.close()

    async def _ask(self, question: Callable[[Index], Awaitable[_Done]]) -> _Done:
        """The answer of the generation that answers; of the next one when it is no more."""
        async with self._using() as held:
            try:
                return await question(held.index)
            except IndexUnready:
                if self._stamp() in (held.stamp, None):
                    raise
        async with self._using() as held:
            return await question(held.index)

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[_Open]:
        """The generation that answers now, open as long as the block lasts."""
        left, held = self._answering, self._current()
        self._answering = held
        if left is not None and left is not held:
            left.is_left = True
            await _close_unused(left)
        if held is None:
            raise IndexUnready()
        async with self._counted(held):
            yield held

    @asynccontextmanager
    async def _counted(self, held: _Open) -> AsyncIterator[None]:
        held.calls += 1
        try:
            yield
        finally:
            held.calls -= 1
            await _close_unused(held)

    def _current(self) -> _Open | None:
        """Without a pause, so that two calls never open the same one twice."""
        stamp = self._stamp()
        if self._answering is not None and self._answering.stamp == stamp:
            return self._answering
        try:
            name = self._named()
        except OSError:
            return None
        if stamp is None or name is None:
            return None
        return _Open(name, self._opened(_engine_of(name), self._folder / name), stamp)

    def _stamp(self) -> _Stamp | None:
        try:
            facts = self._disk.look(self._folder / CURRENT)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            # A disk that stumbles is no reason to build an index anew: what is open goes on.
            return None if self._answering is None else self._answering.stamp
        return facts.st_ino, facts.st_size, facts.st_mtime_ns

    def _named(self) -> str | None:
        """What `current` names; None when it names nothing that this Atelier can open.

        Raises `OSError` when that cannot be read.
        """
        try:
            with closing(self._disk.open(self._folder / CURRENT)) as file:
                name = file.read(0, _LONGEST_NAME).decode("ascii").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            return None
        return name if _engine_of(name) in self._known else None

    def _lock(self) -> Lock | None:
        self._put_aside(self._folder, stat.S_ISREG)
        self._disk.make_folder(self._folder)
        for name in (BUILDING, CURRENT):
            self._put_aside(self._folder / name, stat.S_ISDIR)
        return self._disk.lock(self._folder / BUILDING)

    def _put_aside(self, path: Path, is_wrong: Callable[[int], bool]) -> None:
        """Rename what cannot be in the place of ours: an index is built again, that is not."""
        with suppress(OSError):
            if not is_wrong(self._disk.look(path).st_mode):
                return
            others = set(self._disk.names(path.parent))
            names = (f"{path.name}.aside-{number}" for number in count(1))
            aside = path.with_name(next(name for name in names if name not in others))
            self._disk.rename(path, aside)
            _log.warning("not of the index, put aside", extra={"facts": {"path": str(aside)}})

    def _claim(self) -> str:
        """A new empty sub-folder for the wanted engine, which nobody else takes."""
        self._disk.make_folder(self._folder)
        with _speaking(self._folder), closing(self._disk.open_folder(self._folder)) as folder:
            number = 1 + max((_number_of(name) for name in folder.names()), default=0)
            while not folder.make_folder(f"{self._wanted}-{number}"):
                number += 1
        return f"{self._wanted}-{number}"

    def _name(self, name: str) -> None:
        try:
            self._disk.write_small(self._folder / CURRENT, name.encode("ascii"))
        except Fault:
            # Named, but perhaps not for good: all processes ask it already.
            with _speaking(self._folder):
                if self._named() != name:
                    raise

    def _tidy(self) -> None:
        """Remove generations that do not answer, and files of earlier releases; no others'."""
        with _speaking(self._folder):
            answering = self._named()
            names = set(self._disk.names(self._folder))
        for name in names:
            if name != answering and _engine_of(name) in self._known:
                self._remove(name)
        if names & _EARLIER_MARKS:
            for name in filter(_EARLIER.fullmatch, names):
                self._disk.discard(self._folder / name)

    def _remove(self, name: str) -> None:
        """Remove a generation; what cannot be removed now is a leftover for the next `_tidy`."""
        folder = self._folder / name
        # Engines keep files, and one folder for scratch: with others in it, it is somebody's.
        with suppress(OSError, Fault):
            kept = [folder / name for name in self._disk.names(folder) if name not in _SCRATCH]
            if not any(stat.S_ISDIR(self._disk.look(path).st_mode) for path in kept):
                self._disk.remove_tree(folder)

    async def _give_up(self, name: str, index: Index) -> None:
        await index.close()
        await asyncio.to_thread(self._remove, name)

    def _mine(self, built: Index) -> _Built:
        if self._built is None or self._built.index is not built:
            raise LookupError("not what is being built here")
        return self._built


async def _close_unused(held: _Open) -> None:
    if held.is_left and not held.calls:
        await held.index.close()


def _engine_of(name: str) -> str:
    found = _GENERATION.fullmatch(name)
    return "" if found is None else found[1]


def _number_of(name: str) -> int:
    found = _GENERATION.fullmatch(name)
    return 0 if found is None else int(found[2])


@contextmanager
def _speaking(folder: Path) -> Iterator[None]:
    """Looking raises `OSError`; who writes is told ours."""
    try:
        yield
    except OSError as error:
        raise WriteFailed(f"index {folder}") from error
