"""Rows of sessions, one-time links and attempts to sign in. Tokens stand here as hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.people import PERSON, whole
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.people import Network, Person


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it was last seen, and whose it is."""

    acting_as: OrganisationId | None
    created_at: datetime
    seen_at: datetime
    language: str
    seeing: Subject | None
    person: Person
    may_open_top: bool
    network: Network


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link: whom it is for, and who handed it out (None: the installation)."""

    person_id: PersonId
    issued_by: PersonId | None


_SEEN_NAME = """CASE s.seeing_kind
    WHEN 'organisation' THEN (SELECT name FROM organisations WHERE id = s.seeing_id)
    WHEN 'person' THEN (SELECT name FROM people WHERE id = s.seeing_id) END"""


def hashed(token: str) -> str:
    """What stands in the records for a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def add(tx: Transaction, token_hash: str, person: PersonId, at: datetime) -> None:
    """Write a new session."""
    await tx.run(
        "INSERT INTO sessions (token_hash, person_id, created_at, seen_at)"
        " VALUES (:token, :person, :at, :at)",
        token=token_hash,
        person=person,
        at=to_ms(at),
    )


async def get(tx: Transaction, token_hash: str) -> SessionRow | None:
    """The session of an active person, or None: in two statements, for each request asks."""
    row = await tx.row(
        "SELECT s.acting_as, s.created_at, s.seen_at, p.language, p.may_open_top, n.name,"
        f" n.time_zone, s.seeing_kind, s.seeing_id, {_SEEN_NAME}, {PERSON} FROM sessions s"
        " JOIN people p ON p.id = s.person_id JOIN network n ON n.id = 1"
        " WHERE s.token_hash = :token AND p.disabled_at IS NULL",
        token=token_hash,
    )
    if row is None:
        return None
    acting_as, created, seen, language, may_open_top, network, zone, kind, number, name = row[:10]
    return SessionRow(
        acting_as=acting_as or None,
        created_at=from_ms(created),
        seen_at=from_ms(seen),
        language=language,
        seeing=Subject(SubjectKind(kind), number, name or "") if kind else None,
        person=await whole(tx, row[10:]),
        may_open_top=bool(may_open_top),
        network=Network(network, zone),
    )


async def see(tx: Transaction, token_hash: str, at: datetime) -> None:
    """Note that the session is in use."""
    await tx.run(
        "UPDATE sessions SET seen_at = :at WHERE token_hash = :token",
        at=to_ms(at),
        token=token_hash,
    )


async def act_as(tx: Transaction, token_hash: str, organisation: OrganisationId | None) -> None:
    """Note for which organisation she acts in this session; she looks as nobody else then."""
    await tx.run(
        "UPDATE sessions SET acting_as = :organisation, seeing_kind = '', seeing_id = 0,"
        " seeing_from = 0 WHERE token_hash = :token",
        organisation=organisation or 0,
        token=token_hash,
    )


async def look_as(
    tx: Transaction, token_hash: str, person: PersonId, subject: Subject, *, beginning: FolderId
) -> bool:
    """Note as whom she looks in this session, and in which folder she began to.

    False when there is no such session, or when it is not hers.
    """
    changed = await tx.run(
        "UPDATE sessions SET seeing_kind = :kind, seeing_id = :subject, seeing_from = :folder"
        " WHERE token_hash = :token AND person_id = :person",
        kind=subject.kind,
        subject=subject.id,
        folder=beginning,
        token=token_hash,
        person=person,
    )
    return changed == 1


async def look_as_herself(tx: Transaction, token_hash: str, person: PersonId) -> FolderId | None:
    """Note that she looks as nobody else; the folder where she began to, None for nowhere."""
    found = await tx.value(
        "SELECT seeing_from FROM sessions WHERE token_hash = :token AND person_id = :person",
        token=token_hash,
        person=person,
    )
    await tx.run(
        "UPDATE sessions SET seeing_kind = '', seeing_id = 0, seeing_from = 0"
        " WHERE token_hash = :token AND person_id = :person",
        token=token_hash,
        person=person,
    )
    return FolderId(found) if found else None


async def end(tx: Transaction, token_hash: str) -> None:
    """Forget one session."""
    await tx.run("DELETE FROM sessions WHERE token_hash = :token", token=token_hash)


async def end_all(tx: Transaction, person: PersonId) -> None:
    """Forget every session of a person."""
    await tx.run("DELETE FROM sessions WHERE person_id = :person", person=person)


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Forget sessions, links and attempts that ended before this time."""
    await tx.run("DELETE FROM sessions WHERE seen_at < :at", at=to_ms(at))
    await tx.run("DELETE FROM sign_in_links WHERE expires_at < :at", at=to_ms(at))
    await tx.run("DELETE FROM sign_in_attempts WHERE at < :at", at=to_ms(at))


async def add_link(tx: Transaction, token_hash: str, link: LinkRow, expires_at: datetime) -> None:
    """Write a one-time link; earlier ones of the same person end."""
    await end_links(tx, link.person_id)
    await tx.run(
        "INSERT INTO sign_in_links (token_hash, person_id, issued_by, expires_at)"
        " VALUES (:token, :person, :issuer, :expires)",
        token=token_hash,
        person=link.person_id,
        issuer=link.issued_by,
        expires=to_ms(expires_at),
    )


async def end_links(tx: Transaction, person: PersonId) -> None:
    """Forget the one-time links of a person."""
    await tx.run("DELETE FROM sign_in_links WHERE person_id = :person", person=person)


async def link(tx: Transaction, token_hash: str, now: datetime) -> LinkRow | None:
    """The link of an active person that was not used and has not expired."""
    row = await tx.row(
        "SELECT l.person_id, l.issued_by FROM sign_in_links l JOIN people p ON p.id = l.person_id"
        " WHERE l.token_hash = :token AND l.used_at IS NULL AND l.expires_at > :now"
        " AND p.disabled_at IS NULL",
        token=token_hash,
        now=to_ms(now),
    )
    return None if row is None else LinkRow(*row)


async def use_link(tx: Transaction, token_hash: str, now: datetime) -> None:
    """Mark a link as used."""
    await tx.run(
        "UPDATE sign_in_links SET used_at = :now WHERE token_hash = :token",
        now=to_ms(now),
        token=token_hash,
    )


async def attempts(tx: Transaction, key: str, since: datetime) -> list[datetime]:
    """When signing in was tried under this key since a time, oldest first."""
    rows = await tx.rows(
        "SELECT at FROM sign_in_attempts WHERE key = :key AND at > :since ORDER BY at",
        key=key,
        since=to_ms(since),
    )
    return [from_ms(at) for (at,) in rows]


async def note_attempt(tx: Transaction, key: str, at: datetime) -> None:
    """Write that signing in was tried."""
    await tx.run("INSERT INTO sign_in_attempts (key, at) VALUES (:key, :at)", key=key, at=to_ms(at))


async def forget_attempt(tx: Transaction, key: str, at: datetime) -> None:
    """Forget the attempt noted under this key at this time."""
    await tx.run(
        "DELETE FROM sign_in_attempts WHERE key = :key AND at = :at", key=key, at=to_ms(at)
    )


async def forget_attempts(tx: Transaction, key: str) -> None:
    """Forget the attempts of someone who came in."""
    await tx.run("DELETE FROM sign_in_attempts WHERE key = :key", key=key)
