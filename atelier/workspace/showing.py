"""Hits as a person sees them: after the check of rights, with the words in their sentence.

The texts come from what was kept when the versions were read, so those of a version that is
gone are gone here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from atelier.database import finding
from atelier.extract.contract import Reading
from atelier.model.folders import DocumentRow
from atelier.model.search import Hit, MeetingHit, PageHit, Sort
from atelier.search.contract import Entry
from atelier.search.effort import Effort
from atelier.search.french import USUAL_LANGUAGE
from atelier.search.grammar import Query
from atelier.search.media_types import kind_of
from atelier.search.overlay import Overlay
from atelier.search.snippets import best_pages
from atelier.workspace import meeting_texts
from atelier.workspace.documents import Load, with_readings
from atelier.workspace.seeking import Answers, Row, Seeking

# Of older texts: of one document, and of all those of one page of hits.
MAX_OLDER_LOOKED_AT = 8
MAX_OLDER_CHARACTERS = 4_000_000


class _Version(NamedTuple):
    """A version, and where its text is kept."""

    number: int
    id: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A version and what was read in it."""

    number: int
    media_type: str
    reading: Reading


async def hits(
    seeking: Seeking, query: Query, found: Answers, *, with_older: bool
) -> tuple[Hit, ...]:
    """The hit of each row: its best pages, of the version whose text answers.

    They share what the search may still cost: half of it when help goes with them. A hit
    is one also when nothing is left for its pages.
    """
    effort = seeking.fresh.effort.part(1 if found.is_exact else 2)
    earlier = await _earlier(seeking, found.rows) if with_older and found.rows else {}

    def look(load: Load) -> tuple[Hit, ...]:
        return _Looking(query, load, effort, Effort(MAX_OLDER_CHARACTERS)).hits(found.rows, earlier)

    shown = await with_readings(seeking.ws, look) if found.rows else ()
    return tuple(replace(hit, meeting=_meeting(seeking, hit)) for hit in shown)


def together(hits: Iterable[Hit], sort: Sort) -> tuple[Hit, ...]:
    """Those of one meeting together: where the first of them stands, or by the meeting's date."""
    blocks: dict[tuple[bool, int], list[Hit]] = {}
    for hit in hits:
        key = (False, hit.document_id) if hit.meeting is None else (True, int(hit.meeting.id))
        blocks.setdefault(key, []).append(hit)
    ordered = list(blocks.values())
    if sort is Sort.NEWEST:
        ordered.sort(key=lambda block: -_date(block[0]).timestamp())
    return tuple(hit for block in ordered for hit in block)


def _date(hit: Hit) -> datetime:
    return hit.changed_at if hit.meeting is None else hit.meeting.starts_at


def _meeting(seeking: Seeking, hit: Hit) -> MeetingHit | None:
    found = seeking.sight.meeting_of(hit.folder_id)
    return None if found is None else found.hit()


def entry_of_row(row: DocumentRow, text: str = "", language: str = "") -> Entry:
    """A document with that text, as far as words are looked for in it."""
    return Entry(
        document=row.id,
        version=row.version,
        folder=row.folder_id,
        name=row.name,
        media_type=row.media_type,
        language=language,
        changed_at=row.changed_at,
        year=row.changed_at.year,
        author=row.author,
        author_id=row.author_id,
        organisation=row.organisation,
        organisation_id=0,
        text=text,
    )


