"""Invitations: who may invite to what, whom a link lets in, and what it gives by then."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Final

import pytest

from atelier.database.sessions import Purpose
from atelier.errors import (
    AlreadySo,
    AtelierError,
    BadName,
    Forbidden,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
)
from atelier.model.folders import Role
from atelier.model.ids import FolderId, InviteId, OrganisationId
from atelier.model.invites import Fate, Made, Offer
from atelier.model.people import Actor
from atelier.workspace import (
    accepting,
    accounts,
    folders,
    invites,
    journal,
    links,
    organisations,
    people,
    sharing,
    trash,
    upkeep,
)
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.workspace.test_memberships import place_of, reads, representative
from tests.workspace.test_signing_in import OTHER, PASSWORD, come_in

ZOE: Final = "zoe@example.org"
HERE: Final = Visitor("::1")


async def town_of(world: World, who: Actor) -> OrganisationId:
    """The town hall, where she has a place."""
    return (await place_of(world, who, "Mairie")).organisation.id


async def fate(world: World, who: Actor, offer: Offer) -> object:
    """What becomes of an offer of hers, or the error that refuses it."""
    try:
        return (await invites.invite(world.ws, who, offer)).fate
    except AtelierError as error:
        return type(error)


async def accept(world: World, token: str, password: str = PASSWORD) -> accepting.Accepted:
    """Come in by a link, as Zoé."""
    return await accepting.accept(world.ws, token, "Zoé Caron", password, HERE)


async def is_spent(world: World, token: str) -> bool:
    """Whether a link opens nothing, neither to look nor to come in."""
    for act in (accepting.look(world.ws, token), accept(world, token)):
        with pytest.raises(LinkSpent):
            await act
    return True


def with_mail(world: World) -> None:
    """A mail server is configured from now on."""
    mail = dataclasses.replace(world.ws.settings.mail, server="mail.example.org", sender="a@b.fr")
    changed = dataclasses.replace(world.ws.settings, mail=mail)
    world.ws = dataclasses.replace(world.ws, settings=changed)


async def prove(world: World, *people: Actor) -> None:
    """They have used a link out of a letter to the address that they have."""
    for one in people:
        number = one.person_id
        await world.change("UPDATE people SET email_proved_at = 1 WHERE id = :id", id=number)


async def letters(world: World) -> list[tuple[str, int | None, str]]:
    """The letters that wait: kind, invitation, once."""

    async def unit(tx):  # type: ignore[no-untyped-def]
        return await tx.rows("SELECT kind, invite_id, once FROM letters ORDER BY id")

    return list(await world.ws.db.read(unit))


@in_network
async def test_a_coordinator_invites_to_her_folder_and_nobody_else_does(world: World) -> None:
    folder = await world.folder("Chutes")
    cora, reader = await world.person("Cora"), await world.person("Rea")
    stranger = await representative(world, "Rita", "Mairie")
    await world.grant(folder, cora, Role.COORDINATOR)
    await world.grant(folder, reader)
    offer = Offer(ZOE, "Zoé", folder_id=folder, role=Role.CONTRIBUTOR)
    assert await fate(world, stranger, offer) is NotFound
    assert await fate(world, reader, offer) is Forbidden
    seeing = dataclasses.replace(cora, seeing=None)
    assert await fate(world, seeing, offer) is Fate.INVITED
    assert await fate(world, cora, offer) is Fate.WAITING
    for who, error in ((stranger, NotFound), (reader, Forbidden)):
        with pytest.raises(error):
            await invites.office(world.ws, who, folder=folder)
    waiting = (await invites.office(world.ws, cora, folder=folder)).waiting
    assert [(one.offer.email, one.inviter, one.folder) for one in waiting] == [
        (ZOE, "Cora", "Chutes")
    ]
    assert await fate(world, cora, dataclasses.replace(offer, folder_id=FolderId(99))) is NotFound


@in_network
async def test_nobody_invites_to_more_than_she_holds_nor_for_longer(world: World) -> None:
    folder = await world.folder("Chutes")
    cora = await world.person("Cora")
    last = world.today(plus=10)
    await world.grant(folder, cora, Role.COORDINATOR, until=last)
    offer = Offer(ZOE, folder_id=folder)
    assert await fate(world, cora, offer) is Invalid
    assert (
        await fate(world, cora, dataclasses.replace(offer, until=world.today(plus=11))) is Invalid
    )
    past = dataclasses.replace(offer, until=world.today(plus=-1))
    assert await fate(world, world.steward, past) is Invalid
    assert await fate(world, cora, dataclasses.replace(offer, until=last)) is Fate.INVITED


@in_network
async def test_a_representative_invites_into_her_organisation_and_a_steward_anywhere(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    member = await world.person("Max", of="Mairie")
    other = await representative(world, "Otto", "CCAS")
    town = await town_of(world, ref)
    offer = Offer(ZOE, organisation_id=town, function=" Agente  d'accueil ")
    for who in (member, other):
        assert await fate(world, who, offer) is NotFound
        with pytest.raises(NotFound):
            await invites.office(world.ws, who, organisation=town)
    assert await fate(world, ref, dataclasses.replace(offer, is_representative=True)) is Forbidden
    assert await fate(world, ref, Offer(ZOE)) is Forbidden
    with pytest.raises(Forbidden):
        await invites.office(world.ws, ref)
    made = await invites.invite(world.ws, ref, offer)
    assert made.offer.function == "Agente d'accueil"
    assert (await invites.office(world.ws, ref, organisation=town)).waiting[0].id == made.invite_id
    bare = await invites.invite(world.ws, world.steward, Offer("yan@example.org"))
    appointed = Offer("eva@example.org", organisation_id=town, is_representative=True)
    assert (await invites.invite(world.ws, world.steward, appointed)).fate is Fate.INVITED
    assert len((await invites.office(world.ws, world.steward)).waiting) == 3
    done = await accepting.accept(world.ws, bare.token, "Yan", PASSWORD, HERE)
    assert (done.folder_id, done.organisation_id) == (None, None)
    assert (await world.actor("yan@example.org")).main_organisation is None


@in_network
async def test_a_steward_gives_no_folder_that_is_not_hers_and_reads_no_name_of_it(
    world: World,
) -> None:
    cora = await world.person("Cora")
    folder = await world.folder("Chutes")
    await world.grant(folder, cora, Role.COORDINATOR)
    await invites.invite(world.ws, cora, Offer(ZOE, folder_id=folder))
    dan = await world.person("Dan")
    await accounts.set_steward(world.ws, world.steward, dan.person_id, is_steward=True)
    dan = await world.actor("dan@example.org")
    assert await fate(world, dan, Offer("yan@example.org", folder_id=folder)) is NotFound
    seen = (await invites.office(world.ws, dan)).waiting
    assert [(one.offer.email, one.folder) for one in seen] == [(ZOE, "")]
    with pytest.raises(NotFound):
        await invites.copy_link(world.ws, dan, seen[0].id)
    await invites.withdraw(world.ws, dan, seen[0].id)
    assert not (await invites.office(world.ws, cora, folder=folder)).waiting


@in_network
async def test_a_link_lets_in_once_to_what_was_offered_and_looking_uses_nothing(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town, folder = await town_of(world, ref), await world.folder("Chutes")
    offer = Offer(
        "Zoe@Example.org", "Zoé", town, "Infirmière", folder_id=folder, role=Role.CONTRIBUTOR,
        until=world.today(plus=30), message="Bonjour,\r\n à  jeudi \n",
    )  # fmt: skip
    token = (await invites.invite(world.ws, world.steward, offer)).token
    for _ in range(3):
        shown = await accepting.look(world.ws, token)
    assert (shown.folder, shown.organisation, shown.is_known) == ("Chutes", "Mairie", False)
    assert shown.offer.message == "Bonjour,\nà jeudi"
    done = await accept(world, token)
    assert (done.folder_id, done.organisation_id) == (folder, town)
    session = await people.session(world.ws, done.entry.token)
    assert (session.person.name, session.person.email) == ("Zoé Caron", "Zoe@Example.org")
    place = await place_of(world, session.actor, "Mairie")
    assert (place.function, place.is_representative) == ("Infirmière", False)
    zoe = await world.actor(ZOE)
    entered = (await folders.look(world.ws, zoe, folder)).folder
    assert entered.allows("add") and not entered.allows("share")  # type: ignore[arg-type]
    assert await is_spent(world, token)
    assert await people.sign_in(world.ws, ZOE, PASSWORD, HERE)
    assert not (await invites.office(world.ws, world.steward)).waiting
    told = [line.verb for line in await network_lines(world)]
    assert told[:2] == ["invite_accepted", "membership_added"]
    granted = (await sharing.look(world.ws, world.steward, folder)).grants
    assert world.today(plus=30) in [one.until for one in granted]


async def network_lines(world: World) -> list[journal.JournalLine]:
    """The network's journal, the last first."""
    return list((await journal.of_network(world.ws, world.steward)).lines)


