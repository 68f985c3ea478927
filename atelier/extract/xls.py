"""Reads XLS through calamine, or xlrd where that refuses: a sheet a page."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import BinaryIO

import xlrd
from python_calamine import CalamineError
from xlrd.compdoc import CompDocError

from atelier.extract import compound
from atelier.extract.bounds import refuse_vast_records
from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.paged import paged
from atelier.extract.sheets import Value, opened, written
from atelier.model.documents import ReadState

# what xlrd raises for bytes that are no workbook, its own errors apart
_NO_BOOK = (xlrd.XLRDError, CompDocError, struct.error, AssertionError, AttributeError,
            TypeError, LookupError, ValueError, OSError)  # fmt: skip


def read(file: BinaryIO) -> Found:
    """One text a sheet, hidden ones too: its name and its rows."""
    container = compound.opened(file)
    about = compound.summary(container)
    refuse_vast_records(
        compound.stream(container, "Workbook") or compound.stream(container, "Book")
    )
    try:
        book = opened(file)
    except CalamineError:
        found = _by_xlrd(file)
    else:
        found = paged(range(book.count), PageKind.SHEET, book.page)
    return replace(
        found,
        title=about.title,
        author=about.author,
        written_at=about.written_at,
        changed_at=about.changed_at,
    )


def _by_xlrd(file: BinaryIO) -> Found:
    """What calamine refuses: workbooks of 1995 and before, and some that other programs wrote."""
    file.seek(0)
    text = Sheet()
    try:
        book = xlrd.open_workbook(
            file_contents=file.read(), logfile=io.StringIO(), ragged_rows=True, on_demand=True
        )
    except _NO_BOOK as error:
        raise Unread(ReadState.DAMAGED, "broken") from error

    def text_of(number: int) -> str:
        try:
            sheet = book.sheet_by_index(number)
        except _NO_BOOK as error:
            raise Unread(ReadState.DAMAGED, "pages") from error
        rows = ([_value(cell, book.datemode) for cell in row] for row in sheet.get_rows())
        return written(sheet.name, rows, text)

    return paged(range(book.nsheets), PageKind.SHEET, text_of)


def _value(cell: xlrd.sheet.Cell, datemode: int) -> Value:
    match cell.ctype:
        case xlrd.XL_CELL_DATE:
            return _date(cell.value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_TEXT | xlrd.XL_CELL_NUMBER:
            return cell.value
        case _:
            return ""


def _date(number: float, datemode: int) -> Value:
    try:
        moment = xlrd.xldate.xldate_as_datetime(number, datemode)
    except (xlrd.xldate.XLDateError, ValueError, OverflowError):
        return number
    if number < 1:
        return moment.time()
    return moment.date() if number.is_integer() else moment
