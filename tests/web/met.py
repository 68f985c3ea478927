"""A meeting with something of everything, for those who knock at the doors of meetings."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from atelier.database.engine import Transaction
from atelier.model.agenda import Line
from atelier.model.ids import DocumentId, FolderId
from atelier.web.doors import Door
from atelier.workspace import agenda, meetings, papers_pinned, people
from atelier.workspace.meetings import Draft
from atelier.workspace.place import Workspace
from tests.web.network import Network, within

NEVER: Final = {"meeting": 999_999, "item": 999_999, "decision": 999_999, "todo": 999_999}


def met(made: Network, door: Door, folder: FolderId) -> dict[str, int]:
    """The numbers of a new meeting in this folder, when the door is about one.

    Its paper is the document of the network that stands there.
    """
    if not any(f"{{{name}:id}}" in door.path for name in NEVER):
        return {}
    document = made.document if folder == made.shared else made.hidden
    return within(made, lambda ws: _met(ws, made.tokens["ada"], folder, document))


async def _met(ws: Workspace, token: str, folder: FolderId, document: DocumentId) -> dict[str, int]:
    ada = (await people.session(ws, token)).actor
    draft = Draft("Comité", date(2100, 6, 3), time(14), 120, series="Comité")
    meeting = await meetings.make(ws, ada, folder, draft)
    item = await agenda.add(ws, ada, meeting, Line("Budget"))
    await papers_pinned.pin(ws, ada, meeting, item, document)
    decision, todo = await _written(ws, item)
    return {"meeting": meeting, "item": item, "decision": decision, "todo": todo}


async def _written(ws: Workspace, item: int) -> tuple[int, int]:
    async def unit(tx: Transaction) -> tuple[int, int]:
        decision = await tx.value(
            "INSERT INTO decisions (item_id, text, way, decided_on)"
            " VALUES (:item, 'Oui', 'consensus', '2026-01-08') RETURNING id",
            item=item,
        )
        todo = await tx.value(
            "INSERT INTO todos (item_id, text) VALUES (:item, 'Appeler') RETURNING id", item=item
        )
        return decision, todo

    return await ws.db.write(unit)
