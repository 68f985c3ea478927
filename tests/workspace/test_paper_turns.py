"""Papers in turn: whoever asks for many waits for her own, and others get theirs."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine
from typing import Any

import pytest

from atelier.errors import Busy
from atelier.model.people import Actor
from atelier.model.prose import Sheet
from atelier.model.record import PaperKind
from atelier.model.register import Sought
from atelier.workspace import decisions, meetings, record
from atelier.workspace.decisions import Register
from atelier.workspace.place import Workspace
from atelier.workspace.turns import MAX_WAITING, at_once
from tests.builders import World, in_network
from tests.recordings import PapersHere, held

AT_ONCE = at_once("papers")


class _Slow(PapersHere):
    """Papers that are written once somebody says so."""

    def __init__(self) -> None:
        self.begun = 0
        self.go_on = asyncio.Event()

    async def write(self, sheet: Sheet, kind: PaperKind) -> bytes:
        """The file."""
        self.begun += 1
        await self.go_on.wait()
        return await super().write(sheet, kind)

    async def reach(self, many: int) -> None:
        """Wait until so many were begun."""
        while self.begun < many:  # noqa: ASYNC110 (no event tells it)
            await asyncio.sleep(0)


def _said(found: Register) -> Sheet:
    return Sheet(f"Registre : {found.total}", "fr", ())


def _many(ws: Workspace, actor: Actor) -> list[asyncio.Task[bytes]]:
    """As many as may be hers at once, at work and waiting."""
    printing = (decisions.printed(ws, actor, Sought(), _said) for _ in range(AT_ONCE + MAX_WAITING))
    return [asyncio.create_task(one) for one in printing]


@in_network
async def test_many_papers_of_one_leave_others_their_turn(world: World) -> None:
    awa, papers = await world.person("Awa"), _Slow()
    ws = dataclasses.replace(world.ws, papers=papers)
    hers = _many(ws, awa)
    await papers.reach(AT_ONCE)
    another = asyncio.create_task(decisions.printed(ws, world.steward, Sought(), _said))
    await papers.reach(AT_ONCE + 1)
    assert papers.begun == AT_ONCE + 1
    with pytest.raises(Busy) as refused:
        await decisions.printed(ws, awa, Sought(), _said)
    assert refused.value.retry_after_seconds > 0
    # Nothing but papers waits.
    assert (await decisions.register(ws, awa, Sought())).total == 0
    papers.go_on.set()
    assert {one[:4] for one in await asyncio.gather(another, *hers)} == {b"%PDF"}
    assert await decisions.printed(ws, awa, Sought(), _said)


@in_network
async def test_every_way_to_a_paper_has_the_same_turns(world: World) -> None:
    marie, papers = world.steward, _Slow()
    meeting = await held(world.ws, marie, await world.folder("Réunions"))
    ws = dataclasses.replace(world.ws, papers=papers)
    number = (await meetings.look(ws, marie, meeting)).meeting.state_number
    hers = _many(ws, marie)
    await papers.reach(AT_ONCE)
    ways: tuple[Coroutine[Any, Any, object], ...] = (
        decisions.printed(ws, marie, Sought(), _said),
        record.preview(ws, marie, meeting, PaperKind.ODT),
        record.deposit(ws, marie, meeting),
        record.approve(ws, marie, meeting, expected=number),
    )
    for way in ways:
        with pytest.raises(Busy):
            await way
    papers.go_on.set()
    await asyncio.gather(*hers)
    assert await record.approve(ws, marie, meeting, expected=number) == 1