@in_network
async def test_a_forged_foreign_or_expired_link_opens_nothing(world: World) -> None:
    folder = await world.folder("Chutes")
    awa = await world.person("Awa")
    welcome = await people.issue_link(world.ws, world.steward, awa.person_id)
    token = (await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))).token
    for wrong in ("", "x" * 43, token[:-1], token + "x", welcome):
        assert await is_spent(world, wrong)
    with pytest.raises(LinkSpent):
        await links.use_link(world.ws, token, PASSWORD)
    days = world.ws.settings.sessions.invitation_days
    world.clock.forward(days=days, seconds=-1)
    assert (await accepting.look(world.ws, token)).offer.email == ZOE
    world.clock.forward(seconds=1)
    assert await is_spent(world, token)
    waiting = (await invites.office(world.ws, world.steward, folder=folder)).waiting
    assert invites.expired(world.ws, waiting) == {waiting[0].id}
    again = await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    assert again.fate is Fate.INVITED and again.invite_id != waiting[0].id
    assert (await accept(world, again.token)).folder_id == folder


@in_network
async def test_all_links_of_an_invitation_end_when_it_is_withdrawn_or_accepted(
    world: World,
) -> None:
    folder = await world.folder("Chutes")
    made = [
        await invites.invite(
            world.ws, world.steward, Offer(f"{name}@example.org", folder_id=folder)
        )
        for name in ("zoe", "yan")
    ]
    number = made[0].invite_id
    assert number is not None and made[1].invite_id is not None
    world.clock.forward(days=5)
    resent = (await invites.resend(world.ws, world.steward, number)).token
    copied = (await invites.copy_link(world.ws, world.steward, number)).token
    assert len({made[0].token, copied, resent}) == 3
    world.clock.forward(days=6)
    assert await is_spent(world, made[0].token)
    assert (await accept(world, copied)).folder_id == folder
    assert await is_spent(world, resent)
    await invites.withdraw(world.ws, world.steward, made[1].invite_id)
    assert await is_spent(world, made[1].token)
    for act in (invites.withdraw, invites.resend, invites.copy_link):
        with pytest.raises(NotFound):
            await act(world.ws, world.steward, made[1].invite_id)
        with pytest.raises(NotFound):
            await act(world.ws, world.steward, InviteId(99))


