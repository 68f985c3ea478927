"""Words looked for by their first letters: a no is certain, and nothing costs twice."""

from __future__ import annotations

import re
import sys

import pytest

from atelier.search import french
from atelier.search.effort import Effort
from atelier.search.grammar import parse
from atelier.search.skimming import Skimmed
from atelier.search.sought import Page

TEXT = "Le conseil tient compte de la vaccination, du rendez-vous et du C.L.S."


def has(words: str, text: str = TEXT, language: str = "fr") -> bool:
    (clause,) = parse(words).clauses
    return Skimmed([text], language, Effort()).has(clause.terms[0])


@pytest.mark.parametrize(
    "words",
    [
        "vaccinations", "tenir", "vacc*", '"compte de la vaccination"', '"vaccination compte"',
        "rendezvous", "cls",
    ],
)  # fmt: skip
def test_what_stands_there_may_be_there(words: str) -> None:
    assert has(words)


@pytest.mark.parametrize(
    "words", ["navette", "venir", "vacx*", '"vaccination absent"', "compte-absent"]
)
def test_what_stands_nowhere_is_not_there(words: str) -> None:
    assert not has(words)


def test_french_stems_are_looked_for_in_texts_of_any_language() -> None:
    assert has("vaccinations", "vaccination", "")
    assert has("meetings", "a meeting", "en")


def test_a_thing_is_looked_for_once() -> None:
    effort = Effort(10_000)
    skimmed = Skimmed([TEXT], "fr", effort)
    (navette,) = french.words("navette")
    assert not skimmed.holds(navette)
    left = effort.left
    assert left < 10_000 and not skimmed.holds(navette) and effort.left == left


def test_without_effort_everything_may_be_there() -> None:
    (navette,) = french.words("navette")
    assert Skimmed([TEXT], "fr", Effort(2 * len(TEXT) - 1)).holds(navette)
    assert not Skimmed([TEXT], "fr", Effort(2 * len(TEXT))).holds(navette)


def test_every_character_is_looked_for_or_makes_the_answer_doubtful() -> None:
    letter = re.compile(r"[^\W_ʼ]")
    for char in filter(letter.match, map(chr, range(0x80, sys.maxunicode + 1))):
        folded = french.fold(char)
        if len(folded) == 1 and folded in (char, char.lower()):
            continue
        page = Page(f" {char} ", Effort())
        assert (
            page.is_doubtful
            or page.is_hiding
            or Skimmed([char], "fr", Effort()).holds(french.Word((folded,), ""))
        ), (char, folded)


def test_ordinary_texts_are_not_doubtful() -> None:
    for text in (
        TEXT,
        "L’œuvre d’été, 1ᵉʳ, n° 2², ﬁnances",
        "Привет йод",
        "Straße",
        "السلام عليكم",
    ):
        assert not Page(text, Effort()).is_doubtful, text
