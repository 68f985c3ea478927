"""Locks: "I am editing this document". Others wait until it is released, or its time is over.

Whether a lock holds is asked in `holding`, by every act that changes a document.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from atelier.database import locks as records
from atelier.database import notices
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid
from atelier.model.documents import Document
from atelier.model.folders import Action, Folder
from atelier.model.ids import DocumentId
from atelier.model.journal import Verb
from atelier.model.locks import Lock
from atelier.model.people import Actor
from atelier.workspace import holding
from atelier.workspace.documents import enter
from atelier.workspace.documents import note as note_act
from atelier.workspace.place import Workspace

LOCK_SECONDS = 4 * 3600
MAX_LOCKS = 100  # of one person: THREATS 73
MAX_NOTE_CHARACTERS = 200
_TOKEN_BYTES = 32


async def take(ws: Workspace, actor: Actor, document_id: DocumentId, *, note: str = "") -> Lock:
    """Say that she is editing a document, for four hours from now; her own lock goes on.

    `Locked` while somebody else is, `Invalid` for a long note or one lock too many.
    """
    remark = " ".join(note.split())

    async def unit(tx: Transaction) -> Lock:
        folder, document = await enter(tx, actor, document_id, Action.REVISE)
        if len(remark) > MAX_NOTE_CHARACTERS:
            raise Invalid("note", "too_long", remark[:40])
        held = await holding.lock_of(ws, tx, document)
        if held is None:
            await _check_number(ws, tx, actor)
            await note_act(ws, tx, actor, folder, document.id, Verb.LOCKED, name=document.name)
            return await _put(ws, tx, document, _new(ws, actor, folder, remark))
        _check_hers(actor, held)
        return await _go_on(ws, tx, document, folder, replace(held, note=remark))

    return await ws.db.write(unit)


async def renew(ws: Workspace, actor: Actor, document_id: DocumentId) -> Lock:
    """Four more hours from now for the lock she holds.

    `AlreadySo` when it has ended, `Locked` when somebody else has taken one since.
    """

    async def unit(tx: Transaction) -> Lock:
        folder, document = await enter(tx, actor, document_id, Action.REVISE)
        held = await holding.lock_of(ws, tx, document)
        if held is None:
            raise AlreadySo("unlocked")
        _check_hers(actor, held)
        return await _go_on(ws, tx, document, folder, held)

    return await ws.db.write(unit)


async def release(ws: Workspace, actor: Actor, document_id: DocumentId) -> None:
    """End the lock of a document: its holder does, or a coordinator in her stead.

    Her home page tells the holder of the latter.
    `AlreadySo` when there is none any more.
    """

    async def unit(tx: Transaction) -> None:
        folder, document = await enter(tx, actor, document_id, Action.REVISE)
        held = await holding.lock_of(ws, tx, document)
        if held is None:
            raise AlreadySo("unlocked")
        facts = {"name": document.name}
        if held.holder_id != actor.person_id:
            if not folder.allows(Action.UNLOCK):
                raise Forbidden(Action.UNLOCK)
            facts["holder"] = held.holder
            now, holder = ws.clock(), held.holder_id
            await notices.tell_unlocked(tx, actor, holder, folder, document.name, now)
        await records.remove(tx, document.id)
        await note_act(ws, tx, actor, folder, document.id, Verb.UNLOCKED, **facts)

    await ws.db.write(unit)


def _check_hers(actor: Actor, held: Lock) -> None:
    if held.holder_id != actor.person_id:
        raise holding.locked(held)


async def _check_number(ws: Workspace, tx: Transaction, actor: Actor) -> None:
    if await records.count(tx, actor.person_id, ws.clock()) >= MAX_LOCKS:
        raise Invalid("note", "too_many_locks", str(MAX_LOCKS))


def _new(ws: Workspace, actor: Actor, folder: Folder, note: str) -> records.NewLock:
    # RFC 4918, appendix C: a UUID, then what makes it as hard to guess as a session.
    token = f"opaquelocktoken:{uuid.uuid4()}/{secrets.token_hex(_TOKEN_BYTES)}"
    now = ws.clock()
    return records.NewLock(token, actor.person_id, folder.hat, note, now, _until(ws))


async def _go_on(
    ws: Workspace, tx: Transaction, document: Document, folder: Folder, held: Lock
) -> Lock:
    new = records.NewLock(held.token, held.holder_id, folder.hat, held.note, held.since, _until(ws))
    return await _put(ws, tx, document, new)


async def _put(ws: Workspace, tx: Transaction, document: Document, new: records.NewLock) -> Lock:
    await records.put(tx, document.id, new)
    lock = await records.of(tx, document.id, ws.clock())
    assert lock is not None
    return lock


def _until(ws: Workspace) -> datetime:
    return ws.clock() + timedelta(seconds=LOCK_SECONDS)
