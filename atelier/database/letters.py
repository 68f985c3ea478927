"""Rows of letters: queued in the transaction of what they tell, sent once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.ids import InviteId, LetterId, PersonId
from atelier.model.letters import LetterKind, LetterRow, LetterState, MailHealth, Topic

_LETTER = (
    "SELECT id, kind, person_id, invite_id, about_id, once, state, attempts, answer, sent_to,"
    " created_at, changed_at FROM letters"
)
_ANSWERED = "(answer >= '2' AND answer < '6')"
_UNSURE = "(state = 'handed' AND (answer <> '' OR changed_at <= :since))"


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to queue: to a person or for an invitation, about what; `once` is unique."""

    kind: LetterKind
    person_id: PersonId | None
    invite_id: InviteId | None
    about: int
    once: str


async def add(tx: Transaction, letter: NewLetter, at: datetime) -> LetterId | None:
    """Write a letter that waits; None when one of that `once` is there already."""
    row = await tx.row(
        "INSERT INTO letters (kind, person_id, invite_id, about_id, once, created_at, changed_at)"
        " VALUES (:kind, :person, :invite, :about, :once, :at, :at)"
        " ON CONFLICT (once) DO NOTHING RETURNING id",
        kind=letter.kind,
        person=letter.person_id,
        invite=letter.invite_id,
        about=letter.about,
        once=letter.once,
        at=to_ms(at),
    )
    return None if row is None else LetterId(row[0])


async def found(tx: Transaction, letter: LetterId) -> LetterRow | None:
    """One letter, or None."""
    row = await tx.row(f"{_LETTER} WHERE id = :id", id=letter)
    return None if row is None else _letter(row)


@dataclass(frozen=True, slots=True)
class Reader:
    """What letters ask of a person beside her name and address.

    `secret` is the one by which letters of hers are stopped, "" until one was needed.
    """

    language: str
    secret: str


async def reader(tx: Transaction, person: PersonId) -> Reader:
    """The language and the secret of somebody who is there."""
    row = await tx.row("SELECT language, mail_secret FROM people WHERE id = :id", id=person)
    return Reader("", "") if row is None else Reader(*row)


async def set_secret(tx: Transaction, person: PersonId, secret: str) -> None:
    """Write the secret by which letters of hers are stopped."""
    await tx.run("UPDATE people SET mail_secret = :secret WHERE id = :id", secret=secret, id=person)


async def awaits_old(tx: Transaction, person: PersonId) -> str | None:
    """The address somebody changes hers to, while her present one has not confirmed it."""
    value = await tx.rows(
        "SELECT email FROM email_changes WHERE person_id = :person AND old_confirmed_at IS NULL",
        person=person,
    )
    return str(value[0][0]) if value else None


async def awaits_new(tx: Transaction, person: PersonId) -> str | None:
    """The address somebody changes hers to, while that one has not confirmed it.

    None as well when it is somebody's: who owns it gets no link.
    """
    value = await tx.rows(
        "SELECT email FROM email_changes WHERE person_id = :person AND new_confirmed_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM people p WHERE p.email_key = email_changes.email_key)",
        person=person,
    )
    return str(value[0][0]) if value else None


async def hand(tx: Transaction, letter: LetterId, to: str, at: datetime) -> None:
    """Write that a letter goes out now: from here on nobody sends it again unasked."""
    await tx.run(
        "UPDATE letters SET state = 'handed', sent_to = :to, answer = '', changed_at = :at"
        " WHERE id = :id AND state = 'waiting'",
        to=to,
        at=to_ms(at),
        id=letter,
    )


async def settle(
    tx: Transaction,
    letter: LetterId,
    state: LetterState,
    at: datetime,
    *,
    answer: str = "",
    to: str = "",
) -> None:
    """Write what became of a letter to this address, and count one attempt more."""
    await tx.run(
        "UPDATE letters SET state = :state, answer = :answer, sent_to = :to,"
        " attempts = attempts + 1, changed_at = :at WHERE id = :id",
        state=state,
        answer=answer,
        to=to,
        at=to_ms(at),
        id=letter,
    )


async def revive(tx: Transaction, letter: LetterId, at: datetime, since: datetime) -> bool:
    """Have a letter wait as if new that waits, was refused or may have left; False for others.

    One that was handed over after `since`, and of which nothing more is known, is leaving.
    """
    changed = await tx.run(
        "UPDATE letters SET state = 'waiting', attempts = 0, changed_at = :at, created_at = :at"
        f" WHERE id = :id AND (state IN ('waiting', 'refused') OR {_UNSURE})",
        at=to_ms(at),
        since=to_ms(since),
        id=letter,
    )
    return changed == 1


async def has_later(tx: Transaction, letter: LetterRow, *kinds: LetterKind) -> bool:
    """Whether a later one of these kinds waits for the same person, about the same."""
    rows = await tx.rows(
        "SELECT kind FROM letters WHERE id > :id AND person_id = :person"
        " AND about_id = :about AND state = 'waiting'",
        id=letter.id,
        person=letter.person_id,
        about=letter.about,
    )
    return any(kind in kinds for (kind,) in rows)


