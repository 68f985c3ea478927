"""The meeting of the matrix: its dossier stands in the folder, and shares its fate.

Its paper stands far away, where its readers may not read.
"""

from __future__ import annotations

from datetime import date, time
from typing import Final

from atelier.database.engine import Transaction
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.workspace import meetings
from atelier.workspace.meetings import Draft
from atelier.workspace.place import Workspace

MEETING, ITEM, DECISION, TODO, SERIES = 1, 1, 1, 1, 1
TITLE_WORD, SERIES_WORD, PLACE_WORD = "Dossivorp", "Serimuzal", "Lieuvapoz"
ITEM_WORD, NOTE_WORD, MINUTES_WORD = "Ordruxepi", "Notifuzor", "Minuvolkab"
DECISION_WORD, TODO_WORD, ATTENDEE_WORD = "Decisuvrok", "Actuzimel", "Presontiv"
MEETING_WORDS: Final = (
    TITLE_WORD, SERIES_WORD, PLACE_WORD, ITEM_WORD, NOTE_WORD, MINUTES_WORD, DECISION_WORD,
    TODO_WORD, ATTENDEE_WORD,
)  # fmt: skip


async def meet(ws: Workspace, actor: Actor, folder: FolderId, paper: int, name: str) -> FolderId:
    """Write the meeting with something of everything; its dossier."""
    draft = Draft(TITLE_WORD, date(2026, 1, 8), time(14), 90, place=PLACE_WORD, series=SERIES_WORD)
    meeting = await meetings.make(ws, actor, folder, draft)
    assert meeting == MEETING

    async def unit(tx: Transaction) -> None:
        await tx.run(
            "INSERT INTO agenda_items (meeting_id, place, title, presenter, note, text)"
            " VALUES (1, 1, :title, :presenter, :note, :text)",
            title=ITEM_WORD,
            presenter=ATTENDEE_WORD,
            note=NOTE_WORD,
            text=f"On y dit {MINUTES_WORD}.",
        )
        await tx.run(
            "INSERT INTO item_papers (item_id, place, document_id, version, name, sha256)"
            " SELECT 1, 1, :paper, 1, :name, sha256 FROM versions WHERE document_id = :paper",
            paper=paper,
            name=name,
        )
        await tx.run(
            "INSERT INTO decisions (item_id, text, way, decided_on)"
            " VALUES (1, :text, 'consensus', '2026-01-08')",
            text=DECISION_WORD,
        )
        await tx.run(
            "INSERT INTO todos (item_id, text, who, due_on) VALUES (1, :text, :who, '2026-02-01')",
            text=TODO_WORD,
            who=ATTENDEE_WORD,
        )
        await tx.run(
            "INSERT INTO meeting_attendance (meeting_id, place, name, presence)"
            " VALUES (1, 1, :name, 'present')",
            name=ATTENDEE_WORD,
        )

    await ws.db.write(unit)
    return (await meetings.look(ws, actor, meeting)).folder.id
