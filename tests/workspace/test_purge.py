"""Purging: nothing is left of what was in the trash but the history, by hand or after its days."""

from __future__ import annotations

import pytest

from atelier.errors import Forbidden, NotFound
from atelier.model.folders import Action, Role
from atelier.model.trash import RemovedKind, Weight
from atelier.worker import runner
from atelier.workspace import documents, folders, following, journal, trash, upkeep
from tests.builders import STEWARD, World, in_network
from tests.workspace.test_trash import hits, listed, lying, people, texts_kept, verbs


async def table(world: World, name: str) -> int:
    """How many rows it has."""
    return len(await world.values(f"SELECT rowid FROM {name}"))


@in_network
async def test_a_purge_takes_a_coordinator_and_leaves_nothing_but_the_history(
    world: World,
) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    who = await people(world, folder)
    done = await world.deposit(who["coa"], folder, "a.txt", b"du kiwano")
    await world.revise(who["coa"], done.document_id, b"un ramboutan")
    await documents.move(world.ws, world.steward, done.document_id, other)
    await documents.move(world.ws, world.steward, done.document_id, folder)
    await world.settle()
    await world.revise(who["coa"], done.document_id, b"pas encore lu")
    assert await texts_kept(world) == 2
    with pytest.raises(NotFound):  # what is not in the trash is not purged
        await trash.purge_document(world.ws, who["ora"], folder, done.document_id)
    await trash.remove_document(world.ws, who["coa"], done.document_id)
    for name, error in (("rea", Forbidden), ("coa", Forbidden), ("stranger", NotFound)):
        with pytest.raises(error):
            await trash.purge_document(world.ws, who[name], folder, done.document_id)
        with pytest.raises(error):
            await trash.find(
                world.ws, who[name], folder, RemovedKind.DOCUMENT, done.document_id,
                action=Action.RESTORE,
            )  # fmt: skip
    found = await trash.find(
        world.ws, who["ora"], folder, RemovedKind.DOCUMENT, done.document_id, action=Action.RESTORE
    )
    assert found.removed.name == "a.txt"
    await trash.purge_document(world.ws, who["ora"], folder, done.document_id)
    assert [await table(world, name) for name in ("documents", "versions", "jobs")] == [0, 0, 0]
    assert await texts_kept(world) == 0
    for actor in who.values():
        with pytest.raises(NotFound):
            await documents.look(world.ws, actor, done.document_id)
    with pytest.raises(NotFound):
        await trash.restore_document(world.ws, who["ora"], folder, done.document_id)
    assert (await verbs(world, folder))[-1] == "document_purged"
    assert "deposited" in await verbs(world, folder)
    assert await world.values("SELECT 1 FROM journal WHERE document_id IS NOT NULL") == []
    await world.settle()
    assert await hits(world, world.steward, "kiwano") == []
    assert (await upkeep.verify(world.ws)).is_clean


@in_network
async def test_a_purged_folder_ends_with_all_that_inherits_and_closed_ones_move_up(
    world: World,
) -> None:
    top, folder = await world.folder("Commun"), await world.folder("Commun/A")
    deep = await world.folder("Commun/A/B")
    stays = await world.folder("Commun/A/B/Fermé", closed=True)
    lies = await world.folder("Commun/A/B/Fermé aussi", closed=True)
    earlier = await world.folder("Commun/A/C")
    bea = await world.person("Béa")
    await world.grant(deep, bea)
    await world.grant(stays, bea, Role.COORDINATOR)
    for place in (folder, deep, earlier):
        await world.deposit(world.steward, place, "a.txt", b"du kiwano")
    kept = await world.deposit(bea, stays, "b.txt", b"un ramboutan")
    await world.settle()
    for one in (lies, earlier, folder):
        await trash.remove_folder(world.ws, world.steward, one)
    found = await trash.find(world.ws, world.steward, top, RemovedKind.FOLDER, folder)
    assert found.weight == Weight(2, 3)
    await trash.purge_folder(world.ws, world.steward, top, folder)
    left = await world.values("SELECT name FROM folders ORDER BY id")
    assert left == ["Commun", "Fermé", "Fermé aussi"]
    assert await table(world, "documents") == 1
    assert await texts_kept(world) == 1
    assert (await verbs(world, top))[-1] == "folder_purged"
    assert await world.values("SELECT folder_id FROM journal WHERE folder_id NOT IN"
                              " (SELECT id FROM folders)") == []  # fmt: skip
    assert await listed(world, bea, stays) == ["b.txt"]
    assert (await documents.look(world.ws, bea, kept.document_id)).document.name == "b.txt"
    assert await lying(world, world.steward, None) == ["Fermé aussi"]
    await trash.restore_folder(world.ws, world.steward, None, lies)
    assert await listed(world, world.steward, top) == ["Fermé", "Fermé aussi"]
    await folders.open_again(world.ws, world.steward, lies)
    assert (await upkeep.verify(world.ws)).is_clean
    with pytest.raises(NotFound):
        await trash.purge_folder(world.ws, world.steward, top, folder)


