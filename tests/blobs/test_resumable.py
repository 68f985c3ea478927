"""Resumable drafts of the local store on a disk that fails, is slow, or was tampered with."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os

import psutil
import pytest

from atelier.blobs.contract import Kept
from atelier.blobs.resumable import ENDING, TWIN_ENDING
from atelier.errors import Fault, NoRoom, OffsetMismatch, WriteFailed
from atelier.files import Disk
from tests.blobs.test_local import drafts, local, place
from tests.contracts.blobs import BIG, NO_LIMIT, blob_of, contents, listed, ready
from tests.contracts.resumable import ResumableContract, added, key, sealed
from tests.faults import FaultPlan, Gate, each_failure


class TestLocalResumable(ResumableContract):
    """The local store passes the suite of every store."""

    def make(self, folder):
        return local(folder)


def part(folder, one):
    """Where the local store keeps that key."""
    return folder / "drafts" / f"{one}{ENDING}"


def test_bytes_are_durable_before_they_have_a_name_and_keep_the_keys_own_name(tmp_path):
    plan, one = FaultPlan(), key()

    async def act():
        async with ready(local(tmp_path, plan.disk)) as store:
            del plan.operations[:]
            blob = await sealed(store, one, 0, b"minutes")
            assert plan.names == [
                *["free_bytes", "reopen", "free_bytes", "cut", "write", "sync"],
                *["make_read_only", "sync", "link", "hold_folder", "rename", "remove"],
                "sync_folder",
            ]
            assert plan.operations[-1][1] == place(tmp_path, blob.sha256).parent
            assert place(tmp_path, blob.sha256).stat().st_mode & 0o777 == 0o400
            assert place(tmp_path, blob.sha256).samefile(part(tmp_path, one))

    asyncio.run(act())


@pytest.mark.parametrize("size", [10, BIG])
@pytest.mark.parametrize(("error", "ours"), [(errno.ENOSPC, NoRoom), (errno.EIO, WriteFailed)])
def test_whatever_operation_fails_what_was_promised_before_is_there_or_nothing_is(
    tmp_path, error, ours, size
):
    first, rest = os.urandom(size), os.urandom(size)
    failures = []

    async def act():
        async with ready(local(tmp_path)) as healthy:
            for plan in each_failure(error):
                one, store = key(), local(tmp_path, plan.disk)
                is_refused = await _is_refused(_both(store, one, first, rest), ours)
                # What cannot be tidied away when all is durable is nobody's loss.
                assert is_refused == bool(plan.failed) or plan.failed == ["remove"]
                plan.heal()
                failures.extend(plan.failed)
                for blob in await listed(healthy):
                    assert await healthy.is_whole(blob.sha256)
                kept = await healthy.kept(one)
                offset = min(kept.size_bytes, size)
                if kept.size_bytes:
                    assert part(tmp_path, one).read_bytes()[:size] == first[: kept.size_bytes]
                await _gone_on(healthy, one, offset, first + rest)
                await healthy.forget(one)
                assert drafts(tmp_path) == []
                await healthy.remove(blob_of(first + rest).sha256)
                await store.close()

    asyncio.run(act())
    assert {"reopen", "cut", "write", "sync", "link", "rename", "sync_folder"} <= set(failures)


def test_after_a_failed_fsync_the_file_is_not_written_to_again(tmp_path):
    plan, one = FaultPlan(0, only="sync"), key()

    async def act():
        async with ready(local(tmp_path, plan.disk)) as store:
            draft = await store.resume(one, 0, NO_LIMIT)
            await draft.write(b"abc")
            for step in (draft.sync, draft.sync, draft.seal):
                with pytest.raises(WriteFailed):
                    await step()
            await draft.close()
            assert plan.names.count("sync") == 1
            assert await store.kept(one) == Kept(0)
            assert await listed(store) == []

    asyncio.run(act())


def test_what_came_before_the_room_ran_out_is_kept(tmp_path):
    one = key()

    async def act():
        async with ready(local(tmp_path)) as healthy:
            floor = Disk().free_bytes(tmp_path) - 64 * 1024**2
            store = local(tmp_path, floor_bytes=floor)
            draft = await store.resume(one, 0, NO_LIMIT)
            with pytest.raises(NoRoom):
                for _ in range(256):
                    await draft.write(bytes(1024**2))
            given = draft.offset_bytes
            durable = await draft.sync()
            await draft.close()
            assert 0 < durable < given
            assert await healthy.kept(one) == Kept(durable)
            with pytest.raises(NoRoom):
                await local(tmp_path, floor_bytes=2**60).resume(one, 0, NO_LIMIT)
            await store.close()

    asyncio.run(act())


def test_where_a_file_has_one_name_only_it_is_given_the_blobs(tmp_path):
    one = key()

    async def act():
        plan = FaultPlan(0, errno.EPERM, only="link")
        async with ready(local(tmp_path, plan.disk)) as store:
            blob = await sealed(store, one, 0, b"minutes")
            assert blob == blob_of(b"minutes")
            assert await contents(store, blob.sha256) == b"minutes"
            assert drafts(tmp_path) == []

    asyncio.run(act())


def test_a_twin_that_a_crash_left_stands_in_nobodys_way(tmp_path):
    one = key()

    async def act():
        async with ready(local(tmp_path)) as store:
            left = part(tmp_path, one).with_suffix(f"{TWIN_ENDING}{'0' * 16}")
            left.write_bytes(b"left")
            assert await sealed(store, one, 0, b"minutes") == blob_of(b"minutes")
            assert sorted(drafts(tmp_path)) == sorted([f"{one}{ENDING}", left.name])
            await store.forget(one)
            assert await store.expire_drafts(0) == 1
            assert drafts(tmp_path) == []

    asyncio.run(act())


def _replaced(path):
    """As by one who forgets a key and one who begins it again: its name is an empty file's."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)


