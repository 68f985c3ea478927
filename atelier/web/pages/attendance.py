"""Who was at a meeting: the list, proposed from what was answered, saved as a whole."""

from __future__ import annotations

import dataclasses
from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid, MeetingChanged, MinutesApproved
from atelier.model.folders import Action
from atelier.model.ids import PersonId
from atelier.model.meetings import Attendee, Presence
from atelier.web.doors import Door, in_folder
from atelier.web.errors import status_of
from atelier.web.forms import Form, FormLimits, read_form
from atelier.web.language import N_
from atelier.web.pages.attendance_lines import Filled, joined, named, offered
from atelier.web.pages.meeting_lines import line as meeting_line
from atelier.web.pages.meeting_words import PRESENCES
from atelier.web.pages.meetings import meeting_of
from atelier.web.pages.minutes import MINUTES
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import attendance
from atelier.workspace.attendance import MAX_LINES, Row

_COLUMNS: Final = ("person", "name", "organisation", "presence", "instead")
_WAS: Final = "was"
_TAKEN_MEANWHILE: Final = N_(
    "Quelqu'un a enregistré la liste des présences pendant que vous la remplissiez. Les lignes que"
    " vous n'aviez pas touchées montrent ce qui est enregistré ; là où vous avez noté autre chose,"
    " votre choix est resté, et le sien est dit à côté. Relisez, puis enregistrez."
)
_NEW_LINES: Final = 4


async def show(visit: Visit) -> Response:
    """The list as it was taken, or as it is proposed."""
    return await _list(visit, Refused())


async def take(visit: Visit) -> Response:
    """The whole list as it was filled in."""
    form = await _typed(visit)
    lines, seen = list[Filled](), form.text("expected")
    try:
        lines = _lines(form)
        if form.text("all"):
            return await _list(visit, Refused(), _all_there(lines), seen)
        await attendance.take(
            visit.ws,
            visit.actor,
            meeting_of(visit),
            [_there(one.row, one.row.presence) for one in named(lines) if one.row.presence],
            expected=seen,
        )
    except Invalid as error:
        return await _list(visit, visit.refused(error, error.field), lines, seen)
    except MeetingChanged as error:
        refused = Refused(
            status_of(error, visit.request), {"name": visit.voice.text(_TAKEN_MEANWHILE)}
        )
        return await _list(visit, refused, lines)
    except MinutesApproved as error:
        return await _list(visit, visit.refused(error, "name"), lines)
    return onward(f"/meetings/{meeting_of(visit)}/minutes", "attendance-taken")


async def _typed(visit: Visit) -> Form:
    columns = (*_COLUMNS, _WAS)
    most = (MAX_LINES + attendance.MOST_PROPOSED + _NEW_LINES) * len(columns)
    limits = FormLimits(visit.ws.settings.limits.max_form_bytes, max_fields=most + 10)
    form = await read_form(visit.request, ("expected", "all"), repeated=columns, limits=limits)
    return form.checked(visit.form_token)


def _lines(form: Form) -> list[Filled]:
    """The lines as they were filled in, also those that name nobody."""
    columns = [form.texts(name) for name in _COLUMNS]
    # Without the marks of what was shown every line is taken for hers.
    marks = form.texts(_WAS) or ("",) * len(columns[0])
    if len({len(column) for column in (*columns, marks)}) > 1:
        raise Invalid("name", "malformed", "")
    return [Filled(_row(*cells), was) for *cells, was in zip(*columns, marks, strict=True)]


def _all_there(lines: list[Filled]) -> list[Filled]:
    """Those who are invited and of whom nothing is said yet as present; what was said stays."""
    return [
        dataclasses.replace(one, row=dataclasses.replace(one.row, presence=Presence.PRESENT))
        if one.row.person_id and one.row.presence is None
        else one
        for one in lines
    ]


def _row(person: str, name: str, organisation: str, presence: str, instead: str) -> Row:
    number = PersonId(Form({"name": person}).number("name")) if person else None
    said = Form({"presence": presence}).choice("presence", Presence) if presence else None
    return Row(number, name, organisation, said, instead)


def _there(row: Row, presence: Presence) -> Attendee:
    return Attendee(row.person_id, row.name, row.organisation, presence, row.instead)


async def _list(
    visit: Visit, refused: Refused, lines: list[Filled] | None = None, seen: str = ""
) -> Response:
    """The page of the list, with `lines` as they were filled in on the list that she saw.

    Where that is no longer the list they come over the one that is saved by now.
    """
    found = await attendance.look(visit.ws, visit.actor, meeting_of(visit))
    if lines and not seen and not found.is_locked:
        lines = joined(lines, found.rows)
    return visit.page(
        "meetings/attendance.html",
        status=refused.status,
        path=f"/meetings/{meeting_of(visit)}/minutes/attendance",
        attendance=found,
        expected=seen or found.state,
        is_filled_in=lines is not None and refused.status == 200,
        line=meeting_line(found.row, visit.voice, visit.ws.clock()),
        folder=found.folder,
        crumbs=found.crumbs,
        filled=lines or offered(found.rows),
        new_lines=_NEW_LINES,
        presences=[(one.value, visit.voice.text(words)) for one, words in PRESENCES.items()],
        people=[(one.name, one.organisation) for one in found.people],
        **refused.values(),
    )


DOORS = (
    Door("GET", f"{MINUTES}/attendance", in_folder(Action.MEET), show),
    Door("POST", f"{MINUTES}/attendance", in_folder(Action.MEET), take),
)
