"""The access log takes notes at once, writes them in groups, and drops nothing unseen."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from atelier.database import trail
from atelier.database.access_log import GROUP_SECONDS, WINDOW_MS, AccessLog
from atelier.database.engine import Transaction
from atelier.errors import NoRoom
from atelier.model.ids import DocumentId, MeetingId, PersonId
from atelier.model.trail import TrailAct
from atelier.workspace import meetings
from tests.builders import World, in_network, network, never
from tests.faults import FaultPlan
from tests.held import writer_held
from tests.house import ROOT

READ, DOWNLOAD = TrailAct.READ, TrailAct.DOWNLOAD
FULL = errno.ENOSPC


class Pauses:
    """Pauses that end when the story says so; `asked` tells how long each was to be."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[float] = asyncio.Queue()
        self._ends = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        """Wait until `end`."""
        self.asked.put_nowait(seconds)
        await self._ends.acquire()

    def end(self) -> None:
        """Let one pause end."""
        self._ends.release()


@asynccontextmanager
async def log_of(world: World, **given: object) -> AsyncIterator[AccessLog]:
    """A further log on the same records, as another process has it."""
    log = AccessLog(world.ws.db, **{"pause": never, **given})  # type: ignore[arg-type]
    yield log
    await log.close()


def note(
    world: World, log: AccessLog, person: int, document: int = 1, *, act: TrailAct = READ
) -> None:
    """A note of version 1, at the time it is."""
    log.note(world.clock(), PersonId(person), DocumentId(document), 1, act)


async def kept(world: World) -> list[object]:
    """The people of the lines, in order; the chain must be sound."""

    async def unit(tx: Transaction) -> list[object]:
        found = await trail.check(tx)
        rows = await tx.rows("SELECT number, person FROM access_log ORDER BY number")
        assert (found.fault, found.lines) == (None, len(rows))
        assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
        return [person for _, person in rows]

    return await world.ws.db.read(unit)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was told to the server's log as an error."""
    return [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]


@in_network
async def test_one_line_for_each_person_version_act_and_ten_minutes(world: World) -> None:
    async with log_of(world) as log:
        for person in (1, 2, 1, 1):
            note(world, log, person)
        note(world, log, 1, act=DOWNLOAD)
        note(world, log, 1, document=2)
        await log.flush()
        note(world, log, 1)
        await log.flush()
        assert await kept(world) == [1, 2, 1, 1]
        start = int(world.clock().timestamp() * 1000)
        assert start % WINDOW_MS == 0
        world.clock.forward(minutes=10, seconds=-0.001)
        note(world, log, 1)
        await log.flush()
        assert len(await kept(world)) == 4
        world.clock.forward(seconds=0.001)
        note(world, log, 1)
        await log.flush()
        assert set(await world.values("SELECT at FROM access_log")) == {start, start + WINDOW_MS}
        # A clock that goes back finds the lines that are there.
        world.clock.forward(minutes=-10)
        note(world, log, 1)
        note(world, log, 3)
        await log.flush()
        assert await kept(world) == [1, 2, 1, 1, 1, 3]


@in_network
async def test_after_a_restart_the_same_ten_minutes_are_still_one_line(world: World) -> None:
    for _ in range(2):
        async with log_of(world) as log:
            note(world, log, 1)
    assert await kept(world) == [1]


@in_network
async def test_many_lines_are_written_in_order_over_several_groups(world: World) -> None:
    async with log_of(world) as log:
        for person in range(1, 451):
            note(world, log, person)
        await log.flush()
        assert await kept(world) == list(range(1, 451))


@in_network
async def test_two_processes_extend_one_chain_and_write_a_line_once(world: World) -> None:
    async with network(world.data, clock=world.clock) as beside:
        for person in range(1, 301):
            note(world, world.ws.trail, person)
            note(world, beside.ws.trail, 1000 - person)
            note(world, beside.ws.trail, person)
        await asyncio.gather(world.ws.trail.flush(), beside.ws.trail.flush())
    people = await kept(world)
    assert sorted(map(int, people)) == [*range(1, 301), *range(700, 1000)]  # type: ignore[call-overload]


@in_network
async def test_notes_are_written_by_themselves_after_a_moment(world: World) -> None:
    pauses = Pauses()
    async with asyncio.timeout(60), log_of(world, pause=pauses) as log:
        for person in (1, 2):
            note(world, log, person)
        assert await pauses.asked.get() == GROUP_SECONDS < 1
        note(world, log, 3)
        assert await kept(world) == []
        pauses.end()
        while not await kept(world):
            pass
        assert await kept(world) == [1, 2, 3]
        await log.flush()  # so that the group is over
        note(world, log, 4)
        assert await pauses.asked.get() == GROUP_SECONDS


