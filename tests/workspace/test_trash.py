"""The trash: each act beside its refusal, and nothing seen, lost or given back in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from atelier.errors import (
    AtelierError,
    BadName,
    Forbidden,
    Invalid,
    NameTaken,
    NotFound,
    PlaceClosed,
    VersionClash,
    WriteFailed,
)
from atelier.files import healthy
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.model.search import Asked
from atelier.workspace import (
    deposits,
    documents,
    folders,
    following,
    journal,
    search,
    sharing,
    trash,
    upkeep,
)
from tests.builders import World, chunks, in_network
from tests.faults import FaultPlan

NOWHERE = 10**15


async def people(world: World, folder: FolderId) -> dict[str, Actor]:
    """One person for each role on a folder, and a stranger."""
    found = {name: await world.person(name) for name in ("rea", "coa", "cob", "ora", "stranger")}
    await world.grant(folder, found["rea"])
    await world.grant(folder, found["coa"], Role.CONTRIBUTOR)
    await world.grant(folder, found["cob"], Role.CONTRIBUTOR)
    await world.grant(folder, found["ora"], Role.COORDINATOR)
    return found


async def listed(world: World, actor: Actor, folder: FolderId) -> list[str]:
    """The names of the documents and folders she sees in it."""
    found = await folders.look(world.ws, actor, folder)
    assert found.total == len(found.documents)
    return sorted([row.name for row in found.documents] + [row.name for row in found.folders])


async def lying(world: World, actor: Actor, folder: FolderId | None) -> list[str]:
    """The names of what she sees in its trash, in order."""
    if folder is None:
        found = await trash.alone(world.ws, actor)
    else:
        found = await trash.look(world.ws, actor, folder)
    assert found.total == len(found.rows)
    return sorted(row.name for row in found.rows)


async def hits(world: World, actor: Actor, words: str) -> list[str]:
    """The names of what she finds; the total tells no more and no less."""
    results = await search.find(world.ws, actor, Asked(words))
    assert results.total == len(results.hits)
    return sorted(hit.name for hit in results.hits)


async def verbs(world: World, folder: FolderId) -> list[str]:
    """What the journal of a folder tells, oldest first."""
    found = await journal.of_folder(world.ws, world.steward, folder)
    return [str(line.verb) for line in reversed(found.lines)]


async def answer(act: Callable[[], Awaitable[object]]) -> str:
    """How an act is refused, or that it is not."""
    try:
        await act()
    except AtelierError as error:
        return str(error)
    return "done"


async def texts_kept(world: World) -> int:
    """How many texts stand on the disk."""
    return len(await world.ws.texts.keys())


@in_network
async def test_a_contributor_removes_and_a_reader_does_not(world: World) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    done = await world.deposit(who["coa"], folder, "a.txt")

    async def remove(actor: Actor) -> object:
        return await trash.remove_document(world.ws, actor, done.document_id, expected=1)

    with pytest.raises(Forbidden):
        await remove(who["rea"])
    with pytest.raises(NotFound) as hidden:
        await remove(who["stranger"])
    with pytest.raises(NotFound) as never:
        await trash.remove_document(world.ws, who["stranger"], DocumentId(NOWHERE))
    assert str(hidden.value) == str(never.value)
    await world.revise(who["coa"], done.document_id, b"deux")
    with pytest.raises(VersionClash):
        await remove(who["coa"])
    assert await listed(world, who["rea"], folder) == ["a.txt"]
    removed_from = await trash.remove_document(world.ws, who["coa"], done.document_id, expected=2)
    assert removed_from == folder
    assert await listed(world, who["rea"], folder) == []
    with pytest.raises(NotFound):
        await remove(who["coa"])
    assert (await verbs(world, folder))[-1] == "document_removed"


@in_network
async def test_what_is_in_the_trash_answers_like_what_never_was_at_every_outlet(
    world: World,
) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    gone = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    twin = await world.deposit(world.steward, other, "b.txt", b"du kiwano")
    begun = await deposits.begin_version(world.ws, world.steward, gone.document_id, expected=1)
    await world.settle()
    await trash.remove_document(world.ws, world.steward, gone.document_id)
    for act in (
        lambda one: documents.look(world.ws, world.steward, one),
        lambda one: documents.enter_to(world.ws, world.steward, one, Action.READ),
        lambda one: documents.content(world.ws, world.steward, one, 1),
        lambda one: documents.restore(world.ws, world.steward, one, 1, expected=1),
        lambda one: documents.rename(world.ws, world.steward, one, "c.txt"),
        lambda one: documents.move(world.ws, world.steward, one, other),
        lambda one: trash.remove_document(world.ws, world.steward, one),
        lambda one: world.revise(world.steward, one, b"x"),
    ):
        answers = {
            await answer(lambda one=one, act=act: act(one))  # type: ignore[misc]
            for one in (gone.document_id, DocumentId(NOWHERE))
        }
        assert answers == {"NotFound(kind='document')"}
    with pytest.raises(NotFound):
        await deposits.receive(world.ws, world.steward, begun, chunks(b"trop tard"))
    home = await folders.home(world.ws, world.steward)
    assert [row.id for row, _ in home.latest] == [twin.document_id]
    # Equal bytes that stand elsewhere are found there, and only there.
    assert await hits(world, world.steward, "kiwano") == ["b.txt"]


@in_network
async def test_a_search_forgets_at_once_and_finds_again_at_once_whatever_the_index_followed(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    inside = await world.folder("Commun/Dedans")
    one = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.deposit(world.steward, inside, "b.txt", b"du kiwano")
    await world.settle()
    assert await hits(world, world.steward, "kiwano") == ["a.txt", "b.txt"]
    # From here on nobody follows the index, until somebody does.
    await trash.remove_document(world.ws, world.steward, one.document_id)
    assert await hits(world, world.steward, "kiwano") == ["b.txt"]
    await trash.remove_folder(world.ws, world.steward, inside)
    assert await hits(world, world.steward, "kiwano") == []
    await world.settle()
    assert await hits(world, world.steward, "kiwano") == []
    await trash.restore_document(world.ws, world.steward, folder, one.document_id)
    await trash.restore_folder(world.ws, world.steward, folder, inside)
    assert await hits(world, world.steward, "kiwano") == ["a.txt", "b.txt"]
    await world.settle()
    assert await hits(world, world.steward, "kiwano") == ["a.txt", "b.txt"]
    # An index begun from nothing reads the same.
    await trash.remove_document(world.ws, world.steward, one.document_id)
    await following.rebuild(world.ws, lambda done, of: None)
    await world.settle()
    assert await hits(world, world.steward, "kiwano") == ["b.txt"]


@in_network
async def test_one_undoes_her_own_removals_and_a_coordinator_everybodys(world: World) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    hers = await world.deposit(who["coa"], folder, "hers.txt")
    others = await world.deposit(who["cob"], folder, "others.txt")
    await trash.remove_document(world.ws, who["coa"], hers.document_id)
    await trash.remove_document(world.ws, who["cob"], others.document_id)
    assert await lying(world, who["coa"], folder) == ["hers.txt"]
    assert await lying(world, who["ora"], folder) == ["hers.txt", "others.txt"]
    for name, error in (("rea", Forbidden), ("stranger", NotFound)):
        with pytest.raises(error):
            await lying(world, who[name], folder)
        with pytest.raises(error):
            await trash.restore_document(world.ws, who[name], folder, hers.document_id)
    answers = {
        await answer(
            lambda one=one: trash.restore_document(world.ws, who["coa"], folder, one)  # type: ignore[misc]
        )
        for one in (others.document_id, DocumentId(NOWHERE))
    }
    assert answers == {"NotFound(kind='document')"}
    assert await trash.restore_document(world.ws, who["coa"], folder, hers.document_id) == folder
    with pytest.raises(NotFound):  # it is not there twice
        await trash.restore_document(world.ws, who["coa"], folder, hers.document_id)
    await trash.restore_document(world.ws, who["ora"], folder, others.document_id)
    assert await listed(world, who["rea"], folder) == ["hers.txt", "others.txt"]
    assert (await verbs(world, folder))[-2:] == ["document_restored"] * 2


@in_network
async def test_the_trash_of_one_folder_gives_nothing_of_another(world: World) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    inside = await world.folder("Autre/Dedans")
    done = await world.deposit(world.steward, other, "a.txt")
    await trash.remove_document(world.ws, world.steward, done.document_id)
    await trash.remove_folder(world.ws, world.steward, inside)
    assert await lying(world, world.steward, folder) == []
    for act in (
        lambda: trash.restore_document(world.ws, world.steward, folder, done.document_id),
        lambda: trash.purge_document(world.ws, world.steward, folder, done.document_id),
        lambda: trash.restore_folder(world.ws, world.steward, folder, inside),
        lambda: trash.purge_folder(world.ws, world.steward, folder, inside),
        lambda: trash.restore_folder(world.ws, world.steward, None, inside),
        lambda: trash.purge_folder(world.ws, world.steward, None, inside),
    ):
        with pytest.raises(NotFound):
            await act()
    assert await lying(world, world.steward, other) == ["Dedans", "a.txt"]


@in_network
async def test_a_freed_name_may_be_taken_and_the_removed_one_comes_back_under_another(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    first = await world.deposit(world.steward, folder, "Été.txt", b"un")
    await trash.remove_document(world.ws, world.steward, first.document_id)
    second = await world.deposit(world.steward, folder, "été.txt", b"deux")
    assert second.is_new_document
    with pytest.raises(NameTaken):
        await trash.restore_document(world.ws, world.steward, folder, first.document_id)
    with pytest.raises(BadName):
        await trash.restore_document(world.ws, world.steward, folder, first.document_id, name="a/b")
    assert await lying(world, world.steward, folder) == ["Été.txt"]
    await trash.restore_document(
        world.ws, world.steward, folder, first.document_id, name="Été (2).txt"
    )
    assert await listed(world, world.steward, folder) == ["Été (2).txt", "été.txt"]
    look = await documents.look(world.ws, world.steward, first.document_id)
    assert look.document.current.size_bytes == 2
    with pytest.raises(NameTaken):
        await folders.make(world.ws, world.steward, folder, "ÉTÉ (2).TXT")


@in_network
async def test_a_restore_into_a_folder_closed_since_asks_where(world: World) -> None:
    top, folder = await world.folder("Commun"), await world.folder("Commun/A")
    other = await world.folder("Autre")
    below = await world.folder("Commun/A/B")
    who = await people(world, top)
    done = [await world.deposit(who["coa"], folder, f"{name}.txt") for name in "abc"]
    for one in done:
        await trash.remove_document(world.ws, world.steward, one.document_id)
    await trash.remove_folder(world.ws, world.steward, below)
    a, b, c = (one.document_id for one in done)
    await folders.close(world.ws, world.steward, folder)
    for act in (
        lambda: trash.restore_document(world.ws, world.steward, folder, a),
        lambda: trash.restore_folder(world.ws, world.steward, folder, below),
    ):
        with pytest.raises(PlaceClosed):
            await act()
    with pytest.raises(NotFound):
        await trash.restore_document(world.ws, world.steward, folder, a, to=FolderId(NOWHERE))
    assert await trash.restore_document(world.ws, world.steward, folder, a, to=folder) == folder
    assert await trash.restore_document(world.ws, world.steward, folder, b, to=other) == other
    await trash.restore_folder(world.ws, world.steward, folder, below, to=other)
    assert await listed(world, world.steward, folder) == ["a.txt"]
    assert await listed(world, world.steward, other) == ["B", "b.txt"]
    assert (await verbs(world, folder))[-2:] == ["document_restored", "document_moved"]
    await folders.open_again(world.ws, world.steward, folder)
    assert await trash.restore_document(world.ws, world.steward, folder, c) == folder
    # Removed after the closing: it comes back before the same people, nobody is asked.
    await folders.close(world.ws, world.steward, folder)
    await trash.remove_document(world.ws, world.steward, c)
    assert await trash.restore_document(world.ws, world.steward, folder, c) == folder


@in_network
async def test_elsewhere_needs_the_rights_of_elsewhere(world: World) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    who = await people(world, folder)
    await world.grant(other, who["coa"])
    await world.grant(other, who["ora"], Role.CONTRIBUTOR)
    below = await world.folder("Commun/A")
    done = await world.deposit(who["coa"], folder, "a.txt")
    await trash.remove_document(world.ws, who["coa"], done.document_id)
    await trash.remove_folder(world.ws, who["ora"], below)
    with pytest.raises(Forbidden):
        await trash.restore_document(world.ws, who["coa"], folder, done.document_id, to=other)
    with pytest.raises(Forbidden):
        await trash.restore_folder(world.ws, who["ora"], folder, below, to=other)
    await trash.restore_document(world.ws, who["ora"], folder, done.document_id, to=other)
    assert await listed(world, who["ora"], other) == ["a.txt"]


@in_network
async def test_the_trash_does_not_count_in_the_limits_until_it_comes_back(world: World) -> None:
    deep = await world.folder("/".join("abcdefghij"))
    chain = await world.folder("/".join(["x"] * 60))
    top = await folders.find(world.ws, world.steward, "x")
    second = await folders.find(world.ws, world.steward, "x/x")
    with pytest.raises(Invalid):
        await folders.move(world.ws, world.steward, top, deep)
    await trash.remove_folder(world.ws, world.steward, second)
    await folders.move(world.ws, world.steward, top, deep)
    with pytest.raises(Invalid) as caught:
        await trash.restore_folder(world.ws, world.steward, top, second)
    assert caught.value.fault == "too_deep"
    other = await world.folder("Autre")
    await trash.restore_folder(world.ws, world.steward, top, second, to=other)
    assert await listed(world, world.steward, chain) == []


@in_network
async def test_a_reading_passed_over_in_the_trash_is_done_when_it_is_back(world: World) -> None:
    folder, inside = await world.folder("Commun"), await world.folder("Commun/A")
    one = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.deposit(world.steward, inside, "b.txt", b"du kiwano")
    await trash.remove_document(world.ws, world.steward, one.document_id)
    await trash.remove_folder(world.ws, world.steward, inside)
    await world.settle()
    assert await texts_kept(world) == 0
    await trash.restore_document(world.ws, world.steward, folder, one.document_id)
    await trash.restore_folder(world.ws, world.steward, folder, inside)
    await world.settle()
    assert await hits(world, world.steward, "kiwano") == ["a.txt", "b.txt"]


@in_network
async def test_a_long_trash_is_shown_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "PAGE_ROWS", 2)
    folder = await world.folder("Commun")
    for number in range(3):
        done = await world.deposit(world.steward, folder, f"{number}.txt")
        await trash.remove_document(world.ws, world.steward, done.document_id)
        world.clock.forward(minutes=1)
    seen = []
    for page in (1, 2, 99):
        found = await trash.look(world.ws, world.steward, folder, page=page)
        assert (found.total, found.pages) == (3, 2)
        seen.append([row.name for row in found.rows])
    assert seen == [["2.txt", "1.txt"], ["0.txt"], ["0.txt"]]


@in_network
async def test_who_may_no_longer_remove_undoes_nothing(world: World) -> None:
    folder = await world.folder("Commun")
    awa = await world.person("Awa")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    done = await world.deposit(awa, folder, "a.txt")
    await trash.remove_document(world.ws, awa, done.document_id)
    await world.grant(folder, awa, Role.READER)
    with pytest.raises(Forbidden):
        await trash.restore_document(world.ws, awa, folder, done.document_id)
    (grant,) = [
        one.id
        for one in (await sharing.look(world.ws, world.steward, folder)).grants
        if one.subject.id == awa.person_id and one.role is Role.READER
    ]
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    with pytest.raises(NotFound):
        await trash.restore_document(world.ws, awa, folder, done.document_id)


@in_network
async def test_who_looks_as_somebody_else_has_no_trash(world: World) -> None:
    folder, top = await world.folder("Commun"), await world.folder("Autre")
    awa = await world.person("Awa")
    await world.grant(folder, awa, Role.COORDINATOR)
    done = await world.deposit(world.steward, folder, "a.txt")
    await trash.remove_document(world.ws, world.steward, done.document_id)
    await trash.remove_folder(world.ws, world.steward, top)
    seeing = replace(world.steward, seeing=Subject(SubjectKind.PERSON, awa.person_id))
    assert await lying(world, world.steward, None) == ["Autre"]
    assert await lying(world, seeing, None) == []
    with pytest.raises(NotFound):
        await trash.restore_folder(world.ws, seeing, None, top)
    for act in (
        lambda: trash.look(world.ws, seeing, folder),
        lambda: trash.restore_document(world.ws, seeing, folder, done.document_id),
        lambda: trash.remove_folder(world.ws, seeing, folder),
    ):
        with pytest.raises(Forbidden):
            await act()


@in_network
async def test_every_act_of_the_trash_fails_whole_with_its_commit(world: World) -> None:
    folder, inside = await world.folder("Commun"), await world.folder("Commun/A")
    await world.deposit(world.steward, inside, "b.txt")
    done = await world.deposit(world.steward, folder, "a.txt")
    await world.settle()
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: trash.remove_document(world.ws, world.steward, done.document_id),
        lambda: trash.remove_folder(world.ws, world.steward, inside),
        lambda: trash.restore_document(world.ws, world.steward, folder, done.document_id),
        lambda: trash.restore_folder(world.ws, world.steward, folder, inside),
        lambda: trash.remove_document(world.ws, world.steward, done.document_id),
        lambda: trash.remove_folder(world.ws, world.steward, inside),
        lambda: trash.purge_document(world.ws, world.steward, folder, done.document_id),
        lambda: trash.purge_folder(world.ws, world.steward, folder, inside),
    ]

    async def state() -> object:
        found = await trash.look(world.ws, world.steward, folder)
        return found, await folders.look(world.ws, world.steward, folder), await texts_kept(world)

    for act in acts:
        before = await state()
        world.seam.behaviour = FaultPlan(0, only="commit")
        with pytest.raises(WriteFailed):
            await act()
        world.seam.behaviour = healthy
        assert await state() == before
        await act()
        assert await state() != before
    assert (await upkeep.verify(world.ws)).is_clean
