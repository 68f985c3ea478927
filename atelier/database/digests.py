"""Rows of digests: when one is due, the lines of the journal that it tells, what was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Action
from atelier.model.follows import DigestRow, Follow, Pace
from atelier.model.ids import (
    DigestId,
    DocumentId,
    FolderId,
    FollowId,
    MeetingId,
    PersonId,
    SavedId,
)
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingState
from atelier.model.people import Actor

MOST_LINES = 5_000  # of the journal, in one digest; older ones are left out

OF_DOCUMENTS = (
    Verb.DEPOSITED,
    Verb.REVISED,
    Verb.RESTORED,
    Verb.LABELLED,
    Verb.DOCUMENT_RENAMED,
    Verb.DOCUMENT_MOVED,
    Verb.DOCUMENT_RESTORED,
)
OF_FOLDERS = (Verb.FOLDER_MADE, Verb.FOLDER_RENAMED, Verb.FOLDER_MOVED)
OF_MEETINGS = (
    Verb.MEETING_MADE,
    Verb.MEETING_CHANGED,
    Verb.MEETING_MOVED_ON,
    Verb.MEETING_CANCELLED,
    Verb.MEETING_REVIVED,
    Verb.MINUTES_DEPOSITED,
    Verb.MINUTES_APPROVED,
)


class Turn(NamedTuple):
    """A digest that is to be made."""

    person: PersonId
    pace: Pace
    due_at: datetime


class Thing(NamedTuple):
    """A document or a folder as it is called now, and the folder where it stands."""

    id: int
    name: str
    folder_id: FolderId
    folder: str


class Met(NamedTuple):
    """A meeting as it is now."""

    id: MeetingId
    title: str
    starts_at: datetime
    has_time: bool
    is_cancelled: bool


class Coming(NamedTuple):
    """The meeting that comes next of something that is followed."""

    follow: FollowId
    meeting: Met


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal that she may read; what it is about as it is now."""

    id: int
    at: datetime
    person_id: PersonId
    person: str
    organisation: str
    verb: Verb
    facts: str
    folder: Thing
    document: Thing | None
    meeting: Met | None
    by: tuple[FollowId, ...]


async def plan_turn(tx: Transaction, turn: Turn) -> None:
    """Have a digest made then; one that is planned already stays."""
    await tx.run(
        "INSERT INTO digest_turns (person_id, pace, due_at) VALUES (:person, :pace, :due)"
        " ON CONFLICT (person_id, pace) DO NOTHING",
        person=turn.person,
        pace=turn.pace,
        due=to_ms(turn.due_at),
    )


async def due(tx: Transaction, now: datetime, limit: int) -> list[Turn]:
    """The digests that are to be made by now, the longest due first."""
    rows = await tx.rows(
        "SELECT person_id, pace, due_at FROM digest_turns WHERE due_at <= :now"
        " ORDER BY due_at, person_id, pace LIMIT :limit",
        now=to_ms(now),
        limit=limit,
    )
    return [Turn(PersonId(person), Pace(pace), from_ms(at)) for person, pace, at in rows]


async def end_turn(tx: Transaction, turn: Turn, following: datetime | None) -> bool:
    """Plan the one after it (None: no other); false when this one was ended already."""
    values: dict[str, object] = {
        "person": turn.person,
        "pace": turn.pace,
        "due": to_ms(turn.due_at),
    }
    which = "WHERE person_id = :person AND pace = :pace AND due_at = :due"
    if following is None:
        return bool(await tx.run(f"DELETE FROM digest_turns {which}", **values))
    return bool(
        await tx.run(
            f"UPDATE digest_turns SET due_at = :following {which}",
            following=to_ms(following),
            **values,
        )
    )


async def watched(tx: Transaction) -> tuple[int, int]:
    """Through which journal line and index entry it is known who is to be told at once."""
    row = await tx.row("SELECT journal_id, entry_number FROM digest_watch")
    assert row is not None
    return row[0], row[1]


async def newest(tx: Transaction) -> tuple[int, int]:
    """The newest journal line and index entry."""
    row = await tx.row(
        "SELECT (SELECT COALESCE(MAX(id), 0) FROM journal),"
        " (SELECT COALESCE(MAX(number), 0) FROM index_entries)"
    )
    assert row is not None
    return row[0], row[1]


