"""A query as it was typed: said again, and written otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.model.search import Misread, MisreadKind
from atelier.search.grammar import parse, pieces
from atelier.search.retyping import (
    BOUNDS,
    Part,
    misread,
    plain_words,
    typed,
    understood,
    with_any_word,
    with_word,
    without,
)


def test_every_piece_is_what_the_grammar_reads() -> None:
    words = 'l\'hopital -x titre:"le budget" dossier:a type:pdf avant:2024 bu* OR "c d" par:e'
    words += " réunion:f -réunion:g"
    found = typed(words)
    assert [(one.part, one.value) for one in found] == [
        (Part.WORD, "l'hopital"),
        (Part.EXCLUDED, "x"),
        (Part.TITLE, "le budget"),
        (Part.FOLDER, "a"),
        (Part.TYPE, "pdf"),
        (Part.PERIOD, "2024"),
        (Part.PREFIX, "bu*"),
        (Part.OR, "OR"),
        (Part.PHRASE, "c d"),
        (Part.BY, "e"),
        (Part.MEETING, "f"),
        (Part.EXCLUDED, "g"),
    ]


@pytest.mark.parametrize(
    ("words", "any_word", "unbound"),
    [
        ("budget finances", "budget OU finances", ""),
        ("budget de la ville -x", "budget OU ville -x", ""),
        ("a OR b", "", ""),
        ("a OU b", "", ""),
        ("budget", "", ""),
        ('"de la" budget', '"de la" OU budget', ""),
        ("type:pdf OR type:doc budget", "", "budget"),
        ("budget OR type:pdf", "", "budget"),
        ("par:Awa", "", ""),
        ("réunion:copil budget", "", "budget"),
    ],
)
def test_wider_ways_of_the_same_words(words: str, any_word: str, unbound: str) -> None:
    assert (with_any_word(words), without(words, BOUNDS)) == (any_word, unbound)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("budget après:truc", (MisreadKind.DATE, "après:truc", ("après", "truc"))),
        ("avant:31/02/2024", (MisreadKind.DATE, "avant:31/02/2024", ("avant", "31", "02", "2024"))),
        ('before:"the day"', (MisreadKind.DATE, 'before:"the day"', ("before", "the", "day"))),
        ("-après:truc", (MisreadKind.DATE, "-après:truc", ("après", "truc"))),
        ("-après:2023", (MisreadKind.EXCLUDED_DATE, "-après:2023", ("après", "2023"))),
        ("type:chose", (MisreadKind.TYPE, "type:chose", ("type", "chose"))),
        ("-type:chose x", (MisreadKind.TYPE, "-type:chose", ("type", "chose"))),
        ("type: pdf", (MisreadKind.VALUE, "type:", ("type",))),
        ("après: 2023", (MisreadKind.VALUE, "après:", ("après",))),
        ("par:*", (MisreadKind.VALUE, "par:*", ())),
        ('dossier:"!"', (MisreadKind.VALUE, 'dossier:"!"', ("dossier",))),
        ("titre:: x", (MisreadKind.VALUE, "titre::", ("titre",))),
    ],
)
def test_a_value_that_a_field_cannot_take_is_told_with_what_is_searched_instead(
    words: str, expected: tuple[MisreadKind, str, tuple[str, ...]]
) -> None:
    assert misread(words) == (Misread(*expected),)


@pytest.mark.parametrize(
    "words",
    [
        "budget après:2023 avant:2024-06 type:pdf -type:pdf OU type:doc",
        'titre:budget par:"Dupont" structure:x dossier:y -dossier:z -titre:a by:b folder:c',
        'https://example.org 12:30 réunion:mardi "type:chose" : :: -: a:b',
        "",
    ],
)
def test_what_is_read_as_it_is_written_is_not_told(words: str) -> None:
    assert misread(words) == ()


def test_a_word_is_put_right_where_it_stands() -> None:
    words = 'l\'hopitl HOPITL "hopitl" titre:hopitl -hopitl'
    assert with_word(words, "hopitl", "hôpital") == (
        'l\'hôpital hôpital "hopitl" titre:hopitl -hopitl'
    )
    assert plain_words("de l'hopitl rendez-vous -x titre:y") == ["hopitl", "rendezvous"]


@given(st.text(max_size=200))
def test_whatever_is_typed_is_told_and_written_again(text: str) -> None:
    said = understood(text)
    query = parse(text)
    assert (said.after, said.before) == (query.after, query.before)
    assert len(said.folders) == len(query.folders)
    for other in (with_any_word(text), without(text, BOUNDS), without(text, {Part.EXCLUDED})):
        parse(other)
    assert not any(clause.is_excluded for clause in parse(without(text, {Part.EXCLUDED})).clauses)
    for one in misread(text):
        assert one.written in pieces(text)
    for exact in plain_words(text):
        with_word(text, exact, "budget")
