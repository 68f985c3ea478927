"""Meetings with something said in them, for the tests of what finds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from atelier.database import meetings as records
from atelier.model.agenda import Line
from atelier.model.folders import Role
from atelier.model.ids import DecisionId, DocumentId, FolderId, ItemId, MeetingId, TodoId
from atelier.model.meetings import Way
from atelier.model.minutes import Ruling, Task
from atelier.model.people import Actor
from atelier.workspace import agenda, decided, meetings, minutes
from tests.builders import World


@dataclass(frozen=True)
class Held:
    """A meeting of one item, with its minute, a decision, an action and a paper."""

    meeting: MeetingId
    dossier: FolderId
    item: ItemId
    decision: DecisionId
    todo: TodoId
    paper: DocumentId


async def prepared(
    world: World,
    folder: FolderId,
    title: str,
    *,
    day: date = date(2026, 4, 2),
    series: str = "",
    by: Actor | None = None,
) -> MeetingId:
    """A meeting in a folder, without an agenda."""
    draft = meetings.Draft(title, day, time(14), series=series)
    return await meetings.make(world.ws, by or world.steward, folder, draft)


async def dossier_of(world: World, meeting: MeetingId) -> FolderId:
    """The folder that a meeting owns."""
    return await world.ws.db.read(lambda tx: records.dossier_of(tx, meeting))


async def written(
    world: World, meeting: MeetingId, title: str, *, note: str = "", text: str = ""
) -> ItemId:
    """One more item of its agenda, with what was said of it in Markdown."""
    line = Line(title, presenter="Awa Diallo", note=note)
    item = await agenda.add(world.ws, world.steward, meeting, line)
    if text:
        await minutes.write(world.ws, world.steward, meeting, item, text, state=1)
    return item


async def decide(
    world: World, meeting: MeetingId, item: ItemId, text: str, *, day: date = date(2026, 4, 2)
) -> DecisionId:
    """A decision of an item, by consensus."""
    ruling = Ruling(text, Way.CONSENSUS, day)
    return await decided.decide(world.ws, world.steward, meeting, item, ruling)


async def to_do(world: World, meeting: MeetingId, item: ItemId, text: str, who: str) -> TodoId:
    """An action of an item, to be done by the first of May."""
    task = Task(text, who, due_on=date(2026, 5, 1))
    return await decided.give(world.ws, world.steward, meeting, item, task)


async def rewritten(world: World, meeting: MeetingId, item: ItemId, title: str) -> None:
    """Call an item otherwise."""
    line = Line(title, presenter="Awa Diallo")
    await agenda.change(world.ws, world.steward, meeting, item, line)


async def held(
    world: World,
    folder: FolderId,
    word: str,
    *,
    title: str = "Comité de pilotage",
    day: date = date(2026, 4, 2),
    series: str = "",
) -> Held:
    """A meeting in which each part says the word, and a text in its dossier does."""
    meeting = await prepared(world, folder, title, day=day, series=series)
    dossier = await dossier_of(world, meeting)
    item = await written(
        world,
        meeting,
        f"Point sur le {word}",
        text=f"Le **{word}** a été [présenté](https://e.fr).",
    )
    decision = await decide(world, meeting, item, f"Le {word} est adopté.", day=day)
    todo = await to_do(world, meeting, item, f"Diffuser le {word}", "Bo Martin")
    paper = await world.deposit(
        world.steward, dossier, "annexe.txt", f"Annexe : le {word} en chiffres.".encode()
    )
    return Held(meeting, dossier, item, decision, todo, paper.document_id)


async def reader(world: World, name: str, *folders: FolderId) -> Actor:
    """Somebody who reads these folders."""
    found = await world.person(name, of="Mairie")
    for folder in folders:
        await world.grant(folder, found, Role.READER)
    return found
