"""The analysis of texts and queries: golden cases, and what must hold of any text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.search import french

# Letters, marks and links of words, and what separates them: where the analysis decides.
TEXTS = st.text(
    alphabet="aàâeéèo\u0301œæçßﬁnsLDQ9²'’-‐·._ \u00a0\u00ad\u200b\ufffe\n\r\tйёΩ漢", max_size=60
)


def exact(text: str) -> str:
    """The exact terms, set apart by spaces."""
    return " ".join(french.exact_terms(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("École ÉCOLE e\u0301cole", "ecole ecole ecole"),
        ("l'eau, d’Argentan, qu‘elle, jʼaime", "eau argentan aime"),
        ("l eau d un hopital", "eau hopital"),
        ("aujourd'hui aujourd’hui AUJOURD'HUI", "aujourdhui aujourdhui aujourdhui"),
        ("œuvre Æthuse cœur", "oeuvre aethuse coeur"),
        ("ﬁnances eﬀet", "finances effet"),
        ("dépar\u00adtement", "departement"),
        ("dix\u00a0médecins\u202fici", "dix medecins ici"),
        ("C.P.T.S. S.A.R.L d'A.R.S.", "cpts sarl ars"),
        ("M. Dupont. Il", "dupont"),
        ("compte-rendu", "compte rendu compterendu"),
        ("rendez-vous", "rendez rendezvous"),
        ("l'Hôtel-Dieu", "hotel dieu hoteldieu"),
        ("prud'hommes", "prud hommes prudhommes"),
        ("covid-19 2024-03-12", "covid 19 covid19 2024 03 12 20240312"),
        ("CR_réunion_v2.pdf", "cr reunion v2 pdf"),
        ("qu'est-ce que c'est, a-t-il, y", ""),
        ("où dès très même sûr", "meme sur"),
        ("tres a ou", ""),
        ("été", "ete"),
        ("50cm3 12e 3,5", "50cm3 12e 3 5"),
        ("", ""),
        ("… — « » / _ ''", ""),
    ],
)
def test_exact_terms_are_folded_words_without_stop_words(text: str, expected: str) -> None:
    assert exact(text) == expected


@pytest.mark.parametrize("hyphen", ["-", "‐", "\u00ad", "\ufffe", "\x02"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", " \n  "])
def test_a_word_cut_at_a_line_end_is_joined(hyphen: str, line_end: str) -> None:
    text = f"le départe{hyphen}{line_end}ment de l'Orne"
    assert exact(text) == "departement orne"
    [_, cut, *_] = french.tokens(text)
    assert (cut.start, text[cut.end - 4 : cut.end]) == (3, "ment")


def test_a_compound_name_over_two_lines_stays_a_compound() -> None:
    assert exact("Saint-\nDenis") == "saint denis saintdenis"
    assert exact("liste -\nsuite") == "liste suite"


@pytest.mark.parametrize(
    "alike",
    [
        ("réunion", "réunions", "REUNION", "Réunions"),
        ("médical", "médicale", "medicales"),
        ("vaccination", "vaccinations", "vacciner", "vaccinés"),
        ("cheval", "chevaux"),
        ("décider", "décidé", "décidait", "décideront", "décidant"),
        ("reporter", "reporte", "reportés", "reportera"),
        ("œuvre", "oeuvres", "OEUVRE"),
        ("C.P.T.S.", "CPTS", "cpts"),
        ("compte-rendu", "compterendu"),
    ],
)
def test_forms_of_a_word_share_a_stem(alike: tuple[str, ...]) -> None:
    stems = [set(french.terms(form, "fr")) for form in alike]
    assert set.intersection(*stems)


def test_words_with_digits_and_unknown_languages_are_not_stemmed() -> None:
    assert french.terms("50cm3s tables", "fr") == ["50cm3s", "tabl"]
    assert french.terms("Tables ÉLEVÉES", "") == french.terms("Tables ÉLEVÉES", "zz")
    assert french.terms("Tables ÉLEVÉES", "") == ["tables", "elevees"]


def test_other_languages_have_their_stemmer_and_their_own_stems() -> None:
    assert french.terms("meetings", "en") == ["en:meet"]
    assert french.terms("Häuser", "de") == french.terms("hauser", "de")
    assert french.terms("новый", "ru") == french.terms("нового", "ru")
    assert french.searched_stems("meetings", ["en"]) == {"en:meet", "meeting"}


def test_streams_keep_distances_and_put_joined_forms_last() -> None:
    assert french.streams("Le compte-rendu du bon de commande", "fr") == french.Streams(
        "_ compte rendu _ bon _ commande compterendu",
        "compt rendu compterendu bon command",
        "compte rendu bon commande",
    )


def test_written_words_keep_their_accents_and_are_found_by_their_exact_spelling() -> None:
    text = "L’ŒUVRE de santé, d'une SANTE ; C.P.T.S., aujourd’hui, le départe-\nment, un an, 2024"
    assert set(french.streams(text, "fr").written.split()) == {
        "oeuvre|œuvre",
        "sante|santé",
        "sante",
        "cpts",
        "aujourdhui|aujourd'hui",
        "departement|département",
    }


def test_words_asked_for_are_parts_or_the_joined_form() -> None:
    assert french.words("l'Hôtel-Dieu d'Argentan ?") == [
        french.Word(("hotel", "dieu"), "hoteldieu"),
        french.Word(("argentan",), ""),
    ]
    assert french.words("qu'est-ce que") == []
    assert french.phrase("la maison de santé") == ((0, "maison"), (2, "sante"))


def test_an_endless_word_and_an_endless_chain_are_cut() -> None:
    assert french.exact_terms("a" * 1_000_000) == ["a" * french.LONGEST_TERM]
    assert max(map(len, french.exact_terms("ab-" * 100_000))) <= french.LONGEST_TERM


def test_a_long_text_gives_the_same_terms_as_its_parts() -> None:
    words = [f"mot{number} santé-{number}" for number in range(30_000)]
    whole = french.streams(" ".join(words), "fr")
    parts = french.streams("\n".join(words), "fr")
    assert len(" ".join(words)) > 1 << 19
    assert (sorted(whole.exact.split()), sorted(whole.stems.split())) == (
        sorted(parts.exact.split()),
        sorted(parts.stems.split()),
    )


@given(TEXTS | st.text(max_size=40))
def test_tokens_point_at_the_words_they_are_made_of(text: str) -> None:
    last = 0
    for token in french.tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        if not token.is_joined:
            assert token.start >= last
            last = token.end
        assert token.exact
        assert not re.search(r"\s|_", token.exact)
        assert len(token.exact) <= french.LONGEST_TERM


@given(TEXTS)
def test_terms_do_not_depend_on_the_normal_form(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    apart = unicodedata.normalize("NFD", composed)
    assert french.exact_terms(composed) == french.exact_terms(apart)


@given(TEXTS | st.text(max_size=40))
def test_indexed_searched_and_listed_terms_are_the_same(text: str) -> None:
    streams = french.streams(text, "fr")
    assert sorted(streams.exact.replace("_", " ").split()) == sorted(french.exact_terms(text))
    assert sorted(streams.stems.split()) == sorted(french.terms(text, "fr"))
    asked = [term for word in french.words(text) for term in (*word.parts, word.joined) if term]
    assert sorted(asked) == sorted(french.exact_terms(text))


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert french.fold(french.fold(text)) == french.fold(text)


def test_an_acronym_with_accents_written_apart_is_one_word() -> None:
    for acronym in ("É.P.S.M.", "P.É.", "C.A.É"):
        apart = unicodedata.normalize("NFD", acronym)
        (word,) = french.exact_terms(apart)
        assert [word] == french.exact_terms(acronym)
        assert word == french.fold(acronym.replace(".", ""))
