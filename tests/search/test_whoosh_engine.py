"""The whoosh engine holds what every index must, and its own: see the contract suite."""

from __future__ import annotations

import asyncio
import errno
import os
import pickle
import random
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage

from atelier.errors import Busy, IndexUnready, NoRoom, WriteFailed
from atelier.model.search import Sort
from atelier.search import (
    open_engine,
    tantivy_query,
    whoosh_answers,
    whoosh_engine,
    whoosh_fields,
    whoosh_query,
)
from atelier.search.contract import Ask
from atelier.search.grammar import parse
from atelier.search.whoosh_engine import WhooshIndex
from atelier.search.whoosh_near import Nearness, distance, edits_of
from tests.contracts.index import IndexContract
from tests.contracts.index_answers import MONDAY, NOTHING, entry, found, numbers, within


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared machine is sometimes slow: only the test of the limit meets it."""
    monkeypatch.setattr(whoosh_engine, "_SECONDS_PER_QUERY", 60)


def _segment(folder: Path) -> Path:
    (file, *_) = sorted(folder.glob("*.seg"))
    return file


def _cut_short(folder: Path) -> None:
    os.truncate(_segment(folder), _segment(folder).stat().st_size // 2)


def _overwritten(folder: Path) -> None:
    _segment(folder).write_bytes(b"\xff" * _segment(folder).stat().st_size)


def _one_bit(folder: Path) -> None:
    content = bytearray(_segment(folder).read_bytes())
    content[len(content) // 2] ^= 1
    _segment(folder).write_bytes(content)


def _contents(content: bytes) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / "contents.json").write_bytes(content)

    return damage


class Trap:
    """A pickle that would say so if anybody read it."""

    def __init__(self, told: Path) -> None:
        self.told = told

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.told),)


def _with_trap(segment: Path, told: Path) -> None:
    """Put a pickle that acts where Whoosh reads the first one: the names in the segment."""
    content = segment.read_bytes()
    start = int.from_bytes(content[:8], "big")
    segment.write_bytes(content[:start] + pickle.dumps(Trap(told)) + pickle.dumps({}))


class TestWhooshIndex(IndexContract):
    scheme = "whoosh"
    fields = whoosh_fields
    damages: ClassVar = {
        "no contents": lambda folder: (folder / "contents.json").unlink(),
        "empty contents": _contents(b""),
        "contents of another program": _contents(b'{"segments": 3}'),
        "a segment cut short": _cut_short,
        "an empty segment": lambda folder: os.truncate(_segment(folder), 0),
        "a segment removed": lambda folder: _segment(folder).unlink(),
        "one bit of a segment": _one_bit,
        "a segment of garbage": _overwritten,
    }

    def test_a_copied_index_is_never_read_and_can_be_begun_again(self, tmp_path: Path) -> None:
        told = tmp_path / "the pickle ran"

        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")):
                pass
            shutil.copytree(tmp_path / "index", tmp_path / "copied" / "index")
            _with_trap(_segment(tmp_path / "copied" / "index"), told)
            copied = self.open(tmp_path / "copied")
            for asked in (copied.applied(), found(copied, "budget")):
                with pytest.raises(IndexUnready):
                    await asked
            with pytest.raises(IndexUnready):
                await copied.apply([entry(2, "budget")], NOTHING, 2)
            await copied.reset()
            assert (await copied.applied(), (await found(copied, "budget")).total) == (0, 0)
            await copied.close()
            assert not told.exists()

        asyncio.run(run())

    def test_a_pickle_put_into_our_own_index_is_not_read(self, tmp_path: Path) -> None:
        told = tmp_path / "the pickle ran"

        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")):
                pass
            _with_trap(_segment(tmp_path / "index"), told)
            index = self.open(tmp_path)
            with pytest.raises(IndexUnready):
                await found(index, "budget")
            await index.close()
            assert not told.exists()
            # Whoosh itself would have run it.
            segment = FileStorage(str(tmp_path / "index")).open_file(_name(tmp_path))
            CompoundStorage(segment).close()
            assert told.is_dir()

        asyncio.run(run())

    @pytest.mark.parametrize(
        ("failing", "expected"), [(errno.ENOSPC, NoRoom), (errno.EIO, WriteFailed)]
    )
    def test_a_batch_that_the_disk_refuses_changes_nothing_and_may_come_again(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        failing: int,
        expected: type[Exception],
    ) -> None:
        def refused(*_: object, **__: object) -> None:
            raise OSError(failing, "refused")

        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                for where in ("create_compound_file", "list_files"):
                    with monkeypatch.context() as broken, pytest.raises(expected):
                        broken.setattr(W3Segment, where, refused)
                        await index.apply([entry(2, "budget")], frozenset({1}), 2)
                    assert (await numbers(index, "budget"), await index.applied()) == ({1}, 1)
                await index.apply([entry(2, "budget")], frozenset({1}), 2)
                assert (await numbers(index, "budget"), await index.applied()) == ({2}, 2)
            assert len(list((tmp_path / "index").glob("MAIN_*"))) == 1

        asyncio.run(run())

    def test_a_query_that_takes_too_long_says_busy_and_the_next_one_answers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                assert isinstance(index, WhooshIndex)
                monkeypatch.setattr(whoosh_engine, "_SECONDS_WAITED", 0.05)
                with index._lock, pytest.raises(Busy):
                    await found(index, "budget")
                monkeypatch.setattr(whoosh_engine, "_SECONDS_WAITED", 60)
                monkeypatch.setattr(whoosh_engine, "_SECONDS_PER_QUERY", -1)
                with pytest.raises(Busy):
                    await found(index, "budget")
                monkeypatch.setattr(whoosh_engine, "_SECONDS_PER_QUERY", 60)
                assert await numbers(index, "budget") == {1}

        asyncio.run(run())

    def test_a_query_gives_its_thread_back_when_its_time_is_over(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                assert isinstance(index, WhooshIndex)
                view, ask = index._current(), Ask(parse("budget"), within())
                assert whoosh_answers.found(view, ask, time.thread_time() + 60).total == 1
                with pytest.raises(Busy):
                    whoosh_answers.found(view, ask, time.thread_time() - 1)

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

    def test_what_a_killed_writer_left_goes_with_the_next_batch(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "budget")) as index:
                folder = tmp_path / "index"
                left = [
                    folder / name for name in ("MAIN_x1.pst", ".contents.json.0a", "MAIN_x.seg")
                ]
                for file in left:
                    file.write_bytes(b"half")
                (folder / "MAIN.tmp").mkdir()
                (folder / "MAIN.tmp" / "x.run").write_bytes(b"half")
                await index.apply([entry(2, "budget")], NOTHING, 2)
                assert [file for file in (*left, folder / "MAIN.tmp") if file.exists()] == []
                assert await numbers(index, "budget") == {1, 2}

        asyncio.run(run())

    def test_small_segments_become_one_and_emptied_ones_go(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path) as index:
                for number in range(1, 41):
                    await index.apply([entry(number, f"kiwi lot{number}")], NOTHING, number)
                files = list((tmp_path / "index").glob("*.seg"))
                assert len(files) < 16
                assert await numbers(index, "kiwi") == set(range(1, 41))
                assert await numbers(index, '"kiwi lot7"') == {7}
                await index.apply([], frozenset(range(1, 41)), 41)
                assert not list((tmp_path / "index").glob("*.seg"))
                assert (await found(index, "kiwi")).total == 0

        asyncio.run(run())


def _name(folder: Path) -> str:
    return _segment(folder / "index").name


def test_both_engines_answer_alike(tmp_path: Path) -> None:
    dice = random.Random(9)
    words = [
        "budget",
        "budgets",
        "commune",
        "communes",
        "école",
        "santé",
        "vaccination",
        "réunion",
        "rapport",
        "été",
    ]
    entries = [
        entry(
            n,
            " ".join(dice.choices(words, k=dice.randint(3, 30))),
            name=" ".join(dice.choices(words, k=2)),
            folder=n % 5,
            older=" ".join(dice.choices(words, k=3)),
            changed_at=MONDAY + timedelta(days=dice.randrange(9)),
        )
        for n in range(120)
    ]
    asked = [
        *words,
        *(" ".join(dice.sample(words, 2)) for _ in range(20)),
        *(f'"{" ".join(dice.sample(words, 2))}"' for _ in range(20)),
        *("comm*", "titre:budget", "santé -budget", "santé OR rapport", "vacination", "absent"),
    ]

    async def run() -> None:
        engines = [open_engine(scheme, tmp_path / scheme) for scheme in ("tantivy", "whoosh")]
        for engine in engines:
            await engine.reset()
            await engine.apply(entries, NOTHING, 1)
        newest: dict[str, Any] = {"sort": Sort.NEWEST, "with_older": True}
        for question in asked:
            for narrowed in ({}, newest):
                first, second = [
                    await found(engine, question, limit=200, with_counts=True, **narrowed)
                    for engine in engines
                ]
                assert sorted(first.documents) == sorted(second.documents), question
                assert (first.total, first.is_partial) == (second.total, second.is_partial)
                assert first.counts == second.counts
                # Lengths are remembered less or more finely: the best stay among the best.
                assert len({*first.documents[:10]} & {*second.documents[:20]}) >= min(
                    first.total, 8
                )
                if narrowed:
                    assert first.documents == second.documents
        for engine in engines:
            await engine.close()

    asyncio.run(run())


def test_words_weigh_the_same_in_both_engines() -> None:
    ours = (
        whoosh_query.EXACT_WEIGHT,
        whoosh_query.STEM_WEIGHT,
        whoosh_query.NAME_WEIGHT,
        whoosh_query.NAME_STEM_WEIGHT,
        whoosh_query.CONJUGATED_WEIGHT,
        whoosh_query.ADDED_WEIGHT,
        whoosh_query.MOST,
    )
    theirs = (
        tantivy_query._EXACT,
        tantivy_query._STEM,
        tantivy_query._NAME,
        tantivy_query._NAME_STEM,
        tantivy_query._CONJUGATED,
        tantivy_query._ADDED,
        tantivy_query._MOST,
    )
    assert ours == theirs


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("grippe", "grippe", 0),
        ("grippe", "gripe", 1),
        ("gripe", "grippe", 1),
        ("grippe", "geippe", 1),
        ("grippe", "girppe", 1),
        ("ca", "abc", 3),
        ("", "abc", 3),
        ("vaccination", "vacinnation", 2),
    ],
)
def test_edits_are_counted(one: str, other: str, edits: int) -> None:
    assert distance(one, other) == edits


@given(st.text("abc", min_size=5, max_size=14), st.data())
def test_no_near_word_is_passed_over(exact: str, data: st.DataObject) -> None:
    edits = edits_of(exact)
    word = data.draw(st.text("abc", min_size=len(exact) - edits, max_size=len(exact) + edits))
    near = Nearness(exact, edits).among([word])
    expected = distance(exact, word)
    assert near == ({word: expected} if expected <= edits else {})
