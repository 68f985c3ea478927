"""The agenda of a meeting: its items, their order, and those that go on to the next one.

Whoever changes it says which state of the meeting she saw: of two at once the second is told,
and nothing of the first is lost. Once the minutes are approved nothing of it changes.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from atelier.database import agenda as records
from atelier.database import dossiers, folders, journal, meetings
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, EffectChanged, Invalid, NotFound
from atelier.model.agenda import Going, LeftOver, Line
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import ItemId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import Item, Meeting
from atelier.model.people import Actor
from atelier.workspace.meetings import check_open, enter, entered
from atelier.workspace.place import Workspace

MAX_ITEMS = 200
MAX_TITLE_CHARACTERS = 300
MAX_PRESENTER_CHARACTERS = 200
MAX_NOTE_CHARACTERS = 4_000
MAX_MINUTES = 24 * 60

# Characters that no line holds; a note keeps its line ends and tabs.
_NO_LINE = ("Cc", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Preparing:
    """A meeting whose agenda she may change, and what earlier ones of its series left over."""

    meeting: Meeting
    folder: Folder
    crumbs: tuple[Crumb, ...]
    left_over: tuple[LeftOver, ...] = ()


async def look(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Preparing:
    """The agenda, for the pages where it is changed; for coordinators."""

    return await ws.db.read(lambda tx: _preparing(tx, actor, meeting_id))


async def waiting(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> int:
    """How many items earlier meetings left over that she may read; for coordinators."""

    async def unit(tx: Transaction) -> int:
        await enter(tx, actor, meeting_id, Action.MEET)
        return len(await records.left_over(tx, actor, meeting_id))

    return await ws.db.read(unit)


def item_of(meeting: Meeting, item_id: ItemId) -> tuple[int, Item]:
    """An item and its place, counted from 1; `NotFound`."""
    for place, item in enumerate(meeting.items, start=1):
        if item.id == item_id:
            return place, item
    raise NotFound("item")


async def add(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, line: Line, *, expected: int | None = None
) -> ItemId:
    """A further item, after the others."""
    clean = checked(line)

    async def unit(tx: Transaction) -> ItemId:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        await _check_room(tx, meeting_id, 1)
        item = await records.add(tx, meeting_id, clean)
        await changed(ws, tx, actor, folder, meeting_id, clean.title)
        return item

    return await ws.db.write(unit)


async def change(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    line: Line,
    *,
    expected: int | None = None,
) -> None:
    """Write an item anew; `AlreadySo` when it stands so."""
    clean = checked(line)

    async def unit(tx: Transaction) -> None:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        if await _line(tx, meeting_id, item_id) == clean:
            raise AlreadySo("agenda")
        await records.change(tx, item_id, clean)
        await changed(ws, tx, actor, folder, meeting_id, clean.title)

    await ws.db.write(unit)


async def move(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    to: int,
    *,
    expected: int | None = None,
) -> None:
    """Have an item come at this place, counted from 1; `AlreadySo` when it does."""

    async def unit(tx: Transaction) -> None:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        line = await _line(tx, meeting_id, item_id)
        order = await records.order(tx, meeting_id)
        if not 1 <= to <= len(order):
            raise Invalid("to", "out_of_range", str(to))
        if order[to - 1] == item_id:
            raise AlreadySo("agenda")
        order.remove(item_id)
        order.insert(to - 1, item_id)
        await records.set_order(tx, order)
        await changed(ws, tx, actor, folder, meeting_id, line.title)

    await ws.db.write(unit)


async def weigh(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, item_id: ItemId
) -> tuple[Preparing, Going]:
    """What would end with an item, for the page that asks her."""

    async def unit(tx: Transaction) -> tuple[Preparing, Going]:
        found = await _preparing(tx, actor, meeting_id)
        item_of(found.meeting, item_id)
        return found, await records.going(tx, item_id)

    return await ws.db.read(unit)


async def remove(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    *,
    expected: int | None = None,
    announced: Going | None = None,
) -> None:
    """End an item; its papers stay where they are.

    `EffectChanged` when text, decisions or actions would end with it that were not announced.
    """

    async def unit(tx: Transaction) -> None:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        line = await _line(tx, meeting_id, item_id)
        going = await records.going(tx, item_id)
        if going.is_anything and going != announced:
            raise EffectChanged()
        await records.remove(tx, item_id)
        await changed(ws, tx, actor, folder, meeting_id, line.title)

    await ws.db.write(unit)


async def leave_over(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    *,
    is_left_over: bool,
    expected: int | None = None,
) -> None:
    """Say that an item waits for the next meeting of the series, or no longer; `AlreadySo`."""

    async def unit(tx: Transaction) -> None:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        found = await records.line(tx, meeting_id, item_id)
        if found is None:
            raise NotFound("item")
        if found[1] == is_left_over:
            raise AlreadySo("agenda")
        await records.set_left_over(tx, item_id, is_left_over=is_left_over)
        await changed(ws, tx, actor, folder, meeting_id, found[0].title)

    await ws.db.write(unit)


async def carry(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    chosen: Collection[ItemId],
    *,
    expected: int | None = None,
) -> int:
    """Take up some of what earlier meetings of the series left over, each once: how many.

    With the papers that she may read and that are still there. `AlreadySo` when nothing is
    left over; `Invalid` when none is chosen, or one that is not left over to her.
    """

    async def unit(tx: Transaction) -> int:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        taken = _chosen(await records.left_over(tx, actor, meeting_id), chosen)
        await _check_room(tx, meeting_id, len(taken))
        for one in taken:
            item = await records.add(tx, meeting_id, one.line, carried_from=one.item_id)
            await records.carry_papers(tx, actor, one.item_id, item)
            await _note(ws, tx, actor, folder, Verb.AGENDA_CHANGED, one.line.title)
        await meetings.touch(tx, meeting_id, ws.clock())
        return len(taken)

    return await ws.db.write(unit)


async def enter_agenda(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, expected: int | None
) -> Folder:
    """The dossier of a meeting whose agenda she is to change; `MeetingChanged` as `entered`.

    `MinutesApproved` once that is over.
    """
    folder, rest = await entered(tx, actor, meeting_id, expected=expected)
    check_open(rest)
    return folder


async def changed(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    meeting_id: MeetingId,
    title: str,
    *,
    verb: Verb = Verb.AGENDA_CHANGED,
) -> None:
    """After a change of the item called so: the journal tells it, the meeting counts it."""
    await meetings.touch(tx, meeting_id, ws.clock())
    await _note(ws, tx, actor, folder, verb, title)


def checked(line: Line) -> Line:
    """The item as it may be written; `Invalid` with the field otherwise."""
    title, presenter = _clean(line.title), _clean(line.presenter)
    note = "\n".join(_without(one, keep="\t").rstrip() for one in line.note.split("\n")).strip()
    if not title:
        raise Invalid("title", "empty", "")
    for field, text, most in (
        ("title", title, MAX_TITLE_CHARACTERS),
        ("presenter", presenter, MAX_PRESENTER_CHARACTERS),
        ("note", note, MAX_NOTE_CHARACTERS),
    ):
        if len(text) > most:
            raise Invalid(field, "too_long", text[:80])
    minutes = line.allotted_minutes
    if minutes is not None and not 1 <= minutes <= MAX_MINUTES:
        raise Invalid("minutes", "out_of_range", str(minutes))
    return dataclasses.replace(line, title=title, presenter=presenter, note=note)


async def _preparing(tx: Transaction, actor: Actor, meeting_id: MeetingId) -> Preparing:
    folder = await enter(tx, actor, meeting_id, Action.MEET)
    meeting = await dossiers.whole(tx, actor, meeting_id)
    crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
    left_over = await records.left_over(tx, actor, meeting_id)
    return Preparing(meeting, folder, crumbs, tuple(left_over))


def _chosen(waiting: Sequence[LeftOver], chosen: Collection[ItemId]) -> list[LeftOver]:
    """Those of what waits that she chose."""
    if not waiting:
        raise AlreadySo("carried")
    if not chosen:
        raise Invalid("item", "no_item_chosen", "")
    # One that she may not read is like one that was taken up, or never was.
    if not {one.item_id for one in waiting}.issuperset(chosen):
        raise Invalid("item", "not_left_over", "")
    return [one for one in waiting if one.item_id in chosen]


async def _line(tx: Transaction, meeting_id: MeetingId, item_id: ItemId) -> Line:
    found = await records.line(tx, meeting_id, item_id)
    if found is None:
        raise NotFound("item")
    return found[0]


async def _check_room(tx: Transaction, meeting_id: MeetingId, more: int) -> None:
    if len(await records.order(tx, meeting_id)) + more > MAX_ITEMS:
        raise Invalid("title", "too_many_items", str(MAX_ITEMS))


async def _note(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, verb: Verb, title: str
) -> None:
    facts = {"item": title}
    await journal.note(tx, actor, folder.id, verb, ws.clock(), hat=folder.hat, facts=facts)


def _clean(text: str) -> str:
    """On one line."""
    return " ".join(_without(text).split())


def _without(text: str, keep: str = "") -> str:
    return "".join(
        " " if unicodedata.category(one) in _NO_LINE and one not in keep else one for one in text
    )
