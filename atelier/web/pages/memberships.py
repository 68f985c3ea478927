"""Somebody's places in organisations: given, changed and ended, each told before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.ids import MembershipId, OrganisationId, PersonId
from atelier.model.people import Membership
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced, day_after
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import memberships
from atelier.workspace.memberships import Terms

_TERMS = ("function", "starts_on", "ends_on", "representative")


async def show_add(visit: Visit) -> Response:
    """The form for one more place."""
    return await _adding(visit, Refused())


async def add(visit: Visit) -> Response:
    """One more place; first told what she gains."""
    form = await visit.form("organisation", *_TERMS, ANNOUNCED)
    typed = _typed(form, ("organisation", *_TERMS))
    person = (await memberships.choices(visit.ws, visit.actor, _person(visit))).person
    try:
        organisation, terms = OrganisationId(form.number("organisation")), _terms(form)
        page = await announced(
            visit,
            form,
            lambda ws: memberships.add(ws, visit.actor, person.id, organisation, terms),
            question=visit.voice.text(N_("Ajouter un rattachement à %(name)s ?"), name=person.name),
            action=f"{_sheet(visit)}/memberships",
            back=_sheet(visit),
            fields=typed,
            later=_later(visit, terms),
        )
    except (Invalid, AlreadySo) as error:
        return await _adding(visit, visit.refused(error, _field(error, "organisation"), typed))
    return page or onward(_sheet(visit), "membership-added")


async def show(visit: Visit) -> Response:
    """A place, to change it or to end it."""
    return await _changing(visit, Refused())


async def change(visit: Visit) -> Response:
    """Another function, other dates; first told who gains and loses."""
    form = await visit.form(*_TERMS, ANNOUNCED)
    typed = _typed(form, _TERMS)
    place = await memberships.look(visit.ws, visit.actor, _person(visit), _number(visit))
    try:
        terms = _terms(form)
        page = await announced(
            visit,
            form,
            lambda ws: memberships.change(
                ws, visit.actor, place.person.id, place.membership.id, terms
            ),
            question=visit.voice.text(
                N_("Modifier le rattachement de %(name)s à « %(organisation)s » ?"),
                name=place.person.name,
                organisation=place.membership.organisation.name,
            ),
            action=_here(visit),
            back=_sheet(visit),
            fields=typed,
            later=_later(visit, terms, place.membership),
        )
    except (Invalid, AlreadySo) as error:
        return await _changing(visit, visit.refused(error, _field(error, "function"), typed))
    return page or onward(_sheet(visit), "membership-changed")


async def end(visit: Visit) -> Response:
    """She leaves after a day; first told what she loses."""
    form = await visit.form("last_day", ANNOUNCED)
    typed = _typed(form, ("last_day",))
    place = await memberships.look(visit.ws, visit.actor, _person(visit), _number(visit))
    try:
        last_day = form.day("last_day")
        if last_day is None:
            raise Invalid("last_day", "empty")
        page = await announced(
            visit,
            form,
            lambda ws: memberships.end(
                ws, visit.actor, place.person.id, place.membership.id, last_day
            ),
            question=visit.voice.text(
                N_("Mettre fin au rattachement de %(name)s à « %(organisation)s » ?"),
                name=place.person.name,
                organisation=place.membership.organisation.name,
            ),
            action=f"{_here(visit)}/end",
            back=_sheet(visit),
            fields=typed,
            later=_later(visit, Terms("", place.membership.starts_on, last_day), place.membership),
        )
    except (Invalid, AlreadySo) as error:
        return await _changing(visit, visit.refused(error, "last_day", typed))
    return page or onward(_sheet(visit), "membership-ended")


def _person(visit: Visit) -> PersonId:
    return PersonId(visit.number("person"))


def _number(visit: Visit) -> MembershipId:
    return MembershipId(visit.number("membership"))


def _sheet(visit: Visit) -> str:
    return f"/people/{_person(visit)}"


def _here(visit: Visit) -> str:
    return f"{_sheet(visit)}/memberships/{_number(visit)}"


def _typed(form: Form, names: Iterable[str]) -> dict[str, str]:
    return {name: form.text(name) for name in names if form.text(name)}


def _terms(form: Form) -> Terms:
    return Terms(
        form.text("function"),
        form.day("starts_on"),
        form.day("ends_on"),
        form.text("representative") == "yes",
    )


def _later(visit: Visit, terms: Terms, held: Membership | None = None) -> date | None:
    """The first day to come on which the place begins or is over, and was not to, or no more."""
    turns = {terms.starts_on, day_after(terms.ends_on)}
    if held is not None:
        turns ^= {held.starts_on, day_after(held.ends_on)}
    return min((day for day in turns if day and day > visit.actor.today), default=None)


def _field(error: Invalid | AlreadySo, otherwise: str) -> str:
    """Beside which field the error is told."""
    is_ours = isinstance(error, Invalid) and error.field in _TERMS
    return error.field if isinstance(error, Invalid) and is_ours else otherwise


async def _adding(visit: Visit, refused: Refused) -> Response:
    choices = await memberships.choices(visit.ws, visit.actor, _person(visit))
    return visit.page(
        "people/adding.html",
        status=refused.status,
        path=f"{_sheet(visit)}/memberships",
        person=choices.person,
        organisations=choices.organisations,
        may_appoint=choices.may_appoint,
        **refused.values(),
    )


async def _changing(visit: Visit, refused: Refused) -> Response:
    place = await memberships.look(visit.ws, visit.actor, _person(visit), _number(visit))
    return visit.page(
        "people/membership.html",
        status=refused.status,
        path=_here(visit),
        person=place.person,
        place=place.membership,
        has_ended=place.has_ended,
        may_appoint=place.may_appoint,
        today=visit.actor.today,
        yesterday=visit.actor.today - timedelta(days=1),
        **refused.values(),
    )


_SHEET = "/people/{person:id}/memberships"
_HERE = f"{_SHEET}/{{membership:id}}"

# Whose places a representative manages, the use-cases know.
DOORS = (
    Door("GET", _SHEET, SIGNED_IN, show_add),
    Door("POST", _SHEET, SIGNED_IN, add),
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", _HERE, SIGNED_IN, change),
    Door("POST", f"{_HERE}/end", SIGNED_IN, end),
)
