"""Second factors: who must have one, and who is asked for hers."""

from __future__ import annotations

from dataclasses import replace

from atelier import access
from atelier.database import keys
from atelier.database.engine import Transaction
from atelier.model.people import Actor
from atelier.workspace.place import Workspace


async def is_obliged(ws: Workspace, tx: Transaction, actor: Actor) -> bool:
    """Whether her account must have a second factor, by the setting `second_factor`.

    For whom she acts or as whom she looks makes no difference.
    """
    who, actor = ws.settings.sessions.second_factor, replace(actor, acting_as=None, seeing=None)
    if who == "nobody":
        return False
    return actor.is_steward or (who == "coordinators" and await access.coordinates(tx, actor))


async def is_asked(ws: Workspace, tx: Transaction, actor: Actor) -> bool:
    """Whether a password is not enough for her.

    An authenticator app is made to be asked for. A passkey is a way in of its own: it is
    asked for beside a password only where a second factor is an obligation, so that nobody is
    shut out of another computer by having made one.
    """
    held = await keys.held(tx, actor.person_id)
    return held.has_app or (held.passkeys > 0 and await is_obliged(ws, tx, actor))
