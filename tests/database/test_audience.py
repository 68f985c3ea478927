"""The statements behind « qui voit »: what they drive from, and what they give."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from atelier.database import audience, folders, sharing
from atelier.database.engine import Transaction, open_database
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from tests.builders import BEGINNING, World, in_network

TODAY = date(2026, 3, 12)
ADA = Actor(PersonId(1), "Ada", False, False, None, None, TODAY)
FOLDER = FolderId(1)
FEW = [PersonId(number) for number in range(1, 101)]

ASKED: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "the reasons of a page": lambda tx: audience.reasons(tx, FOLDER, TODAY, FEW),
    "the places of a page": lambda tx: audience.places(tx, TODAY, FEW),
    "those of some organisations": lambda tx: audience.placed_in(tx, TODAY, [OrganisationId(1)]),
    "what concerns one": lambda tx: audience.concerning(tx, ADA, FOLDER, PersonId(2)),
    "the way up": lambda tx: audience.way_up(tx, ADA, FOLDER, Action.SHARE),
    "dead grants": lambda tx: sharing.dead(tx, ADA, FOLDER),
    "one grant": lambda tx: sharing.own(tx, ADA, FOLDER, 1),  # type: ignore[arg-type]
}
# As they are called in these statements: memberships, seats, reach and folders grow with
# the network; people are all looked at when a grant is for all of them.
GROW = ("m", "gm", "memberships", "group_members", "r", "r_", "f", "folders", "grants")


class Planned(Transaction):
    """A transaction that keeps the plan of each statement it runs."""

    def __init__(self, inner: Transaction) -> None:
        super().__init__(inner._connection)
        self.lines: list[str] = []

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """As `Transaction.rows`."""
        plan = await super().rows(f"EXPLAIN QUERY PLAN {sql}", **values)
        self.lines += [str(row[3]) for row in plan]
        return await super().rows(sql, **values)


def planned(folder: Path, asked: Callable[[Transaction], Awaitable[object]]) -> list[str]:
    """The lines of the plans of a unit, in records where nobody is yet."""

    async def story() -> list[str]:
        database = await open_database(folder / "atelier.sqlite3")
        try:

            async def unit(tx: Transaction) -> list[str]:
                recording = Planned(tx)
                await asked(recording)
                return recording.lines

            return await database.read(unit)
        finally:
            await database.close()

    return asyncio.run(story())


def scanned(lines: list[str]) -> set[str]:
    """What is read from end to end of the tables that grow."""
    whole = {line.split()[1] for line in lines if line.startswith("SCAN ")}
    return whole & set(GROW)


@pytest.mark.parametrize("asked", ASKED)
def test_nothing_that_grows_is_read_from_end_to_end(tmp_path: Path, asked: str) -> None:
    lines = planned(tmp_path, ASKED[asked])
    assert lines and not scanned(lines), "\n".join(lines)


def test_a_table_read_from_end_to_end_is_seen(tmp_path: Path) -> None:
    lines = planned(tmp_path, lambda tx: tx.rows("SELECT m.id FROM memberships m"))
    assert scanned(lines) == {"m"}
    lines = planned(tmp_path, lambda tx: audience.places(tx, TODAY))
    assert scanned(lines) == {"m"}


@in_network
async def test_everybody_is_given_once_with_the_highest_role(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("A")
    for role, to in ((Role.READER, None), (Role.CONTRIBUTOR, awa)):
        await world.grant(folder, to, role)
    found = await world.ws.db.read(lambda tx: audience.reached(tx, world.steward, folder))
    assert sorted((one.name, one.role) for one in found) == [
        ("Awa", Role.CONTRIBUTOR),
        ("marie", Role.COORDINATOR),
    ]
    assert (
        await world.ws.db.read(lambda tx: audience.reached(tx, world.steward, FolderId(99))) == []
    )


@in_network
async def test_the_way_up_passes_closed_folders_and_says_what_is_allowed(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("A")
    closed = await world.folder("A/B", closed=True)
    below = await world.folder("A/B/C")
    await world.grant(closed, awa)

    async def way(actor: Actor, action: Action) -> list[tuple[FolderId, str, bool, bool]]:
        steps = await world.ws.db.read(lambda tx: audience.way_up(tx, actor, below, action))
        return [(one.id, one.name, one.is_closed, one.is_allowed) for one in steps]

    assert await way(awa, Action.READ) == [
        (below, "C", False, True),
        (closed, "B", True, True),
        (top, "A", False, False),
    ]
    assert not any(step[3] for step in await way(awa, Action.SHARE))
    assert all(step[3] for step in await way(world.steward, Action.SHARE))


@in_network
async def test_a_grant_of_another_folder_is_not_its_own(world: World) -> None:
    awa = await world.person("Awa")
    first, second = await world.folder("A"), await world.folder("B")
    grant = await world.grant(first, awa)
    found = await world.ws.db.read(lambda tx: sharing.own(tx, world.steward, first, grant))
    assert found is not None and found.subject.name == "Awa"
    assert await world.ws.db.read(lambda tx: sharing.own(tx, world.steward, second, grant)) is None
    await world.ws.db.write(lambda tx: folders.rename(tx, first, "Z", BEGINNING))
    renamed = await world.ws.db.read(lambda tx: sharing.own(tx, world.steward, first, grant))
    assert renamed is not None and renamed.folder == "Z"
