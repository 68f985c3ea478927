"""The acts on the agenda of a meeting and its papers, for `write_paths`."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from atelier.model.agenda import Line
from atelier.model.ids import ItemId, MeetingId
from atelier.workspace import agenda, meetings, papers_pinned
from atelier.workspace.meetings import Draft
from tests.act import Act
from tests.stage import Stage

# Made anew before each act, which puts the records back: always the same numbers.
_FIRST, _SECOND, _LATER = ItemId(1), ItemId(2), MeetingId(2)


async def _meet(stage: Stage) -> None:
    """Two meetings of a series; the first has two items, a paper, and one that is left over."""
    ws, marie, folder = stage.world.ws, stage.marie, stage.folders["common"]
    for day in (date(2026, 6, 4), date(2026, 9, 3)):
        await meetings.make(ws, marie, folder, Draft("Comité", day, time(14), series="Comité"))
    meeting = MeetingId(1)
    for title in ("Bilan", "Budget"):
        await agenda.add(ws, marie, meeting, Line(title, 15))
    await papers_pinned.pin(ws, marie, meeting, _FIRST, stage.documents["report"], version=2)
    await agenda.leave_over(ws, marie, meeting, _FIRST, is_left_over=True)


_MEETING: Final = MeetingId(1)

AGENDAS: Final = (
    Act(
        "add an item to an agenda",
        (agenda.add,),
        lambda on: agenda.add(on.world.ws, on.marie, _MEETING, Line("Divers", 5, "Awa", "Note")),
        before=_meet,
    ),
    Act(
        "change an item of an agenda",
        (agenda.change,),
        lambda on: agenda.change(on.world.ws, on.marie, _MEETING, _FIRST, Line("Autrement")),
        before=_meet,
    ),
    Act(
        "move an item of an agenda",
        (agenda.move,),
        lambda on: agenda.move(on.world.ws, on.marie, _MEETING, _FIRST, 2),
        before=_meet,
    ),
    Act(
        "take an item off an agenda",
        (agenda.remove,),
        lambda on: agenda.remove(on.world.ws, on.marie, _MEETING, _FIRST),
        before=_meet,
    ),
    Act(
        "leave an item over",
        (agenda.leave_over,),
        lambda on: agenda.leave_over(on.world.ws, on.marie, _MEETING, _SECOND, is_left_over=True),
        before=_meet,
    ),
    Act(
        "take up what was left over",
        (agenda.carry,),
        lambda on: agenda.carry(on.world.ws, on.marie, _LATER, [_FIRST]),
        before=_meet,
    ),
    Act(
        "lay a paper before an item",
        (papers_pinned.pin,),
        lambda on: papers_pinned.pin(
            on.world.ws, on.marie, _MEETING, _SECOND, on.documents["secret"]
        ),
        before=_meet,
    ),
    Act(
        "lay another version before an item",
        (papers_pinned.pin,),
        lambda on: papers_pinned.pin(
            on.world.ws, on.marie, _MEETING, _FIRST, on.documents["report"]
        ),
        before=_meet,
    ),
    Act(
        "take a paper away from an item",
        (papers_pinned.unpin,),
        lambda on: papers_pinned.unpin(
            on.world.ws, on.marie, _MEETING, _FIRST, on.documents["report"]
        ),
        before=_meet,
    ),
)
