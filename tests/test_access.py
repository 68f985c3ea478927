"""The rule of access: three shapes that agree with one another and with an oracle."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier import access
from atelier.database import folders as records
from atelier.database.engine import Transaction, open_database
from atelier.errors import Forbidden, LastCoordinator, NotFound
from atelier.model.folders import Action, Folder, Role
from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from tests import oracle
from tests.builders import World, in_network
from tests.conftest import IN_CI
from tests.counts import times

TODAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
EXAMPLES = times(500 if IN_CI else 200, 10_000)
NO_FOLDER = FolderId(10**15)

ROLE_TABLE = """
role         read  add  revise  rename  remove  organise  share  close  restore  meet  journal
reader       x     .    .       .       .       .         .      .      .        .     .
contributor  x     x    x       x       x       .         .      .      .        .     .
coordinator  x     x    x       x       x       x         x      x      x        x     x
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


PEOPLE, ORGANISATIONS, GROUPS = 3, 3, 2
MAIN = OrganisationId(1)

days = st.sampled_from([None, None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1)])
subjects = st.one_of(
    st.just(("network", 0)),
    st.tuples(st.just("person"), st.integers(1, PEOPLE)),
    st.tuples(st.just("organisation"), st.integers(1, ORGANISATIONS)),
    st.tuples(st.just("group"), st.integers(1, GROUPS)),
)


@st.composite
def networks(draw: st.DrawFn) -> oracle.Network:
    """People with places and seats, a tree with closings, and grants on it."""
    count = draw(st.integers(1, 8))
    places: dict[int, list[Any]] = {person: [] for person in range(1, PEOPLE + 1)}
    pairs = [(person, one) for person in places for one in range(1, ORGANISATIONS + 1)]
    taken = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6))
    for membership, (person, organisation) in enumerate(taken, start=1):
        places[person].append((membership, organisation, draw(days), draw(days)))
    seats = st.sets(st.integers(1, len(taken))) if taken else st.just(set())
    keys = draw(
        st.lists(st.tuples(st.integers(1, count), subjects), unique=True, min_size=1, max_size=9)
    )
    ends = draw(st.dictionaries(st.integers(1, ORGANISATIONS), days, max_size=1))
    return oracle.Network(
        parents={
            folder: draw(st.one_of(st.none(), st.integers(1, folder - 1))) if folder > 1 else None
            for folder in range(1, count + 1)
        },
        closed=draw(st.sets(st.integers(1, count), max_size=2)),
        grants=[
            oracle.Grant(folder, subject, draw(st.sampled_from(sorted(oracle.CARRIES))), draw(days))
            for folder, subject in keys
        ],
        places=places,
        disabled=draw(st.sets(st.integers(1, PEOPLE), max_size=1)),
        ended={organisation: day for organisation, day in ends.items() if day is not None},
        seats={group: draw(seats) for group in range(1, GROUPS + 1)},
    )


@dataclass(frozen=True)
class Change:
    """A closing, an opening or a move of a folder."""

    folder: int
    kind: str
    parent: int | None


changes = st.lists(
    st.builds(
        Change,
        st.integers(1, 8),
        st.sampled_from(["close", "open", "move"]),
        st.one_of(st.none(), st.integers(1, 8)),
    ),
    max_size=4,
)


def test_enter_list_and_search_agree_with_the_oracle(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(open_database(tmp_path / "atelier.sqlite3"))

        @settings(max_examples=EXAMPLES)
        @given(networks(), changes)
        def holds(net: oracle.Network, changed: list[Change]) -> None:
            async def unit(tx: Transaction) -> None:
                await write_down(tx, net)
                await apply(tx, net, changed)
                await check_reach(tx, net)
                for actor in actors():
                    await check_actor(tx, net, actor)
                for folder in net.parents:
                    found = await access.is_coordinated(tx, actor_of(1), FolderId(folder))
                    assert found == net.coordinated(folder, TODAY)
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


async def check_actor(tx: Transaction, net: oracle.Network, actor: Actor) -> None:
    """All three shapes for one actor, over every folder and action."""
    who = (actor.person_id, TODAY, actor.acting_as)
    for action in (Action.READ, Action.REVISE, Action.ORGANISE):
        allowed = {one for one in net.parents if net.may(*who, action, one)}
        assert await access.scope(tx, actor, action) == net.scope(*who, action)
        assert await listed(tx, actor, action) == allowed
    readable = await access.readable_folders(tx, actor)
    assert readable == {one for one in net.parents if net.may(*who, "read", one)}
    assert {row.id for row in await records.entries(tx, actor)} == net.entries(*who)
    for number in net.parents:
        folder = await entered(tx, actor, number)
        actions = {action for action in oracle.EVERYTHING if net.may(*who, action, number)}
        assert (folder.actions if folder else set()) == actions
        if folder is not None:
            assert folder.hat == net.hat(*who, MAIN, number)
            assert folder.is_closed == (number in net.closed)
            assert folder.parent_id == net.parents[number]


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
        f"WITH {access.scoped(action)} SELECT id FROM folders f WHERE {access.meets('f.id')}",
        **access.asking(actor),
    )
    return {number for (number,) in rows}


