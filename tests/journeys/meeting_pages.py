"""The pages of meetings, and the doors of theirs that answer with something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.journeys import (
    agendas,
    inviting,
    preparing,
    recording,
    remembering,
    taking_over,
    writing_up,
)
from tests.journeys.reaching import CLS, Shown, at, in_folder

_MEETING: Final = "/meetings/{meeting:id}"
_PARTS: Final = f"{_MEETING}/minutes/items/{{item:id}}"
_MEETINGS: Final = "/folders/{folder:id}/meetings"
_PAST: Final = "/folders/{folder:id}/past"

MEETING_PAGES: Final[tuple[Shown, ...]] = (
    Shown("meetings", "/meetings", at("/meetings")),
    Shown("meetings-narrowed", "/meetings", at("/meetings?year=2290")),
    Shown("meetings-folder", _MEETINGS, in_folder(*CLS, then="/meetings")),
    Shown("meetings-folder-refused", _MEETINGS, preparing.refused_meeting),
    Shown("register", "/decisions", at("/decisions")),
    Shown("register-nothing", "/decisions", at("/decisions?words=zzzz")),
    Shown("register-refused", "/decisions", at("/decisions?since=2026-02-02&until=2026-02-01")),
    Shown("actions", "/actions", at("/actions")),
    Shown("actions-late", "/actions", at("/actions?list=late")),
    Shown("meeting-held", _MEETING, remembering.held()),
    Shown("meeting", _MEETING, preparing.prepared()),
    Shown("meeting-edit", f"{_MEETING}/edit", preparing.prepared("/edit")),
    Shown("meeting-since", f"{_MEETING}/since", preparing.prepared("/since")),
    Shown("agenda-empty", f"{_MEETING}/agenda", agendas.empty_agenda),
    Shown("agenda", f"{_MEETING}/agenda", agendas.written_agenda),
    Shown("agenda-refused", f"{_MEETING}/agenda", agendas.refused_item),
    Shown("agenda-item", f"{_MEETING}/agenda/items/{{item:id}}", agendas.on_item),
    Shown("agenda-item-form", f"{_MEETING}/agenda/items/{{item:id}}/edit", agendas.on_item_form),
    Shown("agenda-remove", f"{_MEETING}/agenda/items/{{item:id}}/remove", agendas.on_removal),
    Shown("minutes-held", f"{_MEETING}/minutes", remembering.held("/minutes")),
    Shown("minutes", f"{_MEETING}/minutes", writing_up.written_minutes),
    Shown("minutes-item", f"{_MEETING}/minutes/items/{{item:id}}", writing_up.opened_item),
    Shown("minutes-item-refused", f"{_MEETING}/minutes/items/{{item:id}}", writing_up.refused_text),
    Shown("minutes-both", "", writing_up.two_texts),
    Shown("minutes-decision-new", f"{_PARTS}/decisions", writing_up.new_decision),
    Shown("minutes-decision", f"{_PARTS}/decisions/{{decision:id}}", writing_up.opened_decision),
    Shown("minutes-refused", f"{_PARTS}/actions", writing_up.refused_action),
    Shown("minutes-action", f"{_PARTS}/actions/{{todo:id}}", writing_up.opened_action),
    Shown("minutes-left", "", writing_up.text_left),
    Shown("record-held", f"{_MEETING}/record", remembering.held("/record")),
    Shown("record", f"{_MEETING}/record", recording.draft),
    Shown("record-approved", f"{_MEETING}/record", recording.approved),
    Shown("attendance", f"{_MEETING}/minutes/attendance", writing_up.attendance),
    Shown("meeting-convened", _MEETING, inviting.convened),
    Shown("meeting-answer-refused", "", inviting.refused_answer),
    Shown("meeting-invited", f"{_MEETING}/invited", inviting.invited),
    Shown("meeting-invited-refused", f"{_MEETING}/invited", inviting.refused_guest),
    Shown("past", _PAST, taking_over.proposed, taking_over.HOUSING),
    Shown("past-nothing", _PAST, in_folder("Réunions plénières", then="/past")),
    Shown("past-refused", _PAST, taking_over.refused, taking_over.HOUSING),
    Shown("calendar", "/calendar", at("/calendar")),
    Shown("calendar-made", "/calendar", inviting.own_feed),
)

# Doors that answer with something else than a page, and what.
MEETING_NOT_PAGES: Final[Mapping[str, str]] = {
    f"{_MEETING}/invitation.ics": "a meeting as a file for calendars",
    "/calendar/{token}.ics": "the meetings of one person, for calendars",
    f"{_MEETING}/items/{{item:id}}/papers/{{document:id}}": "a paper in its pinned version",
    f"{_MEETING}/record.odt": "minutes as depositing them now would give them, as ODT",
    f"{_MEETING}/record.pdf": "the same as PDF",
    "/decisions.csv": "the register for a spreadsheet",
    "/decisions.pdf": "the register on paper",
}
