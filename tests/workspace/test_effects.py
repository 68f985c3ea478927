"""What an act would do: announced and undone, then made exactly so, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from atelier import access
from atelier.database.engine import Transaction, Unit
from atelier.errors import AlreadySo, Busy, EffectChanged, Forbidden, LastCoordinator, NotFound
from atelier.model.effects import LADDER, Announcement
from atelier.model.folders import Action, Role
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import documents, effects, folders, people, sharing
from atelier.workspace.place import Records, Workspace
from tests.builders import World, in_network, subject
from tests.workspace.test_comparing import Steps, everything, steps_of

T = TypeVar("T")


class Counted:
    """The records, with the number of statements that each unit which writes has taken."""

    def __init__(self, db: Records) -> None:
        self._db = db
        self.statements: list[int] = []

    async def read(self, unit: Unit[T]) -> T:
        """As ever."""
        return await self._db.read(unit)

    async def write(self, unit: Unit[T]) -> T:
        """As ever, and counted, also when it is refused."""

        async def counted(tx: Transaction) -> T:
            try:
                return await unit(tx)
            finally:
                self.statements.append(tx.statements)

        return await self._db.write(counted)


def told(announcement: Announcement) -> dict[str, Steps]:
    """Steps by name, of an announcement of one day."""
    (effect,) = announcement.effects
    return {one.name: steps_of(one.changes) for one in effect.people}


@in_network
async def test_withdrawing_names_who_loses_what_and_leaves_no_trace_until_made(
    world: World,
) -> None:
    hospital = await world.organisation("CH d'Argentan")
    awa = await world.person("Awa", of="CH d'Argentan")
    await world.person("Bo", of="Mairie")
    guest = await world.person("Zoé")
    top = await world.folder("Réunions")
    below = await world.folder("Réunions/2026")
    number = await world.grant(top, hospital, Role.CONTRIBUTOR)
    await world.grant(top, guest)
    await world.deposit(world.steward, top, "a.txt")
    await world.deposit(world.steward, below, "b.txt")

    async def act(ws: Workspace) -> None:
        await sharing.withdraw(ws, world.steward, top, number)

    rows = await world.ws.db.read(everything)
    announcement = await effects.announce(world.ws, world.steward, act, about="w")
    assert await world.ws.db.read(everything) == rows
    assert told(announcement) == {"Awa": {(2, 0): (2, 2)}}
    (effect,) = announcement.effects
    assert (effect.losing, effect.gaining, effect.day) == (1, 0, world.today())
    (loser,) = effect.people
    assert loser.organisations == ("CH d'Argentan",) and not loser.is_guest
    await folders.enter(world.ws, awa, below, Action.READ)

    await effects.make_as_announced(world.ws, world.steward, act, announcement.mark, about="w")
    with pytest.raises(NotFound):
        await folders.enter(world.ws, awa, below, Action.READ)
    await folders.enter(world.ws, guest, below, Action.READ)


@in_network
async def test_a_refused_act_is_refused_when_it_is_announced_and_leaves_no_trace(
    world: World,
) -> None:
    reader, stranger = await world.person("Awa"), await world.person("Bo")
    top = await world.folder("Réunions")
    await world.grant(top, reader)
    (own,) = await world.values(
        "SELECT id FROM grants WHERE folder_id = :id AND role = 'coordinator'", id=top
    )
    rows = await world.ws.db.read(everything)
    refusals = [
        (world.steward, LastCoordinator), (reader, Forbidden), (stranger, NotFound)
    ]  # fmt: skip
    for actor, refusal in refusals:

        async def act(ws: Workspace, by: Actor = actor) -> None:
            await sharing.withdraw(ws, by, top, own)  # type: ignore[arg-type]

        with pytest.raises(refusal):
            await effects.announce(world.ws, actor, act, about="")
        with pytest.raises(refusal):
            await effects.make_as_announced(world.ws, actor, act, "", about="")
        assert await world.ws.db.read(everything) == rows


@in_network
async def test_a_refusal_costs_the_act_itself_and_looks_at_nobody(world: World) -> None:
    guest, town = await world.person("Zoé"), await world.organisation("Mairie")
    top = await world.folder("Réunions")

    async def costs(actor: Actor) -> list[list[int]]:
        """The statements of each transaction: of the act itself, announced, and confirmed."""

        async def act(ws: Workspace) -> None:
            await sharing.grant(ws, actor, top, subject(town), Role.READER)

        ways = (
            act,
            lambda ws: effects.announce(ws, actor, act, about=""),
            lambda ws: effects.make_as_announced(ws, actor, act, "x", about=""),
        )
        found = []
        for way in ways:
            counted = Counted(world.ws.db)
            with contextlib.suppress(NotFound, EffectChanged):
                await way(replace(world.ws, db=counted))
            found.append(counted.statements)
        return found

    itself, announced, confirmed = await costs(guest)
    assert itself == announced == confirmed and len(itself) == 1
    (alone,), (tried, watched), (tried_again, watched_again) = await costs(world.steward)
    assert tried == tried_again == alone < watched == watched_again


@in_network
async def test_between_two_announcements_others_write(world: World) -> None:
    top = await world.folder("Réunions")
    ran: list[str] = []
    beside: list[asyncio.Future[None]] = []
    loop = asyncio.get_running_loop()

    def act_named(name: str) -> effects.Act:
        async def act(ws: Workspace) -> None:
            async def unit(tx: Transaction) -> None:
                ran.append(name)
                if ran.count(name) == 2 and not beside:
                    # While the first one is looked at, somebody writes a row.
                    writing = asyncio.run_coroutine_threadsafe(world.ws.db.write(one_row), loop)
                    beside.append(asyncio.wrap_future(writing, loop=loop))
                await tx.run("UPDATE folders SET name = name WHERE id = :id", id=top)

            await ws.db.write(unit)

        return act

    async def one_row(tx: Transaction) -> None:
        ran.append("row")
        await tx.run("UPDATE folders SET name = 'Séances' WHERE id = :id", id=top)

    names = ("a", "b", "c")
    await asyncio.gather(
        *(effects.announce(world.ws, world.steward, act_named(name), about="") for name in names)
    )
    await asyncio.gather(*beside)
    looked_at = [name for place, name in enumerate(ran) if name in ran[:place] or name == "row"]
    assert looked_at == ["a", "row", "b", "c"]
    assert await world.values("SELECT name FROM folders") == ["Séances"]


@in_network
async def test_when_too_many_wait_to_be_looked_at_the_next_is_told_to_come_again(
    world: World,
) -> None:
    is_held, gate = asyncio.Event(), asyncio.Event()
    runs: list[Workspace] = []

    async def holds(ws: Workspace) -> None:
        runs.append(ws)
        if len(runs) == 2:
            is_held.set()
            await gate.wait()

    async def nothing(ws: Workspace) -> None:
        await folders.home(ws, world.steward)

    holder = asyncio.create_task(effects.announce(world.ws, world.steward, holds, about=""))
    await is_held.wait()
    others = {
        asyncio.create_task(effects.announce(world.ws, world.steward, nothing, about=""))
        for _ in range(effects.MOST_WAITING + 1)
    }
    (refused,), waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
    refusal = refused.exception()
    assert isinstance(refusal, Busy) and refusal.retry_after_seconds > 0
    gate.set()
    assert [found.effects for found in await asyncio.gather(holder, *waiting)] == [()] * 9
    assert (await effects.announce(world.ws, world.steward, nothing, about="")).effects == ()


@in_network
async def test_a_change_meanwhile_is_told_and_a_deposit_meanwhile_is_none(world: World) -> None:
    top = await world.folder("Réunions")
    town = await world.organisation("Mairie")
    await world.person("Bo", of="Mairie")

    async def act(ws: Workspace) -> None:
        await sharing.grant(ws, world.steward, top, subject(town), Role.READER)

    first = await effects.announce(world.ws, world.steward, act, about="")
    assert told(first) == {"Bo": {(0, 1): (0, 1)}}
    await world.person("Awa", of="Mairie")
    rows = await world.ws.db.read(everything)
    with pytest.raises(EffectChanged):
        await effects.make_as_announced(world.ws, world.steward, act, first.mark, about="")
    assert await world.ws.db.read(everything) == rows

    second = await effects.announce(world.ws, world.steward, act, about="")
    assert told(second).keys() == {"Awa", "Bo"}
    await world.deposit(world.steward, top, "meanwhile.txt")
    await effects.make_as_announced(world.ws, world.steward, act, second.mark, about="")
    assert await world.values(
        "SELECT role FROM grants WHERE folder_id = :id AND subject_kind = 'organisation'", id=top
    ) == ["reader"]


@in_network
async def test_what_changes_at_the_very_last_moment_is_seen_too(world: World) -> None:
    top = await world.folder("Réunions")
    town = await world.organisation("Mairie")
    await world.person("Bo", of="Mairie")
    before_each: list[Coroutine[Any, Any, object] | None] = []

    async def act(ws: Workspace) -> None:
        # Others write between the last rehearsal and the act itself.
        other = before_each.pop(0)
        if other is not None:
            await other
        await sharing.grant(ws, world.steward, top, subject(town), Role.READER)

    before_each += [*[None] * 4, world.person("Awa", of="Mairie")]
    mark = (await effects.announce(world.ws, world.steward, act, about="")).mark
    with pytest.raises(EffectChanged):
        await effects.make_as_announced(world.ws, world.steward, act, mark, about="")
    assert await world.values("SELECT 1 FROM grants WHERE subject_kind = 'organisation'") == []

    before_each += [*[None] * 4, world.deposit(world.steward, top, "a.txt")]
    mark = (await effects.announce(world.ws, world.steward, act, about="")).mark
    await effects.make_as_announced(world.ws, world.steward, act, mark, about="")
    assert len(await world.values("SELECT 1 FROM grants WHERE subject_kind = 'organisation'")) == 1


@in_network
async def test_a_mark_serves_one_person_and_one_question(world: World) -> None:
    other = await world.person("Awa")
    top = await world.folder("Réunions")
    await world.grant(top, other, Role.COORDINATOR)
    bo = await world.person("Bo")

    def act_by(actor: Actor) -> effects.Act:
        async def act(ws: Workspace) -> None:
            await sharing.grant(ws, actor, top, subject(bo), Role.READER)

        return act

    asked = effects.about("/x", {"a": "1", "b": "2"})
    assert asked == effects.about("/x", {"b": "2", "a": "1"})
    assert len({asked, effects.about("/y", {"a": "1", "b": "2"}), effects.about("/x", {})}) == 3
    act = act_by(world.steward)
    mark = (await effects.announce(world.ws, world.steward, act, about=asked)).mark
    for actor, about in ((other, asked), (world.steward, effects.about("/x", {}))):
        with pytest.raises(EffectChanged):
            await effects.make_as_announced(world.ws, actor, act_by(actor), mark, about=about)
    with pytest.raises(NotFound):
        await folders.enter(world.ws, bo, top, Action.READ)
    await effects.make_as_announced(world.ws, world.steward, act, mark, about=asked)
    await folders.enter(world.ws, bo, top, Action.READ)


@in_network
async def test_an_access_that_will_end_is_told_for_the_day_after(world: World) -> None:
    awa, top = await world.person("Awa"), await world.folder("Réunions")
    await world.grant(top, awa)
    until = world.today(plus=30)

    async def act(ws: Workspace) -> None:
        await sharing.grant(ws, world.steward, top, subject(awa), Role.READER, until)

    later = world.today(plus=31)
    found = await effects.announce(world.ws, world.steward, act, about="", later=later)
    assert [effect.day for effect in found.effects] == [later]
    assert told(found) == {"Awa": {(1, 0): (0, 1)}}
    today_only = await effects.announce(world.ws, world.steward, act, about="")
    assert today_only.effects == () and today_only.mark != found.mark
    await effects.make_as_announced(world.ws, world.steward, act, found.mark, about="", later=later)
    world.clock.forward(days=31)
    with pytest.raises(NotFound):
        await folders.enter(world.ws, await world.actor("awa@example.org"), top, Action.READ)


@in_network
async def test_moving_closing_and_opening_tell_what_becomes_of_all_below(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    here, there = await world.folder("Ici"), await world.folder("Là")
    moved = await world.folder("Ici/Dossier")
    closed = await world.folder("Ici/Dossier/Fermé", closed=True)
    await world.grant(here, awa)
    await world.grant(there, bo, Role.CONTRIBUTOR)
    for folder in (moved, closed):
        await world.deposit(world.steward, folder, "a.txt")

    async def move(ws: Workspace) -> None:
        await folders.move(ws, world.steward, moved, there)

    async def close(ws: Workspace) -> None:
        await folders.close(ws, world.steward, moved, coordinator=awa.person_id)

    async def open_again(ws: Workspace) -> None:
        await folders.open_again(ws, world.steward, closed)

    story = [
        (move, {"Awa": {(1, 0): (1, 1)}, "Bo": {(0, 2): (1, 1)}}),
        (open_again, {"Bo": {(0, 2): (1, 1)}}),
        (close, {"Awa": {(0, 3): (2, 2)}, "Bo": {(2, 0): (2, 2)},
                 world.steward.name: {(3, 0): (1, 1)}}),
    ]  # fmt: skip
    for act, effect in story:
        found = await effects.announce(world.ws, world.steward, act, about="")
        assert told(found) == effect
        (only,) = found.effects
        assert [one.loses for one in only.people] == sorted(
            (one.loses for one in only.people), reverse=True
        )
        await effects.make_as_announced(world.ws, world.steward, act, found.mark, about="")


@in_network
async def test_a_document_that_moves_alone_counts_without_its_folder(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    here, there = await world.folder("Ici"), await world.folder("Là")
    await world.grant(here, awa)
    await world.grant(there, awa, Role.CONTRIBUTOR)
    await world.grant(there, bo)
    document = (await world.deposit(world.steward, here, "a.txt")).document_id
    await world.deposit(world.steward, here, "b.txt")

    async def act(ws: Workspace) -> None:
        await documents.move(ws, world.steward, document, there)

    found = await effects.announce(world.ws, world.steward, act, about="")
    assert told(found) == {"Awa": {(1, 2): (1, 0)}, "Bo": {(0, 1): (1, 0)}}
    await effects.make_as_announced(world.ws, world.steward, act, found.mark, about="")
    with pytest.raises(AlreadySo):
        await effects.announce(world.ws, world.steward, act, about="")


@in_network
async def test_a_document_that_arrives_where_all_else_changes_too_counts_once(
    world: World,
) -> None:
    awa = await world.person("Awa")
    here, there = await world.folder("Ici"), await world.folder("Là")
    await world.grant(here, awa)
    document = (await world.deposit(world.steward, here, "a.txt")).document_id
    await world.deposit(world.steward, there, "b.txt")

    async def act(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run(
                "UPDATE documents SET folder_id = :to WHERE id = :id", to=there, id=document
            )
            await tx.run("UPDATE grants SET folder_id = :to WHERE role = 'reader'", to=there)

        await ws.db.write(unit)

    found = await effects.announce(world.ws, world.steward, act, about="")
    assert told(found) == {"Awa": {(1, 0): (0, 1), (0, 1): (1, 1)}}


@in_network
async def test_the_mark_tells_apart_folders_that_are_alike(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    alike = [await world.folder(name) for name in ("Un", "Deux")]
    arrival = await world.folder("Arrivée")
    moved = []
    for folder in alike:
        await world.grant(folder, bo)
        moved.append((await world.deposit(world.steward, folder, f"{folder}.txt")).document_id)

    def gives(folder: FolderId) -> effects.Act:
        return lambda ws: sharing.grant(ws, world.steward, folder, subject(awa), Role.READER)

    def moves(document: DocumentId) -> effects.Act:
        return lambda ws: documents.move(ws, world.steward, document, arrival)

    acts = [*map(gives, alike), *map(moves, moved)]
    found = [await effects.announce(world.ws, world.steward, act, about="") for act in acts]
    assert told(found[0]) == told(found[1]) == {"Awa": {(0, 1): (1, 1)}}
    assert told(found[2]) == told(found[3]) == {"Bo": {(1, 0): (1, 0)}}
    assert len({one.mark for one in found}) == 4


@in_network
async def test_someone_whose_last_place_ends_is_told_with_that_place(world: World) -> None:
    town = await world.organisation("Mairie")
    awa = await world.person("Awa", of=["Mairie", "Cabinet"])
    top = await world.folder("Réunions")
    await world.grant(top, town)

    async def act(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run("UPDATE memberships SET ends_on = '2020-01-01'")

        await ws.db.write(unit)

    (effect,) = (await effects.announce(world.ws, world.steward, act, about="")).effects
    assert [(one.id, one.organisations) for one in effect.people] == [
        (awa.person_id, ("Cabinet", "Mairie"))
    ]


@in_network
async def test_a_guest_whose_account_is_disabled_loses_what_was_given_to_her_alone(
    world: World,
) -> None:
    guest, top = await world.person("Zoé"), await world.folder("Réunions")
    await world.grant(top, guest, Role.CONTRIBUTOR)

    async def act(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run("UPDATE people SET disabled_at = 1 WHERE id = :id", id=guest.person_id)

        await ws.db.write(unit)

    found = await effects.announce(world.ws, world.steward, act, about="")
    assert told(found) == {"Zoé": {(2, 0): (0, 1)}}
    assert found.effects[0].people[0].is_guest


@in_network
async def test_who_arrives_with_the_act_is_named_and_an_act_of_nothing_is_empty(
    world: World,
) -> None:
    top = await world.folder("Réunions")
    town = await world.organisation("Mairie")
    await world.grant(top, town)

    async def add(ws: Workspace) -> None:
        await people.add_person(
            ws, world.steward, "di@example.org", name="Di", organisation="Mairie"
        )

    async def nothing(ws: Workspace) -> None:
        await folders.enter(ws, world.steward, top, Action.READ)

    found = await effects.announce(world.ws, world.steward, add, about="")
    assert told(found) == {"Di": {(0, 1): (0, 1)}}
    assert found.effects[0].people[0].organisations == ("Mairie",)
    assert await world.values("SELECT id FROM people WHERE name = 'Di'") == []
    idle = await effects.announce(world.ws, world.steward, nothing, about="")
    assert idle.effects == ()
    await effects.make_as_announced(world.ws, world.steward, nothing, idle.mark, about="")
    with pytest.raises(EffectChanged):
        await effects.make_as_announced(world.ws, world.steward, nothing, found.mark, about="")


@in_network
async def test_an_act_that_writes_twice_is_no_act_to_announce(world: World) -> None:
    top = await world.folder("Réunions")
    names = [await world.person(name) for name in ("Awa", "Bo")]

    async def act(ws: Workspace) -> None:
        for one in names:
            await sharing.grant(ws, world.steward, top, subject(one), Role.READER)

    mark = (await effects.announce(world.ws, world.steward, act, about="")).mark
    with pytest.raises(RuntimeError, match="one transaction"):
        await effects.make_as_announced(world.ws, world.steward, act, mark, about="")


def test_the_ladder_is_that_of_the_roles_each_carrying_all_that_is_below() -> None:
    rungs = [frozenset[Action]()] + [access.ROLES[role].actions for role in Role]
    assert (None, *access.ROLES) == LADDER
    assert all(lower < upper for lower, upper in itertools.pairwise(rungs))
