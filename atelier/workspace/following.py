"""Having the index follow the records, and building another beside it. No actor.

For the worker and the commands. Each step may be run again at any time, and by another
process after a crash: the index is shown each document as it stands now.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from atelier.database import entries, jobs, meeting_entries
from atelier.database.engine import Transaction
from atelier.errors import IndexUnready
from atelier.model.ids import MeetingId
from atelier.model.jobs import JobKind, Rank
from atelier.model.meetings import meeting_part
from atelier.search.contract import Entry, Index
from atelier.search.french import USUAL_LANGUAGE
from atelier.workspace import meeting_texts
from atelier.workspace.documents import Load, with_readings
from atelier.workspace.place import Workspace

MAX_OLDER_VERSIONS = 20
MAX_OLDER_CHARACTERS = 4_000_000

# In a server, what was read is found soon, and what is analysed rests. Alone, commits cost most.
_BATCH = 20
_BATCH_ALONE = 100
_BATCH_CHARACTERS = 16 * 1024 * 1024
_COMPACTED_AT_ONCE = 10_000

# Told how many documents and parts of meetings are done, of how many.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was built: by which engine, how many documents were seen, up to which entry.

    `reread` versions have lost their text: the worker reads them again.
    """

    engine: str
    documents: int
    applied: int
    reread: int


async def follow(ws: Workspace, *, is_gentle: bool = False) -> bool:
    """Apply the next entries to the index; False when it is up to date.

    Only by the one process that holds the worker's lock; `is_gentle` when it answers people.
    An index that is missing, damaged, or ahead of the records begins again from nothing.
    """
    applied = await _applied(ws)
    if applied is None:
        await ws.index.reset()
    elif applied > await ws.db.read(entries.last):
        await ws.index.reset()
        await ws.db.write(entries.note_all)
    async with ws.index.holding() as index:
        batch = await _next_batch(ws, await index.applied(), _BATCH)
        if batch is None:
            return False
        await _read_again(ws, batch.lost)
        await index.apply(batch.entries, batch.removed, batch.number, is_gentle=is_gentle)
        return True


async def rebuild(ws: Workspace, told: Told, *, is_gentle: bool = False) -> Rebuilt | None:
    """Build the index of the settings anew, beside the one that answers, and have it answer.

    None when somebody builds one already. `is_gentle` rests after each batch for as long as
    it took, for a process that answers people meanwhile.
    """
    index = await ws.index.build()
    if index is None:
        return None
    try:
        rebuilt = await _fill(ws, index, told, is_gentle=is_gentle)
        await ws.index.take(index)
    except BaseException:
        await ws.index.leave(index)
        raise
    return rebuilt


async def change_engine(ws: Workspace) -> Rebuilt | None:
    """Build what the settings name when another engine answers; None when there is nothing to do.

    Only by the worker. Where nothing answers, `follow` begins with the right one by itself.
    """
    if await ws.index.engine() in ("", ws.index.wanted):
        return None
    return await rebuild(ws, lambda done, of: None, is_gentle=True)


async def compact(ws: Workspace) -> int:
    """Let entries go that say nothing any more; again for more. How many."""
    return await ws.db.write(lambda tx: entries.compact(tx, _COMPACTED_AT_ONCE))


async def entry_of(ws: Workspace, found: entries.Indexable) -> Entry:
    """A document as an index is to have it; without the texts that were not read or are lost."""
    return (await _all_shown(ws, _Changed((found.document,), (found,))))[0].entry


async def _applied(ws: Workspace) -> int | None:
    try:
        return await ws.index.applied()
    except IndexUnready:
        return None


async def _fill(ws: Workspace, index: Index, told: Told, *, is_gentle: bool) -> Rebuilt:
    """Follow from the first entry to the last, however many come meanwhile."""
    of = await ws.db.read(entries.count)
    applied = done = documents = 0
    lost = set[int]()
    told(done, of)
    size = _BATCH if is_gentle else _BATCH_ALONE
    begun = time.monotonic()
    while (batch := await _next_batch(ws, applied, size)) is not None:
        await index.apply(batch.entries, batch.removed, batch.number, is_gentle=is_gentle)
        applied, lost = batch.number, lost | batch.lost
        seen = [*(one.document for one in batch.entries), *batch.removed]
        done += len(seen)
        documents += sum(meeting_part(number) is None for number in seen)
        told(min(done, of), of)
        if is_gentle:
            await asyncio.sleep(time.monotonic() - begun)
        begun = time.monotonic()
    await _read_again(ws, lost)
    return Rebuilt(ws.index.wanted, min(documents, of), applied, len(lost))


