"""Rows of addresses that people change theirs to, until both addresses have confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model import names
from atelier.model.ids import PersonId


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """The address somebody asked for, when, and which of the two addresses have confirmed."""

    person_id: PersonId
    email: str
    old_has_confirmed: bool
    new_has_confirmed: bool
    asked_at: datetime


async def put(tx: Transaction, person: PersonId, email: str, at: datetime) -> None:
    """Write the one change of a person, confirmed by nobody; an earlier one is over."""
    await end(tx, person)
    await tx.run(
        "INSERT INTO email_changes (person_id, email, email_key, created_at)"
        " VALUES (:person, :email, :key, :at)",
        person=person,
        email=email,
        key=names.key(email),
        at=to_ms(at),
    )


async def of_person(tx: Transaction, person: PersonId, since: datetime) -> ChangeRow | None:
    """The change that an active person asked for since a time."""
    row = await tx.row(
        "SELECT c.email, c.old_confirmed_at, c.new_confirmed_at, c.created_at"
        " FROM email_changes c JOIN people p ON p.id = c.person_id"
        " WHERE c.person_id = :person AND c.created_at > :since AND p.disabled_at IS NULL",
        person=person,
        since=to_ms(since),
    )
    if row is None:
        return None
    email, old, new, asked = row
    return ChangeRow(person, email, old is not None, new is not None, from_ms(asked))


async def confirm(tx: Transaction, person: PersonId, at: datetime, *, is_new: bool) -> None:
    """Note that the new address, or the old one, has confirmed."""
    column = "new_confirmed_at" if is_new else "old_confirmed_at"
    await tx.run(
        f"UPDATE email_changes SET {column} = :at WHERE person_id = :person",
        at=to_ms(at),
        person=person,
    )


async def end(tx: Transaction, person: PersonId) -> None:
    """Forget the change of a person, if there is one."""
    await tx.run("DELETE FROM email_changes WHERE person_id = :person", person=person)


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Forget changes that were asked for before this time."""
    await tx.run("DELETE FROM email_changes WHERE created_at < :at", at=to_ms(at))
