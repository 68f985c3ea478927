"""SQLite through aiosqlite: two readers, and one writer that commits in groups.

A *unit of work* is an `async def unit(tx)` that awaits only `tx` and may be run again.
All units that wait when the writer is free share one transaction, a savepoint each: a
unit that raises fails alone, a failed commit fails them all. `write` returns only after
the commit is on disk (WAL, `synchronous=FULL`). A group is written whole on the writer's
thread, in one hop: a hop for each statement cost twice what they do.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sqlite3
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from atelier.database.connections import BUSY_SECONDS, Connection, Reader
from atelier.database.connections import connect as connect
from atelier.database.migrating import migrate
from atelier.database.transactions import Transaction as Transaction
from atelier.database.transactions import Unit as Unit
from atelier.errors import Busy, FolderUnready, FolderUnwritable, NoRoom, WriteFailed
from atelier.files import FaultSeam, healthy

T = TypeVar("T")

READERS = 2
GROUP_UNITS = 64


@dataclass(slots=True)
class _Waiting:
    unit: Unit[Any]
    reply: asyncio.Future[Any]


class Database:
    """The records of one data folder. Open with `open_database`; `close` gives all back."""

    def __init__(
        self,
        path: Path,
        writer: Connection,
        readers: list[Reader],
        fault: FaultSeam,
    ) -> None:
        self.path = path
        self._writer = writer
        self._all_readers = readers
        self._readers: asyncio.Queue[Reader | None] = asyncio.Queue()
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
        await _let_others_go_on()
        reader = await self._readers.get()
        if reader is None:  # closed meanwhile; whoever waits behind is told too
            self._readers.put_nowait(None)
            raise Busy(BUSY_SECONDS)
        try:
            try:
                return await unit(reader.begin())
            finally:
                reader.end(self._readers.put_nowait)
        except sqlite3.Error as error:
            raise as_fault(error) from error

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

    async def close(self) -> None:
        """Finish the units that wait, then close the connections; may be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._waiting.put(None)
        await self._writing
        for _ in self._all_readers:
            await self._readers.get()
        self._readers.put_nowait(None)
        for reader in self._all_readers:
            await reader.close()
        await self._writer.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise Busy(BUSY_SECONDS)

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
            await self._write_group([one for one in group if not one.reply.cancelled()])
            if is_last:
                return

    async def _write_group(self, group: list[_Waiting]) -> None:
        units = [waiting.unit for waiting in group]
        outcomes = await self._writer.hand(partial(self._commit_group, units))
        for waiting, outcome in zip(group, outcomes, strict=True):
            outcome.tell(waiting.reply)

    def _commit_group(
        self, units: list[Unit[Any]], connection: sqlite3.Connection
    ) -> list[_Outcome]:
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [_run_in_savepoint(unit, connection) for unit in units]
            self._fault("commit", self.path)
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError, WriteFailed) as error:
            connection.rollback()
            return [_Outcome(error=as_fault(error)) for _ in units]
        return outcomes


def _run_in_savepoint(unit: Unit[Any], connection: sqlite3.Connection) -> _Outcome:
    connection.execute("SAVEPOINT unit")
    try:
        result = _run_through(unit, connection)
    except BaseException as error:  # one unit's failure, whatever it is, is its own
        if not connection.in_transaction:
            # SQLite gave the whole transaction up (full disk, I/O error), whatever the
            # unit made of that: all units of the group are told.
            raise _lost(error) from error
        connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        return _Outcome(error=as_fault(error))
    connection.execute("RELEASE unit")
    return _Outcome(result=result)


def _run_through(unit: Unit[Any], connection: sqlite3.Connection) -> Any:
    """What the unit returns, without a loop: no statement of its transaction keeps it waiting."""
    steps = unit(Transaction(connection)).__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a unit that writes awaits only its transaction")


@types.coroutine
def _let_others_go_on() -> Iterator[None]:
    # A short unit never waits: whoever reads again and again would keep the loop to himself.
    yield


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


def as_fault(error: BaseException) -> BaseException:
    """Our word for what the disk or another process did; anything else as it came."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_FULL or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    ):
        return NoRoom()
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(BUSY_SECONDS)
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
                readers.append(Reader(await connect(path, read_only=True)))
                opening.push_async_callback(readers[-1].close)
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise FolderUnready(str(path.parent), "foreign") from error
            raise FolderUnwritable(str(path.parent), str(error)) from error
        opening.pop_all()
    return Database(path, writer, readers, fault)
