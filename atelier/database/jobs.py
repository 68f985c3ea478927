"""Rows of jobs: queued in the transaction that needs them, claimed with a lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model.jobs import Job, JobKind


async def queue(tx: Transaction, kind: JobKind, subject: int, at: datetime) -> None:
    """Have this done once more; one that waits already serves."""
    await tx.run(
        "INSERT INTO jobs (kind, subject, run_after, created_at) VALUES (:kind, :subject, :at, :at)"
        " ON CONFLICT DO NOTHING",
        kind=kind,
        subject=subject,
        at=to_ms(at),
    )


async def is_due(tx: Transaction, now: datetime) -> bool:
    """Whether `claim` would find something; only reads, for those who ask often."""
    return bool(
        await tx.value(
            "SELECT 1 FROM jobs WHERE (state = 'waiting' AND run_after <= :now)"
            " OR (state = 'running' AND leased_until < :now) LIMIT 1",
            now=to_ms(now),
        )
    )


async def claim(tx: Transaction, now: datetime, lease: timedelta) -> Job | None:
    """Take the next job that is due, or one whose lease ran out; None when there is none."""
    row = await tx.row(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, leased_until = :until"
        " WHERE id = (SELECT id FROM jobs WHERE (state = 'waiting' AND run_after <= :now)"
        " OR (state = 'running' AND leased_until < :now) ORDER BY id LIMIT 1)"
        " RETURNING id, kind, subject, attempts",
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


async def unfinished(tx: Transaction) -> int:
    """How many jobs wait or run."""
    return int(await tx.value("SELECT COUNT(*) FROM jobs WHERE state <> 'failed'"))
