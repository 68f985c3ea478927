"""Numbered forward migrations, checked and applied at start, each in one transaction.

A start that is killed in the middle of one finds the records as before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from importlib.resources import files
from pathlib import Path

import aiosqlite

from atelier.errors import FolderUnready

APPLICATION_ID = 0x41746C72  # "Atlr"

# Together what a lock is waited for elsewhere: see `busy_timeout` in the engine.
_BUSY_ROUNDS = 500
_BUSY_PAUSE_SECONDS = 0.01


async def migrate(connection: aiosqlite.Connection, path: Path) -> None:
    """Bring the records up to the newest migration.

    Raises `FolderUnready` for the file of another program or of a newer Atelier.
    """
    # Asked before anything is written: already WAL marks a file, perhaps another program's.
    await _in_transaction(connection, "BEGIN", lambda: _checked_version(connection, path))
    await _begin_logging_ahead(connection)
    await _in_transaction(connection, "BEGIN IMMEDIATE", lambda: _bring_up(connection, path))


def made_of(connection: sqlite3.Connection) -> Counter[tuple[object, ...]]:
    """What records are made of: tables, indexes, and what else SQLite would run in them."""
    return Counter(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def made_by(version: int) -> Counter[tuple[object, ...]]:
    """As `made_of`, of records that were brought up to that migration and no further."""
    with contextlib.closing(sqlite3.connect(":memory:")) as fresh:
        for number, text in _migrations():
            if number <= version:
                for statement in _statements(text):
                    fresh.execute(statement)
        return made_of(fresh)


def newest() -> int:
    """Number of the newest migration that this Atelier knows."""
    return max(number for number, _ in _migrations())


async def _begin_logging_ahead(connection: aiosqlite.Connection) -> None:
    """Have the file written through a log, once and for all.

    Of two that ask it of a new file at the same time, SQLite tells one that the file is
    busy, at once: where a lock would be waited for crosswise it does not wait.
    """
    for _ in range(_BUSY_ROUNDS):
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await asyncio.sleep(_BUSY_PAUSE_SECONDS)
        else:
            return
    await connection.execute("PRAGMA journal_mode = WAL")


async def _in_transaction(
    connection: aiosqlite.Connection, begin: str, act: Callable[[], Awaitable[object]]
) -> None:
    await connection.execute(begin)
    try:
        await act()
        await connection.execute("COMMIT")
    except BaseException:
        await connection.rollback()
        raise


async def _bring_up(connection: aiosqlite.Connection, path: Path) -> None:
    done = await _checked_version(connection, path)
    for number, text in _migrations():
        if number > done:
            await _apply(connection, number, text)


async def _checked_version(connection: aiosqlite.Connection, path: Path) -> int:
    application = await _pragma(connection, "application_id")
    version = await _pragma(connection, "user_version")
    tables = list(await connection.execute_fetchall("SELECT 1 FROM sqlite_master LIMIT 1"))
    if application != APPLICATION_ID and (application or tables):
        raise FolderUnready(str(path.parent), "foreign")
    if version > newest():
        raise FolderUnready(str(path.parent), "newer")
    return version


async def _apply(connection: aiosqlite.Connection, number: int, text: str) -> None:
    for statement in _statements(text):
        await connection.execute(statement)
    await connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    await connection.execute(f"PRAGMA user_version = {number}")


async def _pragma(connection: aiosqlite.Connection, name: str) -> int:
    rows = list(await connection.execute_fetchall(f"PRAGMA {name}"))
    return int(rows[0][0])


def _migrations() -> list[tuple[int, str]]:
    folder = files(__package__).joinpath("migrations")
    found = [
        (int(entry.name.split("_")[0]), entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(found)


def _statements(text: str) -> Iterator[str]:
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
