"""Turns: one person's many searches wait for each other, and nobody else for them."""

from __future__ import annotations

import asyncio

import pytest

from atelier.errors import Busy
from atelier.model.people import Actor
from atelier.model.search import Asked
from atelier.workspace import search, suggesting, turns
from atelier.workspace.turns import AT_ONCE, MAX_WAITING, turn
from tests.builders import World, in_network


class Working:
    """Work of a kind that goes on until it is told to end."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.begun = 0
        self.end = asyncio.Event()

    def start(self, actor: Actor, many: int) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._work(actor)) for _ in range(many)]

    async def _work(self, actor: Actor) -> None:
        async with turn(self.world.ws, actor, "search"):
            self.begun += 1
            await self.end.wait()


async def steps() -> None:
    """Let everything go as far as it can without what it waits for."""
    for _ in range(20):
        await asyncio.sleep(0)


@in_network
async def test_many_of_hers_wait_and_others_are_answered_at_once(world: World) -> None:
    awa = await world.person("Awa")
    await world.settle()
    working = Working(world)
    tasks = working.start(awa, AT_ONCE + MAX_WAITING)
    await steps()
    assert working.begun == AT_ONCE
    assert (await search.find(world.ws, world.steward, Asked("budget"))).total == 0
    assert not any(task.done() for task in tasks)
    with pytest.raises(Busy) as refused:
        await search.find(world.ws, awa, Asked("budget"))
    assert refused.value.retry_after_seconds > 0
    with pytest.raises(Busy):
        await search.newest(world.ws, awa, Asked("budget"))
    # What is suggested while she types has turns of its own.
    assert not (await suggesting.suggest(world.ws, awa, "budg")).words
    working.end.set()
    await asyncio.gather(*tasks)
    assert working.begun == AT_ONCE + MAX_WAITING
    assert (await search.find(world.ws, awa, Asked("budget"))).total == 0


@in_network
async def test_turns_are_given_back_by_whoever_goes_away_or_fails(world: World) -> None:
    working = Working(world)
    tasks = working.start(world.steward, AT_ONCE + MAX_WAITING)
    await steps()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _ in range(AT_ONCE + MAX_WAITING + 1):
        with pytest.raises(ZeroDivisionError):
            async with turn(world.ws, world.steward, "search"):
                raise ZeroDivisionError
    assert not turns._LINES[world.ws.db]
    again = working.start(world.steward, AT_ONCE)
    await steps()
    assert working.begun == 2 * AT_ONCE
    working.end.set()
    await asyncio.gather(*again)
