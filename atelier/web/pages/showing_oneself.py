"""What one shows of oneself in the directory, and visiting cards made of what is shown."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid, NotFound
from atelier.model.ids import OrganisationId, PersonId
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.downloads import disposition
from atelier.web.vcards import MEDIA_TYPE, Card, written
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import organisations, people, showing_oneself

_HERE: Final = "/account/showing"
_ASKED: Final = ("phone", "shows_email", "shows_phone")


async def show(visit: Visit) -> Response:
    """What she shows, to change it."""
    return await _choosing(visit, Refused())


async def choose(visit: Visit) -> Response:
    """Show this from now on."""
    form = await visit.form(*_ASKED)
    typed = {name: form.text(name) for name in _ASKED}
    try:
        await showing_oneself.choose(
            visit.ws,
            visit.actor,
            phone=typed["phone"],
            shows_email=typed["shows_email"] == "yes",
            shows_phone=typed["shows_phone"] == "yes",
        )
    except Invalid as error:
        return await _choosing(visit, visit.refused(error, error.field, typed))
    return onward(_HERE, "showing-chosen")


async def of_person(visit: Visit) -> Response:
    """Her visiting card, of what the one who looks may know of her."""
    number = PersonId(visit.number("person"))
    sheet = await people.look(visit.ws, visit.actor, number)
    if not sheet.person.is_active:
        raise NotFound("person")
    places = sheet.person.places(visit.actor.today)
    card = Card(
        sheet.person.name,
        f"{visit.around.site.url}/people/{number}",
        sheet.shown.email,
        sheet.shown.phone,
        tuple((place.organisation.name, place.function) for place in places),
    )
    return _sent(card)


async def of_organisation(visit: Visit) -> Response:
    """Its visiting card."""
    number = OrganisationId(visit.number("organisation"))
    found = (await organisations.look(visit.ws, visit.actor, number)).organisation
    card = Card(
        found.name,
        f"{visit.around.site.url}/organisations/{number}",
        address=found.address,
        note=found.contact,
        is_organisation=True,
    )
    return _sent(card)


def _sent(card: Card) -> Response:
    headers = {
        "content-disposition": disposition(f"{card.name}.vcf", is_inline=False),
        "cache-control": "no-store",
    }
    return Response(written(card), headers=headers, media_type=MEDIA_TYPE)


async def _choosing(visit: Visit, refused: Refused) -> Response:
    return visit.page(
        "account/showing.html",
        status=refused.status,
        path=_HERE,
        showing=await showing_oneself.look(visit.ws, visit.actor),
        max_phone=showing_oneself.MAX_PHONE_CHARACTERS,
        **refused.values(),
    )


DOORS = (
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", _HERE, SIGNED_IN, choose),
    Door("GET", "/people/{person:id}/card.vcf", SIGNED_IN, of_person),
    Door("GET", "/organisations/{organisation:id}/card.vcf", SIGNED_IN, of_organisation),
)
