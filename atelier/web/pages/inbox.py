"""Drop folders of a folder: binding, pausing, resuming, unbinding, and what came through them."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.folders import Action
from atelier.model.ids import DropFolderId
from atelier.model.inbox import INBOX
from atelier.web.doors import Door, in_folder
from atelier.web.pages.drop_words import outcome, reason, shown
from atelier.web.pages.folders import folder_of
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import inbox


async def show(visit: Visit) -> Response:
    """What drops into this folder, and what came before the arrival that the query names."""
    return await _shown(visit, Refused())


async def bind(visit: Visit) -> Response:
    """A place on the disk whose files come here from now on."""
    form = await visit.form("name", "email")
    name, email = form.text("name"), form.text("email")
    try:
        await inbox.bind(visit.ws, visit.actor, folder_of(visit), name, email=email)
    except (Invalid, AlreadySo) as error:
        field = error.field if isinstance(error, Invalid) else "name"
        return await _shown(visit, visit.refused(error, field, {"name": name, "email": email}))
    return onward(_here(visit), "drop-bound")


async def pause(visit: Visit) -> Response:
    """What comes stays where it is."""
    await visit.form()
    await inbox.pause(visit.ws, visit.actor, folder_of(visit), _drop_of(visit))
    return onward(_here(visit), "drop-paused")


async def resume(visit: Visit) -> Response:
    """What comes is deposited again."""
    await visit.form()
    await inbox.resume(visit.ws, visit.actor, folder_of(visit), _drop_of(visit))
    return onward(_here(visit), "drop-resumed")


async def unbind(visit: Visit) -> Response:
    """Nothing comes from there any more."""
    await visit.form()
    await inbox.unbind(visit.ws, visit.actor, folder_of(visit), _drop_of(visit))
    return onward(_here(visit), "drop-unbound")


async def _shown(visit: Visit, refused: Refused) -> Response:
    before = visit.asked_number("before") if visit.is_looking else None
    found = await inbox.look(visit.ws, visit.actor, folder_of(visit), before=before)
    arrivals = [
        (
            replace(one, path=shown(one.path)),
            outcome(one.outcome, visit.voice),
            reason(one.reason, visit.voice),
        )
        for one in found.arrivals
    ]
    return visit.page(
        "inbox/inbox.html",
        status=refused.status,
        path=visit.here if visit.is_looking else _here(visit),
        folder=found.folder,
        crumbs=found.crumbs,
        drops=[(drop, f"{INBOX}/{drop.name}/") for drop in found.drops],
        arrivals=arrivals,
        older=found.older,
        addresses=found.addresses,
        **refused.values(),
    )


def _here(visit: Visit) -> str:
    return f"/folders/{folder_of(visit)}/inbox"


def _drop_of(visit: Visit) -> DropFolderId:
    return DropFolderId(visit.number("drop"))


_HERE = "/folders/{folder:id}/inbox"
_DROP = f"{_HERE}/{{drop:id}}"

DOORS = (
    Door("GET", _HERE, in_folder(Action.SHARE), show),
    Door("POST", _HERE, in_folder(Action.SHARE), bind),
    Door("POST", f"{_DROP}/pause", in_folder(Action.SHARE), pause),
    Door("POST", f"{_DROP}/resume", in_folder(Action.SHARE), resume),
    Door("POST", f"{_DROP}/unbind", in_folder(Action.SHARE), unbind),
)
