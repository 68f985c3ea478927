"""Turns: what asks for much work, a few at a time for each person, and few that wait.

Whoever asks for many searches at once waits for her own, nobody else does.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from atelier.errors import Busy
from atelier.model.ids import PersonId
from atelier.model.people import Actor
from atelier.workspace.place import Records, Workspace

AT_ONCE = 2
# Papers are written two at a time for everybody: nobody holds both places.
_FEWER: Final[Mapping[str, int]] = {"papers": 1}
MAX_WAITING = 6
_RETRY_SECONDS = 5

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class _Line:
    """The turns of one person at one kind of work."""

    places: asyncio.Semaphore
    count: int = 0


_Lines = dict[tuple[PersonId, str], _Line]

# By records, which live as long as the event loop that the semaphores belong to.
_LINES: Final[WeakKeyDictionary[Records, _Lines]] = WeakKeyDictionary()


def at_once(work: str) -> int:
    """How many of one person's may be at this work at the same time."""
    return _FEWER.get(work, AT_ONCE)


@contextlib.asynccontextmanager
async def turn(ws: Workspace, actor: Actor, work: str) -> AsyncIterator[None]:
    """Wait until fewer than `at_once` of hers are at this work, in this process.

    `Busy` when `MAX_WAITING` of hers wait already.
    """
    lines = _LINES.setdefault(ws.db, {})
    key = (actor.person_id, work)
    most = at_once(work)
    line = lines.setdefault(key, _Line(asyncio.Semaphore(most)))
    if line.count >= most + MAX_WAITING:
        raise Busy(_RETRY_SECONDS)
    line.count += 1
    try:
        async with line.places:
            yield
    finally:
        line.count -= 1
        if not line.count:
            del lines[key]


def in_turn(
    work: str,
) -> Callable[
    [Callable[Concatenate[Workspace, Actor, P], Coroutine[Any, Any, T]]],
    Callable[Concatenate[Workspace, Actor, P], Coroutine[Any, Any, T]],
]:
    """Make a use-case one that waits for its turn; `Busy` is among its errors then."""

    def waiting(
        verb: Callable[Concatenate[Workspace, Actor, P], Coroutine[Any, Any, T]],
    ) -> Callable[Concatenate[Workspace, Actor, P], Coroutine[Any, Any, T]]:
        @functools.wraps(verb)
        async def done(ws: Workspace, actor: Actor, /, *given: P.args, **named: P.kwargs) -> T:
            async with turn(ws, actor, work):
                return await verb(ws, actor, *given, **named)

        return done

    return waiting
