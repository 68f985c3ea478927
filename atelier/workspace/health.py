"""How reading fares on this server; for stewards, and without a name of any document."""

from __future__ import annotations

from typing import Final

from atelier import access
from atelier.database import health as records
from atelier.database.engine import Transaction
from atelier.errors import Fault
from atelier.model.documents import ReadState
from atelier.model.people import Actor
from atelier.model.reading import FailedReading, ReadingHealth, ReadingMeans
from atelier.workspace.place import Workspace

MOST_FAILED: Final = 50


async def look(ws: Workspace, actor: Actor) -> ReadingHealth:
    """The programs found, the bounds that hold, versions by state, readings given up."""

    async def unit(tx: Transaction) -> tuple[dict[ReadState, int], tuple[FailedReading, ...]]:
        access.act(actor)
        await access.manage(tx, actor)
        return await records.states(tx), await records.failed(tx, MOST_FAILED)

    states, failed = await ws.db.read(unit)
    return ReadingHealth(await _means(ws), states, failed)


async def _means(ws: Workspace) -> ReadingMeans:
    """What reading has here; no bounds where the process that keeps them does not start."""
    try:
        return await ws.readers.means()
    except Fault:
        return ReadingMeans(
            is_bounded=False, no_network=False, no_files=False, no_new_privileges=False
        )