@in_network
async def test_a_purged_folder_of_the_top_leaves_closed_ones_at_the_top(world: World) -> None:
    top = await world.folder("Commun")
    stays = await world.folder("Commun/Fermé", closed=True)
    await trash.remove_folder(world.ws, world.steward, top)
    await trash.purge_folder(world.ws, world.steward, None, top)
    assert await world.values("SELECT name FROM folders WHERE parent_id IS NULL") == ["Fermé"]
    assert await listed(world, world.steward, stays) == []
    assert (await upkeep.verify(world.ws)).is_clean


@in_network
async def test_a_purge_during_a_reading_leaves_no_text_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    read = world.ws.readers.read

    async def purged_meanwhile(path: object, name: str) -> object:
        found = await read(path, name)  # type: ignore[arg-type]
        await trash.remove_document(world.ws, world.steward, done.document_id)
        await trash.purge_document(world.ws, world.steward, folder, done.document_id)
        return found

    monkeypatch.setattr(world.ws.readers, "read", purged_meanwhile)
    assert await runner.do_next(world.ws)
    assert await texts_kept(world) == 0
    while await following.follow(world.ws):
        pass
    assert await hits(world, world.steward, "kiwano") == []


@in_network
async def test_the_trash_empties_itself_after_its_days_and_not_before(world: World) -> None:
    days = world.ws.settings.trash.keep_days
    top, folder = await world.folder("Commun"), await world.folder("Commun/A")
    secret = await world.folder("Commun/Fermé", closed=True)
    old = await world.deposit(world.steward, top, "vieux.txt")
    young = await world.deposit(world.steward, top, "jeune.txt")
    await world.deposit(world.steward, folder, "a.txt")
    await world.settle()
    await trash.remove_document(world.ws, world.steward, old.document_id)
    await trash.remove_folder(world.ws, world.steward, folder)
    await trash.remove_folder(world.ws, world.steward, secret)
    world.clock.forward(days=days)
    await trash.remove_document(world.ws, world.steward, young.document_id)
    assert await upkeep.empty_trash(world.ws) == 0
    world.clock.forward(seconds=1)
    assert await upkeep.empty_trash(world.ws) == 3
    assert await upkeep.empty_trash(world.ws) == 0
    assert await lying(world, world.steward, top) == ["jeune.txt"]
    assert await world.values("SELECT name FROM folders") == ["Commun"]
    assert await texts_kept(world) == 1
    # The closed one is told nowhere: the folder above has readers that never knew of it.
    assert (await verbs(world, top))[-2:] == ["document_purged", "folder_purged"]
    (line, *_) = (await journal.of_folder(world.ws, world.steward, top)).lines
    assert line.facts == {"name": "A", "days": str(days)}
    assert (await upkeep.verify(world.ws)).is_clean


@in_network
async def test_what_went_with_another_in_the_same_round_is_not_purged_twice(world: World) -> None:
    await world.folder("Commun")
    folder, inside = await world.folder("Commun/A"), await world.folder("Commun/A/B")
    await trash.remove_folder(world.ws, world.steward, inside)
    await trash.remove_folder(world.ws, world.steward, folder)
    world.clock.forward(days=world.ws.settings.trash.keep_days, seconds=1)
    assert await upkeep.empty_trash(world.ws) == 1
    assert await world.values("SELECT name FROM folders") == ["Commun"]


@in_network
async def test_an_access_that_was_given_on_a_removed_folder_holds_again_when_it_is_back(
    world: World,
) -> None:
    top, folder = await world.folder("Commun"), await world.folder("Commun/A")
    awa, bea = await world.person("Awa"), await world.person("Béa")
    await world.grant(folder, awa)
    await world.grant(folder, bea, until=world.today(plus=3))
    await trash.remove_folder(world.ws, world.steward, folder)
    world.clock.forward(days=4)
    awa, bea = await world.actor("awa@example.org"), await world.actor("béa@example.org")
    await trash.restore_folder(world.ws, await world.actor(STEWARD), top, folder)
    assert await listed(world, awa, folder) == []
    with pytest.raises(NotFound):
        await folders.look(world.ws, bea, folder)
