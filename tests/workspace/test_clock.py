"""A clock that jumps: what came later stays later, whatever the times say."""

from __future__ import annotations

import pytest

from atelier.errors import NotFound
from atelier.model.deposits import Target
from atelier.model.folders import Role
from atelier.model.journal import Verb
from atelier.workspace import documents, journal, locks, trash, uploads
from tests.builders import World, in_network


@pytest.mark.parametrize("hours", [-1, 1, -24 * 400])
@in_network
async def test_versions_and_journal_keep_their_order_when_the_clock_jumps(
    world: World, hours: int
) -> None:
    ws, steward = world.ws, world.steward
    folder = await world.folder("Commun")
    done = await world.deposit(steward, folder, "a.txt", b"un")
    world.clock.forward(hours=hours)
    second = await world.revise(steward, done.document_id, b"deux", expected=1)
    await documents.rename(ws, steward, done.document_id, "b.txt", expected=2)
    world.clock.forward(hours=-hours)
    restored = await documents.restore(ws, steward, done.document_id, 1, expected=2)
    assert (second.version, restored) == (2, 3)
    look = (await documents.look(ws, steward, done.document_id)).document
    assert [version.number for version in look.versions] == [3, 2, 1]
    assert look.current.sha256 == look.versions[-1].sha256
    lines = (await journal.of_folder(ws, steward, folder)).lines
    told = [line.verb for line in lines][:4]
    assert told == [Verb.RESTORED, Verb.DOCUMENT_RENAMED, Verb.REVISED, Verb.DEPOSITED]


@in_network
async def test_a_clock_set_back_ends_nothing_that_was_promised_a_time(
    world: World,
) -> None:
    ws, steward = world.ws, world.steward
    folder = await world.folder("Commun")
    awa = await world.person("Awa")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    kept = await world.deposit(steward, folder, "a.txt", b"un")
    announced = uploads.Announced(Target(folder, "b.txt"), 100)
    upload = await uploads.create(ws, awa, announced)
    await locks.take(ws, awa, kept.document_id)
    # Back by an hour: nothing is over, nothing is held for less than it was promised.
    world.clock.forward(hours=-1)
    assert (await uploads.look(ws, awa, upload.key)).offset_bytes == 0
    await trash.remove_document(ws, awa, kept.document_id)
    world.clock.forward(hours=1)
    [lying] = (await trash.look(ws, steward, folder)).rows
    assert lying.id == kept.document_id
    world.clock.forward(days=8)
    with pytest.raises(NotFound):
        await uploads.look(ws, awa, upload.key)
