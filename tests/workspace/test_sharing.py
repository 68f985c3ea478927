"""Sharing: giving and withdrawing access, and who sees whom."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from atelier import access
from atelier.errors import Forbidden, Invalid, LastCoordinator, NotFound
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId
from atelier.model.people import Actor
from atelier.workspace import folders, journal, sharing
from tests.builders import World, in_network, subject
from tests.mailed import mailed

NOWHERE = FolderId(10**15)


@in_network
async def test_a_grant_to_each_kind_of_subject_opens_the_folder_and_its_end_shuts_it(
    world: World,
) -> None:
    awa = await world.person("Awa", of="Mairie")
    group = await world.group("Prévention", "awa@example.org")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "mairie"
    )
    folder = await world.folder("Réunions")
    for kind in (subject(awa), mairie, subject(group), subject(None)):
        with pytest.raises(NotFound):
            await folders.look(world.ws, awa, folder)
        number = await sharing.grant(world.ws, world.steward, folder, kind, Role.READER)
        await folders.look(world.ws, awa, folder)
        await sharing.withdraw(world.ws, world.steward, folder, number)
    with pytest.raises(NotFound):
        await folders.look(world.ws, awa, folder)


@in_network
async def test_until_means_the_end_of_that_day_in_the_time_zone(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, until=world.today(plus=1))
    world.clock.now = world.clock.now.replace(day=13, hour=22, minute=59)
    await folders.look(world.ws, await world.actor("awa@example.org"), folder)
    world.clock.forward(minutes=1)
    with pytest.raises(NotFound):
        await folders.look(world.ws, await world.actor("awa@example.org"), folder)
    with pytest.raises(Invalid) as refusal:
        await world.grant(
            folder, awa, until=world.today(plus=-1), by=await world.actor("marie@example.org")
        )
    assert refusal.value.field == "until"


@in_network
async def test_granting_again_changes_the_one_grant(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    first = await world.grant(folder, awa, Role.CONTRIBUTOR, until=world.today())
    assert await world.grant(folder, awa, Role.READER) == first
    grants = (await sharing.look(world.ws, world.steward, folder)).grants
    assert [(one.subject.name, one.role, one.until) for one in grants] == [
        ("marie", Role.COORDINATOR, None), ("Awa", Role.READER, None)
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        await world.deposit(awa, folder, "note.txt")


@in_network
async def test_only_a_coordinator_shares_and_a_stranger_learns_nothing(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    number = await world.grant(folder, awa, Role.CONTRIBUTOR)
    for actor, refusal in ((awa, Forbidden), (bea, NotFound)):
        with pytest.raises(refusal):
            await world.grant(folder, bea, by=actor)
        with pytest.raises(refusal):
            await sharing.withdraw(world.ws, actor, folder, number)
    with pytest.raises(NotFound):
        await sharing.look(world.ws, bea, folder)
    await world.grant(folder, awa, Role.COORDINATOR)
    await world.grant(folder, bea, by=awa)


@in_network
async def test_nobody_gives_more_than_she_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    row = access.ROLES[Role.CONTRIBUTOR]
    sharing_too = dataclasses.replace(row, actions=row.actions | {Action.SHARE})
    monkeypatch.setitem(access.ROLES, Role.CONTRIBUTOR, sharing_too)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        await world.grant(folder, bea, Role.COORDINATOR, by=awa)
    with pytest.raises(NotFound):
        await folders.look(world.ws, bea, folder)
    await world.grant(folder, bea, Role.CONTRIBUTOR, by=awa)


@in_network
async def test_unknown_ended_and_disabled_subjects_are_refused(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.change("UPDATE organisations SET ends_on = '2026-03-11'")
    await world.disable(awa.person_id)
    for kind, number in (
        (SubjectKind.PERSON, awa.person_id),
        (SubjectKind.PERSON, 99),
        (SubjectKind.ORGANISATION, 1),
        (SubjectKind.ORGANISATION, 99),
        (SubjectKind.GROUP, 99),
        (SubjectKind.NETWORK, 1),
    ):
        with pytest.raises(Invalid) as refusal:
            await sharing.grant(world.ws, world.steward, folder, Subject(kind, number), Role.READER)
        assert refusal.value.field == "subject"
    assert len((await sharing.look(world.ws, world.steward, folder)).grants) == 1


@in_network
async def test_the_last_coordinator_is_neither_withdrawn_nor_lessened_nor_dated(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    awa = await world.person("Awa", of="Mairie")
    (only,) = (await sharing.look(world.ws, world.steward, folder)).grants
    with pytest.raises(LastCoordinator):
        await sharing.withdraw(world.ws, world.steward, folder, only.id)
    with pytest.raises(LastCoordinator):
        await world.grant(folder, world.steward, Role.READER)
    with pytest.raises(LastCoordinator):
        await world.grant(folder, world.steward, Role.COORDINATOR, until=world.today(plus=300))
    assert (await sharing.look(world.ws, world.steward, folder)).grants == (only,)

    # Another whose coordination ends does not do; one without end does, in any way.
    await world.grant(folder, awa, Role.COORDINATOR, until=world.today(plus=300))
    with pytest.raises(LastCoordinator):
        await sharing.withdraw(world.ws, world.steward, folder, only.id)
    mairie = await sharing.subject_named(world.ws, awa, SubjectKind.ORGANISATION, "Mairie")
    await sharing.grant(world.ws, world.steward, folder, mairie, Role.COORDINATOR)
    await sharing.withdraw(world.ws, world.steward, folder, only.id)


@in_network
async def test_an_organisation_or_group_without_active_people_coordinates_nothing(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    awa = await world.person("Awa", of="Mairie")
    group = await world.group("Prévention", "awa@example.org")
    empty = await world.organisation("ARS")
    (only,) = (await sharing.look(world.ws, world.steward, folder)).grants
    await world.grant(folder, empty, Role.COORDINATOR)
    with pytest.raises(LastCoordinator):
        await sharing.withdraw(world.ws, world.steward, folder, only.id)
    await world.grant(folder, group, Role.COORDINATOR)
    await world.disable(awa.person_id)
    with pytest.raises(LastCoordinator):
        await sharing.withdraw(world.ws, world.steward, folder, only.id)
    await world.grant(folder, None, Role.COORDINATOR)
    await sharing.withdraw(world.ws, world.steward, folder, only.id)


@in_network
async def test_only_a_grant_of_this_very_folder_is_withdrawn_from_it(world: World) -> None:
    awa = await world.person("Awa")
    top = await world.folder("A")
    below = await world.folder("A/B")
    inherited = await world.grant(top, awa)
    for number in (inherited, GrantId(99)):
        with pytest.raises(NotFound):
            await sharing.withdraw(world.ws, world.steward, below, number)
    with pytest.raises(NotFound):
        await sharing.withdraw(world.ws, world.steward, NOWHERE, inherited)
    await folders.look(world.ws, awa, below)
    await sharing.withdraw(world.ws, world.steward, top, inherited)
    with pytest.raises(NotFound):
        await folders.look(world.ws, awa, below)


@in_network
async def test_grants_of_folders_above_bear_their_name_only_for_who_may_read_them(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    mairie = await world.organisation("Mairie")
    top = await world.folder("Direction")
    below = await world.folder("Direction/Équipe")
    await world.grant(top, bea)
    await world.grant(below, awa)

    async def names(actor: object) -> list[tuple[str, str]]:
        found = await sharing.look(world.ws, actor, below)  # type: ignore[arg-type]
        return [(one.folder, one.subject.name) for one in found.grants]

    # Of people named one by one a reader sees herself and who coordinates.
    assert await names(awa) == [("Équipe", "Awa"), ("", "marie")]
    await world.grant(top, mairie)
    assert await names(awa) == [("Équipe", "Awa"), ("", "marie"), ("", "Mairie")]
    assert await names(world.steward) == [
        ("Équipe", "Awa"), ("Direction", "marie"), ("Direction", "Béa"), ("Direction", "Mairie")
    ]  # fmt: skip


@in_network
async def test_whom_to_add_is_shown_to_those_who_share_and_only_who_is_there_today(
    world: World,
) -> None:
    awa = await world.person("Awa", of="Mairie")
    gone = await world.person("Partie", of="Fermée")
    await world.group("Prévention")
    await world.change("UPDATE organisations SET ends_on = '2026-03-11' WHERE name = 'Fermée'")
    await world.disable(gone.person_id)
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    assert (await sharing.look(world.ws, awa, folder)).subjects == ()
    shown = (await sharing.look(world.ws, world.steward, folder)).subjects
    assert [(one.kind.value, one.name) for one in shown] == [
        ("network", "Atelier d'essai"),
        ("organisation", "Mairie"),
        ("group", "Prévention"),
    ]


@in_network
async def test_addresses_are_offered_of_active_people_while_they_are_few(world: World) -> None:
    awa, gone = await world.person("Awa"), await world.person("Partie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    await world.disable(gone.person_id)

    async def offered(actor: Actor) -> tuple[tuple[str, str], ...]:
        return (await sharing.look(world.ws, actor, folder)).addresses

    assert await offered(awa) == ()
    assert await offered(world.steward) == (
        ("awa@example.org", "Awa"),
        ("marie@example.org", "marie"),
    )
    for number in range(sharing.MOST_ADDRESSES - 2):
        await world.change(
            "INSERT INTO people (email, email_key, name, created_at) VALUES (:key, :key, :key, 0)",
            key=f"p{number}@example.org",
        )
    assert len(await offered(world.steward)) == sharing.MOST_ADDRESSES
    await world.person("Une de trop")
    assert await offered(world.steward) == ()


@in_network
async def test_someone_active_is_found_by_address_by_those_who_share(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    found = await sharing.person_at(world.ws, world.steward, folder, " AWA@example.org ")
    assert found == Subject(SubjectKind.PERSON, awa.person_id, "Awa")
    for actor, refusal in ((awa, Forbidden), (bea, NotFound)):
        for email in ("awa@example.org", "nobody@example.org"):
            with pytest.raises(refusal):
                await sharing.person_at(world.ws, actor, folder, email)
    await world.disable(awa.person_id)
    for email, fault in (
        ("awa@example.org", "inactive_account"),
        ("nobody@example.org", "unknown_address"),
    ):
        with pytest.raises(Invalid) as refused:
            await sharing.person_at(world.ws, world.steward, folder, email)
        assert (refused.value.field, refused.value.fault) == ("email", fault)


@in_network
async def test_a_dead_grant_is_listed_apart_and_can_be_withdrawn(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    gone = await world.person("Partie")
    top = await world.folder("A")
    below = await world.folder("A/B")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await world.grant(top, awa, until=world.today())
    await sharing.grant(world.ws, world.steward, top, mairie, Role.READER)
    await world.grant(top, gone)
    living = await sharing.look(world.ws, world.steward, top)
    assert len(living.grants) == 4 and living.dead == ()
    await world.change("UPDATE organisations SET ends_on = '2026-03-12'")
    await world.disable(gone.person_id)
    world.clock.forward(days=1)
    steward = await world.actor("marie@example.org")
    found = await sharing.look(world.ws, steward, top)
    assert [one.subject.name for one in found.grants] == ["marie"]
    assert [(one.grant.subject.name, one.cause.value, one.on) for one in found.dead] == [
        ("Awa", "past", date(2026, 3, 12)),
        ("Mairie", "organisation_left", date(2026, 3, 12)),
        ("Partie", "account_inactive", None),
    ]
    inherited = await sharing.look(world.ws, steward, below)
    assert [one.subject.name for one in inherited.grants] == ["marie"] and inherited.dead == ()
    bea = await world.person("Béa")
    await world.grant(top, bea, by=steward)
    assert (await sharing.look(world.ws, bea, top)).dead == ()
    for dead in found.dead:
        await sharing.withdraw(world.ws, steward, top, dead.grant.id)
    assert (await sharing.look(world.ws, steward, top)).dead == ()


@in_network
async def test_one_who_looks_as_somebody_reads_the_list_of_that_one(world: World) -> None:
    awa, bea = await world.person("Awa", of="Mairie"), await world.person("Béa")
    folder = await world.folder("Réunions")
    for one in (awa, bea, world.steward):
        await world.grant(folder, one, Role.COORDINATOR if one is world.steward else Role.READER)
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, folder, mairie, Role.READER)

    async def seen(as_: Subject | None) -> list[str]:
        actor = dataclasses.replace(world.steward, seeing=as_)
        found = await sharing.look(world.ws, actor, folder)
        assert as_ is None or not (found.subjects or found.dead or found.addresses)
        return [one.subject.name for one in found.grants]

    assert await seen(None) == ["marie", "Awa", "Béa", "Mairie"]
    assert await seen(subject(awa)) == ["marie", "Awa", "Mairie"]
    assert await seen(mairie) == ["marie", "Mairie"]


@in_network
async def test_subjects_are_found_by_name_and_people_by_address(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    await world.group("Prévention")

    async def found(kind: SubjectKind, name: str) -> tuple[int, str]:
        one = await sharing.subject_named(world.ws, world.steward, kind, name)
        return one.id, one.name

    assert await found(SubjectKind.NETWORK, "") == (0, "Atelier d'essai")
    assert await found(SubjectKind.ORGANISATION, " MAIRIE ") == (1, "Mairie")
    assert await found(SubjectKind.GROUP, "prévention") == (1, "Prévention")
    assert await found(SubjectKind.PERSON, "Awa@example.org") == (awa.person_id, "Awa")
    for kind in (SubjectKind.ORGANISATION, SubjectKind.GROUP, SubjectKind.PERSON):
        with pytest.raises(Invalid):
            await found(kind, "Awa")


@in_network
async def test_the_journal_tells_grants_to_coordinators_only(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    number = await world.grant(folder, awa, Role.CONTRIBUTOR, until=world.today())
    await sharing.withdraw(world.ws, world.steward, folder, number)
    found = await journal.of_folder(world.ws, world.steward, folder)
    assert [(line.verb.value, line.facts) for line in found.lines] == [
        ("withdrawn", {"subject": "Awa", "role": "contributor"}),
        ("granted", {"subject": "Awa", "role": "contributor", "until": "2026-03-12"}),
        ("folder_made", {"name": "Réunions"}),
    ]
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        await journal.of_folder(world.ws, awa, folder)
    with pytest.raises(NotFound):
        await journal.of_folder(world.ws, awa, NOWHERE)


@in_network
async def test_a_dated_coordinator_gives_nothing_that_outlasts_her(world: World) -> None:
    folder = await world.folder("Commun")
    sub_folder = await folders.make(world.ws, world.steward, folder, "Sous-dossier")
    awa, bo = await world.person("Awa"), await world.person("Bo")
    end = world.today(plus=3)
    await world.grant(folder, awa, Role.COORDINATOR, until=end)
    for one, until in ((awa, None), (bo, None), (bo, world.today(plus=4))):
        given = Subject(SubjectKind.PERSON, one.person_id)
        with pytest.raises(Invalid, match="outlasts"):
            await sharing.grant(world.ws, awa, folder, given, Role.READER, until)
    with pytest.raises(Forbidden):
        await folders.close(world.ws, awa, sub_folder)
    with pytest.raises(Forbidden):
        await folders.make(world.ws, awa, folder, "Fermé", is_closed=True)
    given = Subject(SubjectKind.PERSON, bo.person_id)
    await sharing.grant(world.ws, awa, folder, given, Role.READER, end)
    await sharing.grant(world.ws, world.steward, folder, given, Role.READER, None)


@in_network
async def test_whoever_is_given_an_access_by_name_hears_of_it_once_a_day(world: World) -> None:
    folder, awa = await world.folder("Chutes"), await world.person("Awa")
    world.ws = mailed(world.ws)
    subject = Subject(SubjectKind.PERSON, awa.person_id)
    for role in (Role.READER, Role.CONTRIBUTOR):
        await sharing.grant(world.ws, world.steward, folder, subject, role)
    home = await world.organisation("Mairie")
    town = Subject(SubjectKind.ORGANISATION, home.id)
    await sharing.grant(world.ws, world.steward, folder, town, Role.READER)
    assert await world.values("SELECT kind || person_id || about_id FROM letters") == [
        f"access_given{awa.person_id}{folder}"
    ]
