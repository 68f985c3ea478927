"""Meetings: making one with its dossier, entering it, looking at it whole.

A meeting belongs to the folder where its dossier stands, and has the dossier's rights:
whoever reads the dossier sees the meeting, answers, and finds it; whoever coordinates there
prepares it, convenes and writes it up.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from atelier import access
from atelier.database import documents, dossiers, folders, journal
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.errors import Invalid, MeetingChanged, MinutesApproved, NotFound
from atelier.model import names
from atelier.model.folders import Action, Crumb, DocumentRow, Folder, FolderRow
from atelier.model.ids import DocumentId, FolderId, MeetingId, OrganisationId
from atelier.model.journal import Verb
from atelier.model.locks import Lock
from atelier.model.meetings import Meeting
from atelier.model.people import Actor
from atelier.workspace.folders import check_parent
from atelier.workspace.holding import locks_of
from atelier.workspace.place import Workspace

MAX_TITLE_CHARACTERS = 200
MAX_PLACE_CHARACTERS = 300
MAX_LINK_CHARACTERS = 500
MAX_LASTS_MINUTES = 7 * 24 * 60
MOST_YEARS = 100  # before and after today
MOST_DOCUMENTS = 500  # of a dossier, on its page; the folder's own page shows them all

# What no name may hold.
_NO_NAME = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A meeting as it is written in a form. `starts` is None where only the day is known.

    `series` is the name of one in the folder, made when there is none; "" for a meeting by
    itself.
    """

    title: str
    day: date
    starts: time | None = None
    lasts_minutes: int | None = None
    place: str = ""
    link: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A meeting with the folder that it owns and what stands there.

    `locks` tells which of its documents somebody is editing.
    """

    meeting: Meeting
    folder: Folder
    crumbs: tuple[Crumb, ...]
    folders: tuple[FolderRow, ...]
    documents: tuple[DocumentRow, ...]
    locks: Mapping[DocumentId, Lock] = field(default_factory=dict)


async def enter(tx: Transaction, actor: Actor, meeting_id: MeetingId, action: Action) -> Folder:
    """The dossier of a meeting in which she may do this.

    `NotFound` when she may not read it: a meeting that never was takes the same statements.
    """
    dossier = await records.dossier_of(tx, meeting_id)
    try:
        return await access.enter(tx, actor, dossier, action)
    except NotFound as error:
        raise NotFound("meeting") from error


async def entered(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, *, expected: int | None = None
) -> tuple[Folder, records.Rest]:
    """The dossier of a meeting that she is to change (`Action.MEET`), and its numbers.

    `MeetingChanged` when it is past the `expected` state.
    """
    folder = await enter(tx, actor, meeting_id, Action.MEET)
    _, rest = await records.head(tx, meeting_id)
    if expected is not None and rest.state_number != expected:
        raise MeetingChanged(rest.state_number)
    return folder, rest


def check_open(rest: records.Rest) -> None:
    """Pass while its minutes may still change; `MinutesApproved` once they are approved."""
    if rest.approved_at is not None:
        raise MinutesApproved


async def look(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Dossier:
    """A meeting whole, with what stands in its dossier."""

    async def unit(tx: Transaction) -> Dossier:
        folder = await enter(tx, actor, meeting_id, Action.READ)
        meeting = await dossiers.whole(tx, actor, meeting_id)
        papers = await documents.listed(
            tx, folder.id, order="name", contains="", offset=0, limit=MOST_DOCUMENTS
        )
        return Dossier(
            meeting=meeting,
            folder=folder,
            crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
            folders=tuple(await folders.children(tx, actor, folder.id)),
            documents=tuple(papers),
            locks=await locks_of(ws, tx, papers),
        )

    return await ws.db.read(unit)


async def make(ws: Workspace, actor: Actor, folder_id: FolderId, draft: Draft) -> MeetingId:
    """A new meeting in a folder that she coordinates, with its dossier there."""
    checked(ws, draft)

    async def unit(tx: Transaction) -> MeetingId:
        folder = await enter_place(tx, actor, folder_id)
        return await add(ws, tx, actor, folder, draft)

    return await ws.db.write(unit)


async def enter_place(tx: Transaction, actor: Actor, folder_id: FolderId) -> Folder:
    """A folder where she may put meetings; not the dossier of one."""
    folder = await access.enter(tx, actor, folder_id, Action.MEET)
    if await records.of_dossier(tx, folder.id) is not None:
        raise Invalid("folder", "is_dossier", folder.name)
    return folder


async def add(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    draft: Draft,
    *,
    verb: Verb = Verb.MEETING_MADE,
) -> MeetingId:
    """Write a checked meeting and its dossier, within a transaction that entered the folder."""
    name = await _free_name(tx, folder.id, dossier_name(draft))
    hat = await check_parent(tx, actor, folder.id, name, (1, len(name)), takes_name=True)
    dossier = await folders.add(tx, folder.id, name, actor.person_id, ws.clock(), is_closed=False)
    return await own(ws, tx, actor, dossier, folder.id, draft, hat=hat, verb=verb)


async def own(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    dossier: FolderId,
    place: FolderId,
    draft: Draft,
    *,
    hat: OrganisationId | None,
    verb: Verb = Verb.MEETING_MADE,
) -> MeetingId:
    """Make a folder that stands in `place` the dossier of a meeting."""
    meeting = await records.add(
        tx,
        dossier,
        await head_of(ws, tx, actor, place, draft),
        uid=f"{secrets.token_hex(16)}@atelier",
        hat=hat,
        by=actor.person_id,
        at=ws.clock(),
    )
    await journal.note(tx, actor, dossier, verb, ws.clock(), hat=hat, facts={"title": draft.title})
    return meeting


async def head_of(
    ws: Workspace, tx: Transaction, actor: Actor, place: FolderId, draft: Draft
) -> records.Head:
    """What is written of a checked draft for a meeting whose dossier stands in `place`."""
    name = draft.series.strip()
    return records.Head(
        title=" ".join(draft.title.split()),
        series_id=await records.series_named(tx, actor, place, name) if name else None,
        starts_at=starts_at(ws, draft.day, draft.starts),
        has_time=draft.starts is not None,
        lasts_minutes=draft.lasts_minutes,
        place=draft.place.strip(),
        link=draft.link.strip(),
    )


def checked(ws: Workspace, draft: Draft) -> None:
    """Pass when it can be written so; `Invalid` with the field otherwise."""
    if not draft.title.strip():
        raise Invalid("title", "empty", "")
    if not any(character.isalnum() for character in draft.title):
        raise Invalid("title", "without_words", draft.title[:80])
    _line("title", draft.title, MAX_TITLE_CHARACTERS)
    _line("place", draft.place, MAX_PLACE_CHARACTERS)
    _line("link", draft.link, MAX_LINK_CHARACTERS)
    _line("series", draft.series, MAX_TITLE_CHARACTERS)
    if draft.series.strip() and not any(character.isalnum() for character in draft.series):
        raise Invalid("series", "without_words", draft.series[:80])
    link = draft.link.strip()
    if link and not link.startswith(("https://", "http://")):
        raise Invalid("link", "not_a_link", link[:80])
    lasts = draft.lasts_minutes
    if lasts is not None and not 1 <= lasts <= MAX_LASTS_MINUTES:
        raise Invalid("lasts", "out_of_range", str(lasts))
    if abs(draft.day.year - ws.clock().year) > MOST_YEARS:
        raise Invalid("day", "far_day", draft.day.isoformat())
    starts_at(ws, draft.day, draft.starts)
    names.checked(dossier_name(draft), field="title")


def starts_at(ws: Workspace, day: date, starts: time | None) -> datetime:
    """That time in the network's zone, as aware UTC; of a time that comes twice the first.

    `Invalid` for one that summer time leaves out.
    """
    zone = ZoneInfo(ws.settings.network.time_zone)
    if starts is None:
        # Where summer time begins at midnight, the day begins later.
        return datetime.combine(day, time(), zone).astimezone(UTC)
    moment = datetime.combine(day, starts, zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, starts):
        raise Invalid("starts", "no_such_time", starts.isoformat("minutes"))
    return moment


def ends_at(starts: datetime, lasts_minutes: int | None) -> datetime | None:
    """When it ends, None when nobody said how long it lasts."""
    return None if lasts_minutes is None else starts + timedelta(minutes=lasts_minutes)


def dossier_name(draft: Draft) -> str:
    """How the folder of such a meeting is called: the day first, so that names sort by time."""
    return name_of(draft.title, draft.day)


def name_of(title: str, day: date) -> str:
    """The name of a dossier whose meeting has this title and day."""
    clean = _NO_NAME.sub("-", " ".join(unicodedata.normalize("NFC", title).split()))
    return _fitting(f"{day.isoformat()} {clean}")


async def _free_name(tx: Transaction, folder: FolderId, name: str) -> str:
    """The name, or the next of `name (2)`, `name (3)`… that is not in use."""
    number, free = 1, name
    while await folders.named(tx, folder, free) is not None:
        number += 1
        free = _fitting(name, f" ({number})")
    return free


def _fitting(name: str, mark: str = "") -> str:
    """The name with the mark, cut where a name must end."""
    while len((name + mark).encode()) > names.MAX_NAME_BYTES:
        name = name[:-1]
    return name.rstrip() + mark


def _line(field: str, text: str, most: int) -> None:
    """Pass for one line of text, not too long."""
    if len(text) > most:
        raise Invalid(field, "too_long", text[:80])
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise Invalid(field, "malformed", text[:80])
