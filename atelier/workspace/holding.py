"""Who is editing a document now: what the acts on documents ask before they change one.

A lock holds until its time is over, and while its holder may still revise in the folder
where the document stands by now: who lost her access, or left the network, keeps nobody out.
Taking and releasing locks is in `locks`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from atelier import access
from atelier.database import locks as records
from atelier.database.engine import Transaction
from atelier.errors import Locked
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, PersonId
from atelier.model.locks import Lock
from atelier.model.people import Actor
from atelier.workspace.place import Workspace, today


class Standing(Protocol):
    """A document that stands in a folder, in a list or on its own page."""

    @property
    def id(self) -> DocumentId:
        """The document."""
        ...

    @property
    def folder_id(self) -> FolderId:
        """Where it stands."""
        ...


async def lock_of(ws: Workspace, tx: Transaction, document: Standing) -> Lock | None:
    """The lock that holds on a document which the one who asks may read."""
    lock = await records.of(tx, document.id, ws.clock())
    if lock is None:
        return None
    may = await access.still_may(tx, document.folder_id, [lock.holder_id], Action.REVISE, today(ws))
    return lock if lock.holder_id in may else None


async def locks_of(
    ws: Workspace, tx: Transaction, documents: Iterable[Standing]
) -> dict[DocumentId, Lock]:
    """The locks that hold on the documents of a list which the one who asks may read."""
    standing = {document.id: document.folder_id for document in documents}
    found = await records.among(tx, list(standing), ws.clock())
    holders: dict[FolderId, set[PersonId]] = {}
    for lock in found:
        holders.setdefault(standing[lock.document_id], set()).add(lock.holder_id)
    may = {
        (folder, person)
        for folder, people in holders.items()
        for person in await access.still_may(tx, folder, people, Action.REVISE, today(ws))
    }
    return {
        lock.document_id: lock
        for lock in found
        if (standing[lock.document_id], lock.holder_id) in may
    }


async def check(ws: Workspace, tx: Transaction, actor: Actor, document: Standing) -> None:
    """Pass unless somebody else is editing the document, which the actor may read: `Locked`."""
    lock = await lock_of(ws, tx, document)
    if lock is not None and lock.holder_id != actor.person_id:
        raise locked(lock)


def locked(lock: Lock) -> Locked:
    """What is told to others: who is editing, and until when."""
    return Locked(lock.holder, lock.until)
