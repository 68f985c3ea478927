"""Working groups: memberships that sit together, across organisations."""

from __future__ import annotations

import pytest

from atelier.errors import AlreadySo, BadName, Forbidden, Invalid, NotFound
from atelier.workspace import folders, groups
from tests.builders import World, in_network


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
