"""Erasing an account for good, told before it is done; for stewards."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from atelier.errors import AlreadySo
from atelier.model.ids import PersonId
from atelier.web.doors import STEWARD, Door
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import erasure


async def show(visit: Visit) -> Response:
    """What would go, what would stay, and the button."""
    return await _asked(visit, Refused())


async def erase(visit: Visit) -> Response:
    """Her account is erased."""
    await visit.form()
    try:
        await erasure.erase(visit.ws, visit.actor, _number(visit))
    except AlreadySo as error:
        return await _asked(visit, visit.refused(error, "account"))
    return onward("/people", "person-erased")


def _number(visit: Visit) -> PersonId:
    return PersonId(visit.number("person"))


async def _asked(visit: Visit, refused: Refused) -> Response:
    found = await erasure.look(visit.ws, visit.actor, _number(visit))
    return visit.page(
        "people/erase.html",
        status=refused.status,
        path=f"/people/{found.person.id}/erase",
        person=found.person,
        remaining=found.remaining,
        **refused.values(),
    )


_HERE: Final = "/people/{person:id}/erase"

DOORS = (
    Door("GET", _HERE, STEWARD, show),
    Door("POST", _HERE, STEWARD, erase),
)
