"""The acts on what people follow, for `write_paths`."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from atelier.database import digests as records
from atelier.model.follows import Followable, Pace
from atelier.model.ids import FollowId, SavedId
from atelier.model.search import Asked
from atelier.workspace import digests, follows, saved
from tests.act import Act, awa
from tests.stage import Stage

_SEARCH: Final = SavedId(1)
_ONE: Final = FollowId(1)


async def _kept(stage: Stage) -> None:
    """A search of hers."""
    await saved.keep(stage.world.ws, awa(stage), Asked("rapport"))


async def _followed(stage: Stage) -> None:
    """A search of hers, which she follows."""
    await _kept(stage)
    await _follow(stage)


async def _follow(stage: Stage) -> FollowId:
    return await follows.follow(stage.world.ws, awa(stage), Followable.SEARCH, _SEARCH, Pace.DAILY)


async def _due(stage: Stage) -> None:
    """A digest whose turn has come."""
    await _followed(stage)
    stage.world.clock.forward(days=2)


async def _make(stage: Stage) -> bool:
    now = stage.world.clock()
    [turn] = await stage.world.ws.db.read(lambda tx: records.due(tx, now, 9))
    return await digests.make(stage.world.ws, turn)


async def _made_long_ago(stage: Stage) -> None:
    """A digest that no letter is made of any more."""
    at = stage.world.clock() - digests.KEPT_FOR - timedelta(days=1)
    await stage.world.change(
        "INSERT INTO digests (person_id, pace, through, created_at)"
        " VALUES (:person, 'daily', 1, :at)",
        person=awa(stage).person_id,
        at=round(at.timestamp() * 1000),
    )


FOLLOWS: Final = (
    Act(
        "follow a search",
        (follows.follow,),
        _follow,
        before=_kept,
    ),
    Act(
        "follow at another pace",
        (follows.set_pace,),
        lambda on: follows.set_pace(on.world.ws, awa(on), _ONE, Pace.WEEKLY),
        before=_followed,
    ),
    Act(
        "follow no longer",
        (follows.unfollow,),
        lambda on: follows.unfollow(on.world.ws, awa(on), Followable.SEARCH, _SEARCH),
        before=_followed,
    ),
    Act(
        "let go what is followed",
        (follows.remove,),
        lambda on: follows.remove(on.world.ws, awa(on), _ONE),
        before=_followed,
    ),
    Act(
        "make a digest that is due",
        (digests.make,),
        _make,
        before=_due,
    ),
    Act(
        "tell nobody without a mail server",
        (digests.tick,),
        lambda on: digests.tick(on.world.ws),
        before=_followed,
    ),
    Act(
        "let old digests go",
        (digests.forget_old,),
        lambda on: digests.forget_old(on.world.ws),
        before=_made_long_ago,
    ),
)
