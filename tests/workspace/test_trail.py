"""The access log as it is kept and read: who read or downloaded what, for stewards alone."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
from datetime import date, timedelta

import pytest

from atelier.database import trail as records
from atelier.database.journal import network_lines
from atelier.errors import BlobMissing, Forbidden, NoRoom, NotFound
from atelier.model.documents import Deposited
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.model.trail import TrailLine
from atelier.workspace import documents, folders, trail
from atelier.workspace.trail import Asked
from tests.builders import World, in_network
from tests.faults import FaultPlan
from tests.held import writer_held
from tests.workspace.test_upkeep import blob_path

Told = tuple[str, str, int, str]
ALL = Asked()


async def read(world: World, asked: Asked = ALL) -> list[TrailLine]:
    """The lines that a steward gets."""
    await world.ws.trail.flush()
    return [line async for line in await trail.lines(world.ws, world.steward, asked)]


async def told(world: World) -> list[Told]:
    """Person, document, version and act of the lines."""
    return [(line.person, line.document_name, line.version, line.act) for line in await read(world)]


async def shared(world: World, *readers: Actor) -> Deposited:
    """A document `a.txt` in a folder that these people may read."""
    folder = await world.folder("Commun")
    for reader in readers:
        await world.grant(folder, reader)
    return await world.deposit(world.steward, folder, "a.txt", b"un")


async def download(world: World, actor: Actor, document: DocumentId, number: int = 1) -> None:
    """Take the bytes, as a door does."""
    (await documents.content(world.ws, actor, document, number)).opened.close()


async def stored(world: World) -> str:
    """The hash of the only content."""
    (sha256,) = await world.values("SELECT sha256 FROM versions")
    return str(sha256)


async def network_journal(world: World) -> list[dict[str, str]]:
    """The facts of the notes that the access log was read."""
    found = await world.ws.db.read(lambda tx: network_lines(tx, before=2**62, limit=100))
    return [line.facts for line in reversed(found) if line.verb is NetworkVerb.ACCESS_LOG_READ]


@in_network
async def test_opening_a_page_and_taking_bytes_are_each_one_line_in_ten_minutes(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    done = await shared(world, awa, bea)
    await world.revise(world.steward, done.document_id, b"deux")
    for _ in range(3):
        await documents.look(world.ws, awa, done.document_id)
        await download(world, awa, done.document_id, 1)
    await documents.look(world.ws, bea, done.document_id, page=7)
    expected = [("Awa", "a.txt", 2, "read"), ("Awa", "a.txt", 1, "download")]
    expected.append(("Béa", "a.txt", 2, "read"))
    assert await told(world) == expected
    world.clock.forward(minutes=10)
    await documents.look(world.ws, awa, done.document_id)
    assert await told(world) == [*expected, expected[0]]
    moments = [line.at for line in await read(world)]
    assert moments[-1] - moments[0] == timedelta(minutes=10)


@in_network
async def test_refused_readers_and_acts_that_read_nothing_leave_no_line(world: World) -> None:
    awa, eve = await world.person("Awa"), await world.person("Ève")
    done = await shared(world, awa)
    for refused in (eve, dataclasses.replace(awa, person_id=PersonId(99))):
        with pytest.raises(NotFound):
            await documents.look(world.ws, refused, done.document_id)
        with pytest.raises(NotFound):
            await documents.content(world.ws, refused, done.document_id, 1)
    with pytest.raises(NotFound):
        await documents.look(world.ws, awa, DocumentId(99))
    with pytest.raises(NotFound):
        await documents.content(world.ws, awa, done.document_id, 2)
    await documents.enter_to(world.ws, awa, done.document_id, Action.READ)
    await folders.look(world.ws, awa, await folders.find(world.ws, awa, "Commun"))
    blob_path(world, await stored(world)).unlink()
    with pytest.raises(BlobMissing):
        await documents.content(world.ws, awa, done.document_id, 1)
    assert await told(world) == []


@in_network
async def test_who_looks_as_somebody_else_is_the_one_who_reads(world: World) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    as_awa = dataclasses.replace(world.steward, seeing=Subject(SubjectKind.PERSON, awa.person_id))
    await documents.look(world.ws, as_awa, done.document_id)
    await download(world, as_awa, done.document_id)
    assert {line.person_id for line in await read(world)} == {world.steward.person_id}


@in_network
async def test_eight_readers_at_once_leave_one_sound_chain(world: World) -> None:
    people = [await world.person(f"Lectrice {number}") for number in range(8)]
    folder = await world.folder("Commun")
    await world.grant(folder, None)
    made = [await world.deposit(world.steward, folder, f"{n}.txt", b"%d" % n) for n in range(5)]

    async def consult(actor: Actor) -> None:
        for done in made:
            await documents.look(world.ws, actor, done.document_id)
            await download(world, actor, done.document_id)
            await world.ws.trail.flush()

    await asyncio.gather(*(consult(actor) for actor in people))
    lines = await read(world)
    assert [line.number for line in lines] == list(range(1, 81))
    assert len({(line.person_id, line.document_id, line.act) for line in lines}) == 80
    for person in people:
        mine = [line.document_id for line in lines if line.person_id == person.person_id]
        assert mine == sorted(mine), "each one's lines stand in the order of her acts"
    assert (await world.ws.db.read(records.check)).fault is None


@in_network
async def test_no_reply_waits_for_the_log(world: World) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    async with asyncio.timeout(60), writer_held(world.ws.db) as holding:
        await documents.look(world.ws, awa, done.document_id)
        await download(world, awa, done.document_id)
        assert not holding.done()
    assert [act for *_, act in await told(world)] == ["read", "download"]


@in_network
async def test_a_full_disk_breaks_no_reading_and_the_line_is_written_later(world: World) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    plan = FaultPlan(0, errno.ENOSPC, only="commit", for_good=True)
    world.seam.behaviour = plan
    look = await documents.look(world.ws, awa, done.document_id)
    assert look.document.name == "a.txt"
    with pytest.raises(NoRoom):
        await world.ws.trail.flush()
    await download(world, awa, done.document_id)
    plan.heal()
    assert [act for *_, act in await told(world)] == ["read", "download"]


@in_network
async def test_stewards_alone_read_the_log_and_the_networks_journal_tells_it(
    world: World,
) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    await documents.look(world.ws, awa, done.document_id)
    chief = await world.person("Chef")
    await world.grant(
        await folders.find(world.ws, world.steward, "Commun"), chief, Role.COORDINATOR
    )
    seeing = dataclasses.replace(world.steward, seeing=Subject(SubjectKind.PERSON, awa.person_id))
    for refused in (awa, chief, seeing):
        with pytest.raises(Forbidden):
            await trail.lines(world.ws, refused, Asked())
    assert await network_journal(world) == []
    assert len(await read(world)) == 1
    with pytest.raises(NotFound):
        await trail.lines(world.ws, world.steward, Asked(person="nobody@example.org"))
    await read(world, Asked(person="awa@example.org", document=done.document_id))
    assert await network_journal(world) == [
        {},
        {"document": str(done.document_id), "person": "Awa"},
    ]


@in_network
async def test_a_steward_who_is_one_no_more_gets_no_further_line(world: World) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    await documents.look(world.ws, awa, done.document_id)
    await world.ws.trail.flush()
    lines = await trail.lines(world.ws, world.steward, Asked())
    await world.change("UPDATE people SET is_steward = 0")
    with pytest.raises(Forbidden):
        await anext(lines)


@in_network
async def test_lines_are_asked_for_by_person_document_and_days_of_the_network(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    done = await shared(world, awa, bea)
    folder = await folders.find(world.ws, world.steward, "Commun")
    other = await world.deposit(world.steward, folder, "b.txt", b"deux")
    await documents.look(world.ws, awa, done.document_id)
    await documents.look(world.ws, bea, done.document_id)
    world.clock.forward(hours=13, minutes=59)  # 22:59 UTC, 23:59 in Paris
    await documents.look(world.ws, awa, other.document_id)
    world.clock.forward(minutes=10)
    await documents.look(world.ws, bea, other.document_id)
    first, second = date(2026, 3, 12), date(2026, 3, 13)
    for asked, expected in (
        (Asked(person="AWA@example.org"), [1, 3]),
        (Asked(person=str(bea.person_id)), [2, 4]),
        (Asked(document=done.document_id), [1, 2]),
        (Asked(person="awa@example.org", document=other.document_id), [3]),
        (Asked(since=second), [4]),
        (Asked(until=first), [1, 2, 3]),
        (Asked(since=first, until=second), [1, 2, 3, 4]),
        (Asked(since=second + timedelta(days=1)), []),
        (Asked(since=date.min, until=date.max), [1, 2, 3, 4]),
        (Asked(person="999"), []),
    ):
        assert [line.number for line in await read(world, asked)] == expected, asked


@in_network
async def test_more_lines_than_are_read_at_once_all_come_in_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "_BATCH", 2)
    awa = await world.person("Awa")
    done = await shared(world, awa)
    for _ in range(5):
        await documents.look(world.ws, awa, done.document_id)
        world.clock.forward(minutes=10)
    assert [line.number for line in await read(world)] == [1, 2, 3, 4, 5]
    assert await network_journal(world) == [{}]


@in_network
async def test_a_document_that_the_steward_may_not_read_stays_a_number(world: World) -> None:
    awa = await world.person("Awa")
    await world.change("UPDATE people SET may_open_top = 1 WHERE id = :id", id=awa.person_id)
    awa = await world.actor("awa@example.org")
    hers = await world.folder("À elle", by=awa)
    done = await world.deposit(awa, hers, "secret.txt", b"secret")
    await documents.look(world.ws, awa, done.document_id)
    (line,) = await read(world)
    assert (line.document_id, line.document_name) == (done.document_id, "")
    await world.grant(hers, world.steward, by=awa)
    (line,) = await read(world)
    assert line.document_name == "secret.txt"
    await world.change("UPDATE documents SET removed_at = 1")
    (line,) = await read(world)
    assert line.document_name == ""


@in_network
async def test_erasing_or_renaming_a_person_breaks_no_chain(world: World) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    await documents.look(world.ws, awa, done.document_id)
    before = await read(world)
    head = (await world.ws.db.read(records.check)).head
    await world.change(
        "UPDATE people SET name = 'x', email = '', email_key = 'x' WHERE id = :id",
        id=awa.person_id,
    )
    (line,) = await read(world)
    assert (line.person, line.email, line.person_id) == ("x", "", awa.person_id)
    assert dataclasses.replace(line, person="Awa", email="awa@example.org") == before[0]
    found = await world.ws.db.read(records.check)
    assert (found.fault, found.head) == (None, head)
    rows = await world.ws.db.read(lambda tx: tx.rows("SELECT * FROM access_log"))
    assert "Awa" not in str(rows) and "a.txt" not in str(rows)


@in_network
async def test_lines_that_somebody_changed_can_still_be_read(world: World) -> None:
    awa = await world.person("Awa")
    done = await shared(world, awa)
    await documents.look(world.ws, awa, done.document_id)
    await world.ws.trail.flush()
    for change in ("act = CAST(x'ff' AS TEXT)", f"at = {2**62}", "at = -5", "person = 0"):
        await world.change(f"UPDATE access_log SET {change}")
        (line,) = await read(world)
        assert line.version == 1
