"""Rows of actions once a meeting is over: whose they are, which are late, marking them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from atelier import access
from atelier.database import meetings
from atelier.database.dossiers import TODO_COLUMNS, TODO_NAMES, todo
from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_ms
from atelier.model.folders import Action
from atelier.model.ids import FolderId, MeetingId, OrganisationId, PersonId, TodoId
from atelier.model.meetings import MeetingRow
from atelier.model.people import Actor
from atelier.model.register import TodoRow, Whose

_FROM = (
    "FROM todos t JOIN agenda_items i ON i.id = t.item_id JOIN meetings m ON m.id = i.meeting_id"
)
_TODO_COUNT = 10
# Of open ones `done_on` is the same; of those done the day decides first.
_ORDER = "t.done_on DESC, t.due_on IS NULL, t.due_on, t.id"
LATELY = timedelta(days=30)

# Where nobody is named, whoever serves the organisation may answer for it.
_ANSWERS = (
    f"(t.person_id = :person OR t.person_id IS NULL AND {access.serves('t.organisation_id')})"
)

_OF = {
    Whose.MINE: "t.person_id = :person",
    Whose.OURS: (
        f"{access.serves('t.organisation_id')} AND (t.person_id IS NULL OR t.person_id <> :person)"
    ),
    Whose.LATE: "t.due_on < :today AND (t.person_id IS NULL OR t.person_id <> :person)",
    Whose.LEFT: "t.person_id IN (SELECT id FROM people WHERE disabled_at IS NOT NULL)",
    Whose.DONE: f"t.done_on >= :lately AND {_ANSWERS}",
}
_ACTIONS = {Whose.LATE: Action.MEET, Whose.LEFT: Action.MEET}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an action stands, and who may answer for it; `dossier` 0 for one that never was."""

    dossier: FolderId
    meeting: MeetingId
    item: str
    person: PersonId | None
    organisation: OrganisationId | None
    is_done: bool


async def listed(
    tx: Transaction, actor: Actor, whose: Whose, *, offset: int = 0, limit: int
) -> list[TodoRow]:
    """Actions of meetings that she may read; late ones of others and those of people who left
    of meetings that she coordinates.

    The longest overdue first, those without a day last; of those done the latest first.
    """
    return await _rows(
        tx,
        actor,
        _hers(actor, whose),
        f"{_FROM} {TODO_NAMES} WHERE {_wanted(whose)} ORDER BY {_ORDER}"
        " LIMIT :limit OFFSET :offset",
        limit=limit,
        offset=offset,
        lately=_lately(actor),
    )


async def count(tx: Transaction, actor: Actor, whose: Whose) -> int:
    """How many `listed` would give without a limit."""
    return int(
        await tx.value(
            f"{_hers(actor, whose)} SELECT COUNT(*) {_FROM} WHERE {_wanted(whose)}",
            lately=_lately(actor),
            **access.asking(actor),
        )
    )


async def left_open(
    tx: Transaction, actor: Actor, meeting: MeetingRow, *, limit: int
) -> list[TodoRow]:
    """Open actions of earlier meetings of its series that she may read; as `listed`."""
    if meeting.series is None:
        return []
    return await _rows(
        tx,
        actor,
        f"WITH {access.scoped(actor, Action.READ)}",
        f"{_FROM} {TODO_NAMES} WHERE m.series_id = :series AND m.starts_at <= :starts"
        " AND (m.starts_at < :starts OR m.id < :meeting) AND t.done_on IS NULL"
        f" AND {access.meets('m.dossier_id')}"
        f" ORDER BY {_ORDER} LIMIT :limit",
        series=meeting.series.id,
        starts=to_ms(meeting.starts_at),
        meeting=meeting.id,
        limit=limit,
    )


