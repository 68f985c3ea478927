"""Orphaned folders: stewards see that they are there, and take them over in the open."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TypeVar

import pytest

from atelier.database.engine import Transaction, Unit
from atelier.database.journal import lines as lines_of
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, PersonId
from atelier.model.journal import Verb
from atelier.model.people import Actor, Membership
from atelier.model.requests import About
from atelier.workspace import (
    folders,
    groups,
    journal,
    memberships,
    organisations,
    orphans,
    people,
    requests,
    sharing,
    trash,
    upkeep,
)
from atelier.workspace.place import Records
from tests.builders import World, in_network, subject

T = TypeVar("T")

NOWHERE = FolderId(10**15)


async def maker(world: World, name: str = "Zoé") -> Actor:
    """Someone, no steward, who makes top-level folders."""
    await world.person(name)
    await world.change("UPDATE people SET may_open_top = 1 WHERE name = :name", name=name)
    return await world.actor(f"{name.lower()}@example.org")


async def steward(world: World, name: str) -> Actor:
    """A further steward."""
    await world.person(name)
    await world.change("UPDATE people SET is_steward = 1 WHERE name = :name", name=name)
    return await world.actor(f"{name.lower()}@example.org")


@in_network
async def test_stewards_see_the_heads_of_orphaned_folders_and_nothing_they_hold(
    world: World,
) -> None:
    zoe, awa = await maker(world), await world.person("Awa")
    head = await world.folder("Réunions", by=zoe)
    below = await world.folder("Réunions/2026", by=zoe)
    apart = await world.folder("Réunions/Fermé", by=zoe, closed=True)
    await world.folder("Le mien")
    for number, folder in enumerate((head, below, below, apart)):
        await world.deposit(zoe, folder, f"{number}.txt")
    gone = (await world.deposit(zoe, below, "ôté.txt")).document_id
    await world.change("UPDATE documents SET removed_at = 1 WHERE id = :id", id=gone)
    await world.grant(head, awa, by=zoe)
    assert (await orphans.look(world.ws, world.steward)).total == 0
    assert (await orphans.waiting(world.ws, world.steward)).orphaned == 0
    await world.disable(zoe.person_id)
    found = await orphans.look(world.ws, world.steward)
    assert [(one.id, one.name, one.made_by, one.documents) for one in found.heads] == [
        (head, "Réunions", "Zoé", 3), (apart, "Fermé", "Zoé", 1)
    ]  # fmt: skip
    assert found.heads[0].made_at == world.clock() and found.total == 2
    assert (await orphans.waiting(world.ws, world.steward)).orphaned == 2
    assert (await orphans.waiting(world.ws, awa)).orphaned == 0
    looking = dataclasses.replace(world.steward, seeing=subject(awa))
    for nobody in (awa, dataclasses.replace(awa, is_steward=True), looking):
        with pytest.raises(Forbidden):
            await orphans.look(world.ws, nobody)
    assert (await orphans.waiting(world.ws, looking)).orphaned == 0
    with pytest.raises(NotFound):
        await folders.look(world.ws, world.steward, head)


@in_network
async def test_a_long_list_shows_its_beginning_and_its_number(world: World) -> None:
    zoe = await maker(world)
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        " INSERT INTO folders (name, created_by, created_at, changed_at)"
        " SELECT 'Dossier ' || i, :by, 0, 0 FROM n",
        count=orphans.SHOWN + 3, by=zoe.person_id,
    )  # fmt: skip
    await world.change("INSERT INTO reach SELECT id, id FROM folders")
    found = await orphans.look(world.ws, world.steward)
    assert (len(found.heads), found.total) == (orphans.SHOWN, orphans.SHOWN + 3)


@in_network
async def test_taking_over_gives_lasting_coordination_of_any_folder_and_says_so(
    world: World,
) -> None:
    zoe = await maker(world)
    folder = await world.folder("Réunions", by=zoe)
    await world.deposit(zoe, folder, "note.txt")
    with pytest.raises(NotFound):
        await folders.look(world.ws, world.steward, folder)
    await orphans.take_over(world.ws, world.steward, folder, "  Zoé est partie.\n")
    entered, _ = await folders.enter(world.ws, world.steward, folder, Action.SHARE)
    assert entered.shares_until is None
    grants = (await sharing.look(world.ws, zoe, folder)).grants
    assert [(one.subject.name, one.role, one.until) for one in grants] == [
        ("Zoé", Role.COORDINATOR, None), ("marie", Role.COORDINATOR, None)
    ]  # fmt: skip
    line = (await journal.of_folder(world.ws, zoe, folder)).lines[0]
    assert (line.verb, line.person, line.facts) == (
        Verb.TAKEN_OVER, "marie", {"reason": "Zoé est partie."}
    )  # fmt: skip
    with pytest.raises(AlreadySo):
        await orphans.take_over(world.ws, world.steward, folder, "Encore")


@in_network
async def test_an_access_for_a_time_or_a_lesser_one_becomes_coordination_without_end(
    world: World,
) -> None:
    zoe = await maker(world)
    read, dated = await world.folder("Lu", by=zoe), await world.folder("Daté", by=zoe)
    await world.grant(read, world.steward, by=zoe)
    await world.grant(dated, world.steward, Role.COORDINATOR, until=world.today(plus=3), by=zoe)
    await world.disable(zoe.person_id)
    assert (await orphans.look(world.ws, world.steward)).total == 2
    for folder in (read, dated):
        await orphans.take_over(world.ws, world.steward, folder, "Départ")
    assert (await orphans.look(world.ws, world.steward)).total == 0


@in_network
async def test_only_a_steward_takes_over_with_a_reason_what_is_there(world: World) -> None:
    zoe, awa = await maker(world), await world.person("Awa")
    folder, removed = await world.folder("Réunions", by=zoe), await world.folder("Ôté", by=zoe)
    await world.grant(folder, awa, by=zoe)
    await world.change("DELETE FROM reach WHERE folder_id = :id", id=removed)  # in the trash

    for actor in (zoe, awa, dataclasses.replace(awa, is_steward=True)):
        # Whatever the number and the reason: nothing is told of what she may not read.
        for number in (folder, removed, NOWHERE):
            with pytest.raises(Forbidden, match="manage"):
                await orphans.take_over(world.ws, actor, number, "")
    for number in (removed, NOWHERE):
        with pytest.raises(NotFound):
            await orphans.take_over(world.ws, world.steward, number, "Départ")
    for reason in ("", "  \n", "x" * 501):
        with pytest.raises(Invalid) as refusal:
            await orphans.take_over(world.ws, world.steward, folder, reason)
        assert refusal.value.field == "reason"
    with pytest.raises(NotFound):
        await folders.look(world.ws, world.steward, folder)
    await orphans.take_over(world.ws, world.steward, folder, "x" * 500)


@in_network
async def test_twelve_at_once_leave_one_line_each(world: World) -> None:
    zoe = await maker(world)
    folder = await world.folder("Réunions", by=zoe)
    stewards = [await steward(world, f"Sam{number}") for number in range(6)]
    tries = [one for one in stewards for _ in range(12)]
    answers = await asyncio.gather(
        *(orphans.take_over(world.ws, one, folder, "Ensemble") for one in tries),
        return_exceptions=True,
    )
    assert answers.count(None) == len(stewards)
    assert sum(isinstance(answer, AlreadySo) for answer in answers) == 11 * len(stewards)
    lines = (await journal.of_folder(world.ws, zoe, folder)).lines
    assert sorted(line.person for line in lines if line.verb is Verb.TAKEN_OVER) == sorted(
        one.name for one in stewards
    )


@in_network
async def test_every_coordinator_of_the_folder_is_told_for_thirty_days_and_nobody_else(
    world: World,
) -> None:
    zoe, bea, awa = await maker(world), await world.person("Béa"), await world.person("Awa")
    folder, other = await world.folder("Réunions", by=zoe), await world.folder("Autre", by=zoe)
    await world.grant(folder, bea, Role.COORDINATOR, by=zoe)
    await world.grant(folder, awa, Role.CONTRIBUTOR, by=zoe)
    await orphans.take_over(world.ws, world.steward, folder, "Départ annoncé")
    for told in (zoe, bea):
        (one,) = (await orphans.waiting(world.ws, told)).told
        assert (one.folder_id, one.folder, one.person, one.said) == (
            folder, "Réunions", "marie", "Départ annoncé"
        )  # fmt: skip
    for other_one in (awa, world.steward, dataclasses.replace(zoe, seeing=subject(bea))):
        assert (await orphans.waiting(world.ws, other_one)).told == ()
    world.clock.forward(days=1)
    await orphans.take_over(world.ws, world.steward, other, "Aussi")
    taken = (await orphans.waiting(world.ws, zoe)).told
    assert [one.folder for one in taken] == ["Autre", "Réunions"]
    world.clock.forward(days=29, seconds=1)
    assert [one.folder for one in (await orphans.waiting(world.ws, zoe)).told] == ["Autre"]


async def told(world: World, *persons: Actor) -> list[list[str]]:
    """The folders that each of them is told of, newest first; "↑" before one above it."""
    found = []
    for person in persons:
        notices = (await orphans.waiting(world.ws, person)).told
        found.append([f"{'↑' * one.is_above}{one.folder}" for one in notices])
    return found


async def joinings(world: World, folder: FolderId) -> list[dict[str, str]]:
    """What the folder's journal says of stewards who gave themselves an access."""
    lines = await world.ws.db.read(lambda tx: lines_of(tx, folder, before=2**62, limit=100))
    return [line.facts for line in lines if line.verb is Verb.STEWARD_JOINED]


