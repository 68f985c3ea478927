"""Passwords: what is accepted, and argon2id off the event loop, few at a time.

Costs as OWASP's second recommendation (19 MiB, two passes, one lane): the library's
default costs six times as much per sign-in. At most four are computed at once.
"""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from atelier.errors import Busy, Invalid
from atelier.model import names

MIN_CHARACTERS = 12
MAX_CHARACTERS = 128
AT_ONCE = 4
_WAIT_SECONDS = 10.0


class Passwords:
    """Computes and checks hashes; one for the whole process, so that its limit holds."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._dummy = self._hasher.hash("nobody signs in with this one")

    async def hash(self, password: str) -> str:
        """The hash to keep of an accepted password. `Busy` when too many wait."""
        async with _Turn(self._turns):
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password_hash: str, password: str) -> bool:
        """Whether they go together; takes as long when there is no hash ("").

        A password longer than any accepted one is refused without being hashed.
        """
        if len(password) > MAX_CHARACTERS:
            return False
        async with _Turn(self._turns):
            return await asyncio.to_thread(
                self._verify, password_hash or self._dummy, password
            ) and (bool(password_hash))

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def accepted(password: str, *, known: tuple[str, ...]) -> str:
    """The password, or `Invalid` with why not (CNIL 2022-100: length, and not guessable).

    `known` are words about the person that a guesser would try first.
    """
    if len(password) < MIN_CHARACTERS:
        raise Invalid("password", "too_short")
    if len(password) > MAX_CHARACTERS:
        raise Invalid("password", "too_long")
    if len(set(password)) < MIN_CHARACTERS // 2:
        raise Invalid("password", "too_simple")
    if any(names.key(password) == names.key(word) for word in known):
        raise Invalid("password", "too_simple")
    return password


class _Turn:
    """One of the few places to compute a hash; `Busy` when none comes free in time."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns

    async def __aenter__(self) -> None:
        try:
            await asyncio.wait_for(self._turns.acquire(), _WAIT_SECONDS)
        except TimeoutError as error:
            raise Busy(int(_WAIT_SECONDS)) from error

    async def __aexit__(self, *raised: object) -> None:
        self._turns.release()
