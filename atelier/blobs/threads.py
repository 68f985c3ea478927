"""Waiting in the loop for what a thread does."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def outlive(future: Future[T]) -> T:
    """Its result. When the caller is cancelled the work goes on to its end, and is kept whole."""
    # Without the shield a step still waiting for a thread would be cancelled too, and the
    # file it was to remove or complete would stay.
    return await asyncio.shield(asyncio.wrap_future(future))
