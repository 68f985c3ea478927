"""Pictures of pages: under the right to read, drawn once, gone with their version
(THREATS 12, 13, 36)."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from atelier.errors import BlobMissing, NotFound, TooMany
from atelier.extract.contract import Picture, Readers
from atelier.model.documents import Deposited
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.workspace import documents, folders, previews, sharing, trail, trash, upkeep
from atelier.workspace.previews import Drawn, Width
from tests import samples
from tests.builders import World, in_network
from tests.samples_pictures import BLUE, GREEN, RED, coloured_pdf, halves, odt_with, packed
from tests.workspace.test_upkeep import blob_path

PDF = coloured_pdf(RED, GREEN, BLUE)


class Watched:
    """The real readers, with what was asked of them, and an act before each drawing's end."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self.drawn: list[tuple[int, int]] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._readers, name)

    async def draw(self, path: Path, name: str, page: int, width: int) -> Picture:
        """Draw, and note it."""
        self.drawn.append((page, width))
        found = await self._readers.draw(path, name, page, width)
        if self.meanwhile is not None:
            await self.meanwhile()
        return found


def watch(world: World) -> Watched:
    """Have the world's readers watched."""
    watched = Watched(world.ws.readers)
    world.ws = dataclasses.replace(world.ws, readers=watched)  # type: ignore[arg-type]
    return watched


async def shared(
    world: World, content: bytes = PDF, name: str = "a.pdf"
) -> tuple[Deposited, Actor]:
    """A document in a folder, and one who may read it."""
    folder, reader = await world.folder("Commun"), await world.person("Awa", of="Mairie")
    await world.grant(folder, reader)
    return await world.deposit(world.steward, folder, name, content), reader


async def page(world: World, actor: Actor, document: DocumentId, number: int = 1, at: int = 1
               ) -> Drawn:  # fmt: skip
    """A page of a version at full width."""
    return await previews.picture(world.ws, actor, document, number, at, Width.PAGE)


def kept(world: World) -> list[str]:
    """What stands beside the texts, without its keys."""
    found = (world.data / "derived").glob("*/*")
    what = (one.name.partition(".")[2] for one in found)
    return sorted(one for one in what if one.startswith(("d1", "s1")))


@in_network
async def test_the_first_page_and_the_thumbnail_are_drawn_after_the_reading_others_when_asked(
    world: World,
) -> None:
    watched = watch(world)
    done, reader = await shared(world)
    await world.settle()
    assert watched.drawn == [(1, 320), (1, 1200)]
    small = await previews.picture(world.ws, reader, done.document_id, 1, 1, Width.THUMBNAIL)
    assert (small.width, (await page(world, reader, done.document_id)).width) == (320, 1200)
    assert len(watched.drawn) == 2
    third = await page(world, reader, done.document_id, at=3)
    assert await page(world, reader, done.document_id, at=3) == third
    assert watched.drawn[2:] == [(3, 1200)]
    assert kept(world) == ["d1p1w1200", "d1p1w320", "s1p3w1200"]


@in_network
async def test_whoever_may_not_read_gets_no_picture_as_if_the_document_never_was(
    world: World,
) -> None:
    done, reader = await shared(world)
    await world.settle()
    stranger = await world.person("Sol", of="Hôpital")
    told = []
    never = DocumentId(999)
    for actor, document in ((stranger, done.document_id), (reader, never), (stranger, never)):
        for width in Width:
            with pytest.raises(NotFound) as refused:
                await previews.picture(world.ws, actor, document, 1, 1, width)
            told.append(refused.value.facts())
    assert told == [{"kind": "document"}] * 6
    assert (await page(world, reader, done.document_id)).content
    with pytest.raises(NotFound):
        await page(world, reader, done.document_id, number=2)
    (grant,) = await world.values("SELECT id FROM grants WHERE subject_kind = 'person' AND"
                                  " subject_id = :id", id=reader.person_id)  # fmt: skip
    (folder,) = await world.values("SELECT folder_id FROM documents")
    await sharing.withdraw(world.ws, world.steward, folder, grant)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await page(world, reader, done.document_id)


