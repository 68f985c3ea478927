"""The directory: who is in it, bringing people in, and what a page of it shows."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import pytest

from atelier.database.engine import Transaction, Unit
from atelier.errors import (
    AlreadySo,
    BadName,
    BadSignIn,
    Forbidden,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
)
from atelier.model.folders import Role
from atelier.model.ids import PersonId
from atelier.model.people import Actor, Organisation
from atelier.workspace import groups, memberships, people
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network

T = TypeVar("T")

PASSWORD = "un cheval bleu sous la pluie"


async def representative(world: World, name: str, of: str) -> Actor:
    """Someone who represents an organisation that is made if need be."""
    someone = await world.person(name, of=of)
    await world.change(
        "UPDATE memberships SET is_representative = 1 WHERE person_id = :id", id=someone.person_id
    )
    return someone


async def organisation(world: World, name: str) -> Organisation:
    """The organisation of this name."""
    known, _ = await people.directory(world.ws, world.steward)
    return next(one for one in known if one.name == name)


@in_network
async def test_stewards_and_nobody_else_add_organisations_and_people(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    for act in (
        lambda: people.add_organisation(world.ws, awa, "Cabinet"),
        lambda: people.add_person(world.ws, awa, "bea@example.org", name="Béa"),
        lambda: people.allow_top_folders(world.ws, awa, awa.person_id),
    ):
        with pytest.raises(Forbidden):
            await act()
    cabinet = await people.add_organisation(world.ws, world.steward, " Cabinet ", kind=" cabinet ")
    assert (cabinet.name, cabinet.kind) == ("Cabinet", "cabinet")
    organisations, everyone = await people.directory(world.ws, awa)
    assert [one.name for one in organisations] == ["Cabinet", "Mairie"]
    assert [one.name for one in everyone] == ["Awa", "marie"]
    assert [one.is_guest(world.today()) for one in everyone] == [False, True]
    await world.disable(awa.person_id)
    _, active = await people.directory(world.ws, world.steward)
    assert [one.name for one in active] == ["marie"]


@in_network
async def test_nothing_is_added_twice_nor_to_what_is_not_there(world: World) -> None:
    steward, ws = world.steward, world.ws
    awa = await world.person("Awa", of="Mairie")
    with pytest.raises(AlreadySo):
        await people.add_organisation(ws, steward, "MAIRIE")
    with pytest.raises(AlreadySo):
        await people.add_person(ws, steward, "AWA@example.org", name="Autre")
    with pytest.raises(AlreadySo):
        await people.add_person(ws, steward, "awa@example.org", name="Awa", organisation="mairie")
    with pytest.raises(Invalid) as refusal:
        await people.add_person(ws, steward, "bea@example.org", name="Béa", organisation="Nulle")
    assert refusal.value.field == "organisation"
    with pytest.raises(NotFound):
        await people.actor(ws, "bea@example.org")
    with pytest.raises(BadName):
        await people.add_organisation(ws, steward, "a/b")
    await world.organisation("Cabinet")
    both = await people.add_person(
        ws, steward, "awa@example.org", name="Autre", organisation="cabinet", function=" IDE "
    )
    assert (both.id, both.name) == (awa.person_id, "Awa")
    assert [(one.organisation.name, one.function) for one in both.memberships] == [
        ("Mairie", ""), ("Cabinet", "IDE")
    ]  # fmt: skip


@in_network
async def test_who_is_brought_in_gets_a_link_unless_she_has_a_password(world: World) -> None:
    await world.organisation("Mairie")
    await world.organisation("CCAS")
    made = await people.bring_in(
        world.ws, world.steward, "awa@example.org", name="Awa", organisation="Mairie"
    )
    with pytest.raises(Forbidden):
        await people.bring_in(
            world.ws, await world.actor("awa@example.org"), "bea@example.org", name="Béa"
        )
    token = (await people.use_link(world.ws, made.token, PASSWORD)).token
    again = await people.bring_in(
        world.ws, world.steward, "awa@example.org", name="Awa", organisation="ccas"
    )
    assert (again.token, again.is_afresh, len(again.person.memberships)) == ("", False, 2)
    assert (await people.session(world.ws, token)).actor.person_id == made.person.id
    await people.sign_in(world.ws, "awa@example.org", PASSWORD, Visitor("::1"))
    with pytest.raises(AlreadySo):
        await people.bring_in(world.ws, world.steward, "awa@example.org", name="Awa")
    assert made.person.memberships[0].organisation.name == "Mairie"


async def left(world: World, who: Actor, person: PersonId) -> None:
    """Somebody's place ends, by one who manages it."""
    (place,) = (await people.look(world.ws, who, person)).person.places(world.today())
    await memberships.end(world.ws, who, person, place.id, world.today(plus=-1))


