"""Comparing two versions: of any formats, for readers of the folder, told in the access log."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from atelier.blobs.derived import DerivedTexts
from atelier.errors import Busy, NotFound, TooMany
from atelier.extract.contract import PageKind, Readers
from atelier.model.comparison import Change, Comparison
from atelier.model.folders import Action, Role
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.workspace import comparison, documents, trash
from atelier.workspace.comparison import Compared, NoText, compare
from tests.builders import World, in_network
from tests.samples import docx, pdf
from tests.workspace.test_trail import told

_OLDER = ["Convention", "La durée est de deux ans.", "Chaque structure désigne un référent."]
_NEWER = ["Convention", "La durée est de trois ans.", "Chaque structure désigne un référent."]


async def convention(world: World) -> DocumentId:
    """A document whose version 1 is a DOCX, and version 2 a PDF of two pages."""
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "convention.docx", docx(_OLDER))
    pages = [_NEWER[0], "\n".join(_NEWER[1:])]
    await world.revise(world.steward, done.document_id, pdf(pages))
    await world.settle()
    return done.document_id


def changes(found: Compared) -> list[Change]:
    """What became of the passages that changed."""
    assert found.comparison is not None
    return [p.change for p in found.comparison.passages if p.change is not Change.SAME]


@in_network
async def test_a_docx_and_the_pdf_that_followed_it_are_compared_by_their_words(
    world: World,
) -> None:
    document = await convention(world)
    found = await compare(world.ws, world.steward, document)
    assert (found.older.version.number, found.newer.version.number) == (1, 2)
    assert (found.older.page_kind, found.newer.page_kind) == (PageKind.NONE, PageKind.PAGE)
    assert changes(found) == [Change.CHANGED]
    assert found.comparison is not None
    (passage,) = (p for p in found.comparison.passages if p.change is Change.CHANGED)
    assert (passage.older_page, passage.newer_page) == (None, 2)
    assert (found.comparison.added_words, found.comparison.removed_words) == (1, 1)
    assert found.folder.name == "Commun"


@in_network
async def test_any_two_versions_are_compared_the_older_with_the_newer(world: World) -> None:
    document = await convention(world)
    await world.revise(world.steward, document, docx(_OLDER))
    await world.settle()
    for older, newer in ((1, 3), (3, 1)):
        found = await compare(world.ws, world.steward, document, older=older, newer=newer)
        assert (found.older.version.number, found.newer.version.number) == (1, 3)
        assert changes(found) == []
    found = await compare(world.ws, world.steward, document, newer=2)
    assert (found.older.version.number, found.newer.version.number) == (1, 2)
    same = await compare(world.ws, world.steward, document, older=2, newer=2)
    assert same.older == same.newer
    assert same.comparison is None
    for number in (0, 4):
        with pytest.raises(NotFound) as refused:
            await compare(world.ws, world.steward, document, older=number)
        assert refused.value.kind == "version"


@in_network
async def test_a_version_without_text_says_which_and_why(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.pdf", pdf(["Bonjour."]))
    document = done.document_id
    alone = await compare(world.ws, world.steward, document)
    assert alone.older.version == alone.newer.version
    for content, why in (
        (pdf(["secret"], password="x"), NoText.UNREADABLE),
        (b" \n", NoText.EMPTY),
    ):
        await world.revise(world.steward, document, content)
        before = await compare(world.ws, world.steward, document, older=1)
        assert before.newer.missing is NoText.WAITING
        await world.settle()
        found = await compare(world.ws, world.steward, document, older=1)
        assert (found.older.missing, found.newer.missing) == (None, why)
        assert found.comparison is None
    first = (await documents.look(world.ws, world.steward, document)).document.versions[-1]
    await documents.forget_texts(world.ws, [(first.id, first.sha256)])
    lost = await compare(world.ws, world.steward, document, older=1)
    assert lost.older.missing is NoText.LOST


@in_network
async def test_only_readers_compare_and_the_access_log_tells_both_versions(world: World) -> None:
    document = await convention(world)
    bo = await world.person("Bo", of="Mairie")
    refused = []
    for number in (document, DocumentId(999)):
        with pytest.raises(NotFound) as error:
            await compare(world.ws, bo, number)
        refused.append(error.value.args)
    assert refused[0] == refused[1]
    assert await told(world) == []
    folder = (await documents.enter_to(world.ws, world.steward, document, Action.READ)).folder
    await world.grant(folder.id, bo, Role.READER)
    assert changes(await compare(world.ws, bo, document)) == [Change.CHANGED]
    assert await told(world) == [
        ("Bo", "convention.docx", version, TrailAct.READ) for version in (1, 2)
    ]
    await trash.remove_document(world.ws, world.steward, document)
    with pytest.raises(NotFound):
        await compare(world.ws, bo, document)


class Held:
    """The real readers and texts, counted; each comparison waits until it is let go."""

    def __init__(self, readers: Readers, texts: DerivedTexts) -> None:
        self._readers, self._texts = readers, texts
        self.loaded = self.asked = self.most = self.under_way = 0
        self.begun, self.go = asyncio.Semaphore(0), asyncio.Event()

    async def get(self, key: str) -> bytes | None:
        """A text, counted."""
        self.loaded += 1
        return await self._texts.get(key)

    async def compare(self, older: tuple[str, ...], newer: tuple[str, ...]) -> Comparison:
        """Compare once it is let go."""
        self.asked += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.begun.release()
        await self.go.wait()
        try:
            return await self._readers.compare(older, newer)
        finally:
            self.under_way -= 1


def hold(world: World) -> Held:
    """Have the world's comparisons wait."""
    held = Held(world.ws.readers, world.ws.texts)
    world.ws = dataclasses.replace(world.ws, readers=held, texts=held)  # type: ignore[arg-type]
    return held


