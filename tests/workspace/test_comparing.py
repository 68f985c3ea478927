"""Random acts on random networks: the effect announced is the difference that is measured."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier import access
from atelier.database import folders as folder_records
from atelier.database.engine import Transaction, open_database
from atelier.errors import EffectChanged, NotFound
from atelier.model.effects import LADDER, Announcement, Change, Effect
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId
from atelier.workspace import effects
from atelier.workspace.place import Workspace
from tests import oracle_networks as random_networks
from tests.builders import network
from tests.counts import times
from tests.oracle import Asker, Network
from tests.oracle_networks import TODAY, days, iso, networks, organisations, roles, subjects

DOCUMENTS = 6
TOMORROW = TODAY + timedelta(days=1)
DAYS = (TODAY, TOMORROW)

Write = Callable[[Transaction, Network], Awaitable[None]]
numbers = st.integers(1, random_networks.FOLDERS)


def statement(sql: str, **values: object) -> Write:
    async def write(tx: Transaction, net: Network) -> None:
        await tx.run(sql, **values)

    return write


def changes_tree(folder: int, kind: str, parent: int | None) -> Write:
    async def write(tx: Transaction, net: Network) -> None:
        # The tree is changed with the rows; a copy of it, for an act is run several times.
        copy = dataclasses.replace(net, parents=dict(net.parents), closed=set(net.closed))
        await random_networks.apply(tx, copy, [random_networks.Change(folder, kind, parent)])

    return write


def removes(folder: int) -> Write:
    async def write(tx: Transaction, net: Network) -> None:
        for one in await folder_records.below(tx, FolderId(folder)):
            await tx.run("DELETE FROM reach WHERE folder_id = :id", id=one)

    return write


def grants(folder: int, to: tuple[str, int], role: str, until: str | None) -> Write:
    return statement(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, until, granted_by,"
        " granted_at) SELECT id, :kind, :number, :role, :until, 1, 0 FROM folders WHERE id = :id"
        " ON CONFLICT (folder_id, subject_kind, subject_id)"
        " DO UPDATE SET role = excluded.role, until = excluded.until",
        id=folder, kind=to[0], number=to[1], role=role, until=until,
    )  # fmt: skip


def withdraws(grant: int) -> Write:
    return statement("DELETE FROM grants WHERE id = :id", id=grant)


def ends_places(person: int, end: str | None) -> Write:
    return statement(
        "UPDATE memberships SET starts_on = NULL, ends_on = :end WHERE person_id = :id",
        id=person, end=end,
    )  # fmt: skip


def ends(organisation: int, end: str | None) -> Write:
    sql = "UPDATE organisations SET ends_on = :end WHERE id = :id"
    return statement(sql, id=organisation, end=end)


def turns_account(person: int) -> Write:
    sql = "UPDATE people SET disabled_at = CASE WHEN disabled_at IS NULL THEN 1 END WHERE id = :id"
    return statement(sql, id=person)


def empties(group: int) -> Write:
    return statement("DELETE FROM group_members WHERE group_id = :id", id=group)


def moves_document(document: int, folder: int) -> Write:
    return statement(
        "UPDATE documents SET folder_id = :to WHERE id = :id"
        " AND EXISTS (SELECT 1 FROM folders WHERE id = :to)",
        id=document, to=folder,
    )  # fmt: skip


def removes_document(document: int) -> Write:
    return statement("UPDATE documents SET removed_at = 1 WHERE id = :id", id=document)


_kinds = st.sampled_from(["close", "open", "move"])
_ends = days.map(iso)
one_document = st.integers(1, DOCUMENTS)
one_person = random_networks.people
acts = st.tuples(
    st.lists(
        st.one_of(
            st.builds(changes_tree, numbers, _kinds, st.none() | numbers),
            st.builds(removes, numbers),
            st.builds(grants, numbers, subjects, roles, _ends),
            st.builds(withdraws, st.integers(0, 8)),
            st.builds(ends_places, one_person, _ends),
            st.builds(ends, organisations, _ends),
            st.builds(turns_account, one_person),
            st.builds(empties, st.integers(1, random_networks.GROUPS)),
        ),
        max_size=3,
    ),
    st.lists(
        st.builds(moves_document, one_document, numbers)
        | st.builds(removes_document, one_document),
        max_size=1,
    ),
).map(lambda parts: [*parts[0], *parts[1]])


def test_what_is_announced_is_what_is_measured_and_nothing_stays_of_it_before(
    tmp_path: Path,
) -> None:
    with asyncio.Runner() as runner:
        closing = contextlib.AsyncExitStack()
        world = runner.run(closing.enter_async_context(network(tmp_path)))
        records = runner.run(open_database(tmp_path / "random.sqlite3"))
        closing.push_async_callback(records.close)
        ws = dataclasses.replace(world.ws, db=records)

        @settings(max_examples=times(80, 2_000))
        @given(networks(), st.lists(numbers, min_size=DOCUMENTS, max_size=DOCUMENTS), acts, acts)
        def holds(net: Network, standing: list[int], one: list[Write], other: list[Write]) -> None:
            runner.run(records.write(lambda tx: written(tx, net, standing)))
            runner.run(check(ws, net, (one, other)))

        try:
            holds()
        finally:
            runner.run(closing.aclose())


async def check(ws: Workspace, net: Network, both: Iterable[list[Write]]) -> None:
    """Both acts are announced and measured; then the first is made, as it was announced."""
    actor = random_networks.actor_of(Asker(1))
    rows = await ws.db.read(everything)
    before = await ws.db.read(lambda tx: measured(tx, net))
    told: list[Announcement] = []
    changed: list[set[object]] = []
    for writes in both:
        act = act_of(net, writes)
        told.append(await effects.announce(ws, actor, act, about="", later=TOMORROW))
        after = await tried(ws, net, writes)
        for day in DAYS:
            effect = next((one for one in told[-1].effects if one.day == day), None)
            assert shown(effect) == expected(before[day], after[day], net)
        changed.append({what for day in DAYS for what in moved(day, before[day], after[day])})
    # The mark stands for persons, steps and folders: the same ones, the same mark.
    assert (told[0].mark == told[1].mark) == (changed[0] == changed[1])
    act, *_ = (act_of(net, writes) for writes in both)
    with pytest.raises(EffectChanged):
        await effects.make_as_announced(ws, actor, act, told[0].mark, about="x", later=TOMORROW)
    assert await ws.db.read(everything) == rows
    await effects.make_as_announced(ws, actor, act, told[0].mark, about="", later=TOMORROW)
    made = await ws.db.read(lambda tx: measured(tx, net))
    for day in DAYS:
        effect = next((one for one in told[0].effects if one.day == day), None)
        assert shown(effect) == expected(before[day], made[day], net)


def act_of(net: Network, writes: list[Write]) -> effects.Act:
    async def act(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            for write in writes:
                await write(tx, net)

        await ws.db.write(unit)

    return act


async def written(tx: Transaction, net: Network, standing: list[int]) -> None:
    """The network in the place of the one before, with documents in some of its folders."""
    await tx.run("PRAGMA defer_foreign_keys = ON")
    for table in ("reach", "grants", "names", "documents", "folders", "group_members", "groups",
                  "memberships", "organisations", "people", "sqlite_sequence"):  # fmt: skip
        await tx.run(f"DELETE FROM {table}")
    await random_networks.write_down(tx, net)
    await tx.many(
        "INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
        " SELECT :id, id, '', '', 1, 0, 0 FROM folders WHERE id = :folder",
        [{"id": number, "folder": folder} for number, folder in enumerate(standing, start=1)],
    )


async def everything(tx: Transaction) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the records."""
    tables = await tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name: await tx.rows(f"SELECT * FROM {name}") for (name,) in tables}


