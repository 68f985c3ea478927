"""Signing in: links, passwords, sessions, and the actor of each request."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from atelier.errors import (
    AlreadySo,
    BadSignIn,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
    TooMany,
)
from atelier.model.ids import OrganisationId, PersonId
from atelier.workspace import admin, passwords, people, throttle
from atelier.workspace.entering import Visitor
from tests.builders import STEWARD, Seam, TurnedClock, World, in_network, network, opened

PASSWORD = "un cheval bleu sous la pluie"
OTHER = "trois pommes et une poire"
# Refused before it is hashed: many attempts cost nothing.
NEVER = "x" * (passwords.MAX_CHARACTERS + 1)


async def come_in(world: World, person: PersonId, password: str = PASSWORD) -> str:
    """Sign someone in through a link: her session's token."""
    link = await people.issue_link(world.ws, world.steward, person)
    return (await people.use_link(world.ws, link, password)).token


async def refused(world: World, token: str) -> bool:
    """Whether nobody is signed in with this token."""
    try:
        await people.session(world.ws, token)
    except SignInNeeded:
        return True
    return False


@in_network
async def test_a_link_is_good_once_and_looking_at_it_does_not_use_it(world: World) -> None:
    awa = await world.person("Awa")
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    for _ in range(2):
        assert (await people.look_at_link(world.ws, link)).name == "Awa"
    token = (await people.use_link(world.ws, link, PASSWORD)).token
    found = await people.session(world.ws, token)
    assert (found.actor.person_id, found.person.name) == (awa.person_id, "Awa")
    assert found.network.name == "Atelier d'essai"
    assert found.form_token == people.form_token(token) != people.form_token(token + "x")
    for spent in (link, "", "never issued"):
        with pytest.raises(LinkSpent):
            await people.look_at_link(world.ws, spent)
        with pytest.raises(LinkSpent):
            await people.use_link(world.ws, spent, OTHER)


@in_network
async def test_a_link_ends_with_time_with_the_next_one_and_with_the_account(world: World) -> None:
    awa = await world.person("Awa")
    first = await people.issue_link(world.ws, world.steward, awa.person_id)
    second = await people.issue_link(world.ws, world.steward, awa.person_id)
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, first)
    world.clock.forward(hours=world.ws.settings.sessions.link_hours, seconds=-1)
    await people.look_at_link(world.ws, second)
    world.clock.forward(seconds=1)
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, second)
    third = await people.issue_link(world.ws, world.steward, awa.person_id)
    await world.disable(awa.person_id)
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, third)


@in_network
async def test_a_password_that_is_refused_leaves_the_link_good(world: World) -> None:
    awa = await world.person("Awa Diallo Ndiaye")
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    for password, fault in (
        ("court", "too_short"),
        ("ab" * 10, "too_simple"),
        ("AWA diallo ndiaye", "too_simple"),
        ("awa.diallo.ndiaye@example.org", "too_simple"),
        (NEVER, "too_long"),
        ("é" * 2**20, "too_long"),
    ):
        with pytest.raises(Invalid) as refusal:
            await people.use_link(world.ws, link, password)
        assert (refusal.value.field, refusal.value.fault) == ("password", fault)
        assert refusal.value.value == ""
    await people.use_link(world.ws, link, PASSWORD)


@in_network
async def test_of_two_who_use_one_link_at_once_one_comes_in(world: World) -> None:
    awa = await world.person("Awa")
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    outcomes = await asyncio.gather(
        people.use_link(world.ws, link, PASSWORD),
        people.use_link(world.ws, link, OTHER),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Entry", "LinkSpent"]


@in_network
async def test_signing_in_needs_the_address_and_the_password_and_tells_nothing_else(
    world: World,
) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    token = (await people.sign_in(world.ws, " AWA@Example.org ", PASSWORD, Visitor("::1"))).token
    assert (await people.session(world.ws, token)).actor == awa
    await world.person("Béa")
    for email, password in (
        ("awa@example.org", OTHER),
        ("awa@example.org", ""),
        ("nobody@example.org", PASSWORD),
        ("béa@example.org", PASSWORD),
        ("béa@example.org", ""),
        ("", ""),
    ):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, email, password, Visitor("::1"))
    await world.disable(awa.person_id)
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("::1"))


