"""The words of a text found without a parser: the same as those that the parser finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atelier.papers import plain_words
from atelier.papers.markdown import parse, plain
from atelier.papers.plain_words import words_of

# What minutes are made of, and what only looks like it; in any order.
PIECES = st.lists(
    st.sampled_from(
        ["mot", "Été", "« ", "(", ")", "…", "– ", "l'", ":", ".", "!", " ", "  ", "\n", "\n\n",
         "\t", "\n- ", "- ", "-", "1. ", "12) ", "2.", "²", "١. ", "99", "=", "\n===\n", "\n---\n",
         "#", "## ", "+ ", "> ", "|", "    ", "**gras**", "**a b**", "**Décision :** ", "**a.**",
         "**", "*", "**(a)**", "**²**", "x**y**", "**a\nb**", "\n- **x**", "\x0b", "\x1f", "\x85",
         "\xa0", "\xad", "\u200b", "\u2028", "\u3000", "\ufeff", "_", "`", "[a](b)", "&amp;", "<b>",
         "\\"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(PIECES)
@example("**a.**\x85b")
@example("Point 1\n- **Décision :** oui\nsuite\n\n2. fin")
@example("**a** " * 1_100)
@example("mot **gras** " * 500)
def test_words_are_those_of_the_parser(text: str) -> None:
    assert words_of(text) == plain(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "Un paragraphe\nsur deux lignes.\n\nUn autre : 17 300 €, soit 40 %.",
        "- **Décision :** oui\n- l'autre\nsuite",
        "« Le Détour » (bus), 2021-2026.",
    ],
)
def test_plain_minutes_need_no_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plain(parse(text))

    def refused(_text: str) -> str:
        raise AssertionError("parsed")

    monkeypatch.setattr(plain_words, "_read", refused)
    assert words_of(text) == expected