async def standing(tx: Transaction, number: TodoId) -> Standing:
    """Where an action stands; the caller enters the dossier."""
    row = await tx.row(
        "SELECT m.dossier_id, m.id, i.title, t.person_id, t.organisation_id,"
        f" t.done_on IS NOT NULL {_FROM} WHERE t.id = :todo",
        todo=number,
    )
    if row is None:
        return Standing(FolderId(0), MeetingId(0), "", None, None, False)
    return Standing(FolderId(row[0]), MeetingId(row[1]), row[2], row[3], row[4], bool(row[5]))


async def answers(tx: Transaction, actor: Actor, number: TodoId) -> bool:
    """Whether it is hers: given to her, or to an organisation of hers and nobody in it."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        f" SELECT 1 FROM todos t WHERE t.id = :todo AND {_ANSWERS}",
        todo=number,
        **access.asking(actor),
    )
    return bool(rows)


async def mark(tx: Transaction, number: TodoId, done_on: date | None) -> None:
    """Write when it was done, None for not at all; the caller calls `meetings.note`."""
    await tx.run(
        "UPDATE todos SET done_on = :day WHERE id = :todo", todo=number, day=from_day(done_on)
    )


def _hers(actor: Actor, whose: Whose) -> str:
    """Until `scoped`; of late ones until `hers(id)`, so that each meeting is asked for once."""
    scoped = f"WITH {access.scoped(actor, _ACTIONS.get(whose, Action.READ))}"
    if whose is not Whose.LATE:
        return scoped
    return (
        f"{scoped}, hers(id) AS MATERIALIZED ("
        f"SELECT m.id FROM meetings m WHERE {access.meets('m.dossier_id')})"
    )


def _wanted(whose: Whose) -> str:
    is_hers = access.meets("m.dossier_id")
    if whose is Whose.LATE:
        is_hers = "i.meeting_id IN (SELECT id FROM hers)"
    is_open = "" if whose is Whose.DONE else " AND t.done_on IS NULL"
    return f"{_OF[whose]}{is_open} AND {is_hers}"


def _lately(actor: Actor) -> str | None:
    return from_day(actor.today - LATELY)


async def _rows(
    tx: Transaction, actor: Actor, tables: str, found: str, **values: object
) -> list[TodoRow]:
    """Actions with their meetings, and what she may do with each."""
    columns = f"{TODO_COLUMNS}, i.title, {_ANSWERS} AS is_hers, i.meeting_id"
    rows = await tx.rows(
        f"{tables} SELECT x.*, {meetings.COLUMNS} FROM (SELECT {columns} {found}) x"
        f" JOIN meetings m ON m.id = x.meeting_id {meetings.NAMES}"
        f" ORDER BY {_ORDER.replace('t.', 'x.')}",
        **access.asking(actor),
        **values,
    )
    led = await _coordinated(tx, actor, {row[_TODO_COUNT + 2] for row in rows})
    return [_row(actor, row, led) for row in rows]


def _row(actor: Actor, row: Sequence[Any], led: Collection[int]) -> TodoRow:
    one = todo(tuple(row[:_TODO_COUNT]))
    title, is_hers, meeting = row[_TODO_COUNT : _TODO_COUNT + 3]
    leads = meeting in led
    return TodoRow(
        todo=one,
        item=title,
        meeting=meetings.shown(row[_TODO_COUNT + 3 :]),
        is_overdue=one.is_overdue(actor.today),
        may_mark=actor.seeing is None and (bool(is_hers) or leads),
        coordinates=leads,
    )


async def _coordinated(tx: Transaction, actor: Actor, among: Collection[int]) -> frozenset[int]:
    """Of these meetings those that she coordinates."""
    # With a number of none, a list without rows asks as much as another.
    named = {f"m{index}": number for index, number in enumerate((0, *sorted(among)))}
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.MEET)} SELECT m.id FROM meetings m"
        f" WHERE m.id IN ({', '.join(f':{name}' for name in named)})"
        f" AND {access.meets('m.dossier_id')}",
        **access.asking(actor),
        **named,
    )
    return frozenset(number for (number,) in rows)
