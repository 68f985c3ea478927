"""Who is warned of patient data that reading found: what pages about documents ask.

The coordinators of the folder, and who deposited the version as long as she may revise there:
those who may answer, in `guard`. Nobody is warned while she looks as somebody else, nor where
the guard is off.
"""

from __future__ import annotations

import dataclasses

from atelier.database import agenda
from atelier.database import findings as records
from atelier.database.engine import Transaction
from atelier.model.documents import Document
from atelier.model.findings import Warned
from atelier.model.folders import Action, Folder
from atelier.model.ids import PersonId
from atelier.model.people import Actor
from atelier.workspace.place import Workspace

_SHOWN_IN_FOLDER = 20


async def of_document(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, document: Document
) -> tuple[Warned, ...]:
    """What waits for her answer in a document of a folder that she has entered."""
    if not is_watching(ws, actor) or not folder.allows(Action.REVISE):
        return ()
    found = await records.of_document(tx, document.id, only_by(actor, folder))
    return tuple([await _with_meetings(tx, actor, one) for one in found])


async def in_folder(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder
) -> tuple[Warned, ...]:
    """What waits for her answer in the documents that stand in a folder, newest first."""
    if not is_watching(ws, actor) or not folder.allows(Action.REVISE):
        return ()
    return tuple(await records.in_folder(tx, folder.id, only_by(actor, folder), _SHOWN_IN_FOLDER))


async def _with_meetings(tx: Transaction, actor: Actor, one: Warned) -> Warned:
    laid = await agenda.laid(tx, actor, one.document_id, version=one.number)
    return dataclasses.replace(one, laid=laid)


def is_watching(ws: Workspace, actor: Actor) -> bool:
    """Whether this person may be warned at all."""
    return ws.settings.reading.patient_data_guard and actor.seeing is None


def only_by(actor: Actor, folder: Folder) -> PersonId | None:
    """Whose versions she may answer for in this folder; None: everybody's."""
    return None if folder.allows(Action.RESTORE) else actor.person_id
