"""Folders: making, renaming, moving, closing, and what each person sees of them."""

from __future__ import annotations

import unicodedata

import pytest

from atelier.errors import (
    AlreadySo,
    BadName,
    Clash,
    FolderCycle,
    Forbidden,
    Invalid,
    LastCoordinator,
    NameTaken,
    NotFound,
)
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, PersonId
from atelier.model.people import Actor
from atelier.workspace import documents, folders, people
from tests.builders import World, in_network

NOWHERE = FolderId(10**15)


async def seen(world: World, actor: Actor, folder: FolderId) -> list[str]:
    """The names of the folders she sees in a folder."""
    return [row.name for row in (await folders.look(world.ws, actor, folder)).folders]


async def entries(world: World, actor: Actor) -> list[str]:
    """The names at the top of her workspace, with the short ids of twins."""
    return [row.name + row.short_id for row in (await folders.home(world.ws, actor)).entries]


async def crumbs(world: World, actor: Actor, folder: FolderId) -> list[str]:
    """The way to a folder as she sees it."""
    return [one.name for one in (await folders.look(world.ws, actor, folder)).crumbs]


@in_network
async def test_a_folder_answers_alike_to_a_stranger_and_when_it_never_was(world: World) -> None:
    awa = await world.person("Awa")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa)
    for act in (
        lambda folder: folders.look(world.ws, awa, folder),
        lambda folder: folders.enter(world.ws, awa, folder, Action.READ),
        lambda folder: folders.make(world.ws, awa, folder, "Sous-dossier"),
        lambda folder: folders.rename(world.ws, awa, folder, "Autre"),
        lambda folder: folders.move(world.ws, awa, folder, None),
        lambda folder: folders.close(world.ws, awa, folder),
        lambda folder: folders.open_again(world.ws, awa, folder),
    ):
        answers = set()
        for folder in (hidden, NOWHERE):
            with pytest.raises(NotFound) as refusal:
                await act(folder)
            answers.add(str(refusal.value))
        assert len(answers) == 1
    for act in (
        lambda folder: folders.enter(world.ws, awa, folder, Action.SHARE),
        lambda folder: folders.make(world.ws, awa, folder, "Sous-dossier"),
        lambda folder: folders.rename(world.ws, awa, folder, "Autre"),
        lambda folder: folders.move(world.ws, awa, folder, None),
        lambda folder: folders.close(world.ws, awa, folder),
    ):
        with pytest.raises(Forbidden):
            await act(shown)
    assert await entries(world, world.steward) == ["Commun", "Direction"]
    assert (await folders.enter(world.ws, awa, shown, Action.READ))[0].name == "Commun"


@in_network
async def test_only_the_allowed_make_folders_at_the_top_and_then_coordinate_them(
    world: World,
) -> None:
    awa = await world.person("Awa")
    with pytest.raises(Forbidden):
        await folders.make(world.ws, awa, None, "Chez moi")
    await people.allow_top_folders(world.ws, world.steward, awa.person_id)
    mine = await folders.make(world.ws, awa, None, "Chez moi")
    assert (await folders.look(world.ws, awa, mine)).folder.allows(Action.SHARE)
    # A steward opens nothing that she was not granted.
    with pytest.raises(NotFound):
        await folders.look(world.ws, world.steward, mine)
    theirs = await folders.make(
        world.ws, awa, None, "Pour Marie", coordinator=world.steward.person_id
    )
    with pytest.raises(NotFound):
        await folders.look(world.ws, awa, theirs)
    assert await entries(world, world.steward) == ["Pour Marie"]


