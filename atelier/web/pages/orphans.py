"""Folders without coordination, and taking one over; for stewards."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid, NotFound
from atelier.model.ids import FolderId
from atelier.web.doors import STEWARD, Door
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import orphans

_ASKED = ("folder", "reason")


async def show(visit: Visit) -> Response:
    """The orphaned folders, and the form to take over any folder (`?folder=` names it)."""
    folder = visit.asked_number("folder")
    return await _orphans(visit, Refused(typed={"folder": str(folder or "")}))


async def take_over(visit: Visit) -> Response:
    """The coordination of the folder of this number, for a reason."""
    form = await visit.form(*_ASKED)
    typed = {name: form.text(name) for name in _ASKED}
    try:
        folder = FolderId(form.number("folder"))
        await orphans.take_over(visit.ws, visit.actor, folder, form.text("reason"))
    except Invalid as error:
        return await _orphans(visit, visit.refused(error, error.field, typed))
    except (AlreadySo, NotFound) as error:
        return await _orphans(visit, visit.refused(error, "folder", typed))
    return onward(f"/folders/{folder}", "taken-over")


async def _orphans(visit: Visit, refused: Refused) -> Response:
    found = await orphans.look(visit.ws, visit.actor)
    return visit.page(
        "orphans/orphans.html",
        status=refused.status,
        path="/orphans",
        heads=found.heads,
        total=found.total,
        max_characters=orphans.MAX_CHARACTERS,
        **refused.values(),
    )


DOORS = (
    Door("GET", "/orphans", STEWARD, show),
    Door("POST", "/take-over", STEWARD, take_over),
)
