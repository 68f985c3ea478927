"""The acts on actions once a meeting is over, for `write_paths`."""

from __future__ import annotations

from datetime import date
from typing import Final

from atelier.model.ids import TodoId
from atelier.workspace import todos
from tests.act import Act, awa
from tests.remembered import meeting, todo
from tests.stage import Stage

_ONE: Final = TodoId(1)


async def _given(stage: Stage) -> None:
    """Something to be done by who contributes to the folder."""
    ws, folder = stage.world.ws, stage.folders["common"]
    item = await meeting(ws, stage.marie, folder, "Comité", date(2026, 2, 3))
    await todo(ws, stage.marie, item, "Écrire au préfet", of=awa(stage))


async def _done(stage: Stage) -> None:
    await _given(stage)
    await todos.do(stage.world.ws, awa(stage), _ONE)


TODOS: Final = (
    Act(
        "say that an action is done",
        (todos.do,),
        lambda on: todos.do(on.world.ws, awa(on), _ONE),
        before=_given,
    ),
    Act(
        "say that an action is to be done after all",
        (todos.reopen,),
        lambda on: todos.reopen(on.world.ws, awa(on), _ONE),
        before=_done,
    ),
)
