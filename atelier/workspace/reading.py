"""Reading documents and having the index follow. No actor: for the worker and the commands.

Both may be run again at any time, and by another process after a crash: a reading writes
what the file says, the follower shows the index each document as it stands now.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from atelier.database import entries, jobs
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.errors import BlobMissing, IndexUnready
from atelier.extract.contract import Reading
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId
from atelier.model.jobs import JobKind
from atelier.search.contract import Entry
from atelier.workspace.documents import forget_texts, reading_of, text_key
from atelier.workspace.place import Workspace

_BATCH = 50
_BATCH_CHARACTERS = 16 * 1024 * 1024


async def read_version(ws: Workspace, version_id: int) -> None:
    """Read a version's bytes, keep the text, and have the index look at the document.

    Whatever the bytes are, the version ends in a state; one whose bytes are gone is
    `damaged`. Nothing happens when the version is gone or in the trash.
    """
    unread = await ws.db.read(lambda tx: records.unread(tx, version_id))
    if unread is None:
        return
    try:
        path = await ws.blobs.path(unread.sha256)
        reading = await ws.readers.read(path, unread.name)
    except BlobMissing:
        reading = Reading(ReadState.DAMAGED, "application/octet-stream", reason="missing")
    await ws.texts.put(text_key(version_id, unread.sha256), msgspec.msgpack.encode(reading))

    async def unit(tx: Transaction) -> bool:
        is_there = await records.keep(tx, version_id, _row(reading))
        await entries.note(tx, DocumentId(unread.document_id))
        return is_there

    if not await ws.db.write(unit):  # it was purged meanwhile: no text of it stays
        await forget_texts(ws, [(version_id, unread.sha256)])


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
    await ws.db.write(lambda tx: jobs.queue(tx, JobKind.READ_VERSION, version_id, ws.clock()))


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
