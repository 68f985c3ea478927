"""Mending: what a kill and a lost index leave is put right, and nothing that is needed goes."""

from __future__ import annotations

import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest

from atelier.database import entries
from atelier.errors import BlobMissing
from atelier.model.ids import DocumentId
from atelier.workspace import backups, documents, mending, retention, trash, upkeep
from atelier.workspace.mending import Untidy, look, repair
from tests.builders import World, in_network
from tests.workspace.test_upkeep import blob_path, deposited, stray

KEY, OTHER = "a" * 32, "b" * 32


async def upload(world: World, key: str, offset: int, content: bytes | None) -> None:
    """A resumable deposit under way, of which so much is said to be durable."""
    now = int(world.clock().timestamp() * 1000)
    await world.change(
        "INSERT INTO uploads (key, person_id, name, taken, size_bytes, offset_bytes, created_at,"
        " expires_at) VALUES (:key, 1, 'a.txt', 'revise', 100, :offset, :now, :then)",
        key=key, offset=offset, now=now, then=now + 7 * 24 * 3_600_000,
    )  # fmt: skip
    if content is not None:
        taking = await world.ws.blobs.resume(key, 0, 100)
        await taking.write(content)
        await taking.sync()
        await taking.close()


def draft(world: World, name: str, age_seconds: float = 0) -> Path:
    """A draft that a killed process left."""
    path = world.data / "drafts" / name
    path.write_bytes(b"x")
    os.utime(path, (time.time() - age_seconds, time.time() - age_seconds))
    return path


@in_network
async def test_a_sound_folder_is_tidy_and_repairing_it_does_nothing(world: World) -> None:
    await deposited(world, b"un")
    assert await look(world.ws) == Untidy(), "what waits its turn is not untidy"
    await world.settle()
    assert await look(world.ws) == Untidy()
    done = await repair(world.ws, is_alone=True)
    assert done == mending.Mended(was_alone=True)
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean


@in_network
async def test_bytes_that_nothing_names_go_at_once_when_nobody_else_is_there(world: World) -> None:
    kept = await deposited(world, b"un")
    young, old = await stray(world, b"deux"), await stray(world, b"trois")
    day = time.time() - retention.GRACE_SECONDS - 60
    os.utime(blob_path(world, old.sha256), (day, day))
    assert (await repair(world.ws, is_alone=False)).blobs == 1
    assert blob_path(world, young.sha256).exists() and not blob_path(world, old.sha256).exists()
    assert (await repair(world.ws, is_alone=True)).blobs == 1
    found = await upkeep.verify(world.ws, read_data=True)
    assert found.is_clean and found.orphans == [] and blob_path(world, kept).exists()


