"""What somebody shows of herself in the directory; she chooses it, nobody else does."""

from __future__ import annotations

from atelier import access
from atelier.database import contacts
from atelier.model.contacts import MAX_PHONE_CHARACTERS as MAX_PHONE_CHARACTERS
from atelier.model.contacts import Showing, checked_phone
from atelier.model.people import Actor
from atelier.workspace.place import Workspace


async def look(ws: Workspace, actor: Actor) -> Showing:
    """What she shows; `Forbidden` while she looks as somebody else."""
    access.act(actor)
    return await ws.db.read(lambda tx: contacts.showing(tx, actor.person_id))


async def choose(
    ws: Workspace, actor: Actor, *, phone: str, shows_email: bool, shows_phone: bool
) -> Showing:
    """Show this from now on; `Invalid` for a telephone number that is none.

    Her address stays known to those who manage her account: `access.SEES_ADDRESS`.
    """
    access.act(actor)
    chosen = Showing(checked_phone(phone), shows_email, shows_phone)
    await ws.db.write(lambda tx: contacts.choose(tx, actor.person_id, chosen))
    return chosen
