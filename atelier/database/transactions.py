"""What a unit of work is handed: the statements of one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Transaction:
    """One consistent view of the records, for the length of a unit of work."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.statements = 0

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement, in its order."""
        self.statements += 1
        return self._connection.execute(sql, values).fetchall()

    async def row(self, sql: str, **values: object) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = await self.rows(sql, **values)
        return rows[0] if rows else None

    async def value(self, sql: str, **values: object) -> Any:
        """The first value of the first row, or None."""
        row = await self.row(sql, **values)
        return row[0] if row else None

    async def run(self, sql: str, **values: object) -> int:
        """Change rows; how many."""
        self.statements += 1
        return self._connection.execute(sql, values).rowcount

    async def many(self, sql: str, values: list[dict[str, object]]) -> None:
        """Run one statement for each set of values."""
        self.statements += 1
        self._connection.executemany(sql, values)


# An `async def unit(tx)` that awaits only `tx` and may be run again.
Unit = Callable[[Transaction], Awaitable[T]]
