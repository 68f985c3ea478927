"""Meetings whose minutes are written, papers written without a process, and how to read them."""

from __future__ import annotations

import dataclasses
import subprocess
from datetime import date, time
from pathlib import Path

import pypdfium2

from atelier.model.agenda import Line
from atelier.model.ids import DocumentId, FolderId, MeetingId
from atelier.model.meetings import Attendee, Meeting, MeetingState, Presence, Votes, Way
from atelier.model.minutes import Ruling, Task
from atelier.model.people import Actor
from atelier.model.prose import Sheet
from atelier.papers.contract import PaperKind
from atelier.papers.odt import odt
from atelier.papers.pdf import pdf
from atelier.workspace import agenda, attendance, decided, documents, meetings, minutes, preparing
from atelier.workspace.meetings import Draft
from atelier.workspace.place import Workspace
from tests.builders import World
from tests.programs import LIBREOFFICE

DAY = date(2026, 3, 10)


class PapersHere:
    """The same writers, in this process: for acts that are done hundreds of times."""

    async def write(self, sheet: Sheet, kind: PaperKind) -> bytes:
        """The file."""
        return {PaperKind.ODT: odt, PaperKind.PDF: pdf}[kind](sheet)


def here(ws: Workspace) -> Workspace:
    """The workspace, with papers that are written in this process."""
    return dataclasses.replace(ws, papers=PapersHere())


async def held(
    ws: Workspace, actor: Actor, folder: FolderId, title: str = "Comité de l’été"
) -> MeetingId:
    """A meeting that was held: two items, a text, a decision by vote, an action, an attendance."""
    draft = Draft(title, DAY, time(14), 120, place="Salle Œuvre", series="Comité")
    meeting = await meetings.make(ws, actor, folder, draft)
    first = await agenda.add(ws, actor, meeting, Line("Bilan à mi-année", 20, "Awa Diallo"))
    await agenda.add(ws, actor, meeting, Line("Divers"))
    text = "## Échanges\n\nLe **bilan** est *bon*.\n\n- un\n- deux"
    await minutes.write(ws, actor, meeting, first, text, state=1)
    ruling = Ruling("Le budget est adopté.", Way.VOTE, DAY, Votes(7, 2, 1))
    await decided.decide(ws, actor, meeting, first, ruling)
    task = Task("Écrire à la préfecture", "Zoé Hors-Réseau", "", date(2026, 5, 1))
    await decided.give(ws, actor, meeting, first, task)
    lines = [
        Attendee(None, "Zoé Hors-Réseau", "CPTS du Bocage", Presence.PRESENT),
        Attendee(None, "Paul Noël", "CPTS du Bocage", Presence.REPRESENTED, "Zoé Hors-Réseau"),
        Attendee(None, "Inès Haÿ", "", Presence.EXCUSED),
    ]
    before = (await attendance.look(ws, actor, meeting)).state
    await attendance.take(ws, actor, meeting, lines, expected=before)
    await preparing.set_state(ws, actor, meeting, MeetingState.HELD)
    return meeting


async def seen(world: World, meeting: MeetingId) -> Meeting:
    """The meeting as the steward sees it."""
    return (await meetings.look(world.ws, world.steward, meeting)).meeting


async def content(world: World, document: DocumentId, number: int) -> bytes:
    """The bytes of a version."""
    found = await documents.content(world.ws, world.steward, document, number)
    try:
        return await found.opened.read(0, found.opened.size_bytes)
    finally:
        found.opened.close()


def words_of_pdf(paper: bytes) -> str:
    """What a PDF says, as PDFium reads it; lines and spaces are one space."""
    file = pypdfium2.PdfDocument(paper)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in file).split())
    finally:
        file.close()


def words_of_odt(paper: bytes, folder: Path) -> str:
    """What an ODT says, as LibreOffice reads it; lines and spaces are one space."""
    program = LIBREOFFICE.path()
    assert program is not None
    source = folder / "paper.odt"
    source.write_bytes(paper)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    ordered = ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder), str(source)]
    subprocess.run(
        [program, profile, "--headless", *ordered], check=True, capture_output=True, timeout=120
    )
    return " ".join((folder / "paper.txt").read_text("utf-8-sig").split())
