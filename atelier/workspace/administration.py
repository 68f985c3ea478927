"""What stewards alone are shown of the network itself."""

from __future__ import annotations

from atelier import access
from atelier.database.engine import Transaction
from atelier.model.people import Actor
from atelier.settings import Explained
from atelier.workspace.place import Workspace


async def enter(ws: Workspace, actor: Actor) -> None:
    """`Forbidden` for whoever does not administer the network."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await access.manage(tx, actor)

    await ws.db.read(unit)


async def settings_in_force(ws: Workspace, actor: Actor) -> list[Explained]:
    """Every setting with its value and its source, for stewards; `Forbidden`."""
    await enter(ws, actor)
    return ws.settings.explain()
