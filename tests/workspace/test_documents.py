"""Documents: looking, downloading, restoring, renaming and moving, each beside its refusal."""

from __future__ import annotations

import asyncio
import threading

import pytest

from atelier.errors import (
    AlreadySo,
    BadName,
    BlobMissing,
    Forbidden,
    NameTaken,
    NotFound,
    VersionClash,
)
from atelier.extract.contract import PageKind, Reading
from atelier.model.documents import ReadState
from atelier.model.folders import Action, Role, SubjectKind
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.workspace import documents, folders, sharing, viewing
from tests.builders import World, in_network
from tests.samples import pdf

NOWHERE = DocumentId(10**15)


async def bytes_of(world: World, actor: Actor, document: DocumentId, number: int) -> bytes:
    """What a download gives."""
    content = await documents.content(world.ws, actor, document, number)
    try:
        return await content.opened.read(0, content.opened.size_bytes)
    finally:
        content.opened.close()


async def names(world: World, document: DocumentId) -> tuple[str, list[int]]:
    """Name and version numbers, newest first."""
    found = (await documents.look(world.ws, world.steward, document)).document
    return found.name, [version.number for version in found.versions]


@in_network
async def test_a_document_answers_alike_to_a_stranger_and_when_it_never_was(world: World) -> None:
    awa = await world.person("Awa")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa, Role.CONTRIBUTOR)
    secret = await world.deposit(world.steward, hidden, "secret.txt")
    for act in (
        lambda one: documents.look(world.ws, awa, one),
        lambda one: documents.content(world.ws, awa, one, 1),
        lambda one: documents.content(world.ws, awa, one, 99),
        lambda one: documents.restore(world.ws, awa, one, 1, expected=1),
        lambda one: documents.rename(world.ws, awa, one, "b.txt"),
        lambda one: documents.move(world.ws, awa, one, shown),
        lambda one: world.revise(awa, one, b"x"),
    ):
        answers = set()
        for document in (secret.document_id, NOWHERE):
            with pytest.raises(NotFound) as refusal:
                await act(document)
            answers.add(str(refusal.value))
        assert answers == {str(NotFound("document"))}
    assert await names(world, secret.document_id) == ("secret.txt", [1])


@in_network
async def test_a_reader_looks_and_downloads_and_changes_nothing(world: World) -> None:
    awa = await world.person("Awa")
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    await world.grant(folder, awa)
    await world.grant(other, awa)
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.revise(world.steward, done.document_id, b"deux")
    look = await documents.look(world.ws, awa, done.document_id)
    assert [one.name for one in look.crumbs] == ["Commun"]
    assert await bytes_of(world, awa, done.document_id, 1) == b"un"
    for act in (
        lambda: documents.restore(world.ws, awa, done.document_id, 1, expected=2),
        lambda: documents.rename(world.ws, awa, done.document_id, "b.txt"),
        lambda: documents.move(world.ws, awa, done.document_id, other),
        lambda: world.revise(awa, done.document_id, b"x"),
        lambda: world.deposit(awa, folder, "b.txt"),
    ):
        with pytest.raises(Forbidden):
            await act()
    assert await names(world, done.document_id) == ("a.txt", [2, 1])


