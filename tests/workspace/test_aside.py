"""Bytes set aside: who comes second keeps hers for a week, and nobody else sees them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from atelier.database.engine import Transaction
from atelier.errors import Forbidden, NotFound, VersionClash
from atelier.model.deposits import Aside, Target
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import AsideId, DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import aside, deposits, documents, folders, sharing, trash, upkeep
from tests.builders import World, chunks, in_network


async def come_second(
    world: World, by: Actor, document: DocumentId, content: bytes = b"la sienne"
) -> AsideId:
    """Deposit over a version that another replaces meanwhile; under which number it is kept."""
    now = (await documents.look(world.ws, by, document)).document.current.number
    late = await deposits.begin_version(world.ws, by, document, expected=now)
    await world.revise(world.steward, document, b"avant %d" % now)
    with pytest.raises(VersionClash) as clash:
        await deposits.receive(world.ws, by, late, chunks(content), comment=" relue ")
    assert (clash.value.expected, clash.value.current) == (now, now + 1)
    assert clash.value.aside is not None
    return AsideId(clash.value.aside)


async def shared(world: World, *people: Actor) -> tuple[FolderId, DocumentId]:
    """A document that these people may revise."""
    folder = await world.folder("Commun")
    for person in people:
        await world.grant(folder, person, Role.CONTRIBUTOR)
    return folder, (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id


async def seen(world: World, by: Actor, document: DocumentId) -> tuple[Aside, ...]:
    """What the document's page shows her as hers."""
    return (await documents.look(world.ws, by, document)).aside


@in_network
async def test_who_comes_second_finds_her_bytes_and_deposits_them_again(world: World) -> None:
    awa, bea = await world.person("Awa", of="Mairie"), await world.person("Béa")
    _, document = await shared(world, awa, bea)
    number = await come_second(world, awa, document)
    (one,) = await seen(world, awa, document)
    assert (one.id, one.document_id, one.name) == (number, document, "a.txt")
    assert (one.expected, one.current, one.comment) == (1, 2, "relue")
    assert (one.size_bytes, one.media_type) == (9, "text/plain")
    assert one.expires_at - one.created_at == timedelta(days=7)
    assert await aside.hers(world.ws, awa) == (one,)
    content = await aside.content(world.ws, awa, document, number)
    assert content.name == "a.txt"
    assert await content.opened.read(0, 9) == b"la sienne"
    content.opened.close()
    await aside.check(world.ws, awa, document, number)
    # Nobody else: it answers like what never was.
    for other in (bea, world.steward):
        assert await seen(world, other, document) == await aside.hers(world.ws, other) == ()
        await refused(world, other, document, number, NotFound)
        await refused(world, other, document, AsideId(10**15), NotFound)
    with pytest.raises(VersionClash) as clash:
        await aside.deposit_again(world.ws, awa, document, number, expected=1)
    assert clash.value.aside == number
    done = await aside.deposit_again(world.ws, awa, document, number, expected=2)
    assert (done.document_id, done.version, done.is_new_version) == (document, 3, True)
    current = (await documents.look(world.ws, bea, document)).document.current
    assert (current.author, current.organisation, current.comment) == ("Awa", "Mairie", "relue")
    assert current.sha256 == one.sha256
    assert await seen(world, awa, document) == ()
    await refused(world, awa, document, number, NotFound)


async def refused(
    world: World,
    by: Actor,
    document: DocumentId,
    number: AsideId,
    error: type[Exception],
    kind: str = "aside",
) -> None:
    """Every act on what was set aside is refused so."""
    for act in (
        lambda: aside.content(world.ws, by, document, number),
        lambda: aside.check(world.ws, by, document, number),
        lambda: aside.deposit_again(world.ws, by, document, number, expected=2),
        lambda: aside.throw_away(world.ws, by, document, number),
    ):
        with pytest.raises(error) as refusal:
            await act()
        if error is NotFound:
            assert str(refusal.value) == str(NotFound(kind))


@in_network
async def test_what_is_set_aside_is_hers_only_while_she_may_read_and_deposits_while_she_may_revise(
    world: World,
) -> None:
    awa = await world.person("Awa")
    folder, document = await shared(world, awa)
    number = await come_second(world, awa, document)
    reading = await world.grant(folder, awa, Role.READER)
    with pytest.raises(Forbidden):
        await aside.deposit_again(world.ws, awa, document, number, expected=2)
    await aside.check(world.ws, awa, document, number)
    await sharing.withdraw(world.ws, world.steward, folder, reading)
    await refused(world, awa, document, number, NotFound, "document")
    assert await aside.hers(world.ws, awa) == ()
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await trash.remove_document(world.ws, world.steward, document)
    await refused(world, awa, document, number, NotFound, "document")
    assert await aside.hers(world.ws, awa) == ()
    await trash.restore_document(world.ws, world.steward, folder, document)
    await aside.throw_away(world.ws, awa, document, number)
    await refused(world, awa, document, number, NotFound)