@in_network
async def test_a_closed_folder_and_the_trash_hide_pictures_and_a_restored_document_has_them_again(
    world: World,
) -> None:
    watched = watch(world)
    done, reader = await shared(world)
    await world.settle()
    folder = await folders.find(world.ws, world.steward, "Commun")
    await trash.remove_document(world.ws, world.steward, done.document_id)
    for actor in (reader, world.steward):
        with pytest.raises(NotFound):
            await page(world, actor, done.document_id)
    await trash.restore_document(world.ws, world.steward, folder, done.document_id)
    assert (await page(world, reader, done.document_id)).content
    assert len(watched.drawn) == 2
    inner = await world.folder("Commun/Fermé", closed=True)
    await documents.move(world.ws, world.steward, done.document_id, inner)
    with pytest.raises(NotFound):
        await page(world, reader, done.document_id)
    assert (await page(world, world.steward, done.document_id)).content


@in_network
async def test_two_who_ask_at_once_have_it_drawn_once(world: World) -> None:
    watched = watch(world)
    done, reader = await shared(world)
    looks = [page(world, actor, done.document_id) for actor in (reader, world.steward) * 3]
    first, *others = await asyncio.gather(*looks)
    assert first.content and all(one == first for one in others)
    assert watched.drawn == [(1, 1200)]


@in_network
async def test_who_asks_for_too_many_at_once_is_refused_alone_and_then_is_served(
    world: World,
) -> None:
    done, reader = await shared(world)
    await world.settle()
    looks = [page(world, reader, done.document_id, at=2) for _ in range(60)]
    *found, other = await asyncio.gather(
        *looks, page(world, world.steward, done.document_id, at=3), return_exceptions=True
    )
    refused = [one for one in found if isinstance(one, TooMany)]
    assert refused and all(isinstance(one, Drawn | TooMany) for one in found)
    assert isinstance(other, Drawn)
    assert (await page(world, reader, done.document_id)).content


@in_network
async def test_who_leaves_before_her_turn_has_nothing_drawn_and_what_has_begun_is_kept(
    world: World,
) -> None:
    done, reader = await shared(world, coloured_pdf(*[RED] * 9))
    await world.settle()
    watched = watch(world)
    has_begun, gate = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        if len(watched.drawn) == 2:
            has_begun.set()
        await gate.wait()

    watched.meanwhile = wait
    looks = [asyncio.create_task(page(world, reader, done.document_id, at=n)) for n in (2, 3)]
    await has_begun.wait()
    line = asyncio.create_task(page(world, reader, done.document_id, at=4))
    await page(world, reader, done.document_id)  # the line is reached meanwhile
    for look in (*looks, line):
        look.cancel()
    await asyncio.wait([line])
    # the two that were begun still hold their places, and her
    assert not any(look.done() for look in looks)
    gate.set()
    await asyncio.wait(looks)
    assert all(look.cancelled() for look in (*looks, line))
    assert sorted(at for at, _ in watched.drawn) == [2, 3]
    assert kept(world) == ["d1p1w1200", "d1p1w320", "s1p2w1200", "s1p3w1200"]
    for at in (2, 4):
        assert (await page(world, reader, done.document_id, at=at)).content
    assert sorted(at for at, _ in watched.drawn) == [2, 3, 4]


@in_network
async def test_a_right_that_ends_while_it_is_drawn_gives_no_picture(world: World) -> None:
    watched = watch(world)
    done, reader = await shared(world)

    async def disable() -> None:
        await world.disable(reader.person_id)
        await world.change("DELETE FROM grants WHERE subject_id = :id AND subject_kind = 'person'",
                           id=reader.person_id)  # fmt: skip

    watched.meanwhile = disable
    with pytest.raises(NotFound):
        await page(world, reader, done.document_id)
    assert (await page(world, world.steward, done.document_id)).content


