"""Restoring: all of a backup, checked, or nothing; whatever the file is."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import io
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from atelier.database import migrating
from atelier.errors import CopyRefused, Fault, SignInNeeded
from atelier.files import Disk
from atelier.workspace import backups, beside, people, restoring, sealing, upkeep
from atelier.workspace.backups import backup
from atelier.workspace.restoring import restore
from tests.builders import World, in_network, network
from tests.faults import FaultPlan
from tests.workspace.test_backups import (
    brought_back,
    contents_of,
    elsewhere,
    filled,
    members,
    place,
)
from tests.workspace.test_signing_in import come_in


def packed(path: Path, files: list[tuple[str, bytes]]) -> Path:
    """A tar of files, as another program writes it."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@in_network
async def test_what_is_no_longer_known_does_not_come_back(world: World) -> None:
    awa = await world.person("Awa")
    kept = await come_in(world, awa.person_id)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    data = await brought_back(world, await backup(world.ws, elsewhere(world)))
    async with network(data, clock=world.clock) as back:
        with pytest.raises(SignInNeeded):
            await people.session(back.ws, kept)
        assert await back.values("SELECT token_hash FROM sign_in_links") == []
    assert await people.session(world.ws, kept)
    await people.look_at_link(world.ws, link)


@in_network
async def test_the_settings_come_along_and_are_put_aside_when_they_name_other_places(
    world: World,
) -> None:
    for text, name in (
        ('[network]\ndefault_language = "en"\n', "config.toml"),
        ('[storage]\nblobs = "file:/mnt/blobs"\n', restoring.CONFIG_ASIDE),
        ("[storage]\nunknown = 1\n", restoring.CONFIG_ASIDE),
    ):
        made = await backup(world.ws, elsewhere(world) / f"{len(text)}.tar")
        files = members(made.path)
        told = msgspec.json.decode(files[0][1])
        digest = hashlib.sha256(text.encode()).hexdigest()
        told["config"] = {"size_bytes": len(text), "sha256": digest}
        files[0] = (files[0][0], msgspec.json.encode(told))
        files.insert(1, ("config.toml", text.encode()))
        data = elsewhere(world, f"back-{len(text)}") / "network"
        back = await restore(packed(made.path, files), place(data))
        assert back.config == name and (data / name).read_text() == text
        assert len(list(data.glob("config*"))) == 1


def changed(files: list[tuple[str, bytes]], at: int, content: bytes) -> list[tuple[str, bytes]]:
    """The members with other bytes in one of them."""
    return [*files[:at], (files[at][0], content), *files[at + 1 :]]


def told(files: list[tuple[str, bytes]], **other: object) -> list[tuple[str, bytes]]:
    """The members with another manifest."""
    manifest = {**msgspec.json.decode(files[0][1]), **other}
    return changed(files, 0, msgspec.json.encode(manifest))


