"""A closed account opens nothing more, by any way that stood open when it was closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from atelier.database import sessions
from atelier.database.sessions import LinkRow, Purpose
from atelier.errors import BadSignIn, LinkSpent, NotFound, SignInNeeded
from atelier.model.deposits import Target
from atelier.model.search import Asked
from atelier.workspace import (
    accounts,
    archives,
    calendars,
    deposits,
    documents,
    dropped,
    entering,
    folders,
    inbox,
    links,
    locks,
    people,
    search,
)
from atelier.workspace.entering import Visitor
from tests.builders import World, in_network
from tests.uploads import BODY, begun, common, sent
from tests.workspace.test_signing_in import PASSWORD, come_in


@in_network
async def test_sessions_steps_links_and_feeds_end_at_once(world: World) -> None:
    ws = world.ws
    awa = await world.person("Awa")
    token = await come_in(world, awa.person_id)
    link = await people.issue_link(ws, world.steward, awa.person_id)
    reset = await ws.db.write(lambda tx: links.start_reset(ws, tx, awa.person_id))
    await ws.db.write(
        lambda tx: sessions.add_step(
            tx, sessions.hashed("step"), awa.person_id, ws.clock(), is_kept=False
        )
    )
    row = LinkRow(Purpose.EMAIL_NEW, awa.person_id)
    await ws.db.write(lambda tx: links.mint(ws, tx, row, timedelta(hours=1)))
    feed = await calendars.make(ws, awa)
    assert await ws.db.read(lambda tx: entering.step_of(ws, tx, "step")) is not None
    await accounts.disable(ws, world.steward, awa.person_id)
    with pytest.raises(SignInNeeded):
        await people.session(ws, token)
    for one in (link, reset):
        with pytest.raises(LinkSpent):
            await people.look_at_link(ws, one)
    assert await ws.db.read(lambda tx: entering.step_of(ws, tx, "step")) is None
    with pytest.raises(NotFound):
        await calendars.feed(ws, feed, site="http://localhost")
    with pytest.raises(BadSignIn):
        await people.sign_in(ws, "awa@example.org", PASSWORD, Visitor("127.0.0.1"))
    for table in ("sessions", "sign_in_links", "sign_in_steps", "calendar_feeds"):
        left = await world.values(
            f"SELECT COUNT(*) FROM {table} WHERE person_id = :id", id=awa.person_id
        )
        assert left == [0], table
    # Opened again, nothing of that comes back: she signs in anew.
    await accounts.enable(ws, world.steward, awa.person_id)
    with pytest.raises(SignInNeeded):
        await people.session(ws, token)
    with pytest.raises(LinkSpent):
        await people.look_at_link(ws, link)


@in_network
async def test_deposits_under_way_become_nothing(world: World) -> None:
    ws = world.ws
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:50_000])
    incoming = await deposits.begin(ws, awa, folder, "b.pdf")
    closed = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal closed
        yield b"un"
        await accounts.disable(ws, world.steward, awa.person_id)
        closed = True
        yield b"deux"

    with pytest.raises(NotFound):
        await deposits.receive(ws, awa, incoming, body())
    assert closed
    with pytest.raises(NotFound):
        await sent(world, awa, upload.key, 50_000, BODY[50_000:])
    with pytest.raises(NotFound):
        await begun(world, awa, Target(folder, "c.pdf"))
    assert not (await folders.look(ws, world.steward, folder)).documents


@in_network
async def test_locks_archives_drop_folders_and_answers_end_with_it(world: World) -> None:
    ws = world.ws
    awa, folder = await common(world)
    paper = (await world.deposit(awa, folder, "note.txt", b"La maraude.")).document_id
    await world.settle()
    await locks.take(ws, awa, paper)
    drop = await inbox.bind(ws, world.steward, folder, "scanner", email="awa@example.org")
    assert (await dropped.depositor(ws, drop)).person_id == awa.person_id
    archive = await archives.of_folder(ws, awa, folder)
    await archives.check(ws, awa, archive.entries)
    assert (await search.find(ws, awa, Asked("maraude"))).hits
    await accounts.disable(ws, world.steward, awa.person_id)
    with pytest.raises(NotFound):
        await archives.check(ws, awa, archive.entries)
    with pytest.raises(NotFound):
        await dropped.depositor(ws, drop)
    with pytest.raises(NotFound):
        await documents.look(ws, awa, paper)
    assert not (await search.find(ws, awa, Asked("maraude"))).hits
    assert await world.values("SELECT COUNT(*) FROM locks") == [0]
    await locks.take(ws, world.steward, paper)
