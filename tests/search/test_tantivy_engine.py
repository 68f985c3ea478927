"""The tantivy engine holds what every index must, and its own: see the contract suite."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from atelier.errors import Busy, SettingsFault, WriteFailed
from atelier.search import open_index, tantivy_engine, tantivy_fields
from atelier.search.tantivy_engine import TantivyIndex
from tests.contracts.index import IndexContract
from tests.contracts.index_answers import NOTHING, entry, found, numbers


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared machine is sometimes slow: only the test of the limit meets it."""
    monkeypatch.setattr(tantivy_engine, "_SECONDS_PER_QUERY", 60)


def _files(folder: Path, kind: str) -> list[Path]:
    files = [file for file in folder.iterdir() if file.suffix == kind]
    assert files
    return files


def _cut_short(kind: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for file in _files(folder, kind):
            file.chmod(0o600)
            os.truncate(file, file.stat().st_size // 2)

    return damage


def _overwritten(folder: Path) -> None:
    """Column values of garbage behind a sound end: only a query meets them."""
    for file in _files(folder, ".fast"):
        content = file.read_bytes()
        file.chmod(0o600)
        file.write_bytes(b"\xff" * (len(content) - 150) + content[-150:])


def _removed(kind: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for file in _files(folder, kind):
            file.unlink()

    return damage


def _meta(content: bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / "meta.json").write_bytes(content)

    return damage


class TestTantivyIndex(IndexContract):
    scheme = "tantivy"
    fields = tantivy_fields
    damages: ClassVar = {
        "no list of segments": lambda folder: (folder / "meta.json").unlink(),
        "column values overwritten": _overwritten,
        "an empty list": _meta(b""),
        "a list of another program": _meta(b'{"segments": 3}'),
        **{f"{kind} cut short": _cut_short(kind) for kind in (".term", ".pos", ".idx", ".store")},
        **{f"{kind} removed": _removed(kind) for kind in (".term", ".fast", ".fieldnorm")},
    }

    def test_a_writer_that_died_is_opened_again(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                with pytest.raises(WriteFailed):
                    # No such number of a folder: the whole batch is refused.
                    bad = entry(4, "budget", folder=-1)
                    await index.apply([entry(2, "budget"), bad], frozenset({1}), 2)
                assert (await numbers(index, "budget"), await index.applied()) == ({1}, 1)
                await index.apply([entry(3, "budget")], NOTHING, 2)
                assert (await numbers(index, "budget"), await index.applied()) == ({1, 3}, 2)

        asyncio.run(run())

    def test_a_query_that_takes_too_long_says_busy_and_the_next_one_answers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                assert isinstance(index, TantivyIndex)
                monkeypatch.setattr(tantivy_engine, "_SECONDS_WAITED", 0.05)
                with index._lock, pytest.raises(Busy):
                    await found(index, "budget")
                monkeypatch.setattr(tantivy_engine, "_SECONDS_WAITED", 60)
                monkeypatch.setattr(tantivy_engine, "_SECONDS_PER_QUERY", -1)
                with pytest.raises(Busy):
                    await found(index, "budg*")
                monkeypatch.setattr(tantivy_engine, "_SECONDS_PER_QUERY", 60)
                assert await numbers(index, "budget") == {1}

        asyncio.run(run())

    def test_reading_never_takes_the_writers_lock(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")):
                pass
            reader, writer = (self.open(tmp_path) for _ in range(2))
            assert await numbers(reader, "budget") == {1}
            await writer.apply([entry(2, "budget")], NOTHING, 2)
            assert await numbers(reader, "budget") == {1, 2}
            await reader.close()
            await writer.close()

        asyncio.run(run())

    def test_closing_gives_the_threads_back(self, tmp_path: Path) -> None:
        before = threading.active_count()

        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                assert await numbers(index, "budget") == {1}

        asyncio.run(run())
        assert threading.active_count() == before


def test_an_address_of_no_known_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsFault) as refused:
        open_index("tantivi:/srv/index")
    assert (refused.value.key, refused.value.nearest) == ("storage.index", "tantivy")
    with pytest.raises(SettingsFault):
        open_index("tantivy:")
