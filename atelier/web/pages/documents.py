"""A document: its text and versions, its bytes, restoring, renaming and moving it."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid, Locked, NameTaken, VersionClash
from atelier.model.documents import Document
from atelier.model.folders import Action
from atelier.model.follows import Followable
from atelier.model.ids import DocumentId, FolderId
from atelier.web.doors import Door, in_folder
from atelier.web.downloads import download, handing_over
from atelier.web.errors import status_of
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.pages.endings import belied
from atelier.web.pages.follows import follow_form
from atelier.web.pages.previews import opens, ways
from atelier.web.pages.readings import told
from atelier.web.pages.sentences import explain
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import documents, folders, previews
from atelier.workspace.place import Workspace


async def show(visit: Visit) -> Response:
    """The document, with the text of the page that the query asks for."""
    return await sheet(visit, Refused())


async def content(visit: Visit) -> Response:
    """The bytes of one version: to keep, or (`?inline`) to be shown in the browser's viewer."""
    document, version = document_of(visit), visit.number("version")
    given = await documents.content(visit.ws, visit.actor, document, version)

    async def still() -> None:
        await documents.enter_to(visit.ws, await visit.still(), document, Action.READ)

    is_inline = "inline" in visit.request.query_params
    proxy = handing_over(visit.request, visit.ws.settings)
    return download(visit.request, given, still, is_inline=is_inline, proxy=proxy)


async def restore(visit: Visit) -> Response:
    """An old version once more, as a new one."""
    form = await visit.form("expected")
    document, version = document_of(visit), visit.number("version")
    expected = form.number("expected")
    await documents.restore(visit.ws, visit.actor, document, version, expected=expected)
    return onward(f"/documents/{document}", "restored")


async def label(visit: Visit) -> Response:
    """What a version is to people; nothing takes it away."""
    number, document = visit.number("version"), document_of(visit)
    form = await visit.form("label")
    words = form.text("label")
    try:
        await documents.label(visit.ws, visit.actor, document, number, words)
    except Invalid as error:
        field = f"label-{number}"  # the page has such a form for each version
        return await sheet(visit, visit.refused(error, field, {field: words}))
    except AlreadySo:  # sent as it stood
        return onward(f"/documents/{document}")
    return onward(f"/documents/{document}", "labelled" if words else "unlabelled")


async def replace(visit: Visit) -> Response:
    """Its bytes as a new version of the document that bears the wanted name."""
    form = await visit.form("onto", "over", "expected")
    document, onto = document_of(visit), DocumentId(form.number("onto"))
    done = await documents.replace(
        visit.ws,
        visit.actor,
        document,
        onto,
        expected=form.number("expected"),
        over=form.number("over"),
    )
    return onward(f"/documents/{onto}", "replaced" if done.is_new_version else "replaced-same")


async def show_rename(visit: Visit) -> Response:
    """The form for a new name."""
    return await _rename(visit, Refused())


async def rename(visit: Visit) -> Response:
    """Another name for the document."""
    form = await visit.form("name", "expected")
    name = form.text("name")
    try:
        await documents.rename(
            visit.ws, visit.actor, document_of(visit), name, expected=_expected(form)
        )
    except NameTaken as error:
        onto = await documents.namesake(visit.ws, visit.actor, document_of(visit), name=name)
        return await _rename(visit, visit.refused(error, "name", {"name": name}), onto)
    except (Invalid, AlreadySo) as error:
        return await _rename(visit, visit.refused(error, "name", {"name": name}))
    return onward(f"/documents/{document_of(visit)}", "document-renamed")


async def show_move(visit: Visit) -> Response:
    """The folders it may be put into."""
    return await _move(visit, Refused())


async def move(visit: Visit) -> Response:
    """Into another folder, with all its versions; announced when somebody feels it."""
    form = await visit.form("parent", "expected", ANNOUNCED)
    typed = {"parent": form.text("parent")}
    try:
        page = await _announced_move(visit, form, FolderId(form.number("parent")))
    except NameTaken as error:
        ws, parent = visit.ws, FolderId(form.number("parent"))
        onto = await documents.namesake(ws, visit.actor, document_of(visit), folder_id=parent)
        return await _move(visit, visit.refused(error, "parent", typed), onto)
    except (Invalid, AlreadySo) as error:
        return await _move(visit, visit.refused(error, "parent", typed))
    return page or onward(f"/documents/{document_of(visit)}", "document-moved")


def _expected(form: Form) -> int | None:
    """The version she saw, when the form says it."""
    return form.number("expected") if form.text("expected") else None


def document_of(visit: Visit) -> DocumentId:
    """The document that the address names."""
    return DocumentId(visit.number("document"))


