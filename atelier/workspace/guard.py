"""The patient-data guard: what reading found, and the two answers to it.

« C'est voulu » settles a finding; taking the version out ends it with its previews, its text
and its entry in the index. The folder's coordinators may, and who deposited the version while
she may still revise there; for all others there is nothing to answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from atelier.database import entries, folders, journal
from atelier.database import findings as records
from atelier.database import trash as ending
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, NotFound
from atelier.model.documents import Document
from atelier.model.findings import Warned
from atelier.model.folders import Action, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace import holding
from atelier.workspace.documents import enter, forget_texts, note, numbered
from atelier.workspace.place import Workspace
from atelier.workspace.watching import is_watching, only_by

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """The newest versions that wait for her answer; `has_more` when there are others."""

    shown: tuple[Warned, ...] = ()
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended: the version, or its document when it was the only one."""

    folder: FolderId
    is_document: bool


async def waiting(ws: Workspace, actor: Actor) -> Waiting:
    """What waits for her answer, wherever it stands, for the page where she begins."""
    if not is_watching(ws, actor):
        return Waiting()
    found = await ws.db.read(lambda tx: records.waiting(tx, actor, _SHOWN + 1))
    return Waiting(tuple(found[:_SHOWN]), len(found) > _SHOWN)


async def settle(ws: Workspace, actor: Actor, document_id: DocumentId, number: int) -> None:
    """Say that what was found in a version is wanted there; the journal tells it.

    `AlreadySo` when nothing waits for an answer.
    """

    async def unit(tx: Transaction) -> None:
        folder, document, found = await _answering(tx, actor, document_id, number)
        await records.settle(tx, found.version_id, actor.person_id, ws.clock())
        facts = {"name": document.name, "version": str(number)}
        await note(ws, tx, actor, folder, document.id, Verb.FINDING_SETTLED, **facts)

    await ws.db.write(unit)


async def end_version(ws: Workspace, actor: Actor, document_id: DocumentId, number: int) -> Ended:
    """End a version in which something was found, for good; the only one with its document.

    The one before becomes the current one; no number is given again. Its bytes go with the
    next collection, unless another version has them too. `AlreadySo` when nothing waits for
    an answer, `Locked` when somebody else is editing what would change.
    """

    async def unit(tx: Transaction) -> tuple[Ended, list[tuple[int, str]]]:
        folder, document, found = await _answering(tx, actor, document_id, number)
        if number == document.current.number:
            await holding.check(ws, tx, actor, document)
        if len(document.versions) == 1:
            return Ended(folder.id, True), await _end_document(ws, tx, actor, folder, document)
        ended = await ending.purge_version(tx, document.id, found.version_id, ws.clock())
        await entries.note(tx, document.id)
        facts = {"name": document.name, "version": str(number)}
        await note(ws, tx, actor, folder, document.id, Verb.VERSION_PURGED, **facts)
        return Ended(folder.id, False), ended

    done, ended = await ws.db.write(unit)
    await forget_texts(ws, ended)
    return done


async def _answering(
    tx: Transaction, actor: Actor, document_id: DocumentId, number: int
) -> tuple[Folder, Document, records.Findable]:
    """The version of a finding that is hers to answer.

    To one who may not, a version with a finding is like one without.
    """
    folder, document = await enter(tx, actor, document_id, Action.REVISE)
    numbered(document, number)
    found = await records.findable(tx, document.id, number)
    assert found is not None
    if only_by(actor, folder) not in (None, found.author):
        raise NotFound("finding")
    if not found.is_open:
        raise AlreadySo("settled")
    return folder, document, found


async def _end_document(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, document: Document
) -> list[tuple[int, str]]:
    await folders.free_name(tx, "document", document.id)
    ended = await ending.purge_document(tx, document.id)
    facts = {"name": document.name}
    await journal.note(
        tx, actor, folder.id, Verb.DOCUMENT_PURGED, ws.clock(), hat=folder.hat, facts=facts
    )
    return ended