async def place_of(world: World, actor: Actor, organisation: str) -> tuple[PersonId, Membership]:
    """Someone, and her place in an organisation."""
    person = (await people.look(world.ws, world.steward, actor.person_id)).person
    (place,) = [one for one in person.memberships if one.organisation.name == organisation]
    return person.id, place


@in_network
async def test_a_take_over_is_told_though_the_coordinator_is_then_withdrawn(world: World) -> None:
    zoe, awa = await maker(world), await world.person("Awa")
    folder = await world.folder("Réunions", by=zoe)
    await world.grant(folder, awa, by=zoe)
    await orphans.take_over(world.ws, world.steward, folder, "Départ")
    (hers,) = [
        one.id for one in (await sharing.look(world.ws, zoe, folder)).grants
        if one.subject.name == "Zoé"
    ]  # fmt: skip
    (one,) = (await orphans.waiting(world.ws, zoe)).told
    assert one.has_journal
    await sharing.withdraw(world.ws, world.steward, folder, hers)
    await folders.rename(world.ws, world.steward, folder, "Autrement")
    with pytest.raises(NotFound):
        await folders.look(world.ws, zoe, folder)
    (one,) = (await orphans.waiting(world.ws, zoe)).told
    assert (one.folder, one.person, one.said, one.has_journal) == (
        "Réunions", "marie", "Départ", False
    )  # fmt: skip
    assert await told(world, awa, world.steward) == [[], []]


