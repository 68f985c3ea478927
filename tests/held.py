"""The records' one writer, kept busy: what does not write must not wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelier.database.engine import Transaction
from atelier.workspace.place import Records

_PATIENCE_SECONDS = 60


@asynccontextmanager
async def writer_held(db: Records) -> AsyncIterator[asyncio.Task[None]]:
    """A unit of work that holds the writer as long as the block lasts; committed after it.

    Units run on the writer's thread, so that nothing of the event loop can hold them.
    """
    begun, over = threading.Event(), threading.Event()

    async def unit(tx: Transaction) -> None:
        begun.set()
        assert over.wait(_PATIENCE_SECONDS)

    holding = asyncio.create_task(db.write(unit))
    assert await asyncio.to_thread(begun.wait, _PATIENCE_SECONDS)
    try:
        yield holding
    finally:
        over.set()
        await holding
