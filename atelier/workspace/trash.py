"""The trash: removing, bringing back and purging documents and folders.

Two rules of our own:

- *What inherits goes with its folder, what is closed stays.* A closed folder below belongs
  to people whom the remover may not even know, and to no one else: it keeps its readers,
  stands at the top of their workspaces meanwhile, and is removed by its own coordinators.
  So nobody takes from others what she cannot see, and nothing tells her that it is there.
- *The trash has the rights of the place.* Who removes documents in a folder sees and undoes
  her own removals there, its coordinators see, bring back and purge all. A closed folder and
  one of the top answer for themselves: their own coordinators find them in `alone`, and no
  folder above names them.
"""

from __future__ import annotations

from dataclasses import dataclass

from atelier import access
from atelier.database import agenda, entries, folders, journal, quotas
from atelier.database import trash as records
from atelier.database.engine import Transaction
from atelier.errors import EffectChanged, FolderCycle, Forbidden, NotFound, PlaceClosed
from atelier.model import names
from atelier.model.documents import Document
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId, PersonId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.model.trash import Removed, RemovedKind, Weight
from atelier.workspace import holding
from atelier.workspace.documents import check_expected, enter, forget_texts, note, take_name
from atelier.workspace.folders import check_leaving, check_parent, check_room
from atelier.workspace.place import Workspace
from atelier.workspace.quotas import check_move

