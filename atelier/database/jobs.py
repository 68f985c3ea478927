"""Rows of jobs: queued in the transaction that needs them, claimed with a lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model.jobs import Job, JobKind, Rank


async def queue(
    tx: Transaction, kind: JobKind, subject: int, at: datetime, *, rank: Rank = Rank.PEOPLE
) -> None:
    """Have this done once more; one that waits already serves, with the better rank."""
    await tx.run(
        "INSERT INTO jobs (kind, subject, rank, run_after, created_at)"
        " VALUES (:kind, :subject, :rank, :at, :at)"
        " ON CONFLICT (kind, subject) WHERE state = 'waiting'"
        " DO UPDATE SET rank = excluded.rank WHERE excluded.rank < jobs.rank",
        kind=kind,
        subject=subject,
        rank=rank,
        at=to_ms(at),
    )


async def waits(tx: Transaction, kind: JobKind, subject: int) -> bool:
    """Whether this is yet to be done, and nobody has begun."""
    return bool(
        await tx.value(
            "SELECT 1 FROM jobs WHERE kind = :kind AND subject = :subject AND state = 'waiting'",
            kind=kind,
            subject=subject,
        )
    )


async def hasten(tx: Transaction, kind: JobKind, subject: int, at: datetime) -> None:
    """Have one that waits for later done now."""
    await tx.run(
        "UPDATE jobs SET run_after = :at"
        " WHERE kind = :kind AND subject = :subject AND state = 'waiting' AND run_after > :at",
        kind=kind,
        subject=subject,
        at=to_ms(at),
    )


async def is_due(
    tx: Transaction,
    now: datetime,
    *,
    rank: Rank = Rank.BACKGROUND,
    first: Rank = Rank.PEOPLE,
) -> bool:
    """Whether `claim` would find something; only reads, for those who ask often."""
    return bool(
        await tx.value(
            "SELECT 1 FROM jobs WHERE rank BETWEEN :first AND :rank"
            " AND ((state = 'waiting' AND run_after <= :now)"
            " OR (state = 'running' AND leased_until < :now)) LIMIT 1",
            first=first,
            rank=rank,
            now=to_ms(now),
        )
    )


async def claim(
    tx: Transaction,
    now: datetime,
    lease: timedelta,
    *,
    rank: Rank = Rank.BACKGROUND,
    first: Rank = Rank.PEOPLE,
) -> Job | None:
    """Take one whose lease ran out, or the next that is due by rank; None when there is none.

    None that comes behind `rank`, or before `first`.
    """
    # In the order of the index `jobs_next`: a hundred thousand may wait in the background.
    row = await tx.row(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, leased_until = :until"
        " WHERE id = COALESCE((SELECT id FROM jobs"
        " WHERE state = 'running' AND rank BETWEEN :first AND :rank AND leased_until < :now"
        " ORDER BY rank, run_after, id LIMIT 1),"
        " (SELECT id FROM jobs"
        " WHERE state = 'waiting' AND rank BETWEEN :first AND :rank AND run_after <= :now"
        " ORDER BY rank, run_after, id LIMIT 1))"
        " RETURNING id, kind, subject, attempts",
        first=first,
        rank=rank,
        now=to_ms(now),
        until=to_ms(now + lease),
    )
    return None if row is None else Job(row[0], JobKind(row[1]), row[2], row[3])


async def take_over(tx: Transaction) -> None:
    """End the leases of a worker that is no more, so that its jobs are claimed at once."""
    await tx.run("UPDATE jobs SET leased_until = 0 WHERE state = 'running'")


async def extend(tx: Transaction, job: Job, until: datetime) -> None:
    """Keep a job whose work goes on."""
    await tx.run(
        "UPDATE jobs SET leased_until = :until WHERE id = :id AND attempts = :attempts",
        until=to_ms(until),
        id=job.id,
        attempts=job.attempts,
    )


async def done(tx: Transaction, job: Job) -> None:
    """Forget a job that is done."""
    await tx.run("DELETE FROM jobs WHERE id = :id", id=job.id)


async def put_back(tx: Transaction, job: Job, run_after: datetime, error: str) -> None:
    """Have a job tried again later; another that waits for the same takes its place."""
    await tx.run(
        "DELETE FROM jobs WHERE id = :id AND EXISTS (SELECT 1 FROM jobs"
        " WHERE kind = :kind AND subject = :subject AND state = 'waiting')",
        id=job.id,
        kind=job.kind,
        subject=job.subject,
    )
    await tx.run(
        "UPDATE jobs SET state = 'waiting', run_after = :after, last_error = :error WHERE id = :id",
        after=to_ms(run_after),
        error=error,
        id=job.id,
    )


async def fail(tx: Transaction, job: Job, error: str) -> None:
    """Keep a job as failed, with its reason, until someone looks at it."""
    await tx.run(
        "UPDATE jobs SET state = 'failed', last_error = :error WHERE id = :id",
        error=error,
        id=job.id,
    )


async def unfinished(tx: Transaction, *, rank: Rank = Rank.BACKGROUND) -> int:
    """How many jobs of this rank or a better one wait or run."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM jobs WHERE state <> 'failed' AND rank <= :rank", rank=rank
        )
    )
