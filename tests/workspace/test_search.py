"""Search: found by its words, by those who may read it, and by nobody else at any moment."""

from __future__ import annotations

import pytest

from atelier.database import folders as records
from atelier.errors import IndexUnready, Invalid
from atelier.model.folders import Role
from atelier.model.people import Actor
from atelier.model.search import Asked, Facets, Results
from atelier.worker import runner
from atelier.workspace import documents, folders, following, people, search, sharing, upkeep
from tests.builders import World, in_network
from tests.samples import pdf


async def found(world: World, actor: Actor, words: str) -> list[str]:
    """The names of what she finds; the total tells no more and no less."""
    results = await search.find(world.ws, actor, Asked(words))
    assert results.total == len(results.hits)
    return sorted(hit.name for hit in results.hits)


@in_network
async def test_a_word_is_found_on_its_page_with_its_sentence(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await world.deposit(awa, folder, "cr.pdf", pdf(["ordre du jour", "la navette est votée"]))
    await world.settle()
    (hit,) = (await search.find(world.ws, awa, Asked("navette"))).hits
    assert (hit.name, hit.folder, hit.version, hit.media_type) == (
        "cr.pdf", "Réunions", 1, "application/pdf"
    )  # fmt: skip
    (page,) = hit.pages
    assert page.page == 2
    assert [piece.text for piece in page.snippet if piece.is_match] == ["navette"]
    assert "votée" in "".join(piece.text for piece in page.snippet)
    assert await found(world, awa, "absent") == []
    assert await found(world, awa, "") == []


@in_network
async def test_a_document_that_answers_nearly_shows_the_word_that_was_meant(world: World) -> None:
    awa = await world.person("Awa")
    folder, other = await world.folder("Réunions"), await world.folder("Direction")
    await world.grant(folder, awa)
    await world.deposit(world.steward, folder, "cr.pdf", pdf(["rien", "la navette est votée"]))
    await world.deposit(world.steward, other, "b.txt", b"la navete part")
    await world.settle()
    results = await search.find(world.ws, awa, Asked("navetre"))
    assert (results.is_partial, results.spelling) == (True, "navette")
    ((page,),) = (hit.pages for hit in results.hits)
    assert [piece.text for piece in page.snippet if piece.is_match] == ["navette"]
    assert page.page == 2


@in_network
async def test_the_unique_word_of_each_document_comes_back_only_to_who_may_read_it(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    words = {"kiwano": "Commun", "ramboutan": "Direction", "pitaya": "Commun/Fermé"}
    for word, path in words.items():
        folder = await world.folder(path, closed=path.endswith("Fermé"))
        await world.deposit(world.steward, folder, f"{word}.txt", f"du {word} mûr".encode())
    common = await folders.find(world.ws, world.steward, "Commun")
    await world.grant(common, awa)
    await world.settle()
    for word, path in words.items():
        for asked in (word, f"{word[:5]}*", f'"du {word}"', f"titre:{word}", f"du OR {word}"):
            assert f"{word}.txt" in await found(world, world.steward, asked)
            assert (f"{word}.txt" in await found(world, awa, asked)) == (path == "Commun")
            assert await found(world, bea, asked) == []
    assert await found(world, awa, "mûr") == ["kiwano.txt"]
    assert await found(world, awa, "mûr -kiwano") == []
    assert await found(world, bea, "-kiwano") == []
    assert len(await found(world, world.steward, "mûr")) == 3


@in_network
async def test_a_changed_right_holds_at_the_next_search_without_the_index(world: World) -> None:
    awa = await world.person("Awa")
    top, other = await world.folder("Commun"), await world.folder("Autre")
    folder = await world.folder("Commun/Équipe")
    await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    assert await found(world, awa, "kiwano") == []
    number = await world.grant(top, awa)
    assert await found(world, awa, "kiwano") == ["a.txt"]
    await folders.close(world.ws, world.steward, folder)
    assert await found(world, awa, "kiwano") == []
    await folders.open_again(world.ws, world.steward, folder)
    assert await found(world, awa, "kiwano") == ["a.txt"]
    await sharing.withdraw(world.ws, world.steward, top, number)
    assert await found(world, awa, "kiwano") == []
    await world.grant(other, awa)
    await folders.move(world.ws, world.steward, folder, other)
    assert await found(world, awa, "kiwano") == ["a.txt"]
    await world.disable(awa.person_id)
    assert await found(world, awa, "kiwano") == []


@in_network
async def test_a_dated_grant_ends_for_search_with_its_day(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    await world.grant(folder, awa, until=world.today())
    await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    assert await found(world, awa, "kiwano") == ["a.txt"]
    world.clock.forward(days=1)
    assert await found(world, await world.actor("awa@example.org"), "kiwano") == []


@in_network
async def test_what_the_index_has_not_followed_is_looked_through_as_it_is(
    world: World,
) -> None:
    awa = await world.person("Awa")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa)
    stays = await world.deposit(world.steward, shown, "stays.txt", b"du kiwano")
    moved = await world.deposit(world.steward, shown, "moved.txt", b"du kiwano")
    await world.settle()
    assert await found(world, awa, "kiwano") == ["moved.txt", "stays.txt"]
    # The follower is stopped from here on.
    await documents.move(world.ws, world.steward, moved.document_id, hidden)
    assert await found(world, awa, "kiwano") == ["stays.txt"]
    assert await found(world, world.steward, "kiwano") == ["moved.txt", "stays.txt"]
    await world.revise(world.steward, stays.document_id, b"du ramboutan")
    assert await found(world, awa, "kiwano") == []
    assert await found(world, awa, "stays.txt") == ["stays.txt"], "by its name, not read yet"
    while await runner.do_next(world.ws):
        pass
    assert await found(world, awa, "ramboutan") == ["stays.txt"]
    assert await found(world, awa, "kiwano") == []
    await world.settle()
    assert await found(world, awa, "ramboutan") == ["stays.txt"]
    assert await found(world, awa, "kiwano") == []
    assert await found(world, world.steward, "kiwano") == ["moved.txt"]


@in_network
async def test_a_right_that_ends_during_the_search_hides_the_hit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    number = await world.grant(folder, awa)
    await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.settle()
    asked, answers = world.ws.index.find, list[int]()

    async def meanwhile(*given: object, **named: object) -> object:
        answer = await asked(*given, **named)  # type: ignore[arg-type]
        if not answers:
            await sharing.withdraw(world.ws, world.steward, folder, number)
        answers.append(answer.total)
        return answer

    monkeypatch.setattr(world.ws.index, "find", meanwhile)
    results = await search.find(world.ws, awa, Asked("kiwano"))
    assert (results.total, results.hits) == (0, ())
    assert results.facets == Facets() and (answers[0], set(answers[1:])) == (1, {0})


@in_network
async def test_the_filter_is_the_readable_folders_whichever_way_it_is_said(world: World) -> None:
    awa = await world.person("Awa")
    folder_ids = [await world.folder(f"Dossier {number}") for number in range(5)]
    for number, folder in enumerate(folder_ids):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
    await world.settle()
    for count, folder in enumerate(folder_ids):
        assert len(await found(world, awa, "kiwano")) == count
        await world.grant(folder, awa)
    assert len(await found(world, awa, "kiwano")) == len(await world.ws.db.read(records.every))


@in_network
async def test_a_folder_named_in_the_query_narrows_and_reveals_no_other(world: World) -> None:
    awa = await world.person("Awa")
    await world.folder("Réunions/2025")
    for path in ("Réunions", "Réunions/2025", "Projets"):
        folder = (
            await folders.find(world.ws, world.steward, path)
            if path[0] == "R"
            else (await world.folder(path))
        )
        await world.deposit(world.steward, folder, f"{path[:3]}{len(path)}.txt", b"du kiwano")
    await world.grant(await folders.find(world.ws, world.steward, "Réunions/2025"), awa)
    await world.settle()
    everything = await found(world, world.steward, "kiwano")
    assert len(everything) == 3
    assert "Pro7.txt" not in await found(world, world.steward, "kiwano dossier:reunions")
    assert "Réu8.txt" in await found(world, world.steward, "kiwano dossier:réunions")
    assert await found(world, world.steward, "kiwano -dossier:réunions") == ["Pro7.txt"]
    assert await found(world, awa, "kiwano dossier:2025") == ["Réu13.txt"]
    # The folder above is not hers: its name finds nothing.
    assert await found(world, awa, "kiwano dossier:réunions") == []
    assert await found(world, awa, "kiwano dossier:projets") == []


@in_network
async def test_pages_of_results_are_cut_and_absurd_ones_refused(world: World) -> None:
    folder = await world.folder("Commun")
    for number in range(search.PAGE_HITS + 3):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
    await world.settle()
    pages: list[Results] = [
        await search.find(world.ws, world.steward, Asked("kiwano"), page=page) for page in (1, 2, 3)
    ]
    assert [len(one.hits) for one in pages] == [search.PAGE_HITS, 3, 0]
    assert {one.total for one in pages} == {search.PAGE_HITS + 3}
    assert len({hit.document_id for one in pages for hit in one.hits}) == search.PAGE_HITS + 3
    for page in (0, -1, 10**18):
        with pytest.raises(Invalid):
            await search.find(world.ws, world.steward, Asked("kiwano"), page=page)


@in_network
async def test_a_version_brought_back_is_found_by_its_words_again(world: World) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.revise(world.steward, done.document_id, b"du ramboutan")
    await world.settle()
    assert await found(world, world.steward, "kiwano") == []
    await documents.restore(world.ws, world.steward, done.document_id, 1, expected=2)
    await documents.rename(world.ws, world.steward, done.document_id, "pitaya.txt")
    await world.settle()
    assert await found(world, world.steward, "ramboutan") == []
    assert await found(world, world.steward, "kiwano") == ["pitaya.txt"]
    assert await found(world, world.steward, "pitaya") == ["pitaya.txt"]


@in_network
async def test_an_index_that_is_not_there_is_unready_until_it_is_followed(world: World) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    with pytest.raises(IndexUnready):
        await search.find(world.ws, world.steward, Asked("kiwano"))
    while await following.follow(world.ws):
        pass
    assert await upkeep.is_quiet(world.ws) is False  # it is not read yet
    assert await found(world, world.steward, "a.txt") == ["a.txt"]


@in_network
async def test_a_document_found_by_its_name_before_it_is_read_shows_no_page(world: World) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "kiwano.txt", b"du ramboutan")
    while await following.follow(world.ws):
        pass
    (hit,) = (await search.find(world.ws, world.steward, Asked("kiwano"))).hits
    assert hit.pages == ()


@in_network
async def test_acting_as_one_organisation_searches_as_that_one(world: World) -> None:
    awa = await world.person("Awa", of=["Mairie", "Hôpital"])
    organisations, _ = await people.directory(world.ws, awa)
    for one in organisations:
        folder = await world.folder(one.name)
        await world.grant(folder, one)
        await world.deposit(world.steward, folder, f"{one.name}.txt", b"du kiwano")
    await world.settle()
    assert len(await found(world, awa, "kiwano")) == 2
    for one in organisations:
        actor = await world.actor("awa@example.org", acting_as=one.id)
        assert await found(world, actor, "kiwano") == [f"{one.name}.txt"]