@in_network
async def test_a_new_password_ends_every_session_and_sign_ins_under_way(world: World) -> None:
    awa = await world.person("Awa")
    before = await come_in(world, awa.person_id)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    matches, later = world.ws.passwords.matches, ""

    async def meanwhile(password_hash: str, password: str) -> bool:
        nonlocal later
        later = (await people.use_link(world.ws, link, OTHER)).token
        return await matches(password_hash, password)

    world.ws.passwords.matches = meanwhile  # type: ignore[method-assign]
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("::1"))
    world.ws.passwords.matches = matches  # type: ignore[method-assign]
    assert await refused(world, before)
    assert not await refused(world, later)
    await people.sign_in(world.ws, "awa@example.org", OTHER, Visitor("::1"))


def test_ten_attempts_then_waiting_for_the_account_and_the_address_also_after_a_restart(
    tmp_path: Path,
) -> None:
    clock = TurnedClock()

    async def attempt(world: World, email: str, address: str) -> None:
        await people.sign_in(world.ws, email, NEVER, Visitor(address))

    async def first() -> None:
        async with network(tmp_path, clock=clock) as world:
            for number in range(throttle.FAILURES):
                with pytest.raises(BadSignIn):
                    await attempt(world, "Awa@example.org", f"10.0.0.{number}")
            for number in range(throttle.FAILURES_OF_AN_ADDRESS):
                with pytest.raises(BadSignIn):
                    await attempt(world, f"{number}@example.org", "10.1.1.1")
            clock.forward(seconds=10)

    async def second() -> None:
        async with network(tmp_path, clock=clock) as world:
            for email, address in (("awa@EXAMPLE.org", "::1"), ("new@example.org", "10.1.1.1")):
                with pytest.raises(TooMany) as refusal:
                    await attempt(world, email, address)
                assert refusal.value.retry_after_seconds == 15 * 60 - 10
            with pytest.raises(BadSignIn):
                await attempt(world, "new@example.org", "::1")
            clock.forward(minutes=15)
            for email, address in (("awa@example.org", "::1"), ("new@example.org", "10.1.1.1")):
                with pytest.raises(BadSignIn):
                    await attempt(world, email, address)

    asyncio.run(first())
    asyncio.run(second())


@in_network
async def test_who_came_in_may_err_ten_times_again(world: World) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    for number in range(9):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, "awa@example.org", NEVER, Visitor(f"10.0.0.{number}"))
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("10.0.1.1"))
    for number in range(10):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, "awa@example.org", NEVER, Visitor(f"10.0.2.{number}"))


@in_network
async def test_many_people_behind_one_address_come_in_and_only_failures_count(
    world: World,
) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    for _ in range(12):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("10.0.0.1"))
    for number in range(throttle.FAILURES_OF_AN_ADDRESS):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, f"{number}@example.org", NEVER, Visitor("10.0.0.1"))
    with pytest.raises(TooMany):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("10.0.0.1"))


