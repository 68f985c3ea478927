"""The index of an address: what every index must hold, and changing it under its readers."""

from __future__ import annotations

import asyncio
import errno
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import ClassVar

import pytest

from atelier.errors import IndexUnready, NoRoom, SettingsFault, WriteFailed
from atelier.files import Disk
from atelier.search import (
    ENGINES,
    open_engine,
    open_index,
    tantivy_engine,
    tantivy_fields,
    whoosh_fields,
)
from atelier.search.contract import Index, Shelf
from atelier.search.generations import BUILDING, CURRENT
from tests.contracts.index import ROOT, IndexContract
from tests.contracts.index_answers import NOTHING, entry, found
from tests.faults import FaultPlan, each_failure

# Another process that asks again and again, and says what it was answered.
ASKING = """
import asyncio, sys
from atelier.errors import IndexUnready
from atelier.search import open_index
from tests.contracts.index_answers import found

async def main():
    index = open_index(sys.argv[1])
    print("asks", flush=True)
    answers = set()
    while True:
        answer = await found(index, "kiwi")
        if answer.total not in answers:
            answers.add(answer.total)
            print(answer.total, flush=True)
        if answer.total == int(sys.argv[2]):
            break
    print(await index.engine())
    await index.close()

asyncio.run(main())
"""

# Another process that begins to build, and is killed in the middle.
BUILDS = """
import asyncio, sys
from atelier.search import open_index
from tests.contracts.index_answers import entry

async def main():
    index = open_index(sys.argv[1])
    built = await index.build()
    print("nobody" if built is None else "builds", flush=True)
    while built is not None:
        await built.apply([entry(n, "kiwi " * 300) for n in range(20)], frozenset(), 1)
        print("applied", flush=True)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared machine is sometimes slow: only the engines' tests meet the limit."""
    monkeypatch.setattr(tantivy_engine, "_SECONDS_PER_QUERY", 60)


def shelf(folder: Path, engine: str = "tantivy", disk: Disk | None = None) -> Shelf:
    """The index of an address in this folder."""
    return open_index(f"{engine}:{folder / 'index'}", disk=disk)


@asynccontextmanager
async def filled(
    folder: Path, engine: str = "tantivy", disk: Disk | None = None
) -> AsyncIterator[Shelf]:
    """An index with one document under `kiwi`, at number 1."""
    index = shelf(folder, engine, disk)
    await index.reset()
    await index.apply([entry(1, "kiwi")], NOTHING, 1)
    try:
        yield index
    finally:
        await index.close()


async def grown(index: Shelf, documents: int) -> Index:
    """A new one beside, with so many documents under `kiwi`, at number 7."""
    built = await index.build()
    assert built is not None
    await built.apply([entry(n, "kiwi") for n in range(documents)], NOTHING, 7)
    return built


def _started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def standing(folder: Path) -> list[str]:
    """What stands in the index's folder, but for the lock."""
    names = {path.name for path in (folder / "index").iterdir()}
    return sorted(names - {BUILDING})


def within_the_generation(damage: Callable[[Path], None]) -> Callable[[Path], None]:
    """The damage of an engine, in the one generation of a shelf."""

    def inside(folder: Path) -> None:
        (generation,) = folder.glob("*-*/")
        damage(generation)

    return inside


class ShelfContract(IndexContract):
    """The suite of every index, on the shelf of an address."""

    def open(self, folder: Path, installation: str = "") -> Shelf:
        """See the suite of engines."""
        return open_index(f"{self.scheme}:{folder / 'index'}", installation)


_OF_THE_SHELF: Mapping[str, Callable[[Path], None]] = {
    "no name of what answers": lambda folder: (folder / CURRENT).unlink(),
    "a name of nothing": lambda folder: (folder / CURRENT).write_text("tantivy-99") and None,
    "no name at all": lambda folder: (folder / CURRENT).write_bytes(b"\0../../etc") and None,
    "no generation": lambda folder: [shutil.rmtree(one) for one in folder.glob("*-*/")] and None,
}


class TestTantivyShelf(ShelfContract):
    scheme = "tantivy"
    fields = tantivy_fields
    damages: ClassVar = {
        **_OF_THE_SHELF,
        "no list of segments": within_the_generation(lambda one: (one / "meta.json").unlink()),
    }


class TestWhooshShelf(ShelfContract):
    scheme = "whoosh"
    fields = whoosh_fields
    damages: ClassVar = {
        **_OF_THE_SHELF,
        "no contents": within_the_generation(lambda one: (one / "contents.json").unlink()),
    }