async def watch(tx: Transaction, journal: int, entry: int) -> None:
    """Note through where it is known."""
    await tx.run(
        "UPDATE digest_watch SET journal_id = :journal, entry_number = :entry",
        journal=journal,
        entry=entry,
    )


async def mark(tx: Transaction, after: int, through: int, due_at: datetime) -> None:
    """Plan digests at once for whoever so follows what these lines are about.

    Without regard to rights: what she may not read is left out when the digest is made.
    """
    lines = (
        "FROM journal j CROSS JOIN {0} WHERE j.id > :after AND j.id <= :through"
        " AND w.pace = 'at_once' AND w.person_id <> j.person_id"
    )
    of_folder = "reach r ON r.folder_id = j.folder_id CROSS JOIN follows w"
    of_folder += " ON w.what = 'folder' AND w.what_id = r.ancestor_id"
    of_document = "follows w ON w.what = 'document' AND w.what_id = j.document_id"
    of_series = "meetings m ON m.dossier_id = j.folder_id CROSS JOIN follows w"
    of_series += " ON w.what = 'series' AND w.what_id = m.series_id"
    found = " UNION ".join(
        f"SELECT w.person_id {lines.format(which)}" for which in (of_folder, of_document, of_series)
    )
    await tx.run(
        "INSERT INTO digest_turns (person_id, pace, due_at)"
        f" SELECT t.person_id, 'at_once', :due FROM ({found}) t WHERE 1 = 1"
        " ON CONFLICT (person_id, pace) DO NOTHING",
        after=after,
        through=through,
        due=to_ms(due_at),
    )


async def mark_searches(tx: Transaction, due_at: datetime) -> None:
    """Plan digests at once for whoever so follows a search."""
    await tx.run(
        "INSERT INTO digest_turns (person_id, pace, due_at)"
        " SELECT DISTINCT person_id, 'at_once', :due FROM follows"
        " WHERE what = 'search' AND pace = 'at_once' ON CONFLICT (person_id, pace) DO NOTHING",
        due=to_ms(due_at),
    )


async def skip(tx: Transaction) -> None:
    """Have nothing told of what came until now: nobody is written to."""
    journal, entry = await newest(tx)
    await tx.run("UPDATE follows SET told_through = :line", line=journal)
    await watch(tx, journal, entry)


async def lines(
    tx: Transaction, actor: Actor, after: Mapping[FollowId, int], among: Iterable[Follow], last: int
) -> list[Line]:
    """What others did to what she follows, the newest first, each once; as she may read it now.

    Of each of `among` the lines after its number in `after`, through line `last`; what
    is removed now, or stands where she may not read, is left out.
    """
    followed = [one for one in among if one.id in after]
    if not followed:
        return []
    values: dict[str, object] = {}
    rows = []
    for index, one in enumerate(followed):
        rows.append(f"(:f{index}, :w{index}, :i{index}, :a{index})")
        values |= {
            f"f{index}": one.id,
            f"w{index}": one.what,
            f"i{index}": one.what_id,
            f"a{index}": after[one.id],
        }
    found = await tx.rows(
        _LINES.format(
            scoped=access.scoped(actor, Action.READ),
            mine=", ".join(rows),
            verbs=", ".join(f"'{verb}'" for verb in (*OF_DOCUMENTS, *OF_FOLDERS, *OF_MEETINGS)),
            readable=access.meets("j.folder_id"),
            there=access.meets("d.folder_id"),
        ),
        last=last,
        most=MOST_LINES,
        **values,
        **access.asking(actor),
    )
    by: dict[int, list[FollowId]] = {}
    for row in found:
        by.setdefault(row[0], []).append(FollowId(row[1]))
    return [_line(row, tuple(by.pop(row[0]))) for row in found if row[0] in by]


