"""Before an act and while it is made: who gains, who loses. The rehearsal is the act itself.

`announce` runs the real use-case in a real transaction, looks at the records before and
after, and undoes it. `make_as_announced` does the same and keeps it, provided that the
difference is the one announced. So what is announced is what is measured, for every
use-case there is or will be, as long as it writes in one transaction.

All other writes wait while everybody's access is looked at. So an act is first tried without
looking, which refuses whoever may not do it; then one act at a time is looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from atelier.database import effects as records
from atelier.database.engine import Transaction, Unit
from atelier.errors import Busy, EffectChanged
from atelier.model.effects import Announcement, Effect
from atelier.model.people import Actor
from atelier.workspace.comparing import compare
from atelier.workspace.place import Records, Workspace

T = TypeVar("T")

Act = Callable[[Workspace], Awaitable[object]]

MOST_WAITING: Final = 8
_RETRY_SECONDS: Final = 5


def about(action: str, fields: Mapping[str, str]) -> str:
    """What is asked, as one text: the address of the form, and what was filled in."""
    return json.dumps([action, sorted(fields.items())])


async def announce(
    ws: Workspace, actor: Actor, act: Act, *, about: str, later: date | None = None
) -> Announcement:
    """Who would gain and who would lose by the act, today and perhaps on a later day.

    Nothing of it stays. Raises what the act raises; `Busy` when too many ask for it at once.
    """
    await _try(ws, act)
    async with _turn(ws.db):
        seen = await _rehearse(ws, act, _days(actor, later))
    effects = await _effects(seen)
    return Announcement(effects, _mark(actor, about, effects))


async def make_as_announced(
    ws: Workspace, actor: Actor, act: Act, mark: str, *, about: str, later: date | None = None
) -> None:
    """Make the act when it does what this mark was given for; else `EffectChanged`, undone.

    Raises what the act raises; `Busy` when too many ask for it at once.
    """

    def check(effects: tuple[Effect, ...]) -> None:
        present = _mark(actor, about, effects)
        if not hmac.compare_digest(present.encode(), mark.encode()):
            raise EffectChanged()

    async def judge(seen: _Seen) -> None:
        if seen != rehearsed:
            check(_compared(seen))

    await _try(ws, act)
    async with _turn(ws.db):
        # Compared on a rehearsal first: others who write do not wait for the comparing, unless
        # something has changed in between.
        rehearsed = await _rehearse(ws, act, _days(actor, later))
        check(await _effects(rehearsed))
        await act(replace(ws, db=_Watched(ws.db, _days(actor, later), judge)))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The records on both sides of an act."""

    before: records.Snapshot
    after: records.Snapshot
    names: records.Names


class _Undone(Exception):
    """Leaves a transaction so that nothing of it stays."""

    def __init__(self, seen: _Seen | None = None) -> None:
        super().__init__()
        self.seen = seen


class _Turns:
    """Whose turn it is to be looked at, and how many wait for theirs."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


# By records, which live as long as the event loop that the lock belongs to.
_TURNS: Final[WeakKeyDictionary[Records, _Turns]] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def _turn(db: Records) -> AsyncIterator[None]:
    turns = _TURNS.setdefault(db, _Turns())
    if turns.waiting >= MOST_WAITING:
        raise Busy(_RETRY_SECONDS)
    turns.waiting += 1
    try:
        await turns.lock.acquire()
    finally:
        turns.waiting -= 1
    try:
        yield
    finally:
        turns.lock.release()


async def _try(ws: Workspace, act: Act) -> None:
    """Raises what the act raises, at the cost of the act; nothing of it stays."""
    with contextlib.suppress(_Undone):
        await act(replace(ws, db=_Tried(ws.db)))


async def _rehearse(ws: Workspace, act: Act, days: tuple[date, ...]) -> _Seen | None:
    """What the act would see before and after it, undone; None when it writes nothing."""

    async def undo(seen: _Seen) -> None:
        raise _Undone(seen)

    try:
        await act(replace(ws, db=_Watched(ws.db, days, undo)))
    except _Undone as undone:
        return undone.seen
    return None


class _Tried:
    """The records for one act: what it writes is undone, and nothing is looked at."""

    def __init__(self, db: Records) -> None:
        self._db = db

    async def read(self, unit: Unit[T]) -> T:
        """As ever."""
        return await self._db.read(unit)

    async def write(self, unit: Unit[T]) -> T:
        """Raises what the unit raises; else leaves the act, and nothing of it stays."""

        async def undone(tx: Transaction) -> T:
            await unit(tx)
            raise _Undone()

        return await self._db.write(undone)


class _Watched:
    """The records for one act: what it writes is looked at before and after, and judged."""

    def __init__(
        self, db: Records, days: tuple[date, ...], judge: Callable[[_Seen], Awaitable[None]]
    ) -> None:
        self._db, self._days, self._judge = db, days, judge
        self._has_written = False

    async def read(self, unit: Unit[T]) -> T:
        """As ever."""
        return await self._db.read(unit)

    async def write(self, unit: Unit[T]) -> T:
        """The unit, unless the judge raises: then nothing of it stays."""
        if self._has_written:
            raise RuntimeError("an act that is announced writes in one transaction")

        async def watched(tx: Transaction) -> T:
            before = await records.snapshot(tx, self._days)
            result = await unit(tx)
            after = await records.snapshot(tx, self._days)
            await self._judge(_Seen(before, after, await records.names(tx)))
            return result

        result = await self._db.write(watched)
        self._has_written = True
        return result


def _days(actor: Actor, later: date | None) -> tuple[date, ...]:
    return (actor.today, later) if later and later > actor.today else (actor.today,)


async def _effects(seen: _Seen | None) -> tuple[Effect, ...]:
    if seen is None:
        return ()
    # Beside the event loop: a wide network takes some tenths of a second.
    return await asyncio.to_thread(_compared, seen)


def _compared(seen: _Seen) -> tuple[Effect, ...]:
    return compare(seen.before, seen.after, seen.names)


def _mark(actor: Actor, about: str, effects: Iterable[Effect]) -> str:
    told = [(effect.day > actor.today, effect.fingerprint) for effect in effects]
    return hashlib.sha256(json.dumps([actor.person_id, about, told]).encode()).hexdigest()
