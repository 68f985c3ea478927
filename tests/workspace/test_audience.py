"""Who sees a folder and why, and why someone does not: as the rule says, and no more than that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from atelier.database.engine import Transaction
from atelier.errors import Forbidden, Invalid, NotFound
from atelier.model.audience import Miss, NearMiss, Verdict, Viewer
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId, PersonId
from atelier.model.people import Actor
from atelier.workspace import audience, folders, sharing
from tests.builders import World, in_network, subject

T = TypeVar("T")
NOWHERE = FolderId(10**15)
YESTERDAY = date(2026, 3, 11)
TOMORROW = date(2026, 3, 13)


async def seen(
    world: World, folder: FolderId, *, contains: str = "", role: Role | None = None
) -> tuple[Viewer, ...]:
    """All who see the folder, as the steward is told."""
    found = await audience.people(
        world.ws, world.steward, folder, contains=contains, role=role, page=None
    )
    assert found.total == len(found.people)
    return found.people


async def verdict(
    world: World, folder: FolderId, whom: Actor | str, *, by: Actor | None = None
) -> Verdict:
    """What is said about someone, to the steward or another."""
    asked = whom.person_id if isinstance(whom, Actor) else whom
    said = (await audience.why(world.ws, by or world.steward, folder, asked)).verdict
    assert said is not None
    return said


async def misses(
    world: World, folder: FolderId, whom: Actor, *, by: Actor | None = None
) -> list[NearMiss]:
    """What keeps someone out, whom the folder does keep out."""
    said = await verdict(world, folder, whom, by=by)
    assert said.role is None and said.reasons == ()
    return list(said.misses)


def chains(viewer: Viewer | Verdict) -> list[tuple[str, str, str, str]]:
    """Her reasons: role, folder, subject, and the organisation through which."""
    return [
        (one.grant.role.value, one.grant.folder, one.grant.subject.name, one.organisation)
        for one in viewer.reasons
    ]


async def counted(world: World, act: Callable[[], Awaitable[T]]) -> tuple[int, T]:
    """How many statements an act takes in its one transaction, and what it gives."""
    taken: list[Transaction] = []
    read = world.ws.db.read

    async def watched(unit: Callable[[Transaction], Awaitable[T]]) -> T:
        async def within(tx: Transaction) -> T:
            taken.append(tx)
            return await unit(tx)

        return await read(within)

    world.ws.db.read = watched  # type: ignore[method-assign, assignment]
    try:
        found = await act()
    finally:
        world.ws.db.read = read  # type: ignore[method-assign]
    assert len(taken) == 1
    return taken[0].statements, found


async def many(world: World, people: int, organisations: int) -> None:
    """People written straight into the records, a place for each."""
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        " INSERT INTO organisations (name, name_key, created_at)"
        " SELECT 'Structure ' || i, 'structure ' || i, 0 FROM n",
        count=organisations,
    )
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        " INSERT INTO people (email, email_key, name, created_at)"
        " SELECT 'p' || i || '@x.fr', 'p' || i || '@x.fr', printf('Personne %05d', i), 0 FROM n",
        count=people,
    )
    await world.change(
        "INSERT INTO memberships (person_id, organisation_id)"
        " SELECT id, (SELECT MIN(id) FROM organisations) + id % :count FROM people"
        " WHERE name LIKE 'Personne%'",
        count=organisations,
    )


@in_network
async def test_each_person_is_told_with_her_role_and_every_reason(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "Hôpital"])
    await world.person("Émile", of="Mairie")
    zoe = await world.person("Zoé")
    group = await world.group("Prévention", "awa@example.org=Hôpital")
    top = await world.folder("Réunions")
    below = await world.folder("Réunions/2026")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, top, mairie, Role.READER)
    await world.grant(top, group, Role.CONTRIBUTOR)
    await world.grant(below, zoe, until=TOMORROW)
    told = await seen(world, below)
    assert [(one.name, one.role, one.organisations, one.is_guest) for one in told] == [
        ("Awa", Role.CONTRIBUTOR, ("Mairie", "Hôpital"), False),
        ("Émile", Role.READER, ("Mairie",), False),
        ("marie", Role.COORDINATOR, (), True),
        ("Zoé", Role.READER, (), True),
    ]
    assert [one.is_steward for one in told] == [False, False, True, False]
    assert [chains(one) for one in told] == [
        [
            ("contributor", "Réunions", "Prévention", "Hôpital"),
            ("reader", "Réunions", "Mairie", "Mairie"),
        ],
        [("reader", "Réunions", "Mairie", "Mairie")],
        [("coordinator", "Réunions", "marie", "")],
        [("reader", "2026", "Zoé", "")],
    ]
    assert told[3].reasons[0].grant.until == TOMORROW
    assert told[0].email == "awa@example.org" and told[0].id == awa.person_id


@in_network
async def test_nobody_is_listed_whom_the_folder_does_not_let_in_today(world: World) -> None:
    kept, gone, past, off = [
        await world.person(name, of="Mairie") for name in ("Reste", "Partie", "Passée", "Coupée")
    ]
    folder = await world.folder("Réunions")
    await world.grant(folder, None)
    assert len(await seen(world, folder)) == 5
    await world.disable(off.person_id)
    assert "Coupée" not in [one.name for one in await seen(world, folder)]
    closed = await world.folder("Réunions/Fermé", closed=True)
    assert [one.name for one in await seen(world, closed)] == ["marie"]
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, closed, mairie, Role.READER)
    await world.end_membership(gone.person_id, on=YESTERDAY)
    await world.change(
        "UPDATE memberships SET starts_on = '2026-03-13' WHERE person_id = :id", id=past.person_id
    )
    assert [one.name for one in await seen(world, closed)] == ["marie", "Reste"]
    # A place that ended is no mark of anybody: she is a guest by now.
    assert [one.is_guest for one in await seen(world, folder) if one.name == "Partie"] == [True]
    assert await folders.look(world.ws, kept, closed)


@in_network
async def test_the_list_is_for_those_who_share_and_a_stranger_learns_nothing(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    as_awa = replace(world.steward, seeing=subject(awa))
    for actor, refusal in ((awa, Forbidden), (as_awa, Forbidden), (bea, NotFound)):
        with pytest.raises(refusal):
            await audience.people(world.ws, actor, folder)
        for whom in (None, bea.person_id, PersonId(999), "bea@example.org", "nobody@example.org"):
            with pytest.raises(refusal):
                await audience.why(world.ws, actor, folder, whom)
    for actor in (bea, world.steward):
        with pytest.raises(NotFound):
            await audience.people(world.ws, actor, NOWHERE)
    await world.grant(folder, awa, Role.COORDINATOR)
    assert (await audience.people(world.ws, awa, folder)).total == 2
    assert (await audience.why(world.ws, awa, folder, None)).verdict is None


@in_network
async def test_the_name_of_an_unreadable_folder_is_in_no_reason(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    top = await world.folder("Direction")
    below = await world.folder("Direction/Équipe")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, below, mairie, Role.COORDINATOR)
    await world.grant(top, await world.person("Béa"))
    found = await audience.people(world.ws, awa, below)
    assert [chains(one) for one in found.people] == [
        [("coordinator", "Équipe", "Mairie", "Mairie")],
        [("reader", "", "Béa", "")],
        [("coordinator", "", "marie", "")],
    ]
    assert "Direction" not in str(found)
    assert "Direction" in str(await audience.people(world.ws, world.steward, below))
    said = await verdict(world, below, "béa@example.org", by=awa)
    assert chains(said) == [("reader", "", "Béa", "")] and "Direction" not in str(said)


@in_network
async def test_people_are_kept_by_name_address_organisation_and_highest_role(world: World) -> None:
    await world.person("Émile", of="Hôpital")
    zoe = await world.person("Zoé", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, None)
    await world.grant(folder, zoe, Role.CONTRIBUTOR)

    async def kept(contains: str = "", role: Role | None = None) -> list[str]:
        return [one.name for one in await seen(world, folder, contains=contains, role=role)]

    assert await kept() == ["Émile", "marie", "Zoé"]
    assert await kept("EMILE") == await kept("  émi ") == ["Émile"]
    assert await kept("zoé@exam") == ["Zoé"]
    assert await kept("hopital") == ["Émile"]
    assert await kept("' OR 1=1 --") == await kept("%") == []
    assert await kept(role=Role.READER) == ["Émile"]
    assert await kept(role=Role.COORDINATOR) == ["marie"]
    assert await kept("mairie", Role.CONTRIBUTOR) == ["Zoé"]
    assert await kept("mairie", Role.READER) == []
    await world.end_membership(zoe.person_id, on=YESTERDAY)
    assert await kept("mairie") == []


@in_network
async def test_three_thousand_people_are_paged_with_as_many_statements_as_three(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    await world.grant(folder, None)

    async def page(number: int | None) -> tuple[int, audience.People]:
        return await counted(
            world, lambda: audience.people(world.ws, world.steward, folder, page=number)
        )

    few, _ = await page(1)
    await many(world, people=3_000, organisations=40)
    # A second reason for a part of them.
    await sharing.grant(
        world.ws,
        world.steward,
        folder,
        Subject(SubjectKind.ORGANISATION, 1),
        Role.CONTRIBUTOR,
    )
    statements, first = await page(1)
    assert statements == few
    assert (first.total, first.pages, len(first.people)) == (3_001, 31, 100)
    _, last = await page(31)
    assert [one.name for one in last.people] == ["Personne 03000"]
    assert (await page(10**17))[1] == last
    statements, everybody = await page(None)
    assert statements == few and everybody.pages == 1
    assert [one.name for one in everybody.people[1:]] == [
        f"Personne {number:05d}" for number in range(1, 3_001)
    ]
    assert everybody.people[:100] == first.people
    two = [one for one in everybody.people[1:] if len(one.reasons) == 2]
    assert len(two) == 75 and {one.role for one in two} == {Role.CONTRIBUTOR}


@in_network
async def test_one_who_sees_it_is_told_with_her_reasons_and_her_blind_hats(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "Hôpital", "Cabinet"])
    folder = await world.folder("Réunions")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, folder, mairie, Role.CONTRIBUTOR)
    said = await verdict(world, folder, awa)
    assert said.role is Role.CONTRIBUTOR and said.misses == ()
    assert chains(said) == [("contributor", "Réunions", "Mairie", "Mairie")]
    assert [one.name for one in said.blind_as] == ["Hôpital", "Cabinet"]
    for one in said.organisations:
        acting = replace(awa, acting_as=one.id)
        if one in said.blind_as:
            with pytest.raises(NotFound):
                await folders.look(world.ws, acting, folder)
        else:
            await folders.look(world.ws, acting, folder)
    await world.grant(folder, awa)
    assert (await verdict(world, folder, awa)).blind_as == ()


@in_network
async def test_a_grant_that_ended_is_told_with_its_day(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, until=world.today())
    assert (await verdict(world, folder, awa)).role is Role.READER
    world.clock.forward(days=1)
    world.steward = await world.actor("marie@example.org")
    ended, above = await misses(world, folder, awa)
    assert (ended.miss, ended.on) == (Miss.GRANT_ENDED, date(2026, 3, 12))
    assert ended.grant is not None and ended.grant.subject.name == "Awa"
    assert above == NearMiss(Miss.ABOVE)


@in_network
async def test_a_place_that_ended_or_has_not_begun_is_told_with_its_day(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    group = await world.group("Prévention", "awa@example.org")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, folder, mairie, Role.READER)
    await world.grant(folder, group, Role.CONTRIBUTOR)
    assert (await verdict(world, folder, awa)).role is Role.CONTRIBUTOR
    await world.end_membership(awa.person_id, on=YESTERDAY)
    # One place, told once, whatever hangs on it.
    ended, _ = await misses(world, folder, awa)
    assert (ended.miss, ended.on, ended.organisation) == (Miss.PLACE_ENDED, YESTERDAY, "Mairie")
    assert ended.grant is not None and ended.grant.subject == mairie
    await world.change(
        "UPDATE memberships SET ends_on = NULL, starts_on = :day", day=TOMORROW.isoformat()
    )
    begins, _ = await misses(world, folder, awa)
    assert (begins.miss, begins.on, begins.organisation) == (Miss.PLACE_BEGINS, TOMORROW, "Mairie")
    await world.change("UPDATE memberships SET starts_on = NULL")
    assert (await verdict(world, folder, awa)).role is Role.CONTRIBUTOR


@in_network
async def test_an_organisation_that_left_is_told_with_its_day(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, folder, mairie, Role.READER)
    await world.change("UPDATE organisations SET ends_on = '2026-03-11'")
    left, _ = await misses(world, folder, awa)
    assert (left.miss, left.on, left.organisation) == (
        Miss.ORGANISATION_LEFT,
        YESTERDAY,
        "Mairie",
    )
    assert (await verdict(world, folder, awa)).organisations == ()


@in_network
async def test_an_inactive_account_is_told_beside_what_it_would_see(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    await world.disable(awa.person_id)
    await world.disable(bea.person_id)
    assert [one.miss for one in await misses(world, folder, awa)] == [
        Miss.ACCOUNT_INACTIVE,
        Miss.ABOVE,
    ]
    assert [one.miss for one in await misses(world, folder, bea)] == [
        Miss.ACCOUNT_INACTIVE,
        Miss.NOTHING,
        Miss.ABOVE,
    ]
    assert (await verdict(world, folder, "awa@example.org")).person.id == awa.person_id


@in_network
async def test_one_to_whom_nothing_was_given_is_told_so_with_her_organisations(
    world: World,
) -> None:
    awa = await world.person("Awa", of=["Mairie", "Hôpital"])
    folder = await world.folder("Réunions")
    await world.grant(folder, await world.person("Béa", of="Cabinet"))
    said = await verdict(world, folder, awa)
    assert [one.miss for one in said.misses] == [Miss.NOTHING, Miss.ABOVE]
    assert [one.name for one in said.organisations] == ["Mairie", "Hôpital"]


@in_network
async def test_a_closed_folder_that_stops_a_higher_access_is_named_to_who_shares_both(
    world: World,
) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Réunions")
    await world.folder("Réunions/Bureau", closed=True)
    below = await world.folder("Réunions/Bureau/2026")
    await world.grant(top, awa)
    assert await misses(world, below, awa) == [
        NearMiss(Miss.CLOSED, above="Réunions", closed="Bureau")
    ]
    bea = await world.person("Béa")
    assert [one.miss for one in await misses(world, below, bea)] == [Miss.NOTHING, Miss.ABOVE]


@in_network
async def test_of_folders_she_may_not_share_a_coordinator_learns_nothing(world: World) -> None:
    awa, cleo = await world.person("Awa"), await world.person("Cléo")
    top = await world.folder("Direction")
    middle = await world.folder("Direction/Bureau", closed=True)
    below = await world.folder("Direction/Bureau/2026")
    alone = await world.folder("Seul")
    for folder in (below, alone):
        await world.grant(folder, cleo, Role.COORDINATOR)
    nothing = [NearMiss(Miss.NOTHING), NearMiss(Miss.ABOVE)]
    # What stands above, that Awa sees it, that an access of hers there has ended: all the same.
    assert await misses(world, below, awa, by=cleo) == nothing
    await world.grant(top, awa)
    await world.grant(top, cleo)
    assert await misses(world, below, awa, by=cleo) == nothing
    await world.grant(middle, awa, until=world.today())
    world.clock.forward(days=1)
    cleo, awa = await world.actor("cléo@example.org"), await world.actor("awa@example.org")
    assert await misses(world, below, awa, by=cleo) == nothing
    assert await misses(world, alone, awa, by=cleo) == nothing
    world.steward = await world.actor("marie@example.org")
    assert [one.miss for one in await misses(world, below, awa)] == [
        Miss.GRANT_ENDED,
        Miss.CLOSED,
    ]
    # Sharing what is above but not the closed folder itself, she is not told which it is.
    await world.grant(top, cleo, Role.COORDINATOR)
    assert await misses(world, below, awa, by=cleo) == [
        NearMiss(Miss.CLOSED, above="Direction", closed="")
    ]


@in_network
async def test_a_grant_of_a_folder_above_is_explained_when_her_own_list_shows_it(
    world: World,
) -> None:
    awa, cleo = await world.person("Awa", of="Mairie"), await world.person("Cléo")
    top = await world.folder("Direction")
    below = await world.folder("Direction/Équipe")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    await sharing.grant(world.ws, world.steward, top, mairie, Role.READER)
    await world.grant(below, cleo, Role.COORDINATOR)
    await world.end_membership(awa.person_id, on=YESTERDAY)
    listed = await sharing.look(world.ws, cleo, below)
    assert mairie in [one.subject for one in listed.grants]
    ended, _ = await misses(world, below, awa, by=cleo)
    assert ended.miss is Miss.PLACE_ENDED and "Direction" not in str(ended)


@in_network
async def test_nobody_of_that_number_or_address_is_asked_about(world: World) -> None:
    folder = await world.folder("Réunions")
    with pytest.raises(NotFound):
        await audience.why(world.ws, world.steward, folder, PersonId(999))
    with pytest.raises(Invalid) as refused:
        await audience.why(world.ws, world.steward, folder, "nobody@example.org")
    assert refused.value.field == "email"


@in_network
async def test_a_document_is_seen_by_those_who_see_its_folder(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    number = (await world.deposit(world.steward, folder, "note.txt")).document_id
    document, found = await audience.of_document(world.ws, awa, number)
    assert document.name == "note.txt"
    assert found == await sharing.look(world.ws, awa, folder)
    for actor, asked in ((bea, number), (awa, DocumentId(number + 1))):
        with pytest.raises(NotFound) as refused:
            await audience.of_document(world.ws, actor, asked)
        assert refused.value.kind == "document"
