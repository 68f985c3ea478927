"""Folders that nobody coordinates for good, and what a steward opens to herself.

A steward reads no folder that she was not granted. She may give herself the coordination
of one, or a place or a seat that has grants; the journal and the coordinators of the folder
see it, and whatever is done afterwards does not take it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from atelier import access
from atelier.database import journal, notices, sharing
from atelier.database import orphans as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, PersonId
from atelier.model.journal import Verb
from atelier.model.orphans import Notice, Orphan
from atelier.model.people import Actor
from atelier.workspace.place import Workspace

MAX_CHARACTERS: Final = 500
SHOWN: Final = 200
TOLD_FOR: Final = timedelta(days=30)
UNLOCKING_TOLD_FOR: Final = timedelta(days=7)
_MOST_NOTICES: Final = 20


@dataclass(frozen=True, slots=True)
class Orphans:
    """The heads of orphaned subtrees, oldest first: at most `SHOWN` of `total`."""

    heads: tuple[Orphan, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Notices:
    """What a home page tells: what was done lately over her head, newest first, and to a
    steward how many folders have no coordination.
    """

    told: tuple[Notice, ...]
    orphaned: int


async def look(ws: Workspace, actor: Actor) -> Orphans:
    """The folders without lasting coordination, for stewards: their heads, not what they hold."""

    async def unit(tx: Transaction) -> Orphans:
        access.act(actor)
        heads = sorted(await access.orphaned(tx, actor))
        return Orphans(tuple(await records.heads(tx, heads[:SHOWN])), len(heads))

    return await ws.db.read(unit)


async def waiting(ws: Workspace, actor: Actor) -> Notices:
    """What she was told in thirty days, and for a steward the folders to take over."""
    now = ws.clock()
    since, lately = now - TOLD_FOR, now - UNLOCKING_TOLD_FOR

    async def unit(tx: Transaction) -> Notices:
        if actor.seeing is not None:
            return Notices((), 0)
        told = await notices.told(tx, actor, since, lately=lately, limit=_MOST_NOTICES)
        orphaned = await access.orphaned(tx, actor) if actor.is_steward else []
        return Notices(tuple(told), len(orphaned))

    return await ws.db.read(unit)


async def take_over(ws: Workspace, actor: Actor, folder_id: FolderId, reason: str) -> None:
    """Coordinate a folder from now on, for a reason; for stewards.

    Any folder, orphaned or not. `Forbidden` for everybody else, whatever the number;
    `AlreadySo` when she coordinates it for good, `NotFound` when there is none.
    """

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await access.manage(tx, actor)
        said = _reason(reason)
        if not await records.is_living(tx, folder_id):
            raise NotFound("folder")
        if await _coordinates(tx, actor, folder_id):
            raise AlreadySo("coordinated")
        at = ws.clock()
        herself = Subject(SubjectKind.PERSON, actor.person_id)
        await sharing.put(tx, folder_id, herself, Role.COORDINATOR, None, by=actor.person_id, at=at)
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        facts = {"reason": said}
        await journal.note(tx, actor, folder.id, Verb.TAKEN_OVER, at, hat=folder.hat, facts=facts)
        await notices.tell_taken(tx, actor, folder.id, said, at)

    await ws.db.write(unit)


async def joined(
    ws: Workspace, tx: Transaction, actor: Actor, person: PersonId, through: Subject, name: str
) -> None:
    """Tell where this organisation or group has access that a steward joined it by herself.

    Nothing is told when she gives a place to somebody else, or is no steward: others decide
    on places only where they already are.
    """
    if person != actor.person_id:
        return
    try:
        await access.manage(tx, actor)
    except Forbidden:
        return
    at, hat = ws.clock(), actor.acting_as or actor.main_organisation
    await notices.note_joined(tx, actor, through, name, at, hat=hat)
    await notices.tell_joined(tx, actor, through, name, at)


async def _coordinates(tx: Transaction, actor: Actor, folder_id: FolderId) -> bool:
    """Whether she shares this folder today, without an end."""
    try:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
    except NotFound:
        return False
    return folder.allows(Action.SHARE) and folder.shares_until is None


def _reason(text: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid("reason", "empty")
    if len(said) > MAX_CHARACTERS:
        raise Invalid("reason", "too_long", said[:40])
    return said
