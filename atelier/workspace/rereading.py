"""Reading again what was read, in the background. No actor: for the worker and the commands.

When a reader improves, its version is raised: what older readers read is then read again,
behind what people bring. Until that is done their texts stay, to be read and searched.
"""

from __future__ import annotations

from atelier.database import jobs
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.extract.contract import READER_VERSION
from atelier.model.jobs import JobKind, Rank
from atelier.workspace.place import Workspace

_BATCH = 500


async def reread(ws: Workspace, *, all_of_them: bool = False, every_version: bool = False) -> int:
    """Queue what an older reader read, or all of it, to be read again; how many versions.

    The current version of each document, or `every_version`. May be run again at any time:
    what waits already is not queued twice.
    """
    older_than = None if all_of_them else READER_VERSION
    if older_than and not await ws.db.read(lambda tx: records.is_any_outdated(tx, older_than)):
        return 0
    queued = last = 0
    while some := await ws.db.read(
        lambda tx, at=last: records.readable_after(  # type: ignore[misc]
            tx, at, _BATCH, older_than=older_than, every_version=every_version
        )
    ):
        await ws.db.write(lambda tx, some=some: _queue(ws, tx, some))  # type: ignore[misc]
        queued, last = queued + len(some), some[-1]
    return queued


async def _queue(ws: Workspace, tx: Transaction, versions: list[int]) -> None:
    for version in versions:
        await jobs.queue(tx, JobKind.READ_VERSION, version, ws.clock(), rank=Rank.BACKGROUND)
