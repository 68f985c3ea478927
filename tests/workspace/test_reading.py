"""Reading and following: every version ends in a state, the index ends where the records are."""

from __future__ import annotations

import msgspec
import pytest

from atelier.database import entries
from atelier.errors import IndexUnready
from atelier.extract.contract import Reading
from atelier.model.documents import ReadState
from atelier.model.folders import Role
from atelier.model.ids import DocumentId
from atelier.workspace import documents, reading, search, upkeep
from tests.builders import World, in_network
from tests.samples import pdf


async def state(world: World, document: DocumentId) -> tuple[ReadState, int | None]:
    """How far the reading of its current version went, and its pages."""
    version = (await documents.look(world.ws, world.steward, document)).document.current
    return version.state, version.page_count


async def sha256_of(world: World, document: DocumentId) -> str:
    """The hash of its current bytes."""
    return (await documents.look(world.ws, world.steward, document)).document.current.sha256


async def key_of(world: World, document: DocumentId) -> str:
    """Under which the text of its current version is kept."""
    current = (await documents.look(world.ws, world.steward, document)).document.current
    return documents.text_key(current.id, current.sha256)


async def follow(world: World) -> int:
    """Follow until the index is up to date; in how many steps."""
    steps = 0
    while await reading.follow(world.ws):
        steps += 1
    return steps


async def total(world: World, words: str) -> int:
    """How many documents the steward finds."""
    return (await search.find(world.ws, world.steward, words)).total


@in_network
async def test_every_version_ends_in_a_state_and_stays_downloadable(world: World) -> None:
    folder = await world.folder("Commun")
    for name, content, expected in (
        ("a.pdf", pdf(["un", "deux"]), (ReadState.OK, 2)),
        ("b.txt", b"bonjour", (ReadState.OK, None)),
        ("c.pdf", b"%PDF-1.7 broken", (ReadState.DAMAGED, None)),
        ("d.pdf", pdf(["secret"], password="x"), (ReadState.ENCRYPTED, None)),
        ("e.bin", bytes(range(256)), (ReadState.UNSUPPORTED, None)),
    ):
        done = await world.deposit(world.steward, folder, name, content)
        assert await state(world, done.document_id) == (ReadState.WAITING, None)
        await world.settle()
        found, pages = await state(world, done.document_id)
        assert (found, pages or None) == expected
        content_now = await documents.content(world.ws, world.steward, done.document_id, 1)
        assert await content_now.opened.read(0, len(content) + 1) == content
        content_now.opened.close()
    assert (await upkeep.verify(world.ws)).unread == 0


