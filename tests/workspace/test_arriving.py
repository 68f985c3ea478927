"""Where deposits arrive: trees are made on the way, names in use do what was asked."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from atelier import access
from atelier.errors import BadName, Forbidden, Invalid, NameTaken, NotFound
from atelier.model import names
from atelier.model.deposits import Taken
from atelier.model.documents import Deposited
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.workspace import arriving, deposits, documents, folders, journal
from tests.builders import World, chunks, in_network


async def bring(
    world: World,
    by: Actor,
    folder: FolderId,
    path: str,
    content: bytes = b"Bonjour.",
    *,
    taken: Taken = Taken.REVISE,
) -> Deposited:
    """A deposit at `A/B/name` below a folder."""
    *tree, name = path.split("/")
    incoming = await deposits.begin(world.ws, by, folder, name, path=tuple(tree), taken=taken)
    return await deposits.receive(world.ws, by, incoming, chunks(content))


async def tree(world: World, folder: FolderId, by: Actor | None = None) -> dict[str, object]:
    """Folders as dictionaries, documents as their version."""
    found = await folders.look(world.ws, by or world.steward, folder)
    below = {row.name: await tree(world, row.id, by) for row in found.folders}
    return below | {row.name: row.version for row in found.documents}


@in_network
async def test_a_dropped_tree_is_made_once_by_who_may_add(world: World) -> None:
    awa, bea = await world.person("Awa", of="Mairie"), await world.person("Béa")
    folder = await world.folder("Commun")
    await world.grant(folder, bea)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        await bring(world, bea, folder, "Photos/2026/a.jpg")
    for path in ("Photos/2026/a.jpg", "photos/2026/b.jpg", "Photos/c.jpg", "d.jpg"):
        await bring(world, awa, folder, path)
    grown = {"Photos": {"2026": {"a.jpg": 1, "b.jpg": 1}, "c.jpg": 1}, "d.jpg": 1}
    assert await tree(world, folder) == await tree(world, folder, bea) == grown
    photos = (await folders.look(world.ws, world.steward, folder)).folders[0].id
    lines = (await journal.of_folder(world.ws, world.steward, photos)).lines
    (made,) = [line for line in lines if line.verb == "folder_made"]
    assert (made.person, made.organisation, made.facts) == ("Awa", "Mairie", {"name": "Photos"})
    await bring(world, awa, folder, "Photos/2026/a.jpg", b"encore")
    assert (await tree(world, folder))["Photos"] == {"2026": {"a.jpg": 2, "b.jpg": 1}, "c.jpg": 1}


@in_network
async def test_many_at_once_into_one_new_tree_make_it_once(world: World) -> None:
    folder = await world.folder("Commun")
    await asyncio.gather(
        *(bring(world, world.steward, folder, f"Un/Deux/{n}.txt", b"%d" % n) for n in range(12))
    )
    assert await tree(world, folder) == {"Un": {"Deux": {f"{n}.txt": 1 for n in range(12)}}}


@in_network
async def test_a_document_in_the_way_of_a_tree_is_told_and_nothing_is_made(world: World) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "Photos")
    for path in ("photos/a.jpg", "PHOTOS/2026/a.jpg"):
        with pytest.raises(NameTaken) as refusal:
            await bring(world, world.steward, folder, path)
        assert refusal.value.kind == "document"
    late = await deposits.begin(
        world.ws, world.steward, folder, "a.jpg", path=("Neuf", "Deux", "Trois")
    )
    above = await world.folder("Commun/Neuf")
    await world.deposit(world.steward, above, "Deux")
    with pytest.raises(NameTaken):
        await deposits.receive(world.ws, world.steward, late, chunks(b"x"))
    assert await tree(world, folder) == {"Photos": 1, "Neuf": {"Deux": 1}}


@in_network
async def test_a_closed_folder_on_the_way_is_as_if_it_were_not_there(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    closed = await world.folder("Commun/Direction", closed=True)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    done = await bring(world, awa, folder, "Direction/a.txt")
    assert await tree(world, folder, awa) == {"Direction": {"a.txt": 1}}
    assert await tree(world, closed) == {}
    look = await documents.look(world.ws, awa, done.document_id)
    assert look.folder.id != closed
    with pytest.raises(NotFound):
        await bring(world, awa, closed, "Direction/a.txt")


@in_network
async def test_names_of_a_tree_are_checked_and_its_depth_and_length_are_bounded(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    for part in ("", " ", "..", "a\\b", "a\0", "\udcff", "x" * 256):
        with pytest.raises(BadName) as refusal:
            await bring(world, world.steward, folder, f"{part}/a.txt")
        assert refusal.value.field == "path"
    for levels, part, fault in (
        (64, "a", "too_deep"),
        (100_000, "a", "too_deep"),
        (16, "x" * 250, "path_too_long"),
    ):
        with pytest.raises(Invalid) as fault_:
            await bring(world, world.steward, folder, "/".join([part] * levels + ["a.txt"]))
        assert (fault_.value.field, fault_.value.fault) == ("path", fault)
    assert await tree(world, folder) == {}
    await bring(world, world.steward, folder, "/".join(["a"] * 63 + ["a.txt"]))
    with pytest.raises(Invalid):  # the folders that are there count too
        await bring(world, world.steward, folder, "/".join(["A"] * 63 + ["b", "a.txt"]))
    await bring(world, world.steward, folder, "/".join(["x" * 250] * 15 + ["a.txt"]))


@in_network
async def test_a_name_in_use_is_revised_kept_beside_or_refused_as_asked(world: World) -> None:
    folder = await world.folder("Commun")
    await bring(world, world.steward, folder, "Été.pdf", b"un", taken=Taken.REFUSE)
    with pytest.raises(NameTaken) as refusal:
        await bring(world, world.steward, folder, "été.PDF", b"deux", taken=Taken.REFUSE)
    assert (refusal.value.name, refusal.value.kind) == ("été.PDF", "document")
    incoming = await deposits.begin(
        world.ws, world.steward, folder, "été.PDF", taken=Taken.REFUSE, size_bytes=2
    )
    again = await deposits.receive(world.ws, world.steward, incoming, chunks(b"un"))
    assert (again.name, again.is_new_version) == ("Été.pdf", False)  # her own request once more
    beside = await bring(world, world.steward, folder, "été.PDF", b"deux", taken=Taken.KEEP_BOTH)
    assert (beside.name, beside.version, beside.is_new_document) == ("été (2).PDF", 1, True)
    third = await bring(world, world.steward, folder, "Été.pdf", b"trois", taken=Taken.KEEP_BOTH)
    assert third.name == "Été (3).pdf"
    revised = await bring(world, world.steward, folder, "Été.pdf", b"quatre")
    assert (revised.version, revised.is_new_document) == (2, False)
    assert await tree(world, folder) == {"Été.pdf": 2, "été (2).PDF": 1, "Été (3).pdf": 1}
    late = await deposits.begin(world.ws, world.steward, folder, "neuf", taken=Taken.REFUSE)
    await bring(world, world.steward, folder, "neuf", b"un")
    with pytest.raises(NameTaken):
        await deposits.receive(world.ws, world.steward, late, chunks(b"deux"))


@in_network
async def test_keeping_both_again_with_bytes_met_on_the_way_adds_nothing(world: World) -> None:
    folder = await world.folder("Commun")
    for content in (b"un", b"deux", b"trois"):
        await bring(world, world.steward, folder, "a.txt", content, taken=Taken.KEEP_BOTH)
    for name, content in (("a.txt", b"un"), ("a (2).txt", b"deux"), ("a (3).txt", b"trois")):
        again = await bring(world, world.steward, folder, "A.txt", content, taken=Taken.KEEP_BOTH)
        assert (again.name, again.version) == (name, 1)
        assert not again.is_new_document and not again.is_new_version
    assert len(await tree(world, folder)) == 3
    # Bytes of an older version are not what is there now.
    await bring(world, world.steward, folder, "a.txt", b"quatre")
    new = await bring(world, world.steward, folder, "a.txt", b"un", taken=Taken.KEEP_BOTH)
    assert new.name == "a (4).txt"


@in_network
async def test_keeping_both_passes_a_folder_of_the_name_by_and_needs_no_right_to_revise(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    await world.folder("Commun/a.txt")
    await world.deposit(world.steward, folder, "b.txt", b"un")
    row = access.ROLES[Role.READER]
    adding = dataclasses.replace(row, actions=row.actions | {Action.ADD})
    monkeypatch.setitem(access.ROLES, Role.READER, adding)
    await world.grant(folder, awa)
    for taken in (Taken.REVISE, Taken.REFUSE):
        with pytest.raises(NameTaken) as refusal:
            await bring(world, awa, folder, "a.txt", taken=taken)
        assert refusal.value.kind == "folder"
    with pytest.raises(Forbidden):
        await bring(world, awa, folder, "b.txt", b"deux")
    for name, kept in (("a.txt", "a (2).txt"), ("b.txt", "b (2).txt")):
        done = await bring(world, awa, folder, name, b"deux", taken=Taken.KEEP_BOTH)
        assert done.name == kept


@in_network
async def test_twins_without_end_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "MAX_TWINS", 60)
    folder = await world.folder("Commun")
    long = "é" * 125 + ".pdf"
    for number in range(100):
        content = b"%d" % number
        done = await bring(world, world.steward, folder, long, content, taken=Taken.KEEP_BOTH)
        assert len(done.name.encode()) <= names.MAX_NAME_BYTES and done.name.endswith(".pdf")
    with pytest.raises(NameTaken):
        await bring(world, world.steward, folder, long, b"de trop", taken=Taken.KEEP_BOTH)
    assert len(await tree(world, folder)) == 100
