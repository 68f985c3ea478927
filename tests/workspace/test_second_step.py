"""The second step of signing in: codes of an app, recovery codes, passkeys, and their refusals."""

from __future__ import annotations

import asyncio

import pytest

from atelier.errors import BadProof, SignInNeeded, TooMany
from atelier.model.people import Proof
from atelier.workspace import entering, passkeys, people, second_step, throttle
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.workspace.keyholders import HOME, PASSWORD, Device, Keyholder, keyholder


async def refusal(world: World, token: str, code: str) -> str:
    """Why a code is refused on the step of this token."""
    with pytest.raises(BadProof) as refused:
        await second_step.by_code(world.ws, token, code, HOME)
    return refused.value.fault


async def on_step(holder: Keyholder, *, is_kept: bool = False) -> str:
    """The token of her step, a code's time later."""
    holder.world.clock.forward(seconds=30)
    entry = await holder.sign_in(is_kept=is_kept)
    assert entry.is_step
    return entry.token


@in_network
async def test_a_password_leads_to_the_step_and_a_code_of_the_app_to_a_session(
    world: World,
) -> None:
    awa = await keyholder(world)
    assert not (await awa.sign_in()).is_step
    await awa.add_app()
    step = await on_step(awa)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, step)
    ways = await second_step.look(world.ws, step)
    assert (ways.has_app, ways.has_passkey, ways.codes_left) == (True, False, 10)
    entry, proof = await second_step.by_code(world.ws, step, f" {awa.code()} ", HOME)
    assert not entry.is_step and proof is Proof.TOTP and entry.token != step
    found = await people.session(world.ws, entry.token)
    assert found.person.name == "Awa" and found.proof is Proof.TOTP
    with pytest.raises(SignInNeeded):
        await second_step.look(world.ws, step)
    with pytest.raises(SignInNeeded):
        await second_step.by_code(world.ws, step, awa.code(seconds=30), HOME)


