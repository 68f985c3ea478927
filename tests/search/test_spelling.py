"""The nearest word of some texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.search.effort import Effort
from atelier.search.spelling import distance, edits_of, forms, nearest

TEXTS = [("La vaccination, l'hôpital et le marché.", "fr"), ("Les hôpitaux du Marché", "fr")]


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        ("vacination", "vaccination"),
        ("vaccinatoin", "vaccination"),
        ("vvaccinatio", "vaccination"),
        ("hopitel", "hôpital"),
        ("marhce", "marché"),
        ("vaccination", ""),
        ("vqccinqtiqn", ""),
        ("let", ""),
        ("zzzzzzz", ""),
    ],
)
def test_one_error_from_five_letters_on_two_from_nine(exact: str, expected: str) -> None:
    assert nearest(exact, TEXTS) == expected


def test_of_words_as_near_the_one_that_begins_alike_then_the_more_frequent() -> None:
    assert nearest("bidon", [("ridon", ""), ("bedon", "")]) == "bedon"
    assert nearest("bidon", [("bedon", ""), ("bidou", ""), ("bidou", "")]) == "bidou"
    assert nearest("santx", [("sante", ""), ("santé", "")]) == "santé"
    assert nearest("santx", []) == ""


@pytest.mark.parametrize(
    ("exact", "text", "expected"),
    [
        ("adiction", "Les addictions", "addictions"),
        ("reunoins", "La réunion", "réunion"),
        ("adiction", "Les addictions, une addiction", "addiction"),
        ("adiction", "Des conventions", ""),
        ("addiction", "Des addictions", ""),
        ("chats", "Un chien", ""),
    ],
)
def test_a_plural_is_no_typing_error(exact: str, text: str, expected: str) -> None:
    assert nearest(exact, [(text, "fr")]) == expected


def test_words_that_a_line_end_cuts_are_whole() -> None:
    assert nearest("departemnt", [("le dépar-\ntement", "fr")]) == "département"


def test_texts_and_words_beyond_the_effort_are_left_out() -> None:
    text = "la vaccination " * 1_000
    effort = Effort(2 * len(text) + 5_000)
    assert nearest("vacination", [(text, "fr"), (f"vacinatoin {text}", "fr")], effort) == (
        "vaccination"
    )
    assert nearest("vacination", [(text, "fr")], Effort(2 * len(text) - 1)) == ""
    many = " ".join(f"vaccination{number}" for number in range(5_000))
    effort = Effort(2_000_000)
    nearest("vacination", [(many, "fr")] * 20, effort)
    assert effort.left < 1_000_000


def test_words_are_looked_for_in_both_numbers() -> None:
    assert forms("adiction") == ("adiction", "adictions")
    assert forms("reunoins") == ("reunoins", "reunoin")


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 3))
def test_a_distance_is_that_of_its_mirror_and_nothing_of_itself(
    one: str, other: str, most: int
) -> None:
    assert distance(one, other, most) == distance(other, one, most) <= most + 1
    assert (distance(one, other, most) == 0) == (one == other)
    assert distance(one, other, 20) <= max(len(one), len(other))
    assert edits_of(one) <= 1
