"""What decides who sees what, all of it at one moment: to compare before and after an act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from atelier import access
from atelier.database.engine import Transaction

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One day: rows (folder, kind, id, role) that hold, and (person, kind, id) that people are."""

    holding: Rows
    everyone: Rows


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows as they came: whoever compares does it outside, for the writer waits meanwhile.

    `reach` holds (folder, ancestor) where the ancestor carries a grant; `documents` and
    `removed` (folder, number), the second counted in the first too.
    """

    reach: Rows
    documents: Rows
    removed: Rows
    days: Mapping[date, Standing]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people and of organisations by id."""

    people: Mapping[int, str]
    organisations: Mapping[int, str]


async def snapshot(tx: Transaction, days: Iterable[date]) -> Snapshot:
    """Everything, as the records of this transaction stand, seen on these days."""
    return Snapshot(
        await tx.rows(
            "SELECT folder_id, ancestor_id FROM reach"
            " WHERE ancestor_id IN (SELECT folder_id FROM grants)"
        ),
        # Counted from an index alone; with the removed left out here it takes ten times as long.
        await tx.rows("SELECT folder_id, COUNT(*) FROM documents GROUP BY folder_id"),
        await tx.rows(
            "SELECT folder_id, COUNT(*) FROM documents WHERE removed_at IS NOT NULL"
            " GROUP BY folder_id"
        ),
        {day: await _standing(tx, day) for day in days},
    )


async def names(tx: Transaction) -> Names:
    """The names of all people and organisations."""
    return Names(
        dict(await tx.rows("SELECT id, name FROM people")),
        dict(await tx.rows("SELECT id, name FROM organisations")),
    )


async def _standing(tx: Transaction, day: date) -> Standing:
    table = f"WITH {access.EVERYONE_IS}"
    return Standing(
        await tx.rows(
            f"{table} SELECT folder_id, kind, id, role FROM holding", today=day.isoformat()
        ),
        await tx.rows(
            f"{table} SELECT person_id, kind, id FROM everyone_is", today=day.isoformat()
        ),
    )
