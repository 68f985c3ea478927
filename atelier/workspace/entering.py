"""Coming in: a session begun by a proof, or a step before it, and the actor of a session."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from atelier.database import people as records
from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.model.folders import Subject
from atelier.model.ids import OrganisationId, PersonId
from atelier.model.people import Actor, Person, Proof
from atelier.workspace import second_factors
from atelier.workspace.place import Workspace, today

STEP_MINUTES = 10
_DEVICE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody asks to come in: network address, and device in a word or two.

    The session of the token `replacing`, if any, ends when she does.
    """

    address: str
    device: str = ""
    replacing: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a proof led to: the token of a session or, when `is_step`, of a step before it.

    `kept_seconds` is how long the browser keeps the session; None: until it is closed.
    """

    token: str
    is_step: bool = False
    kept_seconds: int | None = None


async def begin(
    ws: Workspace,
    tx: Transaction,
    person: Person,
    visitor: Visitor,
    *,
    proof: Proof,
    is_kept: bool = False,
) -> Entry:
    """A new session of somebody who proved who she is; or the step to her second factor.

    The session that the browser held before is replaced. It outlives the browser only with
    a proof that is more than a password.
    """
    now = ws.clock()
    token = secrets.token_urlsafe(32)
    if visitor.replacing is not None:
        await sessions.end(tx, sessions.hashed(visitor.replacing))
    actor = await actor_of(tx, person, today(ws))
    if not proof.is_strong and await second_factors.is_asked(ws, tx, actor):
        await sessions.add_step(tx, sessions.hashed(token), person.id, now, is_kept=is_kept)
        return Entry(token, is_step=True)
    kept = is_kept and proof.is_strong
    begun = sessions.Begun(person.id, proof, visitor.device[:_DEVICE_CHARACTERS], is_kept=kept)
    await sessions.add(tx, sessions.hashed(token), begun, now)
    await records.see(tx, person.id, today(ws))
    seconds = ws.settings.sessions.kept_days * 24 * 3600
    return Entry(token, kept_seconds=seconds if kept else None)


def is_over(ws: Workspace, row: sessions.SessionRow, now: datetime) -> bool:
    """Whether a session has ended by itself, or was begun in a future that never came."""
    return now >= end(ws, row) or row.created_at > now + timedelta(hours=1)


def end(ws: Workspace, row: sessions.SessionRow) -> datetime:
    """When a session ends if nobody uses it any more."""
    return end_of(ws, row.created_at, row.seen_at, is_kept=row.is_kept)


def end_of(ws: Workspace, begun_at: datetime, seen_at: datetime, *, is_kept: bool) -> datetime:
    """When a session begun and last seen then ends if nobody uses it any more."""
    limits = ws.settings.sessions
    if is_kept:
        return begun_at + timedelta(days=limits.kept_days)
    return min(
        seen_at + timedelta(minutes=limits.idle_minutes),
        begun_at + timedelta(hours=limits.absolute_hours),
    )


async def actor_of(tx: Transaction, person: Person, day: date) -> Actor:
    """Somebody as she asks without a session, with all that she is that day."""
    return as_actor(person, None, day, may_open_top=await records.may_open_top(tx, person.id))


def as_actor(
    person: Person,
    acting_as: OrganisationId | None,
    day: date,
    *,
    may_open_top: bool,
    seeing: Subject | None = None,
) -> Actor:
    """Somebody as she asks that day, for one of her organisations or for all of them."""
    mine = organisations(person, day)
    return Actor(
        person_id=person.id,
        name=person.name,
        is_steward=person.is_steward,
        may_open_top=person.is_steward or may_open_top,
        main_organisation=mine[0] if mine else None,
        acting_as=acting_as if acting_as in mine else None,
        today=day,
        seeing=seeing,
    )


def organisations(person: Person, day: date) -> list[OrganisationId]:
    """The organisations in which she has a place that day, the first one hers mainly."""
    return [place.organisation.id for place in person.memberships if place.holds(day)]


def known_as(person: Person) -> tuple[str, ...]:
    """Words about her that a guesser of passwords would try first."""
    places = (place.organisation.name for place in person.memberships)
    return (person.email, person.name, *places)


async def known_about(ws: Workspace, person: Person) -> tuple[str, ...]:
    """Those words, and the name of the network: what `passwords.accepted` is told."""
    network = await ws.db.read(records.network)
    return (*known_as(person), *([] if network is None else [network.name]))


async def step_of(ws: Workspace, tx: Transaction, token: str) -> sessions.StepRow | None:
    """The step of this token, None for none or one that is over."""
    since = ws.clock() - timedelta(minutes=STEP_MINUTES)
    return await sessions.step(tx, sessions.hashed(token), since)


async def end_visits(tx: Transaction, person: PersonId) -> None:
    """End all her sessions, and the steps towards one."""
    await sessions.end_all(tx, person)
    await sessions.end_steps(tx, person)
