"""How reading fares, as the records say: versions by state, readings that were given up."""

from __future__ import annotations

from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.documents import ReadState
from atelier.model.jobs import JobKind
from atelier.model.reading import FailedReading


async def states(tx: Transaction) -> dict[ReadState, int]:
    """How many versions are in each state; states that none is in are left out."""
    rows = await tx.rows("SELECT state, COUNT(*) FROM versions GROUP BY state")
    return {ReadState(row[0]): row[1] for row in rows}


async def failed(tx: Transaction, limit: int) -> tuple[FailedReading, ...]:
    """The readings that the worker gave up, newest first, of versions that are still there."""
    rows = await tx.rows(
        "SELECT versions.document_id, versions.number, jobs.attempts, jobs.last_error,"
        " jobs.created_at FROM jobs JOIN versions ON versions.id = jobs.subject"
        " WHERE jobs.state = 'failed' AND jobs.kind IN (:read, :finish)"
        " ORDER BY jobs.id DESC LIMIT :limit",
        read=JobKind.READ_VERSION,
        finish=JobKind.FINISH_VERSION,
        limit=limit,
    )
    return tuple(
        FailedReading(document, number, attempts, error, from_ms(at))
        for document, number, attempts, error, at in rows
    )
