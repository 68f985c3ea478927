"""How tantivy is asked when nothing holds all the words."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from atelier.errors import Busy
from atelier.search.contract import Entry
from atelier.search.grammar import parse
from atelier.search.tantivy_engine import TantivyIndex
from atelier.search.tantivy_query import Asking
from tests.contracts.index_answers import NOTHING, entry, found, within


async def _filled(folder: Path, *entries: Entry) -> TantivyIndex:
    index = TantivyIndex(folder / "index")
    await index.reset()
    await index.apply(entries, NOTHING, 1)
    return index


def test_one_edit_is_enough_where_it_finds_something(tmp_path: Path) -> None:
    async def run() -> None:
        index = await _filled(
            tmp_path,
            entry(1, "une vaccination"),
            entry(2, "une vacinatoin"),
            entry(3, "vacinattoin"),
        )
        assert set((await found(index, "vacinatoim")).documents) == {2}
        assert await index.near("vaccination", within(), 5) == (1, 2)
        await index.close()

    asyncio.run(run())


def test_nothing_more_is_asked_of_the_index_once_the_time_is_over(tmp_path: Path) -> None:
    async def run() -> None:
        index = await _filled(tmp_path, entry(1, "budget"))
        state = index._current()
        late, early = (
            Asking(index._fields, state.searcher, ("fr",), within(), with_older=False, until=until)
            for until in (time.thread_time() - 1, time.thread_time() + 60)
        )
        with pytest.raises(Busy):
            list(late.attempts(parse("bud*")))
        with pytest.raises(Busy):
            list(late.attempts(parse("budhet absent")))
        assert len(list(early.attempts(parse("bud*")))) == 1
        await index.close()

    asyncio.run(run())
