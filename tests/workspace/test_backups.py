"""Backups and what comes back of them: all of it, the same bytes; or nothing, and a sentence."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest

from atelier.blobs import open_blobs
from atelier.errors import BlobMissing, CopyRefused, Fault, NoRoom
from atelier.files import Disk
from atelier.model.ids import DocumentId
from atelier.workspace import backups, documents, sealing, upkeep
from atelier.workspace.backups import BackedUp, backup
from atelier.workspace.restoring import Place, restore
from tests.builders import BEGINNING, World, in_network, network
from tests.faults import FaultPlan, each_failure
from tests.workspace.test_upkeep import blob_path

BIG = bytes(range(256)) * 12_000  # three pieces of a copy, and a part


async def filled(world: World) -> dict[str, bytes]:
    """A network with versions, twins, an empty document, a trash; the bytes of each version."""
    awa = await world.person("Awa", of="CH d'Argentan")
    folder = await world.folder("Réunions/2026")
    await world.grant(folder, awa)
    done = await world.deposit(world.steward, folder, "CR.txt", b"une maraude")
    await world.revise(world.steward, done.document_id, b"deux maraudes")
    await world.deposit(world.steward, folder, "jumeau.txt", b"une maraude")
    await world.deposit(world.steward, folder, "vide.txt", b"")
    await world.deposit(world.steward, folder, "plan.bin", BIG)
    return await contents_of(world)


async def contents_of(world: World) -> dict[str, bytes]:
    """What every version gives, by its document and number."""
    found = {}
    for document in await world.values("SELECT id FROM documents ORDER BY id"):
        look = await documents.look(world.ws, world.steward, DocumentId(int(str(document))))
        for version in look.document.versions:
            opened = await world.ws.blobs.open(version.sha256)
            content = await opened.read(0, opened.size_bytes)
            opened.close()
            assert hashlib.sha256(content).hexdigest() == version.sha256
            found[f"{document}/{version.number}"] = content
    return found


def elsewhere(world: World, name: str = "copies") -> Path:
    """A folder beside the data folder."""
    folder = world.data.parent / f"{world.data.name}-{name}"
    folder.mkdir(exist_ok=True)
    return folder


def place(data: Path, *, disk: Disk | None = None) -> Place:
    """Where to restore to, on a disk with room."""
    hand = disk or Disk()
    return Place(
        data,
        lambda folder: open_blobs(f"file:{folder / 'blobs'}", hand, free_space_floor_bytes=0),
        lambda: BEGINNING,
        hand,
    )


async def brought_back(world: World, made: BackedUp, *, key: Path | None = None) -> Path:
    """The data folder of what was restored from a backup."""
    data = elsewhere(world, "back") / "network"
    await restore(made.path, place(data), identity=key)
    return data


def members(path: Path) -> list[tuple[str, bytes]]:
    """The files in a tar."""
    with tarfile.open(path) as tar:
        return [(one.name, tar.extractfile(one).read()) for one in tar]  # type: ignore[union-attr]


@in_network
async def test_a_backup_comes_back_with_every_version_and_verifies(world: World) -> None:
    before = await filled(world)
    await world.settle()
    made = await backup(world.ws, elsewhere(world))
    assert made.path.name.startswith("atelier-2026-03-12-10") and made.path.suffix == ".tar"
    assert (made.versions, made.blobs, made.lost, made.is_encrypted) == (5, 4, (), False)
    assert made.size_bytes == made.path.stat().st_size
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    data = await brought_back(world, made)
    async with network(data, clock=world.clock) as back:
        assert (await upkeep.verify(back.ws, read_data=True)).is_clean
        await back.settle()
        assert await contents_of(back) == before
        found = await upkeep.verify(back.ws, read_data=True)
        assert (found.unread, found.index_behind, found.orphans) == (0, 0, [])
        assert await back.values("SELECT email FROM people") == await world.values(
            "SELECT email FROM people"
        )
    assert not list(data.parent.glob(".*"))


@in_network
async def test_an_encrypted_backup_opens_with_its_key_alone(world: World) -> None:
    before = await filled(world)
    folder = elsewhere(world)
    public, secret = sealing.new_key()
    _, other = sealing.new_key()
    (folder / "key").write_text(f"# fait le 12 mars\n{secret}\n")
    (folder / "other").write_text(other)
    (folder / "none").write_text("# rien\n")
    made = await backup(world.ws, folder, to=[public])
    assert made.is_encrypted and made.path.name.endswith(".tar.age")
    sealed = made.path.read_bytes()
    assert sealed.startswith(sealing.MAGIC) and b"maraude" not in sealed and b"blobs/" not in sealed
    for key, fault in ((None, "locked"), ("other", "other_key"), ("none", "no_key")):
        with pytest.raises(CopyRefused) as refused:
            await brought_back(world, made, key=folder / key if key else None)
        assert refused.value.fault == fault
    async with network(await brought_back(world, made, key=folder / "key")) as back:
        assert await contents_of(back) == before
    with pytest.raises(CopyRefused) as refused:
        await backup(world.ws, folder / "x.tar", to=["age1" + "q" * 58])
    assert refused.value.fault == "no_recipient"


@in_network
async def test_a_backup_is_one_moment_while_people_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await filled(world)
    opened = world.ws.blobs.open

    async def meanwhile(sha256: str) -> object:
        """At each blob: a deposit, a purge of all that there was, and the collector."""
        folder = await world.folder(f"Plus tard {sha256}")
        await world.deposit(world.steward, folder, "a.txt", sha256.encode())
        for table in ("index_entries", "journal", "names", "jobs", "versions", "documents"):
            await world.change(f"DELETE FROM {table}")
        assert await upkeep.collect(world.ws, older_than_seconds=-60) == 0
        return await opened(sha256)

    monkeypatch.setattr(world.ws.blobs, "open", meanwhile)
    made = await backup(world.ws, elsewhere(world))
    monkeypatch.undo()
    assert made.lost == ()
    assert await upkeep.collect(world.ws, older_than_seconds=-60) == 8
    async with network(await brought_back(world, made)) as back:
        assert await contents_of(back) == before
        assert (await upkeep.verify(back.ws, read_data=True)).is_clean


@in_network
async def test_two_backups_at_once_are_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_HELD_PAUSE_SECONDS", 0.0)
    held = upkeep.hold_collector(world.ws)
    assert held is not None
    with held, pytest.raises(CopyRefused) as refused:
        await backup(world.ws, elsewhere(world))
    assert refused.value.fault == "running"
    assert (await backup(world.ws, elsewhere(world))).versions == 0


@in_network
async def test_what_a_killed_backup_left_is_in_nobodys_way(world: World) -> None:
    await filled(world)
    folder = elsewhere(world)
    (installation,) = await world.values("SELECT key FROM installation")
    part, copy = folder / f".atelier-{installation}.part", world.data / ".backup.sqlite3"
    other = folder / ".atelier-another.part"
    for left in (part, copy, other):
        left.write_bytes(b"x")
    made = await backup(world.ws, folder)
    assert sorted(folder.iterdir()) == [other, made.path] and not copy.exists()


@in_network
async def test_lost_bytes_are_told_by_backup_and_restore_and_the_rest_is_kept(world: World) -> None:
    before = await filled(world)
    hashes = {content: hashlib.sha256(content).hexdigest() for content in before.values()}
    gone, rotten = hashes[b"deux maraudes"], hashes[BIG]
    blob_path(world, gone).unlink()
    blob_path(world, rotten).chmod(0o600)
    blob_path(world, rotten).write_bytes(BIG[:-5])
    made = await backup(world.ws, elsewhere(world))
    assert sorted(made.lost) == sorted([gone, rotten])
    data = elsewhere(world, "back") / "network"
    back = await restore(made.path, place(data))
    assert sorted(back.lost) == sorted(made.lost) and back.blobs == 2
    async with network(data) as restored:
        found = await upkeep.verify(restored.ws)
        assert sorted(found.missing) == sorted(made.lost)


@in_network
async def test_records_that_are_damaged_are_not_backed_up_over_earlier_ones(world: World) -> None:
    await filled(world)
    folder = elsewhere(world)
    (page,) = await world.values("SELECT rootpage FROM sqlite_master WHERE name = 'versions'")
    records = sqlite3.connect(world.data / "atelier.sqlite3")
    records.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    records.close()
    with (world.data / "atelier.sqlite3").open("r+b") as file:
        file.seek((int(str(page)) - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(CopyRefused) as refused:
        await backup(world.ws, folder)
    assert refused.value.fault == "records"
    assert list(folder.iterdir()) == []


@in_network
async def test_a_backup_overwrites_nothing_and_goes_elsewhere(world: World) -> None:
    folder = elsewhere(world)
    (folder / "mine").write_bytes(b"x")
    for destination, fault in (
        (folder / "mine", "taken"),
        (folder / "absent" / "x.tar", "no_folder"),
        (folder / ("x" * 300), "unreadable"),
        (world.data, "inside"),
        (world.data / "blobs" / "x.tar", "inside"),
    ):
        with pytest.raises(CopyRefused) as refused:
            await backup(world.ws, destination)
        assert refused.value.fault == fault
    assert (folder / "mine").read_bytes() == b"x"
    assert (await backup(world.ws, folder / "x.tar")).path == folder / "x.tar"
    with pytest.raises(CopyRefused):
        await backup(world.ws, folder / "x.tar")


@in_network
async def test_what_the_disk_cannot_give_back_is_lost_and_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world)
    opened = world.ws.blobs.open

    async def failing(sha256: str) -> object:
        reading = await opened(sha256)

        async def read(offset: int, length: int) -> bytes:
            raise BlobMissing(sha256)

        if reading.size_bytes == len(BIG):
            monkeypatch.setattr(type(reading), "read", lambda self, *given: read(*given))
        return reading

    monkeypatch.setattr(world.ws.blobs, "open", failing)
    made = await backup(world.ws, elsewhere(world))
    monkeypatch.undo()
    assert hashlib.sha256(BIG).hexdigest() in made.lost
    data = elsewhere(world, "back") / "network"
    assert sorted((await restore(made.path, place(data))).lost) == sorted(made.lost)


@in_network
async def test_a_key_goes_into_a_new_file_outside_the_data_folder(world: World) -> None:
    folder = elsewhere(world)
    public = backups.make_key(world.data, folder / "key")
    assert public.startswith("age1") and public in (folder / "key").read_text()
    for file, fault in (
        (folder / "key", "taken"),
        (world.data / "key", "inside"),
        (folder / "a" / "key", "no_folder"),
    ):
        with pytest.raises(CopyRefused) as refused:
            backups.make_key(world.data, file)
        assert refused.value.fault == fault
    made = await backup(world.ws, folder, to=[public])
    for name, content, fault in (
        ("broken", b"AGE-SECRET-KEY-1", "no_key"),
        ("bytes", b"\xff", "unreadable"),
    ):
        (folder / name).write_bytes(content)
        with pytest.raises(CopyRefused) as refused:
            await brought_back(world, made, key=folder / name)
        assert refused.value.fault == fault
    await brought_back(world, made, key=folder / "key")


@in_network
async def test_a_share_that_cannot_sync_folders_takes_a_backup(world: World) -> None:
    plan = FaultPlan(0, errno.EINVAL, only="sync_folder")
    made = await backup(world.ws, elsewhere(world), disk=plan.disk)
    assert plan.failed == ["sync_folder"] and made.path.exists()


@in_network
async def test_who_was_faster_is_not_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await backup(world.ws, elsewhere(world) / "x.tar")
    for act, target in (
        (lambda disk: backup(world.ws, elsewhere(world) / "y.tar", disk=disk), "y.tar"),
        (lambda disk: restore(made.path, place(elsewhere(world) / "y", disk=disk)), "y/mine"),
    ):
        path = elsewhere(world) / target

        def faster(operation: str, _: Path, path: Path = path) -> None:
            if operation == "sync":
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(b"mine")

        with pytest.raises(CopyRefused):
            await act(Disk(faster))
        assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("is_encrypted", [False, True])
@in_network
async def test_a_backup_whose_disk_fails_anywhere_leaves_nothing_that_looks_whole(
    world: World, error: int, is_encrypted: bool
) -> None:
    await filled(world)
    folder = elsewhere(world)
    to = [sealing.new_key()[0]] if is_encrypted else []
    for plan in each_failure(error):
        kept = sorted(folder.iterdir())
        assert all(path.suffix == ".tar" for path in kept)
        target = folder / f"{len(kept)}.tar"
        try:
            await backup(world.ws, target, to=to, disk=plan.disk)
        except Fault as fault:
            is_reading = plan.failed[0] in ("open", "read")
            assert isinstance(fault, NoRoom) == (error == errno.ENOSPC and not is_reading), fault
            assert not target.exists()
        else:
            # What may fail unnoticed is only the removing of leftovers.
            assert plan.failed in ([], ["remove"])
        assert sorted(path.name for path in world.data.glob(".backup*")) in (
            [],
            [".backup.sqlite3"],
        )
    made = await backup(world.ws, folder / "last.tar")
    assert made.lost == () and not list(world.data.glob(".backup*"))


@in_network
async def test_a_backup_needs_room_before_it_begins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world)
    plan = FaultPlan()
    monkeypatch.setattr(Disk, "free_bytes", lambda self, path: len(BIG))
    with pytest.raises(NoRoom):
        await backup(world.ws, elsewhere(world), disk=plan.disk)
    assert "write" not in plan.names


@in_network
async def test_a_backup_that_is_stopped_ends_at_once_and_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world)
    opened, reached = world.ws.blobs.open, asyncio.Event()

    async def slowly(sha256: str) -> object:
        reached.set()
        await asyncio.sleep(0)
        return await opened(sha256)

    monkeypatch.setattr(world.ws.blobs, "open", slowly)
    running = asyncio.create_task(backup(world.ws, elsewhere(world)))
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert list(elsewhere(world).iterdir()) == [] and not list(world.data.glob(".backup*"))
    monkeypatch.undo()
    assert (await backup(world.ws, elsewhere(world))).lost == ()


def test_any_tar_and_any_age_read_it(tmp_path: Path) -> None:
    """The form is not ours alone: `tar` gives a data folder back."""

    async def told() -> list[str]:
        async with network(tmp_path / "network") as world:
            await filled(world)
            made = await backup(world.ws, tmp_path / "x.tar")
            return [name for name, _ in members(made.path)]

    manifest, records, *blobs, end = asyncio.run(told())
    assert (manifest, records, end) == (backups.MANIFEST, backups.RECORDS, backups.END)
    assert blobs == sorted(blobs) and all(one.startswith("blobs/") for one in blobs)
