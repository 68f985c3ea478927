"""Organisations as they live: their sheet, one that leaves, two that become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from atelier.errors import AlreadySo, AtelierError, BadName, Forbidden, Invalid, NotFound
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, OrganisationId
from atelier.model.journal import NetworkVerb, Verb
from atelier.model.organisations import Particulars
from atelier.model.people import Actor, Organisation
from atelier.workspace import folders, groups, journal, organisations, people
from tests.builders import STEWARD, World, in_network

SIRET, FINESS = "73282932000074", "610780090"
TABLES = (
    "organisations", "memberships", "groups", "group_members", "grants", "journal",
    "network_journal", "documents", "versions",
)  # fmt: skip


async def everything(world: World) -> list[list[tuple[object, ...]]]:
    """All rows that a change of organisations could touch."""
    return [
        await world.ws.db.read(lambda tx, of=one: tx.rows(f"SELECT * FROM {of}")) for one in TABLES
    ]


async def directory(world: World) -> tuple[Organisation, Organisation]:
    """The town and the hospital, whichever of them is asked for first."""
    known, _ = await people.directory(world.ws, world.steward)
    by_name = {one.name: one for one in known}
    return by_name["Mairie"], by_name["CH"]


async def network_lines(world: World) -> list[tuple[object, ...]]:
    return await world.ws.db.read(
        lambda tx: tx.rows("SELECT verb, facts FROM network_journal ORDER BY id")
    )


async def places(world: World, organisation: Organisation) -> dict[str, tuple[object, ...]]:
    """By name: function, whether representative, first and last day."""
    rows = await world.ws.db.read(
        lambda tx: tx.rows(
            "SELECT p.name, m.function, m.is_representative, m.starts_on, m.ends_on"
            " FROM memberships m JOIN people p ON p.id = m.person_id"
            " WHERE m.organisation_id = :id ORDER BY p.name",
            id=organisation.id,
        )
    )
    return {name: tuple(rest) for name, *rest in rows}


async def reads(world: World, name: str, folder: FolderId) -> bool:
    """Whether this person may open the folder today."""
    actor = await world.actor(f"{name.lower()}@example.org")
    try:
        await folders.look(world.ws, actor, folder)
    except NotFound:
        return False
    return True


async def representative(world: World, name: str, of: str) -> Actor:
    """Someone who manages the people of an organisation."""
    actor = await world.person(name, of=of)
    await world.change("UPDATE memberships SET is_representative = 1 WHERE person_id = :id",
                       id=actor.person_id)  # fmt: skip
    return await world.actor(f"{name.lower()}@example.org")


@in_network
async def test_a_sheet_tells_who_is_there_apart_from_who_was(world: World) -> None:
    town = await world.organisation("Mairie")
    for name in ("Zoé", "Élise", "Awa"):
        await world.person(name, of="Mairie")
    gone = await world.person("Bob", of="Mairie")
    guest = await world.person("Gil")
    await world.end_membership(gone.person_id, on=world.today(plus=-1))
    sheet = await organisations.look(world.ws, guest, town.id)
    assert [one.person for one in sheet.present] == ["Awa", "Élise", "Zoé"]
    assert [one.person for one in sheet.past] == ["Bob"]
    assert sheet.is_present and sheet.into is None and sheet.others == ()
    with pytest.raises(NotFound):
        await organisations.look(world.ws, guest, OrganisationId(999))


@in_network
async def test_a_steward_is_offered_the_other_organisations_of_today(world: World) -> None:
    town, hospital, gone = [await world.organisation(one) for one in ("Mairie", "CH", "Nulle")]
    await organisations.end(world.ws, world.steward, gone.id, world.today())
    world.clock.forward(days=1)
    steward = await world.actor(STEWARD)
    sheet = await organisations.look(world.ws, steward, town.id)
    assert [one.id for one in sheet.others] == [hospital.id]
    assert not (await organisations.look(world.ws, steward, gone.id)).is_present


@in_network
async def test_particulars_are_checked_and_kept_as_registers_write_them(world: World) -> None:
    town = await world.organisation("Mairie")
    asked = Particulars(
        "Ville d'Argentan", " Collectivité  locale ", "732 829 320 00074", "610 780 090",
        "Place du Marché\n61200 Argentan", "accueil@example.org",
    )  # fmt: skip
    changed = await organisations.change(world.ws, world.steward, town.id, asked)
    assert (changed.name, changed.kind) == ("Ville d'Argentan", "Collectivité locale")
    assert (changed.siret, changed.finess) == (SIRET, FINESS)
    assert "\n61200" in changed.address and changed.contact == "accueil@example.org"
    assert (await organisations.look(world.ws, world.steward, town.id)).organisation == changed
    # What she has herself is no clash, and a name may change its case.
    again = Particulars("VILLE D'ARGENTAN", siret=SIRET, finess=FINESS)
    assert (await organisations.change(world.ws, world.steward, town.id, again)).kind == ""
    lines = [verb for verb, _ in await network_lines(world)]
    assert lines.count(NetworkVerb.ORGANISATION_CHANGED) == 2


@in_network
async def test_wrong_or_taken_particulars_change_nothing(world: World) -> None:
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    taken = Particulars("CH", siret=SIRET, finess=FINESS)
    await organisations.change(world.ws, world.steward, hospital.id, taken)
    before = await everything(world)
    for wrong, field, fault in (
        (Particulars("Mairie", siret="73282932000075"), "siret", "check_digit"),
        (Particulars("Mairie", siret="123"), "siret", "malformed"),
        (Particulars("Mairie", finess="610780091"), "finess", "check_digit"),
        (Particulars("Mairie", finess="2C0000020"), "finess", "malformed"),
        (Particulars("Mairie", kind="x" * 81), "kind", "too_long"),
        (Particulars("Mairie", address="x" * 501), "address", "too_long"),
        (Particulars("Mairie", contact="x" * 501), "contact", "too_long"),
    ):
        with pytest.raises(Invalid) as refusal:
            await organisations.change(world.ws, world.steward, town.id, wrong)
        assert (refusal.value.field, refusal.value.fault) == (field, fault)
    for clash, what in (
        (Particulars("ch"), "organisation"),
        (Particulars("Mairie", siret=SIRET), "siret"),
        (Particulars("Mairie", finess=FINESS), "finess"),
    ):
        with pytest.raises(AlreadySo) as already:
            await organisations.change(world.ws, world.steward, town.id, clash)
        assert already.value.what == what
    with pytest.raises(BadName):
        await organisations.change(world.ws, world.steward, town.id, Particulars(" "))
    assert await everything(world) == before


@in_network
async def test_only_stewards_change_end_and_merge_organisations(world: World) -> None:
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    reader, head = (
        await world.person("Awa", of="Mairie"),
        await representative(world, "Réf", "Mairie"),
    )
    guest = await world.person("Gil")
    before = await everything(world)
    looking = replace(world.steward, seeing=Subject(SubjectKind.ORGANISATION, town.id))
    for actor in (reader, head, guest, looking):
        assert not (await organisations.look(world.ws, actor, town.id)).may_manage
        for refused in (
            organisations.enter(world.ws, actor, town.id),
            organisations.change(world.ws, actor, town.id, Particulars("Autre")),
            organisations.end(world.ws, actor, town.id, world.today()),
            organisations.merge(world.ws, actor, town.id, hospital.id),
            organisations.merge(world.ws, actor, town.id, OrganisationId(999)),
        ):
            with pytest.raises(Forbidden):
                await refused
    for missing in (
        organisations.enter(world.ws, world.steward, OrganisationId(999)),
        organisations.change(world.ws, world.steward, OrganisationId(999), Particulars("A")),
        organisations.end(world.ws, world.steward, OrganisationId(999), world.today()),
        organisations.merge(world.ws, world.steward, OrganisationId(999), town.id),
    ):
        with pytest.raises(NotFound):
            await missing
    assert await everything(world) == before
    assert (await organisations.enter(world.ws, world.steward, town.id)).name == "Mairie"
    assert (await organisations.look(world.ws, world.steward, town.id)).may_manage


@in_network
async def test_who_leaves_keeps_access_through_the_last_day_and_none_after(world: World) -> None:
    await world.person("Awa", of="Mairie")
    await world.person("Béa", of="CH")
    await world.person("Cy", of=["Mairie", "CH"])
    town, hospital = await directory(world)
    shared, private = await world.folder("Partagé"), await world.folder("Privé")
    for organisation in (town, hospital):
        await world.grant(shared, organisation, Role.CONTRIBUTOR)
    await world.grant(private, town, until=world.today(plus=3))
    kept = await world.deposit(await world.actor("awa@example.org"), shared, "note.txt")
    last = world.today(plus=10)
    departure = await organisations.end(world.ws, world.steward, town.id, last)
    assert departure.organisation.ends_on == last and departure.orphaned == ()
    ends = await world.values(
        "SELECT until FROM grants WHERE subject_kind = 'organisation' AND subject_id = :id"
        " ORDER BY folder_id", id=town.id,
    )  # fmt: skip
    assert ends == [last.isoformat(), world.today(plus=3).isoformat()]
    untouched = await world.values(
        "SELECT COUNT(*) FROM grants WHERE subject_id = :id AND subject_kind = 'organisation'"
        " AND until IS NULL", id=hospital.id,
    )  # fmt: skip
    assert untouched == [1]
    world.clock.forward(days=10)
    assert await reads(world, "Awa", shared) and await reads(world, "Cy", shared)
    world.clock.forward(days=1)
    assert not await reads(world, "Awa", shared)
    assert await reads(world, "Béa", shared) and await reads(world, "Cy", shared)
    listing = await folders.look(world.ws, await world.actor("béa@example.org"), shared)
    assert [(one.id, one.author, one.organisation) for one in listing.documents] == [
        (kept.document_id, "Awa", "Mairie")
    ]


@in_network
async def test_a_departure_is_told_in_each_folder_and_in_the_network(world: World) -> None:
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    granted, soon = await world.folder("A"), await world.folder("B")
    strange, over = await world.folder("C"), await world.folder("D")
    await world.grant(granted, town)
    await world.grant(soon, town, until=world.today(plus=3))
    await world.grant(strange, hospital)
    await world.grant(over, town, until=world.today())
    world.clock.forward(days=1)
    steward = await world.actor(STEWARD)
    last = world.today(plus=10)
    await organisations.end(world.ws, steward, town.id, last)
    told = {
        folder: [
            (line.facts["subject"], line.facts["until"])
            for line in (await journal.of_folder(world.ws, steward, folder)).lines
            if line.verb is Verb.ORGANISATION_LEFT
        ]
        for folder in (granted, soon, strange, over)
    }
    assert told == {
        granted: [("Mairie", last.isoformat())],
        soon: [("Mairie", world.today(plus=2).isoformat())],
        strange: [],
        over: [],
    }
    verb, facts = (await network_lines(world))[-1]
    assert verb == NetworkVerb.ORGANISATION_LEFT and "Mairie" in str(facts)


@in_network
async def test_a_departure_tells_which_folders_nobody_coordinates_afterwards(
    world: World,
) -> None:
    await world.person("Awa", of="Mairie")
    await world.person("Béa", of="CH")
    town, _ = await directory(world)
    group = await world.group("Prévention", "awa@example.org")
    mixed = await world.group("Mobilité", "awa@example.org", "béa@example.org")
    by_town, by_group, by_mixed = [await world.folder(name) for name in ("A", "B", "C")]
    await world.folder("D")
    await world.grant(by_town, town, Role.COORDINATOR)
    await world.grant(by_group, group, Role.COORDINATOR)
    await world.grant(by_mixed, mixed, Role.COORDINATOR)
    await world.change(
        "DELETE FROM grants WHERE subject_kind = 'person' AND folder_id IN (:a, :b, :c)",
        a=by_town, b=by_group, c=by_mixed,
    )  # fmt: skip
    last = world.today(plus=5)
    departure = await organisations.end(world.ws, world.steward, town.id, last)
    assert set(departure.orphaned) == {by_town, by_group}


@in_network
async def test_a_departure_that_cannot_be_changes_nothing(world: World) -> None:
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    await world.grant(await world.folder("A"), town)
    await organisations.end(world.ws, world.steward, hospital.id, world.today())
    before = await everything(world)
    for day, fault in ((world.today(plus=-1), "past"), (date.max, "out_of_range")):
        with pytest.raises(Invalid) as refusal:
            await organisations.end(world.ws, world.steward, town.id, day)
        assert (refusal.value.field, refusal.value.fault) == ("day", fault)
    with pytest.raises(AlreadySo, match="last_day"):
        await organisations.end(world.ws, world.steward, hospital.id, world.today())
    world.clock.forward(days=1)
    steward = await world.actor(STEWARD)
    with pytest.raises(AlreadySo, match="left"):
        await organisations.end(world.ws, steward, hospital.id, world.today())
    assert await everything(world) == before


@in_network
async def test_another_last_day_never_gives_back_what_was_cut_short(world: World) -> None:
    town = await world.organisation("Mairie")
    await world.grant(await world.folder("A"), town)
    for plus, until in ((10, 10), (5, 5), (20, 5)):
        await organisations.end(world.ws, world.steward, town.id, world.today(plus=plus))
        sheet = await organisations.look(world.ws, world.steward, town.id)
        assert sheet.organisation.ends_on == world.today(plus=plus)
        ends = await world.values("SELECT until FROM grants WHERE subject_kind = 'organisation'")
        assert ends == [world.today(plus=until).isoformat()]


@in_network
async def test_a_merger_moves_people_with_their_seats_and_access(world: World) -> None:
    await world.person("Awa", of="Mairie")
    await world.person("Béa", of="CH")
    town, hospital = await directory(world)
    group = await world.group("Prévention", "awa@example.org")
    of_town, of_hospital, of_group = [await world.folder(name) for name in ("A", "B", "C")]
    await world.grant(of_town, town, Role.CONTRIBUTOR)
    await world.grant(of_hospital, hospital)
    await world.grant(of_group, group)
    note = await world.deposit(await world.actor("awa@example.org"), of_town, "note.txt")
    stays = await organisations.merge(world.ws, world.steward, town.id, hospital.id)
    assert stays.id == hospital.id
    assert list(await places(world, hospital)) == ["Awa", "Béa"]
    assert await places(world, town) == {}
    for name, folder in product(("Awa", "Béa"), (of_town, of_hospital)):
        assert await reads(world, name, folder)
    assert await reads(world, "Awa", of_group) and not await reads(world, "Béa", of_group)
    # What was written stays written as it was.
    document = (await folders.look(world.ws, world.steward, of_town)).documents[0]
    assert (document.id, document.organisation) == (note.document_id, "Mairie")
    sheet = await organisations.look(world.ws, world.steward, town.id)
    assert sheet.into is not None and sheet.into.id == hospital.id
    assert sheet.organisation.ends_on == world.today() and not sheet.is_present


@in_network
async def test_a_merger_is_told_in_each_folder_and_in_the_network(world: World) -> None:
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    moved, both, other = [await world.folder(name) for name in ("A", "B", "C")]
    await world.grant(moved, town)
    await world.grant(both, town)
    await world.grant(both, hospital, Role.CONTRIBUTOR)
    await world.grant(other, hospital)
    await organisations.merge(world.ws, world.steward, town.id, hospital.id)
    for folder, told in ((moved, 1), (both, 1), (other, 0)):
        lines = [
            line.facts
            for line in (await journal.of_folder(world.ws, world.steward, folder)).lines
            if line.verb is Verb.ORGANISATION_MERGED
        ]
        assert lines == [{"subject": "Mairie", "into": "CH"}] * told
    verb, _ = (await network_lines(world))[-1]
    assert verb == NetworkVerb.ORGANISATION_MERGED


@in_network
async def test_of_two_accesses_the_one_that_covers_the_other_stays(world: World) -> None:
    """Every pair of role and date, on a folder each; None where one of the two has no access."""
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    days = (world.today(plus=10), world.today(plus=20), None)
    kinds: list[tuple[Role, date | None] | None] = [None, *product(Role, days)]
    pairs = [pair for pair in product(kinds, kinds) if pair != (None, None)]
    made: dict[FolderId, tuple[tuple[Role, date | None] | None, ...]] = {}
    for number, pair in enumerate(pairs):
        folder = await world.folder(f"Dossier {number}")
        made[folder] = pair
        for organisation, given in zip((town, hospital), pair, strict=True):
            if given is not None:
                await world.grant(folder, organisation, given[0], until=given[1])
    await organisations.merge(world.ws, world.steward, town.id, hospital.id)
    rows = await world.ws.db.read(
        lambda tx: tx.rows(
            "SELECT folder_id, subject_id, role, until FROM grants"
            " WHERE subject_kind = 'organisation'"
        )
    )
    assert len(rows) == len(pairs) and {row[1] for row in rows} == {hospital.id}
    strength = {None: 0, days[0]: 1, days[1]: 2}
    for folder, _, role, until in rows:
        brought, own = made[folder]
        kept = (Role(role), None if until is None else date.fromisoformat(until))
        if own is None or brought is None:
            assert kept == (own or brought)
            continue
        more = list(Role).index(brought[0]) >= list(Role).index(own[0])
        longer = brought[1] is None or (
            own[1] is not None and strength[brought[1]] >= strength[own[1]]
        )
        assert kept == (brought if more and longer else own), (brought, own)


@in_network
async def test_an_access_that_has_ended_neither_stays_nor_stands_in_the_way(
    world: World,
) -> None:
    await world.person("Awa", of="Mairie")
    await world.person("Béa", of="CH")
    town, hospital = await directory(world)
    ended_there, ended_here = await world.folder("A"), await world.folder("B")
    await world.grant(ended_there, hospital, Role.COORDINATOR, until=world.today())
    await world.grant(ended_there, town)
    await world.grant(ended_here, town, Role.COORDINATOR, until=world.today())
    world.clock.forward(days=1)
    await organisations.merge(world.ws, await world.actor(STEWARD), town.id, hospital.id)
    bea = await world.actor("béa@example.org")
    assert [
        one.value for one in (await folders.look(world.ws, bea, ended_there)).folder.actions
    ] == ["read"]
    assert not await reads(world, "Béa", ended_here) and not await reads(world, "Awa", ended_here)


@in_network
async def test_who_is_in_both_keeps_one_place_that_covers_the_two(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH"])
    town, hospital = await directory(world)
    await world.change(
        "UPDATE memberships SET function = 'médecin', is_representative = 1,"
        " starts_on = '2020-01-01' WHERE organisation_id = :id", id=town.id,
    )  # fmt: skip
    await world.change(
        "UPDATE memberships SET function = '', starts_on = '2024-01-01', ends_on = '2030-12-31'"
        " WHERE organisation_id = :id", id=hospital.id,
    )  # fmt: skip
    group = await world.group("Prévention", "awa@example.org=CH", "awa@example.org=Mairie")
    both = [one.membership_id for one in group.members]
    await groups.appoint(world.ws, world.steward, group.id, both[0], coordinates=True)
    only = await world.group("Mobilité", "awa@example.org=Mairie")
    await organisations.merge(world.ws, world.steward, town.id, hospital.id)
    assert await places(world, hospital) == {"Awa": ("médecin", 0, "2020-01-01", None)}
    assert await places(world, town) == {}
    for each, coordinates in ((group, True), (only, False)):
        (seat,) = (await groups.look(world.ws, awa, each.id)).group.members
        assert (seat.organisation, seat.is_coordinator) == ("CH", coordinates)


@in_network
async def test_a_place_that_had_ended_brings_back_neither_its_seats_nor_its_office(
    world: World,
) -> None:
    for name, ended in (("Awa", "Mairie"), ("Béa", "CH")):
        await world.person(name, of=["Mairie", "CH"])
        await world.group(f"Groupe {name}", f"{name.lower()}@example.org={ended}")
        await world.change(
            "UPDATE memberships SET is_representative = 1, ends_on = :day WHERE person_id ="
            " (SELECT id FROM people WHERE name = :name) AND organisation_id ="
            " (SELECT id FROM organisations WHERE name = :ended)",
            day=world.today(plus=-1).isoformat(), name=name, ended=ended,
        )  # fmt: skip
    town, hospital = await directory(world)
    await organisations.merge(world.ws, world.steward, town.id, hospital.id)
    assert [place[1] for place in (await places(world, hospital)).values()] == [0, 0]
    assert [one.members for one in await groups.listed(world.ws, world.steward)] == [(), ()]


@in_network
async def test_who_acted_as_the_merged_one_acts_for_all_of_hers(world: World) -> None:
    await world.person("Awa", of=["Mairie", "Cabinet"])
    await world.organisation("CH")
    town, hospital = await directory(world)
    folder = await world.folder("A")
    await world.grant(folder, town)
    person = (await people.directory(world.ws, world.steward))[1]
    awa = next(one for one in person if one.name == "Awa")
    link = await people.issue_link(world.ws, world.steward, awa.id)
    token = (await people.use_link(world.ws, link, "une phrase assez longue")).token
    actor = (await people.session(world.ws, token)).actor
    await people.act_as(world.ws, actor, token, town.id)
    assert (await people.session(world.ws, token)).actor.acting_as == town.id
    await organisations.merge(world.ws, world.steward, town.id, hospital.id)
    after = (await people.session(world.ws, token)).actor
    assert after.acting_as is None
    assert (await folders.look(world.ws, after, folder)).folder.hat == hospital.id


@in_network
async def test_a_merger_that_cannot_be_changes_nothing(world: World) -> None:
    town, hospital = await world.organisation("Mairie"), await world.organisation("CH")
    gone, merged = await world.organisation("Partie"), await world.organisation("Fusionnée")
    await world.grant(await world.folder("A"), town)
    await organisations.end(world.ws, world.steward, gone.id, world.today())
    world.clock.forward(days=1)
    steward = await world.actor(STEWARD)
    await organisations.merge(world.ws, steward, merged.id, hospital.id)
    before = await everything(world)
    refusals: list[tuple[OrganisationId, OrganisationId, AtelierError]] = [
        (town.id, town.id, Invalid("into", "itself")),
        (town.id, OrganisationId(999), Invalid("into", "unknown")),
        (town.id, gone.id, Invalid("into", "unknown")),
        (town.id, merged.id, Invalid("into", "unknown")),
        (gone.id, town.id, AlreadySo("left")),
        (merged.id, town.id, AlreadySo("left")),
    ]
    for one, into, error in refusals:
        with pytest.raises(type(error)) as refusal:
            await organisations.merge(world.ws, steward, one, into)
        expected = {name: value for name, value in error.facts().items() if name != "value"}
        assert expected.items() <= refusal.value.facts().items()
    with pytest.raises(AlreadySo):
        await organisations.end(world.ws, steward, merged.id, world.today())
    assert await everything(world) == before
