"""Leaving an organisation by oneself; preparing a departure, with what is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.departures import Ending
from atelier.model.ids import MembershipId, PersonId
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import departures
from atelier.workspace.departures import FIELD, GROUP_FIELD, Departure

_DONE: Final[Mapping[Ending, str]] = {
    Ending.NOTHING: "handed-over",
    Ending.PLACE: "departed",
    Ending.ACCOUNT: "departed",
}
_QUESTIONS: Final[Mapping[Ending, str]] = {
    Ending.NOTHING: N_("Confier la coordination de %(name)s à d'autres ?"),
    Ending.PLACE: N_("Mettre fin au rattachement de %(name)s, et confier sa coordination ?"),
    Ending.ACCOUNT: N_("Désactiver le compte de %(name)s, et confier sa coordination ?"),
}


async def show_leaving(visit: Visit) -> Response:
    """What she would lose with a place of her own."""
    return await _leaving(visit, Refused())


async def leave(visit: Visit) -> Response:
    """A place of her own ends after a day."""
    form = await visit.form("last_day")
    try:
        last_day = form.day("last_day")
        if last_day is None:
            raise Invalid("last_day", "empty")
        await departures.leave(visit.ws, visit.actor, _place(visit), last_day)
    except Invalid as error:
        typed = {"last_day": form.text("last_day")}
        told = _in_words(visit, error)
        return await _leaving(visit, visit.refused(told, "last_day", typed))
    return onward(f"/people/{visit.actor.person_id}", "organisation-quitted")


async def show(visit: Visit) -> Response:
    """What somebody would leave behind, and to whom it could go."""
    return await _departing(visit, Refused())


async def depart(visit: Visit) -> Response:
    """Hand over, then end; first told who gains and loses."""
    found = await departures.look(visit.ws, visit.actor, _person(visit))
    folders = {f"{FIELD}{one.folder_id}": one.folder_id for one in found.held}
    groups = {f"{GROUP_FIELD}{number}": number for number in found.managed}
    names = [*folders, *groups]
    form = await visit.form(*names, ANNOUNCED)
    typed = {name: form.text(name) for name in names if form.text(name)}
    successors = {number: typed[name] for name, number in folders.items() if name in typed}
    groups_to = {number: typed[name] for name, number in groups.items() if name in typed}
    here = f"/people/{found.person.id}"
    try:
        page = await announced(
            visit,
            form,
            lambda ws: departures.depart(ws, visit.actor, found.person.id, successors, groups_to),
            question=visit.voice.text(_QUESTIONS[found.ending], name=found.person.name),
            action=f"{here}/departure",
            back=f"{here}/departure",
            fields=typed,
        )
    except (Invalid, AlreadySo) as error:
        field = error.field if isinstance(error, Invalid) else next(iter(names), "departure")
        return await _departing(visit, visit.refused(error, field, typed))
    return page or onward(here, _DONE[found.ending])


def _in_words(visit: Visit, error: Invalid) -> Invalid:
    """The same refusal, its day as people write it."""
    if error.fault != "only_sooner":
        return error
    day = visit.voice.day(date.fromisoformat(error.value))
    return Invalid(error.field, error.fault, day)


def _place(visit: Visit) -> MembershipId:
    return MembershipId(visit.number("membership"))


def _person(visit: Visit) -> PersonId:
    return PersonId(visit.number("person"))


async def _leaving(visit: Visit, refused: Refused) -> Response:
    found = await departures.leaving(visit.ws, visit.actor, _place(visit))
    return visit.page(
        "account/leave.html",
        status=refused.status,
        path=f"/account/leave/{found.place.id}",
        leaving=found,
        today=visit.actor.today,
        **refused.values(),
    )


async def _departing(visit: Visit, refused: Refused) -> Response:
    found: Departure = await departures.look(visit.ws, visit.actor, _person(visit))
    return visit.page(
        "people/departure.html",
        status=refused.status,
        path=f"/people/{found.person.id}/departure",
        departure=found,
        person=found.person,
        field_name=FIELD,
        group_field=GROUP_FIELD,
        **refused.values(),
    )


_LEAVING: Final = "/account/leave/{membership:id}"
_DEPARTURE: Final = "/people/{person:id}/departure"

# Who may prepare whose departure, the use-cases know.
DOORS = (
    Door("GET", _LEAVING, SIGNED_IN, show_leaving),
    Door("POST", _LEAVING, SIGNED_IN, leave),
    Door("GET", _DEPARTURE, SIGNED_IN, show),
    Door("POST", _DEPARTURE, SIGNED_IN, depart),
)