FORGED: dict[str, tuple[Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]], str]] = {
    "no manifest": (lambda files: files[1:], "foreign"),
    "another program's": (lambda files: [("etc/passwd", b"root")], "foreign"),
    "a manifest that is none": (lambda files: changed(files, 0, b"[]"), "altered"),
    "no json": (lambda files: changed(files, 0, b"{"), "foreign"),
    "a newer form": (lambda files: told(files, format=backups.FORMAT + 1), "newer"),
    "newer records": (lambda files: told(files, schema=migrating.newest() + 1), "newer"),
    "no records": (lambda files: [files[0], *files[2:]], "altered"),
    "other records": (lambda files: changed(files, 1, files[1][1][:-1] + b"?"), "altered"),
    "shorter records": (lambda files: changed(files, 1, files[1][1][:-1]), "altered"),
    "another blob's bytes": (lambda files: changed(files, 2, b"autre"), "altered"),
    "a blob less": (lambda files: [*files[:2], *files[3:]], "altered"),
    "a blob more": (
        lambda files: [*files[:-1], (f"blobs/ff/{'f' * 64}", b"x"), files[-1]], "altered",
    ),
    "a blob twice": (lambda files: [*files[:3], files[2], *files[3:]], "altered"),
    "blobs out of order": (
        lambda files: [*files[:2], files[3], files[2], *files[4:]], "altered",
    ),
    "a way out": (lambda files: [*files[:2], ("blobs/../../x", b"x"), *files[2:]], "altered"),
    "an absolute place": (lambda files: [*files[:2], ("/etc/x", b"x"), *files[2:]], "altered"),
    "no end": (lambda files: files[:-1], "altered"),
    "an end that lies": (
        lambda files: changed(files, len(files) - 1, b'{"lost": ["aa"]}'), "altered",
    ),
    "an end that is none": (lambda files: changed(files, len(files) - 1, b"1"), "altered"),
    "more after the end": (lambda files: [*files, ("more", b"x")], "altered"),
    "settings nobody told of": (
        lambda files: [files[0], ("config.toml", b""), *files[1:]], "altered",
    ),
    "a manifest without end": (lambda files: changed(files, 0, bytes(2**20 + 1)), "foreign"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
@in_network
async def test_what_is_no_whole_backup_is_refused_and_leaves_nothing(
    world: World, case: str
) -> None:
    await filled(world)
    made = await backup(world.ws, elsewhere(world))
    forge, fault = FORGED[case]
    packed(made.path, forge(members(made.path)))
    with pytest.raises(CopyRefused) as refused:
        await brought_back(world, made)
    assert refused.value.fault == fault
    assert list(elsewhere(world, "back").iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, b"5", b"x"])
@in_network
async def test_a_member_that_is_no_regular_file_is_refused(world: World, kind: bytes) -> None:
    await filled(world)
    made = await backup(world.ws, elsewhere(world))
    content = made.path.read_bytes()
    header = tarfile.TarInfo(f"blobs/ff/{'f' * 64}")
    header.type, header.linkname = kind, "/etc/passwd"
    at = content.index(b"blobs/")
    made.path.write_bytes(content[:at] + header.tobuf(tarfile.GNU_FORMAT) + content[at:])
    with pytest.raises(CopyRefused) as refused:
        await brought_back(world, made)
    assert refused.value.fault == "altered"
    assert list(elsewhere(world, "back").iterdir()) == []


@pytest.mark.parametrize("is_encrypted", [False, True])
@in_network
async def test_a_backup_cut_or_changed_anywhere_is_refused_and_leaves_nothing(
    world: World, is_encrypted: bool
) -> None:
    await filled(world)
    folder = elsewhere(world)
    public, secret = sealing.new_key()
    (folder / "key").write_text(secret)
    made = await backup(world.ws, folder, to=[public] if is_encrypted else [])
    whole = made.path.read_bytes()
    places = [0, 1, 30, 600, 5_000, len(whole) // 3, len(whole) // 2, len(whole) - 5_000]
    spoiled = [whole[:at] for at in places]
    if is_encrypted:
        spoiled += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places[1:]]
        spoiled += [whole + b"x", whole[:-1]]
    for content in spoiled:
        made.path.write_bytes(content)
        with pytest.raises(CopyRefused):
            await brought_back(world, made, key=folder / "key")
        assert list(elsewhere(world, "back").iterdir()) == []
    made.path.write_bytes(whole)
    await brought_back(world, made, key=folder / "key")


def test_many_contents_come_back_and_the_settings_with_them(tmp_path: Path) -> None:
    data = tmp_path / "network"
    data.mkdir()
    (data / "config.toml").write_text("[trash]\nkeep_days = 60\n")

    async def told() -> None:
        async with network(data) as world:
            folder = await world.folder("Commun")
            for number in range(20):
                await world.deposit(world.steward, folder, f"{number}.txt", f"{number}".encode())
            before = await contents_of(world)
            made = await backup(world.ws, tmp_path / "x.tar")
        await restore(made.path, place(tmp_path / "back"))
        async with network(tmp_path / "back") as back:
            assert await contents_of(back) == before
            assert back.ws.settings.trash.keep_days == 60

    asyncio.run(told())


@pytest.mark.parametrize("forged", ["damaged", "foreign", "newer"])
@in_network
async def test_records_that_a_liar_put_into_a_backup_are_refused(world: World, forged: str) -> None:
    """The hash of records in a backup that is not encrypted can be made right by anybody."""
    made = await backup(world.ws, elsewhere(world))
    files = members(made.path)
    records = elsewhere(world) / "records"
    records.write_bytes(files[1][1])
    connection = sqlite3.connect(records)
    if forged == "newer":
        connection.execute(f"PRAGMA user_version = {migrating.newest() + 1}")
    if forged == "foreign":
        connection.execute("PRAGMA application_id = 7")
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'jobs'"
    ).fetchone()
    connection.commit()
    connection.close()
    content = bytearray(records.read_bytes())
    if forged == "damaged":
        content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    part = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    packed(made.path, told(changed(files, 1, bytes(content)), records=part))
    with pytest.raises(CopyRefused) as refused:
        await brought_back(world, made)
    assert refused.value.fault == ("altered" if forged == "damaged" else forged)
    assert list(elsewhere(world, "back").iterdir()) == []


PLANTED = {
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON sessions BEGIN UPDATE people SET is_steward = 1;"
    " END",
    "a view in the place of a table": "ALTER TABLE set_aside RENAME TO other;"
    "CREATE VIEW set_aside AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT i AS id, printf('%064x', i) AS sha256, 1 AS size_bytes FROM n",
    "another table": "CREATE TABLE more (x)",
    "another index": "CREATE INDEX more ON people (is_steward)",
    "a column more": "ALTER TABLE people ADD COLUMN more TEXT DEFAULT ''",
    "a column less": "ALTER TABLE versions DROP COLUMN label",
    "an older number": "PRAGMA user_version = 1",
    "no number": "PRAGMA user_version = 0",
}


