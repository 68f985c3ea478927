"""What a guesser tries first is refused, and what people can remember is not."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.errors import Invalid
from atelier.workspace import guessing
from atelier.workspace.guessing import is_guessable
from atelier.workspace.passwords import MAX_CHARACTERS, MIN_CHARACTERS, accepted

AWA = (
    "awa.diallo@ch-argentan.fr",
    "Awa Diallo",
    "Mairie d'Écouché-les-Vallées",
    "Réseau de l'Houlme",
)
# As someone draws them by dice: from a book that is not ours.
DRAWN = (
    *("abricot", "balise", "chevron", "dentelle", "écume", "falaise", "girouette", "hublot"),
    *("îlot", "jonquille", "lucarne", "mandoline", "nacelle", "ocarina", "pervenche"),
    *("quenouille", "ravin", "sarbacane", "ustensile", "varech", "xylophone", "yourte"),
    *("brindille", "crinière", "embruns", "filigrane", "gravier", "hameçon"),
)
SEEDS = st.integers(0, 2**32)
COMMON = sorted(word for word, bits in guessing._lists().pieces.items() if 0 < bits < 99)


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse1234",
        "Mot de passe !",
        "M0td3p@sse2026",
        "azertyuiop12",
        "Azerty123456!",
        "1qaz2wsx3edc",
        "poiuytreza98",
        "Bonjour2026!",
        "Bienvenue12345!",
        "25121985Marie",
        "123456789012",
        "023336123412",
        "830472619538",
        "Argentan61200",
        "Soleil-Marseille-2024",
        "JeanDupont1975",
        "P@ssw0rdP@ssw0rd",
        "abcabcabcabcabc",
        "ab" * 10,
        "a" * MAX_CHARACTERS,
        "chatchatchatchatchatchat",
        "je t'aime mon amour",
        "La vie est belle",
        "correct horse battery staple",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        accepted(password, known=())
    assert (refused.value.field, refused.value.fault) == ("password", "too_simple")
    assert refused.value.value == "", "a password is shown nowhere"


@pytest.mark.parametrize(
    "password",
    [
        "awa.diallo@ch-argentan.fr",
        "AWA diallo awa",
        "Diallo.Awa.1985",
        "Houlme-Écouché-2026",
        "ecouche-les-vallees",
        "ÉCOUCHÉ61150!",
    ],
)
def test_what_is_made_of_her_own_words_is_refused_to_her(password: str) -> None:
    with pytest.raises(Invalid):
        accepted(password, known=AWA)


def test_her_own_words_are_no_reason_for_others() -> None:
    assert accepted("Houlmefreynondrac", known=()) and is_guessable("Houlmehoulme", AWA)
    assert guessing.bits("Diallo sous un parapluie", AWA) < guessing.bits(
        "Diallo sous un parapluie"
    )


@pytest.mark.parametrize(
    "password",
    [
        "un cheval bleu sous la pluie",
        "trois pommes et une poire",
        "le chat dort sur le vieux fauteuil",
        "agrafe-cheval-pile-correct",
        "nuage.vélo.tortue.cidre",
        "xK9#mQ2$vL7p",
        "kqzvxwrtplmn",
        "8304726195380417",
        "Привет мой старый друг",
    ],
)
def test_phrases_and_chance_are_taken(password: str) -> None:
    assert accepted(password, known=AWA) == password


@given(
    st.lists(st.sampled_from(COMMON), min_size=5, max_size=8, unique=True)
    | st.lists(st.sampled_from(DRAWN), min_size=4, max_size=8, unique=True),
    st.sampled_from(" -._"),
    st.booleans(),
)
def test_no_phrase_of_words_drawn_by_chance_is_refused(
    words: list[str], between: str, are_capital: bool
) -> None:
    phrase = between.join(word.capitalize() if are_capital else word for word in words)
    if MIN_CHARACTERS <= len(phrase) <= MAX_CHARACTERS and min(map(len, words)) > 3:
        assert accepted(phrase, known=AWA) == phrase


@given(SEEDS, st.integers(16, 40))
def test_no_string_of_chance_is_refused(seed: int, length: int) -> None:
    chance = random.Random(seed)
    for alphabet in (string.ascii_lowercase, string.ascii_letters + string.digits + "-_!?#"):
        assert accepted("".join(chance.choices(alphabet, k=length)), known=AWA)


@given(st.text(max_size=MAX_CHARACTERS + 3), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_is_taken_or_refused_with_a_reason(text: str, known: list[str]) -> None:
    try:
        assert accepted(text, known=tuple(known)) == text
        assert MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS
    except Invalid as refused:
        assert refused.fault in ("too_short", "too_long", "too_simple")


@given(st.sampled_from(COMMON), SEEDS, st.booleans())
def test_a_common_word_stays_guessable_with_a_year_capitals_and_signs(
    word: str, seed: int, is_disguised: bool
) -> None:
    chance = random.Random(seed)
    written = word.translate(str.maketrans("oae", "0@3")) if is_disguised else word
    password = chance.choice([str.lower, str.upper, str.capitalize])(written)
    password += str(chance.randint(1930, 2049)) + chance.choice(["", "!", "?", ".", "*"])
    assert is_guessable(password)


def test_the_list_is_ours_and_large_and_says_each_word_once_in_a_group() -> None:
    assert len(COMMON) > 2_000
    assert all(word == word.lower() and word.isalnum() for word in COMMON)
