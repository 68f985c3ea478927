"""The first act: founding the network with its first steward."""

from __future__ import annotations

from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo
from atelier.model import names
from atelier.workspace.people import checked_email, start_link
from atelier.workspace.place import Workspace


async def found(ws: Workspace, network: str, admin_email: str, *, admin_name: str = "") -> str:
    """Make the network and its first steward: the token of her one-time sign-in link.

    The one use-case without an actor: there is nobody yet. `AlreadySo` ever after.
    Without a name she is called by the local part of her address.
    """
    name, email, now = (
        names.checked(network, field="network"),
        checked_email(admin_email),
        ws.clock(),
    )

    steward_name = names.checked(admin_name or email.partition("@")[0])

    async def unit(tx: Transaction) -> str:
        if await records.network(tx) is not None:
            raise AlreadySo("network")
        await records.add_network(tx, name, ws.settings.network.time_zone, now)
        steward = await records.add_person(tx, email, steward_name, now, is_steward=True)
        return await start_link(ws, tx, steward)

    return await ws.db.write(unit)


async def is_founded(ws: Workspace) -> bool:
    """Whether `found` was done in this data folder."""

    async def unit(tx: Transaction) -> bool:
        return await records.network(tx) is not None

    return await ws.db.read(unit)
