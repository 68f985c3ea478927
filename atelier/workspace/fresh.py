"""Documents whose last change the index has not applied: looked through one by one.

So what was deposited, moved, restored or read is found at the next query, also while the
follower is stopped. Only those that she may read: what others do costs her nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from atelier.database import entries
from atelier.search.contract import Bounds
from atelier.search.effort import LOADED, Effort
from atelier.search.grammar import Query
from atelier.search.overlay import Overlay
from atelier.workspace.following import entry_of
from atelier.workspace.place import Workspace

MAX_DOCUMENTS = 50
MAX_CHARACTERS = 1_000_000

# As many characters cost the loop a millisecond or two; more of them go to a thread.
_LOOKED_THROUGH_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class Fresh:
    """Documents to look through, the newest first, and what was too much.

    `left_out` were never to be looked through, `missed` could not be for some question.
    `effort` is that of the whole search.
    """

    documents: Mapping[int, Overlay]
    left_out: int
    effort: Effort
    missed: set[int] = field(default_factory=set)

    @property
    def not_yet(self) -> int:
        """How many documents may answer and were not looked through."""
        return self.left_out + len(self.missed)

    async def answering(
        self, wanted: frozenset[int], query: Query, bounds: Bounds, *, is_mostly: bool = False
    ) -> list[Overlay]:
        """Of those in these folders the ones that answer."""
        looked_at = [one for one in self.documents.values() if one.entry.folder in wanted]

        def look() -> list[bool | None]:
            return [one.answers(query, bounds, is_mostly=is_mostly) for one in looked_at]

        characters = sum(len(one.entry.text) + len(one.entry.older) for one in looked_at)
        is_little = characters < _LOOKED_THROUGH_AT_ONCE
        said = look() if is_little else await asyncio.to_thread(look)
        told = list(zip(looked_at, said, strict=True))
        self.missed.update(one.entry.document for one, answer in told if answer is None)
        return [one for one, answer in told if answer]


async def load(ws: Workspace, hers: frozenset[int], *, with_older: bool) -> Fresh:
    """What is to be looked through of these documents, all of which she may read.

    At most `MAX_DOCUMENTS` and `MAX_CHARACTERS`; a text that does not fit any more is left.
    All of it is looked through with half of what a search may cost, loaded with a quarter.
    """
    effort = Effort()
    newest = sorted(hers, reverse=True)[:MAX_DOCUMENTS]
    if not newest:
        return Fresh({}, 0, effort)
    found = await ws.db.read(lambda tx: entries.indexable(tx, newest))
    loaded: dict[int, Overlay] = {}
    room, left = MAX_CHARACTERS, len(hers) - len(newest)
    loading, looking = effort.part(4), effort.part(2)
    for one in sorted(found, key=lambda row: -row.document):
        if not loading.left:
            left += 1
            continue
        shown = one if with_older else dataclasses.replace(one, older=())
        entry = await entry_of(ws, shown)
        characters = len(entry.text) + len(entry.older)
        loading.spend(characters // LOADED)
        if characters > room:
            left += 1
            continue
        room -= characters
        loaded[entry.document] = Overlay(entry, with_older=with_older, effort=looking)
    return Fresh(loaded, left, effort)
