"""SQLite through aiosqlite: two readers, and one writer that commits in groups.

A *unit of work* is an `async def unit(tx)` that awaits only `tx` and may be run again.
All units that wait when the writer is free share one transaction, a savepoint each: a
unit that raises fails alone, a failed commit fails them all. `write` returns only after
the commit is on disk (WAL, `synchronous=FULL`).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from atelier.database.migrating import migrate
from atelier.errors import Busy, FolderUnready, FolderUnwritable, NoRoom, WriteFailed
from atelier.files import FaultSeam, healthy

T = TypeVar("T")

READERS = 2
GROUP_UNITS = 64
_BUSY_SECONDS = 5

_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
    # Room for the whole reach of 20,000 folders. With the 2 MB that SQLite takes by itself, a
    # hidden folder's rows came from the disk's cache and took 7 µs longer than none.
    "PRAGMA cache_size = -8192",
    "PRAGMA secure_delete = ON",
)


class Transaction:
    """One consistent view of the records, for the length of a unit of work."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self.statements = 0

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement, in its order."""
        self.statements += 1
        return list(await self._connection.execute_fetchall(sql, values))  # type: ignore[arg-type]

    async def row(self, sql: str, **values: object) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = await self.rows(sql, **values)
        return rows[0] if rows else None

    async def value(self, sql: str, **values: object) -> Any:
        """The first value of the first row, or None."""
        row = await self.row(sql, **values)
        return row[0] if row else None

    async def run(self, sql: str, **values: object) -> int:
        """Change rows; how many."""
        self.statements += 1
        async with self._connection.execute(sql, values) as cursor:
            return cursor.rowcount

    async def many(self, sql: str, values: list[dict[str, object]]) -> None:
        """Run one statement for each set of values, in one hop."""
        self.statements += 1
        await self._connection.executemany(sql, values)


Unit = Callable[[Transaction], Awaitable[T]]


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    reply: asyncio.Future[Any]


class Database:
    """The records of one data folder. Open with `open_database`; `close` gives all back."""

    def __init__(
        self,
        path: Path,
        writer: aiosqlite.Connection,
        readers: list[aiosqlite.Connection],
        fault: FaultSeam,
    ) -> None:
        self.path = path
        self._writer = writer
        self._all_readers = readers
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._fault = fault
        self._waiting: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._writing = asyncio.create_task(self._write_groups(), name="records writer")
        self._is_closed = False

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads, on one snapshot; it never waits for a writer.

        `Busy` once the records are closed.
        """
        self._check_open()
        reader = await self._readers.get()
        try:
            # A caller that leaves during BEGIN does not stop it: whatever was begun ends here.
            try:
                await reader.execute("BEGIN")
                return await unit(Transaction(reader))
            finally:
                await reader.rollback()
        except sqlite3.Error as error:
            raise _as_fault(error) from error
        finally:
            self._readers.put_nowait(reader)

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit that changes records; returns after the commit is durable.

        Raises what the unit raises (nothing of it stays), or `Busy`, `NoRoom`,
        `WriteFailed` when the group cannot be committed (nothing of any unit stays).
        `Busy` once the records are closed.
        """
        self._check_open()
        reply: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        await self._waiting.put(_Waiting(unit, reply))
        return await reply

    async def backup(self, destination: Path) -> None:
        """Copy a consistent state to a new file through the online backup API."""
        target = await aiosqlite.connect(destination)
        try:
            await self._all_readers[0].backup(target)
        finally:
            await target.close()

    async def close(self) -> None:
        """Finish the units that wait, then close the connections; may be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._waiting.put(None)
        await self._writing
        for connection in (*self._all_readers, self._writer):
            await connection.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise Busy(_BUSY_SECONDS)

    async def _write_groups(self) -> None:
        while (first := await self._waiting.get()) is not None:
            group = [first]
            is_last = False
            while len(group) < GROUP_UNITS and not self._waiting.empty():
                following = self._waiting.get_nowait()
                if following is None:
                    is_last = True
                    break
                group.append(following)
            await self._commit_group([one for one in group if not one.reply.cancelled()])
            if is_last:
                return

    async def _commit_group(self, group: list[_Waiting]) -> None:
        outcomes: list[_Outcome]
        try:
            await self._writer.execute("BEGIN IMMEDIATE")
            outcomes = [await self._run_in_savepoint(waiting.unit) for waiting in group]
            self._fault("commit", self.path)
            await self._writer.execute("COMMIT")
        except (sqlite3.Error, OSError, WriteFailed) as error:
            await self._writer.rollback()
            outcomes = [_Outcome(error=_as_fault(error)) for _ in group]
        for waiting, outcome in zip(group, outcomes, strict=True):
            outcome.tell(waiting.reply)

    async def _run_in_savepoint(self, unit: Unit[Any]) -> _Outcome:
        await self._writer.execute("SAVEPOINT unit")
        try:
            result = await unit(Transaction(self._writer))
        except BaseException as error:  # one unit's failure, whatever it is, is its own
            if not self._writer.in_transaction:
                # SQLite gave the whole transaction up (full disk, I/O error), whatever the
                # unit made of that: all units of the group are told.
                raise _lost(error) from error
            await self._writer.execute("ROLLBACK TO unit")
            await self._writer.execute("RELEASE unit")
            return _Outcome(error=_as_fault(error))
        await self._writer.execute("RELEASE unit")
        return _Outcome(result=result)


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any = None
    error: BaseException | None = None

    def tell(self, reply: asyncio.Future[Any]) -> None:
        if reply.done():
            return
        if self.error is None:
            reply.set_result(self.result)
        else:
            reply.set_exception(self.error)


def _lost(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.Error):
        return error
    return WriteFailed("records: the transaction was given up")


def _as_fault(error: BaseException) -> BaseException:
    """Our word for what the disk or another process did; anything else as it came."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_FULL or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    ):
        return NoRoom()
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(_BUSY_SECONDS)
    if primary in _DISK_CODES or isinstance(error, OSError):
        return WriteFailed(f"records: {error}")
    return error


_DISK_CODES = (
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
)


async def connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    """One connection with the settings that the promises of durability need."""
    # What cannot be opened is found out here: aiosqlite would leave a thread behind, which
    # complains on the screen once the loop has ended.
    await asyncio.to_thread(_try_to_open, path)
    connection = await aiosqlite.connect(path, isolation_level=None, cached_statements=512)
    try:
        for pragma in _PRAGMAS:
            await connection.execute(pragma)
        if read_only:
            await connection.execute("PRAGMA query_only = ON")
    except BaseException:
        await connection.close()
        raise
    return connection


def _try_to_open(path: Path) -> None:
    sqlite3.connect(path).close()


async def open_database(path: Path, *, fault: FaultSeam = healthy) -> Database:
    """Open the records at `path`, made and brought up to date if needed.

    Raises `FolderUnready` when they were written by a newer Atelier or are not ours (a
    file that is not ours is left as it is), `FolderUnwritable` when the file cannot be opened.
    """
    async with contextlib.AsyncExitStack() as opening:
        try:
            writer = await connect(path, read_only=False)
            opening.push_async_callback(writer.close)
            await migrate(writer, path)
            readers = []
            for _ in range(READERS):
                readers.append(await connect(path, read_only=True))
                opening.push_async_callback(readers[-1].close)
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise FolderUnready(str(path.parent), "foreign") from error
            raise FolderUnwritable(str(path.parent), str(error)) from error
        opening.pop_all()
    return Database(path, writer, readers, fault)