@in_network
async def test_a_take_over_is_told_above_though_the_folder_is_then_closed(world: World) -> None:
    zoe, bea, awa = await maker(world), await world.person("Béa"), await world.person("Awa")
    top = await world.folder("Santé", by=zoe)
    folder = await world.folder("Santé/Réunions", by=zoe)
    await world.grant(folder, bea, Role.COORDINATOR, by=zoe)
    await world.grant(top, awa, Role.CONTRIBUTOR, by=zoe)
    await orphans.take_over(world.ws, world.steward, folder, "Départ")
    await folders.close(world.ws, world.steward, folder)
    with pytest.raises(NotFound):
        await folders.look(world.ws, zoe, folder)
    assert await told(world, zoe, bea, awa, world.steward) == [["Réunions"], ["Réunions"], [], []]


@in_network
async def test_a_take_over_is_told_below_as_far_as_it_is_inherited(world: World) -> None:
    zoe = await maker(world)
    top = await world.folder("Santé", by=zoe)
    below = await world.folder("Santé/Réunions", by=zoe)
    lowest = await world.folder("Santé/Réunions/2026", by=zoe)
    closed = await world.folder("Santé/Fermé", by=zoe, closed=True)
    reads, hidden, apart, lesser = [
        await world.person(name) for name in ("Lit", "Ignore", "Ailleurs", "Contribue")
    ]
    await world.grant(top, reads, by=zoe)
    for folder, person in ((below, reads), (below, hidden), (lowest, hidden), (closed, apart)):
        await world.grant(folder, person, Role.COORDINATOR, by=zoe)
    await world.grant(below, lesser, Role.CONTRIBUTOR, by=zoe)
    await orphans.take_over(world.ws, world.steward, top, "Départ")
    assert await told(world, reads, hidden, apart, lesser) == [["Santé"], ["↑Réunions"], [], []]


