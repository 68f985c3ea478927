"""A forgotten password: one answer for every address, a link that works once and not for long."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import pytest

from atelier.database import letters as records
from atelier.database.engine import Transaction, Unit
from atelier.errors import BadSignIn, LinkSpent, SignInNeeded, TooMany
from atelier.model.ids import LetterId, PersonId
from atelier.workspace import forgotten, letters_out, links, people
from atelier.workspace.entering import Visitor
from atelier.workspace.place import Records
from tests.builders import World, in_network
from tests.mailed import mailed

T = TypeVar("T")

PASSWORD = "un cheval bleu sous la pluie"
OTHER = "trois pommes et une poire"
HERE = "192.0.2.1"


async def reset(world: World, person: PersonId) -> str:
    """The token of the link that the letter carries, minted when it leaves."""
    return await world.ws.db.write(lambda tx: links.start_reset(world.ws, tx, person))


async def letters(world: World) -> list[object]:
    """For whom letters are queued; None for nobody."""
    return await world.values("SELECT person_id FROM letters WHERE kind = 'reset' ORDER BY id")


class Told:
    """The records, noting each statement."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.statements: list[str] = []

    async def read(self, unit: Unit[T]) -> T:
        return await self._records.read(lambda tx: unit(self._noting(tx)))

    async def write(self, unit: Unit[T]) -> T:
        return await self._records.write(lambda tx: unit(self._noting(tx)))

    def _noting(self, tx: Transaction) -> Any:
        return Noting(tx, self.statements)


class Noting:
    """A transaction that notes what runs."""

    def __init__(self, tx: Transaction, statements: list[str]) -> None:
        self._tx, self._statements = tx, statements

    def __getattr__(self, name: str) -> Any:
        run = getattr(self._tx, name)

        async def noted(sql: str, **values: object) -> object:
            self._statements.append(f"{name}: {sql}")
            return await run(sql, **values)

        return noted


@in_network
async def test_known_unknown_and_disabled_addresses_are_the_same_work(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    await world.disable(bo.person_id)
    world.ws = mailed(world.ws)
    works = []
    for email in (
        "awa@example.org",
        "AWA@Example.org ",
        "nobody@example.org",
        "bo@example.org",
        "",
        "é" * 2**18,
    ):
        told = Told(world.ws.db)
        await forgotten.ask(dataclasses.replace(world.ws, db=told), email, HERE)
        works.append(told.statements)
    assert len(works[0]) > 4 and all(work == works[0] for work in works)
    assert await letters(world) == [awa.person_id] * 2 + [None] * 4
    assert await world.values("SELECT COUNT(*) FROM jobs WHERE kind = 'send_letter'") == [6]
    goes = [await _goes(world, number) for number in range(1, 7)]
    assert goes == ["awa@example.org"] * 2 + [None] * 4


@in_network
async def test_an_address_gets_five_letters_an_hour_and_nobody_is_told(world: World) -> None:
    awa = await world.person("Awa")
    world.ws = mailed(world.ws)
    for number in range(forgotten.LETTERS_AN_HOUR + 3):
        for email in ("awa@example.org", "nobody@example.org"):
            await forgotten.ask(world.ws, email, f"10.0.0.{number}")
    assert (await letters(world)).count(awa.person_id) == forgotten.LETTERS_AN_HOUR
    assert (await letters(world)).count(None) == forgotten.LETTERS_AN_HOUR
    world.clock.forward(hours=1, seconds=1)
    await forgotten.ask(world.ws, "awa@example.org", HERE)
    assert (await letters(world)).count(awa.person_id) == forgotten.LETTERS_AN_HOUR + 1


@in_network
async def test_a_network_address_that_asks_for_many_must_wait_and_can_still_sign_in(
    world: World,
) -> None:
    awa = await world.person("Awa")
    await people.use_link(world.ws, await reset(world, awa.person_id), PASSWORD)
    world.ws = mailed(world.ws)
    for number in range(forgotten.FAILURES_OF_AN_ADDRESS):
        await forgotten.ask(world.ws, f"{number}@example.org", HERE)
    before = await letters(world)
    for email in ("awa@example.org", "nobody@example.org"):
        with pytest.raises(TooMany) as refusal:
            await forgotten.ask(world.ws, email, HERE)
        assert refusal.value.retry_after_seconds == 900
    assert await letters(world) == before
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor(HERE))
    await forgotten.ask(world.ws, "awa@example.org", "192.0.2.2")


@in_network
async def test_without_a_mail_server_nothing_is_written(world: World) -> None:
    await world.person("Awa")
    await forgotten.ask(world.ws, "awa@example.org", HERE)
    assert await letters(world) == []
    assert await world.values("SELECT COUNT(*) FROM sign_in_attempts") == [0]


@in_network
async def test_a_reset_link_works_once_for_half_an_hour_and_ends_old_sessions(
    world: World,
) -> None:
    awa = await world.person("Awa")
    first = await reset(world, awa.person_id)
    session = (await people.use_link(world.ws, first, PASSWORD)).token
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, first, OTHER)
    link = await reset(world, awa.person_id)
    kept = await world.values("SELECT token_hash FROM sign_in_links")
    assert link not in kept and all(len(str(one)) == 64 for one in kept)
    world.clock.forward(minutes=world.ws.settings.sessions.reset_minutes, seconds=-1)
    assert (await people.look_at_link(world.ws, link)).name == "Awa"
    entry = await people.use_link(world.ws, link, OTHER)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, session)
    assert (await people.session(world.ws, entry.token)).actor == awa
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor(HERE))
    late = await reset(world, awa.person_id)
    world.clock.forward(minutes=world.ws.settings.sessions.reset_minutes)
    for act in (people.look_at_link(world.ws, late), people.use_link(world.ws, late, PASSWORD)):
        with pytest.raises(LinkSpent):
            await act


@in_network
async def test_a_link_of_an_account_closed_since_opens_nothing(world: World) -> None:
    awa = await world.person("Awa")
    link = await reset(world, awa.person_id)
    await world.disable(awa.person_id)
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, link, PASSWORD)


async def _goes(world: World, number: int) -> str | None:
    """Where a letter goes when it leaves; None when it is dropped."""

    async def unit(tx: Transaction) -> str | None:
        row = await records.found(tx, LetterId(number))
        assert row is not None
        letter = await letters_out.resolved(world.ws, tx, row)
        return None if letter is None else letter.to

    return await world.ws.db.write(unit)
