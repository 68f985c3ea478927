"""The papers of an item of the agenda: laid there by their address, taken away, opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid, MeetingChanged, MinutesApproved, NotFound
from atelier.model.folders import Action
from atelier.model.ids import DocumentId
from atelier.web.doors import Door, in_folder
from atelier.web.downloads import download, handing_over
from atelier.web.pages.agenda import expected, item_of, item_sheet
from atelier.web.pages.meetings import meeting_of
from atelier.web.pages.sentences import explain
from atelier.web.site import Site
from atelier.web.visit import Visit, onward
from atelier.workspace import papers_pinned

_NUMBER: Final = "[1-9][0-9]{0,17}"
_DOCUMENT: Final = re.compile(f"/documents/({_NUMBER})(?:/view|/versions/({_NUMBER})/content)?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that an address of ours names; None the current version."""

    document_id: DocumentId
    version: int | None


async def pin(visit: Visit) -> Response:
    """A document beside an item: one of those shown, or by the address of its page."""
    form = await visit.form("paper", "expected")
    number, item, typed = meeting_of(visit), item_of(visit), {"paper": form.text("paper")}
    try:
        wanted = parsed(form.text("paper"), visit.around.site)
        paper = await papers_pinned.pin(
            visit.ws,
            visit.actor,
            number,
            item,
            wanted.document_id,
            version=wanted.version,
            expected=expected(form),
        )
    except NotFound as error:
        return await item_sheet(visit, visit.refused(_beside(error), "paper", typed))
    except (AlreadySo, Invalid, MeetingChanged, MinutesApproved) as error:
        return await item_sheet(visit, visit.refused(error, "paper", typed))
    return onward(_address(visit), "paper-pinned" if paper.is_for_all else "paper-pinned-some")


async def unpin(visit: Visit) -> Response:
    """A paper no longer beside an item."""
    form = await visit.form("expected")
    number, item, document = meeting_of(visit), item_of(visit), _document_of(visit)
    try:
        await papers_pinned.unpin(
            visit.ws, visit.actor, number, item, document, expected=expected(form)
        )
    except AlreadySo:
        return onward(_address(visit))
    except (MeetingChanged, MinutesApproved) as error:
        return await item_sheet(visit, visit.refused(error, "paper"))
    return onward(_address(visit), "paper-unpinned")


async def content(visit: Visit) -> Response:
    """The version that is pinned, whatever became of its document: to keep, or (`?inline`)."""
    number, item, document = meeting_of(visit), item_of(visit), _document_of(visit)
    try:
        given = await papers_pinned.content(visit.ws, visit.actor, number, item, document)
    except NotFound as error:
        return _closed(visit, error)

    async def still() -> None:
        await papers_pinned.check(visit.ws, await visit.still(), number, item, document)

    is_inline = "inline" in visit.request.query_params
    proxy = handing_over(visit.request, visit.ws.settings)
    return download(visit.request, given, still, is_inline=is_inline, proxy=proxy)


def _closed(visit: Visit, error: NotFound) -> Response:
    """The same page for what ended, is not hers, or never was: it names nothing."""
    happened = explain(error, visit.voice).happened
    return visit.page("meetings/paper_closed.html", status=404, path="/", happened=happened)


def parsed(address: str, site: Site) -> Wanted:
    """The document of an address of ours, with or without where we are; `Invalid` otherwise.

    `/documents/12`, `/documents/12?version=2`, `…/view?version=2`, `…/versions/2/content`.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Invalid("paper", "not_a_document", address[:80]) from None
    found = _DOCUMENT.fullmatch(parts.path)
    said = found[2] or (parse_qs(parts.query).get("version") or [""])[0] if found else ""
    is_elsewhere = (parts.scheme or parts.netloc) and _origin(parts) not in site.origins
    if found is None or is_elsewhere or not re.fullmatch(f"(?:{_NUMBER})?", said):
        raise Invalid("paper", "not_a_document", address[:80])
    return Wanted(DocumentId(int(found[1])), int(said) if said else None)


def _origin(parts: SplitResult) -> bytes:
    return f"{parts.scheme}://{parts.netloc}".lower().encode("utf-8", "replace")


def _beside(error: NotFound) -> Invalid:
    """A document or a version that is not there, or not hers, is told beside the field.

    Of the meeting and the item it stays what it is.
    """
    if error.kind not in ("document", "version"):
        raise error
    return Invalid("paper", "no_such_paper")


def _document_of(visit: Visit) -> DocumentId:
    return DocumentId(visit.number("document"))


def _address(visit: Visit) -> str:
    return f"/meetings/{meeting_of(visit)}/agenda/items/{item_of(visit)}"


_MEETING = "/meetings/{meeting:id}"
_ITEM = f"{_MEETING}/agenda/items/{{item:id}}"
_PAPER = f"{_MEETING}/items/{{item:id}}/papers/{{document:id}}"

DOORS = (
    Door("POST", f"{_ITEM}/papers", in_folder(Action.MEET), pin),
    Door("POST", f"{_ITEM}/papers/{{document:id}}/unpin", in_folder(Action.MEET), unpin),
    Door("GET", _PAPER, in_folder(Action.READ), content),
)
