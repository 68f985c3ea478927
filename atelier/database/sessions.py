"""Rows of sessions, one-time links and attempts to sign in. Tokens stand here as hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from atelier.database.engine import Transaction
from atelier.database.people import PERSON, whole
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import FolderId, InviteId, OrganisationId, PersonId
from atelier.model.people import Network, OpenSession, Person, Proof

HANDLE_CHARACTERS: Final = 16


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
    proof: Proof
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A session to write: whose, by what proof, on what device."""

    person_id: PersonId
    proof: Proof = Proof.PASSWORD
    device: str = ""
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class StepRow:
    """Somebody who has still to show her second factor, and what she asked for."""

    person_id: PersonId
    is_kept: bool


class Purpose(StrEnum):
    """What a one-time link is for."""

    WELCOME = "welcome"
    RESET = "reset"
    INVITE = "invite"
    EMAIL_OLD = "email_old"
    EMAIL_NEW = "email_new"


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link: for whom or for which invitation, and what for.

    `issued_by` handed it out (None: the installation, or she herself). `is_mailed`: it left by a
    letter and was shown to nobody else.
    """

    purpose: Purpose
    person_id: PersonId | None = None
    invite_id: InviteId | None = None
    issued_by: PersonId | None = None
    is_mailed: bool = False


_SEEN_NAME = """CASE s.seeing_kind
    WHEN 'organisation' THEN (SELECT name FROM organisations WHERE id = s.seeing_id)
    WHEN 'person' THEN (SELECT name FROM people WHERE id = s.seeing_id) END"""


def hashed(token: str) -> str:
    """What stands in the records for a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def add(tx: Transaction, token_hash: str, begun: Begun, at: datetime) -> None:
    """Write a new session."""
    await tx.run(
        "INSERT INTO sessions (token_hash, person_id, created_at, seen_at, proof, device, is_kept)"
        " VALUES (:token, :person, :at, :at, :proof, :device, :kept)",
        token=token_hash,
        person=begun.person_id,
        at=to_ms(at),
        proof=begun.proof,
        device=begun.device,
        kept=int(begun.is_kept),
    )


async def proved(tx: Transaction, token_hash: str) -> tuple[datetime, Proof] | None:
    """When she last proved herself in this session, and by what it was begun or strengthened."""
    row = await tx.row(
        "SELECT COALESCE(proved_at, created_at), proof FROM sessions WHERE token_hash = :token",
        token=token_hash,
    )
    return None if row is None else (from_ms(row[0]), Proof(row[1]))


async def prove(tx: Transaction, token_hash: str, at: datetime) -> None:
    """Note that she proved herself again in this session."""
    await tx.run(
        "UPDATE sessions SET proved_at = :at WHERE token_hash = :token",
        at=to_ms(at),
        token=token_hash,
    )


async def strengthen(tx: Transaction, token_hash: str, proof: Proof) -> None:
    """Note that this session has shown a further proof since it began."""
    await tx.run(
        "UPDATE sessions SET proof = :proof WHERE token_hash = :token",
        proof=proof,
        token=token_hash,
    )


async def renew(tx: Transaction, token_hash: str, renewed: str) -> None:
    """Give a session another token, by its hash: what was known of it opens nothing more."""
    await tx.run(
        "UPDATE sessions SET token_hash = :renewed WHERE token_hash = :token",
        renewed=renewed,
        token=token_hash,
    )


async def of_person(tx: Transaction, person: PersonId) -> list[tuple[str, OpenSession]]:
    """Her sessions as rows, the last used first, each with the hash of its token."""
    rows = await tx.rows(
        "SELECT token_hash, device, proof, is_kept, created_at, seen_at FROM sessions"
        " WHERE person_id = :person ORDER BY seen_at DESC, token_hash",
        person=person,
    )
    return [
        (
            token,
            OpenSession(
                handle=token[:HANDLE_CHARACTERS],
                device=device,
                proof=Proof(proof),
                is_kept=bool(kept),
                begun_at=from_ms(created),
                seen_at=from_ms(seen),
                is_this=False,
            ),
        )
        for token, device, proof, kept, created, seen in rows
    ]


async def end_others(tx: Transaction, person: PersonId, token_hash: str) -> None:
    """Forget every session of a person but this one."""
    await tx.run(
        "DELETE FROM sessions WHERE person_id = :person AND token_hash <> :token",
        person=person,
        token=token_hash,
    )


async def add_step(
    tx: Transaction, token_hash: str, person: PersonId, at: datetime, *, is_kept: bool
) -> None:
    """Write a step: somebody whose password was right."""
    await tx.run(
        "INSERT INTO sign_in_steps (token_hash, person_id, is_kept, created_at)"
        " VALUES (:token, :person, :kept, :at)",
        token=token_hash,
        person=person,
        kept=int(is_kept),
        at=to_ms(at),
    )


async def step(tx: Transaction, token_hash: str, since: datetime) -> StepRow | None:
    """The step of an active person that was begun since a time."""
    row = await tx.row(
        "SELECT s.person_id, s.is_kept FROM sign_in_steps s JOIN people p ON p.id = s.person_id"
        " WHERE s.token_hash = :token AND s.created_at > :since AND p.disabled_at IS NULL",
        token=token_hash,
        since=to_ms(since),
    )
    return None if row is None else StepRow(PersonId(row[0]), bool(row[1]))


