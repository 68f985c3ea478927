"""The best pages of a text, and the words in their sentence."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.model.search import PageHit
from atelier.search.effort import Effort
from atelier.search.grammar import parse
from atelier.search.snippets import SNIPPET_CHARS, best_pages

FILLING = "Le conseil examine les points suivants de l'ordre du jour. "


def shown(hit: PageHit) -> str:
    """The snippet with its marks as brackets."""
    return "".join(f"[{piece.text}]" if piece.is_match else piece.text for piece in hit.snippet)


def marked(words: str, *pages: str, language: str = "fr") -> list[str]:
    """What is marked in the snippet of each page found, best page first."""
    hits = best_pages(parse(words), pages, True, language=language)
    return [" + ".join(piece.text for piece in hit.snippet if piece.is_match) for hit in hits]


@pytest.mark.parametrize(
    ("words", "page", "expected"),
    [
        ("reunion", "les Réunions", "Réunions"),
        ("eau", "L’eau et l'EAU", "eau + EAU"),
        ("cpts", "La C.P.T.S. existe", "C.P.T.S."),
        ("C.P.T.S.", "la CPTS", "CPTS"),
        ("département", "le dépar-\ntement ici", "dépar- tement"),
        ("département", "le dépar\u00adtement", "dépar tement"),
        ("oeuvre", "une Œuvre", "Œuvre"),
        ("finances", "les ﬁnances", "ﬁnances"),
        ("compterendu", "le compte-rendu", "compte-rendu"),
        ("compte-rendu", "le compte rendu", "compte + rendu"),
        ("vacc*", "vaccin, vaccinés, vache", "vaccin + vaccinés"),
        ('"maison de sante"', "maison, santé, maison de santé", "maison de santé"),
        ('"maison sante"', "maison de santé", ""),
        ("é", "e\u0301 et É", "é + É"),
        ("eau -grippe", "eau grippe", "eau"),
        ("eau OR grippe", "eau grippe", "eau + grippe"),
        ("titre:eau grippe", "eau grippe", "grippe"),
        ("café", "le cafetier", ""),
    ],
)
def test_the_searched_words_are_marked(words: str, page: str, expected: str) -> None:
    found = marked(words, unicodedata.normalize("NFC", page)) or [""]
    assert found == [expected]


def test_the_language_of_the_text_chooses_the_stems() -> None:
    assert marked("meetings", "a meeting", language="en") == ["meeting"]
    assert marked("meetings", "a meeting", language="") == []
    assert marked("كتاب", "هذا الكتاب", language="ar") == ["الكتاب"]


def test_pages_are_numbered_where_there_are_pages() -> None:
    pages = ("rien", "la vaccination")
    assert [hit.page for hit in best_pages(parse("vaccination"), pages, True)] == [2]
    assert [hit.page for hit in best_pages(parse("vaccination"), ("vaccination",), False)] == [None]


def test_a_page_with_more_of_the_words_comes_first() -> None:
    pages = ("budget " * 20, FILLING, "budget de la vaccination", "vaccination", "budget")
    hits = best_pages(parse("budget vaccination"), pages, True)
    assert hits[0].page == 3
    assert len(hits) == 3
    assert len(best_pages(parse("budget vaccination"), pages, True, limit=1)) == 1


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    pages = ("budget", "budget", "budget", "kiwi", "budget")
    assert best_pages(parse("budget kiwi"), pages, True, limit=1)[0].page == 4


def test_no_page_answers_when_none_holds_a_word() -> None:
    assert best_pages(parse("absent"), (FILLING,), True) == ()
    assert best_pages(parse("-budget"), (FILLING,), True) == ()
    assert best_pages(parse("budget"), (), True) == ()


def test_the_snippet_is_cut_between_words_around_the_densest_place() -> None:
    page = f"budget. {FILLING * 20} Le budget et la vaccination. {FILLING * 20}"
    [hit] = best_pages(parse("budget vaccination"), (page,), True)
    text = shown(hit)
    assert "Le [budget] et la [vaccination]." in text
    assert text.startswith("… ")
    assert text.endswith(" …")
    inside = text.removeprefix("… ").removesuffix(" …").replace("[", "").replace("]", "")
    assert SNIPPET_CHARS - 60 <= len(inside) <= SNIPPET_CHARS
    assert inside.split()[0] in page.split()
    assert inside.split()[-1] in page.split()


def test_the_whole_of_a_short_page_is_shown_on_one_line() -> None:
    [hit] = best_pages(parse("budget"), ("Le\n\n budget\x00 \u202evoté.\n",), True)
    assert shown(hit) == "Le [budget] voté. "


def test_an_immense_text_is_looked_at_up_to_a_bound() -> None:
    immense = "salarié " * 2_000_000
    assert marked("salarie", immense)[0].startswith("salarié + salarié")
    alike = "aab " * 30_000
    assert marked("aa", "aab aa") == ["aa"]
    assert marked("aa", f"{alike} aa") == []
    assert len(best_pages(parse("xy"), ["x"] * 500_000, True)) == 0


def test_other_forms_of_a_verb_are_marked() -> None:
    assert marked("tenir", "le conseil tient, tenu par le tenancier") == ["tient + tenu"]
    assert marked("validée", "valider un tenant valable") == ["valider"]


def test_pages_are_looked_at_as_far_as_the_effort_goes() -> None:
    pages = [f"{FILLING * 5} budget", f"{FILLING * 5} vaccination"] * 5
    effort = Effort(1_000_000)
    whole = best_pages(parse("budget"), pages, True, limit=9, effort=effort)
    assert [hit.page for hit in whole] == [1, 3, 5, 7, 9]
    spent = 1_000_000 - effort.left
    half = best_pages(parse("budget"), pages, True, limit=9, effort=Effort(spent // 2))
    assert [hit.page for hit in half] == [1, 3, 5]
    assert best_pages(parse("budget"), pages, True, effort=Effort(0)) == ()
    # Every one of many words as far as the others.
    many = " OU ".join(["budget", *(f"mot{number}" for number in range(29)), "vaccination"])
    few = best_pages(parse(many), pages, True, limit=9, effort=Effort(31 * 3 * len(pages[0])))
    assert sorted(hit.page or 0 for hit in few) == [1, 2]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("aaab", "a" * 200_000),
        ("aaab", "a-" * 100_000),
        ("aller", "vab " * 50_000),
        (f'"{"vab " * 200}vac"', "vab " * 50_000),
        ("finance", "\ufb01a " * 50_000),
        (" OU ".join(f"a{letter}*" for letter in "bcdefghijklmnop"), "aa " * 70_000),
    ],
)
def test_no_text_costs_more_than_the_effort(words: str, text: str) -> None:
    effort = Effort(300_000)
    assert best_pages(parse(words), [text] * 20, True, effort=effort) == ()
    assert effort.left < 250_000


@given(
    st.lists(st.text(alphabet="aeéo\u0301xy-'. \n\u00adœﬁ", max_size=80), max_size=4),
    st.text(alphabet="aeéoxy*\"- '", max_size=12),
)
def test_a_snippet_is_a_piece_of_its_page(pages: list[str], words: str) -> None:
    for hit in best_pages(parse(words), pages, True):
        assert hit.page is not None
        assert any(piece.is_match for piece in hit.snippet)
        assert all(piece.text for piece in hit.snippet)
        letters = [char for char in shown(hit) if char.isalnum()]
        assert "".join(letters) in "".join(char for char in pages[hit.page - 1] if char.isalnum())
