"""What people and programs may put into a drop folder to lead the worker astray."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from atelier.files import Disk
from atelier.worker.drop_folder import is_passed_by, twin
from atelier.workspace import documents
from tests.builders import in_network
from tests.worker.dropping import dropping, just_before


@in_network
async def test_links_pipes_and_sockets_are_left_where_they_are_and_told_once(world):
    one = await dropping(world)
    secret = world.data / "secret.txt"
    secret.write_bytes(b"secret")
    (world.data / "ailleurs").mkdir()
    (world.data / "ailleurs" / "autre.txt").write_bytes(b"secret aussi")
    (one.place / "lien.txt").symlink_to(secret)
    (one.place / "dossier").symlink_to(world.data / "ailleurs")
    os.link(secret, one.place / "dur.txt")
    os.mkfifo(one.place / "tuyau")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(_short(one.place / "prise"))
    for _ in range(3):
        await one.settle()
    one.restart()
    await one.settle()
    assert await one.listed() == []
    assert await one.told() == [
        ("dossier", "left", "link"), ("dur.txt", "left", "hard_link"), ("lien.txt", "left", "link"),
        ("prise", "left", "special"), ("tuyau", "left", "special"),
    ]  # fmt: skip
    assert one.on_disk() == [
        "dossier", "dur.txt", "lien.txt", "prise", "refused/dossier.txt", "refused/dur.txt.txt",
        "refused/lien.txt.txt", "refused/prise.txt", "refused/tuyau.txt", "tuyau",
    ]  # fmt: skip
    said = (one.place / "refused" / "lien.txt.txt").read_text("utf-8")
    assert said.startswith("lien.txt\n\nC’est un raccourci (lien)")
    assert "Copiez le fichier lui-même" in said
    assert secret.read_bytes() == b"secret"


@in_network
async def test_a_link_that_became_a_file_is_taken(world):
    one = await dropping(world)
    (one.place / "lien.txt").symlink_to(world.data / "config.toml")
    await one.settle()
    (one.place / "lien.txt").unlink()
    one.drop("lien.txt")
    await one.settle()
    assert await one.told() == [("lien.txt", "left", "link"), ("lien.txt", "added", "")]


@pytest.mark.parametrize("operation", ["open", "open_folder", "read"])
@in_network
async def test_a_folder_swapped_for_a_link_meanwhile_leads_nobody_out(world, operation):
    one = await dropping(world)
    outside = world.data / "dehors"
    outside.mkdir()
    (outside / "a.txt").write_bytes(b"secret")
    one.drop("lot/a.txt", b"permis")

    def swap() -> None:
        (one.place / "lot").rename(one.place / "lot d'avant")
        (one.place / "lot").symlink_to(outside)

    await one.served.look()
    world.clock.forward(seconds=6)
    about = "lot" if operation == "open_folder" else "a.txt"
    world.seam.behaviour = just_before(operation, about, swap)
    await one.served.look()
    await one.settle()
    await one.settle()
    found = [came for came in await one.arrivals() if came.document_id is not None]
    assert found and (outside / "a.txt").read_bytes() == b"secret"
    for came in found:
        content = await documents.content(world.ws, one.awa, came.document_id, 1)
        assert content.version.size_bytes == len(b"permis")
    assert ("lot", "left", "link") in await one.told()
    assert sorted(path.name for path in outside.iterdir()) == ["a.txt"]


@in_network
async def test_a_folder_that_is_a_link_each_time_it_is_entered_is_never_entered(world):
    one = await dropping(world)
    outside, lot, aside = world.data / "dehors", one.place / "lot", world.data / "lot d'avant"
    for folder in (outside, lot):
        folder.mkdir()
        (folder / "a.txt").write_bytes(b"x" * 9)

    def toggle(operation: str, path: Path) -> None:
        if path == lot and operation == "look" and lot.is_symlink():
            lot.unlink()
            aside.rename(lot)
        elif path == lot and operation == "open_folder" and not lot.is_symlink():
            lot.rename(aside)
            lot.symlink_to(outside)

    world.seam.behaviour = toggle
    for _ in range(3):
        await one.settle()
    assert await one.listed() == [] and await one.told() == []
    assert (outside / "a.txt").exists() and (aside / "a.txt").exists()


@in_network
async def test_done_swapped_for_a_link_takes_nothing_away(world):
    one = await dropping(world)
    outside = world.data / "dehors"
    outside.mkdir()
    (one.place / "done").rmdir()
    (one.place / "done").symlink_to(outside)
    one.drop("a.txt")
    await one.settle()
    assert await one.listed() == [] and list(outside.iterdir()) == []
    assert await one.told() == [("", "left", "fault")]
    (one.place / "done").unlink()
    world.clock.forward(seconds=60)
    await one.settle()
    assert await one.listed() == ["a.txt"]


@in_network
async def test_what_is_written_over_while_it_is_read_is_taken_as_it_ends(world):
    one = await dropping(world)
    path = one.drop("a.txt", b"premier")
    await one.served.look()
    world.clock.forward(seconds=6)
    world.seam.behaviour = just_before("read", "a.txt", lambda: path.write_bytes(b"second"))
    await one.served.look()
    assert await one.listed() == [] and await one.told() == []
    await one.settle()
    assert await one.told() == [("a.txt", "added", "")]
    assert (one.place / "done" / "a.txt").read_bytes() == b"second"


@in_network
async def test_a_file_that_took_the_place_of_another_in_the_instant_of_the_move_is_not_lost(world):
    one = await dropping(world)
    path = one.drop("a.txt", b"premier")

    def replace() -> None:
        path.rename(one.place / "done" / "par ailleurs.txt")
        path.write_bytes(b"second")

    await one.served.look()
    world.clock.forward(seconds=6)
    world.seam.behaviour = just_before("rename", "done/a.txt", replace)
    await one.served.look()
    assert one.on_disk() == ["a.txt", "done/par ailleurs.txt"]
    await one.settle()
    assert [came.outcome for came in await one.arrivals()] == ["added", "revised"]
    assert (one.place / "done" / "a.txt").read_bytes() == b"second"


@in_network
async def test_a_file_that_is_still_open_for_writing_waits(world):
    one = await dropping(world)
    with (one.place / "long.txt").open("wb") as writing:
        writing.write(b"la suite vient")
        writing.flush()
        await one.settle()
        await one.settle()
        if Disk().open(one.place / "long.txt").is_being_written():
            assert await one.listed() == []
    await one.settle()
    assert await one.listed() == ["long.txt"]


@in_network
async def test_an_empty_file_waits_longer_than_others(world):
    one = await dropping(world)
    one.drop("scan.pdf", b"")
    await one.settle()
    assert await one.listed() == []
    await one.settle(seconds=60)
    assert await one.listed() == ["scan.pdf"]


def test_hidden_and_temporary_names_are_passed_by():
    for name in (
        ".~lock.note.odt#", "~$note.docx", "film.mp4.part", "x.crdownload", ".DS_Store",
        "Thumbs.db", "desktop.ini", "a.filepart", "._note.pdf", "@eaDir",
    ):  # fmt: skip
        assert is_passed_by(name), name
    for name in ("note.pdf", "partie.txt", "part", "tmp", "~note", "a.tmp.pdf"):
        assert not is_passed_by(name), name


@in_network
async def test_what_is_hidden_or_temporary_stays_and_is_not_spoken_of(world):
    one = await dropping(world)
    for path in (".~lock.a.odt#", "a.part", "Thumbs.db", ".cache/b.txt"):
        one.drop(path)
    await one.settle()
    assert await one.told() == [] and await one.listed() == []
    assert one.on_disk() == [".cache/b.txt", ".~lock.a.odt#", "Thumbs.db", "a.part"]


@in_network
async def test_a_file_that_changes_in_the_instant_of_its_refusal_is_looked_at_again(world):
    one = await dropping(world)
    path = one.drop("a\\b.txt")
    await one.served.look()
    world.clock.forward(seconds=6)
    looks: list[str] = []

    def grow(operation: str, about: Path) -> None:
        if operation == "look" and about.name == path.name:
            looks.append(operation)
            if len(looks) == 3:  # found, opened, about to be moved
                path.write_bytes(b"plus long encore")

    world.seam.behaviour = grow
    await one.served.look()
    assert len(looks) == 3 and one.on_disk() == ["a\\b.txt"] and await one.told() == []
    await one.settle()
    assert await one.told() == [("a\\b.txt", "refused", "bad_name")]


@in_network
async def test_a_tree_too_deep_is_refused_whole_and_one_too_long_by_file(world):
    one = await dropping(world)
    deep = _deep(one.place, ["d"] * 66)
    (deep / "a.txt").write_bytes(b"au fond")
    _deep(one.place, ["l" * 200] * 21, file="a.txt")
    await one.settle(seconds=90)
    told = {reason: path for path, _, reason in await one.told()}
    assert told.keys() == {"too_deep", "path_too_long"}
    assert told["too_deep"] == "/".join(["d"] * 65)
    assert await one.listed() == []
    kept = one.place / "refused" / Path(*["d"] * 66) / "a.txt"
    assert kept.read_bytes() == b"au fond"


@in_network
async def test_a_drop_folder_that_is_missing_or_a_link_is_made_or_refused(world):
    one = await dropping(world)
    for place in ("done", "refused"):
        (one.place / place).rmdir()
    one.place.rmdir()
    await one.served.look()
    assert (one.place / "done").is_dir()
    elsewhere = one.place.rename(world.data / "ailleurs")
    one.place.symlink_to(elsewhere)
    (elsewhere / "a.txt").write_bytes(b"dehors")
    await one.settle()
    await one.settle()
    assert await one.listed() == [] and (elsewhere / "a.txt").exists()
    assert ("", "left", "fault") in await one.told()


def test_twins_and_texts_have_names_that_a_disk_holds():
    assert twin("scan.pdf", 1) == "scan.pdf"
    assert twin("scan.pdf", 2) == "scan (2).pdf"
    assert twin("scan.pdf", 1, ".txt") == "scan.pdf.txt"
    for name in ("é" * 127, "e\u0301" * 85, "x" * 251 + ".pdf"):
        for ending in ("", ".txt"):
            assert len(os.fsencode(twin(name, 12, ending))) <= 255


def _short(path: Path) -> str:
    """A path that a socket's address can hold."""
    return os.path.relpath(path) if len(str(path)) > 100 else str(path)


def _deep(root: Path, names: list[str], *, file: str = "") -> Path:
    """Folders in one another, each made in the one before, and perhaps a file in the last."""
    folder = os.open(root, os.O_RDONLY)
    for name in names:
        os.mkdir(name, dir_fd=folder)
        below = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    if file:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    return root.joinpath(*names)
