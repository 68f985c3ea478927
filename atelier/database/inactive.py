"""Rows of accounts that nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_day
from atelier.model.ids import PersonId


@dataclass(frozen=True, slots=True)
class Absent:
    """An open account: whose, by which organisations, and the day of her last visit, if any."""

    id: PersonId
    name: str
    email: str
    is_steward: bool
    organisations: tuple[str, ...]
    seen_on: date | None
    created_at: datetime


async def absent(tx: Transaction, today: date, since: date, limit: int) -> list[Absent]:
    """Open accounts without a visit since a day, the longest absent first; never comes last."""
    rows = await tx.rows(
        "SELECT p.id, p.name, p.email, p.is_steward, p.seen_on, p.created_at FROM people p"
        " WHERE p.disabled_at IS NULL AND (p.seen_on IS NULL OR p.seen_on < :since)"
        " ORDER BY p.seen_on IS NULL, p.seen_on, p.sort_key, p.id LIMIT :limit",
        since=since.isoformat(),
        limit=limit,
    )
    places = await tx.rows(
        "SELECT m.person_id, o.name FROM memberships m"
        " JOIN organisations o ON o.id = m.organisation_id"
        " WHERE (m.starts_on IS NULL OR m.starts_on <= :today)"
        " AND (m.ends_on IS NULL OR m.ends_on >= :today)"
        " AND (o.ends_on IS NULL OR o.ends_on >= :today) ORDER BY m.id",
        today=today.isoformat(),
    )
    homes: dict[int, list[str]] = {}
    for person, name in places:
        homes.setdefault(person, []).append(name)
    return [
        Absent(
            PersonId(number),
            name,
            email,
            bool(is_steward),
            tuple(homes.get(number, ())),
            to_day(seen_on),
            from_ms(created),
        )
        for number, name, email, is_steward, seen_on, created in rows
    ]


async def count(tx: Transaction, since: date) -> int:
    """How many there are."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM people"
            " WHERE disabled_at IS NULL AND (seen_on IS NULL OR seen_on < :since)",
            since=since.isoformat(),
        )
    )
