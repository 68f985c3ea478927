"""Papers as files: PDF, DOCX and ODT with the same words in the same order; PDF page by page.

The same paper gives the same bytes: dates inside the files are the paper's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from html import escape
from io import BytesIO
from itertools import chain
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import docx as python_docx
import odfdo
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from reportlab import platypus
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas

from atelier.demo.blocks import Bullets, Content, Heading, Paper, Paragraph, Table
from atelier.demo.layout import widths

_BLUE = "#1f4e79"
_GREY = "#5a6570"
_LINE = "#c3ccd5"
_MARGIN = 56.0


def render(paper: Paper, name: str) -> bytes:
    """The paper as the kind of file that its name says."""
    return _WRITERS[name.rpartition(".")[2]](paper)


def pdf(paper: Paper) -> bytes:
    """A PDF whose pages are exactly the planned ones; ValueError when one does not fit."""
    target = BytesIO()
    size = landscape(A4) if paper.is_slides else A4
    canvas = Canvas(target, pagesize=size, invariant=1, pageCompression=1, lang="fr-FR")
    canvas.setTitle(paper.title)
    canvas.setAuthor(paper.author)
    canvas.setSubject("Atelier santé du pays d’Argentan (démonstration)")
    canvas.setDateFormatter(lambda *_: f"D:{paper.dated:%Y%m%d%H%M%S}+00'00'")
    styles = _pdf_styles(1.85 if paper.is_slides else 1.0)
    for number, blocks in enumerate(paper.pages, 1):
        _draw_page(canvas, size, blocks, styles)
        _draw_foot(canvas, size, paper.title, f"Page {number} / {len(paper.pages)}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def docx(paper: Paper) -> bytes:
    """A Word document; it flows, since only paper and PDF know their pages."""
    document = python_docx.Document(BytesIO(_docx_template()))
    properties = document.core_properties
    properties.title, properties.author = paper.title, paper.author
    properties.last_modified_by, properties.comments = paper.author, ""
    properties.language = "fr-FR"
    properties.created = properties.modified = paper.dated.replace(tzinfo=None)
    for block in chain.from_iterable(paper.pages):
        _add_to_docx(document, block)
    target = BytesIO()
    document.save(target)
    return _steady(target.getvalue(), paper.dated)


def odt(paper: Paper) -> bytes:
    """An OpenDocument text; it flows like the Word document."""
    document = odfdo.Document("text")
    document.set_language("fr-FR")
    document.insert_style(odfdo.Style("text", name="fort", bold=True), automatic=True)
    meta = document.meta
    meta.title, meta.creator, meta.initial_creator = paper.title, paper.author, paper.author
    meta.creation_date = meta.date = paper.dated.replace(tzinfo=None)
    document.body.clear()
    for number, block in enumerate(chain.from_iterable(paper.pages), 1):
        document.body.append(_odt_element(block, f"Tableau {number}"))
    target = BytesIO()
    document.save(target)
    return _steady(target.getvalue(), paper.dated)


_WRITERS: dict[str, Callable[[Paper], bytes]] = {"pdf": pdf, "docx": docx, "odt": odt}


@cache
def _pdf_styles(scale: float) -> dict[str, ParagraphStyle]:
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=10.3 * scale, leading=14 * scale)
    small = ParagraphStyle("small", body, fontSize=8.8 * scale, leading=11.5 * scale)
    titles = {
        f"title{level}": ParagraphStyle(
            f"title{level}", body, fontName="Helvetica-Bold", textColor=HexColor(_BLUE),
            fontSize=size * scale, leading=size * 1.25 * scale, spaceBefore=before, spaceAfter=5,
        )
        for level, size, before in ((1, 16, 0), (2, 12.5, 9), (3, 11, 6))
    }  # fmt: skip
    return {"body": body, "small": small, **titles}


def _draw_page(
    canvas: Any,
    size: tuple[float, float],
    blocks: Iterable[Content],
    styles: dict[str, ParagraphStyle],
) -> None:
    width, y = size[0] - 2 * _MARGIN, size[1] - _MARGIN
    for block in blocks:
        for flowable in _flowables(block, styles, width):
            _, height = flowable.wrapOn(canvas, width, y)
            y -= flowable.getSpaceBefore() + height
            if y < _MARGIN - 8:
                raise ValueError(f"planned page overflows at {block!r:.120}")
            flowable.drawOn(canvas, _MARGIN, y)
            y -= flowable.getSpaceAfter() or 5


def _flowables(block: Content, styles: dict[str, ParagraphStyle], width: float) -> list[Any]:
    match block:
        case Heading(text, level):
            return [platypus.Paragraph(escape(text), styles[f"title{level}"])]
        case Paragraph(text, lead):
            bold = f"<b>{escape(lead)}</b> " if lead else ""
            return [platypus.Paragraph(bold + escape(text), styles["body"])]
        case Bullets(items):
            style = ParagraphStyle("bullet", styles["body"], leftIndent=16, bulletIndent=4)
            return [platypus.Paragraph(escape(item), style, "•") for item in items]
        case Table():
            return [_pdf_table(block, styles["small"], width)]


def _pdf_table(table: Table, style: ParagraphStyle, width: float) -> Any:
    head = [platypus.Paragraph(f"<b>{escape(cell)}</b>", style) for cell in table.head]
    rows = [[platypus.Paragraph(escape(cell), style) for cell in row] for row in table.rows]
    columns = [width * share for share in widths(table)]
    look = [
        ("GRID", (0, 0), (-1, -1), 0.5, HexColor(_LINE)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#e8eef4")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return platypus.Table([head, *rows], columns, style=look, repeatRows=1)


def _draw_foot(canvas: Any, size: tuple[float, float], title: str, page: str) -> None:
    canvas.setStrokeColor(HexColor(_LINE))
    canvas.line(_MARGIN, 40, size[0] - _MARGIN, 40)
    canvas.setFillColor(HexColor(_GREY))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(_MARGIN, 28, title[:90])
    canvas.drawRightString(size[0] - _MARGIN, 28, page)


@cache
def _docx_template() -> bytes:
    """An empty document with our styles and page numbers; built once, it costs a paper's time."""
    document = python_docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    _page_field(section.footer.paragraphs[0])
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Liberation Sans", Pt(10.5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    normal.element.get_or_add_rPr().append(language)
    for level, size in ((1, 16), (2, 13), (3, 11)):
        font = document.styles[f"Heading {level}"].font
        font.name, font.size, font.color.rgb = "Liberation Sans", Pt(size), RGBColor(31, 78, 121)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _page_field(paragraph: Any) -> None:
    paragraph.add_run("Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _add_to_docx(document: Any, block: Content) -> None:
    match block:
        case Heading(text, level):
            document.add_heading(text, level)
        case Paragraph(text, lead):
            paragraph = document.add_paragraph()
            if lead:
                paragraph.add_run(lead + " ").bold = True
            paragraph.add_run(text)
        case Bullets(items):
            for item in items:
                document.add_paragraph(item, style="List Bullet")
        case Table():
            _add_table_to_docx(document, block)


def _add_table_to_docx(document: Any, table: Table) -> None:
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.head), style="Table Grid")
    for row, texts in zip(grid.rows, (table.head, *table.rows), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(9), texts is table.head or None


def _odt_element(block: Content, table_name: str) -> Any:
    match block:
        case Heading(text, level):
            return odfdo.Header(level, text, style=f"Heading_20_{level}")
        case Paragraph():
            return _odt_paragraph(block)
        case Bullets(items):
            return odfdo.List(list(items), style="List_20_1")
        case Table():
            return _odt_table(block, table_name)


def _odt_paragraph(block: Paragraph) -> Any:
    if not block.lead:
        return odfdo.Paragraph(block.text, style="Text_20_body")
    paragraph = odfdo.Paragraph("", style="Text_20_body")
    paragraph.append(odfdo.Span(block.lead, style="fort"))
    paragraph.append(" " + block.text)
    return paragraph


def _odt_table(block: Table, name: str) -> Any:
    table = odfdo.Table(name)
    for texts in (block.head, *block.rows):
        row = odfdo.Row()
        row.extend_cells(odfdo.Cell(text) for text in texts)
        table.append(row)
    return table


def _steady(archive: bytes, dated: datetime) -> bytes:
    """The same archive with one date on every member, so that equal papers are equal bytes."""
    target = BytesIO()
    stamp = (dated.year, dated.month, dated.day, dated.hour, dated.minute, 0)
    with ZipFile(BytesIO(archive)) as old, ZipFile(target, "w") as new:
        for member in old.infolist():
            entry = ZipInfo(member.filename, stamp)
            entry.compress_type = ZIP_STORED if member.filename == "mimetype" else ZIP_DEFLATED
            new.writestr(entry, old.read(member))
    return target.getvalue()