@pytest.mark.parametrize("case", PLANTED)
@in_network
async def test_records_of_another_make_are_refused_before_anything_in_them_is_run(
    world: World, case: str
) -> None:
    """Triggers and views are programs: those of a backup would be run as the server."""
    await filled(world)
    made = await backup(world.ws, elsewhere(world))
    files = members(made.path)
    records = elsewhere(world) / "records"
    records.write_bytes(files[1][1])
    with contextlib.closing(sqlite3.connect(records)) as connection:
        connection.executescript(PLANTED[case])
    content = records.read_bytes()
    part = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    packed(made.path, told(changed(files, 1, content), records=part))
    with pytest.raises(CopyRefused) as refused:
        await asyncio.wait_for(brought_back(world, made), 20)
    assert refused.value.fault == "altered"
    assert list(elsewhere(world, "back").iterdir()) == []


@in_network
async def test_a_restore_under_way_is_not_disturbed_by_a_second(world: World) -> None:
    made = await backup(world.ws, elsewhere(world))
    data = elsewhere(world, "back") / "network"
    async with beside.made(Disk(), data) as folder:
        (folder / "mine").touch()
        with pytest.raises(CopyRefused) as refused:
            await restore(made.path, place(data))
        assert refused.value.fault == "running" and (folder / "mine").exists()


@in_network
async def test_only_an_empty_place_is_filled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await backup(world.ws, elsewhere(world))
    folder = elsewhere(world, "back")
    (folder / "full").mkdir()
    (folder / "full" / "mine").touch()
    (folder / "file").touch()
    (folder / "link").symlink_to(folder / "full")
    for name, fault in (("full", "not_empty"), ("file", "taken"), ("link", "taken")):
        with pytest.raises(CopyRefused) as refused:
            await restore(made.path, place(folder / name))
        assert refused.value.fault == fault
    with monkeypatch.context() as patched, pytest.raises(CopyRefused) as refused:
        patched.setattr("os.path.ismount", lambda path: True)
        (folder / "disk").mkdir()
        await restore(made.path, place(folder / "disk"))
    assert refused.value.fault == "own_disk"
    (folder / "empty").mkdir()
    for source in (folder / "absent", folder, folder / "link"):
        with pytest.raises(CopyRefused) as refused:
            await restore(source, place(folder / "empty"))
        assert refused.value.fault == "unreadable"
    # What a killed restore left is in nobody's way.
    left = folder / ".empty.unfinished"
    (left / "blobs").mkdir(parents=True)
    (left / "atelier.sqlite3").touch()
    done = await restore(made.path, place(folder / "empty"))
    assert (done.data, done.network, done.config) == (folder / "empty", "Atelier d'essai", "")
    assert not left.exists()


@pytest.mark.parametrize(("error", "is_encrypted"), [(errno.ENOSPC, True), (errno.EIO, False)])
@in_network
async def test_a_restore_whose_disk_fails_anywhere_leaves_the_place_empty(
    world: World, error: int, is_encrypted: bool
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"une maraude")
    public, secret = sealing.new_key()
    (key := elsewhere(world) / "key").write_text(secret)
    made = await backup(world.ws, elsewhere(world), to=[public] if is_encrypted else [])
    data = elsewhere(world, "back") / "network"
    operations = FaultPlan()
    await restore(made.path, place(data, disk=operations.disk), identity=key)
    count = len(operations.operations)
    assert count > 270, "the 256 folders, and what goes into them"
    for at in (*range(6), *range(258, count)):
        target = data.with_name(f"other-{at}")
        plan = FaultPlan(at, error)
        try:
            await restore(made.path, place(target, disk=plan.disk), identity=key)
        except (Fault, CopyRefused):
            # A folder that could not even be locked stays, hidden and empty.
            left = [path for path in data.parent.iterdir() if path != data]
            assert left == [] or (plan.failed == ["lock"] and not any(left[0].iterdir()))
            for path in left:
                path.rmdir()
        assert plan.failed
    async with network(data) as back:
        assert (await upkeep.verify(back.ws, read_data=True)).is_clean


@in_network
async def test_what_a_dying_disk_leaves_of_a_restore_is_hidden_and_the_next_one_begins_anew(
    world: World,
) -> None:
    before = await filled(world)
    made = await backup(world.ws, elsewhere(world))
    data = elsewhere(world, "back") / "network"
    plan = FaultPlan(280, errno.EIO, for_good=True)
    with pytest.raises((Fault, CopyRefused)):
        await restore(made.path, place(data, disk=plan.disk))
    assert [path.name for path in data.parent.iterdir()] == [".network.unfinished"]
    await restore(made.path, place(data))
    assert list(data.parent.iterdir()) == [data]
    async with network(data) as back:
        assert await contents_of(back) == before


@in_network
async def test_a_restore_that_is_stopped_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world)
    made = await backup(world.ws, elsewhere(world))
    reached, target = asyncio.Event(), place(elsewhere(world, "back") / "network")
    settle = asyncio.get_running_loop().call_soon_threadsafe

    def slowly(operation: str, path: Path) -> None:
        if operation == "read" and path == made.path:
            settle(reached.set)

    running = asyncio.create_task(restore(made.path, place(target.data, disk=Disk(slowly))))
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert list(target.data.parent.iterdir()) == []
