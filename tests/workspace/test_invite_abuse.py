"""Invitations that somebody abuses: too many, to learn who is here, by an address of another's."""

from __future__ import annotations

import dataclasses

import pytest

from atelier.errors import Forbidden, Invalid, LinkSpent, NotFound, TooManyInvitations
from atelier.model.folders import Role
from atelier.model.ids import FolderId, InviteId
from atelier.model.invites import Fate, Offer
from atelier.model.people import Actor
from atelier.workspace import (
    accepting,
    email_changes,
    folders,
    invites,
    links,
    people,
    sharing,
    showing_oneself,
)
from tests.builders import World, in_network
from tests.workspace.test_invites import (
    HERE,
    ZOE,
    accept,
    fate,
    letters,
    outgoing,
    prove,
    town_of,
    with_mail,
    withdraw_grants,
)
from tests.workspace.test_memberships import reads, representative
from tests.workspace.test_signing_in import OTHER, PASSWORD


async def is_proved(world: World, who: Actor) -> bool:
    """Whether it is known that she reads what is sent to her address."""
    asked = "SELECT email_proved_at FROM people WHERE id = :id"
    return await world.values(asked, id=who.person_id) != [None]


async def hide(world: World, who: Actor) -> None:
    """She shows her address to nobody who need not know it."""
    await showing_oneself.choose(world.ws, who, phone="", shows_email=False, shows_phone=False)


@in_network
async def test_where_letters_leave_a_coordinator_hands_over_no_link(world: World) -> None:
    folder, cora = await world.folder("Chutes"), await world.person("Cora")
    ref = await representative(world, "Rita", "Mairie")
    town = await town_of(world, ref)
    await world.grant(folder, cora, Role.COORDINATOR)
    with_mail(world)
    made = await invites.invite(world.ws, cora, Offer(ZOE, folder_id=folder))
    assert made.invite_id is not None and made.token == ""
    with pytest.raises(Forbidden):
        await invites.copy_link(world.ws, cora, made.invite_id)
    assert (await invites.copy_link(world.ws, world.steward, made.invite_id)).token
    home = await invites.invite(world.ws, ref, Offer("yan@example.org", organisation_id=town))
    assert home.invite_id is not None
    assert (await invites.copy_link(world.ws, ref, home.invite_id)).token


@in_network
async def test_an_address_that_its_inviter_may_not_know_is_invited_as_any_other(
    world: World,
) -> None:
    with_mail(world)
    folder, cora = await world.folder("Chutes"), await world.person("Cora")
    await world.grant(folder, cora, Role.COORDINATOR)
    awa, nil = await world.person("Awa", of="Mairie"), await world.person("Nil")
    await prove(world, awa, nil)
    for hidden in (awa, nil):
        await hide(world, hidden)
    await world.disable(nil.person_id)
    for known in ("awa@example.org", "nil@example.org", ZOE):
        offer = Offer(known, folder_id=folder)
        made = await invites.invite(world.ws, cora, offer)
        assert (made.fate, made.person, made.token) == (Fate.INVITED, None, "")
        assert await fate(world, cora, offer) is Fate.WAITING
    assert [kind for kind, _, _ in await letters(world)] == ["invitation"] * 3
    waiting = (await invites.office(world.ws, cora, folder=folder)).waiting
    assert len(waiting) == 3 and not await reads(world, awa, folder)
    told = await outgoing(world, waiting[-1].id)
    assert told is not None and told.offer.email == "awa@example.org"
    await accepting.take(world.ws, awa, told.token)
    assert await reads(world, awa, folder)
    await world.grant(folder, world.steward, Role.COORDINATOR)
    assert await fate(world, world.steward, Offer("nil@example.org", folder_id=folder)) is Invalid
    assert await fate(world, world.steward, Offer("awa@example.org", folder_id=folder)) is (
        Fate.ALREADY
    )


