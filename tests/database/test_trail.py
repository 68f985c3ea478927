"""The chain of the access log: whatever is changed in it is found, by its number."""

from __future__ import annotations

import hashlib
import json

import pytest

from atelier.database import trail
from atelier.model.ids import DocumentId, PersonId
from atelier.model.trail import Consulted, Head, TrailAct, TrailFault, TrailFaultKind
from tests.builders import World, in_network

LINES = [
    Consulted(600_000 * number, PersonId(1), DocumentId(number), 1, TrailAct.READ)
    for number in range(1, 7)
]
COLUMNS = ("at", "person", "document", "version", "act", "hash")
_ALL = "number, at, person, document, version, act, hash"


async def written(world: World, lines: list[Consulted] = LINES) -> None:
    """A chain of these lines."""
    await world.ws.db.write(lambda tx: trail.extend(tx, lines))


async def checked(world: World) -> trail.Checked:
    """What a walk along the chain finds."""
    return await world.ws.db.read(trail.check)


async def fault(world: World) -> tuple[int, str]:
    """The number and kind of the first fault; there must be one."""
    found = (await checked(world)).fault
    assert found is not None
    return found.number, found.kind.value


async def written_anew(world: World, first: int, sql: str) -> None:
    """Change a line, then give it and all after it, and the end, hashes that fit."""
    await world.change(sql)
    rows = await world.ws.db.read(
        lambda tx: tx.rows(f"SELECT {_ALL} FROM access_log ORDER BY number")
    )
    previous = ""
    for number, *fields, old in rows:
        previous = trail.chained(previous, number, tuple(fields)) if number >= first else old
        await world.change(
            "UPDATE access_log SET hash = :hash WHERE number = :number",
            hash=previous, number=number,
        )  # fmt: skip
    await world.change("UPDATE access_log_ends SET last_hash = :hash", hash=previous)


@in_network
async def test_the_chain_is_the_one_that_the_records_describe(world: World) -> None:
    await written(world)
    rows = await world.ws.db.read(
        lambda tx: tx.rows(f"SELECT {_ALL} FROM access_log ORDER BY number")
    )
    previous = ""
    for place, (number, at, person, document, version, act, digest) in enumerate(rows, 1):
        assert number == place
        line = json.dumps([previous, number, at, person, document, version, act])
        previous = hashlib.sha256(line.replace(", ", ",").encode()).hexdigest()
        assert digest == previous
    found = await checked(world)
    assert (found.lines, found.head, found.fault) == (6, Head(6, previous), None)


@in_network
async def test_an_empty_chain_is_sound_and_a_line_written_twice_is_one(world: World) -> None:
    found = await checked(world)
    assert (found.lines, str(found.head), found.fault) == (0, "0:", None)
    await written(world)
    await written(world, [*LINES[3:], LINES[0], LINES[0]])
    found = await checked(world)
    assert (found.lines, found.head.number, found.fault) == (6, 6, None)


@pytest.mark.parametrize("column", COLUMNS)
@in_network
async def test_a_value_changed_in_any_line_is_found_there(world: World, column: str) -> None:
    await written(world)
    for number in range(1, 7):
        ((kept,),) = await world.ws.db.read(
            lambda tx, n=number: tx.rows(f"SELECT {column} FROM access_log WHERE number = :n", n=n)
        )
        others = {
            "act": ("download", "", b"read", "read "),
            "hash": ("0" * 64, "", kept.upper() if column == "hash" else ""),
        }.get(column, (1_000_000_007, 0, -1, "x", 0.5))
        for value in others:
            change = f"UPDATE access_log SET {column} = :value WHERE number = :number"
            await world.change(change, value=value, number=number)
            assert await fault(world) == (number, "altered"), value
            await world.change(change, value=kept, number=number)
        assert (await checked(world)).fault is None


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("DELETE FROM access_log WHERE number = 1", (1, "removed")),
        ("DELETE FROM access_log WHERE number = 4", (4, "removed")),
        ("DELETE FROM access_log WHERE number BETWEEN 2 AND 4", (2, "removed")),
        ("DELETE FROM access_log WHERE number = 6", (6, "cut")),
        ("DELETE FROM access_log WHERE number >= 3", (3, "cut")),
        ("DELETE FROM access_log", (1, "cut")),
        ("UPDATE access_log SET act = CAST(x'ff' AS TEXT) WHERE number = 2", (2, "altered")),
        ("UPDATE access_log SET person = CAST(x'ff' AS TEXT) WHERE number = 2", (2, "altered")),
        ("UPDATE access_log SET hash = CAST(x'ff' AS TEXT) WHERE number = 2", (2, "altered")),
        ("UPDATE access_log SET number = 9 WHERE number = 3", (3, "removed")),
        ("UPDATE access_log SET number = 9 WHERE number = 6", (6, "removed")),
        ("UPDATE access_log SET number = number + 1 WHERE number = 6", (6, "removed")),
        (f"INSERT INTO access_log ({_ALL}) VALUES (7, 1, 1, 1, 1, 'read', '')", (7, "inserted")),
        (f"INSERT INTO access_log ({_ALL}) VALUES (0, 1, 1, 1, 1, 'read', '')", (0, "inserted")),
        (
            f"INSERT INTO access_log ({_ALL}) VALUES ({-(2**63)}, 1, 1, 1, 1, 'read', '')",
            (-(2**63), "inserted"),
        ),
        (
            f"INSERT INTO access_log ({_ALL}) VALUES ({2**63 - 1}, 1, 1, 1, 1, 'read', '')",
            (2**63 - 1, "inserted"),
        ),
        (f"UPDATE access_log_ends SET last_hash = '{'0' * 64}'", (6, "end")),
        ("UPDATE access_log_ends SET last_number = 5", (6, "inserted")),
        ("UPDATE access_log_ends SET last_number = 8", (7, "cut")),
        ("UPDATE access_log_ends SET first_number = 2", (1, "inserted")),
        ("UPDATE access_log_ends SET first_number = -2", (-1, "removed")),
        ("UPDATE access_log_ends SET first_hash = 'x'", (1, "altered")),
        ("UPDATE access_log_ends SET last_number = 'x'", (1, "inserted")),
        ("DELETE FROM access_log_ends", (1, "inserted")),
    ],
)
@in_network
async def test_a_line_removed_inserted_or_cut_off_and_a_changed_end_are_found(
    world: World, act: str, expected: tuple[int, str]
) -> None:
    await written(world)
    await world.change(act)
    assert await fault(world) == expected


