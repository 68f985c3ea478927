"""Decisions and actions, taken down at an item of the agenda by those who coordinate it.

What one saw of a decision or an action comes back with its change: of two at once the second
is told. Marking an action as done is `todos`.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Final

from atelier.database import minutes as records
from atelier.database import organisations
from atelier.database.engine import Transaction
from atelier.database.minutes import Given
from atelier.errors import EffectChanged, Invalid, NotFound
from atelier.model import names
from atelier.model.folders import Folder
from atelier.model.ids import DecisionId, ItemId, MeetingId, OrganisationId, TodoId
from atelier.model.journal import Verb
from atelier.model.meetings import Decision, Todo, Way
from atelier.model.minutes import Ruling, Task, ruling_of, state_of, task_of
from atelier.model.people import Actor
from atelier.workspace.agenda import changed
from atelier.workspace.meetings import MOST_YEARS
from atelier.workspace.minutes import check_room, cleaned, enter_item, on_one_line
from atelier.workspace.place import Workspace

MAX_CHARACTERS: Final = 4_000
MAX_NAME_CHARACTERS: Final = 200
MOST_OF_ITEM: Final = 100
MOST_OF_MEETING: Final = 400
_MOST_VOTES: Final = 1_000_000


async def decide(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, item_id: ItemId, ruling: Ruling
) -> DecisionId:
    """Take down a decision at an item; `MinutesApproved`, `Invalid` with the field."""
    clean = checked_ruling(ws, ruling)

    async def unit(tx: Transaction) -> DecisionId:
        folder, said = await enter_item(tx, actor, meeting_id, item_id)
        of_item, of_meeting = await records.count(tx, "decisions", item_id)
        if of_item >= MOST_OF_ITEM:
            raise Invalid("decision", "too_many_of_item", str(MOST_OF_ITEM))
        if of_meeting >= MOST_OF_MEETING:
            raise Invalid("decision", "too_many_of_meeting", str(MOST_OF_MEETING))
        await check_room(tx, meeting_id, "", clean.text)
        number = await records.add_decision(tx, item_id, clean)
        await changed(ws, tx, actor, folder, meeting_id, said.title, verb=Verb.DECISION_TAKEN)
        return number

    return await ws.db.write(unit)


async def change_decision(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    number: DecisionId,
    ruling: Ruling,
    *,
    expected: str,
) -> None:
    """Write a decision anew, as she saw it in that state; `EffectChanged` when it is another."""
    clean = checked_ruling(ws, ruling)

    async def unit(tx: Transaction) -> None:
        folder, title, found = await _decision(tx, actor, meeting_id, item_id, number)
        if ruling_of(found) == clean:
            return
        if state_of(found) != expected:
            raise EffectChanged()
        await check_room(tx, meeting_id, found.text, clean.text)
        await records.change_decision(tx, number, clean)
        await changed(ws, tx, actor, folder, meeting_id, title, verb=Verb.DECISION_CHANGED)

    await ws.db.write(unit)


async def remove_decision(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    number: DecisionId,
    *,
    expected: str,
) -> None:
    """Take a decision away, as she saw it in that state; `EffectChanged` when it is another."""

    async def unit(tx: Transaction) -> None:
        folder, title, found = await _decision(tx, actor, meeting_id, item_id, number)
        if state_of(found) != expected:
            raise EffectChanged()
        await records.remove_decision(tx, number)
        await changed(ws, tx, actor, folder, meeting_id, title, verb=Verb.DECISION_REMOVED)

    await ws.db.write(unit)


async def give(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, item_id: ItemId, task: Task
) -> TodoId:
    """Take down an action at an item.

    Whose name is one person's alone is given to her, and to her organisation when none is
    said. `MinutesApproved`, `Invalid` with the field.
    """
    clean = checked_task(ws, task)

    async def unit(tx: Transaction) -> TodoId:
        folder, said = await enter_item(tx, actor, meeting_id, item_id)
        of_item, of_meeting = await records.count(tx, "todos", item_id)
        if of_item >= MOST_OF_ITEM:
            raise Invalid("todo", "too_many_of_item", str(MOST_OF_ITEM))
        if of_meeting >= MOST_OF_MEETING:
            raise Invalid("todo", "too_many_of_meeting", str(MOST_OF_MEETING))
        await check_room(tx, meeting_id, "", clean.text)
        given = await _given(tx, actor, clean)
        number = await records.add_todo(tx, item_id, clean, given)
        await changed(ws, tx, actor, folder, meeting_id, said.title, verb=Verb.TODO_ADDED)
        return number

    return await ws.db.write(unit)


async def change_todo(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    number: TodoId,
    task: Task,
    *,
    expected: str,
) -> None:
    """Write an action anew, as she saw it in that state; `EffectChanged` when it is another.

    Who keeps her name keeps it, also when she has left; and so does an organisation.
    """
    clean = checked_task(ws, task)

    async def unit(tx: Transaction) -> None:
        folder, title, found = await _todo(tx, actor, meeting_id, item_id, number)
        if task_of(found) == clean:
            return
        if state_of(found) != expected:
            raise EffectChanged()
        await check_room(tx, meeting_id, found.text, clean.text)
        given = await _given(tx, actor, clean, found)
        await records.change_todo(tx, number, clean, given)
        await changed(ws, tx, actor, folder, meeting_id, title, verb=Verb.TODO_CHANGED)

    await ws.db.write(unit)


async def remove_todo(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    number: TodoId,
    *,
    expected: str,
) -> None:
    """Take an action away, as she saw it in that state; `EffectChanged` when it is another."""

    async def unit(tx: Transaction) -> None:
        folder, title, found = await _todo(tx, actor, meeting_id, item_id, number)
        if state_of(found) != expected:
            raise EffectChanged()
        await records.remove_todo(tx, number)
        await changed(ws, tx, actor, folder, meeting_id, title, verb=Verb.TODO_REMOVED)

    await ws.db.write(unit)


def checked_ruling(ws: Workspace, ruling: Ruling) -> Ruling:
    """The decision as it may be written; `Invalid` with the field otherwise."""
    _check_day(ws, "decided_on", ruling.decided_on)
    votes = ruling.votes
    if votes is not None and ruling.way is not Way.VOTE:
        raise Invalid("yes", "votes_of_consensus", "")
    if votes is not None:
        for field in ("yes", "no", "abstained"):
            if not 0 <= getattr(votes, field) <= _MOST_VOTES:
                raise Invalid(field, "out_of_range", str(getattr(votes, field)))
    return dataclasses.replace(ruling, text=_text(ruling.text))


def checked_task(ws: Workspace, task: Task) -> Task:
    """The action as it may be written; `Invalid` with the field otherwise."""
    who = on_one_line(task.who)
    if len(who) > MAX_NAME_CHARACTERS:
        raise Invalid("who", "too_long", who[:80])
    if task.due_on is not None:
        _check_day(ws, "due_on", task.due_on)
    organisation = on_one_line(task.organisation)
    return dataclasses.replace(task, text=_text(task.text), who=who, organisation=organisation)


def _text(typed: str) -> str:
    text = cleaned(typed)
    if not text.strip():
        raise Invalid("text", "empty", "")
    if len(text) > MAX_CHARACTERS:
        raise Invalid("text", "too_long_note", str(len(text)))
    return text


def _check_day(ws: Workspace, field: str, day: date) -> None:
    if abs(day.year - ws.clock().year) > MOST_YEARS:
        raise Invalid(field, "far_day", day.isoformat())


async def _given(tx: Transaction, actor: Actor, task: Task, before: Todo | None = None) -> Given:
    """Who is to do it: the one person whom the name names, and the organisation, or hers."""
    organisation = await _organisation(tx, actor, task.organisation, before)
    if before is not None and before.who == task.who:
        return Given(before.person_id, organisation)
    named = await records.called(tx, task.who, actor.today) if task.who else None
    if named is None:
        return Given(None, organisation)
    return Given(named.id, organisation or named.organisation_id)


async def _organisation(
    tx: Transaction, actor: Actor, name: str, before: Todo | None
) -> OrganisationId | None:
    """The organisation of today that is called so; one that has ended stays where it stood."""
    if before is not None and before.organisation == name:
        return before.organisation_id
    if not name:
        return None
    for one in await organisations.present(tx, actor.today):
        if names.sort_key(one.name) == names.sort_key(name):
            return one.id
    raise Invalid("organisation", "no_such_organisation", name[:80])


async def _decision(
    tx: Transaction,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    number: DecisionId,
) -> tuple[Folder, str, Decision]:
    folder, said = await enter_item(tx, actor, meeting_id, item_id)
    found = await records.decision(tx, meeting_id, item_id, number)
    if found is None:
        raise NotFound("decision")
    return folder, said.title, found


async def _todo(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, item_id: ItemId, number: TodoId
) -> tuple[Folder, str, Todo]:
    folder, said = await enter_item(tx, actor, meeting_id, item_id)
    found = await records.todo_of(tx, meeting_id, item_id, number)
    if found is None:
        raise NotFound("todo")
    return folder, said.title, found
