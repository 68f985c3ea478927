"""What every index engine must say beside its hits: order by date, bounds, counts, words.

`IndexContract` includes it.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

from atelier.model.ids import MeetingId
from atelier.model.meetings import Part, entry_number
from atelier.model.search import FileKind, Sort
from atelier.search.contract import (
    MAX_COUNTED,
    AllBut,
    Bounds,
    Counts,
    Entry,
    FolderFilter,
    Found,
    Index,
    Only,
)
from atelier.search.media_types import PART_TYPES
from tests.contracts.index_answers import (
    ANY,
    MONDAY,
    NOTHING,
    QUESTIONS,
    VOCABULARY,
    AnswersContract,
    entry,
    found,
    numbers,
    within,
)

_KINDS = {
    "application/pdf": FileKind.PDF,
    "text/plain": FileKind.TEXT,
    "text/csv": FileKind.SHEET,
    "image/png": FileKind.IMAGE,
}
_DAY = timedelta(days=1)


def _divided(entries: Iterable[Entry]) -> Counts:
    """How these divide, counted one by one; of at most `MAX_COUNTED` values of each."""
    seen = list(entries)
    return Counts(
        folders=Counter(each.folder for each in seen),
        organisations=Counter(e.organisation_id for e in seen if e.organisation_id),
        authors=Counter(each.author_id for each in seen),
        kinds=Counter(_KINDS[each.media_type] for each in seen),
        years=Counter(each.year for each in seen),
    )


async def _paged(index: Index, words: str, size: int, **asked: Any) -> list[int]:
    """All that answers, page by page."""
    documents: list[int] = []
    while page := (await found(index, words, offset=len(documents), limit=size, **asked)).documents:
        documents += page
    return documents


class FindingContract(AnswersContract):
    """Order by date, bounds, counts, older texts, beginnings of words and near spellings."""

    # Order by date

    def test_the_newest_come_first_and_those_of_one_moment_by_id(self, tmp_path: Path) -> None:
        moments = {5: 3, 1: 2, 4: 2, 2: 0, 3: 2}

        async def run() -> None:
            entries = [
                entry(n, "kiwi " * n, changed_at=MONDAY + day * _DAY) for n, day in moments.items()
            ]
            async with self.opened(tmp_path, *entries) as index:
                for words in ("kiwi", "-zebu", '"kiwi"', "kiw*", "kiwi zebu tofu judo"):
                    answer = await found(index, words, sort=Sort.NEWEST)
                    expected = (5, 1, 3, 4, 2) if answer.documents else ()
                    assert answer.documents == expected, words
                assert (await found(index, "kiwi", sort=Sort.NEWEST)).total == 5
                within_a_second = [
                    entry(n, "tofu", changed_at=MONDAY + timedelta(microseconds=n))
                    for n in (11, 13, 12)
                ]
                await index.apply(within_a_second, NOTHING, 2)
                answer = await found(index, "tofu", sort=Sort.NEWEST)
                assert answer.documents == (13, 12, 11)

        asyncio.run(run())

    def test_pages_by_date_follow_each_other_over_many_of_one_moment(self, tmp_path: Path) -> None:
        async def run() -> None:
            order = list(range(1, 121))
            random.Random(4).shuffle(order)
            async with self.opened(tmp_path) as index:
                for number, start in enumerate(range(0, 120, 30), 1):
                    batch = [
                        entry(n, "kiwi", changed_at=MONDAY + n // 50 * _DAY)
                        for n in order[start : start + 30]
                    ]
                    await index.apply(batch, NOTHING, number)
                expected = sorted(order, key=lambda n: (-(n // 50), n))
                for size in (1, 7, 50):
                    assert await _paged(index, "kiwi", size, sort=Sort.NEWEST) == expected
                for offset in (120, 10**18):
                    beyond = await found(index, "kiwi", offset=offset, sort=Sort.NEWEST)
                    assert beyond == Found(120, ())

        asyncio.run(run())

    # Bounds

    def test_each_bound_and_all_together_narrow_hits_and_totals(self, tmp_path: Path) -> None:
        async def run() -> None:
            entries = [
                entry(1, "kiwi", organisation_id=7, author_id=3, media_type="text/plain"),
                entry(2, "kiwi", organisation_id=7, author_id=4, year=2021),
                entry(3, "kiwi zebu", author_id=3, year=2021),
                entry(4, "kiwi", organisation_id=8, author_id=3),
                entry(5, "judo", organisation_id=7, author_id=3),
            ]
            rows = {
                Bounds(): {1, 2, 3, 4},
                Bounds(organisation=7): {1, 2},
                Bounds(organisation=99): set(),
                Bounds(author=3): {1, 3, 4},
                Bounds(kind=FileKind.PDF): {2, 3, 4},
                Bounds(kind=FileKind.TEXT): {1},
                Bounds(kind=FileKind.FILM): set(),
                Bounds(year=2021): {2, 3},
                Bounds(author=3, kind=FileKind.PDF, year=2021): {3},
                Bounds(organisation=8, author=3, kind=FileKind.PDF, year=2024): {4},
            }
            async with self.opened(tmp_path, *entries) as index:
                for bounds, expected in rows.items():
                    answer = await found(index, "kiwi", bounds=bounds)
                    assert (set(answer.documents), answer.total) == (expected, len(expected))
                    assert await numbers(index, "kiwi -zebu", bounds=bounds) == expected - {3}
                await self._assert_bounds_decide_what_is_loosened(index)

        asyncio.run(run())

    async def _assert_bounds_decide_what_is_loosened(self, index: Index) -> None:
        assert (await found(index, "kiwi zebu")).documents == (3,)
        elsewhere = await found(index, "kiwi zebu", bounds=Bounds(organisation=8))
        assert (elsewhere.documents, elsewhere.is_partial) == ((4,), True)
        assert await found(index, "", bounds=Bounds(author=3)) == Found(0, ())

    # Counts

    def test_counts_are_only_there_when_asked_and_of_all_that_answer(self, tmp_path: Path) -> None:
        async def run() -> None:
            entries = [
                entry(1, "kiwi", folder=4, organisation_id=7, author_id=3),
                entry(2, "kiwi", folder=5, author_id=3, media_type="image/png", year=2019),
                entry(3, "judo", folder=6, organisation_id=8, author_id=9, year=2018),
            ]
            async with self.opened(tmp_path, *entries) as index:
                assert (await found(index, "kiwi")).counts == Counts()
                for limit in (0, 1, 9):
                    answer = await found(index, "kiwi", limit=limit, with_counts=True)
                    assert answer.total == 2
                    assert answer.counts == Counts(
                        folders={4: 1, 5: 1},
                        organisations={7: 1},
                        authors={3: 2},
                        kinds={FileKind.PDF: 1, FileKind.IMAGE: 1},
                        years={2024: 1, 2019: 1},
                    )
                assert (await found(index, "zebu", with_counts=True)).counts == Counts()

        asyncio.run(run())

    def test_every_folder_is_counted_and_the_most_frequent_of_the_others(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            entries = [
                entry(n, "kiwi", folder=n, author_id=n % 30 + 1, organisation_id=n % 40 + 1, year=n)
                for n in range(1, 200)
            ]
            entries += [entry(500 + n, "kiwi", author_id=17, year=1905) for n in range(9)]
            async with self.opened(tmp_path, *entries) as index:
                counts = (await found(index, "kiwi", with_counts=True)).counts
                assert counts.folders == Counter(each.folder for each in entries)
                for frequent in (counts.authors, counts.organisations, counts.years):
                    assert len(frequent) == MAX_COUNTED
                assert next(iter(counts.authors.items())) == (17, 7 + 9)
                assert counts.years[1905] == 9

        asyncio.run(run())

    def test_parts_of_meetings_are_of_their_kinds_and_numbered_beyond_documents(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            meeting = MeetingId(2**20)
            parts = [
                entry(entry_number(meeting, part), "kiwi", media_type=media_type)
                for part, media_type in PART_TYPES.items()
            ]
            async with self.opened(tmp_path, entry(1, "kiwi"), *parts) as index:
                answer = await found(index, "kiwi", with_counts=True)
                assert set(answer.documents) == {1, *(one.document for one in parts)}
                assert answer.counts.kinds == {
                    FileKind.PDF: 1, **{FileKind(part): 1 for part in Part},
                }  # fmt: skip
                for part, media_type in PART_TYPES.items():
                    number = entry_number(meeting, part)
                    only = await found(index, "kiwi", bounds=Bounds(kind=FileKind(part)))
                    typed = await found(index, f"kiwi type:{part}")
                    assert only.documents == typed.documents == (number,), media_type
                    assert number not in (await found(index, "kiwi", hidden={number})).documents

        asyncio.run(run())

    def test_counts_say_nothing_of_what_is_unreadable_or_hidden(self, tmp_path: Path) -> None:
        async def run() -> None:
            mine = [entry(n, "kiwi", folder=1, author_id=1) for n in (1, 2, 3)]
            others = [
                entry(n, "kiwi", folder=2, author_id=2, organisation_id=9, year=1999)
                for n in range(10, 60)
            ]
            alone = Counts(folders={1: 2}, authors={1: 2}, kinds={FileKind.PDF: 2}, years={2024: 2})
            async with self.opened(tmp_path, *mine, *others) as index:
                for folders in (Only(frozenset({1})), AllBut(frozenset({2}))):
                    answer = await found(
                        index, "kiwi", folders=folders, hidden={3, 11}, with_counts=True
                    )
                    assert (answer.total, answer.counts) == (2, alone)
                nothing = await found(index, "kiwi", folders=Only(NOTHING), with_counts=True)
                assert nothing == Found(0, ())

        asyncio.run(run())

    # Older texts

    def test_older_texts_are_looked_through_only_when_asked(self, tmp_path: Path) -> None:
        entries = (
            entry(1, "le budget voté", older="le projet provisoire de budget, comité de pilotage"),
            entry(2, "comité de pilotage provisoire", name="Projet"),
            entry(3, "le budget voté"),
        )
        # Without older texts, and with them.
        rows: dict[str, tuple[set[int], set[int]]] = {
            "provisoire": ({2}, {1, 2}),
            "provisoires": ({2}, {1, 2}),
            '"comité de pilotage"': ({2}, {1, 2}),
            '"voté le projet"': (set(), set()),
            "provis*": ({2}, {1, 2}),
            "budget provisoire": (set(), {1}),
            "budget -provisoire": ({1, 3}, {3}),
            'budget -"comité de pilotage"': ({1, 3}, {3}),
            "titre:projet": ({2}, {2}),
            "budget": ({1, 3}, {1, 3}),
        }

        async def run() -> None:
            async with self.opened(tmp_path, *entries) as index:
                for words, (current, with_older) in rows.items():
                    assert await numbers(index, words) == current, words
                    assert await numbers(index, words, with_older=True) == with_older, words
                assert await index.beginning("proje", within(Only(frozenset({1}))), 9) == (
                    "projet",
                )
                assert await index.beginning("provi", within(hidden={2}), 9) == ()
                assert await index.near("provisoire", within(), 9) == (2,)

        asyncio.run(run())

    # Beginnings of words

    def test_words_that_begin_so_come_as_people_write_them_most_frequent_first(
        self, tmp_path: Path
    ) -> None:
        entries = (
            entry(1, "La vaccination à l'école ; vaccinés"),
            entry(2, "la Vaccination, une école"),
            entry(3, "vacances", name="Vaccination.pdf"),
            entry(4, "vacances École"),
        )

        async def run() -> None:
            async with self.opened(tmp_path, *entries) as index:
                begun = await index.beginning("vac", within(), 9)
                assert begun == ("vaccination", "vacances", "vaccinés")
                assert await index.beginning("vac", within(), 1) == ("vaccination",)
                assert await index.beginning("eco", within(), 9) == ("école",)
                assert await index.beginning("vaccinations", within(), 9) == ()
                narrowed = await index.beginning("vac", within(hidden={1, 2}), 9)
                assert narrowed == ("vacances", "vaccination")

        asyncio.run(run())

    def test_beginnings_and_near_words_say_nothing_of_what_one_may_not_read(
        self, tmp_path: Path
    ) -> None:
        dice = random.Random(11)
        syllables = ("va", "vac", "ci", "né", "cha", "lon", "ge")
        words = ["".join(dice.choices(syllables, k=3)) for _ in range(120)]
        entries = [entry(n, " ".join(dice.choices(words, k=8)), folder=n % 4) for n in range(60)]

        async def run() -> None:
            mine = [each for each in entries if each.folder == 3 and each.document not in (3, 7)]
            async with (
                self.opened(tmp_path / "all", *entries) as index,
                self.opened(tmp_path / "mine", *mine) as alone,
            ):
                for folders in (Only(frozenset({3})), AllBut(frozenset({0, 1, 2}))):
                    rights = within(folders, hidden={3, 7})
                    for start in ("va", "vac", "vaci", "ch", "ge", "lon"):
                        for limit in (1, 5, 40):
                            said = await index.beginning(start, rights, limit)
                            assert said == await alone.beginning(start, within(), limit)
                    for word in words[:30]:
                        near = await index.near(word, rights, 9)
                        assert near == await alone.near(word, within(), 9)
                assert await alone.beginning("va", within(), 9)

        asyncio.run(run())

    # Near spellings

    def test_near_words_are_one_edit_away_and_two_in_long_words(self, tmp_path: Path) -> None:
        entries = (
            entry(1, "grippe"),
            entry(2, "vaccination"),
            entry(3, "kiwi"),
            entry(4, "xylo", name="Coordination"),
            entry(5, "grappe"),
        )
        rows = {
            "grippe": (1, 5),
            "grippes": (1,),
            "gripe": (1,),
            "geippe": (1,),
            "girppe": (1,),
            "gripep": (1,),
            "grappes": (5,),
            "griffe": (),
            "kiwo": (),
            "kiwi": (3,),
            "vacination": (2,),
            "vacciantion": (2,),
            "vacinnation": (2,),
            "vaicnation": (2,),
            "vaicnatoin": (),
            "accinatio": (2,),
            "coordinatoin": (4,),
            "zzzzzzzzzzz": (),
        }

        async def run() -> None:
            async with self.opened(tmp_path, *entries) as index:
                for spelled, expected in rows.items():
                    assert await index.near(spelled, within(), 9) == expected, spelled

        asyncio.run(run())

    def test_the_nearest_come_first_and_only_readable_ones(self, tmp_path: Path) -> None:
        entries = (
            entry(1, "vaccinations", folder=1),
            entry(2, "vaccination", folder=1),
            entry(3, "vacinations", folder=1),
            entry(4, "vaccination", folder=2),
        )

        async def run() -> None:
            async with self.opened(tmp_path, *entries) as index:
                assert await index.near("vaccination", within(), 9) == (2, 4, 1, 3)
                assert await index.near("vaccination", within(), 2) == (2, 4)
                mine = within(Only(frozenset({1})), hidden={2})
                assert await index.near("vaccination", mine, 9) == (1, 3)
                assert await index.near("vaccination", within(Only(NOTHING)), 9) == ()

        asyncio.run(run())

    # Against an oracle

    def test_random_bounds_orders_and_counts_answer_as_an_oracle_does(self, tmp_path: Path) -> None:
        dice = random.Random(20_240_604)
        entries = [_random_entry(dice, n) for n in range(80)]

        async def run() -> None:
            async with self.opened(tmp_path) as index:
                for number, start in enumerate(range(0, 80, 16), 1):
                    await index.apply(entries[start : start + 16], NOTHING, number)
                for _ in range(QUESTIONS):
                    await _assert_as_the_oracle(index, entries, dice)

        asyncio.run(run())

    def test_documents_replaced_again_and_again_are_each_there_once(self, tmp_path: Path) -> None:
        dice = random.Random(5)
        standing: dict[int, Entry] = {}

        async def run() -> None:
            async with self.opened(tmp_path) as index:
                for number in range(1, 60):
                    batch = [_random_entry(dice, dice.randrange(40)) for _ in range(3)]
                    changed = {each.document: each for each in batch}
                    gone = frozenset(dice.sample(range(40), 2)) - changed.keys()
                    await index.apply(list(changed.values()), gone, number)
                    standing.update(changed)
                    for document in gone:
                        standing.pop(document, None)
                    answer = await found(index, "-absent", limit=99, with_counts=True)
                    assert sorted(answer.documents) == sorted(standing)
                    assert answer.counts == _divided(standing.values())
                assert await index.applied() == number
                for word in VOCABULARY:
                    held = {n for n, each in standing.items() if word in each.text.split()}
                    assert await numbers(index, word) == held

        asyncio.run(run())

    def test_a_reader_that_slept_through_many_commits_sees_the_last(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "kiwi")) as index:
                sleeper = self.open(tmp_path)
                assert await numbers(sleeper, "kiwi") == {1}
                for number in range(2, 40):
                    gone = frozenset({number - 1})
                    await index.apply([entry(number, "kiwi")], gone, number)
                assert (await numbers(sleeper, "kiwi"), await sleeper.applied()) == ({39}, 39)
                await sleeper.close()

        asyncio.run(run())


def _random_entry(dice: random.Random, document: int) -> Entry:
    return entry(
        document,
        " ".join(dice.sample(VOCABULARY, dice.randint(1, 4))),
        older=" ".join(dice.sample(VOCABULARY, dice.randint(0, 3))),
        folder=dice.randrange(10),
        media_type=dice.choice(list(_KINDS)),
        changed_at=MONDAY + dice.randrange(6) * _DAY,
        year=dice.choice((2022, 2023, 2024)),
        author_id=dice.randint(1, 5),
        organisation_id=dice.randint(0, 3),
    )


def _maybe(dice: random.Random, values: Iterable[int]) -> int | None:
    return dice.choice(list(values)) if dice.random() < 0.3 else None


def _is_within(each: Entry, bounds: Bounds) -> bool:
    return (
        bounds.organisation in (None, each.organisation_id)
        and bounds.author in (None, each.author_id)
        and bounds.kind in (None, _KINDS[each.media_type])
        and bounds.year in (None, each.year)
    )


async def _assert_as_the_oracle(index: Index, entries: list[Entry], dice: random.Random) -> None:
    """Ask something at random, and look through the entries one by one for the same."""
    some = frozenset(dice.sample(range(10), dice.randint(0, 10)))
    rights: tuple[FolderFilter, ...] = (Only(some), AllBut(some), ANY)
    folders = dice.choice(rights)
    hidden = frozenset(dice.sample(range(80), dice.randint(0, 20)))
    with_older = dice.random() < 0.5
    bounds = Bounds(
        organisation=_maybe(dice, range(4)),
        author=_maybe(dice, range(1, 6)),
        kind=dice.choice([None, None, *_KINDS.values()]),
        year=_maybe(dice, (2022, 2023, 2024)),
    )
    words = dice.sample(VOCABULARY, dice.randint(1, 5))
    at = dice.randint(1, len(words))
    wanted, without = set(words[:at]), set(words[at:])

    def held(each: Entry) -> set[str]:
        return {*each.text.split(), *(each.older.split() if with_older else ())}

    def is_readable(each: Entry) -> bool:
        is_in = folders == ANY or (each.folder in some) == isinstance(folders, Only)
        return is_in and each.document not in hidden

    seen = [
        each
        for each in entries
        if is_readable(each) and _is_within(each, bounds) and not held(each) & without
    ]
    whole = [each for each in seen if wanted <= held(each)]
    is_partial = not whole and at > 1
    if is_partial:
        whole = [each for each in seen if len(wanted & held(each)) >= ceil(at / 2)]
    asked = " ".join([*words[:at], *(f"-{word}" for word in words[at:])])
    answer = await found(
        index,
        asked,
        folders=folders,
        hidden=hidden,
        limit=99,
        bounds=bounds,
        sort=Sort.NEWEST,
        with_older=with_older,
        with_counts=True,
    )
    newest = sorted(whole, key=lambda each: (-each.changed_at.timestamp(), each.document))
    assert answer.documents == tuple(each.document for each in newest)
    assert (answer.total, answer.is_partial) == (len(whole), is_partial and bool(whole))
    assert answer.counts == _divided(whole)
