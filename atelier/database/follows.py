"""Rows of what people follow, with what each is called as far as she may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model.folders import Action
from atelier.model.follows import Follow, Followable, Pace
from atelier.model.ids import FollowId, MeetingId, PersonId
from atelier.model.people import Actor


async def last_line(tx: Transaction) -> int:
    """The number of the newest line of the journal, 0 when there is none."""
    return int(await tx.value("SELECT COALESCE(MAX(id), 0) FROM journal"))


async def follow(
    tx: Transaction, person: PersonId, what: Followable, what_id: int, pace: Pace, at: datetime
) -> FollowId:
    """Have her follow this from now on; of what she follows already only the pace changes."""
    return FollowId(
        await tx.value(
            "INSERT INTO follows (person_id, what, what_id, pace, since, told_through, created_at)"
            " VALUES (:person, :what, :what_id, :pace, :line, :line, :at)"
            " ON CONFLICT (person_id, what, what_id) DO UPDATE SET pace = excluded.pace"
            " RETURNING id",
            person=person,
            what=what,
            what_id=what_id,
            pace=pace,
            line=await last_line(tx),
            at=to_ms(at),
        )
    )


async def set_pace(tx: Transaction, follow: FollowId, pace: Pace) -> None:
    """Tell it at another pace; what was not told yet will be, at that one."""
    await tx.run("UPDATE follows SET pace = :pace WHERE id = :id", pace=pace, id=follow)


async def forget(tx: Transaction, follow: FollowId) -> None:
    """Follow it no longer."""
    await tx.run("DELETE FROM search_told WHERE follow_id = :id", id=follow)
    await tx.run("DELETE FROM follows WHERE id = :id", id=follow)


async def count(tx: Transaction, person: PersonId) -> int:
    """How many she has."""
    return int(
        await tx.value("SELECT COUNT(*) FROM follows WHERE person_id = :person", person=person)
    )


async def has_pace(tx: Transaction, person: PersonId, pace: Pace) -> bool:
    """Whether she follows anything at this pace."""
    return bool(
        await tx.value(
            "SELECT 1 FROM follows WHERE person_id = :person AND pace = :pace LIMIT 1",
            person=person,
            pace=pace,
        )
    )


async def found(
    tx: Transaction, person: PersonId, what: Followable, what_id: int
) -> tuple[FollowId, Pace] | None:
    """Hers of this thing, or None."""
    row = await tx.row(
        "SELECT id, pace FROM follows"
        " WHERE person_id = :person AND what = :what AND what_id = :what_id",
        person=person,
        what=what,
        what_id=what_id,
    )
    return None if row is None else (FollowId(row[0]), Pace(row[1]))


async def paces(tx: Transaction, person: PersonId, what: Followable) -> dict[int, Pace]:
    """What of this kind she follows, and at what pace."""
    rows = await tx.rows(
        "SELECT what_id, pace FROM follows WHERE person_id = :person AND what = :what",
        person=person,
        what=what,
    )
    return {what_id: Pace(pace) for what_id, pace in rows}


async def one(tx: Transaction, person: PersonId, follow: FollowId) -> tuple[Followable, int] | None:
    """What one of hers is about; another's is like one that never was."""
    row = await tx.row(
        "SELECT what, what_id FROM follows WHERE id = :id AND person_id = :person",
        id=follow,
        person=person,
    )
    return None if row is None else (Followable(row[0]), row[1])


async def of_person(tx: Transaction, actor: Actor) -> list[Follow]:
    """All of hers in the order in which she began, named as far as she may read them."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT w.id, w.what, w.what_id, w.pace, w.since, w.told_through, w.before_meeting_id,"
        " CASE w.what"
        f" WHEN 'folder' THEN (SELECT f.name FROM folders f WHERE f.id = w.what_id"
        f"  AND {access.meets('f.id')})"
        " WHEN 'document' THEN (SELECT d.name FROM documents d WHERE d.id = w.what_id"
        f"  AND d.removed_at IS NULL AND {access.meets('d.folder_id')})"
        " WHEN 'search' THEN (SELECT q.name FROM saved_searches q WHERE q.id = w.what_id"
        "  AND q.person_id = w.person_id)"
        " ELSE (SELECT s.name FROM series s WHERE s.id = w.what_id AND EXISTS ("
        "  SELECT 1 FROM meetings m WHERE m.series_id = s.id"
        f"  AND {access.meets('m.dossier_id')})) END,"
        " CASE w.what WHEN 'folder' THEN"
        "  (SELECT COUNT(*) FROM reach u WHERE u.folder_id = w.what_id) ELSE 0 END"
        " FROM follows w WHERE w.person_id = :person ORDER BY w.id",
        **access.asking(actor),
    )
    return [_follow(row) for row in rows]


def _follow(row: tuple[Any, ...]) -> Follow:
    number, what, what_id, pace, since, told_through, meeting, name, depth = row
    return Follow(
        id=FollowId(number),
        what=Followable(what),
        what_id=what_id,
        pace=Pace(pace),
        name=name,
        depth=depth,
        since=since,
        told_through=told_through,
        before_meeting_id=MeetingId(meeting),
    )