@in_network
async def test_an_invitation_is_handled_by_those_who_could_make_it_and_hidden_from_others(
    world: World,
) -> None:
    folder = await world.folder("Chutes")
    cora, other = await world.person("Cora"), await world.person("Otto")
    reader = await representative(world, "Rita", "Mairie")
    await world.grant(folder, cora, Role.COORDINATOR)
    await world.grant(folder, other, Role.COORDINATOR)
    await world.grant(folder, reader)
    made = await invites.invite(world.ws, cora, Offer(ZOE, folder_id=folder))
    assert made.invite_id is not None
    for act in (invites.resend, invites.copy_link, invites.withdraw):
        for who in (reader, await world.person(f"Nul {act.__name__}")):
            with pytest.raises(NotFound):
                await act(world.ws, who, made.invite_id)
    await withdraw_grants(world, folder, cora)
    assert await is_spent(world, made.token)
    link = (await invites.copy_link(world.ws, other, made.invite_id)).token
    assert (await accepting.look(world.ws, link)).inviter == "Otto"
    assert (await accept(world, link)).folder_id == folder


async def withdraw_grants(world: World, folder: FolderId, who: Actor) -> None:
    """She has no access of her own to the folder any more."""
    for one in (await sharing.look(world.ws, world.steward, folder)).grants:
        if (one.subject.kind, one.subject.id) == ("person", who.person_id):
            await sharing.withdraw(world.ws, world.steward, folder, one.id)


