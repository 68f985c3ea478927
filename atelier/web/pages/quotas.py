"""How much a folder and an organisation take, and how much they may: one small form."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.ids import OrganisationId
from atelier.web.doors import SIGNED_IN, STEWARD, Door
from atelier.web.pages.amounts import FIELDS, limit_shown, quota_of, typed
from atelier.web.pages.folders import folder_of
from atelier.web.pages.organisations import sheet as organisation_sheet
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import quotas


async def show(visit: Visit) -> Response:
    """What the folder takes with all below it, for who shares it or may limit it."""
    return await _space(visit, Refused())


async def limit_folder(visit: Visit) -> Response:
    """How much it may take from now on."""
    form = await visit.form(*FIELDS)
    try:
        await quotas.limit_folder(visit.ws, visit.actor, folder_of(visit), quota_of(form))
    except (Invalid, AlreadySo) as error:
        return await _space(visit, visit.refused(error, "amount", typed(form)))
    return onward(f"/folders/{folder_of(visit)}/space", "quota-changed")


async def limit_organisation(visit: Visit) -> Response:
    """How much may be kept of what is deposited for an organisation."""
    form = await visit.form(*FIELDS)
    number = OrganisationId(visit.number("organisation"))
    try:
        await quotas.limit_organisation(visit.ws, visit.actor, number, quota_of(form))
    except (Invalid, AlreadySo) as error:
        return await organisation_sheet(visit, visit.refused(error, "amount", typed(form)))
    return onward(f"/organisations/{number}", "quota-changed")


async def _space(visit: Visit, refused: Refused) -> Response:
    found = await quotas.look(visit.ws, visit.actor, folder_of(visit))
    return visit.page(
        "quotas/space.html",
        status=refused.status,
        path=visit.here if visit.is_looking else f"/folders/{folder_of(visit)}/space",
        folder=found.folder,
        crumbs=found.crumbs,
        space=found.space,
        limit=limit_shown(found.space, visit.voice),
        may_limit=found.may_limit,
        **refused.values(),
    )


# Who limits a folder need not share it, but the one above: no rule about one folder says so.
DOORS = (
    Door("GET", "/folders/{folder:id}/space", SIGNED_IN, show),
    Door("POST", "/folders/{folder:id}/quota", SIGNED_IN, limit_folder),
    Door("POST", "/organisations/{organisation:id}/quota", STEWARD, limit_organisation),
)
