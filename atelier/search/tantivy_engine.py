"""The default engine: tantivy, embedded, one folder of files.

Reading takes no lock of the writer's and works beside it, from other processes too. The
writer is opened at the first `apply` and given back by `rest` or `close`.
"""

from __future__ import annotations

import asyncio
import ctypes
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import tantivy

from atelier.errors import Busy, IndexUnready, NoRoom, WriteFailed
from atelier.search import tantivy_fields
from atelier.search.contract import Ask, Counts, Entry, Found, Within
from atelier.search.pacing import paced
from atelier.search.tantivy_answers import counted, nearest, window, words_beginning
from atelier.search.tantivy_query import Asking

_Done = TypeVar("_Done")

# Of this thread's own work, the clock on the wall apart: that one is as slow as the machine
# is loaded, and only says when nobody waits any more.
_SECONDS_PER_QUERY = 1.0
_SECONDS_WAITED = 10.0
_READERS = 4
# The least tantivy accepts for one thread; more only makes bigger first segments.
_WRITER_BYTES = 15_000_000

_OWN_FILES = re.compile(r"meta\.json|\.managed\.json|\.tantivy-meta\.lock|[0-9a-f]{32}\..+|\.tmp.+")

# (seconds, size, inode) of meta.json, which every commit replaces.
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _State:
    """One committed state of the index, as queries see it."""

    stamp: _Stamp
    searcher: tantivy.Searcher
    applied: int
    languages: tuple[str, ...]


