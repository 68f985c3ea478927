"""Digests are made: whose turn it is, whether anything is new to her, and the letter of it.

No actor: the worker calls it. A digest keeps which lines of the journal it tells, and one
transaction writes it, its letter, and through where she was told; so whatever cuts it short
tells nothing twice and loses nothing. Its words are made when the letter leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from atelier.database import digests as records
from atelier.database import follows as follow_records
from atelier.database import people, saved
from atelier.database.digests import Met, Turn
from atelier.database.engine import Transaction, Unit
from atelier.database.times import to_ms
from atelier.errors import AtelierError
from atelier.model.follows import DigestRow, Follow, Followable, Pace
from atelier.model.ids import DigestId, DocumentId, FollowId, MeetingId, PersonId, SavedId
from atelier.model.letters import LetterKind
from atelier.model.people import Actor
from atelier.workspace import digest_lines, entering, mailing, search
from atelier.workspace.place import Workspace, today

FOLDED_FOR: Final = timedelta(minutes=5)  # what comes in this time is one letter
HOUR: Final = time(7)  # of the network's zone
DAYS_BEFORE: Final = 2  # a meeting
KEPT_FOR: Final = timedelta(days=60)
AT_ONCE: Final = 40  # digests made side by side: their rows are committed together
_LOOKED_THROUGH: Final = 200  # the newest that a search finds
_FORGOTTEN_AT_ONCE: Final = 1_000

Matches = tuple[tuple[DocumentId, int], ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A digest that is to be made, of what she follows: `meetings` come next of some of it.

    `found` are the documents that are new in each search.
    """

    turn: Turn
    actor: Actor | None
    follows: tuple[Follow, ...]
    through: int
    meetings: dict[FollowId, Met]
    found: dict[FollowId, Matches]

    @property
    def row(self) -> DigestRow:
        """As it would be kept."""
        first = min(self.meetings.values(), key=lambda one: (one.starts_at, one.id), default=None)
        return DigestRow(
            id=DigestId(0),
            person_id=self.turn.person,
            pace=self.turn.pace,
            through=self.through,
            meeting_id=MeetingId(0) if first is None else first.id,
            after={one.id: one.told_through for one in self.follows},
        )


async def tick(ws: Workspace) -> bool:
    """Make the digests whose turn it is; whether more wait. May be repeated at any time.

    Without a mail server nobody is told, then or later, of what comes meanwhile.
    """
    if not mailing.is_set(ws):
        await _skip(ws)
        return False
    await _watch(ws)
    now = ws.clock()
    turns = await ws.db.read(lambda tx: records.due(tx, now, AT_ONCE))
    await asyncio.gather(*[make(ws, turn) for turn in turns])
    return len(turns) == AT_ONCE


async def make(ws: Workspace, turn: Turn) -> bool:
    """Make one digest, when its turn has come and something is new; whether one was made."""
    plan = await ws.db.read(lambda tx: _planned(ws, tx, turn))
    plan = replace(plan, found=await _searched(ws, plan))
    is_new = await ws.db.read(lambda tx: _is_new(tx, plan))

    async def unit(tx: Transaction) -> bool:
        following = None
        if await follow_records.has_pace(tx, turn.person, turn.pace):
            following = next_turn(turn.pace, ws.clock(), _zone(ws))
        if not await records.end_turn(tx, turn, following):
            return False
        return await _written(ws, tx, plan, is_new=is_new)

    return await ws.db.write(unit)


