"""The acts on one's own account and on departures, for `write_paths`."""

from __future__ import annotations

from typing import Final

from atelier.model.folders import Role
from atelier.workspace import accounts, departures, erasure, own_data, showing_oneself
from tests.act import Act, awa, bo
from tests.stage import Stage


async def _disabled(stage: Stage) -> None:
    await accounts.disable(stage.world.ws, stage.marie, bo(stage).person_id)


async def _awas_folder(stage: Stage) -> None:
    await stage.world.grant(stage.folders["other"], awa(stage), Role.COORDINATOR)


LIVES: Final = (
    Act(
        "leave an organisation",
        (departures.leave,),
        lambda on: departures.leave(on.world.ws, bo(on), on.place, on.world.today(plus=9)),
    ),
    Act(
        "hand over, and close an account",
        (departures.depart,),
        lambda on: departures.depart(
            on.world.ws,
            on.marie,
            awa(on).person_id,
            {on.folders["other"]: "bo@example.org"},
        ),
        before=_awas_folder,
    ),
    Act(
        "take one's own data along",
        (own_data.export,),
        lambda on: own_data.export(on.world.ws, awa(on)),
    ),
    Act(
        "erase an account",
        (erasure.erase,),
        lambda on: erasure.erase(on.world.ws, on.marie, bo(on).person_id),
        before=_disabled,
    ),
    Act(
        "choose what one shows",
        (showing_oneself.choose,),
        lambda on: showing_oneself.choose(
            on.world.ws, awa(on), phone="3620", shows_email=False, shows_phone=True
        ),
    ),
)
