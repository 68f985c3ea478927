"""PDF: all that a sheet says on pages, with outline and language, the same bytes each time."""

from __future__ import annotations

import pypdfium2
import pytest

from atelier.model.prose import BlockKind, Sheet, Table
from atelier.papers.letters import LACKING
from atelier.papers.pdf import pdf
from tests.papers.sheets import HOSTILE, block, everything, long_ones, sheet
from tests.recordings import words_of_pdf


def _pages(paper: bytes) -> list[str]:
    file = pypdfium2.PdfDocument(paper)
    try:
        return [page.get_textpage().get_text_range() for page in file]
    finally:
        file.close()


def test_it_says_all_and_the_same_sheet_gives_the_same_bytes() -> None:
    paper = pdf(everything())
    assert paper == pdf(everything()) != pdf(sheet())
    words = words_of_pdf(paper)
    rows = (f"Décision numéro {n}" for n in range(60))
    for said in ("Été à l’Œuvre", "fort", "puce 3", "7. recompté", "cité", *rows, "Fin."):
        assert said in words, said


def test_the_head_of_a_table_is_on_each_page_and_pages_are_counted() -> None:
    pages = _pages(pdf(everything()))
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "Décision" in page and f"Page {number} / {len(pages)}" in page
        assert "Réseau – Compte rendu" in page


def test_it_has_a_title_a_language_an_outline_and_its_own_letters() -> None:
    paper = pdf(everything())
    file = pypdfium2.PdfDocument(paper)
    outline = [(one.level, one.get_title()) for one in file.get_toc()]
    assert outline == [(0, "Présences"), (1, "Au-dessous")]
    assert file.get_metadata_dict()["Title"] == "Été à l’Œuvre"
    assert b"/Lang (fr)" in paper and b"/FontFile2" in paper
    file.close()


def test_landscape_is_wide() -> None:
    wide = Sheet("x", "en", (), is_landscape=True)
    page = pypdfium2.PdfDocument(pdf(wide))[0]
    assert page.get_width() > page.get_height()


@pytest.mark.parametrize("name", long_ones())
def test_whatever_was_pasted_becomes_pages(name: str) -> None:
    assert _pages(pdf(long_ones()[name]))


def test_long_texts_and_cells_are_whole() -> None:
    many = [f"mot{n}" for n in range(4_000)]
    lines = [f"ligne{n}" for n in range(200)]
    cell = [f"case{n}" for n in range(2_000)]
    written = sheet(
        block(BlockKind.PARAGRAPH, " ".join(many)),
        block(BlockKind.CODE, "\n".join(lines)),
        Table(("a", "b"), ((" ".join(cell), "x"),), (1, 3)),
    )
    words = set(words_of_pdf(pdf(written)).split())
    assert {*many, *lines, *cell} <= words


def test_letters_that_the_font_lacks_are_marked_and_told() -> None:
    marked = words_of_pdf(pdf(sheet(block(BlockKind.PARAGRAPH, HOSTILE))))
    assert f"ab <b>&amp;</b> ]]> gnp.exe {LACKING} {LACKING * 5} {LACKING * 4} <br/> é" in marked
    assert f"remplacées par {LACKING}." in marked
    whole = words_of_pdf(pdf(sheet(block(BlockKind.PARAGRAPH, "Œuvre « été » à 12\u202f€ – ½"))))
    assert "Œuvre « été » à 12 € – ½" in whole.replace("\xa0", " ")
    assert LACKING not in whole
    english = sheet(block(BlockKind.PARAGRAPH, "🎉"), language="en")
    assert f"replaced by {LACKING}." in words_of_pdf(pdf(english))
