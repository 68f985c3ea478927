"""Following: the index ends where the records are, whatever became of it, and while it changes."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress

import pytest

from atelier.database import entries
from atelier.errors import IndexUnready, NoRoom, WriteFailed
from atelier.model.ids import DocumentId
from atelier.search import generations
from atelier.search.contract import AllBut, Ask, Within
from atelier.search.grammar import parse
from atelier.workspace import documents, following, guard, trash, upkeep
from tests.builders import World, in_network
from tests.workspace.test_guard import NUMBER

_EVERYWHERE = Within(AllBut(frozenset()))


def untold(done: int, of: int) -> None:
    """Nobody looks at how far it is."""


async def follow(world: World) -> int:
    """Follow until the index is up to date; in how many steps."""
    steps = 0
    while await following.follow(world.ws):
        steps += 1
    return steps


async def rebuilt(world: World) -> following.Rebuilt:
    """Build the index anew, as nobody else does."""
    done = await following.rebuild(world.ws, untold)
    assert done is not None
    return done


async def found(world: World, words: str, *, older: bool = False) -> set[int]:
    """The documents that the index itself knows under these words."""
    asked = Ask(parse(words), _EVERYWHERE, with_older=older)
    answer = await world.ws.index.find(asked)
    return set() if answer.is_partial else set(answer.documents)


async def key_of(world: World, document: DocumentId) -> str:
    """Under which the text of its current version is kept."""
    current = (await documents.look(world.ws, world.steward, document)).document.current
    return documents.text_key(current.id, current.sha256)


async def three(world: World) -> None:
    """Three documents that are in the index."""
    folder = await world.folder("Commun")
    for number in range(3):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
    await world.settle()


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
        assert (await rebuilt(world)).reread == 1
        assert await found(world, "kiwano") == set()
        assert not await upkeep.is_quiet(world.ws)
        await world.settle()
        assert await found(world, "kiwano") == {1}


@in_network
async def test_an_index_that_was_deleted_or_damaged_is_filled_again(world: World) -> None:
    await three(world)
    folder = world.data / "index"

    current = folder / generations.CURRENT

    def cut_short() -> None:
        for path in folder.glob("*/*"):
            path.write_bytes(path.read_bytes()[:7])

    losses = {
        "all of it": lambda: shutil.rmtree(folder),
        "what answers": lambda: [shutil.rmtree(one) for one in folder.glob("*-*/")],
        "its name": current.unlink,
        "a name that makes no sense": lambda: current.write_bytes(b"\xff/.."),
        "an engine of another Atelier": lambda: current.write_text("xapian-3"),
        "files cut short": cut_short,
    }  # fmt: skip
    for what, lose in losses.items():
        lose()
        with pytest.raises(IndexUnready):
            await found(world, "kiwano")
        assert (await upkeep.verify(world.ws)).index_behind > 0, what
        assert await world.ws.index.engine() == "", what
        assert await follow(world) >= 1
        assert await found(world, "kiwano") == {1, 2, 3}, what
        assert await follow(world) == 0
        assert len(list(folder.glob("*-*/"))) == 1, f"{what}: nothing is left over"


@in_network
async def test_no_deposit_fails_for_a_file_in_the_place_of_the_index(world: World) -> None:
    await three(world)
    folder = world.data / "index"
    shutil.rmtree(folder)
    folder.write_bytes(b"not a folder")
    here = await world.folder("Autre")
    await world.deposit(world.steward, here, "b.txt", b"du kiwano")
    with pytest.raises(IndexUnready):
        await found(world, "kiwano")
    await world.settle()
    assert await found(world, "kiwano") == {1, 2, 3, 4}
    assert (world.data / "index.aside-1").read_bytes() == b"not a folder", "it is somebody's"


@in_network
async def test_a_full_disk_only_delays_the_index(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(world)
    shutil.rmtree(world.data / "index")
    full = {"make_folder", "create", "lock"}

    def refusing(operation: str, path: object) -> None:
        if operation in full and "index" in str(path):
            raise OSError(28, "No space left on device")

    world.seam.behaviour = refusing
    for missing in (("make_folder",), ("create",), ("lock",)):
        with pytest.raises(NoRoom):
            await follow(world)
        assert await following_is_told_of_full(world), missing
        full.difference_update(missing)
    assert await follow(world) >= 1
    assert await found(world, "kiwano") == {1, 2, 3}


async def following_is_told_of_full(world: World) -> bool:
    """Whether building anew is refused as well, and leaves nothing behind."""
    with suppress(NoRoom):
        await following.rebuild(world.ws, untold)
        return False
    return not list((world.data / "index").glob("*-*/"))


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
    assert await found(world, "kiwano") == {1}


@in_network
async def test_long_texts_are_followed_in_smaller_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    for number in range(8):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano, " * 20)
    await world.settle()
    for most, least_steps in ((450, 4), (1, 8)):  # two of these texts; not even one
        monkeypatch.setattr(following, "_BATCH_CHARACTERS", most)
        await world.ws.index.reset()
        assert await follow(world) >= least_steps
        assert len(await found(world, "kiwano")) == 8


@in_network
async def test_two_thousand_deposits_are_followed_in_batches(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    await world.change(
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
        " INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
        " SELECT i, folder_id, 'papaye ' || i, '' || i, 1, created_at, changed_at FROM n, documents"
        " WHERE documents.id = :id",
        id=done.document_id,
    )
    await world.change(
        "INSERT INTO versions (document_id, number, sha256, size_bytes, media_type, author_id,"
        " created_at) SELECT d.id, 1, v.sha256, 9, v.media_type, v.author_id, v.created_at"
        " FROM documents d, versions v WHERE d.id > 1 AND v.document_id = 1"
    )
    await world.ws.db.write(entries.note_all)
    assert 1 < await follow(world) <= 2000 // 20
    assert len(await found(world, "papaye 1999")) == 1
    assert (await world.ws.index.find(Ask(parse("papaye"), _EVERYWHERE))).total == 1_999


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
    assert await found(world, "kiwano") == set()
    assert await upkeep.is_quiet(world.ws)


@in_network
async def test_texts_of_older_versions_are_looked_through_when_asked_until_they_end(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"la mangue")
    for text in (f"le kiwano de {NUMBER}", "la papaye", "la mangue"):
        await world.revise(world.steward, done.document_id, text.encode())
    await world.settle()
    assert await found(world, "mangue") == {1}
    for word in ("kiwano", "papaye"):
        assert await found(world, word) == set()
        assert await found(world, word, older=True) == {1}
    # What ends is gone from the index with its texts, and nothing else is.
    await guard.end_version(world.ws, world.steward, done.document_id, 2)
    await follow(world)
    assert await found(world, "kiwano", older=True) == set()
    assert await found(world, "papaye", older=True) == {1}
    await trash.remove_document(world.ws, world.steward, done.document_id)
    await trash.purge_document(world.ws, world.steward, folder, done.document_id)
    await follow(world)
    assert await found(world, "papaye OR mangue", older=True) == set()


@in_network
async def test_an_entry_holds_its_year_here_and_each_older_text_once_within_bounds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    for text in (b"deux", b"un", b"trois", b"deux", b"quatre"):
        await world.revise(world.steward, done.document_id, text)
    await world.settle()
    # An hour before midnight in Greenwich, the year is over in Paris.
    await world.change("UPDATE documents SET changed_at = 1735685999000")
    (row,) = await world.ws.db.read(lambda tx: entries.indexable(tx, [done.document_id]))
    entry = await following.entry_of(world.ws, row)
    assert (entry.text, entry.older) == ("quatre", "deux\ntrois\nun")
    assert (entry.year, entry.changed_at.year) == (2024, 2024)
    assert entry.author_id == world.steward.person_id
    await world.change("UPDATE documents SET changed_at = 1735687800000")
    (row,) = await world.ws.db.read(lambda tx: entries.indexable(tx, [done.document_id]))
    entry = await following.entry_of(world.ws, row)
    assert (entry.year, entry.changed_at.year) == (2025, 2024)
    monkeypatch.setattr(following, "MAX_OLDER_CHARACTERS", 6)
    assert (await following.entry_of(world.ws, row)).older == "deux\ntr"
    monkeypatch.setattr(following, "MAX_OLDER_VERSIONS", 1)
    assert (await following.entry_of(world.ws, row)).older == "deux"


@in_network
async def test_a_lost_older_text_is_read_again(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"la mangue")
    await world.settle()
    key = await key_of(world, done.document_id)
    await world.revise(world.steward, done.document_id, b"la papaye")
    await world.settle()
    await world.ws.texts.remove(key)
    assert (await rebuilt(world)).reread == 1
    assert await found(world, "mangue", older=True) == set()
    await world.settle()
    assert await found(world, "mangue", older=True) == {1}


@in_network
async def test_rebuilding_tells_how_far_it_is_and_the_old_one_answers_until_it_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(world)
    monkeypatch.setattr(following, "_BATCH_ALONE", 1)
    old = (world.data / "index" / generations.CURRENT).read_text()
    steps: list[tuple[int, int]] = []

    def told(done: int, of: int) -> None:
        steps.append((done, of))
        assert (world.data / "index" / generations.CURRENT).read_text() == old

    done = await following.rebuild(world.ws, told)
    last = await world.ws.db.read(entries.last)
    assert done == following.Rebuilt("tantivy", 3, last, 0)
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert (world.data / "index" / generations.CURRENT).read_text() != old
    assert await found(world, "kiwano") == {1, 2, 3}
    assert await follow(world) == 0, "it goes on from the number that the new one holds"


@in_network
async def test_what_changes_while_one_is_built_is_in_both(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(world)
    monkeypatch.setattr(following, "_BATCH_ALONE", 1)
    loop = asyncio.get_running_loop()
    reached, moved = asyncio.Event(), asyncio.Event()

    def told(done: int, of: int) -> None:
        if done == 2:
            loop.call_soon(reached.set)

    async def meanwhile() -> None:
        await reached.wait()
        await documents.rename(world.ws, world.steward, DocumentId(1), "papaye.txt")
        await follow(world)
        assert await found(world, "papaye") == {1}, "the old one goes on being followed"
        moved.set()

    applies = world.ws.db.read

    async def paused(unit):  # type: ignore[no-untyped-def]
        if reached.is_set() and asyncio.current_task() is building:
            await moved.wait()
        return await applies(unit)

    building = asyncio.create_task(following.rebuild(world.ws, told))
    monkeypatch.setattr(type(world.ws.db), "read", lambda self, unit: paused(unit))
    await asyncio.gather(building, meanwhile())
    assert await found(world, "papaye") == {1}
    assert await found(world, "kiwano") == {1, 2, 3}
    assert await follow(world) == 0


@in_network
async def test_two_do_not_build_at_once_and_one_that_fails_leaves_the_old_one(
    world: World,
) -> None:
    await three(world)
    index = await world.ws.index.build()
    assert index is not None
    assert await following.rebuild(world.ws, untold) is None
    await world.ws.index.leave(index)

    def failing(done: int, of: int) -> None:
        if done:
            raise WriteFailed("the terminal")

    with pytest.raises(WriteFailed):
        await following.rebuild(world.ws, failing)
    assert await found(world, "kiwano") == {1, 2, 3}
    assert len(list((world.data / "index").glob("*-*/"))) == 1
    assert (await rebuilt(world)).documents == 3


@in_network
async def test_compacting_loses_nothing_to_a_follower_in_the_middle(world: World) -> None:
    await three(world)
    folder = await world.folder("Autre")
    for name in ("papaye", "mangue", "litchi"):
        for number in (1, 2):
            await documents.rename(world.ws, world.steward, DocumentId(number), f"{name} {number}")
    await trash.remove_document(world.ws, world.steward, DocumentId(3))
    await world.deposit(world.steward, folder, "d.txt", b"un kiwano")
    applied = await world.ws.index.applied()
    late = await world.ws.db.read(lambda tx: entries.waiting(tx, world.steward, applied))
    last = await world.ws.db.read(entries.last)
    while await following.compact(world.ws):
        pass
    assert await world.values("SELECT COUNT(*) FROM index_entries") == [4]
    assert await world.ws.db.read(entries.last) == last
    assert await world.ws.db.read(lambda tx: entries.waiting(tx, world.steward, applied)) == late
    await world.settle()
    assert await found(world, "kiwano") == {1, 2, 4}
    assert await found(world, "litchi") == {1, 2}
    assert await found(world, "papaye OR mangue") == set()
    # And one that begins from nothing is the same.
    assert (await rebuilt(world)).documents == 4
    assert await found(world, "kiwano") == {1, 2, 4}