@in_network
async def test_a_purge_leaves_no_picture_even_of_a_page_that_is_being_drawn(world: World) -> None:
    watched = watch(world)
    done, reader = await shared(world)
    await world.settle()
    folder = await folders.find(world.ws, world.steward, "Commun")
    await page(world, reader, done.document_id, at=2)
    assert len(kept(world)) == 3

    async def purge() -> None:
        watched.meanwhile = None
        await trash.remove_document(world.ws, world.steward, done.document_id)
        await trash.purge_document(world.ws, world.steward, folder, done.document_id)

    watched.meanwhile = purge
    with pytest.raises(NotFound):
        await page(world, reader, done.document_id, at=3)
    assert kept(world) == []
    assert list((world.data / "derived").glob("*/*")) == []


@in_network
async def test_a_purge_takes_the_job_that_waits_and_a_job_of_what_is_gone_does_nothing(
    world: World,
) -> None:
    watched = watch(world)
    done, _ = await shared(world)
    folder = await folders.find(world.ws, world.steward, "Commun")
    (version,) = await world.values("SELECT id FROM versions")
    await previews.draw_version(world.ws, int(str(version)))
    assert len(watched.drawn) == 2
    await trash.remove_document(world.ws, world.steward, done.document_id)
    await world.settle()
    await world.change("INSERT INTO jobs (kind, subject, run_after, created_at)"
                       " VALUES ('draw_version', :id, 0, 0)", id=version)  # fmt: skip
    await trash.purge_document(world.ws, world.steward, folder, done.document_id)
    assert await world.values("SELECT id FROM jobs") == []
    await previews.draw_version(world.ws, int(str(version)))
    assert len(watched.drawn) == 2 and kept(world) == []


@in_network
async def test_pages_that_were_not_counted_and_kinds_without_pictures_ask_no_child(
    world: World,
) -> None:
    watched = watch(world)
    done, reader = await shared(world)
    folder = await folders.find(world.ws, world.steward, "Commun")
    text = await world.deposit(world.steward, folder, "a.txt", b"bonjour")
    svg = await world.deposit(world.steward, folder, "a.svg", b"<svg><script>1</script></svg>")
    await world.settle()
    watched.drawn.clear()
    for document, at in ((done, 4), (done, 10**17), (text, 1), (svg, 1)):
        with pytest.raises(NotFound):
            await page(world, reader, document.document_id, at=at)
    assert watched.drawn == []


@in_network
async def test_what_could_not_be_drawn_is_tried_again_only_when_it_is_read_again(
    world: World,
) -> None:
    watched = watch(world)
    done, reader = await shared(world, b"%PDF-1.7 nothing of the kind")
    await world.settle()
    assert watched.drawn == []  # damaged: not worth drawing ahead of a look
    for _ in range(2):
        with pytest.raises(NotFound):
            await page(world, reader, done.document_id)
    assert watched.drawn == [(1, 1200)]
    (version,) = await world.values("SELECT id FROM versions")
    await previews.draw_version(world.ws, int(str(version)))
    assert watched.drawn[1:] == [(1, 320), (1, 1200)]


@in_network
async def test_equal_bytes_elsewhere_have_pictures_of_their_own(world: World) -> None:
    watched = watch(world)
    done, _ = await shared(world)
    await world.settle()
    other = await world.folder("Ailleurs")
    twin = await world.deposit(world.steward, other, "b.pdf", PDF)
    (current,) = (await documents.look(world.ws, world.steward, twin.document_id)).document.versions
    assert await previews.thumbnail(world.ws, current) is None
    await world.settle()
    assert len(watched.drawn) == 4
    found = await previews.thumbnail(world.ws, current)
    assert found is not None and found.width == 320
    assert done.document_id != twin.document_id


