"""Documents and meetings whose last change no index has applied: looked through one by one.

So what was deposited, moved, restored or read is found at the next query, also while the
follower is stopped. Only those that she may read: what others do costs her nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from atelier.database import entries, meeting_entries
from atelier.model.meetings import meeting_part
from atelier.search.contract import Bounds, Entry
from atelier.search.effort import LOADED, Effort
from atelier.search.grammar import Query
from atelier.search.overlay import Overlay
from atelier.workspace import meeting_texts
from atelier.workspace.following import entry_of
from atelier.workspace.place import Workspace

MAX_DOCUMENTS = 50
MAX_PARTS = 200  # of meetings, four each
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

    At most `MAX_DOCUMENTS`, `MAX_PARTS` of meetings and `MAX_CHARACTERS`; a text that does not
    fit any more is left. All of it is looked through with half of what a search may cost,
    loaded with a quarter.
    """
    effort = Effort()
    documents, parts = _newest(hers)
    if not documents and not parts:
        return Fresh({}, 0, effort)
    room = _Room(with_older, effort.part(4), effort.part(2), MAX_CHARACTERS)
    room.left_out = len(hers) - len(documents) - len(parts)
    found = await ws.db.read(lambda tx: entries.indexable(tx, documents)) if documents else []
    for one in sorted(found, key=lambda row: -row.document):
        if room.has_effort():
            shown = one if with_older else dataclasses.replace(one, older=())
            room.take(await entry_of(ws, shown))
    told = await ws.db.read(lambda tx: meeting_entries.told(tx, parts))
    zone = ZoneInfo(ws.settings.network.time_zone)
    for entry in await asyncio.to_thread(meeting_texts.entries, told, parts, zone):
        if room.has_effort():
            room.take(entry)
    return Fresh(room.loaded, room.left_out, effort)


def _newest(hers: frozenset[int]) -> tuple[list[int], list[int]]:
    """The newest documents, and the newest parts of meetings."""
    parts = [number for number in hers if meeting_part(number) is not None]
    documents = sorted(hers.difference(parts), reverse=True)
    return documents[:MAX_DOCUMENTS], sorted(parts, reverse=True)[:MAX_PARTS]


@dataclass(slots=True)
class _Room:
    """What was loaded, and how much more may be."""

    with_older: bool
    loading: Effort
    looking: Effort
    characters: int
    left_out: int = 0
    loaded: dict[int, Overlay] = field(default_factory=dict)

    def has_effort(self) -> bool:
        """Whether one more may be loaded; else it is left out."""
        self.left_out += not self.loading.left
        return bool(self.loading.left)

    def take(self, entry: Entry) -> None:
        """Keep it to be looked through, when it fits."""
        characters = len(entry.text) + len(entry.older)
        self.loading.spend(characters // LOADED)
        if characters > self.characters:
            self.left_out += 1
            return
        self.characters -= characters
        overlay = Overlay(entry, with_older=self.with_older, effort=self.looking)
        self.loaded[entry.document] = overlay
