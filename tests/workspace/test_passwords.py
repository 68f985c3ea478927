"""Passwords: few hashes at once, and no hash is as slow as a wrong one."""

from __future__ import annotations

import asyncio
import os
import sys
import threading

import pytest
from argon2 import PasswordHasher

from atelier.errors import Busy
from atelier.workspace.passwords import AT_ONCE, Passwords


def test_a_hash_matches_its_password_only() -> None:
    async def story() -> None:
        hashing = Passwords()
        kept = await hashing.hash("un cheval bleu")
        assert kept.startswith("$argon2id$") and kept != await hashing.hash("un cheval bleu")
        assert await hashing.matches(kept, "un cheval bleu")
        assert not await hashing.matches(kept, "un cheval vert")
        assert not await hashing.matches("", "nobody signs in with this one")
        assert not await hashing.matches("not a hash", "un cheval bleu")
        assert not await hashing.matches(kept, "x" * 129)

    asyncio.run(story())


def test_when_all_places_are_taken_and_none_comes_free_it_is_busy() -> None:
    async def story() -> None:
        hashing = Passwords(wait_seconds=0.05)
        for _ in range(AT_ONCE):
            await hashing._turns.acquire()
        with pytest.raises(Busy):
            await hashing.hash("un cheval bleu")
        hashing._turns.release()
        assert await hashing.hash("un cheval bleu")

    asyncio.run(story())


class Watched(PasswordHasher):
    """Hashes cheaply, four together or not at all, and counts how many are under way."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.lock, self.together = threading.Lock(), threading.Barrier(AT_ONCE, timeout=60)
        self.now, self.most, self.niceness = 0, 0, set[int]()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        """As the library does, once four threads are here."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        self.together.wait()
        try:
            return super().verify(hash, password)
        finally:
            with self.lock:
                self.now -= 1


def test_of_a_thousand_at_once_four_are_computed_at_a_time_and_the_others_wait() -> None:
    async def story() -> None:
        hashing, watched = Passwords(), Watched()
        kept = watched.hash("un cheval bleu")
        hashing._hasher = watched
        found = await asyncio.gather(
            *(hashing.matches(kept, "un cheval bleu") for _ in range(1000))
        )
        assert found == [True] * 1000
        assert watched.most == AT_ONCE, "in real threads, never more"
        if sys.platform == "linux":
            here = os.getpriority(os.PRIO_PROCESS, 0)
            assert watched.niceness == {min(19, here + 10)}, "behind whoever asks for a page"
            assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == here

    asyncio.run(story())


def test_nothing_is_computed_for_a_password_of_a_megabyte() -> None:
    async def story() -> None:
        hashing = Passwords()
        for _ in range(AT_ONCE):
            await hashing._turns.acquire()
        assert not await hashing.matches("", "é" * 2**20), "it waits for no turn"

    asyncio.run(story())
