"""Rows of meetings: of lists, whole, and their heads. The agenda, answers and minutes beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from atelier import access
from atelier.database import entries
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.errors import NotFound
from atelier.model import names
from atelier.model.folders import Action
from atelier.model.ids import (
    DocumentId,
    FolderId,
    MeetingId,
    OrganisationId,
    PersonId,
    SeriesId,
)
from atelier.model.meetings import MeetingRow, MeetingState, Part, Series, entry_number
from atelier.model.people import Actor

COLUMNS = """m.id, m.dossier_id, m.title, s.id, s.folder_id, s.name, m.starts_at, m.has_time,
    m.lasts_minutes, m.place, m.link, m.state, m.is_cancelled, o.id, o.name"""
NAMES = """LEFT JOIN series s ON s.id = m.series_id
    LEFT JOIN organisations o ON o.id = m.organisation_id"""
FROM = f"FROM meetings m {NAMES}"
COLUMN_COUNT = 15


@dataclass(frozen=True, slots=True)
class Head:
    """What is written of a meeting beside its agenda; as in `MeetingRow`."""

    title: str
    series_id: SeriesId | None
    starts_at: datetime
    has_time: bool
    lasts_minutes: int | None
    place: str
    link: str


@dataclass(frozen=True, slots=True)
class Over:
    """Whether meetings are over at `now`; `begun` is when that day began in the network's zone.

    One is over when its length has passed, three hours where nobody said it; where only the
    day is known, when the day is over too.
    """

    now: datetime
    begun: datetime
    is_over: bool


@dataclass(frozen=True, slots=True)
class Among:
    """Which meetings a list is of; None where it does not matter. `folder` with all below it.

    `since` is included, `before` is not.
    """

    folder: FolderId | None = None
    series: SeriesId | None = None
    organisation: OrganisationId | None = None
    since: datetime | None = None
    before: datetime | None = None
    over: Over | None = None


# The bounds of the start are for the index: the rest looks at each meeting.
_LONGEST = timedelta(days=8)
_LASTS_ON = """CASE WHEN m.has_time = 0 AND m.starts_at >= :begun THEN 1
    WHEN m.starts_at + COALESCE(m.lasts_minutes, 180 * m.has_time) * 60000 > :now THEN 1
    ELSE 0 END"""
_COMING = f"m.starts_at >= :longest AND {_LASTS_ON} = 1"
_PAST = f"m.starts_at <= :now AND {_LASTS_ON} = 0"


@dataclass(frozen=True, slots=True)
class Rest:
    """The columns of a meeting that lists do not show."""

    state_number: int
    uid: str
    sequence: int
    changed_at: datetime
    odt_id: DocumentId | None
    pdf_id: DocumentId | None
    edition: int
    approved_at: datetime | None
    approved_by: str


_REST = """m.state_number, m.uid, m.sequence, m.changed_at, m.odt_id, m.pdf_id, m.edition,
    m.approved_at, a.name"""


async def add(
    tx: Transaction,
    dossier: FolderId,
    head: Head,
    *,
    uid: str,
    hat: OrganisationId | None,
    by: PersonId,
    at: datetime,
) -> MeetingId:
    """Write a meeting that owns this folder. The index is told of it, and of what stands there."""
    meeting = MeetingId(
        await tx.value(
            "INSERT INTO meetings (dossier_id, series_id, organisation_id, title, starts_at,"
            " has_time, lasts_minutes, place, link, uid, created_by, created_at, changed_at)"
            " VALUES (:dossier, :series, :hat, :title, :starts, :has_time, :lasts, :place, :link,"
            " :uid, :by, :at, :at) RETURNING id",
            dossier=dossier,
            hat=hat,
            uid=uid,
            by=by,
            at=to_ms(at),
            **_written(head),
        )
    )
    await note(tx, meeting)
    await entries.note_in(tx, dossier)
    return meeting


async def change(tx: Transaction, meeting: MeetingId, head: Head) -> None:
    """Write its head anew; the caller calls `touch`.

    The index looks again at what stands in its dossier, which it knows by the meeting's date.
    """
    await tx.run(
        "UPDATE meetings SET series_id = :series, title = :title, starts_at = :starts,"
        " has_time = :has_time, lasts_minutes = :lasts, place = :place, link = :link,"
        " sequence = sequence + 1 WHERE id = :meeting",
        meeting=meeting,
        **_written(head),
    )
    await entries.note_in(tx, await dossier_of(tx, meeting))


async def set_state(tx: Transaction, meeting: MeetingId, state: MeetingState) -> None:
    """Write how far it has come; the caller calls `touch`."""
    await tx.run(
        "UPDATE meetings SET state = :state WHERE id = :meeting", meeting=meeting, state=state
    )


async def set_cancelled(tx: Transaction, meeting: MeetingId, *, is_cancelled: bool) -> None:
    """Write whether it takes place; the caller calls `touch`."""
    await tx.run(
        "UPDATE meetings SET is_cancelled = :cancelled, sequence = sequence + 1"
        " WHERE id = :meeting",
        meeting=meeting,
        cancelled=int(is_cancelled),
    )


async def touch(tx: Transaction, meeting: MeetingId, at: datetime) -> None:
    """After any change of the meeting or its agenda: count it, and have the index look again."""
    await tx.run(
        "UPDATE meetings SET state_number = state_number + 1, changed_at = :at WHERE id = :meeting",
        meeting=meeting,
        at=to_ms(at),
    )
    await note(tx, meeting)


async def note(tx: Transaction, meeting: MeetingId) -> None:
    """Have the index look at every part of the meeting again."""
    for part in Part:
        await entries.note(tx, DocumentId(entry_number(meeting, part)))


async def dossier_of(tx: Transaction, meeting: MeetingId) -> FolderId:
    """Its folder, which decides who may see it; 0 for a meeting that never was."""
    row = await tx.row("SELECT dossier_id FROM meetings WHERE id = :meeting", meeting=meeting)
    return FolderId(row[0] if row else 0)


async def of_dossier(tx: Transaction, folder: FolderId) -> MeetingId | None:
    """The meeting that owns this folder, if any; the caller has entered the folder."""
    row = await tx.row("SELECT id FROM meetings WHERE dossier_id = :folder", folder=folder)
    return None if row is None else MeetingId(row[0])


async def head(tx: Transaction, meeting: MeetingId) -> tuple[MeetingRow, Rest]:
    """A meeting without what belongs to it; the caller has entered its dossier."""
    row = await tx.row(
        f"SELECT {COLUMNS}, {_REST} {FROM} LEFT JOIN people a ON a.id = m.approved_by"
        " WHERE m.id = :meeting",
        meeting=meeting,
    )
    if row is None:
        raise NotFound("meeting")
    return shown(row), _rest(row[COLUMN_COUNT:])


async def listed(
    tx: Transaction,
    actor: Actor,
    among: Among,
    *,
    newest_first: bool,
    offset: int = 0,
    limit: int = 50,
) -> list[MeetingRow]:
    """Of the meetings whose dossier she may read, by time."""
    way = "DESC" if newest_first else "ASC"
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}{_below(among)}"
        f" SELECT {COLUMNS} {FROM} WHERE {_conditions(among)}"
        f" ORDER BY m.starts_at {way}, m.id {way} LIMIT :limit OFFSET :offset",
        limit=limit,
        offset=offset,
        **_values(actor, among),
    )
    return [shown(row) for row in rows]


async def count(tx: Transaction, actor: Actor, among: Among) -> int:
    """How many `listed` would give without a limit."""
    return int(
        await tx.value(
            f"WITH RECURSIVE {access.scoped(actor, Action.READ)}{_below(among)}"
            f" SELECT COUNT(*) {FROM} WHERE {_conditions(among)}",
            **_values(actor, among),
        )
    )


async def series_named(tx: Transaction, actor: Actor, folder: FolderId, name: str) -> SeriesId:
    """The series of this folder that is called so; made when she sees none.

    One of which she may read no meeting is none to her: its spelling would tell that it is there.
    """
    found = await tx.row(
        f"WITH {access.scoped(actor, Action.READ)} SELECT s.id FROM series s"
        " WHERE s.folder_id = :folder AND s.key = :key AND EXISTS (SELECT 1 FROM meetings m"
        f" WHERE m.series_id = s.id AND {access.meets('m.dossier_id')}) ORDER BY s.id LIMIT 1",
        folder=folder,
        key=names.key(name),
        **access.asking(actor),
    )
    if found is not None:
        return SeriesId(found[0])
    return SeriesId(
        await tx.value(
            "INSERT INTO series (folder_id, name, key) VALUES (:folder, :name, :key) RETURNING id",
            folder=folder,
            name=name,
            key=names.key(name),
        )
    )


async def series_in(tx: Transaction, folder: FolderId) -> list[Series]:
    """The series of a folder that the caller has entered, by name."""
    rows = await tx.rows(
        "SELECT id, folder_id, name FROM series WHERE folder_id = :folder", folder=folder
    )
    found = [Series(SeriesId(row[0]), FolderId(row[1]), row[2]) for row in rows]
    return sorted(found, key=lambda one: names.sort_key(one.name))


async def series_seen(tx: Transaction, actor: Actor) -> list[Series]:
    """The series of which she may read a meeting, by name; their folders named if she may."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT s.id, s.folder_id, s.name, COALESCE(f.name, '') FROM series s"
        f" LEFT JOIN folders f ON f.id = s.folder_id AND {access.meets('f.id')}"
        " WHERE EXISTS (SELECT 1 FROM meetings m WHERE m.series_id = s.id"
        f" AND {access.meets('m.dossier_id')})",
        **access.asking(actor),
    )
    found = [Series(SeriesId(row[0]), FolderId(row[1]), row[2], row[3]) for row in rows]
    return sorted(found, key=lambda one: (names.sort_key(one.name), one.id))


