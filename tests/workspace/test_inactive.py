"""Accounts that nobody uses: what counts as a visit, and who is told."""

from __future__ import annotations

from datetime import date

import pytest

from atelier.errors import Forbidden
from atelier.workspace import accounts, inactive, people
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.workspace.test_signing_in import PASSWORD, come_in


async def told(world: World) -> dict[str, date | None]:
    """Who is listed, in order, and her last visit."""
    steward = await world.actor("marie@example.org")
    found = await inactive.look(world.ws, steward)
    assert found.total == len(found.absent)
    return {one.name: one.seen_on for one in found.absent}


@in_network
async def test_who_did_not_come_for_long_or_never_is_told_to_stewards(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    with pytest.raises(Forbidden):
        await inactive.look(world.ws, awa)
    assert list(await told(world)) == ["Awa", "Bo", "marie"]
    token = await come_in(world, awa.person_id)
    began = world.today()
    assert list(await told(world)) == ["Bo", "marie"]
    world.clock.forward(days=365)
    assert "Awa" not in await told(world)
    world.clock.forward(days=1)
    assert await told(world) == {"Awa": began, "Bo": None, "marie": None}
    await accounts.disable(world.ws, world.steward, bo.person_id)
    assert "Bo" not in await told(world)
    await people.sign_out(world.ws, token)
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("127.0.0.1"))
    assert "Awa" not in await told(world)


@in_network
async def test_a_session_used_on_another_day_is_a_visit(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa.person_id)
    await world.change("UPDATE sessions SET is_kept = 1")
    first = world.today()

    async def seen() -> list[object]:
        await people.session(world.ws, token)
        return await world.values("SELECT seen_on FROM people WHERE id = :id", id=awa.person_id)

    world.clock.forward(hours=7)
    assert await seen() == [first.isoformat()]
    world.clock.forward(hours=24)
    assert await seen() == [world.today().isoformat()] != [first.isoformat()]
    world.clock.forward(seconds=30)
    assert await seen() == [world.today().isoformat()]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
        (date(2026, 3, 12), 12, date(2025, 3, 12)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, before: date) -> None:
    assert inactive.months_before(day, months) == before
