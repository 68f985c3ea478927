"""Exports: everything, in plain folders and JSON, that need no Atelier to be read."""

from __future__ import annotations

import errno
import hashlib
import json
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from atelier.database.exports import DocumentRow, FolderRow
from atelier.errors import BlobMissing, CopyRefused, Fault, Forbidden, NoRoom
from atelier.files import Disk
from atelier.model.folders import Role
from atelier.model.journal import NetworkVerb
from atelier.workspace import documents, glossary, journal, layout, trash, upkeep
from atelier.workspace.exports import export
from tests.builders import World, in_network
from tests.faults import each_failure
from tests.workspace.test_backups import BIG, elsewhere
from tests.workspace.test_upkeep import blob_path


def told(folder: Path, name: str) -> Any:
    """What a JSON file of an export says."""
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an export but those of JSON, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".json"
    }


@in_network
async def test_everything_is_there_in_its_folders_with_older_versions_beside(world: World) -> None:
    awa = await world.person("Awa", of="CH d'Argentan")
    folder = await world.folder("Réunions/2026 : printemps")
    await world.grant(folder, awa, Role.CONTRIBUTOR, until=date(2027, 1, 31))
    done = await world.deposit(awa, folder, "CR ?.txt", b"un", comment="premier jet")
    await world.revise(world.steward, done.document_id, b"deux")
    await world.deposit(world.steward, folder, "plan", BIG)
    closed = await world.folder("Réunions/Bureau", closed=True)
    await world.deposit(world.steward, closed, "vide.txt", b"")
    target = elsewhere(world) / "export"
    made = await export(world.ws, world.steward, target)
    assert (made.path, made.documents, made.versions, made.lost) == (target, 3, 4, ())
    found = files(target)
    readme = found.pop("LISEZ-MOI.txt").decode()
    assert "Atelier d'essai" in readme and "mots de passe" in readme
    assert found == {
        "Dossiers/Réunions/2026 ： printemps/CR ？.txt": b"deux",
        "Dossiers/Réunions/2026 ： printemps/Versions précédentes/CR ？.txt/version 1.txt": b"un",
        "Dossiers/Réunions/2026 ： printemps/plan": BIG,
        "Dossiers/Réunions/Bureau/vide.txt": b"",
    }
    for document in told(target, "documents"):
        assert document["path"] == document["versions"][-1]["path"]
        for version in document["versions"]:
            assert hashlib.sha256(found[version["path"]]).hexdigest() == version["sha256"]
    first = told(target, "documents")[0]["versions"][0]
    assert (first["author"], first["organisation"]) == ("Awa", "CH d'Argentan")
    assert (first["comment"], first["number"]) == ("premier jet", 1)
    assert first["created_at"].startswith("2026-03-12T09:00")
    assert not list(target.parent.glob(".*"))


@in_network
async def test_rights_people_and_journals_are_told(world: World) -> None:
    awa = await world.person("Awa", of="CH d'Argentan")
    group = await world.group("Précarité", "awa@example.org")
    folder = await world.folder("Réunions")
    for subject, role in ((awa, Role.READER), (group, Role.CONTRIBUTOR), (None, Role.READER)):
        await world.grant(folder, subject, role)
    await world.deposit(world.steward, folder, "a.txt", b"un")
    await glossary.add(world.ws, world.steward, "CLS", "contrat local ; contrat")
    target = elsewhere(world) / "export"
    await export(world.ws, world.steward, target)
    (there,) = told(target, "folders")
    access = [(one["to"], one["name"], one["role"], one["until"]) for one in there["access"]]
    assert access == [
        ("person", "marie", "coordinator", None),
        ("person", "Awa", "reader", None),
        ("group", "Précarité", "contributor", None),
        ("network", "Atelier d'essai", "reader", None),
    ]
    people = {one["email"]: one for one in told(target, "people")}
    (place,) = people["awa@example.org"]["memberships"]
    assert place["organisation"] == told(target, "organisations")[0]["id"]
    (working,) = told(target, "groups")
    assert working["members"] == [{"membership": place["id"], "is_coordinator": False}]
    (term,) = told(target, "glossary")
    assert (term["term"], term["meanings"]) == ("CLS", ["contrat local", "contrat"])
    assert [one["verb"] for one in told(target, "journal")][-1] == "deposited"
    assert told(target, "journal")[-1]["facts"]["name"] == "a.txt"
    assert told(target, "network-journal")[-1]["verb"] == NetworkVerb.WORKSPACE_EXPORTED
    for path in target.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert "password" not in text and "token" not in text and "argon2" not in text
    manifest = told(target, "manifest")
    assert (manifest["documents"], manifest["versions"], manifest["lost"]) == (1, 1, [])
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((target / name).read_bytes()).hexdigest() == digest
    names = {path.name for path in target.iterdir() if path.is_file()}
    assert names == {*manifest["sha256"], "manifest.json"}


