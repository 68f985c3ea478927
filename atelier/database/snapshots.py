"""Copies of the records: the state of one moment, taken while others write, and what it names."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiosqlite

from atelier.database import migrating
from atelier.database.engine import Transaction, as_fault, connect
from atelier.files import FaultSeam, healthy
from atelier.model.documents import Blob

_BATCH = 1_000
_TRUST_NOTHING = "PRAGMA trusted_schema = OFF"
# What versions have, and what waits to be deposited again.
_BLOBS = (
    "SELECT sha256, size_bytes FROM versions WHERE sha256 > :after"
    " UNION SELECT sha256, size_bytes FROM set_aside WHERE sha256 > :after"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy of the records is and names: `blob_bytes` are those of all its blobs."""

    schema: int
    installation: str
    network: str
    versions: int
    blobs: int
    blob_bytes: int


async def take(records: Path, copy: Path, *, fault: FaultSeam = healthy) -> None:
    """Copy the records into an empty file, through SQLite's online backup.

    In one step: a copy made in several begins again whenever another process commits.
    Raises `NoRoom`, `WriteFailed`; what is in the file then is of no use.
    """
    try:
        fault("backup", copy)
        async with contextlib.AsyncExitStack() as open_:
            source = await connect(records, read_only=True)
            open_.push_async_callback(source.close)
            await source.backup(await open_.enter_async_context(aiosqlite.connect(copy)))
    except (sqlite3.Error, OSError) as error:
        raise as_fault(error) from error


async def faults(copy: Path) -> list[str]:
    """What is damaged in a copy; nothing when it is sound."""
    async with _looking_at(copy) as connection:
        try:
            rows = await connection.execute_fetchall("PRAGMA quick_check")
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [str(text) for (text,) in rows if text != "ok"]


def strange(copy: Path) -> str:
    """Why it is no copy of ours, as `CopyRefused` says it; "" when it is one. Blocks.

    Tables and indexes must be those that our migrations make. Nothing in it is run before:
    a trigger or a view in a copy from elsewhere is a program of whoever wrote it.
    """
    try:
        with contextlib.closing(sqlite3.connect(_place(copy), uri=True)) as connection:
            connection.execute(_TRUST_NOTHING)
            ((application,),) = connection.execute("PRAGMA application_id")
            ((version,),) = connection.execute("PRAGMA user_version")
            if application != migrating.APPLICATION_ID:
                return "foreign"
            if version > migrating.newest():
                return "newer"
            is_ours = version > 0 and migrating.made_of(connection) == migrating.made_by(version)
    except sqlite3.DatabaseError:
        return "altered"
    return "" if is_ours else "altered"


async def contents(copy: Path) -> Contents:
    """What a copy is and names."""
    async with _looking_at(copy) as connection:
        ((schema,),) = await connection.execute_fetchall("PRAGMA user_version")
        ((installation, network, versions, count, size),) = await connection.execute_fetchall(
            "SELECT (SELECT key FROM installation), (SELECT name FROM network),"
            " (SELECT COUNT(*) FROM versions), COUNT(*), COALESCE(SUM(size_bytes), 0)"
            f" FROM ({_BLOBS})",
            {"after": ""},
        )
    return Contents(schema, installation, network or "", versions, count, size)


async def blobs(copy: Path) -> AsyncGenerator[Blob, None]:
    """Every blob that a copy names, in order of hash, once each."""
    async with _looking_at(copy) as connection:
        after = ""
        while rows := list(
            await connection.execute_fetchall(
                f"{_BLOBS} ORDER BY sha256 LIMIT {_BATCH}", {"after": after}
            )
        ):
            for sha256, size in rows:
                yield Blob(sha256, size)
            after = rows[-1][0]


@contextlib.contextmanager
def opened(copy: Path) -> Iterator[Transaction]:
    """A copy as a unit of work sees it, to read only; statements run where they are awaited."""
    with contextlib.closing(sqlite3.connect(_place(copy), uri=True)) as connection:
        yield Transaction(connection)


@contextlib.asynccontextmanager
async def _looking_at(copy: Path) -> AsyncIterator[aiosqlite.Connection]:
    try:
        async with aiosqlite.connect(_place(copy), uri=True) as connection:
            await connection.execute(_TRUST_NOTHING)
            yield connection
    except sqlite3.Error as error:
        raise as_fault(error) from error


def _place(copy: Path) -> str:
    # Nobody changes it: without a log beside it, and leaving none.
    return f"file:{quote(str(copy))}?mode=ro&immutable=1"
