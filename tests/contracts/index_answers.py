"""What every index engine must answer: rights, matching, order. `IndexContract` includes it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any, ClassVar

from atelier.search import open_engine
from atelier.search.contract import AllBut, Ask, Entry, FolderFilter, Found, Index, Only, Within
from atelier.search.grammar import parse
from tests.counts import times

ANY = AllBut(frozenset())
NOTHING: frozenset[int] = frozenset()
MONDAY = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
PDF = "application/pdf"
QUESTIONS = times(150, 2_000)
# Words without inflection, so that an oracle need not know French.
VOCABULARY = ("xylo", "kiwi", "zebu", "judo", "kapok", "tofu")
_PIECES = (
    *(
        "kiwi",
        "zebu",
        "ki*",
        "l'",
        "-",
        "*",
        '"',
        ":",
        "OR",
        "été",
        "rendez-vous",
        "a-t-il",
        "ʼ",
        "ﬁ",
    ),
    *("titre:", "par:", "type:pdf", "avant:2024-06", "après:2023", "dossier:x", "\x00", "\u0301"),
)


def entry(
    document: int,
    text: str,
    *,
    name: str = "",
    folder: int = 1,
    language: str = "fr",
    media_type: str = PDF,
    changed_at: datetime = MONDAY,
    year: int | None = None,
    author: str = "",
    author_id: int = 1,
    organisation: str = "",
    organisation_id: int = 0,
    older: str = "",
) -> Entry:
    """A document as it is indexed; its year is that of `changed_at` unless another is said."""
    return Entry(
        document=document,
        version=1,
        folder=folder,
        name=name,
        media_type=media_type,
        language=language,
        changed_at=changed_at,
        year=changed_at.year if year is None else year,
        author=author,
        author_id=author_id,
        organisation=organisation,
        organisation_id=organisation_id,
        text=text,
        older=older,
    )


def within(folders: FolderFilter = ANY, hidden: Iterable[int] = ()) -> Within:
    """These rights; every folder and nothing hidden unless said."""
    return Within(folders, frozenset(hidden))


async def found(
    index: Index,
    words: str,
    *,
    folders: FolderFilter = ANY,
    hidden: Iterable[int] = (),
    offset: int = 0,
    limit: int = 50,
    **asked: Any,
) -> Found:
    """What these words find; `asked` is what else an `Ask` takes (`bounds`, `sort`…)."""
    rights = within(folders, hidden)
    return await index.find(Ask(parse(words), rights, offset=offset, limit=limit, **asked))


async def numbers(index: Index, words: str, **asked: Any) -> set[int]:
    """The documents these words find when all of them are there; none when only most are."""
    answer = await found(index, words, **asked)
    return set() if answer.is_partial else set(answer.documents)


class AnswersContract:
    """What queries find, whoever wrote the index; `scheme` is the engine's."""

    scheme: ClassVar[str]

    def open(self, folder: Path, installation: str = "") -> Index:
        """The index of this test, which stands in `folder / "index"`; not touched yet."""
        return open_engine(self.scheme, folder / "index", installation)

    @asynccontextmanager
    async def opened(self, folder: Path, *entries: Entry) -> AsyncIterator[Index]:
        """A new index with these entries, at number 1."""
        index = self.open(folder)
        try:
            await index.reset()
            if entries:
                await index.apply(entries, NOTHING, 1)
            yield index
        finally:
            await index.close()

    # Rights

    def test_only_readable_folders_answer(self, tmp_path: Path) -> None:
        async def run() -> None:
            entries = [entry(n, "budget", folder=n) for n in range(1, 6)]
            async with self.opened(tmp_path, *entries) as index:
                for folders, expected in (
                    (Only(frozenset({1, 4})), {1, 4}),
                    (Only(frozenset({77})), set()),
                    (Only(NOTHING), set()),
                    (AllBut(frozenset({1, 4})), {2, 3, 5}),
                    (AllBut(frozenset({77})), {1, 2, 3, 4, 5}),
                    (AllBut(NOTHING), {1, 2, 3, 4, 5}),
                ):
                    answer = await found(index, "budget", folders=folders)
                    assert set(answer.documents) == expected
                    assert answer.total == len(expected)
                    assert await numbers(index, "-xylo", folders=folders) == expected

        asyncio.run(run())

    def test_10000_unreadable_matches_do_not_hide_3_readable_ones(self, tmp_path: Path) -> None:
        async def run() -> None:
            unreadable = [entry(n, "budget", name="budget", folder=7) for n in range(10_000)]
            readable = [
                entry(n, "un budget parmi d'autres", folder=8) for n in range(20_000, 20_003)
            ]
            async with self.opened(tmp_path, *unreadable, *readable) as index:
                for folders in (Only(frozenset({8})), AllBut(frozenset({7}))):
                    answer = await found(index, "budget", folders=folders, limit=10)
                    assert answer == Found(3, (20_000, 20_001, 20_002))
                assert (await found(index, "budget")).total == 10_003

        asyncio.run(run())

    def test_a_hidden_document_is_neither_found_nor_counted(self, tmp_path: Path) -> None:
        async def run() -> None:
            entries = [entry(n, "budget") for n in range(1, 5)]
            async with self.opened(tmp_path, *entries) as index:
                for words in ("budget", "budg*", "-xylo", '"budget"', "budhet"):
                    answer = await found(index, words, hidden={2, 3, 99})
                    assert (answer.total, set(answer.documents)) == (2, {1, 4})

        asyncio.run(run())

    def test_words_of_unreadable_documents_take_no_place_of_a_prefix(self, tmp_path: Path) -> None:
        async def run() -> None:
            crowd = [entry(n, f"vac{n:04} vac{n:04}", folder=7) for n in range(100)]
            async with self.opened(tmp_path, *crowd, entry(500, "vacciner", folder=8)) as index:
                assert await numbers(index, "vac*", folders=Only(frozenset({8}))) == {500}
                assert await numbers(index, "vac*", folders=AllBut(frozenset({7}))) == {500}

        asyncio.run(run())

    def test_what_is_unreadable_does_not_decide_whether_words_are_loosened(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path, entry(1, "kiwi zebu", folder=7), entry(2, "kiwi", folder=8)
            ) as index:
                answer = await found(index, "kiwi zebu", folders=Only(frozenset({8})))
                assert answer == Found(1, (2,), is_partial=True)
                assert await numbers(index, "kiwi zebu") == {1}

        asyncio.run(run())

    def test_random_rights_and_queries_answer_as_an_oracle_does(self, tmp_path: Path) -> None:
        dice = random.Random(20_240_603)
        texts = {n: set(dice.sample(VOCABULARY, dice.randint(1, 4))) for n in range(60)}

        def expected(wanted: set[str], without: set[str], seen: set[int]) -> tuple[set[int], bool]:
            held = {n for n in seen if not texts[n] & without}
            whole = {n for n in held if wanted <= texts[n]}
            if whole or len(wanted) < 2:
                return whole, False
            most = {n for n in held if len(wanted & texts[n]) >= ceil(len(wanted) / 2)}
            return most, bool(most)

        async def run() -> None:
            entries = [entry(n, " ".join(texts[n]), folder=n % 10) for n in texts]
            async with self.opened(tmp_path, *entries) as index:
                for _ in range(QUESTIONS):
                    some = frozenset(dice.sample(range(10), dice.randint(0, 10)))
                    is_only = dice.random() < 0.5
                    hidden = frozenset(dice.sample(range(60), dice.randint(0, 20)))
                    words = dice.sample(VOCABULARY, dice.randint(1, 5))
                    at = dice.randint(1, len(words))
                    seen = {n for n in texts if (n % 10 in some) == is_only} - hidden
                    asked = " ".join([*words[:at], *(f"-{word}" for word in words[at:])])
                    folders = Only(some) if is_only else AllBut(some)
                    answer = await found(index, asked, folders=folders, hidden=hidden, limit=60)
                    whole, is_partial = expected(set(words[:at]), set(words[at:]), seen)
                    assert (set(answer.documents), answer.total) == (whole, len(whole))
                    assert answer.is_partial == is_partial

        asyncio.run(run())

    # Matching

    def test_words_negation_and_names_are_judged_on_the_whole_document(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "page une\npage sept : vaccination", name="Budget 2024.pdf"),
                entry(2, "vaccination provisoire", name="Budget.pdf"),
            ) as index:
                assert await numbers(index, "budget vaccination") == {1, 2}
                assert await numbers(index, "budget vaccination -provisoire") == {1}
                assert await numbers(index, "vaccination -titre:2024") == {2}
                assert await numbers(index, "titre:vaccination") == set()

        asyncio.run(run())

    def test_each_rule_of_the_grammar_finds_what_it_says(self, tmp_path: Path) -> None:
        html, old = "text/html", datetime(2022, 12, 31, 23, 59, tzinfo=UTC)
        new_year = datetime(2023, 1, 1, tzinfo=UTC)
        entries = (
            entry(1, "le bon de commande", author="Anne Martin", organisation="Mairie d'Argentan"),
            entry(
                2,
                "une commande, un bon",
                changed_at=new_year,
                author="Paul Roy",
                media_type=html,
                name="Bons",
            ),
            entry(3, "bon commande du C.P.T.S.", changed_at=old),
        )
        rules = {
            "bon commande": {1, 2, 3},
            '"bon de commande"': {1},
            '"bon à commande"': {1},
            '"bon commande"': {3},
            '-"bon de commande" bon': {2, 3},
            "cpts OR roy OR commande": {1, 2, 3},
            "comm*": {1, 2, 3},
            "par:anne": {1},
            'par:"Anne Martin"': {1},
            'par:"Martin Anne"': set(),
            "-par:anne bon": {2, 3},
            "structure:argentan": {1},
            "titre:bon": {2},
            "type:pdf": {1, 3},
            "-type:pdf": {2},
            "type:html OR type:pdf": {1, 2, 3},
            "avant:2023": {3},
            "après:2023": {1, 2},
            "après:2022-12-31 avant:2023": {3},
            "bon avant:2023 type:html": set(),
            "cpts": {3},
            "le": set(),
            "": set(),
        }

        async def run() -> None:
            async with self.opened(tmp_path, *entries) as index:
                for words, expected in rules.items():
                    assert await numbers(index, words) == expected, words

        asyncio.run(run())

    def test_each_language_is_searched_by_its_own_stems(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "the meetings were postponed", language="en"),
                entry(2, "les réunions sont reportées", language="fr"),
                entry(3, "zqworks", language=""),
            ) as index:
                assert await numbers(index, "meeting") == {1}
                assert await numbers(index, "réunion reporté") == {2}
                assert await numbers(index, "zqworks") == {3}
                assert await numbers(index, "zqwork") == set()

        asyncio.run(run())

    def test_when_no_document_has_all_the_words_those_with_most_answer(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path, entry(1, "xylo kiwi zebu"), entry(2, "xylo"), entry(3, "kiwi zebu judo")
            ) as index:
                assert await found(index, "xylo kiwi zebu") == Found(1, (1,))
                partial = await found(index, "xylo kiwi zebu tofu")
                assert (partial.is_partial, set(partial.documents)) == (True, {1, 3})
                assert partial.documents[0] == 1
                assert (await found(index, "xylo tofu -kiwi")).documents == (2,)
                assert await found(index, '"zebu kiwi" xylo') == Found(0, ())

        asyncio.run(run())

    def test_one_mistyped_word_finds_its_nearest_spelling(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path, entry(1, "la vaccination"), entry(2, "kiwi"), entry(3, "grippe")
            ) as index:
                for mistyped, expected in (
                    ("vacination", (1,)),
                    ("vacinnation", (1,)),
                    ("gripe", (3,)),
                    ("geippe", (3,)),
                    ("gribbe", ()),
                    ("kiwo", ()),
                ):
                    answer = await found(index, mistyped)
                    assert (answer.documents, answer.is_partial) == (expected, bool(expected))
                assert not (await found(index, "vaccination")).is_partial

        asyncio.run(run())

    def test_mistyped_words_among_several_and_all_of_them_find_what_was_meant(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "la permanence des soins est assurée"),
                entry(2, "la vaccination est une permanence"),
                entry(3, "les soins palliatifs"),
            ) as index:
                for words in ("permanance soins", "permanense soinss assuree", "permanance soinz"):
                    answer = await found(index, words)
                    assert (answer.documents[0], answer.is_partial) == (1, True)
                assert (await found(index, "permanance soins")).total == 1
                assert await found(index, "permanance -soins") == Found(1, (2,), is_partial=True)
                assert (await found(index, 'permanance "des soins"')).documents == (1,)

        asyncio.run(run())

    def test_only_words_that_nothing_readable_holds_are_spelled_otherwise(
        self, tmp_path: Path
    ) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "le budget du directeur", folder=1),
                entry(2, "chaque budgut", folder=2),
            ) as index:
                hers = await found(index, "budgut directeur", folders=Only(frozenset({1})))
                assert hers == Found(1, (1,), is_partial=True)
                everywhere = await found(index, "budgut directeur")
                assert (set(everywhere.documents), everywhere.is_partial) == ({1, 2}, True)
                assert (await found(index, "budgut")).documents == (2,)

        asyncio.run(run())

    def test_one_edit_is_enough_where_it_finds_something(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "une vaccination"),
                entry(2, "une vacinatoin"),
                entry(3, "vacinattoin"),
            ) as index:
                for words in ("vacinatoim", "vacinatoim une"):
                    assert (await found(index, words)).documents == (2,)

        asyncio.run(run())

    def test_a_verb_is_found_in_its_other_forms_after_the_typed_one(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "une réunion tenue à la mairie"),
                entry(2, "tenir une réunion à la mairie"),
                entry(3, "la charte paraphée"),
                entry(4, "réunion", name="Tient.pdf"),
            ) as index:
                answer = await found(index, "tenir mairie")
                assert (answer.documents, answer.is_partial) == ((2, 1), False)
                assert (await found(index, "parapher charte")).documents == (3,)
                assert await numbers(index, "titre:tenir") == {4}
                assert await numbers(index, "réunion -tenir") == set()
                assert await numbers(index, '"tenir une réunion"') == {2}

        asyncio.run(run())

    def test_no_query_ends_in_an_error(self, tmp_path: Path) -> None:
        dice = random.Random(7)
        hostile = [
            "*" * 10_240,
            "a* " * 3_000,
            " OR ".join(["kiwi"] * 2_000),
            '"' * 999,
            "NEAR(kiwi text:x) AND [a TO b] ^9 ~2 \\ {",
            "kiwi\x00\ud800 \ufffe",
            "x" * 100_000,
            'type: titre:"" avant:9999-99 dossier:*',
            *("".join(map(chr, range(at, at + 200))) for at in range(0, 0x11_0000, 0x3001)),
            *(" ".join(dice.choices(_PIECES, k=dice.randint(1, 40))) for _ in range(QUESTIONS)),
            *("".join(dice.choices(_PIECES, k=dice.randint(1, 40))) for _ in range(QUESTIONS)),
        ]

        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "kiwi"), entry(2, "zebu")) as index:
                for words in hostile:
                    answer = await found(index, words)
                    assert set(answer.documents) <= {1, 2}
                    assert answer.total == len(answer.documents)

        asyncio.run(run())

    # Order and windows

    def test_a_name_and_the_word_as_typed_come_first(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(
                tmp_path,
                entry(1, "le budget du pays est voté"),
                entry(2, "le pays est voté", name="Budget"),
                entry(3, "les budgets du pays sont votés"),
            ) as index:
                assert (await found(index, "budget")).documents == (2, 1, 3)

        asyncio.run(run())

    def test_pages_follow_each_other_without_gap_or_repeat(self, tmp_path: Path) -> None:
        async def run() -> None:
            order = list(range(1, 121))
            random.Random(3).shuffle(order)
            async with self.opened(tmp_path) as index:
                for number, start in enumerate(range(0, 120, 30), 1):
                    batch = [entry(n, "kiwi " * (1 + n % 3)) for n in order[start : start + 30]]
                    await index.apply(batch, NOTHING, number)
                for words in ("kiwi", "-zebu", "kiwi OR zebu", "kiwo OR kiw*"):
                    whole = (await found(index, words, limit=500)).documents
                    assert sorted(whole) == list(range(1, 121))
                    for size in (1, 7, 50):
                        parts = [
                            (await found(index, words, offset=at, limit=size)).documents
                            for at in range(0, 120, size)
                        ]
                        assert tuple(n for part in parts for n in part) == whole
                same = (await found(index, "-zebu", limit=500)).documents
                assert same == tuple(range(1, 121))

        asyncio.run(run())

    def test_where_no_words_are_wanted_the_newest_come_first(self, tmp_path: Path) -> None:
        async def run() -> None:
            days = {1: 3, 2: 9, 3: 6, 4: 9}
            entries = [
                entry(n, "kiwi", changed_at=datetime(2024, 5, day, tzinfo=UTC))
                for n, day in days.items()
            ]
            async with self.opened(tmp_path, *entries) as index:
                for words in ("-zebu", "type:pdf", "après:2024", "-zebu après:2023"):
                    assert (await found(index, words)).documents == (2, 4, 3, 1), words
                assert (await found(index, "kiwi -zebu")).documents == (1, 2, 3, 4)

        asyncio.run(run())

    def test_a_window_beyond_the_end_is_empty_and_still_counts(self, tmp_path: Path) -> None:
        async def run() -> None:
            async with self.opened(tmp_path, entry(1, "kiwi"), entry(2, "kiwi")) as index:
                for offset, limit in ((2, 10), (10**18, 10), (0, 0)):
                    assert await found(index, "kiwi", offset=offset, limit=limit) == Found(2, ())
                everything = await found(index, "kiwi", limit=10**18)
                assert everything == Found(2, (1, 2))

        asyncio.run(run())