@in_network
async def test_all_who_coordinate_that_day_are_told_through_whatever_they_do(world: World) -> None:
    zoe = await maker(world)
    folder = await world.folder("Réunions", by=zoe)
    place, seat, past, gone = [
        await world.person(name, of=of)
        for name, of in (("Place", "CH"), ("Siège", "Mairie"), ("Hier", "CH"), ("Parti", "CCAS"))
    ]
    home = next(one for one in (await people.directory(world.ws, zoe))[0] if one.name == "CH")
    await world.grant(folder, home, Role.COORDINATOR, by=zoe)
    group = await world.group("Groupe", "siège@example.org")
    await world.grant(folder, group, Role.COORDINATOR, by=zoe)
    await world.grant(folder, gone, Role.COORDINATOR, by=zoe)
    ended = await world.person("Daté")
    await world.grant(folder, ended, Role.COORDINATOR, until=world.today(plus=1), by=zoe)
    await world.disable(gone.person_id)
    await world.end_membership(past.person_id, on=world.today(plus=1))
    world.clock.forward(days=2)
    sam = await steward(world, "Sam")
    await orphans.take_over(world.ws, sam, folder, "Départ")
    everyone = [await told(world, one) for one in (zoe, place, seat, past, gone, ended, sam)]
    assert everyone == [[["Réunions"]]] * 3 + [[[]]] * 4


@in_network
async def test_a_whole_network_that_coordinates_is_told_in_as_many_statements(
    world: World,
) -> None:
    zoe = await maker(world)
    alone, everybody = await world.folder("Une", by=zoe), await world.folder("Toutes", by=zoe)
    await world.grant(everybody, None, Role.COORDINATOR, by=zoe)
    persons = [await world.person(f"Personne {number}") for number in range(20)]
    sam = await steward(world, "Sam")
    counts = []
    for folder in (alone, everybody):
        counted = Counted(world.ws.db)
        ws = dataclasses.replace(world.ws, db=counted)
        # Sam takes over what she does not coordinate for good.
        await world.change("UPDATE grants SET until = '2999-01-01' WHERE subject_kind = 'network'")
        await orphans.take_over(ws, sam, folder, "Départ")
        counts.append(counted.statements)
    assert counts[0] == counts[1] > 0
    assert await told(world, zoe, persons[0], persons[19], sam) == [
        ["Toutes", "Une"], ["Toutes"], ["Toutes"], []
    ]  # fmt: skip


@in_network
async def test_a_steward_who_gives_herself_a_place_is_seen_where_it_opens_folders(
    world: World,
) -> None:
    zoe, awa = await maker(world), await world.person("Awa")
    home, other = await world.organisation("CH"), await world.organisation("Mairie")
    given, below = await world.folder("Lu", by=zoe), await world.folder("Lu/Dedans", by=zoe)
    too, elsewhere = await world.folder("Lu aussi", by=zoe), await world.folder("Autre", by=zoe)
    inside, outside, reader = [await world.person(name) for name in ("Béa", "Cléo", "Dan")]
    await world.grant(given, home, by=zoe)
    await world.grant(too, home, until=world.today(), by=zoe)
    await world.grant(elsewhere, other, by=zoe)
    await world.grant(below, inside, Role.COORDINATOR, by=zoe)
    await world.grant(elsewhere, outside, Role.COORDINATOR, by=zoe)
    await world.grant(given, reader, by=zoe)

    await memberships.add(world.ws, world.steward, awa.person_id, home.id, memberships.Terms())
    await memberships.add(
        world.ws, world.steward, zoe.person_id, home.id, memberships.Terms(is_representative=True)
    )
    representative = await world.actor("zoé@example.org")
    await memberships.add(
        world.ws, representative, reader.person_id, home.id, memberships.Terms()
    )  # fmt: skip
    everyone = (zoe, inside, outside, reader, awa, world.steward)
    assert await told(world, *everyone) == [[]] * 6 and await joinings(world, given) == []

    await people.bring_in(
        world.ws, world.steward, "marie@example.org", name="marie", organisation="CH"
    )
    marie = await world.actor("marie@example.org")
    await folders.look(world.ws, marie, given)
    (one,) = (await orphans.waiting(world.ws, zoe)).told
    assert (one.verb, one.folder, one.others, one.person, one.said) == (
        Verb.STEWARD_JOINED, "Lu", 1, "marie", "CH"
    )  # fmt: skip
    assert await told(world, *everyone) == [["Lu"], ["↑Dedans"], [], [], [], []]
    assert await joinings(world, given) == await joinings(world, too) == [{"subject": "CH"}]
    assert await joinings(world, below) == await joinings(world, elsewhere) == []


