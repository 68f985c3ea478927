"""Working groups: memberships that sit together, across organisations."""

from __future__ import annotations

import pytest

from atelier.errors import AlreadySo, BadName, Forbidden, Invalid, LastCoordinator, NotFound
from atelier.model.folders import Role
from atelier.model.ids import GroupId, MembershipId
from atelier.model.people import Actor, Group, GroupMember
from atelier.workspace import folders, groups, sharing
from tests.builders import World, in_network


async def coordinated(world: World, name: str, *members: str) -> tuple[Group, Actor]:
    """A group and the first of its members, who coordinates it."""
    group = await world.group(name, *members)
    first = await member(world, group, members[0].partition("@")[0].title())
    await groups.appoint(world.ws, world.steward, group.id, first.membership_id, coordinates=True)
    return group, await world.actor(members[0])


async def member(world: World, group: Group, name: str) -> GroupMember:
    """Who sits in the group under this name."""
    sheet = await groups.look(world.ws, world.steward, group.id)
    return next(one for one in sheet.group.members if one.person == name)


async def seated(world: World, group: Group) -> list[str]:
    """The names of those who sit in the group."""
    sheet = await groups.look(world.ws, world.steward, group.id)
    return [one.person for one in sheet.group.members]


async def verbs(world: World) -> list[object]:
    """What the network's journal tells of groups, in order."""
    told = await world.values("SELECT verb FROM network_journal ORDER BY id")
    words = ("group", "seated", "unseated", "appointed", "dismissed")
    return [verb for verb in told if str(verb).startswith(words)]


@in_network
async def test_a_group_seats_people_for_the_organisation_that_is_named_else_the_first(
    world: World,
) -> None:
    await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    await world.person("Béa", of="Mairie")
    group = await world.group(
        "Prévention", "awa@example.org=ch d'argentan", "béa@example.org", "béa@example.org"
    )
    assert [(one.person, one.organisation) for one in group.members] == [
        ("Awa", "CH d'Argentan"), ("Béa", "Mairie")
    ]  # fmt: skip
    assert await groups.listed(world.ws, world.steward) == [group]


@in_network
async def test_who_cannot_sit_is_named_and_no_group_is_made(world: World) -> None:
    await world.person("Awa", of="Mairie")
    await world.person("Gil")
    await world.organisation("CH d'Argentan")
    for member, fault in (
        ("nobody@example.org", "unknown"),
        ("gil@example.org", "unknown"),
        ("awa@example.org=Nulle", "unknown"),
        ("awa@example.org=CH d'Argentan", "not_of_organisation"),
    ):
        with pytest.raises(Invalid) as refusal:
            await world.group("Prévention", "awa@example.org", member)
        assert (refusal.value.field, refusal.value.fault) == ("member", fault)
    assert await groups.listed(world.ws, world.steward) == []
    await world.group("Prévention", "awa@example.org")


