"""Papers beside the server: a real process, bounded in time, and killed when nobody waits."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from atelier.errors import Busy, WriteFailed
from atelier.model.prose import BlockKind, Sheet, Table
from atelier.papers.contract import PaperKind
from atelier.papers.odt import odt
from atelier.papers.order import Order
from atelier.papers.pdf import pdf
from atelier.papers.process import PapersBeside
from tests.house import ROOT
from tests.papers.sheets import block, everything, sheet


def _children() -> set[int]:
    """The processes that this one has started and not seen end."""
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return set(map(int, task.read_text().split()))


def _endless() -> Sheet:
    """One that takes far longer than any test waits."""
    return sheet(*(block(BlockKind.PARAGRAPH, "mot " * 500) for _ in range(20_000)))


def test_the_process_writes_what_the_writers_write_several_at_once() -> None:
    async def written() -> list[bytes]:
        papers = PapersBeside()
        kinds = (*PaperKind, *PaperKind)
        return await asyncio.gather(*(papers.write(everything(), kind) for kind in kinds))

    expected = [odt(everything()), pdf(everything())]
    assert asyncio.run(written()) == expected * 2


def test_what_takes_too_long_is_busy_and_what_cannot_be_told_fails() -> None:
    async def told() -> None:
        with pytest.raises(Busy):
            await PapersBeside(wall_seconds=0.001).write(everything(), PaperKind.PDF)
        broken = sheet(block(BlockKind.PARAGRAPH, "\ud800"))
        with pytest.raises(WriteFailed):
            await PapersBeside().write(broken, PaperKind.ODT)
        lopsided = sheet(Table(("a", "b"), (("c",),), (1, 1)))
        for kind in PaperKind:
            with pytest.raises(WriteFailed):
                await PapersBeside().write(lopsided, kind)
        assert await PapersBeside().write(everything(), PaperKind.ODT)

    asyncio.run(told())


def test_a_paper_nobody_waits_for_is_given_up_with_its_process() -> None:
    async def given_up() -> None:
        before, papers = _children(), PapersBeside()
        writing = asyncio.create_task(papers.write(_endless(), PaperKind.PDF))
        while not _children() - before:  # noqa: ASYNC110 (no event tells it)
            await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert not _children() - before
        assert await papers.write(everything(), PaperKind.ODT)

    asyncio.run(given_up())


def test_where_many_wait_the_next_is_busy_at_once_and_a_place_given_up_is_free() -> None:
    async def told() -> None:
        papers = PapersBeside(most_waiting=1)
        at_work = [asyncio.create_task(papers.write(_endless(), PaperKind.PDF)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(papers.write(everything(), PaperKind.ODT))
        await asyncio.sleep(0)
        with pytest.raises(Busy) as refused:
            await papers.write(everything(), PaperKind.ODT)
        assert refused.value.retry_after_seconds > 0 and not waiting.done()
        for one in at_work:
            one.cancel()
        assert await waiting == odt(everything())
        await asyncio.gather(*at_work, return_exceptions=True)
        assert await papers.write(everything(), PaperKind.ODT)

    asyncio.run(told())


def test_the_wait_for_a_place_counts_as_waiting_for_the_paper() -> None:
    async def told() -> None:
        papers = PapersBeside(wall_seconds=0.1)
        sheets = [_endless(), _endless(), everything()]
        before = _children()
        ended = await asyncio.gather(
            *(papers.write(one, PaperKind.PDF) for one in sheets), return_exceptions=True
        )
        assert [type(one) for one in ended] == [Busy] * 3
        assert not _children() - before

    asyncio.run(told())


def _child(order: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "atelier.papers"], input=order, cwd=ROOT, capture_output=True,
        check=False,
    )  # fmt: skip


def test_the_process_takes_an_order_and_no_other() -> None:
    ordered = msgspec.msgpack.encode(Order(PaperKind.ODT, everything()))
    assert _child(ordered).stdout == odt(everything())
    for wrong in (b"", b"\x00", ordered[:-1], msgspec.msgpack.encode({"kind": "exe"})):
        ended = _child(wrong)
        assert ended.returncode != 0 and ended.stdout == b""


def test_ten_thousand_rows_are_written_within_the_bounds_of_the_process() -> None:
    rows = tuple((str(n), f"Le comité décide la chose {n} " * 3, "3 mars") for n in range(10_000))
    table = sheet(Table(("N°", "Décision", "Jour"), rows, (1, 6, 2)))
    paper = asyncio.run(PapersBeside().write(table, PaperKind.PDF))
    assert paper.startswith(b"%PDF") and paper.endswith(b"%%EOF\n")


def test_the_server_imports_nothing_that_writes_pdf() -> None:
    asked = (
        "import sys, atelier.app; "
        "print([one for one in ('reportlab', 'odfdo') if one in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"