@in_network
async def test_a_place_that_a_steward_writes_for_more_days_is_told_and_no_other_change(
    world: World,
) -> None:
    zoe, home = await maker(world), await world.organisation("CH")
    await world.grant(await world.folder("Lu", by=zoe), home, by=zoe)
    sam, terms = await steward(world, "Sam"), memberships.Terms
    await memberships.add(world.ws, world.steward, sam.person_id, home.id, terms())
    number, place = await place_of(world, sam, "CH")
    days = [world.today(plus=plus) for plus in range(20)]
    told_of = 0
    for written, is_more in (
        (terms("Directrice"), False),
        (terms(ends_on=days[10]), False),
        (terms(ends_on=days[9]), False),
        (terms(ends_on=days[11]), True),
        (terms(starts_on=days[2], ends_on=days[11]), False),
        (terms(starts_on=days[1], ends_on=days[9]), True),
        (terms(ends_on=days[9]), True),
        (terms(), True),
    ):
        await memberships.change(world.ws, sam, number, place.id, written)
        told_of += is_more
        assert len(await joinings(world, FolderId(1))) == told_of, written
    await memberships.end(world.ws, sam, number, place.id, days[0])
    world.clock.forward(days=3)
    sam = await world.actor("sam@example.org")
    assert len(await joinings(world, FolderId(1))) == told_of
    await memberships.add(world.ws, sam, number, home.id, terms())
    assert len(await joinings(world, FolderId(1))) == told_of + 1
    assert await told(world, zoe) == [["Lu"]]


@in_network
async def test_a_steward_who_seats_herself_is_seen_where_the_group_has_access(
    world: World,
) -> None:
    zoe, awa = await maker(world), await world.person("Awa", of=["CH", "Mairie"])
    await world.person("marie", of="Mairie")
    marie = await world.actor("marie@example.org")
    group = await world.group("Parcours")
    folder, other = await world.folder("Lu", by=zoe), await world.folder("Autre", by=zoe)
    await world.grant(folder, group, by=zoe)
    await groups.seat(world.ws, marie, group.id, "awa@example.org=CH")
    (seated,) = (await groups.look(world.ws, awa, group.id)).group.members
    await groups.appoint(world.ws, marie, group.id, seated.membership_id, coordinates=True)
    await groups.seat(world.ws, awa, group.id, "awa@example.org=Mairie")
    assert await told(world, zoe, awa) == [[], []] and await joinings(world, folder) == []
    await groups.seat(world.ws, marie, group.id, "marie@example.org")
    await folders.look(world.ws, marie, folder)
    (one,) = (await orphans.waiting(world.ws, zoe)).told
    assert (one.verb, one.folder, one.others, one.said) == (
        Verb.STEWARD_JOINED, "Lu", 0, "Parcours"
    )  # fmt: skip
    assert await told(world, awa, marie) == [[], []]
    assert await joinings(world, folder) == [{"subject": "Parcours"}]
    assert await joinings(world, other) == []


