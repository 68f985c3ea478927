"""The journal of a folder: what it tells, to whom, and what it keeps to itself."""

from __future__ import annotations

import pytest

from atelier.errors import Forbidden
from atelier.model.folders import Role
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.workspace import documents, folders, journal
from tests.builders import World, in_network


async def told(world: World, actor: Actor, folder: FolderId) -> list[tuple[str, dict[str, str]]]:
    """What the journal says, oldest first."""
    found = await journal.of_folder(world.ws, actor, folder)
    return [(line.verb.value, line.facts) for line in reversed(found.lines)]


@in_network
async def test_each_act_is_told_in_its_folder_with_who_for_whom_and_when(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.COORDINATOR)
    world.clock.forward(hours=1)
    first = await world.deposit(awa, folder, "a.txt", b"un")
    await world.revise(awa, first.document_id, b"deux")
    await documents.restore(world.ws, awa, first.document_id, 1, expected=2)
    await documents.rename(world.ws, awa, first.document_id, "b.txt")
    await folders.rename(world.ws, awa, folder, "Ateliers")
    await folders.close(world.ws, awa, folder)
    await folders.open_again(world.ws, awa, folder)
    assert (await told(world, awa, folder))[2:] == [
        ("deposited", {"name": "a.txt"}),
        ("revised", {"name": "a.txt", "version": "2"}),
        ("restored", {"name": "a.txt", "version": "3", "restored": "1"}),
        ("document_renamed", {"before": "a.txt", "after": "b.txt"}),
        ("folder_renamed", {"before": "Réunions", "after": "Ateliers"}),
        ("folder_closed", {"name": "Ateliers"}),
        ("folder_opened", {"name": "Ateliers"}),
    ]
    newest = (await journal.of_folder(world.ws, awa, folder)).lines[0]
    assert (newest.person, newest.organisation) == ("Awa", "Mairie")
    assert newest.at == world.clock()


@in_network
async def test_a_move_names_neither_folder_in_the_journal_of_the_other(world: World) -> None:
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    done = await world.deposit(world.steward, left, "a.txt")
    await documents.move(world.ws, world.steward, done.document_id, right)
    assert (await told(world, world.steward, left))[-1] == (
        "document_moved", {"name": "a.txt", "way": "out"}
    )  # fmt: skip
    assert (await told(world, world.steward, right))[-1] == (
        "document_moved", {"name": "a.txt", "way": "in"}
    )  # fmt: skip


@in_network
async def test_a_closed_folder_is_named_in_its_own_journal_only(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    await world.grant(top, awa, Role.COORDINATOR)
    hidden = await world.folder("Commun/Licenciements", closed=True)
    await folders.rename(world.ws, world.steward, hidden, "Effectifs")
    other = await world.folder("Autre")
    await folders.move(world.ws, world.steward, hidden, other)
    await folders.move(world.ws, world.steward, hidden, top)
    assert "icenciement" not in str(await told(world, awa, top))
    assert "ffectifs" not in str(await told(world, awa, top))
    assert len(await told(world, world.steward, hidden)) == 4


@in_network
async def test_pages_of_a_journal_follow_one_another_to_its_first_line(world: World) -> None:
    folder = await world.folder("A")
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 249)"
        " INSERT INTO journal (folder_id, person_id, verb, facts, at)"
        " SELECT :folder, 1, 'granted', '{}', i FROM n",
        folder=folder,
    )
    found, before = [], None
    while True:
        page = await journal.of_folder(world.ws, world.steward, folder, before=before)
        found += [line.id for line in page.lines]
        assert [one.name for one in page.crumbs] == ["A"]
        before = page.older
        if before is None:
            break
    assert found == sorted(found, reverse=True) and len(set(found)) == 250
    beyond = await journal.of_folder(world.ws, world.steward, folder, before=10**30)
    assert [line.id for line in beyond.lines] == found[:100]


@in_network
async def test_the_journal_of_the_network_is_for_stewards_alone(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        await journal.of_network(world.ws, awa)
    lines = (await journal.of_network(world.ws, world.steward)).lines
    assert [line.verb.value for line in lines] == [
        "membership_added", "person_added", "organisation_added"
    ]  # fmt: skip
    assert lines[0].at == world.clock() and lines[0].person == "marie"


@in_network
async def test_pages_of_the_networks_journal_follow_one_another(world: World) -> None:
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
        " INSERT INTO network_journal (person_id, verb, facts, at)"
        " SELECT 1, 'person_added', '{}', i FROM n"
    )
    first = await journal.of_network(world.ws, world.steward)
    second = await journal.of_network(world.ws, world.steward, before=first.older)
    third = await journal.of_network(world.ws, world.steward, before=second.older)
    numbers = [line.id for page in (first, second, third) for line in page.lines]
    assert numbers == list(range(250, 0, -1)) and third.older is None
