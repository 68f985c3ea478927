"""What pages are given of decisions and actions, with texts that try to do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import (
    DecisionId,
    FolderId,
    ItemId,
    MeetingId,
    OrganisationId,
    PersonId,
    SeriesId,
    TodoId,
)
from atelier.model.meetings import Decision, MeetingRow, MeetingState, Series, Todo, Votes, Way
from atelier.model.register import Sought, Taken, TodoRow, Whose
from atelier.web.language import Voice
from atelier.web.pages.actions import action_list
from atelier.web.pages.register_lines import lines, narrowed
from atelier.workspace.decisions import Register
from atelier.workspace.todos import Todos

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
DAY = date(2026, 7, 1)
EVIL = "<script>alert('x')</script>.pdf"
VOICE = Voice("fr", "Europe/Paris")
SERIES = Series(SeriesId(3), FolderId(12), EVIL)
MEETING = MeetingRow(
    id=MeetingId(4),
    dossier_id=FolderId(13),
    title=EVIL,
    series=SERIES,
    starts_at=AT,
    has_time=True,
    lasts_minutes=None,
    place=EVIL,
    link="",
    state=MeetingState.HELD,
    is_cancelled=False,
    organisation_id=OrganisationId(2),
    organisation=EVIL,
)


def register_pages() -> dict[str, dict[str, object]]:
    """What these add to the pages, and their own."""
    found, asked = register(), {"folder": "12", "words": EVIL, "since": "2026-01-01"}
    lists = [action_list(todos(whose), VOICE) for whose in Whose]
    return {
        "home/home.html": {"actions": lists[0], "late_actions": 2},
        "meetings/meeting.html": {"earlier_actions": lists[1]},
        "meetings/actions.html": {"lists": lists, "only": "", "page": 1, "pages": 1},
        "meetings/decisions.html": {
            "folder": found.folder,
            "crumbs": found.crumbs,
            "asked": asked,
            "lines": lines(found, VOICE),
            "narrowed": narrowed(found, VOICE),
            "total": found.total,
            "page": found.page,
            "pages": found.pages,
            "series": [(one.id, one.name) for one in found.series],
            "organisations": list(found.organisations),
            "most_rows": 20_000,
            "most_printed": 2_000,
            "errors": {"until": EVIL},
            "typed": asked,
        },
    }


def register() -> Register:
    """Three decisions of many: by consensus, by a vote counted and not."""
    ways = ((Way.CONSENSUS, None), (Way.VOTE, Votes(12, 1, 2)), (Way.VOTE, None))
    taken = tuple(
        Taken(
            Decision(DecisionId(number), ItemId(7), EVIL, way, DAY, votes),
            EVIL,
            MEETING if number > 1 else replace(MEETING, series=None),
            FolderId(12),
            EVIL,
        )
        for number, (way, votes) in enumerate(ways, start=1)
    )
    return Register(
        sought=Sought(FolderId(12), SERIES.id, OrganisationId(2), DAY, DAY, EVIL),
        taken=taken,
        total=30_000,
        page=2,
        pages=600,
        folder=Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
        crumbs=(Crumb(FolderId(3), "Parent"),),
        series=(SERIES,),
        organisations=((OrganisationId(2), EVIL),),
    )


def todos(whose: Whose) -> Todos:
    """Of nobody, of an organisation, of somebody who left; late, without a day, and done."""
    nobody = Todo(TodoId(1), ItemId(7), EVIL, "", None, None, "", None)
    ours = replace(nobody, id=TodoId(2), organisation_id=OrganisationId(2), organisation=EVIL)
    gone = replace(ours, id=TodoId(3), who=EVIL, person_id=PersonId(9), due_on=DAY, is_gone=True)
    done = replace(gone, id=TodoId(4), done_on=DAY)
    rows = tuple(
        TodoRow(one, EVIL, MEETING, one is gone, may_mark=True, coordinates=True)
        for one in (nobody, ours, gone, done)
    )
    return Todos(whose, rows, 12)
