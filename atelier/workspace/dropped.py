"""Drop folders as the worker serves them. No actor comes along: each names one.

What is dropped comes in by `deposits`, like all that people bring, and the rights of that
person are asked there, at its beginning and in the transaction that confirms it.
"""

from __future__ import annotations

from dataclasses import replace

from atelier.database import inbox as records
from atelier.database import people as directory
from atelier.database.engine import Transaction
from atelier.database.inbox import Came as Came
from atelier.errors import NotFound
from atelier.model.ids import DropFolderId
from atelier.model.inbox import DropFolder, Reason
from atelier.model.people import Actor
from atelier.workspace import people
from atelier.workspace.place import Workspace, today


async def served(ws: Workspace) -> list[DropFolder]:
    """All drop folders, those at rest too, oldest first."""
    return await ws.db.read(records.everywhere)


async def depositor(ws: Workspace, number: DropFolderId) -> Actor:
    """In whose name a drop folder deposits now.

    `NotFound` when it is at rest or no more, her account is not active, or she left the
    organisation for which she has it.
    """

    async def unit(tx: Transaction) -> tuple[DropFolder, str]:
        drop = await records.get(tx, number)
        person = None if drop is None else await directory.person(tx, drop.person_id)
        if drop is None or drop.is_paused or person is None:
            raise NotFound("drop_folder")
        homes = {place.organisation.id for place in person.places(today(ws))}
        if drop.organisation_id is not None and drop.organisation_id not in homes:
            raise NotFound("membership")
        return drop, person.email

    drop, email = await ws.db.read(unit)
    return replace(await people.actor(ws, email), acting_as=drop.organisation_id)


async def left(ws: Workspace, number: DropFolderId) -> dict[str, Reason]:
    """What was told already of files that were left where they are, by path."""
    return await ws.db.read(lambda tx: records.left(tx, number))


async def note(ws: Workspace, number: DropFolderId, came: Came) -> None:
    """Tell the coordinators what became of a file; nothing once the drop folder is no more."""
    await ws.db.write(lambda tx: records.note(tx, number, came, ws.clock()))
