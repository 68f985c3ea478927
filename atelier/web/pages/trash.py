"""The trash: removing documents and folders, bringing them back, ending them for good."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import EffectChanged, FolderCycle, Invalid, NameTaken, PlaceClosed
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId
from atelier.model.trash import RemovedKind, Weight
from atelier.web.doors import SIGNED_IN, Door, in_folder
from atelier.web.forms import Form
from atelier.web.pages.documents import document_of
from atelier.web.pages.folders import folder_of
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import folders, trash


async def show(visit: Visit) -> Response:
    """What was removed from a folder, as far as she may bring it back."""
    page = visit.asked_number("page") or 1
    return _list(visit, await trash.look(visit.ws, visit.actor, folder_of(visit), page=page))


async def show_alone(visit: Visit) -> Response:
    """The removed folders that no folder above answers for."""
    page = visit.asked_number("page") or 1
    return _list(visit, await trash.alone(visit.ws, visit.actor, page=page))


async def remove_document(visit: Visit) -> Response:
    """Into the trash, with a button to undo it on the page that follows."""
    form = await visit.form("expected")
    document = document_of(visit)
    expected = form.number("expected")
    folder = await trash.remove_document(visit.ws, visit.actor, document, expected=expected)
    return onward(f"/folders/{folder}?undo=documents-{document}", "document-removed")


async def show_remove_folder(visit: Visit) -> Response:
    """How much would go, before it does."""
    return await _weighed(visit, Refused())


async def remove_folder(visit: Visit) -> Response:
    """Into the trash, as much as was announced."""
    form = await visit.form("folders", "documents")
    folder = folder_of(visit)
    try:
        announced = Weight(form.number("folders"), form.number("documents"))
        above = await trash.remove_folder(visit.ws, visit.actor, folder, announced=announced)
    except EffectChanged as error:
        return await _weighed(visit, visit.refused(error, "weight"))
    if above is None:
        return onward("/trash", "folder-removed")
    return onward(f"/folders/{above}?undo=folders-{folder}", "folder-removed")


async def restore_document(visit: Visit) -> Response:
    """Back where it was, or where the form says."""
    form = await visit.form("name", "parent")
    document = DocumentId(visit.number("removed"))
    try:
        await trash.restore_document(
            visit.ws, visit.actor, folder_of(visit), document, name=form.text("name"), to=_to(form)
        )
    except (NameTaken, PlaceClosed, Invalid) as error:
        return await _ask(visit, RemovedKind.DOCUMENT, error, form)
    return onward(f"/documents/{document}", "brought-back")


async def restore_folder(visit: Visit) -> Response:
    """Back where it was with all that went with it, or where the form says."""
    form = await visit.form("name", "parent")
    removed = FolderId(visit.number("removed"))
    try:
        await trash.restore_folder(
            visit.ws, visit.actor, _origin(visit), removed, name=form.text("name"), to=_to(form)
        )
    except (NameTaken, PlaceClosed, FolderCycle, Invalid) as error:
        return await _ask(visit, RemovedKind.FOLDER, error, form)
    return onward(f"/folders/{removed}", "brought-back")


async def show_purge_document(visit: Visit) -> Response:
    """What would end for good, before it does."""
    return await _purge(visit, RemovedKind.DOCUMENT)


async def purge_document(visit: Visit) -> Response:
    """For good."""
    await visit.form()
    document = DocumentId(visit.number("removed"))
    await trash.purge_document(visit.ws, visit.actor, folder_of(visit), document)
    return onward(_home(_origin(visit)), "purged")


async def show_purge_folder(visit: Visit) -> Response:
    """What would end for good, before it does."""
    return await _purge(visit, RemovedKind.FOLDER)


async def purge_folder(visit: Visit) -> Response:
    """For good, with all that went with it."""
    await visit.form()
    removed = FolderId(visit.number("removed"))
    await trash.purge_folder(visit.ws, visit.actor, _origin(visit), removed)
    return onward(_home(_origin(visit)), "purged")


def _list(visit: Visit, found: trash.Trash) -> Response:
    return visit.page(
        "trash/trash.html",
        folder=found.folder,
        crumbs=found.crumbs,
        removed=found.rows,
        total=found.total,
        page=found.page,
        pages=found.pages,
        may_purge=found.folder is None or found.folder.allows(Action.RESTORE),
        keep_days=visit.ws.settings.trash.keep_days,
        here=_home(found.folder.id if found.folder else None),
    )


async def _weighed(visit: Visit, refused: Refused) -> Response:
    leaving = await trash.weigh(visit.ws, visit.actor, folder_of(visit))
    return visit.page(
        "trash/remove.html",
        status=refused.status,
        folder=leaving.folder,
        crumbs=leaving.crumbs,
        weight=leaving.weight,
        staying=leaving.staying,
        keep_days=visit.ws.settings.trash.keep_days,
        **refused.values(),
    )


async def _ask(
    visit: Visit,
    kind: RemovedKind,
    error: NameTaken | PlaceClosed | FolderCycle | Invalid,
    form: Form,
) -> Response:
    """What stands in the way of bringing it back, and a form that says how to."""
    lying = await trash.find(visit.ws, visit.actor, _origin(visit), kind, visit.number("removed"))
    action = Action.ADD if kind is RemovedKind.DOCUMENT else Action.ORGANISE
    inside = FolderId(lying.removed.id) if kind is RemovedKind.FOLDER else None
    places = await folders.places(visit.ws, visit.actor, action, without=inside)
    field = "name" if isinstance(error, NameTaken) else "parent"
    typed = {name: form.text(name) for name in ("name", "parent") if form.text(name)}
    refused = visit.refused(error, error.field if isinstance(error, Invalid) else field, typed)
    return visit.page(
        "trash/restore.html",
        status=refused.status,
        folder=lying.folder,
        crumbs=lying.crumbs,
        removed=lying.removed,
        places=[(place.id, place.name, place.depth) for place in places],
        asks_where=isinstance(error, PlaceClosed | FolderCycle) or bool(form.text("parent")),
        here=_home(_origin(visit)),
        **refused.values(),
    )


async def _purge(visit: Visit, kind: RemovedKind) -> Response:
    lying = await trash.find(
        visit.ws,
        visit.actor,
        _origin(visit),
        kind,
        visit.number("removed"),
        action=Action.RESTORE,
    )
    return visit.page(
        "trash/purge.html",
        folder=lying.folder,
        crumbs=lying.crumbs,
        removed=lying.removed,
        weight=lying.weight,
        laid=lying.laid,
        here=_home(_origin(visit)),
    )


def _origin(visit: Visit) -> FolderId | None:
    """The folder in whose trash it is, as the address says; None for what stands alone."""
    return folder_of(visit) if "folder" in visit.request.path_params else None


def _home(folder: FolderId | None) -> str:
    return "/trash" if folder is None else f"/folders/{folder}/trash"


def _to(form: Form) -> FolderId | None:
    """Where it is to come back to, when the form says it."""
    return FolderId(form.number("parent")) if form.text("parent") else None


_HERE = "/folders/{folder:id}/trash"
_DOCUMENT = f"{_HERE}/documents/{{removed:id}}"
_FOLDER = f"{_HERE}/folders/{{removed:id}}"
# The folder that a rule would speak of is in the trash, where nobody enters: the use-case asks.
_ALONE = "/trash/folders/{removed:id}"

DOORS = (
    Door("POST", "/documents/{document:id}/remove", in_folder(Action.REMOVE), remove_document),
    Door("GET", "/folders/{folder:id}/remove", in_folder(Action.ORGANISE), show_remove_folder),
    Door("POST", "/folders/{folder:id}/remove", in_folder(Action.ORGANISE), remove_folder),
    Door("GET", _HERE, in_folder(Action.REMOVE), show),
    Door("POST", f"{_DOCUMENT}/restore", in_folder(Action.REMOVE), restore_document),
    Door("GET", f"{_DOCUMENT}/purge", in_folder(Action.RESTORE), show_purge_document),
    Door("POST", f"{_DOCUMENT}/purge", in_folder(Action.RESTORE), purge_document),
    Door("POST", f"{_FOLDER}/restore", in_folder(Action.RESTORE), restore_folder),
    Door("GET", f"{_FOLDER}/purge", in_folder(Action.RESTORE), show_purge_folder),
    Door("POST", f"{_FOLDER}/purge", in_folder(Action.RESTORE), purge_folder),
    Door("GET", "/trash", SIGNED_IN, show_alone),
    Door("POST", f"{_ALONE}/restore", SIGNED_IN, restore_folder),
    Door("GET", f"{_ALONE}/purge", SIGNED_IN, show_purge_folder),
    Door("POST", f"{_ALONE}/purge", SIGNED_IN, purge_folder),
)
