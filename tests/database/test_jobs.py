"""Jobs as rows: one waits at most, a claim is a lease, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from atelier.database import jobs
from atelier.database.engine import Transaction, open_database
from atelier.model.jobs import Job, JobKind, Rank

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
LEASE = timedelta(minutes=2)
READ = JobKind.READ_VERSION


def run(folder: Path, unit: Callable[[Transaction], Awaitable[None]]) -> None:
    """Run a unit on fresh records."""

    async def story() -> None:
        database = await open_database(folder / "atelier.sqlite3")
        try:
            await database.write(unit)
        finally:
            await database.close()

    asyncio.run(story())


async def claim(tx: Transaction, at: datetime = NOW) -> Job | None:
    """Claim, and see that `is_due` had foreseen it."""
    was_due = await jobs.is_due(tx, at)
    found = await jobs.claim(tx, at, LEASE)
    assert was_due == (found is not None)
    return found


def test_jobs_are_claimed_once_each_in_order_and_only_when_due(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await jobs.queue(tx, READ, 7, NOW)
        await jobs.queue(tx, READ, 7, NOW)
        await jobs.queue(tx, READ, 8, NOW + timedelta(seconds=1))
        assert await jobs.unfinished(tx) == 2
        assert await claim(tx, NOW - timedelta(seconds=1)) is None
        first = await claim(tx)
        assert first is not None and (first.kind, first.subject, first.attempts) == (READ, 7, 1)
        assert await claim(tx) is None
        second = await claim(tx, NOW + timedelta(seconds=1))
        assert second is not None and second.subject == 8
        await jobs.done(tx, first)
        assert await jobs.unfinished(tx) == 1

    run(tmp_path, unit)


def test_a_job_whose_lease_ran_out_is_taken_by_another_unless_it_was_extended(
    tmp_path: Path,
) -> None:
    async def unit(tx: Transaction) -> None:
        await jobs.queue(tx, READ, 7, NOW)
        first = await claim(tx)
        assert first is not None
        over = NOW + LEASE + timedelta(seconds=1)
        await jobs.extend(tx, first, over)
        assert await claim(tx, over) is None
        second = await claim(tx, over + timedelta(seconds=1))
        assert second is not None and (second.id, second.attempts) == (first.id, 2)
        # The first worker wakes again: its lease is over, it cannot shorten the other's.
        await jobs.extend(tx, first, NOW)
        assert await claim(tx, over + timedelta(seconds=2)) is None

    run(tmp_path, unit)


def test_the_jobs_of_a_dead_worker_are_claimed_at_once(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await jobs.queue(tx, READ, 7, NOW)
        assert await claim(tx) is not None
        assert await claim(tx) is None
        await jobs.take_over(tx)
        taken = await claim(tx)
        assert taken is not None and taken.attempts == 2

    run(tmp_path, unit)


def test_a_job_put_back_waits_its_pause_and_keeps_its_attempts(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await jobs.queue(tx, READ, 7, NOW)
        first = await claim(tx)
        assert first is not None
        await jobs.put_back(tx, first, NOW + timedelta(seconds=30), "broken")
        assert await tx.value("SELECT last_error FROM jobs") == "broken"
        assert await claim(tx) is None
        again = await claim(tx, NOW + timedelta(seconds=30))
        assert again is not None and (again.id, again.attempts) == (first.id, 2)

    run(tmp_path, unit)


def test_a_job_put_back_gives_way_to_one_that_waits_for_the_same(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await jobs.queue(tx, READ, 7, NOW)
        first = await claim(tx)
        assert first is not None
        await jobs.queue(tx, READ, 7, NOW)
        await jobs.queue(tx, READ, 8, NOW)
        assert await jobs.unfinished(tx) == 3
        await jobs.put_back(tx, first, NOW, "broken")
        assert await tx.rows("SELECT subject, state FROM jobs ORDER BY subject") == [
            (7, "waiting"), (8, "waiting")
        ]  # fmt: skip

    run(tmp_path, unit)


def test_a_failed_job_stays_with_its_reason_and_runs_no_more(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await jobs.queue(tx, READ, 7, NOW)
        first = await claim(tx)
        assert first is not None
        await jobs.fail(tx, first, "memory")
        assert await tx.rows("SELECT state, last_error FROM jobs") == [("failed", "memory")]
        assert await jobs.unfinished(tx) == 0
        assert await claim(tx, NOW + timedelta(days=30)) is None
        await jobs.queue(tx, READ, 7, NOW)
        assert await claim(tx) is not None

    run(tmp_path, unit)


def test_what_people_wait_for_is_claimed_before_what_waits_in_the_background(
    tmp_path: Path,
) -> None:
    async def unit(tx: Transaction) -> None:
        for number in (1, 2, 3):
            await jobs.queue(tx, READ, number, NOW, rank=Rank.BACKGROUND)
        await jobs.queue(tx, READ, 4, NOW)
        assert await jobs.unfinished(tx, rank=Rank.PEOPLE) == 1
        await jobs.queue(tx, READ, 2, NOW)  # asked again by somebody: it comes first
        await jobs.queue(tx, READ, 2, NOW, rank=Rank.BACKGROUND)
        assert await jobs.unfinished(tx) == 4
        claimed = [await claim(tx) for _ in range(4)]
        assert [job.subject for job in claimed if job] == [2, 4, 1, 3]
        await jobs.queue(tx, READ, 5, NOW)
        # One whose lease ran out is not left behind them.
        again = await claim(tx, NOW + 2 * LEASE)
        assert again is not None and again.attempts == 2

    run(tmp_path, unit)


def test_a_hundred_thousand_in_the_background_are_not_sorted_for_each_claim(
    tmp_path: Path,
) -> None:
    async def unit(tx: Transaction) -> None:
        plan = await tx.rows(
            "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE state = 'waiting' AND run_after <= 5"
            " ORDER BY rank, run_after, id LIMIT 1"
        )
        told = [str(row[3]) for row in plan]
        assert told == ["SEARCH jobs USING COVERING INDEX jobs_next (state=?)"]

    run(tmp_path, unit)