@in_network
async def test_what_a_full_disk_refuses_is_kept_and_tried_again_ever_more_seldom(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    pauses = Pauses()
    async with asyncio.timeout(60), log_of(world, pause=pauses) as log:
        note(world, log, 1)
        plan = FaultPlan(0, FULL, only="commit", for_good=True)
        world.seam.behaviour = plan
        tried = []
        for _ in range(9):
            tried.append(await pauses.asked.get())
            pauses.end()
        assert tried == [GROUP_SECONDS, 1, 2, 4, 8, 16, 32, 60, 60]
        assert await pauses.asked.get() == 60
        note(world, log, 2)
        with pytest.raises(NoRoom):
            await log.flush()
        assert set(errors(caplog)) == {"access log not written, kept to be tried again"}
        plan.heal()
        pauses.end()
        while not await kept(world):
            pass
        assert await kept(world) == [1, 2]


@in_network
async def test_at_its_bound_further_lines_are_told_to_the_servers_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with log_of(world, max_waiting=3) as log:
        for person in (1, 2, 3, 4, 2, 5):
            note(world, log, person)
        assert errors(caplog) == ["access log cannot keep this line"] * 2
        told = [one.facts["access"]["person"] for one in caplog.records]  # type: ignore[attr-defined]
        assert told == [4, 5]
        await log.flush()
        note(world, log, 6)
        await log.flush()
    assert await kept(world) == [1, 2, 3, 6]


@in_network
async def test_what_is_left_is_written_at_the_end_or_told_when_the_disk_refuses(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with log_of(world) as log:
        note(world, log, 1)
    assert await kept(world) == [1]
    await log.close()
    log = AccessLog(world.ws.db, pause=never)
    note(world, log, 2)
    plan = FaultPlan(0, FULL, only="commit", for_good=True)
    world.seam.behaviour = plan
    await log.close()
    plan.heal()
    note(world, log, 3)
    told = [one.facts["access"]["person"] for one in caplog.records if "access" in one.facts]  # type: ignore[attr-defined]
    assert told == [2, 3]
    assert await kept(world) == [1]


@in_network
async def test_a_note_returns_while_the_records_are_held_by_somebody_else(world: World) -> None:
    async with asyncio.timeout(60):
        async with writer_held(world.ws.db):
            note(world, world.ws.trail, 1)
            flushing = asyncio.create_task(world.ws.trail.flush())
            note(world, world.ws.trail, 2)
            assert await kept(world) == [] and not flushing.done()
            note(world, world.ws.trail, 3)
        await flushing
    assert await kept(world) == [1, 2, 3]


KILLED = """
import asyncio, os, signal, sys
from datetime import timedelta
from pathlib import Path
from atelier.model.ids import DocumentId, MeetingId, PersonId
from atelier.model.trail import TrailAct
from tests.builders import network

async def main():
    async with network(Path(sys.argv[1])) as world:
        for person in range(1, 6):
            world.ws.trail.note(
                world.clock(), PersonId(person), DocumentId(1), 1, TrailAct.READ
            )
            if person == 3:
                await world.ws.trail.flush()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_a_killed_process_loses_what_it_had_not_written_and_nothing_else(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL

    async def after() -> None:
        async with network(tmp_path) as world:
            assert await kept(world) == [1, 2, 3]
            world.clock.now += timedelta(minutes=10)
            note(world, world.ws.trail, 6)
            await world.ws.trail.flush()
            assert await kept(world) == [1, 2, 3, 6]

    asyncio.run(after())


def opened(world: World, log: AccessLog, person: int, meeting: int = 1) -> None:
    """Note that somebody opened the page of a meeting."""
    log.note_opening(world.clock(), PersonId(person), MeetingId(meeting))


async def openings(world: World) -> list[tuple[int, int]]:
    """Who opened which meeting, as the records say."""

    async def unit(tx: Transaction) -> list[tuple[int, int]]:
        rows = await tx.rows("SELECT meeting_id, person_id FROM meeting_openings ORDER BY 1, 2")
        return [(row[0], row[1]) for row in rows]

    return await world.ws.db.read(unit)


async def a_meeting(world: World) -> int:
    """A meeting in a folder of its own."""
    draft = meetings.Draft("Comité", world.today())
    return await meetings.make(world.ws, world.steward, await world.folder("Réunions"), draft)


@in_network
async def test_an_opening_that_the_disk_refuses_is_kept_and_tried_again(world: World) -> None:
    meeting, steward = await a_meeting(world), world.steward.person_id
    async with log_of(world) as log:
        opened(world, log, steward, meeting)
        plan = FaultPlan(0, FULL, only="commit", for_good=True)
        world.seam.behaviour = plan
        with pytest.raises(NoRoom):
            await log.flush()
        assert await openings(world) == []
        plan.heal()
        await log.flush()
        assert await openings(world) == [(meeting, steward)]


@in_network
async def test_an_opening_noted_while_others_are_written_is_written_too(world: World) -> None:
    meeting, steward = await a_meeting(world), world.steward.person_id
    async with log_of(world) as log:
        async with writer_held(world.ws.db):
            opened(world, log, steward, meeting)
            writing = asyncio.create_task(log.flush())
            await asyncio.sleep(0)
            world.clock.forward(minutes=1)
            opened(world, log, steward, meeting)
        await writing
        [last] = await world.values("SELECT last_at - first_at FROM meeting_openings")
        assert last == 60_000
        note(world, log, steward)
        await log.flush()
        assert len(await world.values("SELECT number FROM access_log")) == 1


@in_network
async def test_openings_are_bounded_and_none_is_taken_once_the_log_is_closed(world: World) -> None:
    meeting, steward = await a_meeting(world), world.steward.person_id
    async with log_of(world, max_waiting=1) as log:
        opened(world, log, steward, 999)
        opened(world, log, steward, meeting)
        await log.flush()
        assert await openings(world) == []  # there is no such meeting; the other was too much
        opened(world, log, steward, meeting)
    assert await openings(world) == [(meeting, steward)]
    await world.change("DELETE FROM meeting_openings")
    opened(world, log, steward, meeting)
    await log.flush()
    assert await openings(world) == []
