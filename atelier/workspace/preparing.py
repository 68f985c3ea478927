"""Preparing meetings: several at once, changing the head, how far one has come, cancelling."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from atelier import access
from atelier.database import folders, journal
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, MinutesApproved, NotFound
from atelier.model import names
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import FolderId, MeetingId, SeriesId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingRow, MeetingState, Series
from atelier.model.people import Actor
from atelier.model.recurrence import MOST_TIMES, Every, days
from atelier.workspace import convening
from atelier.workspace.folders import rename_entered
from atelier.workspace.meetings import (
    Draft,
    add,
    checked,
    dossier_name,
    enter_place,
    entered,
    head_of,
    name_of,
)
from atelier.workspace.place import Workspace, today

# Forward, and back a step where something was a mistake; one that nobody convened is held too.
_WAYS = {
    (MeetingState.PREPARATION, MeetingState.CONVENED),
    (MeetingState.PREPARATION, MeetingState.HELD),
    (MeetingState.CONVENED, MeetingState.HELD),
    (MeetingState.CONVENED, MeetingState.PREPARATION),
    (MeetingState.HELD, MeetingState.CONVENED),
    (MeetingState.HELD, MeetingState.PREPARATION),
}


@dataclass(frozen=True, slots=True)
class Repeated:
    """The meetings that were made at once, in their order with their days, and their series."""

    series: SeriesId
    meetings: tuple[MeetingId, ...]
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class HeadForm:
    """What the form of a meeting's head shows; `series` are those that may be chosen."""

    meeting: MeetingRow
    folder: Folder
    crumbs: tuple[Crumb, ...]
    series: tuple[Series, ...]
    state_number: int


async def repeat(
    ws: Workspace, actor: Actor, folder_id: FolderId, draft: Draft, *, every: Every, times: int
) -> Repeated:
    """So many meetings of a series, each with its dossier, at one local time: all or none.

    The first is that of the draft. `Invalid` when one falls on a time that does not exist.
    """
    if not 2 <= times <= MOST_TIMES:
        raise Invalid("times", "not_times", str(times))
    if not draft.series.strip():
        raise Invalid("series", "needed_to_repeat")
    checked(ws, draft)
    drafts = [replace(draft, day=day) for day in days(draft.day, every, times)]
    for one in drafts:
        _check_time(ws, one)

    async def unit(tx: Transaction) -> Repeated:
        folder = await enter_place(tx, actor, folder_id)
        made = tuple([await add(ws, tx, actor, folder, one) for one in drafts])
        series = await records.series_named(tx, actor, folder.id, draft.series.strip())
        return Repeated(series, made, tuple(one.day for one in drafts))

    return await ws.db.write(unit)


