"""Where a deposit arrives: a folder, those below it that its tree still lacks, and a name.

Asked twice of each deposit: before its bytes come, and in the transaction that confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from atelier import access
from atelier.database import documents as records
from atelier.database import folders, journal
from atelier.database.engine import Transaction
from atelier.errors import Invalid, NameTaken
from atelier.model import names
from atelier.model.deposits import Taken, Target
from atelier.model.documents import Document
from atelier.model.folders import Action, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace import holding
from atelier.workspace.documents import check_expected, enter
from atelier.workspace.folders import check_extent
from atelier.workspace.place import Workspace

MAX_TWINS = 1_000
_TWINS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes go to `document`, or as a new one called `name` into `folder`.

    With `missing` into the last of these folders, which stand one in the other below
    `folder` once they are made.
    """

    folder: Folder
    name: str
    document: Document | None = None
    missing: tuple[str, ...] = ()


def checked(target: Target) -> Target:
    """The target with its names as they are kept; `BadName`, `Invalid` for too deep a path."""
    if target.document_id is not None:
        return target
    if len(target.path) > names.MAX_DEPTH:
        raise Invalid("path", "too_deep")
    path = tuple(names.checked(part, field="path") for part in target.path)
    return replace(target, name=names.checked(target.name), path=path)


async def find(tx: Transaction, actor: Actor, target: Target, *, sha256: str = "") -> Arrival:
    """Where a checked target arrives now, for an actor who may deposit there.

    `sha256` is that of the bytes, once they came: a document that has them already takes them
    again, where its name would stand in the way of others. `check` comes next.
    """
    if target.document_id is not None:
        folder, document = await enter(tx, actor, target.document_id, Action.REVISE)
        return Arrival(folder, document.name, document)
    assert target.folder_id is not None
    folder = await access.enter(tx, actor, target.folder_id, Action.ADD)
    folder, missing = await _walk(tx, actor, folder, target.path)
    if missing:
        extent = len(missing), len("/".join(missing))
        await check_extent(tx, folder.id, extent, field="path")
        return Arrival(folder, target.name, missing=missing)
    if target.taken is Taken.KEEP_BOTH:
        return await _beside(tx, folder, target.name, sha256)
    return await _named(tx, actor, folder, target, sha256)


async def check(
    ws: Workspace, tx: Transaction, actor: Actor, target: Target, arrival: Arrival
) -> None:
    """Pass when the document that gets the bytes waits for them: `Locked`, `VersionClash`.

    Not to be asked once it has them already, whatever was expected of it.
    """
    if arrival.document is not None:
        await holding.check(ws, tx, actor, arrival.document)
        check_expected(arrival.document, target.expected)


async def enter_target(tx: Transaction, actor: Actor, target: Target) -> Folder:
    """The folder where she may deposit this; names, versions and locks are not asked."""
    if target.document_id is not None:
        folder, _ = await enter(tx, actor, target.document_id, Action.REVISE)
        return folder
    assert target.folder_id is not None
    return await access.enter(tx, actor, target.folder_id, Action.ADD)


async def settle(ws: Workspace, tx: Transaction, actor: Actor, arrival: Arrival) -> Folder:
    """Make the folders that are missing, and give the one where the bytes arrive.

    The right to add is enough: they inherit, so that nobody sees more or less than there.
    """
    folder = arrival.folder
    for name in arrival.missing:
        at = ws.clock()
        number = await folders.add(tx, folder.id, name, actor.person_id, at, is_closed=False)
        facts = {"name": name}
        await journal.note(tx, actor, number, Verb.FOLDER_MADE, at, hat=folder.hat, facts=facts)
        folder = await access.enter(tx, actor, number, Action.ADD)
    return folder


async def _walk(
    tx: Transaction, actor: Actor, folder: Folder, path: tuple[str, ...]
) -> tuple[Folder, tuple[str, ...]]:
    """The last folder of the path that is there, and the names that are not there yet.

    A closed folder holds no name: it is passed by as if it were not there.
    """
    for step, name in enumerate(path):
        holder = await folders.named(tx, folder.id, name)
        if holder is None:
            return folder, path[step:]
        kind, number = holder
        if kind != "folder":
            raise NameTaken(name, kind)
        folder = await access.enter(tx, actor, FolderId(number), Action.ADD)
    return folder, ()


async def _named(
    tx: Transaction, actor: Actor, folder: Folder, target: Target, sha256: str
) -> Arrival:
    holder = await folders.named(tx, folder.id, target.name)
    if holder is None:
        return Arrival(folder, target.name)
    kind, number = holder
    if kind != "document":
        raise NameTaken(target.name, kind)
    document = await records.document(tx, DocumentId(number))
    if target.taken is Taken.REFUSE:
        # Her own request, sent again after a cut, is no clash.
        if document.current.sha256 != sha256:
            raise NameTaken(target.name, kind)
        return Arrival(folder, target.name, document)
    await access.enter(tx, actor, folder.id, Action.REVISE)
    return Arrival(folder, target.name, document)


async def _beside(tx: Transaction, folder: Folder, name: str, sha256: str) -> Arrival:
    """The first free one of `name`, `name (2)`…, or the document on the way with these bytes.

    So the same request once more adds nothing.
    """
    for first in range(1, MAX_TWINS, _TWINS_AT_ONCE):
        numbers = range(first, first + _TWINS_AT_ONCE)
        tried = [name if number == 1 else names.numbered(name, number) for number in numbers]
        held = await records.holders(tx, folder.id, tried)
        for called in tried:
            if called not in held:
                return Arrival(folder, called)
            document, current = held[called]
            if document is not None and current == sha256:
                return Arrival(folder, called, await records.document(tx, document))
    raise NameTaken(name)
