"""Two texts of two writers: where they differ, and a text in which no line of either is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atelier.model.merging import Whose, compare, merged

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "Le budget."]), max_size=12).map("\n".join)


def test_what_both_wrote_stands_once_and_what_differs_stands_beside() -> None:
    theirs, hers = "Ouverture.\nBudget : 10.\nFin.", "Ouverture.\nBudget : 12.\nFin."
    assert [(one.whose, one.lines) for one in compare(theirs, hers)] == [
        (Whose.BOTH, ("Ouverture.",)),
        (Whose.THEIRS, ("Budget : 10.",)),
        (Whose.HERS, ("Budget : 12.",)),
        (Whose.BOTH, ("Fin.",)),
    ]
    assert merged(theirs, hers) == "Ouverture.\nBudget : 10.\nBudget : 12.\nFin."


def test_two_additions_are_both_there_and_nothing_is_doubled() -> None:
    text = "Un.\n\nDeux.\n"
    assert merged(f"{text}Trois.", f"Zéro.\n{text}") == "Zéro.\nUn.\n\nDeux.\nTrois.\n"
    assert merged(text, text) == text
    assert [one.whose for one in compare(text, text)] == [Whose.BOTH]


@given(TEXTS, TEXTS)
def test_every_line_of_both_texts_is_kept_in_its_order(theirs: str, hers: str) -> None:
    stretches = compare(theirs, hers)
    for text, other in ((theirs, Whose.HERS), (hers, Whose.THEIRS)):
        lines = [line for one in stretches if one.whose is not other for line in one.lines]
        assert "\n".join(lines) == text


def test_texts_too_long_to_be_compared_line_by_line_are_kept_whole() -> None:
    theirs = "\n".join(["même", *(f"a{number}" for number in range(5_000)), "fin"])
    hers = "\n".join(["même", *(f"b{number}" for number in range(5_000)), "fin"])
    assert [one.whose for one in compare(theirs, hers)] == [
        Whose.BOTH,
        Whose.THEIRS,
        Whose.HERS,
        Whose.BOTH,
    ]
