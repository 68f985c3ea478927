"""What people show of themselves: to the network, and to those who manage their accounts."""

from __future__ import annotations

import dataclasses

import pytest

from atelier.errors import Forbidden, Invalid
from atelier.model.contacts import Showing, Shown
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.people import Actor
from atelier.model.requests import About
from atelier.workspace import (
    audience,
    inbox,
    people,
    requests,
    seeing,
    sharing,
    showing_oneself,
)
from tests.builders import World, in_network
from tests.workspace.test_memberships import representative


async def hides(world: World, person: Actor, phone: str = "") -> None:
    """She shows nothing of herself to the network."""
    await showing_oneself.choose(
        world.ws, person, phone=phone, shows_email=False, shows_phone=False
    )


async def sees(world: World, who: Actor, person: Actor) -> Shown:
    """What the sheet of a person shows to this one; the directory shows the same."""
    on_sheet = (await people.look(world.ws, who, person.person_id)).shown
    listed = (await people.listed(world.ws, who)).shown[person.person_id]
    assert listed == on_sheet
    return on_sheet


@in_network
async def test_a_person_chooses_what_the_network_reads_of_her(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
    assert await showing_oneself.look(world.ws, awa) == Showing()
    assert await sees(world, bo, awa) == Shown("awa@example.org")
    chosen = await showing_oneself.choose(
        world.ws, awa, phone=" 02 33  00 00 00 ", shows_email=False, shows_phone=True
    )
    assert chosen == Showing("02 33 00 00 00", shows_email=False, shows_phone=True)
    assert await showing_oneself.look(world.ws, awa) == chosen
    assert await sees(world, bo, awa) == Shown("", "02 33 00 00 00")
    await hides(world, awa, "02 33 00 00 00")
    assert await sees(world, bo, awa) == Shown()
    assert await sees(world, awa, awa) == Shown("awa@example.org", "02 33 00 00 00")


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("", True),
        ("+33 (0)2.33-00 00 00", True),
        ("3620", True),
        ("123", False),
        ("1234567890123456", False),
        ("02 33 00 00 0+", False),
        ("02 33;00", False),
        ("02 33 00\r\nEMAIL:x", False),
        ("٠٢٣٣٠٠٠٠٠٠", False),
        ("(" * 28 + "0233", False),
    ],
)
@in_network
async def test_a_telephone_number_is_digits_and_little_else(
    world: World, typed: str, is_one: bool
) -> None:
    awa = await world.person("Awa")
    if is_one:
        await hides(world, awa, typed)
        return
    with pytest.raises(Invalid) as refused:
        await hides(world, awa, typed)
    assert (refused.value.field, refused.value.fault) == ("phone", "not_a_phone")
    assert await showing_oneself.look(world.ws, awa) == Showing()


@in_network
async def test_who_manages_an_account_always_sees_its_address(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    head = await representative(world, "Rea", of="Mairie")
    other = await representative(world, "Oda", of="CCAS")
    await hides(world, awa)
    assert (await sees(world, world.steward, awa)).email == "awa@example.org"
    assert (await sees(world, head, awa)).email == "awa@example.org"
    assert (await sees(world, other, awa)).email == ""
    # As one of her other organisations, and once the place is over, she manages it no longer.
    await world.person("Rea", of="CCAS")
    rea = await world.actor("rea@example.org")
    ccas = next(
        place.organisation.id
        for place in (await people.look(world.ws, rea, rea.person_id)).person.memberships
        if place.organisation.name == "CCAS"
    )
    assert (await sees(world, dataclasses.replace(rea, acting_as=ccas), awa)).email == ""
    await world.end_membership(awa.person_id, on=world.today(plus=-1))
    assert (await sees(world, rea, awa)).email == ""
    assert (await sees(world, world.steward, awa)).email == "awa@example.org"


@in_network
async def test_a_hidden_address_is_not_found_letter_by_letter(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of="Mairie")
    head = await representative(world, "Rea", of="Mairie")

    async def found(who: Actor, words: str) -> list[str]:
        listed = await people.listed(world.ws, who, words=words)
        assert listed.total == len(listed.people)
        return [one.name for one in listed.people]

    assert await found(bo, "awa@example") == ["Awa"]
    await hides(world, awa)
    for words in ("awa@example.org", "wa@ex", "@"):
        assert "Awa" not in await found(bo, words)
        assert "Awa" in await found(world.steward, words)
        assert "Awa" in await found(head, words)
        assert "Awa" in await found(awa, words)
    assert await found(bo, "Awa") == ["Awa"]
    assert "Awa" in await found(bo, "Mairie")


@in_network
async def test_no_list_of_a_coordinator_shows_or_finds_a_hidden_address(world: World) -> None:
    bo, awa = await world.person("Bo", of="Mairie"), await world.person("Awa", of="CCAS")
    folder = await world.folder("Réunions")
    await world.grant(folder, bo, Role.COORDINATOR)
    other = await world.folder("Autre", by=world.steward)
    await world.grant(other, bo, Role.COORDINATOR)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await requests.ask(world.ws, awa, About.FOLDER, other, role=Role.READER)
    ws = world.ws

    async def told() -> list[str]:
        """Every address of hers that a coordinator is shown."""
        lists = [
            (await sharing.look(ws, bo, folder)).addresses,
            (await inbox.look(ws, bo, folder)).addresses,
            (await seeing.choices(ws, bo, folder)).addresses,
            (await audience.why(ws, bo, folder, None)).addresses,
        ]
        found = [address for one in lists for address, _ in one]
        found += [one.email for one in (await audience.people(ws, bo, folder)).people]
        found += [one.email for one in (await requests.look(ws, bo)).received]
        return [one for one in found if one.startswith("awa")]

    assert len(await told()) == 6
    await hides(world, awa)
    assert await told() == []
    kept = await audience.people(ws, bo, folder, contains="awa@")
    assert kept.people == () and kept.total == 0
    assert [one.name for one in (await audience.people(ws, bo, folder, contains="awa")).people]
    # Who knows the address, whole, may still give access by it.
    assert (await sharing.person_at(ws, bo, folder, "awa@example.org")).id == awa.person_id
    with pytest.raises(Invalid):
        await sharing.person_at(ws, bo, folder, "awa@example")
    with pytest.raises(Forbidden):
        await sharing.person_at(ws, awa, folder, "bo@example.org")


@in_network
async def test_one_who_looks_as_another_sees_no_more_and_chooses_nothing(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    await hides(world, awa)
    looking = dataclasses.replace(
        world.steward, seeing=Subject(SubjectKind.PERSON, awa.person_id, "Awa")
    )
    assert await sees(world, looking, awa) == Shown()
    with pytest.raises(Forbidden):
        await showing_oneself.look(world.ws, looking)
    with pytest.raises(Forbidden):
        await hides(world, looking)
