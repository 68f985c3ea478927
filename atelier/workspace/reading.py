"""Reading documents. No actor: for the worker and the commands.

A reading may be run again at any time, and by another process after a crash: it writes what
the file says.
"""

from __future__ import annotations

import asyncio

import msgspec

from atelier.database import entries, findings, jobs
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.errors import BlobMissing
from atelier.extract.contract import Reading
from atelier.model import nir
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId
from atelier.model.jobs import JobKind, Rank
from atelier.workspace.documents import forget_texts, text_key
from atelier.workspace.place import Workspace
from atelier.workspace.previews import is_worth_drawing

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
