"""The sheet of an organisation; for stewards: its particulars, its departure, a merger."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.ids import FolderId, OrganisationId
from atelier.model.organisations import (
    MAX_CONTACT_CHARACTERS,
    MAX_KIND_CHARACTERS,
    Particulars,
)
from atelier.web.doors import SIGNED_IN, STEWARD, Door
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.amounts import limit_shown
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import organisations
from atelier.workspace.place import Workspace

_PARTICULARS = ("name", "kind", "siret", "finess", "address", "contact")


async def show(visit: Visit) -> Response:
    """What the network knows of it and who its people are, for anyone signed in."""
    return await sheet(visit, Refused())


async def change(visit: Visit) -> Response:
    """Other particulars."""
    form = await visit.form(*_PARTICULARS)
    typed = {name: form.text(name) for name in _PARTICULARS}
    try:
        await organisations.change(visit.ws, visit.actor, _number(visit), Particulars(**typed))
    except (Invalid, AlreadySo) as error:
        return await sheet(visit, visit.refused(error, _field(error, "name"), typed))
    return onward(_here(visit), "organisation-changed")


async def end(visit: Visit) -> Response:
    """It leaves after a day; first told who loses what."""
    form = await visit.form("day", ANNOUNCED)
    typed = {"day": form.text("day")}
    leaving = await organisations.enter(visit.ws, visit.actor, _number(visit))
    orphaned: list[FolderId] = []
    question = N_("Noter le départ de « %(name)s » après le %(day)s ?")

    async def act(ws: Workspace) -> None:
        departure = await organisations.end(ws, visit.actor, leaving.id, day)
        orphaned.extend(departure.orphaned)

    try:
        day = _last_day(form)
        page = await announced(
            visit,
            form,
            act,
            question=visit.voice.text(question, name=leaving.name, day=visit.voice.day(day)),
            action=f"{_here(visit)}/end",
            back=_here(visit),
            fields=typed,
            later=organisations.day_after(day),
        )
    except (Invalid, AlreadySo) as error:
        return await sheet(visit, visit.refused(error, "day", typed))
    done = "organisation-left-orphans" if orphaned else "organisation-left"
    return page or onward(_here(visit), done)


async def merge(visit: Visit) -> Response:
    """It becomes part of another; first told who gains and who loses what."""
    form = await visit.form("into", ANNOUNCED)
    typed = {"into": form.text("into")}
    merged = await organisations.enter(visit.ws, visit.actor, _number(visit))
    others = (await organisations.look(visit.ws, visit.actor, merged.id)).others
    question = N_("Fusionner « %(name)s » dans « %(into)s », qui reste seule ?")
    try:
        into = OrganisationId(form.number("into"))
        # Another one is refused by the act, before the question is asked.
        name = next((one.name for one in others if one.id == into), "")
        page = await announced(
            visit,
            form,
            lambda ws: organisations.merge(ws, visit.actor, merged.id, into),
            question=visit.voice.text(question, name=merged.name, into=name),
            action=f"{_here(visit)}/merge",
            back=_here(visit),
            fields=typed,
        )
    except (Invalid, AlreadySo) as error:
        return await sheet(visit, visit.refused(error, "into", typed))
    return page or onward(f"/organisations/{into}", "organisation-merged")


def _number(visit: Visit) -> OrganisationId:
    return OrganisationId(visit.number("organisation"))


def _here(visit: Visit) -> str:
    return f"/organisations/{_number(visit)}"


def _last_day(form: Form) -> date:
    day = form.day("day")
    if day is None:
        raise Invalid("day", "empty")
    return day


def _field(error: Invalid | AlreadySo, otherwise: str) -> str:
    """Beside which field the error is told."""
    name = error.field if isinstance(error, Invalid) else error.what
    return name if name in _PARTICULARS else otherwise


async def sheet(visit: Visit, refused: Refused) -> Response:
    """The page of an organisation, also when a form on it was refused."""
    found = await organisations.look(visit.ws, visit.actor, _number(visit))
    return visit.page(
        "organisations/organisation.html",
        status=refused.status,
        path=_here(visit),
        organisation=found.organisation,
        into=found.into,
        present=found.present,
        past=found.past,
        others=found.others,
        may_manage=found.may_manage,
        may_bring=found.may_bring,
        is_present=found.is_present,
        today=visit.actor.today,
        space=found.space,
        limit=limit_shown(found.space, visit.voice),
        max_kind=MAX_KIND_CHARACTERS,
        max_contact=MAX_CONTACT_CHARACTERS,
        **refused.values(),
    )


_HERE = "/organisations/{organisation:id}"

DOORS = (
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", _HERE, STEWARD, change),
    Door("POST", f"{_HERE}/end", STEWARD, end),
    Door("POST", f"{_HERE}/merge", STEWARD, merge),
)
