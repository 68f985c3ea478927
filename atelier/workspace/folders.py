"""Folders: what stands in them, making, renaming, moving, closing and opening them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from atelier import access
from atelier.database import documents, journal, meeting_lists, quotas, sharing
from atelier.database import folders as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, FolderCycle, Forbidden, Invalid, NameTaken, NotFound
from atelier.model import names
from atelier.model.findings import Warned
from atelier.model.folders import (
    Action,
    Crumb,
    DocumentRow,
    Folder,
    FolderRow,
    Grant,
    Role,
    Subject,
    SubjectKind,
)
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId
from atelier.model.journal import Verb
from atelier.model.locks import Lock
from atelier.model.meetings import MeetingRow
from atelier.model.people import Actor
from atelier.model.quotas import Space
from atelier.workspace import watching
from atelier.workspace.holding import locks_of
from atelier.workspace.place import Workspace
from atelier.workspace.quotas import check_move, shown
from atelier.workspace.sharing import audience

PAGE_ROWS = 200
LATEST = 12


@dataclass(frozen=True, slots=True)
class Home:
    """Where a person begins: her entry points, and what is newest in what she may read.

    `locks` tells which of these documents somebody is editing.
    """

    entries: tuple[FolderRow, ...]
    latest: tuple[tuple[DocumentRow, str], ...]
    locks: Mapping[DocumentId, Lock] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder with a window of its documents; `total` counts all that match the filter.

    `locks` tells which of these documents somebody is editing, `space` how full a folder with
    a quota is, for who shares it, `warned` what of it waits for her answer. `meeting` is the
    one whose dossier this folder is.
    """

    folder: Folder
    crumbs: tuple[Crumb, ...]
    folders: tuple[FolderRow, ...]
    documents: tuple[DocumentRow, ...]
    audience: tuple[Grant, ...]
    total: int
    page: int
    pages: int
    locks: Mapping[DocumentId, Lock] = field(default_factory=dict)
    space: Space | None = None
    warned: tuple[Warned, ...] = ()
    meeting: MeetingRow | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A folder where something may be put: its depth (0 first) in the tree of such folders."""

    id: FolderId
    name: str
    depth: int


async def home(ws: Workspace, actor: Actor) -> Home:
    """Her entry points and the newest documents she may read."""

    async def unit(tx: Transaction) -> Home:
        entries = await records.entries(tx, actor)
        latest = await documents.latest(tx, actor, LATEST)
        held = await locks_of(ws, tx, [document for document, _ in latest])
        return Home(tuple(entries), tuple(latest), held)

    return await ws.db.read(unit)


async def look(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId,
    *,
    sort: str = "name",
    contains: str = "",
    page: int = 1,
) -> Listing:
    """A folder with its folders and one page of its documents.

    `sort` is a key of `database.documents.ORDERS`; a page past the end is the last one.
    """
    if sort not in documents.ORDERS:
        raise Invalid("sort", "unknown", sort[:80])

    async def unit(tx: Transaction) -> Listing:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        total = await documents.count(tx, folder.id, contains=contains)
        pages = max(1, -(-total // PAGE_ROWS))
        number = min(max(1, page), pages)
        rows = await documents.listed(
            tx,
            folder.id,
            order=sort,
            contains=contains,
            offset=(number - 1) * PAGE_ROWS,
            limit=PAGE_ROWS,
        )
        return Listing(
            folder=folder,
            crumbs=tuple(await records.crumbs(tx, actor, folder.id)),
            folders=tuple(await records.children(tx, actor, folder.id)),
            documents=tuple(rows),
            audience=await audience(tx, actor, folder),
            total=total,
            page=number,
            pages=pages,
            locks=await locks_of(ws, tx, rows),
            space=await shown(ws, tx, folder),
            warned=await watching.in_folder(ws, tx, actor, folder),
            meeting=await meeting_lists.owner(tx, folder.id),
        )

    return await ws.db.read(unit)


async def enter(
    ws: Workspace, actor: Actor, folder_id: FolderId, action: Action
) -> tuple[Folder, tuple[Crumb, ...]]:
    """A folder in which she may do this, with the way to it: for a form about it."""

    async def unit(tx: Transaction) -> tuple[Folder, tuple[Crumb, ...]]:
        folder = await access.enter(tx, actor, folder_id, action)
        return folder, tuple(await records.crumbs(tx, actor, folder.id))

    return await ws.db.read(unit)


async def places(
    ws: Workspace, actor: Actor, action: Action, *, without: FolderId | None = None
) -> tuple[Place, ...]:
    """The folders where she may do this, as a tree in reading order.

    `without` leaves out a folder and all below it: a folder is not moved into itself.
    """

    async def unit(tx: Transaction) -> list[tuple[FolderId, FolderId | None, str]]:
        allowing = await records.allowing(tx, actor, action)
        inside = frozenset[FolderId]() if without is None else await records.below(tx, without)
        return [row for row in allowing if row[0] not in inside]

    rows = await ws.db.read(unit)
    known = {number for number, _, _ in rows}
    below: dict[FolderId | None, list[tuple[FolderId, str]]] = {}
    for number, parent, name in rows:
        below.setdefault(parent if parent in known else None, []).append((number, name))
    found: list[Place] = []
    waiting = [(number, name, 0) for number, name in reversed(below.get(None, []))]
    while waiting:
        number, name, depth = waiting.pop()
        found.append(Place(number, name, depth))
        waiting += [(child, text, depth + 1) for child, text in reversed(below.get(number, []))]
    return tuple(found)


async def find(ws: Workspace, actor: Actor, path: str) -> FolderId:
    """The folder at `A/B/C` from one of her entry points; `NotFound` when she sees none.

    Of two with one name the older one.
    """

    async def unit(tx: Transaction) -> FolderId:
        rows = await records.entries(tx, actor)
        folder: FolderId | None = None
        for step in steps(path):
            named = [row.id for row in rows if names.key(row.name) == names.key(step)]
            if not named:
                raise NotFound("folder")
            folder = min(named)
            rows = await records.children(tx, actor, folder)
        if folder is None:
            raise NotFound("folder")
        return folder

    return await ws.db.read(unit)


def steps(path: str) -> list[str]:
    """The names along a path; empty ones are left out."""
    return [step.strip() for step in path.split("/") if step.strip()]


async def make(
    ws: Workspace,
    actor: Actor,
    parent_id: FolderId | None,
    name: str,
    *,
    is_closed: bool = False,
    coordinator: PersonId | None = None,
) -> FolderId:
    """A new folder. At the top or closed, its maker coordinates it unless another is named."""
    clean = names.checked(name)

    async def unit(tx: Transaction) -> FolderId:
        hat = await check_parent(
            tx, actor, parent_id, clean, (1, len(clean)), takes_name=not is_closed
        )
        if parent_id is not None and coordinator is not None:
            parent = await access.enter(tx, actor, parent_id, Action.SHARE)
            if access.outlasts(parent, None):  # who is named would coordinate for ever
                raise Forbidden(Action.SHARE)
        number = await records.add(
            tx, parent_id, clean, actor.person_id, ws.clock(), is_closed=is_closed
        )
        if parent_id is None or is_closed or coordinator is not None:
            await _appoint(ws, tx, actor, number, coordinator or actor.person_id)
        # In its own journal: the parent's would name a closed folder to people who may not read it.
        await journal.note(
            tx, actor, number, Verb.FOLDER_MADE, ws.clock(), hat=hat, facts={"name": clean}
        )
        return number

    return await ws.db.write(unit)


async def rename(ws: Workspace, actor: Actor, folder_id: FolderId, name: str) -> None:
    """Give a folder another name; its own in another case is welcome."""
    clean = names.checked(name)

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.ORGANISE)
        if clean == folder.name:
            raise AlreadySo("named")
        await rename_entered(ws, tx, actor, folder, clean)

    await ws.db.write(unit)


async def rename_entered(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, clean: str
) -> None:
    """Give a folder that she entered to organise another checked name, in this transaction."""
    await _check_length(tx, folder, clean)
    if folder.parent_id is not None and not folder.is_closed:
        await records.free_name(tx, "folder", folder.id)
        await _take_name(tx, folder.parent_id, clean, folder.id)
    await records.rename(tx, folder.id, clean, ws.clock())
    await _note(ws, tx, actor, folder, Verb.FOLDER_RENAMED, before=folder.name, after=clean)


async def move(
    ws: Workspace, actor: Actor, folder_id: FolderId, parent_id: FolderId | None
) -> None:
    """Put a folder with all it holds elsewhere (None: at the top).

    She must organise where it leaves and where it arrives; access follows at once. Never
    out of a coordination that ends into one that lasts longer: it would become hers.
    """

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.ORGANISE)
        await check_leaving(tx, actor, folder)
        if parent_id == folder.parent_id:
            raise AlreadySo("there")
        if parent_id is not None:  # a closed folder below, which she may not read, is not told
            arrival = await access.enter(tx, actor, parent_id, Action.ORGANISE)
            if access.outlasts(folder, arrival.shares_until):
                raise Forbidden(Action.ORGANISE)
        if parent_id in await records.below(tx, folder.id):
            raise FolderCycle(folder.name)
        if parent_id is not None:
            await check_room(ws, tx, actor, folder.id, parent_id)
        extent = await records.extent(tx, folder.id)
        await records.free_name(tx, "folder", folder.id)
        takes_name = not folder.is_closed
        await check_parent(tx, actor, parent_id, folder.name, extent, takes_name=takes_name)
        if parent_id is not None and takes_name:
            await records.take_name(tx, parent_id, folder.name, "folder", folder.id)
        await records.move(tx, folder.id, parent_id)
        await access.keep_coordinated(tx, actor, folder)
        await _note(ws, tx, actor, folder, Verb.FOLDER_MOVED, name=folder.name)

    await ws.db.write(unit)


async def close(
    ws: Workspace, actor: Actor, folder_id: FolderId, *, coordinator: PersonId | None = None
) -> None:
    """Let a folder inherit no longer; she coordinates it from then on, unless another does.

    Grants of its own stay. Its name no longer stands in the way of others in its parent.
    """

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.CLOSE)
        if folder.is_closed:
            raise AlreadySo("closed")
        if access.outlasts(folder, None):  # closing would make her its coordinator for ever
            raise Forbidden(Action.CLOSE)
        await records.free_name(tx, "folder", folder.id)
        await _appoint(ws, tx, actor, folder.id, coordinator or actor.person_id)
        await records.set_closed(tx, folder.id, is_closed=True)
        await access.keep_coordinated(tx, actor, folder)
        await _note(ws, tx, actor, folder, Verb.FOLDER_CLOSED, name=folder.name)

    await ws.db.write(unit)


async def open_again(ws: Workspace, actor: Actor, folder_id: FolderId) -> None:
    """Let a closed folder inherit again. She must be able to read the folder above.

    `NameTaken` when its name is in use there meanwhile.
    """

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.CLOSE)
        if not folder.is_closed:
            raise AlreadySo("open")
        if folder.parent_id is not None:
            await _check_readable(tx, actor, folder.parent_id, Action.CLOSE)
            await _take_name(tx, folder.parent_id, folder.name, folder.id)
        await records.set_closed(tx, folder.id, is_closed=False)
        await access.keep_coordinated(tx, actor, folder)
        await _note(ws, tx, actor, folder, Verb.FOLDER_OPENED, name=folder.name)

    await ws.db.write(unit)


async def check_parent(
    tx: Transaction,
    actor: Actor,
    parent_id: FolderId | None,
    name: str,
    extent: tuple[int, int],
    *,
    takes_name: bool,
) -> OrganisationId | None:
    """She may put a folder of this extent there, and its name is free: her hat there."""
    if parent_id is None:
        if not await access.may_open_top(tx, actor):
            raise Forbidden(Action.ORGANISE)
        return actor.acting_as or actor.main_organisation
    parent = await access.enter(tx, actor, parent_id, Action.ORGANISE)
    if not takes_name and access.outlasts(parent, None):
        raise Forbidden(Action.CLOSE)
    await check_extent(tx, parent.id, extent)
    if takes_name:
        await _check_free(tx, parent.id, name)
    return parent.hat


async def check_extent(
    tx: Transaction, parent: FolderId, extent: tuple[int, int], *, field: str = "parent"
) -> None:
    """Folders of this extent (levels, longest path) are not too deep there, nor their paths long.

    `Invalid` with that field otherwise.
    """
    depth, characters = await records.depth_and_path_characters(tx, parent)
    levels, longest = extent
    if depth + levels > names.MAX_DEPTH:
        raise Invalid(field, "too_deep")
    if characters + longest > names.MAX_PATH_CHARACTERS:
        raise Invalid(field, "path_too_long")


async def check_room(
    ws: Workspace, tx: Transaction, actor: Actor, folder: FolderId, arrival: FolderId
) -> None:
    """A folder with all that it holds may come into another: `QuotaFull`."""
    size = await quotas.used_below(tx, folder, ws.clock())
    await check_move(ws, tx, actor, folder, arrival, size)


async def _check_length(tx: Transaction, folder: Folder, name: str) -> None:
    """The longest path through the folder may bear its new name."""
    _, above = await records.depth_and_path_characters(tx, folder.id)
    _, longest = await records.extent(tx, folder.id)
    if above - 1 + longest - 2 * len(folder.name) + len(name) > names.MAX_PATH_CHARACTERS:
        raise Invalid("name", "path_too_long")


async def check_leaving(tx: Transaction, actor: Actor, folder: Folder) -> None:
    """She organises the folder above too, when there is one: something leaves it."""
    if folder.parent_id is not None:
        await _check_readable(tx, actor, folder.parent_id, Action.ORGANISE)
        await access.enter(tx, actor, folder.parent_id, Action.ORGANISE)


async def _check_readable(
    tx: Transaction, actor: Actor, parent_id: FolderId, refused: Action
) -> None:
    """A parent she may not read must not answer "not found" for the folder she does see."""
    try:
        await access.enter(tx, actor, parent_id, Action.READ)
    except NotFound as error:
        raise Forbidden(refused) from error


async def _check_free(tx: Transaction, folder: FolderId, name: str) -> None:
    taken = await records.named(tx, folder, name)
    if taken is not None:
        raise NameTaken(name, taken[0])


async def _take_name(tx: Transaction, parent: FolderId, name: str, folder: FolderId) -> None:
    await _check_free(tx, parent, name)
    await records.take_name(tx, parent, name, "folder", folder)


async def _appoint(
    ws: Workspace, tx: Transaction, actor: Actor, folder: FolderId, person: PersonId
) -> None:
    name = await sharing.name_of(tx, SubjectKind.PERSON, person, actor.today)
    if name is None:
        raise Invalid("coordinator", "unknown", str(person))
    subject = Subject(SubjectKind.PERSON, person, name)
    await sharing.put(
        tx, folder, subject, Role.COORDINATOR, None, by=actor.person_id, at=ws.clock()
    )


async def _note(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, verb: Verb, **facts: str
) -> None:
    await journal.note(tx, actor, folder.id, verb, ws.clock(), hat=folder.hat, facts=facts)
