"""A sheet as PDF: flowing text, tables that go on over pages, outline, language, page numbers.

Letters are those of Vera, which reportlab carries and the file embeds; one that Vera lacks is
replaced by a mark, and the last line says so. The same sheet gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from io import BytesIO
from typing import Any, Final

from msgspec import structs
from reportlab import platypus
from reportlab.lib.colors import HexColor
from reportlab.lib.fonts import addMapping
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from atelier.model.prose import Block, BlockKind, Run, Sheet, Table
from atelier.papers.letters import LACKING, clean, drawn
from atelier.papers.pdf_grid import Grid

_BLUE, _GREY, _PALE, _LINE = (
    HexColor("#1f4e79"),
    HexColor("#4a5560"),
    "#e8eef4",
    HexColor("#8a97a3"),
)
_MARGIN: Final = 56.0
_FOOT: Final = 26.0  # from the sheet's edge to the footer's line of text
_HEAD_ROOM: Final = 110.0  # under a heading, or it goes to the next page
_MOST_OUTLINED: Final = 100  # characters of a heading
_DEEPEST_LIST, _DEEPEST_HEADING = 10, 6
_FACES: Final = {
    (0, 0): "Vera",
    (1, 0): "VeraBd",
    (0, 1): "VeraIt",
    (1, 1): "VeraBI",
}
_SIZES: Final = (14.0, 12.0, 11.0, 10.0, 10.0, 10.0)
_MARKS: Final = ("•", "–")
_LACKED: Final = {
    "fr": f"Les lettres que ce fichier ne sait pas imprimer y sont remplacées par {LACKING}.",
    "en": f"Letters that this file cannot print are replaced by {LACKING}.",
}
_DIFFER: Final = re.compile(r"\n| {2,}|\t")
# reportlab cuts a paragraph into lines anew on each page: half a megabyte took it minutes.
_LONG, _LONG_LINES = 3_000, 60
_CHUNK: Final = re.compile(r"\n|[^\n]{1,400}(?= )|[^\n]{1,400}")


def pdf(sheet: Sheet) -> bytes:
    """The file; the same sheet gives the same bytes."""
    target = BytesIO()
    _Paper(target, sheet).build(list(_story(sheet)), canvasmaker=_Numbered)
    return target.getvalue()


class _Paper(platypus.BaseDocTemplate):  # type: ignore[misc]
    """Pages with a footer, and an outline of the headings."""

    def __init__(self, target: BytesIO, sheet: Sheet) -> None:
        size = landscape(A4) if sheet.is_landscape else A4
        super().__init__(
            target,
            pagesize=size,
            title=_shown(sheet.title),
            author="Atelier",
            creator="Atelier",
            lang=sheet.language,
            invariant=1,
            pageCompression=1,
            allowSplitting=1,
        )
        frame = platypus.Frame(
            _MARGIN, _MARGIN, size[0] - 2 * _MARGIN, size[1] - 2 * _MARGIN, 0, 0, 0, 0
        )
        self._footer = _shown(sheet.footer)
        self._depth, self._marks = -1, 0
        self.addPageTemplates(platypus.PageTemplate("page", [frame], onPage=self._foot))

    def afterFlowable(self, flowable: Any) -> None:
        """Have each heading stand in the outline, at most one deeper than the one before."""
        heading = getattr(flowable, "heading", None)
        if heading is None:
            return
        text, level = heading
        self._depth, self._marks = min(level - 1, self._depth + 1), self._marks + 1
        self.canv.bookmarkPage(f"h{self._marks}")
        self.canv.addOutlineEntry(text[:_MOST_OUTLINED], f"h{self._marks}", self._depth)

    def _foot(self, canvas: Any, _: Any) -> None:
        canvas.footer = self._footer


class _Numbered(Canvas):  # type: ignore[misc]
    """Pages that know how many they are: they are held until the last is there."""

    footer = ""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Hold the page."""
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Number the pages, and write the file."""
        held = self._held
        for number, page in enumerate(held, 1):
            self.__dict__.update(page)
            self._held = held
            self._draw_foot(number, len(held))
            super().showPage()
        super().save()

    def _draw_foot(self, number: int, count: int) -> None:
        width = self._pagesize[0]
        self.setStrokeColor(_LINE)
        self.setLineWidth(0.5)
        self.line(_MARGIN, _FOOT + 12, width - _MARGIN, _FOOT + 12)
        self.setFillColor(_GREY)
        self.setFont("Vera", 7.5)
        told = f"Page {number} / {count}"
        room = width - 2 * _MARGIN - pdfmetrics.stringWidth(told, "Vera", 7.5) - 12
        self.drawString(_MARGIN, _FOOT, _cut(self.footer, room))
        self.drawRightString(width - _MARGIN, _FOOT, told)


def _cut(text: str, room: float) -> str:
    """As much of a line as there is room for."""
    line = " ".join(text[:400].split())
    if pdfmetrics.stringWidth(line, "Vera", 7.5) <= room:
        return line
    while line and pdfmetrics.stringWidth(line + "…", "Vera", 7.5) > room:
        line = line[:-1]
    return line + "…"


def _story(sheet: Sheet) -> Iterator[Any]:
    styles = _styles()
    yield from _paragraphs((Run(sheet.title),), styles["title"])
    if sheet.subtitle:
        yield from _paragraphs((Run(sheet.subtitle),), styles["subtitle"])
    width = (landscape(A4) if sheet.is_landscape else A4)[0] - 2 * _MARGIN
    for block in sheet.blocks:
        if isinstance(block, Table):
            yield _grid(block, width)
        else:
            yield from _flowables(block, styles)
    if _lacks(sheet):
        yield platypus.Paragraph(_LACKED[sheet.language], styles["note"])


def _flowables(block: Block, styles: dict[str, ParagraphStyle]) -> Iterator[Any]:
    match block.kind:
        case BlockKind.HEADING:
            yield from _heading(block, styles)
        case BlockKind.RULE:
            yield platypus.HRFlowable("100%", 0.5, color=_LINE, spaceBefore=4, spaceAfter=8)
        case BlockKind.BULLET | BlockKind.NUMBERED:
            yield from _listed(block, styles["item"])
        case _:
            yield from _paragraphs(block.runs, styles[block.kind])


def _heading(block: Block, styles: dict[str, ParagraphStyle]) -> Iterator[Any]:
    level = min(max(block.level, 1), _DEEPEST_HEADING)
    yield platypus.CondPageBreak(_HEAD_ROOM)
    parts = list(_paragraphs(block.runs, styles[f"heading{level}"]))
    words = " ".join(_shown("".join(run.text for run in block.runs)).split())
    if words:
        parts[0].heading = words, level
    yield from parts


def _listed(block: Block, style: ParagraphStyle) -> Iterator[Any]:
    depth = min(max(block.level, 1), _DEEPEST_LIST)
    indented = ParagraphStyle("", style, leftIndent=18 * depth, bulletIndent=18 * depth - 14)
    is_numbered = block.kind is BlockKind.NUMBERED
    mark = f"{block.number}." if is_numbered else _MARKS[(depth - 1) % len(_MARKS)]
    yield from _paragraphs(block.runs, indented, mark)


def _paragraphs(runs: tuple[Run, ...], style: ParagraphStyle, mark: str | None = None) -> list[Any]:
    """A block as one paragraph, or as several where it is long; the first has the mark."""
    pieces = list(_pieces(runs)) or [()]
    close = ParagraphStyle("", style, spaceBefore=0, spaceAfter=0)
    last = len(pieces) - 1
    return [
        platypus.Paragraph(
            "".join(map(_run, piece)), style if at == last else close, None if at else mark
        )
        for at, piece in enumerate(pieces)
    ]


def _pieces(runs: tuple[Run, ...]) -> Iterator[tuple[Run, ...]]:
    piece, room, lines = list[Run](), _LONG, _LONG_LINES
    for run in runs:
        for text in _CHUNK.findall(run.text):
            lines -= text == "\n"
            room -= len(text)
            if room < 0 or lines == 0:
                yield tuple(piece)
                piece, room, lines = [], _LONG, _LONG_LINES
            if room < _LONG or text != "\n":
                piece.append(structs.replace(run, text=text))
    if piece:
        yield tuple(piece)


def _grid(table: Table, width: float) -> Any:
    columns = tuple(width * share / sum(table.widths) for share in table.widths)
    head = tuple(map(_shown, table.head))
    return Grid(head, [tuple(map(_shown, row)) for row in table.rows], columns)


def _run(run: Run) -> str:
    """A run as reportlab's own markup; every sign of its words stands for itself."""
    text = _DIFFER.sub(_spaced, escape(_shown(run.text)))
    if run.is_code:
        text = f'<font backColor="{_PALE}">{text}</font>'
    if run.is_emphasised:
        text = f"<i>{text}</i>"
    if run.is_strong:
        text = f"<b>{text}</b>"
    if run.link:
        text = f'<a href="{escape(clean(run.link))}" color="#0b5394"><u>{text}</u></a>'
    return text


