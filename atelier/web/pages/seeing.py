"""See as: choosing as whom to look at a folder that one shares, and looking as oneself again."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.folders import Action
from atelier.web.doors import SIGNED_IN, Door, in_folder
from atelier.web.pages.audience import chosen
from atelier.web.pages.folders import folder_of
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import seeing

_ASKED = ("subject", "email")


async def show(visit: Visit) -> Response:
    """As whom the folder can be looked at; a link may name an address (`?email=`)."""
    return await _choices(visit, Refused(typed={"email": visit.asked("email")}))


async def begin(visit: Visit) -> Response:
    """As an organisation or a person, from here on and until she stops."""
    form = await visit.form(*_ASKED)
    folder = folder_of(visit)
    try:
        subject = await chosen(visit, form)
        is_readable = await seeing.begin(visit.ws, visit.actor, visit.token, folder, subject)
    except Invalid as error:
        typed = {name: form.text(name) for name in _ASKED}
        return await _choices(visit, visit.refused(error, error.field, typed))
    return onward(f"/folders/{folder}") if is_readable else onward("/", "not-seen")


async def stop(visit: Visit) -> Response:
    """As herself again, where she began."""
    await visit.form()
    folder = await seeing.end(visit.ws, visit.actor, visit.token)
    return onward(f"/folders/{folder}" if folder else "/", "own-view")


async def _choices(visit: Visit, refused: Refused) -> Response:
    choices = await seeing.choices(visit.ws, visit.actor, folder_of(visit))
    return visit.page(
        "seeing/choosing.html",
        status=refused.status,
        folder=choices.folder,
        crumbs=choices.crumbs,
        organisations=choices.organisations,
        addresses=choices.addresses,
        **refused.values(),
    )


_HERE = "/folders/{folder:id}/see-as"

DOORS = (
    Door("GET", _HERE, in_folder(Action.SHARE), show),
    Door("POST", _HERE, in_folder(Action.SHARE), begin),
    Door("POST", "/see-as/stop", SIGNED_IN, stop, while_seeing=True),
)
