"""How often something may be tried: ten times, then pauses that grow, whatever happens between."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.errors import BadSignIn, Busy, TooMany
from atelier.workspace import passwords, people, throttle, upkeep
from atelier.workspace.entering import Visitor
from atelier.workspace.passwords import Passwords
from atelier.workspace.throttle import FAILURES, FAILURES_OF_A_DAY, FAILURES_OF_AN_ADDRESS
from tests.builders import BEGINNING, TurnedClock, World, in_network, network
from tests.workspace.test_signing_in import NEVER, PASSWORD, come_in

AWA = throttle.account("awa@example.org")
OFFICE = throttle.address("192.0.2.7")


async def tried(world: World, key: str = AWA, failures: int = FAILURES) -> int:
    """Fail once more: 0, or for how many seconds one is told to wait."""
    try:
        await world.ws.db.write(lambda tx: throttle.check(tx, {key: failures}, world.clock()))
    except TooMany as refused:
        return refused.retry_after_seconds
    return 0


async def spent(world: World, key: str = AWA, failures: int = FAILURES, *, but: int = 0) -> None:
    """Fail as often as the key bears, but for so many."""
    for _ in range(failures - but):
        assert await tried(world, key, failures) == 0


@in_network
async def test_ten_within_a_quarter_of_an_hour_then_pauses_that_double_up_to_four_hours(
    world: World,
) -> None:
    await spent(world)
    for minutes in (15, 30, 60, 120, 240, 240, 240):
        assert await tried(world) == minutes * 60, "and being refused makes it no longer"
        world.clock.forward(minutes=minutes, seconds=-1)
        assert await tried(world) == 1
        world.clock.forward(seconds=1)
        assert await tried(world) == 0, "one more, and the next pause begins"


@in_network
async def test_nine_and_a_rest_are_no_reason_to_wait(world: World) -> None:
    for _ in range(2):
        await spent(world, but=1)
        world.clock.forward(minutes=15)
    assert await tried(world) == 0


@in_network
async def test_who_paces_herself_is_stopped_by_the_day(world: World) -> None:
    for _ in range(FAILURES_OF_A_DAY):
        assert await tried(world) == 0
        world.clock.forward(minutes=5)
    assert await tried(world) == 10 * 60
    done = FAILURES_OF_A_DAY
    for _ in range(24 * 60):
        done += await tried(world) == 0
        world.clock.forward(minutes=1)
    assert done < FAILURES_OF_A_DAY + 12, "in the day that followed"


@in_network
async def test_a_day_without_failure_ends_it(world: World) -> None:
    await spent(world)
    world.clock.forward(minutes=15)
    assert await tried(world) == 0 and await tried(world) == 30 * 60
    world.clock.forward(days=1, minutes=30)
    await spent(world)
    assert await tried(world) == 15 * 60


def test_pauses_survive_a_restart_and_the_upkeep_of_short_visits(tmp_path: Path) -> None:
    clock = TurnedClock()
    short = {"SESSIONS_LINK_HOURS": "1", "SESSIONS_ABSOLUTE_HOURS": "1"}

    async def first() -> None:
        async with network(tmp_path, clock=clock, **short) as world:
            await spent(world)
            for minutes in (15, 30, 60, 120):
                clock.forward(minutes=minutes)
                assert await tried(world) == 0

    async def second() -> None:
        async with network(tmp_path, clock=clock, **short) as world:
            clock.forward(hours=2)
            await upkeep.forget_expired(world.ws)
            assert await tried(world) == 2 * 3600

    asyncio.run(first())
    asyncio.run(second())


@in_network
async def test_who_comes_in_begins_anew_and_so_does_nobody_else(world: World) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    other = throttle.account("bo@example.org")
    await spent(world, other)
    await spent(world, but=1)
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("192.0.2.1"))
    await spent(world)
    assert await tried(world) and await tried(world, other)


@in_network
async def test_an_account_that_is_held_tells_the_right_password_nothing(world: World) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    for number in range(FAILURES):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, "awa@example.org", NEVER, Visitor(f"192.0.2.{number}"))
    waits = []
    for password in (PASSWORD, NEVER):
        with pytest.raises(TooMany) as refused:
            await people.sign_in(world.ws, "awa@example.org", password, Visitor("192.0.2.99"))
        waits.append(refused.value)
    assert waits[0].retry_after_seconds == waits[1].retry_after_seconds == 15 * 60
    world.clock.forward(minutes=15)
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("192.0.2.99"))


@in_network
async def test_an_address_bears_fifty_and_after_a_pause_more_than_one_slip(world: World) -> None:
    bears = FAILURES_OF_AN_ADDRESS
    await spent(world, OFFICE, bears)
    assert await tried(world, OFFICE, bears) == 15 * 60
    world.clock.forward(minutes=15)
    for _ in range(5):
        assert await tried(world, OFFICE, bears) == 0
    assert await tried(world, OFFICE, bears) == 30 * 60
    world.clock.forward(minutes=30)
    for _ in range(40):  # an office that mistypes once in ten minutes goes on working
        assert await tried(world, OFFICE, bears) == 0
        world.clock.forward(minutes=10)


def test_an_address_is_what_one_household_or_office_holds() -> None:
    key = throttle.address
    assert key("192.0.2.7") != key("192.0.2.8")
    assert key("2001:db8::1") == key("2001:db8::ffff:1") == key("2001:0db8:0:0:1::")
    assert key("2001:db8::1") != key("2001:db8:0:1::1")
    assert key("testclient") == "address:testclient" and key("") == "address:"
    assert throttle.account("AWA@Example.org") == AWA != throttle.account("awa@example.com")


@in_network
async def test_a_clock_that_was_far_ahead_holds_nobody_when_it_is_right_again(world: World) -> None:
    world.clock.forward(days=365)
    await spent(world)
    world.clock.now = BEGINNING
    await spent(world)
    assert await tried(world) == 15 * 60


@in_network
async def test_a_clock_that_goes_back_a_little_gives_no_more_tries(world: World) -> None:
    await spent(world)
    world.clock.forward(minutes=-10)
    assert await tried(world) == 25 * 60
    world.clock.forward(hours=-3)
    assert 0 < await tried(world) <= 4 * 3600


@in_network
async def test_of_twenty_at_once_ten_are_tried(world: World) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    calls = [
        people.sign_in(world.ws, "awa@example.org", NEVER, Visitor(f"192.0.2.{number}"))
        for number in range(20)
    ]
    outcomes = [type(one) for one in await asyncio.gather(*calls, return_exceptions=True)]
    assert (outcomes.count(BadSignIn), outcomes.count(TooMany)) == (10, 10)


@in_network
async def test_a_try_that_found_no_turn_is_none(world: World) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    hashing, visitor = Passwords(wait_seconds=0.0), Visitor("192.0.2.7")
    for _ in range(passwords.AT_ONCE):
        await hashing._turns.acquire()
    crowded = dataclasses.replace(world.ws, passwords=hashing)
    for _ in range(FAILURES_OF_AN_ADDRESS + 1):
        with pytest.raises(Busy):
            await people.sign_in(crowded, "awa@example.org", PASSWORD, visitor)
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, visitor)


@given(st.lists(st.integers(0, 7 * 24 * 60), min_size=1, max_size=400))
def test_however_tries_are_spread_few_are_let_through_in_a_day(minutes: list[int]) -> None:
    let: list[datetime] = []
    for minute in sorted(minutes):
        now = BEGINNING + timedelta(minutes=minute)
        until = throttle._pause_end([at for at in let if now - at < throttle.KEPT_FOR], FAILURES)
        if until is None or until <= now:
            let.append(now)
    for first in let:
        later = [at - first for at in let if at >= first]
        assert len([one for one in later if one < throttle.WITHIN]) <= FAILURES
        assert len([one for one in later if one < throttle.KEPT_FOR]) < FAILURES_OF_A_DAY + 12
