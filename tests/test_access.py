"""The rule of access: three shapes that agree with one another and with an oracle."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from atelier import access
from atelier.database import folders as records
from atelier.database.engine import Transaction, open_database
from atelier.errors import Forbidden, LastCoordinator, NotFound
from atelier.model.folders import Action, Folder, Role
from atelier.model.ids import FolderId, GroupId, OrganisationId, PersonId
from atelier.model.people import Actor
from tests import oracle
from tests.builders import World, in_network
from tests.conftest import IN_CI
from tests.counts import times
from tests.oracle import Asker
from tests.oracle_networks import (
    GROUPS,
    MAIN,
    NOW,
    ORGANISATIONS,
    TODAY,
    Change,
    actor_of,
    apply,
    casts,
    changes,
    everyone,
    write_down,
)

EXAMPLES = times(500 if IN_CI else 200, 10_000)
NO_FOLDER = FolderId(10**15)

ROLE_TABLE = """
role        read add revise rename remove organise share close restore meet journal unlock
reader      x    .   .      .      .      .        .     .     .       .    .       .
contributor x    x   x      x      x      .        .     .     .       .    .       .
coordinator x    x   x      x      x      x        x     x     x       x    x       x
"""


def test_the_roles_carry_what_the_table_prints() -> None:
    head, *rows = [line.split() for line in ROLE_TABLE.strip().splitlines()]
    printed = {
        role: {action for action, mark in zip(head[1:], marks, strict=True) if mark == "x"}
        for role, *marks in rows
    }
    assert printed == {str(row.name): set(row.actions) for row in access.ROLES.values()}
    assert printed == oracle.CARRIES
    assert [row.label for row in access.ROLES.values()] == [
        "Lecture", "Contribution", "Coordination"
    ]  # fmt: skip


def test_every_shape_of_the_rule_agrees_with_the_oracle(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(open_database(tmp_path / "atelier.sqlite3"))

        @settings(max_examples=EXAMPLES)
        @given(casts(), changes)
        def holds(cast: tuple[oracle.Network, list[Asker]], changed: list[Change]) -> None:
            net, asking = cast

            async def unit(tx: Transaction) -> None:
                await write_down(tx, net)
                await apply(tx, net, changed)
                await check_reach(tx, net)
                await check_reached(tx, net)
                await check_looks(tx, net)
                for asker in asking:
                    await check_asker(tx, net, asker)
                    await check_managing(tx, net, asker)
                raise Undone

            with pytest.raises(Undone):
                runner.run(database.write(unit))

        try:
            holds()
        finally:
            runner.run(database.close())


async def check_reach(tx: Transaction, net: oracle.Network) -> None:
    """The rows of reach, kept through every change, are the reach of the tree as it is."""
    rows = {(folder, ancestor) for folder, ancestor in await tx.rows("SELECT * FROM reach")}
    assert rows == {(folder, above) for folder in net.parents for above in net.reach(folder)}


async def check_reached(tx: Transaction, net: oracle.Network) -> None:
    """Everybody whom each folder lets in, each way once; and whether it is coordinated."""
    for folder in net.parents:
        rows = await tx.rows(
            f"WITH {access.REACHED} SELECT person_id, grant_id, role, organisation_id FROM reached",
            folder=folder,
            today=TODAY.isoformat(),
        )
        assert len(rows) == len(set(rows))
        assert set(rows) == net.reached(folder)
        readers = {person for person in net.places if net.may(Asker(person), "read", folder)}
        assert {person for person, *_ in rows} == readers
        for action in (Action.READ, Action.REVISE, Action.UNLOCK):
            people = [PersonId(person) for person in net.places]
            number, day = FolderId(folder), TODAY
            may = {one for one in people if net.may(Asker(one), action, folder)}
            assert await access.still_may(tx, number, people, action, day) == may
        coordinated = await access.is_coordinated(tx, actor_of(Asker(1)), FolderId(folder))
        assert coordinated == net.coordinated(folder)


async def check_looks(tx: Transaction, net: oracle.Network) -> None:
    """What everyone, for each place of hers, sees as everyone and every organisation."""
    for person, places in net.places.items():
        for acting_as in {None, *(place.organisation for place in places)}:
            for seeing in everyone():
                asker = Asker(person, acting_as, seeing)
                found = await access.readable_folders(tx, actor_of(asker))
                assert found == net.readable(asker), asker


async def check_asker(tx: Transaction, net: oracle.Network, asker: Asker) -> None:
    """All three shapes for one who asks, over every folder and action."""
    actor = actor_of(asker)
    for action in (Action.READ, Action.REVISE, Action.ORGANISE):
        allowed = {one for one in net.parents if net.may(asker, action, one)}
        assert await listed(tx, actor, action) == allowed
        if asker.seeing is None:
            hers = net.scope(net.hats(asker.person, asker.acting_as), action)
            assert await access.scope(tx, actor, action) == hers
    assert await access.readable_folders(tx, actor) == net.readable(asker)
    assert {row.id for row in await records.entries(tx, actor)} == net.entries(asker)
    for number in net.parents:
        folder = await entered(tx, actor, number)
        actions = {action for action in oracle.EVERYTHING if net.may(asker, action, number)}
        assert (folder.actions if folder else set()) == actions
        if folder is not None:
            assert folder.hat == net.hat(asker, MAIN, number)
            assert folder.is_closed == (number in net.closed)
            assert folder.parent_id == net.parents[number]
            crumbs = await records.crumbs(tx, actor, FolderId(number))
            assert [one.id for one in crumbs] == net.way(asker, number)


async def check_managing(tx: Transaction, net: oracle.Network, asker: Asker) -> None:
    """What is no folder's: the network, its organisations and groups, orphaned folders."""
    actor = actor_of(asker)
    try:
        assert set(await access.orphaned(tx, actor)) == net.orphaned()
        assert net.manages(asker)
    except Forbidden:
        assert not net.manages(asker)
    for organisation in range(1, ORGANISATIONS + 2):  # the last one never was
        try:
            number = OrganisationId(organisation)
            is_steward = await access.manage_organisation(tx, actor, number)
            assert net.manages_organisation(asker, organisation)
            assert is_steward == net.manages(asker)
        except NotFound:
            assert not net.manages_organisation(asker, organisation)
    for group in range(1, GROUPS + 2):
        try:
            assert await access.manage_group(tx, actor, GroupId(group)) == net.manages(asker)
            assert net.manages_group(asker, group)
        except NotFound:
            assert not net.manages_group(asker, group)


