"""Which meetings: the next one of a person, the one before, the one of a folder."""

from __future__ import annotations

from datetime import datetime, timedelta

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.meetings import COLUMNS, FROM, shown
from atelier.database.times import to_ms
from atelier.model.folders import Action
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingRow, Part, entry_number
from atelier.model.people import Actor

# Of one that nobody said the end of: three hours, or the whole day.
_ENDS = """m.starts_at + CASE WHEN m.lasts_minutes IS NOT NULL THEN m.lasts_minutes * 60000
    WHEN m.has_time = 1 THEN 10800000 ELSE 86400000 END"""
_LONGEST = timedelta(days=7)
_DOSSIERS = "SELECT dossier_id FROM meetings"


async def owner(tx: Transaction, folder: FolderId) -> MeetingRow | None:
    """The meeting whose dossier this folder is, which the caller has entered."""
    row = await tx.row(f"SELECT {COLUMNS} {FROM} WHERE m.dossier_id = :folder", folder=folder)
    return None if row is None else shown(row)


async def dossiers(tx: Transaction) -> frozenset[FolderId]:
    """The folders that are dossiers of meetings, to leave them out of what she may choose."""
    return frozenset(FolderId(number) for (number,) in await tx.rows(_DOSSIERS))


async def next_invited(tx: Transaction, actor: Actor, now: datetime) -> MeetingRow | None:
    """The next meeting that she may read and is invited to, or nobody in particular is.

    Not one that is over, or cancelled.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {COLUMNS} {FROM}"
        f" WHERE m.starts_at >= :since AND {_ENDS} > :now AND m.is_cancelled = 0"
        " AND m.state IN ('preparation', 'convened')"
        " AND (NOT EXISTS (SELECT 1 FROM meeting_invited n_ WHERE n_.meeting_id = m.id)"
        "  OR EXISTS (SELECT 1 FROM meeting_invited i_ WHERE i_.meeting_id = m.id"
        f"  AND {access.is_named(actor, 'i_.subject_kind', 'i_.subject_id')}))"
        f" AND {access.meets('m.dossier_id')} ORDER BY m.starts_at, m.id LIMIT 1",
        since=to_ms(now - _LONGEST),
        now=to_ms(now),
        **access.asking(actor),
    )
    return shown(rows[0]) if rows else None


async def awaiting(tx: Transaction, actor: Actor, now: datetime, limit: int) -> list[MeetingRow]:
    """The convened meetings, not over, that invite her and await her answer, the next one first.

    Of those that she may read.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {COLUMNS} {FROM}"
        f" WHERE m.starts_at >= :since AND {_ENDS} > :now AND m.is_cancelled = 0"
        " AND m.state = 'convened'"
        " AND EXISTS (SELECT 1 FROM meeting_invited i_ WHERE i_.meeting_id = m.id"
        f" AND {access.is_named(actor, 'i_.subject_kind', 'i_.subject_id')})"
        " AND NOT EXISTS (SELECT 1 FROM meeting_replies r"
        " WHERE r.meeting_id = m.id AND r.person_id = :person)"
        f" AND {access.meets('m.dossier_id')} ORDER BY m.starts_at, m.id LIMIT :limit",
        since=to_ms(now - _LONGEST),
        now=to_ms(now),
        limit=limit,
        **access.asking(actor),
    )
    return [shown(row) for row in rows]


async def before(
    tx: Transaction,
    actor: Actor,
    meeting: MeetingRow,
    place: FolderId,
    now: datetime,
    *,
    is_held: bool = False,
) -> MeetingRow | None:
    """The last meeting before it that has begun, that she may read and that was not cancelled.

    Of its series; of one without a series, of the folder where its dossier stands. `is_held`:
    only among those that were held.
    """
    held = " AND m.state IN ('held', 'approved')" if is_held else ""
    among = "m.series_id = :series" if meeting.series else "f.parent_id = :place"
    wanted = {"series": meeting.series.id} if meeting.series else {"place": place}
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {COLUMNS} {FROM}"
        " JOIN folders f ON f.id = m.dossier_id"
        f" WHERE {among} AND m.is_cancelled = 0 AND m.starts_at <= :now{held}"
        " AND (m.starts_at < :starts OR (m.starts_at = :starts AND m.id < :meeting))"
        f" AND {access.meets('m.dossier_id')} ORDER BY m.starts_at DESC, m.id DESC LIMIT 1",
        meeting=meeting.id,
        starts=to_ms(meeting.starts_at),
        now=to_ms(now),
        **wanted,
        **access.asking(actor),
    )
    return shown(rows[0]) if rows else None


async def following(tx: Transaction, actor: Actor, meeting: MeetingRow) -> list[MeetingId]:
    """The later meetings of its series, not yet held, that she may prepare; in their order."""
    if meeting.series is None:
        return []
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.MEET)} SELECT m.id FROM meetings m"
        " WHERE m.series_id = :series AND m.state IN ('preparation', 'convened')"
        " AND (m.starts_at > :starts OR (m.starts_at = :starts AND m.id > :meeting))"
        f" AND {access.meets('m.dossier_id')} ORDER BY m.starts_at, m.id",
        series=meeting.series.id,
        starts=to_ms(meeting.starts_at),
        meeting=meeting.id,
        **access.asking(actor),
    )
    return [MeetingId(number) for (number,) in rows]


async def note_in(tx: Transaction, folders: str, **values: object) -> None:
    """Have the index look again at every meeting of these folders.

    `folders` is a statement that gives their ids: dossiers, or folders that have series.
    """
    step = entry_number(MeetingId(1), Part.AGENDA) - entry_number(MeetingId(0), Part.AGENDA)
    for part in Part:
        await tx.run(
            "INSERT INTO index_entries (document_id) SELECT :entry + m.id * :step FROM meetings m"
            f" LEFT JOIN series s ON s.id = m.series_id WHERE m.dossier_id IN ({folders})"
            f" OR s.folder_id IN ({folders})",
            entry=entry_number(MeetingId(0), part),
            step=step,
            **values,
        )
