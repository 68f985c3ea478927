"""Accounts: links that take nothing over, closing and opening again, stewards and their last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from atelier.errors import (
    AlreadySo,
    BadSignIn,
    Forbidden,
    Invalid,
    LastSteward,
    LinkSpent,
    NotFound,
    SignInNeeded,
)
from atelier.model.folders import Role
from atelier.model.ids import PersonId
from atelier.model.people import Actor
from atelier.workspace import accounts, groups, journal, people
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.workspace.test_memberships import place_of, reads, representative
from tests.workspace.test_signing_in import PASSWORD, come_in, refused

Change = Callable[[World, Actor], Awaitable[object]]


async def with_password(world: World, person: Actor) -> None:
    """She came in once."""
    await come_in(world, person.person_id)


async def with_place(world: World, person: Actor) -> None:
    """She belongs to another organisation too."""
    await world.person(person.name, of="CCAS")


async def with_former_place(world: World, person: Actor) -> None:
    """She belonged to another organisation."""
    await world.person(person.name, of="CCAS")
    await world.change(
        "UPDATE memberships SET ends_on = '2020-01-01' WHERE id = (SELECT MAX(id) FROM memberships)"
    )


async def with_grant(world: World, person: Actor) -> None:
    """A folder is open to her herself."""
    await world.grant(await world.folder("Réservé"), person, Role.READER)


async def with_seat(world: World, person: Actor) -> None:
    """She sits in a group."""
    await groups.add_group(world.ws, world.steward, "Chutes", ["awa@example.org"])


async def as_steward(world: World, person: Actor) -> None:
    """She manages the network."""
    await accounts.set_steward(world.ws, world.steward, person.person_id, is_steward=True)


async def with_top_folders(world: World, person: Actor) -> None:
    """She makes folders at the top."""
    await accounts.allow_top_folders(world.ws, world.steward, person.person_id)


@in_network
async def test_only_a_steward_issues_links_for_anyone_and_only_for_people(world: World) -> None:
    awa = await world.person("Awa")
    with pytest.raises(NotFound):
        await people.issue_link(world.ws, awa, awa.person_id)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    assert (await people.look_at_link(world.ws, link)).id == awa.person_id
    with pytest.raises(NotFound):
        await people.issue_link(world.ws, world.steward, PersonId(99))
    await accounts.disable(world.ws, world.steward, awa.person_id)
    with pytest.raises(NotFound):
        await people.issue_link(world.ws, world.steward, awa.person_id)


@in_network
async def test_a_representative_gives_a_link_to_a_newcomer_of_her_organisation(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    other = await representative(world, "Otto", "CCAS")
    awa = await world.person("Awa", of="Mairie")
    for who in (other, awa, await world.person("Max", of="Mairie"), await world.person("Gus")):
        with pytest.raises(NotFound):
            await people.issue_link(world.ws, who, awa.person_id)
    link = await people.issue_link(world.ws, ref, awa.person_id)
    assert (await people.look_at_link(world.ws, link)).id == awa.person_id
    for stranger in (other, world.steward):
        with pytest.raises(NotFound):
            await people.issue_link(world.ws, ref, stranger.person_id)


@pytest.mark.parametrize("change", [
    with_password, with_place, with_former_place, with_grant, with_seat, as_steward,
    with_top_folders,
])  # fmt: skip
@in_network
async def test_no_representative_takes_an_account_over_by_a_link(
    world: World, change: Change
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa = await world.person("Awa", of="Mairie")
    assert await people.issue_link(world.ws, ref, awa.person_id)
    await change(world, awa)
    with pytest.raises(Forbidden):
        await people.issue_link(world.ws, ref, awa.person_id)
    assert not (await people.look(world.ws, ref, awa.person_id)).may_invite
    assert await people.issue_link(world.ws, world.steward, awa.person_id)


@pytest.mark.parametrize("change", [
    with_place, with_former_place, with_grant, with_seat, with_top_folders,
])  # fmt: skip
@in_network
async def test_a_link_kept_by_a_representative_is_no_key_to_an_account_that_has_grown(
    world: World, change: Change
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    made = await people.bring_in(
        world.ws, ref, "awa@example.org", name="Awa", organisation="Mairie"
    )
    assert (await people.look_at_link(world.ws, made.token)).name == "Awa"
    await change(world, await world.actor("awa@example.org"))
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, made.token)
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, made.token, PASSWORD)
    by_steward = await people.issue_link(world.ws, world.steward, made.person.id)
    assert await people.use_link(world.ws, by_steward, PASSWORD)


@in_network
async def test_an_account_that_grows_while_a_password_is_chosen_stays_closed_to_the_link(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa = await world.person("Awa", of="Mairie")
    link = await people.issue_link(world.ws, ref, awa.person_id)
    hashing = world.ws.passwords.hash

    async def meanwhile(password: str) -> str:
        await with_grant(world, awa)
        return await hashing(password)

    world.ws.passwords.hash = meanwhile  # type: ignore[method-assign]
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, link, PASSWORD)
    world.ws.passwords.hash = hashing  # type: ignore[method-assign]
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("::1"))


@in_network
async def test_a_link_ends_with_the_standing_of_the_one_who_handed_it_out(world: World) -> None:
    ws, awa = world.ws, await world.person("Awa", of="Mairie")
    ref = await representative(world, "Rita", "Mairie")
    dan = await world.person("Dan")
    await accounts.set_steward(ws, world.steward, dan.person_id, is_steward=True)

    async def works(issuer: Actor, ending: Change) -> tuple[bool, bool]:
        link, seen = await people.issue_link(ws, issuer, awa.person_id), []
        for act in (None, ending):
            if act is not None:
                await act(world, issuer)
            try:
                seen.append((await people.look_at_link(ws, link)).id == awa.person_id)
            except LinkSpent:
                seen.append(False)
        return seen[0], seen[1]

    async def leaves(world: World, who: Actor) -> None:
        await world.end_membership(who.person_id, on=world.today(plus=-1))

    async def closes(world: World, who: Actor) -> None:
        await accounts.disable(world.ws, world.steward, who.person_id)

    async def steps_down(world: World, who: Actor) -> None:
        await accounts.set_steward(world.ws, world.steward, who.person_id, is_steward=False)

    eve = await representative(world, "Eve", "Mairie")
    assert await works(dan, steps_down) == (True, False)
    assert await works(ref, leaves) == (True, False)
    assert await works(eve, closes) == (True, False)
    kept = await people.issue_link(ws, world.steward, awa.person_id)
    await with_grant(world, awa)  # whatever a steward's link opens, she might open herself
    assert await people.use_link(ws, kept, PASSWORD)


@in_network
async def test_a_closed_account_comes_in_no_more_until_it_is_opened(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, (await place_of(world, awa, "Mairie")).organisation)
    token = await come_in(world, awa.person_id)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    assert not await refused(world, token)
    await accounts.disable(world.ws, world.steward, awa.person_id)
    assert await refused(world, token)
    with pytest.raises(BadSignIn):
        await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("::1"))
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, link)
    with pytest.raises(AlreadySo):
        await accounts.disable(world.ws, world.steward, awa.person_id)
    await accounts.enable(world.ws, world.steward, awa.person_id)
    assert await refused(world, token)  # what ended stays ended
    with pytest.raises(LinkSpent):
        await people.look_at_link(world.ws, link)
    again = (await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("::1"))).token
    assert not await refused(world, again) and await reads(world, awa, folder)
    with pytest.raises(AlreadySo):
        await accounts.enable(world.ws, world.steward, awa.person_id)


@in_network
async def test_whoever_is_disabled_stays_in_what_she_did(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await world.deposit(awa, folder, "note.txt")
    await accounts.disable(world.ws, world.steward, awa.person_id)
    lines = (await journal.of_folder(world.ws, world.steward, folder)).lines
    assert (lines[0].person, lines[0].organisation) == ("Awa", "Mairie")
    assert not (await people.look(world.ws, world.steward, awa.person_id)).person.is_active


@in_network
async def test_nobody_but_a_steward_decides_on_accounts(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa = await world.person("Awa", of="Mairie")
    ws, number = world.ws, awa.person_id
    dismissed = await world.person("Dan")
    await accounts.set_steward(ws, world.steward, dismissed.person_id, is_steward=True)
    dan = await world.actor("dan@example.org")
    await accounts.set_steward(ws, world.steward, dismissed.person_id, is_steward=False)
    for who in (ref, awa, dan, await world.person("Gus")):
        for act in (
            partial(accounts.disable, ws, who, number),
            partial(accounts.enable, ws, who, number),
            partial(accounts.set_steward, ws, who, number, is_steward=True),
            partial(accounts.set_steward, ws, who, who.person_id, is_steward=True),
            partial(accounts.allow_top_folders, ws, who, who.person_id),
            partial(accounts.disable, ws, who, PersonId(999)),
        ):
            with pytest.raises(Forbidden):
                await act()
    for nobody in (
        partial(accounts.disable, ws, world.steward, PersonId(999)),
        partial(accounts.set_steward, ws, world.steward, PersonId(999), is_steward=True),
        partial(accounts.allow_top_folders, ws, world.steward, PersonId(999)),
    ):
        with pytest.raises(NotFound):
            await nobody()


@in_network
async def test_the_last_active_steward_stays(world: World) -> None:
    ws, marie = world.ws, world.steward
    awa = await world.person("Awa")
    for act in (
        partial(accounts.disable, ws, marie, marie.person_id),
        partial(accounts.set_steward, ws, marie, marie.person_id, is_steward=False),
    ):
        with pytest.raises(LastSteward):
            await act()
    await accounts.set_steward(ws, marie, awa.person_id, is_steward=True)
    await accounts.disable(ws, marie, awa.person_id)
    with pytest.raises(LastSteward):  # a closed account manages nothing
        await accounts.disable(ws, marie, marie.person_id)
    await accounts.set_steward(ws, marie, awa.person_id, is_steward=False)
    with pytest.raises(Invalid):
        await accounts.set_steward(ws, marie, awa.person_id, is_steward=True)
    await accounts.enable(ws, marie, awa.person_id)
    await accounts.set_steward(ws, marie, awa.person_id, is_steward=True)
    await accounts.disable(ws, marie, marie.person_id)
    assert (await people.actor(ws, None)).person_id == awa.person_id


@in_network
async def test_a_new_standing_starts_with_a_new_session_and_no_link_given_before(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa = await world.person("Awa", of="Mairie")
    link = await people.issue_link(world.ws, ref, awa.person_id)
    await accounts.set_steward(world.ws, world.steward, awa.person_id, is_steward=True)
    with pytest.raises(LinkSpent):  # the representative may have kept it
        await people.use_link(world.ws, link, PASSWORD)
    token = await come_in(world, awa.person_id)
    assert (await people.session(world.ws, token)).actor.is_steward
    with pytest.raises(AlreadySo):
        await accounts.set_steward(world.ws, world.steward, awa.person_id, is_steward=True)
    await accounts.set_steward(world.ws, world.steward, awa.person_id, is_steward=False)
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, token)
    with pytest.raises(AlreadySo):
        await accounts.set_steward(world.ws, world.steward, awa.person_id, is_steward=False)


@in_network
async def test_someone_a_steward_allowed_opens_at_the_top_until_she_no_longer_may(
    world: World,
) -> None:
    awa = await world.person("Awa")
    assert not awa.may_open_top
    await people.allow_top_folders(world.ws, world.steward, awa.person_id)
    assert (await world.actor("awa@example.org")).may_open_top
    with pytest.raises(AlreadySo):
        await accounts.allow_top_folders(world.ws, world.steward, awa.person_id)
    await accounts.allow_top_folders(world.ws, world.steward, awa.person_id, is_allowed=False)
    assert not (await world.actor("awa@example.org")).may_open_top
    with pytest.raises(AlreadySo):
        await accounts.allow_top_folders(world.ws, world.steward, awa.person_id, is_allowed=False)


@in_network
async def test_what_is_done_to_accounts_stands_in_the_journal_of_the_network(world: World) -> None:
    awa = await world.person("Awa")
    ws, marie, number = world.ws, world.steward, awa.person_id
    await people.issue_link(ws, marie, number)
    await accounts.allow_top_folders(ws, marie, number)
    await accounts.allow_top_folders(ws, marie, number, is_allowed=False)
    await accounts.set_steward(ws, marie, number, is_steward=True)
    await accounts.set_steward(ws, marie, number, is_steward=False)
    await accounts.disable(ws, marie, number)
    await accounts.enable(ws, marie, number)
    with pytest.raises(LastSteward):
        await accounts.disable(ws, marie, marie.person_id)
    told = [(line.verb.value, line.facts) for line in (await journal.of_network(ws, marie)).lines]
    assert told[::-1] == [
        ("person_added", {"name": "Awa"}),
        ("link_issued", {"name": "Awa"}),
        ("top_folders_allowed", {"name": "Awa", "way": "allowed"}),
        ("top_folders_allowed", {"name": "Awa", "way": "refused"}),
        ("steward_changed", {"name": "Awa", "way": "appointed"}),
        ("steward_changed", {"name": "Awa", "way": "dismissed"}),
        ("person_disabled", {"name": "Awa"}),
        ("person_enabled", {"name": "Awa"}),
    ]
