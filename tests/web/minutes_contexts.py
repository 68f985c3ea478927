"""What the pages of minutes are given, with names that try to do harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DecisionId, FolderId, ItemId, OrganisationId, PersonId, TodoId
from atelier.model.meetings import Attendee, Decision, Meeting, Presence, Todo, Votes, Way
from atelier.model.merging import compare, merged
from atelier.model.minutes import Someone
from atelier.papers.markdown import parse
from atelier.web.language import Voice
from atelier.web.pages.attendance_lines import Filled, offered
from atelier.web.pages.meeting_lines import line
from atelier.web.pages.prose import parts
from atelier.workspace.attendance import Attendance, Row
from tests.web.agenda_contexts import meeting as with_agenda

AT = datetime(2026, 7, 12, 12, 30, tzinfo=UTC)
DAY = date(2026, 7, 12)
EVIL = "<script>alert('x')</script>.pdf"
VOICE = Voice("fr", "Europe/Paris")
MARKDOWN = f"""# {EVIL}

**{EVIL}** et `{EVIL}`, [{EVIL}](https://exemple.fr/{EVIL}) [non](javascript:alert(1))
![{EVIL}](https://exemple.fr/x.png)

1. {EVIL}
   - {EVIL}

> {EVIL}

---

    {EVIL}
"""


def minutes_pages() -> dict[str, dict[str, object]]:
    """A context for each template of minutes, and what they add to the dossier's page."""
    whole = meeting()
    around = {
        "meeting": whole,
        "line": line(whole.row, VOICE, AT),
        "folder": Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
        "crumbs": [Crumb(FolderId(3), "Parent")],
    }
    item = whole.items[0]
    told = {item.id: parts(parse(item.text))}
    return {
        "meetings/minutes.html": {
            **around,
            "presences": {one: one.value for one in Presence},
            "today": date(2026, 9, 1),
            "told": told,
            "saved": "decision-1",
            "saved_notice": EVIL,
        },
        "meetings/minutes_item.html": {**around, "item": item, "place": 1, "told": {}},
        "meetings/minutes_part.html": {
            **around,
            "item": item,
            "place": 1,
            "organisations": [EVIL],
            "people": [(EVIL, EVIL)],
            "day_of": DAY,
            "today": DAY,
            "kind": "todo",
            "one": item.todos[0],
            "state": EVIL,
        },
        "meetings/minutes_both.html": {
            **around,
            "item": item,
            "state": 3,
            "theirs": EVIL,
            "by": EVIL,
            "at": AT,
            "hers": f"a\n{EVIL}",
            "stretches": compare(EVIL, f"a\n{EVIL}\nb"),
            "merged": merged(EVIL, f"a\n{EVIL}"),
        },
        "meetings/minutes_left.html": {**around, "said": EVIL, "left": [(EVIL, EVIL)]},
        "meetings/minutes_ended.html": {"text": EVIL, "state": EVIL},
        "meetings/attendance.html": {
            **around,
            "attendance": attendance(whole),
            "filled": [
                *offered(attendance(whole).rows),
                Filled(Row(None, EVIL, EVIL, None), EVIL, True, Presence.REPRESENTED, EVIL),
            ],
            "new_lines": 2,
            "expected": "a" * 32,
            "is_filled_in": True,
            "presences": [("present", EVIL)],
            "people": [(EVIL, EVIL)],
        },
        "meetings/meeting.html": {"told": told},
    }


def meeting() -> Meeting:
    """One of which everything was said."""
    whole = with_agenda()
    first = whole.items[0]
    decisions = (
        Decision(DecisionId(1), first.id, EVIL, Way.VOTE, DAY, Votes(3, 2, 1)),
        Decision(DecisionId(2), first.id, EVIL, Way.CONSENSUS, DAY),
    )
    todos = (
        Todo(TodoId(1), ItemId(first.id), EVIL, EVIL, PersonId(1), None, "", DAY, is_gone=True),
        Todo(TodoId(2), ItemId(first.id), EVIL, "", None, OrganisationId(1), EVIL, None, DAY),
    )
    said = replace(first, text=MARKDOWN, decisions=decisions, todos=todos)
    attendees = tuple(Attendee(None, EVIL, EVIL, one, EVIL) for one in Presence)
    second = replace(first, id=ItemId(first.id + 1), text="", decisions=(), todos=())
    return replace(whole, items=(said, second), attendance=attendees)


def attendance(whole: Meeting) -> Attendance:
    """A list with somebody known, somebody typed, and somebody of whom nothing is said."""
    return Attendance(
        row=whole.row,
        is_locked=False,
        folder=Folder(FolderId(12), FolderId(3), EVIL, False, AT, frozenset(Action), None),
        crumbs=(),
        rows=(
            Row(PersonId(1), EVIL, EVIL, Presence.REPRESENTED, EVIL),
            Row(None, EVIL, EVIL, Presence.PRESENT),
            Row(PersonId(2), EVIL, EVIL, None),
        ),
        state="a" * 32,
        is_taken=True,
        left_out=2,
        people=(Someone(PersonId(1), EVIL, None, EVIL),),
    )