@in_network
async def test_bytes_that_are_gone_are_damaged_and_a_version_that_is_gone_is_nothing(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.ws.blobs.remove(await sha256_of(world, done.document_id))
    await world.settle()
    assert (await state(world, done.document_id))[0] is ReadState.DAMAGED
    assert await total(world, "kiwano") == 0
    assert await total(world, "a.txt") == 1
    await reading.read_version(world.ws, 99)
    # The same bytes brought in again heal the version that had lost them.
    await world.deposit(world.steward, folder, "b.txt", b"du kiwano")
    await world.settle()
    assert await total(world, "kiwano") >= 1


@in_network
async def test_a_lost_text_is_read_again_and_comes_back_into_the_index(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    key = await key_of(world, done.document_id)
    for kept in (None, b"not a reading"):
        if kept is None:
            await world.ws.texts.remove(key)
        else:
            await world.ws.texts.put(key, kept)
        await upkeep.rebuild_index(world.ws)
        await follow(world)
        assert await total(world, "kiwano") == 0
        assert not await upkeep.is_quiet(world.ws)
        await world.settle()
        assert await total(world, "kiwano") == 1


@in_network
async def test_an_index_that_was_deleted_is_filled_again(world: World) -> None:
    folder = await world.folder("Commun")
    for number in range(3):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
    await world.settle()
    for path in (world.data / "index").iterdir():
        path.unlink()
    with pytest.raises(IndexUnready):
        await total(world, "kiwano")
    assert (await upkeep.verify(world.ws)).index_behind > 0
    assert await follow(world) >= 1
    assert await total(world, "kiwano") == 3
    assert await follow(world) == 0


@in_network
async def test_rebuilding_empties_the_index_first_and_ends_at_the_number_given(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    before = await world.ws.index.applied()
    number = await upkeep.rebuild_index(world.ws)
    assert number > before
    assert await total(world, "kiwano") == 0  # hidden rather than shown as it was
    await follow(world)
    assert await world.ws.index.applied() == number
    assert await total(world, "kiwano") == 1
    await documents.rename(world.ws, world.steward, done.document_id, "b.txt")
    await follow(world)
    assert await world.ws.index.applied() == number + 1


@in_network
async def test_an_index_ahead_of_restored_records_begins_again(world: World) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.deposit(world.steward, folder, "gone.txt", b"du kiwano")
    await world.settle()
    # As after restoring records older than the index.
    for sql in (
        "DELETE FROM index_entries",
        "DELETE FROM jobs",
        "DELETE FROM versions WHERE document_id = 2",
        "DELETE FROM names WHERE kind = 'document' AND id = 2",
        "DELETE FROM journal WHERE document_id = 2",
        "DELETE FROM documents WHERE id = 2",
        "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'index_entries'",
    ):
        await world.change(sql)
    assert await world.ws.index.applied() > await world.ws.db.read(entries.last)
    await follow(world)
    assert await world.ws.index.applied() == await world.ws.db.read(entries.last)
    assert await total(world, "kiwano") == 1


@in_network
async def test_long_texts_are_followed_in_smaller_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    for number in range(8):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano, " * 20)
    await world.settle()
    monkeypatch.setattr(reading, "_BATCH_CHARACTERS", 450)  # two of these texts
    await upkeep.rebuild_index(world.ws)
    assert await follow(world) > 4
    monkeypatch.setattr(reading, "_BATCH_CHARACTERS", 1)  # not even one
    await upkeep.rebuild_index(world.ws)
    assert await follow(world) > 8
    assert await total(world, "kiwano") == 8


@in_network
async def test_a_document_that_is_gone_leaves_the_index(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    for sql in (
        "DELETE FROM versions",
        "DELETE FROM names WHERE kind = 'document'",
        "DELETE FROM journal WHERE document_id IS NOT NULL",
        "DELETE FROM documents",
    ):
        await world.change(sql)
    await world.ws.db.write(lambda tx: entries.note(tx, done.document_id))
    await follow(world)
    assert await total(world, "kiwano") == 0
    assert await upkeep.is_quiet(world.ws)


@in_network
async def test_reading_twice_changes_nothing(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    before = (await documents.look(world.ws, world.steward, done.document_id)).document
    key = await key_of(world, done.document_id)
    kept = await world.ws.texts.get(key)
    await reading.read_version(world.ws, before.current.id)
    await follow(world)
    assert (await documents.look(world.ws, world.steward, done.document_id)).document == before
    assert await world.ws.texts.get(key) == kept
    assert kept is not None and msgspec.msgpack.decode(kept, type=Reading).pages == ("du kiwano",)
    assert await total(world, "kiwano") == 1


@in_network
async def test_equal_bytes_under_another_name_elsewhere_change_nothing_and_tell_nothing(
    world: World,
) -> None:
    hidden, own = await world.folder("Direction"), await world.folder("Commun")
    mehdi = await world.person("Mehdi")
    await world.grant(own, mehdi, Role.CONTRIBUTOR)
    secret = await world.deposit(world.steward, hidden, "budget.txt", b"le kiwano secret")
    await world.settle()
    guess = await world.deposit(mehdi, own, "poison.svg", b"le kiwano secret")
    at_once = await documents.look(world.ws, mehdi, guess.document_id)
    assert at_once.page is None, "a text before its own reading tells that others hold the bytes"
    await world.settle()
    look = await documents.look(world.ws, world.steward, secret.document_id)
    assert look.page is not None and look.page.text == "le kiwano secret"
    assert await total(world, "kiwano") == 1
