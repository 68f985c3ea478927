"""A forgotten password: asked for by anybody for any address, with one answer for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from atelier.database import people as records
from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.model.letters import LetterKind
from atelier.workspace import mailing, throttle
from atelier.workspace.place import Workspace
from atelier.workspace.signing_in import MAX_EMAIL_CHARACTERS

LETTERS_AN_HOUR: Final = 5
# Many forget from behind one town hall's address; who asks for more goes through a list.
FAILURES_OF_AN_ADDRESS: Final = 30
_HOUR: Final = timedelta(hours=1)


async def ask(ws: Workspace, email: str, address: str) -> None:
    """Have a link sent with which the one of this address chooses another password.

    Nothing tells whether there is such an account, whether it is active, or whether a letter
    leaves: the same statements run, and for nobody a letter is queued that is dropped when it
    is to leave. An address gets a few letters an hour, silently. `TooMany` for a network
    address that asks for many. Without a mail server nothing happens.
    """
    if not mailing.is_set(ws):
        return
    now = ws.clock()
    given = email.strip()[:MAX_EMAIL_CHARACTERS].strip()
    account = f"forgotten-{throttle.account(given)}"
    place = f"forgotten-{throttle.address(address)}"

    async def unit(tx: Transaction) -> None:
        await throttle.check(tx, {place: FAILURES_OF_AN_ADDRESS}, now)
        if len(await sessions.attempts(tx, account, now - _HOUR)) >= LETTERS_AN_HOUR:
            return
        await sessions.note_attempt(tx, account, now)
        found = await records.password_of(tx, given)
        await mailing.queue(ws, tx, LetterKind.RESET, person=found[0] if found else None)

    await ws.db.write(unit)
