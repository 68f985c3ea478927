"""The local store on a disk that fails, is slow, or was tampered with."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from atelier.blobs import open_blobs
from atelier.blobs.drafts import BATCH_BYTES
from atelier.blobs.local import LocalBlobs
from atelier.errors import (
    BlobMissing,
    Busy,
    Fault,
    FolderUnready,
    NoRoom,
    SettingsFault,
    WriteFailed,
)
from atelier.files import Disk, ReadFile
from tests.contracts.blobs import (
    BIG,
    NO_LIMIT,
    BlobContract,
    blob_of,
    contents,
    listed,
    ready,
    stored,
)
from tests.faults import FaultPlan, Gate, each_failure, meanwhile


def local(folder, disk=None, *, floor_bytes=0):
    """The local store in `folder`, on a healthy disk unless told otherwise."""
    address = f"file:{folder / 'blobs'}"
    return open_blobs(address, disk or Disk(), free_space_floor_bytes=floor_bytes)


def drafts(folder):
    """What stands among the drafts."""
    return [path.name for path in (folder / "drafts").iterdir()]


def place(folder, sha256):
    """Where the local store keeps that blob."""
    return folder / "blobs" / sha256[:2] / sha256


class TestLocalBlobs(BlobContract):
    """The local store passes the suite of every store."""

    def make(self, folder, *, floor_bytes=0):
        return local(folder, floor_bytes=floor_bytes)

    def spoil(self, folder, sha256, content):
        path = place(folder, sha256)
        path.chmod(0o600)
        path.write_bytes(content)

    def age(self, folder, sha256, seconds):
        then = time.time() - seconds
        os.utime(place(folder, sha256), (then, then))


def test_an_address_of_no_known_kind_is_refused_with_the_nearest():
    with pytest.raises(SettingsFault) as caught:
        open_blobs("fil:blobs", Disk(), free_space_floor_bytes=0)
    assert (caught.value.key, caught.value.nearest) == ("storage.blobs", "file")
    with pytest.raises(SettingsFault) as caught:
        open_blobs("", Disk(), free_space_floor_bytes=0)
    assert caught.value.nearest == ""


def test_a_deposit_is_durable_before_it_has_its_name_and_its_name_before_the_answer(tmp_path):
    plan = FaultPlan()

    async def act():
        async with ready(local(tmp_path, plan.disk)) as store:
            del plan.operations[:]
            blob = await stored(store, b"minutes")
            folder = place(tmp_path, blob.sha256).parent
            order = ["free_bytes", "free_bytes", "create", "write", "make_read_only", "sync"]
            assert plan.names == [*order, "hold_folder", "rename", "sync_folder"]
            assert plan.operations[-2:] == [
                ("rename", folder / blob.sha256),
                ("sync_folder", folder),
            ]
            assert place(tmp_path, blob.sha256).stat().st_mode & 0o777 == 0o400

    asyncio.run(act())


@pytest.mark.parametrize("size", [10, BIG])
@pytest.mark.parametrize(("error", "ours"), [(errno.ENOSPC, NoRoom), (errno.EIO, WriteFailed)])
def test_whatever_operation_fails_a_deposit_is_refused_clearly_and_leaves_no_half(
    tmp_path, error, ours, size
):
    body = os.urandom(size)
    failures = []

    async def act():
        async with ready(local(tmp_path)) as healthy:
            for plan in each_failure(error):
                store = local(tmp_path, plan.disk)
                assert await _is_refused(store, body, ours) == bool(plan.failed)
                plan.heal()
                failures.extend(plan.failed)
                await _nothing_half_visible(healthy)
                assert drafts(tmp_path) == []
                assert await stored(store, body) == blob_of(body)
                await healthy.remove(blob_of(body).sha256)
                await store.close()

    asyncio.run(act())
    batches = 1 if size == 10 else BIG // BATCH_BYTES + 1
    assert failures == [
        "free_bytes",
        *["free_bytes", "create", "write"],
        *["free_bytes", "write"] * (batches - 1),
        *["make_read_only", "sync", "hold_folder", "rename", "sync_folder"],
    ]


@pytest.mark.parametrize("size", [10, BIG])
def test_a_disk_that_fails_for_good_leaves_at_most_a_draft_which_expires(tmp_path, size):
    body = os.urandom(size)

    async def act():
        async with ready(local(tmp_path)) as healthy:
            for plan in each_failure(errno.ENOSPC, for_good=True):
                store = local(tmp_path, plan.disk)
                await _is_refused(store, body, NoRoom)
                await _nothing_half_visible(healthy)
                plan.heal()
                await store.expire_drafts(0)
                assert drafts(tmp_path) == []
                await healthy.remove(blob_of(body).sha256)
                await store.close()

    asyncio.run(act())


def test_a_failed_deposit_of_equal_bytes_takes_nothing_from_who_had_them(tmp_path):
    body = os.urandom(1000)

    async def act():
        async with ready(local(tmp_path)) as healthy:
            await stored(healthy, body)
            for plan in each_failure(errno.EIO):
                store = local(tmp_path, plan.disk)
                await _is_refused(store, body, WriteFailed)
                assert await healthy.is_whole(blob_of(body).sha256)
                await store.close()

    asyncio.run(act())


def test_a_failed_fsync_is_not_tried_again_for_that_deposit(tmp_path):
    plan = FaultPlan(0, only="sync")

    async def act():
        async with ready(local(tmp_path, plan.disk)) as store:
            draft = await store.draft(NO_LIMIT)
            await draft.write(b"bytes")
            for _ in range(2):
                with pytest.raises(WriteFailed):
                    await draft.seal()
            await draft.drop()
            assert plan.names.count("sync") == 1
            assert "rename" not in plan.names

    asyncio.run(act())


def test_room_that_runs_out_during_a_deposit_stops_it_before_the_floor(tmp_path):
    async def act():
        async with ready(local(tmp_path)):
            floor = Disk().free_bytes(tmp_path) - 64 * 1024**2
            store = local(tmp_path, floor_bytes=floor)
            draft = await store.draft(NO_LIMIT)
            with pytest.raises(NoRoom):
                await _write_much(draft, 256)
            await draft.drop()
            assert drafts(tmp_path) == []
            await store.close()

    asyncio.run(act())


def test_init_that_failed_is_refused_at_start_and_can_be_done_again(tmp_path):
    async def act():
        for number, at in enumerate((0, 1, 100, 257, 258, 259, 260)):
            folder = tmp_path / str(number)
            store = local(folder, FaultPlan(at, errno.ENOSPC).disk)
            try:
                await store.init()
            except NoRoom:
                await store.init()
            else:
                assert at == 260
            await store.check()
            await store.close()

    asyncio.run(act())


def test_a_store_with_a_missing_or_foreign_folder_is_refused_at_start(tmp_path):
    async def act():
        async with ready(local(tmp_path)) as store:
            inner = tmp_path / "blobs" / "7f"
            inner.rmdir()
            await _is_unready(store, inner, "not_initialised")
            inner.symlink_to(tmp_path / "drafts")
            await _is_unready(store, inner, "not_a_folder")
        # The devices are a file system of their own wherever this runs.
        apart = LocalBlobs(tmp_path / "blobs", Path("/dev"), Disk(), 0)
        inner.unlink()
        inner.mkdir()
        await _is_unready(apart, tmp_path / "blobs", "several_disks")
        await apart.close()

    asyncio.run(act())


def test_a_link_a_pipe_or_a_folder_in_the_place_of_a_blob_is_never_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"not a document")
    sha256 = blob_of(b"not a document").sha256
    path = place(tmp_path, sha256)

    async def act():
        async with ready(local(tmp_path)) as store:
            for put in (lambda: path.symlink_to(secret), lambda: os.mkfifo(path)):
                put()
                with pytest.raises(BlobMissing):
                    await store.open(sha256)
                with pytest.raises(BlobMissing):
                    await store.path(sha256)
                assert not await store.is_whole(sha256)
                assert await listed(store) == []
                assert await stored(store, b"not a document") == blob_of(b"not a document")
                assert path.is_file() and not path.is_symlink()
                await store.remove(sha256)
            path.mkdir()
            with pytest.raises(WriteFailed):
                await stored(store, b"not a document")
            assert await listed(store) == []
        assert secret.stat().st_mode & 0o200

    asyncio.run(act())


def test_only_names_that_are_hashes_of_their_folder_are_listed(tmp_path):
    async def act():
        async with ready(local(tmp_path)) as store:
            blob = await stored(store, b"a blob")
            wrong = "00" if blob.sha256[:2] != "00" else "01"
            for name in ("notes.txt", wrong, "ab", blob.sha256):
                (tmp_path / "blobs" / wrong / name).write_bytes(b"stray")
            (tmp_path / "blobs" / "fe").rmdir()
            assert await listed(store) == [blob]

    asyncio.run(act())


def test_a_blob_removed_during_the_listing_is_left_out(tmp_path):
    disk = meanwhile("look", lambda path: path.unlink())

    async def act():
        async with ready(local(tmp_path, disk)) as store:
            await stored(store, b"going")
            assert await listed(store) == []

    asyncio.run(act())


def test_a_draft_that_ends_during_the_expiry_is_no_failure(tmp_path):
    disk = meanwhile("look", lambda path: path.unlink())

    async def act():
        async with ready(local(tmp_path, disk)) as store:
            (tmp_path / "drafts" / "ending").write_bytes(b"")
            assert await store.expire_drafts(0) == 0

    asyncio.run(act())


@pytest.mark.parametrize("size", [10, BIG])
@pytest.mark.parametrize(
    ("error", "ours"),
    [(errno.EIO, BlobMissing), (errno.EACCES, BlobMissing), (errno.EMFILE, Busy)],
)
@pytest.mark.parametrize("operation", ["open", "read"])
def test_a_disk_that_cannot_give_bytes_back_is_said(tmp_path, operation, error, ours, size):
    plan = FaultPlan(0, error, only=operation)

    async def act():
        async with ready(local(tmp_path, plan.disk)) as store:
            blob = await stored(store, bytes(size))
            before = psutil.Process().num_fds()
            with pytest.raises(ours):
                await contents(store, blob.sha256)
            assert psutil.Process().num_fds() == before
            assert await contents(store, blob.sha256) == bytes(size)

    asyncio.run(act())


def test_a_blob_that_cannot_be_read_is_not_whole_but_too_much_open_is_no_verdict(tmp_path):
    async def act():
        async with ready(local(tmp_path)) as healthy:
            blob = await stored(healthy, b"bytes")
            for operation in ("open", "read"):
                store = local(tmp_path, FaultPlan(0, errno.EIO, only=operation).disk)
                assert not await store.is_whole(blob.sha256)
                assert await store.is_whole(blob.sha256)
                await store.close()
            store = local(tmp_path, FaultPlan(0, errno.EMFILE, only="open").disk)
            with pytest.raises(Busy):
                await store.is_whole(blob.sha256)
            await store.close()

    asyncio.run(act())


@pytest.mark.parametrize("operation", ["names", "look"])
def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(tmp_path, operation):
    async def act():
        async with ready(local(tmp_path)) as healthy:
            await stored(healthy, b"bytes")
            (tmp_path / "drafts" / "old").write_bytes(b"")
            for ask in (listed, lambda store: store.expire_drafts(0)):
                store = local(tmp_path, FaultPlan(0, only=operation).disk)
                with pytest.raises(WriteFailed):
                    await ask(store)
                await store.close()

    asyncio.run(act())


def test_a_draft_whose_write_was_cancelled_is_never_sealed_as_a_whole(tmp_path):
    gate = Gate("write")

    async def act():
        async with ready(local(tmp_path, Disk(gate))) as store:
            draft = await store.draft(NO_LIMIT)
            await draft.write(bytes(BIG))
            stuck = asyncio.create_task(draft.write(bytes(BIG)))
            await asyncio.to_thread(gate.is_reached.wait)
            await _cancelled(stuck)
            gate.open()
            with pytest.raises(WriteFailed):
                await draft.write(b"more")
            with pytest.raises(WriteFailed):
                await draft.seal()
            assert await listed(store) == []
            assert drafts(tmp_path) == []

    asyncio.run(act())


def test_a_cancelled_seal_finishes_by_itself(tmp_path):
    gate = Gate("sync")

    async def act():
        async with ready(local(tmp_path, Disk(gate))) as store:
            task = asyncio.create_task(stored(store, b"bytes"))
            await asyncio.to_thread(gate.is_reached.wait)
            await _cancelled(task)
            gate.open()
        async with ready(local(tmp_path)) as store:
            assert await listed(store) == [blob_of(b"bytes")]
            assert drafts(tmp_path) == []

    asyncio.run(act())


def test_seals_that_all_wait_for_a_thread_still_end(tmp_path):
    gate = Gate("write")

    async def act():
        async with ready(local(tmp_path, Disk(gate))) as store:
            tasks = [asyncio.create_task(stored(store, bytes([n]) * BIG)) for n in range(20)]
            await asyncio.to_thread(gate.is_reached.wait)
            gate.open()
            blobs = await asyncio.gather(*tasks)
            assert blobs == [blob_of(bytes([n]) * BIG) for n in range(20)]

    asyncio.run(act())


def test_a_read_left_behind_gives_its_file_back_when_it_returns(tmp_path, monkeypatch):
    gate = Gate("read")
    monkeypatch.setattr(ReadFile, "is_at_hand", lambda file, offset, length: False)

    async def act():
        async with ready(local(tmp_path, Disk(gate))) as store:
            blob = await stored(store, bytes(BIG))
            await store.is_whole("0" * 64)
            before = psutil.Process().num_fds()
            opened = await store.open(blob.sha256)
            reading = asyncio.create_task(opened.read(0, BIG))
            await asyncio.to_thread(gate.is_reached.wait)
            await _cancelled(reading)
            opened.close()
            assert psutil.Process().num_fds() == before + 1
            gate.open()
            await store.close()
            assert psutil.Process().num_fds() == before

    asyncio.run(act())


async def _is_refused(store, body, ours) -> bool:
    try:
        blob = await stored(store, body)
    except Fault as fault:
        assert type(fault) is ours
        return True
    assert blob == blob_of(body)
    return False


async def _nothing_half_visible(store):
    for blob in await listed(store):
        assert await store.is_whole(blob.sha256)


async def _write_much(draft, mebibytes):
    for _ in range(mebibytes):
        await draft.write(bytes(1024**2))


async def _is_unready(store, path, fault):
    with pytest.raises(FolderUnready) as caught:
        await store.check()
    assert (caught.value.folder, caught.value.fault) == (str(path), fault)


async def _cancelled(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_seal_that_comes_while_its_old_twin_is_collected_is_kept(tmp_path):
    # The collector stands between its look and its removal, while the same bytes are sealed.
    gate = Gate("remove")

    async def act():
        async with ready(local(tmp_path)) as store:
            blob = await stored(store, b"minutes")
            then = time.time() - 7200
            os.utime(place(tmp_path, blob.sha256), (then, then))
            collecting = local(tmp_path, Disk(gate))
            collected = asyncio.create_task(collecting.collect(blob.sha256, 3600))
            assert await asyncio.to_thread(gate.is_reached.wait, 30)
            waits = threading.Event()
            disk = meanwhile("hold_folder", lambda path: waits.set())
            sealing = asyncio.create_task(stored(local(tmp_path, disk), b"minutes"))
            assert await asyncio.to_thread(waits.wait, 30)
            gate.open()
            assert await collected
            assert await sealing == blob
            assert await contents(store, blob.sha256) == b"minutes"
            await collecting.close()

    asyncio.run(act())


def test_the_folder_is_held_alone_to_remove_and_beside_others_to_give_a_name(tmp_path):
    seen = {}

    def seam(operation, path):
        if operation in ("remove", "rename") and path.parent.parent.name == "blobs":
            seen[operation] = _holding(path.parent)

    async def act():
        async with ready(local(tmp_path, Disk(seam))) as store:
            blob = await stored(store, b"minutes")
            assert await store.collect(blob.sha256, -60)

    asyncio.run(act())
    assert seen == {"rename": "beside others", "remove": "alone"}


def _holding(folder):
    """How the folder is held now, as another process would find out."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        for kind, said in ((fcntl.LOCK_EX, "not"), (fcntl.LOCK_SH, "beside others")):
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            return said
        return "alone"
    finally:
        os.close(descriptor)