# CROSS JOIN: the order is ours, from what she follows to its lines.
_LINES = """
WITH {scoped}, mine(id, what, what_id, after) AS (VALUES {mine}),
touched(line, follow) AS (
    SELECT j.id, w.id FROM mine w CROSS JOIN reach r ON r.ancestor_id = w.what_id
    CROSS JOIN journal j ON j.folder_id = r.folder_id AND j.id > w.after AND j.id <= :last
    WHERE w.what = 'folder'
    UNION ALL
    SELECT j.id, w.id FROM mine w CROSS JOIN journal j ON j.document_id = w.what_id
    AND j.id > w.after AND j.id <= :last WHERE w.what = 'document'
    UNION ALL
    SELECT j.id, w.id FROM mine w CROSS JOIN meetings m ON m.series_id = w.what_id
    CROSS JOIN journal j ON j.folder_id = m.dossier_id AND j.id > w.after AND j.id <= :last
    WHERE w.what = 'series' AND j.document_id IS NULL
)
SELECT j.id, t.follow, j.at, j.person_id, p.name, o.name, j.verb, j.facts,
    f.id, f.name, d.id, d.name, df.id, df.name,
    m.id, m.title, m.starts_at, m.has_time, m.is_cancelled
FROM touched t CROSS JOIN journal j ON j.id = t.line
JOIN people p ON p.id = j.person_id
JOIN folders f ON f.id = j.folder_id
LEFT JOIN organisations o ON o.id = j.organisation_id
LEFT JOIN documents d ON d.id = j.document_id
LEFT JOIN folders df ON df.id = d.folder_id
LEFT JOIN meetings m ON m.dossier_id = j.folder_id
WHERE j.person_id <> :person AND j.verb IN ({verbs}) AND {readable}
AND (j.document_id IS NULL OR (d.removed_at IS NULL AND {there}))
ORDER BY j.id DESC LIMIT :most
"""


def _line(row: tuple[Any, ...], by: tuple[FollowId, ...]) -> Line:
    number, _, at, person_id, person, organisation, verb, facts = row[:8]
    folder = Thing(row[8], row[9], FolderId(row[8]), row[9])
    document = None if row[10] is None else Thing(row[10], row[11], FolderId(row[12]), row[13])
    return Line(
        id=number,
        at=from_ms(at),
        person_id=PersonId(person_id),
        person=person,
        organisation=organisation or "",
        verb=Verb(verb),
        facts=facts,
        folder=folder,
        document=document,
        meeting=None if row[14] is None else met(row[14:19]),
        by=by,
    )


def met(row: Sequence[Any]) -> Met:
    """A meeting out of id, title, start, whether its hour is known, whether it is cancelled."""
    return Met(MeetingId(row[0]), row[1], from_ms(row[2]), bool(row[3]), bool(row[4]))


