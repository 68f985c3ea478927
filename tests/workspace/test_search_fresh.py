"""What changed is right at the next search, also while nobody follows the index."""

from __future__ import annotations

import pytest

from atelier.model.folders import Role
from atelier.model.people import Actor
from atelier.model.search import Asked, Narrowing, Results, Sort
from atelier.search.contract import Ask, Only
from atelier.worker import runner
from atelier.workspace import documents, folders, fresh, search, sharing, trash
from tests.builders import World, in_network
from tests.samples import pdf

OLDER = Narrowing(with_older=True)


async def found(world: World, actor: Actor, words: str, sort: Sort = Sort.RELEVANCE) -> list[str]:
    """The names of what she finds, in order; total and facets tell the same number."""
    results = await search.find(world.ws, actor, Asked(words, sort=sort))
    assert results.total == len(results.hits) == counted(results)
    return [hit.name for hit in results.hits]


def counted(results: Results) -> int:
    """How many documents the facet of folders counts, which all others count too."""
    numbers = {
        sum(one.count for one in choices)
        for choices in (
            results.facets.folders,
            results.facets.people,
            results.facets.kinds,
            results.facets.years,
        )
    }
    assert len(numbers) == 1
    return numbers.pop()


async def read(world: World) -> None:
    """Have what is due read, and nothing followed."""
    while await runner.do_next(world.ws):
        pass


