"""Reads XLSX, XLSM, XLSB through calamine: a sheet a page, with what is drawn and said on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from python_calamine import CalamineError

from atelier.extract.archive import Archive
from atelier.extract.bounds import vast_parts
from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.extract.ooxml import CELLS, block, described, listed, main_part, targets
from atelier.extract.paged import paged
from atelier.extract.sheets import opened
from atelier.model.documents import ReadState

# kinds of parts that a drawing shows, by the last word of their relationship
_DRAWN = ("diagramData", "chart", "chartEx")
_SHEETS = frozenset(space + "sheet" for space in CELLS)


def read(file: BinaryIO) -> Found:
    """One text a sheet, hidden ones too: its name, its rows, its drawings and comments."""
    archive = Archive(file)
    main = main_part(archive, "xl/workbook.xml") or main_part(archive, "xl/workbook.bin")
    if not main:
        raise Unread(ReadState.DAMAGED, "no_body")
    vast, parts = vast_parts(archive, main), _parts(archive, main)
    if not vast.issubset(parts):  # which sheet it is cannot be told: none is laid out
        raise Unread(ReadState.TOO_LARGE, "cells")
    try:
        book = opened(file)
    except CalamineError as error:
        raise Unread(ReadState.DAMAGED, "broken") from error

    def text_of(number: int) -> str:
        part = parts[number] if number < len(parts) else ""
        if part in vast:
            raise Unread(ReadState.TOO_LARGE, "cells")
        blocks = [book.page(number), *_beside(archive, part, book.text)]
        return "\n\n".join(without_repeats(blocks))

    return described(paged(range(book.count), PageKind.SHEET, text_of), archive)


def _parts(archive: Archive, main: str) -> list[str]:
    """Parts of the sheets in order; none of a binary workbook, whose list is no XML."""
    if main.endswith(".bin"):
        return []
    return [part for _, part in listed(archive, main, _SHEETS)]


def _beside(archive: Archive, part: str, text: Sheet) -> Iterator[str]:
    """What stands on a sheet without being in its cells: text boxes, charts, comments."""
    for drawing in targets(archive, part, "drawing"):
        yield block(archive, drawing, text)
        for kind in _DRAWN:
            for drawn in targets(archive, drawing, kind):
                yield block(archive, drawn, text)
    # a thread of comments has a copy of itself beside it, for older programs
    for kind in ("threadedComment", "comments"):
        said = [block(archive, comments, text) for comments in targets(archive, part, kind)]
        if any(said):
            yield from said
            return
