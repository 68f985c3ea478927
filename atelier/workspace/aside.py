"""Bytes set aside: of two who deposit at once, what the second brought stays hers for a week.

They are nobody's version: only she sees them, and only while she may read the document.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from atelier.database import aside as records
from atelier.database.documents import NewVersion
from atelier.database.engine import Transaction
from atelier.errors import Locked, NotFound, VersionClash
from atelier.model.deposits import Aside
from atelier.model.documents import Blob, Deposited, Document, ReadState, Version
from atelier.model.folders import Action, Folder
from atelier.model.ids import AsideId, DocumentId, VersionId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace import holding, quotas
from atelier.workspace.documents import Content, add_version, check_expected, enter
from atelier.workspace.place import Workspace

KEPT_FOR = timedelta(days=7)
MAX_ASIDE = 100


async def keep(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    blob: Blob,
    media_type: str,
    *,
    expected: int | None,
    comment: str,
) -> AsideId | None:
    """Keep sealed bytes that came second to a document, and give their number.

    None when she may not read it any more, or has `MAX_ASIDE` others kept already. Without
    `expected` they count as built upon the version that is there.
    """

    async def unit(tx: Transaction) -> AsideId | None:
        try:
            folder, document = await enter(tx, actor, document_id, Action.READ)
        except NotFound:
            return None
        is_known = await records.holds(tx, actor.person_id, document.id, blob.sha256)
        if not is_known and await is_full(tx, actor):
            return None
        at = ws.clock()
        new = NewVersion(
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            media_type=media_type,
            author=actor.person_id,
            hat=folder.hat,
            comment=comment.strip(),
            at=at,
        )
        upon = document.current.number if expected is None else expected
        return await records.keep(tx, document.id, upon, new, at + KEPT_FOR)

    return await ws.db.write(unit)


async def is_full(tx: Transaction, actor: Actor) -> bool:
    """Whether she has as many kept as there may be: no others are until she settles one."""
    return await records.count(tx, actor.person_id) >= MAX_ASIDE


async def hers(ws: Workspace, actor: Actor) -> tuple[Aside, ...]:
    """All of hers for documents she may read, newest first; none while she sees as another."""
    if actor.seeing is not None:
        return ()
    return tuple(await ws.db.read(lambda tx: records.readable(tx, actor, ws.clock())))


async def content(
    ws: Workspace, actor: Actor, document_id: DocumentId, aside_id: AsideId
) -> Content:
    """The bytes, for download; the number is that of the version they were built upon."""

    async def unit(tx: Transaction) -> tuple[Aside, Folder, Document]:
        return await _enter(ws, tx, actor, (document_id, aside_id), Action.READ)

    found, _, document = await ws.db.read(unit)
    version = Version(
        id=VersionId(0),
        document_id=document.id,
        number=found.expected,
        sha256=found.sha256,
        size_bytes=found.size_bytes,
        media_type=found.media_type,
        author=actor.name,
        organisation="",
        comment=found.comment,
        created_at=found.created_at,
        restored_from=None,
        state=ReadState.WAITING,
        page_count=None,
    )
    return Content(document.name, version, await ws.blobs.open(found.sha256))


async def check(ws: Workspace, actor: Actor, document_id: DocumentId, aside_id: AsideId) -> None:
    """Whether they are still hers to read: `NotFound` otherwise."""
    await ws.db.read(lambda tx: _enter(ws, tx, actor, (document_id, aside_id), Action.READ))


async def deposit_again(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    aside_id: AsideId,
    *,
    expected: int,
) -> Deposited:
    """Make them the next version over the one she saw, `expected`; then they are not aside.

    `VersionClash` when yet another came first: they stay hers.
    """

    async def unit(tx: Transaction) -> Deposited:
        found, folder, document = await _enter(
            ws, tx, actor, (document_id, aside_id), Action.REVISE
        )
        number, is_new = document.current.number, document.current.sha256 != found.sha256
        if is_new:
            await holding.check(ws, tx, actor, document)
            check_expected(document, expected)
            await quotas.check(ws, tx, actor, folder, found.size_bytes)
            new = NewVersion(
                sha256=found.sha256,
                size_bytes=found.size_bytes,
                media_type=found.media_type,
                author=actor.person_id,
                hat=folder.hat,
                comment=found.comment,
                at=ws.clock(),
            )
            number = await add_version(ws, tx, actor, folder, document, new, Verb.REVISED)
        await records.remove(tx, found.id)
        return Deposited(document.id, document.name, number, False, is_new)

    try:
        return await ws.db.write(unit)
    except (VersionClash, Locked) as error:
        raise replace(error, aside=aside_id) from error


async def throw_away(
    ws: Workspace, actor: Actor, document_id: DocumentId, aside_id: AsideId
) -> None:
    """Keep them no longer."""

    async def unit(tx: Transaction) -> None:
        found, _, _ = await _enter(ws, tx, actor, (document_id, aside_id), Action.READ)
        await records.remove(tx, found.id)

    await ws.db.write(unit)


async def _enter(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    which: tuple[DocumentId, AsideId],
    action: Action,
) -> tuple[Aside, Folder, Document]:
    """One of hers of a document she may act on. Another's takes the same way as none at all."""
    folder, document = await enter(tx, actor, which[0], action)
    found = await records.found(tx, actor.person_id, *which, ws.clock())
    if found is None:
        raise NotFound("aside")
    return found, folder, document
