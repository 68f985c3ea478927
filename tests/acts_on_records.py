"""The acts on the minutes of a meeting as a paper, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.model.ids import MeetingId
from atelier.workspace import deposits, meetings, record
from tests.act import Act
from tests.recordings import held, here
from tests.stage import Stage

# Made anew before each act, which puts the records back: always the same number.
_ONE: Final = MeetingId(1)


async def _held(stage: Stage) -> None:
    """A meeting that was held, with something of everything."""
    await held(stage.world.ws, stage.marie, stage.folders["common"])


async def _deposited(stage: Stage) -> None:
    """Its minutes in the dossier, of before somebody wrote more."""
    await _held(stage)
    await record.deposit(here(stage.world.ws), stage.marie, _ONE)
    await stage.world.change("UPDATE agenda_items SET text = 'Autre chose.'")


async def _approved(stage: Stage) -> None:
    """Its minutes approved."""
    await _held(stage)
    await _approve(stage)


async def _approve(stage: Stage) -> int:
    ws, marie = stage.world.ws, stage.marie
    number = (await meetings.look(ws, marie, _ONE)).meeting.state_number
    return await record.approve(here(ws), marie, _ONE, expected=number)


async def _reopen(stage: Stage) -> None:
    ws, marie = stage.world.ws, stage.marie
    number = (await meetings.look(ws, marie, _ONE)).meeting.state_number
    await record.reopen(ws, marie, _ONE, expected=number)


# Two papers and the state are written in one transaction.
RECORDS: Final = (
    Act(
        "deposit minutes for the first time",
        (record.deposit,),
        lambda on: record.deposit(here(on.world.ws), on.marie, _ONE),
        before=_held,
    ),
    Act(
        "deposit minutes again",
        (record.deposit,),
        lambda on: record.deposit(here(on.world.ws), on.marie, _ONE),
        before=_deposited,
    ),
    Act("approve minutes", (record.approve, deposits.seal), _approve, before=_held),
    Act("open minutes again", (record.reopen,), _reopen, before=_approved),
)
