"""The viewer of a document, and what it shows: pictures of pages, subtitles."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine
from typing import Final

from starlette.responses import Response

from atelier.errors import BodyCut, Busy, NotFound, TooMany
from atelier.model.documents import ReadState, Version
from atelier.model.folders import Action
from atelier.model.ids import DocumentId
from atelier.web.doors import Door, in_folder
from atelier.web.downloads import derived, may_show
from atelier.web.middleware import MEDIA_PAGE
from atelier.web.pages.readings import told
from atelier.web.streaming import gone
from atelier.web.visit import Visit
from atelier.workspace import previews, viewing
from atelier.workspace.previews import Drawn, Width

_PDF: Final = "application/pdf"
_EMPTY: Final = ("empty", "media")  # reasons why what was read is no text
# Their text is all there is to see.
_TEXTS: Final = ("text/plain", "text/markdown", "text/csv", "text/vtt", "application/x-subrip")


@dataclasses.dataclass(frozen=True, slots=True)
class Ways:
    """How a version may be looked at; the first of `offered` is the usual one.

    `pdf` the browser's own viewer, `pages` pictures, `film` and `sound` the browser's player,
    `text` what was read. `is_whole` tells that one of them shows it as it is.
    """

    offered: tuple[str, ...]
    is_whole: bool

    def chosen(self, asked: str) -> str:
        """The way that is asked for if it is offered, else the usual one; "" for none."""
        return asked if asked in self.offered else next(iter(self.offered), "")


def ways(version: Version, *, has_text: bool, has_pictures: bool) -> Ways:
    """The ways to look at a version, whether its text was read, and its pages are drawn."""
    kind, found = version.media_type, list[str]()
    if kind == _PDF:
        found.append("pdf")
    if may_show(kind) and kind.startswith(("video/", "audio/")):
        found.append("film" if kind.startswith("video/") else "sound")
    if has_pictures:
        found.append("pages")
    if has_text:
        found.append("text")
    is_whole = found[:1] != ["text"] or kind in _TEXTS
    return Ways(tuple(found), is_whole and bool(found))


def opens(version: Version) -> bool:
    """Whether there is something to look at in a version, as far as its record tells."""
    has_text = version.state in (ReadState.OK, ReadState.PARTIAL) and version.reason not in _EMPTY
    has_pictures = previews.is_drawn(version)
    return bool(ways(version, has_text=has_text, has_pictures=has_pictures).offered)


async def view(visit: Visit) -> Response:
    """One version, page by page, in the way that is asked for."""
    seen = await viewing.view(
        visit.ws,
        visit.actor,
        _document_of(visit),
        number=visit.asked_number("version"),
        page=visit.asked_number("page"),
    )
    has_pictures = await previews.shows_pages(visit.ws, seen.version)
    offered = ways(seen.version, has_text=seen.page is not None, has_pictures=has_pictures)
    way = offered.chosen(visit.asked("as"))
    picture, is_busy = await _picture(visit, seen, way)
    response = visit.page(
        "documents/view.html",
        folder=seen.folder,
        crumbs=seen.crumbs,
        document=seen.document,
        version=seen.version,
        ways=offered,
        way=way,
        page_number=seen.number,
        page_count=seen.count,
        page_text=seen.page.text if seen.page else None,
        is_cut=seen.page is not None and seen.page.is_cut,
        page_kind=seen.page.kind if seen.page else "",
        text_language=seen.language,
        tracks=seen.tracks,
        picture=picture,
        is_busy=is_busy,
        state_sentence=told(seen.version.state, seen.version.reason, visit.voice).sentence,
    )
    if way in ("film", "sound"):
        response.headers.update(MEDIA_PAGE)
    return response


async def page(visit: Visit) -> Response:
    """The picture of a page."""
    return await _drawn(visit, visit.number("page"), Width.PAGE)


async def thumbnail(visit: Visit) -> Response:
    """The picture of the first page, small."""
    return await _drawn(visit, 1, Width.THUMBNAIL)


async def captions(visit: Visit) -> Response:
    """Subtitles as the browser's player takes them."""
    document, version = _document_of(visit), visit.number("version")
    content = await viewing.captions(visit.ws, visit.actor, document, version)
    return derived(visit.request, content, "text/vtt; charset=utf-8")


def _document_of(visit: Visit) -> DocumentId:
    return DocumentId(visit.number("document"))


async def _drawn(visit: Visit, number: int, width: Width) -> Response:
    document, version = _document_of(visit), visit.number("version")
    drawing = previews.picture(visit.ws, visit.actor, document, version, number, width)
    return derived(visit.request, (await while_there(visit, drawing)).content, "image/webp")


async def _picture(visit: Visit, seen: viewing.View, way: str) -> tuple[Drawn | None, bool]:
    """What the page says the size of, before the browser asks for it, and whether it is to come.

    None when there is none, or when too many are being drawn: then it is to come.
    """
    if way != "pages":
        return None if way else await previews.thumbnail(visit.ws, seen.version), False
    drawing = previews.picture(
        visit.ws, visit.actor, seen.document.id, seen.version.number, seen.number, Width.PAGE
    )
    try:
        return await while_there(visit, drawing), False
    except NotFound:
        return None, False
    except (Busy, TooMany):
        return None, True


async def while_there(visit: Visit, drawing: Coroutine[None, None, Drawn]) -> Drawn:
    """What it gives. `BodyCut` when the client leaves first: it waits in no line any more."""
    looking = asyncio.ensure_future(drawing)
    leaving = asyncio.ensure_future(gone(visit.request.receive))
    try:
        await asyncio.wait((looking, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not looking.done():
            looking.cancel()
            await asyncio.wait((looking,))
        if looking.cancelled():
            raise BodyCut(0)
        return looking.result()
    finally:
        looking.cancel()
        leaving.cancel()


_HERE: Final = "/documents/{document:id}"
_VERSION: Final = f"{_HERE}/versions/{{version:id}}"

DOORS = (
    Door("GET", f"{_HERE}/view", in_folder(Action.READ), view),
    Door("GET", f"{_VERSION}/pages/{{page:id}}", in_folder(Action.READ), page),
    Door("GET", f"{_VERSION}/thumbnail", in_folder(Action.READ), thumbnail),
    Door("GET", f"{_VERSION}/captions", in_folder(Action.READ), captions),
)