def next_turn(pace: Pace, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the digest after now is made, as aware UTC; None for one that waits for something.

    At seven by the clock of the network's zone, whatever summer time does to it.
    """
    if pace is Pace.AT_ONCE:
        return None
    day = now.astimezone(zone).date()
    if _seven(day, zone) <= now:
        day += timedelta(days=1)
    if pace is Pace.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    return _seven(day, zone)


async def plan(ws: Workspace, tx: Transaction, person: PersonId, pace: Pace) -> None:
    """Have her told at this pace from now on."""
    now = ws.clock()
    due = next_turn(pace, now, _zone(ws)) or now + FOLDED_FOR
    await records.plan_turn(tx, Turn(person, pace, due))


async def fresh_in(ws: Workspace, actor: Actor, number: SavedId) -> Matches:
    """The newest that one of her searches finds. The errors of `search.find`; none: nothing."""
    kept = await ws.db.read(lambda tx: saved.found(tx, actor.person_id, number))
    if kept is None:
        return ()
    return await search.newest(ws, actor, kept.asked, limit=_LOOKED_THROUGH)


async def forget_old(ws: Workspace) -> int:
    """Let go digests that no letter can be made of any more; how many."""
    before = ws.clock() - KEPT_FOR
    return await ws.db.write(lambda tx: records.forget_before(tx, before, _FORGOTTEN_AT_ONCE))


async def _skip(ws: Workspace) -> None:
    async def is_behind(tx: Transaction) -> bool:
        return await records.watched(tx) != await records.newest(tx)

    if await ws.db.read(is_behind):
        await ws.db.write(records.skip)


async def _watch(ws: Workspace) -> None:
    """Plan digests for those who are told at once of what came since the last look."""

    async def is_behind(tx: Transaction) -> bool:
        return await records.watched(tx) != await records.newest(tx)

    async def unit(tx: Transaction) -> None:
        (after, entry), (through, newest) = await records.watched(tx), await records.newest(tx)
        due = ws.clock() + FOLDED_FOR
        if through > after:
            await records.mark(tx, after, through, due)
        if newest != entry:
            await records.mark_searches(tx, due)
        await records.watch(tx, through, newest)

    if await ws.db.read(is_behind):
        await ws.db.write(unit)


async def _planned(ws: Workspace, tx: Transaction, turn: Turn) -> _Plan:
    """What a digest of this turn would be made of, but for what searches find."""
    through, _ = await records.watched(tx)
    person = await people.person(tx, turn.person)
    assert person is not None
    actor = await entering.actor_of(tx, person, today(ws))
    hers = await follow_records.of_person(tx, actor)
    at_pace = tuple(one for one in hers if one.pace is turn.pace)
    if not person.is_active:
        return _Plan(turn, None, at_pace, through, {}, {})
    meetings: dict[FollowId, Met] = {}
    if turn.pace is Pace.BEFORE_MEETING:
        zone, day = _zone(ws), today(ws)
        until = _midnight(day + timedelta(days=DAYS_BEFORE + 1), zone)
        meetings = await records.coming(tx, actor, _midnight(day, zone), until)
        at_pace = tuple(one for one in at_pace if one.id in meetings)
    return _Plan(turn, actor, at_pace, through, meetings, {})


async def _searched(ws: Workspace, plan: _Plan) -> dict[FollowId, Matches]:
    """What is new in the searches that she follows; one that does not answer waits its turn."""
    found: dict[FollowId, Matches] = {}
    for one in plan.follows:
        if one.what is not Followable.SEARCH or one.name is None or plan.actor is None:
            continue
        number = SavedId(one.what_id)
        try:
            matches = await fresh_in(ws, plan.actor, number)
        except AtelierError:
            continue
        known = await ws.db.read(_known(one.id, number))
        new = tuple(match for match in matches if known.get(match[0], 0) < match[1])
        if new:
            found[one.id] = new
    return found


def _known(follow: FollowId, number: SavedId) -> Unit[dict[DocumentId, int]]:
    async def unit(tx: Transaction) -> dict[DocumentId, int]:
        return await records.search_known(tx, follow, number)

    return unit


async def _is_new(tx: Transaction, plan: _Plan) -> bool:
    """Whether anything of it is to be told, by the rights of now."""
    if plan.actor is None or not plan.follows:
        return False
    searched = {follow: _documents(of_it) for follow, of_it in plan.found.items()}
    return await digest_lines.told(tx, plan.actor, plan.row, searched) is not None


async def _written(ws: Workspace, tx: Transaction, plan: _Plan, *, is_new: bool) -> bool:
    """Write a digest with its letter, and through where she was told; whether one is written.

    What comes before a meeting and is not new waits for the next morning.
    """
    if plan.turn.pace is Pace.BEFORE_MEETING and not is_new and plan.actor is not None:
        return False
    before = {
        one.id: plan.meetings[one.id].id if one.id in plan.meetings else MeetingId(0)
        for one in plan.follows
    }
    await records.advance(tx, plan.turn.person, plan.through, before)
    if not is_new:
        return False
    row = plan.row
    number = await records.add(
        tx, plan.turn, row.after, row.through, row.meeting_id or None, ws.clock()
    )
    for follow, matches in plan.found.items():
        await records.tell_search(tx, follow, matches, number)
    once = f"digest:{plan.turn.person}:{plan.turn.pace}:{to_ms(plan.turn.due_at)}"
    await mailing.queue(ws, tx, LetterKind.DIGEST, person=plan.turn.person, about=number, once=once)
    return True


def _documents(matches: Matches) -> Sequence[DocumentId]:
    return [document for document, _ in matches]


def _zone(ws: Workspace) -> ZoneInfo:
    return ZoneInfo(ws.settings.network.time_zone)


def _seven(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, HOUR, zone).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
