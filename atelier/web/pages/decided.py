"""Decisions and actions of the minutes: taking them down, changing, taking away.

Each is typed on a page of its own: saving another one never costs what is typed here.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from atelier.errors import EffectChanged, Invalid, MinutesApproved, NotFound, Refusal
from atelier.model.folders import Action
from atelier.model.ids import DecisionId, TodoId
from atelier.model.meetings import Decision, Item, Todo, Votes, Way
from atelier.model.minutes import Ruling, Task, state_of
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.meeting_lines import line as meeting_line
from atelier.web.pages.meetings import meeting_of
from atelier.web.pages.minutes import ITEM, back, changed_meanwhile, item_of, left
from atelier.web.visit import Refused, Visit
from atelier.workspace import agenda, decided, minutes

_COUNTS: Final = ("yes", "no", "abstained")
_RULING: Final = ("text", "way", *_COUNTS, "decided_on")
_TASK: Final = ("text", "who", "organisation", "due_on")


async def show_decision(visit: Visit) -> Response:
    """The form of a decision: of a new one, or of the one that the address names."""
    return await _form(visit, "decision", Refused())


async def show_todo(visit: Visit) -> Response:
    """The form of an action."""
    return await _form(visit, "todo", Refused())


async def decide(visit: Visit) -> Response:
    """One more decision of an item."""
    form = await visit.form(*_RULING)
    item = item_of(visit)
    try:
        ruling = await _ruling(visit, form)
        number = await decided.decide(visit.ws, visit.actor, meeting_of(visit), item, ruling)
    except (Invalid, MinutesApproved, NotFound) as error:
        return await _refused(visit, error, form, "decision")
    return back(visit, f"decision-{number}", "decision-taken")


async def change_decision(visit: Visit) -> Response:
    """A decision in other words."""
    form = await visit.form(*_RULING, "expected")
    number = DecisionId(visit.number("decision"))
    try:
        await decided.change_decision(
            visit.ws,
            visit.actor,
            meeting_of(visit),
            item_of(visit),
            number,
            await _ruling(visit, form),
            expected=form.text("expected"),
        )
    except (Invalid, EffectChanged, MinutesApproved, NotFound) as error:
        return await _refused(visit, error, form, "decision")
    return back(visit, f"decision-{number}", "decision-changed")


async def remove_decision(visit: Visit) -> Response:
    """A decision is taken away, as it was shown."""
    form = await visit.form("expected")
    number = DecisionId(visit.number("decision"))
    try:
        await decided.remove_decision(
            visit.ws,
            visit.actor,
            meeting_of(visit),
            item_of(visit),
            number,
            expected=form.text("expected"),
        )
    except (EffectChanged, MinutesApproved, NotFound) as error:
        return await _refused(visit, error, form, "decision")
    return back(visit, f"item-{item_of(visit)}", "decision-removed")


async def give(visit: Visit) -> Response:
    """One more action of an item."""
    form = await visit.form(*_TASK)
    item = item_of(visit)
    try:
        task = _task(form)
        number = await decided.give(visit.ws, visit.actor, meeting_of(visit), item, task)
    except (Invalid, MinutesApproved, NotFound) as error:
        return await _refused(visit, error, form, "todo")
    return back(visit, f"todo-{number}", f"todo-added{await _remarks(visit, number, task)}")


async def change_todo(visit: Visit) -> Response:
    """An action in other words, or for somebody else."""
    form = await visit.form(*_TASK, "expected")
    number = TodoId(visit.number("todo"))
    try:
        task = _task(form)
        await decided.change_todo(
            visit.ws,
            visit.actor,
            meeting_of(visit),
            item_of(visit),
            number,
            task,
            expected=form.text("expected"),
        )
    except (Invalid, EffectChanged, MinutesApproved, NotFound) as error:
        return await _refused(visit, error, form, "todo")
    return back(visit, f"todo-{number}", f"todo-changed{await _remarks(visit, number, task)}")


async def remove_todo(visit: Visit) -> Response:
    """An action is taken away, as it was shown."""
    form = await visit.form("expected")
    number = TodoId(visit.number("todo"))
    try:
        await decided.remove_todo(
            visit.ws,
            visit.actor,
            meeting_of(visit),
            item_of(visit),
            number,
            expected=form.text("expected"),
        )
    except (EffectChanged, MinutesApproved, NotFound) as error:
        return await _refused(visit, error, form, "todo")
    return back(visit, f"item-{item_of(visit)}", "todo-removed")


async def _remarks(visit: Visit, number: TodoId, task: Task) -> str:
    """What is taken as it is, and said: a day that has passed, a name that is no account's."""
    late = "-late" if task.due_on is not None and task.due_on < visit.actor.today else ""
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    todos = [one for item in found.meeting.items for one in item.todos if one.id == number]
    is_nobodys = any(one.who and one.person_id is None for one in todos)
    return f"{late}-nobody" if is_nobodys else late