@in_network
async def test_a_session_ends_when_idle_when_old_when_left_and_with_the_account(
    world: World,
) -> None:
    limits = world.ws.settings.sessions
    awa = await world.person("Awa")
    token = await come_in(world, awa.person_id)
    for _ in range(limits.absolute_hours * 60 // (limits.idle_minutes - 1)):
        world.clock.forward(minutes=limits.idle_minutes - 1)
        found = await people.session(world.ws, token)
        assert found.expires_at > world.clock()
    world.clock.forward(minutes=limits.idle_minutes - 1)
    assert await refused(world, token)

    token = await come_in(world, awa.person_id)
    world.clock.forward(minutes=limits.idle_minutes)
    assert await refused(world, token)

    token = await come_in(world, awa.person_id)
    await people.sign_out(world.ws, token)
    assert await refused(world, token)

    token = await come_in(world, awa.person_id)
    await world.disable(awa.person_id)
    assert await refused(world, token)
    assert await refused(world, "never")


@in_network
async def test_a_clock_that_jumps_revives_no_session(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa.person_id)
    world.clock.forward(hours=9)
    assert await refused(world, token)
    world.clock.forward(hours=-9)
    assert await refused(world, token)

    token = await come_in(world, awa.person_id)
    world.clock.forward(hours=-1)
    assert not await refused(world, token)
    world.clock.forward(seconds=-1)
    assert await refused(world, token)


@in_network
async def test_acting_as_one_of_her_organisations_holds_until_she_leaves_it(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    strange = await world.organisation("ARS")
    token = await come_in(world, awa.person_id)
    places = (await people.session(world.ws, token)).person.memberships
    hospital = places[1].organisation.id

    async def acting_as() -> OrganisationId | None:
        return (await people.session(world.ws, token)).actor.acting_as

    assert await acting_as() is None
    await people.act_as(world.ws, awa, token, hospital)
    assert await acting_as() == hospital
    with pytest.raises(Invalid):
        await people.act_as(world.ws, awa, token, strange.id)
    assert await acting_as() == hospital
    await world.end_membership(awa.person_id, on=world.today(plus=-1))
    assert await acting_as() is None
    with pytest.raises(Invalid):
        await people.act_as(world.ws, awa, token, hospital)
    await people.act_as(world.ws, awa, token, None)


@in_network
async def test_the_language_kept_is_one_that_is_offered(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa.person_id)
    await people.set_language(world.ws, awa, "en")
    with pytest.raises(Invalid):
        await people.set_language(world.ws, awa, "tlh")
    assert (await people.session(world.ws, token)).language == "en"


@in_network
async def test_commands_act_as_someone_active_or_as_the_first_steward(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    assert await people.actor(world.ws, None) == world.steward
    assert await people.actor(world.ws, "Awa@example.org") == awa
    assert awa.main_organisation is not None
    with pytest.raises(NotFound):
        await people.actor(world.ws, "nobody@example.org")
    await world.disable(awa.person_id)
    with pytest.raises(NotFound):
        await people.actor(world.ws, "awa@example.org")
    await world.disable(world.steward.person_id)
    with pytest.raises(NotFound):
        await people.actor(world.ws, None)


@in_network
async def test_the_main_organisation_is_one_of_today(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    first = awa.main_organisation
    await world.change(
        "UPDATE organisations SET ends_on = :day WHERE name = 'Mairie'",
        day=world.today().isoformat(),
    )
    assert (await world.actor("awa@example.org")).main_organisation == first
    world.clock.forward(days=1)
    second = (await world.actor("awa@example.org")).main_organisation
    assert second not in (None, first)
    await world.change("UPDATE memberships SET starts_on = '2030-01-01'")
    assert (await world.actor("awa@example.org")).main_organisation is None


def test_a_network_is_founded_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, TurnedClock(), Seam(), {}) as ws:
            assert not await admin.is_founded(ws)
            with pytest.raises(NotFound):
                await people.network(ws)
            for name, email in (("", STEWARD), ("Réseau", "marie")):
                with pytest.raises(Invalid):
                    await admin.found(ws, name, email)
            assert not await admin.is_founded(ws)
            link = await admin.found(ws, " Réseau ", STEWARD)
            assert await admin.is_founded(ws)
            assert (await people.network(ws)).name == "Réseau"
            assert (await people.look_at_link(ws, link)).is_steward
            with pytest.raises(AlreadySo):
                await admin.found(ws, "Autre", "autre@example.org")
            assert (await people.network(ws)).name == "Réseau"

    asyncio.run(story())


@in_network
async def test_a_day_ends_in_the_time_zone_of_the_network(world: World) -> None:
    assert world.ws.settings.network.time_zone == "Europe/Paris"
    world.clock.now = world.clock.now.replace(hour=22, minute=59)
    assert (await people.actor(world.ws, None)).today.day == 12
    world.clock.forward(minutes=1)
    assert (await people.actor(world.ws, None)).today.day == 13


@in_network
async def test_padding_an_address_escapes_no_throttle(world: World) -> None:
    awa = await world.person("Awa")
    await come_in(world, awa.person_id)
    padded = "awa@example.org" + " \u2003" * 6 + " " * 300 + "x"
    for number in range(10):
        with pytest.raises(BadSignIn):
            await people.sign_in(
                world.ws, padded + " " * number, NEVER, Visitor(f"10.0.0.{number}")
            )
    with pytest.raises(TooMany):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("10.0.1.1"))


@in_network
async def test_addresses_of_one_ipv6_network_count_as_one(world: World) -> None:
    for number in range(throttle.FAILURES_OF_AN_ADDRESS):
        with pytest.raises(BadSignIn):
            await people.sign_in(
                world.ws, f"{number}@example.org", NEVER, Visitor(f"2001:db8::{number}")
            )
    with pytest.raises(TooMany):
        await people.sign_in(world.ws, "new@example.org", NEVER, Visitor("2001:db8::ffff"))
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "new@example.org", NEVER, Visitor("2001:db8:0:1::1"))


@in_network
async def test_signing_in_again_ends_the_session_it_replaces(world: World) -> None:
    awa = await world.person("Awa")
    old = await come_in(world, awa.person_id)
    visitor = Visitor("10.0.0.1", replacing=old)
    new = (await people.sign_in(world.ws, "awa@example.org", PASSWORD, visitor)).token
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, old)
    assert (await people.session(world.ws, new)).actor.person_id == awa.person_id