async def series_met(tx: Transaction, actor: Actor, among: Among) -> frozenset[SeriesId]:
    """The series of the meetings that `listed` would give."""
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}{_below(among)}"
        f" SELECT DISTINCT m.series_id FROM meetings m"
        f" WHERE m.series_id IS NOT NULL AND {_conditions(among)}",
        **_values(actor, among),
    )
    return frozenset(SeriesId(number) for (number,) in rows)


async def organisations(
    tx: Transaction, actor: Actor, among: Among
) -> list[tuple[OrganisationId, str]]:
    """Those that convene one of the meetings that `listed` would give, by name."""
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}{_below(among)}"
        " SELECT o.id, o.name FROM organisations o"
        f" WHERE o.id IN (SELECT m.organisation_id FROM meetings m WHERE {_conditions(among)})",
        **_values(actor, among),
    )
    return sorted(rows, key=lambda row: (names.sort_key(row[1]), row[0]))


async def span(tx: Transaction, actor: Actor, among: Among) -> tuple[datetime, datetime] | None:
    """When the first and the last begin of the meetings that `listed` would give."""
    row = await tx.row(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}{_below(among)}"
        f" SELECT MIN(m.starts_at), MAX(m.starts_at) FROM meetings m WHERE {_conditions(among)}",
        **_values(actor, among),
    )
    return None if row is None or row[0] is None else (from_ms(row[0]), from_ms(row[1]))


