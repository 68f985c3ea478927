"""The records of a network as they once were, put back in a moment while it runs."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


class Snapshot:
    """All records of a database file, kept in memory; bytes and index are not in it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        with contextlib.closing(sqlite3.connect(database)) as source:
            source.backup(self._kept)

    def restore(self) -> None:
        """Write them over what is there: whoever has the file open sees it at the next read."""
        with contextlib.closing(sqlite3.connect(self.database)) as target:
            target.execute("PRAGMA synchronous = OFF")
            self._kept.backup(target)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What they said."""
        return self._kept.execute(sql).fetchall()

    def close(self) -> None:
        """Forget them."""
        self._kept.close()


def dump(eye: sqlite3.Connection) -> list[tuple[str, list[tuple[object, ...]]]]:
    """All that the records hold, table by table."""
    tables = eye.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return [(name, eye.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables]