def test_a_new_one_is_built_beside_and_answers_once_it_is_taken(tmp_path: Path) -> None:
    async def run() -> None:
        async with filled(tmp_path) as index:
            other = shelf(tmp_path)
            built = await grown(index, 3)
            for one in (index, other):
                assert (await found(one, "kiwi")).total == 1
            await index.apply([entry(9, "kiwi")], NOTHING, 2)
            assert ((await found(other, "kiwi")).total, await other.applied()) == (2, 2)
            await index.take(built)
            for one in (index, other):
                assert ((await found(one, "kiwi")).total, await one.applied()) == (3, 7)
            assert standing(tmp_path) == [CURRENT, "tantivy-2"]
            await index.apply([entry(9, "kiwi")], NOTHING, 8)
            assert (await found(other, "kiwi")).total == 4
            await other.close()

    asyncio.run(run())


def test_one_that_is_left_is_gone_and_the_old_one_answers(tmp_path: Path) -> None:
    async def run() -> None:
        async with filled(tmp_path) as index:
            built = await grown(index, 3)
            assert standing(tmp_path) == [CURRENT, "tantivy-1", "tantivy-2"]
            await index.leave(built)
            assert standing(tmp_path) == [CURRENT, "tantivy-1"]
            with pytest.raises(LookupError):
                await index.take(built)
            assert (await found(index, "kiwi")).total == 1
            assert await grown(index, 2)
        assert standing(tmp_path) == [CURRENT, "tantivy-1"], "closing leaves what was being built"

    asyncio.run(run())


def test_one_builds_at_a_time_in_whichever_process(tmp_path: Path) -> None:
    async def run() -> None:
        async with filled(tmp_path) as index:
            other = shelf(tmp_path)
            built = await grown(index, 3)
            assert await index.build() is None
            assert await other.build() is None
            command = [sys.executable, "-c", BUILDS, f"tantivy:{tmp_path / 'index'}"]
            third = await asyncio.to_thread(
                subprocess.run, command, cwd=ROOT, capture_output=True, text=True
            )
            assert third.stdout == "nobody\n"
            await index.take(built)
            again = await grown(other, 2)
            await other.take(again)
            assert (await found(index, "kiwi")).total == 2
            await other.close()

    asyncio.run(run())


def test_what_a_killed_builder_left_is_removed_by_the_next(tmp_path: Path) -> None:
    async def run() -> None:
        async with filled(tmp_path) as index:
            command = [sys.executable, "-c", BUILDS, f"tantivy:{tmp_path / 'index'}"]
            with _started(command) as building:
                assert building.stdout is not None
                assert building.stdout.readline() == "builds\n"
                assert building.stdout.readline() == "applied\n"
                assert await index.build() is None
                building.kill()
            assert standing(tmp_path) == [CURRENT, "tantivy-1", "tantivy-2"]
            assert (await found(index, "kiwi")).total == 1
            await index.take(await grown(index, 3))
            assert standing(tmp_path) == [CURRENT, "tantivy-2"]
            assert (await found(index, "kiwi")).total == 3

    asyncio.run(run())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("wanted", ENGINES)
def test_readers_in_another_process_change_over_with_it(
    tmp_path: Path, engine: str, wanted: str
) -> None:
    async def run() -> None:
        async with filled(tmp_path, engine):
            command = [sys.executable, "-c", ASKING, f"{engine}:{tmp_path / 'index'}", "3"]
            with _started(command) as asking:
                assert asking.stdout is not None
                assert asking.stdout.readline() == "asks\n"
                assert asking.stdout.readline() == "1\n"
                index = shelf(tmp_path, wanted)
                assert (await index.engine(), index.wanted) == (engine, wanted)
                await index.take(await grown(index, 3))
                assert await index.engine() == wanted
                assert asking.stdout.read() == f"3\n{wanted}\n"
                await index.close()
            assert asking.returncode == 0

    asyncio.run(run())


def test_questions_under_way_when_it_changes_are_all_answered(tmp_path: Path) -> None:
    async def ask(index: Index, done: asyncio.Event) -> set[int]:
        totals = set()
        while not done.is_set():
            totals.add((await found(index, "kiwi")).total)
        return totals

    async def run() -> None:
        async with filled(tmp_path) as index:
            other = shelf(tmp_path)
            done = asyncio.Event()
            asking = [asyncio.create_task(ask(one, done)) for one in [index, other] * 2]
            for _ in range(5):
                await index.take(await grown(index, 3))
            assert (await found(other, "kiwi")).total == 3
            done.set()
            for totals in await asyncio.gather(*asking):
                assert totals <= {1, 3}
            await other.close()

    asyncio.run(run())


