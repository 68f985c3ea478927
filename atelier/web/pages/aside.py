"""What was set aside for someone: downloading it, depositing it again, throwing it away."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import Locked, VersionClash
from atelier.model.folders import Action
from atelier.model.ids import AsideId
from atelier.web.doors import Door, in_folder
from atelier.web.downloads import download, handing_over
from atelier.web.pages.documents import document_of, second, sheet
from atelier.web.visit import Visit, onward
from atelier.workspace import aside


async def content(visit: Visit) -> Response:
    """Her bytes, to keep."""
    document, number = document_of(visit), _aside_of(visit)
    given = await aside.content(visit.ws, visit.actor, document, number)

    async def still() -> None:
        await aside.check(visit.ws, await visit.still(), document, number)

    proxy = handing_over(visit.request, visit.ws.settings)
    return download(visit.request, given, still, proxy=proxy)


async def deposit_again(visit: Visit) -> Response:
    """As a new version over the one that the form says she saw."""
    form = await visit.form("expected")
    document, expected = document_of(visit), form.number("expected")
    try:
        done = await aside.deposit_again(
            visit.ws, visit.actor, document, _aside_of(visit), expected=expected
        )
    except (VersionClash, Locked) as error:
        return await sheet(visit, second(visit, error, "aside"))
    return onward(f"/documents/{document}", "revised" if done.is_new_version else "unchanged")


async def throw_away(visit: Visit) -> Response:
    """For good: nobody has those bytes from here any more."""
    await visit.form()
    document = document_of(visit)
    await aside.throw_away(visit.ws, visit.actor, document, _aside_of(visit))
    return onward(f"/documents/{document}", "thrown-away")


def _aside_of(visit: Visit) -> AsideId:
    return AsideId(visit.number("aside"))


_HERE = "/documents/{document:id}/aside/{aside:id}"

DOORS = (
    Door("GET", f"{_HERE}/content", in_folder(Action.READ), content),
    Door("POST", f"{_HERE}/deposit", in_folder(Action.REVISE), deposit_again),
    Door("POST", f"{_HERE}/remove", in_folder(Action.READ), throw_away),
)
