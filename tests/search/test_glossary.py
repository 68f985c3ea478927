"""Queries widened by the glossary: what is added to what, how much, and in which order it answers.

The terms are those of a network of health; the query language is `grammar`'s.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atelier.model.glossary import GlossaryTerm
from atelier.model.ids import GlossaryTermId, PersonId
from atelier.model.search import Widened
from atelier.search import open_engine
from atelier.search.contract import AllBut, Ask, Entry, Found, Within
from atelier.search.glossary import MAX_ALTERNATIVES, key_of, widen
from atelier.search.grammar import MAX_TERMS, Form, Query, Term, parse
from atelier.search.snippets import best_pages

MONDAY = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)


def glossary(*lines: str) -> tuple[GlossaryTerm, ...]:
    """Terms of lines « CLS = contrat local de santé ; contrat santé »."""
    return tuple(
        GlossaryTerm(
            GlossaryTermId(number),
            line.partition("=")[0].strip(),
            tuple(meaning.strip() for meaning in line.partition("=")[2].split(";")),
            PersonId(1),
            "Marie",
            MONDAY,
        )
        for number, line in enumerate(lines, 1)
    )


NETWORK = glossary(
    "CLS = contrat local de santé",
    "CPTS = communauté professionnelle territoriale de santé",
    "SI = système d'information",
    "vieillissement = personnes âgées ; grand âge",
    "contrat = convention",
)


def widened(text: str, terms: tuple[GlossaryTerm, ...] = NETWORK) -> list[list[str]]:
    """The terms of each clause: what was typed, then `+` what was added, in quotes for a phrase."""
    query, _ = widen(parse(text), terms)
    return [[_shown(term) for term in clause.terms] for clause in query.clauses]


def _shown(term: Term) -> str:
    text = f'"{term.text}"' if term.form is Form.PHRASE else term.text
    return f"+{text}" if term.is_added else text


CLS = '+"contrat local de santé"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CLS", [["CLS", CLS]]),
        ("c.l.s. Argentan", [["c.l.s.", CLS], ["Argentan"]]),
        ("l'ÇLS", [["l'ÇLS", CLS]]),
        (
            "bilan contrat local de santé 2024",
            [["bilan"], ["contrat local de santé", '+"CLS"'], ["2024"]],
        ),
        ("contrats locaux de sante", [["contrats locaux de sante", '+"CLS"']]),
        ("le contrat, local: santé", [["le"], ["contrat, local: santé", '+"CLS"']]),
        ('"contrat local de santé"', [['"contrat local de santé"', '+"CLS"']]),
        ("contrat local", [["contrat", "+convention"], ["local"]]),
        ("budget OR cls", [["budget", "cls", CLS]]),
        ("cls cls", [["cls", CLS], ["cls", CLS]]),
        (
            "vieillissement",
            [["vieillissement", '+"personnes âgées"', '+"grand âge"']],
        ),
        ("grand âge", [["grand âge", "+vieillissement", '+"personnes âgées"']]),
        ("SI hôpital", [["SI", '+"système d\'information"'], ["hôpital"]]),
        ("systèmes d’information", [["systèmes"], ["d’information"]]),
        ("si les cl", [["si"], ["les"], ["cl"]]),
        ("titre:cls par:cls -cls cls*", [["cls"], ["cls"], ["cls"], ["cls"]]),
        (
            "contrat local -cls de santé",
            [["contrat", "+convention"], ["local"], ["cls"], ["de"], ["santé"]],
        ),
        ("contrat OR local de santé", [["contrat", "local", "+convention"], ["de"], ["santé"]]),
    ],
)
def test_each_rule_adds_what_it_says(text: str, expected: list[list[str]]) -> None:
    assert widened(text) == expected


def test_what_was_added_is_told_as_it_was_typed_and_written() -> None:
    _, told = widen(parse("C.L.S. contrat local de santé budget"), NETWORK)
    assert told == (
        Widened("C.L.S.", ("contrat local de santé",)),
        Widened("contrat local de santé", ("CLS",)),
    )


def test_nothing_widens_twice() -> None:
    terms = glossary("CLS = contrat local de santé", "contrat local de santé = CLSM ; pacte")
    assert widened("cls", terms) == [["cls", CLS]]
    everything = ["contrat local de santé", '+"CLS"', '+"CLSM"', "+pacte"]
    assert widened("contrat local de santé", terms) == [everything]
    assert widened("clsm", terms) == [["clsm", CLS, "+pacte"]]
    chained = glossary("un = deux", "deux2 = deux", "trois3 = deux2")
    assert widened("trois3", chained) == [["trois3", "+deux2"]]


def test_the_longest_run_counts_and_then_the_first() -> None:
    terms = glossary(
        "A1 = soins", "B2 = soins de ville", "C3 = ville d'Argentan", "D4 = offre de soins"
    )
    assert widened("soins de ville", terms) == [["soins de ville", '+"B2"']]
    assert widened("soins ville Argentan", terms) == [["soins ville", '+"B2"'], ["Argentan"]]
    assert widened("offre soins ville", terms) == [["offre soins", '+"D4"'], ["ville"]]


def test_no_more_is_added_than_the_bounds_allow() -> None:
    many = glossary("xy = " + " ; ".join(f"sens{letter}" for letter in "abcdefghijkl"))
    assert len(widened("xy", many)[0]) == 1 + MAX_ALTERNATIVES
    query, told = widen(parse("xy " * 40), many)
    assert sum(len(clause.terms) for clause in query.clauses) == MAX_TERMS
    assert not told
    query, told = widen(parse("mot " * 20 + "xy xy"), many)
    assert sum(len(clause.terms) for clause in query.clauses) == MAX_TERMS
    assert [len(one.also) for one in told] == [MAX_ALTERNATIVES, 2]


def test_bounds_of_the_query_stay() -> None:
    asked = parse("cls dossier:Plan -dossier:x type:pdf après:2023")
    query, _ = widen(asked, NETWORK)
    assert query.clauses != asked.clauses
    assert (query.folders, query.excluded_folders) == (asked.folders, asked.excluded_folders)
    assert (query.media_types, query.after) == (asked.media_types, asked.after)


@pytest.mark.parametrize("text", ["C.L.S.", "cls", "Çls", "l'CLS", "Cls "])
def test_twins_have_one_key(text: str) -> None:
    assert key_of(text) == "cls"
    assert key_of("Contrat  LOCAL de la sante") == key_of("contrat local, santé")
    assert key_of("SI") == "si"
    assert not key_of(" – ? ")


texts = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    (
        "cls",
        "C.L.S.",
        "contrat",
        "local",
        "de",
        "santé",
        "OR",
        '"',
        "-",
        "titre:",
        "si",
        "a-b",
        "vieil*",
    )
)
queries = st.lists(texts, max_size=30).map(" ".join)
terms_of_any = st.lists(
    st.tuples(texts, st.lists(texts, max_size=4)).map(
        lambda said: GlossaryTerm(
            GlossaryTermId(1), said[0], tuple(said[1]), PersonId(1), "", MONDAY
        )
    ),
    max_size=6,
).map(tuple)


@given(queries, terms_of_any)
@example("cls", glossary("CLS = cls ; C.L.S."))
@example("", NETWORK)
def test_anything_is_widened_within_the_bounds(text: str, terms: tuple[GlossaryTerm, ...]) -> None:
    asked = parse(text)
    query, told = widen(asked, terms)
    typed = sum(len(clause.terms) for clause in asked.clauses)
    assert sum(len(clause.terms) for clause in query.clauses) <= max(typed, MAX_TERMS)
    assert all(
        sum(t.is_added for t in clause.terms) <= MAX_ALTERNATIVES for clause in query.clauses
    )
    assert sum(len(one.also) for one in told) == sum(
        term.is_added for clause in query.clauses for term in clause.terms
    )
    before = [clause for clause in asked.clauses if clause.is_excluded]
    assert [clause for clause in query.clauses if clause.is_excluded] == before
    assert _typed(query) == _typed(asked)
    assert (query == asked) is (not told)
    assert widen(query, terms) == (query, ())


def _typed(query: Query) -> list[str]:
    """Every word that was typed, in order."""
    terms = [term for clause in query.clauses for term in clause.terms if not term.is_added]
    return " ".join(term.text for term in terms).split()


@given(queries)
def test_nothing_changes_when_nothing_is_known(text: str) -> None:
    assert widen(parse(text), ()) == (parse(text), ())
    assert widen(parse(text), glossary("zzyzx = qqjqj")) == (parse(text), ())


def test_only_words_that_can_be_searched_are_added() -> None:
    terms = glossary("SI = système d'information ; les", "– = !")
    assert widened("système information", terms) == [["système"], ["information"]]
    assert widened("SI", terms) == [["SI", '+"système d\'information"']]


# What engines make of it

LIFE = "Le présent document traite de la vie des habitants du territoire. " * 20
TEXTS = {
    1: f"Le CLS d'Argentan est signé. {LIFE}",
    2: f"Le contrat local de santé d'Argentan est signé. {LIFE}",
    3: f"La santé locale, un contrat moral. {LIFE}",
    4: f"{LIFE} Le CLS, une fois. {LIFE}",
    5: f"{'contrat local de santé. ' * 12}{LIFE}",
    6: f"{'Le CLS. ' * 12}{LIFE}",
    7: f"Pour le vieillissement. {LIFE}",
    8: f"{'Les personnes âgées. ' * 12}{LIFE}",
    **{number: LIFE for number in range(20, 60)},
}
NAMES = {11: "CLS 2024.pdf", 12: "Contrat local de santé 2024.pdf"}
TYPED_FIRST = (
    ("CLS", {1, 4, 6, 11}, {2, 5, 12}),
    ("contrat local de santé", {2, 3, 5, 12}, {1, 4, 6, 11}),
    ('"contrat local de santé"', {2, 5, 12}, {1, 4, 6, 11}),
    ("vieillissement", {7}, {8}),
    ("personnes âgées", {8}, {7}),
)


def _entries() -> list[Entry]:
    texts = [(number, "", text) for number, text in TEXTS.items()]
    names = [(number, name, LIFE) for number, name in NAMES.items()]
    return [
        Entry(
            document=number,
            version=1,
            folder=1,
            name=name,
            media_type="application/pdf",
            language="fr",
            changed_at=MONDAY,
            year=2024,
            author="",
            author_id=1,
            organisation="",
            organisation_id=0,
            text=text,
        )
        for number, name, text in texts + names
    ]


@pytest.mark.parametrize("scheme", ["tantivy", "whoosh"])
def test_what_was_typed_comes_before_what_was_added(scheme: str, tmp_path: Path) -> None:
    async def run() -> None:
        index = open_engine(scheme, tmp_path / "index", "")
        await index.reset()
        await index.apply(_entries(), frozenset(), 1)

        async def found(query: Query) -> Found:
            return await index.find(Ask(query, Within(AllBut(frozenset())), limit=50))

        for text, typed, added in TYPED_FIRST:
            alone = await found(parse(text))
            assert set(alone.documents) == typed
            both = (await found(widen(parse(text), NETWORK)[0])).documents
            assert set(both[: len(typed)]) == typed
            assert set(both[len(typed) :]) == added
        await index.close()

    asyncio.run(run())


def test_what_was_added_is_marked_in_snippets() -> None:
    query, _ = widen(parse("CLS"), NETWORK)
    (page,) = best_pages(
        query, ["Avant. Le contrat local de santé de Flers. Après."], has_pages=True
    )
    assert [piece.text for piece in page.snippet if piece.is_match] == ["contrat local de santé"]
    query, _ = widen(parse("contrats locaux de santé"), NETWORK)
    (page,) = best_pages(query, ["Un contrat, une santé, le CLS."], has_pages=True)
    marked = [piece.text for piece in page.snippet if piece.is_match]
    assert marked == ["contrat", "santé", "CLS"]


def test_a_large_glossary_is_read_once() -> None:
    many = glossary(*(f"T{n} = premier sens {n} ; second sens {n}" for n in range(2_000)))
    asked = parse("t1 premier sens 1999")
    assert widen(asked, many) == widen(asked, many)
    assert [one.also for one in widen(asked, many)[1]] == [
        ("premier sens 1", "second sens 1"),
        ("T1999", "second sens 1999"),
    ]
