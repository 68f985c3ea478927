"""The engine of records: groups, savepoints, snapshots, and what a failing disk may leave."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from atelier.database.connections import SHORT_STEPS
from atelier.database.engine import (
    GROUP_UNITS,
    READERS,
    Database,
    Transaction,
    open_database,
)
from atelier.errors import Busy, Fault, FolderUnready, FolderUnwritable, NoRoom, WriteFailed
from tests.faults import FaultPlan

FILE = "atelier.sqlite3"


@asynccontextmanager
async def records(folder: Path, plan: FaultPlan | None = None) -> AsyncIterator[Database]:
    """Open records, closed at the end."""
    database = await open_database(folder / FILE, fault=plan or FaultPlan())
    try:
        yield database
    finally:
        await database.close()


async def add(tx: Transaction, number: int = 1) -> int:
    """A unit that writes one row, and how many there are then."""
    await tx.run("INSERT INTO index_entries (document_id) VALUES (:number)", number=number)
    return int(await tx.value("SELECT COUNT(*) FROM index_entries"))


async def numbers(database: Database) -> list[int]:
    """The rows that `add` left."""
    rows = await database.read(lambda tx: tx.rows("SELECT document_id FROM index_entries"))
    return [number for (number,) in rows]


def test_units_that_wait_share_few_commits_and_all_of_them_stay(tmp_path: Path) -> None:
    async def story() -> None:
        plan = FaultPlan()
        async with records(tmp_path, plan) as database:
            await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, n)) for n in range(100)))
            assert plan.names.count("commit") <= 1 + -(-100 // GROUP_UNITS)
            assert sorted(await numbers(database)) == list(range(100))
        async with records(tmp_path) as database:
            assert len(await numbers(database)) == 100

    asyncio.run(story())


def test_a_unit_that_raises_fails_alone_and_as_it_raised(tmp_path: Path) -> None:
    async def spoiled(tx: Transaction) -> None:
        await add(tx, 666)
        raise ValueError("mine")

    async def refused(tx: Transaction) -> None:
        await add(tx, 667)
        await tx.run("INSERT INTO network (id, name, time_zone, created_at) VALUES (2, '', '', 0)")

    async def story() -> None:
        async with records(tmp_path) as database:
            outcomes = await asyncio.gather(
                database.write(lambda tx: add(tx, 1)),
                database.write(spoiled),
                database.write(refused),
                database.write(lambda tx: add(tx, 2)),
                return_exceptions=True,
            )
            assert [type(one) for one in outcomes] == [
                int, ValueError, sqlite3.IntegrityError, int
            ]  # fmt: skip
            assert await numbers(database) == [1, 2]

    asyncio.run(story())


@pytest.mark.parametrize(("error", "told"), [(errno.EIO, WriteFailed), (errno.ENOSPC, NoRoom)])
def test_a_commit_that_fails_fails_every_unit_of_the_group_and_leaves_nothing(
    tmp_path: Path, error: int, told: type[Fault]
) -> None:
    async def story() -> None:
        plan = FaultPlan(0, error, only="commit")
        async with records(tmp_path, plan) as database:
            outcomes = await asyncio.gather(
                *(database.write(lambda tx: add(tx)) for _ in range(5)), return_exceptions=True
            )
            assert [type(one) for one in outcomes] == [told] * 5
            assert len({id(one) for one in outcomes}) == 5
            assert await numbers(database) == []
            assert await database.write(add) == 1

    asyncio.run(story())


def test_a_full_disk_is_told_and_the_records_go_on_when_there_is_room(tmp_path: Path) -> None:
    async def fill(tx: Transaction) -> None:
        await tx.run("INSERT INTO network VALUES (1, :name, '', 0)", name="x" * 2**22)

    async def story() -> None:
        async with records(tmp_path) as database:
            pages = await database.read(lambda tx: tx.value("PRAGMA page_count"))
            limit = f"PRAGMA max_page_count = {pages + 20}"
            await database.write(lambda tx: tx.value(limit))
            outcomes = await asyncio.gather(
                database.write(add), database.write(fill), return_exceptions=True
            )
            assert type(outcomes[1]) is NoRoom
            assert outcomes[0] == 1 or type(outcomes[0]) is NoRoom
            assert len(await numbers(database)) == (outcomes[0] == 1)
            await database.write(lambda tx: tx.value("PRAGMA max_page_count = 1073741823"))
            await database.write(fill)

    asyncio.run(story())


def test_a_transaction_given_up_below_its_units_fails_them_all(tmp_path: Path) -> None:
    async def lost(tx: Transaction) -> None:
        await tx.run("ROLLBACK")
        raise ValueError("hides what happened")

    async def unnoticed(tx: Transaction) -> None:
        await tx.run("ROLLBACK")

    async def story() -> None:
        async with records(tmp_path) as database:
            first, second = await asyncio.gather(
                database.write(add), database.write(lost), return_exceptions=True
            )
            assert type(first) is type(second) is WriteFailed
            with pytest.raises(sqlite3.OperationalError, match="savepoint"):
                await database.write(unnoticed)
            assert await numbers(database) == []
            assert await database.write(add) == 1

    asyncio.run(story())


def test_records_held_by_another_process_are_busy_and_free_again_after(tmp_path: Path) -> None:
    async def story() -> None:
        async with records(tmp_path) as database:
            await database.write(lambda tx: tx.value("PRAGMA busy_timeout = 1"))
            other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Busy):
                await database.write(add)
            assert await numbers(database) == []
            other.execute("ROLLBACK")
            other.close()
            assert await database.write(add) == 1

    asyncio.run(story())


def test_a_caller_that_leaves_before_its_turn_writes_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with records(tmp_path) as database:
            leaving = asyncio.create_task(database.write(add))
            staying = asyncio.create_task(database.write(lambda tx: add(tx, 2)))
            await asyncio.sleep(0)
            leaving.cancel()
            assert await staying == 1
            assert leaving.cancelled()
            assert await numbers(database) == [2]

    asyncio.run(story())


def test_a_caller_that_leaves_during_its_unit_hinders_nobody(tmp_path: Path) -> None:
    async def story() -> None:
        begun, loop = asyncio.Event(), asyncio.get_running_loop()

        async def unit(tx: Transaction) -> None:
            loop.call_soon_threadsafe(begun.set)
            await add(tx)

        async with records(tmp_path) as database:
            leaving = asyncio.create_task(database.write(unit))
            await begun.wait()
            leaving.cancel()
            assert await database.write(lambda tx: add(tx, 2)) == 2

    asyncio.run(story())


def test_a_reader_that_leaves_at_any_step_leaves_the_connection_usable(tmp_path: Path) -> None:
    async def story() -> None:
        async with records(tmp_path) as database:
            for steps in range(12):
                leaving = asyncio.create_task(numbers(database))
                for _ in range(steps):
                    await asyncio.sleep(0)
                leaving.cancel()
                await asyncio.gather(leaving, return_exceptions=True)
                for found in await asyncio.gather(numbers(database), numbers(database)):
                    assert found == []

    asyncio.run(story())


LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)"
    " SELECT COUNT(*), (SELECT COUNT(*) FROM index_entries) FROM n"
)


def test_a_long_statement_leaves_the_loop_and_sees_the_same_moment(tmp_path: Path) -> None:
    async def story() -> None:
        async with records(tmp_path) as database:

            async def unit(tx: Transaction) -> list[tuple[int, int]]:
                found = [await tx.row(LONG, most=10)]
                beside = asyncio.create_task(database.write(add))
                found.append(await tx.row(LONG, most=1_000_000))
                await beside  # it was written while the long one was looked for
                found.append(await tx.row(LONG, most=10))
                return [one for one in found if one is not None]

            assert await database.read(unit) == [(10, 0), (1_000_000, 0), (10, 0)]
            assert await database.read(lambda tx: tx.row(LONG, most=10)) == (10, 1)

    asyncio.run(story())


def test_short_statements_are_never_taken_for_long_ones(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> set[tuple[int, int]]:
        return {await tx.row(LONG, most=200) or (0, 0) for _ in range(5)}

    async def story() -> None:
        async with records(tmp_path) as database:
            for _ in range(2 * SHORT_STEPS):
                await database.read(lambda tx: tx.value("SELECT 1"))
            for _ in range(50):
                assert await database.read(unit) == {(200, 0)}

    asyncio.run(story())


def test_who_leaves_a_long_statement_stops_it_and_leaves_the_reader_usable(tmp_path: Path) -> None:
    async def story() -> None:
        async with asyncio.timeout(60), records(tmp_path) as database:
            for _ in range(2 * READERS):
                leaving = asyncio.create_task(
                    database.read(lambda tx: tx.row(LONG, most=10**12))  # some days
                )
                for _ in range(20):
                    await database.read(lambda tx: tx.value("SELECT 1"))
                leaving.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await leaving
            for _ in range(2 * READERS):
                assert await database.read(lambda tx: tx.row(LONG, most=10**5)) == (10**5, 0)

    asyncio.run(story())


def test_records_that_close_wait_for_the_reading_under_way(tmp_path: Path) -> None:
    async def story() -> None:
        database = await open_database(tmp_path / FILE)
        reading = [
            asyncio.create_task(database.read(lambda tx: tx.row(LONG, most=10**6)))
            for _ in range(2 * READERS)
        ]
        for _ in range(5):
            await asyncio.sleep(0)
        closing = asyncio.create_task(database.close())
        outcomes = await asyncio.gather(*reading, return_exceptions=True)
        await closing
        assert outcomes[:READERS] == [(10**6, 0)] * READERS
        assert {type(one) for one in outcomes[READERS:]} <= {tuple, Busy}

    asyncio.run(story())


def test_a_unit_that_writes_may_wait_for_nothing_but_its_transaction(tmp_path: Path) -> None:
    async def waiting(tx: Transaction) -> None:
        await add(tx, 666)
        await Nothing()

    async def story() -> None:
        async with records(tmp_path) as database:
            with pytest.raises(RuntimeError, match="only its transaction"):
                await database.write(waiting)
            assert await database.write(add) == 1

    asyncio.run(story())


class Nothing:
    """Something to wait for that belongs to no event loop."""

    def __await__(self) -> Iterator[None]:
        yield


def test_a_read_sees_one_moment_and_may_not_write(tmp_path: Path) -> None:
    async def story() -> None:
        async with records(tmp_path) as database:
            await database.write(add)

            async def unit(tx: Transaction) -> tuple[int, int, int]:
                before = await tx.value("SELECT COUNT(*) FROM index_entries")
                during = await database.write(lambda tx: add(tx, 2))
                return before, during, await tx.value("SELECT COUNT(*) FROM index_entries")

            assert await database.read(unit) == (1, 2, 1)
            assert await numbers(database) == [1, 2]
            with pytest.raises(WriteFailed):
                await database.read(add)
            assert await numbers(database) == [1, 2]

    asyncio.run(story())


def test_rows_are_given_as_asked(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.many(
            "INSERT INTO index_entries (document_id) VALUES (:n)", [{"n": 5}, {"n": 6}, {"n": 7}]
        )
        text = "SELECT document_id FROM index_entries WHERE document_id > :n ORDER BY 1"
        assert await tx.rows(text, n=5) == [(6,), (7,)]
        assert await tx.row(text, n=5) == (6,)
        assert await tx.value(text, n=5) == 6
        assert await tx.row(text, n=9) is None
        assert await tx.value(text, n=9) is None
        assert await tx.run("DELETE FROM index_entries WHERE document_id < :n", n=7) == 2
        assert tx.statements == 7

    async def story() -> None:
        async with records(tmp_path) as database:
            await database.write(unit)

    asyncio.run(story())


def test_closing_finishes_what_waits_and_refuses_what_comes_after(tmp_path: Path) -> None:
    async def story() -> None:
        database = await open_database(tmp_path / FILE)
        count = 2 * GROUP_UNITS + 3
        waiting = [asyncio.create_task(database.write(add)) for _ in range(count)]
        await asyncio.sleep(0)
        await database.close()
        await database.close()
        assert [await one for one in waiting] == list(range(1, count + 1))
        with pytest.raises(Busy):
            await database.write(add)
        with pytest.raises(Busy):
            await numbers(database)

    asyncio.run(story())


def test_closing_with_nothing_waiting_ends_the_writer(tmp_path: Path) -> None:
    async def story() -> None:
        database = await open_database(tmp_path / FILE)
        await database.write(add)
        await database.close()
        assert not [one for one in asyncio.all_tasks() if one.get_name() == "records writer"]

    asyncio.run(story())


def test_durability_is_asked_of_every_connection(tmp_path: Path) -> None:
    async def unit(tx: Transaction) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        return [await tx.value(f"PRAGMA {name}") for name in names]

    async def story() -> None:
        async with records(tmp_path) as database:
            assert await database.read(unit) == ["wal", 2, 1, 0, 5000]
            assert await database.write(unit) == ["wal", 2, 1, 0, 5000]

    asyncio.run(story())


def test_a_place_without_file_and_without_right_is_unwritable(tmp_path: Path) -> None:
    async def story() -> None:
        with pytest.raises(FolderUnwritable):
            await open_database(tmp_path / "absent" / FILE)

    asyncio.run(story())


def test_damaged_records_are_told_and_not_taken_for_a_programming_error(tmp_path: Path) -> None:
    async def story() -> None:
        async with records(tmp_path) as database:
            await database.write(add)
        with (tmp_path / FILE).open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096 * 40)
        with pytest.raises((WriteFailed, FolderUnwritable)):
            async with records(tmp_path) as database:
                for table in ("index_entries", "people", "jobs", "network", "documents"):
                    await database.read(lambda tx, one=table: tx.rows(f"SELECT * FROM {one}"))

    asyncio.run(story())


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    async def story() -> None:
        (tmp_path / FILE).write_bytes(b"Bonjour. " * 1000)
        with pytest.raises(FolderUnready) as refusal:
            await open_database(tmp_path / FILE)
        assert refusal.value.fault == "foreign"
        assert (tmp_path / FILE).read_bytes() == b"Bonjour. " * 1000

    asyncio.run(story())
