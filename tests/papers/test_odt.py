"""ODT: what a sheet says, in styles that LibreOffice knows, the same bytes each time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import odfdo
import pytest

from atelier.model.prose import Block, BlockKind, Run
from atelier.papers.odt import MEDIA_TYPE, odt
from tests.papers.sheets import HOSTILE, block, everything, long_ones, sheet
from tests.recordings import words_of_odt


def _parts(paper: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(paper)) as archive:
        return {one: archive.read(one).decode() for one in archive.namelist()}


def test_it_is_an_open_document_and_the_same_sheet_gives_the_same_bytes() -> None:
    paper = odt(everything())
    assert paper == odt(everything()) != odt(sheet())
    with ZipFile(BytesIO(paper)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        assert archive.read("mimetype").decode() == MEDIA_TYPE
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_headings_lists_tables_and_links_are_real_ones() -> None:
    document = odfdo.Document(BytesIO(odt(everything())))
    body = document.body
    headings = [(int(one.level), one.inner_text) for one in body.headers]
    assert headings == [(1, "Présences"), (4, "Au-dessous")]
    table = body.get_table(0)
    assert table is not None and (table.width, len(table.rows)) == (3, 61)
    parts = _parts(odt(everything()))
    assert "<table:table-header-rows>" in parts["content.xml"]
    assert 'text:start-value="7"' in parts["content.xml"]
    assert 'xlink:href="https://example.org/?a=1&amp;b=2"' in parts["content.xml"]
    assert "<text:page-number>" in parts["styles.xml"] and "Compte rendu" in parts["styles.xml"]
    assert 'fo:language="fr" fo:country="FR"' in parts["styles.xml"]
    assert document.meta.title == "Été à l’Œuvre"


def test_lists_stand_in_the_entry_above_and_end_with_it() -> None:
    levels = (1, 3, 2, 1)
    blocks = [block(BlockKind.BULLET, f"puce {n}", level=n) for n in levels]
    counted = block(BlockKind.NUMBERED, "un", number=1)
    content = _parts(odt(sheet(*blocks, counted, block(BlockKind.PARAGRAPH, "fin"))))["content.xml"]
    text = ElementTree.fromstring(content)[1][0]  # noqa: S314 (our own)
    shape = [_shape(child) for child in text]
    assert shape == ["p", "list(list-item(p|list(list-item(list(list-item(p)))|list-item(p)))"
                     "|list-item(p))", "list(list-item(p))", "p"]  # fmt: skip


def _shape(element: ElementTree.Element) -> str:
    inner = "|".join(_shape(child) for child in element)
    name = element.tag.rpartition("}")[2]
    return f"{name}({inner})" if inner else name


@pytest.mark.parametrize("name", long_ones())
def test_whatever_was_pasted_is_well_formed_and_whole(name: str) -> None:
    pasted = long_ones()[name]
    for content in _parts(odt(pasted)).values():
        if content.startswith("<"):
            ElementTree.fromstring(content)  # noqa: S314 (our own)


def test_signs_of_markup_stand_for_themselves_and_spaces_stay() -> None:
    spaced = Block(BlockKind.PARAGRAPH, (Run("  a   b\tc\n d <b>&"),))
    body = odfdo.Document(BytesIO(odt(sheet(spaced)))).body
    assert body.paragraphs[1].inner_text == "  a   b\tc\n d <b>&"
    hostile = odfdo.Document(BytesIO(odt(sheet(block(BlockKind.PARAGRAPH, HOSTILE))))).body
    said = hostile.paragraphs[1].inner_text
    assert said == "ab <b>&amp;</b> ]]> gnp.exe 🎉 مرحبا שלום  <br/> é"


@pytest.mark.libreoffice
def test_libreoffice_reads_all_of_it(tmp_path: Path) -> None:
    words = words_of_odt(odt(everything()), tmp_path)
    rows = (f"Décision numéro {n}" for n in range(60))
    for said in ("Été à l’Œuvre", "fort", "puce 3", "recompté", "cité", *rows, "Fin."):
        assert said in words, said
