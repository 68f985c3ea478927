"""Meetings in calendars: one as a file, and for each person the feed of those that she may read.

The address of a feed opens without a session. What it shows is asked for the person whose it
is, at that very moment: a right that ends takes the meeting out of it at the next request.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from atelier import access
from atelier.database import calendars as records
from atelier.database import dossiers, sessions
from atelier.database.engine import Transaction
from atelier.errors import NotFound
from atelier.model.folders import Action
from atelier.model.ids import MeetingId
from atelier.model.meetings import Meeting
from atelier.model.people import Actor
from atelier.papers import calendar
from atelier.papers.calendar import MEDIA_TYPE as MEDIA_TYPE
from atelier.workspace.meetings import enter
from atelier.workspace.place import Workspace, today
from atelier.workspace.signing_in import active, network

MOST_SHOWN: Final = 1_000
_BACK: Final = timedelta(days=366)
_AHEAD: Final = timedelta(days=2 * 366)
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed shows at one moment; `name` is the network's."""

    name: str
    entries: tuple[calendar.Entry, ...]

    @property
    def mark(self) -> str:
        """The same as long as it shows the same: told much sooner than it is written."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


async def invitation(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, *, site: str, heading: str
) -> bytes:
    """A meeting with its agenda as a calendar file, for those who read the dossier.

    `site` is the public URL, `heading` what is written above the agenda's lines.
    """

    async def unit(tx: Transaction) -> Meeting:
        await enter(tx, actor, meeting_id, Action.READ)
        return await dossiers.whole(tx, actor, meeting_id)

    found = await ws.db.read(unit)
    titles = [item.title for item in found.items]
    entry = calendar.Entry(
        found.row,
        found.uid,
        found.sequence,
        found.changed_at,
        address=_address(site, found.row.id),
        description=calendar.agenda(heading, titles),
        contact=found.row.organisation,
    )
    return calendar.written([entry], ws.settings.network.time_zone)


async def made_at(ws: Workspace, actor: Actor) -> datetime | None:
    """Since when her feed has the address it has; None when she has no feed."""
    return await ws.db.read(lambda tx: records.made_at(tx, actor.person_id))


async def make(ws: Workspace, actor: Actor) -> str:
    """The token of a new address for her feed, told this once; an earlier address ends."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await records.put(tx, actor.person_id, sessions.hashed(token), ws.clock())

    await ws.db.write(unit)
    return token


async def end(ws: Workspace, actor: Actor) -> None:
    """End the address of her feed; done also when there is none."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await records.end(tx, actor.person_id)

    await ws.db.write(unit)


async def feed(ws: Workspace, token: str, *, site: str) -> Feed:
    """The meetings of the person whose feed has this address: when, where, title and address.

    Of a year back and two ahead, the last `MOST_SHOWN`. `NotFound` alike for an address that
    never was or has ended, and for a disabled account.
    """
    now, day = ws.clock(), today(ws)

    async def unit(tx: Transaction) -> list[records.Dated]:
        person = await records.owner(tx, sessions.hashed(token))
        actor = None if person is None else await active(tx, person, day)
        if actor is None:
            raise NotFound("calendar")
        return await records.shown(tx, actor, now - _BACK, now + _AHEAD, limit=MOST_SHOWN)

    entries = _entries(await ws.db.read(unit), site)
    return Feed((await network(ws)).name, tuple(entries))


async def written(ws: Workspace, found: Feed) -> bytes:
    """A feed as calendars read it."""
    # Hundreds of events take a tenth of a second and more.
    zone = ws.settings.network.time_zone
    return await asyncio.to_thread(calendar.written, found.entries, zone, name=found.name)


def _entries(shown: Iterable[records.Dated], site: str) -> list[calendar.Entry]:
    return [
        calendar.Entry(
            one.row, one.uid, one.sequence, one.changed_at, address=_address(site, one.row.id)
        )
        for one in shown
    ]


def _address(site: str, meeting: MeetingId) -> str:
    return f"{site}/meetings/{meeting}"