@dataclass(frozen=True, slots=True)
class _Changed:
    """Numbers of entries, and the documents and meetings among them that stand."""

    numbers: Sequence[int]
    documents: Sequence[entries.Indexable]
    meetings: Mapping[MeetingId, meeting_entries.Told] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Batch:
    entries: tuple[Entry, ...]
    removed: frozenset[int]
    number: int
    lost: frozenset[int]


async def _next_batch(ws: Workspace, applied: int, limit: int) -> _Batch | None:
    while True:
        number, changed = await ws.db.read(
            lambda tx, at_most=limit: entries.after(tx, applied, at_most)  # type: ignore[misc]
        )
        if not changed:
            return None
        found = await ws.db.read(lambda tx, numbers=changed: _looked_up(tx, numbers))  # type: ignore[misc]
        shown = await _all_shown(ws, found)
        characters = sum(len(one.entry.text) + len(one.entry.older) for one in shown)
        if limit == 1 or characters <= _BATCH_CHARACTERS:
            gone = frozenset(changed) - {one.entry.document for one in shown}
            lost = frozenset[int]().union(*(one.lost for one in shown))
            return _Batch(tuple(one.entry for one in shown), gone, number, lost)
        limit = max(1, limit // 2)


async def _looked_up(tx: Transaction, numbers: list[int]) -> _Changed:
    documents = await entries.indexable(tx, numbers)
    return _Changed(numbers, documents, await meeting_entries.told(tx, numbers))


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entry, and the versions that were read whose text is not there any more."""

    entry: Entry
    lost: frozenset[int]


async def _all_shown(ws: Workspace, found: _Changed) -> list[_Shown]:
    zone = ZoneInfo(ws.settings.network.time_zone)

    def show(load: Load) -> list[_Shown]:
        parts = meeting_texts.entries(found.meetings, found.numbers, zone)
        return [
            *(_shown(one, load, zone) for one in found.documents),
            *(_Shown(part, frozenset()) for part in parts),
        ]

    return await with_readings(ws, show)


def _shown(found: entries.Indexable, load: Load, zone: ZoneInfo) -> _Shown:
    text = _text(load, found.version_id, found.sha256)
    older, lost = _older_texts(load, found, text or "")
    if text is None and not found.is_waiting:
        lost.add(found.version_id)
    entry = Entry(
        document=found.document,
        version=found.version,
        folder=found.folder,
        name=found.name,
        media_type=found.media_type,
        language=found.language or USUAL_LANGUAGE,
        changed_at=found.changed_at,
        year=found.changed_at.astimezone(zone).year,
        author=found.author,
        author_id=found.author_id,
        organisation=found.organisation,
        organisation_id=found.organisation_id,
        text=text or "",
        older=older,
    )
    return _Shown(entry, frozenset(lost))


def _older_texts(load: Load, found: entries.Indexable, current: str) -> tuple[str, set[int]]:
    """The texts of older versions that say something else, newest first, within bounds."""
    told: dict[str, None] = {}
    lost, room = set[int](), MAX_OLDER_CHARACTERS
    for version in found.older[:MAX_OLDER_VERSIONS]:
        text = _text(load, version.version_id, version.sha256)
        if text is None and not version.is_waiting:
            lost.add(version.version_id)
        if text and text != current and text not in told:
            told[text[:room]] = None
            room -= len(text)
        if room <= 0:
            break
    return "\n".join(told), lost


def _text(load: Load, version: int, sha256: str) -> str | None:
    reading = load(version, sha256)
    return None if reading is None else "\n".join(reading.pages)


async def _read_again(ws: Workspace, versions: frozenset[int] | set[int]) -> None:
    """Their kept texts were lost: have them read once more, after which the entries come back."""
    for version in sorted(versions):
        await ws.db.write(
            lambda tx, lost=version: jobs.queue(  # type: ignore[misc]
                tx, JobKind.READ_VERSION, lost, ws.clock(), rank=Rank.BACKGROUND
            )
        )
