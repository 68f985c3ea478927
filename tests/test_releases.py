"""Data folders of every release: each becomes the newest with every row, or stays as it was."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from atelier.database import migrating, quotas
from atelier.database.engine import open_database
from atelier.errors import FolderUnready
from atelier.workspace import mending, upkeep
from tests.builders import TurnedClock, World, network
from tests.house import ROOT
from tests.release_story import rights

STORED = ROOT / "tests" / "releases"
RELEASES = sorted(path.name for path in STORED.iterdir() if path.is_dir())
MIGRATIONS = ROOT / "atelier" / "database" / "migrations"
RECORDS = "atelier.sqlite3"
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def laid_out(release: str, data: Path) -> Path:
    """The data folder of a release, as it stood on somebody's disk."""
    stored = STORED / release
    data.mkdir(parents=True)
    with closing(sqlite3.connect(data / RECORDS)) as connection:
        connection.executescript((stored / "records.sql").read_text("utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    for blob in (stored / "blobs").iterdir():
        place = data / "blobs" / blob.name[:2]
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(blob, place / blob.name)
    return data


def told(release: str) -> dict[str, Any]:
    """What its code said of it."""
    found: dict[str, Any] = json.loads((STORED / release / "told.json").read_text("utf-8"))
    return found


def rows(records: Path, of: Rows | None = None) -> Rows:
    """Every table's columns and rows; with `of`, those tables and columns of it that are there."""
    found: Rows = {}
    with closing(sqlite3.connect(records)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for (table,) in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if of is not None:
                columns = [name for name in of.get(table, ([], []))[0] if name in columns]
            if columns and table != "sqlite_sequence":
                listed = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
                found[table] = (columns, sorted(listed, key=repr))
    return found


def version(records: Path) -> int:
    """The number of the last migration."""
    with closing(sqlite3.connect(records)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def brought_up(records: Path) -> None:
    """Open the records with the present code."""

    async def story() -> None:
        await (await open_database(records)).close()

    asyncio.run(story())


def test_every_state_of_the_records_that_was_handed_out_is_stored() -> None:
    assert [int(release) for release in RELEASES] == list(range(1, len(RELEASES) + 1))
    assert migrating.newest() - 1 <= len(RELEASES) <= migrating.newest()


def test_a_migration_that_was_handed_out_never_changes() -> None:
    lines = (STORED / "migrations.txt").read_text().splitlines()
    listed = dict(reversed(line.split()) for line in lines)  # type: ignore[arg-type]
    assert [int(name.split("_")[0]) for name in listed] == [int(one) for one in RELEASES]
    for name, sha256 in listed.items():
        assert hashlib.sha256((MIGRATIONS / name).read_bytes()).hexdigest() == sha256, name


@pytest.mark.parametrize("release", RELEASES)
def test_a_stored_release_becomes_the_newest_and_keeps_every_row(
    release: str, tmp_path: Path
) -> None:
    records = laid_out(release, tmp_path / "network") / RECORDS
    assert version(records) == int(release)
    before = rows(records)
    assert sum(len(listed) for _, listed in before.values()) > 80
    brought_up(records)
    assert version(records) == migrating.newest()
    after = rows(records, before)
    for table, (columns, listed) in before.items():
        assert after[table] == (columns, listed), table
    fresh = tmp_path / "fresh.sqlite3"
    brought_up(fresh)
    assert shape(records) == shape(fresh), "as if it had been made today"


def shape(records: Path) -> set[tuple[str, ...]]:
    """The columns and indexes of every table, in no order."""
    with closing(sqlite3.connect(records)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        columns = {
            (table, *map(str, column[1:]))
            for (table,) in tables
            for column in connection.execute(f"PRAGMA table_info({table})")
        }
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
        return columns | {(name, str(sql)) for name, sql in indexes}


@pytest.mark.parametrize("release", RELEASES)
def test_a_stored_release_goes_on_with_its_rights_bytes_and_counters(
    release: str, tmp_path: Path
) -> None:
    data, facts = laid_out(release, tmp_path / "network"), told(release)

    async def story() -> None:
        clock = TurnedClock(datetime.fromisoformat(facts["at"]))
        async with network(data, clock=clock) as world:
            assert await world.ws.db.read(quotas.recount) == []
            found = await upkeep.verify(world.ws, read_data=True)
            assert found.is_clean and found.versions == len(
                await world.values("SELECT id FROM versions")
            )
            now = await rights(world)
            assert set(now) == set(facts["rights"])
            for email, actions in facts["rights"].items():
                assert {action: now[email][action] for action in actions} == actions, email
            await goes_on(world)

    asyncio.run(story())


async def goes_on(world: World) -> None:
    """What every day does, on records of another day."""
    await world.settle()
    assert await mending.look(world.ws) == mending.Untidy()
    awa = await world.actor("awa@example.org")
    folder = await world.folder("Après", by=world.steward)
    await world.grant(folder, awa)
    done = await world.deposit(world.steward, folder, "après.txt", b"la suite")
    await world.revise(world.steward, done.document_id, b"encore", expected=1)
    await world.settle()
    assert (await mending.repair(world.ws, is_alone=True)).blobs == 0
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean


@pytest.mark.parametrize("release", RELEASES)
def test_a_migration_killed_at_any_statement_leaves_the_release_as_it_was(
    release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = laid_out(release, tmp_path / "network") / RECORDS
    before, moments = rows(records), list[Path]()
    statements = migrating._statements

    def killed_here() -> None:
        """The files as a kill leaves them now: whatever is on the disk, no lock, no memory."""
        moment = tmp_path / f"{len(moments)}"
        moment.mkdir()
        for name in (RECORDS, f"{RECORDS}-wal"):
            if records.with_name(name).exists():
                shutil.copyfile(records.with_name(name), moment / name)
        moments.append(moment / RECORDS)

    def watched(text: str) -> Iterator[str]:
        for statement in statements(text):
            killed_here()
            yield statement
        killed_here()

    with monkeypatch.context() as patched:
        patched.setattr(migrating, "_statements", watched)
        brought_up(records)
    assert len(moments) > 5
    done = rows(records)
    for number, moment in enumerate(moments):
        assert version(moment) == int(release)
        assert rows(moment) == before
        if number % 5 == 0:  # an old Atelier would start; the new one begins again
            brought_up(moment)
            assert version(moment) == migrating.newest() and rows(moment) == done


def test_a_release_that_is_newer_than_this_atelier_is_left_alone(tmp_path: Path) -> None:
    records = laid_out(RELEASES[-1], tmp_path / "network") / RECORDS
    with closing(sqlite3.connect(records)) as connection:
        connection.execute(f"PRAGMA user_version = {migrating.newest() + 1}")
    before = rows(records)
    with pytest.raises(FolderUnready) as refused:
        brought_up(records)
    assert refused.value.fault == "newer" and rows(records) == before
