"""Copies of the records: one moment of them, and what they name."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from atelier.database import snapshots
from atelier.errors import NoRoom, WriteFailed
from atelier.model.documents import Blob
from tests.builders import World, in_network


def copied(world: World) -> Path:
    """An empty file to copy into."""
    path = world.data / "copy.sqlite3"
    path.touch(mode=0o600)
    return path


@in_network
async def test_a_copy_is_the_state_of_one_moment_and_names_its_blobs(world: World) -> None:
    folder = await world.folder("Commun")
    for name, content in (("a.txt", b"un"), ("b.txt", b"deux"), ("c.txt", b"un")):
        await world.deposit(world.steward, folder, name, content)
    copy = copied(world)
    await snapshots.take(world.data / "atelier.sqlite3", copy)
    await world.deposit(world.steward, folder, "d.txt", b"trois")
    found = await snapshots.contents(copy)
    assert (found.versions, found.blobs, found.blob_bytes) == (3, 2, 6)
    assert (found.network, len(found.installation)) == ("Atelier d'essai", 32)
    named = [blob async for blob in snapshots.blobs(copy)]
    assert named == sorted(named, key=lambda blob: blob.sha256)
    assert {blob.size_bytes for blob in named} == {2, 4}
    assert await snapshots.faults(copy) == []
    assert {path.name for path in world.data.glob("copy*")} == {"copy.sqlite3"}


@in_network
async def test_bytes_that_are_set_aside_are_named_too_and_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_BATCH", 1)
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    (sha256,) = await world.values("SELECT sha256 FROM versions")
    for kept, size in ((sha256, 2), ("f" * 64, 9)):
        await world.change(
            "INSERT INTO set_aside (person_id, document_id, expected, sha256, size_bytes,"
            " media_type, created_at, expires_at) VALUES (1, :document, 1, :kept, :size, '', 0, 0)",
            document=done.document_id, kept=kept, size=size,
        )  # fmt: skip
    copy = copied(world)
    await snapshots.take(world.data / "atelier.sqlite3", copy)
    named = [blob async for blob in snapshots.blobs(copy)]
    assert named == [Blob(str(sha256), 2), Blob("f" * 64, 9)]
    assert (await snapshots.contents(copy)).blob_bytes == 11


@in_network
async def test_a_damaged_copy_is_told(world: World) -> None:
    copy = copied(world)
    await snapshots.take(world.data / "atelier.sqlite3", copy)
    with copy.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096)
    assert await snapshots.faults(copy)
    copy.write_bytes(b"something else" * 1_000)
    assert await snapshots.faults(copy)
    with pytest.raises(WriteFailed):
        await snapshots.contents(copy)


@in_network
async def test_a_disk_that_cannot_take_the_copy_is_told_as_such(world: World) -> None:
    def failing(error: int) -> None:
        raise OSError(error, os.strerror(error))

    records, copy = world.data / "atelier.sqlite3", copied(world)
    for error, kind in ((errno.ENOSPC, NoRoom), (errno.EIO, WriteFailed)):
        with pytest.raises(kind):
            await snapshots.take(records, copy, fault=lambda *_, code=error: failing(code))  # type: ignore[misc]
    with pytest.raises(WriteFailed):
        await snapshots.take(records, world.data / "absent" / "copy.sqlite3")
    await snapshots.take(records, copy)
