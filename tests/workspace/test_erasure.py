"""An account that is erased: what goes, what stays, and that no chain breaks."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3

import pytest

from atelier.errors import AlreadySo, Forbidden, LastSteward, NotFound
from atelier.model.folders import Role
from atelier.model.follows import Followable, Pace
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.meetings import Attendee, Presence
from atelier.model.people import Actor
from atelier.model.requests import About
from atelier.model.search import Asked
from atelier.workspace import (
    accounts,
    audience,
    calendars,
    decided,
    documents,
    erasure,
    follows,
    groups,
    journal,
    locks,
    memberships,
    organisations,
    people,
    requests,
    saved,
    search,
    sharing,
    showing_oneself,
    upkeep,
)
from atelier.workspace.entering import Visitor
from tests.agendas import meet
from tests.builders import World, in_network
from tests.meeting_stories import written
from tests.snapshots import dump
from tests.workspace.test_attendance import take
from tests.workspace.test_signing_in import come_in

NAME, EMAIL = "Zélie Quintard", "zélie.quintard@example.org"


def told(world: World) -> set[str]:
    """The tables in which her name, her address or her telephone stand, in whatever column."""
    with contextlib.closing(sqlite3.connect(world.data / "atelier.sqlite3")) as eye:
        return {
            table
            for table, rows in dump(eye)
            if any(word in str(row).casefold() for row in rows for word in ("quintard", "3620"))
        }


async def erased(world: World, person: Actor) -> None:
    """The steward closes her account, and erases it."""
    await accounts.disable(world.ws, world.steward, person.person_id)
    await erasure.erase(world.ws, world.steward, person.person_id)


async def busy(world: World) -> Actor:
    """Somebody who left her name wherever one can."""
    ws, steward = world.ws, world.steward
    zelie = await world.person(NAME, of="Mairie")
    await showing_oneself.choose(ws, zelie, phone="3620", shows_email=True, shows_phone=True)
    group = await world.group("Chutes", EMAIL)
    (member,) = group.members
    await groups.appoint(ws, steward, group.id, member.membership_id, coordinates=True)
    folder = await world.folder("Réunions")
    await world.grant(folder, zelie, Role.COORDINATOR)
    other = await world.folder("Autre")
    await requests.ask(ws, zelie, About.FOLDER, other, role=Role.READER, message="Zélie Quintard")
    await come_in(world, zelie.person_id)
    with contextlib.suppress(Exception):
        await people.sign_in(ws, EMAIL, "autre chose", Visitor("127.0.0.1"))
    await people.issue_link(ws, steward, zelie.person_id)
    await calendars.make(ws, zelie)
    await world.settle()
    await saved.keep(ws, zelie, Asked("quintard"))
    await follows.follow(ws, zelie, Followable.FOLDER, folder, Pace.DAILY)
    paper = await world.deposit(zelie, folder, "note.txt", b"La maraude passe.")
    await documents.look(ws, zelie, paper.document_id)
    await locks.take(ws, zelie, paper.document_id)
    meeting = await meet(world, folder)
    await take(world, meeting, Attendee(zelie.person_id, NAME, "Mairie", Presence.PRESENT))
    item = await written(world, meeting, "Bilan")
    await decided.give(ws, steward, meeting, item, decided.Task("Appeler", NAME))
    await world.change(
        "INSERT INTO invites (email, email_key, name, invited_by, created_at, expires_at)"
        " VALUES (:email, :email, :name, 1, 0, 0), ('x@y', 'x@y', 'X', :id, 0, 0)",
        email=EMAIL, name=NAME, id=zelie.person_id,
    )  # fmt: skip
    await world.change(
        "INSERT INTO letters (kind, invite_id, once, sent_to, created_at, changed_at)"
        " VALUES ('invitation', 1, 'a', :email, 0, 0)",
        email=EMAIL,
    )
    await world.settle()
    await ws.trail.flush()
    return zelie


@in_network
async def test_nothing_that_the_records_hold_names_her_any_more(world: World) -> None:
    zelie = await busy(world)
    assert {"people", "journal", "network_journal", "meeting_attendance", "todos"} <= told(world)
    before = await upkeep.verify(world.ws)
    await erased(world, zelie)
    assert told(world) == set()
    world.clock.forward(hours=1)
    await upkeep.forget_expired(world.ws)
    await world.settle()
    after = await upkeep.verify(world.ws)
    for found in (before, after):
        assert not found.trail_faults and not found.record_faults and not found.missing
    assert before.trail_lines == after.trail_lines > 0
    assert await world.values("SELECT COUNT(*) FROM access_log WHERE person = :id",
                              id=zelie.person_id) != [0]  # fmt: skip
    tables = ("sessions", "sign_in_links", "memberships", "saved_searches", "follows", "locks")
    for table in tables:
        hers = await world.values(
            f"SELECT COUNT(*) FROM {table} WHERE person_id = :id", id=zelie.person_id
        )
        assert hers == [0], table
    assert await world.values("SELECT withdrawn_at IS NOT NULL FROM invites") == [1, 1]


@in_network
async def test_what_she_did_stays_and_says_that_she_was_erased(world: World) -> None:
    zelie = await busy(world)
    (hit,) = (await search.find(world.ws, world.steward, Asked("par:Quintard"))).hits
    await erased(world, zelie)
    folder = hit.folder_id
    document = (await documents.look(world.ws, world.steward, hit.document_id)).document
    assert document.current.author == "Personne effacée"
    lines = (await journal.of_folder(world.ws, world.steward, folder)).lines
    assert "Personne effacée" in {line.person for line in lines}
    assert "Personne effacée" in {line.facts.get("subject") for line in lines}
    assert not [one for one in lines if NAME in str(one)]
    done = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (done.verb, done.facts) == (
        NetworkVerb.PERSON_ERASED,
        {"account": str(zelie.person_id)},
    )
    await world.settle()
    found = await search.find(world.ws, world.steward, Asked("maraude"))
    assert [one.document_id for one in found.hits] == [hit.document_id]
    assert not (await search.find(world.ws, world.steward, Asked("par:Quintard"))).hits


@in_network
async def test_her_sheet_is_gone_and_nothing_opens_it_again(world: World) -> None:
    zelie = await world.person(NAME, of="Mairie")
    folder = await world.folder("Réunions")
    await erased(world, zelie)
    ws, steward, number = world.ws, world.steward, zelie.person_id
    for act in (
        people.look(ws, steward, number),
        accounts.enable(ws, steward, number),
        accounts.set_steward(ws, steward, number, is_steward=True),
        memberships.choices(ws, steward, number),
        audience.why(ws, steward, folder, number),
        erasure.look(ws, steward, number),
        erasure.erase(ws, steward, number),
        people.issue_link(ws, steward, number),
    ):
        with pytest.raises(NotFound):
            await act
    assert NAME not in str(await people.listed(ws, steward))
    assert "effacée" not in str((await people.listed(ws, steward)).people)
    town = (await people.directory(ws, steward))[0][0]
    sheet = await organisations.look(ws, steward, town.id)
    assert sheet.present == sheet.past == ()
    for typed in ("", f"ERASED:{number}", f"erased:{number}", EMAIL):
        with pytest.raises(Exception, match="email"):
            await sharing.person_at(ws, steward, folder, typed)


@in_network
async def test_an_erased_address_may_come_in_anew_as_somebody_else(world: World) -> None:
    zelie = await world.person(NAME, of="Mairie")
    await world.grant(await world.folder("Réunions"), zelie)
    await erased(world, zelie)
    anew = await world.person(NAME)
    assert anew.person_id != zelie.person_id
    sheet = await people.look(world.ws, world.steward, anew.person_id)
    assert not sheet.person.memberships and not sheet.seats
    await erased(world, anew)


@in_network
async def test_only_stewards_erase_and_only_what_is_closed(world: World) -> None:
    zelie, awa = await world.person(NAME), await world.person("Awa")
    ws = world.ws
    for who in (awa, zelie):
        with pytest.raises(Forbidden):
            await erasure.look(ws, who, zelie.person_id)
        with pytest.raises(Forbidden):
            await erasure.erase(ws, who, zelie.person_id)
    with pytest.raises(NotFound):
        await erasure.erase(ws, world.steward, PersonId(99))
    with pytest.raises(AlreadySo) as refused:
        await erasure.erase(ws, world.steward, zelie.person_id)
    assert refused.value.what == "still_open"
    with pytest.raises(LastSteward):
        await accounts.disable(ws, world.steward, world.steward.person_id)
    with pytest.raises(AlreadySo):
        await erasure.erase(ws, world.steward, world.steward.person_id)
    assert (await people.look(ws, awa, zelie.person_id)).person.name == NAME


@in_network
async def test_a_former_steward_is_erased_as_anybody(world: World) -> None:
    zelie = await world.person(NAME)
    await accounts.set_steward(world.ws, world.steward, zelie.person_id, is_steward=True)
    await erased(world, await world.actor(EMAIL))
    rows = await world.values("SELECT is_steward FROM people WHERE id = :id", id=zelie.person_id)
    assert rows == [0] and told(world) == set()


@in_network
async def test_who_has_the_same_name_keeps_it_but_in_lines_that_name_one_of_them(
    world: World,
) -> None:
    zelie = await world.person(NAME, of="Mairie")
    other = await people.add_person(world.ws, world.steward, "autre@example.org", name=NAME)
    found = await erasure.look(world.ws, world.steward, zelie.person_id)
    assert found.remaining == dataclasses.replace(found.remaining, others_so_named=1)
    await erased(world, zelie)
    assert (await people.look(world.ws, world.steward, other.id)).person.name == NAME
    assert told(world) == {"people"}
