"""Meetings with an agenda, for those who try them: made and read through use-cases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import date, time

from atelier.model.agenda import Line
from atelier.model.ids import DocumentId, FolderId, ItemId, MeetingId
from atelier.model.meetings import Item, Meeting
from atelier.model.people import Actor
from atelier.workspace import agenda, meetings, papers_pinned
from atelier.workspace.meetings import Draft
from tests.builders import World

DAY = date(2026, 6, 4)


async def meet(
    world: World,
    folder: FolderId,
    *titles: str,
    day: date = DAY,
    starts: time | None = time(14),
    lasts: int | None = 120,
    series: str = "",
) -> MeetingId:
    """A meeting of the steward's in this folder, with items of these titles."""
    draft = Draft("Comité", day, starts, lasts, series=series)
    meeting = await meetings.make(world.ws, world.steward, folder, draft)
    for title in titles:
        await agenda.add(world.ws, world.steward, meeting, Line(title))
    return meeting


async def seen(world: World, actor: Actor, meeting: MeetingId) -> Meeting:
    """The meeting as this person sees it."""
    return (await meetings.look(world.ws, actor, meeting)).meeting


async def items(world: World, meeting: MeetingId) -> list[Item]:
    """The agenda as the steward sees it."""
    return list((await seen(world, world.steward, meeting)).items)


async def titles(world: World, meeting: MeetingId) -> list[str]:
    """The titles of the items, in their order."""
    return [item.title for item in await items(world, meeting)]


async def state(world: World, meeting: MeetingId) -> int:
    """How often it changed."""
    return (await seen(world, world.steward, meeting)).state_number


async def opened(
    world: World, actor: Actor, meeting: MeetingId, item: ItemId, document: DocumentId
) -> bytes:
    """The bytes of a paper, as this person gets them."""
    content = await papers_pinned.content(world.ws, actor, meeting, item, document)
    with contextlib.closing(content.opened) as given:
        return await given.read(0, given.size_bytes)


async def approve(world: World, meeting: MeetingId) -> None:
    """Have its minutes approved."""
    await world.change(
        "UPDATE meetings SET state = 'approved', approved_at = 1 WHERE id = :id", id=meeting
    )


async def write_of(world: World, item: ItemId, *, todos: Iterable[str] = ()) -> None:
    """A text, a decision and some actions of an item."""
    await world.change(
        "UPDATE agenda_items SET text = 'Dit.', state = state + 1 WHERE id = :item", item=item
    )
    await world.change(
        "INSERT INTO decisions (item_id, text, way, decided_on)"
        " VALUES (:item, 'Oui', 'consensus', '2026-06-04')",
        item=item,
    )
    for text in todos:
        await world.change("INSERT INTO todos (item_id, text) VALUES (:item, :text)",
                           item=item, text=text)  # fmt: skip