@in_network
async def test_a_deposit_is_found_by_its_name_at_once_and_by_its_text_once_it_is_read(
    world: World,
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Commun")
    await world.grant(folder, awa)
    await world.settle()
    await world.deposit(world.steward, folder, "kiwano.pdf", pdf(["rien", "le budget est voté"]))
    assert await found(world, awa, "kiwano") == ["kiwano.pdf"]
    assert await found(world, awa, "budget") == []
    await read(world)
    (hit,) = (await search.find(world.ws, awa, Asked("budgets"))).hits
    assert (hit.is_fresh, [page.page for page in hit.pages]) == (True, [2])
    assert await found(world, bea, "kiwano OR budget") == []
    await world.settle()
    (hit,) = (await search.find(world.ws, awa, Asked("budgets"))).hits
    assert not hit.is_fresh


@in_network
async def test_every_change_is_right_at_the_next_search_while_nobody_follows(
    world: World,
) -> None:
    awa = await world.person("Awa")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    number = await world.grant(shown, awa)
    one = await world.deposit(world.steward, shown, "a.txt", b"du kiwano")
    await world.settle()
    ws, marie, document = world.ws, world.steward, one.document_id
    assert await found(world, awa, "kiwano") == ["a.txt"]
    await documents.move(ws, marie, document, hidden)
    assert (await found(world, awa, "kiwano"), await found(world, marie, "kiwano")) == (
        [], ["a.txt"]
    )  # fmt: skip
    await documents.move(ws, marie, document, shown)
    await documents.rename(ws, marie, document, "pitaya.txt")
    assert await found(world, awa, "pitaya kiwano") == ["pitaya.txt"]
    await folders.close(ws, marie, shown)
    assert await found(world, awa, "kiwano") == ["pitaya.txt"], "the grant is on the folder itself"
    await sharing.withdraw(ws, marie, shown, number)
    assert await found(world, awa, "kiwano") == []
    await world.grant(shown, awa)
    assert await found(world, awa, "kiwano") == ["pitaya.txt"]
    await trash.remove_document(ws, marie, document)
    assert (await found(world, awa, "kiwano"), await found(world, marie, "kiwano")) == ([], [])
    await trash.restore_document(ws, marie, shown, document)
    assert await found(world, awa, "kiwano") == ["pitaya.txt"]
    await trash.remove_document(ws, marie, document)
    await trash.purge_document(ws, marie, shown, document)
    for words in ("kiwano", "pitaya", "titre:pitaya", "a.txt"):
        for narrowing in (Narrowing(), OLDER):
            told = await search.find(ws, marie, Asked(words, narrowing))
            assert (told.total, told.spelling, told.wider) == (0, "", ()), words


@in_network
async def test_totals_pages_and_order_hold_with_what_is_not_applied(world: World) -> None:
    folder = await world.folder("Commun")
    for number in range(search.PAGE_HITS + 5):
        await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano")
        world.clock.forward(minutes=1)
    await world.settle()
    old = (await search.find(world.ws, world.steward, Asked("titre:3"))).hits[0].document_id
    await documents.rename(world.ws, world.steward, old, "trois.txt")
    for number in range(30, 33):
        await world.deposit(world.steward, folder, f"{number} kiwano.txt", b"rien")
        world.clock.forward(minutes=1)
    for sort in Sort:
        pages = [
            await search.find(world.ws, world.steward, Asked("kiwano", sort=sort), page=page)
            for page in (1, 2, 3)
        ]
        assert {(one.total, counted(one)) for one in pages} == {(search.PAGE_HITS + 8,) * 2}
        hits = [hit for one in pages for hit in one.hits]
        assert len({hit.document_id for hit in hits}) == len(hits) == search.PAGE_HITS + 8
        if sort is Sort.NEWEST:
            assert [hit.changed_at for hit in hits] == sorted(
                (hit.changed_at for hit in hits), reverse=True
            )
            before = [hit.document_id for hit in hits]
        else:
            assert [hit.is_fresh for hit in hits] == [True] * 4 + [False] * (len(hits) - 4)
    await world.settle()
    after = [
        hit.document_id
        for page in (1, 2)
        for hit in (
            await search.find(world.ws, world.steward, Asked("kiwano", sort=Sort.NEWEST), page=page)
        ).hits
    ]
    assert before == after


@in_network
async def test_what_is_too_much_to_look_through_is_counted_for_those_who_may_read_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa, bea = await world.person("Awa"), await world.person("Béa")
    folder = await world.folder("Commun")
    await world.grant(folder, awa)
    await world.settle()
    monkeypatch.setattr(fresh, "MAX_DOCUMENTS", 2)
    monkeypatch.setattr(fresh, "MAX_CHARACTERS", 20)
    for number, text in enumerate((b"du kiwano", b"du kiwano" * 9, b"du kiwano")):
        await world.deposit(world.steward, folder, f"{number}.txt", text)
    await read(world)
    results = await search.find(world.ws, awa, Asked("kiwano"))
    assert ([hit.name for hit in results.hits], results.total, results.not_yet) == (["2.txt"], 1, 2)
    results = await search.find(world.ws, bea, Asked("kiwano"))
    assert (results.total, results.not_yet) == (0, 0)
    await world.settle()
    results = await search.find(world.ws, awa, Asked("kiwano"))
    assert (results.total, results.not_yet) == (3, 0)


@in_network
async def test_most_of_the_words_of_a_fresh_document_are_found_like_those_of_others(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"du kiwano et de la pitaya")
    await world.settle()
    await world.deposit(world.steward, folder, "b.txt", b"du kiwano et de la pitaya")
    await read(world)
    words = Asked("kiwano pitaya mangoustan")
    for _ in range(2):
        results = await search.find(world.ws, world.steward, words)
        assert (results.is_partial, sorted(hit.name for hit in results.hits)) == (
            True, ["a.txt", "b.txt"]
        )  # fmt: skip
        await world.settle()
    # One that holds all of it stands alone.
    await world.deposit(world.steward, folder, "c.txt", b"kiwano, pitaya, mangoustan")
    await read(world)
    results = await search.find(world.ws, world.steward, words)
    assert (results.is_partial, [hit.name for hit in results.hits]) == (False, ["c.txt"])


@in_network
async def test_an_older_version_is_found_only_on_demand_and_marked(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    await world.settle()
    done = await world.deposit(world.steward, folder, "a.pdf", pdf(["un", "du kiwano mûr"]))
    await world.revise(world.steward, done.document_id, pdf(["du ramboutan"]))
    await world.revise(world.steward, done.document_id, pdf(["de la pitaya"]))
    for is_applied in (False, True):
        await (world.settle() if is_applied else read(world))
        assert (await search.find(world.ws, world.steward, Asked("kiwano"))).total == 0
        results = await search.find(world.ws, world.steward, Asked("kiwano", OLDER))
        (hit,) = results.hits
        assert (hit.version, hit.is_older, [page.page for page in hit.pages]) == (1, True, [2])
        (hit,) = (await search.find(world.ws, world.steward, Asked("pitaya", OLDER))).hits
        assert (hit.version, hit.is_older) == (3, False)
        (hit,) = (await search.find(world.ws, world.steward, Asked("kiwano pitaya", OLDER))).hits
        assert hit.version == 3, "no version has both: the current one has some"
        assert (await search.find(world.ws, awa, Asked("kiwano", OLDER))).hits == ()
    await world.grant(folder, awa, Role.READER)
    assert (await search.find(world.ws, awa, Asked("kiwano", OLDER))).total == 1


@in_network
async def test_documents_of_others_cost_her_search_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa)
    await world.settle()
    looked_at: list[str] = []
    told = world.ws.texts.load

    def watched(key: str, most_bytes: int | None = None) -> bytes | None:
        looked_at.append(key)
        return told(key, most_bytes)

    await world.deposit(world.steward, hidden, "b.txt", b"du kiwano")
    await read(world)
    monkeypatch.setattr(world.ws.texts, "load", watched)
    assert (await search.find(world.ws, awa, Asked("kiwano"))).total == 0
    assert looked_at == []
    assert (await search.find(world.ws, world.steward, Asked("kiwano"))).total == 1
    assert looked_at != []


@in_network
async def test_the_index_is_asked_within_her_rights_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    shown, hidden = await world.folder("Commun"), await world.folder("Direction")
    await world.grant(shown, awa)
    await world.deposit(world.steward, hidden, "b.txt", b"du kiwano")
    await world.settle()
    asks: list[Ask] = []
    asked = world.ws.index.find

    async def watched(ask: Ask) -> object:
        asks.append(ask)
        return await asked(ask)

    monkeypatch.setattr(world.ws.index, "find", watched)
    for words in ("kiwano", "kiwanoo absent -x type:pdf", "", "dossier:direction"):
        await search.find(world.ws, awa, Asked(words))
    assert {ask.within.folders for ask in asks} == {Only(frozenset({shown})), Only(frozenset())}
