"""Letters that files may hold and fonts can draw."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atelier.papers.letters import LACKING, clean, drawn


@given(st.text())
def test_what_is_clean_can_stand_in_a_file_and_stays_so(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not any(ord(one) < 32 and one not in "\t\n" for one in cleaned)
    assert clean(cleaned) == cleaned


@given(st.text())
def test_what_is_drawn_has_letters_of_the_font_alone(text: str) -> None:
    font = frozenset(map(ord, "abcdefghijklmnopqrstuvwxyzéèà ½" + LACKING))
    shown = drawn(clean(text), font)
    assert shown.isascii() or all(one in "\t\n" or ord(one) in font for one in shown)


def test_what_turns_text_or_cannot_be_seen_goes_and_what_lacks_is_marked() -> None:
    assert clean("a\x00b\x07\u202ec\r\nd\ud800\x0be\ufffe") == "abc\nd\ne"
    assert clean("e\u0301") == "é"
    font = frozenset(map(ord, "abfié \xa0-" + LACKING))
    assert drawn("é ﬁ\u202fa\u2011b🎉\ufe0f", font) == f"é fi\xa0a-b{LACKING}"
