"""What an archive holds: the tree, current versions, what may be read, and no more."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path

import pytest

from atelier.blobs.places import place
from atelier.errors import ArchiveTooLarge, BlobMissing, NotFound
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.workspace import archives, documents, sharing, trash
from atelier.workspace.archives import Archive, Entry
from tests.builders import World, in_network, network

LINES = "SELECT document || ':' || version || ':' || act || ':' || person FROM access_log"


def paths(archive: Archive) -> list[str]:
    return [entry.path for entry in archive.entries]


async def given(world: World, actor: Actor, entry: Entry) -> bytes:
    pieces = archives.contents(world.ws, actor, entry, piece_bytes=4)
    return b"".join([piece async for piece in pieces])


async def noted(world: World) -> list[object]:
    await world.ws.trail.flush()
    return await world.values(LINES)


@in_network
async def test_a_folder_keeps_its_tree_and_gives_current_versions(world: World) -> None:
    top, inside = await world.folder("Réunions"), await world.folder("Réunions/2026/Été")
    await world.folder("Réunions/Vide")
    done = await world.deposit(world.steward, top, "bilan.txt", b"ancien")
    await world.revise(world.steward, done.document_id, b"nouveau")
    await world.deposit(world.steward, top, "Avis.txt", b"avis")
    await world.deposit(world.steward, inside, "ordre du jour.txt", b"ordre")
    await world.deposit(world.steward, await world.folder("Ailleurs"), "x.txt")
    archive = await archives.of_folder(world.ws, world.steward, top)
    assert (archive.folder, archive.lost, archive.gone) == ("Réunions", (), 0)
    assert paths(archive) == [
        "Réunions/",
        "Réunions/Avis.txt",
        "Réunions/bilan.txt",
        "Réunions/2026/",
        "Réunions/2026/Été/",
        "Réunions/2026/Été/ordre du jour.txt",
        "Réunions/Vide/",
    ]
    contents = [await given(world, world.steward, entry) for entry in archive.entries]
    assert contents == [b"", b"avis", b"nouveau", b"", b"", b"ordre", b""]
    assert [len(content) for content in contents] == [one.size_bytes for one in archive.entries]
    assert archive.entries[2].at == world.clock() and archive.entries[2].version == 2


@in_network
async def test_what_may_not_be_read_or_was_removed_is_not_in_it(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Commun")
    closed = await world.folder("Commun/Fermé", closed=True)
    beneath = await world.folder("Commun/Fermé/Sien", closed=True)
    await world.grant(top, awa)
    await world.grant(beneath, awa)
    await world.deposit(world.steward, top, "lu.txt")
    await world.deposit(world.steward, closed, "secret.txt")
    await world.deposit(world.steward, beneath, "sien.txt")
    gone = await world.deposit(world.steward, top, "retiré.txt")
    await trash.remove_document(world.ws, world.steward, gone.document_id)
    removed = await world.folder("Commun/Retiré")
    await world.deposit(world.steward, removed, "dedans.txt")
    await trash.remove_folder(world.ws, world.steward, removed)
    hers = paths(await archives.of_folder(world.ws, awa, top))
    assert hers == ["Commun/", "Commun/lu.txt"]
    everything = paths(await archives.of_folder(world.ws, world.steward, top))
    assert "Commun/Fermé/Sien/sien.txt" in everything and len(everything) == 6
    for missing in (closed, removed, 999_999):
        with pytest.raises(NotFound):
            await archives.of_folder(world.ws, awa, missing)  # type: ignore[arg-type]


@in_network
async def test_a_selection_gives_what_stands_in_that_folder_and_counts_the_rest(
    world: World,
) -> None:
    awa, top = await world.person("Awa"), await world.folder("Commun")
    other = await world.folder("Autre")
    await world.grant(top, awa)
    kept = await world.deposit(world.steward, top, "b.txt", b"b")
    also = await world.deposit(world.steward, top, "a.txt", b"a")
    removed = await world.deposit(world.steward, top, "c.txt", b"c")
    hidden = await world.deposit(world.steward, other, "caché.txt", b"d")
    await trash.remove_document(world.ws, world.steward, removed.document_id)
    wanted = [one.document_id for one in (kept, also, removed, hidden)]
    archive = await archives.of_documents(world.ws, awa, top, [*wanted, *wanted])
    assert (paths(archive), archive.gone) == (["a.txt", "b.txt"], 2)
    for nothing in ([hidden.document_id], [DocumentId(999_999)], [removed.document_id], []):
        with pytest.raises(NotFound) as caught:
            await archives.of_documents(world.ws, awa, top, nothing)
        assert caught.value.kind == "document"
    with pytest.raises(NotFound):
        await archives.of_documents(world.ws, awa, other, [hidden.document_id])
    with pytest.raises(ArchiveTooLarge):
        many = [DocumentId(number) for number in range(archives.MAX_CHOSEN + 1)]
        await archives.of_documents(world.ws, awa, top, many)


@in_network
async def test_a_right_that_is_lost_meanwhile_is_noticed(world: World) -> None:
    awa, top = await world.person("Awa"), await world.folder("Commun")
    secret = await world.folder("Secret")
    grant = await world.grant(top, awa)
    first = await world.deposit(world.steward, top, "a.txt")
    await world.deposit(world.steward, top, "b.txt")
    archive = await archives.of_folder(world.ws, awa, top)
    await archives.check(world.ws, awa, archive.entries)
    await archives.check(world.ws, awa, archive.entries[:1])
    await documents.move(world.ws, world.steward, first.document_id, secret)
    await archives.check(world.ws, awa, archive.entries[2:])
    with pytest.raises(NotFound):
        await archives.check(world.ws, awa, archive.entries)
    await sharing.withdraw(world.ws, world.steward, top, grant)
    with pytest.raises(NotFound):
        await archives.check(world.ws, awa, archive.entries[2:])


@in_network
async def test_each_document_that_is_given_has_its_line_and_a_list_has_none(world: World) -> None:
    top = await world.folder("Commun")
    for name in ("a.txt", "b.txt"):
        await world.deposit(world.steward, top, name)
    archive = await archives.of_folder(world.ws, world.steward, top)
    assert await noted(world) == []
    for entry in archive.entries[:2]:
        await given(world, world.steward, entry)
    document, person = archive.entries[1].document_id, world.steward.person_id
    assert await noted(world) == [f"{document}:1:download:{person}"]


@in_network
async def test_lost_bytes_are_left_out_and_told(world: World) -> None:
    top = await world.folder("Commun")
    await world.deposit(world.steward, top, "là.txt", b"bytes")
    await world.deposit(world.steward, top, "perdu.txt", b"lost bytes")
    await world.deposit(world.steward, top, "coupé.txt", b"cut bytes")
    before = await archives.of_folder(world.ws, world.steward, top)
    by_path = {entry.path: entry for entry in before.entries}
    for path, left in (("Commun/perdu.txt", None), ("Commun/coupé.txt", b"cut")):
        blob = place(world.data / "blobs", by_path[path].sha256)
        blob.unlink()
        if left is not None:
            blob.write_bytes(left)
        with pytest.raises(BlobMissing):
            await given(world, world.steward, by_path[path])
    archive = await archives.of_folder(world.ws, world.steward, top)
    assert paths(archive) == ["Commun/", "Commun/là.txt"]
    assert archive.lost == ("Commun/coupé.txt", "Commun/perdu.txt")
    assert await noted(world) == []


@in_network
async def test_bytes_that_are_cut_while_they_are_given_end_it(world: World) -> None:
    top = await world.folder("Commun")
    await world.deposit(world.steward, top, "a.txt", b"longer than a piece")
    archive = await archives.of_folder(world.ws, world.steward, top)
    entry = archive.entries[1]
    blob = place(world.data / "blobs", entry.sha256)
    pieces = archives.contents(world.ws, world.steward, entry, piece_bytes=4)
    assert await anext(pieces) == b"long"
    blob.chmod(0o600)
    os.truncate(blob, 6)
    with pytest.raises(BlobMissing):
        await anext(pieces)


@in_network
async def test_names_are_made_portable_and_twins_stay_apart(world: World) -> None:
    top = await world.folder("10:30")
    await world.folder("10:30/Dossier")
    await world.folder("10:30/dossier", closed=True)
    for name in ('a "b"?.txt', "con", "..point."):
        await world.deposit(world.steward, top, name)
    found = paths(await archives.of_folder(world.ws, world.steward, top))
    assert sorted(found) == sorted(
        [
            "10：30/",
            "10：30/a ＂b＂？.txt",
            "10：30/‛con",
            "10：30/..point．",
            "10：30/Dossier/",
            "10：30/dossier (2)/",
        ]
    )
    assert all(not path.startswith("/") and ".." not in path.split("/") for path in found)


@in_network
async def test_too_much_for_one_archive_is_refused_without_counting_the_hidden(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa, top = await world.person("Awa"), await world.folder("Commun")
    await world.grant(top, awa)
    closed = await world.folder("Commun/Fermé", closed=True)
    chosen = [(await world.deposit(world.steward, top, f"{n}.txt")).document_id for n in range(3)]
    await world.deposit(world.steward, closed, "caché.txt", bytes(100))
    monkeypatch.setattr(archives, "MAX_ENTRIES", 4)
    assert len((await archives.of_folder(world.ws, awa, top)).entries) == 4
    with pytest.raises(ArchiveTooLarge) as caught:
        await archives.of_folder(world.ws, world.steward, top)
    assert caught.value.max_entries == 4
    assert len((await archives.of_documents(world.ws, awa, top, chosen)).entries) == 3


def test_the_limit_of_bytes_is_a_setting(tmp_path: Path) -> None:
    async def told() -> None:
        async with network(tmp_path, LIMITS_MAX_ARCHIVE_BYTES="1000") as world:
            top, small = await world.folder("Commun"), await world.folder("Petit")
            await world.deposit(world.steward, top, "a.txt", bytes(600))
            await world.deposit(world.steward, top, "b.txt", bytes(500))
            await world.deposit(world.steward, small, "c.txt", bytes(600))
            with pytest.raises(ArchiveTooLarge) as caught:
                await archives.of_folder(world.ws, world.steward, top)
            assert caught.value.max_bytes == 1000
            assert len((await archives.of_folder(world.ws, world.steward, small)).entries) == 2

    asyncio.run(told())


def test_names_count_in_the_bytes_of_an_archive(tmp_path: Path) -> None:
    """Documents of one byte with long paths are a large archive too: a path stands in it twice."""

    async def told() -> None:
        async with network(tmp_path, LIMITS_MAX_ARCHIVE_BYTES="5000") as world:
            top = await world.folder("Commun")
            deep = await world.folder("Commun/" + "d" * 200)
            chosen = []
            for number in range(8):
                name = f"{number}{'n' * 200}"
                chosen.append((await world.deposit(world.steward, deep, name, b"1")).document_id)
            with pytest.raises(ArchiveTooLarge):
                await archives.of_folder(world.ws, world.steward, top)
            some = await archives.of_documents(world.ws, world.steward, deep, chosen)
            assert len(some.entries) == 8, "without the folders above them"

    asyncio.run(told())


@in_network
async def test_paths_beyond_what_is_held_at_once_are_refused_before_they_are_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = "\u202e" * 20  # each takes ten bytes in an archive
    top = await world.folder("Commun")
    deep = await world.folder(f"Commun/{marks}")
    chosen = [
        (await world.deposit(world.steward, deep, f"{number}.txt")).document_id
        for number in range(10)
    ]
    monkeypatch.setattr(archives, "MAX_PATH_BYTES", 1_000)
    with pytest.raises(ArchiveTooLarge):
        await archives.of_folder(world.ws, world.steward, top)
    some = await archives.of_documents(world.ws, world.steward, deep, chosen)
    assert len(some.entries) == 10


@in_network
async def test_one_who_looks_as_another_gets_what_both_may_read(world: World) -> None:
    awa, top = await world.person("Awa"), await world.folder("Commun")
    closed = await world.folder("Commun/Fermé", closed=True)
    await world.grant(top, awa)
    await world.deposit(world.steward, top, "lu.txt")
    await world.deposit(world.steward, closed, "secret.txt")
    as_awa = Subject(SubjectKind.PERSON, awa.person_id, "Awa")
    looking = dataclasses.replace(world.steward, seeing=as_awa)
    archive = await archives.of_folder(world.ws, looking, top)
    assert paths(archive) == ["Commun/", "Commun/lu.txt"]
    await given(world, looking, archive.entries[1])
    document = archive.entries[1].document_id
    assert await noted(world) == [f"{document}:1:download:{world.steward.person_id}"]
    with pytest.raises(NotFound):
        await archives.of_folder(world.ws, looking, closed)