PAGE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Trash:
    """A window of a folder's trash, newest first; `folder` is None for what stands alone."""

    folder: Folder | None
    crumbs: tuple[Crumb, ...]
    rows: tuple[Removed, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a removal of this folder would take along, and the closed ones it would leave."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    weight: Weight
    staying: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lying:
    """One thing in the trash, for a form about it; `weight` is what a purge would end with it.

    `laid` is in how many meetings that she may read it is among the papers, or what it holds.
    """

    removed: Removed
    folder: Folder | None
    crumbs: tuple[Crumb, ...]
    weight: Weight
    laid: int = 0


async def look(ws: Workspace, actor: Actor, folder_id: FolderId, *, page: int = 1) -> Trash:
    """What was removed from a folder: all for its coordinators, her documents for a contributor.

    `Forbidden` for readers. A page past the end is the last one.
    """

    async def unit(tx: Transaction) -> Trash:
        folder = await access.enter(tx, actor, folder_id, Action.REMOVE)
        by = _only_hers(actor, folder)
        total = await records.count(tx, folder.id, by=by)
        number, pages = _window(total, page)
        offset = (number - 1) * PAGE_ROWS
        rows = await records.listed(tx, folder.id, by=by, offset=offset, limit=PAGE_ROWS)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        return Trash(folder, crumbs, tuple(rows), total, number, pages)

    return await ws.db.read(unit)


async def alone(ws: Workspace, actor: Actor, *, page: int = 1) -> Trash:
    """The removed folders, closed or of the top, that she coordinates by their own grants."""

    async def unit(tx: Transaction) -> Trash:
        total = await records.count_alone(tx, actor)
        number, pages = _window(total, page)
        offset = (number - 1) * PAGE_ROWS
        rows = await records.listed_alone(tx, actor, offset=offset, limit=PAGE_ROWS)
        return Trash(None, (), tuple(rows), total, number, pages)

    return await ws.db.read(unit)


async def weigh(ws: Workspace, actor: Actor, folder_id: FolderId) -> Leaving:
    """What would go if she removed this folder, for the page that asks her."""

    async def unit(tx: Transaction) -> Leaving:
        folder = await _leaving(tx, actor, folder_id)
        return Leaving(
            folder,
            tuple(await folders.crumbs(tx, actor, folder.id)),
            await records.weight(tx, folder.id),
            tuple(await records.staying(tx, actor, folder.id)),
        )

    return await ws.db.read(unit)


async def remove_document(
    ws: Workspace, actor: Actor, document_id: DocumentId, *, expected: int | None = None
) -> FolderId:
    """Put a document into the trash of its folder, which is returned; its name is free at once.

    `VersionClash` when it is past the version she saw.
    """

    async def unit(tx: Transaction) -> FolderId:
        folder, document = await enter(tx, actor, document_id, Action.REMOVE)
        await holding.check(ws, tx, actor, document)
        check_expected(document, expected)
        await records.remove_document(tx, document.id, actor.person_id, ws.clock())
        await folders.free_name(tx, "document", document.id)
        await entries.note(tx, document.id)
        await _note_document(ws, tx, actor, folder, document, Verb.DOCUMENT_REMOVED)
        return folder.id

    return await ws.db.write(unit)


async def remove_folder(
    ws: Workspace, actor: Actor, folder_id: FolderId, *, announced: Weight | None = None
) -> FolderId | None:
    """Put a folder with all that inherits from it into the trash of the folder above.

    That one is returned; None for a closed folder or one of the top, which are found in
    `alone`. An open one needs the right to organise where it leaves too, as a move does.
    `EffectChanged` when it holds more or less than was announced.
    """

    async def unit(tx: Transaction) -> FolderId | None:
        folder = await _leaving(tx, actor, folder_id)
        if announced is not None and announced != await records.weight(tx, folder.id):
            raise EffectChanged()
        await folders.free_name(tx, "folder", folder.id)
        await records.remove_folder(tx, folder.id, actor.person_id, ws.clock())
        above = None if folder.is_closed else folder.parent_id
        facts = {"name": folder.name}
        await _note_folder(ws, tx, actor, folder, Verb.FOLDER_REMOVED, above, facts)
        return above

    return await ws.db.write(unit)


async def find(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId | None,
    kind: RemovedKind,
    thing: int,
    *,
    action: Action | None = None,
) -> Lying:
    """One thing in the trash of a folder (None: in `alone`), which she may bring back.

    `action` is what else she must be allowed in that folder.
    """

    async def unit(tx: Transaction) -> Lying:
        folder, removed = await _lying(tx, actor, folder_id, kind, thing, action=action)
        crumbs = () if folder is None else tuple(await folders.crumbs(tx, actor, folder.id))
        weight = Weight(0, 1)
        if kind is RemovedKind.FOLDER:
            weight = await records.purged_weight(tx, FolderId(thing))
            laid = await records.laid_below(tx, actor, FolderId(thing))
        else:
            laid = await agenda.laid(tx, actor, DocumentId(thing))
        return Lying(removed, folder, crumbs, weight, laid)

    return await ws.db.read(unit)


async def restore_document(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId,
    document_id: DocumentId,
    *,
    name: str = "",
    to: FolderId | None = None,
) -> FolderId:
    """Bring a document back where it was, or `to` another folder where she may add; where it is.

    `NameTaken` when its name is in use there meanwhile: `name` gives it another.
    `PlaceClosed` when the folder was closed since, unless `to` says where.
    """
    clean = names.checked(name) if name else ""

    async def unit(tx: Transaction) -> FolderId:
        kind = RemovedKind.DOCUMENT
        folder, removed = await _lying(tx, actor, folder_id, kind, document_id)
        assert folder is not None
        arrival = await _arrival(tx, actor, folder, removed, to)
        called = clean or removed.name
        size = await quotas.weight(tx, document_id)
        await check_move(ws, tx, actor, folder.id, arrival.id, size)
        await take_name(tx, arrival.id, called, document_id)
        await records.restore_document(tx, document_id, arrival.id, called, ws.clock())
        await entries.note(tx, document_id)
        if arrival.id != folder.id:
            out = {"name": removed.name, "way": "out"}
            await note(ws, tx, actor, folder, document_id, Verb.DOCUMENT_MOVED, **out)
        facts = _called(removed, called)
        await note(ws, tx, actor, arrival, document_id, Verb.DOCUMENT_RESTORED, **facts)
        return arrival.id

    return await ws.db.write(unit)


async def restore_folder(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId | None,
    removed_id: FolderId,
    *,
    name: str = "",
    to: FolderId | None = None,
) -> None:
    """Bring a folder back with all that went with it, `to` another folder if she says so.

    Errors as of `restore_document`; elsewhere she must organise, as for a move.
    """
    clean = names.checked(name) if name else ""

    async def unit(tx: Transaction) -> None:
        above, removed = await _lying(tx, actor, folder_id, RemovedKind.FOLDER, removed_id)
        parent, called = removed.origin if to is None else to, clean or removed.name
        if to is None and above is not None and await records.is_closed_since(tx, removed):
            raise PlaceClosed(removed.name)
        takes_name = parent is not None and not removed.is_closed
        # A closed folder comes back to itself alone: its coordinators need nothing above.
        if to is not None or above is not None:
            extent = await folders.extent(tx, removed_id)
            await check_parent(tx, actor, parent, called, extent, takes_name=takes_name)
        if above is not None and to is not None:
            arrival = await access.enter(tx, actor, to, Action.ORGANISE)
            if access.outlasts(above, arrival.shares_until):
                raise Forbidden(Action.ORGANISE)
        if parent in await folders.below(tx, removed_id):  # a closed one that stayed
            raise FolderCycle(removed.name)
        if parent is not None:
            await check_room(ws, tx, actor, removed_id, parent)
        await records.restore_folder(tx, removed_id, parent, called, ws.clock())
        if parent is not None and takes_name:
            await folders.take_name(tx, parent, called, "folder", removed_id)
        folder = await access.enter(tx, actor, removed_id, Action.RESTORE)
        if parent != removed.origin:
            await access.keep_coordinated(tx, actor, folder)
        told_above = parent if takes_name else None
        facts = _called(removed, called)
        await _note_folder(ws, tx, actor, folder, Verb.FOLDER_RESTORED, told_above, facts)

    await ws.db.write(unit)


async def purge_document(
    ws: Workspace, actor: Actor, folder_id: FolderId, document_id: DocumentId
) -> None:
    """End a document that is in the trash, with all its versions; for coordinators.

    Its bytes go with the next collection, unless another document has them too.
    """

    async def unit(tx: Transaction) -> list[tuple[int, str]]:
        kind = RemovedKind.DOCUMENT
        folder, removed = await _lying(
            tx, actor, folder_id, kind, document_id, action=Action.RESTORE
        )
        assert folder is not None
        ended = await records.purge_document(tx, document_id)
        facts = {"name": removed.name}
        await journal.note(
            tx, actor, folder.id, Verb.DOCUMENT_PURGED, ws.clock(), hat=folder.hat, facts=facts
        )
        return ended

    await forget_texts(ws, await ws.db.write(unit))


async def purge_folder(
    ws: Workspace, actor: Actor, folder_id: FolderId | None, removed_id: FolderId
) -> None:
    """End a folder that is in the trash, with all that went with it; for coordinators.

    Its journal ends too, the one above tells it. Closed folders below come to stand where
    it stood.
    """

    async def unit(tx: Transaction) -> list[tuple[int, str]]:
        above, removed = await _lying(tx, actor, folder_id, RemovedKind.FOLDER, removed_id)
        ended = await records.purge_folder(tx, removed_id)
        if above is not None:
            facts = {"name": removed.name}
            await journal.note(
                tx, actor, above.id, Verb.FOLDER_PURGED, ws.clock(), hat=above.hat, facts=facts
            )
        return ended

    await forget_texts(ws, await ws.db.write(unit))


async def _leaving(tx: Transaction, actor: Actor, folder_id: FolderId) -> Folder:
    """The folder, when she may remove it."""
    folder = await access.enter(tx, actor, folder_id, Action.ORGANISE)
    if not folder.is_closed:
        await check_leaving(tx, actor, folder)
    return folder


async def _lying(
    tx: Transaction,
    actor: Actor,
    folder_id: FolderId | None,
    kind: RemovedKind,
    thing: int,
    *,
    action: Action | None = None,
) -> tuple[Folder | None, Removed]:
    """What lies in the trash of a folder, or alone, as far as she may know of it.

    `action` is what she must be allowed in the folder: to restore there, except where
    her own removal of a document is undone.
    """
    folder: Folder | None = None
    if folder_id is None:
        removed = await records.found_alone(tx, actor, FolderId(thing))
    else:
        least = Action.REMOVE if kind is RemovedKind.DOCUMENT else Action.RESTORE
        folder = await access.enter(tx, actor, folder_id, action or least)
        removed = await records.found(tx, folder.id, kind, thing, by=_only_hers(actor, folder))
    if removed is None:
        raise NotFound(kind.value)
    return folder, removed


async def _arrival(
    tx: Transaction, actor: Actor, origin: Folder, removed: Removed, to: FolderId | None
) -> Folder:
    if to is not None and to != origin.id:
        return await access.enter(tx, actor, to, Action.ADD)
    if to is None and await records.is_closed_since(tx, removed):
        raise PlaceClosed(removed.name)
    return origin


def _only_hers(actor: Actor, folder: Folder) -> PersonId | None:
    """Whose removals she may see in this folder's trash; None: everybody's."""
    return None if folder.allows(Action.RESTORE) else actor.person_id


def _window(total: int, page: int) -> tuple[int, int]:
    """The page that is shown, and how many there are."""
    pages = max(1, -(-total // PAGE_ROWS))
    return min(max(1, page), pages), pages


def _called(removed: Removed, name: str) -> dict[str, str]:
    return {"name": name} if name == removed.name else {"name": name, "before": removed.name}


async def _note_document(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, document: Document, verb: Verb
) -> None:
    await note(ws, tx, actor, folder, document.id, verb, name=document.name)


async def _note_folder(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    verb: Verb,
    above: FolderId | None,
    facts: dict[str, str],
) -> None:
    """In its own journal, and in the one above when that one's readers know of it."""
    for number in (folder.id, above):
        if number is not None:
            await journal.note(tx, actor, number, verb, ws.clock(), hat=folder.hat, facts=facts)
