"""The words of minutes are there in every language, and say the same things."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, datetime

from atelier.model.meetings import Presence, Votes, Way
from atelier.model.record_words import WORDS, RecordWords, words_of


def _facts(words: RecordWords) -> dict[str, object]:
    return {one.name: getattr(words, one.name) for one in dataclasses.fields(words)}


def test_every_language_has_every_word_and_the_same_places_in_it() -> None:
    assert set(WORDS) == {"fr", "en"}
    french = _facts(WORDS["fr"])
    for name, said in _facts(WORDS["en"]).items():
        assert said, name
        if isinstance(said, str):
            placed = [sorted(re.findall(r"%\((\w+)\)s", str(one))) for one in (said, french[name])]
            assert placed[0] == placed[1], name
    for words in WORDS.values():
        assert set(words.presences) == set(Presence) and set(words.ways) == set(Way)
        assert (len(words.weekdays), len(words.months)) == (7, 12)


def test_days_times_and_votes_are_said_as_one_says_them() -> None:
    french, english = words_of("fr"), words_of("en")
    assert french.long_day(date(2026, 3, 1)) == "dimanche 1er mars 2026"
    assert french.day_of(date(2026, 12, 31)) == "31 décembre 2026"
    assert english.long_day(date(2026, 3, 1)) == "Sunday 1 March 2026"
    moment = datetime(2026, 3, 1, 9, 5)
    assert (french.time_of(moment), english.time_of(moment)) == ("09:05", "09:05")
    assert french.counted(Votes(7, 2, 1)) == "7 pour, 2 contre, abstentions : 1"
    assert words_of("de") is french
