"""Lists of meetings: all of hers, and those of a folder, where new ones are prepared."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from atelier.errors import Invalid, NameTaken
from atelier.model.folders import Action
from atelier.model.follows import Followable
from atelier.model.ids import FolderId, OrganisationId, SeriesId
from atelier.model.meetings import series_names
from atelier.model.recurrence import MOST_TIMES
from atelier.web.doors import SIGNED_IN, Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages import meeting_forms
from atelier.web.pages.follows import follow_form
from atelier.web.pages.meeting_lines import lines
from atelier.web.pages.words import notice
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import meeting_lists, meetings, preparing
from atelier.workspace.meeting_lists import Meetings, Wanted

_COUNT = re.compile(r"[1-9][0-9]?", re.ASCII)
_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}(\.\d{4}-\d{2}-\d{2}){0,59}", re.ASCII)


async def show_all(visit: Visit) -> Response:
    """Those to come and those that were, of all that she may read.

    `?folder=` leads on to the form of a new one there.
    """
    chosen = visit.asked_number("folder")
    if chosen is not None:
        return onward(f"/folders/{chosen}/meetings?new=1")
    wanted = _wanted(visit)
    page = visit.asked_number("page") or 1
    found = await meeting_lists.listed(visit.ws, visit.actor, wanted, page=page)
    places = await meeting_lists.places(visit.ws, visit.actor)
    follow = None
    if wanted.series is not None:
        follow = await follow_form(visit, Followable.SERIES, wanted.series)
    return visit.page(
        "meetings/meetings.html",
        status=200,
        follow=follow,
        places=places[: meeting_lists.MOST_PLACES],
        has_more_places=len(places) > meeting_lists.MOST_PLACES,
        **_values(visit, found, wanted, "/meetings"),
    )


async def show_folder(visit: Visit) -> Response:
    """Those of a folder with all below it, and the form of a new one."""
    return await _folder(visit, Refused())


async def make(visit: Visit) -> Response:
    """A meeting in this folder, or several of a series."""
    form = await visit.form(*meeting_forms.FIELDS, *meeting_forms.REPEATING)
    typed = meeting_forms.typed(form)
    try:
        return await _made(visit, form)
    except Invalid as error:
        return await _folder(visit, visit.refused(error, error.field, typed))
    except NameTaken as error:
        return await _folder(visit, visit.refused(error, "title", typed))


async def _made(visit: Visit, form: Form) -> Response:
    folder, draft = _folder_of(visit), meeting_forms.draft(form)
    repeated = meeting_forms.repeats(form)
    if repeated is None:
        number = await meetings.make(visit.ws, visit.actor, folder, draft)
        return onward(f"/meetings/{number}", "meeting-made")
    every, times = repeated
    made = await preparing.repeat(visit.ws, visit.actor, folder, draft, every=every, times=times)
    address = f"/folders/{folder}/meetings?series={made.series}&made={len(made.meetings)}"
    idle = ".".join(day.isoformat() for day in made.days if _is_weekend(day))
    return onward(f"{address}&weekend={idle}" if idle else address, "meetings-made")


async def _folder(visit: Visit, refused: Refused) -> Response:
    number, wanted = _folder_of(visit), _wanted(visit)
    page = visit.asked_number("page") or 1
    found = await meeting_lists.in_folder(visit.ws, visit.actor, number, wanted, page=page)
    return visit.page(
        "meetings/folder.html",
        status=refused.status,
        path=visit.here if visit.is_looking else f"/folders/{number}/meetings",
        folder=found.folder,
        crumbs=found.crumbs,
        own_series=found.own_series,
        has_dossier=found.has_dossier,
        is_new=bool(visit.asked("new")),
        ways=meeting_forms.ways(visit.voice),
        most_times=MOST_TIMES,
        notice=_notice(visit),
        **_values(visit, found.meetings, wanted, f"/folders/{number}/meetings"),
        **refused.values(),
    )


def _folder_of(visit: Visit) -> FolderId:
    return FolderId(visit.number("folder"))


def _wanted(visit: Visit) -> Wanted:
    """What the query narrows the list to."""
    series, organisation = visit.asked_number("series"), visit.asked_number("organisation")
    return Wanted(
        series=None if series is None else SeriesId(series),
        organisation=None if organisation is None else OrganisationId(organisation),
        year=visit.asked_number("year"),
    )


def _values(visit: Visit, found: Meetings, wanted: Wanted, address: str) -> dict[str, object]:
    now = visit.ws.clock()
    return {
        "address": address,
        "coming": lines(found.coming, visit.voice, now),
        "coming_count": found.coming_count,
        "awaited": found.awaited,
        "past": lines(found.past, visit.voice, now),
        "past_count": found.past_count,
        "page": found.page,
        "pages": found.pages,
        "all_series": list(series_names(found.all_series).items()),
        "organisations": found.organisations,
        "years": found.years,
        "wanted": wanted,
        "narrowed": _narrowed(wanted),
    }


def _narrowed(wanted: Wanted) -> str:
    """What a link to another page of the list carries before its own number."""
    chosen = {
        "series": wanted.series,
        "organisation": wanted.organisation,
        "year": wanted.year,
    }
    kept = {name: value for name, value in chosen.items() if value is not None}
    return f"{urlencode(kept)}&" if kept else ""


def _notice(visit: Visit) -> str | None:
    """What was done, with how many meetings when the address tells it."""
    made = visit.asked("made")
    if visit.asked("done") != "meetings-made" or not _COUNT.fullmatch(made):
        return notice(visit.asked("done"), visit.voice)
    said = visit.voice.plural(
        "%(n)s réunion est préparée, avec son dossier : la voici.",
        "%(n)s réunions sont préparées, chacune avec son dossier : les voici.",
        int(made),
    )
    return f"{said} {idle}" if (idle := _weekend(visit)) else said


def _weekend(visit: Visit) -> str:
    """Which of those made fall on a Saturday or a Sunday, as the address tells it; "" for none."""
    typed = visit.asked("weekend")
    if not _DAYS.fullmatch(typed):
        return ""
    try:
        days = [date.fromisoformat(one) for one in typed.split(".")]
    except ValueError:
        return ""
    said = [visit.voice.weekday(day) for day in days if _is_weekend(day)]
    if not said:
        return ""
    words = N_("À vérifier, elles tombent un samedi ou un dimanche : %(days)s.")
    return visit.voice.text(words, days=", ".join(said))


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5


DOORS = (
    Door("GET", "/meetings", SIGNED_IN, show_all),
    Door("GET", "/folders/{folder:id}/meetings", in_folder(Action.READ), show_folder),
    Door("POST", "/folders/{folder:id}/meetings", in_folder(Action.MEET), make),
)
