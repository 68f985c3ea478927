"""The language of queries: a golden test per rule, and anything at all is read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.search import french
from atelier.search.grammar import (
    MAX_BYTES,
    MAX_TERMS,
    Clause,
    Field,
    Form,
    Query,
    Term,
    parse,
)
from atelier.search.media_types import MEDIA_TYPES

PDF = frozenset({"application/pdf"})


def words(*texts: str) -> tuple[Clause, ...]:
    """Clauses of one plain word each."""
    return tuple(Clause((Term(text),)) for text in texts)


def phrase(text: str, field: Field = Field.ANYWHERE) -> Term:
    return Term(text, Form.PHRASE, field)


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Query()),
        ("   ", Query()),
        ("budget 2024", Query(words("budget", "2024"))),
        ("l'eau d’Argentan", Query(words("l'eau", "d’Argentan"))),
        ("« santé » – ?", Query((Clause((phrase(" santé "),)),))),
        ('"maison de santé" x', Query((Clause((phrase("maison de santé"),)), *words("x")))),
        ("-provisoire", Query((Clause((Term("provisoire"),), True),))),
        ('-"a b" c', Query((Clause((phrase("a b"),), True), *words("c")))),
        ("a OR b OR c d", Query((Clause((Term("a"), Term("b"), Term("c"))), *words("d")))),
        ("a OU b OR c d", Query((Clause((Term("a"), Term("b"), Term("c"))), *words("d")))),
        ("type:pdf OU type:txt", Query(media_types=PDF | {"text/plain"})),
        ('a OR "b c"', Query((Clause((Term("a"), phrase("b c"))),))),
        (
            "titre:a OR par:b",
            Query((Clause((Term("a", Form.WORD, Field.TITLE), Term("b", Form.WORD, Field.BY))),)),
        ),
        ("vaccin*", Query((Clause((Term("vaccin", Form.PREFIX),)),))),
        ("-vaccin*", Query((Clause((Term("vaccin", Form.PREFIX),), True),))),
        ("titre:vaccin*", Query((Clause((Term("vaccin", Form.PREFIX, Field.TITLE),)),))),
        ('title:"le bilan"', Query((Clause((phrase("le bilan", Field.TITLE),)),))),
        ("par:martin BY:martin", Query((Clause((Term("martin", Form.WORD, Field.BY),)),) * 2)),
        ("structure:ars", Query((Clause((Term("ars", Form.WORD, Field.ORGANISATION),)),))),
        (
            "-organisation:ars",
            Query((Clause((Term("ars", Form.WORD, Field.ORGANISATION),), True),)),
        ),
        ('dossier:"Plan local" folder:x', Query(folders=("Plan local", "x"))),
        ("dossier:a OR dossier:b", Query(folders=("a", "b"))),
        ("-dossier:brouillons", Query(excluded_folders=("brouillons",))),
        ('réunion:"Comité de pilotage" meeting:x', Query(meetings=("Comité de pilotage", "x"))),
        ("reunion:a OU réunion:b", Query(meetings=("a", "b"))),
        ("-réunion:plénière", Query(excluded_meetings=("plénière",))),
        ("type:décisions", Query(media_types=frozenset({"application/vnd.atelier.decisions"}))),
        ("type:pdf", Query(media_types=PDF)),
        ("type:PDF -type:pdf", Query(media_types=PDF, excluded_media_types=PDF)),
        ("type:pdf OR type:txt", Query(media_types=PDF | {"text/plain"})),
        ("avant:2024-06", Query(before=day(2024, 6))),
        ("before:2024 avant:2023", Query(before=day(2023))),
        ("après:2023", Query(after=day(2023))),
        ("apres:2023-05-17 after:2022", Query(after=day(2023, 5, 17))),
        ("après:17/05/2023 avant:06/2024", Query(after=day(2023, 5, 17), before=day(2024, 6))),
    ],
)
def test_each_rule_reads_what_it_says(text: str, expected: Query) -> None:
    assert parse(text) == expected
    assert parse(text).is_empty is (expected == Query())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"maison de', ("maison", "de")),
        ('a "', ("a",)),
        ("OR a", ("OR", "a")),
        ("a OR", ("a", "OR")),
        ("OU a", ("OU", "a")),
        ("a OU", ("a", "OU")),
        ("a ou b", ("a", "ou", "b")),
        ("a OU -b", ("a", "OU")),
        ("-a OR b", ("OR", "b")),
        ("a OR -b", ("a", "OR")),
        ("a or b", ("a", "or", "b")),
        ("v* * ** a**", ("v*", "a**")),
        ("titre: x", ("titre:", "x")),
        ("http://x.fr/a", ("http://x.fr/a",)),
        ("type:nimporte", ("type:nimporte",)),
        ("avant:2024-13 après:hier avant:0001", ("avant:2024-13", "après:hier", "avant:0001")),
        ("avant:31/02/2024 avant:٢٠٢٤", ("avant:31/02/2024", "avant:٢٠٢٤")),
        ("-avant:2024", ("avant:2024",)),
        ("a - b -- --c", ("a", "b", "--c")),
        ("((NEAR( a\x00b", ("((NEAR(", "a", "b")),
        ("a OR type:pdf b", ("a", "OR", "b")),
        ("réunion: x", ("réunion:", "x")),
        ("a OU réunion:b", ("a", "OU")),
        ("body:a title", ("body:a", "title")),
    ],
)
def test_what_is_malformed_is_words(text: str, expected: tuple[str, ...]) -> None:
    wanted = [clause for clause in parse(text).clauses if not clause.is_excluded]
    assert tuple(term.text for clause in wanted for term in clause.terms) == expected
    assert all(term.form is Form.WORD for clause in wanted for term in clause.terms)
    assert all(len(clause.terms) == 1 for clause in wanted)


def test_dates_are_days_of_the_zone() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert parse("avant:2024-06", paris).before == datetime(2024, 5, 31, 22, tzinfo=UTC)


def test_a_query_is_read_no_further_than_its_bounds() -> None:
    many = parse(" OR ".join(f"m{number}" for number in range(2_000)))
    assert sum(len(clause.terms) for clause in many.clauses) == MAX_TERMS
    assert len(parse("dossier:a " * 100).folders) == MAX_TERMS
    long = parse("é" * 5_000)
    assert sum(len(t.text.encode()) for c in long.clauses for t in c.terms) == MAX_BYTES


def test_every_kind_of_file_is_a_set_of_media_types() -> None:
    for kind, types in MEDIA_TYPES.items():
        assert parse(f'type:"{kind}"').media_types == types
        assert all(media_type.count("/") == 1 for media_type in types)


BOUNDS = ("type:", "type:pdf", "avant:", "après:2023", "dossier:", "réunion:")
RULES = (*BOUNDS, "titre:", "par:", "OR", "OU", '"')
PIECES = st.sampled_from(("-", "*", ":", " ", "2024-06", "été", "l'eau", "\x00", "«", "»", *RULES))


@given(
    st.text(max_size=300)
    | st.lists(PIECES, max_size=60).map("".join)
    | st.lists(PIECES, max_size=60).map(" ".join)
)
def test_anything_is_read_within_bounds(text: str) -> None:
    query = parse(text)
    terms = [term for clause in query.clauses for term in clause.terms]
    names = query.folders + query.excluded_folders + query.meetings + query.excluded_meetings
    assert len(terms) + len(names) <= MAX_TERMS
    assert all(clause.terms for clause in query.clauses)
    for term in terms:
        assert any(map(str.isalnum, term.text))
        french.words(term.text)
    for bound in (query.after, query.before):
        assert bound is None or bound.tzinfo is UTC
