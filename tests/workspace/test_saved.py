"""Kept searches: hers alone, new to her what she was not shown, and never past her rights."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model.folders import Role, SubjectKind
from atelier.model.folders import Subject as Seen
from atelier.model.ids import DocumentId, FolderId, SavedId
from atelier.model.people import Actor
from atelier.model.search import Asked, FileKind, Narrowing, Sort
from atelier.workspace import documents, saved, sharing, trash
from tests.builders import World, in_network

MARAUDE = Asked("maraude")


async def told(world: World, actor: Actor) -> list[tuple[str, int | None]]:
    """What is new in each of hers."""
    return [(one.saved.name, one.count) for one in await saved.news(world.ws, actor)]


async def count(world: World, actor: Actor) -> int | None:
    """What is new in her only one."""
    [(_, new)] = await told(world, actor)
    return new


async def shared(world: World) -> tuple[Actor, FolderId]:
    """A reader, and a folder she reads where one document matches."""
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    await world.deposit(world.steward, folder, "une.txt", b"premiere maraude")
    await world.settle()
    return awa, folder


@in_network
async def test_what_matched_when_it_was_kept_is_seen_and_what_comes_after_is_new(
    world: World,
) -> None:
    awa, folder = await shared(world)
    number = await saved.keep(world.ws, awa, MARAUDE)
    assert await told(world, awa) == [("maraude", 0)]
    await world.deposit(world.steward, folder, "autre.txt", b"un budget")
    await world.deposit(world.steward, folder, "deux.txt", b"la maraude de nuit")
    await world.settle()
    assert await told(world, awa) == [("maraude", 1)]
    assert await told(world, awa) == [("maraude", 1)], "looking changes nothing"
    followed = await saved.follow(world.ws, awa, number)
    assert len(followed.fresh) == 1 and followed.saved.asked == MARAUDE
    await saved.seen(world.ws, awa, number)
    assert await told(world, awa) == [("maraude", 0)]
    assert (await saved.follow(world.ws, awa, number)).fresh == frozenset()


@in_network
async def test_a_new_version_is_new_when_it_matches_and_a_renamed_document_is_not(
    world: World,
) -> None:
    awa, _ = await shared(world)
    await saved.keep(world.ws, awa, MARAUDE)
    [number] = await world.values("SELECT id FROM documents")
    document = DocumentId(int(str(number)))
    await documents.rename(world.ws, world.steward, document, "maraude une.txt")
    await world.settle()
    assert await count(world, awa) == 0
    await world.revise(world.steward, document, b"premiere maraude, corrigee")
    await world.settle()
    assert await count(world, awa) == 1
    [one] = await saved.listed(world.ws, awa)
    await saved.seen(world.ws, awa, one.id)
    assert await count(world, awa) == 0


@in_network
async def test_a_document_read_after_she_looked_is_new_though_it_was_there_before(
    world: World,
) -> None:
    awa, folder = await shared(world)
    await world.deposit(world.steward, folder, "tardif.txt", b"encore une maraude")
    number = await saved.keep(world.ws, awa, MARAUDE)
    assert await count(world, awa) == 0
    await saved.seen(world.ws, awa, number)
    await world.settle()
    assert await count(world, awa) == 1


@in_network
async def test_a_grant_makes_old_documents_new_and_its_end_takes_them_out_of_the_count(
    world: World,
) -> None:
    awa, _ = await shared(world)
    hidden = await world.folder("Direction")
    await world.deposit(world.steward, hidden, "ancien.txt", b"une vieille maraude")
    await world.settle()
    await saved.keep(world.ws, awa, MARAUDE)
    assert await count(world, awa) == 0
    grant = await world.grant(hidden, awa)
    assert await count(world, awa) == 1
    await sharing.withdraw(world.ws, world.steward, hidden, grant)
    assert await count(world, awa) == 0


@in_network
async def test_what_was_seen_and_taken_away_is_not_new_when_it_comes_back(world: World) -> None:
    awa, folder = await shared(world)
    await saved.keep(world.ws, awa, MARAUDE)
    [one] = await saved.listed(world.ws, awa)
    [grant] = await world.values(
        "SELECT id FROM grants WHERE subject_kind = 'person' AND subject_id = :awa",
        awa=awa.person_id,
    )
    await sharing.withdraw(world.ws, world.steward, folder, int(str(grant)))  # type: ignore[arg-type]
    await saved.seen(world.ws, awa, one.id)
    await world.grant(folder, awa)
    assert await count(world, awa) == 0


@in_network
async def test_moves_the_trash_and_a_purge_count_at_once_while_nobody_follows(
    world: World,
) -> None:
    awa, folder = await shared(world)
    hidden = await world.folder("Direction")
    await saved.keep(world.ws, awa, MARAUDE)
    done = await world.deposit(world.steward, folder, "deux.txt", b"la maraude de nuit")
    await world.settle()
    number = done.document_id
    assert await count(world, awa) == 1
    await documents.move(world.ws, world.steward, number, hidden)
    assert await count(world, awa) == 0
    await documents.move(world.ws, world.steward, number, folder)
    assert await count(world, awa) == 1
    await trash.remove_document(world.ws, world.steward, number)
    assert await count(world, awa) == 0
    await trash.restore_document(world.ws, world.steward, folder, number)
    assert await count(world, awa) == 1
    await trash.remove_document(world.ws, world.steward, number)
    await trash.purge_document(world.ws, world.steward, folder, number)
    assert await count(world, awa) == 0


@in_network
async def test_what_is_gone_for_good_is_forgotten_at_the_next_look(world: World) -> None:
    awa, folder = await shared(world)
    number = await saved.keep(world.ws, awa, MARAUDE)
    [kept] = await world.values("SELECT document_id FROM saved_seen")
    document = DocumentId(int(str(kept)))
    await trash.remove_document(world.ws, world.steward, document)
    await trash.purge_document(world.ws, world.steward, folder, document)
    await saved.seen(world.ws, awa, number)
    assert await world.values("SELECT document_id FROM saved_seen") == []


@in_network
async def test_the_same_search_is_kept_once_and_another_is_another(world: World) -> None:
    awa, folder = await shared(world)
    first = await saved.keep(world.ws, awa, MARAUDE, "  Les   maraudes ")
    assert await saved.keep(world.ws, awa, MARAUDE, "Autrement") == first
    narrowed = Asked("maraude", Narrowing(folder=folder, kind=FileKind.TEXT))
    other = await saved.keep(world.ws, awa, replace(narrowed, sort=Sort.NEWEST))
    assert other != first and await saved.keep(world.ws, awa, narrowed) == other
    kept = await saved.listed(world.ws, awa)
    assert [(one.name, one.asked) for one in kept] == [
        ("Les maraudes", MARAUDE),
        ("maraude", narrowed),
    ]
    bea = await world.person("Béa")
    assert await saved.keep(world.ws, bea, MARAUDE) != first, "hers is another"


@in_network
async def test_a_page_knows_whether_its_search_is_kept_whatever_its_order(world: World) -> None:
    awa, _ = await shared(world)
    number = await saved.keep(world.ws, awa, MARAUDE)
    known = await saved.known(world.ws, awa, replace(MARAUDE, sort=Sort.NEWEST))
    assert known is not None and known.id == number
    assert await saved.known(world.ws, awa, Asked("budget")) is None
    assert await saved.known(world.ws, world.steward, MARAUDE) is None
    seeing = Seen(SubjectKind.PERSON, awa.person_id, awa.name)
    assert await saved.known(world.ws, replace(awa, seeing=seeing), MARAUDE) is None


@in_network
async def test_a_search_is_renamed_and_forgotten_with_what_was_seen_of_it(world: World) -> None:
    awa, _ = await shared(world)
    number = await saved.keep(world.ws, awa, MARAUDE)
    await saved.rename(world.ws, awa, number, "De nuit")
    assert await told(world, awa) == [("De nuit", 0)]
    with pytest.raises(AlreadySo):
        await saved.rename(world.ws, awa, number, " De  nuit ")
    for name, fault in ((" ", "empty"), ("x" * 121, "too_long")):
        with pytest.raises(Invalid) as refused:
            await saved.rename(world.ws, awa, number, name)
        assert refused.value.fault == fault
    await saved.forget(world.ws, awa, number)
    assert await saved.listed(world.ws, awa) == ()
    assert await world.values("SELECT saved_id FROM saved_seen") == []
    with pytest.raises(NotFound):
        await saved.forget(world.ws, awa, number)


@in_network
async def test_nobody_reaches_what_another_keeps_and_it_is_like_what_never_was(
    world: World,
) -> None:
    awa, _ = await shared(world)
    number = await saved.keep(world.ws, awa, MARAUDE)
    for other in (await world.person("Béa"), world.steward):
        assert await saved.listed(world.ws, other) == ()
        assert await saved.news(world.ws, other) == ()
        for which in (number, SavedId(999_999)):
            for act in (
                saved.follow(world.ws, other, which),
                saved.seen(world.ws, other, which),
                saved.forget(world.ws, other, which),
                saved.rename(world.ws, other, which, "À moi"),
            ):
                with pytest.raises(NotFound) as refused:
                    await act
                assert refused.value.facts() == {"kind": "saved_search"}
    assert await told(world, awa) == [("maraude", 0)]


@in_network
async def test_one_who_looks_as_another_sees_none_and_changes_none(world: World) -> None:
    await shared(world)
    number = await saved.keep(world.ws, world.steward, MARAUDE)
    awa = await world.person("Awa Ba")
    looking = replace(world.steward, seeing=Seen(SubjectKind.PERSON, awa.person_id, awa.name))
    assert await saved.listed(world.ws, looking) == ()
    assert await saved.news(world.ws, looking) == ()
    with pytest.raises(NotFound):
        await saved.follow(world.ws, looking, number)
    for act in (
        saved.keep(world.ws, looking, Asked("budget")),
        saved.seen(world.ws, looking, number),
        saved.forget(world.ws, looking, number),
        saved.rename(world.ws, looking, number, "Autre"),
    ):
        with pytest.raises(Forbidden):
            await act
    assert await told(world, world.steward) == [("maraude", 0)]


@in_network
async def test_a_search_without_words_or_beyond_what_one_may_keep_is_refused(
    world: World,
) -> None:
    awa, _ = await shared(world)
    for asked, name, fault in (
        (Asked(" "), "", "empty"),
        (Asked("x" * 401), "", "too_long"),
        (MARAUDE, "x" * 121, "too_long"),
    ):
        with pytest.raises(Invalid) as refused:
            await saved.keep(world.ws, awa, asked, name)
        assert refused.value.fault == fault
    for number in range(saved.MAX_SAVED):
        await saved.keep(world.ws, awa, Asked(f"mot{number}"))
    with pytest.raises(Invalid) as refused:
        await saved.keep(world.ws, awa, MARAUDE)
    assert (refused.value.fault, refused.value.value) == ("too_many_searches", "30")
    assert await saved.keep(world.ws, awa, Asked("mot3")), "one of them again is none more"


@in_network
async def test_what_no_one_can_read_is_left_out_of_words_and_names(world: World) -> None:
    awa = await world.person("Awa")
    await world.settle()
    odd = await saved.keep(world.ws, awa, Asked("\x00budget\x07 2024 \ud800"), "\u202eNuit\x1b\n")
    assert odd == await saved.keep(world.ws, awa, Asked("budget 2024"))
    (one,) = await saved.listed(world.ws, awa)
    assert (one.name, one.asked.words) == ("Nuit", "budget 2024")
    with pytest.raises(Invalid):
        await saved.keep(world.ws, awa, Asked("\x00 \x07"))


@in_network
async def test_a_long_search_is_named_by_its_beginning(world: World) -> None:
    awa, _ = await shared(world)
    await saved.keep(world.ws, awa, Asked("mot " * 60))
    [one] = await saved.listed(world.ws, awa)
    assert len(one.name) == saved.MAX_NAME_CHARACTERS


@in_network
async def test_more_than_a_hundred_new_ones_are_not_counted_further(world: World) -> None:
    awa, folder = await shared(world)
    await saved.keep(world.ws, awa, MARAUDE)
    for number in range(saved.MOST_TOLD):
        await world.deposit(world.steward, folder, f"{number}.txt", b"maraude %d" % number)
    await world.settle()
    [one] = await saved.news(world.ws, awa)
    assert (one.count, one.has_more) == (99, False)
    await world.deposit(world.steward, folder, "de trop.txt", b"une maraude de plus")
    await world.settle()
    [one] = await saved.news(world.ws, awa)
    assert (one.count, one.has_more) == (99, True)


@in_network
async def test_searches_that_cannot_answer_say_so_and_spoil_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa, _ = await shared(world)
    await saved.keep(world.ws, awa, MARAUDE)
    await saved.keep(world.ws, awa, Asked("premiere"))
    with monkeypatch.context() as patch:
        patch.setattr(saved, "_ALL_SECONDS", 0.0)
        assert await told(world, awa) == [("maraude", None), ("premiere", None)]
    assert await told(world, awa) == [("maraude", 0), ("premiere", 0)]
    await world.ws.index.close()
    shutil.rmtree(world.data / "index")
    assert await told(world, awa) == [("maraude", None), ("premiere", None)]


@in_network
async def test_an_expired_or_foreign_narrowing_finds_nothing_and_breaks_nothing(
    world: World,
) -> None:
    awa, folder = await shared(world)
    gone = Asked("maraude", Narrowing(folder=FolderId(999_999)))
    await saved.keep(world.ws, awa, gone)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    assert await count(world, awa) == 0
