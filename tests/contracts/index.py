"""What every index engine must hold. Subclass it with `scheme`, `fields` and `damages`.

class TestTantivyIndex(IndexContract):
    scheme = "tantivy"
    fields = tantivy_fields
    damages = {"a file cut short": cut_short, ...}
"""

from __future__ import annotations

import asyncio
import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from atelier.errors import IndexUnready, WriteFailed
from atelier.search.contract import Index
from tests.contracts.index_answers import NOTHING, entry, found, numbers
from tests.contracts.index_finding import FindingContract
from tests.counts import times

KILLS = times(6, 40)
BATCH = 20

ROOT = Path(__file__).parents[2]

# Another process opens the index as the suite does: by the class that is named to it.
READER = """
import asyncio, sys
from pathlib import Path
from tests.contracts.index import suite
from tests.contracts.index_answers import found

async def main():
    index = suite(sys.argv[1], sys.argv[2]).open(Path(sys.argv[3]))
    answer = await found(index, sys.argv[4])
    print(await index.applied(), answer.total)
    await index.close()

asyncio.run(main())
"""

WRITER = """
import asyncio, sys
from pathlib import Path
from tests.contracts.index import BATCH, suite
from tests.contracts.index_answers import entry

async def main():
    index = suite(sys.argv[1], sys.argv[2]).open(Path(sys.argv[3]))
    at = await index.applied()
    for number in range(at + 1, at + 1 + int(sys.argv[4])):
        first = number * BATCH
        batch = [entry(first + n, "kiwi " * 300 + f"lot{number}") for n in range(BATCH)]
        print("begins", number, flush=True)
        await index.apply(batch, frozenset(), number)
        print("applied", number, flush=True)
    await index.close()

asyncio.run(main())
"""


def suite(module: str, name: str) -> IndexContract:
    """The suite of that name, for another process to open its index with."""
    made: IndexContract = getattr(importlib.import_module(module), name)()
    return made


