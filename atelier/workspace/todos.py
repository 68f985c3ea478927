"""Actions after the meeting: whose turn it is, what is late, and saying that one is done.

An action is marked by the person it was given to, by a member of the organisation it was
given to when nobody is named, and by who coordinates the dossier. What the minutes say stays
as it is: one is marked also where they are approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atelier import access
from atelier.database import journal, meetings
from atelier.database import todos as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, NotFound
from atelier.model.folders import Action
from atelier.model.ids import TodoId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.people import Actor
from atelier.model.register import TodoRow, Whose
from atelier.workspace.place import Workspace

PAGE_TODOS: Final = 50
SHOWN: Final = 20  # of each list where all stand together
HOME_TODOS: Final = 5
MOST_LEFT_OPEN: Final = 30


@dataclass(frozen=True, slots=True)
class Todos:
    """Page `page` of `pages` of one list of open actions, of `total`."""

    whose: Whose
    rows: tuple[TodoRow, ...]
    total: int
    page: int = 1
    pages: int = 1

    @property
    def rest(self) -> int:
        """How many it holds beside those that are shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the page where she begins says: the first of hers, how many are late where she leads."""

    mine: Todos
    late: int


async def look(ws: Workspace, actor: Actor) -> tuple[Todos, ...]:
    """The beginning of each list.

    While she looks as somebody else they are empty: what is to be done is each one's own.
    """

    async def unit(tx: Transaction) -> tuple[Todos, ...]:
        return tuple([await _beginning(tx, actor, whose, SHOWN) for whose in Whose])

    return await ws.db.read(unit)


async def listed(ws: Workspace, actor: Actor, whose: Whose, *, page: int = 1) -> Todos:
    """One list, a page of it; a page past the end is the last one."""

    async def unit(tx: Transaction) -> Todos:
        if actor.seeing is not None:
            return Todos(whose, (), 0)
        total = await records.count(tx, actor, whose)
        pages = max(1, -(-total // PAGE_TODOS))
        number = min(page, pages)
        offset = (number - 1) * PAGE_TODOS
        rows = await records.listed(tx, actor, whose, offset=offset, limit=PAGE_TODOS)
        return Todos(whose, tuple(rows), total, number, pages)

    return await ws.db.read(unit)


async def waiting(ws: Workspace, actor: Actor) -> Waiting:
    """What of all that is told where she begins."""

    async def unit(tx: Transaction) -> Waiting:
        mine = await _beginning(tx, actor, Whose.MINE, HOME_TODOS)
        late = 0 if actor.seeing else await records.count(tx, actor, Whose.LATE)
        return Waiting(mine, late)

    return await ws.db.read(unit)


async def left_open(ws: Workspace, actor: Actor, meeting: MeetingRow) -> Todos | None:
    """What earlier meetings of its series left to be done, for a meeting that is not over.

    None for one that was cancelled, is of no series, or whose minutes are approved.
    """
    if meeting.series is None or meeting.is_cancelled or meeting.state is MeetingState.APPROVED:
        return None

    async def unit(tx: Transaction) -> Todos:
        rows = await records.left_open(tx, actor, meeting, limit=MOST_LEFT_OPEN + 1)
        return Todos(Whose.OURS, tuple(rows[:MOST_LEFT_OPEN]), len(rows))

    return await ws.db.read(unit)


async def do(ws: Workspace, actor: Actor, todo_id: TodoId) -> None:
    """Say that an action is done, today. `NotFound`, `Forbidden`, `AlreadySo`."""
    await _mark(ws, actor, todo_id, is_done=True)


async def reopen(ws: Workspace, actor: Actor, todo_id: TodoId) -> None:
    """Say that an action is to be done after all. `NotFound`, `Forbidden`, `AlreadySo`."""
    await _mark(ws, actor, todo_id, is_done=False)


async def _mark(ws: Workspace, actor: Actor, todo_id: TodoId, *, is_done: bool) -> None:
    access.act(actor)

    async def unit(tx: Transaction) -> None:
        standing = await records.standing(tx, todo_id)
        try:
            folder = await access.enter(tx, actor, standing.dossier, Action.READ)
        except NotFound as error:
            raise NotFound("todo") from error
        if not (folder.allows(Action.MEET) or await records.answers(tx, actor, todo_id)):
            raise Forbidden(Action.MEET)
        if standing.is_done == is_done:
            raise AlreadySo("todo_done" if is_done else "todo_open")
        await records.mark(tx, todo_id, actor.today if is_done else None)
        await meetings.note(tx, standing.meeting)
        await journal.note(
            tx,
            actor,
            folder.id,
            Verb.TODO_DONE if is_done else Verb.TODO_REOPENED,
            ws.clock(),
            hat=folder.hat,
            facts={"item": standing.item},
        )

    await ws.db.write(unit)


async def _beginning(tx: Transaction, actor: Actor, whose: Whose, most: int) -> Todos:
    if actor.seeing is not None:
        return Todos(whose, (), 0)
    total = await records.count(tx, actor, whose)
    rows = await records.listed(tx, actor, whose, limit=most)
    return Todos(whose, tuple(rows), total)
