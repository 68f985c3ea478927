"""Meetings with what was decided and is to be done, for what comes after them."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from atelier.database.engine import Transaction, Unit
from atelier.model.agenda import Line
from atelier.model.ids import DecisionId, FolderId, ItemId, MeetingId, TodoId
from atelier.model.meetings import Votes, Way
from atelier.model.minutes import Ruling, Task
from atelier.model.people import Actor
from atelier.workspace import agenda, decided, meetings
from atelier.workspace.place import Records, Workspace

T = TypeVar("T")


class Counting:
    """Records that count the statements of those who read them."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.statements = 0

    async def read(self, unit: Unit[T]) -> T:
        """As `Records.read`."""

        async def counted(tx: Transaction) -> T:
            before = tx.statements
            found = await unit(tx)
            self.statements += tx.statements - before
            return found

        return await self.records.read(counted)

    async def write(self, unit: Unit[T]) -> T:
        """As `Records.write`."""
        return await self.records.write(unit)


async def meeting(
    ws: Workspace, by: Actor, folder: FolderId, title: str, day: date, *, series: str = ""
) -> ItemId:
    """A meeting with one item; the number of that item."""
    number = await meetings.make(ws, by, folder, meetings.Draft(title, day, series=series))
    return await agenda.add(ws, by, number, Line(f"Point de {title}"))


async def meeting_of(ws: Workspace, item: ItemId) -> MeetingId:
    """The meeting of an item."""
    return MeetingId(await _value(ws, "SELECT meeting_id FROM agenda_items WHERE id = :id", item))


async def dossier_of(ws: Workspace, item: ItemId) -> FolderId:
    """The folder that the meeting of an item owns."""
    number = await meeting_of(ws, item)
    return FolderId(await _value(ws, "SELECT dossier_id FROM meetings WHERE id = :id", number))


async def decision(
    ws: Workspace, by: Actor, item: ItemId, text: str, day: date, *, votes: Votes | None = None
) -> DecisionId:
    """Something decided at an item, by consensus unless there are votes."""
    ruling = Ruling(text, Way.VOTE if votes else Way.CONSENSUS, day, votes)
    return await decided.decide(ws, by, await meeting_of(ws, item), item, ruling)


async def todo(
    ws: Workspace,
    by: Actor,
    item: ItemId,
    text: str,
    *,
    of: Actor | None = None,
    organisation: str = "",
    due: date | None = None,
) -> TodoId:
    """Something to be done, given to somebody, and to her organisation when none is said."""
    task = Task(text, of.name if of else "", organisation, due)
    return await decided.give(ws, by, await meeting_of(ws, item), item, task)


async def _value(ws: Workspace, sql: str, number: int) -> int:
    return int(await ws.db.read(lambda tx: tx.value(sql, id=number)))
