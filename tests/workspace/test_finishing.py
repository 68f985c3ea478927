"""What takes long is read behind what people wait for: the letters of scans."""

from __future__ import annotations

import dataclasses

import pytest

from atelier.database.engine import Transaction
from atelier.extract import open_readers_for
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId
from atelier.model.jobs import JobKind, Rank
from atelier.settings import Reading as Settings
from atelier.worker import runner
from atelier.workspace import documents
from atelier.workspace.place import Workspace
from tests.builders import World, in_network
from tests.samples import pdf
from tests.samples_scans import scanned_pdf

_LINES = ("Convention de soins", "entre les deux structures", "signée le 12 mars")


async def _waiting(ws: Workspace) -> list[tuple[JobKind, Rank]]:
    async def unit(tx: Transaction) -> list[tuple[JobKind, Rank]]:
        rows = await tx.rows("SELECT kind, rank FROM jobs WHERE kind <> 'draw_version' ORDER BY id")
        return [(JobKind(kind), Rank(rank)) for kind, rank in rows]

    return await ws.db.read(unit)


async def _read(world: World, ws: Workspace, document: DocumentId) -> tuple[ReadState, str]:
    version = (await documents.look(ws, world.steward, document)).document.current
    return version.state, version.reason


@pytest.mark.tesseract
@in_network
async def test_the_letters_of_a_scan_are_read_behind_what_people_brought(world: World) -> None:
    folder = await world.folder("Commun")
    ws = dataclasses.replace(world.ws, readers=open_readers_for(Settings()))
    try:
        scan = await world.deposit(world.steward, folder, "scan.pdf", scanned_pdf([_LINES]))
        assert await runner.do_next(ws, rank=Rank.PEOPLE)
        assert await _read(world, ws, scan.document_id) == (ReadState.NEEDS_OCR, "letters")
        while await runner.do_next(ws, rank=Rank.PEOPLE):
            pass
        assert await _waiting(ws) == [(JobKind.FINISH_VERSION, Rank.LONG)]

        note = await world.deposit(world.steward, folder, "note.pdf", pdf(["du kiwano"]))
        assert await runner.do_next(ws)
        assert await _read(world, ws, note.document_id) == (ReadState.OK, "")
        assert await _read(world, ws, scan.document_id) == (ReadState.NEEDS_OCR, "letters")

        while await runner.do_next(ws):
            pass
        assert await _read(world, ws, scan.document_id) == (ReadState.OK, "ocr")
        look = await documents.look(ws, world.steward, scan.document_id)
        assert look.page is not None and "Convention" in look.page.text
    finally:
        await ws.readers.close()


@in_network
async def test_where_nothing_reads_letters_a_scan_is_read_to_its_end_at_once(world: World) -> None:
    folder = await world.folder("Commun")
    ws = dataclasses.replace(world.ws, readers=open_readers_for(Settings(use_ocr=False)))
    try:
        scan = await world.deposit(world.steward, folder, "scan.pdf", scanned_pdf([_LINES]))
        assert await runner.do_next(ws, rank=Rank.PEOPLE)
        assert await _read(world, ws, scan.document_id) == (ReadState.NEEDS_OCR, "scan")
        assert await _waiting(ws) == []
    finally:
        await ws.readers.close()
