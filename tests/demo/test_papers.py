"""Papers as files: planned pages, words that survive, the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from zipfile import ZipFile

import pypdfium2
import pytest

from atelier.demo import blocks, draw, french, layout, network, papers
from tests.demo.texts import plain, text_of_archive, texts_of_pdf, words_of

PLAN = network.plan()
NOON = datetime(2024, 4, 9, 12, 0, tzinfo=UTC)
SAMPLE = blocks.Paper(
    title="L’œuvre d’un été",
    author="Claire Duhamel",
    dated=NOON,
    pages=(
        (
            blocks.Heading("L’œuvre d’un été", 1),
            blocks.Paragraph("Douze cœurs à 1 200 € — « déjà » < vu & approuvé", lead="Décision :"),
        ),
        (blocks.Bullets(("un", "deux")), blocks.Table(("Nom", "Rôle"), (("Léa", "médiatrice"),))),
    ),
)
KINDS = ("pdf", "docx", "odt")


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_with_its_accents_is_in_the_file(kind: str) -> None:
    read = plain(" ".join(_texts(papers.render(SAMPLE, f"x.{kind}"), kind)))
    for word in ("L’œuvre d’un été", "Douze cœurs à 1 200 €", "« déjà » < vu & approuvé"):
        assert word in read
    for word in ("Décision", "un", "deux", "Nom", "médiatrice"):
        assert word in read


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_paper_gives_the_same_bytes_and_another_does_not(kind: str) -> None:
    first, again = papers.render(SAMPLE, f"x.{kind}"), papers.render(SAMPLE, f"y.{kind}")
    assert first == again
    later = replace(SAMPLE, dated=datetime(2025, 4, 9, 12, 0, tzinfo=UTC))
    assert papers.render(later, f"x.{kind}") != first


def test_title_author_and_date_are_in_the_metadata() -> None:
    found = pypdfium2.PdfDocument(papers.pdf(SAMPLE)).get_metadata_dict()
    assert (found["Title"], found["Author"]) == (SAMPLE.title, SAMPLE.author)
    assert found["CreationDate"].startswith("D:20240409120000")
    for name, contents in (("docProps/core.xml", papers.docx), ("meta.xml", papers.odt)):
        with ZipFile(BytesIO(contents(SAMPLE))) as archive:
            text = archive.read(name).decode()
        assert all(word in text for word in (SAMPLE.title, SAMPLE.author, "2024-04-09", "fr-FR"))


def test_a_page_planned_too_full_is_refused() -> None:
    long = (blocks.Paragraph("mot " * 2_000),)
    assert papers.pdf(replace(SAMPLE, pages=(long[:0] + SAMPLE.pages[0],)))
    with pytest.raises(ValueError, match="overflows"):
        papers.pdf(replace(SAMPLE, pages=(long,)))


def test_every_version_of_every_paper_renders_as_planned_and_differs_from_the_one_before() -> None:
    for document in PLAN.papers:
        rendered = [papers.render(one.paper, document.name) for one in document.versions]
        assert len(set(rendered)) == len(rendered), document.path
        assert 1 <= len(document.versions[-1].paper.pages) <= 9, document.path
        if document.name.endswith(".pdf"):
            for version, contents in zip(document.versions, rendered, strict=True):
                pages = texts_of_pdf(contents)
                assert len(pages) == len(version.paper.pages), document.path
                assert all(len(page) > 60 for page in pages), document.path


def test_no_character_is_lost_in_the_encoding_of_a_pdf() -> None:
    for document in PLAN.papers:
        for version in document.versions:
            words_of(version.paper).encode("cp1252")


def test_no_two_meetings_say_the_same() -> None:
    bodies = [
        block.text
        for document in PLAN.papers
        if document.name.startswith(("CR ", "PV ", "Compte rendu logement"))
        for block in chain.from_iterable(document.versions[-1].paper.pages)
        if isinstance(block, blocks.Paragraph) and block.lead.endswith("présente le point.")
    ]
    assert len(bodies) > 130
    assert len(set(bodies)) == len(bodies)


def test_markup_reads_blocks_and_keeps_what_a_version_has() -> None:
    text = (
        "## Titre\n\nUn\nmot.\n\n- a\n- b\n\n===\n\n| x | y |\n| 1 | 2 |\n\n{1} avant\n\n{2+} après"
    )
    first, second = blocks.read(text, 1), blocks.read(text, 2)
    assert first[:5] == (
        blocks.Heading("Titre"),
        blocks.Paragraph("Un mot."),
        blocks.Bullets(("a", "b")),
        blocks.PageBreak(),
        blocks.Table(("x", "y"), (("1", "2"),)),
    )
    assert (first[5:], second[5:]) == (
        (blocks.Paragraph("avant"),),
        (blocks.Paragraph("après"),),
    )
    between = blocks.read("{2-3} là")
    assert (between, blocks.read("{2-3} là", 3)) == ((), (blocks.Paragraph("là"),))


def test_no_heading_is_left_at_the_foot_of_a_page() -> None:
    filling = [blocks.Paragraph("mot") for _ in range(32)]
    pages = layout.pages([*filling, blocks.Heading("Suite"), blocks.Paragraph("texte " * 60)])
    assert [type(page[-1]) for page in pages] == [blocks.Paragraph, blocks.Paragraph]
    assert pages[1][0] == blocks.Heading("Suite")


def test_french_is_set_as_printers_do() -> None:
    nbsp = french.NO_BREAK
    set_text = french.typeset("Qu'est-ce\n que c'est : 12 000 € « dit » ?")
    assert set_text == (f"Qu’est-ce que c’est{nbsp}: 12{nbsp}000{nbsp}€ «{nbsp}dit{nbsp}»{nbsp}?")
    assert french.weekday(datetime(2024, 5, 1).date()) == "mercredi 1er mai 2024"
    assert french.sentences("Un. Deux ? Trois à 3,5 %.") == ("Un.", "Deux ?", "Trois à 3,5 %.")


def test_choices_are_the_same_every_time_and_not_always_the_same() -> None:
    numbers = {draw.number(f"k{at}", 2, 9) for at in range(200)}
    assert numbers == set(range(2, 10))
    assert draw.number("k", 0, 10**6) == draw.number("k", 0, 10**6)
    assert len(draw.some("k", range(10), 4)) == len(set(draw.some("k", range(10), 4))) == 4
    assert draw.some("k", "abc", 3) == ("a", "b", "c")


def _texts(contents: bytes, kind: str) -> list[str]:
    return texts_of_pdf(contents) if kind == "pdf" else [text_of_archive(contents)]
