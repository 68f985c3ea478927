"""Search for programs: the page's answers, and what a beginning may become."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from atelier.web.api.told import Told, told, told_suggested
from atelier.web.asking import asked_of
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.visit import Visit
from atelier.workspace import search, suggesting


async def find(visit: Visit) -> Response:
    """The same as the page of search at the same query, as one JSON object."""
    asked, page = asked_of(visit), visit.asked_number("page") or 1
    return _answer(told(await search.find(visit.ws, visit.actor, asked, page=page)))


async def suggest(visit: Visit) -> Response:
    """Words and documents for what is typed so far."""
    return _answer(
        told_suggested(await suggesting.suggest(visit.ws, visit.actor, visit.asked("q")))
    )


def _answer(what: Told) -> Response:
    return Response(msgspec.json.encode(what), media_type="application/json")


DOORS = (
    Door("GET", "/search.json", SIGNED_IN, find),
    Door("GET", "/search/suggestions", SIGNED_IN, suggest),
)
