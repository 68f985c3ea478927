"""Rows of documents and versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier import access
from atelier.database import quotas
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model import names
from atelier.model.documents import Document, ReadState, Version
from atelier.model.folders import Action, DocumentRow
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId, VersionId
from atelier.model.people import Actor

ORDERS = {
    "name": "d.sort_key, d.id",
    "-name": "d.sort_key DESC, d.id",
    "changed": "d.changed_at, d.id",
    "-changed": "d.changed_at DESC, d.id DESC",
    "size": "v.size_bytes, d.id",
    "-size": "v.size_bytes DESC, d.id",
}

_NEWEST_LOOKED_AT = 1_000

_ROW = """d.id, d.folder_id, d.name, d.version, v.size_bytes, v.media_type, v.state,
    p.id, p.name, o.name, d.changed_at, v.label"""

_JOINS = """JOIN versions v ON v.document_id = d.id AND v.number = d.version
    JOIN people p ON p.id = v.author_id
    LEFT JOIN organisations o ON o.id = v.organisation_id"""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a version is made of, before it has a number."""

    sha256: str
    size_bytes: int
    media_type: str
    author: PersonId
    hat: OrganisationId | None
    comment: str
    at: datetime
    restored_from: int | None = None


async def folder_of(tx: Transaction, document: DocumentId) -> FolderId:
    """The folder of a document; 0, which is no folder, when there is none, or in the trash.

    The caller enters that folder next: missing and unreadable take the same way.
    """
    found = await tx.value(
        "SELECT folder_id FROM documents WHERE id = :id AND removed_at IS NULL", id=document
    )
    return FolderId(found or 0)


async def document(tx: Transaction, document: DocumentId) -> Document:
    """A document that exists, with its versions, newest first."""
    head = await tx.row(
        "SELECT id, folder_id, name, ended_version FROM documents WHERE id = :id", id=document
    )
    assert head is not None
    rows = await tx.rows(
        "SELECT v.id, v.document_id, v.number, v.sha256, v.size_bytes, v.media_type, p.name,"
        " o.name, v.comment, v.created_at, v.restored_from, v.state, v.page_count, v.label,"
        " v.reason"
        " FROM versions v JOIN people p ON p.id = v.author_id"
        " LEFT JOIN organisations o ON o.id = v.organisation_id"
        " WHERE v.document_id = :id ORDER BY v.number DESC",
        id=document,
    )
    return Document(head[0], head[1], head[2], tuple(map(_version, rows)), ended=head[3])


async def listed(
    tx: Transaction, folder: FolderId, *, order: str, contains: str, offset: int, limit: int
) -> list[DocumentRow]:
    """A window of the folder's documents in one of `ORDERS`, whose names hold `contains`."""
    rows = await tx.rows(
        f"SELECT {_ROW} FROM documents d {_JOINS}"
        " WHERE d.folder_id = :folder AND d.removed_at IS NULL"
        f" AND (:like = '' OR d.sort_key LIKE :like ESCAPE '!') ORDER BY {ORDERS[order]}"
        " LIMIT :limit OFFSET :offset",
        folder=folder,
        like=like(contains),
        limit=limit,
        offset=offset,
    )
    return _rows(rows)


