"""Rows of kept searches, each person's own, and of what she was shown of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.asked import kept_in
from atelier.model.ids import DocumentId, MeetingId, PersonId, SavedId
from atelier.model.meetings import Part, entry_number
from atelier.model.saved import Saved

_SAVED = "SELECT id, name, asked, created_at FROM saved_searches WHERE person_id = :person"


async def add(tx: Transaction, person: PersonId, name: str, asked: str, at: datetime) -> SavedId:
    """Write one; she must not have the same already."""
    return SavedId(
        await tx.value(
            "INSERT INTO saved_searches (person_id, name, asked, created_at)"
            " VALUES (:person, :name, :asked, :at) RETURNING id",
            person=person,
            name=name,
            asked=asked,
            at=to_ms(at),
        )
    )


async def same(tx: Transaction, person: PersonId, asked: str) -> Saved | None:
    """The one of hers that asks for the same, or None."""
    row = await tx.row(f"{_SAVED} AND asked = :asked", person=person, asked=asked)
    return None if row is None else _saved(row)


async def count(tx: Transaction, person: PersonId) -> int:
    """How many she keeps."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM saved_searches WHERE person_id = :person", person=person
        )
    )


async def of_person(tx: Transaction, person: PersonId) -> list[Saved]:
    """Hers, in the order in which she kept them."""
    rows = await tx.rows(f"{_SAVED} ORDER BY id", person=person)
    return [_saved(row) for row in rows]


async def found(tx: Transaction, person: PersonId, saved: SavedId) -> Saved | None:
    """One of hers, or None: another's is like one that never was."""
    row = await tx.row(f"{_SAVED} AND id = :saved", person=person, saved=saved)
    return None if row is None else _saved(row)


async def rename(tx: Transaction, saved: SavedId, name: str) -> None:
    """Give it another name."""
    await tx.run("UPDATE saved_searches SET name = :name WHERE id = :saved", saved=saved, name=name)


async def forget(tx: Transaction, saved: SavedId) -> None:
    """Forget it, with what she was shown of it, and follow it no longer."""
    await tx.run(
        "DELETE FROM search_told WHERE follow_id IN"
        " (SELECT id FROM follows WHERE what = 'search' AND what_id = :saved)",
        saved=saved,
    )
    await tx.run("DELETE FROM follows WHERE what = 'search' AND what_id = :saved", saved=saved)
    await tx.run("DELETE FROM saved_seen WHERE saved_id = :saved", saved=saved)
    await tx.run("DELETE FROM saved_searches WHERE id = :saved", saved=saved)


async def seen(tx: Transaction, saved: SavedId) -> dict[DocumentId, int]:
    """The documents she was shown of it, each with the newest version she was shown."""
    rows = await tx.rows(
        "SELECT document_id, version FROM saved_seen WHERE saved_id = :saved", saved=saved
    )
    return {DocumentId(document): version for document, version in rows}


async def see(tx: Transaction, saved: SavedId, documents: Iterable[tuple[DocumentId, int]]) -> None:
    """Note that she was shown these versions; what is gone for good is let go."""
    await tx.run(
        "DELETE FROM saved_seen WHERE saved_id = :saved AND CASE WHEN document_id < :first"
        " THEN document_id NOT IN (SELECT id FROM documents)"
        " ELSE (document_id - :first) / :parts NOT IN (SELECT id FROM meetings) END",
        saved=saved,
        first=entry_number(MeetingId(0), Part.AGENDA),
        parts=len(Part),
    )
    await tx.many(
        "INSERT INTO saved_seen (saved_id, document_id, version)"
        " VALUES (:saved, :document, :version)"
        " ON CONFLICT (saved_id, document_id) DO UPDATE SET version = excluded.version"
        " WHERE excluded.version > version",
        [
            {"saved": saved, "document": document, "version": version}
            for document, version in documents
        ],
    )


def _saved(row: tuple[Any, ...]) -> Saved:
    return Saved(SavedId(row[0]), row[1], kept_in(row[2]), from_ms(row[3]))