async def end_step(tx: Transaction, token_hash: str) -> None:
    """Forget one step: it led to a session."""
    await tx.run("DELETE FROM sign_in_steps WHERE token_hash = :token", token=token_hash)


async def end_steps(tx: Transaction, person: PersonId) -> None:
    """Forget the steps of a person."""
    await tx.run("DELETE FROM sign_in_steps WHERE person_id = :person", person=person)


async def get(tx: Transaction, token_hash: str) -> SessionRow | None:
    """The session of an active person, or None: in two statements, for each request asks."""
    row = await tx.row(
        "SELECT s.acting_as, s.created_at, s.seen_at, p.language, p.may_open_top, n.name,"
        f" n.time_zone, s.seeing_kind, s.seeing_id, {_SEEN_NAME}, s.proof, s.is_kept, {PERSON}"
        " FROM sessions s"
        " JOIN people p ON p.id = s.person_id JOIN network n ON n.id = 1"
        " WHERE s.token_hash = :token AND p.disabled_at IS NULL",
        token=token_hash,
    )
    if row is None:
        return None
    acting_as, created, seen, language, may_open_top, network, zone, kind, number, name = row[:10]
    proof, is_kept = row[10:12]
    return SessionRow(
        acting_as=acting_as or None,
        created_at=from_ms(created),
        seen_at=from_ms(seen),
        language=language,
        seeing=Subject(SubjectKind(kind), number, name or "") if kind else None,
        person=await whole(tx, row[12:]),
        may_open_top=bool(may_open_top),
        network=Network(network, zone),
        proof=Proof(proof),
        is_kept=bool(is_kept),
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


async def forget_before(
    tx: Transaction, at: datetime, *, kept_since: datetime, tried_since: datetime
) -> None:
    """Forget sessions, steps, links and attempts that ended before this time.

    `kept_since`: of the sessions that outlive the browser, those begun before it;
    `tried_since`: the attempts made before it.
    """
    await tx.run("DELETE FROM sessions WHERE is_kept = 0 AND seen_at < :at", at=to_ms(at))
    await tx.run("DELETE FROM sessions WHERE created_at < :at", at=to_ms(min(at, kept_since)))
    await tx.run("DELETE FROM sign_in_steps WHERE created_at < :at", at=to_ms(at))
    await tx.run("DELETE FROM sign_in_links WHERE expires_at < :at", at=to_ms(at))
    await tx.run("DELETE FROM sign_in_attempts WHERE at < :at", at=to_ms(tried_since))


async def add_link(tx: Transaction, token_hash: str, link: LinkRow, expires_at: datetime) -> None:
    """Write a one-time link."""
    await tx.run(
        "INSERT INTO sign_in_links"
        " (token_hash, purpose, person_id, invite_id, issued_by, is_mailed, expires_at)"
        " VALUES (:token, :purpose, :person, :invite, :issuer, :mailed, :expires)",
        token=token_hash,
        purpose=link.purpose,
        person=link.person_id,
        invite=link.invite_id,
        issuer=link.issued_by,
        mailed=int(link.is_mailed),
        expires=to_ms(expires_at),
    )


async def end_links(tx: Transaction, person: PersonId, *purposes: Purpose) -> None:
    """Forget the one-time links of a person: of these purposes, or all of them."""
    wanted = ", ".join(f"'{one}'" for one in purposes or Purpose)
    await tx.run(
        f"DELETE FROM sign_in_links WHERE person_id = :person AND purpose IN ({wanted})",
        person=person,
    )


async def end_links_of_invite(tx: Transaction, invite: InviteId) -> None:
    """Forget the one-time links of an invitation."""
    await tx.run("DELETE FROM sign_in_links WHERE invite_id = :invite", invite=invite)


async def link(
    tx: Transaction, token_hash: str, now: datetime, *purposes: Purpose
) -> LinkRow | None:
    """The link for one of these purposes that was not used and has not expired.

    None also for one of somebody whose account is disabled.
    """
    wanted = ", ".join(f"'{one}'" for one in purposes)
    row = await tx.row(
        "SELECT l.purpose, l.person_id, l.invite_id, l.issued_by, l.is_mailed"
        " FROM sign_in_links l"
        " LEFT JOIN people p ON p.id = l.person_id"
        " WHERE l.token_hash = :token AND l.used_at IS NULL AND l.expires_at > :now"
        f" AND p.disabled_at IS NULL AND l.purpose IN ({wanted})",
        token=token_hash,
        now=to_ms(now),
    )
    if row is None:
        return None
    return LinkRow(Purpose(row[0]), row[1], row[2], row[3], is_mailed=bool(row[4]))


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


async def count_attempts(tx: Transaction, key: str, since: datetime, now: datetime) -> int:
    """How often something was noted under this key since a time, and not after now."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM sign_in_attempts WHERE key = :key AND at > :since AND at <= :now",
            key=key,
            since=to_ms(since),
            now=to_ms(now),
        )
    )


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
