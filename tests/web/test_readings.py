"""States of reading in words: each code of the contract has its sentence, in both languages."""

from __future__ import annotations

import re

import pytest

from atelier.extract.contract import Reading
from atelier.model.documents import ReadState
from atelier.web.language import LANGUAGES, Voice
from atelier.web.pages.readings import REASONS, told
from atelier.web.pages.words import READINGS

VOICES = {language: Voice(language, "Europe/Paris") for language in LANGUAGES}


def codes() -> dict[ReadState, set[str]]:
    """What the docstring of `Reading` lists: the reasons of each state."""
    listing = (Reading.__doc__ or "").partition("short code for the state:")[2]
    found: dict[ReadState, set[str]] = {}
    for line in re.findall(r"^ {4}(\w+ +\S.*(?:\n {8,}.*)*)", listing, re.MULTILINE):
        state, _, reasons = re.sub(r"\([^)]*\)", "", line).partition(" ")
        named = {one.strip().strip('"') for one in " ".join(reasons.split()).split("·")}
        found[ReadState(state)] = named
    return found


def test_the_contract_is_read_as_it_is_written() -> None:
    listed = codes()
    assert set(listed) == set(ReadState) - {ReadState.WAITING}
    assert {"", "empty"} <= listed[ReadState.OK]
    assert {"broken", "zip_method", "no_pages"} <= listed[ReadState.DAMAGED]
    for reason in set().union(*listed.values()):
        assert re.fullmatch(r"[a-z0-9_]*", reason), reason


def test_every_reason_of_the_contract_has_its_sentence() -> None:
    for state, reasons in codes().items():
        unsaid = reasons - REASONS[state].keys()
        assert not unsaid, f"atelier.web.pages.readings: {state} {unsaid}"


def test_no_sentence_is_left_of_a_reason_that_is_no_more() -> None:
    listed = codes()
    for state, reasons in REASONS.items():
        # `missing` is said by the use-case that reads, when the bytes are gone.
        assert reasons.keys() - {"missing"} <= listed[state], state


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_says_what_happened_and_what_to_do(language: str) -> None:
    voice = VOICES[language]
    for state, reasons in REASONS.items():
        for reason in reasons:
            words = told(state, reason, voice)
            assert words.sentence.endswith(".") and "%" not in words.sentence
            assert bool(words.tag) == (state is not ReadState.OK)
            if state not in (ReadState.OK, ReadState.PARTIAL):
                assert len(re.findall(r"\.(?: |$)", words.sentence)) >= 3, (state, reason)


def test_an_unknown_reason_is_told_as_its_state() -> None:
    for state, words in READINGS.items():
        said = told(state, "no such reason", VOICES["fr"])
        assert said.sentence == VOICES["fr"].text(words.sentence)
