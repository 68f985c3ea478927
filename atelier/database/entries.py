"""Rows that the search index follows, and what it reads of each document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.folders import Action
from atelier.model.ids import DocumentId
from atelier.model.people import Actor

# The document d is not in the trash, nor is its folder: a living folder reaches itself.
STANDS = (
    "d.removed_at IS NULL AND EXISTS (SELECT 1 FROM reach own_"
    " WHERE own_.folder_id = d.folder_id AND own_.ancestor_id = d.folder_id)"
)


@dataclass(frozen=True, slots=True)
class Indexable:
    """A document as the index is to see it; its text is found by blob and reader version."""

    document: int
    version_id: int
    version: int
    folder: int
    name: str
    media_type: str
    language: str
    changed_at: datetime
    author: str
    organisation: str
    sha256: str
    is_waiting: bool


async def note(tx: Transaction, document: DocumentId) -> None:
    """Have the index look at this document again."""
    await tx.run("INSERT INTO index_entries (document_id) VALUES (:document)", document=document)


BEGIN_AGAIN = 0  # stands for no document: an index that meets it empties itself first


async def note_all(tx: Transaction) -> None:
    """Have every index empty itself and look at every document again."""
    await tx.run("DELETE FROM index_entries")
    await tx.run("INSERT INTO index_entries (document_id) VALUES (:again)", again=BEGIN_AGAIN)
    await tx.run("INSERT INTO index_entries (document_id) SELECT id FROM documents ORDER BY id")


async def last(tx: Transaction) -> int:
    """Number of the newest entry; 0 when there never was one."""
    return int(await tx.value("SELECT COALESCE(MAX(number), 0) FROM index_entries"))


async def after(tx: Transaction, number: int, limit: int) -> tuple[int, list[int]]:
    """The documents of the next `limit` entries, once each, and the last number among them."""
    rows = await tx.rows(
        "SELECT number, document_id FROM index_entries WHERE number > :number"
        " ORDER BY number LIMIT :limit",
        number=number,
        limit=limit,
    )
    last_number = rows[-1][0] if rows else number
    return last_number, list(dict.fromkeys(document for _, document in rows))


async def waiting(
    tx: Transaction, actor: Actor, number: int
) -> tuple[frozenset[int], frozenset[int]]:
    """The documents with entries that an index at `number` has not applied.

    All of them, and those among them that the actor may read.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}, late AS ("
        " SELECT DISTINCT document_id FROM index_entries WHERE number > :number)"
        f" SELECT l.document_id, d.id IS NOT NULL AND {access.meets('d.folder_id')}"
        " FROM late l LEFT JOIN documents d ON d.id = l.document_id AND d.removed_at IS NULL",
        number=number,
        **access.asking(actor),
    )
    everyone = frozenset(document for document, _ in rows)
    return everyone, frozenset(document for document, is_hers in rows if is_hers)


async def indexable(tx: Transaction, documents: list[int]) -> list[Indexable]:
    """These documents with their current versions; those gone or in the trash are left out."""
    wanted = {f"d{index}": number for index, number in enumerate(documents)}
    rows = await tx.rows(
        "SELECT d.id, v.id, d.version, d.folder_id, d.name, v.media_type, v.language, d.changed_at,"
        " p.name, o.name, v.sha256, v.state = 'waiting' FROM documents d"
        " JOIN versions v ON v.document_id = d.id AND v.number = d.version"
        " JOIN people p ON p.id = v.author_id"
        " LEFT JOIN organisations o ON o.id = v.organisation_id"
        f" WHERE d.id IN ({', '.join(f':{name}' for name in wanted)}) AND {STANDS}",
        **wanted,
    )
    return [
        Indexable(*(*row[:7], from_ms(row[7]), row[8], row[9] or "", row[10], bool(row[11])))
        for row in rows
    ]
