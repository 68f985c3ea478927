"""Comparing: what breaks lines and pages changes nothing, and no change is hidden or made up."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.extract import comparing
from atelier.extract.comparing import compared
from atelier.extract.table import read_file
from atelier.model.comparison import Change, Comparison, Passage, Words
from tests.extract.rewrapping import PARAGRAPHS, paragraphs, rewrapped

_SAMPLES = Path(os.environ.get("ATELIER_SAMPLES", ""))
_LONG_PAPER = _SAMPLES / "files/pdf/testPDF_protected.pdf"  # 41 pages in two columns

widths = st.integers(30, 140)
lines_a_page = st.integers(4, 60)
# words and signs of French papers, bullets, numbers, breaks, and what is none of it
pieces = st.sampled_from(
    ["de", "la", "peut-être", "l'état", "confi-\ndentialité", "-", "•", "\uf0b7", "12", "1.2",
     ".", ".....", "\n", "\n\n", "\t", "Page 3", "a-", "…", "é", "\u00ad", "<b>", "_", "o", "§"]
)  # fmt: skip
texts = st.lists(pieces, max_size=60).map(" ".join)
pages = st.lists(texts, max_size=5).map(tuple)


def changes(found: Comparison) -> list[Change]:
    """What became of the passages that did not stay as they were."""
    return [p.change for p in found.passages if p.change is not Change.SAME]


def told(words: tuple[Words, ...], *kinds: Change) -> str:
    """The words of these kinds on one side of a passage."""
    return "".join(one.text for one in words if not kinds or one.change in kinds).strip()


def only(found: Comparison) -> Passage:
    """The one passage that changed."""
    (passage,) = (p for p in found.passages if p.change is not Change.SAME)
    return passage


@given(paragraphs, widths, lines_a_page, widths, lines_a_page, st.booleans())
def test_text_in_other_lines_and_on_other_pages_shows_no_change(
    said: list[str], width: int, height: int, other_width: int, other_height: int, cut: bool
) -> None:
    older = rewrapped(said, width, height, header="Réseau de santé - guide", cuts_words=cut)
    newer = rewrapped(said, other_width, other_height, header="Réseau de santé - guide")
    found = compared(older, newer)
    assert changes(found) == []
    assert (found.added_words, found.removed_words) == (0, 0)
    assert found.older_words == found.newer_words > 0


def _long_paper() -> tuple[str, ...]:
    """24 pages: of a real paper where the samples are, else of one with the words of others."""
    if "ATELIER_SAMPLES" in os.environ:
        with _LONG_PAPER.open("rb") as file:
            return read_file(file, _LONG_PAPER.name, lambda pages: "").pages[:24]
    words = [word for text in PARAGRAPHS for word in text.split() if word.isalpha()]
    dice = Random(24)
    said = [" ".join(dice.choices(words, k=40)).capitalize() + "." for _ in range(300)]
    return rewrapped(said, 80, 24)[:24]


@pytest.mark.parametrize("width", [42, 78, 131])
def test_a_paper_of_24_pages_re_wrapped_shows_no_change(width: int) -> None:
    paper = _long_paper()
    assert len(paper) == 24
    wrapped = tuple("\n".join(textwrap.wrap(page, width)) for page in paper)
    found = compared(paper, wrapped)
    assert changes(found) == []
    assert found.older_words == found.newer_words > 4_000
    half = len(paper[11]) // 2
    struck = (*wrapped[:11], wrapped[11][:half], *wrapped[12:])
    assert Change.REMOVED in changes(compared(paper, struck)) or any(
        p.change is Change.CHANGED for p in compared(paper, struck).passages
    )


def letters(texts: list[str]) -> set[str]:
    """The letters that stand in them."""
    return {character for text in texts for character in text if character.isalpha()}


@given(pages, pages)
def test_nothing_of_either_text_is_lost_or_made_up(
    older: tuple[str, ...], newer: tuple[str, ...]
) -> None:
    found = compared(older, newer)
    backwards = compared(newer, older)
    assert found.older_words == backwards.newer_words
    assert found.newer_words == backwards.older_words
    shown = [told(p.newer) for p in found.passages if p.newer]
    alone = [told(p.newer) for p in compared(newer, newer).passages]
    # What heads the pages of one text is told once, in front, in the other too; bullets, leaders
    # and the halves of a cut word may stand otherwise.
    assert letters(shown) == letters(alone)
    for passage in found.passages:
        assert (passage.older == ()) == (passage.change is Change.ADDED)
        assert (passage.newer == ()) == (passage.change is Change.REMOVED)
        assert (passage.older_page is None) == (passage.older == ())
        assert (passage.newer_page is None) == (passage.newer == ())
        same = [
            [one for one in side if one.change is Change.SAME]
            for side in (passage.older, passage.newer)
        ]
        assert not (passage.older and passage.newer) or len(same[0]) == len(same[1])
        in_one = passage.in_one()
        assert told(in_one, Change.ADDED) == told(passage.newer, Change.ADDED)
        assert told(in_one, Change.REMOVED) == told(passage.older, Change.REMOVED)


@given(pages)
def test_a_text_compared_with_itself_shows_no_change(text: tuple[str, ...]) -> None:
    found = compared(text, text)
    assert changes(found) == []
    assert (found.added_words, found.removed_words, found.share) == (0, 0, 0)


@given(paragraphs, st.data())
def test_a_sentence_put_in_is_told_alone_and_as_removed_the_other_way_round(
    said: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(said)))
    new = "Le tarif horaire des interprètes passe à trente-huit euros au premier janvier."
    longer = [*said[:place], new, *said[place:]]
    older, newer = rewrapped(said, 80, 40), rewrapped(longer, 66, 30)
    found = compared(older, newer)
    assert (found.added_words, found.removed_words) == (len(new.split()), 0)
    assert "".join(told(p.newer, Change.ADDED) for p in found.passages) == new
    back = compared(newer, older)
    assert "".join(told(p.older, Change.REMOVED) for p in back.passages) == new


def test_what_was_reworded_is_told_by_the_word_with_its_pages() -> None:
    older = ("Préambule.", "La durée est de deux ans, renouvelable une fois.")
    newer = ("Préambule.", "Objet de la convention.", "La durée est de trois ans, renouvelable.")
    found = compared(older, newer)
    assert changes(found) == [Change.ADDED, Change.CHANGED]
    passage = found.passages[-1]
    assert told(passage.older, Change.REMOVED) == "deux une fois"
    assert told(passage.newer, Change.ADDED) == "trois"
    assert (passage.older_page, passage.newer_page) == (2, 3)
    row = [(one.change, one.text.strip()) for one in passage.in_one()]
    assert row[:4] == [
        (Change.SAME, "La durée est de"),
        (Change.REMOVED, "deux"),
        (Change.ADDED, "trois"),
        (Change.SAME, "ans, renouvelable"),
    ]


def test_a_paragraph_that_went_elsewhere_is_moved_even_a_little_changed() -> None:
    first, second, third, fourth = PARAGRAPHS[:4]
    older = (first, "\n".join((second, third, fourth)))
    found = compared(older, ("\n".join((fourth, first)), second, third))
    passage = only(found)
    assert (passage.change, passage.older_page, passage.newer_page) == (Change.MOVED, 2, 1)
    assert (found.added_words, found.removed_words) == (0, 0)
    changed = fourth.replace("annuel", "semestriel", 1)
    assert changed != fourth
    passage = only(compared(older, ("\n".join((changed, first)), second, third)))
    assert passage.change is Change.MOVED
    assert told(passage.newer, Change.ADDED) == "semestriel"
    assert told(passage.older, Change.REMOVED) == "annuel"


def test_what_breaks_a_word_at_the_end_of_a_line_is_no_change_but_a_sign_of_a_number_is() -> None:
    older = "Le médico-\nsocial et la confi-\ndentialité, peut-\nêtre ; pré-\net post-opératoire."
    newer = "Le médico-social et la confidentialité, peut-être ; pré- et post-opératoire."
    found = compared((older,), (newer,))
    assert changes(found) == []
    assert told(found.passages[0].older) == (
        "Le médicosocial et la confidentialité, peut-être ; pré-et post-opératoire."
    )
    for one, other in (
        ("Conserver à - 18 °C.", "Conserver à 18 °C."),
        ("de 10-12 ans", "de 1012 ans"),
        ("Dose : 1,5 mg", "Dose : 15 mg"),
        ("Le patient est informé.", "Le patient n'est pas informé."),
        ("Article 3", "Article 4"),
        ("un décès", "Un décès"),
    ):
        assert only(compared((one,), (other,))).change is not Change.SAME, one


def test_other_bullets_quotes_spaces_and_dashes_are_no_change() -> None:
    older = "\uf0b7 L’enfant :\n\uf0b7 « oui » – parfois\n• Fin\u00a0!"
    newer = '- L\'enfant:\n§ "oui" - parfois\no Fin !'
    assert changes(compared((older,), (newer,))) == []


def test_what_stands_on_each_page_is_told_once() -> None:
    older = tuple(f"Guide 2019 du réseau\n{text}\nPage {n}" for n, text in enumerate(PARAGRAPHS, 1))
    newer = tuple(
        f"Guide 2020 du réseau\n{text}\nPage {n + 1}" for n, text in enumerate(PARAGRAPHS, 1)
    )
    passage = only(compared(older, newer))
    assert told(passage.older) == "Guide 2019 du réseau"
    assert told(passage.newer) == "Guide 2020 du réseau"
    assert changes(compared(older, older[:3] + older[4:])) == [Change.REMOVED]


def test_pages_that_are_all_the_same_are_not_taken_for_headers() -> None:
    found = compared(("Formulaire vide à remplir",) * 3, ("Formulaire vide à remplir",) * 2)
    assert found.removed_words == 4


def test_a_table_of_contents_is_known_by_its_leaders_or_its_rising_numbers() -> None:
    titles = ["Objet", "Durée", "Partenaires du réseau", "Bilan"]
    older = "\n".join(f"{n}. {title} {'.' * 40} {n * 3}" for n, title in enumerate(titles, 1))
    newer = "\n".join(f"{n}.\t{title}\t{n * 5}" for n, title in enumerate(titles, 1))
    found = compared((f"{older}\n{PARAGRAPHS[0]}",), (f"{newer}\n{PARAGRAPHS[0]}",))
    assert [p.is_contents for p in found.passages] == [True] * 4 + [False] * (
        len(found.passages) - 4
    )
    assert found.tally() == {}
    assert (found.added_words, found.removed_words) == (0, 0)
    (contents, rest) = found.stretches()
    assert (contents.is_contents, contents.change, rest.change) == (
        True,
        Change.CHANGED,
        Change.SAME,
    )
    table = "Nom\tÂge\nAwa\t41\nMarie\t12\nZoé\t33"  # columns, not pages
    assert not any(p.is_contents for p in compared((table,), (table,)).passages)


def test_changes_that_follow_each_other_are_counted_as_one_but_for_reworded_ones() -> None:
    body = "\n".join(PARAGRAPHS[:3])
    found = compared(
        (f"{body}\nTarif : 20 euros par heure de présence",),
        (
            f"Avant-propos du président\nVoici le guide\n{body}\n"
            "Tarif : 25 euros par heure de présence",
        ),
    )
    assert changes(found) == [Change.ADDED, Change.ADDED, Change.CHANGED]
    assert found.tally() == {Change.ADDED: 1, Change.CHANGED: 1}
    assert [s.change for s in found.stretches()] == [Change.ADDED, Change.SAME, Change.CHANGED]
    assert 0 < found.share < 0.5


def test_a_title_between_two_changes_stays_where_it_is() -> None:
    found = compared(
        ("Le budget est de 204 000 euros par an.\nClauses\nÀ préciser.",),
        ("Le budget est de 204 000 euros, dont 3 500 pour la route.\nClauses\nUne revoyure.",),
    )
    kept = [told(p.newer) for p in found.passages if p.change is Change.SAME]
    assert kept == ["Clauses"]


def test_empty_texts_have_nothing_to_tell() -> None:
    assert compared((), ()) == Comparison()
    assert compared(("",), ("\n \n",)) == Comparison()
    assert changes(compared((), ("Bonjour.",))) == [Change.ADDED]
    assert changes(compared(("Bonjour.",), ("", ""))) == [Change.REMOVED]


def test_texts_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MAX_COMPARED_CHARACTERS", 10)
    assert compared(("12345",), ("12345",)).fault == ""
    assert compared(("12345",), ("123456",)) == Comparison(fault="too_large")
