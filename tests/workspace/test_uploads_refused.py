"""Deposits that go on after a cut and are refused at their end: nothing that came is lost."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from atelier.blobs.resumable import LocalResumable
from atelier.errors import (
    AtelierError,
    Locked,
    NameTaken,
    NotFound,
    OffsetMismatch,
    QuotaFull,
    VersionClash,
)
from atelier.model.deposits import Taken, Target
from atelier.model.documents import Blob
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import aside, documents, locks, mending, quotas, uploads
from tests.builders import World, in_network
from tests.uploads import BODY, begun, common, content_of, drafts, sent

# More than is hashed without asking first whether it is of any use.
LARGE = os.urandom(uploads._CHEAP_BYTES + 1)
LAST = len(LARGE) - 1


async def name_taken(world: World, awa: Actor, folder: FolderId) -> Target:
    """A name that another takes meanwhile, with as many bytes."""
    await world.deposit(world.steward, folder, "new.bin", bytes(len(LARGE)))
    return Target(folder, "new.bin", taken=Taken.REFUSE)


async def quota_full(world: World, awa: Actor, folder: FolderId) -> Target:
    """A quota that another sets meanwhile."""
    await quotas.limit_folder(world.ws, world.steward, folder, 1)
    return Target(folder, "new.bin")


async def locked(world: World, awa: Actor, folder: FolderId) -> Target:
    """A document that another edits by now."""
    document = await _document(world)
    await locks.take(world.ws, world.steward, document)
    return Target(None, "a.bin", document, 1)


async def clash(world: World, awa: Actor, folder: FolderId) -> Target:
    """A document that another revised meanwhile."""
    document = await _document(world)
    await world.revise(world.steward, document, b"deux")
    return Target(None, "a.bin", document, 1)


Turn = Callable[[World, Actor, FolderId], Awaitable[Target]]


async def _document(world: World) -> DocumentId:
    (number,) = await world.values("SELECT id FROM documents WHERE name = 'a.bin'")
    assert isinstance(number, int)
    return DocumentId(number)


async def _announced(world: World, awa: Actor, folder: FolderId, turn: Turn) -> str:
    """An upload that nothing stood in the way of yet; the turn comes afterwards."""
    document = (await world.deposit(world.steward, folder, "a.bin", b"un")).document_id
    if turn in (locked, clash):
        target = Target(None, "a.bin", document, 1)
    else:
        taken = Taken.REFUSE if turn is name_taken else Taken.REVISE
        target = Target(folder, "new.bin", taken=taken)
    upload = await begun(world, awa, target, len(LARGE))
    assert await turn(world, awa, folder) == target
    return upload.key


@pytest.mark.parametrize(
    ("turn", "refused"),
    [(name_taken, NameTaken), (quota_full, QuotaFull), (locked, Locked), (clash, VersionClash)],
)
@in_network
async def test_what_cannot_be_confirmed_stays_and_is_not_hashed_each_time(
    world: World, turn: Turn, refused: type[AtelierError]
) -> None:
    awa, folder = await common(world)
    key = await _announced(world, awa, folder, turn)
    hashed, seal = [], LocalResumable.seal

    async def counted(draft: LocalResumable) -> Blob:
        hashed.append(key)
        return await seal(draft)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalResumable, "seal", counted)
        patch.setattr(aside, "MAX_ASIDE", 0)
        for start in (0, LAST, LAST):
            with pytest.raises(refused) as refusal:
                await sent(world, awa, key, start, LARGE[start:])
            assert getattr(refusal.value, "aside", None) is None
            told = await uploads.look(world.ws, awa, key)
            assert (told.offset_bytes, told.became) == (LAST, None)
        assert hashed == []
    # What stood in the way is gone.
    if refused in (Locked, VersionClash):
        with pytest.raises(refused) as refusal:
            await sent(world, awa, key, LAST, LARGE[LAST:])
        (one,) = await aside.hers(world.ws, awa)
        assert getattr(refusal.value, "aside", None) == one.id
        with pytest.raises(NotFound):
            await uploads.look(world.ws, awa, key)
        assert drafts(world) == []
        return
    if refused is QuotaFull:
        await quotas.limit_folder(world.ws, world.steward, folder, None)
    else:
        await world.change("UPDATE uploads SET taken = 'keep_both'")
    done = await sent(world, awa, key, LAST, LARGE[LAST:])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == LARGE


@in_network
async def test_a_small_one_that_comes_second_while_no_more_is_set_aside_stays_hers(
    world: World,
) -> None:
    awa, folder = await common(world)
    document = (await world.deposit(world.steward, folder, "a.pdf", b"un")).document_id
    upload = await begun(world, awa, Target(None, "a.pdf", document, 1))
    await world.revise(world.steward, document, b"deux")
    last = len(BODY) - 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aside, "MAX_ASIDE", 0)
        for start in (0, last):
            with pytest.raises(VersionClash) as clash:
                await sent(world, awa, upload.key, start, BODY[start:])
            assert clash.value.aside is None
            assert (await uploads.look(world.ws, awa, upload.key)).offset_bytes == last
    with pytest.raises(VersionClash) as clash:
        await sent(world, awa, upload.key, last, BODY[last:])
    assert clash.value.aside is not None
    with pytest.raises(NotFound):
        await uploads.look(world.ws, awa, upload.key)
    assert drafts(world) == []
    assert (await documents.look(world.ws, awa, document)).document.current.number == 2


@in_network
async def test_one_that_is_terminated_before_its_draft_is_held_leaves_no_file(
    world: World,
) -> None:
    awa, folder = await common(world)
    stored = type(world.ws.blobs).resume

    async def resume(store: object, key: str, *given: object) -> object:
        await uploads.terminate(world.ws, awa, key)
        return await stored(store, key, *given)  # type: ignore[arg-type]

    upload = await begun(world, awa, Target(folder, "a.pdf"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(world.ws.blobs), "resume", resume)
        with pytest.raises(NotFound):
            await sent(world, awa, upload.key, 0, b"")
    assert drafts(world) == []


@in_network
async def test_equal_bytes_of_others_stay_whole_when_a_key_is_forgotten_and_made_again(
    world: World,
) -> None:
    awa, folder = await common(world)
    secret = await world.folder("Secret")
    known = await world.deposit(world.steward, secret, "hidden.pdf", BODY)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    part = world.data / "drafts" / f"{upload.key}.part"

    async def still() -> Actor:
        await uploads.terminate(world.ws, awa, upload.key)
        part.touch(mode=0o600)
        return awa

    async def body() -> AsyncIterator[bytes]:
        yield BODY

    with pytest.raises(AtelierError):
        await uploads.append(world.ws, awa, upload.key, 0, body(), still=still)
    assert await content_of(world, world.steward, known.document_id) == BODY
    assert await world.values("SELECT COUNT(*) FROM documents") == [1]


@in_network
async def test_one_whose_bytes_went_and_that_begins_anew_is_not_taken_for_a_lost_one(
    world: World,
) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    (world.data / "drafts" / f"{upload.key}.part").unlink()
    with pytest.raises(OffsetMismatch):
        await sent(world, awa, upload.key, 500, BODY[500:])
    assert await world.values("SELECT offset_bytes FROM uploads") == [500]

    async def body() -> AsyncIterator[bytes]:
        yield BODY[:100]
        assert await world.values("SELECT offset_bytes FROM uploads") == [0]
        assert (await mending.look(world.ws)).uploads_cut == []
        assert (await mending.repair(world.ws, is_alone=False)).uploads == 0
        yield BODY[100:]

    async def still() -> Actor:
        return awa

    done = await uploads.append(world.ws, awa, upload.key, 0, body(), still=still)
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY
