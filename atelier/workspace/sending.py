"""Letters that leave, at most once by themselves; the worker's.

One is written down as handed over before its first byte goes out; whatever cuts that short,
nobody sends it again but a steward who asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from atelier.database import jobs
from atelier.database import letters as records
from atelier.database.engine import Transaction
from atelier.model.ids import LetterId
from atelier.model.jobs import JobKind, Rank
from atelier.model.letters import LetterFault, LetterRow, LetterState
from atelier.post.contract import Answer, Fate
from atelier.workspace import letters_out
from atelier.workspace.place import Workspace

GIVEN_UP_AFTER: Final = timedelta(days=3)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_FATES: Final = {
    Fate.TAKEN: LetterState.SENT,
    Fate.LATER: LetterState.WAITING,
    Fate.REFUSED: LetterState.REFUSED,
    Fate.UNSURE: LetterState.HANDED,
}


async def send(ws: Workspace, number: int) -> None:
    """Send a letter that waits; done also when it is gone or waits no more."""
    letter = LetterId(number)
    row = await ws.db.read(lambda tx: records.found(tx, letter))
    if row is None or row.state is not LetterState.WAITING:
        return
    to = await ws.db.read(lambda tx: letters_out.address(ws, tx, row))
    if to is None:
        await ws.db.write(lambda tx: _drop(ws, tx, row))
        return
    giving = _Giving(ws, letter, to)
    answer = await ws.post.send(to, giving.give)
    await ws.db.write(lambda tx: _settle(ws, tx, giving, answer))


async def give_up(ws: Workspace, number: int) -> None:
    """Settle a letter whose sending failed each time, by no fault of a server: refused.

    One that was handed over stays so: it may have left.
    """

    async def unit(tx: Transaction) -> None:
        row = await records.found(tx, LetterId(number))
        if row is not None and row.state is LetterState.WAITING:
            fault = LetterFault.DEFECT
            await records.settle(tx, row.id, LetterState.REFUSED, ws.clock(), answer=fault)

    await ws.db.write(unit)


@dataclass(frozen=True, slots=True)
class _Giving:
    """A letter given to the server that has taken its address."""

    ws: Workspace
    letter: LetterId
    to: str

    async def give(self) -> bytes | None:
        """Its message, once it is written down as handed over; None when it is not to go.

        What it may say is asked now. The link in it is made now too: a letter that could not
        leave has made none.
        """
        return await self.ws.db.write(self._unit)

    async def _unit(self, tx: Transaction) -> bytes | None:
        row = await records.found(tx, self.letter)
        if row is None or row.state is not LetterState.WAITING:
            return None
        letter = await letters_out.resolved(self.ws, tx, row)
        if letter is None:
            await _drop(self.ws, tx, row)
            return None
        if letter.to != self.to:
            return None
        await records.hand(tx, row.id, self.to, self.ws.clock())
        return self.ws.post.compose(letter)


async def _drop(ws: Workspace, tx: Transaction, row: LetterRow) -> None:
    await records.settle(tx, row.id, LetterState.DROPPED, ws.clock())


async def _settle(ws: Workspace, tx: Transaction, giving: _Giving, answer: Answer) -> None:
    row = await records.found(tx, giving.letter)
    if row is None:
        return
    if answer.fate is Fate.KEPT:
        if row.state is LetterState.WAITING:  # the address changed meanwhile
            await _put_off(ws, tx, row)
        return
    state, said = _FATES[answer.fate], answer.said
    if state is LetterState.WAITING and ws.clock() - row.created_at > GIVEN_UP_AFTER:
        state, said = LetterState.REFUSED, said or LetterFault.GIVEN_UP
    await records.settle(tx, row.id, state, ws.clock(), answer=said, to=giving.to)
    if state is LetterState.WAITING:
        await _put_off(ws, tx, row)


async def _put_off(ws: Workspace, tx: Transaction, row: LetterRow) -> None:
    pause = min(timedelta(minutes=2 ** min(row.attempts, 10)), _LONGEST_PAUSE)
    await jobs.queue(tx, JobKind.SEND_LETTER, row.id, ws.clock() + pause, rank=Rank.POST)
