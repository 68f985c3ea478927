"""One's own keys: who may change them and when, the app, recovery codes, and a steward's help."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pyotp
import pytest

from atelier.errors import (
    AlreadySo,
    BadProof,
    BadSignIn,
    Forbidden,
    Invalid,
    NotFound,
    SignInNeeded,
    TooMany,
)
from atelier.model.ids import PersonId
from atelier.model.keys import Standing
from atelier.model.letters import KeyChange
from atelier.model.people import Proof
from atelier.workspace import authenticators, own_keys, passkeys, people, second_step, throttle
from tests.builders import STEWARD, World, in_network, network
from tests.mailed import mailed
from tests.workspace.keyholders import HOME, PASSWORD, Device, Keyholder, keyholder

OBLIGED = {"SESSIONS_SECOND_FACTOR": "stewards"}


async def steward(world: World) -> Keyholder:
    """The steward, with a password and without a key."""
    link = await people.issue_link(world.ws, world.steward, world.steward.person_id)
    entry = await people.use_link(world.ws, link, PASSWORD)
    return Keyholder(world, world.steward, STEWARD, entry.token)


@in_network
async def test_keys_change_within_ten_minutes_of_a_proof_and_not_later(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    device = await awa.add_passkey()
    (known,) = (await awa.ring()).passkeys
    world.clock.forward(minutes=own_keys.FRESH_MINUTES)
    assert (await awa.ring()).standing is Standing.STALE
    ws, actor, token = world.ws, awa.actor, awa.token
    for act in (
        passkeys.ask_to_add(ws, actor, token),
        passkeys.remove(ws, actor, token, known.id),
        authenticators.start(ws, actor, token),
        authenticators.secret(ws, actor, token),
        authenticators.confirm(ws, actor, token, "000000"),
        authenticators.remove(ws, actor, token),
        own_keys.renew_codes(ws, actor, token),
    ):
        with pytest.raises(BadProof, match="stale"):
            await act
    await own_keys.prove(ws, actor, token, PASSWORD)
    assert (await awa.ring()).standing is Standing.FRESH
    assert len(await own_keys.renew_codes(ws, actor, token)) == 10
    world.clock.forward(minutes=own_keys.FRESH_MINUTES)
    answer = device.sign(await passkeys.ask(ws, HOME))
    await passkeys.prove(ws, actor, token, answer, HOME)
    assert (await awa.ring()).standing is Standing.FRESH


@in_network
async def test_a_passkey_asked_for_in_time_is_refused_when_it_comes_too_late(world: World) -> None:
    awa = await keyholder(world)
    world.clock.forward(minutes=own_keys.FRESH_MINUTES, seconds=-10)
    answer = Device().make(await passkeys.ask_to_add(world.ws, awa.actor, awa.token))
    world.clock.forward(seconds=10)
    with pytest.raises(BadProof, match="stale"):
        await passkeys.add(world.ws, awa.actor, awa.token, answer, "Clé")


@in_network
async def test_proving_oneself_again_takes_ones_own_password_or_passkey(world: World) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    other = await bo.add_passkey()
    world.clock.forward(minutes=20)
    for password in ("", "pas le bon"):
        with pytest.raises(BadSignIn):
            await own_keys.prove(world.ws, awa.actor, awa.token, password)
    answer = other.sign(await passkeys.ask(world.ws, HOME))
    with pytest.raises(BadProof, match="foreign"):
        await passkeys.prove(world.ws, awa.actor, awa.token, answer, HOME)
    assert (await awa.ring()).standing is Standing.STALE
    for _ in range(throttle.FAILURES - 3):
        with pytest.raises(BadSignIn):
            await own_keys.prove(world.ws, awa.actor, awa.token, "pas le bon")
    with pytest.raises(TooMany):
        await own_keys.prove(world.ws, awa.actor, awa.token, PASSWORD)
    with pytest.raises(SignInNeeded):
        await own_keys.look(world.ws, awa.actor, "never")


@in_network
async def test_who_has_no_password_proves_nothing_by_an_empty_one(world: World) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey()
    await world.change(
        "UPDATE people SET password_hash = '' WHERE id = :id", id=awa.actor.person_id
    )
    world.clock.forward(minutes=20)
    assert not (await awa.ring()).has_password
    with pytest.raises(BadSignIn):
        await own_keys.prove(world.ws, awa.actor, awa.token, "")
    await passkeys.prove(
        world.ws, awa.actor, awa.token, device.sign(await passkeys.ask(world.ws, HOME)), HOME
    )


@in_network
async def test_an_app_counts_once_a_code_confirmed_it_and_a_wrong_clock_is_told(
    world: World,
) -> None:
    awa = await keyholder(world)
    ws, actor, token = world.ws, awa.actor, awa.token
    with pytest.raises(NotFound):
        await authenticators.secret(ws, actor, token)
    with pytest.raises(NotFound):
        await authenticators.confirm(ws, actor, token, "000000")
    await authenticators.start(ws, actor, token)
    assert not (await awa.sign_in()).is_step
    given = await authenticators.secret(ws, actor, token)
    assert given.address.startswith("otpauth://totp/") and given.secret in given.address
    assert "awa%40example.org" in given.address and "Atelier" in given.address
    awa.app = pyotp.TOTP(given.secret)
    for seconds, fault in ((300, "clock"), (-300, "clock"), (3600, "wrong")):
        with pytest.raises(BadProof, match=fault):
            await authenticators.confirm(ws, actor, token, awa.code(seconds=seconds))
    for code in ("", "12345", "abcdef", "٠٠٠٠٠٠", "0" * 5_000):
        with pytest.raises(BadProof, match="wrong"):
            await authenticators.confirm(ws, actor, token, code)
    assert len(await authenticators.confirm(ws, actor, token, awa.code(seconds=-30))) == 10
    assert (await awa.sign_in()).is_step
    world.clock.forward(hours=2)


@in_network
async def test_a_new_app_takes_the_place_of_the_old_one_only_when_it_works(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    old, codes = awa.app, awa.codes
    await authenticators.start(world.ws, awa.actor, awa.token)
    waiting = await authenticators.secret(world.ws, awa.actor, awa.token)
    assert old is not None and waiting.secret != old.secret
    assert (await awa.ring()).app_since is not None
    await awa.add_app()
    assert awa.app is not None and awa.app.secret != old.secret
    # The recovery codes that she has printed stay good.
    assert awa.codes == codes
    assert await world.values("SELECT COUNT(*) FROM authenticators") == [1]


@in_network
async def test_a_secret_that_waits_is_forgotten_after_an_hour(world: World) -> None:
    awa = await keyholder(world)
    await authenticators.start(world.ws, awa.actor, awa.token)
    world.clock.forward(hours=1, seconds=1)
    await own_keys.prove(world.ws, awa.actor, awa.token, PASSWORD)
    with pytest.raises(NotFound):
        await authenticators.secret(world.ws, awa.actor, awa.token)


@in_network
async def test_without_her_last_key_she_comes_in_by_her_password_and_codes_are_void(
    world: World,
) -> None:
    awa = await keyholder(world)
    with pytest.raises(NotFound):
        await authenticators.remove(world.ws, awa.actor, awa.token)
    with pytest.raises(Invalid, match="no_factor"):
        await own_keys.renew_codes(world.ws, awa.actor, awa.token)
    await awa.add_app()
    await awa.add_passkey()
    await authenticators.remove(world.ws, awa.actor, awa.token)
    assert (await awa.ring()).codes_left == 10
    (known,) = (await awa.ring()).passkeys
    await passkeys.remove(world.ws, awa.actor, awa.token, known.id)
    assert (await awa.ring()).codes_left == 0
    assert not (await awa.sign_in()).is_step


@in_network
async def test_renewed_codes_void_the_earlier_ones(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    new = await own_keys.renew_codes(world.ws, awa.actor, awa.token)
    assert not set(new) & set(awa.codes)
    assert await world.values("SELECT COUNT(*) FROM recovery_codes") == [10]


def test_an_obliged_steward_keeps_a_key_and_is_asked_for_it(tmp_path: Path) -> None:
    async def tried() -> None:
        async with network(tmp_path, **OBLIGED) as world:
            marie = await steward(world)
            assert (await people.session(world.ws, marie.token)).must_prove
            assert (await marie.ring()).is_obliged
            await marie.add_passkey()
            assert not (await people.session(world.ws, marie.token)).must_prove
            assert (await marie.sign_in()).is_step
            (known,) = (await marie.ring()).passkeys
            with pytest.raises(Invalid, match="last_key"):
                await passkeys.remove(world.ws, marie.actor, marie.token, known.id)
            assert len((await marie.ring()).passkeys) == 1
            await marie.add_app()
            await passkeys.remove(world.ws, marie.actor, marie.token, known.id)
            with pytest.raises(Invalid, match="last_key"):
                await authenticators.remove(world.ws, marie.actor, marie.token)

    asyncio.run(tried())


@in_network
async def test_a_session_by_password_alone_changes_no_key_of_one_who_is_asked_for_more(
    world: World,
) -> None:
    awa = await keyholder(world)
    before = (await awa.sign_in()).token
    # As if it had begun while her account asked for nothing more.
    await awa.add_app()
    await world.change(
        "UPDATE sessions SET proof = 'password' WHERE person_id = :id", id=awa.actor.person_id
    )
    assert (await awa.ring()).standing is Standing.WEAK
    with pytest.raises(BadProof, match="weak"):
        await authenticators.remove(world.ws, awa.actor, awa.token)
    await own_keys.prove(world.ws, awa.actor, awa.token, PASSWORD)
    assert (await awa.ring()).standing is Standing.WEAK
    with pytest.raises(SignInNeeded):
        await own_keys.look(world.ws, awa.actor, before)


@in_network
async def test_a_steward_takes_the_keys_of_one_who_lost_her_phone_never_her_own(
    world: World,
) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    marie = await steward(world)
    await marie.add_app()
    await awa.add_app()
    device = await awa.add_passkey()
    ws, person = world.ws, awa.actor.person_id
    step = (await awa.sign_in()).token
    with pytest.raises(Forbidden):
        await own_keys.remove_all(ws, bo.actor, person)
    with pytest.raises(Forbidden):
        await own_keys.remove_all(ws, awa.actor, person)
    with pytest.raises(NotFound):
        await own_keys.remove_all(ws, world.steward, PersonId(999))
    with pytest.raises(Invalid, match="own_keys"):
        await own_keys.remove_all(ws, world.steward, world.steward.person_id)
    with pytest.raises(AlreadySo):
        await own_keys.remove_all(ws, world.steward, bo.actor.person_id)
    assert (await marie.ring()).app_since and (await awa.ring()).app_since
    await own_keys.remove_all(ws, world.steward, person)
    with pytest.raises(SignInNeeded):
        await people.session(ws, awa.token)
    with pytest.raises(BadProof, match="foreign"):
        await awa.come_by(device)
    entry = await awa.sign_in()
    assert not entry.is_step
    found = await people.session(ws, entry.token)
    assert found.proof is Proof.PASSWORD
    assert not await world.values("SELECT 1 FROM recovery_codes WHERE person_id = :id", id=person)
    assert not await world.values(
        "SELECT 1 FROM sign_in_steps WHERE person_id = :id AND token_hash <> :step",
        id=person,
        step=step,
    )
    noted = await world.values("SELECT facts FROM network_journal ORDER BY id DESC LIMIT 1")
    assert noted == ['{"name": "Awa"}']


async def _letters(world: World) -> list[KeyChange]:
    """The changes that letters told her since the last look."""
    found = await world.values("SELECT about_id FROM letters WHERE kind = 'keys_changed'")
    await world.change("DELETE FROM letters")
    return [KeyChange(one) for one in found]


@in_network
async def test_each_change_of_ones_keys_is_mailed_to_her_and_says_which(world: World) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    await awa.add_app()
    assert await _letters(world) == [], "no mail server"
    world.ws = mailed(world.ws)
    ws, actor = world.ws, awa.actor
    await awa.add_passkey()
    assert await _letters(world) == [KeyChange.PASSKEY_ADDED]
    await own_keys.renew_codes(ws, actor, awa.token)
    assert await _letters(world) == [KeyChange.CODES_RENEWED]
    await authenticators.remove(ws, actor, awa.token)
    assert await _letters(world) == [KeyChange.APP_REMOVED]
    await awa.add_app()
    assert await _letters(world) == [KeyChange.APP_ADDED]
    codes = await own_keys.renew_codes(ws, actor, awa.token)
    step = await awa.sign_in()
    await _letters(world)
    await second_step.by_code(ws, step.token, codes[0], HOME)
    assert await _letters(world) == [KeyChange.CODE_USED]
    (known,) = (await awa.ring()).passkeys
    with pytest.raises(NotFound):
        await passkeys.remove(ws, bo.actor, bo.token, known.id)
    assert await _letters(world) == []
    await passkeys.remove(ws, actor, awa.token, known.id)
    assert await _letters(world) == [KeyChange.PASSKEY_REMOVED]
    await own_keys.remove_all(ws, world.steward, actor.person_id)
    assert await _letters(world) == [KeyChange.ALL_REMOVED]
    link = await people.issue_link(ws, world.steward, actor.person_id)
    await people.use_link(ws, link, PASSWORD)
    assert await _letters(world) == [KeyChange.PASSWORD_BY_LINK]
