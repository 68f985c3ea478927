"""Deposits: bytes come in whole and under a right, or not at all."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from atelier import access
from atelier.errors import (
    AtelierError,
    BadName,
    BodyCut,
    Forbidden,
    Invalid,
    NameTaken,
    NotFound,
    Refusal,
    SignInNeeded,
    TooLarge,
    VersionClash,
)
from atelier.model.documents import Deposited
from atelier.model.folders import Action, Role
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import deposits, documents, folders, sharing, upkeep
from tests.builders import World, chunks, in_network, network

BIG = b"0123456789abcdef" * 65_536  # enough that its draft is a file before it is sealed


async def listed(world: World, folder: FolderId) -> list[tuple[str, int]]:
    """Names and versions in a folder."""
    rows = (await folders.look(world.ws, world.steward, folder)).documents
    return [(row.name, row.version) for row in rows]


def drafts(world: World) -> list[str]:
    """What stands in the folder of bytes under way."""
    return [path.name for path in (world.data / "drafts").iterdir()]


@in_network
async def test_a_deposit_is_there_whole_with_its_author_and_comment(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Commun")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    done = await world.deposit(awa, folder, " Été.txt ", BIG, comment="  première version ")
    assert done == Deposited(done.document_id, "Été.txt", 1, True, True)
    (version,) = (await documents.look(world.ws, awa, done.document_id)).document.versions
    assert (version.author, version.organisation) == ("Awa", "Mairie")
    assert (version.comment, version.media_type) == ("première version", "text/plain")
    content = await documents.content(world.ws, awa, done.document_id, 1)
    assert await content.opened.read(0, version.size_bytes) == BIG
    content.opened.close()
    assert drafts(world) == []


@in_network
async def test_a_name_in_use_gets_a_further_version_and_the_same_bytes_none(world: World) -> None:
    folder = await world.folder("Commun")
    first = await world.deposit(world.steward, folder, "Été.txt", b"un")
    twin = "E\u0301TE\u0301.TXT"
    again = await world.deposit(world.steward, folder, twin, b"un")
    assert again == Deposited(first.document_id, "Été.txt", 1, False, False)
    more = await world.deposit(world.steward, folder, twin, b"deux")
    assert more == Deposited(first.document_id, "Été.txt", 2, False, True)
    same = await world.revise(world.steward, first.document_id, b"deux", expected=2)
    assert not same.is_new_version
    back = await world.revise(world.steward, first.document_id, b"un")
    assert back.version == 3
    assert await listed(world, folder) == [("Été.txt", 3)]


@in_network
async def test_equal_bytes_elsewhere_answer_like_new_ones(world: World) -> None:
    awa = await world.person("Awa")
    hers, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(hers, awa, Role.CONTRIBUTOR)
    await world.deposit(world.steward, hidden, "a.txt", b"un secret")
    known = await world.deposit(awa, hers, "a.txt", b"un secret")
    new = await world.deposit(awa, hers, "b.txt", b"un autre")
    assert (known.version, known.is_new_document, known.is_new_version) == (
        new.version, new.is_new_document, new.is_new_version
    )  # fmt: skip
    assert (await upkeep.verify(world.ws, read_data=True)).blobs == 2


@in_network
async def test_who_may_not_add_or_revise_is_refused_before_a_byte_is_taken(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    for refusal in (NotFound, Forbidden):
        with pytest.raises(refusal):
            await deposits.begin(world.ws, awa, folder, "b.txt")
        with pytest.raises(refusal):
            await deposits.begin(world.ws, awa, folder, "a.txt")
        with pytest.raises(refusal):
            await deposits.begin_version(world.ws, awa, done.document_id, expected=1)
        await world.grant(folder, awa)
    with pytest.raises(NotFound):
        await deposits.begin(world.ws, awa, FolderId(10**15), "a.txt")
    with pytest.raises(NotFound):
        await deposits.begin_version(world.ws, awa, DocumentId(10**15), expected=None)
    with pytest.raises(VersionClash):
        await deposits.begin_version(world.ws, world.steward, done.document_id, expected=2)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await world.deposit(awa, folder, "b.txt")


@in_network
async def test_a_bad_name_or_that_of_a_folder_is_refused_before_a_byte_is_taken(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    await world.folder("Commun/Sous-dossier")
    for name in ("", "..", "a/b.txt", "a\0.txt", "x" * 300):
        with pytest.raises(BadName):
            await deposits.begin(world.ws, world.steward, folder, name)
    with pytest.raises(NameTaken) as refusal:
        await deposits.begin(world.ws, world.steward, folder, "sous-dossier")
    assert refusal.value.kind == "folder"
    # A closed folder of that name is nobody's affair.
    await world.folder("Commun/Fermé", closed=True)
    await world.deposit(world.steward, folder, "fermé")


@in_network
async def test_bytes_that_stop_or_are_dropped_leave_nothing(world: World) -> None:
    folder = await world.folder("Commun")

    async def cut() -> AsyncIterator[bytes]:
        yield BIG
        raise BodyCut(len(BIG))

    incoming = await deposits.begin(world.ws, world.steward, folder, "a.txt")
    with pytest.raises(BodyCut):
        await deposits.receive(world.ws, world.steward, incoming, cut())
    incoming = await deposits.begin(world.ws, world.steward, folder, "a.txt")
    await incoming.write(BIG)
    await incoming.drop()
    with pytest.raises(AtelierError):
        await deposits.finish(world.ws, world.steward, incoming)

    started = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield BIG
        started.set()
        await asyncio.Event().wait()

    incoming = await deposits.begin(world.ws, world.steward, folder, "a.txt")
    leaving = asyncio.create_task(deposits.receive(world.ws, world.steward, incoming, slow()))
    await started.wait()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert await listed(world, folder) == []
    assert drafts(world) == []
    await world.deposit(world.steward, folder, "a.txt", BIG)


def test_the_byte_that_passes_the_limit_ends_the_deposit(tmp_path: Path) -> None:
    async def story() -> None:
        async with network(tmp_path, LIMITS_MAX_DEPOSIT_BYTES="10") as world:
            folder = await world.folder("Commun")
            with pytest.raises(TooLarge) as refusal:
                await world.deposit(world.steward, folder, "a.txt", b"12345678901")
            assert refusal.value.limit_bytes == 10
            assert await listed(world, folder) == []
            done = await world.deposit(world.steward, folder, "a.txt", b"1234567890")
            with pytest.raises(TooLarge):
                await world.revise(world.steward, done.document_id, b"12345678901")
            assert await listed(world, folder) == [("a.txt", 1)]

    asyncio.run(story())


@in_network
async def test_a_comment_that_is_too_long_refuses_the_deposit_and_keeps_no_draft(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    with pytest.raises(Invalid) as refusal:
        await world.deposit(world.steward, folder, "a.txt", BIG, comment="é" * 1001)
    assert (refusal.value.field, refusal.value.fault) == ("comment", "too_long")
    assert len(refusal.value.value) <= 80
    assert await listed(world, folder) == []
    assert drafts(world) == []
    await world.deposit(world.steward, folder, "a.txt", BIG, comment="é" * 1000)


@pytest.mark.parametrize(("left", "refused"), [(None, NotFound), (Role.READER, Forbidden)])
@in_network
async def test_a_right_withdrawn_while_bytes_flow_refuses_the_deposit(
    world: World, left: Role | None, refused: type[Refusal]
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    number = await world.grant(folder, awa, Role.CONTRIBUTOR)
    known = await world.deposit(awa, folder, "a.txt", b"un")
    new = await deposits.begin(world.ws, awa, folder, "b.txt")
    named = await deposits.begin(world.ws, awa, folder, "a.txt")
    further = await deposits.begin_version(world.ws, awa, known.document_id, expected=1)
    if left is None:
        await sharing.withdraw(world.ws, world.steward, folder, number)
    else:
        await world.grant(folder, awa, left)
    for incoming in (new, named, further):
        with pytest.raises(refused):
            await deposits.receive(world.ws, awa, incoming, chunks(b"deux"))
    assert await listed(world, folder) == [("a.txt", 1)]
    assert drafts(world) == []


@in_network
async def test_what_changed_while_bytes_flowed_is_asked_again(world: World) -> None:
    folder = await world.folder("Commun")
    new = await deposits.begin(world.ws, world.steward, folder, "a.txt")
    clashing = await deposits.begin(world.ws, world.steward, folder, "b")
    known = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.folder("Commun/B")
    done = await deposits.receive(world.ws, world.steward, new, chunks(b"deux"))
    assert (done.document_id, done.version) == (known.document_id, 2)
    with pytest.raises(NameTaken):
        await deposits.receive(world.ws, world.steward, clashing, chunks(b"x"))
    late = await deposits.begin_version(world.ws, world.steward, known.document_id, expected=2)
    await world.revise(world.steward, known.document_id, b"trois")
    with pytest.raises(VersionClash):
        await deposits.receive(world.ws, world.steward, late, chunks(b"quatre"))
    assert await listed(world, folder) == [("a.txt", 3)]


@in_network
async def test_a_role_that_adds_and_does_not_revise_makes_new_documents_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    row = access.ROLES[Role.READER]
    adding = dataclasses.replace(row, actions=row.actions | {Action.ADD})
    monkeypatch.setitem(access.ROLES, Role.READER, adding)
    await world.grant(folder, awa)
    with pytest.raises(Forbidden):
        await world.deposit(awa, folder, "A.TXT", b"deux")
    await world.deposit(awa, folder, "b.txt", b"deux")
    assert await listed(world, folder) == [("a.txt", 1), ("b.txt", 1)]


@in_network
async def test_many_who_deposit_one_new_name_at_once_make_one_document(world: World) -> None:
    folder = await world.folder("Commun")
    done = await asyncio.gather(
        *(world.deposit(world.steward, folder, "a.txt", f"{n}".encode()) for n in range(12))
    )
    assert sorted(one.version for one in done) == list(range(1, 13))
    assert sum(one.is_new_document for one in done) == 1
    assert await listed(world, folder) == [("a.txt", 12)]


@in_network
async def test_a_deposit_ends_with_the_session_and_with_the_last_day_of_its_access(
    world: World,
) -> None:
    folder, awa = await world.folder("Commun"), await world.person("Awa")
    await world.grant(folder, awa, Role.CONTRIBUTOR, until=world.today())

    async def signed_out() -> Actor:
        raise SignInNeeded

    incoming = await deposits.begin(world.ws, awa, folder, "a.txt")
    with pytest.raises(SignInNeeded):
        await deposits.receive(world.ws, awa, incoming, chunks(b"un"), still=signed_out)
    late = await deposits.begin(world.ws, awa, folder, "b.txt")
    await late.write(b"deux")
    world.clock.forward(days=30)
    with pytest.raises(NotFound):
        await deposits.finish(world.ws, awa, late)
    assert (await folders.look(world.ws, world.steward, folder)).total == 0
