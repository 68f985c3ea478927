"""Requests for access: asking tells nothing, and those who share the folder answer."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest

from atelier.database import requests as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound, TooManyWaiting
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, RequestId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.model.requests import About, Asked, Received, RequestState
from atelier.workspace import folders, journal, requests, sharing
from tests.builders import World, in_network, subject


async def ask(
    world: World, actor: Actor, folder: int, role: Role = Role.READER, message: str = ""
) -> None:
    """Ask for a folder."""
    await requests.ask(world.ws, actor, About.FOLDER, folder, role=role, message=message)


async def received(world: World, actor: Actor) -> tuple[Received, ...]:
    """What waits for her answer; the count says as many."""
    found = await requests.look(world.ws, actor)
    assert found.waiting == len(found.received) == await requests.waiting(world.ws, actor)
    return found.received


async def asked(world: World, actor: Actor) -> tuple[Asked, ...]:
    """What she asked for."""
    return (await requests.look(world.ws, actor)).asked


@in_network
async def test_a_request_reaches_those_who_share_the_folder_and_nobody_else(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "CH d'Argentan"])
    gil, zoe = await world.person("Gil"), await world.person("Zoé")
    folder, other = await world.folder("Réunions"), await world.folder("Direction")
    await world.grant(other, zoe, Role.COORDINATOR)
    await world.grant(folder, gil, Role.CONTRIBUTOR)
    await ask(world, awa, folder, message="  Pour préparer la séance.\n")
    (one,) = await received(world, world.steward)
    assert (one.person, one.email, one.organisations) == (
        "Awa", "awa@example.org", ("Mairie", "CH d'Argentan")
    )  # fmt: skip
    assert (one.role, one.message, one.folder) == (
        Role.READER, "Pour préparer la séance.", "Réunions"
    )  # fmt: skip
    assert not one.is_guest and one.document_id is None
    for nobody in (gil, zoe, awa):
        assert await received(world, nobody) == ()
        for act in (requests.grant(world.ws, nobody, one.id, Role.READER),
                    requests.refuse(world.ws, nobody, one.id)):  # fmt: skip
            with pytest.raises(NotFound):
                await act
    await ask(world, gil, other)
    assert [one.is_guest for one in await received(world, zoe)] == [True]
    assert [one.person for one in await received(world, world.steward)] == ["Awa", "Gil"]


@in_network
async def test_a_request_for_a_document_counts_for_the_folder_where_it_stands_now(
    world: World,
) -> None:
    awa, zoe = await world.person("Awa"), await world.person("Zoé")
    here, there = await world.folder("Ici"), await world.folder("Là")
    await world.grant(there, zoe, Role.COORDINATOR)
    document = (await world.deposit(world.steward, here, "note.txt")).document_id
    await requests.ask(world.ws, awa, About.DOCUMENT, document, role=Role.READER)
    assert [one.folder for one in await received(world, world.steward)] == ["Ici"]
    assert await received(world, zoe) == ()
    await world.change("UPDATE documents SET folder_id = :there", there=there)
    (one,) = await received(world, zoe)
    assert (one.folder, one.document, one.document_id) == ("Là", "note.txt", document)
    assert await requests.grant(world.ws, zoe, one.id, Role.READER) == there
    await folders.look(world.ws, awa, there)
    with pytest.raises(NotFound):
        await folders.look(world.ws, awa, here)
    (mine,) = await asked(world, awa)
    assert (mine.name, mine.state) == ("note.txt", RequestState.GRANTED)


@in_network
async def test_removed_things_and_disabled_people_leave_nothing_to_answer(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Réunions")
    document = (await world.deposit(world.steward, folder, "note.txt")).document_id
    await ask(world, bea, folder)
    await requests.ask(world.ws, awa, About.DOCUMENT, document, role=Role.READER)
    numbers = [one.id for one in await received(world, world.steward)]
    assert len(numbers) == 2
    await world.change("UPDATE documents SET removed_at = 1")
    await world.disable(bea.person_id)
    assert await received(world, world.steward) == ()
    for number in numbers:
        with pytest.raises(NotFound):
            await requests.grant(world.ws, world.steward, number, Role.READER)
    await world.change("UPDATE documents SET removed_at = NULL")
    assert len(await received(world, world.steward)) == 1
    await world.change("DELETE FROM reach")  # as of all that stands in the trash
    assert await received(world, world.steward) == ()


@in_network
async def test_asking_runs_the_same_statements_for_what_is_hidden_and_what_never_was(
    world: World,
) -> None:
    awa = await world.person("Awa")
    hidden = await world.folder("Direction")
    paper = (await world.deposit(world.steward, hidden, "paie.txt")).document_id
    shown = await world.folder("Commun")
    await world.grant(shown, awa)

    async def told(about: About, number: int) -> tuple[list[str], object]:
        statements: list[str] = []

        async def unit(tx: Transaction) -> None:
            recording = Recording(tx, statements)
            assert await records.waiting_elsewhere(recording, awa, about, number) == 0
            await records.put(
                recording, awa, about, number, role=Role.READER, message="", at=world.clock()
            )

        await world.ws.db.write(unit)
        (mine,) = await asked(world, awa)
        assert await records_left(world, mine.id) == 1
        said = dataclasses.replace(mine, id=RequestId(0), about_id=0)
        await requests.withdraw(world.ws, awa, mine.id)
        return statements, said

    never = 10**15
    assert await told(About.FOLDER, hidden) == await told(About.FOLDER, never)
    assert await told(About.DOCUMENT, paper) == await told(About.DOCUMENT, never)
    seen, missing = await told(About.FOLDER, shown), await told(About.FOLDER, never)
    assert seen[0] == missing[0] and seen[1] != missing[1]  # the name of what she may read


async def records_left(world: World, request: RequestId) -> int:
    """How many rows this request has."""
    return len(await world.values("SELECT id FROM access_requests WHERE id = :id", id=request))


class Recording(Transaction):
    """A transaction that keeps the text of what was asked of it."""

    def __init__(self, inner: Transaction, asked_of_it: list[str]) -> None:
        super().__init__(inner._connection)
        self._asked = asked_of_it

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """As `Transaction.rows`."""
        self._asked.append(sql)
        return await super().rows(sql, **values)

    async def run(self, sql: str, **values: object) -> int:
        """As `Transaction.run`."""
        self._asked.append(sql)
        return await super().run(sql, **values)


@in_network
async def test_a_number_asked_for_in_advance_is_not_what_is_made_later(world: World) -> None:
    awa = await world.person("Awa")
    first = await world.folder("Réunions")
    await ask(world, awa, first + 1)
    await requests.ask(world.ws, awa, About.DOCUMENT, DocumentId(1), role=Role.READER)
    world.clock.forward(minutes=1)
    later = await world.folder("Direction")
    await world.deposit(world.steward, later, "note.txt")
    assert later == first + 1
    assert await received(world, world.steward) == ()
    await ask(world, awa, later)  # now she asks for this one
    assert [one.folder for one in await received(world, world.steward)] == ["Direction"]


@in_network
async def test_one_request_about_one_thing_waits_and_asking_again_changes_it(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await asyncio.gather(*(ask(world, awa, folder, message=str(n)) for n in range(12)))
    assert len(await received(world, world.steward)) == 1
    await ask(world, awa, folder, Role.CONTRIBUTOR, "Pour écrire aussi.")
    (one,) = await received(world, world.steward)
    assert (one.role, one.message) == (Role.CONTRIBUTOR, "Pour écrire aussi.")
    await ask(world, awa, folder, Role.CONTRIBUTOR, "")
    (one,) = await received(world, world.steward)
    assert one.message == "Pour écrire aussi."
    await requests.refuse(world.ws, world.steward, one.id, "Pas cette année.")
    await ask(world, awa, folder)
    assert [one.state for one in await asked(world, awa)] == [
        RequestState.WAITING, RequestState.REFUSED
    ]  # fmt: skip


@in_network
async def test_twenty_requests_may_wait_and_taking_one_back_makes_room(world: World) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    for number in range(1, requests.MAX_WAITING + 1):
        await ask(world, awa, number)
    with pytest.raises(TooManyWaiting) as refusal:
        await ask(world, awa, 999)
    assert refusal.value.waiting == requests.MAX_WAITING
    await ask(world, awa, 7, message="encore")
    await ask(world, bea, 999)
    first = (await asked(world, awa))[0]
    with pytest.raises(NotFound):
        await requests.withdraw(world.ws, bea, first.id)
    await requests.withdraw(world.ws, awa, first.id)
    with pytest.raises(NotFound):
        await requests.withdraw(world.ws, awa, first.id)
    await ask(world, awa, 999)


@in_network
async def test_granting_gives_a_person_grant_and_marks_the_request_at_once(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await ask(world, awa, folder, Role.CONTRIBUTOR)
    (one,) = await received(world, world.steward)
    with pytest.raises(Invalid) as refusal:
        await requests.grant(world.ws, world.steward, one.id, Role.READER, world.today(plus=-1))
    assert refusal.value.field == "until"
    with pytest.raises(Invalid):
        await requests.grant(world.ws, world.steward, one.id, Role.COORDINATOR)
    assert len(await received(world, world.steward)) == 1
    until = world.today(plus=30)
    assert await requests.grant(world.ws, world.steward, one.id, Role.READER, until) == folder
    grants = (await sharing.look(world.ws, world.steward, folder)).grants
    assert ("Awa", Role.READER, until) in [
        (given.subject.name, given.role, given.until) for given in grants
    ]
    line = (await journal.of_folder(world.ws, world.steward, folder)).lines[0]
    assert (line.verb, line.facts["subject"]) == (Verb.GRANTED, "Awa")
    assert [one.state for one in await asked(world, awa)] == [RequestState.GRANTED]
    with pytest.raises(NotFound):
        await requests.grant(world.ws, world.steward, one.id, Role.READER)


@in_network
async def test_of_many_answers_at_once_one_counts(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await ask(world, awa, folder)
    (one,) = await received(world, world.steward)
    answers = await asyncio.gather(
        *(requests.grant(world.ws, world.steward, one.id, Role.READER) for _ in range(6)),
        *(requests.refuse(world.ws, world.steward, one.id) for _ in range(6)),
        return_exceptions=True,
    )
    assert answers.count(folder) == 1
    assert sum(isinstance(answer, NotFound) for answer in answers) == 11
    lines = (await journal.of_folder(world.ws, world.steward, folder)).lines
    told = [line for line in lines if line.verb in (Verb.GRANTED, Verb.REQUEST_REFUSED)]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("has", "lasts", "given", "for_days"),
    [
        (Role.CONTRIBUTOR, None, Role.READER, None),
        (Role.COORDINATOR, 5, Role.CONTRIBUTOR, None),
        (Role.READER, None, Role.READER, 9),
        (Role.READER, 30, Role.READER, 9),
    ],
)
@in_network
async def test_granting_never_takes_from_what_was_given_by_name(
    world: World, has: Role, lasts: int | None, given: Role, for_days: int | None
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    end = None if lasts is None else world.today(plus=lasts)
    await world.grant(folder, awa, has, until=end)
    await ask(world, awa, folder)
    (one,) = await received(world, world.steward)
    until = None if for_days is None else world.today(plus=for_days)
    with pytest.raises(AlreadySo):
        await requests.grant(world.ws, world.steward, one.id, given, until)
    grants = (await sharing.look(world.ws, world.steward, folder)).grants
    kept = [(one.role, one.until) for one in grants if one.subject.id == awa.person_id]
    assert kept == [(has, end)]
    assert len(await received(world, world.steward)) == 1


@in_network
async def test_a_longer_access_replaces_a_shorter_one(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, until=world.today(plus=5))
    await ask(world, awa, folder)
    (one,) = await received(world, world.steward)
    await requests.grant(world.ws, world.steward, one.id, Role.READER)
    world.clock.forward(days=6)
    await folders.look(world.ws, await world.actor("awa@example.org"), folder)


@in_network
async def test_a_coordinator_for_a_time_gives_no_longer_than_that(world: World) -> None:
    awa, zoe = await world.person("Awa"), await world.person("Zoé")
    folder = await world.folder("Réunions")
    await world.grant(folder, zoe, Role.COORDINATOR, until=world.today(plus=5))
    await ask(world, awa, folder)
    (one,) = await received(world, zoe)
    with pytest.raises(Invalid) as refusal:
        await requests.grant(world.ws, zoe, one.id, Role.READER)
    assert refusal.value.fault == "outlasts"
    await requests.grant(world.ws, zoe, one.id, Role.READER, world.today(plus=5))


@in_network
async def test_a_refusal_says_why_to_the_one_who_asked_and_the_journal_keeps_it(
    world: World,
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await ask(world, awa, folder)
    (one,) = await received(world, world.steward)
    with pytest.raises(Invalid) as refusal:
        await requests.refuse(world.ws, world.steward, one.id, "x" * 501)
    assert refusal.value.field == "answer"
    assert (
        await requests.refuse(world.ws, world.steward, one.id, " Adressez-vous à Zoé. ") == folder
    )
    (mine,) = await asked(world, awa)
    assert (mine.state, mine.answer, mine.name) == (
        RequestState.REFUSED, "Adressez-vous à Zoé.", ""
    )  # fmt: skip
    line = (await journal.of_folder(world.ws, world.steward, folder)).lines[0]
    assert (line.verb, line.facts) == (
        Verb.REQUEST_REFUSED, {"subject": "Awa", "role": "reader"}
    )  # fmt: skip
    with pytest.raises(NotFound):
        await folders.look(world.ws, awa, folder)


@in_network
async def test_what_cannot_be_asked_is_refused(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    for role, message, field in (
        (Role.COORDINATOR, "", "role"),
        (Role.READER, "x" * 501, "message"),
    ):
        with pytest.raises(Invalid) as refusal:
            await ask(world, awa, folder, role, message)
        assert refusal.value.field == field
    await ask(world, awa, folder, message="x" * 500)
    looking = dataclasses.replace(world.steward, seeing=subject(awa))
    (one,) = await received(world, world.steward)
    for act in (
        requests.look(world.ws, looking),
        requests.grant(world.ws, looking, one.id, Role.READER),
        requests.refuse(world.ws, looking, one.id),
        requests.withdraw(world.ws, dataclasses.replace(awa, seeing=subject(awa)), one.id),
    ):
        with pytest.raises(Forbidden):
            await act
    assert await requests.waiting(world.ws, looking) == 0
    assert len(await received(world, world.steward)) == 1
