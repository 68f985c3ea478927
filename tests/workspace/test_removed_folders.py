"""Folders in the trash: what inherits goes and comes back, what is closed stays."""

from __future__ import annotations

import pytest

from atelier.errors import (
    BadName,
    EffectChanged,
    FolderCycle,
    Forbidden,
    NameTaken,
    NotFound,
)
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId
from atelier.model.trash import Weight
from atelier.workspace import documents, folders, trash
from tests.builders import World, in_network
from tests.workspace.test_trash import NOWHERE, answer, hits, listed, lying, people, verbs


@in_network
async def test_a_folder_is_removed_with_all_that_inherits_by_who_organises_both_ends(
    world: World,
) -> None:
    top = await world.folder("Commun")
    folder, deep = await world.folder("Commun/A"), await world.folder("Commun/A/B")
    who = await people(world, top)
    only_there = await world.person("Owen")
    await world.grant(folder, only_there, Role.COORDINATOR)
    done = await world.deposit(world.steward, deep, "a.txt", b"du kiwano")
    await world.settle()
    for name, error in (("rea", Forbidden), ("coa", Forbidden), ("stranger", NotFound)):
        with pytest.raises(error):
            await trash.remove_folder(world.ws, who[name], folder)
        with pytest.raises(error):
            await trash.weigh(world.ws, who[name], folder)
    with pytest.raises(Forbidden):  # it would leave a place she does not organise
        await trash.remove_folder(world.ws, only_there, folder)
    leaving = await trash.weigh(world.ws, who["ora"], folder)
    assert (leaving.weight, leaving.staying) == (Weight(1, 1), ())
    with pytest.raises(EffectChanged):
        await trash.remove_folder(world.ws, who["ora"], folder, announced=Weight(1, 0))
    above = await trash.remove_folder(world.ws, who["ora"], folder, announced=leaving.weight)
    assert above == top
    for actor in (*who.values(), only_there, world.steward):
        for gone in (folder, deep):
            with pytest.raises(NotFound):
                await folders.look(world.ws, actor, gone)
        with pytest.raises(NotFound):
            await documents.look(world.ws, actor, done.document_id)
        assert "A" not in [row.name for row in (await folders.home(world.ws, actor)).entries]
    assert await hits(world, world.steward, "kiwano") == []
    assert [place.name for place in await folders.places(world.ws, who["ora"], Action.ADD)] == [
        "Commun"
    ]
    with pytest.raises(NotFound):
        await folders.find(world.ws, who["ora"], "Commun/A")
    assert await lying(world, who["coa"], top) == []
    assert await lying(world, who["ora"], top) == ["A"]
    for name, error in (("rea", Forbidden), ("coa", Forbidden), ("stranger", NotFound)):
        with pytest.raises(error):
            await trash.restore_folder(world.ws, who[name], top, folder)
        with pytest.raises(error):
            await trash.purge_folder(world.ws, who[name], top, folder)
    await trash.restore_folder(world.ws, who["ora"], top, folder)
    for actor in (who["rea"], only_there):
        assert await listed(world, actor, deep) == ["a.txt"]
    await world.settle()
    assert await hits(world, who["rea"], "kiwano") == ["a.txt"]
    assert (await verbs(world, top))[-2:] == ["folder_removed", "folder_restored"]
    assert (await verbs(world, folder))[-2:] == ["folder_removed", "folder_restored"]


@in_network
async def test_a_removed_folder_gives_its_name_free_and_comes_back_under_another(
    world: World,
) -> None:
    top = await world.folder("Commun")
    folder = await world.folder("Commun/A")
    await world.folder("Commun/A/B")
    await trash.remove_folder(world.ws, world.steward, folder)
    await world.folder("Commun/a")
    with pytest.raises(NameTaken):
        await trash.restore_folder(world.ws, world.steward, top, folder)
    with pytest.raises(BadName):
        await trash.restore_folder(world.ws, world.steward, top, folder, name="..")
    await trash.restore_folder(world.ws, world.steward, top, folder, name="A bis")
    assert await listed(world, world.steward, top) == ["A bis", "a"]
    assert await listed(world, world.steward, folder) == ["B"]
    with pytest.raises(NameTaken):
        await world.folder("Commun/a BIS")


@in_network
async def test_what_was_removed_inside_stays_removed_when_the_folder_comes_back(
    world: World,
) -> None:
    top = await world.folder("Commun")
    folder, deep = await world.folder("Commun/A"), await world.folder("Commun/A/B")
    inside = await world.deposit(world.steward, folder, "a.txt")
    await world.deposit(world.steward, deep, "b.txt")
    await trash.remove_document(world.ws, world.steward, inside.document_id)
    await trash.remove_folder(world.ws, world.steward, deep)
    assert (await trash.weigh(world.ws, world.steward, folder)).weight == Weight(0, 0)
    await trash.remove_folder(world.ws, world.steward, folder)
    # Not on their own: their place is in the trash itself.
    for act in (
        lambda: trash.restore_document(world.ws, world.steward, folder, inside.document_id),
        lambda: trash.restore_folder(world.ws, world.steward, folder, deep),
        lambda: trash.restore_folder(world.ws, world.steward, None, deep),
        lambda: lying(world, world.steward, folder),
    ):
        with pytest.raises(NotFound):
            await act()
    assert await lying(world, world.steward, top) == ["A"]
    await trash.restore_folder(world.ws, world.steward, top, folder)
    assert await listed(world, world.steward, folder) == []
    assert await lying(world, world.steward, folder) == ["B", "a.txt"]
    await trash.restore_folder(world.ws, world.steward, folder, deep)
    assert await listed(world, world.steward, deep) == ["b.txt"]