@in_network
async def test_a_representative_learns_of_no_hidden_account_but_of_those_in_her_organisation(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town, ccas = await town_of(world, ref), (await world.person("Nora", of="CCAS"))
    own = await world.person("Max", of="Mairie")
    for hidden in (ccas, own):
        await hide(world, hidden)
    assert await fate(world, ref, Offer("nora@example.org", organisation_id=town)) is Fate.INVITED
    assert await fate(world, ref, Offer("max@example.org", organisation_id=town)) is Fate.ALREADY
    nora = await world.actor("nora@example.org")
    assert nora.main_organisation == ccas.main_organisation


@in_network
async def test_only_a_link_out_of_a_letter_proves_an_address(world: World) -> None:
    folder = await world.folder("Chutes")
    handed = (await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))).token
    await accept(world, handed)
    zoe = await world.actor(ZOE)
    assert not await is_proved(world, zoe)
    with_mail(world)
    yan = await invites.invite(world.ws, world.steward, Offer("yan@example.org"))
    sent = await outgoing(world, yan.invite_id or InviteId(0))
    assert sent is not None
    await accepting.accept(world.ws, sent.token, "Yan", PASSWORD, HERE)
    assert await is_proved(world, await world.actor("yan@example.org"))
    copied = await invites.invite(world.ws, world.steward, Offer("eva@example.org"))
    by_hand = await invites.copy_link(world.ws, world.steward, copied.invite_id or InviteId(0))
    await accepting.accept(world.ws, by_hand.token, "Eva", PASSWORD, HERE)
    assert not await is_proved(world, await world.actor("eva@example.org"))


@in_network
async def test_who_made_an_account_of_an_address_that_is_not_hers_gets_nothing_sent_to_it(
    world: World,
) -> None:
    handed = (await invites.invite(world.ws, world.steward, Offer(ZOE))).token
    await accept(world, handed)
    with_mail(world)
    usurper, folder = await world.actor(ZOE), await world.folder("Chutes")
    made = await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    assert (made.fate, made.token) == (Fate.INVITED, "")
    with pytest.raises(NotFound):
        await folders.look(world.ws, usurper, folder)
    told = await outgoing(world, made.invite_id or InviteId(0))
    assert told is not None and (await accepting.look(world.ws, told.token)).is_known
    reset = await world.ws.db.write(lambda tx: links.start_reset(world.ws, tx, usurper.person_id))
    owner = await links.use_link(world.ws, reset, OTHER)
    assert owner.token and await is_proved(world, usurper)
    await accepting.take(world.ws, await world.actor(ZOE), told.token)
    assert (await folders.look(world.ws, usurper, folder)).folder.id == folder
    other = await world.folder("Secret")
    assert await fate(world, world.steward, Offer(ZOE, folder_id=other)) is Fate.GIVEN


@in_network
async def test_a_link_that_is_handed_over_or_a_new_address_leaves_nothing_proved(
    world: World,
) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    await prove(world, awa, bo)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    assert await is_proved(world, awa)
    await links.use_link(world.ws, link, PASSWORD)
    assert not await is_proved(world, awa)
    await email_changes.set_by_steward(world.ws, world.steward, bo.person_id, "b@example.org")
    assert not await is_proved(world, bo)


@in_network
async def test_who_sees_an_address_is_told_that_nothing_proves_it_where_letters_leave(
    world: World,
) -> None:
    awa, bo, reader = [await world.person(name) for name in ("Awa", "Bo", "Rea")]
    await prove(world, bo)
    assert (await people.look(world.ws, reader, awa.person_id)).has_proved_email
    with_mail(world)
    for who, proved in ((awa, False), (bo, True)):
        assert (await people.look(world.ws, reader, who.person_id)).has_proved_email is proved


