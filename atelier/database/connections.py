"""Connections to SQLite, each with its thread, and when its thread is worth a hop.

A hop to a thread and back costs more than most statements do. What is read is read in the
loop, from pages that SQLite or the system hold in memory; a statement that proves long is
begun again on the thread. What is written is handed to the writer's thread whole.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from atelier.database.transactions import Transaction

T = TypeVar("T")

BUSY_SECONDS = 5
# Steps of SQLite's machine, some 0.2 ms of them. A statement is long past twice as many.
SHORT_STEPS = 4_000
# How often a long one looks whether anybody still waits for it.
_LONG_STEPS = 100 * SHORT_STEPS

_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
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


class Connection(aiosqlite.Connection):
    """A connection whose thread takes more than one statement at a time."""

    @property
    def bare(self) -> sqlite3.Connection:
        """SQLite's own; for whoever has nothing under way on the thread."""
        return self._conn

    async def hand(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """What `act` gives for the bare connection, on the thread.

        A caller that leaves stops nothing that has begun.
        """
        given: T = await self._execute(act, self._conn)  # type: ignore[no-untyped-call]
        return given


class Reader:
    """A connection that only reads, for one unit of work at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bare = connection.bare
        self._pauses = 0
        self._is_left = False
        self._away: asyncio.Future[list[tuple[Any, ...]]] | None = None
        self._watch()

    def begin(self) -> Transaction:
        """A view of one moment, which lasts until `end`."""
        self._pauses = 0
        self._bare.execute("BEGIN")
        return _Look(self)

    def end(self, then: Callable[[Reader], None]) -> None:
        """Let the view go, then hand the reader on.

        A statement that its caller left behind is stopped and waited for before.
        """
        if self._away is None or self._away.done():
            self._let_go(then)
        else:
            self._is_left = True
            self._away.add_done_callback(partial(self._come_back, then))

    async def rows(self, sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """All rows of a statement: in the loop, or from the thread when it is long."""
        self._pauses = 0
        try:
            return self._bare.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        return await self._rows_at_length(sql, values)

    async def close(self) -> None:
        """Close; nobody uses it any more."""
        await self._connection.close()

    async def _rows_at_length(self, sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        # Seldom: each pause has to wait until the loop lets other threads run.
        self._bare.set_progress_handler(lambda: self._is_left, _LONG_STEPS)
        self._away = asyncio.ensure_future(
            self._connection.hand(lambda bare: bare.execute(sql, values).fetchall())
        )
        try:
            return await asyncio.shield(self._away)
        finally:
            if self._away.done():
                self._watch()

    def _watch(self) -> None:
        self._bare.set_progress_handler(self._is_long, SHORT_STEPS)

    def _is_long(self) -> bool:
        # SQLite counts on where a statement's last run ended: the first pause tells nothing.
        self._pauses += 1
        return self._pauses > 1

    def _come_back(
        self, then: Callable[[Reader], None], away: asyncio.Future[list[tuple[Any, ...]]]
    ) -> None:
        away.exception()  # that it was stopped is no news
        self._is_left = False
        self._watch()
        self._let_go(then)

    def _let_go(self, then: Callable[[Reader], None]) -> None:
        self._pauses = 0
        try:
            self._bare.rollback()
        finally:
            then(self)


class _Look(Transaction):
    """A transaction that only reads."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader._bare)
        self._reader = reader

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """As `Transaction.rows`."""
        self.statements += 1
        return await self._reader.rows(sql, values)


async def connect(path: Path, *, read_only: bool) -> Connection:
    """One connection with the settings that the promises of durability need."""
    # What cannot be opened is found out here: aiosqlite would leave a thread behind, which
    # complains on the screen once the loop has ended.
    await asyncio.to_thread(_try_to_open, path)
    connection = Connection(partial(_opened, path), iter_chunk_size=64)
    await connection
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


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path, isolation_level=None, cached_statements=512, check_same_thread=False
    )