def test_what_was_read_of_one_is_never_applied_to_the_next(tmp_path: Path) -> None:
    async def run() -> None:
        async with filled(tmp_path) as index:
            other = shelf(tmp_path)
            async with other.holding() as held:
                assert await held.applied() == 1
                await index.take(await grown(index, 3))
                assert (await found(other, "kiwi")).total == 3
                # What is gone may refuse it, or take it with it; the next one has none of it.
                with suppress(WriteFailed, IndexUnready):
                    await held.apply([entry(9, "kiwi")], NOTHING, 50)
            assert (await other.applied(), (await found(other, "kiwi")).total) == (7, 3)
            await other.close()

    asyncio.run(run())


def test_beginning_again_beside_a_builder_leaves_what_it_builds(tmp_path: Path) -> None:
    async def run() -> None:
        async with filled(tmp_path) as index:
            other = shelf(tmp_path)
            built = await grown(index, 3)
            await other.reset()
            assert (await index.applied(), (await found(index, "kiwi")).total) == (0, 0)
            await index.take(built)
            assert (await other.applied(), (await found(other, "kiwi")).total) == (7, 3)
            assert len(standing(tmp_path)) == 2
            await other.close()

    asyncio.run(run())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [CURRENT, BUILDING, ""])
def test_what_stands_in_the_place_of_ours_is_put_aside_and_the_index_begins_again(
    tmp_path: Path, engine: str, name: str
) -> None:
    async def run() -> None:
        async with filled(tmp_path, engine) as index:
            place = tmp_path / "index" / name
            for time in (1, 2):
                if name:
                    place.unlink()
                    (place / "of somebody").mkdir(parents=True)
                else:
                    shutil.rmtree(place)
                    place.write_text("of somebody")
                if name != BUILDING:
                    with pytest.raises(IndexUnready):
                        await index.applied()
                    assert await index.engine() == ""
                await index.reset()
                await index.apply([entry(1, "kiwi"), entry(2, "kiwi")], NOTHING, 2)
                assert (await found(index, "kiwi")).total == 2
                aside = place.with_name(f"{place.name}.aside-{time}")
                kept = (aside / "of somebody").is_dir() if name else aside.read_text()
                assert kept in (True, "of somebody")
                await index.take(await grown(index, 3))
                assert (await found(index, "kiwi")).total == 3

    asyncio.run(run())


def test_files_of_an_earlier_release_go_and_those_of_others_stay(tmp_path: Path) -> None:
    async def run() -> None:
        folder = tmp_path / "index"
        earlier = open_engine("tantivy", folder)
        await earlier.reset()
        await earlier.apply([entry(1, "kiwi")], NOTHING, 1)
        await earlier.close()
        others = ["budget.pdf", "notes/a.txt", "tantivy-x/a.txt", "tantivy-7/src/main.rs"]
        for name in others:
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            (folder / name).write_text("mine")
        index = shelf(tmp_path)
        with pytest.raises(IndexUnready):
            await index.applied()
        assert await index.engine() == ""
        await index.reset()
        assert await index.applied() == 0
        left = {path.partition("/")[0] for path in others} | {CURRENT, "tantivy-8"}
        assert set(standing(tmp_path)) == left
        assert all((folder / name).read_text() == "mine" for name in others)
        await index.close()

    asyncio.run(run())


async def _built_or_left(index: Shelf) -> None:
    built = await grown(index, 3)
    try:
        await index.take(built)
    except (NoRoom, WriteFailed):
        await index.leave(built)
        raise


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_is_told_and_what_answers_goes_on(tmp_path: Path, error: int) -> None:
    async def run(place: Path, plan: FaultPlan) -> bool:
        async with filled(place):
            pass
        index, is_told = shelf(place, disk=plan.disk), False
        try:
            await _built_or_left(index)
        except (NoRoom, WriteFailed):
            is_told = True
        plan.heal()
        assert (await found(index, "kiwi")).total == (1 if is_told else 3), plan.failed
        await index.take(await grown(index, 2))
        assert (await found(index, "kiwi")).total == 2
        assert len(standing(place)) == 2, f"{plan.failed}: leftovers"
        await index.close()
        return is_told

    told = [
        asyncio.run(run(tmp_path / str(number), plan))
        for number, plan in enumerate(each_failure(error))
    ]
    assert sum(told) >= 3 and not told[-1]


def test_an_address_of_no_known_kind_is_refused_with_the_nearest(tmp_path: Path) -> None:
    for address, nearest in (("tantivi:/srv/index", "tantivy"), ("tantivy:", "tantivy")):
        with pytest.raises(SettingsFault) as refused:
            open_index(address)
        assert (refused.value.key, refused.value.nearest) == ("storage.index", nearest)
    with pytest.raises(SettingsFault):
        open_engine("xapian", tmp_path)
