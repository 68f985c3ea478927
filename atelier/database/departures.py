"""Rows about what somebody holds who is to leave."""

from __future__ import annotations

from datetime import date, datetime

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import to_day, to_ms
from atelier.model.departures import Held, Pending
from atelier.model.folders import Action, Role, SubjectKind
from atelier.model.ids import FolderId, GrantId, MeetingId, MembershipId, PersonId
from atelier.model.people import Actor

_MOST = 200


async def coordinated(tx: Transaction, person: PersonId, today: date) -> list[Held]:
    """The living folders that she coordinates today by a grant of her own, oldest first."""
    rows = await tx.rows(
        "SELECT g.id, f.id, f.name, g.until FROM grants g JOIN folders f ON f.id = g.folder_id"
        " JOIN reach r ON r.folder_id = f.id AND r.ancestor_id = f.id"
        " WHERE g.subject_kind = :kind AND g.subject_id = :person AND g.role = :role"
        " AND (g.until IS NULL OR g.until >= :today) ORDER BY f.id",
        kind=SubjectKind.PERSON,
        person=person,
        role=Role.COORDINATOR,
        today=today.isoformat(),
    )
    return [
        Held(GrantId(grant), FolderId(folder), name, to_day(until))
        for grant, folder, name, until in rows
    ]


async def pending(tx: Transaction, actor: Actor, person: PersonId, now: datetime) -> Pending:
    """What waits for her in dossiers that the actor may read: actions, meetings to come."""
    scoped = f"WITH {access.scoped(actor, Action.READ)}"
    todos = await tx.rows(
        f"{scoped} SELECT m.id, t.text FROM todos t JOIN agenda_items i ON i.id = t.item_id"
        " JOIN meetings m ON m.id = i.meeting_id WHERE t.person_id = :whom AND t.done_on IS NULL"
        f" AND {access.meets('m.dossier_id')} ORDER BY t.due_on IS NULL, t.due_on, t.id"
        " LIMIT :limit",
        whom=person,
        limit=_MOST,
        **access.asking(actor),
    )
    meetings = await tx.rows(
        f"{scoped} SELECT m.id, m.title FROM meetings m WHERE m.created_by = :whom"
        f" AND m.is_cancelled = 0 AND m.starts_at > :now AND {access.meets('m.dossier_id')}"
        " ORDER BY m.starts_at, m.id LIMIT :limit",
        whom=person,
        now=to_ms(now),
        limit=_MOST,
        **access.asking(actor),
    )
    return Pending(
        tuple((MeetingId(meeting), text) for meeting, text in todos),
        tuple((MeetingId(meeting), title) for meeting, title in meetings),
    )


async def heads(tx: Transaction, folders: frozenset[FolderId]) -> list[tuple[FolderId, str]]:
    """Those of these folders that stand in none of them, by number, with their names."""
    if not folders:
        return []
    numbers = ", ".join(str(int(number)) for number in sorted(folders))
    rows = await tx.rows(
        f"SELECT id, name FROM folders WHERE id IN ({numbers})"
        f" AND (parent_id IS NULL OR parent_id NOT IN ({numbers})) ORDER BY id"
    )
    return [(FolderId(number), name) for number, name in rows]


async def seats(tx: Transaction, place: MembershipId) -> list[str]:
    """The groups in which somebody sits for this place, by name."""
    rows = await tx.rows(
        "SELECT g.name FROM group_members gm JOIN groups g ON g.id = gm.group_id"
        " WHERE gm.membership_id = :place ORDER BY g.name_key",
        place=place,
    )
    return [name for (name,) in rows]
