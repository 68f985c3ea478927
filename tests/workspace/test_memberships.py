"""Places in organisations: who gives, changes and ends them, on which days they hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from atelier.errors import AlreadySo, AtelierError, Forbidden, Invalid, NotFound
from atelier.model.ids import FolderId, MembershipId, OrganisationId, PersonId
from atelier.model.people import Actor, Membership
from atelier.workspace import folders, groups, journal, memberships, people
from atelier.workspace.memberships import Terms
from tests.builders import World, in_network

Act = Callable[[Actor], Awaitable[object]]


async def place_of(world: World, person: Actor, organisation: str) -> Membership:
    """Her place in the organisation of this name."""
    found = (await people.look(world.ws, world.steward, person.person_id)).person
    return next(one for one in found.memberships if one.organisation.name == organisation)


async def representative(world: World, name: str, of: str) -> Actor:
    """Someone whom the steward made represent an organisation."""
    someone = await world.person(name, of=of)
    place = await place_of(world, someone, of)
    terms = Terms(is_representative=True)
    await memberships.change(world.ws, world.steward, someone.person_id, place.id, terms)
    return await world.actor(f"{name.lower()}@example.org")


async def reads(world: World, person: Actor, folder: FolderId) -> bool:
    """Whether she reads the folder today."""
    email = f"{person.name.lower()}@example.org"
    entries = await folders.home(world.ws, await world.actor(email))
    return folder in [one.id for one in entries.entries]


async def refusal(act: Act, who: Actor) -> type[AtelierError] | None:
    """How somebody's act is refused, None when it is made."""
    try:
        await act(who)
    except AtelierError as error:
        return type(error)
    return None


