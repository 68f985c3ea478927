"""Derived texts: what was put comes back, what rotted does not."""

from __future__ import annotations

import asyncio
import errno
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.blobs.derived import DerivedPictures, DerivedTexts
from atelier.errors import BlobMissing, Busy, NoRoom, TooMany
from atelier.files import Disk
from tests.faults import FaultPlan, each_failure, meanwhile

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


def test_a_newer_reader_gets_what_the_last_older_one_read_until_it_has_read_itself(tmp_path):
    async def act():
        for version, reading in ((1, b"oldest"), (2, b"old"), (5, b"newest")):
            await texts(tmp_path, reader_version=version).put(SHA256, reading)
        assert names(tmp_path) == [f"{SHA256}.5"]
        assert await texts(tmp_path, reader_version=4).get(SHA256) is None
        await texts(tmp_path, reader_version=1).put(OTHER, b"oldest")
        await texts(tmp_path, reader_version=2).put(OTHER, b"old")
        newer = texts(tmp_path, reader_version=4)
        assert await newer.get(OTHER) == b"old"
        await newer.put(OTHER, b"new")
        assert await newer.get(OTHER) == b"new"
        assert sorted(names(tmp_path)) == [f"{SHA256}.5", f"{OTHER}.4"]

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


def test_pictures_stand_beside_the_reading_and_go_with_it_or_alone(tmp_path):
    async def act():
        store, pictures = texts(tmp_path), DerivedPictures(tmp_path / "derived", Disk())
        await store.put(SHA256, b"text")
        for what in ("d1p1w320", "d1p2w1200"):
            await pictures.put(SHA256, what, what.encode())
        await pictures.put(OTHER, "d1p1w320", b"other")
        (path_of(tmp_path).parent / f".{SHA256}.d1p3w320.0123").write_bytes(b"half")
        assert await pictures.get(SHA256, "d1p2w1200") == b"d1p2w1200"
        assert await pictures.get(SHA256, "d1p3w320") is None
        # whose picture alone is kept has no reading
        assert (await store.keys(), await pictures.keys()) == ({SHA256}, {SHA256, OTHER})
        await pictures.remove(SHA256)
        assert sorted(names(tmp_path)) == [f"{SHA256}.1", f"{OTHER}.d1p1w320"]
        assert await store.get(SHA256) == b"text"
        await pictures.put(SHA256, "d1p1w320", b"again")
        await store.remove(SHA256)
        assert names(tmp_path) == [f"{OTHER}.d1p1w320"]

    asyncio.run(act())


def test_a_picture_that_was_cut_is_none(tmp_path):
    async def act():
        pictures = DerivedPictures(tmp_path / "derived", Disk())
        await pictures.put(SHA256, "d1p1w320", bytes(range(256)))
        path = path_of(tmp_path).with_name(f"{SHA256}.d1p1w320")
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_bytes(path.read_bytes()[:-1])
        assert await pictures.get(SHA256, "d1p1w320") is None

    asyncio.run(act())


def kept_in(folder):
    """What is kept of pictures, by key and what they show."""
    found = (folder / "derived").glob("*/*")
    return {(path.name[:64], path.name[65:]) for path in found}


def aged(folder, key, what, seconds):
    """Have a picture put so long after the first second there was."""
    os.utime(folder / "derived" / key[:2] / f"{key}.{what}", (seconds, seconds))


def test_spare_pictures_stay_under_their_cap_the_oldest_go_first_and_no_other_goes(tmp_path):
    most, picture = 1 << 20, bytes(60 << 10)

    async def act():
        pictures = DerivedPictures(tmp_path / "derived", Disk(), spare_bytes=most)
        for what in ("d1p1w320", "d1p1w1200"):
            await pictures.put(SHA256, what, picture)
            aged(tmp_path, SHA256, what, 1)
        await texts(tmp_path).put(SHA256, b"text")
        for number in range(2, 60):
            await pictures.put(OTHER, f"s1p{number}w1200", picture)
            aged(tmp_path, OTHER, f"s1p{number}w1200", number)
            spare = {what for _, what in kept_in(tmp_path) if what.startswith("s")}
            assert len(spare) * len(picture) <= most
            assert f"s1p{number}w1200" in spare
        assert spare == {f"s1p{number}w1200" for number in range(60 - len(spare), 60)}
        assert len(spare) > 10
        assert await pictures.get(OTHER, "s1p2w1200") is None
        assert await pictures.get(OTHER, "s1p59w1200") == picture
        assert {(SHA256, "d1p1w320"), (SHA256, "d1p1w1200"), (SHA256, "1")} < kept_in(tmp_path)

    asyncio.run(act())


