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

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

import msgspec

from atelier.model.search import FileKind, Sort
from atelier.search.grammar import Query

# Of people, organisations, kinds and years: the most frequent ones are counted.
MAX_COUNTED = 12


class Entry(msgspec.Struct, frozen=True):
    """One document as it stands in the index: its current version with its whole text.

    `language` is ISO 639-1 or ""; it chooses the stemmer. `text` is the pages joined
    by newlines, `older` those of older versions that say something else. Times are aware
    UTC; `year` is that of `changed_at` in the network's time zone. No organisation is 0.
    """

    document: int
    version: int
    folder: int
    name: str
    media_type: str
    language: str
    changed_at: datetime
    year: int
    author: str
    author_id: int
    organisation: str
    organisation_id: int
    text: str
    older: str = ""


class Only(msgspec.Struct, frozen=True):
    """Just these folders."""

    folders: frozenset[int]


class AllBut(msgspec.Struct, frozen=True):
    """Every folder but these; nothing is left out when the set is empty."""

    folders: frozenset[int]


FolderFilter = Only | AllBut


class Within(msgspec.Struct, frozen=True):
    """What may be looked at: readable folders, without the `hidden` documents.

    `hidden` are documents whose entries are not applied yet.
    """

    folders: FolderFilter
    hidden: frozenset[int] = frozenset()


class Bounds(msgspec.Struct, frozen=True):
    """What documents must be, beside the query's own bounds; None where anything will do."""

    organisation: int | None = None
    author: int | None = None
    kind: FileKind | None = None
    year: int | None = None


class Ask(msgspec.Struct, frozen=True):
    """One question to an index: the query, within rights, and the window that is wanted.

    `with_older` looks through texts of older versions too; `with_counts` asks for `Counts`.
    Folder names of the query are not known here: the caller narrows `within` with them.
    """

    query: Query
    within: Within
    bounds: Bounds = Bounds()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 20
    with_older: bool = False
    with_counts: bool = False


class Counts(msgspec.Struct, frozen=True):
    """How many of the documents that answer are in each folder, of each kind, and so on.

    Exact. Every folder is there; of the others the `MAX_COUNTED` most frequent.
    """

    folders: Mapping[int, int] = MappingProxyType({})
    organisations: Mapping[int, int] = MappingProxyType({})
    authors: Mapping[int, int] = MappingProxyType({})
    kinds: Mapping[FileKind, int] = MappingProxyType({})
    years: Mapping[int, int] = MappingProxyType({})


class Found(msgspec.Struct, frozen=True):
    """Documents in the asked order (ties by id), cut to the asked window.

    Where no words are wanted, only bounds or that some be not there, the newest come first.
    `total` counts all that match; `is_partial` when nothing answers as it was asked, and
    these hold most of the words, or words spelled nearly as those that nothing holds. The newest
    first are those of the latest `changed_at`.
    """

    total: int
    documents: tuple[int, ...]
    is_partial: bool = False
    counts: Counts = Counts()


class Index(Protocol):
    """One index, kept by one engine in one folder."""

    async def applied(self) -> int:
        """Number of the last database entry in what queries see now; 0 when just reset."""
        ...

    async def find(self, ask: Ask) -> Found:
        """Documents that answer. A query that asks for nothing finds nothing.

        Raises `Busy` when it is over a second of work; a loaded machine may take longer.
        """
        ...

    async def beginning(self, start: str, within: Within, limit: int) -> tuple[str, ...]:
        """Words of texts and names that begin so, the most frequent in what is `within` first.

        `start` is one exact spelling (`french.fold`), of two characters at least; words come
        as people write them, with accents, in lower case.
        """
        ...

    async def near(self, exact: str, within: Within, limit: int) -> tuple[int, ...]:
        """Documents that hold a word spelled nearly as this exact spelling, best first.

        Nearly is one edit from 5 letters on, two from 9; the spelling itself too.
        """
        ...

    async def apply(
        self,
        entries: Sequence[Entry],
        removed: frozenset[int],
        number: int,
        *,
        is_gentle: bool = False,
    ) -> None:
        """Replace these documents and forget those, all or nothing, then be at `number`.

        Only by the one follower of this index; applying the same twice changes nothing.
        `is_gentle` rests after each document, for a process that answers people meanwhile.
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


class Shelf(Index, Protocol):
    """The index of an address: the one that answers now, and perhaps one built beside it.

    Each stands in a folder of its own under the address's; a small file, replaced at once,
    names the one that answers. All processes follow it, at the next call.
    """

    async def engine(self) -> str:
        """The engine that answers now; "" when none does."""
        ...

    @property
    def wanted(self) -> str:
        """The engine of the address."""
        ...

    def holding(self) -> AbstractAsyncContextManager[Index]:
        """The one that answers, the same as long as the block lasts, for its follower.

        What was read of one is never applied to the next: the number that it holds is another.
        Raises `IndexUnready` when none answers.
        """
        ...

    async def build(self) -> Index | None:
        """A new empty index of the wanted engine, beside the one that answers, to be filled.

        None while somebody builds one, in whichever process. What an earlier one that was
        not finished left behind is removed.
        """
        ...

    async def take(self, built: Index) -> None:
        """Have this one answer from now on; what answered before is removed."""
        ...

    async def leave(self, built: Index) -> None:
        """Remove it: it is not to answer after all."""
        ...
