"""The trash in the records: how it finds its rows, and what a purge leaves of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from atelier.database import documents, folders, trash
from atelier.database.engine import Transaction
from atelier.model.ids import DocumentId, FolderId, PersonId
from atelier.model.trash import Removed, RemovedKind
from tests.database.test_jobs import NOW, run
from tests.database.test_plans import AWA, planned, whole_tables

FOLDER = FolderId(1)
AWA_ID = PersonId(1)
REMOVED = Removed(RemovedKind.DOCUMENT, 1, "a", FOLDER, False, "", AWA_ID, "Awa", NOW)

ASKED: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "the trash of a folder": lambda tx: trash.listed(tx, FOLDER, by=None, offset=0, limit=200),
    "hers alone": lambda tx: trash.listed(tx, FOLDER, by=AWA_ID, offset=0, limit=200),
    "how much": lambda tx: trash.count(tx, FOLDER, by=None),
    "one document": lambda tx: trash.found(tx, FOLDER, RemovedKind.DOCUMENT, 1, by=None),
    "one folder": lambda tx: trash.found(tx, FOLDER, RemovedKind.FOLDER, 1, by=None),
    "what stands alone": lambda tx: trash.listed_alone(tx, AWA, offset=0, limit=200),
    "how much of it": lambda tx: trash.count_alone(tx, AWA),
    "one of it": lambda tx: trash.found_alone(tx, AWA, FOLDER),
    "closed since": lambda tx: trash.is_closed_since(tx, REMOVED),
    "what would go": lambda tx: trash.weight(tx, FOLDER),
    "what would end": lambda tx: trash.purged_weight(tx, FOLDER),
    "what would stay": lambda tx: trash.staying(tx, AWA, FOLDER),
}


@pytest.mark.parametrize("asked", ASKED)
def test_no_statement_of_the_trash_reads_a_whole_table(tmp_path: Path, asked: str) -> None:
    plans = planned(tmp_path, ASKED[asked])
    assert plans
    for sql, plan in plans:
        assert whole_tables(sql, plan) == set(), "\n".join(plan)


def test_purging_a_document_asks_no_whole_table_for_who_refers_to_it(tmp_path: Path) -> None:
    # The journal refers to documents: without its index each one that is purged would
    # have the whole journal read, by the check of its foreign key.
    async def asked(tx: Transaction) -> object:
        return await tx.rows("SELECT 1 FROM journal WHERE document_id = :id", id=1)

    ((sql, plan),) = planned(tmp_path, asked)
    assert whole_tables(sql, plan) == set()
    assert "journal_by_document" in plan[0]


def test_due_are_those_whose_time_is_over_documents_first(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.run(
            "INSERT INTO people (id, email, email_key, name, created_at)"
            " VALUES (1, '', '', 'Awa', 0)"
        )
        top = await folders.add(tx, None, "A", AWA_ID, NOW, is_closed=False)
        below = await folders.add(tx, top, "B", AWA_ID, NOW, is_closed=False)
        first = documents.NewVersion("ab", 3, "text/plain", AWA_ID, None, "", NOW)
        numbers = [(await documents.add(tx, top, name, first))[0] for name in "abc"]
        later = NOW.replace(hour=NOW.hour + 1)
        await trash.remove_folder(tx, below, AWA_ID, NOW)
        await trash.remove_document(tx, numbers[0], AWA_ID, NOW)
        await trash.remove_document(tx, numbers[1], AWA_ID, later)
        assert await trash.due(tx, NOW, 10) == []
        assert await trash.due(tx, later, 10) == [
            (RemovedKind.DOCUMENT, numbers[0]),
            (RemovedKind.FOLDER, below),
        ]
        assert await trash.due(tx, later, 1) == [(RemovedKind.DOCUMENT, numbers[0])]
        expired = await trash.expired(tx, RemovedKind.DOCUMENT, numbers[0], later)
        assert expired is not None
        assert (expired.name, expired.remover, expired.origin) == ("a", "Awa", top)
        for number, before in ((numbers[0], NOW), (numbers[1], later), (numbers[2], later)):
            assert await trash.expired(tx, RemovedKind.DOCUMENT, number, before) is None

    run(tmp_path, unit)


def test_a_purge_gives_the_versions_whose_texts_are_to_go(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.run(
            "INSERT INTO people (id, email, email_key, name, created_at)"
            " VALUES (1, '', '', 'Awa', 0)"
        )
        top = await folders.add(tx, None, "A", AWA_ID, NOW, is_closed=False)
        first = documents.NewVersion("ab", 3, "text/plain", AWA_ID, None, "", NOW)
        document, version = await documents.add(tx, top, "a", first)
        second = await documents.revise(tx, document, 2, first)
        other, _ = await documents.add(tx, top, "b", first)
        assert await trash.purge_document(tx, document) == [(version, "ab"), (second, "ab")]
        assert await trash.purge_document(tx, DocumentId(10**15)) == []
        assert await tx.rows("SELECT id FROM documents") == [(other,)]

    run(tmp_path, unit)
