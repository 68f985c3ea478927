"""The worker: claims jobs and does them, follows the index, forgets what expired.

Once a day it tells the server's log where the access log ends.

One process per data folder does this at a time; a lock on a file elects it. A job is
held by a lease that is extended while it works: when the process dies, another takes
the job when the lease is over.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from atelier.database import jobs
from atelier.files import Disk, Lock
from atelier.model.jobs import Job, Rank
from atelier.worker.kinds import GIVEN_UP, KINDS
from atelier.workspace import digests, following, rereading, upkeep
from atelier.workspace.place import Workspace

# One round of work: whether it did something, and is to be done again at once.
Act = Callable[[Workspace], Awaitable[bool]]

MAX_ATTEMPTS = 5
LEASE = timedelta(minutes=2)
_IDLE_SECONDS = 0.2
_REST_AFTER_ROUNDS = 15
_PAUSE_SECONDS = 1.0
_UPKEEP_SECONDS = 3600.0
_ENGINE_SECONDS = 60.0
_DIGESTS_SECONDS = 15.0
_DAY_SECONDS = 24 * 3600.0
_COLLECT_AFTER_SECONDS = 3600.0
_log = logging.getLogger(__name__)


def elect(disk: Disk, data: Path) -> Lock | None:
    """Become the one worker of this data folder; None when another process is it."""
    return disk.lock(data / "worker.lock")


async def work(
    ws: Workspace, *, lanes: int | None = None, also: Sequence[Act] = (), is_lasting: bool = False
) -> None:
    """Do jobs and follow the index until cancelled; only as the elected worker.

    `also` are further acts, each done again and again beside them. Who is to work for a
    while, not only until all is quiet, changes the engine of the index too.
    """
    count = lanes or max(2, min(4, os.cpu_count() or 1))
    await ws.db.write(jobs.take_over)
    async with asyncio.TaskGroup() as tasks:
        for lane in range(count):
            # One lane is kept for what people wait for, however high the pile of scans.
            rank = Rank.PEOPLE if lane == 0 and count > 1 else Rank.BACKGROUND
            tasks.create_task(_steadily(partial(do_next, rank=rank), ws, _IDLE_SECONDS))
        mailing = partial(do_next, rank=Rank.POST, first=Rank.POST)
        tasks.create_task(_steadily(mailing, ws, _IDLE_SECONDS))
        tasks.create_task(_follow(ws, rests=is_lasting))
        if is_lasting:
            tasks.create_task(_steadily(change_engine, ws, _ENGINE_SECONDS))
        tasks.create_task(_steadily(_upkeep, ws, _UPKEEP_SECONDS))
        if is_lasting:
            tasks.create_task(_steadily(digests.tick, ws, _DIGESTS_SECONDS))
        tasks.create_task(_collect_daily(ws))
        tasks.create_task(_steadily(keep_trail, ws, _DAY_SECONDS))
        for act in also:
            tasks.create_task(_steadily(act, ws, _IDLE_SECONDS))


async def work_until_quiet(ws: Workspace, *, rank: Rank = Rank.BACKGROUND) -> None:
    """Do jobs and follow the index until none of this rank waits; only as the elected worker."""
    working = asyncio.create_task(work(ws))
    try:
        await wait_until_quiet(ws, working, rank=rank)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def wait_until_quiet(
    ws: Workspace, working: asyncio.Task[None] | None = None, *, rank: Rank = Rank.BACKGROUND
) -> None:
    """Wait until nothing of this rank waits, whoever does the work; raises what ended `working`."""
    while not await upkeep.is_quiet(ws, rank=rank):
        if working is not None and working.done():
            working.result()
        await asyncio.sleep(_IDLE_SECONDS / 2)


async def _steadily(
    act: Callable[[Workspace], Awaitable[bool]], ws: Workspace, idle_seconds: float
) -> None:
    """Act again at once while there is something to do, else after a pause."""
    while True:
        if not await _tried(act, ws):
            await asyncio.sleep(idle_seconds)


async def _follow(ws: Workspace, *, rests: bool) -> None:
    """Keep the index up to date; give its writer's memory back when nothing comes for a while.

    `rests` after each document, and after each batch for as long as it took: pages of this
    process go first.
    """
    quiet_rounds = 0
    while True:
        begun = time.monotonic()
        was_busy = await _tried(partial(following.follow, is_gentle=rests), ws)
        if was_busy and rests:
            await asyncio.sleep(min(time.monotonic() - begun, _IDLE_SECONDS))
        quiet_rounds = 0 if was_busy else quiet_rounds + 1
        if quiet_rounds == _REST_AFTER_ROUNDS:
            await _tried(_rest, ws)
        if not was_busy:
            await asyncio.sleep(_IDLE_SECONDS)


async def _rest(ws: Workspace) -> bool:
    await ws.index.rest()
    return False


async def _tried(act: Callable[[Workspace], Awaitable[bool]], ws: Workspace) -> bool:
    """One round of work; whatever it meets, the worker goes on after a pause."""
    try:
        return await act(ws)
    except Exception as error:
        _log.warning("worker paused: %s", type(error).__name__, exc_info=error)
        await asyncio.sleep(_PAUSE_SECONDS)
        return False


async def reread_outdated(ws: Workspace) -> None:
    """Queue what older readers read, as after an upgrade; once, as the elected worker.

    Whatever it meets, the work goes on: the next start tries again.
    """
    await _tried(_reread, ws)


async def _reread(ws: Workspace) -> bool:
    queued = await rereading.reread(ws)
    if queued:
        _log.info("readings of older readers queued", extra={"facts": {"versions": queued}})
    return bool(queued)


async def _upkeep(ws: Workspace) -> bool:
    await upkeep.forget_expired(ws)
    await digests.forget_old(ws)
    return bool(await upkeep.empty_trash(ws))


async def _collect_daily(ws: Workspace) -> None:
    # Not at once: who starts with the records of another day has an hour to notice.
    await asyncio.sleep(_COLLECT_AFTER_SECONDS)
    await _steadily(_collect, ws, _DAY_SECONDS)


async def _collect(ws: Workspace) -> bool:
    await upkeep.collect(ws)
    while await following.compact(ws):
        pass
    return False


async def change_engine(ws: Workspace) -> bool:
    """Build the index that the settings name, beside another that answers until it is there."""
    built = await following.change_engine(ws)
    if built is not None:
        facts = {"engine": built.engine, "documents": built.documents}
        _log.info("search index built by another engine", extra={"facts": facts})
    return False


async def keep_trail(ws: Workspace) -> bool:
    """Purge some of the access log; once nothing is left to purge, tell its head to the log.

    Logs are kept where whoever has the records need not be able to write: against a head
    found there, `verify --trail-head` sees a chain that was written anew.
    """
    purged = await upkeep.purge_trail(ws)
    if purged.fault is not None:
        facts = {"number": purged.fault.number, "kind": purged.fault.kind}
        _log.error("access log was changed, not purged from there", extra={"facts": facts})
    elif purged.lines:
        _log.info("access log purged", extra={"facts": {"lines": purged.lines}})
        return True
    _log.info("access log head", extra={"facts": {"head": str(await upkeep.trail_head(ws))}})
    return False


async def do_next(
    ws: Workspace, *, rank: Rank = Rank.BACKGROUND, first: Rank = Rank.PEOPLE
) -> bool:
    """Do the next job of this rank or a better one, down to `first`; False when none is due.

    Whatever it meets, its row says.
    """
    now = ws.clock()
    if not await ws.db.read(lambda tx: jobs.is_due(tx, now, rank=rank, first=first)):
        return False
    job = await ws.db.write(lambda tx: jobs.claim(tx, now, LEASE, rank=rank, first=first))
    if job is None:
        return False
    await _do(ws, job)
    return True


async def _do(ws: Workspace, job: Job) -> None:
    if job.attempts > MAX_ATTEMPTS:  # each attempt ended with the process that made it
        await _give_up(ws, job, "the worker died of it each time")
        return
    extending = asyncio.create_task(_extend(ws, job))
    try:
        await KINDS[job.kind](ws, job.subject)
    except Exception as error:  # whatever one job meets, the next one runs
        _log.exception("job %s of kind %s failed", job.id, job.kind)
        await _put_back(ws, job, f"{type(error).__name__}: {error}"[:1000])
    else:
        await ws.db.write(lambda tx: jobs.done(tx, job))
    finally:
        extending.cancel()


async def _put_back(ws: Workspace, job: Job, error: str) -> None:
    if job.attempts >= MAX_ATTEMPTS:
        await _give_up(ws, job, error)
        return
    later = ws.clock() + timedelta(seconds=10 * 3**job.attempts)
    await ws.db.write(lambda tx: jobs.put_back(tx, job, later, error))


async def _give_up(ws: Workspace, job: Job, error: str) -> None:
    await ws.db.write(lambda tx: jobs.fail(tx, job, error))
    settle = GIVEN_UP.get(job.kind)
    if settle is not None:
        await settle(ws, job.subject)


async def _extend(ws: Workspace, job: Job) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        await ws.db.write(lambda tx: jobs.extend(tx, job, ws.clock() + LEASE))
