"""Upkeep: what `verify` finds, and what is forgotten when it is over."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from atelier.blobs.contract import Draft
from atelier.errors import LinkSpent, SignInNeeded
from atelier.model.documents import Blob
from atelier.workspace import documents, people, upkeep
from tests.builders import World, in_network
from tests.workspace.test_people import PASSWORD, come_in


def blob_path(world: World, sha256: str) -> Path:
    """Where the bytes stand on the disk."""
    return world.data / "blobs" / sha256[:2] / sha256


async def deposited(world: World, content: bytes) -> str:
    """The hash of bytes that a document has."""
    folder = await world.folder(f"Dossier {content!r:.40}")
    done = await world.deposit(world.steward, folder, "a.txt", content)
    return (await documents.look(world.ws, world.steward, done.document_id)).document.current.sha256


async def stray(world: World, content: bytes) -> Blob:
    """Bytes that no version has."""
    draft: Draft = await world.ws.blobs.draft(2**20)
    await draft.write(content)
    return await draft.seal()


@in_network
async def test_a_sound_folder_is_clean_and_counts_what_it_holds(world: World) -> None:
    await deposited(world, b"un")
    await deposited(world, b"deux")
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "twin.txt", b"un")
    found = await upkeep.verify(world.ws, read_data=True)
    assert (found.versions, found.blobs, found.unread) == (3, 2, 3)
    assert found.index_behind == 3
    assert found.is_clean and not found.orphans
    await world.settle()
    found = await upkeep.verify(world.ws)
    assert (found.unread, found.index_behind) == (0, 0)


@in_network
async def test_missing_rotten_and_stray_bytes_are_each_found(world: World) -> None:
    missing, cut, rotten = [await deposited(world, one) for one in (b"un", b"deux", b"trois")]
    orphan = await stray(world, b"quatre")
    blob_path(world, missing).unlink()
    for sha256, content in ((cut, b"deu"), (rotten, b"TROIS")):
        blob_path(world, sha256).chmod(0o600)
        blob_path(world, sha256).write_bytes(content)
    found = await upkeep.verify(world.ws)
    assert (found.missing, found.rotten) == ([missing], [cut])
    found = await upkeep.verify(world.ws, read_data=True)
    assert (found.missing, found.rotten) == ([missing], sorted([cut, rotten]))
    assert found.orphans == [orphan.sha256]
    assert not found.is_clean
    # Orphans alone are harmless.
    for content in (b"un", b"deux", b"trois"):
        await stray(world, content)
    found = await upkeep.verify(world.ws, read_data=True)
    assert found.is_clean and found.orphans == [orphan.sha256]


@in_network
async def test_what_is_deposited_during_a_check_is_not_called_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deposited(world, b"un")
    listed = world.ws.blobs.hashes

    def meanwhile() -> object:
        async def blobs() -> object:
            await deposited(world, b"deux")
            async for blob in listed():
                yield blob
            await deposited(world, b"trois")

        return blobs()

    monkeypatch.setattr(world.ws.blobs, "hashes", meanwhile)
    found = await upkeep.verify(world.ws)
    assert found.missing == [] and found.is_clean


@in_network
async def test_records_that_refer_to_nothing_are_told(world: World) -> None:
    await deposited(world, b"un")
    # Another program wrote into the records, without looking.
    other = sqlite3.connect(world.data / "atelier.sqlite3", isolation_level=None)
    other.execute(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (99, 'network', 0, 'reader', 1, 0)"
    )
    other.close()
    found = await upkeep.verify(world.ws)
    assert not found.is_clean
    assert any("grants" in fault and "folders" in fault for fault in found.record_faults)


@in_network
async def test_what_is_over_is_forgotten_and_what_goes_on_is_kept(world: World) -> None:
    awa = await world.person("Awa")
    old = await come_in(world, awa.person_id)
    limits = world.ws.settings.sessions
    world.clock.forward(hours=max(limits.absolute_hours, limits.link_hours), minutes=1)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT token_hash FROM sessions") == []
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, old)
    await people.look_at_link(world.ws, link)
    world.clock.forward(hours=2 * limits.link_hours, minutes=1)
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT token_hash FROM sign_in_links") == []
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, link, PASSWORD)


@in_network
async def test_drafts_that_nobody_wrote_to_for_a_week_are_removed(world: World) -> None:
    young, old = (world.data / "drafts" / name for name in ("0" * 32, "1" * 32))
    for path, age in ((young, upkeep.DRAFT_SECONDS - 60), (old, upkeep.DRAFT_SECONDS + 60)):
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age, time.time() - age))
    await upkeep.forget_expired(world.ws)
    assert young.exists() and not old.exists()