async def count(tx: Transaction, folder: FolderId, *, contains: str) -> int:
    """How many documents of the folder have `contains` in their names."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM documents d"
            " WHERE d.folder_id = :folder AND d.removed_at IS NULL"
            " AND (:like = '' OR d.sort_key LIKE :like ESCAPE '!')",
            folder=folder,
            like=like(contains),
        )
    )


async def latest(tx: Transaction, actor: Actor, limit: int) -> list[tuple[DocumentRow, str]]:
    """The newest documents she may read, with the names of their folders.

    Whoever reads much finds them among the newest of all. For the others it is driven
    from the reach rows: scanning all documents by date would cost a hundred times more.
    """
    found = await _among_newest(tx, actor, limit)
    if len(found) < limit:
        found = await _newest_in_reach(tx, actor, limit)
    if not found:
        return []
    rows = await tx.rows(
        f"SELECT {_ROW}, f.name FROM documents d JOIN folders f ON f.id = d.folder_id {_JOINS}"
        f" WHERE d.id IN ({', '.join(map(str, found))}) ORDER BY d.changed_at DESC, d.id DESC"
    )
    return list(zip(_rows(row[:-1] for row in rows), [row[-1] for row in rows], strict=True))


async def _among_newest(tx: Transaction, actor: Actor, limit: int) -> list[int]:
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}, newest AS ("
        " SELECT id, folder_id, changed_at FROM documents WHERE removed_at IS NULL"
        " ORDER BY changed_at DESC, id DESC LIMIT :looked_at)"
        f" SELECT n.id FROM newest n WHERE {access.meets('n.folder_id')}"
        " ORDER BY n.changed_at DESC, n.id DESC LIMIT :limit",
        looked_at=_NEWEST_LOOKED_AT,
        limit=limit,
        **access.asking(actor),
    )
    return [number for (number,) in rows]


async def _newest_in_reach(tx: Transaction, actor: Actor, limit: int) -> list[int]:
    # CROSS JOIN: the order is ours. The planner, without statistics, begins with documents.
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}, readable AS ("
        " SELECT DISTINCT r.folder_id FROM reach r"
        " WHERE r.ancestor_id IN (SELECT folder_id FROM scoped))"
        " SELECT d.id FROM readable a CROSS JOIN documents d ON d.folder_id = a.folder_id"
        " WHERE d.removed_at IS NULL ORDER BY d.changed_at DESC, d.id DESC LIMIT :limit",
        limit=limit,
        **access.asking(actor),
    )
    return [number for (number,) in rows]


async def readable(
    tx: Transaction, actor: Actor, documents: tuple[int, ...]
) -> dict[int, tuple[DocumentRow, str, int, str]]:
    """Of these documents those she may read: row, folder's name, current version, blob.

    The re-check of a search's hits: one statement, driven from the ids.
    """
    if not documents:
        return {}
    wanted = {f"d{index}": number for index, number in enumerate(documents)}
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {_ROW}, f.name, v.id, v.sha256"
        f" FROM documents d JOIN folders f ON f.id = d.folder_id {_JOINS}"
        f" WHERE d.id IN ({', '.join(f':{name}' for name in wanted)}) AND d.removed_at IS NULL"
        f" AND {access.meets('d.folder_id')}",
        **wanted,
        **access.asking(actor),
    )
    found = _rows(row[:-3] for row in rows)
    return {
        row.id: (row, folder, version, sha256)
        for row, (folder, version, sha256) in zip(found, [row[-3:] for row in rows], strict=True)
    }


async def holders(
    tx: Transaction, folder: FolderId, wanted: list[str]
) -> dict[str, tuple[DocumentId | None, str]]:
    """Of these names those in use in the folder: by which document, and its current blob.

    None and "" where a folder bears it. One statement.
    """
    keys = {f"k{index}": names.key(name) for index, name in enumerate(wanted)}
    rows = await tx.rows(
        "SELECT n.key, d.id, v.sha256 FROM names n"
        " LEFT JOIN documents d ON n.kind = 'document' AND d.id = n.id"
        " LEFT JOIN versions v ON v.document_id = d.id AND v.number = d.version"
        f" WHERE n.folder_id = :folder AND n.key IN ({', '.join(f':{name}' for name in keys)})",
        folder=folder,
        **keys,
    )
    held = {key: (number, sha256 or "") for key, number, sha256 in rows}
    return {name: held[names.key(name)] for name in wanted if names.key(name) in held}


async def add(
    tx: Transaction, folder: FolderId, name: str, first: NewVersion
) -> tuple[DocumentId, VersionId]:
    """Write a document with its version 1; the caller takes the name."""
    document = DocumentId(
        await tx.value(
            "INSERT INTO documents (folder_id, name, sort_key, version, created_at, changed_at)"
            " VALUES (:folder, :name, :key, 1, :at, :at) RETURNING id",
            folder=folder,
            name=name,
            key=names.sort_key(name),
            at=to_ms(first.at),
        )
    )
    return document, await _add_version(tx, document, 1, first)


async def revise(
    tx: Transaction, document: DocumentId, number: int, version: NewVersion
) -> VersionId:
    """Write a further version, which becomes the current one."""
    await tx.run(
        "UPDATE documents SET version = :number, changed_at = :at WHERE id = :document",
        number=number,
        at=to_ms(version.at),
        document=document,
    )
    return await _add_version(tx, document, number, version)


async def label(tx: Transaction, document: DocumentId, number: int, words: str) -> None:
    """Label one version, or take its label away with ""."""
    await tx.run(
        "UPDATE versions SET label = :words WHERE document_id = :document AND number = :number",
        words=words,
        document=document,
        number=number,
    )


async def rename(tx: Transaction, document: DocumentId, name: str, at: datetime) -> None:
    """Give the document another name; the caller keeps the names in use."""
    await tx.run(
        "UPDATE documents SET name = :name, sort_key = :key, changed_at = :at WHERE id = :document",
        name=name,
        key=names.sort_key(name),
        at=to_ms(at),
        document=document,
    )


async def move(tx: Transaction, document: DocumentId, folder: FolderId) -> None:
    """Put the document into another folder; the caller keeps the names in use."""
    await quotas.move_document(tx, document, folder)
    await tx.run(
        "UPDATE documents SET folder_id = :folder WHERE id = :document",
        folder=folder,
        document=document,
    )


async def _add_version(
    tx: Transaction, document: DocumentId, number: int, version: NewVersion
) -> VersionId:
    await quotas.add_version(tx, document, version.hat, version.size_bytes)
    return VersionId(
        await tx.value(
            "INSERT INTO versions (document_id, number, sha256, size_bytes, media_type, comment,"
            " author_id, organisation_id, restored_from, created_at)"
            " VALUES (:document, :number, :sha256, :size, :media_type, :comment,"
            " :author, :hat, :restored_from, :at) RETURNING id",
            document=document,
            number=number,
            sha256=version.sha256,
            size=version.size_bytes,
            media_type=version.media_type,
            comment=version.comment,
            author=version.author,
            hat=version.hat,
            restored_from=version.restored_from,
            at=to_ms(version.at),
        )
    )


def like(contains: str) -> str:
    """A pattern for `sort_key LIKE … ESCAPE '!'`, of names that hold this; "" of nothing."""
    if not contains:
        return ""
    text = names.sort_key(contains)
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return f"%{text}%"


def _rows(rows: Iterable[tuple[Any, ...]]) -> list[DocumentRow]:
    return [DocumentRow(*(*row[:9], row[9] or "", from_ms(row[10]), row[11])) for row in rows]


def _version(row: tuple[Any, ...]) -> Version:
    return Version(
        id=VersionId(row[0]),
        document_id=DocumentId(row[1]),
        number=row[2],
        sha256=row[3],
        size_bytes=row[4],
        media_type=row[5],
        author=row[6],
        organisation=row[7] or "",
        comment=row[8],
        created_at=from_ms(row[9]),
        restored_from=row[10],
        state=ReadState(row[11]),
        page_count=row[12],
        label=row[13],
        reason=row[14],
    )