class TantivyIndex:
    """An `Index` in a folder. `installation` names who wrote it: another's is refused."""

    def __init__(self, folder: Path, installation: str = "") -> None:
        self._folder = folder
        self._installation = installation
        self._fields = tantivy_fields.schema()
        # One lock around reload() and searcher(): together they fail now and then.
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._state: _State | None = None
        self._damaged: _Stamp | None = None
        self._writing = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="search")
        self._follower = ThreadPoolExecutor(1, thread_name_prefix="index")

    async def applied(self) -> int:
        """See the contract."""
        state = await asyncio.get_running_loop().run_in_executor(self._readers, self._current)
        return state.applied

    async def find(self, ask: Ask) -> Found:
        """See the contract."""
        return await self._read(lambda: self._find(ask))

    async def beginning(self, start: str, within: Within, limit: int) -> tuple[str, ...]:
        """See the contract."""
        return await self._read(lambda: self._beginning(start, within, limit))

    async def near(self, exact: str, within: Within, limit: int) -> tuple[int, ...]:
        """See the contract."""
        return await self._read(lambda: self._near(exact, within, limit))

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

    async def _read(self, work: Callable[[], _Done]) -> _Done:
        loop = asyncio.get_running_loop()
        try:
            return await asyncio.wait_for(
                loop.run_in_executor(self._readers, work), _SECONDS_WAITED
            )
        except TimeoutError:
            raise Busy() from None

    async def _follow(self, work: Callable[[], _Done]) -> _Done:
        return await asyncio.get_running_loop().run_in_executor(self._follower, work)

    def _current(self) -> _State:
        """The last committed state; the same object until the next commit."""
        with self._lock, _reading():
            stamp = _stamp(self._folder)
            if stamp == self._damaged:
                raise IndexUnready()
            if self._state is None or self._state.stamp != stamp:
                self._state = self._reloaded(stamp)
            return self._state

    def _reloaded(self, stamp: _Stamp) -> _State:
        # Opened anew after a failure: what failed is not kept.
        index, self._index, self._state = self._index or self._opened(), None, None
        index.reload()
        searcher = index.searcher()
        state = _State(
            stamp=stamp,
            searcher=searcher,
            applied=self._number(searcher),
            languages=tuple(
                language for language, _ in searcher.terms_with_prefix(tantivy_fields.LANGUAGE, "")
            ),
        )
        self._index = index
        return state

    def _opened(self) -> tantivy.Index:
        index = tantivy.Index(self._fields, str(self._folder), reuse=True)
        # Reloaded when a commit was seen, not by a thread that wakes for it.
        index.config_reader("manual")
        tantivy_fields.register(index)
        return index

    def _number(self, searcher: tantivy.Searcher) -> int:
        """The number in the mark, which also says that this index is ours."""
        mark = self._of(tantivy_fields.MARK, [tantivy_fields.MARK])
        hits = searcher.search(mark, limit=1).hits
        if not hits:
            raise IndexUnready()
        found = searcher.doc(hits[0][1])
        written_by = found.get_first(tantivy_fields.MARK_INSTALLATION)
        written_as = found.get_first(tantivy_fields.MARK_FORMAT)
        if (written_by, written_as) != (self._installation, tantivy_fields.FORMAT):
            raise IndexUnready()
        return int(found.get_first(tantivy_fields.MARK_APPLIED) or 0)

    def _find(self, ask: Ask) -> Found:
        with self._asking(ask.within, with_older=ask.with_older) as (searcher, asking):
            for attempt, asked in enumerate(asking.attempts(ask.query)):
                narrowed = asking.narrowed(asked, ask.query, ask.bounds)
                total, documents = window(searcher, narrowed, ask)
                if total:
                    counts = counted(searcher, narrowed) if ask.with_counts else Counts()
                    return Found(total, documents, is_partial=attempt > 0, counts=counts)
        return Found(0, ())

    def _beginning(self, start: str, within: Within, limit: int) -> tuple[str, ...]:
        with self._asking(within) as (searcher, asking):
            return words_beginning(searcher, start, asking.readable(), limit)

    def _near(self, exact: str, within: Within, limit: int) -> tuple[int, ...]:
        with self._asking(within) as (searcher, asking):
            return nearest(searcher, asking.near(exact), limit)

    @contextmanager
    def _asking(
        self, within: Within, *, with_older: bool = False
    ) -> Iterator[tuple[tantivy.Searcher, Asking]]:
        """The last committed state, and how to ask it; a damage met makes it unready."""
        state = self._current()
        until = time.thread_time() + _SECONDS_PER_QUERY
        asking = Asking(
            self._fields,
            state.searcher,
            state.languages,
            within,
            with_older=with_older,
            until=until,
        )
        try:
            with _reading():
                yield state.searcher, asking
        except IndexUnready:
            self._damaged = state.stamp
            raise

    def _apply(
        self, entries: Sequence[Entry], removed: frozenset[int], number: int, is_gentle: bool
    ) -> None:
        self._current()
        with self._written() as writer:
            gone = removed.union(entry.document for entry in entries)
            # By query: a deletion by term takes a number for a signed one and deletes nothing.
            writer.delete_documents_by_query(self._of(tantivy_fields.DOCUMENT, gone))
            for entry in paced(entries, is_gentle=is_gentle):
                writer.add_document(tantivy_fields.document_of(entry, self._fields))
            self._mark(writer, number)

    def _of(self, name: str, values: Iterable[int] | Iterable[str]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._fields, name, list(values))

    def _mark(self, writer: tantivy.IndexWriter, number: int) -> None:
        writer.delete_documents_by_query(self._of(tantivy_fields.MARK, [tantivy_fields.MARK]))
        writer.add_document(tantivy_fields.mark_of(self._installation, number, self._fields))
        writer.commit()

    @contextmanager
    def _written(self) -> Iterator[tantivy.IndexWriter]:
        """The writer; given up when it fails, as nothing more can be done with it."""
        with self._writing:
            try:
                with _speaking(_write_fault):
                    if self._writer is None:
                        with self._lock:
                            index = self._index = self._index or self._opened()
                        self._writer = index.writer(_WRITER_BYTES, 1)
                    yield self._writer
            except (NoRoom, WriteFailed):
                self._writer = None
                raise

    def _reset(self) -> None:
        with self._writing, self._lock:
            self._writer = self._index = self._state = None
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                for file in self._folder.iterdir():
                    if _OWN_FILES.fullmatch(file.name):
                        file.unlink()
            except OSError as fault:
                raise _write_fault(fault) from fault
        with self._written() as writer:
            self._mark(writer, 0)

    def _rest(self) -> None:
        with self._writing:
            if self._writer is not None:
                writer, self._writer = self._writer, None
                with _speaking(_write_fault):
                    writer.wait_merging_threads()
                del writer
                _give_back_memory()

    def _close(self) -> None:
        self._follower.shutdown()
        self._readers.shutdown()
        with self._writing, self._lock:
            # Merges under way are let go: they lose nothing, a later commit clears them.
            self._writer = self._index = self._state = None


def _give_back_memory() -> None:
    """Ask glibc for what freed blocks hold: 34 of 76 MB after 2,000 texts; elsewhere nothing."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _stamp(folder: Path) -> _Stamp:
    meta = (folder / "meta.json").stat()
    return meta.st_mtime_ns, meta.st_size, meta.st_ino


@contextmanager
def _speaking(translated: Callable[[BaseException], Exception]) -> Iterator[None]:
    """What tantivy raises, as ours. Its panics over damaged files are no `Exception`."""
    try:
        yield
    except (ValueError, OSError) as fault:
        raise translated(fault) from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise translated(fault) from fault


def _reading() -> AbstractContextManager[None]:
    return _speaking(lambda fault: IndexUnready())


def _write_fault(fault: BaseException) -> Exception:
    if "No space left" in str(fault) or "quota exceeded" in str(fault).lower():
        return NoRoom()
    return WriteFailed("the search index")