@in_network
async def test_what_is_in_the_trash_comes_along_apart(world: World) -> None:
    folder = await world.folder("Réunions")
    closed = await world.folder("Réunions/Bureau", closed=True)
    below = await world.folder("Réunions/2025")
    gone = await world.deposit(world.steward, folder, "a.txt", b"jete")
    await trash.remove_document(world.ws, world.steward, gone.document_id)
    await world.deposit(world.steward, folder, "a.txt", b"garde")
    await world.deposit(world.steward, closed, "b.txt", b"reste")
    await world.deposit(world.steward, below, "c.txt", b"avec")
    target = elsewhere(world) / "export"
    await export(world.ws, world.steward, target)
    found = files(target)
    assert found["Dossiers/Réunions/a.txt"] == b"garde"
    assert found["Corbeille/Réunions/a (2).txt"] == b"jete"
    await world.change("UPDATE folders SET removed_at = 1 WHERE name = 'Réunions'")
    await export(world.ws, world.steward, elsewhere(world) / "other")
    found = files(elsewhere(world) / "other")
    assert found["Corbeille/Réunions/a.txt"] == b"garde"
    assert found["Corbeille/Réunions/2025/c.txt"] == b"avec"
    assert found["Dossiers/Réunions/Bureau/b.txt"] == b"reste"


@in_network
async def test_only_stewards_export_and_the_network_reads_of_it(world: World) -> None:
    awa = await world.person("Awa", of="CH d'Argentan")
    folder = await world.folder("Commun")
    await world.grant(folder, awa, Role.COORDINATOR)
    target = elsewhere(world) / "export"
    with pytest.raises(Forbidden):
        await export(world.ws, awa, target)
    assert not target.exists()
    # What no grant of hers opens is exported too, and that is why everybody can read of it.
    alone = await world.folder("À part", by=world.steward)
    await world.grant(alone, awa, Role.COORDINATOR)
    await export(world.ws, world.steward, target)
    line = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert line.verb is NetworkVerb.WORKSPACE_EXPORTED and line.person == "marie"


@in_network
async def test_lost_bytes_are_told_and_the_rest_is_exported(world: World) -> None:
    folder = await world.folder("Commun")
    for name, content in (("a.txt", b"un"), ("b.txt", b"deux"), ("c.txt", b"trois")):
        await world.deposit(world.steward, folder, name, content)
    hashes = [hashlib.sha256(content).hexdigest() for content in (b"un", b"deux")]
    blob_path(world, hashes[0]).unlink()
    blob_path(world, hashes[1]).chmod(0o600)
    blob_path(world, hashes[1]).write_bytes(b"DEUX")
    target = elsewhere(world) / "export"
    assert (await export(world.ws, world.steward, target)).lost == tuple(hashes)
    assert {name for name in files(target) if "/" in name} == {"Dossiers/Commun/c.txt"}
    paths = [one["versions"][0]["path"] for one in told(target, "documents")]
    assert paths == [None, None, "Dossiers/Commun/c.txt"]
    assert told(target, "manifest")["lost"] == hashes


