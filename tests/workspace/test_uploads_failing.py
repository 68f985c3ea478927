"""Deposits that go on after a cut, on a disk that fails and after a crash."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from atelier.errors import (
    Fault,
    NoRoom,
    OffsetMismatch,
)
from atelier.model.deposits import Target
from atelier.model.ids import FolderId
from atelier.workspace import documents, uploads
from tests.builders import World, in_network, network
from tests.faults import FaultPlan, each_failure
from tests.uploads import BODY, begun, common, content_of, drafts, sent


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@in_network
async def test_whatever_step_fails_it_goes_on_from_where_it_is_and_loses_no_promised_byte(
    world: World, error: int
) -> None:
    awa, folder = await common(world)
    failed: list[str] = []
    for number, plan in enumerate(each_failure(error)):
        body = BODY + bytes([number])
        upload = await begun(world, awa, Target(folder, f"{number}.pdf"), len(body))
        world.seam.behaviour = plan
        for _ in range(6):  # a sender that tries again until it is told that it is done
            try:
                told = await uploads.look(world.ws, awa, upload.key)
                if told.became is None:
                    rest = body[told.offset_bytes :][: 60_000 if told.offset_bytes == 0 else None]
                    told = await sent(world, awa, upload.key, told.offset_bytes, rest)
            except Fault:
                plan.heal()
                shown = await uploads.look(world.ws, awa, upload.key)
                assert shown.became is not None or shown.offset_bytes < len(body)
        plan.heal()
        failed += plan.failed
        assert told.became is not None, plan.failed
        assert await content_of(world, awa, told.became.document_id) == body
        current = (await documents.look(world.ws, awa, told.became.document_id)).document
        assert len(current.versions) == 1
        # What could not be removed goes with its time.
        assert await world.ws.blobs.expire_drafts(0) <= int(plan.failed == ["remove"])
    assert {"reopen", "write", "sync", "link", "rename", "sync_folder", "commit"} <= set(failed)


@in_network
async def test_a_commit_that_fails_at_the_end_costs_the_sender_one_byte(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    # Nothing can be written down for good any more, not even how far it came.
    plan = FaultPlan(0, errno.ENOSPC, only="commit", for_good=True)
    world.seam.behaviour = plan
    with pytest.raises(NoRoom):
        await sent(world, awa, upload.key, 0, BODY)
    plan.heal()
    assert await world.values("SELECT offset_bytes FROM uploads") == [0]
    told = await uploads.look(world.ws, awa, upload.key)
    assert (told.offset_bytes, told.became) == (len(BODY) - 1, None)
    with pytest.raises(OffsetMismatch):
        await sent(world, awa, upload.key, len(BODY), b"")
    done = await sent(world, awa, upload.key, told.offset_bytes, BODY[-1:])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY
    assert drafts(world) == []


def test_after_a_crash_it_goes_on_from_what_was_durable(tmp_path: Path) -> None:
    async def before() -> tuple[str, FolderId]:
        async with network(tmp_path) as world:
            folder = await world.folder("Commun")
            upload = await begun(world, world.steward, Target(folder, "a.pdf"))
            await sent(world, world.steward, upload.key, 0, BODY[:500])
            # Bytes that reached the disk and were promised to nobody.
            part = next((world.data / "drafts").iterdir())
            part.write_bytes(part.read_bytes() + os.urandom(5_000))
            return upload.key, folder

    async def after(key: str) -> None:
        async with network(tmp_path) as world:
            told = await uploads.look(world.ws, world.steward, key)
            assert told.offset_bytes == 500
            done = await sent(world, world.steward, key, 500, BODY[500:])
            assert done.became is not None
            assert await content_of(world, world.steward, done.became.document_id) == BODY

    key, _ = asyncio.run(before())
    asyncio.run(after(key))


@in_network
async def test_a_draft_that_lost_bytes_begins_again_at_what_is_there(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    part = next((world.data / "drafts").iterdir())
    os.truncate(part, 100)
    assert (await uploads.look(world.ws, awa, upload.key)).offset_bytes == 100
    with pytest.raises(OffsetMismatch) as caught:
        await sent(world, awa, upload.key, 500, BODY[500:])
    assert caught.value.offset_bytes == 100
    done = await sent(world, awa, upload.key, 100, BODY[100:])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY
    other = await begun(world, awa, Target(folder, "b.pdf"))
    await sent(world, awa, other.key, 0, BODY[:500])
    next((world.data / "drafts").iterdir()).unlink()
    assert (await uploads.look(world.ws, awa, other.key)).offset_bytes == 0
    assert (await sent(world, awa, other.key, 0, BODY)).became is not None