async def entered(tx: Transaction, actor: Actor, folder: int) -> Folder | None:
    """The folder as she enters it, or None; an action she lacks is refused, and only that."""
    try:
        found = await access.enter(tx, actor, FolderId(folder), Action.READ)
    except NotFound:
        for action in (Action.ADD, Action.JOURNAL):
            with pytest.raises(NotFound):
                await access.enter(tx, actor, FolderId(folder), action)
        return None
    for action in (Action.ADD, Action.JOURNAL):
        if found.allows(action):
            assert await access.enter(tx, actor, FolderId(folder), action) == found
        else:
            with pytest.raises(Forbidden):
                await access.enter(tx, actor, FolderId(folder), action)
    return found


async def listed(tx: Transaction, actor: Actor, action: Action) -> set[int]:
    """The folders that a list shows her."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, action)} SELECT id FROM folders f"
        f" WHERE {access.meets('f.id')}",
        **access.asking(actor),
    )
    return {number for (number,) in rows}


class Undone(Exception):
    """Ends a unit of which nothing is to stay."""


@dataclass
class Recording:
    """A transaction that keeps what was asked of it."""

    inner: Transaction
    asked: list[str] = dataclasses.field(default_factory=list)

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """As `Transaction.rows`."""
        self.asked.append(sql)
        return await self.inner.rows(sql, **values)


@in_network
async def test_hidden_and_missing_run_the_same_statements_and_answer_alike(world: World) -> None:
    awa = await world.person("Awa", of="CH d'Argentan")
    hidden = await world.folder("Direction/Paie", closed=True)
    shown = await world.folder("Commun")
    await world.grant(shown, awa)

    async def asked(folder: FolderId) -> tuple[list[str], str]:
        async def unit(tx: Transaction) -> tuple[list[str], str]:
            recording = Recording(tx)
            try:
                return recording.asked, str(
                    (await access.enter(recording, awa, folder, Action.SHARE)).name
                )
            except (NotFound, Forbidden) as refusal:
                return recording.asked, str(refusal)

        return await world.ws.db.read(unit)

    assert await asked(hidden) == await asked(NO_FOLDER)
    assert (await asked(hidden))[1] == str(NotFound("folder"))
    assert (await asked(shown))[1] == str(Forbidden(Action.SHARE))


@in_network
async def test_an_act_bears_the_only_organisation_it_can_else_the_chosen_else_the_main(
    world: World,
) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    mairie, hospital = (
        OrganisationId(int(str(number)))
        for number in await world.values("SELECT id FROM organisations ORDER BY id")
    )
    of_hospital = await world.folder("Hôpital")
    of_both = await world.folder("Deux")
    of_herself = await world.folder("Elle")
    chosen = dataclasses.replace(awa, acting_as=hospital)
    guest = await world.person("Gil")
    for folder in (of_hospital, of_both):
        await world.change(GRANT, folder=folder, kind="organisation", id=hospital)
    await world.change(GRANT, folder=of_both, kind="organisation", id=mairie)
    for person in (awa, guest):
        await world.grant(of_herself, person)

    async def hat(actor: Actor, folder: FolderId) -> OrganisationId | None:
        found = await world.ws.db.read(lambda tx: access.enter(tx, actor, folder, Action.READ))
        return found.hat

    assert await hat(awa, of_hospital) == hospital
    assert await hat(awa, of_both) == mairie
    assert await hat(chosen, of_both) == hospital
    assert await hat(chosen, of_herself) == hospital
    assert await hat(awa, of_herself) == mairie
    assert await hat(guest, of_herself) is None


GRANT = (
    "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
    " VALUES (:folder, :kind, :id, 'reader', 1, 0)"
)


@in_network
async def test_only_an_active_steward_manages_and_only_the_allowed_open_at_the_top(
    world: World,
) -> None:
    awa = await world.person("Awa")
    read = world.ws.db.read
    await read(lambda tx: access.manage(tx, world.steward))
    for nobody in (awa, dataclasses.replace(awa, is_steward=True)):
        with pytest.raises(Forbidden):
            await read(lambda tx, who=nobody: access.manage(tx, who))
    assert await read(lambda tx: access.may_open_top(tx, world.steward))
    assert not await read(lambda tx: access.may_open_top(tx, awa))
    await world.change("UPDATE people SET may_open_top = 1 WHERE id = :id", id=awa.person_id)
    assert await read(lambda tx: access.may_open_top(tx, awa))
    for actor in (awa, world.steward):
        await world.disable(actor.person_id)
        assert not await read(lambda tx, who=actor: access.may_open_top(tx, who))
    with pytest.raises(Forbidden):
        await read(lambda tx: access.manage(tx, world.steward))


@in_network
async def test_a_folder_keeps_a_lasting_coordinator_or_the_act_is_refused(world: World) -> None:
    folder = await world.folder("Réunions")

    async def keep(sql: str) -> None:
        async def unit(tx: Transaction) -> None:
            entered_folder = await access.enter(tx, world.steward, folder, Action.SHARE)
            await tx.run(sql)
            await access.keep_coordinated(tx, world.steward, entered_folder)
            raise Undone

        await world.ws.db.write(unit)

    with pytest.raises(Undone):
        await keep("UPDATE folders SET changed_at = 1")
    for sql in (
        "DELETE FROM grants",
        "UPDATE grants SET role = 'contributor'",
        "UPDATE grants SET until = '2099-01-01'",
        "UPDATE people SET disabled_at = 1",
    ):
        with pytest.raises(LastCoordinator, match="Réunions"):
            await keep(sql)


def test_nobody_grants_a_role_that_carries_more_than_she_holds() -> None:
    def holding(role: Role) -> Folder:
        actions = access.ROLES[role].actions
        return Folder(FolderId(1), None, "", False, NOW, actions, None)

    order = list(access.ROLES)
    for mine, theirs in ((one, other) for one in order for other in order):
        assert access.covers(holding(mine), theirs) == (order.index(mine) >= order.index(theirs))
