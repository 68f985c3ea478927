"""Migrations: from nothing, again, refused for the files of others, and cut in the middle."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from atelier.database import migrating
from atelier.database.engine import open_database
from atelier.errors import FolderUnready

FILE = "atelier.sqlite3"


def opened(path: Path) -> None:
    """Open and close the records."""

    async def story() -> None:
        await (await open_database(path)).close()

    asyncio.run(story())


def asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What another program reads in the file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_fresh_records_are_ours_and_newest_and_opening_again_changes_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / FILE
    opened(path)
    assert asked(path, "PRAGMA user_version") == [(migrating.newest(),)]
    assert asked(path, "PRAGMA application_id") == [(migrating.APPLICATION_ID,)]
    before = asked(path, "SELECT name, sql FROM sqlite_master ORDER BY name")
    assert ("folders" in {name for name, _ in before}) and len(before) > 20
    opened(path)
    assert asked(path, "SELECT name, sql FROM sqlite_master ORDER BY name") == before


def test_records_of_a_newer_atelier_are_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    opened(path)
    asked(path, f"PRAGMA user_version = {migrating.newest() + 1}")
    with pytest.raises(FolderUnready) as refusal:
        opened(path)
    assert refusal.value.facts() == {"folder": str(tmp_path), "fault": "newer"}
    asked(path, f"PRAGMA user_version = {migrating.newest()}")
    opened(path)


@pytest.mark.parametrize("sql", ["CREATE TABLE theirs (id)", "PRAGMA application_id = 7"])
def test_the_file_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, sql: str) -> None:
    path = tmp_path / FILE
    asked(path, sql)
    before = path.read_bytes()
    with pytest.raises(FolderUnready) as refusal:
        opened(path)
    assert refusal.value.fault == "foreign"
    assert path.read_bytes() == before


def test_a_migration_cut_at_any_statement_leaves_the_records_as_before(tmp_path: Path) -> None:
    (_, text), *_ = migrating._migrations()
    count = len(list(migrating._statements(text)))
    assert count > 20

    async def cut(number: int) -> None:
        connection = await aiosqlite.connect(tmp_path / FILE, isolation_level=None)
        left = number

        def authorise(action: int, name: str | None, *_: str | None) -> int:
            nonlocal left
            # `name` of the first authorisation of each CREATE is the schema table.
            if action == sqlite3.SQLITE_INSERT and name == "sqlite_master":
                left -= 1
            return sqlite3.SQLITE_DENY if left < 0 else sqlite3.SQLITE_OK

        await connection.set_authorizer(authorise)
        try:
            with pytest.raises(sqlite3.DatabaseError):
                await migrating.migrate(connection, tmp_path / FILE)
        finally:
            await connection.close()

    for number in (0, 1, count // 2, count - 1):
        asyncio.run(cut(number))
        assert asked(tmp_path / FILE, "SELECT COUNT(*) FROM sqlite_master") == [(0,)]
        assert asked(tmp_path / FILE, "PRAGMA user_version") == [(0,)]
    opened(tmp_path / FILE)


@pytest.mark.parametrize("rounds", [0, 3])
def test_a_file_that_is_busy_when_it_is_made_is_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    monkeypatch.setattr(migrating, "_BUSY_ROUNDS", rounds)
    monkeypatch.setattr(migrating, "_BUSY_PAUSE_SECONDS", 0.0)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    paused = migrating.asyncio.sleep
    pauses = []

    async def until_released(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            other.execute("COMMIT")
        await paused(seconds)

    async def story() -> None:
        async with aiosqlite.connect(tmp_path / FILE, isolation_level=None, timeout=0) as one:
            other.execute("BEGIN EXCLUSIVE")
            await migrating._begin_logging_ahead(one)
            assert list(await one.execute_fetchall("PRAGMA journal_mode")) == [("wal",)]

    monkeypatch.setattr(migrating.asyncio, "sleep", until_released)
    try:
        if rounds:
            asyncio.run(story())
        else:
            with pytest.raises(sqlite3.OperationalError):
                asyncio.run(story())
    finally:
        other.close()
    assert len(pauses) == rounds


def test_a_file_that_cannot_be_written_is_not_waited_for(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / FILE).execute("CREATE TABLE x (y)").connection.close()

    async def story() -> None:
        place = f"file:{tmp_path / FILE}?mode=ro"
        async with aiosqlite.connect(place, uri=True, isolation_level=None) as one:
            with pytest.raises(sqlite3.OperationalError):
                await migrating._begin_logging_ahead(one)

    asyncio.run(story())


def test_two_that_open_fresh_records_at_once_both_find_them_made(tmp_path: Path) -> None:
    async def story() -> None:
        for number in range(5):
            path = tmp_path / f"{number}.sqlite3"
            one, other = await asyncio.gather(open_database(path), open_database(path))
            for database in (one, other):
                rows = await database.read(lambda tx: tx.rows("SELECT COUNT(*) FROM folders"))
                assert rows == [(0,)]
                await database.close()

    asyncio.run(story())