def shown(row: Iterable[Any]) -> MeetingRow:
    """A meeting in a list, of a row that begins with `COLUMNS`."""
    cells = list(row)
    series = None if cells[3] is None else Series(SeriesId(cells[3]), cells[4], cells[5])
    return MeetingRow(
        id=MeetingId(cells[0]),
        dossier_id=FolderId(cells[1]),
        title=cells[2],
        series=series,
        starts_at=from_ms(cells[6]),
        has_time=bool(cells[7]),
        lasts_minutes=cells[8],
        place=cells[9],
        link=cells[10],
        state=MeetingState(cells[11]),
        is_cancelled=bool(cells[12]),
        organisation_id=None if cells[13] is None else OrganisationId(cells[13]),
        organisation=cells[14] or "",
    )


def _rest(cells: Iterable[Any]) -> Rest:
    number, uid, sequence, changed, odt, pdf, edition, approved, by = cells
    return Rest(
        state_number=number,
        uid=uid,
        sequence=sequence,
        changed_at=from_ms(changed),
        odt_id=odt,
        pdf_id=pdf,
        edition=edition,
        approved_at=None if approved is None else from_ms(approved),
        approved_by=by or "",
    )


def _written(head: Head) -> dict[str, object]:
    return {
        "series": head.series_id,
        "title": head.title,
        "starts": to_ms(head.starts_at),
        "has_time": int(head.has_time),
        "lasts": head.lasts_minutes,
        "place": head.place,
        "link": head.link,
    }


def _below(among: Among) -> str:
    """A table `inside(id)`, after `scoped`, when the list is of one folder and all below."""
    if among.folder is None:
        return ""
    return (
        ", inside(id) AS (SELECT :folder UNION ALL"
        " SELECT f.id FROM folders f JOIN inside i ON f.parent_id = i.id)"
    )


def _conditions(among: Among) -> str:
    wanted = [access.meets("m.dossier_id")]
    if among.folder is not None:
        wanted.append("m.dossier_id IN (SELECT id FROM inside)")
    if among.series is not None:
        wanted.append("m.series_id = :series")
    if among.organisation is not None:
        wanted.append("m.organisation_id = :organisation")
    if among.since is not None:
        wanted.append("m.starts_at >= :since")
    if among.before is not None:
        wanted.append("m.starts_at < :before")
    if among.over is not None:
        wanted.append(_PAST if among.over.is_over else _COMING)
    return " AND ".join(wanted)


def _values(actor: Actor, among: Among) -> dict[str, object]:
    values: dict[str, object] = dict(access.asking(actor))
    for name in ("folder", "series", "organisation"):
        if getattr(among, name) is not None:
            values[name] = getattr(among, name)
    if among.since is not None:
        values["since"] = to_ms(among.since)
    if among.before is not None:
        values["before"] = to_ms(among.before)
    if among.over is not None:
        values |= {"now": to_ms(among.over.now), "begun": to_ms(among.over.begun)}
        if not among.over.is_over:
            values["longest"] = to_ms(among.over.begun - _LONGEST)
    return values
