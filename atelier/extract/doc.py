"""Reads Word 97-2003 by its piece table ([MS-DOC]): body, notes, comments, headers, text boxes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from atelier.extract import compound
from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.model.documents import ReadState

_WORD_6, _WORD_97 = 0xA5DC, 0xA5EC  # wIdent, [MS-DOC] §2.5.2 and its predecessors
_FIRST_OF_97 = 0xC0  # nFib below is Word 6 or 95, whose text lies otherwise
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_FLAGS_AT, _COUNTS_AT, _PIECES_AT = 0x0A, 0x4C, 0x1A2
# §2.5.4, the parts in the order they follow each other: body, footnotes, headers, macros,
# comments, endnotes, text boxes, text boxes of headers
_PARTS = 8
_HEADERS = 2
_READING_ORDER = (0, 1, 5, 4, 6, 2, 7)
_PROPERTIES, _TABLE = 1, 2  # what stands before the pieces, and the pieces (§2.9.38)
_NARROW = 1 << 30  # a piece of one byte a character (§2.9.73)

_FIELDS = re.compile("([\x13\x14\x15])")
_ROW_ENDS = re.compile("\x07{2,}")
# cell mark, paragraph, hyphens that may or may not break, anchors of pictures and notes
_SIGNS = str.maketrans({7: "\t", 13: "\n", 12: "\n", 30: "-", 31: None, 1: None, 2: None, 5: None,
                        8: None, 19: None, 20: None, 21: None})  # fmt: skip


def read(file: BinaryIO) -> Found:
    """One text for the whole document: its pages exist only once Word has laid them out."""
    container = compound.opened(file)
    main = compound.stream(container, "WordDocument")
    try:
        flags = _flags(main)
        table = compound.stream(container, "1Table" if flags & _SECOND_TABLE else "0Table")
        text = "".join(_pieces(main, table, Sheet()))
        counts = struct.unpack_from(f"<{_PARTS}i", main, _COUNTS_AT)
    except struct.error as error:
        raise Unread(ReadState.DAMAGED, "broken") from error
    about = compound.summary(container)
    blocks = without_repeats(_blocks(text, counts))
    return Found(
        ("\n\n".join(blocks),), title=about.title, author=about.author,
        written_at=about.written_at, changed_at=about.changed_at,
    )  # fmt: skip


def _flags(main: bytes) -> int:
    identity, version = struct.unpack_from("<HH", main, 0)
    if identity == _WORD_6 or (identity == _WORD_97 and version < _FIRST_OF_97):
        raise Unread(ReadState.UNSUPPORTED, "old_word")
    if identity != _WORD_97:
        raise Unread(ReadState.DAMAGED, "no_body")
    (flags,) = struct.unpack_from("<H", main, _FLAGS_AT)
    if flags & _ENCRYPTED:
        raise Unread(ReadState.ENCRYPTED, "password")
    return int(flags)


def _pieces(main: bytes, table: bytes, sheet: Sheet) -> Iterator[str]:
    """The texts of the pieces in order; `sheet` holds their sum under the cap."""
    start, size = _piece_table(main, table)
    count = (size - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", table, start)
    for number in range(count):
        length = bounds[number + 1] - bounds[number]
        (place,) = struct.unpack_from("<I", table, start + 4 * (count + 1) + 8 * number + 2)
        if length < 0 or place >> 31:
            raise Unread(ReadState.DAMAGED, "broken")
        if place & _NARROW:
            at = (place & ~_NARROW) // 2
            piece = main[at : at + length].decode("cp1252", "replace")
        else:
            piece = main[place : place + 2 * length].decode("utf-16-le", "replace")
        sheet.write(piece)
        sheet.take()
        yield piece


def _piece_table(main: bytes, table: bytes) -> tuple[int, int]:
    """Where the table of pieces starts, and its bytes (§2.9.38: properties may stand before)."""
    at, length = struct.unpack_from("<II", main, _PIECES_AT)
    end = at + length
    while at < end:
        (kind,) = struct.unpack_from("<B", table, at)
        if kind == _TABLE:
            return at + 5, int(struct.unpack_from("<I", table, at + 1)[0])
        if kind != _PROPERTIES:
            break
        at += 3 + struct.unpack_from("<H", table, at + 1)[0]
    raise Unread(ReadState.DAMAGED, "no_body")


def _blocks(text: str, counts: tuple[int, ...]) -> Iterator[str]:
    """The parts as a person would read them; each header once, whatever sections repeat it."""
    starts = [sum(max(0, count) for count in counts[:part]) for part in range(_PARTS + 1)]
    for part in _READING_ORDER:
        shown = _shown(text[starts[part] : starts[part + 1]])
        yield "\n".join(without_repeats(shown.split("\n"))) if part == _HEADERS else shown


def _shown(text: str) -> str:
    """Text without the instructions of its fields, its cell and line marks made plain."""
    kept, open_fields = [], []
    for run in _FIELDS.split(text):
        if run == "\x13":
            open_fields.append(True)
        elif run == "\x14" and open_fields:
            open_fields[-1] = False
        elif run == "\x15" and open_fields:
            open_fields.pop()
        elif not any(open_fields):
            kept.append(run)
    # a field that never ends is a damaged one: rather its instruction than none of the text
    whole = text if open_fields else "".join(kept)
    return _ROW_ENDS.sub("\n", whole).translate(_SIGNS).strip()