@in_network
async def test_a_rotten_picture_is_drawn_again_and_a_full_disk_keeps_nobody_from_looking(
    world: World,
) -> None:
    watched = watch(world)
    done, reader = await shared(world)
    await world.settle()
    for one in (world.data / "derived").glob("*/*.d1p1w1200"):
        one.write_bytes(one.read_bytes()[:-10])
    assert (await page(world, reader, done.document_id)).content
    assert watched.drawn[2:] == [(1, 1200)]

    def full(operation: str, path: Path) -> None:
        if operation == "create" and ".s1" in path.name:
            raise OSError(errno.ENOSPC, "full")

    world.seam.behaviour = full
    assert (await page(world, reader, done.document_id, at=2)).content
    assert "s1p2w1200" not in kept(world)


@in_network
async def test_lost_bytes_are_told_to_who_looks_and_end_the_job(world: World) -> None:
    done, reader = await shared(world)
    await world.settle()
    (sha256,) = await world.values("SELECT sha256 FROM versions")
    blob_path(world, str(sha256)).unlink()
    with pytest.raises(BlobMissing):
        await page(world, reader, done.document_id, at=2)
    await world.ws.pictures.remove(await key_of(world, done.document_id))
    (version,) = await world.values("SELECT id FROM versions")
    await previews.draw_version(world.ws, int(str(version)))
    assert kept(world) == []


@in_network
async def test_an_office_file_has_its_thumbnail_and_no_page(world: World) -> None:
    done, reader = await shared(world, odt_with(packed(halves(200, 300), "PNG")), "a.odt")
    await world.settle()
    small = await previews.picture(world.ws, reader, done.document_id, 1, 1, Width.THUMBNAIL)
    assert (small.width, small.height) == (200, 300)
    with pytest.raises(NotFound):
        await page(world, reader, done.document_id)
    (current,) = (await documents.look(world.ws, reader, done.document_id)).document.versions
    assert not await previews.shows_pages(world.ws, current)


@in_network
async def test_looking_at_a_picture_is_told_in_the_access_log_as_reading(world: World) -> None:
    done, reader = await shared(world)
    await world.settle()
    stranger = await world.person("Sol", of="Hôpital")
    await page(world, reader, done.document_id, at=2)
    with pytest.raises(NotFound):
        await page(world, stranger, done.document_id, at=2)
    await world.ws.trail.flush()
    found = [line async for line in await trail.lines(world.ws, world.steward, trail.Asked())]
    assert [(line.person, line.version, line.act) for line in found] == [("Awa", 1, "read")]


@in_network
async def test_pictures_without_a_version_are_collected_with_the_texts(world: World) -> None:
    done, _ = await shared(world)
    await world.settle()
    assert await upkeep.unused_texts(world.ws) == set()
    stray = "ab" + "0" * 62
    await world.ws.pictures.put(stray, "d1p1w320", b"x")
    assert await upkeep.unused_texts(world.ws) == {stray}
    assert await upkeep.forget_unused_texts(world.ws) == 1
    assert len(kept(world)) == 2
    assert await world.ws.texts.get(await key_of(world, done.document_id)) is not None


@in_network
async def test_a_version_is_drawn_as_it_is_whatever_came_after_it(world: World) -> None:
    done, reader = await shared(world)
    await world.revise(world.steward, done.document_id, samples.pdf(["plus rien de rouge"]))
    await world.settle()
    first, second = [await page(world, reader, done.document_id, number=n) for n in (1, 2)]
    assert first.content != second.content
    with pytest.raises(NotFound):  # the new one has a single page
        await page(world, reader, done.document_id, number=2, at=2)
    assert (await page(world, reader, done.document_id, number=1, at=2)).content


async def key_of(world: World, document: DocumentId) -> str:
    """Under which its current version is kept."""
    current = (await documents.look(world.ws, world.steward, document)).document.current
    return documents.text_key(current.id, current.sha256)