class Undone(Exception):
    """Takes a transaction back."""


@dataclass(frozen=True)
class Seen:
    """What every person may do in every folder, and where each living document stands."""

    ranks: dict[tuple[int, int], int]
    places: dict[int, int]

    def rank(self, person: int, folder: int | None) -> int:
        """What she may there, as a place on the ladder."""
        return self.ranks.get((person, folder or 0), 0)


async def tried(ws: Workspace, net: Network, writes: list[Write]) -> dict[date, Seen]:
    """What is measured once they are written, taken back by hand."""
    found: dict[date, Seen] = {}

    async def unit(tx: Transaction) -> None:
        for write in writes:
            await write(tx, net)
        found.update(await measured(tx, net))
        raise Undone

    with pytest.raises(Undone):
        await ws.db.write(unit)
    return found


async def measured(tx: Transaction, net: Network) -> dict[date, Seen]:
    """By entering every folder as everybody."""
    places = dict(await tx.rows("SELECT id, folder_id FROM documents WHERE removed_at IS NULL"))
    return {
        day: Seen(
            {
                (person, folder): rank
                for person in net.places
                for folder in net.parents
                if (rank := await rank_of(tx, person, folder, day))
            },
            places,
        )
        for day in DAYS
    }


async def rank_of(tx: Transaction, person: int, folder: int, day: date) -> int:
    actor = dataclasses.replace(random_networks.actor_of(Asker(person)), today=day)
    try:
        entered = await access.enter(tx, actor, FolderId(folder), Action.READ)
    except NotFound:
        return 0
    carried = [role for role in Role if access.ROLES[role].actions == entered.actions]
    return LADDER.index(carried[0])


