"""The two answers to patient data that was found in a version."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo
from atelier.model.folders import Action
from atelier.web.doors import Door, in_folder
from atelier.web.pages.documents import document_of
from atelier.web.visit import Visit, onward
from atelier.workspace import guard


async def settle(visit: Visit) -> Response:
    """It is wanted there: nobody is warned of it any more."""
    await visit.form()
    document = document_of(visit)
    try:
        await guard.settle(visit.ws, visit.actor, document, visit.number("version"))
    except AlreadySo:  # somebody else was faster
        return onward(f"/documents/{document}")
    return onward(f"/documents/{document}", "finding-settled")


async def purge(visit: Visit) -> Response:
    """The version ends for good, and its document when there is no other."""
    await visit.form()
    document = document_of(visit)
    try:
        ended = await guard.end_version(visit.ws, visit.actor, document, visit.number("version"))
    except AlreadySo:
        return onward(f"/documents/{document}")
    if ended.is_document:
        return onward(f"/folders/{ended.folder}", "purged")
    return onward(f"/documents/{document}", "version-purged")


_VERSION = "/documents/{document:id}/versions/{version:id}"

# Of those who may revise there only the version's author, and the folder's coordinators: to the
# others the use-case says that there is nothing.
DOORS = (
    Door("POST", f"{_VERSION}/settle", in_folder(Action.REVISE), settle),
    Door("POST", f"{_VERSION}/purge", in_folder(Action.REVISE), purge),
)
