"""What may not be done to access: refused with its reason, and nothing is changed."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from atelier.errors import (
    AlreadySo,
    AtelierError,
    FolderCycle,
    Forbidden,
    Invalid,
    LastCoordinator,
    NameTaken,
    NotFound,
)
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId, OrganisationId
from atelier.workspace import folders, memberships, organisations, sharing, trash
from tests.builders import World, in_network, subject
from tests.snapshots import dump

NOBODY = 10**9


async def refused(
    world: World, act: Awaitable[object], error: type[AtelierError], why: str
) -> None:
    """The act is refused for this reason, and every table is as it was."""
    with contextlib.closing(sqlite3.connect(world.data / "atelier.sqlite3")) as eye:
        before = dump(eye)
        with pytest.raises(error, match=why):
            await act
        assert dump(eye) == before


async def own_grant(world: World, folder: FolderId) -> GrantId:
    """The oldest grant of a folder."""
    found = await world.values("SELECT MIN(id) FROM grants WHERE folder_id = :id", id=folder)
    return GrantId(int(str(found[0])))


@in_network
async def test_the_last_coordinator_is_neither_withdrawn_nor_lowered_nor_dated(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    awa = await world.person("Awa")
    mine, ws, steward = await own_grant(world, folder), world.ws, world.steward
    herself = subject(steward)
    await world.grant(folder, awa, Role.COORDINATOR, until=world.today(plus=30))
    for act in (
        sharing.withdraw(ws, steward, folder, mine),
        sharing.grant(ws, steward, folder, herself, Role.CONTRIBUTOR),
        sharing.grant(ws, steward, folder, herself, Role.COORDINATOR, world.today(plus=9)),
    ):
        await refused(world, act, LastCoordinator, "Réunions")
    await world.grant(folder, awa, Role.COORDINATOR)
    await sharing.withdraw(ws, steward, folder, mine)


@in_network
async def test_nobody_gives_more_than_she_holds_nor_for_longer(world: World) -> None:
    folder = await world.folder("Réunions")
    awa, bo, cy, di = [await world.person(name) for name in ("Awa", "Bo", "Cy", "Di")]
    await world.grant(folder, bo, Role.READER)
    await world.grant(folder, cy, Role.CONTRIBUTOR)
    await world.grant(folder, di, Role.COORDINATOR, until=world.today(plus=5))
    ws, to = world.ws, subject(awa)
    for giver in (bo, cy):
        for role in Role:
            await refused(world, sharing.grant(ws, giver, folder, to, role), Forbidden, "share")
    for until in (None, world.today(plus=6)):
        act = sharing.grant(ws, di, folder, to, Role.READER, until)
        await refused(world, act, Invalid, "outlasts")
    await refused(world, folders.close(ws, di, folder), Forbidden, "close")
    stranger = sharing.grant(ws, awa, folder, to, Role.READER)
    await refused(world, stranger, NotFound, "folder")
    await sharing.grant(ws, di, folder, to, Role.COORDINATOR, world.today(plus=5))


@in_network
async def test_a_grant_is_for_somebody_there_and_for_days_to_come(world: World) -> None:
    folder = await world.folder("Réunions")
    gone = await world.organisation("Cabinet")
    await organisations.end(world.ws, world.steward, gone.id, world.today())
    await world.organisation("Mairie")
    left = await world.person("Bo")
    await world.disable(left.person_id)
    world.clock.forward(days=1)
    ws, steward = world.ws, await world.actor("marie@example.org")
    for kind in (SubjectKind.ORGANISATION, SubjectKind.GROUP, SubjectKind.PERSON):
        act = sharing.grant(ws, steward, folder, Subject(kind, NOBODY), Role.READER)
        await refused(world, act, Invalid, "unknown")
    for whom in (gone, left):
        act = sharing.grant(ws, steward, folder, subject(whom), Role.READER)
        await refused(world, act, Invalid, "unknown")
    everybody = Subject(SubjectKind.NETWORK)
    for days in (-1, -400):
        act = sharing.grant(ws, steward, folder, everybody, Role.READER, world.today(plus=days))
        await refused(world, act, Invalid, "past")
    await sharing.grant(ws, steward, folder, everybody, Role.READER, world.today())


@in_network
async def test_a_folder_is_closed_and_opened_once(world: World) -> None:
    await world.folder("Réunions")
    folder = await world.folder("Réunions/Bureau")
    ws, steward = world.ws, world.steward
    await refused(world, folders.open_again(ws, steward, folder), AlreadySo, "open")
    await folders.close(ws, steward, folder)
    await refused(world, folders.close(ws, steward, folder), AlreadySo, "closed")
    twin = await world.folder("Réunions/bureau")
    assert twin != folder
    await refused(world, folders.open_again(ws, steward, folder), NameTaken, "Bureau")


@in_network
async def test_no_folder_comes_to_stand_in_itself_also_by_two_moves_at_once(world: World) -> None:
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    below = await world.folder("Gauche/Bas")
    ws, steward = world.ws, world.steward
    for into in (left, below):
        await refused(world, folders.move(ws, steward, left, into), FolderCycle, "Gauche")
    await refused(world, folders.move(ws, steward, below, left), AlreadySo, "there")
    outcomes = await asyncio.gather(
        folders.move(ws, steward, left, right),
        folders.move(ws, steward, right, below),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["FolderCycle", "NoneType"]
    parents = await world.values("SELECT parent_id FROM folders ORDER BY id")
    assert parents in ([None, left, left], [right, None, left], [None, below, left])
    assert (await folders.look(ws, steward, below)).folder.id == below


@in_network
async def test_two_who_bring_two_folders_into_each_other_from_the_trash_make_no_circle(
    world: World,
) -> None:
    outer = await world.folder("Dehors")
    closed = await world.folder("Dehors/Dedans", closed=True)
    ws, steward = world.ws, world.steward
    await trash.remove_folder(ws, steward, outer)
    back = trash.restore_folder(ws, steward, None, outer, to=closed)
    await refused(world, back, FolderCycle, "Dehors")


@in_network
async def test_an_organisation_leaves_once_and_merges_with_another_that_is_there(
    world: World,
) -> None:
    mairie, gone = await world.organisation("Mairie"), await world.organisation("Cabinet")
    awa = await world.person("Awa", of="Mairie")
    ws, steward = world.ws, world.steward
    await organisations.end(ws, steward, gone.id, world.today())
    world.clock.forward(days=1)
    steward, awa = replace(steward, today=world.today()), replace(awa, today=world.today())
    yesterday, nobody = world.today(plus=-1), OrganisationId(NOBODY)
    for act, error, why in (
        (organisations.merge(ws, steward, mairie.id, mairie.id), Invalid, "itself"),
        (organisations.merge(ws, steward, mairie.id, gone.id), Invalid, "unknown"),
        (organisations.merge(ws, steward, mairie.id, nobody), Invalid, "unknown"),
        (organisations.merge(ws, steward, gone.id, mairie.id), AlreadySo, "left"),
        (organisations.merge(ws, steward, nobody, mairie.id), NotFound, "organisation"),
        (organisations.end(ws, steward, gone.id, world.today()), AlreadySo, "left"),
        (organisations.end(ws, steward, mairie.id, yesterday), Invalid, "past"),
        (organisations.end(ws, awa, mairie.id, world.today()), Forbidden, "manage"),
        (organisations.merge(ws, awa, mairie.id, gone.id), Forbidden, "manage"),
    ):
        await refused(world, act, error, why)


@in_network
async def test_a_place_is_given_where_it_can_be_for_days_to_come(world: World) -> None:
    mairie, gone = await world.organisation("Mairie"), await world.organisation("Cabinet")
    awa = await world.person("Awa")
    ws, steward = world.ws, world.steward
    await organisations.end(ws, steward, gone.id, world.today())
    world.clock.forward(days=1)
    steward, person = replace(steward, today=world.today()), awa.person_id
    plain, past = memberships.Terms(), memberships.Terms(ends_on=world.today() - timedelta(days=1))
    backwards = memberships.Terms(starts_on=world.today(plus=3), ends_on=world.today(plus=2))
    for act, error, why in (
        (memberships.add(ws, steward, person, gone.id, plain), Invalid, "has_left"),
        (memberships.add(ws, steward, person, OrganisationId(NOBODY), plain), NotFound, "organ"),
        (memberships.add(ws, steward, person, mairie.id, past), Invalid, "past"),
        (memberships.add(ws, steward, person, mairie.id, backwards), Invalid, "before_start"),
        (memberships.add(ws, awa, person, mairie.id, plain), NotFound, "organisation"),
    ):
        await refused(world, act, error, why)
    await memberships.add(ws, steward, person, mairie.id, plain)
    again = memberships.add(ws, steward, person, mairie.id, plain)
    await refused(world, again, AlreadySo, "membership")
