"""The worker on a disk that fails: what could not be read or indexed is done again.

Acts of people, and upkeep, are in `tests/test_write_paths.py`.
"""

from __future__ import annotations

import errno

from atelier.database import entries
from atelier.errors import Fault
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId
from atelier.model.search import Asked
from atelier.worker import runner
from atelier.workspace import documents, following, search
from tests.builders import World, in_network
from tests.faults import each_failure
from tests.samples import pdf


@in_network
async def test_a_reading_that_could_not_be_kept_is_done_again(world: World) -> None:
    folder = await world.folder("Commun")

    async def state(document: DocumentId) -> ReadState:
        return (await documents.look(world.ws, world.steward, document)).document.current.state

    damaged = 0
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
        # Bytes that the disk does not give back are damaged; a picture that was not kept is drawn
        # at the next look.
        if "open" in plan.failed and await state(done.document_id) is ReadState.DAMAGED:
            damaged += 1
            continue
        assert await state(done.document_id) is ReadState.OK, plan.failed
        look = await documents.look(world.ws, world.steward, done.document_id)
        assert look.page is not None and look.page.text.strip() == text
    assert damaged == 1


@in_network
async def test_an_index_that_could_not_begin_again_does_so_when_the_disk_is_mended(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    for number in range(3):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
    told = 0
    for round_, plan in enumerate(each_failure(errno.EIO)):
        await documents.rename(world.ws, world.steward, DocumentId(1), f"autre {round_}.txt")
        await world.settle()
        # As after restoring records older than the index.
        await world.change("DELETE FROM index_entries WHERE number > 3")
        await world.change("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'index_entries'")
        assert await world.ws.index.applied() > await world.ws.db.read(entries.last)
        world.seam.behaviour = plan
        try:
            while await following.follow(world.ws):
                pass
        except Fault:
            told += 1
        plan.heal()
        await world.settle()
        found = await search.find(world.ws, world.steward, Asked("kiwano"))
        assert found.total == 3, plan.failed
    assert told
