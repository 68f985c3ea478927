"""How many invitations somebody makes in a day, and how many letters go to one address.

Counted in the records, beside tries to sign in: an invitation that is withdrawn and made anew, or
a restart, forgets nothing. A day is the last twenty-four hours.
"""

from __future__ import annotations

from typing import Final

from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.errors import TooManyInvitations
from atelier.model.people import Actor
from atelier.workspace import memberships, throttle
from atelier.workspace.place import Workspace

# A coordinator's list of 200 people passes; a steward brings in a whole network.
INVITATIONS: Final = 300
INVITATIONS_OF_A_STEWARD: Final = 3_000
# The first one, and a few for somebody who looks for it in vain.
LETTERS: Final = 5


async def left(ws: Workspace, tx: Transaction, actor: Actor) -> int:
    """How many invitations she may make or send again yet, today."""
    is_steward = await memberships.is_steward(tx, actor)
    most = INVITATIONS_OF_A_STEWARD if is_steward else INVITATIONS
    key = throttle.invitations_by(actor.person_id)
    since = ws.clock() - throttle.DAY
    return max(0, most - await sessions.count_attempts(tx, key, since, ws.clock()))


async def count(ws: Workspace, tx: Transaction, actor: Actor) -> None:
    """Note an invitation of hers. `TooManyInvitations` after as many as may be in a day."""
    key = throttle.invitations_by(actor.person_id)
    if not await left(ws, tx, actor):
        raise await _refusal(ws, tx, key, "too_many_invitations")
    await sessions.note_attempt(tx, key, ws.clock())


async def count_letter(ws: Workspace, tx: Transaction, email: str) -> None:
    """Note a letter of an invitation to an address, whoever has it sent; refused as above."""
    key, now = throttle.letters_to(email), ws.clock()
    if await sessions.count_attempts(tx, key, now - throttle.DAY, now) >= LETTERS:
        raise await _refusal(ws, tx, key, "too_many_letters")
    await sessions.note_attempt(tx, key, now)


async def _refusal(ws: Workspace, tx: Transaction, key: str, fault: str) -> TooManyInvitations:
    """With the time after which there is room for one more."""
    now = ws.clock()
    oldest = (await sessions.attempts(tx, key, now - throttle.DAY))[0]
    return TooManyInvitations(max(1, int((oldest + throttle.DAY - now).total_seconds())), fault)