@in_network
async def test_groups_are_made_by_stewards_under_a_name_of_their_own(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    with pytest.raises(Forbidden):
        await groups.add_group(world.ws, awa, "Prévention", [])
    await world.group("Prévention")
    with pytest.raises(AlreadySo):
        await world.group("PRE\u0301VENTION")
    with pytest.raises(BadName):
        await world.group(" ")


@in_network
async def test_a_group_is_hers_only_for_the_organisation_she_sits_in_it_for(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    group = await world.group("Prévention", "awa@example.org=CH d'Argentan")
    folder = await world.folder("Prévention")
    await world.grant(folder, group)
    hospital = (await folders.look(world.ws, awa, folder)).folder.hat
    assert hospital is not None and hospital != awa.main_organisation
    await folders.look(world.ws, await world.actor("awa@example.org", acting_as=hospital), folder)
    with pytest.raises(NotFound):
        await folders.look(
            world.ws,
            await world.actor("awa@example.org", acting_as=awa.main_organisation),
            folder,
        )


@in_network
async def test_anyone_reads_who_sits_in_a_group_and_who_coordinates_it(world: World) -> None:
    await world.person("Béa", of="Mairie")
    gone = await world.person("Cy", of="Mairie")
    guest = await world.person("Gil")
    await world.person("Awa", of="Mairie")
    group, awa = await coordinated(world, "Prévention", "awa@example.org")
    for email in ("béa@example.org", "cy@example.org"):
        await groups.seat(world.ws, world.steward, group.id, email)
    await world.end_membership(gone.person_id, on=world.today(plus=-1))
    sheet = await groups.look(world.ws, guest, group.id)
    assert [(one.person, one.is_coordinator, one.is_active) for one in sheet.group.members] == [
        ("Awa", True, True), ("Béa", False, True), ("Cy", False, False)
    ]  # fmt: skip
    assert not sheet.may_manage
    assert (await groups.look(world.ws, awa, group.id)).may_manage
    assert (await groups.look(world.ws, world.steward, group.id)).may_manage
    with pytest.raises(NotFound):
        await groups.look(world.ws, guest, GroupId(999))


@in_network
async def test_a_coordinator_manages_her_group_and_no_other(world: World) -> None:
    await world.person("Béa", of="CH d'Argentan")
    await world.person("Awa", of="Mairie")
    group, awa = await coordinated(world, "Prévention", "awa@example.org")
    other = await world.group("Mobilité", "awa@example.org")
    await groups.rename(world.ws, awa, group.id, "Prévention santé")
    await groups.seat(world.ws, awa, group.id, "béa@example.org")
    bea = await member(world, group, "Béa")
    await groups.appoint(world.ws, awa, group.id, bea.membership_id, coordinates=True)
    await groups.appoint(world.ws, awa, group.id, bea.membership_id, coordinates=False)
    await groups.unseat(world.ws, awa, group.id, bea.membership_id)
    assert await seated(world, group) == ["Awa"]
    assert (await groups.enter(world.ws, awa, group.id)).name == "Prévention santé"
    assert await verbs(world) == [
        "group_added", "appointed", "group_added", "group_renamed", "seated", "appointed",
        "dismissed", "unseated",
    ]  # fmt: skip
    mine = (await member(world, other, "Awa")).membership_id
    for number in (other.id, GroupId(999)):
        for refused in (
            groups.enter(world.ws, awa, number),
            groups.rename(world.ws, awa, number, "À moi"),
            groups.seat(world.ws, awa, number, "béa@example.org"),
            groups.unseat(world.ws, awa, number, mine),
            groups.appoint(world.ws, awa, number, mine, coordinates=True),
        ):
            with pytest.raises(NotFound) as refusal:
                await refused
            assert refusal.value.kind == "group"
    assert await seated(world, other) == ["Awa"]


@in_network
async def test_a_member_a_guest_and_one_whose_place_ended_manage_nothing(world: World) -> None:
    bea = await world.person("Béa", of="Mairie")
    guest = await world.person("Gil")
    await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    group, awa = await coordinated(world, "Prévention", "awa@example.org", "béa@example.org")
    (hospital,) = await world.values("SELECT id FROM organisations WHERE name LIKE 'CH%'")
    elsewhere = await world.actor("awa@example.org", acting_as=hospital)  # type: ignore[arg-type]
    for actor in (bea, guest, elsewhere):
        with pytest.raises(NotFound):
            await groups.seat(world.ws, actor, group.id, "awa@example.org=CH d'Argentan")
    await groups.seat(world.ws, awa, group.id, "awa@example.org=CH d'Argentan")
    await world.end_membership(awa.person_id, on=world.today(plus=-1))
    with pytest.raises(NotFound):
        await groups.rename(world.ws, await world.actor("awa@example.org"), group.id, "Autre")
    assert (await groups.look(world.ws, world.steward, group.id)).group.name == "Prévention"


@in_network
async def test_only_a_place_of_today_can_be_seated(world: World) -> None:
    await world.person("Awa", of="Mairie")
    group, awa = await coordinated(world, "Prévention", "awa@example.org")
    cy = await world.person("Cy", of="Mairie")
    out = await world.person("Out", of="Mairie")
    await world.person("Gil")
    await world.person("Fut", of="Mairie")
    await world.end_membership(cy.person_id, on=world.today(plus=-1))
    await world.disable(out.person_id)
    await world.change(
        "UPDATE memberships SET starts_on = :day WHERE person_id ="
        " (SELECT id FROM people WHERE name = 'Fut')", day=world.today(plus=1).isoformat(),
    )  # fmt: skip
    for actor in (awa, world.steward):
        for email, fault in (
            ("cy@example.org", "ended"),
            ("cy@example.org=Mairie", "ended"),
            ("fut@example.org", "ended"),
            ("out@example.org", "unknown"),
            ("gil@example.org", "unknown"),
            ("nobody@example.org", "unknown"),
            ("", "unknown"),
        ):
            with pytest.raises(Invalid) as refusal:
                await groups.seat(world.ws, actor, group.id, email)
            assert (refusal.value.field, refusal.value.fault) == ("member", fault)
        with pytest.raises(AlreadySo, match="seated"):
            await groups.seat(world.ws, actor, group.id, " awa@example.org = mairie ")
    assert await seated(world, group) == ["Awa"]
    world.clock.forward(days=1)
    await groups.seat(world.ws, await world.actor("awa@example.org"), group.id, "fut@example.org")
    assert await seated(world, group) == ["Awa", "Fut"]


@in_network
async def test_someone_of_two_organisations_sits_for_one_that_is_hers_today(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    await world.change("UPDATE memberships SET ends_on = :day WHERE id = 1",
                       day=world.today(plus=-1).isoformat())  # fmt: skip
    group = await world.group("Prévention", "awa@example.org")
    assert [one.organisation for one in group.members] == ["CH d'Argentan"]
    assert awa.person_id == group.members[0].person_id


@in_network
async def test_a_seat_opens_the_folders_of_the_group_and_unseating_shuts_them(
    world: World,
) -> None:
    await world.person("Awa", of="Mairie")
    bea = await world.person("Béa", of="Mairie")
    group, awa = await coordinated(world, "Prévention", "awa@example.org")
    folder = await world.folder("Prévention")
    await world.grant(folder, group)
    with pytest.raises(NotFound):
        await folders.look(world.ws, bea, folder)
    await groups.seat(world.ws, awa, group.id, "béa@example.org")
    assert (await folders.look(world.ws, bea, folder)).folder.name == "Prévention"
    place = (await member(world, group, "Béa")).membership_id
    await groups.unseat(world.ws, awa, group.id, place)
    with pytest.raises(NotFound):
        await folders.look(world.ws, bea, folder)
    with pytest.raises(NotFound, match="member"):
        await groups.unseat(world.ws, awa, group.id, place)


@in_network
async def test_unseating_leaves_no_folder_without_coordination(world: World) -> None:
    bea = await world.person("Béa", of="Mairie")
    await world.person("Awa", of="Mairie")
    group, awa = await coordinated(world, "Prévention", "awa@example.org", "béa@example.org")
    folder = await world.folder("Prévention")
    await world.grant(folder, group, Role.COORDINATOR)
    own = (await sharing.look(world.ws, world.steward, folder)).grants[0]
    await sharing.withdraw(world.ws, awa, folder, own.id)
    await groups.unseat(world.ws, awa, group.id, (await member(world, group, "Béa")).membership_id)
    last = (await member(world, group, "Awa")).membership_id
    with pytest.raises(LastCoordinator) as refusal:
        await groups.unseat(world.ws, awa, group.id, last)
    assert refusal.value.folder == "Prévention"
    # A steward who may not read the folder is not told its name.
    with pytest.raises(Invalid) as untold:
        await groups.unseat(world.ws, world.steward, group.id, last)
    assert (untold.value.fault, untold.value.value) == ("last_coordination", "")
    assert await seated(world, group) == ["Awa"]
    await world.grant(folder, bea, Role.COORDINATOR, by=awa)
    await groups.unseat(world.ws, world.steward, group.id, last)
    assert await seated(world, group) == []


@in_network
async def test_appointing_twice_or_one_who_left_or_never_sat_is_refused(world: World) -> None:
    cy = await world.person("Cy", of="Mairie")
    await world.person("Awa", of="Mairie")
    group, awa = await coordinated(world, "Prévention", "awa@example.org", "cy@example.org")
    mine = (await member(world, group, "Awa")).membership_id
    gone = (await member(world, group, "Cy")).membership_id
    await world.end_membership(cy.person_id, on=world.today(plus=-1))
    with pytest.raises(AlreadySo, match="appointed"):
        await groups.appoint(world.ws, awa, group.id, mine, coordinates=True)
    with pytest.raises(AlreadySo, match="dismissed"):
        await groups.appoint(world.ws, awa, group.id, gone, coordinates=False)
    with pytest.raises(Invalid, match="ended"):
        await groups.appoint(world.ws, awa, group.id, gone, coordinates=True)
    with pytest.raises(NotFound, match="member"):
        await groups.appoint(world.ws, awa, group.id, MembershipId(999), coordinates=True)
    await groups.appoint(world.ws, awa, group.id, mine, coordinates=False)
    with pytest.raises(NotFound, match="group"):
        await groups.seat(world.ws, awa, group.id, "awa@example.org")


@in_network
async def test_two_groups_have_two_names(world: World) -> None:
    group, other = await world.group("Prévention"), await world.group("Mobilité")
    for name, what in (("PRÉVENTION", "group"), ("Mobilité", "named")):
        with pytest.raises(AlreadySo, match=what):
            await groups.rename(world.ws, world.steward, other.id, name)
    with pytest.raises(BadName):
        await groups.rename(world.ws, world.steward, other.id, " ")
    await groups.rename(world.ws, world.steward, other.id, "MOBILITÉ")
    named = [one.name for one in await groups.listed(world.ws, world.steward)]
    assert named == ["MOBILITÉ", group.name]
