"""How many statements a use-case asks of the records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from atelier.database.engine import Transaction
from atelier.workspace.place import Workspace


async def statements_of(ws: Workspace, act: Callable[[], Awaitable[Any]]) -> int:
    """The statements of all that it reads, in however many transactions."""
    seen: list[Transaction] = []
    records: Any = ws.db
    read = records.read

    async def watched(unit: Callable[[Transaction], Awaitable[Any]]) -> Any:
        async def inner(tx: Transaction) -> Any:
            seen.append(tx)
            return await unit(tx)

        return await read(inner)

    records.read = watched
    try:
        await act()
    finally:
        records.read = read
    return sum(tx.statements for tx in seen)
