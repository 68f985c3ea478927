"""Minutes as one page: what was assembled, and for coordinators depositing and approving it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid, MeetingChanged, MinutesApproved
from atelier.model.folders import Action
from atelier.model.ids import MeetingId
from atelier.model.prose import Block, Sheet, Table
from atelier.model.record import PaperKind
from atelier.web import downloads
from atelier.web.doors import Door, in_folder
from atelier.web.errors import status_of
from atelier.web.language import N_
from atelier.web.pages.prose import Part, parts
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import record

_MEDIA_TYPES: Final = {
    PaperKind.ODT: "application/vnd.oasis.opendocument.text",
    PaperKind.PDF: "application/pdf",
}
_NOT_APPROVED: Final = N_(
    "Le compte rendu a changé depuis que vous l'avez lu : rien n'a été approuvé. Le voici tel"
    " qu'il est maintenant : relisez-le, puis approuvez-le."
)
_NOT_REOPENED: Final = N_(
    "La réunion a changé depuis que vous avez ouvert cette page : rien n'a été rouvert. La voici"
    " telle qu'elle est maintenant : regardez-la, puis rouvrez le compte rendu s'il le faut encore."
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of minutes on a page: text, or a table."""

    text: tuple[Part, ...] = ()
    table: Table | None = None


async def show(visit: Visit) -> Response:
    """The minutes as they are now."""
    return await _shown(visit, Refused())


async def deposit(visit: Visit) -> Response:
    """Put them into the dossier as they are."""
    await visit.form()
    try:
        done = await record.deposit(visit.ws, visit.actor, _meeting(visit))
    except (Invalid, MeetingChanged, MinutesApproved) as error:
        return await _shown(visit, visit.refused(error, "state"))
    is_new = any(one.is_new_version for one in done)
    return onward(_here(visit), "minutes-deposited" if is_new else "minutes-same")


async def approve(visit: Visit) -> Response:
    """Put them into the dossier as approved, and lock them."""
    form = await visit.form("expected")
    try:
        await record.approve(
            visit.ws, visit.actor, _meeting(visit), expected=form.number("expected")
        )
    except MeetingChanged as error:
        return await _shown(visit, _stale(visit, error, _NOT_APPROVED))
    except (Invalid, MinutesApproved) as error:
        return await _shown(visit, visit.refused(error, "state"))
    return onward(_here(visit), "minutes-approved")


async def reopen(visit: Visit) -> Response:
    """Let them be corrected."""
    form = await visit.form("expected")
    try:
        await record.reopen(
            visit.ws, visit.actor, _meeting(visit), expected=form.number("expected")
        )
    except MeetingChanged as error:
        return await _shown(visit, _stale(visit, error, _NOT_REOPENED))
    except (Invalid, AlreadySo) as error:
        return await _shown(visit, visit.refused(error, "state"))
    return onward(_here(visit), "minutes-reopened")


async def odt(visit: Visit) -> Response:
    """What depositing them now would give, as ODT; nothing is deposited."""
    return await _preview(visit, PaperKind.ODT)


async def pdf(visit: Visit) -> Response:
    """The same as PDF."""
    return await _preview(visit, PaperKind.PDF)


def passages(sheet: Sheet) -> list[Passage]:
    """A sheet as a page has it, in its order."""
    return list(_passages(sheet.blocks))


def _passages(blocks: Iterable[Block | Table]) -> Iterator[Passage]:
    for _, group in groupby(blocks, lambda block: isinstance(block, Table)):
        together = tuple(group)
        yield from (Passage(table=one) for one in together if isinstance(one, Table))
        text = tuple(one for one in together if isinstance(one, Block))
        if text:
            yield Passage(text=tuple(parts(text)))


def _stale(visit: Visit, error: MeetingChanged, words: str) -> Refused:
    """What she acted upon is no longer what she read."""
    return Refused(status_of(error, visit.request), {"state": visit.voice.text(words)})


async def _shown(visit: Visit, refused: Refused) -> Response:
    found = await record.assemble(visit.ws, visit.actor, _meeting(visit))
    return visit.page(
        "meetings/record.html",
        status=refused.status,
        path=_here(visit),
        meeting=found.of.meeting,
        folder=found.of.folder,
        crumbs=found.of.crumbs,
        filed=found.of.filed,
        sheet=found.sheet,
        passages=passages(found.sheet),
        **refused.values(),
    )


async def _preview(visit: Visit, kind: PaperKind) -> Response:
    name, content = await record.preview(visit.ws, visit.actor, _meeting(visit), kind)
    response = downloads.derived(visit.request, content, _MEDIA_TYPES[kind])
    response.headers["content-disposition"] = downloads.disposition(name, is_inline=False)
    return response


def _meeting(visit: Visit) -> MeetingId:
    return MeetingId(visit.number("meeting"))


def _here(visit: Visit) -> str:
    return f"/meetings/{_meeting(visit)}/record"


_RECORD = "/meetings/{meeting:id}/record"

DOORS = (
    Door("GET", _RECORD, in_folder(Action.READ), show),
    Door("GET", f"{_RECORD}.odt", in_folder(Action.MEET), odt),
    Door("GET", f"{_RECORD}.pdf", in_folder(Action.MEET), pdf),
    Door("POST", f"{_RECORD}/deposit", in_folder(Action.MEET), deposit),
    Door("POST", f"{_RECORD}/approve", in_folder(Action.MEET), approve),
    Door("POST", f"{_RECORD}/reopen", in_folder(Action.MEET), reopen),
)
