"""Drop folders as coordinators have them: binding, resting, ending, and what came through.

What is dropped is deposited by the worker, as the person whom the binding names and with
no more than her rights of that moment; see `dropped`.
"""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from atelier import access
from atelier.database import folders, journal, people
from atelier.database import inbox as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.files import Disk
from atelier.model import names
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DropFolderId, FolderId, PersonId
from atelier.model.inbox import DONE, INBOX, REFUSED, Arrival, DropFolder
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace.place import Workspace

PAGE_ARRIVALS: Final = 100
MOST_OF_FOLDER: Final = 10  # each is looked at every few seconds, for ever
MOST_ADDRESSES: Final = 200
DROPS: Final = "drop_folders"  # what is refused to who does not share the folder
_NEWEST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Inbox:
    """The drop folders of a folder, and a page of what came through them, newest first.

    `older` is where the next page begins, or None; `addresses` the (address, name) of people
    who may deposit there, empty in a network where people are many.
    """

    folder: Folder
    crumbs: tuple[Crumb, ...]
    drops: tuple[DropFolder, ...]
    arrivals: tuple[Arrival, ...]
    older: int | None
    addresses: tuple[tuple[str, str], ...]


async def look(
    ws: Workspace, actor: Actor, folder_id: FolderId, *, before: int | None = None
) -> Inbox:
    """What drops into a folder, and what came before that arrival; for who shares it."""

    async def unit(tx: Transaction) -> Inbox:
        folder = await _shared(tx, actor, folder_id)
        rows = await records.arrivals(
            tx,
            actor,
            folder.id,
            before=min(before or _NEWEST, _NEWEST),
            limit=PAGE_ARRIVALS + 1,
        )
        shown = tuple(rows[:PAGE_ARRIVALS])
        return Inbox(
            folder,
            tuple(await folders.crumbs(tx, actor, folder.id)),
            tuple(await records.of_folder(tx, folder.id)),
            shown,
            shown[-1].id if len(rows) > PAGE_ARRIVALS else None,
            tuple(await records.depositors(tx, actor, folder.id, MOST_ADDRESSES)),
        )

    return await ws.db.read(unit)


async def bind(
    ws: Workspace, actor: Actor, folder_id: FolderId, name: str, *, email: str = ""
) -> DropFolderId:
    """Have what comes to `inbox/<name>/` deposited in a folder, as somebody who may add there.

    Herself without an address. `AlreadySo` for a name in use in the network; `Invalid` when
    its place on the disk holds more than what was put away: that is not hers to publish.
    """
    kept = _checked(name)

    async def unit(tx: Transaction) -> DropFolderId:
        folder = await _shared(tx, actor, folder_id)
        person, called = await _depositor(tx, actor, folder, email.strip())
        if len(await records.of_folder(tx, folder.id)) >= MOST_OF_FOLDER:
            raise Invalid("name", "too_many_drop_folders", kept)
        if await records.is_taken(tx, kept):
            raise AlreadySo("drop_folder")
        if is_used:
            raise Invalid("name", "files_left", kept)
        hat = actor.acting_as if person == actor.person_id else None
        at = ws.clock()
        number = await records.add(tx, actor, folder.id, kept, person, organisation=hat, at=at)
        await _note(ws, tx, actor, folder, Verb.DROP_BOUND, name=kept, subject=called)
        return number

    is_used = await asyncio.to_thread(_is_used, ws.settings.data / INBOX / kept)
    return await ws.db.write(unit)


async def pause(ws: Workspace, actor: Actor, folder_id: FolderId, number: DropFolderId) -> None:
    """Leave what comes where it is, until `resume`."""
    await _rest(ws, actor, folder_id, number, is_paused=True)


async def resume(ws: Workspace, actor: Actor, folder_id: FolderId, number: DropFolderId) -> None:
    """Deposit again what comes, and what has come meanwhile."""
    await _rest(ws, actor, folder_id, number, is_paused=False)


async def unbind(ws: Workspace, actor: Actor, folder_id: FolderId, number: DropFolderId) -> None:
    """End a drop folder. What stands in it on the disk stays, as do the documents."""

    async def unit(tx: Transaction) -> None:
        folder, drop = await _enter(tx, actor, folder_id, number)
        await records.remove(tx, drop.id)
        await _note(ws, tx, actor, folder, Verb.DROP_UNBOUND, name=drop.name)

    await ws.db.write(unit)


async def _rest(
    ws: Workspace, actor: Actor, folder_id: FolderId, number: DropFolderId, *, is_paused: bool
) -> None:
    verb = Verb.DROP_PAUSED if is_paused else Verb.DROP_RESUMED

    async def unit(tx: Transaction) -> None:
        folder, drop = await _enter(tx, actor, folder_id, number)
        if drop.is_paused == is_paused:
            raise AlreadySo("drop_paused" if is_paused else "drop_running")
        await records.pause(tx, drop.id, is_paused=is_paused)
        await _note(ws, tx, actor, folder, verb, name=drop.name)

    await ws.db.write(unit)


async def _shared(tx: Transaction, actor: Actor, folder_id: FolderId) -> Folder:
    """The folder, for who shares it: who only reads it is told of drop folders, not of sharing."""
    folder = await access.enter(tx, actor, folder_id, Action.READ)
    if not folder.allows(Action.SHARE):
        raise Forbidden(DROPS)
    return folder


async def _enter(
    tx: Transaction, actor: Actor, folder_id: FolderId, number: DropFolderId
) -> tuple[Folder, DropFolder]:
    """A folder that she shares, and one of its own drop folders."""
    folder = await _shared(tx, actor, folder_id)
    drop = await records.get(tx, number)
    if drop is None or drop.folder_id != folder.id:
        raise NotFound("drop_folder")
    return folder, drop


async def _depositor(
    tx: Transaction, actor: Actor, folder: Folder, email: str
) -> tuple[PersonId, str]:
    """In whose name it will deposit: herself, or one who may add there today."""
    if not email:
        return actor.person_id, actor.name
    found = await people.person_by_email(tx, email)
    if found is None:
        raise Invalid("email", "unknown_address", email)
    if not found.is_active:
        raise Invalid("email", "inactive_account", email)
    if not await access.still_may(tx, folder.id, [found.id], Action.ADD, actor.today):
        raise Invalid("email", "may_not_add", email)
    return found.id, found.name


def _checked(name: str) -> str:
    """The name as it is kept, one that a disk shows everywhere."""
    kept = unicodedata.normalize("NFC", names.checked(name))
    if kept.startswith("."):
        raise Invalid("name", "begins_with_dot", kept[:80])
    return kept


def _is_used(path: Path) -> bool:
    """Whether something stands there that would be deposited, or what is no folder."""
    try:
        return path.is_symlink() or not set(Disk().names(path)) <= {DONE, REFUSED}
    except FileNotFoundError:
        return False
    except OSError:
        return True


async def _note(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, verb: Verb, **facts: str
) -> None:
    await journal.note(tx, actor, folder.id, verb, ws.clock(), hat=folder.hat, facts=facts)