@pytest.mark.parametrize("has_one_name", [False, True])
@pytest.mark.parametrize("before", ["make_read_only", "link", "hold_folder", "rename"])
def test_only_the_held_file_gets_a_blobs_name_whatever_has_the_keys_by_then(
    tmp_path, before, has_one_name
):
    one = key()

    def seam(operation, path):
        nonlocal is_first
        if operation == before and is_first:
            is_first = False
            _replaced(part(tmp_path, one))
        if operation == "link" and has_one_name:
            raise OSError(errno.EPERM, "one name each", str(path))

    async def act():
        async with ready(local(tmp_path)) as store:
            await (draft := await store.draft(NO_LIMIT)).write(b"minutes of others")
            confirmed = await draft.seal()
            doubtful = local(tmp_path, Disk(seam))
            with contextlib.suppress(WriteFailed):
                assert await sealed(doubtful, one, 0, b"minutes of others") == confirmed
            assert not is_first
            assert await contents(store, confirmed.sha256) == b"minutes of others"
            assert await store.is_whole(confirmed.sha256)
            assert [name for name in drafts(tmp_path) if not name.startswith(one)] == []
            await doubtful.close()

    is_first = True
    asyncio.run(act())


def test_a_name_that_was_lost_before_the_end_is_told(tmp_path):
    async def act():
        async with ready(local(tmp_path)) as store:
            for put in (_replaced, os.unlink):
                one = key()
                draft = await store.resume(one, 0, NO_LIMIT)
                await draft.write(b"minutes")
                await draft.sync()
                put(part(tmp_path, one))
                with pytest.raises(WriteFailed):
                    await draft.seal()
                await draft.close()
                assert await listed(store) == []
                assert drafts(tmp_path) == ([f"{one}{ENDING}"] if put is _replaced else [])
                await store.forget(one)

    asyncio.run(act())


def test_where_a_file_has_one_name_only_it_has_its_own_again_when_it_gets_no_other(tmp_path):
    one = key()

    def seam(operation, path):
        if operation == "link":
            raise OSError(errno.EPERM, "one name each", str(path))
        if operation == "hold_folder":
            raise OSError(errno.EIO, "no", str(path))

    async def act():
        async with ready(local(tmp_path)) as store:
            failing = local(tmp_path, Disk(seam))
            with pytest.raises(WriteFailed):
                await sealed(failing, one, 0, b"minutes")
            assert await store.kept(one) == Kept(7, is_whole=True)
            assert await sealed(store, one, 6, b"s") == blob_of(b"minutes")
            await failing.close()

    asyncio.run(act())


def test_another_ones_file_is_not_removed_with_ones_own(tmp_path):
    one, plan = key(), FaultPlan(0, only="sync")

    async def act():
        async with ready(local(tmp_path, plan.disk)) as store:
            draft = await store.resume(one, 0, NO_LIMIT)
            await draft.write(b"abc")
            _replaced(part(tmp_path, one))
            with pytest.raises(WriteFailed):
                await draft.sync()
            await draft.close()
            assert drafts(tmp_path) == [f"{one}{ENDING}"]

    asyncio.run(act())