@in_network
async def test_no_change_above_gives_back_what_is_in_the_trash(world: World) -> None:
    awa = await world.person("Awa")
    top, other = await world.folder("Commun"), await world.folder("Autre")
    between, folder = await world.folder("Commun/A"), await world.folder("Commun/A/B")
    deep = await world.folder("Commun/A/B/C")
    for one in (top, other, deep):
        await world.grant(one, awa, Role.COORDINATOR)
    await trash.remove_folder(world.ws, world.steward, folder)

    async def stays_gone() -> None:
        for gone in (folder, deep):
            for actor in (awa, world.steward):
                with pytest.raises(NotFound):
                    await folders.look(world.ws, actor, gone)
        assert await world.values(
            "SELECT folder_id FROM reach WHERE folder_id IN (:a, :b) OR ancestor_id IN (:a, :b)",
            a=folder,
            b=deep,
        ) == []  # fmt: skip

    await stays_gone()
    await folders.move(world.ws, world.steward, between, other)
    await stays_gone()
    await folders.close(world.ws, world.steward, between)
    await stays_gone()
    await folders.open_again(world.ws, world.steward, between)
    await stays_gone()
    await folders.rename(world.ws, world.steward, between, "A2")
    await folders.move(world.ws, world.steward, top, other)
    await stays_gone()


@in_network
async def test_a_closed_folder_stays_with_its_people_and_nobody_is_told_of_it(
    world: World,
) -> None:
    top, folder = await world.folder("Commun"), await world.folder("Commun/A")
    secret = await world.folder("Commun/A/Fermé", closed=True)
    inside = await world.folder("Commun/A/Fermé/Dedans")
    bea, ora = await world.person("Béa"), await world.person("Ora")
    await world.grant(secret, bea, Role.COORDINATOR)
    await world.grant(top, ora, Role.COORDINATOR)
    done = await world.deposit(bea, inside, "b.txt", b"du kiwano")
    await world.settle()
    # One who may not read it is asked and told exactly as if it were not there.
    leaving = await trash.weigh(world.ws, ora, folder)
    assert (leaving.weight, leaving.staying) == (Weight(0, 0), ())
    assert (await trash.weigh(world.ws, world.steward, folder)).staying == ("Fermé",)
    await trash.remove_folder(world.ws, ora, folder, announced=Weight(0, 0))
    assert [row.name for row in (await folders.home(world.ws, bea)).entries] == ["Fermé"]
    assert await listed(world, bea, inside) == ["b.txt"]
    assert await hits(world, bea, "kiwano") == ["b.txt"]
    # It opens into the trash no more than it moves out of it: the folder above is not there.
    for act in (
        lambda: folders.open_again(world.ws, bea, secret),
        lambda: folders.move(world.ws, bea, secret, None),
    ):
        with pytest.raises(Forbidden):
            await act()
    with pytest.raises(FolderCycle):  # nor does what holds it move into it
        await folders.move(world.ws, world.steward, top, secret)
    with pytest.raises(FolderCycle):
        await trash.restore_folder(world.ws, world.steward, top, folder, to=secret)
    with pytest.raises(NotFound):  # which one who may not read it is not told
        await trash.restore_folder(world.ws, ora, top, folder, to=secret)
    await trash.restore_folder(world.ws, ora, top, folder)
    assert await listed(world, bea, inside) == ["b.txt"]
    with pytest.raises(NotFound):
        await documents.look(world.ws, ora, done.document_id)


@in_network
async def test_a_closed_folder_and_one_of_the_top_are_found_by_their_own_coordinators(
    world: World,
) -> None:
    top = await world.folder("Commun")
    secret = await world.folder("Commun/Fermé", closed=True)
    bea, ora = await world.person("Béa"), await world.person("Ora")
    await world.grant(secret, bea, Role.COORDINATOR)
    await world.grant(secret, ora, Role.CONTRIBUTOR)
    await world.grant(top, ora, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        await trash.remove_folder(world.ws, ora, secret)
    assert await trash.remove_folder(world.ws, bea, secret) is None
    assert await lying(world, ora, top) == []
    assert await lying(world, ora, None) == []
    assert await lying(world, bea, None) == ["Fermé"]
    assert "folder_removed" not in await verbs(world, top)
    answers = {
        await answer(
            lambda one=one, act=act: act(world.ws, ora, None, one)  # type: ignore[misc]
        )
        for one in (secret, FolderId(NOWHERE))
        for act in (trash.restore_folder, trash.purge_folder)
    }
    assert answers == {"NotFound(kind='folder')"}
    # The one of the top takes along what inherits, and the closed one is its own.
    assert await trash.remove_folder(world.ws, ora, top) is None
    assert await lying(world, ora, None) == ["Commun"]
    await trash.restore_folder(world.ws, bea, None, secret)
    assert await listed(world, bea, secret) == []
    await trash.restore_folder(world.ws, ora, None, top)
    assert await listed(world, ora, top) == ["Fermé"]
