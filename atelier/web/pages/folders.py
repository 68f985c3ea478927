"""A folder: its list, and making, renaming, moving, closing and opening folders."""

from __future__ import annotations

import re

from starlette.responses import Response

from atelier.errors import AlreadySo, FolderCycle, Invalid, NameTaken
from atelier.model.folders import Action
from atelier.model.follows import Followable
from atelier.model.ids import FolderId, PersonId
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.pages.follows import follow_form
from atelier.web.pages.meeting_lines import line
from atelier.web.pages.received import Told, counted
from atelier.web.pages.words import notice
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import folders, sharing
from atelier.workspace.place import Workspace


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
    """Into another folder, with all it holds; announced first."""
    form = await visit.form("parent", ANNOUNCED)
    try:
        page = await _announced_move(visit, form, FolderId(form.number("parent")))
    except (Invalid, NameTaken, AlreadySo, FolderCycle) as error:
        typed = {"parent": form.text("parent")}
        return await _move(visit, visit.refused(error, "parent", typed))
    return page or onward(f"/folders/{folder_of(visit)}", "folder-moved")


async def show_close(visit: Visit) -> Response:
    """What closing or opening it again means, before it is done."""
    return await _about(visit, "folders/close.html", Action.CLOSE, Refused())


async def close(visit: Visit) -> Response:
    """It inherits no longer; she coordinates it, or the one she names. Announced first."""
    form = await visit.form("email", ANNOUNCED)
    try:
        page = await _announced_close(visit, form)
    except Invalid as error:
        refused = visit.refused(error, "email", {"email": form.text("email")})
        return await _about(visit, "folders/close.html", Action.CLOSE, refused)
    return page or onward(f"/folders/{folder_of(visit)}", "folder-closed")


async def open_again(visit: Visit) -> Response:
    """It inherits again; announced first."""
    form = await visit.form(ANNOUNCED)
    folder, _ = await folders.enter(visit.ws, visit.actor, folder_of(visit), Action.CLOSE)

    async def act(ws: Workspace) -> None:
        await folders.open_again(ws, visit.actor, folder.id)

    page = await announced(
        visit,
        form,
        act,
        question=visit.voice.text(N_("Rouvrir le dossier « %(name)s » ?"), name=folder.name),
        action=f"/folders/{folder.id}/open",
        back=f"/folders/{folder.id}",
        fields={},
    )
    return page or onward(f"/folders/{folder.id}", "folder-opened")


def folder_of(visit: Visit) -> FolderId:
    """The folder that the address names."""
    return FolderId(visit.number("folder"))


async def listing(visit: Visit, refused: Refused, told: Told | None = None) -> Response:
    """The page of a folder, also when a form on it was refused, or some of its files were."""
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
        follow=await follow_form(visit, Followable.FOLDER, number),
        locks=found.locks,
        space=found.space,
        warned=found.warned,
        of_meeting=found.meeting and line(found.meeting, visit.voice, visit.ws.clock()),
        max_deposit_bytes=visit.ws.settings.limits.max_deposit_bytes,
        max_files=visit.ws.settings.limits.max_files_per_deposit,
        undo=_undo(visit),
        brought=told,
        notice=_notice(visit),
        **refused.values(),
    )


async def _announced_move(visit: Visit, form: Form, parent: FolderId) -> Response | None:
    folder, _ = await folders.enter(visit.ws, visit.actor, folder_of(visit), Action.ORGANISE)
    arrival, _ = await folders.enter(visit.ws, visit.actor, parent, Action.ORGANISE)

    async def act(ws: Workspace) -> None:
        await folders.move(ws, visit.actor, folder.id, arrival.id)

    return await announced(
        visit,
        form,
        act,
        question=visit.voice.text(
            N_("Déplacer le dossier « %(name)s » dans « %(arrival)s » ?"),
            name=folder.name,
            arrival=arrival.name,
        ),
        action=f"/folders/{folder.id}/move",
        back=f"/folders/{folder.id}",
        fields={"parent": str(arrival.id)},
    )


async def _announced_close(visit: Visit, form: Form) -> Response | None:
    folder, _ = await folders.enter(visit.ws, visit.actor, folder_of(visit), Action.CLOSE)
    email = form.text("email")
    named = await sharing.person_at(visit.ws, visit.actor, folder.id, email) if email else None

    async def act(ws: Workspace) -> None:
        coordinator = PersonId(named.id) if named else None
        await folders.close(ws, visit.actor, folder.id, coordinator=coordinator)

    return await announced(
        visit,
        form,
        act,
        question=visit.voice.text(N_("Fermer le dossier « %(name)s » ?"), name=folder.name),
        action=f"/folders/{folder.id}/close",
        back=f"/folders/{folder.id}",
        fields={"email": email},
    )


def _notice(visit: Visit) -> str | None:
    """What was done, with how many files when the address tells it after a deposit."""
    said = notice(visit.asked("done"), visit.voice)
    counts = [visit.asked(name) for name in ("added", "same")]
    if said is None or not all(_COUNT.fullmatch(count) for count in counts):
        return said
    added, same = map(int, counts)
    return counted(visit.voice, added=added, same=same) if added or same else said


def _undo(visit: Visit) -> str:
    """What was just removed from here, as the trash addresses it: `documents/12`, or ""."""
    found = _UNDO.fullmatch(visit.asked("undo"))
    return f"{found[1]}/{found[2]}" if found else ""


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


_COUNT = re.compile(r"[0-9]{1,4}", re.ASCII)
_UNDO = re.compile(r"(documents|folders)-([1-9][0-9]{0,17})", re.ASCII)
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
