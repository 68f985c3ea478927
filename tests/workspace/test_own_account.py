"""One's own account: another password, and the devices on which one is signed in."""

from __future__ import annotations

import dataclasses

import pytest

from atelier.database import email_changes as changes
from atelier.errors import (
    BadSignIn,
    Forbidden,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
    TooMany,
)
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import OrganisationId
from atelier.model.letters import KeyChange
from atelier.model.people import Actor, Proof
from atelier.workspace import accounts, calendars, journal, own_account, passwords, people, throttle
from atelier.workspace.entering import Entry, Visitor
from tests.builders import World, in_network
from tests.mailed import mailed

PASSWORD = "un cheval bleu sous la pluie"
OTHER = "trois pommes et une poire"
HERE = "192.0.2.1"
NEVER = "x" * (passwords.MAX_CHARACTERS + 1)


async def come_in(world: World, actor: Actor) -> str:
    """Somebody with her password, by a link: her session's token."""
    link = await people.issue_link(world.ws, world.steward, actor.person_id)
    return (await people.use_link(world.ws, link, PASSWORD)).token


async def sign_in(world: World, password: str = PASSWORD, device: str = "") -> str:
    """A further session of Awa's."""
    visitor = Visitor("192.0.2.9", device)
    return (await people.sign_in(world.ws, "awa@example.org", password, visitor)).token


async def change(
    world: World, actor: Actor, token: str, current: str = PASSWORD, chosen: str = OTHER
) -> Entry:
    """Another password."""
    return await own_account.change_password(
        world.ws, actor, token, current=current, chosen=chosen, address=HERE
    )


async def is_over(world: World, token: str) -> bool:
    """Whether nobody is signed in with this token."""
    try:
        await people.session(world.ws, token)
    except SignInNeeded:
        return True
    return False


def seeing(actor: Actor) -> Actor:
    """The same while she looks as an organisation."""
    return dataclasses.replace(actor, seeing=Subject(SubjectKind.ORGANISATION, OrganisationId(1)))


@in_network
async def test_another_password_ends_all_but_this_session_which_gets_a_new_token(
    world: World,
) -> None:
    awa = await world.person("Awa", of="Mairie")
    token = await come_in(world, awa)
    await people.act_as(world.ws, awa, token, awa.main_organisation)
    elsewhere = await sign_in(world)
    feed = await calendars.make(world.ws, awa)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    person = awa.person_id
    await world.ws.db.write(
        lambda tx: changes.put(tx, person, "ailleurs@example.org", world.clock())
    )
    world.ws = mailed(world.ws)
    entry = await change(world, awa, token)
    assert not entry.is_step and entry.kept_seconds is None and entry.token != token
    assert await is_over(world, token) and await is_over(world, elsewhere)
    here = await people.session(world.ws, entry.token)
    assert here.actor.acting_as == awa.main_organisation
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, link)
    with pytest.raises(NotFound):
        await calendars.feed(world.ws, feed, site="https://x")
    assert await world.values("SELECT COUNT(*) FROM email_changes") == [0]
    assert await world.values("SELECT kind FROM letters") == ["keys_changed"]
    assert await world.values("SELECT about_id FROM letters") == [KeyChange.PASSWORD]
    told = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (told.verb, told.person) == ("password_changed", "Awa")
    await sign_in(world, OTHER)
    with pytest.raises(BadSignIn):
        await sign_in(world, PASSWORD)


@in_network
async def test_a_wrong_or_weak_password_changes_nothing(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa)
    for current, chosen, field, fault in (
        (OTHER, OTHER, "current", "wrong_password"),
        ("", OTHER, "current", "wrong_password"),
        (PASSWORD, "court", "password", "too_short"),
        (PASSWORD, "awa@example.org", "password", "too_simple"),
        (PASSWORD, "é" * 2**20, "password", "too_long"),
        ("é" * 2**20, OTHER, "current", "wrong_password"),
    ):
        with pytest.raises(Invalid) as refusal:
            await change(world, awa, token, current, chosen)
        assert (refusal.value.field, refusal.value.fault) == (field, fault)
        assert refusal.value.value == ""
    assert not await is_over(world, token)
    await sign_in(world)


@in_network
async def test_a_password_of_a_mebibyte_is_refused_before_it_is_hashed(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa)
    hashed: list[str] = []

    class Counted(passwords.Passwords):
        async def hash(self, password: str) -> str:
            hashed.append(password)
            return await super().hash(password)

        def _verify(self, password_hash: str, password: str) -> bool:
            hashed.append(password)
            return super()._verify(password_hash, password)

    world.ws = dataclasses.replace(world.ws, passwords=Counted())
    long = "x" * 2**20
    for current, chosen in ((long, OTHER), (PASSWORD, long), (long, long)):
        with pytest.raises(Invalid):
            await change(world, awa, token, current, chosen)
    with pytest.raises(BadSignIn):
        await sign_in(world, long)
    assert hashed == []
    await change(world, awa, token)
    assert hashed == [PASSWORD, OTHER]