@in_network
async def test_repeating_an_act_does_not_push_another_off_the_page(world: World) -> None:
    zoe = await maker(world)
    await world.person("marie", of="Mairie")
    marie = await world.actor("marie@example.org")
    group = await world.group("Parcours")
    first, taken = await world.folder("Lu", by=zoe), await world.folder("Pris", by=zoe)
    await world.grant(first, group, by=zoe)
    await orphans.take_over(world.ws, marie, taken, "Départ")
    for _ in range(25):
        await groups.seat(world.ws, marie, group.id, "marie@example.org")
        ((seat),) = (await groups.look(world.ws, zoe, group.id)).group.members
        await groups.unseat(world.ws, marie, group.id, seat.membership_id)
    assert await told(world, zoe) == [["Lu", "Pris"]]
    assert len(await joinings(world, first)) == 25


@pytest.mark.parametrize("hers", ["CH", "Mairie", "CH Mairie", ""])
@in_network
async def test_a_merger_is_told_where_it_gives_a_steward_what_she_had_not(
    world: World, hers: str
) -> None:
    zoe, dan = await maker(world), await maker(world, "Dan")
    homes = {name: await world.organisation(name) for name in ("CH", "Mairie")}
    await world.grant(await world.folder("Au CH", by=zoe), homes["CH"], by=zoe)
    await world.grant(await world.folder("À la Mairie", by=dan), homes["Mairie"], by=dan)
    sam = await steward(world, "Sam")
    for name in hers.split():
        await memberships.add(
            world.ws, world.steward, sam.person_id, homes[name].id, memberships.Terms()
        )
    await organisations.merge(world.ws, sam, homes["CH"].id, homes["Mairie"].id)
    assert await told(world, zoe, dan, sam) == {
        "CH": [[], ["À la Mairie"], []],
        "Mairie": [["Au CH"], [], []],
    }.get(hers, [[], [], []])


@in_network
async def test_a_notice_outlives_its_folder_but_not_its_month(world: World) -> None:
    zoe = await maker(world)
    folder = await world.folder("Réunions", by=zoe)
    await orphans.take_over(world.ws, world.steward, folder, "Départ")
    await trash.remove_folder(world.ws, world.steward, folder)
    await trash.purge_folder(world.ws, world.steward, None, folder)
    assert await world.values("SELECT id FROM folders") == []
    world.clock.forward(days=30)
    await upkeep.forget_expired(world.ws)
    assert await told(world, zoe) == [["Réunions"]]
    world.clock.forward(seconds=1)
    assert await told(world, zoe) == [[]]
    assert len(await world.values("SELECT id FROM notices")) == 1
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT id FROM notices") == []


@in_network
async def test_home_notices_take_as_many_statements_however_much_waits(world: World) -> None:
    zoe, awa = await maker(world), await world.person("Awa")

    async def asked(actor: Actor) -> int:
        counted = Counted(world.ws.db)
        ws = dataclasses.replace(world.ws, db=counted)
        await orphans.waiting(ws, actor)
        await requests.waiting(ws, actor)
        return counted.statements

    few = {actor.person_id: await asked(actor) for actor in (zoe, awa, world.steward)}
    for number in range(5):
        folder = await world.folder(f"Dossier {number}", by=zoe)
        await world.grant(folder, awa, by=zoe)
        await world.deposit(zoe, folder, "note.txt")
        await requests.ask(world.ws, awa, About.FOLDER, folder, role=Role.CONTRIBUTOR)
        await orphans.take_over(world.ws, world.steward, folder, "Départ")
    assert len((await orphans.waiting(world.ws, zoe)).told) == 5
    assert await requests.waiting(world.ws, zoe) == 5
    for actor in (zoe, awa, world.steward):
        assert await asked(actor) == few[actor.person_id]


class Counted:
    """Records that count the statements that are run."""

    def __init__(self, db: Records) -> None:
        self._db, self.statements = db, 0

    async def read(self, unit: Unit[T]) -> T:
        """As `Records.read`."""

        async def counted(tx: Transaction) -> T:
            found = await unit(tx)
            self.statements += tx.statements
            return found

        return await self._db.read(counted)

    async def write(self, unit: Unit[T]) -> T:
        """As `Records.write`."""

        async def counted(tx: Transaction) -> T:
            before = tx.statements
            done = await unit(tx)
            self.statements += tx.statements - before
            return done

        return await self._db.write(counted)
