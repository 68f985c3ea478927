"""Reading documents and having the index follow. No actor: for the worker and the commands.

Both may be run again at any time, and by another process after a crash: a reading writes
what the file says, the follower shows the index each document as it stands now.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from atelier.database import entries, findings, jobs
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.errors import BlobMissing, IndexUnready
from atelier.extract.contract import Reading
from atelier.model import nir
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId
from atelier.model.jobs import JobKind, Rank
from atelier.search.contract import Entry
from atelier.workspace.documents import forget_texts, reading_of, text_key
from atelier.workspace.place import Workspace
from atelier.workspace.previews import is_worth_drawing

_BATCH = 50
_BATCH_CHARACTERS = 16 * 1024 * 1024
_LOOKED_THROUGH_AT_ONCE = 64 * 1024  # some 2 ms of the loop; more than that goes to a thread


async def read_version(ws: Workspace, version_id: int) -> None:
    """Read a version's bytes, keep the text, and have the index look at the document.

    Whatever the bytes are, the version ends in a state; one whose bytes are gone is
    `damaged`. Nothing happens when the version is gone or in the trash. The first time,
    what takes long is left to `finish_version`, so that nobody waits behind a pile of scans;
    a version that was read keeps its text until the new one is whole.
    """
    unread = await ws.db.read(lambda tx: records.unread(tx, version_id))
    if unread is not None:
        await _read(ws, unread, in_full=not unread.is_new)


async def finish_version(ws: Workspace, version_id: int) -> None:
    """Read a version once more, with all that takes long; see `read_version`."""
    unread = await ws.db.read(lambda tx: records.unread(tx, version_id))
    if unread is not None:
        await _read(ws, unread, in_full=True)


async def _read(ws: Workspace, unread: records.Unread, *, in_full: bool) -> None:
    version_id = unread.version_id
    try:
        path = await ws.blobs.path(unread.sha256)
        reading = await ws.readers.read(path, unread.name, in_full=in_full)
    except BlobMissing:
        reading = Reading(ReadState.DAMAGED, "application/octet-stream", reason="missing")
    has_more = not in_full and ws.readers.has_more(reading)
    if has_more and reading.state is ReadState.NEEDS_OCR:
        reading = msgspec.structs.replace(reading, reason="letters")
    await ws.texts.put(text_key(version_id, unread.sha256), msgspec.msgpack.encode(reading))
    found = await _look_for_patients(ws, reading)

    async def unit(tx: Transaction) -> bool:
        is_there = await records.keep(tx, version_id, _row(reading))
        await entries.note(tx, DocumentId(unread.document_id))
        if is_there:
            await _keep_finding(ws, tx, version_id, found, reading)
            await _queue_rest(ws, tx, version_id, reading, has_more=has_more)
        return is_there

    if not await ws.db.write(unit):  # it was purged meanwhile: no text of it stays
        await forget_texts(ws, [(version_id, unread.sha256)])


async def _keep_finding(
    ws: Workspace, tx: Transaction, version_id: int, found: nir.Found | None, reading: Reading
) -> None:
    # What could not be read this time may hold what was found in it before.
    is_sure = found is not None or reading.state in (ReadState.OK, ReadState.PARTIAL)
    if ws.settings.reading.patient_data_guard and is_sure:
        page = None if found is None or reading.page_count is None else found.page
        await findings.keep(tx, version_id, found, page, ws.clock())


async def _queue_rest(
    ws: Workspace, tx: Transaction, version_id: int, reading: Reading, *, has_more: bool
) -> None:
    if has_more:
        await jobs.queue(tx, JobKind.FINISH_VERSION, version_id, ws.clock(), rank=Rank.LONG)
    if is_worth_drawing(reading.media_type, reading.state):
        await jobs.queue(tx, JobKind.DRAW_VERSION, version_id, ws.clock())


async def follow(ws: Workspace) -> bool:
    """Apply the next entries to the index; False when it is up to date.

    Only by the one process that holds the index's lock. An index that is missing,
    damaged, or ahead of the records begins again from nothing.
    """
    try:
        applied = await ws.index.applied()
    except IndexUnready:
        await ws.index.reset()
        applied = 0
    if applied > await ws.db.read(entries.last):
        await ws.index.reset()
        await ws.db.write(entries.note_all)
        applied = 0
    batch = await _next_batch(ws, applied)
    if batch is None:
        return False
    if batch.begins_again and applied:
        await ws.index.reset()
        return True
    await ws.index.apply(batch.entries, batch.removed, batch.number)
    return True


@dataclass(frozen=True, slots=True)
class _Batch:
    entries: tuple[Entry, ...]
    removed: frozenset[int]
    number: int
    begins_again: bool


async def _next_batch(ws: Workspace, applied: int) -> _Batch | None:
    limit = _BATCH
    while True:
        number, changed = await ws.db.read(
            lambda tx, at_most=limit: entries.after(tx, applied, at_most)  # type: ignore[misc]
        )
        if not changed:
            return None
        found = await ws.db.read(lambda tx, ids=changed: entries.indexable(tx, ids))  # type: ignore[misc]
        shown = [await _entry(ws, one) for one in found]
        if limit == 1 or sum(len(entry.text) for entry in shown) <= _BATCH_CHARACTERS:
            gone = frozenset(changed) - {entry.document for entry in shown}
            return _Batch(tuple(shown), gone, number, entries.BEGIN_AGAIN in changed)
        limit = max(1, limit // 2)


async def _entry(ws: Workspace, found: entries.Indexable) -> Entry:
    reading = await reading_of(ws, found.version_id, found.sha256)
    if reading is None and not found.is_waiting:
        await _read_again(ws, found.version_id)
    return Entry(
        document=found.document,
        version=found.version,
        folder=found.folder,
        name=found.name,
        media_type=found.media_type,
        language=found.language,
        changed_at=found.changed_at,
        author=found.author,
        organisation=found.organisation,
        text="" if reading is None else "\n".join(reading.pages),
    )


async def _read_again(ws: Workspace, version_id: int) -> None:
    """Its kept text was lost: have it read once more, after which the entry comes back."""
    await ws.db.write(
        lambda tx: jobs.queue(
            tx, JobKind.READ_VERSION, version_id, ws.clock(), rank=Rank.BACKGROUND
        )
    )


async def _look_for_patients(ws: Workspace, reading: Reading) -> nir.Found | None:
    """What the patient-data guard finds in these pages; None too where it is off."""
    if not ws.settings.reading.patient_data_guard:
        return None
    if sum(map(len, reading.pages)) < _LOOKED_THROUGH_AT_ONCE:
        return nir.look(reading.pages)
    return await asyncio.to_thread(nir.look, reading.pages)


def _row(reading: Reading) -> records.ReadRow:
    return records.ReadRow(
        state=reading.state,
        reason=reading.reason,
        media_type=reading.media_type,
        page_kind=reading.page_kind,
        page_count=reading.page_count,
        language=reading.language,
        reader_version=reading.reader_version,
    )
