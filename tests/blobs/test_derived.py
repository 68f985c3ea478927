"""Derived texts: what was put comes back, what rotted does not."""

from __future__ import annotations

import asyncio
import errno

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.blobs.derived import DerivedTexts
from atelier.errors import BlobMissing, NoRoom
from atelier.files import Disk
from tests.faults import FaultPlan, each_failure

SHA256 = "ab" + "0" * 62
OTHER = "ab" + "1" * 62


def texts(folder, disk=None, *, reader_version=1):
    """The derived texts in `folder`."""
    return DerivedTexts(folder / "derived", disk or Disk(), reader_version=reader_version)


def path_of(folder, sha256=SHA256, *, reader_version=1):
    """Where a reading stands."""
    return folder / "derived" / "ab" / f"{sha256}.{reader_version}"


def names(folder):
    """What stands beside the reading."""
    return [path.name for path in path_of(folder).parent.iterdir()]


def test_a_reading_comes_back_as_it_was_put_and_the_last_one_wins(tmp_path):
    store = texts(tmp_path)

    @settings(deadline=None, max_examples=40)
    @given(st.binary(max_size=5_000))
    def check(reading):
        asyncio.run(store.put(SHA256, reading))
        assert asyncio.run(store.get(SHA256)) == reading

    check()
    assert asyncio.run(store.get(OTHER)) is None


def test_readings_are_kept_compressed_for_the_owner_only(tmp_path):
    reading = "réunion du comité de pilotage ".encode() * 1000
    asyncio.run(texts(tmp_path).put(SHA256, reading))
    facts = path_of(tmp_path).stat()
    assert facts.st_size < len(reading) // 20
    assert facts.st_mode & 0o777 == 0o600


def test_a_newer_reader_does_not_get_what_an_older_one_read(tmp_path):
    async def act():
        await texts(tmp_path, reader_version=1).put(SHA256, b"old")
        newer = texts(tmp_path, reader_version=2)
        assert await newer.get(SHA256) is None
        await newer.put(SHA256, b"new")
        assert await newer.get(SHA256) == b"new"
        assert await texts(tmp_path, reader_version=1).get(SHA256) == b"old"

    asyncio.run(act())


def test_a_damaged_reading_is_none_wherever_it_was_cut_changed_or_lengthened(tmp_path):
    reading = bytes(range(256)) + b"compte rendu " * 20
    store = texts(tmp_path)
    asyncio.run(store.put(SHA256, reading))
    path = path_of(tmp_path)
    whole = path.read_bytes()

    async def act():
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            assert await store.get(SHA256) is None
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
            assert await store.get(SHA256) is None
        path.write_bytes(whole + b"x")
        assert await store.get(SHA256) is None
        await store.put(SHA256, reading)
        assert await store.get(SHA256) == reading

    asyncio.run(act())


def test_a_link_in_the_place_of_a_reading_is_not_followed(tmp_path):
    async def act():
        store = texts(tmp_path)
        await store.put(OTHER, b"another's text")
        path_of(tmp_path).symlink_to(path_of(tmp_path, OTHER))
        assert await store.get(SHA256) is None
        await store.put(SHA256, b"own text")
        assert await store.get(OTHER) == b"another's text"

    asyncio.run(act())


def test_whatever_fails_the_earlier_reading_stands_and_nothing_lies_about(tmp_path):
    async def act():
        await texts(tmp_path).put(SHA256, b"old")
        failures = []
        for plan in each_failure(errno.ENOSPC):
            store = texts(tmp_path, plan.disk)
            try:
                await store.put(SHA256, b"new")
            except NoRoom:
                failures.extend(plan.failed)
                plan.heal()
                assert await store.get(SHA256) == b"old"
            assert names(tmp_path) == [path_of(tmp_path).name]
        assert failures == ["make_folder", "create", "write", "rename"]
        assert await texts(tmp_path).get(SHA256) == b"new"

    asyncio.run(act())


@pytest.mark.parametrize("operation", ["open", "read"])
def test_a_reading_that_the_disk_does_not_give_back_is_none(tmp_path, operation):
    async def act():
        store = texts(tmp_path, FaultPlan(0, only=operation).disk)
        await store.put(SHA256, b"text")
        assert await store.get(SHA256) is None
        assert await store.get(SHA256) == b"text"

    asyncio.run(act())


def test_removing_forgets_every_reader_version_and_no_other_blob(tmp_path):
    async def act():
        store = texts(tmp_path)
        await store.remove(SHA256)
        await texts(tmp_path, reader_version=2).put(SHA256, b"two")
        await store.put(SHA256, b"one")
        await store.put(OTHER, b"other")
        (path_of(tmp_path).parent / f".{SHA256}.1.0123").write_bytes(b"half")
        await store.remove(SHA256)
        assert names(tmp_path) == [f"{OTHER}.1"]
        assert await store.get(OTHER) == b"other"

    asyncio.run(act())


def test_what_is_no_hash_names_no_reading(tmp_path):
    store = texts(tmp_path)
    for act in (store.get, store.remove, lambda name: store.put(name, b"text")):
        with pytest.raises(BlobMissing):
            asyncio.run(act("../../atelier"))


def test_every_kept_reading_is_told_by_its_key_half_written_ones_too(tmp_path):
    async def act():
        store = texts(tmp_path)
        assert await store.keys() == frozenset()
        await store.put(SHA256, b"one")
        await texts(tmp_path, reader_version=2).put(SHA256, b"two")
        (path_of(tmp_path).parent / f".{OTHER}.1.0123").write_bytes(b"half")
        (path_of(tmp_path).parent / "notes.txt").write_bytes(b"a stranger's")
        assert await store.keys() == {SHA256, OTHER}

    asyncio.run(act())