@in_network
async def test_bytes_set_aside_and_those_in_the_trash_are_needed(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    aside = await stray(world, b"deux")
    await world.change(
        "INSERT INTO set_aside (person_id, document_id, expected, sha256, size_bytes, media_type,"
        " created_at, expires_at) VALUES (1, :document, 1, :sha256, 4, 'text/plain', 0, :then)",
        document=done.document_id, sha256=aside.sha256,
        then=int((world.clock() + timedelta(days=7)).timestamp() * 1000),
    )  # fmt: skip
    await trash.remove_document(world.ws, world.steward, done.document_id)
    assert (await repair(world.ws, is_alone=True)).blobs == 0
    blob_path(world, aside.sha256).unlink()
    found = await upkeep.verify(world.ws)
    assert found.missing == [aside.sha256] and found.losses == []
    world.clock.forward(days=7, seconds=1)
    await repair(world.ws, is_alone=True)
    assert (await upkeep.verify(world.ws)).is_clean


@in_network
async def test_drafts_of_nobody_go_and_those_of_deposits_under_way_stay(world: World) -> None:
    await upload(world, KEY, 3, b"abc")
    young, old = draft(world, "0" * 32), draft(world, "1" * 32, retention.DRAFT_SECONDS + 60)
    forgotten = draft(world, f"{OTHER}.part")
    assert (await repair(world.ws, is_alone=False)).drafts == 1
    assert young.exists() and forgotten.exists() and not old.exists()
    assert (await repair(world.ws, is_alone=True)).drafts == 2
    assert not young.exists() and not forgotten.exists()
    assert (await world.ws.blobs.kept(KEY)).size_bytes == 3
    taking = await world.ws.blobs.resume(KEY, 3, 100)
    await taking.write(b"def")
    assert (await taking.seal()).size_bytes == 6
    await taking.close()


@in_network
async def test_a_deposit_under_way_whose_bytes_are_gone_is_forgotten(world: World) -> None:
    await upload(world, KEY, 3, None)
    await upload(world, OTHER, 0, None)
    assert (await look(world.ws)).uploads_cut == [KEY]
    # Beside a server it may be coming again just now.
    assert (await repair(world.ws, is_alone=False)).uploads == 0
    assert await world.values("SELECT key FROM uploads ORDER BY key") == [KEY, OTHER]
    assert (await repair(world.ws, is_alone=True)).uploads == 1
    assert await world.values("SELECT key FROM uploads") == [OTHER]
    assert await look(world.ws) == Untidy()


@in_network
async def test_a_sealed_deposit_that_was_not_confirmed_goes_on_after_a_repair(world: World) -> None:
    await upload(world, KEY, 0, b"abc")
    taking = await world.ws.blobs.resume(KEY, 3, 100)
    sealed = await taking.seal()
    await taking.close()
    assert (await repair(world.ws, is_alone=True)).blobs == 1
    with pytest.raises(BlobMissing):
        await world.ws.blobs.open(sealed.sha256)
    taking = await world.ws.blobs.resume(KEY, 3, 100)
    assert await taking.seal() == sealed
    await taking.close()
    assert await world.ws.blobs.is_whole(sealed.sha256)


@in_network
async def test_texts_are_read_again_and_those_of_nobody_go(world: World) -> None:
    sha256 = await deposited(world, b"une maraude")
    await world.settle()
    (key,) = await world.ws.texts.keys()
    await world.ws.texts.put("f" * 64, b"x")
    await world.ws.texts.remove(key)
    assert await look(world.ws) == Untidy(unread=[1], texts_stray=["f" * 64])
    done = await repair(world.ws, is_alone=False)
    assert (done.texts, done.reread) == (1, 1)
    await world.settle()
    assert await look(world.ws) == Untidy()
    assert await documents.reading_of(world.ws, 1, sha256) is not None
    # Nobody reads a version whose job is lost.
    await deposited(world, b"deux maraudes")
    await world.change("DELETE FROM jobs")
    assert (await look(world.ws)).unread == [2]
    assert (await repair(world.ws, is_alone=False)).reread == 1
    await world.settle()
    assert await world.values("SELECT state FROM versions") == ["ok", "ok"]


@in_network
async def test_an_index_that_lacks_documents_or_has_too_many_is_put_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "_LISTED_AT_ONCE", 2)
    for content in (b"un", b"deux", b"trois", b"quatre", b"cinq"):
        await deposited(world, content)
    await world.settle()
    assert await look(world.ws) == Untidy()
    applied = await world.ws.index.applied()
    await world.ws.index.apply([], frozenset({2, 4}), applied)
    await world.change("UPDATE documents SET removed_at = 1 WHERE id = 5")
    assert await look(world.ws) == Untidy(index_missing=[2, 4], index_surplus=[5])
    assert (await repair(world.ws, is_alone=False)).reindexed == 3
    assert await look(world.ws) == Untidy(), "it waits for the index now"
    await world.settle()
    assert await look(world.ws) == Untidy()
    assert (await upkeep.verify(world.ws)).index_behind == 0


@in_network
async def test_an_index_that_is_being_rebuilt_is_not_compared(world: World) -> None:
    await deposited(world, b"un")
    await world.settle()
    shutil.rmtree(world.data / "index")
    assert await look(world.ws) == Untidy()
    await world.settle()
    await world.ws.index.reset()
    assert await look(world.ws) == Untidy(), "its entries are to be applied"
    await world.ws.db.write(lambda tx: entries.note(tx, DocumentId(1)))
    await world.settle()
    assert await look(world.ws) == Untidy()


@in_network
async def test_counters_of_space_are_made_right(world: World) -> None:
    await deposited(world, b"un")
    await world.change("UPDATE used_space SET bytes = 99")
    assert len((await look(world.ws)).miscounts) == 1
    assert (await repair(world.ws, is_alone=False)).recounted == 1
    assert await world.values("SELECT bytes FROM used_space") == [2]
    assert await look(world.ws) == Untidy()


@in_network
async def test_what_a_killed_backup_left_goes_and_a_running_one_keeps_everything(
    world: World,
) -> None:
    left = [world.data / f"{backups._COPY}{ending}" for ending in ("", "-journal")]
    await stray(world, b"un")
    for path in left:
        path.write_bytes(b"x")
    held = upkeep.hold_collector(world.ws)
    assert held is not None
    with held:
        assert (await repair(world.ws, is_alone=True)).blobs == 0
        assert all(path.exists() for path in left)
    assert (await repair(world.ws, is_alone=True)).blobs == 1
    assert not any(path.exists() for path in left)


@in_network
async def test_a_loss_stays_and_is_told_by_the_numbers_of_its_versions(world: World) -> None:
    folder = await world.folder("Commun")
    first = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.revise(world.steward, first.document_id, b"deux")
    second = await world.deposit(world.steward, folder, "b.txt", b"deux")
    sha256 = (
        await documents.look(world.ws, world.steward, second.document_id)
    ).document.current.sha256
    blob_path(world, sha256).unlink()
    await repair(world.ws, is_alone=True)
    found = await upkeep.verify(world.ws)
    assert found.missing == [sha256] and not found.is_clean
    assert found.losses == [
        upkeep.Loss(sha256, first.document_id, 2, folder),
        upkeep.Loss(sha256, second.document_id, 1, folder),
    ]