@dataclass(frozen=True, slots=True)
class _Looking:
    """What the rows of one page share, in a thread; `room` is of characters of older texts."""

    query: Query
    load: Load
    effort: Effort
    room: Effort

    def hits(
        self, rows: Sequence[Row], earlier: Mapping[int, Sequence[_Version]]
    ) -> tuple[Hit, ...]:
        """One text at a time; each row has its part of the effort among those that are left."""
        return tuple(
            self._hit(row, self.effort.part(left), earlier.get(row.document.id, ()))
            for left, row in zip(range(len(rows), 0, -1), rows, strict=True)
        )

    def _hit(self, row: Row, part: Effort, earlier: Sequence[_Version]) -> Hit:
        if row.told is not None and row.part is not None:
            lines = meeting_texts.lines(row.told, row.part)
            return _hit_of_part(row, _of_lines(self.query, lines, part))
        document = row.document
        current = self._text(
            _Version(document.version, row.version_id, row.sha256, document.media_type)
        )
        texts = [current] if current else []
        if earlier and not (current and _may_answer(self.query, document, current, part)):
            texts = self._with_older(row, texts, earlier, part)
        return _hit(self.query, row, texts, part)

    def _with_older(
        self, row: Row, texts: list[_Text], earlier: Sequence[_Version], part: Effort
    ) -> list[_Text]:
        """The first older text that answers by itself comes first; the others in their order."""
        for version in earlier:
            text = self._text(version)
            if text is None:
                continue
            if not self.room.take(_characters(text.reading)):
                break
            if _may_answer(self.query, row.document, text, part):
                return [text, *texts]
            texts.append(text)
        return texts

    def _text(self, version: _Version) -> _Text | None:
        """What it costs to bring a text here is nobody's part."""
        reading = self.load(version.id, version.sha256, self.effort) if self.effort.left else None
        if reading is None:
            return None
        return _Text(version.number, version.media_type, reading)


async def _earlier(seeking: Seeking, rows: Sequence[Row]) -> dict[int, list[_Version]]:
    wanted = [row.document.id for row in rows]
    found = await seeking.ws.db.read(
        lambda tx: finding.earlier_versions(tx, seeking.actor, wanted, MAX_OLDER_LOOKED_AT)
    )
    return {number: [_Version(*one) for one in versions] for number, versions in found.items()}


def _characters(reading: Reading) -> int:
    return sum(map(len, reading.pages))


def _hit(query: Query, row: Row, texts: Sequence[_Text], effort: Effort) -> Hit:
    """With the pages of the first of these versions that has some."""
    document = row.document
    number, media_type, pages = document.version, document.media_type, tuple[PageHit, ...]()
    for text in texts:
        if found := _pages(query, text, effort):
            number, media_type, pages = text.number, text.media_type, found
            break
    return Hit(
        document_id=document.id,
        name=document.name,
        folder_id=document.folder_id,
        folder=row.folder,
        version=number,
        media_type=media_type,
        changed_at=document.changed_at,
        pages=pages,
        is_older=number != document.version,
        is_fresh=row.is_fresh,
        kind=kind_of(media_type),
    )


def _hit_of_part(row: Row, pages: tuple[PageHit, ...]) -> Hit:
    found = row.document
    return Hit(
        document_id=found.id,
        name=found.name,
        folder_id=found.folder_id,
        folder=row.folder,
        version=found.version,
        media_type=found.media_type,
        changed_at=found.changed_at,
        pages=pages,
        is_fresh=row.is_fresh,
        part=row.part,
        kind=kind_of(found.media_type),
    )


def _of_lines(
    query: Query, lines: Sequence[meeting_texts.Line], effort: Effort
) -> tuple[PageHit, ...]:
    """The lines that answer best, with their own numbers and anchors."""
    texts = [line.text for line in lines]
    found = best_pages(query, texts, True, language=USUAL_LANGUAGE, effort=effort)
    best = [(lines[(page.page or 1) - 1], page.snippet) for page in found]
    return tuple(PageHit(line.number, snippet, line.anchor) for line, snippet in best)


def _pages(query: Query, text: _Text, effort: Effort) -> tuple[PageHit, ...]:
    reading = text.reading
    has_pages = reading.page_count is not None
    language = reading.language or USUAL_LANGUAGE
    return best_pages(query, reading.pages, has_pages, language=language, effort=effort)


def _may_answer(query: Query, document: DocumentRow, text: _Text, effort: Effort) -> bool:
    """Whether the text of that version answers by itself, or may."""
    reading = text.reading
    entry = entry_of_row(document, "\n".join(reading.pages), reading.language or USUAL_LANGUAGE)
    return Overlay(entry, effort=effort).may_answer(query)