async def coming(
    tx: Transaction, actor: Actor, since: datetime, before: datetime
) -> dict[FollowId, Met]:
    """Of what she follows until a meeting the next one that begins in that time, if any.

    Only of what she may read, and of which she was not told before that meeting already.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT w.id, m.id, m.title, m.starts_at, m.has_time, m.is_cancelled"
        " FROM meetings m CROSS JOIN follows w ON w.person_id = :person"
        f" AND w.pace = '{Pace.BEFORE_MEETING}' AND w.before_meeting_id <> m.id"
        " WHERE m.starts_at >= :since AND m.starts_at < :before AND m.is_cancelled = 0"
        f" AND m.state IN ('{MeetingState.PREPARATION}', '{MeetingState.CONVENED}')"
        " AND ((w.what = 'series' AND w.what_id = m.series_id)"
        "  OR (w.what = 'folder' AND EXISTS (SELECT 1 FROM reach u"
        "   WHERE u.folder_id = m.dossier_id AND u.ancestor_id = w.what_id)))"
        f" AND {access.meets('m.dossier_id')} ORDER BY m.starts_at DESC, m.id DESC",
        since=to_ms(since),
        before=to_ms(before),
        **access.asking(actor),
    )
    return {FollowId(row[0]): met(row[1:]) for row in rows}


async def meetings(
    tx: Transaction, actor: Actor, wanted: Iterable[MeetingId]
) -> dict[MeetingId, tuple[Met, FolderId]]:
    """Those of these meetings that she may read, with their dossiers."""
    asked = {f"m{index}": number for index, number in enumerate(wanted)}
    if not asked:
        return {}
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT m.id, m.title, m.starts_at, m.has_time, m.is_cancelled, m.dossier_id"
        f" FROM meetings m WHERE m.id IN ({', '.join(f':{name}' for name in asked)})"
        f" AND {access.meets('m.dossier_id')}",
        **asked,
        **access.asking(actor),
    )
    return {MeetingId(row[0]): (met(row), FolderId(row[5])) for row in rows}


async def add(
    tx: Transaction,
    turn: Turn,
    after: Mapping[FollowId, int],
    through: int,
    meeting: MeetingId | None,
    at: datetime,
) -> DigestId:
    """Keep what a digest is to tell: of each of these, the lines after that number."""
    digest = DigestId(
        await tx.value(
            "INSERT INTO digests (person_id, pace, through, meeting_id, created_at)"
            " VALUES (:person, :pace, :through, :meeting, :at) RETURNING id",
            person=turn.person,
            pace=turn.pace,
            through=through,
            meeting=meeting or 0,
            at=to_ms(at),
        )
    )
    await tx.many(
        "INSERT INTO digest_parts (digest_id, follow_id, after) VALUES (:digest, :follow, :after)",
        [{"digest": digest, "follow": follow, "after": line} for follow, line in after.items()],
    )
    return digest


async def found(tx: Transaction, digest: DigestId) -> DigestRow | None:
    """A digest that was made, or None."""
    row = await tx.row(
        "SELECT id, person_id, pace, through, meeting_id FROM digests WHERE id = :id", id=digest
    )
    if row is None:
        return None
    parts = await tx.rows(
        "SELECT follow_id, after FROM digest_parts WHERE digest_id = :id", id=digest
    )
    return DigestRow(
        id=DigestId(row[0]),
        person_id=PersonId(row[1]),
        pace=Pace(row[2]),
        through=row[3],
        meeting_id=MeetingId(row[4]),
        after={FollowId(follow): line for follow, line in parts},
    )


async def advance(
    tx: Transaction, person: PersonId, through: int, told: Mapping[FollowId, MeetingId]
) -> None:
    """Note that of these she was told through that line; 0 is no meeting."""
    await tx.many(
        "UPDATE follows SET told_through = :through, before_meeting_id ="
        " CASE WHEN :meeting = 0 THEN before_meeting_id ELSE :meeting END"
        " WHERE id = :follow AND person_id = :person AND told_through <= :through",
        [
            {"through": through, "person": person, "follow": follow, "meeting": meeting}
            for follow, meeting in told.items()
        ],
    )


async def search_known(tx: Transaction, follow: FollowId, saved: SavedId) -> dict[DocumentId, int]:
    """What of a followed search she was shown or told: the newest version of each document."""
    rows = await tx.rows(
        "SELECT document_id, MAX(version) FROM ("
        " SELECT document_id, version FROM search_told WHERE follow_id = :follow"
        " UNION ALL SELECT document_id, version FROM saved_seen WHERE saved_id = :saved"
        ") GROUP BY document_id",
        follow=follow,
        saved=saved,
    )
    return {DocumentId(document): version for document, version in rows}


async def tell_search(
    tx: Transaction,
    follow: FollowId,
    documents: Iterable[tuple[DocumentId, int]],
    digest: DigestId | None,
) -> None:
    """Note that this digest tells these versions of it, or that she knew them (None)."""
    await tx.many(
        "INSERT INTO search_told (follow_id, document_id, version, digest_id)"
        " VALUES (:follow, :document, :version, :digest)"
        " ON CONFLICT (follow_id, document_id) DO UPDATE"
        " SET version = excluded.version, digest_id = excluded.digest_id"
        " WHERE excluded.version > version",
        [
            {"follow": follow, "document": document, "version": version, "digest": digest}
            for document, version in documents
        ],
    )


async def searched(tx: Transaction, digest: DigestRow) -> dict[FollowId, list[DocumentId]]:
    """What searches found that this digest tells, by what she follows."""
    asked = {f"f{index}": follow for index, follow in enumerate(digest.after)}
    if not asked:
        return {}
    rows = await tx.rows(
        "SELECT follow_id, document_id FROM search_told WHERE digest_id = :digest"
        f" AND follow_id IN ({', '.join(f':{name}' for name in asked)})"
        " ORDER BY follow_id, document_id DESC",
        digest=digest.id,
        **asked,
    )
    told: dict[FollowId, list[DocumentId]] = {}
    for follow, document in rows:
        told.setdefault(FollowId(follow), []).append(DocumentId(document))
    return told


async def forget_before(tx: Transaction, before: datetime, limit: int) -> int:
    """Let go digests that were made before then, at most so many; how many."""
    old = "SELECT id FROM digests WHERE created_at < :before ORDER BY created_at LIMIT :limit"
    values = {"before": to_ms(before), "limit": limit}
    await tx.run(f"DELETE FROM digest_parts WHERE digest_id IN ({old})", **values)
    return await tx.run(f"DELETE FROM digests WHERE id IN ({old})", **values)
