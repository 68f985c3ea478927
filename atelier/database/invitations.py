"""Rows of convening: who is invited, who answered what, who opened the meeting's page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import MeetingId, OrganisationId, PersonId
from atelier.model.meetings import Answer, MeetingState

# The places p of somebody active, in an organisation that is there.
_PLACES = """memberships p JOIN organisations o ON o.id = p.organisation_id
    JOIN people pe ON pe.id = p.person_id
    WHERE pe.disabled_at IS NULL
      AND (p.starts_on IS NULL OR p.starts_on <= :today)
      AND (p.ends_on IS NULL OR p.ends_on >= :today)
      AND (o.ends_on IS NULL OR o.ends_on >= :today)"""

_INVITED_PEOPLE = f"""
SELECT i.subject_kind, i.subject_id, placed.person_id FROM meeting_invited i
JOIN (SELECT p.organisation_id, p.person_id FROM {_PLACES}) placed
    ON placed.organisation_id = i.subject_id
WHERE i.meeting_id = :meeting AND i.subject_kind = 'organisation'
UNION
SELECT i.subject_kind, i.subject_id, seated.person_id FROM meeting_invited i
JOIN group_members gm ON gm.group_id = i.subject_id
JOIN (SELECT p.id, p.person_id FROM {_PLACES}) seated ON seated.id = gm.membership_id
WHERE i.meeting_id = :meeting AND i.subject_kind = 'group'
UNION
SELECT i.subject_kind, i.subject_id, pe.id FROM meeting_invited i
JOIN people pe ON pe.id = i.subject_id AND pe.disabled_at IS NULL
WHERE i.meeting_id = :meeting AND i.subject_kind = 'person'
"""

# The invitations of an organisation to meetings that are not held yet.
_TO_COME = f"""subject_kind = 'organisation' AND subject_id = :organisation AND meeting_id IN (
    SELECT id FROM meetings
    WHERE state IN ('{MeetingState.PREPARATION}', '{MeetingState.CONVENED}'))"""

Invitee = tuple[SubjectKind, int]


@dataclass(frozen=True, slots=True)
class Opening:
    """Someone who opened the page of a meeting, for the first time and the last."""

    person_id: PersonId
    person: str
    first_at: datetime
    last_at: datetime


async def invite(tx: Transaction, meeting: MeetingId, subject: Subject) -> bool:
    """Write that the meeting invites her; False when it did already."""
    changed = await tx.run(
        "INSERT INTO meeting_invited (meeting_id, subject_kind, subject_id)"
        " VALUES (:meeting, :kind, :subject) ON CONFLICT DO NOTHING",
        meeting=meeting,
        kind=subject.kind,
        subject=subject.id,
    )
    return changed == 1


async def uninvite(tx: Transaction, meeting: MeetingId, subject: Subject) -> bool:
    """Write that it does not; False when it did not."""
    changed = await tx.run(
        "DELETE FROM meeting_invited WHERE meeting_id = :meeting"
        " AND subject_kind = :kind AND subject_id = :subject",
        meeting=meeting,
        kind=subject.kind,
        subject=subject.id,
    )
    return changed == 1


async def merge(tx: Transaction, organisation: OrganisationId, into: OrganisationId) -> None:
    """Have the meetings that are still to come invite the one instead of the other."""
    await tx.run(
        "INSERT INTO meeting_invited (meeting_id, subject_kind, subject_id)"
        f" SELECT meeting_id, 'organisation', :into FROM meeting_invited WHERE {_TO_COME}"
        " ON CONFLICT DO NOTHING",
        into=into,
        organisation=organisation,
    )
    await tx.run(f"DELETE FROM meeting_invited WHERE {_TO_COME}", organisation=organisation)


async def count(tx: Transaction, meeting: MeetingId) -> int:
    """How many organisations, groups and people it invites."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM meeting_invited WHERE meeting_id = :meeting", meeting=meeting
        )
    )


async def people(tx: Transaction, meeting: MeetingId, today: date) -> dict[Invitee, set[PersonId]]:
    """Who each of the invited is today: the people of an organisation, those seated in a group.

    One that is nobody today is not there.
    """
    rows = await tx.rows(_INVITED_PEOPLE, meeting=meeting, today=today.isoformat())
    found: dict[Invitee, set[PersonId]] = defaultdict(set)
    for kind, number, person in rows:
        found[SubjectKind(kind), number].add(PersonId(person))
    return found


async def answer(
    tx: Transaction,
    meeting: MeetingId,
    person: PersonId,
    said: Answer,
    instead: str,
    *,
    hat: OrganisationId | None,
    at: datetime,
) -> None:
    """Write what she answers; an earlier answer of hers is no more."""
    await tx.run(
        "INSERT INTO meeting_replies"
        " (meeting_id, person_id, organisation_id, answer, instead, answered_at)"
        " VALUES (:meeting, :person, :hat, :said, :instead, :at)"
        " ON CONFLICT (meeting_id, person_id) DO UPDATE SET"
        " organisation_id = excluded.organisation_id, answer = excluded.answer,"
        " instead = excluded.instead, answered_at = excluded.answered_at",
        meeting=meeting,
        person=person,
        hat=hat,
        said=said,
        instead=instead,
        at=to_ms(at),
    )


async def repliers(
    tx: Transaction, meeting: MeetingId
) -> list[tuple[PersonId, OrganisationId | None]]:
    """Who answered, and for which organisation."""
    rows = await tx.rows(
        "SELECT person_id, organisation_id FROM meeting_replies WHERE meeting_id = :meeting",
        meeting=meeting,
    )
    return [(PersonId(row[0]), None if row[1] is None else OrganisationId(row[1])) for row in rows]


async def note_opened(
    tx: Transaction, opened: Mapping[tuple[MeetingId, PersonId], tuple[int, int]]
) -> None:
    """Write when who opened which meeting, first and last in ms; not of one that is gone."""
    for (meeting, person), (first, last) in opened.items():
        await tx.run(
            "INSERT INTO meeting_openings (meeting_id, person_id, first_at, last_at)"
            " SELECT m.id, p.id, :first, :last FROM meetings m JOIN people p ON p.id = :person"
            " WHERE m.id = :meeting ON CONFLICT (meeting_id, person_id)"
            " DO UPDATE SET last_at = excluded.last_at",
            meeting=meeting,
            person=person,
            first=first,
            last=last,
        )


async def openings(tx: Transaction, meeting: MeetingId) -> list[Opening]:
    """Who opened its page, the last one first."""
    rows = await tx.rows(
        "SELECT v.person_id, p.name, v.first_at, v.last_at FROM meeting_openings v"
        " JOIN people p ON p.id = v.person_id WHERE v.meeting_id = :meeting"
        " ORDER BY v.last_at DESC, p.name, p.id",
        meeting=meeting,
    )
    return [
        Opening(PersonId(person), name, from_ms(first), from_ms(last))
        for person, name, first, last in rows
    ]


async def forget_openings(tx: Transaction, before: datetime) -> None:
    """Forget who opened what, and did not come back since then."""
    await tx.run("DELETE FROM meeting_openings WHERE last_at < :before", before=to_ms(before))
