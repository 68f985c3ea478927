"""What the pages of meetings are given, with names that try to do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from atelier.model.folders import Action, Crumb, DocumentRow, Folder
from atelier.model.ids import (
    DecisionId,
    DocumentId,
    FolderId,
    ItemId,
    MeetingId,
    OrganisationId,
    PersonId,
    SeriesId,
    TodoId,
)
from atelier.model.meetings import (
    Decision,
    Meeting,
    MeetingRow,
    MeetingState,
    Series,
    Todo,
    Way,
)
from atelier.model.since import Changed, DecidedSince, TodoSince
from atelier.web.language import Voice
from atelier.web.pages.meeting_forms import ways, written
from atelier.web.pages.meeting_lines import line, lines
from atelier.workspace.folders import Place
from atelier.workspace.meeting_lists import Wanted
from atelier.workspace.since import Since

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
DAY = date(2026, 7, 1)
EVIL = "<script>alert('x')</script>.pdf"
OVERRIDE = "facture\u202efdp.exe"
VOICE = Voice("fr", "Europe/Paris")
SERIES = Series(SeriesId(3), FolderId(12), EVIL)
FOLDER = Folder(FolderId(13), FolderId(12), EVIL, False, AT, frozenset(Action), None)
CRUMBS = [Crumb(FolderId(12), "Parent"), Crumb(FolderId(13), EVIL)]
ROW = MeetingRow(
    id=MeetingId(4),
    dossier_id=FolderId(13),
    title=EVIL,
    series=SERIES,
    starts_at=AT,
    has_time=True,
    lasts_minutes=90,
    place=EVIL,
    link="https://visio.example/<x>",
    state=MeetingState.CONVENED,
    is_cancelled=False,
    organisation_id=OrganisationId(2),
    organisation=EVIL,
)
BARE = replace(
    ROW,
    id=MeetingId(5),
    title=OVERRIDE,
    series=None,
    has_time=False,
    place="",
    link="",
    is_cancelled=True,
    organisation="",
    state=MeetingState.HELD,
)
PAPER = DocumentRow(
    DocumentId(7),
    FolderId(13),
    EVIL,
    3,
    1_500,
    "application/pdf",
    "ok",
    PersonId(9),
    EVIL,
    EVIL,
    AT,
)


def meeting() -> Meeting:
    """One without an agenda."""
    return Meeting(row=ROW, state_number=3, uid="u@atelier", sequence=1, changed_at=AT)


def meeting_pages() -> dict[str, dict[str, object]]:
    """What these add to the pages, and their own."""
    shown, folder = line(ROW, VOICE, AT), {"folder": FOLDER, "crumbs": CRUMBS}
    typed = written(ROW, VOICE) | {"every": "week", "times": "61"}
    refused = {"errors": {"title": EVIL, "times": EVIL}, "typed": typed}
    return {
        "home/home.html": {
            "next_meeting": shown,
            "answer_awaited": True,
            "other_awaited": lines([replace(ROW, id=MeetingId(6))], VOICE, AT),
            "more_awaited": 2,
        },
        "folders/folder.html": {"of_meeting": shown},
        "meetings/meeting.html": {
            **folder,
            "meeting": meeting(),
            "line": shown,
            "folders": [],
            "documents": [PAPER],
            "locks": {},
        },
        "meetings/meetings.html": {
            **listed("/meetings"),
            "places": [Place(FolderId(12), EVIL, 0), Place(FolderId(14), OVERRIDE, 1)],
            "has_more_places": True,
        },
        "meetings/folder.html": {
            **folder,
            **listed("/folders/13/meetings"),
            **refused,
            "own_series": [SERIES],
            "has_dossier": False,
            "is_new": False,
            "ways": ways(VOICE),
            "most_times": 60,
        },
        "meetings/edit.html": {
            **folder,
            **refused,
            "line": shown,
            "written": written(ROW, VOICE),
            "series": [SERIES],
            "expected": 3,
            "is_locked": True,
            "shown": EVIL,
        },
        "meetings/since.html": {
            **folder,
            "line": shown,
            "before": line(BARE, VOICE, AT),
            "since": since(),
            "most": 200,
        },
    }


def listed(address: str) -> dict[str, object]:
    """A list that goes on, narrowed in every way."""
    return {
        "address": address,
        "coming": lines([ROW], VOICE, AT),
        "coming_count": 201,
        "awaited": frozenset({MeetingId(4)}),
        "past": lines([BARE], VOICE, AT),
        "past_count": 99,
        "page": 1,
        "pages": 2,
        "all_series": [(3, EVIL), (4, EVIL)],
        "organisations": [(2, EVIL)],
        "years": (2026, 2025),
        "wanted": Wanted(SeriesId(3), OrganisationId(2), 2026),
        "narrowed": "series=3&",
    }


def since() -> Since:
    """A document that is new and one that changed, a decision, actions open and done."""
    open_ = Todo(TodoId(1), ItemId(7), EVIL, EVIL, None, OrganisationId(2), EVIL, DAY)
    todos = (open_, replace(open_, id=TodoId(2), due_on=None, done_on=DAY, who=""))
    decision = Decision(DecisionId(1), ItemId(7), EVIL, Way.CONSENSUS, DAY)
    return Since(
        meeting=ROW,
        folder=FOLDER,
        crumbs=tuple(CRUMBS),
        before=BARE,
        changed=(
            Changed(PAPER, EVIL, True, 1, 3),
            Changed(PAPER, EVIL, False, 2, 3),
            Changed(PAPER, EVIL, False, 3, 3),
        ),
        decided=(DecidedSince(decision, MeetingId(4), EVIL, AT),),
        todos=tuple(TodoSince(one, MeetingId(4), EVIL, AT) for one in todos),
        is_cut=True,
    )
