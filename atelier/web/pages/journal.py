"""The journal of a folder, and the network's."""

from __future__ import annotations

from starlette.responses import Response

from atelier.model.folders import Action
from atelier.web.doors import STEWARD, Door, in_folder
from atelier.web.pages.folders import folder_of
from atelier.web.visit import Visit
from atelier.workspace import journal


async def show(visit: Visit) -> Response:
    """Who did what, newest first, before the line that the query names."""
    before = visit.asked_number("before")
    found = await journal.of_folder(visit.ws, visit.actor, folder_of(visit), before=before)
    return visit.page(
        "journal/journal.html",
        folder=found.folder,
        crumbs=found.crumbs,
        lines=found.lines,
        older=found.older,
    )


async def show_network(visit: Visit) -> Response:
    """Who did what to organisations, people and groups, newest first, before a line."""
    before = visit.asked_number("before")
    found = await journal.of_network(visit.ws, visit.actor, before=before)
    return visit.page("journal/network.html", lines=found.lines, older=found.older)


DOORS = (
    Door("GET", "/folders/{folder:id}/journal", in_folder(Action.JOURNAL), show),
    Door("GET", "/journal", STEWARD, show_network),
)
