"""Accounts that nobody uses, for stewards."""

from __future__ import annotations

from starlette.responses import Response

from atelier.web.doors import STEWARD, Door
from atelier.web.visit import Visit
from atelier.workspace import inactive


async def show(visit: Visit) -> Response:
    """Who has not come for long, or never, each with a way to close her account."""
    found = await inactive.look(visit.ws, visit.actor)
    return visit.page("people/inactive.html", found=found)


DOORS = (Door("GET", "/network/inactive", STEWARD, show),)