@in_network
async def test_what_its_inviter_could_not_give_any_more_is_not_given(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town, folder = await town_of(world, ref), await world.folder("Chutes")
    await world.grant(folder, ref, Role.COORDINATOR)
    both = Offer(ZOE, organisation_id=town, folder_id=folder)
    token = (await invites.invite(world.ws, ref, both)).token
    only = (await invites.invite(world.ws, ref, Offer("yan@example.org", folder_id=folder))).token
    await withdraw_grants(world, folder, ref)
    assert await is_spent(world, only)
    shown = await accepting.look(world.ws, token)
    assert (shown.folder, shown.organisation) == ("", "Mairie")
    done = await accept(world, token)
    assert (done.folder_id, done.organisation_id) == (None, town)
    zoe = await world.actor(ZOE)
    assert zoe.main_organisation == town
    with pytest.raises(NotFound):
        await folders.look(world.ws, zoe, folder)


@in_network
async def test_a_folder_stays_when_the_place_is_gone_and_nothing_when_she_is(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town, folder = await town_of(world, ref), await world.folder("Chutes")
    await world.grant(folder, ref, Role.COORDINATOR)
    offers = [
        Offer(f"{name}@example.org", organisation_id=town, folder_id=folder)
        for name in ("zoe", "yan")
    ]
    tokens = [(await invites.invite(world.ws, ref, offer)).token for offer in offers]
    await world.end_membership(ref.person_id, on=world.today(plus=-1))
    done = await accept(world, tokens[0])
    assert (done.folder_id, done.organisation_id) == (folder, None)
    assert (await world.actor(ZOE)).main_organisation is None
    await world.disable(ref.person_id)
    assert await is_spent(world, tokens[1])


@in_network
async def test_a_folder_that_is_removed_or_purged_and_an_organisation_that_merges(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town, other = await town_of(world, ref), await world.organisation("CCAS")
    folder = await world.folder("Chutes")
    ws, marie = world.ws, world.steward
    only = (await invites.invite(ws, marie, Offer("yan@example.org", folder_id=folder))).token
    both = Offer(ZOE, organisation_id=town, folder_id=folder)
    token = (await invites.invite(ws, marie, both)).token
    await trash.remove_folder(ws, marie, folder)
    assert await is_spent(world, only)
    await trash.purge_folder(ws, marie, None, folder)
    assert await is_spent(world, only)
    await organisations.merge(ws, marie, town, other.id)
    done = await accept(world, token)
    assert (done.folder_id, done.organisation_id) == (None, other.id)


@in_network
async def test_somebody_known_has_a_folder_at_once_and_nothing_is_lowered(world: World) -> None:
    folder = await world.folder("Chutes")
    cora, awa = await world.person("Cora"), await world.person("Awa")
    await world.grant(folder, cora, Role.COORDINATOR)
    with_mail(world)
    await prove(world, awa)
    offer = Offer("AWA@example.org", folder_id=folder, role=Role.CONTRIBUTOR)
    made = await invites.invite(world.ws, cora, offer)
    assert (made.fate, made.token, made.invite_id) == (Fate.GIVEN, "", None)
    assert await reads(world, awa, folder)
    assert [kind for kind, _, _ in await letters(world)] == ["access_given"]
    lower = dataclasses.replace(offer, role=Role.READER)
    assert await fate(world, cora, lower) is Fate.ALREADY
    assert (await folders.look(world.ws, awa, folder)).folder.allows("add")  # type: ignore[arg-type]
    assert await fate(world, world.steward, Offer("awa@example.org")) is Fate.ALREADY
    await world.disable(awa.person_id)
    with pytest.raises(Invalid) as caught:
        await invites.invite(world.ws, cora, offer)
    assert (caught.value.field, caught.value.fault) == ("email", "inactive_account")
    assert [kind for kind, _, _ in await letters(world)] == ["access_given"]


@in_network
async def test_a_place_for_somebody_known_follows_the_rules_of_bringing_in(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town = await town_of(world, ref)
    gus, new = await world.person("Gus"), await world.person("Nora", of="CCAS")
    session = await come_in(world, gus.person_id)
    offer = Offer("gus@example.org", organisation_id=town)
    made = await invites.invite(world.ws, ref, offer)
    assert (made.fate, made.token) == (Fate.GIVEN, "")  # a representative voids no password
    assert (await people.session(world.ws, session)).actor.main_organisation == town
    assert await fate(world, ref, offer) is Fate.ALREADY
    assert await fate(world, ref, Offer("nora@example.org", organisation_id=town)) is Fate.GIVEN
    await world.end_membership(gus.person_id, on=world.today(plus=-1))
    afresh = await invites.invite(world.ws, world.steward, offer)
    assert afresh.is_afresh and afresh.token
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, session)
    assert await links.use_link(world.ws, afresh.token, OTHER)
    assert new.person_id


@in_network
async def test_an_address_that_became_known_takes_its_invitation_signed_in(world: World) -> None:
    folder = await world.folder("Chutes")
    token = (await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))).token
    zoe, other = await world.person("Zoe"), await world.person("Otto")
    assert (await accepting.look(world.ws, token)).is_known
    with pytest.raises(AlreadySo):
        await accept(world, token)
    with pytest.raises(Forbidden):
        await accepting.take(world.ws, other, token)
    assert not await reads(world, zoe, folder)
    assert (await accepting.take(world.ws, zoe, token)).folder_id == folder
    assert await reads(world, zoe, folder)
    with pytest.raises(LinkSpent):
        await accepting.take(world.ws, zoe, token)


@in_network
async def test_an_account_made_while_a_password_is_hashed_is_not_made_twice(world: World) -> None:
    folder = await world.folder("Chutes")
    token = (await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))).token
    hashing = world.ws.passwords.hash

    async def meanwhile(password: str) -> str:
        await world.person("Zoe")
        return await hashing(password)

    world.ws.passwords.hash = meanwhile  # type: ignore[method-assign]
    with pytest.raises(AlreadySo):
        await accept(world, token)
    world.ws.passwords.hash = hashing  # type: ignore[method-assign]
    assert not await reads(world, await world.actor(ZOE), folder)