@in_network
async def test_a_place_is_given_by_stewards_and_by_those_who_represent_that_organisation(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    other = await representative(world, "Otto", "CCAS")
    member, gone = await world.person("Max", of="Mairie"), await world.person("Nil", of="Mairie")
    gus = await world.person("Gus")
    town = (await place_of(world, ref, "Mairie")).organisation.id
    await world.disable(gone.person_id)

    async def give(who: Actor) -> None:
        await memberships.add(world.ws, who, gus.person_id, town, Terms("IDE"))

    for who in (other, member, gus, gone):
        assert await refusal(give, who) is NotFound
    assert (await people.look(world.ws, ref, gus.person_id)).person.memberships == ()
    assert await refusal(give, ref) is None
    assert (await place_of(world, gus, "Mairie")).function == "IDE"
    assert await refusal(give, world.steward) is AlreadySo
    with pytest.raises(NotFound):
        await memberships.add(world.ws, world.steward, PersonId(999), town, Terms())
    with pytest.raises(NotFound):
        await memberships.add(world.ws, world.steward, gus.person_id, OrganisationId(999), Terms())


@in_network
async def test_a_place_is_changed_and_ended_by_the_same_and_by_no_representative_of_another(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    other = await representative(world, "Otto", "CCAS")
    member = await world.person("Max", of="Mairie")
    awa = await world.person("Awa", of=["Mairie", "CCAS"])
    town, ccas = await place_of(world, awa, "Mairie"), await place_of(world, awa, "CCAS")

    def acts(place: Membership) -> tuple[Act, ...]:
        async def look(who: Actor) -> None:
            await memberships.look(world.ws, who, awa.person_id, place.id)

        async def change(who: Actor) -> None:
            await memberships.change(world.ws, who, awa.person_id, place.id, Terms("Cadre"))

        async def end(who: Actor) -> None:
            await memberships.end(world.ws, who, awa.person_id, place.id, world.today())

        return look, change, end

    for act in acts(ccas):
        for who in (ref, member, awa):
            assert await refusal(act, who) is NotFound
    assert await place_of(world, awa, "CCAS") == ccas
    for act in acts(town):
        assert await refusal(act, other) is NotFound
        assert await refusal(act, ref) is None
    changed = await place_of(world, awa, "Mairie")
    assert (changed.function, changed.ends_on) == ("Cadre", world.today())
    for strange in (MembershipId(999), (await place_of(world, member, "Mairie")).id):
        with pytest.raises(NotFound):  # a place of somebody else under her address
            await memberships.end(world.ws, world.steward, awa.person_id, strange, world.today())


@in_network
async def test_of_two_hats_only_the_one_worn_manages(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    await world.person("Rita", of="CCAS")
    gus = await world.person("Gus")
    town = (await place_of(world, ref, "Mairie")).organisation.id
    ccas = (await place_of(world, ref, "CCAS")).organisation.id

    async def give(who: Actor) -> None:
        await memberships.add(world.ws, who, gus.person_id, town, Terms())

    assert await refusal(give, await world.actor("rita@example.org", acting_as=ccas)) is NotFound
    assert await refusal(give, await world.actor("rita@example.org", acting_as=town)) is None


@in_network
async def test_a_representative_names_none_and_moves_no_representatives_days(world: World) -> None:
    ref, peer = (
        await representative(world, "Rita", "Mairie"),
        await world.person("Pam", of="Mairie"),
    )
    hers, pams = await place_of(world, ref, "Mairie"), await place_of(world, peer, "Mairie")
    gus, town = await world.person("Gus"), hers.organisation.id
    until = world.today(plus=30)
    await memberships.change(
        world.ws, world.steward, ref.person_id, hers.id,
        Terms(ends_on=until, is_representative=True),
    )  # fmt: skip

    async def change(person: Actor, place: Membership, terms: Terms) -> None:
        await memberships.change(world.ws, ref, person.person_id, place.id, terms)

    for person, place, terms in (
        (peer, pams, Terms(is_representative=True)),  # a second one
        (ref, hers, Terms(is_representative=True)),  # herself, for ever
        (ref, hers, Terms(ends_on=until)),  # herself, no longer
        (ref, hers, Terms(starts_on=world.today(), ends_on=until, is_representative=True)),
    ):
        with pytest.raises(Forbidden):
            await change(person, place, terms)
    with pytest.raises(Forbidden):
        await memberships.end(world.ws, ref, ref.person_id, hers.id, world.today())
    with pytest.raises(Forbidden):
        await memberships.add(world.ws, ref, gus.person_id, town, Terms(is_representative=True))
    await change(ref, hers, Terms("Cheffe", ends_on=until, is_representative=True))
    await change(peer, pams, Terms("Agent", ends_on=until))
    kept = await place_of(world, ref, "Mairie")
    assert (kept.function, kept.ends_on, kept.is_representative) == ("Cheffe", until, True)
    assert not (await place_of(world, peer, "Mairie")).is_representative
    assert (await people.look(world.ws, ref, gus.person_id)).person.memberships == ()


@in_network
async def test_a_place_opens_nothing_before_its_first_day_nor_after_its_last(world: World) -> None:
    gus = await world.person("Gus")
    town = await world.organisation("Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, town)
    first, last = world.today(plus=2), world.today(plus=4)
    await memberships.add(
        world.ws, world.steward, gus.person_id, town.id, Terms(starts_on=first, ends_on=last)
    )
    seen = []
    for _ in range(6):
        seen.append(await reads(world, gus, folder))
        world.clock.forward(days=1)
    assert seen == [False, False, True, True, True, False]


@in_network
async def test_who_has_left_already_ends_yesterday_and_reads_nothing_at_once(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "ARS"])
    place = await place_of(world, awa, "Mairie")
    folder, kept = await world.folder("Réunions"), await world.folder("Agence")
    await world.grant(folder, place.organisation)
    await world.grant(kept, (await place_of(world, awa, "ARS")).organisation)
    await memberships.end(world.ws, world.steward, awa.person_id, place.id, world.today())
    assert await reads(world, awa, folder)
    await memberships.end(world.ws, world.steward, awa.person_id, place.id, world.today(plus=-1))
    assert not await reads(world, awa, folder) and await reads(world, awa, kept)
    with pytest.raises(AlreadySo):
        await memberships.end(world.ws, world.steward, awa.person_id, place.id, world.today())


@in_network
async def test_days_that_make_no_sense_are_refused_and_change_nothing(world: World) -> None:
    awa, gus = await world.person("Awa", of="Mairie"), await world.person("Gus")
    place = await place_of(world, awa, "Mairie")
    town, ws, marie = place.organisation.id, world.ws, world.steward
    before, today = world.today(plus=-2), world.today()

    async def fault(act: Awaitable[object]) -> tuple[str, str]:
        with pytest.raises(Invalid) as caught:
            await act
        return caught.value.field, caught.value.fault

    change = memberships.change
    for said in (
        await fault(memberships.end(ws, marie, awa.person_id, place.id, before)),
        await fault(change(ws, marie, awa.person_id, place.id, Terms(ends_on=before))),
        await fault(memberships.add(ws, marie, gus.person_id, town, Terms(ends_on=before))),
        await fault(
            memberships.add(ws, marie, gus.person_id, town, Terms(ends_on=world.today(plus=-1)))
        ),
    ):
        assert said == ("ends_on", "past")
    turned = Terms(starts_on=world.today(plus=5), ends_on=today)
    assert await fault(change(ws, marie, awa.person_id, place.id, turned)) == (
        "ends_on", "before_start"
    )  # fmt: skip
    assert await fault(memberships.add(ws, marie, gus.person_id, town, turned)) == (
        "ends_on", "before_start"
    )  # fmt: skip
    long = Terms("x" * (memberships.MAX_FUNCTION_CHARACTERS + 1))
    assert await fault(change(ws, marie, awa.person_id, place.id, long)) == ("function", "too_long")
    assert await place_of(world, awa, "Mairie") == place


@in_network
async def test_the_function_of_an_ended_place_can_still_be_corrected(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    place = await place_of(world, awa, "Mairie")
    left = world.today(plus=-1)
    await memberships.end(world.ws, world.steward, awa.person_id, place.id, left)
    world.clock.forward(days=10)
    steward = await world.actor("marie@example.org")
    await memberships.change(
        world.ws, steward, awa.person_id, place.id, Terms(" Agent  technique ", ends_on=left)
    )
    assert (await place_of(world, awa, "Mairie")).function == "Agent technique"
    with pytest.raises(Invalid):
        await memberships.change(
            world.ws, steward, awa.person_id, place.id, Terms(ends_on=date(2026, 3, 1))
        )


@in_network
async def test_who_comes_back_has_the_same_place_but_no_seat_and_stands_for_nobody(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa = await representative(world, "Awa", "Mairie")
    place = await place_of(world, awa, "Mairie")
    group = await groups.add_group(world.ws, world.steward, "Chutes", ["awa@example.org"])
    folder = await world.folder("Chutes")
    await world.grant(folder, group)
    assert await reads(world, awa, folder)
    await memberships.end(world.ws, world.steward, awa.person_id, place.id, world.today(plus=-1))
    assert not await reads(world, awa, folder)
    back = await memberships.add(
        world.ws, ref, awa.person_id, place.organisation.id, Terms("Bénévole")
    )
    assert (back.id, back.starts_on, back.ends_on) == (place.id, world.today(), None)
    assert not (await place_of(world, awa, "Mairie")).is_representative
    assert not await reads(world, awa, folder)
    assert (await groups.look(world.ws, awa, group.id)).group.members == ()


@in_network
async def test_new_dates_reopen_an_ended_place_too(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    place = await place_of(world, awa, "Mairie")
    await groups.add_group(world.ws, world.steward, "Chutes", ["awa@example.org"])
    await memberships.end(world.ws, world.steward, awa.person_id, place.id, world.today(plus=-1))
    await memberships.change(
        world.ws, world.steward, awa.person_id, place.id, Terms(starts_on=world.today())
    )
    sheet = await people.look(world.ws, awa, awa.person_id)
    assert sheet.person.places(world.today()) and sheet.seats == ()


@in_network
async def test_places_of_an_organisation_that_left_stay_as_they_were(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa, gus = await world.person("Awa", of="Mairie"), await world.person("Gus")
    place = await place_of(world, awa, "Mairie")
    await world.change(
        "UPDATE organisations SET ends_on = :day", day=world.today(plus=-1).isoformat()
    )

    async def give(who: Actor) -> None:
        await memberships.add(world.ws, who, gus.person_id, place.organisation.id, Terms())

    async def change(who: Actor) -> None:
        await memberships.change(world.ws, who, awa.person_id, place.id, Terms("Cadre"))

    async def end(who: Actor) -> None:
        await memberships.end(world.ws, who, awa.person_id, place.id, world.today())

    for act in (give, change, end):
        assert await refusal(act, world.steward) is Invalid
        assert await refusal(act, ref) is NotFound
    sheet = await people.look(world.ws, world.steward, awa.person_id)
    assert sheet.managed == frozenset() and sheet.person.is_guest(world.today())


@in_network
async def test_a_closed_account_is_given_no_place_but_its_own_can_end(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    place = await place_of(world, awa, "Mairie")
    ccas = await world.organisation("CCAS")
    await world.disable(awa.person_id)
    with pytest.raises(Invalid) as caught:
        await memberships.add(world.ws, world.steward, awa.person_id, ccas.id, Terms())
    assert caught.value.fault == "inactive_account"
    await memberships.end(world.ws, world.steward, awa.person_id, place.id, world.today())
    assert (await place_of(world, awa, "Mairie")).ends_on == world.today()


@in_network
async def test_the_form_offers_only_organisations_one_may_manage_and_that_are_free(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    awa = await world.person("Awa", of=["CCAS", "Mairie"])
    gus = await world.person("Gus")
    gone = await world.organisation("Cabinet")
    await world.change("UPDATE organisations SET ends_on = '2020-01-01' WHERE id = :id", id=gone.id)

    async def offered(who: Actor, person: Actor) -> tuple[list[str], bool]:
        found = await memberships.choices(world.ws, who, person.person_id)
        return [one.name for one in found.organisations], found.may_appoint

    assert await offered(ref, gus) == (["Mairie"], False)
    assert await offered(ref, awa) == ([], False)
    assert await offered(world.steward, gus) == (["CCAS", "Mairie"], True)
    with pytest.raises(Forbidden):
        await memberships.choices(world.ws, awa, gus.person_id)
    with pytest.raises(NotFound):
        await memberships.choices(world.ws, world.steward, PersonId(999))


@in_network
async def test_each_act_on_a_place_stands_in_the_journal_of_the_network(world: World) -> None:
    gus, town = await world.person("Gus"), await world.organisation("Mairie")
    until = world.today(plus=9)
    ws, marie, number = world.ws, world.steward, gus.person_id
    place = await memberships.add(ws, marie, number, town.id, Terms("IDE"))
    await memberships.change(ws, marie, number, place.id, Terms("IDE", is_representative=True))
    await memberships.change(ws, marie, number, place.id, Terms("IDE", ends_on=until))
    await memberships.end(ws, marie, number, place.id, world.today(plus=-1))
    await memberships.add(ws, marie, number, town.id, Terms(ends_on=until))
    lines = (await journal.of_network(ws, marie)).lines
    told = [(line.verb.value, line.facts) for line in reversed(lines)][2:]
    who = {"name": "Gus", "subject": "Mairie"}
    ide, today = {**who, "function": "IDE"}, world.today().isoformat()
    assert told == [
        ("membership_added", ide),
        ("membership_changed", {**who, "way": "named"}),
        ("membership_changed", {**who, "way": "unnamed"}),
        ("membership_changed", {**ide, "until": until.isoformat()}),
        ("membership_changed", {**ide, "until": world.today(plus=-1).isoformat()}),
        ("membership_added", {**who, "since": today, "until": until.isoformat()}),
    ]
