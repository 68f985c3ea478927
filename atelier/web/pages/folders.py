"""A folder: its list, and making, renaming, moving, closing and opening folders."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, FolderCycle, Invalid, NameTaken
from atelier.model.folders import Action
from atelier.model.ids import FolderId
from atelier.web.doors import Door, in_folder
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import folders


async def show(visit: Visit) -> Response:
    """The folders and documents in it, sorted and filtered as the query asks."""
    return await listing(visit, Refused())


async def make(visit: Visit) -> Response:
    """A folder in this one."""
    form = await visit.form("name")
    name = form.text("name")
    try:
        number = await folders.make(visit.ws, visit.actor, folder_of(visit), name)
    except (Invalid, NameTaken) as error:
        return await listing(visit, visit.refused(error, "name", {"name": name}))
    return onward(f"/folders/{number}", "folder-made")


async def show_rename(visit: Visit) -> Response:
    """The form for a new name."""
    return await _about(visit, "folders/rename.html", Action.ORGANISE, Refused())


async def rename(visit: Visit) -> Response:
    """Another name for the folder."""
    form = await visit.form("name")
    name = form.text("name")
    try:
        await folders.rename(visit.ws, visit.actor, folder_of(visit), name)
    except (Invalid, NameTaken, AlreadySo) as error:
        refused = visit.refused(error, "name", {"name": name})
        return await _about(visit, "folders/rename.html", Action.ORGANISE, refused)
    return onward(f"/folders/{folder_of(visit)}", "folder-renamed")


async def show_move(visit: Visit) -> Response:
    """The folders it may be put into."""
    return await _move(visit, Refused())


async def move(visit: Visit) -> Response:
    """Into another folder, with all it holds."""
    form = await visit.form("parent")
    try:
        parent = FolderId(form.number("parent"))
        await folders.move(visit.ws, visit.actor, folder_of(visit), parent)
    except (Invalid, NameTaken, AlreadySo, FolderCycle) as error:
        typed = {"parent": form.text("parent")}
        return await _move(visit, visit.refused(error, "parent", typed))
    return onward(f"/folders/{folder_of(visit)}", "folder-moved")


async def show_close(visit: Visit) -> Response:
    """What closing or opening it again means, before it is done."""
    return await _about(visit, "folders/close.html", Action.CLOSE, Refused())


async def close(visit: Visit) -> Response:
    """It inherits no longer."""
    await visit.form()
    await folders.close(visit.ws, visit.actor, folder_of(visit))
    return onward(f"/folders/{folder_of(visit)}", "folder-closed")


async def open_again(visit: Visit) -> Response:
    """It inherits again."""
    await visit.form()
    await folders.open_again(visit.ws, visit.actor, folder_of(visit))
    return onward(f"/folders/{folder_of(visit)}", "folder-opened")


def folder_of(visit: Visit) -> FolderId:
    """The folder that the address names."""
    return FolderId(visit.number("folder"))


async def listing(visit: Visit, refused: Refused) -> Response:
    """The page of a folder, also when a form on it was refused."""
    number, sort, words = folder_of(visit), visit.asked("sort") or "name", visit.asked("filter")
    page = visit.asked_number("page") or 1
    found = await folders.look(
        visit.ws, visit.actor, number, sort=sort, contains=words.strip(), page=page
    )
    return visit.page(
        "folders/folder.html",
        status=refused.status,
        path=visit.here if visit.is_looking else f"/folders/{number}",
        folder=found.folder,
        crumbs=found.crumbs,
        folders=found.folders,
        documents=found.documents,
        total=found.total,
        page=found.page,
        pages=found.pages,
        sort=sort,
        filter=words.strip(),
        audience=found.audience,
        max_deposit_bytes=visit.ws.settings.limits.max_deposit_bytes,
        **refused.values(),
    )


async def _about(visit: Visit, template: str, action: Action, refused: Refused) -> Response:
    folder, crumbs = await folders.enter(visit.ws, visit.actor, folder_of(visit), action)
    return visit.page(
        template, status=refused.status, folder=folder, crumbs=crumbs, **refused.values()
    )


async def _move(visit: Visit, refused: Refused) -> Response:
    folder, crumbs = await folders.enter(visit.ws, visit.actor, folder_of(visit), Action.ORGANISE)
    places = await folders.places(visit.ws, visit.actor, Action.ORGANISE)
    return visit.page(
        "folders/move.html",
        status=refused.status,
        folder=folder,
        crumbs=crumbs,
        places=outside(places, folder.id),
        **refused.values(),
    )


def outside(places: tuple[folders.Place, ...], folder: FolderId) -> list[tuple[FolderId, str, int]]:
    """The places, in reading order, that are neither the folder nor below it."""
    kept: list[tuple[FolderId, str, int]] = []
    own_depth: int | None = None
    for place in places:
        if own_depth is not None and place.depth <= own_depth:
            own_depth = None
        if place.id == folder:
            own_depth = place.depth
        elif own_depth is None:
            kept.append((place.id, place.name, place.depth))
    return kept


_HERE = "/folders/{folder:id}"

DOORS = (
    Door("GET", _HERE, in_folder(Action.READ), show),
    Door("POST", f"{_HERE}/folders", in_folder(Action.ORGANISE), make),
    Door("GET", f"{_HERE}/rename", in_folder(Action.ORGANISE), show_rename),
    Door("POST", f"{_HERE}/rename", in_folder(Action.ORGANISE), rename),
    Door("GET", f"{_HERE}/move", in_folder(Action.ORGANISE), show_move),
    Door("POST", f"{_HERE}/move", in_folder(Action.ORGANISE), move),
    Door("GET", f"{_HERE}/close", in_folder(Action.CLOSE), show_close),
    Door("POST", f"{_HERE}/close", in_folder(Action.CLOSE), close),
    Door("GET", f"{_HERE}/open", in_folder(Action.CLOSE), show_close),
    Door("POST", f"{_HERE}/open", in_folder(Action.CLOSE), open_again),
)
