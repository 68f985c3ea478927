"""The worker: elected alone, takes over from the dead, and outlives any job."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest

from atelier.database import jobs
from atelier.errors import WriteFailed
from atelier.files import Disk
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId, PersonId
from atelier.model.jobs import JobKind
from atelier.model.trail import TrailAct
from atelier.worker import runner
from atelier.worker.kinds import KINDS
from atelier.workspace import documents, following, upkeep
from atelier.workspace.place import Workspace
from tests.builders import World, in_network
from tests.faults import FaultPlan


async def rows(world: World) -> list[tuple[object, ...]]:
    """State, attempts and error of every job."""
    return await world.ws.db.read(
        lambda tx: tx.rows("SELECT state, attempts, last_error FROM jobs ORDER BY id")
    )


def breaking(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> list[int]:
    """Have every job raise this; the subjects that were tried."""
    tried: list[int] = []

    async def broken(ws: Workspace, subject: int) -> None:
        tried.append(subject)
        raise error

    monkeypatch.setitem(KINDS, JobKind.READ_VERSION, broken)
    return tried


@in_network
async def test_one_worker_per_data_folder_and_another_when_it_is_gone(world: World) -> None:
    first = runner.elect(Disk(), world.data)
    assert first is not None
    assert runner.elect(Disk(), world.data) is None
    first.release()
    second = runner.elect(Disk(), world.data)
    assert second is not None
    second.release()


@in_network
async def test_work_goes_on_until_nothing_waits(world: World) -> None:
    folder = await world.folder("Commun")
    for number in range(5):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
    assert not await upkeep.is_quiet(world.ws)
    await runner.work_until_quiet(world.ws)
    assert await upkeep.is_quiet(world.ws)
    assert await rows(world) == []


@in_network
async def test_a_job_that_raises_is_tried_again_with_growing_pauses_then_failed(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = breaking(monkeypatch, ValueError("odd bytes"))
    await world.ws.db.write(lambda tx: jobs.queue(tx, JobKind.READ_VERSION, 7, world.clock()))
    pauses = []
    with caplog.at_level(logging.CRITICAL):
        while (await rows(world))[0][0] != "failed":
            waited = 0
            while not await runner.do_next(world.ws):
                world.clock.forward(seconds=10)
                waited += 10
            pauses.append(waited)
    assert pauses == [0, 30, 90, 270, 810]
    assert await rows(world) == [("failed", runner.MAX_ATTEMPTS, "ValueError: odd bytes")]
    assert tried == [7] * runner.MAX_ATTEMPTS
    world.clock.forward(days=1)
    assert not await runner.do_next(world.ws)
    assert await upkeep.is_quiet(world.ws)


@in_network
async def test_whatever_one_job_meets_the_next_one_runs(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt")
    read = KINDS[JobKind.READ_VERSION]

    async def broken_once(ws: Workspace, subject: int) -> None:
        if subject == 1:
            raise MemoryError
        await read(ws, subject)

    monkeypatch.setitem(KINDS, JobKind.READ_VERSION, broken_once)
    done = await world.deposit(world.steward, folder, "b.txt")
    with caplog.at_level(logging.CRITICAL):
        assert await runner.do_next(world.ws)
        assert await runner.do_next(world.ws)
    assert not await runner.do_next(world.ws)
    look = await documents.look(world.ws, world.steward, done.document_id)
    assert look.document.current.state is ReadState.OK
    assert await rows(world) == [("waiting", 1, "MemoryError: ")]


@in_network
async def test_the_jobs_of_a_worker_that_died_are_taken_over_at_once(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt")
    # A worker claims the job and dies with it.
    await world.ws.db.write(lambda tx: jobs.claim(tx, world.clock(), timedelta(hours=1)))
    assert not await runner.do_next(world.ws)
    await runner.work_until_quiet(world.ws)
    look = await documents.look(world.ws, world.steward, done.document_id)
    assert look.document.current.state is ReadState.OK


@in_network
async def test_a_job_that_kills_its_worker_each_time_is_failed_in_the_end(world: World) -> None:
    await world.ws.db.write(lambda tx: jobs.queue(tx, JobKind.READ_VERSION, 7, world.clock()))
    for _ in range(runner.MAX_ATTEMPTS):
        claimed = await world.ws.db.write(
            lambda tx: jobs.claim(tx, world.clock(), timedelta(minutes=1))
        )
        assert claimed is not None
        world.clock.forward(minutes=2)
    assert await runner.do_next(world.ws)
    ((state, _, error),) = await rows(world)
    assert state == "failed" and "died" in str(error)


@in_network
async def test_the_lease_of_a_long_job_is_extended_while_it_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LEASE", timedelta(milliseconds=30))
    extended, loop = asyncio.Event(), asyncio.get_running_loop()
    extend = jobs.extend

    async def noticed(*given: object) -> None:
        await extend(*given)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(extended.set)

    async def long(ws: Workspace, subject: int) -> None:
        await extended.wait()

    monkeypatch.setattr(jobs, "extend", noticed)
    monkeypatch.setitem(KINDS, JobKind.READ_VERSION, long)
    await world.ws.db.write(lambda tx: jobs.queue(tx, JobKind.READ_VERSION, 7, world.clock()))
    assert await runner.do_next(world.ws)
    assert await rows(world) == []


@in_network
async def test_a_follower_with_nothing_to_do_gives_the_writers_memory_back_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept, rest, rested = asyncio.sleep, world.ws.index.rest, asyncio.Event()
    rests: list[int] = []

    async def hurried(seconds: float) -> None:
        await slept(0)

    async def noticed() -> None:
        rests.append(len(rests))
        await rest()
        rested.set()

    monkeypatch.setattr(asyncio, "sleep", hurried)
    monkeypatch.setattr(world.ws.index, "rest", noticed)
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt")
    working = asyncio.create_task(runner.work(world.ws, lanes=1))
    try:
        await rested.wait()
        await world.deposit(world.steward, folder, "b.txt")
        await runner.wait_until_quiet(world.ws, working)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert rests


@in_network
async def test_whatever_a_round_meets_the_worker_pauses_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[float] = []
    slept = asyncio.sleep

    async def paused(seconds: float) -> None:
        pauses.append(seconds)
        await slept(0)

    failures = [WriteFailed("disk"), KeyError("programming")]

    follow = following.follow

    async def failing(ws: Workspace, *, is_gentle: bool) -> bool:
        if failures:
            raise failures.pop(0)
        return await follow(ws, is_gentle=is_gentle)

    monkeypatch.setattr(asyncio, "sleep", paused)
    monkeypatch.setattr(following, "follow", failing)
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt")
    with caplog.at_level(logging.CRITICAL):
        await runner.work_until_quiet(world.ws)
    assert pauses.count(1) >= 2 and failures == []


@in_network
async def test_a_disk_that_fails_pauses_the_jobs_and_they_go_on_when_it_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slept, paused = asyncio.sleep, asyncio.Event()
    plan = FaultPlan(1, only="commit", for_good=True)

    async def hurried(seconds: float) -> None:
        if seconds == 1:
            plan.heal()
            paused.set()
        await slept(0)

    monkeypatch.setattr(asyncio, "sleep", hurried)
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    world.seam.behaviour = plan  # the taking over succeeds, the first claim does not
    with caplog.at_level(logging.CRITICAL):
        await runner.work_until_quiet(world.ws)
    assert paused.is_set()
    look = await documents.look(world.ws, world.steward, done.document_id)
    assert look.document.current.state is ReadState.OK


@in_network
async def test_the_worker_purges_the_access_log_and_tells_its_head_to_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "atelier.worker.runner")

    def told() -> list[tuple[str, dict[str, object]]]:
        return [(one.getMessage(), one.facts) for one in caplog.records]  # type: ignore[attr-defined]

    for person in (1, 2):
        world.ws.trail.note(world.clock(), PersonId(person), DocumentId(1), 1, TrailAct.READ)
        await world.ws.trail.flush()
        world.clock.forward(days=300)
    head = {"head": str(await upkeep.trail_head(world.ws))}
    assert await runner.keep_trail(world.ws), "there may be more to purge"
    assert told() == [("access log purged", {"lines": 1})]
    assert not await runner.keep_trail(world.ws)
    assert told()[1:] == [("access log head", head)]
    caplog.clear()
    await world.change("UPDATE access_log SET at = 0")
    assert not await runner.keep_trail(world.ws)
    fault = {"number": 2, "kind": "altered"}
    assert told() == [
        ("access log was changed, not purged from there", fault),
        ("access log head", head),
    ]
    assert await world.values("SELECT number FROM access_log") == [2]
