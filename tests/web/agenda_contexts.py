"""What the pages of an agenda are given, with names that try to do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from atelier.model.agenda import Candidate, Going, LeftOver, Line
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import (
    DecisionId,
    DocumentId,
    FolderId,
    ItemId,
    MeetingId,
    SeriesId,
    TodoId,
)
from atelier.model.meetings import (
    Decision,
    Item,
    Meeting,
    MeetingRow,
    MeetingState,
    Paper,
    Series,
    Todo,
    Way,
)
from atelier.web.language import Voice
from atelier.web.pages.agenda_lines import planned
from atelier.web.pages.meeting_lines import line

AT = datetime(2026, 7, 12, 12, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>.pdf"
OVERRIDE = "facture\u202efdp.exe"
VOICE = Voice("fr", "Europe/Paris")


def agenda_pages() -> dict[str, dict[str, object]]:
    """A context for each template of the agenda, and what it adds to the dossier's page."""
    whole = meeting()
    around = {
        "meeting": whole,
        "line": line(whole.row, VOICE, AT),
        "folder": Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
        "crumbs": [Crumb(FolderId(3), "Parent")],
        "planned": planned(whole, VOICE),
    }
    item = whole.items[0]
    waiting = LeftOver(ItemId(5), Line(EVIL, 10, OVERRIDE, EVIL), EVIL, AT, is_for_all=True)
    closed = LeftOver(ItemId(6), Line(OVERRIDE), OVERRIDE, AT, is_for_all=False)
    return {
        "meetings/agenda.html": {
            **around, "left_over": [(waiting, True), (closed, False)], "more_left_over": 2,
            "has_just_added": True, "max_items": 200, "errors": {"item": EVIL},
        },
        "meetings/agenda_item.html": {
            **around, "item": item, "place": 1, "laid": {1: 2}, "filter": EVIL,
            "candidates": [
                Candidate(DocumentId(number), EVIL, 4, FolderId(3), OVERRIDE) for number in (1, 9)
            ],
        },
        "meetings/agenda_item_edit.html": {
            **around, "item": item, "place": 1, "shown": EVIL,
            "written": dict.fromkeys(("title", "minutes", "presenter", "note"), EVIL),
        },
        "meetings/agenda_remove.html": {**around, "item": item, "going": Going(2, True, 1, 2)},
        "meetings/paper_closed.html": {"happened": EVIL},
        "meetings/meeting.html": {"planned": planned(whole, VOICE), "waiting": 2},
    }  # fmt: skip


def meeting() -> Meeting:
    """One with an item of everything, and one with nothing."""
    series = Series(SeriesId(1), FolderId(12), EVIL)
    row = MeetingRow(
        MeetingId(1), FolderId(12), EVIL, series, AT, True, 30, EVIL, "https://exemple.fr/x",
        MeetingState.CONVENED, False, None, "",
    )  # fmt: skip
    decision = Decision(DecisionId(1), ItemId(1), EVIL, Way.CONSENSUS, date(2026, 7, 12))
    todo = Todo(TodoId(1), ItemId(1), EVIL, OVERRIDE, None, None, "", None)
    full = Item(
        ItemId(1), EVIL, 45, OVERRIDE, f"{EVIL}\nsuite", EVIL, 2, is_left_over=True,
        papers=papers(), decisions=(decision,), todos=(todo,),
    )  # fmt: skip
    empty = replace(full, id=ItemId(2), allotted_minutes=None, presenter="", note="", papers=())
    return Meeting(row, 7, "x@atelier", 0, AT, items=(full, empty))


def papers() -> tuple[Paper, ...]:
    """One in each state."""
    hers = Paper(DocumentId(1), 2, EVIL, "a" * 64, True, newest=4, name_now=OVERRIDE)
    hidden = Paper(DocumentId(4), 1, "", "c" * 64, False)
    return (
        hers,
        replace(hers, document_id=DocumentId(2), is_removed=True),
        replace(hers, document_id=DocumentId(3), is_ended=True, is_for_all=True),
        hidden,
        replace(hidden, document_id=DocumentId(5), is_ended=True),
    )
