"""Space in the records: counters are the sums of what they count, found without whole tables."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from atelier import access
from atelier.database import locks, migrating, quotas
from atelier.database.engine import Transaction, open_database
from atelier.database.quotas import Miscount
from atelier.model.folders import Action, Role
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId
from tests.builders import World, in_network
from tests.database.test_jobs import NOW
from tests.database.test_plans import planned, whole_tables
from tests.spaces import used

FOLDER, HOSPITAL = FolderId(1), OrganisationId(1)
SOME = [DocumentId(number) for number in range(1, 201)]
PEOPLE = [PersonId(1), PersonId(2)]

ASKED: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "the quotas over a folder": lambda tx: quotas.over(tx, FOLDER, HOSPITAL),
    "what a folder takes": lambda tx: quotas.of_folder(tx, FOLDER, NOW),
    "what an organisation takes": lambda tx: quotas.of_organisation(tx, HOSPITAL, NOW),
    "what a document takes": lambda tx: quotas.weight(tx, DocumentId(1)),
    "who is editing a document": lambda tx: locks.of(tx, DocumentId(1), NOW),
    "who is editing a list of them": lambda tx: locks.among(tx, SOME, NOW),
    "how many locks she has": lambda tx: locks.count(tx, PersonId(1), NOW),
}


@pytest.mark.parametrize("asked", ASKED)
def test_no_statement_of_locks_and_space_reads_a_whole_table(tmp_path: Path, asked: str) -> None:
    plans = planned(tmp_path, ASKED[asked])
    assert plans
    for sql, plan in plans:
        assert whole_tables(sql, plan) == set(), "\n".join(plan)


def test_who_may_still_revise_is_asked_of_these_people_alone(tmp_path: Path) -> None:
    async def asked(tx: Transaction) -> object:
        return await access.still_may(tx, FOLDER, PEOPLE, Action.REVISE, NOW.date())

    ((_, plan),) = planned(tmp_path, asked)
    assert sum(line.startswith("SEARCH p USING INTEGER PRIMARY KEY") for line in plan) == 4
    assert {line for line in plan if line.startswith("SCAN")} <= {"SCAN g", "SCAN reached"}
    assert "MATERIALIZE reaching" in plan  # so that `g` stands for the grants of one folder


@in_network
async def test_counters_that_differ_are_found_and_mended(world: World) -> None:
    await world.person("Awa", of="CH")
    awa = await world.actor("awa@example.org")
    one, two = await world.folder("A"), await world.folder("B")
    await world.grant(one, awa, Role.CONTRIBUTOR)
    await world.deposit(awa, one, "a.txt", b"x" * 5)
    await world.deposit(world.steward, two, "b.txt", b"x" * 7)
    read = world.ws.db.read
    assert await read(quotas.recount) == []
    await world.change(
        "UPDATE used_space SET bytes = 50 WHERE kind = 'folder' AND id = :id", id=one
    )
    await world.change("DELETE FROM used_space WHERE kind = 'folder' AND id = :id", id=two)
    await world.change("INSERT INTO used_space (kind, id, bytes) VALUES ('organisation', 99, 4)")
    wrong = [
        Miscount("folder", one, 50, 5),
        Miscount("folder", two, 0, 7),
        Miscount("organisation", 99, 4, 0),
    ]
    assert await read(quotas.recount) == wrong
    assert await world.ws.db.write(quotas.mend) == wrong
    assert await used(world, "folder") == {one: 5, two: 7}
    assert await world.ws.db.write(quotas.mend) == []


def test_records_of_before_are_counted_when_they_come_to_this_version(tmp_path: Path) -> None:
    path = tmp_path / "atelier.sqlite3"
    _before_counters(path)

    async def story() -> list[tuple[object, ...]]:
        database = await open_database(path)
        try:
            assert await database.read(quotas.recount) == []
            rows = await database.read(
                lambda tx: tx.rows("SELECT kind, id, bytes FROM used_space ORDER BY kind, id")
            )
            return list(rows)
        finally:
            await database.close()

    assert asyncio.run(story()) == [
        ("folder", 1, 6),
        ("folder", 2, 8),
        ("organisation", 3, 6),
    ]


def _before_counters(path: Path) -> None:
    """Records as the second migration leaves them, where 1 merged into 2, and 2 into 3."""
    connection = sqlite3.connect(path)
    for number, sql in migrating._migrations()[:2]:
        connection.executescript(sql)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {migrating.APPLICATION_ID}")
    connection.executescript("""
        INSERT INTO people (id, email, email_key, name, created_at) VALUES (1, '', '', 'Awa', 0);
        INSERT INTO organisations (id, name, name_key, created_at)
            VALUES (1, 'a', 'a', 0), (2, 'b', 'b', 0), (3, 'c', 'c', 0);
        UPDATE organisations SET merged_into = id + 1 WHERE id < 3;
        INSERT INTO folders (id, name, created_by, created_at, changed_at)
            VALUES (1, 'A', 1, 0, 0), (2, 'B', 1, 0, 0);
        INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at,
            removed_at) VALUES (1, 1, 'a', 'a', 2, 0, 0, NULL), (2, 2, 'b', 'b', 1, 0, 0, 5);
        INSERT INTO versions (document_id, number, sha256, size_bytes, media_type, author_id,
            organisation_id, created_at) VALUES (1, 1, 'x', 2, '', 1, 1, 0),
            (1, 2, 'y', 4, '', 1, 2, 0), (2, 1, 'x', 8, '', 1, NULL, 0);
    """)
    connection.commit()
    connection.close()
