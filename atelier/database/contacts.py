"""Rows of how people can be reached: what they chose to show, and to whom it is shown."""

from __future__ import annotations

from collections.abc import Iterable

from atelier import access
from atelier.database.engine import Transaction
from atelier.model.contacts import Showing, Shown
from atelier.model.ids import PersonId
from atelier.model.people import Actor


async def showing(tx: Transaction, person: PersonId) -> Showing:
    """What she chose to show."""
    row = await tx.row(
        "SELECT phone, shows_email, shows_phone FROM people WHERE id = :id", id=person
    )
    assert row is not None
    return Showing(row[0], bool(row[1]), bool(row[2]))


async def choose(tx: Transaction, person: PersonId, chosen: Showing) -> None:
    """Write what she shows."""
    await tx.run(
        "UPDATE people SET phone = :phone, shows_email = :email, shows_phone = :shown"
        " WHERE id = :id",
        phone=chosen.phone,
        email=int(chosen.shows_email),
        shown=int(chosen.shows_phone),
        id=person,
    )


async def shown(tx: Transaction, actor: Actor, people: Iterable[PersonId]) -> dict[PersonId, Shown]:
    """What the actor may know of these people, in one statement."""
    numbers = ", ".join(str(int(number)) for number in people) or "0"
    rows = await tx.rows(
        f"SELECT p.id, CASE WHEN {access.SEES_ADDRESS} THEN p.email ELSE '' END,"
        " CASE WHEN p.shows_phone = 1 OR (p.id = :person AND :seeing = 0) THEN p.phone"
        f" ELSE '' END FROM people p WHERE p.id IN ({numbers})",
        **access.asking(actor),
    )
    return {PersonId(number): Shown(email, phone) for number, email, phone in rows}
