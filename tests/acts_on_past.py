"""The act of taking over old meetings, for `write_paths`."""

from __future__ import annotations

from datetime import date
from typing import Final

from atelier.model.meetings import Part
from atelier.workspace import past
from atelier.workspace.past import Outcome, Taken, Taking, mark
from tests.act import Act
from tests.stage import Stage


async def _taken(stage: Stage) -> tuple[Outcome, ...]:
    """A document that moves into a dossier of its own, and a folder that becomes one."""
    report = Taken(stage.documents["report"], mark("rapport.txt"), 3, Part.MINUTES)
    below = (stage.folders["below"], mark("Équipe"))
    takings = [
        Taking("Bureau", date(2019, 3, 12), "Bureau", (report,)),
        Taking("Équipe", date(2019, 5, 4), "Bureau", (), below),
    ]
    return await past.take(stage.world.ws, stage.marie, stage.folders["common"], takings)


# Each meeting is a transaction of its own.
PAST: Final = (Act("take over old meetings", (past.take,), _taken, gradual=True),)