def _spaced(found: re.Match[str]) -> str:
    spacing = found[0]
    return "<br/>" if spacing == "\n" else "\xa0" * (4 if spacing == "\t" else len(spacing))


def _shown(text: str) -> str:
    return drawn(clean(text), _letters())


def _lacks(sheet: Sheet) -> bool:
    """Whether a letter of the sheet had to be replaced."""
    said = [sheet.title, sheet.subtitle, sheet.footer]
    for block in sheet.blocks:
        if isinstance(block, Table):
            said += (*block.head, *(cell for row in block.rows for cell in row))
        else:
            said += (run.text for run in block.runs)
    return any(_shown(one).count(LACKING) > one.count(LACKING) for one in said if not one.isascii())


@cache
def _letters() -> frozenset[int]:
    """The letters that every face of Vera has, once they are known to reportlab."""
    known = []
    for (is_bold, is_italic), name in _FACES.items():
        font = TTFont(name, f"{name}.ttf")
        pdfmetrics.registerFont(font)
        addMapping("Vera", is_bold, is_italic, name)
        known.append(frozenset(font.face.charToGlyph))
    return frozenset.intersection(*known)


@cache
def _styles() -> dict[str, ParagraphStyle]:
    _letters()
    body = ParagraphStyle(
        "body", fontName="Vera", bulletFontName="Vera", fontSize=9.5, leading=13.5, spaceAfter=6
    )
    bold = ParagraphStyle("bold", body, fontName="VeraBd", textColor=_BLUE)
    headings = {
        f"heading{level}": ParagraphStyle(
            f"heading{level}", bold, fontSize=size, leading=size * 1.3, spaceBefore=12, spaceAfter=5
        )
        for level, size in enumerate(_SIZES, 1)
    }
    return {
        "title": ParagraphStyle("title", bold, fontSize=18, leading=23, spaceAfter=3),
        "subtitle": ParagraphStyle("subtitle", body, fontSize=11, textColor=_GREY, spaceAfter=12),
        "note": ParagraphStyle("note", body, fontSize=8, textColor=_GREY, spaceBefore=10),
        "item": ParagraphStyle("item", body, spaceAfter=3),
        "code": ParagraphStyle("code", body, fontSize=8.5, backColor=_PALE, borderPadding=3),
        BlockKind.PARAGRAPH: body,
        BlockKind.QUOTE: ParagraphStyle(
            "quote", body, leftIndent=22, rightIndent=22, textColor=_GREY
        ),
        **headings,
    }
