"""Where a person begins."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import Invalid, NameTaken
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.pages.saved import saved_lines
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import aside, folders, guard, orphans, requests, saved


async def show(visit: Visit) -> Response:
    """Her entry points, the newest documents she may read, and what waits for her."""
    return await _home(visit, Refused())


async def make_folder(visit: Visit) -> Response:
    """A top-level folder, for those who may."""
    form = await visit.form("name")
    name = form.text("name")
    try:
        number = await folders.make(visit.ws, visit.actor, None, name)
    except (Invalid, NameTaken) as error:
        return await _home(visit, visit.refused(error, "name", {"name": name}))
    return onward(f"/folders/{number}", "folder-made")


async def _home(visit: Visit, refused: Refused) -> Response:
    home = await folders.home(visit.ws, visit.actor)
    notices = await orphans.waiting(visit.ws, visit.actor)
    return visit.page(
        "home/home.html",
        status=refused.status,
        path="/",
        entries=home.entries,
        latest=[row for row, _ in home.latest],
        folder_names={row.folder_id: name for row, name in home.latest},
        locks=home.locks,
        may_open_top=visit.actor.may_open_top,
        told=notices.told,
        orphaned=notices.orphaned,
        aside=await aside.hers(visit.ws, visit.actor),
        to_check=await guard.waiting(visit.ws, visit.actor),
        searches=saved_lines(await saved.news(visit.ws, visit.actor), visit.voice),
        waiting_requests=await requests.waiting(visit.ws, visit.actor),
        **refused.values(),
    )


DOORS = (
    Door("GET", "/", SIGNED_IN, show),
    Door("POST", "/folders", SIGNED_IN, make_folder),
)