@in_network
async def test_what_another_has_set_aside_takes_the_same_statements_as_what_never_was(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder, document = await shared(world, awa, bea)
    elsewhere = (await world.deposit(world.steward, folder, "b.txt")).document_id
    others = await come_second(world, bea, document)
    hers = await come_second(world, awa, elsewhere)
    counts = []
    for number in (others, hers, AsideId(10**15)):
        which = document, number

        async def unit(tx: Transaction, which: tuple[DocumentId, AsideId] = which) -> int:
            with pytest.raises(NotFound):
                await aside._enter(world.ws, tx, awa, which, Action.READ)
            return tx.statements

        counts.append(await world.ws.db.read(unit))
    assert len(set(counts)) == 1
    await refused(world, awa, document, hers, NotFound)


@in_network
async def test_the_bytes_that_are_current_already_are_neither_a_clash_nor_set_aside(
    world: World,
) -> None:
    awa = await world.person("Awa")
    _, document = await shared(world, awa)
    late = await deposits.begin_version(world.ws, awa, document, expected=1)
    await world.revise(world.steward, document, b"deux")
    done = await deposits.receive(world.ws, awa, late, chunks(b"deux"))
    assert (done.version, done.is_new_version) == (2, False)
    assert await seen(world, awa, document) == ()
    number = await come_second(world, awa, document)
    await world.revise(world.steward, document, b"la sienne")
    done = await aside.deposit_again(world.ws, awa, document, number, expected=2)
    assert (done.version, done.is_new_version) == (4, False)
    assert await seen(world, awa, document) == ()


@in_network
async def test_the_same_bytes_second_again_are_kept_once_and_longer(world: World) -> None:
    awa = await world.person("Awa")
    _, document = await shared(world, awa)
    number = await come_second(world, awa, document)
    world.clock.forward(days=3)
    assert await come_second(world, awa, document) == number
    (one,) = await seen(world, awa, document)
    assert (one.expected, one.current) == (2, 3)
    assert one.expires_at - one.created_at == timedelta(days=10)


@in_network
async def test_the_same_bytes_are_renewed_also_when_no_others_would_be_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    _, document = await shared(world, awa)
    number = await come_second(world, awa, document)
    monkeypatch.setattr(aside, "MAX_ASIDE", 1)
    assert await come_second(world, awa, document) == number
    now = (await documents.look(world.ws, awa, document)).document.current.number
    late = await deposits.begin_version(world.ws, awa, document, expected=now)
    await world.revise(world.steward, document, b"encore avant")
    with pytest.raises(VersionClash) as clash:
        await deposits.receive(world.ws, awa, late, chunks(b"une autre"))
    assert clash.value.aside is None
    assert [one.id for one in await seen(world, awa, document)] == [number]


@in_network
async def test_after_a_week_it_is_over_and_its_bytes_are_collected(world: World) -> None:
    awa = await world.person("Awa")
    _, document = await shared(world, awa)
    number = await come_second(world, awa, document)
    world.clock.forward(days=7)
    assert await seen(world, awa, document) == ()
    await refused(world, awa, document, number, NotFound)
    assert await world.values("SELECT id FROM set_aside") == [number]
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT id FROM set_aside") == []
    kept = await come_second(world, awa, document)
    world.clock.forward(days=6)
    await upkeep.forget_expired(world.ws)
    assert [one.id for one in await seen(world, awa, document)] == [kept]


@in_network
async def test_who_lost_her_access_or_has_too_many_gets_none_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    folder, document = await shared(world, awa)
    target = Target(None, "a.txt", document, 1)
    incoming = await deposits.begin_version(world.ws, awa, document, expected=1)
    await incoming.write(b"la sienne")
    blob, media_type = await incoming.seal()
    monkeypatch.setattr(aside, "MAX_ASIDE", 0)
    await world.revise(world.steward, document, b"deux")
    with pytest.raises(VersionClash) as clash:
        await deposits.confirm(world.ws, awa, target, blob, media_type)
    assert clash.value.aside is None
    monkeypatch.undo()
    keep = {"expected": None, "comment": ""}
    for grant in (await folders.look(world.ws, world.steward, folder)).audience:
        if grant.subject.id == awa.person_id:
            await sharing.withdraw(world.ws, world.steward, folder, grant.id)
    assert await aside.keep(world.ws, awa, document, blob, media_type, **keep) is None  # type: ignore[arg-type]
    await world.grant(folder, awa)
    number = await aside.keep(world.ws, awa, document, blob, media_type, **keep)  # type: ignore[arg-type]
    (one,) = await seen(world, awa, document)
    assert (one.id, one.expected) == (number, 2)


@in_network
async def test_who_looks_as_another_sees_neither_hers_nor_theirs(world: World) -> None:
    awa = await world.person("Awa")
    folder, document = await shared(world, awa)
    await world.grant(folder, awa, Role.COORDINATOR)
    await come_second(world, awa, document)
    as_steward = Subject(SubjectKind.PERSON, world.steward.person_id)
    seeing = dataclasses.replace(awa, seeing=as_steward)
    assert await aside.hers(world.ws, seeing) == ()
    assert await seen(world, seeing, document) == ()
    assert len(await seen(world, awa, document)) == 1


@in_network
async def test_a_purge_ends_what_was_set_aside_for_the_document(world: World) -> None:
    awa = await world.person("Awa")
    folder, document = await shared(world, awa)
    await come_second(world, awa, document)
    await trash.remove_document(world.ws, world.steward, document)
    await trash.purge_document(world.ws, world.steward, folder, document)
    assert await world.values("SELECT id FROM set_aside") == []
    assert (await upkeep.verify(world.ws)).is_clean
