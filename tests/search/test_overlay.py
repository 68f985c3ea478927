"""One document looked through by itself: the same verdict as an index that has it."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atelier.model.glossary import GlossaryTerm
from atelier.model.ids import GlossaryTermId, PersonId
from atelier.model.search import FileKind
from atelier.search import open_engine
from atelier.search.contract import AllBut, Ask, Bounds, Entry, Within
from atelier.search.effort import Effort, of_analysis
from atelier.search.glossary import widen
from atelier.search.grammar import Query, parse
from atelier.search.overlay import Overlay, answers
from tests.contracts.index_answers import entry
from tests.counts import times

ANYWHERE = Within(AllBut(frozenset()))
QUERIES = times(400, 5_000)
WORDS = (
    "vaccination", "vaccinations", "vacciner", "santé", "sante", "maisons", "maison", "de", "la",
    "l'hôpital", "hôpitaux", "rendez-vous", "rendezvous", "C.L.S.", "cls", "œuvre", "oeuvres",
    "meeting", "meetings", "2024", "contrat", "local", "d'été", "etes", "aujourd'hui", "Ärzte",
    "tenir", "tiennent", "vu", "voient", "validée",
)  # fmt: skip
FIELDS = ("", "", "", "", "titre:", "par:", "structure:", "-", "-titre:", "-type:", "type:")
NAMES = ("Awa Diop", "Béa Lemaire", "Centre hospitalier", "Mairie d'Argentan")
TYPES = ("application/pdf", "text/plain", "application/msword", "message/rfc822")
GLOSSARY = (
    GlossaryTerm(
        GlossaryTermId(1),
        "CLS",
        ("contrat local de santé", "maison"),
        PersonId(1),
        "Awa",
        datetime(2026, 1, 1, tzinfo=UTC),
    ),
)


def document(chance: random.Random, number: int) -> Entry:
    """A document of some of the words, in some language."""

    def some(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(0, most)))

    year = chance.choice((2022, 2023, 2024))
    return entry(
        number,
        some(9),
        name=some(3),
        language=chance.choice(("fr", "fr", "en", "de", "")),
        media_type=chance.choice(TYPES),
        changed_at=datetime(year, chance.randint(1, 12), 1, tzinfo=UTC),
        author=chance.choice(NAMES),
        author_id=chance.randint(1, 3),
        organisation=chance.choice(("", *NAMES)),
        organisation_id=chance.randint(0, 2),
        older=some(4),
    )


def typed(chance: random.Random) -> str:
    """A query of every part of the grammar."""
    pieces = []
    for _ in range(chance.randint(1, 4)):
        form = chance.randrange(6)
        words = [*WORDS, *" ".join(NAMES).split()]
        if form == 0:
            said = f'"{" ".join(chance.choices(words, k=chance.randint(1, 3)))}"'
        elif form == 1:
            said = f"{chance.choice(words)[: chance.randint(2, 5)]}*"
        elif form == 2:
            pieces.append(
                chance.choice(("OR", "avant:2023-06", "après:2023", "type:pdf", "-type:texte"))
            )
            continue
        else:
            said = chance.choice(words)
        pieces.append(chance.choice(FIELDS) + said)
    return " ".join(pieces)


def bounds(chance: random.Random) -> Bounds:
    """Mostly none."""
    if chance.random() < 0.7:
        return Bounds()
    return Bounds(
        organisation=chance.choice((None, 1)),
        author=chance.choice((None, 2)),
        kind=chance.choice((None, FileKind.TEXT)),
        year=chance.choice((None, 2023)),
    )


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_it_says_of_each_document_what_an_index_says(engine: str, tmp_path: Path) -> None:
    chance = random.Random(f"overlay {engine}")
    entries = [document(chance, number) for number in range(1, 61)]

    async def run() -> None:
        index = open_engine(engine, tmp_path / "index", "")
        await index.reset()
        await index.apply(entries, frozenset(), 1)
        for _ in range(QUERIES):
            words, bound, older = typed(chance), bounds(chance), chance.random() < 0.3
            query = parse(words)
            if chance.random() < 0.5:
                query, _ = widen(query, GLOSSARY)
            found = await index.find(Ask(query, ANYWHERE, bound, limit=100, with_older=older))
            overlays = [Overlay(one, with_older=older) for one in entries]
            said = {one.entry.document for one in overlays if one.answers(query, bound)}
            asked = (words, query, bound, older)
            if not found.is_partial:
                assert said == set(found.documents), asked
                continue
            assert said == set(), asked
            # A word that nothing holds is also looked for nearly so, which an overlay does not.
            if all(any(one.answers(alone, Bounds()) for one in overlays) for alone in _each(query)):
                mostly = {
                    one.entry.document
                    for one in overlays
                    if one.answers(query, bound, is_mostly=True)
                }
                assert mostly == set(found.documents), asked
        await index.close()

    asyncio.run(run())


def _each(query: Query) -> list[Query]:
    """Each thing that is wanted, by itself."""
    return [Query((clause,)) for clause in query.clauses if not clause.is_excluded]


def test_a_query_for_nothing_finds_nothing_and_bounds_alone_are_enough() -> None:
    one = entry(1, "la navette", media_type="application/pdf", author="Awa Diop", author_id=4)
    for words in ("", "de la", '"le"', "OR", "-", '""'):
        assert not answers(parse(words), Bounds(), one), words
    assert answers(parse("type:pdf"), Bounds(), one)
    assert not answers(parse("type:texte"), Bounds(), one)
    assert answers(parse("navettes"), Bounds(author=4, kind=FileKind.PDF), one)
    assert not answers(parse("navettes"), Bounds(author=5), one)
    assert not answers(parse("navettes"), Bounds(kind=FileKind.MAIL), one)
    assert not answers(parse("navettes"), Bounds(year=1999), one)


def test_older_texts_count_only_when_they_are_asked_for() -> None:
    one = entry(1, "la navette", older="le budget")
    assert not answers(parse("budget"), Bounds(), one)
    assert answers(parse("budget"), Bounds(), one, with_older=True)
    assert not answers(parse("navette -budget"), Bounds(), one, with_older=True)
    assert answers(parse("navette -budget"), Bounds(), one)


def test_a_text_is_analysed_once_for_any_number_of_queries() -> None:
    effort = Effort()
    one = Overlay(entry(1, "la navette vote le budget " * 1_000), effort=effort)
    assert one.answers(parse("navette"), Bounds())
    left = effort.left
    for words in ("budget", '"navette vote"', "budg*", "navette -budget", "absent", "budget"):
        one.answers(parse(words), Bounds())
    text = one.entry.text
    assert left - effort.left < of_analysis(text) < 50_000_000 - left


def test_what_stands_nowhere_is_known_without_any_analysis() -> None:
    text = "la navette vote le budget " * 1_000
    effort = Effort(10 * len(text))
    one = Overlay(entry(1, text), effort=effort)
    for words in ("absent", "navette absent", '"absent navette"', "abse*", "absent OU nul"):
        assert one.answers(parse(words), Bounds()) is False, words
    assert one.answers(parse("absent nul"), Bounds(), is_mostly=True) is False


def test_beyond_the_effort_nobody_knows() -> None:
    text = "la navette vote le budget " * 1_000
    one = Overlay(entry(1, text, name="pitaya.txt"), effort=Effort(of_analysis(text) - 1))
    assert one.answers(parse("navette"), Bounds()) is None
    assert one.answers(parse("navette"), Bounds(year=1999)) is False
    assert one.answers(parse("titre:pitaya"), Bounds()) is True, "names cost nothing"


def test_a_phrase_is_found_once_more_where_its_words_repeat() -> None:
    alike = "vab " * 20_000
    many = f'"{"vab " * 200}vac"'
    assert answers(parse(many), Bounds(), entry(1, alike)) is False
    assert answers(parse(many), Bounds(), entry(1, f"{alike} vac"))
    assert answers(parse('"vab vac"'), Bounds(), entry(1, f"{alike} vac"))
    assert not answers(parse('"vac vab vab"'), Bounds(), entry(1, f"vac {alike[:4]}"))


RARELY_WRITTEN = (
    (f"contrazt{' ' * 2_000}localzt et ｂｕｄｚｅｔ", '"contrazt localzt"'),
    ("contrazt localzt et ｂｕｄｚｅｔ", "budzet"),
    ("contrazt" + "\n" * 1_600 + "localzt", '"contrazt localzt"'),
    ("le 𝐛𝐮𝐝𝐠𝐞𝐭 du site", "budget"),
    ("un ĳsbeer blanc", "ijsbeer"),
    ("un ĳsbeer blanc", '"ijsbeer blanc"'),
    ("un ĳsbeer blanc", "ijsb*"),
    ("un ᵇudget", "budget"),
    ("des \u212aelvins", "kelvins"),
    ("la rue １２３", "123"),
    ("½0 de budget", "120"),
    ("s\u0301\u0301\u0301\u0301ante", "sante"),
    ("s\u00ad\u00ad\u00ad\u00adante", "sante"),
    ("san-\n            té", "sante"),
    ("san-       \r\nté", "sante"),
    ("der Fußball und aßt", "fussball"),
    ("asßt", "assst"),
    ("þing", "thing"),
    ("lʼeau", "eau"),
)


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_it_says_so_of_what_is_rarely_written_so(engine: str, tmp_path: Path) -> None:
    async def run() -> None:
        index = open_engine(engine, tmp_path / "index", "")
        await index.reset()
        entries = [entry(number, text) for number, (text, _) in enumerate(RARELY_WRITTEN, 1)]
        await index.apply(entries, frozenset(), 1)
        for one, (_, words) in zip(entries, RARELY_WRITTEN, strict=True):
            found = await index.find(Ask(parse(words), ANYWHERE, limit=100))
            assert one.document in found.documents and not found.is_partial, words
            query = parse(words)
            said = {other.document for other in entries if answers(query, Bounds(), other)}
            assert said == set(found.documents), words
        await index.close()

    asyncio.run(run())
