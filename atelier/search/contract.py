"""What an index engine promises, and what it asks of its callers.

The index is a *follower*: one process per folder writes it, from the ordered entries of
the database, and keeps the number of the last one applied **in the same commit**. Any
number of threads and processes read it beside the writer. Rights, counts and limits are
judged inside the engine's query: a document outside the filter is not in the answer, its
counts or its window (only word statistics, which order hits, are of the whole index).
Words, negation and counts are judged on the whole document.

An index that is absent, damaged, of another format or written by another installation is
*unready*: every method but `reset`, `rest` and `close` raises `IndexUnready`, and nothing
but `reset` makes one. So the follower asks `applied`, resets when that is refused, and
applies what comes after; a deleted index rebuilds whole instead of beginning in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from atelier.search.grammar import Query


class Entry(msgspec.Struct, frozen=True):
    """One document as it stands in the index: its current version with its whole text.

    `language` is ISO 639-1 or ""; it chooses the stemmer. `text` is the pages joined
    by newlines. Times are aware UTC.
    """

    document: int
    version: int
    folder: int
    name: str
    media_type: str
    language: str
    changed_at: datetime
    author: str
    organisation: str
    text: str


class Only(msgspec.Struct, frozen=True):
    """Just these folders."""

    folders: frozenset[int]


class AllBut(msgspec.Struct, frozen=True):
    """Every folder but these; nothing is left out when the set is empty."""

    folders: frozenset[int]


FolderFilter = Only | AllBut


class Found(msgspec.Struct, frozen=True):
    """Documents in order of relevance (ties by id), cut to the asked window.

    `total` counts all that match; `is_partial` when nothing answers as it was asked, and
    these hold most of the words or, for one word alone, one spelled nearly so.
    """

    total: int
    documents: tuple[int, ...]
    is_partial: bool = False


class Index(Protocol):
    """A place for entries, chosen by address (`tantivy:storage/index`)."""

    async def applied(self) -> int:
        """Number of the last database entry in what queries see now; 0 when just reset."""
        ...

    async def find(
        self,
        query: Query,
        *,
        folders: FolderFilter,
        hidden: frozenset[int],
        offset: int,
        limit: int,
    ) -> Found:
        """Documents that answer, in readable folders, without the `hidden` documents.

        `hidden` are documents whose entries are not applied yet. Folder names of the
        query are not known here: the caller narrows `folders` with them. A query that
        asks for nothing finds nothing. Raises `Busy` when it takes over a second.
        """
        ...

    async def apply(self, entries: Sequence[Entry], removed: frozenset[int], number: int) -> None:
        """Replace these documents and forget those, all or nothing, then be at `number`.

        Only by the one follower of this index; applying the same twice changes nothing.
        Raises `WriteFailed` or `NoRoom`, after which it may be called again.
        """
        ...

    async def reset(self) -> None:
        """Begin again from number 0, empty; also mends a damaged index."""
        ...

    async def rest(self) -> None:
        """Finish what runs behind and give back the writer's memory and lock, until `apply`.

        For the follower, when nothing came for a while.
        """
        ...

    async def close(self) -> None:
        """Give back files, threads and the writer's lock; may be called twice."""
        ...
