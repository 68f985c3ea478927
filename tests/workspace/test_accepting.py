"""A passkey chosen through the link of an invitation, and an account that has no password."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyotp
import pytest

from atelier.errors import (
    AlreadySo,
    BadProof,
    BadSignIn,
    Invalid,
    LinkSpent,
    SignInNeeded,
    TooMany,
)
from atelier.model.folders import Role
from atelier.model.ids import FolderId, InviteId
from atelier.model.invites import Offer
from atelier.model.keys import Standing
from atelier.model.people import Actor, Proof
from atelier.workspace import (
    accepting,
    authenticators,
    email_changes,
    erasure,
    folders,
    forgotten,
    invites,
    links,
    own_account,
    own_data,
    own_keys,
    passkeys,
    people,
)
from tests.builders import World, in_network, network
from tests.workspace.keyholders import HOME, PASSWORD, Device
from tests.workspace.test_invites import ZOE, is_spent, letters, with_mail
from tests.workspace.test_memberships import place_of

CHOSEN: Final = "encore un chemin sous la pluie"


@dataclass
class Newcomer:
    """Zoé, who came in by a passkey through her invitation and has no password."""

    world: World
    actor: Actor
    token: str
    device: Device
    folder: FolderId

    async def ring(self) -> own_keys.KeyRing:
        """Her keys."""
        return await own_keys.look(self.world.ws, self.actor, self.token)

    async def come_in(self) -> str:
        """The token of another session of hers, by her passkey."""
        options = await passkeys.ask(self.world.ws, HOME)
        return (await passkeys.sign_in(self.world.ws, self.device.sign(options), HOME)).token


async def invited(
    world: World, email: str = ZOE, folder: str = "Chutes", role: Role = Role.CONTRIBUTOR
) -> tuple[str, FolderId]:
    """The link of an invitation to a folder, and that folder."""
    number = await world.folder(folder)
    offer = Offer(email, folder_id=number, role=role)
    return (await invites.invite(world.ws, world.steward, offer)).token, number


async def ask(world: World, link: str, name: str = " Zoé Caron ") -> str:
    """What her browser is told to make."""
    return await accepting.ask_passkey(world.ws, link, name, HOME)


async def accept(world: World, link: str, answer: str) -> accepting.Accepted:
    """Come in by what her browser made."""
    return await accepting.accept_by_passkey(world.ws, link, " Zoé Caron ", answer, HOME)


async def refused(world: World, link: str, answer: str) -> str:
    """Why it is refused; nothing is made by it, and the link lets in as before."""
    with pytest.raises(BadProof) as error:
        await accept(world, link, answer)
    assert await world.values("SELECT COUNT(*) FROM passkeys") == [0]
    assert await world.values(f"SELECT COUNT(*) FROM people WHERE email = '{ZOE}'") == [0]
    assert not (await accepting.look(world.ws, link)).is_known
    return error.value.fault


async def newcomer(world: World, role: Role = Role.CONTRIBUTOR) -> Newcomer:
    """Zoé, just come in."""
    link, folder = await invited(world, role=role)
    device = Device()
    done = await accept(world, link, device.make(await ask(world, link)))
    return Newcomer(world, await world.actor(ZOE), done.entry.token, device, folder)


@in_network
async def test_who_is_invited_makes_a_passkey_and_is_in_with_all_she_was_invited_to(
    world: World,
) -> None:
    link, folder = await invited(world)
    asked = json.loads(await ask(world, link))
    assert asked["rp"]["id"] == "localhost"
    assert (asked["user"]["name"], asked["user"]["displayName"]) == (ZOE, "Zoé Caron")
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    # Asking makes nothing, and a second try takes the place of the first on her device.
    assert await world.values(f"SELECT COUNT(*) FROM people WHERE email = '{ZOE}'") == [0]
    again = await ask(world, link)
    assert json.loads(again)["user"]["id"] == asked["user"]["id"]
    device = Device()
    done = await accept(world, link, device.make(again))
    assert (done.folder_id, done.entry.is_step) == (folder, False)
    found = await people.session(world.ws, done.entry.token)
    assert (found.person.name, found.proof) == ("Zoé Caron", Proof.PASSKEY)
    assert folder in [one.id for one in (await folders.home(world.ws, found.actor)).entries]
    assert await is_spent(world, link)
    with pytest.raises(LinkSpent):
        await ask(world, link)
    zoe = Newcomer(world, found.actor, done.entry.token, device, folder)
    ring = await zoe.ring()
    assert [one.name for one in ring.passkeys] == [HOME.device]
    assert (ring.has_password, ring.standing) == (False, Standing.FRESH)
    assert (await people.session(world.ws, await zoe.come_in())).person.name == "Zoé Caron"


@in_network
async def test_her_place_comes_with_its_terms_and_with_all_that_inviter_offered(
    world: World,
) -> None:
    town = (await world.organisation("Mairie")).id
    offer = Offer(ZOE, "Zoé", organisation_id=town, function="Agente", is_representative=True)
    link = (await invites.invite(world.ws, world.steward, offer)).token
    _, folder = await invited(world)
    done = await accept(world, link, Device().make(await ask(world, link)))
    assert (done.folder_id, done.organisation_id) == (None, town)
    zoe = await world.actor(ZOE)
    place = await place_of(world, zoe, "Mairie")
    assert (place.function, place.is_representative) == ("Agente", True)
    assert folder in [one.id for one in (await folders.home(world.ws, zoe)).entries]


def test_a_coordinator_who_must_have_a_second_factor_has_it_by_her_passkey(
    tmp_path: Path,
) -> None:
    async def tried() -> None:
        async with network(tmp_path, SESSIONS_SECOND_FACTOR="coordinators") as world:
            zoe = await newcomer(world, Role.COORDINATOR)
            assert not (await people.session(world.ws, zoe.token)).must_prove
            assert (await zoe.ring()).is_obliged
            (known,) = (await zoe.ring()).passkeys
            zoe.token = (await choose(zoe)).token
            with pytest.raises(Invalid, match="last_key"):
                await passkeys.remove(world.ws, zoe.actor, zoe.token, known.id)
            # Her password leads to the question for what she has.
            assert (await people.sign_in(world.ws, ZOE, CHOSEN, HOME)).is_step

    asyncio.run(tried())


@in_network
async def test_what_was_asked_through_another_link_or_for_something_else_makes_no_account(
    world: World,
) -> None:
    link, _ = await invited(world)
    other, _ = await invited(world, "yan@example.org", "Autre")
    second = (await invites.copy_link(world.ws, world.steward, await first(world))).token
    for foreign in (other, second):
        assert await refused(world, link, Device().make(await ask(world, foreign))) == "used"
    invented = json.dumps(json.loads(await ask(world, link)) | {"challenge": "AAAA"})
    assert await refused(world, link, Device().make(invented)) == "used"
    # One of those who are signed in, and one to come in with.
    answer = Device().sign(await passkeys.ask(world.ws, HOME))
    assert await refused(world, link, answer) == "used"
    with pytest.raises(BadProof, match="used"):
        await passkeys.sign_in(world.ws, Device().sign(await ask(world, link)), HOME)
    late = Device().make(await ask(world, link))
    world.clock.forward(minutes=5)
    assert await refused(world, link, late) == "used"
    for broken in ("", "{}", "null", "[" * 5_000):
        assert await refused(world, link, broken) == "wrong"
    await accept(world, link, Device().make(await ask(world, link)))


async def first(world: World) -> InviteId:
    """The oldest invitation that waits."""
    waiting = (await invites.office(world.ws, world.steward)).waiting
    return min(one.id for one in waiting)


@in_network
async def test_without_its_owner_or_for_another_site_no_account_is_made(world: World) -> None:
    link, _ = await invited(world)
    wrong = {
        "origin": ({"origin": "https://evil.example"}, "wrong"),
        "site": ({"site": "evil.example"}, "wrong"),
        "unverified": ({"is_verified": False}, "unverified"),
    }
    for changed, fault in wrong.values():
        spoilt = dataclasses.replace(Device(), **changed)  # type: ignore[arg-type]
        answer = spoilt.make(await ask(world, link))
        assert await refused(world, link, answer) == fault
        # Its challenge is taken all the same.
        assert await refused(world, link, answer) == "used"
    await accept(world, link, Device().make(await ask(world, link)))


@in_network
async def test_a_passkey_that_somebody_has_and_an_answer_sent_twice_make_no_account(
    world: World,
) -> None:
    zoe = await newcomer(world)
    link, _ = await invited(world, "yan@example.org", "Autre")
    twin = dataclasses.replace(zoe.device)
    with pytest.raises(BadProof, match="used"):
        await accept(world, link, twin.make(await ask(world, link)))
    assert await world.values("SELECT COUNT(*) FROM passkeys") == [1]
    answer = Device().make(await ask(world, link))
    outcomes = await asyncio.gather(
        *(accept(world, link, answer) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Accepted", "BadProof"]
    with pytest.raises(LinkSpent):
        await accept(world, link, answer)


@in_network
async def test_a_link_that_ends_between_the_question_and_the_answer_lets_nobody_in(
    world: World,
) -> None:
    withdrawn, _ = await invited(world)
    answer = Device().make(await ask(world, withdrawn))
    await invites.withdraw(world.ws, world.steward, await first(world))
    with pytest.raises(LinkSpent):
        await accept(world, withdrawn, answer)
    expiring, _ = await invited(world, folder="Autre")
    world.clock.forward(days=7, seconds=-1)
    answer = Device().make(await ask(world, expiring))
    world.clock.forward(seconds=1)
    with pytest.raises(LinkSpent):
        await accept(world, expiring, answer)
    taken, _ = await invited(world, folder="Encore")
    answer = Device().make(await ask(world, taken))
    await world.person("Zoe")
    with pytest.raises(AlreadySo):
        await accept(world, taken, answer)
    # The question alone tells nobody that the address has an account.
    answer = Device().make(await ask(world, taken))
    with pytest.raises(AlreadySo):
        await accept(world, taken, answer)
    assert await world.values("SELECT COUNT(*) FROM passkeys") == [0]


@in_network
async def test_a_name_that_is_none_is_refused_before_anything_is_made(world: World) -> None:
    link, _ = await invited(world)
    with pytest.raises(Invalid, match="person_name"):
        await ask(world, link, " ")
    answer = Device().make(await ask(world, link))
    with pytest.raises(Invalid, match="person_name"):
        await accepting.accept_by_passkey(world.ws, link, "", answer, HOME)
    # What she made is good still, for the same link, once her name is there.
    await accept(world, link, answer)


@in_network
async def test_nobody_fills_the_table_of_challenges_through_a_link(world: World) -> None:
    link, _ = await invited(world)
    with pytest.raises(TooMany):
        for _ in range(400):
            await ask(world, link)
    await accepting.ask_passkey(world.ws, link, "Zoé", dataclasses.replace(HOME, address="::2"))


@in_network
async def test_an_account_without_a_password_is_not_opened_by_one(world: World) -> None:
    zoe = await newcomer(world)
    for guess in ("", PASSWORD, "x" * 200):
        with pytest.raises(BadSignIn):
            await people.sign_in(world.ws, ZOE, guess, HOME)
        with pytest.raises(BadSignIn):
            await own_keys.prove(world.ws, zoe.actor, zoe.token, guess)


@in_network
async def test_the_last_passkey_of_one_without_a_password_stays_until_she_has_one(
    world: World,
) -> None:
    zoe = await newcomer(world)
    (known,) = (await zoe.ring()).passkeys
    with pytest.raises(Invalid, match="only_way_in"):
        await passkeys.remove(world.ws, zoe.actor, zoe.token, known.id)
    # An app is asked for after a password: alone it lets nobody in.
    await authenticators.start(world.ws, zoe.actor, zoe.token)
    app = pyotp.TOTP((await authenticators.secret(world.ws, zoe.actor, zoe.token)).secret)
    code = app.at(int(world.clock().timestamp()))
    await authenticators.confirm(world.ws, zoe.actor, zoe.token, code)
    with pytest.raises(Invalid, match="only_way_in"):
        await passkeys.remove(world.ws, zoe.actor, zoe.token, known.id)
    await authenticators.remove(world.ws, zoe.actor, zoe.token)
    entry = await choose(zoe)
    await passkeys.remove(world.ws, zoe.actor, entry.token, known.id)
    assert not (await people.sign_in(world.ws, ZOE, CHOSEN, HOME)).is_step


async def choose(zoe: Newcomer) -> people.Entry:
    """A password of hers, chosen on the page of her account."""
    return await own_account.change_password(
        zoe.world.ws, zoe.actor, zoe.token, current="", chosen=CHOSEN, address=HOME.address
    )


@in_network
async def test_her_first_password_asks_for_no_other_and_for_a_fresh_proof(world: World) -> None:
    zoe = await newcomer(world)
    other = await zoe.come_in()
    world.clock.forward(minutes=own_keys.FRESH_MINUTES)
    with pytest.raises(BadProof, match="stale"):
        await choose(zoe)
    answer = zoe.device.sign(await passkeys.ask(world.ws, HOME))
    await passkeys.prove(world.ws, zoe.actor, zoe.token, answer, HOME)
    zoe.token = (await choose(zoe)).token
    assert (await people.session(world.ws, zoe.token)).proof is Proof.PASSKEY
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, other)
    # From now on the password that she has is asked for.
    with pytest.raises(Invalid, match="wrong_password"):
        await choose(zoe)


@in_network
async def test_another_address_is_asked_for_by_a_fresh_session_where_there_is_no_password(
    world: World,
) -> None:
    with_mail(world)
    link, _ = await invited(world)
    link = (await invites.copy_link(world.ws, world.steward, await first(world))).token
    device = Device()
    done = await accept(world, link, device.make(await ask(world, link)))
    zoe = Newcomer(world, await world.actor(ZOE), done.entry.token, device, FolderId(0))

    async def change() -> None:
        await email_changes.ask(
            world.ws, zoe.actor, "zoe@ailleurs.example", current="", address="::1", token=zoe.token
        )

    await change()
    assert await email_changes.waiting(world.ws, zoe.actor) is not None
    world.clock.forward(minutes=own_keys.FRESH_MINUTES)
    with pytest.raises(BadProof, match="stale"):
        await change()


@in_network
async def test_who_lost_her_only_key_has_a_password_by_a_link(world: World) -> None:
    zoe = await newcomer(world)
    with_mail(world)
    await forgotten.ask(world.ws, ZOE, "::1")
    assert ("reset", None) in [one[:2] for one in await letters(world)]
    reset = await world.ws.db.write(lambda tx: links.start_reset(world.ws, tx, zoe.actor.person_id))
    await people.use_link(world.ws, reset, CHOSEN, HOME)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, zoe.token)
    assert not (await people.sign_in(world.ws, ZOE, CHOSEN, HOME)).is_step


@in_network
async def test_a_steward_takes_the_keys_of_one_without_a_password_and_gives_her_a_link(
    world: World,
) -> None:
    zoe = await newcomer(world)
    await own_keys.remove_all(world.ws, world.steward, zoe.actor.person_id)
    with pytest.raises(BadProof, match="foreign"):
        await zoe.come_in()
    link = await people.issue_link(world.ws, world.steward, zoe.actor.person_id)
    await people.use_link(world.ws, link, CHOSEN, HOME)
    assert not (await people.sign_in(world.ws, ZOE, CHOSEN, HOME)).is_step


@in_network
async def test_what_is_kept_of_her_says_so_and_an_erasure_takes_her_passkey(world: World) -> None:
    zoe = await newcomer(world)
    told = repr([page async for page in own_data.pages(world.ws, zoe.actor)])
    assert HOME.device in told and "is_with_password" in told
    await world.disable(zoe.actor.person_id)
    await erasure.erase(world.ws, world.steward, zoe.actor.person_id)
    assert await world.values("SELECT COUNT(*) FROM passkeys") == [0]
    with pytest.raises(BadProof, match="foreign"):
        await zoe.come_in()
