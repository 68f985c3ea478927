"""One question put to the index and to what it has not applied, within one person's sight.

The parts of a search: the use-cases in `search` put them together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from atelier.database import documents, meeting_entries
from atelier.database.engine import Transaction
from atelier.database.meeting_entries import Told
from atelier.model.folders import DocumentRow
from atelier.model.meetings import Part, meeting_part
from atelier.model.people import Actor
from atelier.model.search import Asked, Narrowing, Sort, Widened
from atelier.search.contract import Ask, Bounds, Counts, Found
from atelier.search.glossary import widen
from atelier.search.grammar import Query, parse
from atelier.search.overlay import Overlay
from atelier.workspace import fresh, known_terms, meeting_texts, sight
from atelier.workspace.facets import added
from atelier.workspace.fresh import Fresh
from atelier.workspace.place import Workspace
from atelier.workspace.sight import Sight


@dataclass(frozen=True, slots=True)
class Row:
    """A document that answers, as the records have it now, and where its text is kept.

    Or a `part` of the meeting `told`, as a row among documents. `at` is when the meeting begins
    in whose dossier it stands; None elsewhere.
    """

    document: DocumentRow
    folder: str
    version_id: int = 0
    sha256: str = ""
    is_fresh: bool = False
    told: Told | None = None
    part: Part | None = None
    at: datetime | None = None

    @property
    def date(self) -> datetime:
        """The one that an index has of it."""
        return self.at or self.document.changed_at


@dataclass(frozen=True, slots=True)
class Window:
    """Which of the answers are wanted, in which order; a `limit` of 0 only counts them."""

    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 0
    with_counts: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one window, and how many there are in all.

    `refused` were found in the index and not in the records: something changed meanwhile.
    """

    total: int
    rows: tuple[Row, ...] = ()
    is_partial: bool = False
    counts: Counts = field(default_factory=Counts)
    refused: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether something answers as it was asked."""
        return bool(self.total) and not self.is_partial


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was typed, read and widened; `is_in_vain` when what was added found nothing."""

    query: Query
    widened: tuple[Widened, ...] = ()
    is_in_vain: bool = False


@dataclass(frozen=True, slots=True)
class Seeking:
    """One person's search: what she may see now, for as many questions as are put."""

    ws: Workspace
    actor: Actor
    sight: Sight
    fresh: Fresh

    async def understand(self, asked: Asked) -> Understanding:
        """The query of these words, widened by the glossary unless they are meant exactly."""
        query = parse(asked.words, zone(self.ws))
        if asked.is_exact:
            return Understanding(query)
        terms = await known_terms.terms(self.ws)
        # A large glossary that has just changed takes half a second to learn.
        return Understanding(*await asyncio.to_thread(widen, query, terms))

    async def seek(self, query: Query, narrowing: Narrowing, window: Window) -> Answers:
        """What answers as it is asked, else what most nearly does.

        Documents that the index has not applied stand first, among the others when the
        newest are wanted first. Each is checked again in the records.
        """
        wanted = self.sight.folders(query, narrowing)
        ask = Ask(
            query=query,
            within=self.sight.within(wanted),
            bounds=_bounds(narrowing),
            sort=window.sort,
            with_older=narrowing.with_older,
            with_counts=window.with_counts,
        )
        own = await self.fresh.answering(wanted, query, ask.bounds)
        found = await self._ask(ask, window, len(own))
        if found.total and not found.is_partial:
            return await self._told(found, own, window, is_partial=False)
        if own:
            return await self._told(Found(0, ()), own, window, is_partial=False)
        own = await self.fresh.answering(wanted, query, ask.bounds, is_mostly=True)
        if own and window.offset:
            found = await self._ask(ask, window, len(own))
        return await self._told(found, own, window, is_partial=bool(found.total or own))

    async def _ask(self, ask: Ask, window: Window, own: int) -> Found:
        """The index's part of the window, when `own` others are put among its answers."""
        first = max(0, window.offset - own)
        limit = window.offset + window.limit - first if window.limit else 0
        return await self.ws.index.find(msgspec.structs.replace(ask, offset=first, limit=limit))

    async def _told(
        self, found: Found, own: Sequence[Overlay], window: Window, *, is_partial: bool
    ) -> Answers:
        first = max(0, window.offset - len(own))
        mine = [one.entry.document for one in own]
        looked_up = (*mine, *found.documents) if window.limit else ()
        rows = await self._checked(looked_up, frozenset(mine))
        if window.sort is Sort.NEWEST:
            rows.sort(key=lambda row: (-row.date.timestamp(), row.document.id))
        refused = len(looked_up) - len(rows)
        return Answers(
            total=found.total + len(own) - refused,
            rows=tuple(rows[window.offset - first :][: window.limit]),
            is_partial=is_partial,
            counts=added(found.counts, [one.entry for one in own]),
            refused=refused,
        )

    async def _checked(self, wanted: tuple[int, ...], mine: frozenset[int]) -> list[Row]:
        if not wanted:
            return []
        found = await self.ws.db.read(lambda tx: readable(tx, self.actor, wanted))
        return [
            replace(found[number], is_fresh=number in mine, at=self._begins(found[number]))
            for number in wanted
            if number in found
        ]

    def _begins(self, row: Row) -> datetime | None:
        meeting = self.sight.meetings.get(row.document.folder_id)
        return None if meeting is None else meeting.hit().starts_at


async def begin(ws: Workspace, actor: Actor, asked: Asked) -> Seeking:
    """See what she may see now. `IndexUnready` while there is no index."""
    query = parse(asked.words, zone(ws))
    seen = await sight.look(ws, actor, query, with_meetings=True)
    loaded = await fresh.load(ws, seen.hers, with_older=asked.narrowing.with_older)
    return Seeking(ws, actor, seen, loaded)


async def readable(tx: Transaction, actor: Actor, wanted: Sequence[int]) -> dict[int, Row]:
    """Of these documents and parts of meetings those that she may read now."""
    rows = await documents.readable(tx, actor, tuple(wanted))
    found = {number: Row(*row) for number, row in rows.items()}
    meetings = await meeting_entries.readable(tx, actor, wanted)
    for number in wanted:
        meeting, part = meeting_part(number) or (None, None)
        if meeting in meetings and part is not None:
            told = meetings[meeting]
            row = meeting_texts.row(told, part)
            found[number] = Row(row, told.dossier, told=told, part=part)
    return found


def zone(ws: Workspace) -> ZoneInfo:
    """The network's time zone, whose days dates of queries are."""
    return ZoneInfo(ws.settings.network.time_zone)


def _bounds(narrowing: Narrowing) -> Bounds:
    return Bounds(narrowing.organisation, narrowing.person, narrowing.kind, narrowing.year)
