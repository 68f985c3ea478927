"""What could not be read in a folder and below it, and having it read again."""

from __future__ import annotations

from starlette.responses import Response

from atelier.model.folders import Action
from atelier.model.ids import DocumentId
from atelier.web.doors import Door, in_folder
from atelier.web.pages.documents import document_of
from atelier.web.pages.folders import folder_of
from atelier.web.pages.readings import told
from atelier.web.visit import Visit, onward
from atelier.workspace import unread


async def show(visit: Visit) -> Response:
    """The documents whose text is not, or not wholly, searchable, and why."""
    page = visit.asked_number("page") or 1
    found = await unread.look(visit.ws, visit.actor, folder_of(visit), page=page)
    return visit.page(
        "unread/unread.html",
        folder=found.folder,
        crumbs=found.crumbs,
        unread=[(row, told(row.state, row.reason, visit.voice)) for row in found.rows],
        total=found.total,
        page=found.page,
        pages=found.pages,
    )


async def read_again(visit: Visit) -> Response:
    """One version of a document once more."""
    await visit.form()
    document = document_of(visit)
    await unread.read_again(visit.ws, visit.actor, document, visit.number("version"))
    return onward(f"/documents/{document}", "reading-again")


async def read_listed_again(visit: Visit) -> Response:
    """The one that the form names once more, or all of the list."""
    form = await visit.form("document", "version")
    folder = folder_of(visit)
    if not form.text("document"):
        await unread.read_all_again(visit.ws, visit.actor, folder)
        return onward(f"/folders/{folder}/unread", "all-reading-again")
    document = DocumentId(form.number("document"))
    await unread.read_again(visit.ws, visit.actor, document, form.number("version"))
    return onward(f"/folders/{folder}/unread", "reading-again")


_HERE = "/folders/{folder:id}/unread"
_VERSION = "/documents/{document:id}/versions/{version:id}"

DOORS = (
    Door("GET", _HERE, in_folder(Action.READ), show),
    Door("POST", _HERE, in_folder(Action.ORGANISE), read_listed_again),
    Door("POST", f"{_VERSION}/read", in_folder(Action.ORGANISE), read_again),
)
