"""Quotas: how much an organisation, or a folder with all below it, may keep.

Every version counts, in the trash too, and deposits under way with the size they announced.
`check` and `check_move` are asked in the transaction that writes, so that of many writers
none passes together with another. What a refusal tells: that a quota is full, and how much
still fits; of a folder above that she may not read, only that it is full.
"""

from __future__ import annotations

from dataclasses import dataclass

from atelier import access
from atelier.database import folders, journal
from atelier.database import organisations as organisation_records
from atelier.database import quotas as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound, QuotaFull
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import FolderId, OrganisationId
from atelier.model.journal import NetworkVerb, Verb
from atelier.model.people import Actor
from atelier.model.quotas import Space
from atelier.workspace.place import Workspace

MAX_QUOTA_BYTES = 2**53  # what every reader of JSON can hold


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes a deposit may bring at most, and the answer to one that brings more."""

    bytes: int
    full: QuotaFull


@dataclass(frozen=True, slots=True)
class FolderSpace:
    """What a folder takes with all below it; `may_limit`: whether she may set its quota."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    space: Space
    may_limit: bool


async def look(ws: Workspace, actor: Actor, folder_id: FolderId) -> FolderSpace:
    """How much a folder takes, for who shares it, or may set its quota."""

    async def unit(tx: Transaction) -> FolderSpace:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        may_limit = await _may_limit(tx, actor, folder)
        if not may_limit and not folder.allows(Action.SHARE):
            raise Forbidden(Action.SHARE)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        space = await records.of_folder(tx, folder.id, ws.clock())
        return FolderSpace(folder, crumbs, space, may_limit)

    return await ws.db.read(unit)


async def limit_folder(
    ws: Workspace, actor: Actor, folder_id: FolderId, quota_bytes: int | None
) -> None:
    """Set how much a folder may keep with all below it; None: no more than what is above it.

    For who shares the folder above; of one at the top, for its coordinators who may open
    such folders. A quota below what is there lets nothing more in, and takes nothing away.
    """
    quota = _checked(quota_bytes)

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        if not await _may_limit(tx, actor, folder):
            raise Forbidden(Action.SHARE)
        if (await records.of_folder(tx, folder.id, ws.clock())).quota_bytes == quota:
            raise AlreadySo("quota")
        await records.limit_folder(tx, folder.id, quota)
        facts = {"name": folder.name} | _told(quota)
        changed = Verb.FOLDER_LIMITED
        await journal.note(tx, actor, folder.id, changed, ws.clock(), hat=folder.hat, facts=facts)

    await ws.db.write(unit)


async def limit_organisation(
    ws: Workspace, actor: Actor, number: OrganisationId, quota_bytes: int | None
) -> None:
    """Set how much may be kept of what is deposited for an organisation; for stewards."""
    quota = _checked(quota_bytes)

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        organisation = await organisation_records.get(tx, number)
        if organisation is None:
            raise NotFound("organisation")
        if (await records.of_organisation(tx, number, ws.clock())).quota_bytes == quota:
            raise AlreadySo("quota")
        await records.limit_organisation(tx, number, quota)
        facts = {"subject": organisation.name} | _told(quota)
        await journal.note_network(tx, actor, NetworkVerb.ORGANISATION_LIMITED, ws.clock(), **facts)

    await ws.db.write(unit)


async def shown(ws: Workspace, tx: Transaction, folder: Folder) -> Space | None:
    """How full a folder with a quota of its own is, for who shares it; else None."""
    if not folder.allows(Action.SHARE) or not await records.is_limited(tx, folder.id):
        return None
    return await records.of_folder(tx, folder.id, ws.clock())


async def check(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    size_bytes: int,
    *,
    upload: str = "",
) -> Room | None:
    """Pass when so many bytes more may come into a folder that she entered, under her hat there.

    Gives how many may at most, None without a quota. `upload` is the key of the deposit under
    way that brings them. `QuotaFull`.
    """
    room: Room | None = None
    for limit in await records.over(tx, folder.id, folder.hat):
        left = await _check_fits(ws, tx, actor, limit, size_bytes, upload)
        if room is None or left.bytes < room.bytes:
            room = left
    return room


async def check_move(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    origin: FolderId,
    arrival: FolderId,
    size_bytes: int,
) -> None:
    """Pass when so many bytes that are below `origin` may come below `arrival`. `QuotaFull`.

    A quota over both has them already.
    """
    already = await records.over(tx, origin)
    for limit in await records.over(tx, arrival):
        if limit not in already:
            await _check_fits(ws, tx, actor, limit, size_bytes)


async def _check_fits(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    limit: records.Limit,
    size_bytes: int,
    upload: str = "",
) -> Room:
    used = await records.used(tx, limit, ws.clock(), without=upload)
    space = Space(used, limit.quota_bytes)
    left = space.left_bytes or 0
    full = QuotaFull(limit.kind, left)
    if limit.kind == "folder" and not await _may_read(tx, actor, FolderId(limit.id)):
        full = QuotaFull("above", None)
    if not space.fits(size_bytes):
        raise full
    return Room(left, full)


async def _may_read(tx: Transaction, actor: Actor, folder: FolderId) -> bool:
    try:
        await access.enter(tx, actor, folder, Action.READ)
    except NotFound:
        return False
    return True


async def _may_limit(tx: Transaction, actor: Actor, folder: Folder) -> bool:
    """Whether she shares the folder above, or coordinates this one of the top and may open such."""
    if folder.parent_id is None:
        return folder.allows(Action.SHARE) and await access.may_open_top(tx, actor)
    try:
        await access.enter(tx, actor, folder.parent_id, Action.SHARE)
    except (NotFound, Forbidden):
        return False
    return True


def _checked(quota_bytes: int | None) -> int | None:
    if quota_bytes == 0:
        raise Invalid("quota", "zero_quota", "0")
    if quota_bytes is not None and not 0 < quota_bytes <= MAX_QUOTA_BYTES:
        raise Invalid("quota", "out_of_range", str(quota_bytes)[:40])
    return quota_bytes


def _told(quota: int | None) -> dict[str, str]:
    return {} if quota is None else {"quota_bytes": str(quota)}