Steps = dict[tuple[int, int], tuple[int, int]]  # step → how many documents, how many folders


def expected(before: Seen, after: Seen, net: Network) -> tuple[dict[int, Steps], Steps, Steps]:
    """Steps of each person; of all together, each thing once; and how many people, twice."""
    documents_: dict[tuple[int, int], list[tuple[int, int]]] = {}
    folders_: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for person in net.places:
        for one in before.places.keys() | after.places.keys():
            places = before.places.get(one), after.places.get(one)
            step = before.rank(person, places[0]), after.rank(person, places[1])
            documents_.setdefault(step, []).append((person, one))
        for folder in net.parents:
            step = before.rank(person, folder), after.rank(person, folder)
            folders_.setdefault(step, []).append((person, folder))
    steps = [step for step in documents_.keys() | folders_.keys() if step[0] != step[1]]
    people_: dict[int, Steps] = {}
    together: Steps = {}
    heads: Steps = {}
    for step in steps:
        lists = documents_.get(step, []), folders_.get(step, [])
        for person in {person for pairs in lists for person, _ in pairs}:
            counted = [sum(one == person for one, _ in pairs) for pairs in lists]
            people_.setdefault(person, {})[step] = (counted[0], counted[1])
        together[step] = (len({one for _, one in lists[0]}), len({one for _, one in lists[1]}))
        number = len({person for pairs in lists for person, _ in pairs})
        heads[step] = (number, number)
    return people_, together, heads


def shown(effect: Effect | None) -> tuple[dict[int, Steps], Steps, Steps]:
    """An effect in the form of `expected`."""
    if effect is None:
        return {}, {}, {}
    assert effect.people
    return (
        {int(one.id): steps_of(one.changes) for one in effect.people},
        steps_of(total.change for total in effect.totals),
        {
            (total.change.step.old, total.change.step.new): (total.people, total.people)
            for total in effect.totals
        },
    )


def steps_of(changes: Iterable[Change]) -> Steps:
    return {(one.step.old, one.step.new): (one.documents, one.folders) for one in changes}


def moved(day: date, before: Seen, after: Seen) -> set[object]:
    """Who takes which step in which folder, and where documents that move alone go."""
    found: set[object] = set()
    for person, folder in before.ranks.keys() | after.ranks.keys():
        step = before.rank(person, folder), after.rank(person, folder)
        if step[0] != step[1]:
            found.add((day, person, folder, step))
    people_ = {person for person, _ in before.ranks.keys() | after.ranks.keys()}
    for one, origin in before.places.items():
        arrival = after.places.get(one)
        for person in people_ if arrival != origin else ():
            step = before.rank(person, origin), after.rank(person, arrival)
            if step[0] != step[1]:
                found.add((day, person, origin, arrival, step))
    return found