class IndexContract(FindingContract):
    """Subclass it with the engine's scheme, its fields and the ways its folder can be damaged."""

    damages: ClassVar[Mapping[str, Callable[[Path], None]]]
    fields: ClassVar[ModuleType]  # of the engine; it says the `FORMAT` of what is written

    def command(self, script: str, folder: Path, *words: str) -> list[str]:
        """Run the script in another process, on the index of this test."""
        mine = type(self)
        return [sys.executable, "-c", script, mine.__module__, mine.__name__, str(folder), *words]

    # Following

    def test_a_second_writer_is_refused_and_the_first_goes_on(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                other = self.open(tmp_path)
                with pytest.raises(WriteFailed):
                    await other.apply([entry(2, "budget")], NOTHING, 2)
                await index.apply([entry(3, "budget")], NOTHING, 2)
                await index.rest()
                await other.apply([entry(4, "budget")], NOTHING, 3)
                assert await numbers(other, "budget") == {1, 3, 4}
                await other.close()

        asyncio.run(run())

    def test_an_index_of_an_older_format_is_unready(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")):
                pass
            monkeypatch.setattr(self.fields, "FORMAT", self.fields.FORMAT + 1)
            index = self.open(tmp_path)
            with pytest.raises(IndexUnready):
                await index.applied()
            await index.close()

        asyncio.run(run())

    def test_what_is_applied_is_found_replaced_and_forgotten(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget"), entry(2, "planning")) as index:
                assert await numbers(index, "budget") == {1}
                await index.apply([entry(1, "calendrier")], NOTHING, 2)
                assert await numbers(index, "budget") == set()
                assert await numbers(index, "calendrier") == {1}
                await index.apply([entry(3, "budget")], frozenset({1, 2}), 3)
                assert await numbers(index, "calendrier OR planning") == set()
                assert await numbers(index, "budget") == {3}
                assert await index.applied() == 3

        asyncio.run(run())

    def test_the_same_batch_twice_changes_nothing(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path) as index:
                for _ in range(2):
                    await index.apply([entry(1, "budget"), entry(2, "budget")], frozenset({3}), 7)
                assert (await found(index, "budget")).total == 2
                assert await index.applied() == 7

        asyncio.run(run())

    def test_the_number_applied_survives_reopening_and_reset_forgets_all(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                await index.apply([], NOTHING, 41)
            again = self.open(tmp_path)
            assert await again.applied() == 41
            assert await numbers(again, "budget") == {1}
            await again.reset()
            assert await again.applied() == 0
            assert await numbers(again, "budget") == set()
            await again.close()
            await again.close()

        asyncio.run(run())

    def test_rest_gives_the_writer_back_and_apply_takes_it_again(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                await index.rest()
                await index.rest()
                other = self.open(tmp_path)
                await other.apply([entry(2, "budget")], NOTHING, 2)
                await other.close()
                await index.apply([entry(3, "budget")], NOTHING, 3)
                assert await numbers(index, "budget") == {1, 2, 3}

        asyncio.run(run())

    # Unready

    def test_an_absent_index_is_unready_until_it_is_reset(self, tmp_path: Path) -> None:
        async def run() -> None:
            index = self.open(tmp_path)
            for asked in (index.applied(), found(index, "x"), index.apply([], NOTHING, 9)):
                with pytest.raises(IndexUnready):
                    await asked
            assert not (tmp_path / "index").exists()
            await index.reset()
            assert (await index.applied(), (await found(index, "x")).total) == (0, 0)
            await index.close()

        asyncio.run(run())

    def test_a_folder_deleted_under_a_running_index_is_unready_then_mended(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                assert await numbers(index, "budget") == {1}
                shutil.rmtree(tmp_path / "index")
                with pytest.raises(IndexUnready):
                    await found(index, "budget")
                with pytest.raises(IndexUnready):
                    await index.apply([entry(2, "budget")], NOTHING, 2)
                await index.reset()
                await index.apply([entry(2, "budget")], NOTHING, 1)
                assert await numbers(index, "budget") == {2}

        asyncio.run(run())

    def test_every_damage_is_unready_then_mended(self, tmp_path: Path) -> None:
        async def run(folder: Path, damage: Callable[[Path], None]) -> None:
            async with self.opened(folder, *(entry(n, f"budget {n}") for n in range(9))):
                pass
            damage(folder / "index")
            index = self.open(folder)
            with pytest.raises(IndexUnready):
                await found(index, '"budget 3"')
            with pytest.raises(IndexUnready):
                await index.applied()
            await index.reset()
            await index.apply([entry(1, "budget")], NOTHING, 5)
            assert (await numbers(index, "budget"), await index.applied()) == ({1}, 5)
            await index.close()

        assert self.damages
        for number, damage in enumerate(self.damages.values()):
            asyncio.run(run(tmp_path / str(number), damage))

    def test_an_index_of_another_installation_is_unready(self, tmp_path: Path) -> None:
        async def run() -> None:
            ours = self.open(tmp_path, "argentan")
            await ours.reset()
            await ours.close()
            for installation, is_ours in (("argentan", True), ("falaise", False), ("", False)):
                index = self.open(tmp_path, installation)
                if is_ours:
                    assert await index.applied() == 0
                else:
                    with pytest.raises(IndexUnready):
                        await index.applied()
                await index.close()

        asyncio.run(run())

    def test_reset_leaves_files_that_are_not_of_the_index(self, tmp_path: Path) -> None:
        async def run() -> None:
            (tmp_path / "index").mkdir()
            (tmp_path / "index" / "budget.pdf").write_bytes(b"mine")
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                await index.reset()
            assert (tmp_path / "index" / "budget.pdf").read_bytes() == b"mine"

        asyncio.run(run())

    # Many at once

    def test_readers_beside_a_writer_only_see_whole_batches(self, tmp_path: Path) -> None:
        async def read(index: Index, done: asyncio.Event) -> list[int]:
            totals = []
            while not done.is_set():
                totals.append((await found(index, "kiwi", limit=5)).total)
            return totals

        async def run() -> None:
            async with self.opened(tmp_path) as index:
                other = self.open(tmp_path)
                done = asyncio.Event()
                reading = [asyncio.create_task(read(one, done)) for one in [index, other] * 3]
                for number in range(1, 16):
                    first = number * BATCH
                    batch = [entry(first + n, "kiwi") for n in range(BATCH)]
                    await index.apply(batch, NOTHING, number)
                done.set()
                for totals in await asyncio.gather(*reading):
                    assert totals == sorted(totals)
                    assert all(total % BATCH == 0 for total in totals)
                for one in (index, other):
                    assert (await found(one, "kiwi")).total == 15 * BATCH
                await other.close()

        asyncio.run(run())

    def test_another_process_reads_beside_the_writer_and_sees_its_commits(
        self, tmp_path: Path
    ) -> None:
        def read() -> str:
            command = self.command(READER, tmp_path, "kiwi")
            return subprocess.run(
                command, cwd=ROOT, check=True, capture_output=True, text=True
            ).stdout.strip()

        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "kiwi")) as index:
                assert await asyncio.to_thread(read) == "1 1"
                await index.apply([entry(2, "kiwi")], NOTHING, 2)
                assert await asyncio.to_thread(read) == "2 2"

        asyncio.run(run())

    def test_a_reader_sees_what_another_process_commits(self, tmp_path: Path) -> None:
        def write() -> None:
            command = self.command(WRITER, tmp_path, "1")
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

        async def run() -> None:
            async with self.opened(tmp_path) as index:
                await index.rest()
                assert (await found(index, "kiwi")).total == 0
                await asyncio.to_thread(write)
                assert (await found(index, "kiwi")).total == BATCH
                assert await index.applied() == 1

        asyncio.run(run())

    def test_a_writer_killed_in_mid_commit_loses_nothing_committed(self, tmp_path: Path) -> None:
        async def begin() -> None:
            async with self.opened(tmp_path):
                pass

        async def state() -> tuple[int, int]:
            index = self.open(tmp_path)
            try:
                return await index.applied(), (await found(index, "kiwi")).total
            finally:
                await index.close()

        asyncio.run(begin())
        for kill in range(KILLS):
            confirmed = self._kill_while_writing(tmp_path, after_lines=2 + kill % 5)
            applied, total = asyncio.run(state())
            assert applied >= confirmed
            assert total == applied * BATCH

    def _kill_while_writing(self, folder: Path, *, after_lines: int) -> int:
        """Kill a writer once it has said so many lines; the last number it confirmed."""
        command = self.command(WRITER, folder, "1000")
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(after_lines)]
            writer.kill()
            said += writer.stdout.readlines()
        assert all(said[:after_lines])
        return max((int(line.split()[1]) for line in said if line.startswith("applied")), default=0)
