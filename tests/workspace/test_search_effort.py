"""What one search may cost, counted: texts that are read, and work done with them."""

from __future__ import annotations

import random

import pytest

from atelier.model.ids import DocumentId
from atelier.model.search import Asked, Narrowing
from atelier.search import effort
from atelier.search.effort import Effort
from atelier.worker import runner
from atelier.workspace import fresh, glossary, search, showing
from tests.builders import World, in_network

OLDER = Narrowing(with_older=True)


class Watched:
    """The texts, telling how many were asked for."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._told = world.ws.texts.load
        monkeypatch.setattr(world.ws.texts, "load", self._load)

    def _load(self, key: str, most_bytes: int | None = None) -> bytes | None:
        self.count += 1
        return self._told(key, most_bytes)

    async def during(self, world: World, words: str, narrowing: Narrowing) -> int:
        """How many texts that search asks for."""
        before = self.count
        await search.find(world.ws, world.steward, Asked(words, narrowing))
        return self.count - before


def little(monkeypatch: pytest.MonkeyPatch, units: int) -> list[Effort]:
    """Give searches that much; the efforts they begin with, in order."""
    begun: list[Effort] = []

    def effort_of() -> Effort:
        begun.append(Effort(units))
        return begun[-1]

    monkeypatch.setattr(fresh, "Effort", effort_of)
    return begun


async def read(world: World) -> None:
    """Everything is read; nobody follows the index."""
    while await runner.do_next(world.ws):
        pass


async def revised(world: World, done: DocumentId, *texts: str) -> None:
    for text in texts:
        await world.revise(world.steward, done, text.encode())


@in_network
async def test_without_earlier_versions_only_the_text_itself_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    one = await world.deposit(world.steward, folder, "a.txt", b"du kiwano")
    await world.deposit(world.steward, folder, "b.txt", b"du kiwano aussi")
    await world.settle()
    texts, begun = Watched(world, monkeypatch), little(monkeypatch, effort.SEARCH)
    assert await texts.during(world, "kiwano", OLDER) == 2
    assert await texts.during(world, "kiwano", Narrowing()) == 2
    assert begun[0].left == begun[1].left < effort.SEARCH, "nothing is compared"
    await revised(world, one.document_id, "encore du kiwano")
    await world.settle()
    # What answers by itself is not compared with what it was.
    assert await texts.during(world, "kiwano", OLDER) == 2


@in_network
async def test_of_older_versions_few_are_read_and_none_after_the_one_that_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    one = await world.deposit(world.steward, folder, "a.txt", b"du ramboutan")
    others = [f"autre {number}" for number in range(showing.MAX_OLDER_LOOKED_AT - 1)]
    await revised(world, one.document_id, "du kiwano", *others)
    await world.settle()
    texts = Watched(world, monkeypatch)
    assert await texts.during(world, "kiwano", OLDER) == showing.MAX_OLDER_LOOKED_AT
    assert await texts.during(world, "ramboutan", OLDER) == showing.MAX_OLDER_LOOKED_AT + 1
    await revised(world, one.document_id, "encore autre")
    await world.settle()
    assert await texts.during(world, "ramboutan", OLDER) == showing.MAX_OLDER_LOOKED_AT + 1
    (hit,) = (await search.find(world.ws, world.steward, Asked("ramboutan", OLDER))).hits
    assert (hit.is_older, hit.pages) == (False, ()), "it is a hit all the same"


@in_network
async def test_of_older_texts_a_search_looks_through_so_many_characters(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    for number in range(3):
        one = await world.deposit(world.steward, folder, f"{number}.txt", b"du kiwano " * 10)
        await revised(world, one.document_id, f"autre {number}")
    await world.settle()
    for characters, older in ((1_000, 3), (250, 2), (50, 0)):
        monkeypatch.setattr(showing, "MAX_OLDER_CHARACTERS", characters)
        found = await search.find(world.ws, world.steward, Asked("kiwano", OLDER))
        assert (found.total, sum(hit.is_older for hit in found.hits)) == (3, older)


@in_network
async def test_a_hit_for_which_no_effort_is_left_is_one_without_its_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    for number in range(4):
        text = f"{'du ramboutan ' * 500} et {number} kiwano"
        await world.deposit(world.steward, folder, f"{number}.txt", text.encode())
    await world.settle()
    for units, shown in ((1_000_000, 4), (20_000, 0), (0, 0)):
        begun = little(monkeypatch, units)
        found = await search.find(world.ws, world.steward, Asked("kiwano"))
        assert (found.total, sum(bool(hit.pages) for hit in found.hits)) == (4, shown)
        (one,) = begun
        assert 0 <= one.left <= units


@in_network
async def test_a_fresh_document_that_nobody_could_look_through_is_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    await world.settle()
    await world.deposit(world.steward, folder, "a.txt", "du ramboutan mûr ".encode() * 1_000)
    await world.deposit(world.steward, folder, "b.txt", b"du ramboutan")
    await read(world)
    found = await search.find(world.ws, world.steward, Asked("ramboutan"))
    assert (found.total, found.not_yet) == (2, 0)
    little(monkeypatch, 200_000)
    found = await search.find(world.ws, world.steward, Asked("ramboutan"))
    assert ([hit.name for hit in found.hits], found.not_yet) == (["b.txt"], 1)
    # What stands nowhere in it is known without more.
    found = await search.find(world.ws, world.steward, Asked("pitaya"))
    assert (found.total, found.not_yet) == (0, 0)
    # Nothing is left to load anything with.
    little(monkeypatch, 0)
    found = await search.find(world.ws, world.steward, Asked("ramboutan"))
    assert (found.total, found.not_yet) == (0, 2)


@in_network
async def test_help_costs_no_more_than_what_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    for number in range(3):
        text = f"{'la vaccination ' * 2_000} numero{number}"
        await world.deposit(world.steward, folder, f"{number}.txt", text.encode())
    await world.settle()
    wrong = Asked("vacination")
    begun = little(monkeypatch, effort.SEARCH)
    assert (await search.find(world.ws, world.steward, wrong)).spelling == "vaccination"
    assert effort.SEARCH - begun[0].left < 1_000_000
    little(monkeypatch, 10_000)
    found = await search.find(world.ws, world.steward, wrong)
    assert found.spelling == ""


@in_network
async def test_a_word_is_put_right_into_the_number_that_is_written_or_the_glossary_knows(
    world: World,
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    await world.grant(folder, awa)
    await world.deposit(world.steward, folder, "a.txt", b"Les addictions du territoire")
    await world.settle()

    async def spelled(words: str) -> str:
        return (await search.find(world.ws, awa, Asked(words))).spelling

    assert await spelled("adiction") == "addictions"
    assert await spelled("adiction teritoire") == "addictions territoire"
    assert await spelled("telemedcine") == ""
    await glossary.add(world.ws, world.steward, "TLM", "télémédecine")
    assert await spelled("telemedcine") == "télémédecine"


@in_network
async def test_a_text_is_not_unpacked_that_there_is_no_effort_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    chance = random.Random("packed")
    for number in range(4):
        large = " ".join(f"{chance.getrandbits(64):x}" for _ in range(2_000))
        await world.deposit(world.steward, folder, f"{number}.txt", f"kiwano {large}".encode())
    await world.settle()
    for units, shown in ((1_000_000, 4), (5_000, 0)):
        begun = little(monkeypatch, units)
        found = await search.find(world.ws, world.steward, Asked("kiwano"))
        assert (found.total, sum(bool(hit.pages) for hit in found.hits)) == (4, shown)
        (one,) = begun
        # What is refused by its size has cost nothing.
        assert one.left == units or shown
