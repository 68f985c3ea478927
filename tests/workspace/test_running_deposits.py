"""A deposit under way ends when its right does, not only at its last byte (THREATS 7)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from atelier.errors import Forbidden, NotFound, Refusal
from atelier.model.deposits import Target
from atelier.model.folders import Role
from atelier.model.ids import FolderId, GrantId
from atelier.model.people import Actor
from atelier.workspace import deposits, sharing, uploads
from tests.builders import World, in_network
from tests.uploads import BODY, begun, content_of, drafts

# What is left of her right, and what she is then told.
LOSSES = [(None, NotFound), (Role.READER, Forbidden)]


async def losing(
    world: World, awa: Actor, folder: FolderId, grant: GrantId, left: Role | None
) -> AsyncIterator[bytes]:
    """Some bytes, the loss, and bytes that would never end."""
    yield BODY[:500]
    if left is None:
        await sharing.withdraw(world.ws, world.steward, folder, grant)
    else:
        await world.grant(folder, awa, left)
    while True:
        yield b"x"


@pytest.mark.parametrize(("left", "refused"), LOSSES)
@in_network
async def test_a_lost_right_ends_a_deposit_that_is_under_way(
    world: World, left: Role | None, refused: type[Refusal]
) -> None:
    awa = await world.person("Awa", of="CH")
    folder = await world.folder("Commun")
    known = await world.deposit(world.steward, folder, "a.txt", b"un")

    async def still() -> Actor:
        return awa

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deposits, "ASK_AGAIN_SECONDS", 0.0)
        for is_new in (True, False):
            grant = await world.grant(folder, awa, Role.CONTRIBUTOR)
            if is_new:
                incoming = await deposits.begin(world.ws, awa, folder, "b.txt")
            else:
                incoming = await deposits.begin_version(
                    world.ws, awa, known.document_id, expected=1
                )
            bytes_that_come = losing(world, awa, folder, grant, left)
            with pytest.raises(refused):
                await deposits.receive(world.ws, awa, incoming, bytes_that_come, still=still)
    assert drafts(world) == []
    assert await world.values("SELECT COUNT(*) FROM versions") == [1]


@pytest.mark.parametrize(("left", "refused"), LOSSES)
@in_network
async def test_a_lost_right_ends_an_upload_that_is_under_way_and_drops_it(
    world: World, left: Role | None, refused: type[Refusal]
) -> None:
    awa = await world.person("Awa", of="CH")
    folder = await world.folder("Commun")
    grant = await world.grant(folder, awa, Role.CONTRIBUTOR)
    upload = await begun(world, awa, Target(folder, "a.pdf"))

    async def still() -> Actor:
        return awa

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deposits, "ASK_AGAIN_SECONDS", 0.0)
        bytes_that_come = losing(world, awa, folder, grant, left)
        with pytest.raises(refused):
            await uploads.append(world.ws, awa, upload.key, 0, bytes_that_come, still=still)
    with pytest.raises(NotFound):
        await uploads.look(world.ws, awa, upload.key)
    assert drafts(world) == []


@in_network
async def test_who_keeps_her_right_is_asked_and_goes_on(world: World) -> None:
    awa = await world.person("Awa", of="CH")
    folder = await world.folder("Commun")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    asked = 0

    async def still() -> Actor:
        nonlocal asked
        asked += 1
        return awa

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(BODY), 1_000):
            yield BODY[start : start + 1_000]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deposits, "ASK_AGAIN_SECONDS", 0.0)
        incoming = await deposits.begin(world.ws, awa, folder, "a.pdf")
        done = await deposits.receive(world.ws, awa, incoming, pieces(), still=still)
    assert await content_of(world, awa, done.document_id) == BODY
    assert asked == len(range(0, len(BODY), 1_000)) + 1  # and once when all had come
