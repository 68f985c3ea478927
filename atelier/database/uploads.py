"""Rows of deposits that go on after a cut, each its person's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.deposits import Taken, Target, Upload
from atelier.model.documents import Deposited
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId

_COLUMNS = """key, folder_id, path, name, taken, document_id, expected, comment, size_bytes,
    offset_bytes, expires_at, became_document, became_name, became_version, is_new_document,
    is_new_version"""


async def add(
    tx: Transaction, upload: Upload, person: PersonId, hat: OrganisationId | None, at: datetime
) -> None:
    """Write a deposit of which no byte came yet."""
    target = upload.target
    await tx.run(
        "INSERT INTO uploads (key, person_id, organisation_id, folder_id, path, name, taken,"
        " document_id, expected, comment, size_bytes, created_at, expires_at)"
        " VALUES (:key, :person, :hat, :folder, :path, :name, :taken, :document, :expected,"
        " :comment, :size, :at, :expires)",
        key=upload.key,
        person=person,
        hat=hat,
        folder=target.folder_id,
        path="/".join(target.path),
        name=target.name,
        taken=target.taken.value,
        document=target.document_id,
        expected=target.expected,
        comment=upload.comment,
        size=upload.size_bytes,
        at=to_ms(at),
        expires=to_ms(upload.expires_at),
    )


async def get(tx: Transaction, key: str, person: PersonId, now: datetime) -> Upload | None:
    """Her deposit of this key; None when it is nobody's, another's or over."""
    row = await tx.row(
        f"SELECT {_COLUMNS} FROM uploads"
        " WHERE key = :key AND person_id = :person AND expires_at > :now",
        key=key,
        person=person,
        now=to_ms(now),
    )
    return None if row is None else _upload(row)


async def unfinished(tx: Transaction, person: PersonId, now: datetime) -> int:
    """How many deposits of hers are under way."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM uploads WHERE person_id = :person AND expires_at > :now"
            " AND became_document IS NULL",
            person=person,
            now=to_ms(now),
        )
    )


async def advance(tx: Transaction, key: str, offset_bytes: int) -> bool:
    """Write how many bytes are durable; False when it is not under way any more."""
    changed = await tx.run(
        "UPDATE uploads SET offset_bytes = :offset WHERE key = :key AND became_document IS NULL",
        key=key,
        offset=offset_bytes,
    )
    return changed == 1


async def become(tx: Transaction, key: str, done: Deposited) -> bool:
    """Write what it became, once; False when it is not under way any more."""
    changed = await tx.run(
        "UPDATE uploads SET offset_bytes = size_bytes, became_document = :document,"
        " became_name = :name, became_version = :version, is_new_document = :is_new_document,"
        " is_new_version = :is_new_version WHERE key = :key AND became_document IS NULL",
        key=key,
        document=done.document_id,
        name=done.name,
        version=done.version,
        is_new_document=int(done.is_new_document),
        is_new_version=int(done.is_new_version),
    )
    return changed == 1


async def forget(tx: Transaction, key: str) -> None:
    """Remove the row, whatever became of it."""
    await tx.run("DELETE FROM uploads WHERE key = :key", key=key)


async def forget_expired(tx: Transaction, now: datetime) -> list[str]:
    """Remove the rows that are over, and give their keys."""
    rows = await tx.rows(
        "DELETE FROM uploads WHERE expires_at <= :now RETURNING key", now=to_ms(now)
    )
    return [key for (key,) in rows]


def _upload(row: tuple[Any, ...]) -> Upload:
    (key, folder, path, name, taken, document, expected, comment, size, offset, expires, *rest) = (
        row
    )
    target = Target(
        None if folder is None else FolderId(folder),
        name,
        None if document is None else DocumentId(document),
        expected,
        tuple(path.split("/")) if path else (),
        Taken(taken),
    )
    return Upload(key, target, comment, size, offset, from_ms(expires), _became(*rest))


def _became(
    document: int | None, name: str, version: int, is_new_document: int, is_new_version: int
) -> Deposited | None:
    if document is None:
        return None
    return Deposited(
        DocumentId(document), name, version, bool(is_new_document), bool(is_new_version)
    )
