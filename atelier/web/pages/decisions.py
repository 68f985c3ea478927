"""The register of decisions: a page of it, a spreadsheet, a PDF."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.ids import FolderId, OrganisationId, SeriesId
from atelier.model.meetings import series_names
from atelier.model.prose import Sheet
from atelier.model.record import PaperKind
from atelier.model.register import Sought
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.downloads import disposition
from atelier.web.forms import Form
from atelier.web.pages import register_lines
from atelier.web.spreadsheets import spreadsheet
from atelier.web.visit import Refused, Visit
from atelier.workspace import decisions
from atelier.workspace.decisions import Register

_ASKED: Final = ("folder", "series", "organisation", "since", "until", "words")


async def show(visit: Visit) -> Response:
    """A page of the decisions that the query asks for, the newest first."""
    asked = {name: visit.asked(name) for name in _ASKED if visit.asked(name)}
    page = visit.asked_number("page") or 1
    refused = Refused()
    try:
        found = await decisions.register(visit.ws, visit.actor, _sought(visit), page=page)
    except Invalid as error:
        refused = visit.refused(error, error.field, asked)
        whole = Sought(folder=_folder(visit))
        found = await decisions.register(visit.ws, visit.actor, whole)
        asked = {"folder": asked["folder"]} if "folder" in asked else {}
    return _page(visit, found, asked, refused)


async def as_csv(visit: Visit) -> Response:
    """All that the query asks for, as a file for a spreadsheet."""
    found = await decisions.register(visit.ws, visit.actor, _sought(visit), page=None)
    rows = register_lines.table(found, visit.voice, visit.around.site.url)
    return spreadsheet(rows, _file_name(visit, found))


async def as_pdf(visit: Visit) -> Response:
    """The same as a paper to print, its newest decisions."""
    names: list[str] = []

    def said(found: Register) -> Sheet:
        names.append(_file_name(visit, found))
        network = visit.session.network.name if visit.session else ""
        return register_lines.sheet(found, visit.voice, network=network, day=visit.actor.today)

    content = await decisions.printed(visit.ws, visit.actor, _sought(visit), said)
    kind = PaperKind.PDF
    headers = {"content-disposition": disposition(f"{names[-1]}.{kind}", is_inline=False)}
    return Response(content, media_type="application/pdf", headers=headers)


def _page(visit: Visit, found: Register, asked: dict[str, str], refused: Refused) -> Response:
    return visit.page(
        "meetings/decisions.html",
        status=refused.status,
        folder=found.folder,
        crumbs=found.crumbs,
        asked=asked,
        lines=register_lines.lines(found, visit.voice),
        narrowed=register_lines.narrowed(found, visit.voice),
        total=found.total,
        page=found.page,
        pages=found.pages,
        series=list(series_names(found.series).items()),
        organisations=list(found.organisations),
        most_rows=decisions.MOST_DECISIONS,
        most_printed=decisions.MOST_PRINTED,
        **refused.values(),
    )


def _sought(visit: Visit) -> Sought:
    """What the query asks for; `Invalid` for what no number or day can be."""
    days = Form({name: visit.asked(name) for name in ("since", "until")})
    series, organisation = visit.asked_number("series"), visit.asked_number("organisation")
    return Sought(
        folder=_folder(visit),
        series=None if series is None else SeriesId(series),
        organisation=None if organisation is None else OrganisationId(organisation),
        since=days.day("since"),
        until=days.day("until"),
        words=visit.asked("words"),
    )


def _folder(visit: Visit) -> FolderId | None:
    number = visit.asked_number("folder")
    return None if number is None else FolderId(number)


def _file_name(visit: Visit, found: Register) -> str:
    return register_lines.title(found, visit.voice)


DOORS = (
    Door("GET", "/decisions", SIGNED_IN, show),
    Door("GET", "/decisions.csv", SIGNED_IN, as_csv),
    Door("GET", "/decisions.pdf", SIGNED_IN, as_pdf),
)