async def readers_of(world: World, document: DocumentId, *names: str) -> list[Actor]:
    """People who may read it."""
    folder = (await documents.enter_to(world.ws, world.steward, document, Action.READ)).folder
    people = [await world.person(name, of="Mairie") for name in names]
    for person in people:
        await world.grant(folder.id, person, Role.READER)
    return people


@in_network
async def test_a_second_comparison_of_one_person_is_refused_until_her_first_is_done(
    world: World,
) -> None:
    document = await convention(world)
    (bo,) = await readers_of(world, document, "Bo")
    held = hold(world)
    first = asyncio.create_task(compare(world.ws, bo, document))
    await held.begun.acquire()
    for _ in range(20):  # as many as she cut
        with pytest.raises(TooMany):
            await compare(world.ws, bo, document)
    assert (held.loaded, await told(world)) == (2, [])
    other = asyncio.create_task(compare(world.ws, world.steward, document))
    await held.begun.acquire()
    held.go.set()
    for found in (await first, await other, await compare(world.ws, bo, document)):
        assert changes(found) == [Change.CHANGED]
    assert {line[0] for line in await told(world)} == {"Bo", world.steward.name}


@in_network
async def test_a_comparison_that_failed_or_was_given_up_keeps_nobody_from_the_next(
    world: World,
) -> None:
    document = await convention(world)
    held = hold(world)
    given_up = asyncio.create_task(compare(world.ws, world.steward, document))
    await held.begun.acquire()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    held.go.set()
    assert changes(await compare(world.ws, world.steward, document)) == [Change.CHANGED]


@in_network
async def test_two_are_compared_at_once_a_few_wait_without_their_texts_and_more_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MOST_WAITING", 1)
    document = await convention(world)
    people = await readers_of(world, document, "Bo", "Cy", "Di", "Ed")
    held = hold(world)
    tasks = [asyncio.create_task(compare(world.ws, one, document)) for one in people]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    (refused,) = done
    assert isinstance(refused.exception(), Busy)
    for _ in range(2):
        await held.begun.acquire()
    assert (held.loaded, held.under_way) == (4, 2)
    held.go.set()
    for task in tasks:
        if task is not refused:
            assert changes(await task) == [Change.CHANGED]
    assert (held.loaded, held.most) == (6, 2)


@in_network
async def test_a_right_that_ends_while_it_is_compared_tells_nothing(world: World) -> None:
    document = await convention(world)
    bo, cy = await readers_of(world, document, "Bo", "Cy")
    held = hold(world)
    tasks = [asyncio.create_task(compare(world.ws, one, document)) for one in (bo, cy)]
    for _ in tasks:
        await held.begun.acquire()
    await world.change("DELETE FROM grants WHERE subject_id = :id AND subject_kind = 'person'",
                       id=bo.person_id)  # fmt: skip
    held.go.set()
    with pytest.raises(NotFound) as refused:
        await tasks[0]
    assert refused.value.kind == "document"
    assert changes(await tasks[1]) == [Change.CHANGED]
    assert {line[0] for line in await told(world)} == {"Cy"}


@in_network
async def test_texts_that_are_too_long_together_are_given_to_no_child(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = await convention(world)
    held = hold(world)
    held.go.set()
    assert changes(await compare(world.ws, world.steward, document)) == [Change.CHANGED]
    monkeypatch.setattr(comparison, "MAX_COMPARED_CHARACTERS", 20)
    found = await compare(world.ws, world.steward, document)
    assert found.comparison == Comparison(fault="too_large")
    assert held.asked == 1
