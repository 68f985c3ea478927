"""Finding what was said."""

from __future__ import annotations

from starlette.responses import Response

from atelier.web.doors import SIGNED_IN, Door
from atelier.web.visit import Visit
from atelier.workspace import search


async def show(visit: Visit) -> Response:
    """The documents she may read that answer, or an empty page to begin with."""
    words, page = visit.asked("q").strip(), visit.asked_number("page") or 1
    results = await search.find(visit.ws, visit.actor, words, page=page) if words else None
    return visit.page("search/search.html", results=results, q=words)


DOORS = (Door("GET", "/search", SIGNED_IN, show),)
