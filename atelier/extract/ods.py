"""Reads ODS by walking its XML: a sheet a page, cells as they are shown, comments, drawings.

Not through calamine, which lays out repeated rows and cells before anyone can count them.
"""

from __future__ import annotations

from typing import BinaryIO

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, Unread, byte_size, without_repeats
from atelier.extract.limits import MAX_TEXT_BYTES
from atelier.extract.odf import (
    NOTES,
    OFFICE,
    TABLE,
    TEXT,
    body,
    described,
    objects,
    repeats,
    walk,
)
from atelier.extract.paged import paged
from atelier.model.documents import ReadState

_CELLS = frozenset({TABLE + "table-cell", TABLE + "covered-table-cell"})
_PARAGRAPH = TEXT + "p"
# where a value stands when a program wrote no words for it
_VALUES = ("value", "date-value", "time-value", "boolean-value", "string-value")


def read(file: BinaryIO) -> Found:
    """One text a sheet, hidden ones too: its name, its rows, its drawings and comments."""
    archive = Archive(file)
    book, sheet = body(archive), Sheet()

    def text_of(table: etree._Element) -> str:
        sheet.write(table.get(TABLE + "name") or "")
        sheet.end_line()
        for row in table.iter(TABLE + "table-row"):
            _write_row(row, sheet)
        blocks = [sheet.take()]
        for shapes in table.findall(TABLE + "shapes"):
            blocks.append(_walked(shapes, sheet))
        blocks += [_walked(shown, sheet) for shown in objects(archive, table)]
        return "\n\n".join(without_repeats(blocks))

    tables = book.findall(f"{OFFICE}spreadsheet/{TABLE}table")
    return described(paged(tables, PageKind.SHEET, text_of), archive)


def _write_row(row: etree._Element, sheet: Sheet) -> None:
    line = _line(row)
    if line:
        sheet.write(_repeated(f"{line}\n", row, "rows"))


def _line(row: etree._Element) -> str:
    """Words of the cells of a row between tabs; empty cells are dropped."""
    line, size = [], 0
    for cell in row:
        words = _cell(cell) if cell.tag in _CELLS else ""
        if words:
            line.append(_repeated(f"{words}\t", cell, "columns"))
            size += len(line[-1])
            if size > MAX_TEXT_BYTES:
                raise Unread(ReadState.TOO_LARGE, "text")
    return "".join(line).rstrip("\t")


def _repeated(words: str, element: etree._Element, what: str) -> str:
    """Words as often as rows or columns are repeated, once it is sure that they may be."""
    times = repeats(element.get(f"{TABLE}number-{what}-repeated") or "1", "cells")
    if byte_size(words) * times > MAX_TEXT_BYTES:
        raise Unread(ReadState.TOO_LARGE, "text")
    return words * times


def _cell(cell: etree._Element) -> str:
    if len(cell) == 1 and cell[0].tag == _PARAGRAPH and not len(cell[0]):  # nearly every cell
        return " ".join((cell[0].text or "").split())
    if len(cell):
        own = Sheet()
        walk(cell, own, NOTES)
        return " ".join(own.take().split())
    return next((said for name in _VALUES if (said := cell.get(OFFICE + name))), "")


def _walked(root: etree._Element, sheet: Sheet) -> str:
    walk(root, sheet, NOTES)
    return sheet.take()