@in_network
async def test_guessing_from_an_open_session_is_throttled_and_a_stranger_s_guesses_are_not_hers(
    world: World,
) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa)
    for number in range(throttle.FAILURES):
        with pytest.raises(Invalid):
            await own_account.prove(world.ws, awa, NEVER, f"192.0.2.{number}")
    with pytest.raises(TooMany) as refusal:
        await change(world, awa, token)
    assert refusal.value.retry_after_seconds == 900
    world.clock.forward(minutes=15)
    for number in range(throttle.FAILURES):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, "awa@example.org", NEVER, Visitor(f"10.0.0.{number}"))
    with pytest.raises(TooMany):
        await sign_in(world)
    await change(world, awa, token)
    for _ in range(throttle.FAILURES):  # what went well has cleared the account
        with pytest.raises(Invalid):
            await own_account.prove(world.ws, awa, NEVER, HERE)


@in_network
async def test_of_two_changes_at_once_the_second_finds_another_password(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa)
    proved = await own_account.prove(world.ws, awa, PASSWORD, HERE)
    await change(world, awa, token)
    with pytest.raises(SignInNeeded):
        await world.ws.db.read(lambda tx: own_account.check_still(tx, proved))
    with pytest.raises(SignInNeeded):  # the token it had is over
        await change(world, awa, token, OTHER, PASSWORD)
    await sign_in(world, OTHER)


@in_network
async def test_a_session_of_somebody_else_is_not_renewed(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    await come_in(world, awa)
    foreign = await come_in(world, bo)
    with pytest.raises(SignInNeeded):
        await change(world, awa, foreign)
    assert not await is_over(world, foreign)
    await sign_in(world)


@in_network
async def test_a_kept_session_stays_kept_and_as_strongly_proved(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa)
    await world.change("UPDATE sessions SET is_kept = 1, proof = 'totp'")
    world.clock.forward(days=10)
    entry = await change(world, awa, token)
    assert entry.kept_seconds == (world.ws.settings.sessions.kept_days - 10) * 24 * 3600
    assert (await people.session(world.ws, entry.token)).proof is Proof.TOTP


@in_network
async def test_an_account_without_a_password_proves_nothing_by_one(world: World) -> None:
    awa = await world.person("Awa")
    for guess in ("", PASSWORD):
        with pytest.raises(Invalid, match="wrong_password"):
            await own_account.prove(world.ws, awa, guess, HERE)
    await come_in(world, awa)
    await accounts.disable(world.ws, world.steward, awa.person_id)
    with pytest.raises(SignInNeeded):
        await own_account.prove(world.ws, awa, PASSWORD, HERE)


@in_network
async def test_her_devices_are_listed_and_one_is_signed_out(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    token = await come_in(world, awa)
    foreign = await come_in(world, bo)
    world.clock.forward(minutes=2)
    phone = await sign_in(world, device="Firefox, Android")
    listed = await own_account.open_sessions(world.ws, awa, token)
    assert [(one.device, one.is_this) for one in listed] == [
        ("Firefox, Android", False),
        ("", True),
    ]
    others = await own_account.open_sessions(world.ws, bo, foreign)
    for unknown in (others[0].handle, "", "x"):
        await own_account.end_session(world.ws, awa, unknown)
    assert len(await own_account.open_sessions(world.ws, awa, token)) == 2
    await own_account.end_session(world.ws, awa, listed[0].handle)
    assert await is_over(world, phone) and not await is_over(world, token)
    assert not await is_over(world, foreign)
    world.clock.forward(minutes=world.ws.settings.sessions.idle_minutes)
    assert await own_account.open_sessions(world.ws, awa, token) == ()


@in_network
async def test_all_others_end_or_everything_does(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    token, foreign = await come_in(world, awa), await come_in(world, bo)
    phone = await sign_in(world)
    await own_account.end_other_sessions(world.ws, awa, token)
    assert await is_over(world, phone) and not await is_over(world, token)
    tablet = await sign_in(world)
    await own_account.sign_out_everywhere(world.ws, awa)
    assert await is_over(world, token) and await is_over(world, tablet)
    assert not await is_over(world, foreign)


@in_network
async def test_who_looks_as_somebody_else_changes_nothing_of_an_account(world: World) -> None:
    awa = await world.person("Awa")
    token = await come_in(world, awa)
    listed = await own_account.open_sessions(world.ws, awa, token)
    other = seeing(awa)
    assert await own_account.open_sessions(world.ws, other, token) == ()
    for act in (
        change(world, other, token),
        own_account.prove(world.ws, other, PASSWORD, HERE),
        own_account.end_session(world.ws, other, listed[0].handle),
        own_account.end_other_sessions(world.ws, other, "x"),
        own_account.sign_out_everywhere(world.ws, other),
    ):
        with pytest.raises(Forbidden):
            await act
    assert not await is_over(world, token)


@in_network
async def test_a_steward_ends_somebodys_sessions_and_nobody_else_may(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    token, other = await come_in(world, awa), await come_in(world, bo)
    with pytest.raises(Forbidden):
        await accounts.end_sessions(world.ws, bo, awa.person_id)
    with pytest.raises(Forbidden):
        await accounts.look(world.ws, bo, awa.person_id)
    assert (await accounts.look(world.ws, world.steward, awa.person_id)).name == "Awa"
    assert not await is_over(world, token)
    await accounts.end_sessions(world.ws, world.steward, awa.person_id)
    assert await is_over(world, token) and not await is_over(world, other)
    told = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (told.verb, told.facts) == ("sessions_ended", {"name": "Awa"})
