"""Rows of bytes that came second, kept for who brought them.

`documents.NewVersion` says what they would have become.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.documents import NewVersion
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.deposits import Aside
from atelier.model.folders import Action
from atelier.model.ids import AsideId, DocumentId, PersonId
from atelier.model.people import Actor

_ASIDE = """SELECT a.id, a.document_id, d.name, a.expected, d.version, a.sha256, a.size_bytes,
    a.media_type, a.comment, a.created_at, a.expires_at, d.ended_version
    FROM set_aside a JOIN documents d ON d.id = a.document_id
    WHERE a.person_id = :person AND a.expires_at > :now"""


async def keep(
    tx: Transaction, document: DocumentId, expected: int, new: NewVersion, until: datetime
) -> AsideId:
    """Keep them until then; what she has of the same bytes for that document is renewed."""
    values: dict[str, object] = {
        "person": new.author,
        "document": document,
        "sha256": new.sha256,
        "expected": expected,
        "comment": new.comment,
        "until": to_ms(until),
    }
    known = await tx.value(
        "UPDATE set_aside SET expected = :expected, comment = :comment, expires_at = :until"
        " WHERE person_id = :person AND document_id = :document AND sha256 = :sha256 RETURNING id",
        **values,
    )
    if known is not None:
        return AsideId(known)
    return AsideId(
        await tx.value(
            "INSERT INTO set_aside (person_id, organisation_id, document_id, expected, sha256,"
            " size_bytes, media_type, comment, created_at, expires_at)"
            " VALUES (:person, :hat, :document, :expected, :sha256, :size, :media_type, :comment,"
            " :at, :until) RETURNING id",
            hat=new.hat,
            size=new.size_bytes,
            media_type=new.media_type,
            at=to_ms(new.at),
            **values,
        )
    )


async def holds(tx: Transaction, person: PersonId, document: DocumentId, sha256: str) -> bool:
    """Whether she has these bytes kept for a document, which `keep` then only renews."""
    found = await tx.value(
        "SELECT 1 FROM set_aside"
        " WHERE person_id = :person AND document_id = :document AND sha256 = :sha256",
        person=person,
        document=document,
        sha256=sha256,
    )
    return found is not None


async def count(tx: Transaction, person: PersonId) -> int:
    """How many she has, of all documents."""
    return int(
        await tx.value("SELECT COUNT(*) FROM set_aside WHERE person_id = :person", person=person)
    )


async def found(
    tx: Transaction, person: PersonId, document: DocumentId, aside: AsideId, now: datetime
) -> Aside | None:
    """One of hers for a document, or None; whether she may read that is not asked here."""
    row = await tx.row(
        f"{_ASIDE} AND a.document_id = :document AND a.id = :aside",
        person=person,
        now=to_ms(now),
        document=document,
        aside=aside,
    )
    return None if row is None else _aside(row)


async def of_document(
    tx: Transaction, person: PersonId, document: DocumentId, now: datetime
) -> list[Aside]:
    """Hers for one document, newest first."""
    rows = await tx.rows(
        f"{_ASIDE} AND a.document_id = :document ORDER BY a.id DESC",
        person=person,
        now=to_ms(now),
        document=document,
    )
    return [_aside(row) for row in rows]


async def readable(tx: Transaction, actor: Actor, now: datetime) -> list[Aside]:
    """Hers for the documents she may read, newest first."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} {_ASIDE} AND d.removed_at IS NULL"
        f" AND {access.meets('d.folder_id')} ORDER BY a.id DESC",
        now=to_ms(now),
        **access.asking(actor),
    )
    return [_aside(row) for row in rows]


async def remove(tx: Transaction, aside: AsideId) -> None:
    """Forget one; its bytes are left to the collector."""
    await tx.run("DELETE FROM set_aside WHERE id = :aside", aside=aside)


async def forget_expired(tx: Transaction, now: datetime) -> None:
    """Forget those whose time is over."""
    await tx.run("DELETE FROM set_aside WHERE expires_at <= :now", now=to_ms(now))


def _aside(row: tuple[Any, ...]) -> Aside:
    return Aside(
        id=AsideId(row[0]),
        document_id=DocumentId(row[1]),
        name=row[2],
        expected=row[3],
        current=row[4],
        sha256=row[5],
        size_bytes=row[6],
        media_type=row[7],
        comment=row[8],
        created_at=from_ms(row[9]),
        expires_at=from_ms(row[10]),
        ended=row[11],
    )