@in_network
async def test_what_the_disk_cannot_give_back_is_lost_and_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")

    async def unreadable(self: object, offset: int, length: int) -> bytes:
        raise BlobMissing("un")

    opened = await world.ws.blobs.open(hashlib.sha256(b"un").hexdigest())
    opened.close()
    monkeypatch.setattr(type(opened), "read", unreadable)
    made = await export(world.ws, world.steward, elsewhere(world) / "export")
    assert made.lost == (hashlib.sha256(b"un").hexdigest(),)
    assert not (made.path / "Dossiers" / "Commun" / "a.txt").exists()


@in_network
async def test_an_export_overwrites_nothing_and_goes_elsewhere(world: World) -> None:
    folder = elsewhere(world)
    (folder / "full").mkdir()
    (folder / "full" / "mine").touch()
    for target, fault in (
        (folder / "full", "not_empty"),
        (folder / "full" / "mine", "taken"),
        (folder / "absent" / "x", "no_folder"),
        (folder / ("x" * 300), "unreadable"),
        (world.data / "x", "inside"),
    ):
        with pytest.raises(CopyRefused) as refused:
            await export(world.ws, world.steward, target)
        assert refused.value.fault == fault
    (folder / "empty").mkdir()
    assert (await export(world.ws, world.steward, folder / "empty")).documents == 0
    assert told(folder / "empty", "documents") == []


@in_network
async def test_an_export_is_one_moment_while_people_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.deposit(world.steward, folder, "b.txt", b"deux")
    opened = world.ws.blobs.open

    async def meanwhile(sha256: str) -> object:
        await world.deposit(world.steward, folder, f"{sha256}.txt", sha256.encode())
        for table in ("index_entries", "journal", "names", "jobs", "versions", "documents"):
            await world.change(f"DELETE FROM {table}")
        assert await upkeep.collect(world.ws, older_than_seconds=-60) == 0
        return await opened(sha256)

    monkeypatch.setattr(world.ws.blobs, "open", meanwhile)
    made = await export(world.ws, world.steward, elsewhere(world) / "export")
    assert (made.documents, made.lost) == (2, ())


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@in_network
async def test_an_export_whose_disk_fails_anywhere_leaves_nothing(world: World, error: int) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    place = elsewhere(world)
    count = 0
    for plan in each_failure(error):
        count += 1
        try:
            await export(world.ws, world.steward, place / f"{count}", disk=plan.disk)
        except (Fault, CopyRefused):
            left = [path for path in place.iterdir() if path.name.startswith(".")]
            assert not (place / f"{count}").exists()
            assert left == [] or (plan.failed == ["lock"] and not any(left[0].iterdir()))
            for path in left:
                path.rmdir()
        else:
            assert plan.failed in ([], ["remove"])
    assert count > 40
    assert (await export(world.ws, world.steward, place / "last")).lost == ()


@in_network
async def test_an_export_needs_room_before_it_begins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    monkeypatch.setattr(Disk, "free_bytes", lambda self, path: 1)
    with pytest.raises(NoRoom):
        await export(world.ws, world.steward, elsewhere(world) / "export")
    assert list(elsewhere(world).iterdir()) == []


def row(number: int, parent: int | None, name: str, *, removed: bool = False) -> FolderRow:
    """A folder, open."""
    return FolderRow(number, parent, name, False, removed, {})


def document(number: int, name: str, versions: int = 1) -> DocumentRow:
    """A document that stands."""
    told = {"versions": [{"number": each} for each in range(1, versions + 1)]}
    return DocumentRow(number, name, versions, False, told)