async def enter_form(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> HeadForm:
    """A meeting whose head she may change, for its form."""

    async def unit(tx: Transaction) -> HeadForm:
        folder, rest = await entered(tx, actor, meeting_id)
        row, _ = await records.head(tx, meeting_id)
        seen = await records.series_seen(tx, actor)
        return HeadForm(
            meeting=row,
            folder=folder,
            crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
            series=tuple(one for one in seen if one.folder_id == folder.parent_id),
            state_number=rest.state_number,
        )

    return await ws.db.read(unit)


async def change(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, draft: Draft, *, expected: int | None = None
) -> None:
    """Another title, time, place or series.

    Its dossier is called anew when it still bears the name that it was made with, and the new
    one is free.
    """
    checked(ws, draft)

    async def unit(tx: Transaction) -> None:
        folder, before = await _changeable(tx, actor, meeting_id, expected)
        await records.change(tx, meeting_id, await _head(ws, tx, actor, folder, before, draft))
        await _call_anew(ws, tx, actor, folder, before, draft)
        await _note(ws, tx, actor, folder, meeting_id, Verb.MEETING_CHANGED, title=draft.title)
        await convening.tell_changed(ws, tx, actor, before)

    await ws.db.write(unit)


async def set_state(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    state: MeetingState,
    *,
    expected: int | None = None,
) -> None:
    """How far it has come: convened, held, or back where that was a mistake.

    `Invalid`: convening one that is past or cancelled, or saying one held that is to come.
    """

    async def unit(tx: Transaction) -> None:
        folder, before = await _changeable(tx, actor, meeting_id, expected)
        if before.state is state:
            raise AlreadySo("meeting_state")
        if (before.state, state) not in _WAYS:
            raise Invalid("state", "unknown", state)
        _check_state(ws, before, state)
        await records.set_state(tx, meeting_id, state)
        verb = Verb.MEETING_MOVED_ON
        await _note(ws, tx, actor, folder, meeting_id, verb, meeting_state=state)
        if before.state is MeetingState.PREPARATION and state is MeetingState.CONVENED:
            await convening.convene(ws, tx, actor, meeting_id)

    await ws.db.write(unit)


async def cancel(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, *, expected: int | None = None
) -> None:
    """It does not take place; its dossier and its agenda stay."""
    await _set_cancelled(ws, actor, meeting_id, expected, is_cancelled=True)


async def revive(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, *, expected: int | None = None
) -> None:
    """A cancelled meeting takes place after all."""
    await _set_cancelled(ws, actor, meeting_id, expected, is_cancelled=False)


async def _set_cancelled(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, expected: int | None, *, is_cancelled: bool
) -> None:
    async def unit(tx: Transaction) -> None:
        folder, before = await _changeable(tx, actor, meeting_id, expected)
        if before.is_cancelled == is_cancelled:
            raise AlreadySo("cancelled" if is_cancelled else "not_cancelled")
        if is_cancelled and before.state is MeetingState.HELD:
            raise Invalid("state", "meeting_held")
        await records.set_cancelled(tx, meeting_id, is_cancelled=is_cancelled)
        verb = Verb.MEETING_CANCELLED if is_cancelled else Verb.MEETING_REVIVED
        await _note(ws, tx, actor, folder, meeting_id, verb, title=before.title)
        await convening.tell_cancelled(ws, tx, actor, before, is_cancelled=is_cancelled)

    await ws.db.write(unit)


async def _changeable(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, expected: int | None
) -> tuple[Folder, MeetingRow]:
    """The dossier of a meeting that she may change now, and its head; `MinutesApproved`."""
    folder, _ = await entered(tx, actor, meeting_id, expected=expected)
    row, _ = await records.head(tx, meeting_id)
    if row.state is MeetingState.APPROVED:
        raise MinutesApproved()
    return folder, row


def _check_time(ws: Workspace, draft: Draft) -> None:
    """As `checked`, of one among several: the fault names its day."""
    try:
        checked(ws, draft)
    except Invalid as error:
        if error.fault != "no_such_time":
            raise
        said = f"{draft.day:%d/%m/%Y}, {error.value}"
        raise Invalid("starts", "no_such_time_on", said) from error


def _check_state(ws: Workspace, before: MeetingRow, state: MeetingState) -> None:
    """Only what is to come is convened, and only what was is held."""
    day = before.starts_at.astimezone(ZoneInfo(ws.settings.network.time_zone)).date()
    if state is not MeetingState.PREPARATION and before.is_cancelled:
        raise Invalid("state", "meeting_cancelled")
    is_convening = (before.state, state) == (MeetingState.PREPARATION, MeetingState.CONVENED)
    if is_convening and day < today(ws):
        raise Invalid("day", "meeting_past", day.isoformat())
    if state is MeetingState.HELD and day > today(ws):
        raise Invalid("state", "meeting_to_come", day.isoformat())


async def _head(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, before: MeetingRow, draft: Draft
) -> records.Head:
    """The head to write; its series stays when it is called as it was.

    Else it is one of the folder above, where she must coordinate too.
    """
    wanted, alone = draft.series.strip(), replace(draft, series="")
    if before.series is not None and names.key(wanted) == names.key(before.series.name):
        head = await head_of(ws, tx, actor, folder.id, alone)
        return replace(head, series_id=SeriesId(before.series.id))
    if not wanted:
        return await head_of(ws, tx, actor, folder.id, alone)
    try:
        place = await access.enter(tx, actor, folder.parent_id or FolderId(0), Action.MEET)
    except (NotFound, Forbidden) as error:
        raise Invalid("series", "series_above", wanted[:80]) from error
    return await head_of(ws, tx, actor, place.id, draft)


async def _call_anew(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, before: MeetingRow, draft: Draft
) -> None:
    zone = ZoneInfo(ws.settings.network.time_zone)
    made = name_of(before.title, before.starts_at.astimezone(zone).date())
    is_as_made = re.fullmatch(rf"{re.escape(made)}( \([0-9]+\))?", folder.name)
    name = dossier_name(draft)
    if not is_as_made or name == made or not folder.allows(Action.ORGANISE):
        return
    if folder.parent_id is not None and not folder.is_closed:
        holder = await folders.named(tx, folder.parent_id, name)
        if holder not in (None, ("folder", folder.id)):
            return
    await rename_entered(ws, tx, actor, folder, name)


async def _note(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    meeting: MeetingId,
    verb: Verb,
    **facts: str,
) -> None:
    await records.touch(tx, meeting, ws.clock())
    await journal.note(tx, actor, folder.id, verb, ws.clock(), hat=folder.hat, facts=facts)
