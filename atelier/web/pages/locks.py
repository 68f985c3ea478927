"""Locks on the page of a document: « Je modifie ce document », going on, and its end."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.folders import Action
from atelier.web.doors import Door, in_folder
from atelier.web.pages.documents import document_of, sheet
from atelier.web.visit import Visit, onward
from atelier.workspace import locks


async def take(visit: Visit) -> Response:
    """She is editing it, for some hours; others are told."""
    form = await visit.form("note")
    note = form.text("note")
    try:
        await locks.take(visit.ws, visit.actor, document_of(visit), note=note)
    except Invalid as error:
        return await sheet(visit, visit.refused(error, error.field, {"note": note}))
    return onward(f"/documents/{document_of(visit)}", "locked")


async def renew(visit: Visit) -> Response:
    """She needs longer."""
    await visit.form()
    await locks.renew(visit.ws, visit.actor, document_of(visit))
    return onward(f"/documents/{document_of(visit)}", "lock-renewed")


async def release(visit: Visit) -> Response:
    """She is done; or a coordinator frees the document in her stead."""
    await visit.form()
    await locks.release(visit.ws, visit.actor, document_of(visit))
    return onward(f"/documents/{document_of(visit)}", "unlocked")


_HERE = "/documents/{document:id}/lock"

DOORS = (
    Door("POST", _HERE, in_folder(Action.REVISE), take),
    Door("POST", f"{_HERE}/renew", in_folder(Action.REVISE), renew),
    Door("POST", f"{_HERE}/release", in_folder(Action.REVISE), release),
)