@in_network
async def test_a_form_about_a_document_is_given_to_who_may_do_what_it_does(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    for refusal in (NotFound, Forbidden):
        with pytest.raises(refusal):
            await documents.enter_to(world.ws, awa, done.document_id, Action.RENAME)
        await world.grant(folder, awa)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    look = await documents.enter_to(world.ws, awa, done.document_id, Action.RENAME)
    assert (look.document.name, look.folder.name, look.page) == ("a.txt", "Commun", None)
    assert [one.name for one in look.crumbs] == ["Commun"]


@in_network
async def test_a_version_is_of_its_own_document_only(world: World) -> None:
    folder = await world.folder("Commun")
    one = await world.deposit(world.steward, folder, "a.txt", b"un")
    two = await world.deposit(world.steward, folder, "b.txt", b"deux")
    await world.revise(world.steward, two.document_id, b"trois")
    assert await bytes_of(world, world.steward, two.document_id, 2) == b"trois"
    for number in (2, 0, -1, 10**30):
        with pytest.raises(NotFound):
            await documents.content(world.ws, world.steward, one.document_id, number)
        with pytest.raises(NotFound):
            await documents.restore(world.ws, world.steward, one.document_id, number, expected=1)


@in_network
async def test_restoring_adds_the_old_bytes_as_a_new_version(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.revise(world.steward, done.document_id, b"deux")
    with pytest.raises(VersionClash) as clash:
        await documents.restore(world.ws, world.steward, done.document_id, 1, expected=1)
    assert (clash.value.expected, clash.value.current) == (1, 2)
    with pytest.raises(AlreadySo):
        await documents.restore(world.ws, world.steward, done.document_id, 2, expected=2)
    assert await documents.restore(
        world.ws, world.steward, done.document_id, 1, expected=2
    ) == 3  # fmt: skip
    found = (await documents.look(world.ws, world.steward, done.document_id)).document
    assert [(one.number, one.restored_from) for one in found.versions] == [
        (3, 1), (2, None), (1, None)
    ]  # fmt: skip
    assert found.current.sha256 == found.versions[2].sha256
    assert await bytes_of(world, world.steward, done.document_id, 3) == b"un"


@in_network
async def test_of_twelve_writers_who_expect_the_same_version_one_wins(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    outcomes = await asyncio.gather(
        *(
            world.revise(world.steward, done.document_id, f"{n}".encode(), expected=1)
            for n in range(12)
        ),
        return_exceptions=True,
    )
    clashes = [one for one in outcomes if isinstance(one, VersionClash)]
    assert len(clashes) == 11
    assert {(one.expected, one.current) for one in clashes} == {(1, 2)}
    assert await names(world, done.document_id) == ("a.txt", [2, 1])
    with pytest.raises(VersionClash):
        await world.revise(world.steward, done.document_id, b"late", expected=1)
    await world.revise(world.steward, done.document_id, b"without", expected=None)


@in_network
async def test_a_document_takes_a_free_name_and_its_own_in_another_case(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt")
    await world.deposit(world.steward, folder, "Été.txt")
    await world.folder("Commun/Dossier")

    async def rename(name: str) -> None:
        await documents.rename(world.ws, world.steward, done.document_id, name)

    for taken, kind in (("E\u0301TE\u0301.TXT", "document"), ("dossier", "folder")):
        with pytest.raises(NameTaken) as refusal:
            await rename(taken)
        assert refusal.value.kind == kind
    with pytest.raises(BadName):
        await rename("..")
    with pytest.raises(AlreadySo):
        await rename("a.txt")
    assert (await names(world, done.document_id))[0] == "a.txt"
    await rename("A.txt")
    await rename("b.txt")
    await world.deposit(world.steward, folder, "A.TXT")
    assert (await names(world, done.document_id))[0] == "b.txt"


@in_network
async def test_a_move_needs_removing_there_and_adding_here(world: World) -> None:
    awa = await world.person("Awa")
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    done = await world.deposit(world.steward, left, "a.txt")

    async def move() -> None:
        await documents.move(world.ws, awa, done.document_id, right)

    await world.grant(left, awa)
    with pytest.raises(Forbidden):
        await move()
    await world.grant(left, awa, Role.CONTRIBUTOR)
    with pytest.raises(NotFound) as refusal:
        await move()
    assert refusal.value.kind == "folder"
    await world.grant(right, awa)
    with pytest.raises(Forbidden):
        await move()
    await world.grant(right, awa, Role.CONTRIBUTOR)
    await move()
    with pytest.raises(AlreadySo):
        await move()
    assert (await folders.look(world.ws, awa, left)).documents == ()
    assert [one.name for one in (await folders.look(world.ws, awa, right)).documents] == ["a.txt"]


@in_network
async def test_a_document_moved_keeps_no_right_of_the_old_place_and_takes_no_name_in_use(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    await world.grant(left, awa)
    await world.grant(right, bea)
    done = await world.deposit(world.steward, left, "a.txt", b"un")
    twin = await world.deposit(world.steward, right, "A.txt")
    with pytest.raises(NameTaken):
        await documents.move(world.ws, world.steward, done.document_id, right)
    assert await bytes_of(world, awa, done.document_id, 1) == b"un"
    await documents.rename(world.ws, world.steward, twin.document_id, "c.txt")
    await documents.move(world.ws, world.steward, done.document_id, right)
    assert await bytes_of(world, bea, done.document_id, 1) == b"un"
    with pytest.raises(NotFound):
        await documents.content(world.ws, awa, done.document_id, 1)
    await world.deposit(world.steward, left, "a.txt")


@in_network
async def test_a_right_that_ends_shuts_the_next_request(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Commun")
    mairie = await sharing.subject_named(
        world.ws, world.steward, SubjectKind.ORGANISATION, "Mairie"
    )
    number = await sharing.grant(world.ws, world.steward, folder, mairie, Role.READER)
    done = await world.deposit(world.steward, folder, "a.txt")

    async def may_look() -> bool:
        try:
            await documents.look(world.ws, awa, done.document_id)
        except NotFound:
            return False
        return True

    assert await may_look()
    await world.end_membership(awa.person_id, on=world.today(plus=-1))
    assert not await may_look()
    await world.end_membership(awa.person_id, on=world.today())
    assert await may_look()
    await sharing.withdraw(world.ws, world.steward, folder, number)
    assert not await may_look()
    await sharing.grant(world.ws, world.steward, folder, mairie, Role.READER)
    assert await may_look()
    await world.disable(awa.person_id)
    assert not await may_look()


@in_network
async def test_pages_are_shown_once_read_and_only_those_that_are_there(world: World) -> None:
    folder = await world.folder("Commun")
    paged = await world.deposit(world.steward, folder, "a.pdf", pdf(["page une", "page deux"]))
    plain = await world.deposit(world.steward, folder, "a.txt", b"tout d'un trait")
    empty = await world.deposit(world.steward, folder, "vide.txt", b"")
    broken = await world.deposit(world.steward, folder, "b.pdf", b"%PDF-1.7 broken")
    for one in (paged, plain, empty, broken):
        look = await documents.look(world.ws, world.steward, one.document_id)
        assert look.page is None and look.document.current.state is ReadState.WAITING
    await world.settle()

    async def page(document: DocumentId, number: int | None = None) -> object:
        found = await documents.look(world.ws, world.steward, document, page=number)
        if found.page is None:
            return found.document.current.state
        return found.page.text.strip(), found.page.number, found.page.count, found.page.kind

    assert await page(paged.document_id) == ("page une", 1, 2, PageKind.PAGE)
    assert await page(paged.document_id, 2) == ("page deux", 2, 2, PageKind.PAGE)
    for number in (3, -1, 10**18):
        assert await page(paged.document_id, number) is ReadState.OK
    assert await page(plain.document_id, 7) == ("tout d'un trait", None, None, PageKind.NONE)
    assert await page(empty.document_id) in {ReadState.OK, ("", None, None, PageKind.NONE)}
    assert await page(broken.document_id) is ReadState.DAMAGED


@in_network
async def test_of_a_very_long_page_the_beginning_is_shown_and_a_long_one_whole(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    most = documents.MAX_SHOWN_CHARACTERS
    for name, length in (("a.txt", most), ("b.txt", most + 1), ("c.txt", 3 * most)):
        done = await world.deposit(world.steward, folder, name, b"a" * length)
        await world.settle()
        look = await documents.look(world.ws, world.steward, done.document_id)
        seen = await viewing.view(world.ws, world.steward, done.document_id)
        for page in (look.page, seen.page):
            assert page is not None
            assert (len(page.text), page.is_cut) == (most, length > most)
        version = look.document.current
        whole = await documents.reading_of(world.ws, version.id, version.sha256)
        assert whole is not None and len(whole.pages[0]) == length


@in_network
async def test_a_large_reading_is_taken_apart_beside_the_loop_and_few_are_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, beside, at_once = await world.folder("Commun"), list[bool](), list[int]()
    real, loading = documents._decoded, list[str]()
    kept_of = world.ws.texts.get

    def decoded(kept: bytes) -> Reading | None:
        beside.append(threading.current_thread() is not threading.main_thread())
        loading.pop()
        return real(kept)

    async def get(key: str) -> bytes | None:
        loading.append(key)
        at_once.append(len(loading))
        return await kept_of(key)

    for name, length in (("court.txt", 10), ("long.txt", 300_000)):
        done = await world.deposit(world.steward, folder, name, b"a" * length)
        await world.settle()
        monkeypatch.setattr(documents, "_decoded", decoded)
        monkeypatch.setattr(world.ws.texts, "get", get)
        looks = [documents.look(world.ws, world.steward, done.document_id) for _ in range(9)]
        assert all(one.page is not None for one in await asyncio.gather(*looks))
        monkeypatch.undo()
    assert beside == [False] * 9 + [True] * 9
    assert 1 < max(at_once) <= 4


@in_network
async def test_lost_bytes_are_told_for_that_version_only(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.revise(world.steward, done.document_id, b"deux")
    first = (await documents.look(world.ws, world.steward, done.document_id)).document.versions[1]
    await world.ws.blobs.remove(first.sha256)
    with pytest.raises(BlobMissing) as fault:
        await documents.content(world.ws, world.steward, done.document_id, 1)
    assert fault.value.sha256 == first.sha256
    assert await bytes_of(world, world.steward, done.document_id, 2) == b"deux"
    await documents.look(world.ws, world.steward, done.document_id)


@in_network
async def test_a_kept_text_that_cannot_be_understood_counts_as_none(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    look = await documents.look(world.ws, world.steward, done.document_id)
    version, sha256 = look.document.current.id, look.document.current.sha256
    assert await documents.reading_of(world.ws, version, sha256) is None
    await world.ws.texts.put(documents.text_key(version, sha256), b"not a reading")
    assert await documents.reading_of(world.ws, version, sha256) is None
    assert (await documents.look(world.ws, world.steward, done.document_id)).page is None


@in_network
async def test_a_rename_or_move_from_an_older_version_is_told(world: World) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    for act in (
        lambda expected: documents.rename(
            world.ws, world.steward, done.document_id, "b.txt", expected=expected
        ),
        lambda expected: documents.move(
            world.ws, world.steward, done.document_id, other, expected=expected
        ),
    ):
        with pytest.raises(VersionClash):
            await act(7)
        await act(1)
