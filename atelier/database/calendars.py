"""Rows of calendar feeds, and the meetings that one shows. Addresses stand here as hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier import access
from atelier.database import meetings
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Action
from atelier.model.ids import PersonId
from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.people import Actor


@dataclass(frozen=True, slots=True)
class Dated:
    """A meeting with what calendars ask of it beside its row."""

    row: MeetingRow
    uid: str
    sequence: int
    changed_at: datetime


async def put(tx: Transaction, person: PersonId, token_hash: str, at: datetime) -> None:
    """Write the one address of her feed; an earlier one ends."""
    await end(tx, person)
    await tx.run(
        "INSERT INTO calendar_feeds (token_hash, person_id, created_at)"
        " VALUES (:token, :person, :at)",
        token=token_hash,
        person=person,
        at=to_ms(at),
    )


async def end(tx: Transaction, person: PersonId) -> None:
    """Forget the address of her feed, if there is one."""
    await tx.run("DELETE FROM calendar_feeds WHERE person_id = :person", person=person)


async def made_at(tx: Transaction, person: PersonId) -> datetime | None:
    """Since when her feed has the address it has; None without one."""
    row = await tx.row(
        "SELECT created_at FROM calendar_feeds WHERE person_id = :person", person=person
    )
    return None if row is None else from_ms(row[0])


async def owner(tx: Transaction, token_hash: str) -> PersonId | None:
    """Whose feed has this address; None as well when her account is disabled."""
    row = await tx.row(
        "SELECT c.person_id FROM calendar_feeds c JOIN people p ON p.id = c.person_id"
        " WHERE c.token_hash = :token AND p.disabled_at IS NULL",
        token=token_hash,
    )
    return None if row is None else PersonId(row[0])


async def shown(
    tx: Transaction, actor: Actor, since: datetime, before: datetime, *, limit: int
) -> list[Dated]:
    """The meetings that begin in that time and that she may read, the last ones first.

    Those in preparation only where she coordinates.
    """
    between = (since, before)
    convened = await _begun(tx, actor, Action.READ, between, "<>", limit)
    prepared = await _begun(tx, actor, Action.MEET, between, "=", limit)
    both = sorted(
        [*convened, *prepared], key=lambda one: (one.row.starts_at, one.row.id), reverse=True
    )
    return both[:limit]


async def _begun(
    tx: Transaction,
    actor: Actor,
    action: Action,
    between: tuple[datetime, datetime],
    is_or_not: str,
    limit: int,
) -> list[Dated]:
    """Where she may do this: those in preparation ("="), or the others ("<>")."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, action)}"
        f" SELECT {meetings.COLUMNS}, m.uid, m.sequence, m.changed_at {meetings.FROM}"
        " WHERE m.starts_at >= :since AND m.starts_at < :before"
        f" AND m.state {is_or_not} '{MeetingState.PREPARATION}'"
        f" AND {access.meets('m.dossier_id')}"
        " ORDER BY m.starts_at DESC, m.id DESC LIMIT :limit",
        since=to_ms(between[0]),
        before=to_ms(between[1]),
        limit=limit,
        **access.asking(actor),
    )
    return [Dated(meetings.shown(row[:-3]), row[-3], row[-2], from_ms(row[-1])) for row in rows]
