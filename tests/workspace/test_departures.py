"""Leaving an organisation, and departures with the coordination handed over."""

from __future__ import annotations

from datetime import date

import pytest

from atelier.errors import AlreadySo, Forbidden, Invalid, LastSteward, NotFound, SignInNeeded
from atelier.model.departures import Ending
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, GroupId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.workspace import accounts, departures, folders, groups, journal, people, sharing
from tests.builders import World, in_network
from tests.workspace.test_memberships import place_of, reads, representative
from tests.workspace.test_signing_in import come_in


async def coordinates(world: World, person: Actor, folder: FolderId) -> bool:
    """Whether she shares the folder today."""
    try:
        found = await folders.look(
            world.ws, await world.actor(f"{person.name.lower()}@example.org"), folder
        )
    except NotFound:
        return False
    return found.folder.allows(Action.SHARE)


@in_network
async def test_she_leaves_an_organisation_and_is_told_what_she_loses(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CCAS"])
    town, ccas = await place_of(world, awa, "Mairie"), await place_of(world, awa, "CCAS")
    lost, kept = await world.folder("Perdu"), await world.folder("Gardé")
    below = await world.folder("Perdu/Dessous")
    await world.group("Chutes", "awa@example.org=Mairie")
    for folder, homes in ((lost, (town,)), (kept, (town, ccas))):
        for home in homes:
            await world.grant(folder, home.organisation)
    found = await departures.leaving(world.ws, awa, town.id)
    assert found.folders == ((lost, "Perdu"),) and found.groups == ("Chutes",)
    assert await reads(world, awa, lost)
    assert (await departures.leaving(world.ws, awa, ccas.id)).folders == ()
    await departures.leave(world.ws, awa, town.id, world.today())
    assert await reads(world, awa, below) is False and await reads(world, awa, lost)
    world.clock.forward(days=1)
    assert not await reads(world, awa, lost) and await reads(world, awa, kept)
    with pytest.raises(AlreadySo):
        await departures.leaving(world.ws, await world.actor("awa@example.org"), town.id)
    with pytest.raises(AlreadySo):
        await departures.leave(
            world.ws, await world.actor("awa@example.org"), town.id, world.today()
        )


@in_network
async def test_nobody_leaves_for_somebody_else_nor_stays_longer(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
    place = await place_of(world, awa, "Mairie")
    for who in (bo, world.steward):
        with pytest.raises(NotFound):
            await departures.leaving(world.ws, who, place.id)
        with pytest.raises(NotFound):
            await departures.leave(world.ws, who, place.id, world.today())
    await departures.leave(world.ws, awa, place.id, world.today(plus=3))
    with pytest.raises(Invalid) as refused:
        await departures.leave(world.ws, awa, place.id, world.today(plus=4))
    assert refused.value.fault == "only_sooner"
    with pytest.raises(Invalid):
        await departures.leave(world.ws, awa, place.id, date(2020, 1, 1))
    await departures.leave(world.ws, awa, place.id, world.today(plus=-1))
    assert not (await people.look(world.ws, bo, awa.person_id)).person.places(world.today())


@in_network
async def test_a_representative_may_leave_too(world: World) -> None:
    rea = await representative(world, "Rea", of="Mairie")
    place = await place_of(world, rea, "Mairie")
    await departures.leave(world.ws, rea, place.id, world.today(plus=-1))
    assert not (await people.look(world.ws, rea, rea.person_id)).person.places(world.today())


@in_network
async def test_she_hands_her_own_coordination_over(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    folder, dated = await world.folder("Réunions"), await world.folder("Daté")
    await world.grant(folder, awa, Role.COORDINATOR)
    await world.grant(dated, awa, Role.COORDINATOR, until=world.today(plus=9))
    found = await departures.look(world.ws, awa, awa.person_id)
    assert (found.ending, found.others) == (Ending.NOTHING, 0)
    assert [(one.folder, one.until) for one in found.held] == [
        ("Réunions", None), ("Daté", world.today(plus=9)),
    ]  # fmt: skip
    wanted = {folder: "BO@example.org", dated: "bo@example.org"}
    assert await departures.depart(world.ws, awa, awa.person_id, wanted) is Ending.NOTHING
    assert await coordinates(world, bo, folder) and await coordinates(world, bo, dated)
    assert not await reads(world, awa, folder)
    assert (await people.look(world.ws, bo, awa.person_id)).person.is_active
    lines = (await journal.of_folder(world.ws, await world.actor("bo@example.org"), dated)).lines
    assert lines[0].facts == {
        "subject": "Bo", "before": "Awa", "until": world.today(plus=9).isoformat(),
    }  # fmt: skip
    world.clock.forward(days=10)
    assert not await coordinates(world, bo, dated) and await coordinates(world, bo, folder)


@in_network
async def test_to_whom_nothing_can_be_handed_over(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    folder = await world.folder("Réunions")
    other = await world.folder("Autre")
    await world.grant(folder, awa, Role.COORDINATOR, until=world.today(plus=9))
    ws, me = world.ws, awa.person_id
    await accounts.disable(ws, world.steward, bo.person_id)
    for email, fault in (
        ("nobody@example.org", "unknown_address"),
        ("bo@example.org", "inactive_account"),
        ("awa@example.org", "leaves"),
    ):
        with pytest.raises(Invalid) as refused:
            await departures.depart(ws, awa, me, {folder: email})
        assert (refused.value.field, refused.value.fault) == (f"to-{folder}", fault)
    for number in (other, FolderId(999)):
        with pytest.raises(NotFound):
            await departures.depart(ws, awa, me, {number: "marie@example.org"})
    cy = await world.person("Cy")
    await world.grant(folder, cy, Role.READER)
    with pytest.raises(AlreadySo):
        await departures.depart(ws, awa, me, {folder: "cy@example.org"})
    assert await reads(world, awa, folder)


@in_network
async def test_a_steward_closes_the_account_and_hands_over_what_nobody_else_holds(
    world: World,
) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    ws, steward = world.ws, world.steward
    alone, shared = await world.folder("Seule"), await world.folder("Partagé")
    for folder in (alone, shared):
        await world.grant(folder, awa, Role.COORDINATOR)
    await world.grant(shared, bo, Role.COORDINATOR)
    await world.change(
        "DELETE FROM grants WHERE subject_kind = 'person' AND subject_id = :id",
        id=steward.person_id,
    )
    token = await come_in(world, awa.person_id)
    found = await departures.look(ws, steward, awa.person_id)
    assert (found.ending, found.others) == (Ending.ACCOUNT, 1)
    assert [one.folder for one in found.held] == [""]  # no steward reads its name by this
    with pytest.raises(NotFound):
        await departures.depart(ws, steward, awa.person_id, {shared: "bo@example.org"})
    with pytest.raises(Invalid) as refused:
        await departures.depart(ws, steward, awa.person_id, {alone: "marie@example.org"})
    assert refused.value.fault == "take_over_instead"
    assert (await people.look(ws, bo, awa.person_id)).person.is_active
    await departures.depart(ws, steward, awa.person_id, {alone: "bo@example.org"})
    assert await coordinates(world, bo, alone)
    with pytest.raises(NotFound):
        await folders.look(ws, steward, alone)
    with pytest.raises(SignInNeeded):
        await people.session(ws, token)
    with pytest.raises(AlreadySo):
        await departures.look(ws, steward, awa.person_id)


@in_network
async def test_a_representative_ends_the_place_and_hands_over_what_she_shares(
    world: World,
) -> None:
    rea = await representative(world, "Rea", of="Mairie")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
    hers, others = await world.folder("Commun"), await world.folder("Ailleurs")
    for folder in (hers, others):
        await world.grant(folder, awa, Role.COORDINATOR)
    await world.grant(hers, rea, Role.COORDINATOR, until=world.today(plus=5))
    found = await departures.look(world.ws, rea, awa.person_id)
    assert (found.ending, found.others) == (Ending.PLACE, 1)
    assert [one.folder for one in found.held] == ["Commun"]
    with pytest.raises(NotFound):
        await departures.depart(world.ws, rea, awa.person_id, {others: "bo@example.org"})
    await departures.depart(world.ws, rea, awa.person_id, {hers: "bo@example.org"})
    sheet = await people.look(world.ws, bo, awa.person_id)
    assert sheet.person.is_active and not sheet.person.places(world.today())
    grants = (await sharing.look(world.ws, world.steward, hers)).grants
    (given,) = [one for one in grants if one.subject.id == bo.person_id]
    assert given.until == world.today(plus=5)


@in_network
async def test_nobody_else_prepares_a_departure(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
    other = await representative(world, "Oda", of="CCAS")
    for who in (bo, other):
        with pytest.raises(NotFound):
            await departures.look(world.ws, who, awa.person_id)
        with pytest.raises(NotFound):
            await departures.depart(world.ws, who, awa.person_id, {})
    with pytest.raises(NotFound):
        await departures.look(world.ws, world.steward, PersonId(99))
    rea = await representative(world, "Rea", of="Mairie")
    second = await representative(world, "Sol", of="Mairie")
    with pytest.raises(Forbidden):
        await departures.depart(world.ws, rea, second.person_id, {})
    assert (await departures.look(world.ws, world.steward, awa.person_id)).seats == ()


@in_network
async def test_the_last_steward_does_not_depart_by_another_way(world: World) -> None:
    found = await departures.look(world.ws, world.steward, world.steward.person_id)
    assert found.ending is Ending.NOTHING
    awa = await world.person("Awa")
    await accounts.set_steward(world.ws, world.steward, awa.person_id, is_steward=True)
    awa = await world.actor("awa@example.org")
    await departures.depart(world.ws, awa, world.steward.person_id, {})
    with pytest.raises(LastSteward):
        await accounts.disable(world.ws, awa, awa.person_id)


async def leads(world: World, number: GroupId) -> set[str]:
    """Who coordinates a group."""
    group = (await groups.look(world.ws, world.steward, number)).group
    return {one.person for one in group.members if one.is_coordinator}


@in_network
async def test_a_group_goes_to_one_of_its_members(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="CCAS")
    ws, steward = world.ws, world.steward
    chutes = await world.group("Chutes", "awa@example.org", "bo@example.org")
    other = await world.group("Aidants", "awa@example.org", "bo@example.org")
    for group in (chutes, other):
        (seat,) = [one for one in group.members if one.person_id == awa.person_id]
        await groups.appoint(ws, steward, group.id, seat.membership_id, coordinates=True)
    found = await departures.look(ws, awa, awa.person_id)
    assert found.managed == {chutes.id, other.id} == {one.group_id for one in found.seats}
    await departures.depart(ws, awa, awa.person_id, {}, {chutes.id: "bo@example.org"})
    assert await leads(world, chutes.id) == {"Bo"} and await leads(world, other.id) == {"Awa"}
    lines = (await journal.of_network(ws, steward)).lines[:2]
    assert {line.verb for line in lines} == {NetworkVerb.APPOINTED, NetworkVerb.DISMISSED}
    await departures.depart(ws, steward, awa.person_id, {}, {other.id: "bo@example.org"})
    assert await leads(world, other.id) == {"Bo"}
    assert not (await people.look(ws, bo, awa.person_id)).person.is_active


@in_network
async def test_to_whom_and_by_whom_no_group_can_be_handed_over(world: World) -> None:
    awa, ws = await world.person("Awa", of="Mairie"), world.ws
    rea = await representative(world, "Rea", of="Mairie")
    gone = await world.person("Nil", of="Mairie")
    await world.person("Bo", of="CCAS")
    group = await world.group("Chutes", "awa@example.org", "nil@example.org", "rea@example.org")
    (seat,) = [one for one in group.members if one.person_id == awa.person_id]
    await groups.appoint(ws, world.steward, group.id, seat.membership_id, coordinates=True)
    await world.disable(gone.person_id)
    for email, fault in (
        ("bo@example.org", "not_seated"),
        ("nil@example.org", "inactive_account"),
        ("awa@example.org", "leaves"),
        ("nobody@example.org", "unknown_address"),
    ):
        with pytest.raises(Invalid) as refused:
            await departures.depart(ws, awa, awa.person_id, {}, {group.id: email})
        assert (refused.value.field, refused.value.fault) == (f"group-{group.id}", fault)
    # Who ends her place, and sits in the group without coordinating it, hands nothing on.
    assert (await departures.look(ws, rea, awa.person_id)).managed == frozenset()
    for email in ("rea@example.org", "nobody@example.org"):
        with pytest.raises(NotFound):
            await departures.depart(ws, rea, awa.person_id, {}, {group.id: email})
    assert await leads(world, group.id) == {"Awa"}
    # Nor is a group handed on that she does not coordinate.
    other = await world.group("Aidants", "awa@example.org", "rea@example.org")
    with pytest.raises(NotFound):
        await departures.depart(ws, world.steward, awa.person_id, {}, {other.id: "rea@example.org"})
    assert (await people.look(ws, rea, awa.person_id)).person.is_active
