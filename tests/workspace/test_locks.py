"""Locks: who is editing keeps others from changing a document, until she or time ends it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from atelier.errors import AlreadySo, Forbidden, Invalid, Locked, NotFound
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId
from atelier.model.locks import Lock
from atelier.model.people import Actor, Person
from atelier.workspace import (
    accounts,
    deposits,
    documents,
    folders,
    journal,
    locks,
    orphans,
    people,
    sharing,
    trash,
    upkeep,
)
from atelier.workspace.locks import MAX_LOCKS
from tests.builders import World, chunks, in_network, subject

NOWHERE = DocumentId(10**15)
Act = Callable[[World, Actor, DocumentId, FolderId], Awaitable[object]]

# Everything that changes `note.txt`, whose current version is the second; beside it stands
# a folder where the actor may deposit.
CHANGES: dict[str, Act] = {
    "revise": lambda world, who, document, _: world.revise(who, document, b"trois"),
    "restore": lambda world, who, document, _: documents.restore(
        world.ws, who, document, 1, expected=2
    ),
    "rename": lambda world, who, document, _: documents.rename(world.ws, who, document, "b.txt"),
    "move": lambda world, who, document, to: documents.move(world.ws, who, document, to),
    "remove": lambda world, who, document, _: trash.remove_document(world.ws, who, document),
}


async def team(world: World) -> tuple[FolderId, DocumentId, Actor, Actor, Actor]:
    """A folder, its document, two contributors and a reader; the steward coordinates it."""
    awa, lea, noe = [await world.person(name) for name in ("Awa", "Lea", "Noe")]
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await world.grant(folder, lea, Role.CONTRIBUTOR)
    await world.grant(folder, noe)
    document = (await world.deposit(lea, folder, "note.txt", b"un")).document_id
    await world.revise(lea, document, b"deux")
    return folder, document, awa, lea, noe


async def lock_on(world: World, who: Actor, document: DocumentId) -> Lock | None:
    """The lock as the page of the document tells it to somebody."""
    return (await documents.look(world.ws, who, document)).lock


async def verbs(world: World, folder: FolderId) -> list[tuple[str, str, dict[str, str]]]:
    """Who locked and unlocked what, oldest first."""
    lines = (await journal.of_folder(world.ws, world.steward, folder)).lines
    told = [(line.verb.value, line.person, line.facts) for line in reversed(lines)]
    return [line for line in told if line[0] in ("locked", "unlocked")]


@pytest.mark.parametrize("change", CHANGES)
@in_network
async def test_a_lock_keeps_everybody_but_its_holder_from(world: World, change: str) -> None:
    _, document, awa, lea, _ = await team(world)
    elsewhere = await world.folder("Ailleurs")
    for one in (awa, lea):
        await world.grant(elsewhere, one, Role.CONTRIBUTOR)
    lock = await locks.take(world.ws, awa, document)
    for other in (lea, world.steward):
        with pytest.raises(Locked) as refused:
            await CHANGES[change](world, other, document, elsewhere)
        assert (refused.value.holder, refused.value.until) == ("Awa", lock.until)
    look = await documents.look(world.ws, lea, document)
    assert (look.document.name, look.document.current.number) == ("note.txt", 2)
    await CHANGES[change](world, awa, document, elsewhere)


@in_network
async def test_a_deposit_under_the_name_of_a_locked_document_is_refused_before_its_bytes(
    world: World,
) -> None:
    folder, document, awa, lea, _ = await team(world)
    await locks.take(world.ws, awa, document)
    with pytest.raises(Locked):
        await deposits.begin(world.ws, lea, folder, "NOTE.txt")
    with pytest.raises(Locked):
        await deposits.begin_version(world.ws, lea, document, expected=2)
    assert (await world.deposit(awa, folder, "NOTE.txt", b"trois")).version == 3
    assert (await world.deposit(lea, folder, "autre.txt")).is_new_document


@in_network
async def test_a_lock_taken_while_the_bytes_came_sets_them_aside(world: World) -> None:
    folder, document, awa, lea, noe = await team(world)
    incoming = await deposits.begin(world.ws, lea, folder, "note.txt")
    await locks.take(world.ws, awa, document)
    with pytest.raises(Locked) as refused:
        await deposits.receive(world.ws, lea, incoming, chunks(b"trois"))
    assert refused.value.aside is not None
    assert (await documents.look(world.ws, noe, document)).document.current.number == 2
    same = await deposits.begin(world.ws, awa, folder, "note.txt")
    assert (await deposits.receive(world.ws, awa, same, chunks(b"deux"))).version == 2


@in_network
async def test_taking_a_lock_needs_the_right_to_revise(world: World) -> None:
    folder, document, awa, _, noe = await team(world)
    stranger = await world.person("Zoe")
    with pytest.raises(Forbidden) as refused:
        await locks.take(world.ws, noe, document)
    assert refused.value.action == "revise"
    for act in (locks.take, locks.renew, locks.release):
        for one in (document, NOWHERE):
            with pytest.raises(NotFound) as missing:
                await act(world.ws, stranger, one)
            assert missing.value.facts() == {"kind": "document"}
    assert await verbs(world, folder) == []
    await locks.take(world.ws, awa, document, note="  le point\n3 ")
    seen = await lock_on(world, noe, document)
    assert seen is not None
    assert (seen.holder, seen.note) == ("Awa", "le point 3")


@in_network
async def test_one_holds_a_lock_and_the_next_is_told_who(world: World) -> None:
    folder, document, awa, lea, _ = await team(world)
    lock = await locks.take(world.ws, awa, document)
    assert lock.until - world.clock.now == timedelta(hours=4)
    for act in (locks.take, locks.renew):
        with pytest.raises(Locked) as refused:
            await act(world.ws, lea, document)
        assert refused.value.holder == "Awa"
    assert await verbs(world, folder) == [("locked", "Awa", {"name": "note.txt"})]


@in_network
async def test_of_many_who_take_it_at_once_one_holds_it(world: World) -> None:
    folder = await world.folder("Commun")
    many = [await world.person(f"P{number}") for number in range(6)]
    await world.grant(folder, None, Role.CONTRIBUTOR)
    document = (await world.deposit(many[0], folder, "a.txt")).document_id
    taken = await asyncio.gather(
        *(locks.take(world.ws, one, document) for one in many), return_exceptions=True
    )
    assert sum(isinstance(one, Lock) for one in taken) == 1
    assert sum(isinstance(one, Locked) for one in taken) == 5


@in_network
async def test_a_lock_ends_with_its_time_and_goes_on_when_it_is_renewed(world: World) -> None:
    folder, document, awa, lea, _ = await team(world)
    first = await locks.take(world.ws, awa, document, note="a")
    world.clock.forward(hours=3, minutes=59)
    renewed = await locks.renew(world.ws, awa, document)
    assert (renewed.token, renewed.since, renewed.note) == (first.token, first.since, "a")
    world.clock.forward(hours=3, minutes=59)
    again = await locks.take(world.ws, awa, document, note="b")
    assert (again.token, again.note) == (first.token, "b")
    with pytest.raises(Locked):
        await world.revise(lea, document, b"trois")
    world.clock.forward(hours=4)
    assert await lock_on(world, awa, document) is None
    for act in (locks.renew, locks.release):
        with pytest.raises(AlreadySo) as refused:
            await act(world.ws, awa, document)
        assert refused.value.what == "unlocked"
    assert (await world.revise(lea, document, b"trois")).version == 3
    other = await locks.take(world.ws, lea, document)
    assert other.token != first.token
    assert [verb for verb, _, _ in await verbs(world, folder)] == ["locked", "locked"]


@in_network
async def test_who_was_editing_is_told_for_a_week_that_a_coordinator_released_it(
    world: World,
) -> None:
    folder, document, awa, lea, _ = await team(world)
    for _ in range(2):
        await locks.take(world.ws, awa, document)
        await locks.release(world.ws, world.steward, document)
    (told,) = (await orphans.waiting(world.ws, awa)).told
    assert (told.verb, told.person, told.said) == ("unlocked", world.steward.name, "note.txt")
    assert (told.folder_id, told.folder) == (folder, "Réunions")
    await locks.take(world.ws, lea, document)
    await locks.release(world.ws, lea, document)
    for other in (lea, world.steward):
        assert (await orphans.waiting(world.ws, other)).told == (), "she did it herself"
    world.clock.forward(days=8)
    assert (await orphans.waiting(world.ws, awa)).told == ()


@in_network
async def test_her_holder_or_a_coordinator_releases_it_and_nobody_else(world: World) -> None:
    folder, document, awa, lea, noe = await team(world)
    await locks.take(world.ws, awa, document)
    for other, action in ((lea, "unlock"), (noe, "revise")):
        with pytest.raises(Forbidden) as refused:
            await locks.release(world.ws, other, document)
        assert refused.value.action == action
    await locks.release(world.ws, awa, document)
    await locks.take(world.ws, awa, document)
    await locks.release(world.ws, world.steward, document)
    assert await lock_on(world, lea, document) is None
    assert [(verb, facts.get("holder")) for verb, _, facts in await verbs(world, folder)] == [
        ("locked", None),
        ("unlocked", None),
        ("locked", None),
        ("unlocked", "Awa"),
    ]


@in_network
async def test_who_may_no_longer_revise_there_holds_nothing(world: World) -> None:
    folder, document, awa, lea, _ = await team(world)
    grant = await world.grant(folder, awa, Role.CONTRIBUTOR)
    await locks.take(world.ws, awa, document)
    await world.grant(folder, awa, Role.READER)
    assert await lock_on(world, awa, document) is None
    await world.revise(lea, document, b"trois")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    assert await lock_on(world, lea, document) is not None
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    assert await lock_on(world, lea, document) is None
    assert (await locks.take(world.ws, lea, document)).holder == "Lea"


@in_network
async def test_a_lock_holds_by_any_place_of_its_holder_and_ends_with_the_last(world: World) -> None:
    awa = await world.person("Awa", of=("CH", "CPTS"))
    hospital, network = [place.organisation for place in (await _person(world, awa)).memberships]
    folder = await world.folder("Commun")
    await world.grant(folder, hospital, Role.CONTRIBUTOR)
    grant = await world.grant(folder, network, Role.CONTRIBUTOR)
    document = (await world.deposit(awa, folder, "a.txt")).document_id
    acting = dataclasses.replace(awa, acting_as=network.id)
    assert (await locks.take(world.ws, acting, document)).organisation == network.name
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    assert await lock_on(world, world.steward, document) is not None
    await world.end_membership(awa.person_id, on=world.today(plus=-1))
    assert await lock_on(world, world.steward, document) is None


@in_network
async def test_an_account_that_is_closed_holds_no_lock_and_gets_none_back(world: World) -> None:
    _, document, awa, lea, _ = await team(world)
    await locks.take(world.ws, awa, document)
    await accounts.disable(world.ws, world.steward, awa.person_id)
    await world.revise(lea, document, b"trois")
    await accounts.enable(world.ws, world.steward, awa.person_id)
    assert await lock_on(world, lea, document) is None


@in_network
async def test_a_lock_follows_its_document_where_its_holder_puts_it(world: World) -> None:
    _, document, awa, lea, _ = await team(world)
    there, without = await world.folder("Autre"), await world.folder("Dépôts")
    for folder in (there, without):
        await world.grant(folder, lea, Role.CONTRIBUTOR)
    await world.grant(there, awa, Role.CONTRIBUTOR)
    lock = await locks.take(world.ws, awa, document)
    await documents.move(world.ws, awa, document, there)
    assert await lock_on(world, lea, document) == lock
    with pytest.raises(Locked):
        await documents.move(world.ws, lea, document, without)


@in_network
async def test_a_removal_ends_the_lock_and_a_removed_folder_lets_it_rest(world: World) -> None:
    folder, document, awa, lea, _ = await team(world)
    await locks.take(world.ws, awa, document)
    await trash.remove_document(world.ws, awa, document)
    await trash.restore_document(world.ws, awa, folder, document)
    assert await lock_on(world, lea, document) is None
    await locks.take(world.ws, awa, document)
    await trash.remove_folder(world.ws, world.steward, folder)
    await trash.restore_folder(world.ws, world.steward, None, folder)
    assert await lock_on(world, lea, document) is not None
    await trash.remove_folder(world.ws, world.steward, folder)
    await trash.purge_folder(world.ws, world.steward, None, folder)
    assert await world.values("SELECT COUNT(*) FROM locks") == [0]


@in_network
async def test_lists_mark_the_documents_that_somebody_may_still_hold(world: World) -> None:
    folder, document, awa, lea, noe = await team(world)
    other = (await world.deposit(lea, folder, "b.txt")).document_id
    await world.deposit(lea, folder, "c.txt")
    lock = await locks.take(world.ws, awa, document)
    await locks.take(world.ws, lea, other)
    await world.grant(folder, lea, Role.READER)
    assert (await folders.look(world.ws, noe, folder)).locks == {document: lock}
    assert (await folders.home(world.ws, noe)).locks == {document: lock}


@in_network
async def test_one_person_holds_a_hundred_locks_and_no_more(world: World) -> None:
    folder, document, awa, _, _ = await team(world)
    some = [(await world.deposit(awa, folder, f"{n}.txt")).document_id for n in range(3)]
    await locks.take(world.ws, awa, some[0])
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :wanted)"
        " INSERT INTO locks (kind, id, token, person_id, created_at, expires_at)"
        " SELECT 'document', 1000 + i, 't' || i, :person, created_at, expires_at"
        " FROM n, locks WHERE kind = 'document' AND locks.id = :taken",
        wanted=MAX_LOCKS - 2,
        person=awa.person_id,
        taken=some[0],
    )
    await locks.take(world.ws, awa, some[1])
    with pytest.raises(Invalid) as refused:
        await locks.take(world.ws, awa, document)
    assert refused.value.fault == "too_many_locks"
    await locks.take(world.ws, awa, some[1])
    await locks.release(world.ws, awa, some[0])
    await locks.take(world.ws, awa, document)
    world.clock.forward(hours=5)
    await locks.take(world.ws, awa, some[2])
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT id FROM locks") == [some[2]]


@in_network
async def test_a_remark_is_short(world: World) -> None:
    _, document, awa, _, _ = await team(world)
    with pytest.raises(Invalid) as refused:
        await locks.take(world.ws, awa, document, note="x" * 201)
    assert (refused.value.field, refused.value.fault) == ("note", "too_long")
    assert (await locks.take(world.ws, awa, document, note="x" * 200)).note == "x" * 200


@in_network
async def test_the_token_of_a_lock_is_nowhere_but_with_its_holder(world: World) -> None:
    folder, document, awa, lea, _ = await team(world)
    lock = await locks.take(world.ws, awa, document)
    assert lock.token.startswith("opaquelocktoken:")
    assert len(lock.token.rpartition("/")[2]) == 64
    with pytest.raises(Locked) as refused:
        await world.revise(lea, document, b"trois")
    assert lock.token not in str(refused.value)
    told = await journal.of_folder(world.ws, world.steward, folder)
    assert all(lock.token not in str(line) for line in told.lines)


@in_network
async def test_nothing_is_taken_by_one_who_looks_as_somebody_else(world: World) -> None:
    folder, document, awa, _, _ = await team(world)
    looking = dataclasses.replace(world.steward, seeing=subject(awa))
    await locks.take(world.ws, world.steward, document)
    for act in (locks.take, locks.renew, locks.release):
        with pytest.raises(Forbidden):
            await act(world.ws, looking, document)
    assert [who for _, who, _ in await verbs(world, folder)] == [world.steward.name]


async def _person(world: World, who: Actor) -> Person:
    return (await people.look(world.ws, world.steward, who.person_id)).person
