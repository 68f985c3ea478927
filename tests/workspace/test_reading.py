"""Reading: every version ends in a state, and stays as it is whatever is read elsewhere."""

from __future__ import annotations

import msgspec

from atelier.extract.contract import Reading
from atelier.model.documents import ReadState
from atelier.model.folders import Role
from atelier.model.ids import DocumentId
from atelier.model.search import Asked
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


async def total(world: World, words: str) -> int:
    """How many documents the steward finds."""
    return (await search.find(world.ws, world.steward, Asked(words))).total


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
async def test_reading_twice_changes_nothing(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    before = (await documents.look(world.ws, world.steward, done.document_id)).document
    key = await key_of(world, done.document_id)
    kept = await world.ws.texts.get(key)
    await reading.read_version(world.ws, before.current.id)
    await world.settle()
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
