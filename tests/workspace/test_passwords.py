"""Passwords: few hashes at once, and no hash is as slow as a wrong one."""

from __future__ import annotations

import asyncio

import pytest

from atelier.errors import Busy
from atelier.workspace import passwords
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


def test_when_all_places_are_taken_and_none_comes_free_it_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        hashing = Passwords()
        for _ in range(AT_ONCE):
            await hashing._turns.acquire()
        monkeypatch.setattr(passwords, "_WAIT_SECONDS", 0.0)
        with pytest.raises(Busy):
            await hashing.hash("un cheval bleu")
        hashing._turns.release()
        monkeypatch.undo()
        assert await hashing.hash("un cheval bleu")

    asyncio.run(story())
