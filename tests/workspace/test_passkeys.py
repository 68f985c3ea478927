"""Passkeys: made, used to come in, and everything that is refused."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atelier.errors import BadProof, Invalid, NotFound, SignInNeeded, TooMany
from atelier.model.ids import PasskeyId
from atelier.model.people import Proof
from atelier.workspace import passkeys, people, throttle
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.workspace.keyholders import HOME, Device, Keyholder, keyholder


async def sign_in_refused(world: World, answer: str, visitor: Visitor = HOME) -> str:
    """Why what was signed opens nothing."""
    with pytest.raises(BadProof) as refused:
        await passkeys.sign_in(world.ws, answer, visitor)
    return refused.value.fault


async def adding_refused(holder: Keyholder, answer: str) -> str:
    """Why a new passkey is refused."""
    with pytest.raises(BadProof) as refused:
        await passkeys.add(holder.world.ws, holder.actor, holder.token, answer, "Clé")
    return refused.value.fault


@in_network
async def test_a_passkey_is_a_way_in_without_address_or_password(world: World) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey(name="  Mon   téléphone ")
    assert len(awa.codes) == 10
    entry = await awa.come_by(device)
    assert not entry.is_step and entry.kept_seconds is None
    found = await people.session(world.ws, entry.token)
    assert found.person.name == "Awa" and found.proof is Proof.PASSKEY
    kept = await awa.come_by(device, is_kept=True)
    assert kept.kept_seconds == world.ws.settings.sessions.kept_days * 24 * 3600
    ring = await awa.ring()
    assert [(one.name, one.used_at) for one in ring.passkeys] == [("Mon téléphone", world.clock())]
    # A password stays enough for one who need not have more.
    assert not (await awa.sign_in()).is_step


@in_network
async def test_what_the_browser_is_asked_wants_its_owner_and_names_the_site(
    world: World,
) -> None:
    awa = await keyholder(world)
    await awa.add_passkey()
    asked = json.loads(await passkeys.ask_to_add(world.ws, awa.actor, awa.token))
    assert asked["rp"] == {"name": "Atelier d'essai", "id": "localhost"}
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none" and len(asked["excludeCredentials"]) == 1
    assert asked["user"]["name"] == "awa@example.org"
    again = json.loads(await passkeys.ask_to_add(world.ws, awa.actor, awa.token))
    assert again["user"]["id"] == asked["user"]["id"]
    assert again["challenge"] != asked["challenge"]
    asked = json.loads(await passkeys.ask(world.ws, HOME))
    assert asked["userVerification"] == "required" and asked["rpId"] == "localhost"
    # Nobody is named to one who only asks.
    assert asked.get("allowCredentials", []) == []


@in_network
async def test_a_challenge_is_good_once_for_five_minutes_and_for_what_it_was_asked(
    world: World,
) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    device = await awa.add_passkey()
    answer = device.sign(await passkeys.ask(world.ws, HOME))
    await passkeys.sign_in(world.ws, answer, HOME)
    assert await sign_in_refused(world, answer) == "used"
    late = device.sign(await passkeys.ask(world.ws, HOME))
    world.clock.forward(minutes=5)
    assert await sign_in_refused(world, late) == "used"
    to_add = await passkeys.ask_to_add(world.ws, awa.actor, awa.token)
    assert await sign_in_refused(world, device.sign(to_add)) == "used"
    to_add = await passkeys.ask_to_add(world.ws, bo.actor, bo.token)
    assert await adding_refused(awa, Device().make(to_add)) == "used"
    invented = json.dumps(json.loads(to_add) | {"challenge": "AAAA"})
    assert await adding_refused(awa, Device().make(invented)) == "used"
    made = Device().make(await passkeys.ask_to_add(world.ws, awa.actor, awa.token))
    await passkeys.add(world.ws, awa.actor, awa.token, made, "Clé")
    assert await adding_refused(awa, made) == "used"
    # Those that nobody answered go when others are asked for.
    world.clock.forward(minutes=6)
    await passkeys.ask(world.ws, HOME)
    assert await world.values("SELECT COUNT(*) FROM passkey_challenges") == [1]


@in_network
async def test_a_refused_answer_takes_its_challenge_all_the_same(world: World) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey()
    asked = await passkeys.ask(world.ws, HOME)
    assert await sign_in_refused(world, replace(device, is_verified=False).sign(asked)) == (
        "unverified"
    )
    assert await sign_in_refused(world, device.sign(asked)) == "used"


@in_network
async def test_another_site_another_key_or_nobody_verified_is_refused_at_both_ends(
    world: World,
) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey()
    wrong = {
        "origin": ({"origin": "https://evil.example"}, "wrong"),
        "port": ({"origin": "http://localhost:8001"}, "wrong"),
        "scheme": ({"origin": "https://localhost:8000"}, "wrong"),
        "site": ({"site": "evil.example"}, "wrong"),
        "unverified": ({"is_verified": False}, "unverified"),
    }
    for changed, fault in wrong.values():
        spoilt = replace(device, **changed)  # type: ignore[arg-type]
        asked = await passkeys.ask(world.ws, HOME)
        assert await sign_in_refused(world, spoilt.sign(asked)) == fault
        new = replace(Device(), **changed)  # type: ignore[arg-type]
        asked = await passkeys.ask_to_add(world.ws, awa.actor, awa.token)
        assert await adding_refused(awa, new.make(asked)) == fault
    asked = await passkeys.ask(world.ws, HOME)
    assert await sign_in_refused(world, replace(device, key=Device().key).sign(asked)) == "wrong"
    assert len((await awa.ring()).passkeys) == 1
    await awa.come_by(device)


@in_network
async def test_a_passkey_that_nobody_has_is_foreign_as_is_one_of_a_disabled_account(
    world: World,
) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    device, other = await awa.add_passkey(), await bo.add_passkey()
    for stranger in (
        Device(handle=device.handle),
        replace(device, handle=other.handle),
        replace(device, handle=""),
    ):
        asked = await passkeys.ask(world.ws, HOME)
        assert await sign_in_refused(world, stranger.sign(asked)) == "foreign"
    await world.disable(awa.actor.person_id)
    asked = await passkeys.ask(world.ws, HOME)
    assert await sign_in_refused(world, device.sign(asked)) == "foreign"
    # A device that is known already, made again by another person, stays whose it was.
    asked = await passkeys.ask_to_add(world.ws, bo.actor, bo.token)
    twin = replace(device, credential_id=device.credential_id)
    assert await adding_refused(bo, twin.make(asked)) == "used"


@in_network
async def test_a_count_of_uses_that_goes_back_is_a_copy_and_opens_nothing(world: World) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey(Device(count=5))
    for count, is_good in ((5, False), (4, False), (0, False), (6, True), (6, False), (9, True)):
        device.count = count
        asked = await passkeys.ask(world.ws, HOME)
        if is_good:
            await passkeys.sign_in(world.ws, device.sign(asked), HOME)
        else:
            assert await sign_in_refused(world, device.sign(asked)) == "wrong"
    device.count = 10
    answers = [device.sign(await passkeys.ask(world.ws, HOME)) for _ in range(2)]
    outcomes = await asyncio.gather(
        *(passkeys.sign_in(world.ws, one, HOME) for one in answers), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["BadProof", "Entry"]
    # A device that does not count always says 0.
    silent = await awa.add_passkey(Device())
    for _ in range(2):
        await awa.come_by(silent)


@in_network
async def test_guesses_are_slowed_by_the_network_address_and_successes_do_not_count(
    world: World,
) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey()
    for _ in range(3):
        await awa.come_by(device)
    for _ in range(throttle.FAILURES_OF_AN_ADDRESS):
        asked = await passkeys.ask(world.ws, HOME)
        assert await sign_in_refused(world, Device().sign(asked)) == "foreign"
    asked = await passkeys.ask(world.ws, HOME)
    with pytest.raises(TooMany):
        await passkeys.sign_in(world.ws, device.sign(asked), HOME)
    await passkeys.sign_in(world.ws, device.sign(asked), Visitor("198.51.100.7"))


@in_network
async def test_nobody_fills_the_table_of_challenges(world: World) -> None:
    with pytest.raises(TooMany):
        for _ in range(400):
            await passkeys.ask(world.ws, HOME)
    await passkeys.ask(world.ws, Visitor("198.51.100.7"))


@in_network
async def test_a_passkey_that_is_removed_opens_nothing_and_only_its_owner_removes_it(
    world: World,
) -> None:
    awa, bo = await keyholder(world), await keyholder(world, "Bo")
    device = await awa.add_passkey()
    (known,) = (await awa.ring()).passkeys
    for number in (known.id, PasskeyId(999)):
        with pytest.raises(NotFound):
            await passkeys.remove(world.ws, bo.actor, bo.token, number)
    await passkeys.remove(world.ws, awa.actor, awa.token, known.id)
    with pytest.raises(NotFound):
        await passkeys.remove(world.ws, awa.actor, awa.token, known.id)
    asked = await passkeys.ask(world.ws, HOME)
    assert await sign_in_refused(world, device.sign(asked)) == "foreign"
    # The recovery codes stood in for it.
    assert (await awa.ring()).codes_left == 0


@in_network
async def test_one_person_has_twenty_passkeys_at_most_with_names_of_a_line(world: World) -> None:
    awa = await keyholder(world)
    for name in ("x" * 81, "a\x00b", "a\u202eb"):
        asked = await passkeys.ask_to_add(world.ws, awa.actor, awa.token)
        with pytest.raises(Invalid, match="key_name"):
            await passkeys.add(world.ws, awa.actor, awa.token, Device().make(asked), name)
    for _ in range(passkeys.MOST):
        await awa.add_passkey()
    with pytest.raises(Invalid, match="too_many_keys"):
        await passkeys.ask_to_add(world.ws, awa.actor, awa.token)


@in_network
async def test_a_new_passkey_ends_the_other_sessions_and_shows_in_this_one(world: World) -> None:
    awa = await keyholder(world)
    other = (await awa.sign_in()).token
    assert (await people.session(world.ws, awa.token)).proof is Proof.PASSWORD
    await awa.add_passkey()
    assert (await people.session(world.ws, awa.token)).proof is Proof.PASSKEY
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, other)
    noted = await world.values("SELECT verb FROM network_journal ORDER BY id DESC LIMIT 1")
    assert noted == ["passkey_added"]


@pytest.mark.parametrize(
    ("url", "is_possible"),
    [
        ("http://localhost:8000", True),
        ("https://atelier.example", True),
        ("http://atelier.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
    ],
)
@in_network
async def test_passkeys_are_for_a_name_by_https_or_for_this_computer(
    world: World, url: str, is_possible: bool
) -> None:
    server = replace(world.ws.settings.server, public_url=url)
    ws = replace(world.ws, settings=replace(world.ws.settings, server=server))
    assert passkeys.are_possible(ws) is is_possible


@in_network
async def test_the_origin_is_that_of_the_public_url_without_its_usual_port(world: World) -> None:
    server = replace(world.ws.settings.server, public_url="https://Atelier.example:443")
    world.ws = replace(world.ws, settings=replace(world.ws.settings, server=server))
    awa = await keyholder(world)
    device = Device(origin="https://atelier.example", site="atelier.example")
    await awa.add_passkey(device)
    await awa.come_by(device)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "userHandle",
                         "authenticatorData", "signature", "attestationObject", "x"]),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@in_network
async def test_what_no_browser_answers_is_refused_and_breaks_nothing(world: World) -> None:
    awa = await keyholder(world)
    device = await awa.add_passkey()
    whole = json.loads(device.sign(await passkeys.ask(world.ws, HOME)))

    async def knock(answer: str) -> None:
        for act in (
            passkeys.verified(world.ws, answer),
            passkeys.add(world.ws, awa.actor, awa.token, answer, "Clé"),
        ):
            with pytest.raises(BadProof):
                await act

    for text in ("", "null", "[]", "{", "1", '"x"', "[" * 5_000, '{"response": []}'):
        await knock(text)
    for name in ("id", "rawId", "type"):
        for value in (None, 1, [], {}, "", "é"):
            asked = await passkeys.ask(world.ws, HOME)
            await knock(json.dumps(json.loads(device.sign(asked)) | {name: value}))
    for name in whole["response"]:
        for value in (None, 1, [], {}, "", "é", "AA", "A" * 400):
            one = json.loads(device.sign(await passkeys.ask(world.ws, HOME)))
            one["response"][name] = value
            await knock(json.dumps(one))
    for value in (None, 1, [], {}, "", "é", "AA", "oWNmbXRkbm9uZQ", "v" * 400):
        one = json.loads(Device().make(await passkeys.ask_to_add(world.ws, awa.actor, awa.token)))
        one["response"]["attestationObject"] = value
        await knock(json.dumps(one))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_JSON)
def test_any_answer_is_read_or_refused(answer: object) -> None:
    try:
        passkeys._read(json.dumps(answer))
    except BadProof as refused:
        assert refused.fault == "wrong"