@in_network
async def test_a_coordinator_who_is_nobody_is_refused(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("A")
    await world.disable(awa.person_id)
    for person in (awa.person_id, PersonId(99)):
        with pytest.raises(Invalid):
            await folders.make(world.ws, world.steward, folder, "B", coordinator=person)
        with pytest.raises(Invalid):
            await folders.close(world.ws, world.steward, folder, coordinator=person)
    listing = await folders.look(world.ws, world.steward, folder)
    assert (listing.folders, listing.folder.is_closed) == ((), False)


@in_network
async def test_a_name_is_one_name_for_folders_and_documents_in_any_form(world: World) -> None:
    top = await world.folder("A")
    ete = await folders.make(world.ws, world.steward, top, "Été")
    await world.deposit(world.steward, top, "Note.txt")
    for twin in ("été", unicodedata.normalize("NFD", "Été"), "NOTE.TXT"):
        with pytest.raises(NameTaken) as refusal:
            await folders.make(world.ws, world.steward, top, twin)
        assert refusal.value.kind == ("document" if "." in twin else "folder")
    hiver = await folders.make(world.ws, world.steward, top, "Hiver")
    with pytest.raises(NameTaken):
        await folders.rename(world.ws, world.steward, hiver, "ÉTÉ")
    with pytest.raises(BadName):
        await folders.rename(world.ws, world.steward, hiver, "a/b")
    with pytest.raises(AlreadySo):
        await folders.rename(world.ws, world.steward, ete, "Été")
    await folders.rename(world.ws, world.steward, ete, "ÉTÉ")
    assert await seen(world, world.steward, top) == ["ÉTÉ", "Hiver"]
    await folders.rename(world.ws, world.steward, ete, "Printemps")
    await folders.rename(world.ws, world.steward, hiver, "été")
    assert await seen(world, world.steward, top) == ["été", "Printemps"]


@in_network
async def test_at_the_top_names_block_nobody_and_the_younger_twin_shows_its_number(
    world: World,
) -> None:
    first = await folders.make(world.ws, world.steward, None, "Réunions")
    second = await folders.make(world.ws, world.steward, None, "réunions")
    assert await entries(world, world.steward) == ["Réunions", f"réunionsn° {second}"]
    assert await folders.find(world.ws, world.steward, "RÉUNIONS") == first
    await folders.rename(world.ws, world.steward, second, "Réunions")


@in_network
async def test_a_move_carries_all_below_and_access_follows_at_once(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    await world.grant(left, awa)
    await world.grant(right, bea)
    await world.folder("Gauche/Sujet")
    below = await world.folder("Gauche/Sujet/Détail")
    subject = await folders.find(world.ws, world.steward, "Gauche/Sujet")
    await folders.look(world.ws, awa, below)
    await folders.move(world.ws, world.steward, subject, right)
    assert await crumbs(world, bea, below) == ["Droite", "Sujet", "Détail"]
    for folder in (subject, below):
        with pytest.raises(NotFound):
            await folders.look(world.ws, awa, folder)
    assert await seen(world, awa, left) == []
    await folders.make(world.ws, world.steward, left, "Sujet")
    with pytest.raises(NameTaken):
        await folders.move(world.ws, world.steward, subject, left)
    assert await crumbs(world, bea, below) == ["Droite", "Sujet", "Détail"]


@in_network
async def test_a_move_needs_organising_where_it_leaves_and_where_it_arrives(world: World) -> None:
    awa = await world.person("Awa")
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    subject = await world.folder("Gauche/Sujet")
    await world.grant(subject, awa, Role.COORDINATOR)
    with pytest.raises(Forbidden):  # she may not even read where it leaves
        await folders.move(world.ws, awa, subject, right)
    await world.grant(left, awa)
    with pytest.raises(Forbidden):
        await folders.move(world.ws, awa, subject, right)
    await world.grant(left, awa, Role.COORDINATOR)
    with pytest.raises(NotFound):
        await folders.move(world.ws, awa, subject, right)
    await world.grant(right, awa, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        await folders.move(world.ws, awa, subject, right)
    with pytest.raises(Forbidden):
        await folders.move(world.ws, awa, subject, None)
    await world.grant(right, awa, Role.COORDINATOR)
    await folders.move(world.ws, awa, subject, right)
    with pytest.raises(AlreadySo):
        await folders.move(world.ws, awa, subject, right)


@in_network
async def test_a_folder_never_stands_in_itself(world: World) -> None:
    top = await world.folder("A")
    below = await world.folder("A/B/C")
    for into in (top, below):
        with pytest.raises(FolderCycle):
            await folders.move(world.ws, world.steward, top, into)
    assert await crumbs(world, world.steward, below) == ["A", "B", "C"]


@in_network
async def test_a_closed_folder_below_that_she_may_not_read_is_not_told_by_a_move(
    world: World,
) -> None:
    awa = await world.person("Awa")
    top, target = await world.folder("A"), await world.folder("B")
    for folder in (top, target):
        await world.grant(folder, awa, Role.COORDINATOR)
    hidden = await world.folder("A/Secret", closed=True)
    for into in (hidden, NOWHERE):
        with pytest.raises(NotFound):
            await folders.move(world.ws, awa, top, into)
    await folders.move(world.ws, awa, top, target)
    assert await crumbs(world, world.steward, hidden) == ["B", "A", "Secret"]


@in_network
async def test_two_moves_that_cross_never_make_a_cycle(world: World) -> None:
    one, other = await world.folder("Un"), await world.folder("Autre")
    await folders.move(world.ws, world.steward, one, other)
    with pytest.raises(FolderCycle):
        await folders.move(world.ws, world.steward, other, one)


@in_network
async def test_a_folder_moved_to_the_top_keeps_a_coordinator_or_stays(world: World) -> None:
    await world.folder("A")
    below = await world.folder("A/B")
    with pytest.raises(LastCoordinator):
        await folders.move(world.ws, world.steward, below, None)
    assert await crumbs(world, world.steward, below) == ["A", "B"]
    await world.grant(below, world.steward, Role.COORDINATOR)
    await folders.move(world.ws, world.steward, below, None)
    assert await entries(world, world.steward) == ["A", "B"]


@in_network
async def test_folders_stand_64_deep_and_no_deeper(world: World) -> None:
    deepest = await world.folder("/".join("d" * 64))
    with pytest.raises(Invalid) as refusal:
        await folders.make(world.ws, world.steward, deepest, "65")
    assert refusal.value.fault == "too_deep"
    other = await world.folder("Autre/Bas")
    near = await folders.find(world.ws, world.steward, "/".join("d" * 63))
    with pytest.raises(Invalid):
        await folders.move(
            world.ws, world.steward, await folders.find(world.ws, world.steward, "Autre"), near
        )
    await folders.move(world.ws, world.steward, other, near)


@in_network
async def test_no_path_grows_past_its_limit_by_making_moving_or_renaming(world: World) -> None:
    long = "é" * 120
    deep = await world.folder("/".join([long] * 33))  # 33 * 121 - 1 = 3992 characters
    with pytest.raises(Invalid) as refusal:
        await folders.make(world.ws, world.steward, deep, "12345678")
    assert refusal.value.fault == "path_too_long"
    await folders.make(world.ws, world.steward, deep, "1234567")
    top = await folders.find(world.ws, world.steward, long)
    with pytest.raises(Invalid):
        await folders.rename(world.ws, world.steward, top, long + "a")
    await folders.rename(world.ws, world.steward, top, "A" * 120)
    above = await world.folder("B")
    with pytest.raises(Invalid) as refusal:
        await folders.move(world.ws, world.steward, top, above)
    assert refusal.value.fault == "path_too_long"
    await folders.rename(world.ws, world.steward, top, "A")
    await folders.move(world.ws, world.steward, top, above)


@in_network
async def test_closing_hides_at_once_and_opening_shows_again(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    await world.grant(top, awa, Role.COORDINATOR)
    folder = await world.folder("Commun/Équipe")
    below = await world.folder("Commun/Équipe/Détail")
    await folders.close(world.ws, world.steward, folder)
    for hidden in (folder, below):
        with pytest.raises(NotFound):
            await folders.look(world.ws, awa, hidden)
    assert await seen(world, awa, top) == []
    assert await seen(world, world.steward, top) == ["Équipe"]
    with pytest.raises(NotFound):
        await folders.find(world.ws, awa, "Commun/Équipe")
    with pytest.raises(AlreadySo):
        await folders.close(world.ws, world.steward, folder)
    await world.grant(below, awa)
    assert await entries(world, awa) == ["Commun", "Détail"]
    assert await crumbs(world, awa, below) == ["Détail"]
    await folders.open_again(world.ws, world.steward, folder)
    assert await entries(world, awa) == ["Commun"]
    assert await crumbs(world, awa, below) == ["Commun", "Équipe", "Détail"]
    with pytest.raises(AlreadySo):
        await folders.open_again(world.ws, world.steward, folder)


@in_network
async def test_the_name_of_a_closed_folder_blocks_nobody_and_tells_nobody(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    await world.grant(top, awa, Role.COORDINATOR)
    hidden = await world.folder("Commun/Licenciements", closed=True)
    mine = await folders.make(world.ws, awa, top, "licenciements")
    with pytest.raises(NameTaken):
        await folders.open_again(world.ws, world.steward, hidden)
    rows = (await folders.look(world.ws, world.steward, top)).folders
    assert [(row.name, row.short_id) for row in rows] == [
        ("Licenciements", ""), ("licenciements", f"n° {mine}")
    ]  # fmt: skip
    await folders.rename(world.ws, awa, mine, "Autre")
    await world.deposit(awa, top, "licenciements")
    with pytest.raises(NameTaken):
        await folders.open_again(world.ws, world.steward, hidden)
    await folders.rename(world.ws, world.steward, hidden, "Effectifs")
    await folders.open_again(world.ws, world.steward, hidden)
    assert await seen(world, awa, top) == ["Autre", "Effectifs"]
    with pytest.raises(NameTaken):
        await folders.rename(world.ws, awa, mine, "effectifs")


@in_network
async def test_who_closes_coordinates_unless_she_names_another(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    await world.grant(top, awa, Role.COORDINATOR)
    hers = await world.folder("Commun/Hers")
    theirs = await world.folder("Commun/Theirs")
    await folders.close(world.ws, awa, hers)
    assert (await folders.look(world.ws, awa, hers)).folder.allows(Action.CLOSE)
    with pytest.raises(NotFound):
        await folders.look(world.ws, world.steward, hers)
    await folders.close(world.ws, awa, theirs, coordinator=world.steward.person_id)
    with pytest.raises(NotFound):
        await folders.look(world.ws, awa, theirs)
    assert (await folders.look(world.ws, world.steward, theirs)).folder.is_closed


@in_network
async def test_opening_needs_reading_the_folder_above_and_a_top_one_opens_freely(
    world: World,
) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    closed = await world.folder("Commun/Équipe", closed=True)
    await world.grant(closed, awa, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        await folders.open_again(world.ws, awa, closed)
    await world.grant(top, awa)
    await folders.open_again(world.ws, awa, closed)
    await folders.close(world.ws, world.steward, top)
    await folders.open_again(world.ws, world.steward, top)
    assert await seen(world, awa, top) == ["Équipe"]


@in_network
async def test_a_closed_folder_moves_without_taking_a_name(world: World) -> None:
    await world.folder("A/Même")
    closed = await world.folder("B/Même", closed=True)
    above = await folders.find(world.ws, world.steward, "A")
    await folders.move(world.ws, world.steward, closed, above)
    assert await seen(world, world.steward, above) == ["Même", "Même"]
    # A twin in the trash of names: moving out gives nothing away that it never took.
    await folders.move(world.ws, world.steward, closed, None)
    with pytest.raises(NameTaken):
        await folders.make(world.ws, world.steward, above, "même")


@in_network
async def test_a_listing_filters_sorts_and_pages(world: World) -> None:
    folder = await world.folder("A")
    for name, size in (("b%.txt", 3), ("a_1.txt", 1), ("É!.txt", 2)):
        world.clock.forward(seconds=1)
        await world.deposit(world.steward, folder, name, b"x" * size)

    async def listed(**asked: object) -> list[str]:
        found = await folders.look(world.ws, world.steward, folder, **asked)  # type: ignore[arg-type]
        assert found.total == len(found.documents)
        return [row.name for row in found.documents]

    assert await listed() == ["a_1.txt", "b%.txt", "É!.txt"]
    assert await listed(sort="-name") == ["É!.txt", "b%.txt", "a_1.txt"]
    assert await listed(sort="changed") == ["b%.txt", "a_1.txt", "É!.txt"]
    assert await listed(sort="-changed") == ["É!.txt", "a_1.txt", "b%.txt"]
    assert await listed(sort="size") == ["a_1.txt", "É!.txt", "b%.txt"]
    assert await listed(sort="-size") == ["b%.txt", "É!.txt", "a_1.txt"]
    assert await listed(contains="é") == ["É!.txt"]
    for special, found in (("%", ["b%.txt"]), ("_", ["a_1.txt"]), ("!", ["É!.txt"])):
        assert await listed(contains=special) == found
    assert await listed(contains="absent") == []
    with pytest.raises(Invalid):
        await listed(sort="name; DROP TABLE documents")


@in_network
async def test_pages_of_a_large_folder_follow_one_another(world: World) -> None:
    folder = await world.folder("A")
    first = await world.deposit(world.steward, folder, "000.txt")
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)"
        " INSERT INTO documents (folder_id, name, sort_key, version, created_at, changed_at)"
        " SELECT :folder, printf('%03d.txt', i), printf('%03d.txt', i), 1, 0, 0 FROM n",
        folder=folder,
    )
    await world.change(
        "INSERT INTO versions (document_id, number, sha256, size_bytes, media_type, author_id,"
        " created_at) SELECT id, 1, '', 0, '', 1, 0 FROM documents WHERE id <> :first",
        first=first.document_id,
    )
    for page, number, count in ((1, 1, 200), (3, 3, 51), (10**18, 3, 51), (-1, 1, 200)):
        found = await folders.look(world.ws, world.steward, folder, page=page)
        assert (found.page, found.pages, found.total) == (number, 3, 451)
        assert len(found.documents) == count
        assert found.documents[0].name == f"{(number - 1) * 200:03d}.txt"


@in_network
async def test_home_shows_the_newest_that_she_may_read_only(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa, Role.CONTRIBUTOR)
    await world.deposit(world.steward, shown, "un.txt")
    await world.deposit(world.steward, hidden, "secret.txt")
    world.clock.forward(seconds=1)
    await world.deposit(awa, shown, "deux.txt")
    home = await folders.home(world.ws, awa)
    assert [(row.name, row.organisation, folder) for row, folder in home.latest] == [
        ("deux.txt", "Mairie", "Commun"), ("un.txt", "", "Commun")
    ]  # fmt: skip
    assert len((await folders.home(world.ws, world.steward)).latest) == 3


@in_network
async def test_places_are_the_tree_of_where_she_may_act(world: World) -> None:
    awa = await world.person("Awa")
    await world.folder("A/B/C")
    await world.folder("A/D")
    await world.folder("E")
    b = await folders.find(world.ws, world.steward, "A/B")
    d = await folders.find(world.ws, world.steward, "A/D")
    await world.grant(b, awa, Role.CONTRIBUTOR)
    await world.grant(d, awa)

    async def places(actor: Actor, action: Action) -> list[str]:
        return ["." * one.depth + one.name for one in await folders.places(world.ws, actor, action)]

    assert await places(awa, Action.ADD) == ["B", ".C"]
    assert await places(awa, Action.READ) == ["B", ".C", "D"]
    assert await places(world.steward, Action.ORGANISE) == ["A", ".B", "..C", ".D", "E"]
    assert await places(awa, Action.SHARE) == []


@in_network
async def test_a_path_is_found_from_her_entry_points_and_nowhere_else(world: World) -> None:
    awa = await world.person("Awa")
    c = await world.folder("A/B/C")
    b = await folders.find(world.ws, world.steward, " a / b ")
    await world.grant(b, awa)
    assert await folders.find(world.ws, awa, "B//C/") == c
    for path in ("A/B/C", "B/C/D", "", " / ", "A"):
        with pytest.raises(NotFound):
            await folders.find(world.ws, awa, path)


@in_network
async def test_a_refused_act_changes_nothing_of_the_folder(world: World) -> None:
    top = await world.folder("A")
    await world.folder("A/B")
    before = await folders.look(world.ws, world.steward, top)
    for name in ("B", "", "x/y"):
        with pytest.raises((Clash, BadName)):
            await folders.make(world.ws, world.steward, top, name)
    assert await folders.look(world.ws, world.steward, top) == before


@in_network
async def test_who_may_not_add_has_no_way_around_by_a_folder_of_her_own(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    await world.grant(top, awa, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        await folders.make(world.ws, awa, top, "Sous-dossier")
    done = await world.deposit(awa, top, "note.txt")
    await documents.rename(world.ws, awa, done.document_id, "autre.txt")


@in_network
async def test_lists_stand_in_french_order_and_the_filter_forgives_accents(world: World) -> None:
    top = await world.folder("Commun")
    for name in ("Pages blanches.txt", "Évaluation.txt", "œuvres.txt", "Zone.txt", "etat.txt"):
        await world.deposit(world.steward, top, name, name.encode())
    for name in ("Zones", "Écoles", "Mobilité"):
        await folders.make(world.ws, world.steward, top, name)
    found = await folders.look(world.ws, world.steward, top)
    assert [row.name for row in found.folders] == ["Écoles", "Mobilité", "Zones"]
    names_found = [row.name.removesuffix(".txt") for row in found.documents]
    assert names_found == ["etat", "Évaluation", "œuvres", "Pages blanches", "Zone"]
    filtered = await folders.look(world.ws, world.steward, top, contains="EVAL")
    assert [row.name for row in filtered.documents] == ["Évaluation.txt"]


@in_network
async def test_a_deposit_dates_the_folders_above_but_never_past_a_closed_one(world: World) -> None:
    top, closed = await world.folder("Commun"), await world.folder("Commun/Bureau", closed=True)
    inside = await folders.make(world.ws, world.steward, closed, "Notes")
    before = (await folders.home(world.ws, world.steward)).entries[0].changed_at
    world.clock.forward(days=1)
    await world.deposit(world.steward, inside, "note.txt", b"interne")
    assert (await folders.home(world.ws, world.steward)).entries[0].changed_at == before
    listing = await folders.look(world.ws, world.steward, top)
    assert listing.folders[0].changed_at == world.clock()
    await world.deposit(world.steward, top, "commun.txt", b"commun")
    assert (await folders.home(world.ws, world.steward)).entries[0].changed_at == world.clock()


@in_network
async def test_a_coordination_that_ends_becomes_lasting_by_no_move_nor_by_another_name(
    world: World,
) -> None:
    """Dee coordinates one folder until tomorrow and another for good."""
    dee = await world.person("Dee")
    ending, lasting = await world.folder("Groupe"), await world.folder("À elle")
    inside = await world.folder("Groupe/Dedans")
    beside = await world.folder("Groupe/À côté")
    await world.grant(ending, dee, Role.COORDINATOR, until=world.today(plus=1))
    await world.grant(lasting, dee, Role.COORDINATOR)
    with pytest.raises(Forbidden):
        await folders.move(world.ws, dee, inside, lasting)
    with pytest.raises(Forbidden):
        await folders.make(world.ws, dee, ending, "Neuf", coordinator=dee.person_id)
    await folders.move(world.ws, dee, inside, beside)  # it ends there on the same day
    await folders.move(world.ws, world.steward, inside, lasting)
    await folders.move(world.ws, dee, inside, beside)  # hers for good, into what ends
    world.clock.forward(days=2)
    with pytest.raises(NotFound):
        await folders.enter(world.ws, await world.actor("dee@example.org"), inside, Action.READ)
