"""What the page of assembled minutes is given, with names that try to do harm."""

from __future__ import annotations

from dataclasses import replace

from atelier.model.ids import DocumentId
from atelier.model.meetings import MeetingState
from atelier.model.prose import Block, BlockKind, Run, Sheet, Table
from atelier.model.record import Filed, PaperKind
from atelier.web.pages.record import passages
from tests.web.meeting_contexts import AT, CRUMBS, EVIL, FOLDER, OVERRIDE, ROW, meeting

SHEET = Sheet(
    title=EVIL,
    language="fr",
    blocks=(
        Block(BlockKind.HEADING, (Run(EVIL),)),
        Block(BlockKind.PARAGRAPH, (Run(EVIL, is_strong=True), Run("\n"), Run(OVERRIDE))),
        Block(BlockKind.BULLET, (Run(EVIL),)),
        Table((EVIL, "SHA-256"), ((EVIL, OVERRIDE), (f"{EVIL}\n{EVIL}", "")), (1, 2)),
        Block(BlockKind.HEADING, (Run(EVIL),)),
    ),
    subtitle=f"{EVIL}\n{OVERRIDE}",
)
FILED = (
    Filed(PaperKind.ODT, DocumentId(7), EVIL, 1, 2, filed_as=OVERRIDE),
    Filed(PaperKind.PDF, DocumentId(8), OVERRIDE, 1, 1),
)


def record_pages() -> dict[str, dict[str, object]]:
    """The page of approved minutes, one of whose papers was replaced; the meeting's with them."""
    approved = replace(
        meeting(),
        row=replace(ROW, state=MeetingState.APPROVED),
        edition=2,
        approved_at=AT,
        approved_by=EVIL,
    )
    return {
        "meetings/meeting.html": {"filed": FILED},
        "meetings/record.html": {
            "folder": FOLDER,
            "crumbs": CRUMBS,
            "meeting": approved,
            "filed": FILED,
            "sheet": SHEET,
            "passages": passages(SHEET),
            "errors": {"state": EVIL},
        },
    }
