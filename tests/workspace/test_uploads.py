"""Deposits that go on after a cut: whose they are, what counts, and what becomes of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from atelier.database import uploads as records
from atelier.errors import (
    AtelierError,
    BodyCut,
    Forbidden,
    Invalid,
    Malformed,
    NameTaken,
    NotFound,
    OffsetMismatch,
    QuotaFull,
    SignInNeeded,
    TooLarge,
    TooManyUploads,
    UploadInUse,
    VersionClash,
    WriteFailed,
)
from atelier.model.deposits import Taken, Target, Upload
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import deposits, documents, folders, quotas, sharing, upkeep, uploads
from atelier.workspace.uploads import Announced
from tests.builders import World, chunks, in_network
from tests.uploads import BODY, begun, common, content_of, cut_after, drafts, nobody, sent


@in_network
async def test_bytes_of_several_requests_become_one_document(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"), comment="Relu")
    assert (upload.offset_bytes, upload.became) == (0, None)
    for start in range(0, 80_000, 20_000):
        upload = await sent(world, awa, upload.key, start, BODY[start : start + 20_000])
        assert upload.offset_bytes == start + 20_000
        assert await uploads.look(world.ws, awa, upload.key) == upload
    done = await sent(world, awa, upload.key, 80_000, BODY[80_000:])
    assert done.became is not None and done.became.is_new_document
    assert done.offset_bytes == len(BODY)
    assert await content_of(world, awa, done.became.document_id) == BODY
    seen = await documents.look(world.ws, awa, done.became.document_id)
    assert seen.document.current.comment == "Relu"
    assert seen.document.current.media_type == "application/pdf"
    assert drafts(world) == []


@in_network
async def test_a_lost_answer_is_given_again_and_asking_again_adds_nothing(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    done = await sent(world, awa, upload.key, 0, BODY)
    assert await uploads.look(world.ws, awa, upload.key) == done
    for nothing in (chunks(b""), chunks_of(b"", b"")):
        again = await uploads.append(world.ws, awa, upload.key, len(BODY), nothing, still=nobody)
        assert again == done
    with pytest.raises(Malformed):
        await sent(world, awa, upload.key, len(BODY), b"more")
    with pytest.raises(OffsetMismatch) as caught:
        await sent(world, awa, upload.key, 0, BODY)
    assert caught.value.offset_bytes == len(BODY)
    assert done.became is not None
    assert (
        len((await documents.look(world.ws, awa, done.became.document_id)).document.versions) == 1
    )


@in_network
async def test_what_came_before_a_cut_counts_and_nothing_of_it_is_seen(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    with pytest.raises(BodyCut):
        await uploads.append(world.ws, awa, upload.key, 0, cut_after(BODY[:30_000]), still=nobody)
    assert (await uploads.look(world.ws, awa, upload.key)).offset_bytes == 30_000
    assert await world.values("SELECT id FROM documents") == []
    done = await sent(world, awa, upload.key, 30_000, BODY[30_000:])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_a_request_that_counts_whole_or_not_leaves_nothing_when_it_is_cut(
    world: World,
) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    with pytest.raises(BodyCut):
        await uploads.append(
            world.ws,
            awa,
            upload.key,
            500,
            cut_after(os.urandom(30_000)),
            still=nobody,
            is_all_or_none=True,
        )
    assert (await uploads.look(world.ws, awa, upload.key)).offset_bytes == 500
    done = await sent(world, awa, upload.key, 500, BODY[500:], all_or_none=True)
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_only_the_byte_where_it_is_can_be_the_next_one(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    for offset in (0, 499, 501, len(BODY), 2**60):
        with pytest.raises(OffsetMismatch) as caught:
            await sent(world, awa, upload.key, offset, BODY[500:])
        assert caught.value.offset_bytes == 500
    with pytest.raises(Malformed):
        await sent(world, awa, upload.key, 500, BODY[500:] + b"x")
    kept = await uploads.look(world.ws, awa, upload.key)
    assert 500 <= kept.offset_bytes < len(BODY) and kept.became is None
    done = await sent(world, awa, upload.key, kept.offset_bytes, BODY[kept.offset_bytes :])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_of_two_at_once_one_writes_and_the_other_is_told(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    half = len(BODY) // 2
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield BODY[:half]
        has_begun.set()
        await may_end.wait()
        yield BODY[half:]

    first = asyncio.create_task(
        uploads.append(world.ws, awa, upload.key, 0, slowly(), still=lambda: asyncio.sleep(0, awa))
    )
    await has_begun.wait()
    with pytest.raises(UploadInUse):
        await sent(world, awa, upload.key, 0, os.urandom(len(BODY)))
    may_end.set()
    done = await first
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_of_many_at_once_at_the_same_byte_never_two_are_taken(world: World) -> None:
    awa, folder = await common(world)
    for turn in range(10):
        upload = await begun(world, awa, Target(folder, f"{turn}.bin"), 20_000)
        bodies = [bytes([number]) * 10_000 for number in range(5)]
        tried = [sent(world, awa, upload.key, 0, body) for body in bodies]
        told = await asyncio.gather(*tried, return_exceptions=True)
        taken = [number for number, one in enumerate(told) if isinstance(one, Upload)]
        assert len(taken) == 1
        others = [one for one in told if not isinstance(one, Upload)]
        assert all(isinstance(one, (UploadInUse, OffsetMismatch)) for one in others)
        done = await sent(world, awa, upload.key, 10_000, bytes(10_000))
        assert done.became is not None
        stored = await content_of(world, awa, done.became.document_id)
        assert stored == bodies[taken[0]] + bytes(10_000)


@in_network
async def test_a_writer_that_comes_late_to_a_byte_that_was_just_written_is_refused(
    world: World,
) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    stored, is_first = type(world.ws.blobs).resume, True

    async def resume(store: object, *given: object) -> object:
        # Between this one's look and its hold another one writes.
        nonlocal is_first
        if is_first:
            is_first = False
            await sent(world, awa, upload.key, 0, BODY[:500])
        return await stored(store, *given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(world.ws.blobs), "resume", resume)
        with pytest.raises(OffsetMismatch) as caught:
            await sent(world, awa, upload.key, 0, os.urandom(500))
    assert caught.value.offset_bytes == 500
    done = await sent(world, awa, upload.key, 500, BODY[500:])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_an_upload_of_another_is_like_one_that_never_was(world: World) -> None:
    awa, folder = await common(world)
    bea = await world.person("Bea", of="CH")
    await world.grant(folder, bea, Role.COORDINATOR)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    for other in (bea, world.steward):
        for key in (upload.key, "0" * 32, "never", "../x"):
            with pytest.raises(NotFound):
                await uploads.look(world.ws, other, key)
            with pytest.raises(NotFound):
                await sent(world, other, key, 500, b"x")
            with pytest.raises(NotFound):
                await uploads.terminate(world.ws, other, key)
    assert (await uploads.look(world.ws, awa, upload.key)).offset_bytes == 500
    statements = []
    for key in (upload.key, "0" * 32):

        async def unit(tx: object, key: str = key) -> None:
            assert await records.get(tx, key, bea.person_id, world.clock()) is None  # type: ignore[arg-type]
            statements.append(tx.statements)  # type: ignore[attr-defined]

        await world.ws.db.read(unit)
    assert statements == [1, 1]


@in_network
async def test_when_the_right_has_gone_so_do_the_bytes(world: World) -> None:
    awa, folder = await common(world)
    for role, refusal in ((None, NotFound), (Role.READER, Forbidden)):
        upload = await begun(world, awa, Target(folder, "a.pdf"))
        await sent(world, awa, upload.key, 0, BODY[:500])
        assert drafts(world) != []
        await _regrant(world, folder, awa, role)
        with pytest.raises(refusal):
            await sent(world, awa, upload.key, 500, BODY[500:])
        with pytest.raises(NotFound):
            await uploads.look(world.ws, awa, upload.key)
        assert drafts(world) == []
        await _regrant(world, folder, awa, Role.CONTRIBUTOR)


@in_network
async def test_a_right_that_goes_while_the_last_bytes_come_confirms_nothing(world: World) -> None:
    awa, folder = await common(world)
    for role, refusal in ((None, NotFound), (Role.READER, Forbidden)):
        upload = await begun(world, awa, Target(folder, "a.pdf"))

        async def meanwhile(role: Role | None = role) -> Actor:
            await _regrant(world, folder, awa, role)
            return awa

        with pytest.raises(refusal):
            await uploads.append(world.ws, awa, upload.key, 0, chunks(BODY), still=meanwhile)
        with pytest.raises(NotFound):
            await uploads.look(world.ws, awa, upload.key)
        assert drafts(world) == []
        assert await world.values("SELECT id FROM documents") == []
        await _regrant(world, folder, awa, Role.CONTRIBUTOR)


@in_network
async def test_under_another_hat_her_bytes_wait(world: World) -> None:
    awa = await world.person("Awa", of=["CH", "Mairie"])
    folder = await world.folder("Commun")
    hospital = await world.ws.db.read(_organisation("CH"))
    town = await world.ws.db.read(_organisation("Mairie"))
    await world.change(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (:folder, 'organisation', :ch, 'contributor', 1, 0)",
        folder=folder, ch=hospital,
    )  # fmt: skip
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    elsewhere = await world.actor("awa@example.org", acting_as=town)
    with pytest.raises(NotFound):
        await sent(world, elsewhere, upload.key, 500, BODY[500:])
    with pytest.raises(NotFound):  # the hat is changed while the last bytes come
        await uploads.append(
            world.ws,
            awa,
            upload.key,
            500,
            chunks(BODY[500:]),
            still=lambda: asyncio.sleep(0, elsewhere),
        )
    told = await uploads.look(world.ws, awa, upload.key)
    assert told.offset_bytes == len(BODY) - 1
    done = await sent(world, awa, upload.key, told.offset_bytes, BODY[-1:])
    assert done.became is not None


@in_network
async def test_a_session_that_ended_meanwhile_confirms_nothing_and_loses_nothing(
    world: World,
) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    with pytest.raises(SignInNeeded):
        await uploads.append(world.ws, awa, upload.key, 0, chunks(BODY), still=nobody)
    kept = await uploads.look(world.ws, awa, upload.key)
    assert (kept.offset_bytes, kept.became) == (len(BODY) - 1, None)
    done = await sent(world, awa, upload.key, len(BODY) - 1, BODY[-1:])
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_a_terminated_one_is_gone_and_what_it_became_stays(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, upload.key, 0, BODY[:500])
    await uploads.terminate(world.ws, awa, upload.key)
    assert drafts(world) == []
    for ask in (uploads.look, uploads.terminate):
        with pytest.raises(NotFound):
            await ask(world.ws, awa, upload.key)
    other = await begun(world, awa, Target(folder, "b.pdf"))
    done = await sent(world, awa, other.key, 0, BODY)
    await uploads.terminate(world.ws, awa, other.key)
    assert done.became is not None
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_one_that_is_terminated_while_its_bytes_come_is_not_confirmed(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf"))

    async def meanwhile() -> Actor:
        await uploads.terminate(world.ws, awa, upload.key)
        return awa

    with pytest.raises((NotFound, WriteFailed)):
        await uploads.append(world.ws, awa, upload.key, 0, chunks(BODY), still=meanwhile)
    assert await world.values("SELECT id FROM documents") == []


@in_network
async def test_after_seven_days_it_is_over_and_its_bytes_are_removed(world: World) -> None:
    awa, folder = await common(world)
    old = await begun(world, awa, Target(folder, "a.pdf"))
    await sent(world, awa, old.key, 0, BODY[:500])
    world.clock.forward(days=6)
    young = await begun(world, awa, Target(folder, "b.pdf"))
    await sent(world, awa, young.key, 0, BODY[:500])
    await upkeep.forget_expired(world.ws)
    assert (await uploads.look(world.ws, awa, old.key)).offset_bytes == 500
    world.clock.forward(days=1)
    with pytest.raises(NotFound):
        await uploads.look(world.ws, awa, old.key)
    with pytest.raises(NotFound):
        await sent(world, awa, old.key, 500, BODY[500:])
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT key FROM uploads") == [young.key]
    assert len(drafts(world)) == 1
    assert (await uploads.look(world.ws, awa, young.key)).offset_bytes == 500


@in_network
async def test_it_begins_only_where_and_as_it_could_be_confirmed_now(world: World) -> None:
    awa, folder = await common(world)
    closed = await world.folder("Secret")
    done = await world.deposit(world.steward, folder, "a.pdf")
    refused: list[tuple[Target, int, type[AtelierError]]] = [
        (Target(closed, "a.pdf"), 1, NotFound),
        (Target(FolderId(999_999), "a.pdf"), 1, NotFound),
        (Target(None, "", DocumentId(999_999), 1), 1, NotFound),
        (Target(folder, "a/b.pdf"), 1, Invalid),
        (Target(folder, "b.pdf", path=("..",)), 1, Invalid),
        (Target(folder, "a.pdf", taken=Taken.REFUSE), 2**24, NameTaken),
        (Target(None, "", done.document_id, 2), 1, VersionClash),
        (Target(folder, "b.pdf"), world.ws.settings.limits.max_deposit_bytes + 1, TooLarge),
        (Target(folder, "b.pdf"), 0, Invalid),
    ]
    for target, size, refusal in refused:
        with pytest.raises(refusal):
            await begun(world, awa, target, size)
    with pytest.raises(Invalid):
        await begun(world, awa, Target(folder, "b.pdf"), comment="x" * 1_001)
    assert await world.values("SELECT key FROM uploads") == []


@in_network
async def test_two_hundred_unfinished_ones_are_enough(world: World) -> None:
    awa, folder = await common(world)
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)"
        " INSERT INTO uploads (key, person_id, folder_id, name, taken, size_bytes, created_at,"
        " expires_at) SELECT 'k' || i, :person, :folder, 'n' || i, 'revise', 1, 0, :until FROM n",
        person=awa.person_id, folder=folder, until=2**50,
    )  # fmt: skip
    last = await begun(world, awa, Target(folder, "last"), 1)
    with pytest.raises(TooManyUploads) as caught:
        await begun(world, awa, Target(folder, "one more"), 1)
    assert caught.value.unfinished == uploads.MAX_UNFINISHED
    bea = await world.person("Bea", of="CH")
    await world.grant(folder, bea, Role.CONTRIBUTOR)
    await begun(world, bea, Target(folder, "another's"), 1)
    await sent(world, awa, last.key, 0, b"x")
    await begun(world, awa, Target(folder, "one more"), 1)


@in_network
async def test_of_twelve_that_begin_at_once_those_that_fit_together_are_taken(
    world: World,
) -> None:
    awa, folder = await common(world)
    await quotas.limit_folder(world.ws, world.steward, folder, 5_500)
    trying = [begun(world, awa, Target(folder, f"{n}.bin"), 1_000) for n in range(12)]
    told = await asyncio.gather(*trying, return_exceptions=True)
    taken = [one for one in told if isinstance(one, Upload)]
    assert len(taken) == 5
    assert sum(isinstance(one, QuotaFull) for one in told) == 7
    for number, upload in enumerate(taken):
        done = await sent(world, awa, upload.key, 0, bytes([number]) * 1_000)
        assert done.became is not None


@in_network
async def test_who_comes_second_finds_her_bytes_set_aside(world: World) -> None:
    awa, folder = await common(world)
    done = await world.deposit(world.steward, folder, "a.pdf", b"first")
    upload = await begun(world, awa, Target(None, "", done.document_id, 1))
    await sent(world, awa, upload.key, 0, BODY[:500])
    await world.revise(world.steward, done.document_id, b"second", expected=1)
    with pytest.raises(VersionClash) as caught:
        await sent(world, awa, upload.key, 500, BODY[500:])
    assert caught.value.aside is not None
    [kept] = (await documents.look(world.ws, awa, done.document_id)).aside
    assert kept.id == caught.value.aside and kept.size_bytes == len(BODY)
    assert await content_of(world, awa, done.document_id) == b"second"
    with pytest.raises(NotFound):
        await uploads.look(world.ws, awa, upload.key)
    assert drafts(world) == []


@in_network
async def test_a_name_taken_meanwhile_keeps_the_bytes_until_it_is_free(world: World) -> None:
    awa, folder = await common(world)
    upload = await begun(world, awa, Target(folder, "a.pdf", taken=Taken.REFUSE))
    other = await world.deposit(world.steward, folder, "a.pdf", b"first")
    with pytest.raises(NameTaken):
        await sent(world, awa, upload.key, 0, BODY)
    kept = await uploads.look(world.ws, awa, upload.key)
    assert kept.offset_bytes == len(BODY) - 1
    await documents.rename(world.ws, world.steward, other.document_id, "b.pdf")
    done = await sent(world, awa, upload.key, kept.offset_bytes, BODY[-1:])
    assert done.became is not None and done.became.name == "a.pdf"
    assert await content_of(world, awa, done.became.document_id) == BODY


@in_network
async def test_equal_bytes_are_one_blob_and_say_nothing_of_each_other(world: World) -> None:
    awa, folder = await common(world)
    secret = await world.folder("Secret")
    await world.deposit(world.steward, secret, "hidden.pdf", BODY)
    first = await begun(world, awa, Target(folder, "a.pdf"))
    second = await begun(world, awa, Target(folder, "b.pdf"))
    for upload in (first, second):
        done = await sent(world, awa, upload.key, 0, BODY)
        assert done.became is not None and done.became.is_new_document
    again = await begun(world, awa, Target(folder, "a.pdf"))
    done = await sent(world, awa, again.key, 0, BODY)
    assert done.became is not None
    assert (done.became.is_new_version, done.became.version) == (False, 1)
    assert len([blob async for blob in world.ws.blobs.hashes()]) == 1


@in_network
async def test_long_requests_are_written_down_on_the_way(world: World) -> None:
    awa, folder = await common(world)
    body = os.urandom(300_000)
    upload = await begun(world, awa, Target(folder, "a.bin"), len(body))
    told = []

    async def watched() -> AsyncIterator[bytes]:
        async for chunk in chunks(body[:250_000], 50_000):
            told.append((await world.values("SELECT offset_bytes FROM uploads"))[0])
            yield chunk

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "CHECKPOINT_BYTES", 100_000)
        await uploads.append(world.ws, awa, upload.key, 0, watched(), still=nobody)
    assert told == [0, 0, 100_000, 100_000, 200_000]


@in_network
async def test_with_its_first_bytes_it_stands_or_falls(world: World) -> None:
    awa, folder = await common(world)
    announced = Announced(Target(folder, "a.pdf"), len(BODY))

    async def received(body: AsyncIterator[bytes]) -> Upload:
        return await uploads.receive(
            world.ws, awa, announced, body, still=lambda: asyncio.sleep(0, awa)
        )

    part = await received(chunks(BODY[:500]))
    assert part.offset_bytes == 500
    await uploads.terminate(world.ws, awa, part.key)
    with pytest.raises(BodyCut):
        await received(cut_after(BODY[:500]))
    assert await world.values("SELECT key FROM uploads") == []
    assert drafts(world) == []
    whole = await received(chunks(BODY))
    assert whole.became is not None


@in_network
async def test_a_path_is_made_and_both_are_kept(world: World) -> None:
    awa, folder = await common(world)
    await world.deposit(awa, folder, "a.pdf", b"first")
    both = await begun(world, awa, Target(folder, "a.pdf", taken=Taken.KEEP_BOTH), 5)
    done = await sent(world, awa, both.key, 0, b"other")
    assert done.became is not None and done.became.name == "a (2).pdf"
    below = await begun(world, awa, Target(folder, "a.pdf", path=("2026", "Mars")), 5)
    done = await sent(world, awa, below.key, 0, b"deep.")
    assert done.became is not None
    await folders.find(world.ws, awa, "Commun/2026/Mars")
    incoming = await deposits.begin(world.ws, awa, folder, "a.pdf")
    await incoming.drop()


async def _regrant(world: World, folder: FolderId, to: Actor, role: Role | None) -> None:
    """Take what somebody holds on a folder away, and give the role instead, if any."""
    audience = await sharing.look(world.ws, world.steward, folder)
    for grant in audience.grants:
        if grant.folder_id == folder and grant.subject.id == to.person_id:
            await sharing.withdraw(world.ws, world.steward, folder, grant.id)
    if role is not None:
        await world.grant(folder, to, role)


async def chunks_of(*pieces: bytes) -> AsyncIterator[bytes]:
    """A body in these pieces."""
    for piece in pieces:
        yield piece


def _organisation(name: str):  # type: ignore[no-untyped-def]
    async def unit(tx):  # type: ignore[no-untyped-def]
        return await tx.value("SELECT id FROM organisations WHERE name = :name", name=name)

    return unit
