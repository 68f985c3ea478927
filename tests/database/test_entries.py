"""What the index is to follow: rows in the order of commits."""

from __future__ import annotations

from pathlib import Path

from atelier.database import documents, entries, folders, reading
from atelier.database.engine import Transaction
from atelier.model.documents import Blob
from atelier.model.ids import DocumentId, PersonId
from tests.database.test_jobs import NOW, run
from tests.oracle import Asker
from tests.oracle_networks import actor_of


async def document(tx: Transaction, name: str) -> DocumentId:
    """A document in a folder of its own."""
    await tx.run(
        "INSERT INTO people (id, email, email_key, name, created_at) VALUES (1, '', '', 'Awa', 0)"
        " ON CONFLICT DO NOTHING"
    )
    folder = await folders.add(tx, None, name, PersonId(1), NOW, is_closed=False)
    first = documents.NewVersion("ab", 3, "text/plain", PersonId(1), None, "", NOW)
    number, _ = await documents.add(tx, folder, name, first)
    return number


def test_entries_are_given_in_order_each_document_at_its_newest(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        assert await entries.last(tx) == 0
        assert await entries.after(tx, 0, 10) == (0, [])
        for number in (5, 6, 5, 7):
            await entries.note(tx, DocumentId(number))
        assert await entries.last(tx) == 4
        assert await entries.count(tx) == 3
        assert await entries.after(tx, 0, 10) == (4, [6, 5, 7])
        assert await entries.after(tx, 0, 2) == (3, [6, 5])
        assert await entries.after(tx, 2, 10) == (4, [5, 7])
        assert await entries.waiting(tx, actor_of(Asker(1)), 2) == ({5, 7}, frozenset())
        assert await entries.waiting(tx, actor_of(Asker(1)), 4) == (frozenset(), frozenset())

    run(tmp_path, unit)


def test_noting_all_shows_every_document_again_after_what_was_noted(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        one, other = await document(tx, "a"), await document(tx, "b")
        await entries.note(tx, DocumentId(99))
        await entries.note_all(tx)
        assert await entries.after(tx, 0, 10) == (3, [99, one, other])
        assert await entries.after(tx, 1, 10) == (3, [one, other])

    run(tmp_path, unit)


def test_compacting_keeps_the_newest_entry_of_each_document(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        for number in (5, 6, 5, 7, 6, 5):
            await entries.note(tx, DocumentId(number))
        told = [await entries.after(tx, number, 10) for number in range(7)]
        assert await entries.compact(tx, 2) == 2
        assert await entries.compact(tx, 10) == 1
        assert await entries.compact(tx, 10) == 0
        left = await tx.rows("SELECT number, document_id FROM index_entries ORDER BY number")
        assert left == [(4, 7), (5, 6), (6, 5)]
        assert [await entries.after(tx, number, 10) for number in range(7)] == told

    run(tmp_path, unit)


def test_the_index_reads_current_versions_and_passes_over_what_is_gone(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        number = await document(tx, "a")
        (found,) = await entries.indexable(tx, [number, 99])
        assert (found.document, found.version, found.sha256) == (number, 1, "ab")
        assert (found.author, found.organisation, found.is_waiting) == ("Awa", "", True)
        assert found.changed_at == NOW
        assert (found.author_id, found.organisation_id, found.older) == (1, 0, ())

    run(tmp_path, unit)


def test_older_versions_come_newest_first_without_twins(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        number = await document(tx, "a")
        for sha256 in ("cd", "ab", "cd", "ef", "ab"):
            version = documents.NewVersion(sha256, 3, "text/plain", PersonId(1), None, "", NOW)
            at = await tx.value("SELECT version FROM documents WHERE id = :id", id=number)
            await documents.revise(tx, number, at + 1, version)
        (found,) = await entries.indexable(tx, [number])
        assert (found.version, found.sha256) == (6, "ab")
        assert [(one.version_id, one.sha256) for one in found.older] == [(5, "ef"), (4, "cd")]

    run(tmp_path, unit)


def test_versions_are_walked_in_order_with_their_blobs(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        for name in ("a", "b", "c"):
            await document(tx, name)
        first = await reading.versions_after(tx, 0, 2)
        assert first == [(1, Blob("ab", 3)), (2, Blob("ab", 3))]
        assert await reading.versions_after(tx, 2, 2) == [(3, Blob("ab", 3))]
        assert await reading.unread(tx, 99) is None

    run(tmp_path, unit)
