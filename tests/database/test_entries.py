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


def test_entries_are_given_in_order_each_document_once(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        assert await entries.last(tx) == 0
        assert await entries.after(tx, 0, 10) == (0, [])
        for number in (5, 6, 5, 7):
            await entries.note(tx, DocumentId(number))
        assert await entries.last(tx) == 4
        assert await entries.after(tx, 0, 10) == (4, [5, 6, 7])
        assert await entries.after(tx, 0, 2) == (2, [5, 6])
        assert await entries.after(tx, 2, 10) == (4, [5, 7])
        assert await entries.waiting(tx, actor_of(Asker(1)), 2) == ({5, 7}, frozenset())
        assert await entries.waiting(tx, actor_of(Asker(1)), 4) == (frozenset(), frozenset())

    run(tmp_path, unit)


def test_noting_all_begins_again_with_higher_numbers(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        one, other = await document(tx, "a"), await document(tx, "b")
        await entries.note(tx, one)
        await entries.note_all(tx)
        last, changed = await entries.after(tx, 1, 10)
        assert (last, changed) == (4, [entries.BEGIN_AGAIN, one, other])
        assert await entries.last(tx) == 4

    run(tmp_path, unit)


def test_the_index_reads_current_versions_and_passes_over_what_is_gone(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        number = await document(tx, "a")
        (found,) = await entries.indexable(tx, [number, 99])
        assert (found.document, found.version, found.sha256) == (number, 1, "ab")
        assert (found.author, found.organisation, found.is_waiting) == ("Awa", "", True)
        assert found.changed_at == NOW

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
