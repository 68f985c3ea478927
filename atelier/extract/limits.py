"""The numbers that bound the reading of one file, in one place.

Sources: EXTRACTION's caps and process limits; where it names none, the reason stands beside.
"""

from __future__ import annotations

import msgspec

KIB = 1024
MIB = 1024 * KIB

MAX_TEXT_BYTES = 64 * MIB  # all pages together, in UTF-8
MAX_INFLATED_BYTES = 256 * MIB  # sum of the sizes a ZIP announces
MAX_RATIO = 200  # inflated / packed, looked at above RATIO_FLOOR_BYTES
RATIO_FLOOR_BYTES = 10 * MIB
MAX_ZIP_ENTRIES = 10_000
MAX_PAGES = 10_000  # as many as a bound register of a lifetime; more is read `partial`
MAX_TITLE_CHARACTERS = 1_000
MAX_HTML_DEPTH = 2_000  # the HTML parser is quadratic in depth: 100,000 levels take 13 s
MAX_PIXELS = 50_000_000  # of an image, before it is decoded
MAX_SHEET_CELLS = 1 << 25  # of the box around a sheet: calamine lays it out, 24 bytes a cell
MAX_COPIED_BYTES = 4 * MAX_TEXT_BYTES  # of shared texts, with markup that is not kept
MAX_BOOK_CELLS = 1 << 26  # of all boxes: about seven seconds of processor
LANGUAGE_CHARACTERS = 5_000
LANGUAGE_MIN_CHARACTERS = 40
OCR_DPI = 200  # what Tesseract was measured best at, for its cost
MAX_OCR_PAGES = 200  # of one document: at two seconds a page, minutes of processor
MAX_OCR_SECONDS = 1_800.0  # of one document, on the clock
OCR_PAGE_SECONDS = 60.0
OCR_CHARACTERS = 20  # a page with fewer and an image is a scan

MAX_RESULT_BYTES = MAX_TEXT_BYTES + 2 * MIB  # what may come through the pipe
HEAD_BYTES = 8 * KIB  # enough of a file to tell its media type


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one child may use: seconds on the clock and of processor, bytes of memory."""

    wall_seconds: float = 60.0
    cpu_seconds: int = 30
    memory_bytes: int = 1_536 * MIB
    open_files: int = 32
