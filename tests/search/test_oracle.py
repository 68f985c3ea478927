"""Random rights and random queries: a search finds what an oracle finds, and counts it so.

The oracle knows no engine: it says who reads what by `tests.oracle`, and matches plain words.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.search import Asked, Choice, FileKind, Narrowing, Results, Sort
from atelier.search import ENGINES
from atelier.workspace import following, search
from atelier.workspace.place import Workspace
from tests.builders import Seam, TurnedClock, opened
from tests.counts import times
from tests.oracle import Asker, Network
from tests.oracle_networks import NOW, ORGANISATIONS, PEOPLE, actor_of, casts, write_down
from tests.search import oracle_papers, oracle_queries
from tests.search.oracle_papers import KINDS, Paper
from tests.search.oracle_queries import PARIS, Sought

NETWORKS = times(12, 300)
QUERIES = 24
PAPERS = 45


@dataclass(frozen=True)
class Asking:
    """One search: who asks what, narrowed how."""

    asker: Asker
    sought: Sought
    narrowing: Narrowing
    sort: Sort


@dataclass
class Drawn:
    """A network with its papers, and what is true of them."""

    net: Network
    papers: list[Paper]

    def readable(self, asker: Asker) -> dict[int, int | None]:
        """Her folders, each with the folder above where that is hers too."""
        hers = self.net.readable(asker)
        above = {folder: self.net.parents[folder] for folder in hers}
        return {folder: top if top in hers else None for folder, top in above.items()}

    def allowed(self, asking: Asking) -> list[Paper]:
        """The papers that she may read and that the search is narrowed to."""
        hers = self.readable(asking.asker)
        looked_in = set(hers)
        if asking.narrowing.folder is not None:
            looked_in &= below({asking.narrowing.folder}, hers)
        if asking.sought.folders:
            looked_in &= below(asking.sought.folders, hers)
        looked_in -= below(asking.sought.without, hers)
        return [
            paper for paper in self.papers
            if paper.folder in looked_in and not paper.is_removed and fits(paper, asking.narrowing)
        ]  # fmt: skip

    def answers(self, asking: Asking) -> tuple[set[int], bool]:
        """What answers as it was asked, or else mostly; and whether it is that."""
        allowed, older = self.allowed(asking), asking.narrowing.with_older
        exactly = asking.sought.exactly(allowed, with_older=older)
        if exactly:
            return exactly, False
        mostly = asking.sought.mostly(allowed, with_older=older)
        return mostly, bool(mostly)


def below(tops: set[int] | frozenset[int], hers: dict[int, int | None]) -> set[int]:
    """Of her folders these with all she may read below them."""
    return {folder for folder in hers if set(way(folder, hers)) & set(tops)}


def way(folder: int, hers: dict[int, int | None]) -> list[int]:
    """Up to an entry point, from the folder on."""
    found = [folder]
    while (above := hers[found[-1]]) is not None:
        found.append(above)
    return found


def fits(paper: Paper, narrowing: Narrowing) -> bool:
    """Whether its current version is what the search is narrowed to."""
    said = paper.current
    return (
        narrowing.organisation in (None, said.organisation)
        and narrowing.person in (None, said.author)
        and narrowing.kind in (None, KINDS[said.media_type])
        and narrowing.year in (None, said.at.astimezone(PARIS).year)
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_finds_and_counts_what_an_oracle_does(engine: str) -> None:
    with asyncio.Runner() as runner:

        @settings(max_examples=NETWORKS)
        @given(casts(), st.integers(0, 2**32))
        def holds(cast: tuple[Network, list[Asker]], seed: int) -> None:
            with TemporaryDirectory() as place:
                runner.run(check(Path(place), engine, cast, seed))

        holds()


async def check(place: Path, engine: str, cast: tuple[Network, list[Asker]], seed: int) -> None:
    """Every query of a seed in one network, some changes of which the index has not followed."""
    net, askers = cast
    chance = random.Random(seed)
    address = {"STORAGE_INDEX": f"{engine}:index"}
    async with opened(place, TurnedClock(NOW), Seam(), address) as ws:
        await ws.db.write(lambda tx: write_down(tx, net))
        drawn = Drawn(net, oracle_papers.papers(chance, net, PAPERS))
        late = chance.choice((0, 0, 8))
        for paper in drawn.papers[: PAPERS - late]:
            await oracle_papers.deposit(ws, paper)
        while await following.follow(ws):
            pass
        for paper in drawn.papers[PAPERS - late :]:
            await oracle_papers.deposit(ws, paper)
        if late:
            await stir(ws, chance, drawn)
        for _ in range(QUERIES):
            await compare(ws, drawn, drawn_asking(chance, net, askers))


async def stir(ws: Workspace, chance: random.Random, drawn: Drawn) -> None:
    """Papers moved and removed while nobody follows."""
    for paper in chance.sample(drawn.papers, 6):
        await oracle_papers.move(ws, paper, chance.choice(list(drawn.net.parents)))
    for paper in chance.sample(drawn.papers, 4):
        await oracle_papers.remove(ws, paper)


def drawn_asking(chance: random.Random, net: Network, askers: list[Asker]) -> Asking:
    """A search of one of them, half of the time narrowed in one way or two."""
    folders = list(net.parents)
    wanted: dict[str, object] = {
        "folder": FolderId(chance.choice([*folders, 99])),
        "organisation": OrganisationId(chance.randint(1, ORGANISATIONS)),
        "person": PersonId(chance.randint(1, PEOPLE)),
        "kind": FileKind(chance.choice(list(KINDS.values()))),
        "year": chance.choice((2022, 2023, 2024, 2025)),
    }
    chosen = chance.sample(sorted(wanted), chance.choice((0, 0, 1, 1, 2)))
    narrowing = Narrowing(
        **{name: wanted[name] for name in chosen},  # type: ignore[arg-type]
        with_older=chance.random() < 0.3,
    )
    return Asking(
        asker=chance.choice(askers),
        sought=oracle_queries.query(chance, folders),
        narrowing=narrowing,
        sort=chance.choice(list(Sort)),
    )


async def compare(ws: Workspace, drawn: Drawn, asking: Asking) -> None:
    """The same documents, in the asked order, on stable pages, with the same counts."""
    wanted, is_mostly = drawn.answers(asking)
    pages = await all_pages(ws, asking)
    found = [int(hit.document_id) for page in pages for hit in page.hits]
    told = (asking.sought.typed, asking)
    assert len(found) == len(set(found)), told
    assert set(found) == wanted, told
    for page in pages:
        assert (page.total, page.is_partial) == (len(wanted), is_mostly), told
        assert page.facets == pages[0].facets, told
    papers = [paper for paper in drawn.papers if paper.document in wanted]
    if asking.sort is Sort.NEWEST:
        papers.sort(key=lambda paper: (-paper.current.at.timestamp(), paper.document))
        assert found == [paper.document for paper in papers], told
    compare_facets(drawn.readable(asking.asker), papers, asking, pages[0])


async def all_pages(ws: Workspace, asking: Asking) -> list[Results]:
    """Every page of the results, and the one after the last."""
    asked = Asked(asking.sought.typed, asking.narrowing, asking.sort)
    pages: list[Results] = []
    while not pages or pages[-1].hits:
        pages.append(await search.find(ws, actor_of(asking.asker), asked, page=len(pages) + 1))
    return pages


def compare_facets(
    hers: dict[int, int | None], papers: list[Paper], asking: Asking, results: Results
) -> None:
    """Each facet counts the papers, and nothing else; no folder of another is named."""
    narrowing, facets = asking.narrowing, results.facets
    current = [paper.current for paper in papers]
    told = (asking.sought.typed, asking)
    assert counted(facets.organisations) == Counter(
        str(one.organisation) for one in current if one.organisation
    ), told
    assert counted(facets.people) == Counter(str(one.author) for one in current), told
    assert counted(facets.kinds) == Counter(KINDS[one.media_type] for one in current), told
    assert counted(facets.years) == Counter(
        str(one.at.astimezone(PARIS).year) for one in current
    ), told
    rolled: Counter[str] = Counter()
    for paper in papers:
        up = way(paper.folder, hers)
        if narrowing.folder in up:
            rolled[str(narrowing.folder)] += 1
            up = up[: up.index(narrowing.folder)]
        rolled.update(map(str, up[-1:]))
    assert counted(facets.folders) == rolled, told
    assert all(int(one.value) in hers for one in facets.folders if one.name), told


def counted(choices: tuple[Choice, ...]) -> Counter[str]:
    """What is offered with a count; a chosen one of which nothing was found counts none."""
    assert all(choice.count or choice.is_chosen for choice in choices)
    return Counter({choice.value: choice.count for choice in choices if choice.count})