async def told_about(tx: Transaction, about: int, *kinds: LetterKind) -> set[PersonId]:
    """Who was sent a letter of these kinds about this, or soon is; dropped ones told nobody."""
    rows = await tx.rows(
        "SELECT person_id, kind FROM letters WHERE about_id = :about AND state <> 'dropped'",
        about=about,
    )
    return {PersonId(person) for person, kind in rows if kind in kinds}


async def forget_dropped(
    tx: Transaction, about: int, kind: LetterKind, people: Iterable[PersonId]
) -> None:
    """Remove the letters about this that told them nothing, so that others may."""
    for person in people:
        await tx.run(
            "DELETE FROM letters WHERE about_id = :about AND kind = :kind"
            " AND person_id = :person AND state = 'dropped'",
            about=about,
            kind=kind,
            person=person,
        )


async def counts(tx: Transaction) -> dict[LetterState, int]:
    """How many letters are in each state."""
    rows = await tx.rows("SELECT state, COUNT(*) FROM letters GROUP BY state")
    return {LetterState(state): number for state, number in rows}


async def health(tx: Transaction) -> MailHealth:
    """How the mail fares, by what became of the letters that are there."""
    waiting = await tx.row("SELECT COUNT(*), MIN(created_at) FROM letters WHERE state = 'waiting'")
    refused = await tx.row(
        "SELECT changed_at, answer FROM letters WHERE state = 'refused'"
        " ORDER BY changed_at DESC, id DESC LIMIT 1"
    )
    assert waiting is not None
    return MailHealth(
        waiting=waiting[0],
        waiting_since=None if waiting[1] is None else from_ms(waiting[1]),
        refused_at=None if refused is None else from_ms(refused[0]),
        refusal="" if refused is None else refused[1],
        unreached_since=await _unreached_since(tx),
    )


async def _unreached_since(tx: Transaction) -> datetime | None:
    """Since when letters are tried and no server answers; a server's answer begins by a code."""
    tried = await tx.row(
        "SELECT MIN(created_at), MAX(changed_at) FROM letters WHERE state = 'waiting'"
        f" AND attempts > 0 AND answer <> '' AND NOT {_ANSWERED}"
    )
    assert tried is not None
    if tried[0] is None:
        return None
    answered = await tx.value(f"SELECT COALESCE(MAX(changed_at), 0) FROM letters WHERE {_ANSWERED}")
    return None if answered >= tried[1] else from_ms(max(tried[0], answered))


async def troubled(tx: Transaction, since: datetime, limit: int) -> list[LetterRow]:
    """Letters that a steward looks at, the last ones first.

    Refused; tried in vain and still waiting; perhaps gone, as for `revive`.
    """
    rows = await tx.rows(
        f"{_LETTER} WHERE state = 'refused' OR (state = 'waiting' AND attempts > 0) OR {_UNSURE}"
        " ORDER BY changed_at DESC, id DESC LIMIT :limit",
        since=to_ms(since),
        limit=limit,
    )
    return [_letter(row) for row in rows]


async def stopped(tx: Transaction, person: PersonId) -> frozenset[Topic]:
    """What somebody no longer wants letters about."""
    rows = await tx.rows("SELECT kind FROM letters_stopped WHERE person_id = :id", id=person)
    return frozenset(Topic(row[0]) for row in rows)


async def deaf_to(tx: Transaction, topic: Topic) -> set[PersonId]:
    """Everybody who wants no letters about this."""
    rows = await tx.rows("SELECT person_id FROM letters_stopped WHERE kind = :topic", topic=topic)
    return {PersonId(row[0]) for row in rows}


async def stop(tx: Transaction, person: PersonId, topic: Topic) -> None:
    """Write that she wants no letters about this; again changes nothing."""
    await tx.run(
        "INSERT INTO letters_stopped (person_id, kind) VALUES (:person, :topic)"
        " ON CONFLICT DO NOTHING",
        person=person,
        topic=topic,
    )


async def resume(tx: Transaction, person: PersonId, topic: Topic) -> None:
    """Write that she wants letters about this."""
    await tx.run(
        "DELETE FROM letters_stopped WHERE person_id = :person AND kind = :topic",
        person=person,
        topic=topic,
    )


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Remove letters that were settled before then."""
    await tx.run("DELETE FROM letters WHERE state <> 'waiting' AND changed_at < :at", at=to_ms(at))


async def doubt_waiting(tx: Transaction, answer: str) -> None:
    """Take every letter that waits for one that may have left, as after a backup came back."""
    await tx.run(
        "UPDATE letters SET state = 'handed', answer = :answer WHERE state = 'waiting'",
        answer=answer,
    )


def _letter(row: tuple[Any, ...]) -> LetterRow:
    number, kind, person, invite, about, once, state, attempts, answer, sent_to, made, changed = row
    return LetterRow(
        id=LetterId(number),
        kind=LetterKind(kind),
        person_id=None if person is None else PersonId(person),
        invite_id=None if invite is None else InviteId(invite),
        about=about,
        once=once,
        state=LetterState(state),
        attempts=attempts,
        answer=answer,
        sent_to=sent_to,
        created_at=from_ms(made),
        changed_at=from_ms(changed),
    )
