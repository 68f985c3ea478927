"""What the page of old meetings is given, with names that try to do harm."""

from __future__ import annotations

from datetime import UTC, date, datetime

from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.past import Proposal, Standing
from atelier.web.pages.past import Line, PaperLine
from atelier.workspace.past import Past

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
KINDS = [("d7:7:1:" + "a" * 16 + ":minutes", "Compte rendu", True)]


def past_pages() -> dict[str, dict[str, object]]:
    """Its context: a line that was refused, one of a folder, one of a month, and names left."""
    return {
        "meetings/past.html": {
            "found": found(),
            "folder": found().folder,
            "crumbs": found().crumbs,
            "lines": [
                Line("d7", "", EVIL, "2019-03-12", EVIL, True, "", "", [_paper(7)], EVIL),
                Line("f8", "a" * 16, EVIL, "2019-03-12", EVIL, False, "", EVIL, [], ""),
                Line("d9", "", EVIL, "", "", False, "03/2019", "", [_paper(9)], ""),
            ],
            "done": [(4, EVIL, "12 mars 2019")],
            "refused": [("d7", EVIL, EVIL), ("", "", EVIL)],
            "most_left": 1,
            "most_names": 5_000,
        },
    }


def found() -> Past:
    """A page of many, cut, with names that say nothing."""
    files = tuple(Standing(DocumentId(number), EVIL, 1) for number in (20, 21))
    one = Proposal(date(2019, 3, 12), None, EVIL, EVIL, True, ())
    return Past(
        folder=Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
        crumbs=(Crumb(FolderId(3), "Parent"),),
        meetings=(one,),
        total=30,
        folders_left=((FolderId(30), EVIL),),
        files_left=files,
        page=2,
        pages=3,
        is_dossier=False,
        is_cut=True,
    )


def _paper(number: int) -> PaperLine:
    return PaperLine(number, EVIL, KINDS)
