"""Every write path on a disk that fails at each step: refused clearly, whole or not there."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

import pytest

from atelier.errors import Fault, NoRoom, WriteFailed
from atelier.model.documents import ReadState
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId
from atelier.worker import runner
from atelier.workspace import documents, folders, sharing, upkeep
from tests.builders import World, in_network
from tests.faults import each_failure
from tests.samples import pdf

BIG = b"0123456789abcdef" * 65_536
ERRORS = [(errno.EIO, WriteFailed), (errno.ENOSPC, NoRoom), (errno.EROFS, WriteFailed)]

Act = Callable[[str], Awaitable[object]]


async def told(world: World, folder: FolderId) -> object:
    """All that a person sees of a folder and its documents."""
    listing = await folders.look(world.ws, world.steward, folder)
    looks = [
        (await documents.look(world.ws, world.steward, row.id)).document
        for row in listing.documents
    ]
    return listing, looks


async def try_each_step(world: World, folder: FolderId, act: Act, error: int, *, good: bool) -> int:
    """Fail each step of an act in turn; how many of its failures were told.

    A failure that was told left nothing; one that was not told left the whole act, and
    either way the next act succeeds on the mended disk, without a restart.
    """
    refused = 0
    for number, plan in enumerate(each_failure(error, for_good=good)):
        before = await told(world, folder)
        world.seam.behaviour = plan
        try:
            await act(f"{number}.txt")
        except Fault:
            refused += 1
            plan.heal()
            assert await told(world, folder) == before, plan.failed
        else:
            plan.heal()
            assert await told(world, folder) != before, plan.failed
        await act(f"{number} again.txt")
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean
    return refused


@pytest.mark.parametrize(("error", "_fault"), ERRORS)
@pytest.mark.parametrize("for_good", [False, True])
@in_network
async def test_a_deposit_fails_whole_at_any_step(
    world: World, error: int, _fault: type[Fault], for_good: bool
) -> None:
    folder = await world.folder("Commun")
    for content in (b"court", BIG):

        async def act(name: str, content: bytes = content) -> None:
            await world.deposit(world.steward, folder, name, content + name.encode())

        # free space, create, write, read-only, fsync, rename, fsync of the folder, commit
        assert await try_each_step(world, folder, act, error, good=for_good) >= 8
        drafts = world.data / "drafts"
        assert [path for path in drafts.iterdir() if not for_good] == []


@in_network
async def test_a_further_version_fails_whole_at_any_step(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")

    async def act(name: str) -> None:
        await world.revise(world.steward, done.document_id, name.encode())

    assert await try_each_step(world, folder, act, errno.EIO, good=False) >= 8


@in_network
async def test_every_act_on_records_fails_whole_with_its_commit(world: World) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    below = await world.folder("Commun/Équipe")
    awa = await world.person("Awa")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.revise(world.steward, done.document_id, b"deux")
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: folders.make(world.ws, world.steward, folder, "Nouveau"),
        lambda: folders.rename(world.ws, world.steward, folder, "Communs"),
        lambda: folders.close(world.ws, world.steward, below),
        lambda: folders.open_again(world.ws, world.steward, below),
        lambda: folders.move(world.ws, world.steward, below, other),
        lambda: world.grant(folder, awa, Role.CONTRIBUTOR),
        lambda: documents.restore(world.ws, world.steward, done.document_id, 1, expected=2),
        lambda: documents.rename(world.ws, world.steward, done.document_id, "b.txt"),
        lambda: documents.move(world.ws, world.steward, done.document_id, other),
    ]

    async def state() -> object:
        audience = await sharing.look(world.ws, world.steward, folder)
        return audience, await told(world, folder), await told(world, below)

    for act in acts:
        before = await state()
        plan = next(each_failure(errno.EIO))
        world.seam.behaviour = plan
        with pytest.raises(WriteFailed):
            await act()
        assert plan.failed == ["commit"]
        plan.heal()
        assert await state() == before
        await act()
        assert await state() != before


@in_network
async def test_a_reading_that_could_not_be_kept_is_done_again(world: World) -> None:
    folder = await world.folder("Commun")

    async def state(document: DocumentId) -> ReadState:
        return (await documents.look(world.ws, world.steward, document)).document.current.state

    for number, plan in enumerate(each_failure(errno.ENOSPC)):
        text = f"page {number}"
        done = await world.deposit(world.steward, folder, f"{number}.pdf", pdf([text]))
        world.seam.behaviour = plan
        try:
            while await runner.do_next(world.ws):
                pass
        except Fault:  # the commit of a claim or of its end: the lease brings it back
            pass
        plan.heal()
        world.clock.forward(minutes=10)
        while await runner.do_next(world.ws):
            pass
        if "open" in plan.failed:  # bytes that the disk does not give back are damaged
            assert await state(done.document_id) is ReadState.DAMAGED
            continue
        assert await state(done.document_id) is ReadState.OK, plan.failed
        look = await documents.look(world.ws, world.steward, done.document_id)
        assert look.page is not None and look.page.text.strip() == text
