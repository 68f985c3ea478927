"""The acts on meetings themselves, for `write_paths`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Final

from atelier.model.ids import MeetingId
from atelier.model.meetings import MeetingState
from atelier.model.recurrence import Every
from atelier.workspace import meetings, preparing
from atelier.workspace.meetings import Draft
from tests.act import Act
from tests.stage import Stage

_ONE: Final = MeetingId(1)
_DRAFT: Final = Draft("Comité", date(2026, 4, 2), time(14), 90, "Mairie", series="Comité")


async def _met(stage: Stage) -> None:
    """A meeting to come."""
    await meetings.make(stage.world.ws, stage.marie, stage.folders["common"], _DRAFT)


async def _cancelled(stage: Stage) -> None:
    await _met(stage)
    await preparing.cancel(stage.world.ws, stage.marie, _ONE)


MEETINGS: Final = (
    Act(
        "make a meeting",
        (meetings.make,),
        lambda on: meetings.make(on.world.ws, on.marie, on.folders["common"], _DRAFT),
    ),
    Act(
        "make the meetings of a series",
        (preparing.repeat,),
        lambda on: preparing.repeat(
            on.world.ws, on.marie, on.folders["common"], _DRAFT, every=Every.HALF_YEAR, times=3
        ),
    ),
    Act(
        "change the head of a meeting",
        (preparing.change,),
        lambda on: preparing.change(
            on.world.ws, on.marie, _ONE, replace(_DRAFT, title="Bureau", series="Bureau")
        ),
        before=_met,
    ),
    Act(
        "convene a meeting",
        (preparing.set_state,),
        lambda on: preparing.set_state(on.world.ws, on.marie, _ONE, MeetingState.CONVENED),
        before=_met,
    ),
    Act(
        "cancel a meeting",
        (preparing.cancel,),
        lambda on: preparing.cancel(on.world.ws, on.marie, _ONE),
        before=_met,
    ),
    Act(
        "have a cancelled meeting take place",
        (preparing.revive,),
        lambda on: preparing.revive(on.world.ws, on.marie, _ONE),
        before=_cancelled,
    ),
)
