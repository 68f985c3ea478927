"""Rows that the search index follows, and what it reads of each document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, MeetingId
from atelier.model.meetings import Part, entry_number
from atelier.model.people import Actor

# The document d is not in the trash, nor is its folder: a living folder reaches itself.
STANDS = (
    "d.removed_at IS NULL AND EXISTS (SELECT 1 FROM reach own_"
    " WHERE own_.folder_id = d.folder_id AND own_.ancestor_id = d.folder_id)"
)

_HAS_NEWER = (
    "EXISTS (SELECT 1 FROM index_entries n"
    " WHERE n.document_id = e.document_id AND n.number > e.number)"
)


@dataclass(frozen=True, slots=True)
class Older:
    """A version before the current one; its text is found by blob and reader version."""

    version_id: int
    sha256: str
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Indexable:
    """A document as the index is to see it; its text is found by blob and reader version.

    No organisation is 0. `older` are versions of other bytes, newest first, without twins.
    `changed_at` of what stands in the dossier of a meeting is when that begins.
    """

    document: int
    version_id: int
    version: int
    folder: int
    name: str
    media_type: str
    language: str
    changed_at: datetime
    author_id: int
    author: str
    organisation_id: int
    organisation: str
    sha256: str
    is_waiting: bool
    older: tuple[Older, ...] = ()


# The numbers of all parts of the meetings m: beyond every document's.
_FIRST_PART = entry_number(MeetingId(0), Part.AGENDA)
_PARTS = " UNION ALL ".join(f"SELECT {at} AS place" for at in range(len(Part)))
_OF_MEETINGS = (
    f"SELECT {_FIRST_PART} + m.id * {len(Part)} + part.place"
    f" FROM meetings m CROSS JOIN ({_PARTS}) part"
)


async def note(tx: Transaction, document: DocumentId) -> None:
    """Have the index look at this document again."""
    await tx.run("INSERT INTO index_entries (document_id) VALUES (:document)", document=document)


async def note_in(tx: Transaction, folder: FolderId) -> None:
    """Have the index look again at the documents that stand in this very folder."""
    await tx.run(
        "INSERT INTO index_entries (document_id) SELECT id FROM documents"
        " WHERE folder_id = :folder AND removed_at IS NULL ORDER BY id",
        folder=folder,
    )


async def note_all(tx: Transaction) -> None:
    """Have the index look at every document and every part of a meeting again."""
    await tx.run("INSERT INTO index_entries (document_id) SELECT id FROM documents ORDER BY id")
    await tx.run(f"INSERT INTO index_entries (document_id) {_OF_MEETINGS} ORDER BY 1")


async def compact(tx: Transaction, limit: int) -> int:
    """Let some entries go whose document has a newer one: how many, at most `limit`.

    No follower loses by it: an entry shows the document as it stands, and one that has not
    come to the older has not come to the newer.
    """
    return await tx.run(
        f"DELETE FROM index_entries WHERE number IN (SELECT e.number FROM index_entries e"
        f" WHERE {_HAS_NEWER} ORDER BY e.number LIMIT :limit)",
        limit=limit,
    )


async def last(tx: Transaction) -> int:
    """Number of the newest entry; 0 when there never was one."""
    return int(await tx.value("SELECT COALESCE(MAX(number), 0) FROM index_entries"))


async def after(tx: Transaction, number: int, limit: int) -> tuple[int, list[int]]:
    """The next documents to look at, at most `limit`, and the number that an index is at then.

    Each document comes at its newest entry alone: those before it say the same.
    """
    rows = await tx.rows(
        "SELECT e.number, e.document_id FROM index_entries e WHERE e.number > :number"
        f" AND NOT ({_HAS_NEWER}) ORDER BY e.number LIMIT :limit",
        number=number,
        limit=limit,
    )
    return (rows[-1][0] if rows else number), [document for _, document in rows]


async def count(tx: Transaction) -> int:
    """How many documents and parts of meetings an index looks at that begins from nothing."""
    return int(await tx.value("SELECT COUNT(DISTINCT document_id) FROM index_entries"))


async def waiting(
    tx: Transaction, actor: Actor, number: int
) -> tuple[frozenset[int], frozenset[int]]:
    """The documents and parts of meetings with entries that an index at `number` has not applied.

    All of them, and those among them that the actor may read.
    """
    # Those after the number, by the plus: made distinct by their index, all would be read.
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}, late AS ("
        " SELECT DISTINCT +document_id AS document_id FROM index_entries WHERE number > :number)"
        f" SELECT l.document_id, {access.meets('COALESCE(d.folder_id, met.dossier_id)')}"
        " FROM late l LEFT JOIN documents d ON d.id = l.document_id AND d.removed_at IS NULL"
        f" LEFT JOIN meetings met ON l.document_id >= {_FIRST_PART}"
        f" AND met.id = (l.document_id - {_FIRST_PART}) / {len(Part)}",
        number=number,
        **access.asking(actor),
    )
    everyone = frozenset(document for document, _ in rows)
    return everyone, frozenset(document for document, is_hers in rows if is_hers)


async def indexable(tx: Transaction, documents: list[int]) -> list[Indexable]:
    """These documents with their versions; those gone or in the trash are left out."""
    wanted = {f"d{index}": number for index, number in enumerate(documents)}
    among = f"d.id IN ({', '.join(f':{name}' for name in wanted)})"
    older = await _older(tx, among, wanted)
    rows = await tx.rows(
        "SELECT d.id, v.id, d.version, d.folder_id, d.name, v.media_type, v.language,"
        " COALESCE(m.starts_at, d.changed_at), p.id, p.name, o.id, o.name, v.sha256,"
        " v.state = 'waiting' FROM documents d"
        " JOIN versions v ON v.document_id = d.id AND v.number = d.version"
        " JOIN people p ON p.id = v.author_id"
        " LEFT JOIN organisations o ON o.id = v.organisation_id"
        " LEFT JOIN meetings m ON m.dossier_id = d.folder_id"
        f" WHERE {among} AND {STANDS}",
        **wanted,
    )
    return [_indexable(row, older.get(row[0], ())) for row in rows]


def _indexable(row: tuple[Any, ...], older: tuple[Older, ...]) -> Indexable:
    return Indexable(
        document=row[0],
        version_id=row[1],
        version=row[2],
        folder=row[3],
        name=row[4],
        media_type=row[5],
        language=row[6],
        changed_at=from_ms(row[7]),
        author_id=row[8],
        author=row[9],
        organisation_id=row[10] or 0,
        organisation=row[11] or "",
        sha256=row[12],
        is_waiting=bool(row[13]),
        older=tuple(one for one in older if one.sha256 != row[12]),
    )


async def _older(
    tx: Transaction, among: str, wanted: dict[str, int]
) -> dict[int, tuple[Older, ...]]:
    """The older versions of each of these documents, newest first, one of equal bytes."""
    rows = await tx.rows(
        "SELECT d.id, v.id, v.sha256, v.state = 'waiting' FROM documents d"
        " JOIN versions v ON v.document_id = d.id AND v.number < d.version"
        f" WHERE {among} AND d.removed_at IS NULL ORDER BY v.number DESC",
        **wanted,
    )
    found: dict[int, dict[str, Older]] = {}
    for document, version, sha256, is_waiting in rows:
        one = Older(version, sha256, bool(is_waiting))
        found.setdefault(document, {}).setdefault(sha256, one)
    return {document: tuple(versions.values()) for document, versions in found.items()}