def actors() -> list[Actor]:
    """Everyone, as herself and as each organisation, hers or not."""
    return [
        actor_of(person, acting_as)
        for person in range(1, PEOPLE + 1)
        for acting_as in (None, *range(1, ORGANISATIONS + 1))
    ]


def actor_of(person: int, acting_as: int | None = None) -> Actor:
    """An actor as the door makes it."""
    chosen = None if acting_as is None else OrganisationId(acting_as)
    return Actor(PersonId(person), "", False, False, MAIN, chosen, TODAY)


class Undone(Exception):
    """Ends a unit of which nothing is to stay."""


async def write_down(tx: Transaction, net: oracle.Network) -> None:
    """The network as rows; folders through the records, which write the reach."""
    await tx.many(
        "INSERT INTO people (id, email, email_key, name, disabled_at, created_at)"
        " VALUES (:id, :id, :id, :id, :disabled, 0)",
        [{"id": one, "disabled": 0 if one in net.disabled else None} for one in net.places],
    )
    await tx.many(
        "INSERT INTO organisations (id, name, name_key, ends_on, created_at)"
        " VALUES (:id, :id, :id, :ends, 0)",
        [{"id": one, "ends": iso(net.ended.get(one))} for one in range(1, ORGANISATIONS + 1)],
    )
    await tx.many(
        "INSERT INTO memberships (id, person_id, organisation_id, starts_on, ends_on)"
        " VALUES (:id, :person, :organisation, :starts, :ends)",
        [
            {"id": one, "person": person, "organisation": of,
             "starts": iso(start), "ends": iso(end)}
            for person, places in net.places.items()
            for one, of, start, end in places
        ],
    )  # fmt: skip
    await write_groups_and_grants(tx, net)


async def write_groups_and_grants(tx: Transaction, net: oracle.Network) -> None:
    """The rest of the network as rows."""
    await tx.many(
        "INSERT INTO groups (id, name, name_key, created_at) VALUES (:id, :id, :id, 0)",
        [{"id": group} for group in net.seats],
    )
    await tx.many(
        "INSERT INTO group_members (group_id, membership_id) VALUES (:group, :membership)",
        [{"group": one, "membership": seat} for one, seats in net.seats.items() for seat in seats],
    )
    for number, parent in net.parents.items():
        above = None if parent is None else FolderId(parent)
        added = await records.add(
            tx, above, str(number), PersonId(1), NOW, is_closed=number in net.closed
        )
        assert added == number
    await tx.many(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, until, granted_by,"
        " granted_at) VALUES (:folder, :kind, :id, :role, :until, 1, 0)",
        [
            {"folder": one.folder, "kind": one.subject[0], "id": one.subject[1],
             "role": one.role, "until": iso(one.until)}
            for one in net.grants
        ],
    )  # fmt: skip


async def apply(tx: Transaction, net: oracle.Network, changed: list[Change]) -> None:
    """Each change in the records and in the oracle's tree; a move below itself is none."""
    for change in changed:
        folder, parent = FolderId(change.folder), change.parent
        if folder not in net.parents or (change.kind == "move" and below(net, parent, folder)):
            continue
        if change.kind == "move":
            if parent is not None and parent not in net.parents:
                continue
            await records.move(tx, folder, None if parent is None else FolderId(parent))
            net.parents[folder] = parent
        else:
            await records.set_closed(tx, folder, is_closed=change.kind == "close")
            (net.closed.add if change.kind == "close" else net.closed.discard)(folder)


def below(net: oracle.Network, folder: int | None, top: int) -> bool:
    """Whether a folder is `top` or stands somewhere in it."""
    while folder is not None and folder != top:
        folder = net.parents.get(folder)
    return folder == top


def iso(day: date | None) -> str | None:
    """As days stand in the records."""
    return None if day is None else day.isoformat()


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
