"""Social-security numbers in a text: found however they are written, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atelier.model import nir

# Made up; its key is right.
NUMBER = ("1", "85", "05", "78", "006", "084", "91")


def of(low: int, high: int, width: int) -> st.SearchStrategy[str]:
    """Numbers from low to high, with zeros before them."""
    return st.integers(low, high).map(lambda number: f"{number:0{width}}")


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, ...]:
    """The parts of any valid number."""
    months = of(1, 12, 2) | of(20, 42, 2) | of(50, 99, 2)
    parts = (
        draw(st.sampled_from("123478")),
        draw(of(0, 99, 2)),
        draw(months),
        draw(of(1, 99, 2) | st.sampled_from(["2A", "2B"])),
        draw(of(1, 999, 3)),
        draw(of(1, 999, 3)),
    )
    return (*parts, f"{nir.key(''.join(parts)):02}")


GAPS = st.sampled_from(["", " ", "\u00a0", "\u202f", ".", "-", "\u2011", "  ", " - ", "\n", "\t"])
AROUND = st.sampled_from(["", " ", "\n", "n° ", "NIR", "(", ":", "é", ",", "12 "])


@given(numbers(), st.lists(GAPS, min_size=6, max_size=6), AROUND, AROUND.map(lambda end: end[::-1]))
@example(NUMBER, [" "] * 6, "", "")
@example(NUMBER, [""] * 6, "12,", ",12")
def test_a_valid_number_is_found_in_whatever_spelling(
    parts: tuple[str, ...], gaps: list[str], before: str, after: str
) -> None:
    written = "".join(part + gap for part, gap in zip(parts, [*gaps, ""], strict=True))
    page = f"{before}{written}{after}"
    assert nir.look(["", page]) == nir.Found(1, 2)
    assert nir.look([page.lower(), page]) == nir.Found(1, 1)


@given(numbers(), st.integers(0, 99))
def test_a_number_with_another_key_is_none(parts: tuple[str, ...], key: int) -> None:
    told = f"{key:02}"
    found = nir.look(["".join((*parts[:-1], told))])
    assert (found is not None) == (told == parts[-1])


@given(numbers(), st.text("0123456789", min_size=1, max_size=9), st.booleans())
def test_a_part_of_a_longer_run_of_digits_is_none(
    parts: tuple[str, ...], more: str, is_before: bool
) -> None:
    whole = "".join(parts)
    assert nir.look([f"{more}{whole}{more}" if is_before else f"{whole}{more}"]) is None
    assert nir.look([f"0.{whole}"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "5 85 05 78 006 084 36",  # nobody's sex
        "1 85 13 78 006 084 36",  # nor month
        "1 85 05 00 006 084 36",  # nor department
        "1 85 05 2C 006 084 36",
        "FR76 3000 6000 0112 3456 7890 189",
        "185 05 780 060 843 6",  # the parts are others
        "18505780060849",
        "",
    ],
)
def test_what_is_built_otherwise_is_none(text: str) -> None:
    # Whatever its key were: one of them would be right.
    for key in range(1, 98):
        assert nir.look([text[:-2] + f"{key:02}" if text[-2:] == "36" else text]) is None


def test_corsica_counts_as_19_and_18() -> None:
    """INSEE: 2A stands for 19 and 2B for 18 when the key is reckoned."""
    assert nir.key("185052A006084") == nir.key("1850519006084")
    assert nir.key("185052B006084") == nir.key("1850518006084")


@given(st.lists(numbers(), min_size=1, max_size=6, unique=True))
def test_different_numbers_are_counted_once_with_the_first_page(
    several: list[tuple[str, ...]],
) -> None:
    pages = ["rien", *(" ".join(parts) for parts in several), *("".join(one) for one in several)]
    assert nir.look(pages) == nir.Found(len(several), 2)


@given(numbers(), st.integers(-40, 5))
def test_a_number_over_the_edge_of_a_window_is_found_once(
    parts: tuple[str, ...], shift: int
) -> None:
    page = "x" * (256 * 1024 + shift) + " ".join(parts) + " y"
    assert nir.look([page]) == nir.Found(1, 1)