def test_a_draft_to_which_nothing_came_leaves_no_file(tmp_path):
    one = key()

    async def act():
        async with ready(local(tmp_path)) as store:
            draft = await store.resume(one, 0, NO_LIMIT)
            assert drafts(tmp_path) == [f"{one}{ENDING}"]
            await draft.close()
            with pytest.raises(OffsetMismatch):
                await store.resume(one, 3, NO_LIMIT)
            assert drafts(tmp_path) == []

    asyncio.run(act())


def test_links_pipes_and_folders_in_the_place_of_a_draft_are_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"not a draft")

    async def act():
        async with ready(local(tmp_path)) as store:
            puts = (lambda at: at.symlink_to(secret), os.mkfifo, lambda at: at.mkdir())
            for put in puts:
                one = key()
                put(part(tmp_path, one))
                assert await store.kept(one) == Kept(0)
                with pytest.raises(WriteFailed):
                    await store.resume(one, 0, NO_LIMIT)
            one = key()
            os.link(secret, part(tmp_path, one))
            with pytest.raises(OffsetMismatch):
                await added(store, one, 3, b"overwritten")
            assert drafts(tmp_path).count(f"{one}{ENDING}") == 0
        assert secret.read_bytes() == b"not a draft"

    asyncio.run(act())


def test_a_shorter_draft_than_it_was_when_it_was_opened_is_not_sealed(tmp_path):
    one = key()

    async def act():
        async with ready(local(tmp_path)) as store:
            draft = await store.resume(one, 0, NO_LIMIT)
            await draft.write(b"minutes")
            await draft.sync()
            os.truncate(part(tmp_path, one), 3)
            with pytest.raises(WriteFailed):
                await draft.seal()
            await draft.close()
            assert await listed(store) == []

    asyncio.run(act())


def test_who_leaves_while_it_is_opened_holds_it_no_longer(tmp_path):
    one, gate = key(), Gate("reopen")

    async def act():
        async with ready(local(tmp_path, Disk(gate))) as store:
            before = psutil.Process().num_fds()
            opening = asyncio.create_task(store.resume(one, 0, NO_LIMIT))
            await asyncio.to_thread(gate.is_reached.wait)
            await _cancelled(opening)
            gate.open()
            assert await added(local(tmp_path), key(), 0, b"x") == 1
            await store.close()
            assert psutil.Process().num_fds() <= before

    asyncio.run(act())


def test_a_writer_that_was_cancelled_leaves_a_beginning_and_lets_go(tmp_path):
    one, gate = key(), Gate("write")
    body = os.urandom(2 * BIG)

    async def act():
        async with ready(local(tmp_path, Disk(gate))) as store:
            draft = await store.resume(one, 0, NO_LIMIT)
            await draft.write(body[:BIG])
            stuck = asyncio.create_task(draft.write(body[BIG:]))
            await asyncio.to_thread(gate.is_reached.wait)
            await _cancelled(stuck)
            closing = asyncio.create_task(draft.close())
            await asyncio.sleep(0)
            gate.open()
            await closing
            kept = (await store.kept(one)).size_bytes
            assert part(tmp_path, one).read_bytes() == body[:kept]
            assert await sealed(store, one, kept, body[kept:]) == blob_of(body)

    asyncio.run(act())


def test_who_leaves_while_it_cannot_be_opened_leaves_nothing_behind(tmp_path):
    one, gate = key(), Gate("reopen")

    def seam(operation, path):
        gate(operation, path)
        if operation == "reopen":
            raise OSError(errno.EIO, "no", str(path))

    async def act():
        async with ready(local(tmp_path, Disk(seam))) as store:
            opening = asyncio.create_task(store.resume(one, 0, NO_LIMIT))
            await asyncio.to_thread(gate.is_reached.wait)
            await _cancelled(opening)
            gate.open()
            await store.close()
            assert drafts(tmp_path) == []

    asyncio.run(act())


async def _both(store, one, first, rest):
    if await added(store, one, 0, first) < len(first):
        raise NoRoom
    return await sealed(store, one, len(first), rest)


async def _gone_on(store, one, offset, whole):
    """What a sender does after a failure: it goes on from what is kept."""
    assert await sealed(store, one, offset, whole[offset:]) == blob_of(whole)
    assert await contents(store, blob_of(whole).sha256) == whole


async def _is_refused(doing, ours) -> bool:
    try:
        await doing
    except Fault as fault:
        assert type(fault) is ours
        return True
    return False


async def _cancelled(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
