"""Blocks of prose as pages have them: lists in lists, quotations together, headings in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from atelier.model.ids import ItemId
from atelier.model.meetings import Meeting
from atelier.model.prose import Block, BlockKind, Run
from atelier.workspace import minutes

_LISTED = (BlockKind.BULLET, BlockKind.NUMBERED)


@dataclass(slots=True)
class Listing:
    """A list; `start` is the number of the first entry of a numbered one."""

    is_numbered: bool
    start: int
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """An entry of a list, with the lists below it."""

    runs: tuple[Run, ...] = ()
    below: list[Listing] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: a block, several of a quotation, or a list.

    `kind` is `list` or that of the blocks; `rank` of a heading counts from 1 and is at most
    one more than that of the heading before it.
    """

    kind: str
    blocks: tuple[Block, ...] = ()
    rank: int = 0
    listing: Listing | None = None


def parts(blocks: Iterable[Block]) -> list[Part]:
    """What stands on a page, in its order."""
    found: list[Part] = []
    rank = 0
    for kind, group in groupby(blocks, _grouping):
        if kind == "list":
            found += [Part("list", listing=listing) for listing in _listings(group)]
        elif kind == BlockKind.QUOTE:
            found.append(Part(kind, tuple(group)))
        else:
            for block in group:
                if block.kind is BlockKind.HEADING:
                    rank = min(block.level, rank + 1)
                found.append(Part(kind, (block,), rank))
    return found


async def told(meeting: Meeting) -> dict[ItemId, list[Part]]:
    """What was said of each item of which something was said."""
    said = await minutes.told(meeting)
    return {item: parts(blocks) for item, blocks in said.items()}


def _grouping(block: Block) -> str:
    return "list" if block.kind in _LISTED else str(block.kind)


def _listings(blocks: Iterable[Block]) -> Iterator[Listing]:
    """The lists that stand one after another, each with those below it."""
    listings: list[Listing] = []
    for block in blocks:
        level = listings
        for _ in range(1, block.level):
            level = _below(level)
        numbered = block.kind is BlockKind.NUMBERED
        if not level or not _goes_on(level[-1], block):
            level.append(Listing(numbered, block.number))
        level[-1].entries.append(Entry(block.runs))
    yield from listings


def _below(level: list[Listing]) -> list[Listing]:
    """The lists below the last entry; one is made where a list begins deeper."""
    if not level:
        level.append(Listing(is_numbered=False, start=0, entries=[Entry()]))
    return level[-1].entries[-1].below


def _goes_on(listing: Listing, block: Block) -> bool:
    if listing.is_numbered is not (block.kind is BlockKind.NUMBERED):
        return False
    return not listing.is_numbered or block.number == listing.start + len(listing.entries)
