"""Rows of drop folders, and of what came through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model import names
from atelier.model.documents import Deposited
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, DropFolderId, FolderId, OrganisationId, PersonId
from atelier.model.inbox import Arrival, DropFolder, Outcome, Reason
from atelier.model.people import Actor

_DROP_FOLDERS = """
    SELECT d.id, d.name, d.folder_id, d.person_id, p.name, d.organisation_id, d.is_paused,
        d.created_at
    FROM drop_folders d JOIN people p ON p.id = d.person_id"""


@dataclass(frozen=True, slots=True)
class Came:
    """What came, to be written: the size is 0 where it has none, `done` what was deposited."""

    path: str
    size_bytes: int
    outcome: Outcome
    reason: Reason | None = None
    done: Deposited | None = None


async def add(
    tx: Transaction,
    actor: Actor,
    folder: FolderId,
    name: str,
    person: PersonId,
    *,
    organisation: OrganisationId | None,
    at: datetime,
) -> DropFolderId:
    """Write a drop folder; its name must be free."""
    return DropFolderId(
        await tx.value(
            "INSERT INTO drop_folders (name, name_key, folder_id, person_id, organisation_id,"
            " bound_by, created_at) VALUES (:name, :key, :folder, :person, :organisation,"
            " :by, :at) RETURNING id",
            name=name,
            key=names.key(name),
            folder=folder,
            person=person,
            organisation=organisation,
            by=actor.person_id,
            at=to_ms(at),
        )
    )


async def is_taken(tx: Transaction, name: str) -> bool:
    """Whether a drop folder has this name, in any case or normal form."""
    key = names.key(name)
    return await tx.value("SELECT 1 FROM drop_folders WHERE name_key = :key", key=key) is not None


async def get(tx: Transaction, number: DropFolderId) -> DropFolder | None:
    """The drop folder of this number."""
    row = await tx.row(f"{_DROP_FOLDERS} WHERE d.id = :id", id=number)
    return None if row is None else _drop_folder(row)


async def of_folder(tx: Transaction, folder: FolderId) -> list[DropFolder]:
    """Those whose files come into this very folder, oldest first."""
    rows = await tx.rows(
        f"{_DROP_FOLDERS} WHERE d.folder_id = :folder ORDER BY d.id", folder=folder
    )
    return [_drop_folder(row) for row in rows]


async def depositors(
    tx: Transaction, actor: Actor, folder: FolderId, most: int
) -> list[tuple[str, str]]:
    """(address, name) by name of active people who may add to a folder today.

    Those whose address she may know.

    Nothing in a network of more than `most` people.
    """
    rows = await tx.rows(
        f"SELECT p.id, p.email, p.name, {access.SEES_ADDRESS} FROM people p"
        " WHERE p.disabled_at IS NULL LIMIT :limit",
        limit=most + 1,
        **access.asking(actor),
    )
    if len(rows) > most:
        return []
    known = [row[0] for row in rows if row[3]]
    may = await access.still_may(tx, folder, known, Action.ADD, actor.today)
    found = [(email, name) for number, email, name, _ in rows if number in may]
    return sorted(found, key=lambda one: names.sort_key(one[1]))


async def everywhere(tx: Transaction) -> list[DropFolder]:
    """All drop folders of the network, oldest first."""
    return [_drop_folder(row) for row in await tx.rows(f"{_DROP_FOLDERS} ORDER BY d.id")]


async def pause(tx: Transaction, number: DropFolderId, *, is_paused: bool) -> None:
    """Write whether it is at rest."""
    await tx.run(
        "UPDATE drop_folders SET is_paused = :paused WHERE id = :id",
        id=number,
        paused=int(is_paused),
    )


async def remove(tx: Transaction, number: DropFolderId) -> None:
    """End a drop folder, with what it tells of arrivals."""
    await tx.run("DELETE FROM drop_folders WHERE id = :id", id=number)


async def note(tx: Transaction, number: DropFolderId, came: Came, at: datetime) -> None:
    """Write what became of a file; nothing when the drop folder is no more."""
    await tx.run(
        "INSERT INTO drop_arrivals"
        " (drop_folder_id, path, size_bytes, outcome, reason, document_id, version, at)"
        " SELECT id, :path, :size, :outcome, :reason, :document, :version, :at"
        " FROM drop_folders WHERE id = :drop",
        drop=number,
        path=came.path,
        size=came.size_bytes,
        outcome=came.outcome,
        reason=came.reason or "",
        document=came.done.document_id if came.done else None,
        version=came.done.version if came.done else None,
        at=to_ms(at),
    )


async def left(tx: Transaction, number: DropFolderId) -> dict[str, Reason]:
    """What was left where it is and not taken since, and why, by path; "" for all of it."""
    rows = await tx.rows(
        "SELECT path, reason FROM drop_arrivals WHERE outcome = 'left' AND id IN"
        " (SELECT MAX(id) FROM drop_arrivals WHERE drop_folder_id = :drop GROUP BY path)"
        " AND (path <> '' OR id > COALESCE((SELECT MAX(id) FROM drop_arrivals"
        " WHERE drop_folder_id = :drop AND outcome <> 'left'), 0))",
        drop=number,
    )
    return {path: Reason(reason) for path, reason in rows}


async def arrivals(
    tx: Transaction, actor: Actor, folder: FolderId, *, before: int, limit: int
) -> list[Arrival]:
    """What came into a folder before that arrival, newest first; documents as she may read them."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT a.id, d.name, a.path, a.size_bytes, a.outcome, a.reason, r.id, a.version, a.at"
        # As many of each as could stand on the page: one of them may have half a million.
        " FROM drop_folders d JOIN drop_arrivals a ON a.id IN (SELECT n.id FROM drop_arrivals n"
        " WHERE n.drop_folder_id = d.id AND n.id < :before ORDER BY n.id DESC LIMIT :limit)"
        " LEFT JOIN documents r ON r.id = a.document_id AND r.removed_at IS NULL"
        f" AND {access.meets('r.folder_id')}"
        " WHERE d.folder_id = :folder ORDER BY a.id DESC LIMIT :limit",
        folder=folder,
        before=before,
        limit=limit,
        **access.asking(actor),
    )
    return [_arrival(row) for row in rows]


def _drop_folder(row: tuple[Any, ...]) -> DropFolder:
    number, name, folder, person, called, organisation, is_paused, at = row
    return DropFolder(
        id=DropFolderId(number),
        name=name,
        folder_id=FolderId(folder),
        person_id=PersonId(person),
        person=called,
        organisation_id=None if organisation is None else OrganisationId(organisation),
        is_paused=bool(is_paused),
        created_at=from_ms(at),
    )


def _arrival(row: tuple[Any, ...]) -> Arrival:
    number, drop, path, size, outcome, reason, document, version, at = row
    return Arrival(
        id=number,
        drop=drop,
        path=path,
        size_bytes=size,
        outcome=Outcome(outcome),
        reason=Reason(reason) if reason else None,
        document_id=None if document is None else DocumentId(document),
        version=version,
        at=from_ms(at),
    )
