"""What changed between two moments: documents of a folder, decisions and actions of a series.

Everything under her rights, in the statements themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from atelier import access
from atelier.database import documents
from atelier.database.dossiers import TODO_COLUMNS, TODO_NAMES, decision, todo
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Action
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingRow
from atelier.model.people import Actor
from atelier.model.since import Changed, DecidedSince, TodoSince


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment until another, both included; `first` and `last` are their days."""

    since: datetime
    until: datetime
    first: date
    last: date


async def changed(
    tx: Transaction, actor: Actor, folder: FolderId, span: Span, limit: int
) -> list[Changed]:
    """Documents of the folder with all below it that got a version then, newest first."""
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}, inside(id) AS ("
        " SELECT :folder UNION ALL"
        " SELECT f.id FROM folders f JOIN inside i ON f.parent_id = i.id)"
        " SELECT d.id, MIN(v.number), MAX(v.number), MAX(v.created_at), NOT EXISTS ("
        "  SELECT 1 FROM versions o WHERE o.document_id = d.id AND o.created_at < :since)"
        " FROM inside i CROSS JOIN documents d ON d.folder_id = i.id AND d.changed_at >= :since"
        " JOIN versions v ON v.document_id = d.id"
        " AND v.created_at >= :since AND v.created_at <= :until"
        f" WHERE d.removed_at IS NULL AND {access.meets('d.folder_id')}"
        " GROUP BY d.id ORDER BY 4 DESC, d.id DESC LIMIT :limit",
        folder=folder,
        since=to_ms(span.since),
        until=to_ms(span.until),
        limit=limit,
        **access.asking(actor),
    )
    found = await documents.readable(tx, actor, tuple(row[0] for row in rows))
    return [
        Changed(found[number][0], found[number][1], bool(is_new), oldest, newest)
        for number, oldest, newest, _, is_new in rows
        if number in found
    ]


async def decided(
    tx: Transaction, actor: Actor, meeting: MeetingRow, place: FolderId, span: Span, limit: int
) -> list[DecidedSince]:
    """What the meetings before this one decided in those days, newest first."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT d.id, d.item_id, d.text, d.way, d.decided_on, d.votes_yes, d.votes_no,"
        " d.votes_abstained, m.id, m.title, m.starts_at"
        f" {_earlier(meeting)} JOIN agenda_items i ON i.meeting_id = m.id"
        " JOIN decisions d ON d.item_id = i.id"
        " WHERE d.decided_on >= :first AND d.decided_on <= :last"
        f" AND {access.meets('m.dossier_id')}"
        " ORDER BY d.decided_on DESC, m.starts_at DESC, i.place, d.id LIMIT :limit",
        first=span.first.isoformat(),
        last=span.last.isoformat(),
        limit=limit,
        **_of(meeting, place),
        **access.asking(actor),
    )
    return [
        DecidedSince(decision(row[:8]), MeetingId(row[8]), row[9], from_ms(row[10])) for row in rows
    ]


async def todos(
    tx: Transaction, actor: Actor, meeting: MeetingRow, place: FolderId, span: Span, limit: int
) -> list[TodoSince]:
    """Actions of the meetings before this one: those that are open, the first due first.

    Then those done in those days, the last first.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        f" SELECT {TODO_COLUMNS}, m.id, m.title, m.starts_at"
        f" {_earlier(meeting)} JOIN agenda_items i ON i.meeting_id = m.id"
        f" JOIN todos t ON t.item_id = i.id {TODO_NAMES}"
        " WHERE (t.done_on IS NULL OR (t.done_on >= :first AND t.done_on <= :last))"
        f" AND {access.meets('m.dossier_id')}"
        " ORDER BY t.done_on IS NOT NULL, t.done_on DESC, t.due_on IS NULL, t.due_on, t.id"
        " LIMIT :limit",
        first=span.first.isoformat(),
        last=span.last.isoformat(),
        limit=limit,
        **_of(meeting, place),
        **access.asking(actor),
    )
    return [
        TodoSince(todo(row[:10]), MeetingId(row[10]), row[11], from_ms(row[12])) for row in rows
    ]


def _earlier(meeting: MeetingRow) -> str:
    """The meetings of its series before it; without one, those of the folder above."""
    among = "m.series_id = :series" if meeting.series else "f.parent_id = :place"
    return (
        "FROM meetings m JOIN folders f ON f.id = m.dossier_id"
        f" AND {among} AND m.id <> :meeting AND m.starts_at <= :starts"
    )


def _of(meeting: MeetingRow, place: FolderId) -> dict[str, object]:
    among = {"series": meeting.series.id} if meeting.series else {"place": place}
    return {"meeting": meeting.id, "starts": to_ms(meeting.starts_at), **among}
