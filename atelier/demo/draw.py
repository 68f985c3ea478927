"""Choices that look random and are the same every time: a hash of what is being chosen."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def number(key: str, low: int, high: int) -> int:
    """A number from `low` to `high`, both included, always the same for a key."""
    digest = blake2b(key.encode(), digest_size=8).digest()
    return low + int.from_bytes(digest, "big") % (high - low + 1)


def one(key: str, choices: Sequence[T]) -> T:
    """One of the choices, always the same for a key."""
    return choices[number(key, 0, len(choices) - 1)]


def some(key: str, choices: Sequence[T], count: int) -> tuple[T, ...]:
    """`count` different choices, in the order they were given."""
    ranked = sorted(range(len(choices)), key=lambda at: number(f"{key}#{at}", 0, 2**62))
    return tuple(choices[at] for at in sorted(ranked[:count]))
