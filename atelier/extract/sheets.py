"""What all workbooks share: values as people read them, sheets as calamine lays them out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from atelier.extract.found import Sheet, Unread
from atelier.extract.limits import MAX_BOOK_CELLS
from atelier.model.documents import ReadState

Value = object  # what a cell holds: text, number, truth, date, time, duration
Rows = Iterable[Iterable[Value]]


@dataclass(slots=True)
class Book:
    """A workbook laid out by calamine one sheet at a time, and what may still be laid out."""

    book: CalamineWorkbook
    text: Sheet = field(default_factory=Sheet)
    cells_left: int = MAX_BOOK_CELLS

    @property
    def count(self) -> int:
        """How many sheets there are."""
        return len(self.book.sheet_names)

    def page(self, number: int) -> str:
        """The name and the rows of a sheet."""
        name = self.book.sheet_names[number]
        try:
            laid_out = self.book.get_sheet_by_index(number)
        except CalamineError as error:
            raise Unread(ReadState.DAMAGED, "pages") from error
        # the rows above the first cell are walked too
        self.cells_left -= laid_out.height * laid_out.width + (laid_out.start or (0, 0))[0]
        if self.cells_left < 0:
            raise Unread(ReadState.TOO_LARGE, "cells")
        return written(name, laid_out.iter_rows(), self.text)


def opened(file: BinaryIO) -> Book:
    """The workbook; calamine's error when it cannot make it out."""
    file.seek(0)
    return Book(CalamineWorkbook.from_filelike(file))


def written(name: str, rows: Rows, text: Sheet) -> str:
    """A name, then rows, one a line, cells between tabs; empty cells and rows are dropped."""
    text.write(name)
    text.end_line()
    for row in rows:
        cells = [word for value in row if value != "" and (word := shown(value))]
        if cells:
            text.write("\t".join(cells))
            text.end_line()
    return text.take()


def shown(value: Value) -> str:
    """A value as people read it: 12 for 12.0, days in ISO 8601, on one line."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
        case datetime.datetime():
            return value.replace(microsecond=0).isoformat(" ")
        case datetime.time():
            return value.replace(microsecond=0).isoformat()
        case datetime.date():
            return value.isoformat()
        case _:
            return " ".join(str(value).split())
