"""A table in a PDF that goes on over pages under its repeated head.

reportlab's own lays every row out as a paragraph, and copies what is left at each page: ten
thousand rows take it minutes. Here lines are cut once, and a page takes as many rows as fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from itertools import accumulate
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus.flowables import Flowable

_PLAIN, _BOLD, _SIZE = "Vera", "VeraBd", 8.0
_LEADING: Final = 10.5
_PADDING: Final = 3.5
_MOST_LINES: Final = 30  # of a row on one page; what is longer goes on in the next
_LINE, _PALE, _INK = HexColor("#8a97a3"), HexColor("#e8eef4"), HexColor("#000000")

Lines = tuple[str, ...]
Row = tuple[Lines, ...]


class Grid(Flowable):  # type: ignore[misc]
    """A table of clean text; `widths` are those of its columns, in points."""

    def __init__(
        self,
        head: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        widths: tuple[float, ...],
    ) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = 4, 10
        self._widths = widths
        self._head = tuple(
            tuple(lines(text, width - 2 * _PADDING, _BOLD))[:_MOST_LINES]
            for text, width in zip(head, widths, strict=True)
        )
        self._rows = [part for row in rows for part in self._laid(row)]
        # Where each row begins, under the head; and where the last ends.
        self._tops = list(accumulate((_height(row) for row in self._rows), initial=0.0))
        self._first, self._end = 0, len(self._rows)

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Its size, whatever there is room for."""
        return sum(self._widths), self._head_height + self._depth(self._end)

    def split(self, _width: float, height: float) -> list[Any]:
        """What fits, and the rest; nothing where not even one row does."""
        room = height - self._head_height
        end = self._first
        while end < self._end and self._depth(end + 1) <= room:
            end += 1
        if end == self._first:
            return []
        return [self._part(self._first, end), self._part(end, self._end)]

    def draw(self) -> None:
        """Draw the head and its rows, from the top."""
        top = self._head_height + self._depth(self._end)
        top = self._draw_row(self._head, top, _BOLD, is_head=True)
        for row in self._rows[self._first : self._end]:
            top = self._draw_row(row, top, _PLAIN, is_head=False)

    @property
    def _head_height(self) -> float:
        return _height(self._head)

    def _depth(self, end: int) -> float:
        return self._tops[end] - self._tops[self._first]

    def _part(self, first: int, end: int) -> Grid:
        """Some of its rows; the lines are shared."""
        part = copy(self)
        part._first, part._end = first, end
        # reportlab's note that it went over to the next page once: a part has not yet.
        part.__dict__.pop("_postponed", None)
        return part

    def _laid(self, row: tuple[str, ...]) -> Iterator[Row]:
        cells = [
            tuple(lines(text, width - 2 * _PADDING, _PLAIN))
            for text, width in zip(row, self._widths, strict=True)
        ]
        for at in range(0, max(map(len, cells), default=1) or 1, _MOST_LINES):
            yield tuple(cell[at : at + _MOST_LINES] for cell in cells)

    def _draw_row(self, row: Row, top: float, font: str, *, is_head: bool) -> float:
        canvas, height, left = self.canv, _height(row), 0.0
        canvas.setLineWidth(0.5)
        canvas.setStrokeColor(_LINE)
        for cell, width in zip(row, self._widths, strict=True):
            canvas.setFillColor(_PALE)
            canvas.rect(left, top - height, width, height, fill=int(is_head))
            text = canvas.beginText(left + _PADDING, top - _PADDING - _SIZE)
            text.setFont(font, _SIZE, _LEADING)
            text.setFillColor(_INK)
            for line in cell:
                text.textLine(line)
            canvas.drawText(text)
            left += width
        return float(top - height)


def lines(text: str, width: float, font: str) -> Iterator[str]:
    """The text in lines of that width; a word that is longer is cut."""
    for paragraph in text.replace("\t", " ").split("\n"):
        yield from _wrapped(paragraph.split(" "), width, font)


def _wrapped(words: Sequence[str], width: float, font: str) -> Iterator[str]:
    line, used, space = "", 0.0, stringWidth(" ", font, _SIZE)
    for word in words:
        length = stringWidth(word, font, _SIZE)
        if line and used + space + length <= width:
            line, used = f"{line} {word}", used + space + length
            continue
        if line:
            yield line
        *pieces, line = _fitting(word, width, font)
        yield from pieces
        used = stringWidth(line, font, _SIZE)
    yield line


def _fitting(word: str, width: float, font: str) -> Iterator[str]:
    """A word in pieces that fit, each of one letter at least."""
    used, begins = 0.0, 0
    for at, letter in enumerate(word):
        length = stringWidth(letter, font, _SIZE)
        if used + length > width and at > begins:
            yield word[begins:at]
            used, begins = 0.0, at
        used += length
    yield word[begins:]


def _height(row: Row) -> float:
    return max(map(len, row), default=1) * _LEADING + 2 * _PADDING
