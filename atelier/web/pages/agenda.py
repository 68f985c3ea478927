"""The agenda of a meeting: its items, their papers, and what goes on to the next meeting."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from starlette.responses import Response

from atelier.errors import (
    AlreadySo,
    EffectChanged,
    Invalid,
    MeetingChanged,
    MinutesApproved,
)
from atelier.model.agenda import Candidate, Going, Line, line_of
from atelier.model.folders import Action
from atelier.model.ids import ItemId, MeetingId
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form
from atelier.web.pages import together
from atelier.web.pages.agenda_lines import planned
from atelier.web.pages.meeting_lines import line as meeting_line
from atelier.web.pages.meetings import meeting_of
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import agenda, papers_pinned

_LINE: Final = ("title", "minutes", "presenter", "note")
_MOST_OFFERED: Final = 90  # a form has a hundred fields at most


async def show(visit: Visit) -> Response:
    """The items in their order, and a form for one more."""
    return await _list(visit, Refused())


async def add(visit: Visit) -> Response:
    """One more item; only its title is needed."""
    form = await visit.form(*_LINE, "expected")
    number, typed = meeting_of(visit), _typed(form)
    try:
        line = _line(form)
        await agenda.add(visit.ws, visit.actor, number, line, expected=expected(form))
    except (Invalid, MeetingChanged, MinutesApproved) as error:
        return await _list(visit, visit.refused(error, _field(error, "title"), typed))
    return onward(f"/meetings/{number}/agenda", "item-added")


async def move(visit: Visit) -> Response:
    """An item to another place."""
    form = await visit.form("to", "expected")
    number, item = meeting_of(visit), item_of(visit)
    try:
        await agenda.move(
            visit.ws, visit.actor, number, item, form.number("to"), expected=expected(form)
        )
    except AlreadySo:
        return onward(f"/meetings/{number}/agenda")
    except (Invalid, MeetingChanged, MinutesApproved) as error:
        return await _list(visit, visit.refused(error, "order"))
    return onward(f"/meetings/{number}/agenda", "item-moved")


async def carry(visit: Visit) -> Response:
    """What she ticked of what earlier meetings of the series left over."""
    form = await visit.form("expected", repeated=("item",))
    number, ticked = meeting_of(visit), form.texts("item")
    try:
        chosen = {_chosen(text) for text in ticked}
        await agenda.carry(visit.ws, visit.actor, number, chosen, expected=expected(form))
    except AlreadySo:
        return onward(f"/meetings/{number}/agenda")
    except (Invalid, MeetingChanged, MinutesApproved) as error:
        field = "item" if isinstance(error, Invalid) else "order"
        return await _list(visit, visit.refused(error, field), ticked)
    return onward(f"/meetings/{number}/agenda", "items-carried")


async def show_item(visit: Visit) -> Response:
    """One item with its papers, and the documents that may be laid there."""
    return await item_sheet(visit, Refused())


async def show_change(visit: Visit) -> Response:
    """The form of an item, alone on its page: no other form can cost what is typed in it."""
    return await _item_form(visit, Refused())


async def change(visit: Visit) -> Response:
    """An item in other words."""
    form = await visit.form(*_LINE, "expected", together.SHOWN)
    number, item = meeting_of(visit), item_of(visit)
    try:
        line = _line(form)
        await agenda.change(visit.ws, visit.actor, number, item, line, expected=expected(form))
    except AlreadySo:
        return onward(f"/meetings/{number}/agenda")
    except (Invalid, MeetingChanged, MinutesApproved) as error:
        refused = visit.refused(error, _field(error, "title"), _typed(form))
        return await _item_form(visit, refused, (error, form))
    return onward(f"/meetings/{number}/agenda", "item-changed")


async def leave_over(visit: Visit) -> Response:
    """An item waits for the next meeting, or no longer."""
    form = await visit.form("left", "expected")
    number, item, is_left = meeting_of(visit), item_of(visit), form.text("left") == "yes"
    try:
        await agenda.leave_over(
            visit.ws, visit.actor, number, item, is_left_over=is_left, expected=expected(form)
        )
    except AlreadySo:
        return onward(f"/meetings/{number}/agenda")
    except (MeetingChanged, MinutesApproved) as error:
        return await item_sheet(visit, visit.refused(error, "left"))
    return onward(f"/meetings/{number}/agenda", "item-left-over" if is_left else "item-kept")


async def show_remove(visit: Visit) -> Response:
    """What would end with an item, before it does."""
    return await _removal(visit, Refused())


async def remove(visit: Visit) -> Response:
    """An item with all that was announced; asks where more would end."""
    form = await visit.form("text_state", "has_text", "decisions", "todos", "expected")
    number, item, announced = meeting_of(visit), item_of(visit), _going(form)
    try:
        await agenda.remove(
            visit.ws, visit.actor, number, item, expected=expected(form), announced=announced
        )
    except (EffectChanged, MeetingChanged, MinutesApproved) as error:
        is_first = isinstance(error, EffectChanged) and announced is None
        return await _removal(visit, Refused() if is_first else visit.refused(error, "order"))
    return onward(f"/meetings/{number}/agenda", "item-removed")


async def item_sheet(visit: Visit, refused: Refused) -> Response:
    """The page of an item, also when a form on it was refused."""
    number, words = meeting_of(visit), visit.asked("filter").strip()
    found = await agenda.look(visit.ws, visit.actor, number)
    place, item = agenda.item_of(found.meeting, item_of(visit))
    near = [] if found.meeting.is_locked else await _candidates(visit, number, words)
    laid = {paper.document_id: paper.version for paper in item.papers}
    return visit.page(
        "meetings/agenda_item.html",
        status=refused.status,
        **_around(visit, found),
        item=item,
        place=place,
        candidates=[one for one in near if laid.get(one.document_id) != one.version],
        laid=laid,
        filter=words,
        **refused.values(),
    )


async def _item_form(
    visit: Visit, refused: Refused, sent: tuple[Exception, Form] | None = None
) -> Response:
    """The form; of one that was refused with what was `sent`, over what is saved by now."""
    found = await agenda.look(visit.ws, visit.actor, meeting_of(visit))
    place, item = agenda.item_of(found.meeting, item_of(visit))
    line = line_of(item)
    minutes = "" if line.allotted_minutes is None else str(line.allotted_minutes)
    written = dict(zip(_LINE, (line.title, minutes, line.presenter, line.note), strict=True))
    if sent is not None and not found.meeting.is_locked:
        both = together.joined(sent[1], written, _LINE)
        refused = together.said(refused, sent[0], both, visit.voice)
    return visit.page(
        "meetings/agenda_item_edit.html",
        status=refused.status,
        **_around(visit, found),
        item=item,
        place=place,
        written=written,
        shown=together.shown(written, _LINE),
        **refused.values(),
    )


def item_of(visit: Visit) -> ItemId:
    """The item that the address names."""
    return ItemId(visit.number("item"))


def expected(form: Form) -> int | None:
    """The state that she saw, when the form says it."""
    return form.number("expected") if form.text("expected") else None


def _line(form: Form) -> Line:
    minutes = form.number("minutes") if form.text("minutes") else None
    return Line(form.text("title"), minutes, form.text("presenter"), form.text("note"))


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in _LINE}


def _chosen(text: str) -> ItemId:
    return ItemId(Form({"item": text}).number("item"))


def _field(error: Invalid | MeetingChanged | MinutesApproved, otherwise: str) -> str:
    return error.field if isinstance(error, Invalid) and error.field in _LINE else otherwise


def _going(form: Form) -> Going | None:
    """What was announced, when the form says it."""
    if not form.text("text_state"):
        return None
    return Going(
        text_state=form.number("text_state"),
        has_text=form.text("has_text") == "yes",
        decisions=form.number("decisions"),
        todos=form.number("todos"),
    )


async def _list(visit: Visit, refused: Refused, ticked: Collection[str] | None = None) -> Response:
    """`ticked` is what she had chosen to take up; None before she could."""
    found = await agenda.look(visit.ws, visit.actor, meeting_of(visit))
    has_just_added = visit.is_looking and visit.asked("done") == "item-added"
    return visit.page(
        "meetings/agenda.html",
        status=refused.status,
        **_around(visit, found),
        left_over=[
            (one, one.is_for_all if ticked is None else str(one.item_id) in ticked)
            for one in found.left_over[:_MOST_OFFERED]
        ],
        more_left_over=max(0, len(found.left_over) - _MOST_OFFERED),
        has_just_added=has_just_added,
        max_items=agenda.MAX_ITEMS,
        **refused.values(),
    )


async def _candidates(visit: Visit, number: MeetingId, words: str) -> list[Candidate]:
    return await papers_pinned.candidates(visit.ws, visit.actor, number, words)


async def _removal(visit: Visit, refused: Refused) -> Response:
    found, going = await agenda.weigh(visit.ws, visit.actor, meeting_of(visit), item_of(visit))
    _, item = agenda.item_of(found.meeting, item_of(visit))
    return visit.page(
        "meetings/agenda_remove.html",
        status=refused.status,
        **_around(visit, found),
        item=item,
        going=going,
        **refused.values(),
    )


def _around(visit: Visit, found: agenda.Preparing) -> dict[str, object]:
    """What each page about the agenda shows of the meeting."""
    return {
        "path": visit.here if visit.is_looking else f"/meetings/{found.meeting.row.id}/agenda",
        "meeting": found.meeting,
        "line": meeting_line(found.meeting.row, visit.voice, visit.ws.clock()),
        "folder": found.folder,
        "crumbs": found.crumbs,
        "planned": planned(found.meeting, visit.voice),
    }


_AGENDA = "/meetings/{meeting:id}/agenda"
_ITEM = f"{_AGENDA}/items/{{item:id}}"

DOORS = (
    Door("GET", _AGENDA, in_folder(Action.MEET), show),
    Door("POST", _AGENDA, in_folder(Action.MEET), add),
    Door("POST", f"{_AGENDA}/carry", in_folder(Action.MEET), carry),
    Door("GET", _ITEM, in_folder(Action.MEET), show_item),
    Door("GET", f"{_ITEM}/edit", in_folder(Action.MEET), show_change),
    Door("POST", _ITEM, in_folder(Action.MEET), change),
    Door("POST", f"{_ITEM}/move", in_folder(Action.MEET), move),
    Door("POST", f"{_ITEM}/left-over", in_folder(Action.MEET), leave_over),
    Door("GET", f"{_ITEM}/remove", in_folder(Action.MEET), show_remove),
    Door("POST", f"{_ITEM}/remove", in_folder(Action.MEET), remove),
)