def test_names_that_are_one_elsewhere_are_kept_apart() -> None:
    rows = [row(1, None, "Bureau"), row(2, None, "bureau"), row(3, None, "BUREAU", removed=True)]
    assert [str(one.root()) for one in layout.placed(rows)] == [
        "Dossiers/Bureau", "Dossiers/bureau (2)", "Corbeille/BUREAU (3)",
    ]  # fmt: skip
    (place,) = layout.placed([row(1, None, "A")])
    beside = [row(2, 1, "Versions précédentes"), row(3, 1, "Notes.txt")]
    given = [document(1, "notes.txt", versions=2), document(2, "Versions précédentes")]
    assert [str(one.path) for one in layout.files(place, beside, given)] == [
        "Dossiers/A/Versions précédentes (2)/notes (2).txt/version 1.txt",
        "Dossiers/A/notes (2).txt",
        "Dossiers/A/Versions précédentes (3)",
    ]


def test_names_and_paths_that_are_too_long_are_cut_and_told() -> None:
    long = "é" * 127
    rows = [row(number, number - 1 or None, long) for number in range(1, 65)]
    placed = list(layout.placed(rows))
    assert len({one.root() for one in placed}) == 64
    for one in placed:
        assert len(str(one.root()).encode()) < 2_300
        assert all(len(part.encode()) <= 255 for part in one.root().parts)
    (file,) = layout.files(placed[-1], [], [document(1, f"{long}.pdf")])
    assert file.path.suffix == ".pdf" and len(file.path.name.encode()) <= 210
    assert file.path.is_relative_to(PurePosixPath(layout.LONG))


@in_network
async def test_a_folder_called_as_the_one_of_long_paths_is_in_nobodys_way(world: World) -> None:
    below: str = "T"
    for number in range(12):
        below += f"/{'é' * 90}{number}"
        await world.deposit(world.steward, await world.folder(below), "x.txt", b"deep")
    called = await world.folder(layout.LONG)
    for number in range(1, int(called)):
        same = await world.folder(f"{layout.LONG}/{number}")
        await world.deposit(world.steward, same, "x.txt", b"other")
    target = elsewhere(world) / "export"
    await export(world.ws, world.steward, target)
    found = files(target)
    assert found[f"Dossiers/{layout.LONG}/1/x.txt"] == b"other"
    long = {content for path, content in found.items() if path.startswith(f"{layout.LONG}/")}
    assert long == {b"deep"}
    assert sum(content == b"deep" for content in found.values()) == 12


@in_network
async def test_what_a_planted_link_leads_to_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = elsewhere(world)
    precious = place / "precious" / "mine"
    precious.parent.mkdir()
    precious.touch()
    beside = place / ".export.unfinished"
    for leads_to in (precious.parent, precious, place / "nowhere"):
        beside.symlink_to(leads_to)
        with pytest.raises(CopyRefused) as refused:
            await export(world.ws, world.steward, place / "export")
        assert (refused.value.place, refused.value.fault) == (str(beside), "taken")
        assert [path.name for path in precious.parent.iterdir()] == ["mine"]
        assert beside.is_symlink() and not (place / "nowhere").exists()
        beside.unlink()
    beside.mkdir()
    with monkeypatch.context() as patched, pytest.raises(CopyRefused) as refused:
        patched.setattr("os.geteuid", lambda: beside.stat().st_uid + 1)
        await export(world.ws, world.steward, place / "export")
    assert refused.value.fault == "taken" and beside.is_dir(), "somebody else's"
    await export(world.ws, world.steward, place / "export")


@in_network
async def test_documents_read_by_nobody_are_exported_as_they_are(world: World) -> None:
    """What a document holds is not looked at: its bytes are its bytes."""
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "x.html", b"<script>alert(1)</script>")
    target = elsewhere(world) / "export"
    await export(world.ws, world.steward, target)
    look = await documents.look(world.ws, world.steward, done.document_id)
    assert told(target, "documents")[0]["versions"][0]["sha256"] == look.document.current.sha256