@in_network
async def test_a_code_is_taken_once_also_by_two_at_once_and_on_another_step(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    first = (await awa.sign_in()).token
    # The code that confirmed the app is one that was taken.
    assert await refusal(world, first, awa.code()) == "used"
    first, second = await on_step(awa), (await awa.sign_in()).token
    code = awa.code()
    outcomes = await asyncio.gather(
        second_step.by_code(world.ws, first, code, HOME),
        second_step.by_code(world.ws, second, code, HOME),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["BadProof", "tuple"]
    third = (await awa.sign_in()).token
    assert await refusal(world, third, code) == "used"
    assert await refusal(world, third, awa.code(seconds=-30)) == "used"
    await second_step.by_code(world.ws, third, awa.code(seconds=30), HOME)


@in_network
async def test_a_phone_may_be_half_a_minute_off_and_no_more(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    world.clock.forward(minutes=5)
    step = await on_step(awa)
    for seconds in (-60, 60, 600):
        assert await refusal(world, step, awa.code(seconds=seconds)) == "wrong"
    await second_step.by_code(world.ws, step, awa.code(seconds=-30), HOME)
    step = await on_step(awa)
    await second_step.by_code(world.ws, step, awa.code(seconds=30), HOME)


@in_network
async def test_a_recovery_code_opens_once_however_it_is_typed(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    assert len(set(awa.codes)) == 10 and all(len(one) == 19 for one in awa.codes)
    step = await on_step(awa)
    typed = awa.codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    entry, proof = await second_step.by_code(world.ws, step, typed, HOME)
    assert proof is Proof.RECOVERY
    assert (await people.session(world.ws, entry.token)).proof is Proof.RECOVERY
    step = await on_step(awa)
    assert (await second_step.look(world.ws, step)).codes_left == 9
    assert await refusal(world, step, awa.codes[0]) == "used"
    assert await refusal(world, step, "ABCD-ABCD-ABCD-ABCD") == "wrong"
    assert await refusal(world, step, "") == "wrong"
    noted = await world.values("SELECT verb FROM network_journal ORDER BY id DESC LIMIT 1")
    assert noted == ["recovery_code_used"]
    assert not await world.values(
        "SELECT 1 FROM recovery_codes WHERE code_hash IN (:one, :two)",
        one=awa.codes[1],
        two=awa.codes[1].replace("-", ""),
    )


@in_network
async def test_of_two_at_once_with_one_recovery_code_one_comes_in(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    first, second = await on_step(awa), (await awa.sign_in()).token
    outcomes = await asyncio.gather(
        second_step.by_code(world.ws, first, awa.codes[3], HOME),
        second_step.by_code(world.ws, second, awa.codes[3], HOME),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["BadProof", "tuple"]


@in_network
async def test_somebody_elses_code_and_recovery_code_open_nothing(world: World) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    await awa.add_app()
    await bo.add_app()
    step = await on_step(awa)
    assert await refusal(world, step, bo.code()) == "wrong"
    assert await refusal(world, step, bo.codes[0]) == "wrong"


@in_network
async def test_ten_wrong_codes_then_a_pause_that_grows_whatever_the_step(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    for _ in range(throttle.FAILURES):
        step = (await awa.sign_in()).token
        assert await refusal(world, step, "000000") == "wrong"
    step = await on_step(awa)
    for code in (awa.code(), awa.codes[0]):
        with pytest.raises(TooMany) as refused:
            await second_step.by_code(world.ws, step, code, Visitor("198.51.100.7"))
    assert 14 * 60 < refused.value.retry_after_seconds <= 15 * 60
    world.clock.forward(minutes=15)
    step = await on_step(awa)
    await refusal(world, step, "000000")
    with pytest.raises(TooMany) as refused:
        await second_step.by_code(world.ws, step, awa.code(), HOME)
    assert refused.value.retry_after_seconds == 30 * 60
    world.clock.forward(minutes=30)
    await second_step.by_code(world.ws, await on_step(awa), awa.code(), HOME)
    # She came in: she may err ten times again.
    step = await on_step(awa)
    for _ in range(throttle.FAILURES):
        assert await refusal(world, step, "000000") == "wrong"


@in_network
async def test_a_step_ends_with_time_with_the_password_and_with_the_account(world: World) -> None:
    awa = await keyholder(world)
    await awa.add_app()
    step = await on_step(awa)
    world.clock.forward(minutes=entering.STEP_MINUTES)
    with pytest.raises(SignInNeeded):
        await second_step.by_code(world.ws, step, awa.code(), HOME)
    step = await on_step(awa)
    link = await people.issue_link(world.ws, world.steward, awa.actor.person_id)
    after = await people.use_link(world.ws, link, "une autre phrase assez longue")
    assert after.is_step
    for gone in (step, "", "never"):
        with pytest.raises(SignInNeeded):
            await second_step.look(world.ws, gone)
        with pytest.raises(SignInNeeded):
            await second_step.by_code(world.ws, gone, awa.code(), HOME)
    await world.disable(awa.actor.person_id)
    with pytest.raises(SignInNeeded):
        await second_step.by_code(world.ws, after.token, awa.code(), HOME)


@in_network
async def test_staying_signed_in_is_for_a_proof_that_is_more_than_a_password(world: World) -> None:
    awa = await keyholder(world)
    plain = await awa.sign_in(is_kept=True)
    assert plain.kept_seconds is None
    await awa.add_app()
    days = world.ws.settings.sessions.kept_days
    kept, _ = await second_step.by_code(
        world.ws, await on_step(awa, is_kept=True), awa.code(), HOME
    )
    assert kept.kept_seconds == days * 24 * 3600
    short, _ = await second_step.by_code(world.ws, await on_step(awa), awa.code(), HOME)
    assert short.kept_seconds is None
    world.clock.forward(days=days, seconds=-60)
    assert (await people.session(world.ws, kept.token)).person.name == "Awa"
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, short.token)
    world.clock.forward(seconds=60)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, kept.token)


@in_network
async def test_a_passkey_answers_the_step_of_its_own_person_only(world: World) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    await awa.add_app()
    mine, other = await awa.add_passkey(), await bo.add_passkey()
    step = await on_step(awa, is_kept=True)
    for device, fault in ((other, "foreign"), (Device(), "foreign")):
        answer = device.sign(await _asked(world))
        with pytest.raises(BadProof) as refused:
            await second_step.by_passkey(world.ws, step, answer, HOME)
        assert refused.value.fault == fault
    entry = await second_step.by_passkey(world.ws, step, mine.sign(await _asked(world)), HOME)
    assert entry.kept_seconds
    assert (await people.session(world.ws, entry.token)).proof is Proof.PASSKEY
    with pytest.raises(SignInNeeded):
        await second_step.by_passkey(world.ws, step, mine.sign(await _asked(world)), HOME)


@in_network
async def test_the_session_that_a_browser_held_is_replaced_at_each_step(world: World) -> None:
    awa = await keyholder(world)
    held = awa.token
    await awa.add_app()
    replacing = Visitor("192.0.2.1", replacing=held)
    step = await people.sign_in(world.ws, awa.email, PASSWORD, replacing)
    assert step.is_step
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, held)
    world.clock.forward(seconds=30)
    planted, _ = await second_step.by_code(world.ws, step.token, awa.code(), HOME)
    awa.token = planted.token
    step_again = await on_step(awa)
    replacing = Visitor("192.0.2.1", replacing=planted.token)
    await second_step.by_code(world.ws, step_again, awa.code(), replacing)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, planted.token)


async def _asked(world: World) -> str:
    return await passkeys.ask(world.ws, HOME)