@in_network
async def test_an_address_that_a_representative_prepared_is_no_way_in_for_her(
    world: World,
) -> None:
    ws, email = world.ws, "maire@argentan.example"
    ref = await representative(world, "Rita", "CCAS")
    await world.organisation("Mairie")
    prepared = await people.bring_in(ws, ref, email, name="Le maire", organisation="CCAS")
    session = (await people.use_link(ws, prepared.token, PASSWORD)).token
    await left(world, ref, prepared.person.id)
    earlier = await people.issue_link(ws, world.steward, prepared.person.id)
    await world.change(
        "INSERT INTO passkeys (person_id, credential_id, public_key, name, created_at)"
        " VALUES (:id, 'hers', 'x', 'Téléphone de Rita', 0)",
        id=prepared.person.id,
    )
    made = await people.bring_in(ws, world.steward, email, name="M.", organisation="Mairie")
    assert made.is_afresh and made.person.id == prepared.person.id
    with pytest.raises(SignInNeeded):
        await people.session(ws, session)
    with pytest.raises(BadSignIn):
        await people.sign_in(ws, email, PASSWORD, Visitor("::1"))
    assert await world.values("SELECT id FROM passkeys") == []
    for spent in (prepared.token, earlier):
        with pytest.raises(LinkSpent):
            await people.use_link(ws, spent, PASSWORD)
    with pytest.raises((Forbidden, NotFound)):
        await people.issue_link(ws, ref, made.person.id)
    mayor = (await people.use_link(ws, made.token, "trois pommes et une poire")).token
    assert (await people.session(ws, mayor)).person.email == email


@in_network
async def test_a_guest_that_a_steward_brings_in_starts_afresh_whatever_she_holds(
    world: World,
) -> None:
    gil = await world.person("Gil")
    await world.organisation("Mairie")
    await world.grant(await world.folder("Réservé"), gil, Role.COORDINATOR)
    link = await people.issue_link(world.ws, world.steward, gil.person_id)
    session = (await people.use_link(world.ws, link, PASSWORD)).token
    made = await people.bring_in(
        world.ws, world.steward, "gil@example.org", name="Gil", organisation="Mairie"
    )
    assert made.is_afresh
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, session)
    await people.look_at_link(world.ws, made.token)


