"""Passwords: what is accepted, and argon2id off the event loop, few at a time.

Costs as OWASP's second recommendation (19 MiB, two passes, one lane): the library's
default costs six times as much per sign-in. At most four are computed at once, and one less
than there are processors; who waits longer than ten seconds for her turn is told to come
again.
"""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from atelier.errors import Busy, Invalid
from atelier.workspace import guessing

T = TypeVar("T")

MIN_CHARACTERS = 12
MAX_CHARACTERS = 128
# One processor is left to the event loop: pages go on while a crowd signs in.
AT_ONCE = max(1, min(4, (os.cpu_count() or 1) - 1))
_WAIT_SECONDS = 10.0
_NICENESS = 10
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Passwords:
    """Computes and checks hashes; one for the whole process, so that its limit holds.

    In threads of its own, which run behind everything else: a crowd that signs in neither
    takes the threads of others nor the processor from pages.
    `wait_seconds` is how long somebody waits for her turn before she is told to come again.
    """

    def __init__(self, *, wait_seconds: float = _WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._hasher = _HASHER
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, "hash", initializer=_step_back)
        self._dummy = _of_nobody()

    async def hash(self, password: str) -> str:
        """The hash to keep of an accepted password. `Busy` when too many wait."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def matches(self, password_hash: str, password: str) -> bool:
        """Whether they go together; takes as long when there is no hash ("").

        A password longer than any accepted one is refused without being hashed.
        """
        if len(password) > MAX_CHARACTERS:
            return False
        goes = await self._in_turn(lambda: self._verify(password_hash or self._dummy, password))
        return goes and bool(password_hash)

    async def _in_turn(self, compute: Callable[[], T]) -> T:
        async with _Turn(self._turns, self._wait_seconds):
            return await asyncio.get_running_loop().run_in_executor(self._threads, compute)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def accepted(password: str, *, known: tuple[str, ...]) -> str:
    """The password, or `Invalid` with why not.

    `known` are words about the person that a guesser would try first. CNIL 2022-100 asks for
    eighty bits of a password that stands alone, and fifty where tries are restricted, as
    `throttle` does; twelve letters have 56 when they are chosen by chance. It names no rule of
    composition that must be kept, and asks that what is often used be refused: that is
    `guessing`. The longest is bounded so that no hash is made of a megabyte.
    """
    if len(password) < MIN_CHARACTERS:
        raise Invalid("password", "too_short")
    if len(password) > MAX_CHARACTERS:
        raise Invalid("password", "too_long")
    if len(set(password)) < MIN_CHARACTERS // 2 or guessing.is_guessable(password, known):
        raise Invalid("password", "too_simple")
    return password


@functools.cache
def _of_nobody() -> str:
    """What is checked when there is no hash: it takes as long."""
    return _HASHER.hash("nobody signs in with this one")


def _step_back() -> None:
    """Let this thread run behind others: Linux alone gives a thread a niceness of its own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        nice = os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(nice, 19))


class _Turn:
    """One of the few places to compute a hash; `Busy` when none comes free in time."""

    def __init__(self, turns: asyncio.Semaphore, wait_seconds: float) -> None:
        self._turns, self._wait_seconds = turns, wait_seconds

    async def __aenter__(self) -> None:
        try:
            await asyncio.wait_for(self._turns.acquire(), self._wait_seconds)
        except TimeoutError as error:
            raise Busy(max(1, int(self._wait_seconds))) from error

    async def __aexit__(self, *raised: object) -> None:
        self._turns.release()