@pytest.mark.parametrize("what", [_ALL.removeprefix("number, "), "at, person, document"])
@in_network
async def test_two_lines_that_changed_places_are_found(world: World, what: str) -> None:
    await written(world)
    names = what.split(", ")
    await world.change("CREATE TEMP TABLE kept AS SELECT * FROM access_log")
    await world.change("DELETE FROM access_log WHERE number IN (3, 4)")
    await world.change(
        f"INSERT INTO access_log ({_ALL}) SELECT own.number, "
        + ", ".join(
            f"{'other' if name in names else 'own'}.{name}"
            for name in _ALL.removeprefix("number, ").split(", ")
        )
        + " FROM temp.kept own JOIN temp.kept other ON other.number = 7 - own.number"
        " WHERE own.number IN (3, 4)"
    )
    assert await fault(world) == (3, "altered")


@in_network
async def test_a_line_put_between_others_is_found_though_the_numbers_follow(world: World) -> None:
    await written(world)
    await world.change("UPDATE access_log SET number = -number - 1 WHERE number >= 4")
    await world.change("UPDATE access_log SET number = -number WHERE number < 0")
    forged = trail.chained("", 4, (1, 1, 1, 1, "read"))
    await world.change(f"INSERT INTO access_log VALUES (4, 1, 1, 1, 1, 'read', '{forged}')")
    await world.change("UPDATE access_log_ends SET last_number = 7")
    assert await fault(world) == (4, "altered")


@in_network
async def test_a_chain_written_anew_is_sound_in_itself_and_has_another_head(world: World) -> None:
    await written(world)
    before = await checked(world)
    await written_anew(world, 3, "UPDATE access_log SET person = 9 WHERE number = 3")
    after = await checked(world)
    assert after.fault is None
    assert after.head.number == before.head.number and after.head.hash != before.head.hash


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("DELETE FROM access_log_ends", (7, "altered")),
        ("UPDATE access_log_ends SET last_hash = ''", (7, "altered")),
        ("UPDATE access_log_ends SET last_number = 5, last_hash = ''", (7, "altered")),
        ("DELETE FROM access_log", (1, "removed")),
        ("DELETE FROM access_log WHERE number > 4", (5, "removed")),
        (
            f"INSERT INTO access_log ({_ALL}) VALUES ({2**63 - 1}, 1, 1, 1, 1, 'read', '')",
            (2**63 - 1, "inserted"),
        ),
        (
            f"INSERT INTO access_log ({_ALL}) VALUES (9, 1, 1, 1, 1, 'read', '')",
            (7, "removed"),
        ),
    ],
)
@in_network
async def test_a_broken_chain_still_takes_new_lines_and_stays_found(
    world: World, act: str, expected: tuple[int, str]
) -> None:
    await written(world)
    await world.change(act)
    new = Consulted(10**9, PersonId(7), DocumentId(7), 7, TrailAct.DOWNLOAD)
    await written(world, [new])
    assert await world.values("SELECT count(*) FROM access_log WHERE person = 7") == [1]
    assert await fault(world) == expected


@pytest.mark.parametrize("number", [2, 8, -1, 2**63 - 1])
@in_network
async def test_a_wrong_last_number_beside_whole_lines_is_found_until_the_next_line_mends_it(
    world: World, number: int
) -> None:
    await written(world)
    await world.change("UPDATE access_log_ends SET last_number = :number", number=number)
    assert (await checked(world)).fault is not None
    await written(world, [Consulted(10**9, PersonId(7), DocumentId(7), 7, TrailAct.READ)])
    missing = TrailFault(7, TrailFaultKind.REMOVED)  # the new line is the ninth
    assert (await checked(world)).fault == (missing if number == 8 else None)


def test_a_head_is_read_as_it_is_written_and_nothing_else_is() -> None:
    head = Head(12, "0af" + "0" * 61)
    assert Head.parse(str(head)) == head
    assert Head.parse("0:") == Head(0, "")
    for text in ("", "12", "12:", ":" + head.hash, f"0{head}", str(head)[:-1], f"{head}0",
                 str(head).upper(), f"-{head}", f"{head}\n", f"١٢:{head.hash}"):  # fmt: skip
        assert Head.parse(text) is None, text