@in_network
async def test_of_two_who_use_a_link_at_once_one_comes_in(world: World) -> None:
    folder = await world.folder("Chutes")
    token = (await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))).token
    both = await asyncio.gather(
        accept(world, token), accept(world, token, OTHER), return_exceptions=True
    )
    assert [isinstance(one, accepting.Accepted) for one in both].count(True) == 1
    assert [isinstance(one, LinkSpent) for one in both].count(True) == 1


@in_network
async def test_one_link_brings_all_that_its_inviter_offers_and_nothing_of_somebody_else(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    town = await town_of(world, ref)
    chutes, sommeil = await world.folder("Chutes"), await world.folder("Sommeil")
    secret = await world.folder("Secret")
    cora = await world.person("Cora")
    for folder in (chutes, sommeil):
        await world.grant(folder, cora, Role.COORDINATOR)
    place = Offer(ZOE, organisation_id=town)
    token = (await invites.invite(world.ws, cora, Offer(ZOE, folder_id=chutes))).token
    hers = (await invites.invite(world.ws, cora, Offer(ZOE, folder_id=sommeil))).token
    others = [
        (await invites.invite(world.ws, ref, place)).token,
        (await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=secret))).token,
    ]
    await accept(world, token)
    zoe = await world.actor(ZOE)
    seen = {one.id for one in (await folders.home(world.ws, zoe)).entries}
    assert (zoe.main_organisation, seen) == (None, {chutes, sommeil})
    assert await is_spent(world, hers)
    for other in others:
        await accepting.take(world.ws, zoe, other)
    zoe = await world.actor(ZOE)
    seen = {one.id for one in (await folders.home(world.ws, zoe)).entries}
    assert (zoe.main_organisation, seen) == (town, {chutes, sommeil, secret})


@in_network
async def test_a_password_a_name_a_message_and_an_address_are_checked(world: World) -> None:
    token = (await invites.invite(world.ws, world.steward, Offer(ZOE))).token
    for name, password in (("Zoé", "court"), ("Zoé", "z" * 200), ("Zoé", "zoe@EXAMPLE.org")):
        with pytest.raises(Invalid) as caught:
            await accepting.accept(world.ws, token, name, password, HERE)
        assert caught.value.field == "password"
    with pytest.raises(BadName) as nameless:
        await accepting.accept(world.ws, token, " ", PASSWORD, HERE)
    assert nameless.value.field == "person_name"
    for offer, field in (
        (Offer("zoé"), "email"),
        (Offer("zoe@mairie"), "email"),
        (Offer("zoe@mairie."), "email"),
        (Offer(ZOE, name="a/b"), "person_name"),
        (Offer(ZOE, message="x" * 501), "message"),
        (Offer(ZOE, message="sonne\x07"), "message"),
    ):
        with pytest.raises(Invalid) as refused:
            await invites.invite(world.ws, world.steward, offer)
        assert refused.value.field == field
    assert (await accept(world, token)).folder_id is None