def second(visit: Visit, error: VersionClash | Locked, field: str) -> Refused:
    """Who came second is told all of it beside the field: what was kept, and what to do."""
    said = explain(error, visit.voice)
    whole = " ".join((said.happened, said.kept, said.next))
    return Refused(status_of(error, visit.request), {field: whole})


async def sheet(visit: Visit, refused: Refused) -> Response:
    """The page of a document, also when a form on it was refused."""
    number, page = document_of(visit), visit.asked_number("page")
    look = await documents.look(visit.ws, visit.actor, number, page=page)
    current, text = look.document.current, look.page
    drawn = await previews.shows_pages(visit.ws, current)
    return visit.page(
        "documents/document.html",
        status=refused.status,
        path=visit.here if visit.is_looking else f"/documents/{number}",
        folder=look.folder,
        crumbs=look.crumbs,
        document=look.document,
        follow=await follow_form(visit, Followable.DOCUMENT, number),
        lock=look.lock,
        aside=look.aside,
        warned=look.warned,
        opens_here=bool(ways(current, has_text=text is not None, has_pictures=drawn).offered),
        thumbnail=await previews.thumbnail(visit.ws, current),
        belied=belied(look.document.name, current.media_type, visit.voice),
        opening={one.number for one in look.document.versions if opens(one)},
        is_asked=look.is_asked,
        page_text=text.text if text else None,
        is_cut=text is not None and text.is_cut,
        page_kind=text.kind if text else "",
        page_number=(text.number if text else None) or page or 1,
        page_count=(text.count if text else None) or current.page_count,
        state_sentence=told(current.state, current.reason, visit.voice).sentence,
        max_deposit_bytes=visit.ws.settings.limits.max_deposit_bytes,
        **refused.values(),
    )


async def _rename(visit: Visit, refused: Refused, onto: Document | None = None) -> Response:
    look = await _allowed(visit, Action.RENAME)
    return _form(visit, "documents/rename.html", look, refused, onto=onto)


async def _move(visit: Visit, refused: Refused, onto: Document | None = None) -> Response:
    look = await _allowed(visit, Action.REMOVE)
    places = await folders.places(visit.ws, visit.actor, Action.ADD)
    elsewhere = [
        (place.id, place.name, place.depth) for place in places if place.id != look.folder.id
    ]
    return _form(visit, "documents/move.html", look, refused, places=elsewhere, onto=onto)


async def _announced_move(visit: Visit, form: Form, parent: FolderId) -> Response | None:
    look = await documents.enter_to(visit.ws, visit.actor, document_of(visit), Action.REMOVE)
    arrival, _ = await folders.enter(visit.ws, visit.actor, parent, Action.ADD)
    document, expected = look.document, _expected(form)

    async def act(ws: Workspace) -> None:
        await documents.move(ws, visit.actor, document.id, arrival.id, expected=expected)

    return await announced(
        visit,
        form,
        act,
        question=visit.voice.text(
            N_("Déplacer « %(name)s » dans « %(arrival)s » ?"),
            name=document.name,
            arrival=arrival.name,
        ),
        action=f"/documents/{document.id}/move",
        back=f"/documents/{document.id}",
        fields={"parent": str(arrival.id), "expected": form.text("expected")},
        is_minor=True,
        # Who has which access is known by name to those who share alone.
        is_named=look.folder.allows(Action.SHARE) and arrival.allows(Action.SHARE),
    )


def _form(
    visit: Visit, template: str, look: documents.Look, refused: Refused, **more: object
) -> Response:
    return visit.page(
        template,
        status=refused.status,
        folder=look.folder,
        crumbs=look.crumbs,
        document=look.document,
        expected=look.document.current.number,
        **more,
        **refused.values(),
    )


async def _allowed(visit: Visit, action: Action) -> documents.Look:
    """The document for a form about it, shown only where the form could be sent."""
    return await documents.enter_to(visit.ws, visit.actor, document_of(visit), action)


_HERE = "/documents/{document:id}"
_VERSION = f"{_HERE}/versions/{{version:id}}"

DOORS = (
    Door("GET", _HERE, in_folder(Action.READ), show),
    Door("GET", f"{_VERSION}/content", in_folder(Action.READ), content),
    Door("POST", f"{_VERSION}/restore", in_folder(Action.REVISE), restore),
    Door("POST", f"{_VERSION}/label", in_folder(Action.REVISE), label),
    Door("POST", f"{_HERE}/replace", in_folder(Action.REMOVE), replace),
    Door("GET", f"{_HERE}/rename", in_folder(Action.RENAME), show_rename),
    Door("POST", f"{_HERE}/rename", in_folder(Action.RENAME), rename),
    Door("GET", f"{_HERE}/move", in_folder(Action.REMOVE), show_move),
    Door("POST", f"{_HERE}/move", in_folder(Action.REMOVE), move),
)
