"""The mail of the network, for its stewards: what waits, what was refused, what may have left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from atelier import access
from atelier.database import journal, people
from atelier.database import letters as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid
from atelier.model.ids import LetterId
from atelier.model.journal import NetworkVerb
from atelier.model.letters import LetterKind, LetterRow, LetterState, MailHealth
from atelier.model.people import Actor
from atelier.workspace import mailing
from atelier.workspace.place import Workspace

MOST_SHOWN: Final = 200
# As long as a server may take with a letter before nothing more is awaited of it.
_STILL_GOING: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Troubled:
    """A letter that did not leave, or perhaps did; `to` is its person or address, or ""."""

    row: LetterRow
    to: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The mail of the network; `server` is "" where none is set, and then nothing is sent.

    `troubled` are the last `MOST_SHOWN` letters that somebody should look at.
    """

    server: str
    sender: str
    health: MailHealth
    sent: int
    troubled: tuple[Troubled, ...]


async def health(ws: Workspace, actor: Actor) -> MailHealth:
    """How the mail fares, in short, for stewards."""

    async def unit(tx: Transaction) -> MailHealth:
        await access.manage(tx, actor)
        return await records.health(tx)

    return await ws.db.read(unit)


async def look(ws: Workspace, actor: Actor) -> Desk:
    """The mail of the network, for stewards."""
    mail, before = ws.settings.mail, ws.clock() - _STILL_GOING

    async def unit(tx: Transaction) -> Desk:
        await access.manage(tx, actor)
        counts = await records.counts(tx)
        rows = await records.troubled(tx, before, MOST_SHOWN)
        return Desk(
            server=mail.server,
            sender=mail.sender,
            health=await records.health(tx),
            sent=counts.get(LetterState.SENT, 0),
            troubled=tuple([Troubled(row, await _recipient(tx, row)) for row in rows]),
        )

    return await ws.db.read(unit)


async def send_again(ws: Workspace, actor: Actor, letter: LetterId) -> None:
    """Send a letter once more that was refused, may have left, or waits for another try.

    `AlreadySo` for any other: it left, is leaving, or nothing was to be told any more.
    """

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        row = await records.found(tx, letter)
        if row is None or not await mailing.again(ws, tx, row, ws.clock() - _STILL_GOING):
            raise AlreadySo("letter_left")
        to = await _recipient(tx, row)
        verb = NetworkVerb.LETTER_SENT_AGAIN
        await journal.note_network(tx, actor, verb, ws.clock(), name=to)

    await ws.db.write(unit)


async def send_test(ws: Workspace, actor: Actor) -> None:
    """Send oneself a letter; `Invalid` without a mail server."""

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        if not await mailing.queue(ws, tx, LetterKind.TEST, person=actor.person_id):
            raise Invalid("mail", "no_mail")

    await ws.db.write(unit)


async def _recipient(tx: Transaction, row: LetterRow) -> str:
    if row.person_id is None:
        return row.sent_to
    person = await people.person(tx, row.person_id)
    return row.sent_to if person is None else person.name
