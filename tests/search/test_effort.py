"""Work that is counted: what is taken is gone, for the whole and its parts."""

from __future__ import annotations

from atelier.search.effort import Effort, of_analysis


def test_what_is_not_there_is_refused_and_leaves_the_rest() -> None:
    effort = Effort(10)
    assert effort.take(4) and not effort.take(7) and effort.take(6)
    assert effort.left == 0 and not effort.take(1)


def test_parts_are_equal_and_leave_what_they_do_not_need_to_the_next() -> None:
    effort = Effort(90)
    first = effort.part(3)
    assert first.take(10) and not first.take(21)
    second = effort.part(2)
    assert (second.left, effort.left) == (40, 80)
    second.spend(1_000)
    assert (second.left, effort.left) == (0, 0)


def test_analysis_costs_most_for_words_that_were_not_met() -> None:
    again = "la navette " * 20_000
    other = " ".join(f"mot{number}" for number in range(30_000))
    alike = " ".join(f"mot{number % 50}" for number in range(30_000))
    assert of_analysis(again) < 13 * len(again)
    assert of_analysis(other) > 2 * of_analysis(alike)
    # What is too long to be remembered is analysed each time.
    chained = f"{'-'.join(['departement'] * 10)} " * 100
    assert of_analysis(chained) > 80 * len(chained)
    assert of_analysis("") == 0