@in_network
async def test_with_mail_a_letter_is_queued_once_and_no_link_is_shown(world: World) -> None:
    with_mail(world)
    folder = await world.folder("Chutes")
    made = await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    assert made.token == "" and made.invite_id is not None
    await invites.invite(world.ws, world.steward, Offer(ZOE, folder_id=folder))
    await invites.resend(world.ws, world.steward, made.invite_id)
    assert [(kind, number) for kind, number, _ in await letters(world)] == [
        ("invitation", made.invite_id)
    ]
    world.clock.forward(minutes=5)
    await invites.resend(world.ws, world.steward, made.invite_id)
    assert len(await letters(world)) == 2
    told = await outgoing(world, made.invite_id)
    assert told is not None
    assert (told.folder, told.organisation, told.offer.email) == ("Chutes", "", ZOE)
    assert (await accept(world, told.token)).folder_id == folder
    assert await outgoing(world, made.invite_id) is None


async def outgoing(world: World, number: InviteId) -> invites.Outgoing | None:
    """What its letter tells now."""
    return await world.ws.db.write(lambda tx: invites.outgoing(world.ws, tx, number))


@in_network
async def test_a_letter_tells_nothing_that_its_inviter_may_not_give_any_more(world: World) -> None:
    with_mail(world)
    folder = await world.folder("Chutes")
    ref = await representative(world, "Rita", "Mairie")
    town = await town_of(world, ref)
    await world.grant(folder, ref, Role.COORDINATOR)
    both = Offer(ZOE, organisation_id=town, folder_id=folder)
    made = [
        await invites.invite(world.ws, ref, both),
        await invites.invite(world.ws, ref, Offer(ZOE, folder_id=folder)),
    ]
    await withdraw_grants(world, folder, ref)
    first, second = [await outgoing(world, one.invite_id or InviteId(0)) for one in made]
    assert first is not None and (first.folder, first.organisation) == ("", "Mairie")
    assert second is None


@in_network
async def test_what_is_over_keeps_no_word_of_whom_it_was_for(world: World) -> None:
    folder = await world.folder("Chutes")
    offers = [
        Offer(f"{name}@example.org", name, folder_id=folder, message="Bonjour")
        for name in ("zoe", "yan", "eva")
    ]
    made: list[Made] = [await invites.invite(world.ws, world.steward, one) for one in offers]
    await accept(world, made[0].token)
    await invites.withdraw(world.ws, world.steward, made[1].invite_id or InviteId(0))
    assert await kept(world) == [("", ""), ("", ""), ("eva@example.org", "Bonjour")]
    world.clock.forward(days=90)
    await upkeep.forget_expired(world.ws)
    assert (await kept(world))[2] == ("eva@example.org", "Bonjour")
    world.clock.forward(days=8)
    await upkeep.forget_expired(world.ws)
    assert (await kept(world))[2] == ("", "")
    assert not (await invites.office(world.ws, world.steward)).waiting


async def kept(world: World) -> list[tuple[str, str]]:
    """Addresses and messages in the records."""

    async def unit(tx):  # type: ignore[no-untyped-def]
        return await tx.rows("SELECT email, message FROM invites ORDER BY id")

    return list(await world.ws.db.read(unit))


@in_network
async def test_no_token_stands_in_the_records(world: World) -> None:
    token = (await invites.invite(world.ws, world.steward, Offer(ZOE))).token

    async def unit(tx):  # type: ignore[no-untyped-def]
        return await tx.rows("SELECT token_hash, purpose FROM sign_in_links")

    rows = await world.ws.db.read(unit)
    assert len(token) >= 43 and token not in str(rows)
    assert [purpose for _, purpose in rows if purpose == Purpose.INVITE] == ["invite"]
    assert world.ws.settings.sessions.invitation_days == 7