def test_what_another_process_put_counts_and_what_it_took_away_is_no_error(tmp_path):
    most, picture = 1 << 20, bytes(60 << 10)

    async def act():
        before = DerivedPictures(tmp_path / "derived", Disk(), spare_bytes=64 << 20)
        for number in range(40):
            await before.put(SHA256, f"s1p{number}w1200", picture)
            aged(tmp_path, SHA256, f"s1p{number}w1200", number)

        def swept(path):
            (tmp_path / "derived" / "ab" / f"{SHA256}.s1p0w1200").unlink(missing_ok=True)

        for operation in ("look", "remove"):
            disk = meanwhile(operation, swept)
            later = DerivedPictures(tmp_path / "derived", disk, spare_bytes=most)
            await later.put(OTHER, f"s1p2w{operation}", picture)
            assert (OTHER, f"s1p2w{operation}") in kept_in(tmp_path)
            assert len(kept_in(tmp_path)) * len(picture) <= most
            await before.put(SHA256, "s1p0w1200", picture)

    asyncio.run(act())


def test_nothing_is_listed_at_each_picture_and_small_ones_count_too(tmp_path):
    plan = FaultPlan()

    async def act():
        pictures = DerivedPictures(tmp_path / "derived", Disk(plan), spare_bytes=1 << 20)
        for number in range(1_000):
            await pictures.put(SHA256, f"s1p{number}w1200", b"no_picture")

    asyncio.run(act())
    assert len(kept_in(tmp_path)) <= 256
    assert plan.names.count("names") / 256 < 1_000 / 10


def test_one_picture_is_drawn_by_one_at_a_time_and_a_crowd_is_sent_away(tmp_path):
    async def act():
        pictures, order = DerivedPictures(tmp_path / "derived", Disk()), []
        gate = asyncio.Event()

        async def draw(what):
            async with pictures.alone(SHA256, what):
                order.append(what)
                await gate.wait()

        drawing = [asyncio.create_task(draw(what)) for what in ("a", "a", "b")]
        await asyncio.sleep(0)
        assert order == ["a", "b"]
        crowd = [asyncio.create_task(draw(f"c{number}")) for number in range(60)]
        await asyncio.sleep(0)
        refused = [task for task in crowd if task.done()]
        assert refused and all(isinstance(task.exception(), Busy) for task in refused)
        gate.set()
        await asyncio.gather(*drawing, *(set(crowd) - set(refused)))
        assert order.count("a") == 2
        async with pictures.alone(SHA256, "a"):
            order.append("later")
        assert order[-1] == "later"

    asyncio.run(act())


def test_who_waits_for_four_pictures_is_refused_a_fifth_and_keeps_nobody_else_waiting(tmp_path):
    async def act():
        pictures, order = DerivedPictures(tmp_path / "derived", Disk()), []
        gate = asyncio.Event()

        async def draw(person, what):
            async with pictures.alone(SHA256, what, person):
                order.append((person, what))
                await gate.wait()

        hers = [asyncio.create_task(draw(1, f"a{number}")) for number in range(42)]
        await asyncio.sleep(0)
        refused = [task for task in hers if task.done()]
        assert len(refused) == 38
        assert all(isinstance(task.exception(), TooMany) for task in refused)
        others = [asyncio.create_task(draw(person, "b")) for person in (2, None, None, None, None)]
        await asyncio.sleep(0)
        # whoever leaves the line before her turn may ask again at once, and takes no turn
        hers[3].cancel()
        await asyncio.sleep(0)
        again = asyncio.create_task(draw(1, "again"))
        await asyncio.sleep(0)
        assert hers[3].cancelled() and not again.done()
        gate.set()
        await asyncio.gather(*hers[:3], *others, again)
        assert sorted(order, key=str) == sorted(
            [*((1, f"a{n}") for n in range(3)), (1, "again"), (2, "b"), *[(None, "b")] * 4],
            key=str,
        )

    asyncio.run(act())