async def _ruling(visit: Visit, form: Form) -> Ruling:
    """A decision as it was typed; without a day that of the meeting."""
    day = form.day("decided_on")
    if day is None:
        found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
        day = visit.voice.local(found.meeting.row.starts_at).date()
    votes = None
    if any(form.text(name) for name in _COUNTS):
        votes = Votes(*(form.number(name) if form.text(name) else 0 for name in _COUNTS))
    return Ruling(form.text("text"), form.choice("way", Way), day, votes)


def _task(form: Form) -> Task:
    return Task(form.text("text"), form.text("who"), form.text("organisation"), form.day("due_on"))


async def _refused(visit: Visit, error: Refusal, form: Form, kind: str) -> Response:
    """The form again with what was typed, or that to be copied where it has no place any more."""
    typed = {name: form.text(name) for name in form.fields if name in (*_RULING, *_TASK)}
    try:
        if isinstance(error, Invalid):
            return await _form(visit, kind, visit.refused(error, error.field, typed))
        if isinstance(error, EffectChanged):
            return await _form(visit, kind, changed_meanwhile(visit, error, typed))
    except (MinutesApproved, NotFound) as gone:
        error = gone
    return await left(visit, error, {N_("Ce que vous avez écrit"): typed.get("text", "")})


async def _form(visit: Visit, kind: str, refused: Refused) -> Response:
    """The page of one form, also when it was refused.

    `NotFound` for what was taken away; `MinutesApproved` where what was refused has no form.
    """
    found = await minutes.look(visit.ws, visit.actor, meeting_of(visit))
    place, item = agenda.item_of(found.meeting, item_of(visit))
    one = _one(visit, kind, item)
    if found.meeting.is_locked and refused.errors:
        raise MinutesApproved()
    row = found.meeting.row
    return visit.page(
        "meetings/minutes_part.html",
        status=refused.status,
        path=visit.here if visit.is_looking else f"/meetings/{row.id}/minutes",
        meeting=found.meeting,
        line=meeting_line(row, visit.voice, visit.ws.clock()),
        folder=found.folder,
        crumbs=found.crumbs,
        organisations=[one.name for one in found.organisations],
        people=[(one.name, one.organisation) for one in found.people],
        day_of=visit.voice.local(row.starts_at).date(),
        today=visit.actor.today,
        kind=kind,
        item=item,
        place=place,
        one=one,
        state="" if one is None else state_of(one),
        **refused.values(),
    )


def _one(visit: Visit, kind: str, item: Item) -> Decision | Todo | None:
    """The decision or the action that the address names; None where it names none."""
    if kind not in visit.request.path_params:
        return None
    among: tuple[Decision | Todo, ...] = item.decisions if kind == "decision" else item.todos
    for one in among:
        if one.id == visit.number(kind):
            return one
    raise NotFound(kind)


DOORS = (
    Door("GET", f"{ITEM}/decisions", in_folder(Action.MEET), show_decision),
    Door("GET", f"{ITEM}/decisions/{{decision:id}}", in_folder(Action.MEET), show_decision),
    Door("GET", f"{ITEM}/actions", in_folder(Action.MEET), show_todo),
    Door("GET", f"{ITEM}/actions/{{todo:id}}", in_folder(Action.MEET), show_todo),
    Door("POST", f"{ITEM}/decisions", in_folder(Action.MEET), decide),
    Door("POST", f"{ITEM}/decisions/{{decision:id}}", in_folder(Action.MEET), change_decision),
    Door(
        "POST", f"{ITEM}/decisions/{{decision:id}}/remove", in_folder(Action.MEET), remove_decision
    ),
    Door("POST", f"{ITEM}/actions", in_folder(Action.MEET), give),
    Door("POST", f"{ITEM}/actions/{{todo:id}}", in_folder(Action.MEET), change_todo),
    Door("POST", f"{ITEM}/actions/{{todo:id}}/remove", in_folder(Action.MEET), remove_todo),
)
