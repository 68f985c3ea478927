"""Lists of meetings: those to come, those that were, and a person's next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from atelier import access
from atelier.database import folders, meeting_lists
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.database.meetings import Among, Over
from atelier.errors import Invalid, NotFound
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import FolderId, MeetingId, OrganisationId, SeriesId
from atelier.model.meetings import MeetingRow, Series
from atelier.model.people import Actor
from atelier.workspace import folders as all_folders
from atelier.workspace.folders import Place
from atelier.workspace.place import Workspace, today

PAGE_ROWS = 50
MOST_PLACES = 500  # to choose from
MOST_COMING = 200
MOST_AWAITED = 500  # meetings that await the answer of one person
_YEARS = range(1900, 2300)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which meetings a list is of; None where it does not matter."""

    series: SeriesId | None = None
    organisation: OrganisationId | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Meetings:
    """Those that are not over, the next one first, and a window of the others, newest first.

    `coming` has `MOST_COMING` at most of `coming_count`. `awaited` are those that await the
    answer of her who looks, wherever they are. `all_series`, `organisations` and
    `years` are what it may be narrowed to: of its place, all that she may read of.
    """

    coming: tuple[MeetingRow, ...]
    coming_count: int
    past: tuple[MeetingRow, ...]
    past_count: int
    page: int
    pages: int
    all_series: tuple[Series, ...]
    organisations: tuple[tuple[OrganisationId, str], ...]
    years: tuple[int, ...]
    awaited: frozenset[MeetingId] = frozenset()


@dataclass(frozen=True, slots=True)
class FolderMeetings:
    """Those of a folder with all below it; `has_dossier`: it is itself a meeting's dossier.

    `own_series` are the series of this very folder.
    """

    folder: Folder
    crumbs: tuple[Crumb, ...]
    meetings: Meetings
    own_series: tuple[Series, ...]
    has_dossier: bool


async def listed(ws: Workspace, actor: Actor, wanted: Wanted, *, page: int = 1) -> Meetings:
    """Of all the meetings that she may read. `NotFound` for a series of which she reads none."""
    return await ws.db.read(lambda tx: _listed(ws, tx, actor, None, wanted, page))


async def in_folder(
    ws: Workspace, actor: Actor, folder_id: FolderId, wanted: Wanted, *, page: int = 1
) -> FolderMeetings:
    """Those of a folder that she may read, with all below it."""

    async def unit(tx: Transaction) -> FolderMeetings:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        found = await _listed(ws, tx, actor, folder.id, wanted, page)
        seen = await records.series_seen(tx, actor)
        return FolderMeetings(
            folder=folder,
            crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
            meetings=found,
            own_series=tuple(one for one in seen if one.folder_id == folder.id),
            has_dossier=await meeting_lists.owner(tx, folder.id) is not None,
        )

    return await ws.db.read(unit)


async def places(ws: Workspace, actor: Actor) -> tuple[Place, ...]:
    """The folders where she may prepare a meeting, as a tree; not the dossier of one."""
    found = await all_folders.places(ws, actor, Action.MEET)
    owned = await ws.db.read(meeting_lists.dossiers) if found else frozenset()
    return tuple(one for one in found if one.id not in owned)


async def next_of_person(ws: Workspace, actor: Actor) -> MeetingRow | None:
    """The next meeting to which she is invited, or nobody in particular is, for her home page."""
    return await ws.db.read(lambda tx: meeting_lists.next_invited(tx, actor, ws.clock()))


async def awaiting(ws: Workspace, actor: Actor) -> tuple[MeetingRow, ...]:
    """The meetings to come that await her own answer, the next one first; for her home page."""
    return await ws.db.read(lambda tx: _awaiting(ws, tx, actor))


async def _awaiting(ws: Workspace, tx: Transaction, actor: Actor) -> tuple[MeetingRow, ...]:
    """None for one who looks as somebody else: the answer is not hers to give."""
    if actor.seeing is not None:
        return ()
    return tuple(await meeting_lists.awaiting(tx, actor, ws.clock(), MOST_AWAITED))


async def _listed(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: FolderId | None,
    wanted: Wanted,
    page: int,
) -> Meetings:
    seen = await records.series_seen(tx, actor)
    if wanted.series is not None and wanted.series not in {one.id for one in seen}:
        raise NotFound("series")
    place = Among(folder=folder)
    met = {*await records.series_met(tx, actor, place), wanted.series}
    among = _among(ws, folder, wanted)
    now, begun = ws.clock(), _midnight(ws, today(ws))
    coming = replace(among, over=Over(now, begun, is_over=False))
    past = replace(among, over=Over(now, begun, is_over=True))
    past_count = await records.count(tx, actor, past)
    pages = max(1, -(-past_count // PAGE_ROWS))
    number = min(max(1, page), pages)
    return Meetings(
        coming=tuple(
            await records.listed(tx, actor, coming, newest_first=False, limit=MOST_COMING)
        ),
        coming_count=await records.count(tx, actor, coming),
        past=tuple(
            await records.listed(
                tx,
                actor,
                past,
                newest_first=True,
                offset=(number - 1) * PAGE_ROWS,
                limit=PAGE_ROWS,
            )
        ),
        past_count=past_count,
        page=number,
        pages=pages,
        all_series=tuple(one for one in seen if one.id in met),
        organisations=tuple(await records.organisations(tx, actor, place)),
        years=tuple(_years(ws, await records.span(tx, actor, place) or ())),
        awaited=frozenset(one.id for one in await _awaiting(ws, tx, actor)),
    )


def _among(ws: Workspace, folder: FolderId | None, wanted: Wanted) -> Among:
    among = Among(folder=folder, series=wanted.series, organisation=wanted.organisation)
    if wanted.year is None:
        return among
    if wanted.year not in _YEARS:
        raise Invalid("year", "out_of_range", str(wanted.year))
    return replace(
        among,
        since=_midnight(ws, date(wanted.year, 1, 1)),
        before=_midnight(ws, date(wanted.year + 1, 1, 1)),
    )


def _midnight(ws: Workspace, day: date) -> datetime:
    """When this day begins in the network's zone, as aware UTC."""
    return datetime.combine(day, time(), ZoneInfo(ws.settings.network.time_zone)).astimezone(UTC)


def _years(ws: Workspace, span: Iterable[datetime]) -> list[int]:
    """All the years between those moments, newest first."""
    zone = ZoneInfo(ws.settings.network.time_zone)
    years = [moment.astimezone(zone).year for moment in span]
    return list(range(max(years), min(years) - 1, -1)) if years else []
