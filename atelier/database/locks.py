"""Rows of locks: who is editing which document, and until when.

A row whose time is over is no lock any more, and is overwritten by the next one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.ids import DocumentId, OrganisationId, PersonId
from atelier.model.locks import Lock

_LOCKS = """SELECT l.id, p.id, p.name, o.name, l.token, l.note, l.created_at, l.expires_at
    FROM locks l JOIN people p ON p.id = l.person_id
    LEFT JOIN organisations o ON o.id = l.organisation_id
    WHERE l.kind = 'document' AND l.expires_at > :now"""


@dataclass(frozen=True, slots=True)
class NewLock:
    """What a lock is made of."""

    token: str
    holder: PersonId
    hat: OrganisationId | None
    note: str
    since: datetime
    until: datetime


async def of(tx: Transaction, document: DocumentId, now: datetime) -> Lock | None:
    """The lock of this document whose time is not over, whatever its holder may do by now."""
    row = await tx.row(f"{_LOCKS} AND l.id = :document", document=document, now=to_ms(now))
    return None if row is None else _lock(row)


async def among(tx: Transaction, documents: Collection[DocumentId], now: datetime) -> list[Lock]:
    """The locks of these documents, as `of` gives them."""
    if not documents:
        return []
    named = {f"d{index}": document for index, document in enumerate(documents)}
    rows = await tx.rows(
        f"{_LOCKS} AND l.id IN ({', '.join(f':{name}' for name in named)})",
        now=to_ms(now),
        **named,
    )
    return [_lock(row) for row in rows]


async def put(tx: Transaction, document: DocumentId, lock: NewLock) -> None:
    """Write the lock of a document, over one that holds no longer."""
    await tx.run(
        "INSERT INTO locks (kind, id, token, person_id, organisation_id, note, created_at,"
        " expires_at) VALUES ('document', :document, :token, :holder, :hat, :note, :since, :until)"
        " ON CONFLICT (kind, id) DO UPDATE SET token = excluded.token,"
        " person_id = excluded.person_id, organisation_id = excluded.organisation_id,"
        " note = excluded.note, created_at = excluded.created_at, expires_at = excluded.expires_at",
        document=document,
        token=lock.token,
        holder=lock.holder,
        hat=lock.hat,
        note=lock.note,
        since=to_ms(lock.since),
        until=to_ms(lock.until),
    )


async def remove(tx: Transaction, document: DocumentId) -> None:
    """End the lock of a document, if it has one."""
    await tx.run("DELETE FROM locks WHERE kind = 'document' AND id = :document", document=document)


async def count(tx: Transaction, person: PersonId, now: datetime) -> int:
    """How many locks of hers have not reached their time."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM locks WHERE person_id = :person AND expires_at > :now",
            person=person,
            now=to_ms(now),
        )
    )


async def forget_person(tx: Transaction, person: PersonId) -> None:
    """End all the locks of somebody."""
    await tx.run("DELETE FROM locks WHERE person_id = :person", person=person)


async def forget_expired(tx: Transaction, now: datetime) -> None:
    """Remove the rows of locks whose time is over."""
    await tx.run("DELETE FROM locks WHERE expires_at <= :now", now=to_ms(now))


def _lock(row: tuple[Any, ...]) -> Lock:
    document, person, name, organisation, token, note, since, until = row
    return Lock(
        document_id=DocumentId(document),
        holder_id=PersonId(person),
        holder=name,
        organisation=organisation or "",
        token=token,
        note=note,
        since=from_ms(since),
        until=from_ms(until),
    )
