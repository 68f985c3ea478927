"""What stands in a text when a verb is searched by another of its forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.search import conjugation, french


def _is_found(searched: str, written: str) -> bool:
    (exact,) = french.exact_terms(searched)
    (there,) = french.exact_terms(written)
    return french.stem(there, "fr") in french.searched_stems(exact, ["fr"])


@pytest.mark.parametrize(
    "verb",
    [
        ("tenir", "tient", "tiennent", "tenue", "tenus", "tiendra", "tenant"),
        ("obtenir", "obtient", "obtenu", "obtiendront"),
        ("recevoir", "reçoit", "reçoivent", "reçue", "recevra"),
        ("prendre", "prend", "prennent", "prise", "prenait"),
        ("mettre", "met", "mettent", "mis", "mettra"),
        ("interdire", "interdit", "interdisent", "interdites"),
        ("inscrire", "inscrit", "inscrivent", "inscrites"),
        ("réduire", "réduit", "réduisent", "réduite"),
        ("rendre", "rend", "rendent", "rendue"),
        ("répondre", "répond", "répondu", "répondra"),
        ("prévoir", "prévoit", "prévues", "prévoient"),
        ("ouvrir", "ouvre", "ouverte", "ouvrira"),
        ("connaître", "connaît", "connaissent", "connue"),
        ("craindre", "craint", "craignent"),
        ("rejoindre", "rejoint", "rejoignent", "rejointe"),
        ("dormir", "dort", "dorment"),
        ("suivre", "suit", "suivent", "suivie"),
        ("élire", "élisent", "élu", "élues"),
        ("faire", "font", "faisait", "faites"),
        ("conclure", "conclut", "conclue"),
        ("valider", "valide", "validé", "validée", "validées", "validant", "validera"),
    ],
)
def test_each_form_of_a_verb_is_found_by_its_infinitive_and_finds_it(verb: tuple[str, ...]) -> None:
    infinitive, *forms = verb
    for form in forms:
        assert _is_found(infinitive, form), form
        exact = french.fold(form)
        if exact not in conjugation.NOUNS:
            assert _is_found(form, infinitive), form


@pytest.mark.parametrize(
    ("searched", "written"),
    [
        ("revenu", "reviendra"),
        ("entreprise", "entreprend"),
        ("patient", "pâtir"),
        ("lit", "lire"),
        ("soirée", "soir"),
        ("durée", "durs"),
        ("données", "donne"),
        ("fonds", "fondu"),
        ("rendez", "rendre"),
        ("conduite", "conduire"),
        ("avenue", "avenir"),
    ],
)
def test_another_word_is_not_found_for_a_verb(searched: str, written: str) -> None:
    assert not _is_found(searched, written)


def test_a_noun_is_found_by_its_verb_only() -> None:
    assert _is_found("revenir", "revenus")
    assert _is_found("produire", "produits")
    assert conjugation.forms("produits") == frozenset()


@given(st.text("aeiourstnlpm", min_size=1, max_size=12))
def test_any_letters_have_few_forms_which_have_it_too(letters: str) -> None:
    others = conjugation.forms(letters)
    assert len(others) < 60
    assert len(french.searched_stems(letters, ["fr"])) < 30


def test_a_word_of_another_language_is_searched_in_french_too() -> None:
    stems = french.searched_stems("mettre", ["en"])
    assert "en:mettr" in stems
    assert "mis" in stems
    assert french.own_stems("mettre", ["en"]) == {"en:mettr", "mettr"}