@in_network
async def test_no_password_is_void_by_a_representative_nor_that_of_a_steward(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    gus = await world.person("Gus")
    for who, by in ((gus, ref), (world.steward, world.steward)):
        email = (await people.look(world.ws, who, who.person_id)).person.email
        link = await people.issue_link(world.ws, world.steward, who.person_id)
        session = (await people.use_link(world.ws, link, "trois pommes et une poire")).token
        made = await people.bring_in(world.ws, by, email, name="X", organisation="Mairie")
        assert (made.token, made.is_afresh) == ("", False)
        assert not made.person.is_guest(world.today())
        await people.session(world.ws, session)
        await people.sign_in(world.ws, email, "trois pommes et une poire", Visitor("::1"))
    with pytest.raises(Forbidden):  # nor does she get a link once he is hers
        await people.issue_link(world.ws, ref, gus.person_id)


@in_network
async def test_a_representative_is_marked_so_in_that_organisation_only(world: World) -> None:
    await world.person("Awa", of="Mairie")
    await world.organisation("Hôpital")
    awa = await people.add_person(
        world.ws, world.steward, "awa@example.org",
        name="Awa", organisation="Hôpital", is_representative=True,
    )  # fmt: skip
    assert [one.is_representative for one in awa.memberships] == [False, True]


@pytest.mark.parametrize("email", [
    "", "awa", "awa@", "@example.org", "a b@example.org", "a@b@c", "awa@exa mple.org",
    "awa@example.org\r\nBcc: all@example.org", "a\0wa@example.org", "awa@\ud800",
    "a" * 250 + "@b.fr",
])  # fmt: skip
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.checked_email(email)
    assert refusal.value.field == "email"
    assert len(refusal.value.value) <= 80


def test_an_address_is_kept_as_it_was_given() -> None:
    for email in ("Awa.Diallo+ps@example.org", "o'brien@exemple.fr", "été@exämple.fr"):
        assert people.checked_email(f" {email} ") == email


@in_network
async def test_a_representative_brings_people_in_to_her_organisation_and_no_other(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    other = await representative(world, "Otto", "CCAS")
    member = await world.person("Max", of="Mairie")
    made = await people.bring_in(
        world.ws, ref, "bea@example.org", name="Béa", organisation="mairie", function="IDE"
    )
    bea, link = made.person, made.token
    assert [one.function for one in bea.memberships] == ["IDE"]
    assert (await people.look_at_link(world.ws, link)).id == bea.id
    for who in (other, member, await world.person("Gus"), await world.actor(bea.email)):
        with pytest.raises(NotFound):
            await people.bring_in(
                world.ws, who, "new@example.org", name="New", organisation="Mairie"
            )
    with pytest.raises(NotFound):
        await people.bring_in(world.ws, ref, "new@example.org", name="New", organisation="CCAS")
    for nowhere in (None, "Nulle part"):
        with pytest.raises(Forbidden):
            await people.bring_in(
                world.ws, ref, "new@example.org", name="New", organisation=nowhere
            )
    with pytest.raises(NotFound):
        await people.actor(world.ws, "new@example.org")


@in_network
async def test_a_representative_who_left_is_disabled_or_acts_for_another_brings_nobody_in(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    await world.person("Rita", of="CCAS")
    town, ccas = await organisation(world, "Mairie"), await organisation(world, "CCAS")

    async def refused(who: Actor) -> bool:
        try:
            await people.bring_in(
                world.ws, who, "new@example.org", name="New", organisation="Mairie"
            )
        except NotFound:
            return True
        await world.change("DELETE FROM sign_in_links")
        await world.change("DELETE FROM memberships WHERE person_id = (SELECT MAX(id) FROM people)")
        await world.change("DELETE FROM people WHERE id = (SELECT MAX(id) FROM people)")
        return False

    assert not await refused(ref)
    assert await refused(await world.actor("rita@example.org", acting_as=ccas.id))
    assert not await refused(await world.actor("rita@example.org", acting_as=town.id))
    await world.change(
        "UPDATE organisations SET ends_on = :day WHERE id = :id",
        day=world.today(plus=-1).isoformat(), id=town.id,
    )  # fmt: skip
    assert await refused(ref)
    await world.change("UPDATE organisations SET ends_on = NULL")
    await world.disable(ref.person_id)
    assert await refused(ref)


@in_network
async def test_a_known_address_gets_a_place_and_a_link_only_where_it_takes_nothing_over(
    world: World,
) -> None:
    ref = await representative(world, "Rita", "Mairie")
    folder = await world.folder("Réservé")
    plain, granted = await world.person("Pia"), await world.person("Gil")
    elsewhere = await world.person("Eva", of="CCAS")
    await world.grant(folder, granted, Role.READER)

    async def brought(email: str) -> str:
        made = await people.bring_in(world.ws, ref, email, name="X", organisation="Mairie")
        return made.token

    assert await brought("pia@example.org")
    assert not await brought("gil@example.org")
    assert not await brought("eva@example.org")
    assert not await brought("marie@example.org")
    for one in (plain, granted, elsewhere, world.steward):
        found = (await people.look(world.ws, world.steward, one.person_id)).person
        assert "Mairie" in [place.organisation.name for place in found.memberships]


@in_network
async def test_nobody_is_brought_in_to_what_has_left_nor_back_from_a_closed_account(
    world: World,
) -> None:
    awa = await world.person("Awa", of="Mairie")
    await world.organisation("CCAS")
    await world.disable(awa.person_id)
    with pytest.raises(Invalid) as refusal:
        await people.bring_in(
            world.ws, world.steward, "awa@example.org", name="Awa", organisation="CCAS"
        )
    assert (refusal.value.field, refusal.value.fault) == ("email", "inactive_account")
    await world.change("UPDATE organisations SET ends_on = '2020-01-01'")
    with pytest.raises(Invalid) as refusal:
        await people.bring_in(
            world.ws, world.steward, "new@example.org", name="New", organisation="CCAS"
        )
    assert (refusal.value.field, refusal.value.fault) == ("organisation", "has_left")


@in_network
async def test_a_sheet_tells_places_and_groups_of_today_and_what_one_may_do(world: World) -> None:
    ref = await representative(world, "Rita", "Mairie")
    other = await representative(world, "Otto", "CCAS")
    awa = await world.person("Awa", of=["Mairie", "ARS"])
    await groups.add_group(world.ws, world.steward, "Chutes", ["awa@example.org=ARS"])
    sheet = await people.look(world.ws, other, awa.person_id)
    assert [(seat.group, seat.organisation) for seat in sheet.seats] == [("Chutes", "ARS")]
    assert (sheet.managed, sheet.may_invite, sheet.may_manage) == (frozenset(), False, False)
    assert sheet.may_add  # to her own organisation
    town = await organisation(world, "Mairie")
    sheet = await people.look(world.ws, ref, awa.person_id)
    assert (sheet.managed, sheet.may_add, sheet.may_invite) == (frozenset({town.id}), False, False)
    sheet = await people.look(world.ws, world.steward, awa.person_id)
    assert len(sheet.managed) == 2 and sheet.may_add and sheet.may_invite and sheet.may_manage
    for place in sheet.person.memberships:
        await memberships.end(
            world.ws, world.steward, awa.person_id, place.id, world.today(plus=-1)
        )
    sheet = await people.look(world.ws, awa, awa.person_id)
    assert sheet.seats == () and sheet.person.is_guest(world.today())
    assert not (sheet.managed or sheet.may_add or sheet.may_invite or sheet.may_manage)
    with pytest.raises(NotFound):
        await people.look(world.ws, world.steward, PersonId(999))


@in_network
async def test_the_directory_is_filtered_by_name_address_and_organisation_without_accents(
    world: World,
) -> None:
    await world.person("Élodie", of="Hôpital")
    await world.person("Zoé", of="Mairie")
    await world.person("eric")
    bob = await world.person("Bob")
    await world.disable(bob.person_id)

    async def named(words: str, who: Actor = world.steward) -> list[str]:
        found = await people.listed(world.ws, who, words=words)
        assert found.total == len(found.people)
        return [one.name for one in found.people]

    assert await named("") == ["Bob", "Élodie", "eric", "marie", "Zoé"]
    assert await named("", await world.actor("eric@example.org")) == [
        "Élodie", "eric", "marie", "Zoé"
    ]  # fmt: skip
    assert await named("ELO") == ["Élodie"]
    assert await named("hopit") == ["Élodie"]
    assert await named("zoé@") == ["Zoé"]
    assert await named("%") == await named("_") == await named("!") == []
    found = await people.listed(world.ws, world.steward, words="mairie")
    assert [one.name for one in found.organisations] == ["Mairie"]


@in_network
async def test_a_large_directory_is_paged_by_the_same_number_of_statements(world: World) -> None:
    taken: list[Transaction] = []

    class Watched:
        async def read(self, unit: Unit[T]) -> T:
            async def noted(tx: Transaction) -> T:
                taken.append(tx)
                return await unit(tx)

            return await world.ws.db.read(noted)

        async def write(self, unit: Unit[T]) -> T:
            raise AssertionError("looking writes nothing")

    async def page(number: int) -> tuple[int, people.Directory]:
        ws = dataclasses.replace(world.ws, db=Watched())
        found = await people.listed(ws, world.steward, page=number)
        return taken.pop().statements, found

    few, _ = await page(1)
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
        " INSERT INTO people (email, email_key, name, sort_key, created_at)"
        " SELECT 'p' || i, 'p' || i, printf('P%04d', i), printf('p%04d', i), 0 FROM n"
    )
    many, first = await page(1)
    last_page, last = await page(99)
    assert few == many == last_page
    assert (first.total, first.pages, len(first.people)) == (1000, 5, people.PAGE_PEOPLE)
    assert (last.page, last.people[-1].name) == (5, "P0999")
    assert not {one.id for one in first.people} & {one.id for one in last.people}