@in_network
async def test_the_strongest_of_several_invitations_to_a_folder_wins(world: World) -> None:
    folder, marie = await world.folder("Chutes"), world.steward
    cora = await world.person("Cora")
    await world.grant(folder, cora, Role.COORDINATOR)
    day = world.today(plus=30)
    offers = [
        Offer(ZOE, folder_id=folder, role=Role.READER),
        Offer(ZOE, folder_id=folder, role=Role.CONTRIBUTOR, until=day),
        Offer(ZOE, folder_id=folder, role=Role.CONTRIBUTOR),
    ]
    made = [await invites.invite(world.ws, marie, one) for one in offers]
    assert [one.fate for one in made] == [Fate.INVITED, Fate.WAITING, Fate.INVITED]
    assert await fate(world, cora, offers[0]) is Fate.WAITING
    highest = Offer(ZOE, folder_id=folder, role=Role.COORDINATOR)
    higher = await invites.invite(world.ws, cora, highest)
    await accept(world, made[0].token)
    zoe = await world.actor(ZOE)
    assert await role_of(world, folder, zoe) == Role.CONTRIBUTOR
    await accepting.take(world.ws, zoe, higher.token)
    assert await role_of(world, folder, zoe) == Role.COORDINATOR
    again = Offer(ZOE, folder_id=folder, role=Role.READER)
    assert await fate(world, marie, again) is Fate.ALREADY
    assert await role_of(world, folder, zoe) == Role.COORDINATOR


async def role_of(world: World, folder: FolderId, who: Actor) -> Role:
    """The role that she has on this very folder by her own name."""
    [role] = [
        one.role
        for one in (await sharing.look(world.ws, world.steward, folder)).grants
        if (one.subject.kind, one.subject.id) == ("person", who.person_id)
    ]
    return role


@in_network
async def test_what_is_hers_through_her_organisation_or_the_network_is_hers_already(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    max_, folder = await world.person("Max", of="Mairie"), await world.folder("Chutes")
    below = await folders.make(world.ws, world.steward, folder, "Textes")
    town = next(
        one for one in (await people.directory(world.ws, world.steward))[0] if one.name == "Mairie"
    )
    await world.grant(folder, town, Role.CONTRIBUTOR)
    for role, becomes in (
        (Role.READER, Fate.ALREADY),
        (Role.CONTRIBUTOR, Fate.ALREADY),
        (Role.COORDINATOR, Fate.GIVEN),
    ):
        offer = Offer("max@example.org", folder_id=below, role=role)
        assert await fate(world, world.steward, offer) is becomes
    await world.grant(folder, town, Role.CONTRIBUTOR, until=world.today(plus=5))
    offer = Offer("rita@example.org", folder_id=below)
    assert await fate(
        world, world.steward, dataclasses.replace(offer, until=world.today(plus=5))
    ) is (Fate.ALREADY)
    assert await fate(world, world.steward, offer) is Fate.GIVEN
    assert ref.person_id and max_.person_id


@in_network
async def test_five_letters_a_day_go_to_an_address_whoever_asks_for_them(world: World) -> None:
    with_mail(world)
    folders_of = [await world.folder(name) for name in ("Chutes", "Sommeil")]
    cora = await world.person("Cora")
    for folder in folders_of:
        await world.grant(folder, cora, Role.COORDINATOR)
    for number in range(5):
        who = cora if number % 2 else world.steward
        made = await invites.invite(world.ws, who, Offer(ZOE, folder_id=folders_of[0]))
        assert made.invite_id is not None
        await invites.withdraw(world.ws, who, made.invite_id)
        world.clock.forward(minutes=5)
    for who in (cora, world.steward):
        with pytest.raises(TooManyInvitations) as caught:
            await invites.invite(world.ws, who, Offer("ZOE@example.org", folder_id=folders_of[1]))
        assert caught.value.fault == "too_many_letters"
        assert caught.value.retry_after_seconds == 24 * 3600 - 5 * 5 * 60
    assert len(await letters(world)) == 5
    assert not (await invites.office(world.ws, world.steward)).waiting
    other = await invites.invite(world.ws, cora, Offer("yan@example.org", folder_id=folders_of[0]))
    assert other.fate is Fate.INVITED
    world.clock.forward(days=1)
    assert await fate(world, cora, Offer(ZOE, folder_id=folders_of[0])) is Fate.INVITED


@in_network
async def test_sending_again_is_bounded_as_inviting_is(world: World) -> None:
    with_mail(world)
    folder = await world.folder("Chutes")
    made = await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    assert made.invite_id is not None
    for _ in range(4):
        world.clock.forward(minutes=2)
        await invites.resend(world.ws, world.steward, made.invite_id)
    world.clock.forward(minutes=2)
    with pytest.raises(TooManyInvitations):
        await invites.resend(world.ws, world.steward, made.invite_id)
    assert len(await letters(world)) == 5


@in_network
async def test_somebody_makes_so_many_invitations_a_day_and_a_steward_more(world: World) -> None:
    folder, cora = await world.folder("Chutes"), await world.person("Cora")
    await world.grant(folder, cora, Role.COORDINATOR)
    now = int(world.clock().timestamp() * 1000)
    for who in (cora, world.steward):
        await world.change(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 299)"
            " INSERT INTO sign_in_attempts (key, at) SELECT :key, :now - 1000 FROM n",
            key=f"invites:{who.person_id}",
            now=now,
        )
    made = await invites.invite(world.ws, cora, Offer(ZOE, folder_id=folder))
    for act in (
        invites.invite(world.ws, cora, Offer("yan@example.org", folder_id=folder)),
        invites.resend(world.ws, cora, made.invite_id or InviteId(0)),
        invites.copy_link(world.ws, cora, made.invite_id or InviteId(0)),
    ):
        with pytest.raises(TooManyInvitations) as caught:
            await act
        assert caught.value.fault == "too_many_invitations"
    for name in ("yan", "eva"):
        offer = Offer(f"{name}@example.org", folder_id=folder)
        assert await fate(world, world.steward, offer) is Fate.INVITED
    world.clock.forward(days=1)
    assert await fate(world, cora, Offer("ali@example.org", folder_id=folder)) is Fate.INVITED


