"""Following: what somebody wants to hear of, and at what pace.

One follows only what one may read. What she may no longer read stays silent, is listed
without its name, and can be let go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atelier import access
from atelier.database import follows as records
from atelier.database import meetings, saved
from atelier.database.digests import tell_search
from atelier.database.engine import Transaction
from atelier.errors import Invalid, NotFound
from atelier.model.folders import Action
from atelier.model.follows import PACES, Follow, Followable, Pace
from atelier.model.ids import DocumentId, FolderId, FollowId, SavedId
from atelier.model.people import Actor
from atelier.workspace import digests, documents, mailing
from atelier.workspace.place import Workspace

MAX_FOLLOWS: Final = 200


@dataclass(frozen=True, slots=True)
class Follows:
    """All that somebody follows; `is_sent`: this installation sends letters at all."""

    all: tuple[Follow, ...]
    is_sent: bool


async def follow(
    ws: Workspace, actor: Actor, what: Followable, what_id: int, pace: Pace
) -> FollowId:
    """Follow what she may read, or change the pace of what she follows. What is there is known.

    `NotFound` for what she may not read; `Invalid` for a pace that it cannot have, and beyond
    `MAX_FOLLOWS`; of a search also the errors of `search.find`.
    """
    access.act(actor)
    _check_pace(what, pace)
    await ws.db.read(lambda tx: _enter(tx, actor, what, what_id))
    matches: digests.Matches = ()
    if what is Followable.SEARCH:
        matches = await digests.fresh_in(ws, actor, SavedId(what_id))

    async def unit(tx: Transaction) -> FollowId:
        await _enter(tx, actor, what, what_id)
        known = await records.found(tx, actor.person_id, what, what_id)
        if known is None and await records.count(tx, actor.person_id) >= MAX_FOLLOWS:
            raise Invalid("pace", "too_many_follows", str(MAX_FOLLOWS))
        number = await records.follow(tx, actor.person_id, what, what_id, pace, ws.clock())
        if known is None:
            await tell_search(tx, number, matches, None)
        if known is not None or pace is not Pace.AT_ONCE:
            await digests.plan(ws, tx, actor.person_id, pace)
        return number

    return await ws.db.write(unit)


async def unfollow(ws: Workspace, actor: Actor, what: Followable, what_id: int) -> None:
    """Follow this no longer; `NotFound` when she does not."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        found = await records.found(tx, actor.person_id, what, what_id)
        if found is None:
            raise NotFound("follow")
        await records.forget(tx, found[0])

    await ws.db.write(unit)


async def set_pace(ws: Workspace, actor: Actor, follow_id: FollowId, pace: Pace) -> None:
    """Be told of one of hers at another pace. `NotFound` for one that she may not read now."""

    async def unit(tx: Transaction) -> None:
        what, what_id = await _hers(tx, actor, follow_id)
        _check_pace(what, pace)
        await _enter(tx, actor, what, what_id)
        await records.set_pace(tx, follow_id, pace)
        await digests.plan(ws, tx, actor.person_id, pace)

    await ws.db.write(unit)


async def remove(ws: Workspace, actor: Actor, follow_id: FollowId) -> None:
    """Let one of hers go, readable or not. `NotFound` for another's."""

    async def unit(tx: Transaction) -> None:
        await _hers(tx, actor, follow_id)
        await records.forget(tx, follow_id)

    await ws.db.write(unit)


async def listed(ws: Workspace, actor: Actor) -> Follows:
    """All of hers; none while she looks as somebody else."""
    if actor.seeing is not None:
        return Follows((), mailing.is_set(ws))
    hers = await ws.db.read(lambda tx: records.of_person(tx, actor))
    return Follows(tuple(hers), mailing.is_set(ws))


async def pace_of(ws: Workspace, actor: Actor, what: Followable, what_id: int) -> Pace | None:
    """At what pace she follows this; None when she does not."""
    if actor.seeing is not None:
        return None
    found = await ws.db.read(lambda tx: records.found(tx, actor.person_id, what, what_id))
    return None if found is None else found[1]


async def paces(ws: Workspace, actor: Actor, what: Followable) -> dict[int, Pace]:
    """What of this kind she follows, and at what pace; nothing while she sees as another."""
    if actor.seeing is not None:
        return {}
    return await ws.db.read(lambda tx: records.paces(tx, actor.person_id, what))


async def _hers(tx: Transaction, actor: Actor, follow_id: FollowId) -> tuple[Followable, int]:
    access.act(actor)
    found = await records.one(tx, actor.person_id, follow_id)
    if found is None:
        raise NotFound("follow")
    return found


def _check_pace(what: Followable, pace: Pace) -> None:
    if pace not in PACES[what]:
        raise Invalid("pace", "unknown", pace)


async def _enter(tx: Transaction, actor: Actor, what: Followable, what_id: int) -> None:
    """Pass for what she may read."""
    if what is Followable.FOLDER:
        await access.enter(tx, actor, FolderId(what_id), Action.READ)
    elif what is Followable.DOCUMENT:
        await documents.enter(tx, actor, DocumentId(what_id), Action.READ)
    elif what is Followable.SEARCH:
        if await saved.found(tx, actor.person_id, SavedId(what_id)) is None:
            raise NotFound("saved_search")
    elif what_id not in {one.id for one in await meetings.series_seen(tx, actor)}:
        raise NotFound("series")
