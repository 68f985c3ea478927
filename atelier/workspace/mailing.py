"""Letters, queued with what they tell; `sending` puts them into words and has them leave."""

from __future__ import annotations

import secrets
from datetime import datetime

from atelier.database import jobs
from atelier.database import letters as records
from atelier.database.engine import Transaction
from atelier.database.letters import NewLetter
from atelier.model.ids import InviteId, PersonId
from atelier.model.jobs import JobKind, Rank
from atelier.model.letters import LetterKind, LetterRow
from atelier.workspace.place import Workspace


def is_set(ws: Workspace) -> bool:
    """Whether a mail server is configured. Without one nothing is queued."""
    return bool(ws.settings.mail.server)


async def queue(
    ws: Workspace,
    tx: Transaction,
    kind: LetterKind,
    *,
    person: PersonId | None = None,
    invite: InviteId | None = None,
    about: int = 0,
    once: str = "",
) -> bool:
    """Have a letter sent, in the transaction of what it tells; whether it will be.

    To a person or for an invitation; `about` as its kind says. The same `once` is sent once,
    "" is always another. False, and nothing is written, without a mail server.
    """
    if not is_set(ws):
        return False
    named = once or secrets.token_hex(16)
    letter = await records.add(tx, NewLetter(kind, person, invite, about, named), ws.clock())
    if letter is None:
        return False
    await jobs.queue(tx, JobKind.SEND_LETTER, letter, ws.clock(), rank=Rank.POST)
    return True


async def again(ws: Workspace, tx: Transaction, row: LetterRow, since: datetime) -> bool:
    """Have a letter sent once more that was refused, waits, or may have left since then.

    False when it is none of these.
    """
    now = ws.clock()
    if not await records.revive(tx, row.id, now, since):
        return False
    await jobs.queue(tx, JobKind.SEND_LETTER, row.id, now, rank=Rank.POST)
    await jobs.hasten(tx, JobKind.SEND_LETTER, row.id, now)
    return True