@in_network
async def test_a_place_that_is_given_at_once_is_told_by_a_letter(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town, nora = await town_of(world, ref), await world.person("Nora", of="CCAS")
    with_mail(world)
    await prove(world, nora)
    offer = Offer("nora@example.org", organisation_id=town)
    joining = await invites.joins_at_once(world.ws, ref, offer)
    assert joining is not None and joining.id == nora.person_id
    assert await invites.joins_at_once(world.ws, ref, Offer(ZOE, organisation_id=town)) is None
    with pytest.raises(NotFound):
        await invites.joins_at_once(world.ws, nora, offer)
    assert await fate(world, ref, offer) is Fate.GIVEN
    assert [kind for kind, _, _ in await letters(world)] == ["place_given"]
    assert await invites.joins_at_once(world.ws, ref, offer) is None


@in_network
async def test_who_opens_her_used_link_again_is_told_what_it_gave_and_nobody_else(
    world: World,
) -> None:
    folder, other = await world.folder("Chutes"), await world.person("Otto")
    offer = Offer(ZOE, folder_id=folder)
    token = (await invites.invite(world.ws, world.steward, offer)).token
    with pytest.raises(LinkSpent):
        await accepting.gained(world.ws, world.steward, token)
    await accept(world, token)
    zoe = await world.actor(ZOE)
    assert await accepting.gained(world.ws, zoe, token) == (folder, None)
    for who, wrong in ((other, token), (zoe, token + "x")):
        with pytest.raises(LinkSpent):
            await accepting.gained(world.ws, who, wrong)
    await withdraw_grants(world, folder, zoe)
    assert await accepting.gained(world.ws, zoe, token) == (None, None)
