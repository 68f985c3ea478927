"""Rows of minutes: what was said of an item, who was there, decisions and actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from atelier.database.dossiers import TODO_COLUMNS, TODO_NAMES, todo
from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day
from atelier.model import names
from atelier.model.ids import DecisionId, ItemId, MeetingId, OrganisationId, PersonId, TodoId
from atelier.model.meetings import Attendee, Decision, Todo, Votes, Way
from atelier.model.minutes import Ruling, Someone, Task

# Of somebody with several places the one she had first; the reader of a list wants one.
_SOMEONE = """SELECT p.id, p.name, o.id, o.name FROM people p
    LEFT JOIN organisations o ON o.id = (
        SELECT m.organisation_id FROM memberships m JOIN organisations h ON h.id = m.organisation_id
        WHERE m.person_id = p.id AND (m.starts_on IS NULL OR m.starts_on <= :today)
        AND (m.ends_on IS NULL OR m.ends_on >= :today)
        AND (h.ends_on IS NULL OR h.ends_on >= :today) ORDER BY m.id LIMIT 1)
    WHERE p.disabled_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Given:
    """To whom an action is given: the ids of those who are known to the network."""

    person: PersonId | None = None
    organisation: OrganisationId | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an item: its title, the text and its state."""

    title: str
    text: str
    state: int


async def said(tx: Transaction, meeting: MeetingId, item: ItemId) -> Said | None:
    """What stands of an item of that meeting; None for one that is not of it."""
    row = await tx.row(
        "SELECT title, text, state FROM agenda_items WHERE id = :item AND meeting_id = :meeting",
        item=item,
        meeting=meeting,
    )
    return None if row is None else Said(*row)


async def is_only(tx: Transaction, meeting: MeetingId, title: str) -> bool:
    """Whether at most one item of the meeting is called so."""
    count = await tx.value(
        "SELECT COUNT(*) FROM agenda_items WHERE meeting_id = :meeting AND title = :title",
        meeting=meeting,
        title=title,
    )
    return bool(count < 2)


async def extent(tx: Transaction, meeting: MeetingId) -> tuple[int, int]:
    """Characters and line breaks of all texts of a meeting: minutes, decisions and actions."""
    row = await tx.row(
        "WITH items(id, text) AS (SELECT id, text FROM agenda_items WHERE meeting_id = :meeting),"
        " texts(text) AS (SELECT text FROM items"
        " UNION ALL SELECT d.text FROM decisions d JOIN items i ON i.id = d.item_id"
        " UNION ALL SELECT t.text FROM todos t JOIN items i ON i.id = t.item_id)"
        " SELECT COALESCE(SUM(LENGTH(text)), 0),"
        " COALESCE(SUM(LENGTH(text) - LENGTH(REPLACE(text, :line_break, ''))), 0) FROM texts",
        line_break="\n",
        meeting=meeting,
    )
    assert row is not None
    return row[0], row[1]


async def write(tx: Transaction, item: ItemId, text: str) -> None:
    """Write what was said, and count the change; the caller calls `touch`."""
    await tx.run(
        "UPDATE agenda_items SET text = :text, state = state + 1 WHERE id = :item",
        item=item,
        text=text,
    )


async def set_attendance(
    tx: Transaction, meeting: MeetingId, attendees: Sequence[Attendee]
) -> None:
    """Write the whole list, in its order, in the place of the one before."""
    await tx.run("DELETE FROM meeting_attendance WHERE meeting_id = :meeting", meeting=meeting)
    for place, one in enumerate(attendees, 1):
        await tx.run(
            "INSERT INTO meeting_attendance"
            " (meeting_id, place, person_id, name, organisation, presence, instead)"
            " VALUES (:meeting, :place, :person, :name, :organisation, :presence, :instead)",
            meeting=meeting,
            place=place,
            person=one.person_id,
            name=one.name,
            organisation=one.organisation,
            presence=one.presence,
            instead=one.instead,
        )


async def someone(tx: Transaction, person: PersonId, today: date) -> Someone | None:
    """A person who may sign in today; None otherwise."""
    found = await _people(tx, f"{_SOMEONE} AND p.id = :person", today, person=person)
    return found[0] if found else None


async def called(tx: Transaction, name: str, today: date) -> Someone | None:
    """The one person of that name, accents and capitals apart; None when nobody or several."""
    found = await _people(tx, f"{_SOMEONE} AND p.sort_key = :key", today, key=names.sort_key(name))
    return found[0] if len(found) == 1 else None


async def some(tx: Transaction, people: Iterable[PersonId], today: date) -> list[Someone]:
    """Those of these people who may sign in, by name."""
    numbers = ", ".join(str(int(one)) for one in people) or "0"
    return await _people(
        tx, f"{_SOMEONE} AND p.id IN ({numbers}) ORDER BY p.sort_key, p.name, p.id", today
    )


async def everyone(tx: Transaction, today: date, limit: int) -> list[Someone]:
    """Who may sign in, by name, the first so many."""
    return await _people(
        tx, f"{_SOMEONE} ORDER BY p.sort_key, p.name, p.id LIMIT :limit", today, limit=limit
    )


async def count(
    tx: Transaction, table: Literal["decisions", "todos"], item: ItemId
) -> tuple[int, int]:
    """How many decisions or actions of an item were taken down, and of its whole meeting."""
    row = await tx.row(
        f"SELECT COALESCE(SUM(CASE WHEN i.id = :item THEN 1 ELSE 0 END), 0), COUNT(*)"
        f" FROM agenda_items own JOIN agenda_items i ON i.meeting_id = own.meeting_id"
        f" JOIN {table} t ON t.item_id = i.id WHERE own.id = :item",
        item=item,
    )
    assert row is not None
    return row[0], row[1]


async def add_decision(tx: Transaction, item: ItemId, ruling: Ruling) -> DecisionId:
    """Write a decision after the others of the item; the caller calls `touch`."""
    return DecisionId(
        await tx.value(
            "INSERT INTO decisions (item_id, text, key, way, votes_yes, votes_no,"
            " votes_abstained, decided_on) VALUES (:item, :text, :key, :way, :yes, :no,"
            " :abstained, :day) RETURNING id",
            item=item,
            **_ruled(ruling),
        )
    )


async def decision(
    tx: Transaction, meeting: MeetingId, item: ItemId, number: DecisionId
) -> Decision | None:
    """A decision of that item of that meeting; None for any other."""
    row = await tx.row(
        "SELECT d.text, d.way, d.decided_on, d.votes_yes, d.votes_no, d.votes_abstained"
        " FROM decisions d JOIN agenda_items i ON i.id = d.item_id"
        " WHERE d.id = :number AND i.id = :item AND i.meeting_id = :meeting",
        number=number,
        item=item,
        meeting=meeting,
    )
    if row is None:
        return None
    text, way, day, yes, no, abstained = row
    votes = None if yes is None else Votes(yes, no or 0, abstained or 0)
    decided_on = to_day(day)
    assert decided_on is not None
    return Decision(number, item, text, Way(way), decided_on, votes)


async def change_decision(tx: Transaction, number: DecisionId, ruling: Ruling) -> None:
    """Write a decision anew; the caller calls `touch`."""
    await tx.run(
        "UPDATE decisions SET text = :text, key = :key, way = :way, votes_yes = :yes,"
        " votes_no = :no, votes_abstained = :abstained, decided_on = :day WHERE id = :number",
        number=number,
        **_ruled(ruling),
    )


async def remove_decision(tx: Transaction, number: DecisionId) -> None:
    """Take a decision away; the caller calls `touch`."""
    await tx.run("DELETE FROM decisions WHERE id = :number", number=number)


async def add_todo(tx: Transaction, item: ItemId, task: Task, given: Given) -> TodoId:
    """Write an action after the others of the item; the caller calls `touch`."""
    return TodoId(
        await tx.value(
            "INSERT INTO todos (item_id, text, who, person_id, organisation_id, due_on)"
            " VALUES (:item, :text, :who, :person, :organisation, :due) RETURNING id",
            item=item,
            **_tasked(task, given),
        )
    )


async def todo_of(tx: Transaction, meeting: MeetingId, item: ItemId, number: TodoId) -> Todo | None:
    """An action of that item of that meeting; None for any other."""
    row = await tx.row(
        f"SELECT {TODO_COLUMNS} FROM todos t JOIN agenda_items i ON i.id = t.item_id {TODO_NAMES}"
        " WHERE t.id = :number AND i.id = :item AND i.meeting_id = :meeting",
        number=number,
        item=item,
        meeting=meeting,
    )
    return None if row is None else todo(row)


async def change_todo(tx: Transaction, number: TodoId, task: Task, given: Given) -> None:
    """Write an action anew, done or not as it was; the caller calls `touch`."""
    await tx.run(
        "UPDATE todos SET text = :text, who = :who, person_id = :person,"
        " organisation_id = :organisation, due_on = :due WHERE id = :number",
        number=number,
        **_tasked(task, given),
    )


async def remove_todo(tx: Transaction, number: TodoId) -> None:
    """Take an action away; the caller calls `touch`."""
    await tx.run("DELETE FROM todos WHERE id = :number", number=number)


async def _people(tx: Transaction, query: str, today: date, **values: object) -> list[Someone]:
    rows = await tx.rows(query, today=today.isoformat(), **values)
    return [
        Someone(
            PersonId(person), name, None if number is None else OrganisationId(number), place or ""
        )
        for person, name, number, place in rows
    ]


def _ruled(ruling: Ruling) -> dict[str, object]:
    votes = ruling.votes
    return {
        "text": ruling.text,
        "key": names.sort_key(ruling.text),
        "way": ruling.way,
        "yes": votes and votes.yes,
        "no": votes and votes.no,
        "abstained": votes and votes.abstained,
        "day": from_day(ruling.decided_on),
    }


def _tasked(task: Task, given: Given) -> dict[str, object]:
    return {
        "text": task.text,
        "who": task.who,
        "person": given.person,
        "organisation": given.organisation,
        "due": from_day(task.due_on),
    }
