"""The acts on minutes: texts, attendance, decisions and actions, for `write_paths`."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from atelier.model.agenda import Line
from atelier.model.ids import DecisionId, ItemId, MeetingId, TodoId
from atelier.model.meetings import Attendee, Decision, Presence, Todo, Way
from atelier.model.minutes import Ruling, Task, state_of
from atelier.workspace import agenda, attendance, decided, meetings, minutes
from atelier.workspace.meetings import Draft
from tests.act import Act
from tests.stage import Stage

# Made anew before each act, which puts the records back: always the same numbers.
_MEETING, _ITEM, _DECISION, _TODO = MeetingId(1), ItemId(1), DecisionId(1), TodoId(1)
_DAY: Final = date(2026, 6, 4)
_RULING: Final = Ruling("On achète.", Way.CONSENSUS, _DAY)
_TASK: Final = Task("Appeler.")
_DECIDED: Final = state_of(Decision(_DECISION, _ITEM, _RULING.text, _RULING.way, _DAY))
_GIVEN: Final = state_of(Todo(_TODO, _ITEM, _TASK.text, "", None, None, "", None))


async def _met(stage: Stage) -> None:
    """A meeting with one item."""
    ws, marie, folder = stage.world.ws, stage.marie, stage.folders["common"]
    await meetings.make(ws, marie, folder, Draft("Comité", _DAY, time(14)))
    await agenda.add(ws, marie, _MEETING, Line("Budget"))


async def _taken(stage: Stage) -> None:
    """An item with a decision and an action."""
    await _met(stage)
    await decided.decide(stage.world.ws, stage.marie, _MEETING, _ITEM, _RULING)
    await decided.give(stage.world.ws, stage.marie, _MEETING, _ITEM, _TASK)


MINUTES: Final = (
    Act(
        "write what was said",
        (minutes.write,),
        lambda on: minutes.write(on.world.ws, on.marie, _MEETING, _ITEM, "Dit.", state=1),
        before=_met,
    ),
    Act(
        "take the attendance",
        (attendance.take,),
        lambda on: attendance.take(
            on.world.ws,
            on.marie,
            _MEETING,
            [Attendee(None, "Une invitée", "Ailleurs", Presence.PRESENT)],
            expected=state_of(()),
        ),
        before=_met,
    ),
    Act(
        "take down a decision",
        (decided.decide,),
        lambda on: decided.decide(on.world.ws, on.marie, _MEETING, _ITEM, _RULING),
        before=_met,
    ),
    Act(
        "change a decision",
        (decided.change_decision,),
        lambda on: decided.change_decision(
            on.world.ws,
            on.marie,
            _MEETING,
            _ITEM,
            _DECISION,
            Ruling("Autrement.", Way.VOTE, _DAY),
            expected=_DECIDED,
        ),
        before=_taken,
    ),
    Act(
        "take a decision away",
        (decided.remove_decision,),
        lambda on: decided.remove_decision(
            on.world.ws, on.marie, _MEETING, _ITEM, _DECISION, expected=_DECIDED
        ),
        before=_taken,
    ),
    Act(
        "take down an action",
        (decided.give,),
        lambda on: decided.give(on.world.ws, on.marie, _MEETING, _ITEM, _TASK),
        before=_met,
    ),
    Act(
        "change an action",
        (decided.change_todo,),
        lambda on: decided.change_todo(
            on.world.ws, on.marie, _MEETING, _ITEM, _TODO, Task("Rappeler."), expected=_GIVEN
        ),
        before=_taken,
    ),
    Act(
        "take an action away",
        (decided.remove_todo,),
        lambda on: decided.remove_todo(
            on.world.ws, on.marie, _MEETING, _ITEM, _TODO, expected=_GIVEN
        ),
        before=_taken,
    ),
)
