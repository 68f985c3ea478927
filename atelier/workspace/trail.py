"""The access log: noting who read or downloaded what, and reading it, for stewards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from atelier import access
from atelier.database import journal, people
from atelier.database import trail as records
from atelier.database.engine import Transaction
from atelier.errors import NotFound
from atelier.model.documents import Document
from atelier.model.ids import DocumentId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.model.trail import TrailAct, TrailLine
from atelier.workspace.place import Workspace

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines a steward asks for; days are inclusive, of the network's time zone.

    `person` is an address, or the number of somebody who has none any more.
    """

    person: str = ""
    document: DocumentId | None = None
    since: date | None = None
    until: date | None = None


def note(ws: Workspace, actor: Actor, document: Document, version: int, act: TrailAct) -> None:
    """Note that she read or downloaded a version; once her right to it is checked.

    Returns at once, whatever the disk does. While she looks as somebody else, the line
    bears her own number: it is she who reads.
    """
    ws.trail.note(ws.clock(), actor.person_id, document.id, version, act)


async def lines(ws: Workspace, actor: Actor, asked: Asked) -> AsyncIterator[TrailLine]:
    """The lines asked for, oldest first, as an iterator; for stewards.

    That they are read is noted in the network's journal before the first of them is given.
    `NotFound` for an unknown person. A document that the steward may not read herself
    stays a number.
    """

    async def unit(tx: Transaction) -> records.Filter:
        await access.manage(tx, actor)
        found = await _filter(ws, tx, asked)
        facts = await _facts(tx, found)
        await journal.note_network(tx, actor, NetworkVerb.ACCESS_LOG_READ, ws.clock(), **facts)
        return found

    return _each(ws, actor, await ws.db.write(unit))


async def _each(ws: Workspace, actor: Actor, asked: records.Filter) -> AsyncIterator[TrailLine]:
    after = 0

    async def unit(tx: Transaction) -> list[TrailLine]:
        await access.manage(tx, actor)
        return await records.lines(tx, actor, asked, after=after, limit=_BATCH)

    while found := await ws.db.read(unit):
        for line in found:
            yield line
        after = found[-1].number


async def _filter(ws: Workspace, tx: Transaction, asked: Asked) -> records.Filter:
    last = asked.until if asked.until != date.max else None
    return records.Filter(
        person=await _person(tx, asked.person) if asked.person else None,
        document=asked.document,
        since=None if asked.since is None else _begins(ws, asked.since),
        before=None if last is None else _begins(ws, last + timedelta(days=1)),
    )


async def _person(tx: Transaction, said: str) -> PersonId:
    if said.isascii() and said.isdigit() and len(said) < 19:
        return PersonId(int(said))
    found = await people.person_by_email(tx, said)
    if found is None:
        raise NotFound("person")
    return found.id


async def _facts(tx: Transaction, asked: records.Filter) -> dict[str, str]:
    facts = {}
    if asked.document is not None:
        facts["document"] = str(asked.document)
    if asked.person is not None:
        found = await people.person(tx, asked.person)
        facts["person"] = str(asked.person) if found is None else found.name
    return facts


def _begins(ws: Workspace, day: date) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(ws.settings.network.time_zone))
