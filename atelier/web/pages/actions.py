"""Actions to be done: one's own, those of one's organisations, those that are late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.ids import TodoId
from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.register import TodoRow, Whose
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.identity import safe_next
from atelier.web.language import N_, Voice
from atelier.web.visit import Visit, onward
from atelier.workspace import todos
from atelier.workspace.todos import Todos

_HERE: Final = "/actions"

TITLES: Final[Mapping[Whose, str]] = {
    Whose.MINE: N_("Mes actions"),
    Whose.OURS: N_("Actions de mes structures"),
    Whose.LATE: N_("Autres actions en retard dans les dossiers que je coordonne"),
    Whose.LEFT: N_("À confier à quelqu'un d'autre"),
    Whose.DONE: N_("Faites depuis un mois"),
}


class ActionLine(NamedTuple):
    """An action as pages print it. `who` is as it was said, `due` "" where no day was.

    `may_change`: she coordinates there and the minutes are open, so that she may give it to
    somebody else.
    """

    id: int
    text: str
    who: str
    organisation: str
    is_gone: bool
    due_iso: str
    due: str
    is_overdue: bool
    is_done: bool
    item: str
    meeting_id: int
    meeting: str
    meeting_day: str
    may_mark: bool
    coordinates: bool
    may_change: bool


class ActionList(NamedTuple):
    """One list with its title; `total` counts what is not shown too."""

    whose: str
    title: str
    lines: list[ActionLine]
    total: int
    rest: int


async def show(visit: Visit) -> Response:
    """The beginning of each list, or the one that the query names, a page of it."""
    if not visit.asked("list"):
        found = await todos.look(visit.ws, visit.actor)
        return _page(visit, [action_list(one, visit.voice) for one in found])
    whose = _whose(visit.asked("list"))
    page = visit.asked_number("page") or 1
    one = await todos.listed(visit.ws, visit.actor, whose, page=page)
    return _page(visit, [action_list(one, visit.voice)], only=one)


async def do(visit: Visit) -> Response:
    """Say that an action is done."""
    form = await visit.form("next")
    await todos.do(visit.ws, visit.actor, TodoId(visit.number("todo")))
    return onward(safe_next(form.text("next") or _HERE), "todo-done")


async def reopen(visit: Visit) -> Response:
    """Say that an action is to be done after all."""
    form = await visit.form("next")
    await todos.reopen(visit.ws, visit.actor, TodoId(visit.number("todo")))
    return onward(safe_next(form.text("next") or _HERE), "todo-reopened")


async def left_open(visit: Visit, meeting: MeetingRow) -> ActionList | None:
    """What earlier meetings of its series left to be done, for the page of a meeting."""
    found = await todos.left_open(visit.ws, visit.actor, meeting)
    return None if found is None else action_list(found, visit.voice)


def action_list(found: Todos, voice: Voice) -> ActionList:
    """A list as pages print it."""
    title = voice.text(TITLES[found.whose])
    return ActionList(found.whose, title, lines(found.rows, voice), found.total, found.rest)


def lines(rows: Iterable[TodoRow], voice: Voice) -> list[ActionLine]:
    """A line for each action, in the order given."""
    return [_line(row, voice) for row in rows]


def _line(row: TodoRow, voice: Voice) -> ActionLine:
    todo, meeting = row.todo, row.meeting
    return ActionLine(
        id=todo.id,
        text=todo.text,
        who=todo.who,
        organisation=todo.organisation,
        is_gone=todo.is_gone,
        due_iso=todo.due_on.isoformat() if todo.due_on else "",
        due=voice.day(todo.due_on) if todo.due_on else "",
        is_overdue=row.is_overdue,
        is_done=todo.done_on is not None,
        item=row.item,
        meeting_id=meeting.id,
        meeting=meeting.title,
        meeting_day=voice.day(meeting.starts_at),
        may_mark=row.may_mark,
        coordinates=row.coordinates,
        may_change=row.coordinates and meeting.state is not MeetingState.APPROVED,
    )


def _page(visit: Visit, lists: list[ActionList], *, only: Todos | None = None) -> Response:
    return visit.page(
        "meetings/actions.html",
        lists=lists,
        only=only.whose if only else "",
        page=only.page if only else 1,
        pages=only.pages if only else 1,
    )


def _whose(typed: str) -> Whose:
    if typed not in set(Whose):
        raise Invalid("list", "unknown", typed[:80])
    return Whose(typed)


DOORS = (
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", f"{_HERE}/{{todo:id}}/done", SIGNED_IN, do),
    Door("POST", f"{_HERE}/{{todo:id}}/reopen", SIGNED_IN, reopen),
)
