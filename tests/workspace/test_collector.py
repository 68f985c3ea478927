"""The collector: bytes and texts that nobody needs any more go, and nothing else ever does."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from atelier.database import trash as trash_records
from atelier.errors import WriteFailed
from atelier.worker import runner
from atelier.workspace import documents, retention, trash, upkeep
from tests.builders import World, in_network
from tests.faults import FaultPlan
from tests.workspace.test_upkeep import blob_path, stray


def aged(world: World, sha256: str, seconds: float) -> None:
    """Have a blob be sealed so long ago."""
    then = time.time() - seconds
    os.utime(blob_path(world, sha256), (then, then))


@in_network
async def test_bytes_that_no_version_has_are_collected_after_a_day_and_shared_ones_kept(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    alone = await world.deposit(world.steward, folder, "a.txt", b"un")
    shared = await world.deposit(world.steward, folder, "b.txt", b"deux")
    await world.deposit(world.steward, folder, "c.txt", b"deux")
    await world.revise(world.steward, alone.document_id, b"trois")
    young, old = await stray(world, b"quatre"), await stray(world, b"cinq")
    stored = {blob.sha256 async for blob in world.ws.blobs.hashes()}
    for sha256 in stored - {young.sha256}:
        aged(world, sha256, retention.GRACE_SECONDS + 60)
    aged(world, young.sha256, retention.GRACE_SECONDS - 60)
    assert await upkeep.collect(world.ws) == 1
    assert not blob_path(world, old.sha256).exists()
    for one in (alone, shared):
        await trash.remove_document(world.ws, world.steward, one.document_id)
    assert await upkeep.collect(world.ws) == 0  # the trash keeps its bytes
    for one in (alone, shared):
        await trash.purge_document(world.ws, world.steward, folder, one.document_id)
    assert await upkeep.collect(world.ws) == 2
    assert {blob.sha256 async for blob in world.ws.blobs.hashes()} == {
        young.sha256, hashlib.sha256(b"deux").hexdigest()
    }  # fmt: skip
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean


@in_network
async def test_many_blobs_are_looked_at_some_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_BATCH", 2)
    folder = await world.folder("Commun")
    for number in range(5):
        await world.deposit(world.steward, folder, f"{number}.txt", b"%d" % number)
        old = await stray(world, b"nobody's %d" % number)
        aged(world, old.sha256, retention.GRACE_SECONDS + 60)
    assert await upkeep.collect(world.ws) == 5
    assert (await upkeep.verify(world.ws)).blobs == 5


@in_network
async def test_a_deposit_of_the_same_bytes_is_never_robbed_by_the_collector(world: World) -> None:
    folder = await world.folder("Commun")
    old = await stray(world, b"du kiwano")
    aged(world, old.sha256, retention.GRACE_SECONDS + 60)
    path, asked, confirmed = blob_path(world, old.sha256), threading.Event(), threading.Event()

    def seam(operation: str, at: Path) -> None:
        if operation == "hold_folder" and at == path.parent and not asked.is_set():
            asked.set()
            assert confirmed.wait(30)

    # The last moment: the collector saw that it is nobody's, and is about to look at its date.
    world.seam.behaviour = seam
    collecting = asyncio.create_task(upkeep.collect(world.ws))
    assert await asyncio.to_thread(asked.wait, 30)
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    confirmed.set()
    assert await collecting == 0
    assert path.read_bytes() == b"du kiwano"
    await documents.look(world.ws, world.steward, done.document_id)
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean


@in_network
async def test_a_text_that_a_crash_left_behind_goes_with_the_next_collection(world: World) -> None:
    folder = await world.folder("Commun")
    kept = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    gone = await world.deposit(world.steward, folder, "b.txt", b"un ramboutan")
    await world.settle()
    before = await world.ws.texts.keys()
    current = (await documents.look(world.ws, world.steward, kept.document_id)).document.current
    await trash.remove_document(world.ws, world.steward, gone.document_id)
    # The records of a purge, and then nothing more: the process died.
    await world.ws.db.write(lambda tx: trash_records.purge_document(tx, gone.document_id))
    assert await world.ws.texts.keys() == before
    await upkeep.collect(world.ws)
    assert await world.ws.texts.keys() == {documents.text_key(current.id, current.sha256)}


@pytest.mark.parametrize("operation", ["names", "look", "hold_folder", "remove"])
@in_network
async def test_a_collection_that_the_disk_refuses_takes_nothing_and_is_done_again(
    world: World, operation: str
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    old = await stray(world, b"deux")
    for sha256 in (old.sha256, hashlib.sha256(b"un").hexdigest()):
        aged(world, sha256, retention.GRACE_SECONDS + 60)
    plan = FaultPlan(0, errno.EIO, only=operation)
    world.seam.behaviour = plan
    with pytest.raises(WriteFailed):
        await upkeep.collect(world.ws)
    plan.heal()
    assert blob_path(world, old.sha256).exists()
    assert await upkeep.collect(world.ws) == 1
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean


@in_network
async def test_the_worker_empties_the_trash_and_collects_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_COLLECT_AFTER_SECONDS", 0.0)
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.settle()
    await trash.remove_document(world.ws, world.steward, done.document_id)
    old = await stray(world, b"deux")
    collected, emptied = threading.Event(), threading.Event()
    aged(world, old.sha256, retention.GRACE_SECONDS + 60)

    def seam(operation: str, path: Path) -> None:
        if (operation, path) == ("remove", blob_path(world, old.sha256)):
            collected.set()
        if operation == "remove" and path.is_relative_to(world.data / "derived"):
            emptied.set()  # after the commit: the row goes first

    world.clock.forward(days=world.ws.settings.trash.keep_days, seconds=1)
    world.seam.behaviour = seam
    working = asyncio.create_task(runner.work(world.ws))
    assert await asyncio.to_thread(collected.wait, 30)
    assert await asyncio.to_thread(emptied.wait, 30)
    assert await world.values("SELECT id FROM documents") == []
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
