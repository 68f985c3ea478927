"""How far the sheets of a workbook reach, told before calamine lays them out.

It lays out the whole box between the first and the last cell: two cells in far corners ask for
2^34 of them, and a Rust program that gets no memory aborts.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from atelier.extract.archive import Archive
from atelier.extract.found import Unread
from atelier.extract.limits import MAX_COPIED_BYTES, MAX_SHEET_CELLS, MAX_TEXT_BYTES, MIB
from atelier.extract.markup import refuse_doctype
from atelier.extract.ooxml import all_targets, targets
from atelier.model.documents import ReadState

_STEP = 4 * MIB
_LONGEST_TAG = 1_024
# a cell that holds something; `<c r="B2" s="1"/>` is only a colour, and is not laid out
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,9})([0-9]{1,10})["'][^<>]{0,100}(?<!/)>""")
# cells may go without names, each beside the last: no spreadsheet writes them so, some programs do
_UNNAMED = re.compile(rb"<(?:\w{1,20}:)?c(?![^<>]{0,300}\sr\s*=)(?:\s[^<>]{0,300})?(?<!/)>")
_TAG = re.compile(rb"<(?:\w{1,20}:)?(row|c)\b([^<>]{0,300})>")
_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,10})["']""")
# a text that cells share by its number: calamine makes a copy of it for each of them
_SHARED_PART = "xl/sharedStrings.xml"
_SHARED = re.compile(rb"<(?:\w{1,20}:)?si\b")
_SHARING = re.compile(rb"""\st\s*=\s*["']s["'][^<>]{0,300}>\s*<(?:\w{1,20}:)?v>\s*([0-9]{1,9})""")
# [MS-XLSB] §2.3.1: a row, and the cells that hold a value
_WIDE_ROW, _WIDE_CELLS = 0, range(2, 12)
# [MS-XLS] §2.3.1: LABELSST, FORMULA, NUMBER, LABEL, BOOLERR, RK hold a cell, MULRK several
_OLD_CELLS = frozenset({0x00FD, 0x0006, 0x0203, 0x0204, 0x0205, 0x027E})
_OLD_ROW_OF_CELLS, _OLD_START, _OLD_PASSWORD = 0x00BD, 0x0809, 0x002F


@dataclass(slots=True)
class Box:
    """The rows and columns between the first and the last cell seen."""

    top: int = 1 << 40
    bottom: int = -1
    left: int = 1 << 40
    right: int = -1

    def take_in(self, row: int, column: int) -> None:
        """Stretch to a cell; `Unread` too_large when no sheet could be laid out so far."""
        if not (self.top <= row <= self.bottom and self.left <= column <= self.right):
            self.top, self.bottom = min(self.top, row), max(self.bottom, row)
            self.left, self.right = min(self.left, column), max(self.right, column)
            if (self.bottom - self.top + 1) * (self.right - self.left + 1) > MAX_SHEET_CELLS:
                raise Unread(ReadState.TOO_LARGE, "cells")


@dataclass(slots=True)
class Shared:
    """The sizes of shared texts in bytes with their markup, and what copies of them come to."""

    sizes: list[int]
    copied: int = 0

    def take_in(self, content: bytes) -> None:
        """Count the copies that a sheet makes; `Unread` too_large beyond any text we keep."""
        cells = content.count(b'"s"') + content.count(b"'s'")
        if cells * max(self.sizes, default=0) > MAX_TEXT_BYTES:
            numbers = (int(number[1]) for number in _SHARING.finditer(content))
            self.copied += sum(self.sizes[number] for number in numbers if number < len(self.sizes))
            if self.copied > MAX_COPIED_BYTES:
                raise Unread(ReadState.TOO_LARGE, "text")


def vast_parts(archive: Archive, workbook: str) -> frozenset[str]:
    """The parts a workbook names that reach too far; `Unread` damaged when one has a DOCTYPE,
    too_large when they repeat shared texts without end.

    Reading them all here also holds them to the sizes that the ZIP announces.
    """
    is_binary = workbook.endswith(".bin")
    named = targets(archive, workbook, "worksheet") if is_binary else all_targets(archive, workbook)
    cells_of = _cells_of_binary if is_binary else _cells_of_markup
    vast, shared = set(), Shared(_sizes(archive.read(_SHARED_PART)))
    for part in named:
        content = archive.read(part)
        if content and part.endswith(".xml"):
            refuse_doctype(content)
        try:
            _stretch(Box(), cells_of(content))
        except Unread:
            vast.add(part)
        shared.take_in(content)
    return frozenset(vast)


def refuse_vast_records(content: bytes) -> None:
    """Go through the stream of an XLS; `Unread` too_large, or encrypted by a password."""
    box, offset = Box(), 0
    while offset + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, offset)
        if kind == _OLD_PASSWORD:
            raise Unread(ReadState.ENCRYPTED, "password")
        if kind == _OLD_START:
            box = Box()
        elif kind in _OLD_CELLS and 4 <= size <= len(content) - offset - 4:
            box.take_in(*struct.unpack_from("<HH", content, offset + 4))
        elif kind == _OLD_ROW_OF_CELLS and 6 <= size <= len(content) - offset - 4:
            row, first = struct.unpack_from("<HH", content, offset + 4)
            (last,) = struct.unpack_from("<H", content, offset + 2 + size)
            box.take_in(row, first)
            box.take_in(row, last)
        offset += 4 + size


def _sizes(content: bytes) -> list[int]:
    starts = [found.start() for found in _SHARED.finditer(content)]
    return [end - start for start, end in pairwise([*starts, len(content)])]


def _stretch(box: Box, cells: Iterator[tuple[int, int]]) -> None:
    for row, column in cells:
        box.take_in(row, column)


def _cells_of_markup(content: bytes) -> Iterator[tuple[int, int]]:
    if _UNNAMED.search(content) is not None:
        yield from _cells_one_by_one(content)
        return
    # by steps: all the names of a sheet at once would take more memory than the sheet
    columns: dict[bytes, int] = {}
    for start in range(0, len(content), _STEP):
        for letters, digits in _CELL.findall(content, start, start + _STEP + _LONGEST_TAG):
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = _column(letters)
            yield int(digits), column


def _cells_one_by_one(content: bytes) -> Iterator[tuple[int, int]]:
    row = column = 0
    for tag in _TAG.finditer(content):
        name = _NAME.search(tag[2])
        if tag[1] == b"row":
            row, column = int(name[2]) if name is not None else row + 1, 0
        else:
            column = _column(name[1]) if name is not None else column + 1
            if not tag[2].endswith(b"/"):
                yield row, column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _cells_of_binary(content: bytes) -> Iterator[tuple[int, int]]:
    row, offset = 0, 0
    try:
        while offset < len(content):
            kind, offset = _number(content, offset, 2)
            size, offset = _number(content, offset, 4)
            if kind == _WIDE_ROW:
                (row,) = struct.unpack_from("<I", content, offset)
            elif kind in _WIDE_CELLS:
                yield row, struct.unpack_from("<I", content, offset)[0]
            offset += size
    except (IndexError, struct.error):
        return  # cut: calamine will say so


def _number(content: bytes, offset: int, longest: int) -> tuple[int, int]:
    """A number of seven bits a byte ([MS-XLSB] §2.1.4), and where it ends."""
    number = 0
    for place in range(longest):
        byte = content[offset + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, offset + place + 1
    return number, offset + longest
