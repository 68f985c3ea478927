"""Reads the letters of pages that are only images, by Tesseract, page by page."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from atelier.extract.contract import Reading, Scanned
from atelier.extract.found import byte_size, plain
from atelier.extract.launching import Bounds, Launch, launched
from atelier.extract.limits import (
    MAX_OCR_PAGES,
    MAX_OCR_SECONDS,
    MAX_TEXT_BYTES,
    MIB,
    OCR_CHARACTERS,
    OCR_DPI,
    OCR_PAGE_SECONDS,
)
from atelier.extract.media_type import PDF
from atelier.extract.pictured import IMAGES
from atelier.extract.programs import Tesseract
from atelier.model.documents import ReadState

_MAX_PAGE_TEXT_BYTES = MIB  # a page of the smallest print has a hundredth of it
_READ_SO_FAR = (ReadState.OK, ReadState.NEEDS_OCR, ReadState.PARTIAL)

ScanOf = Callable[[int], Awaitable[Scanned]]


def may_have_scans(reading: Reading) -> bool:
    """Whether pages of it may be images whose letters nobody has read."""
    return (
        reading.state in _READ_SO_FAR
        and (reading.media_type == PDF or reading.media_type in IMAGES)
        and bool(_bare_pages(reading))
    )


async def with_scans(tesseract: Tesseract, scan_of: ScanOf, reading: Reading) -> Reading:
    """The reading with the letters of its scanned pages, as far as they could be read."""
    begun = time.monotonic()
    pages = list(reading.pages) or [""]
    left, size = 0, sum(byte_size(page) for page in pages)
    bare = _bare_pages(reading)
    read = 0
    for place, number in enumerate(bare):
        is_over = place >= MAX_OCR_PAGES or time.monotonic() - begun > MAX_OCR_SECONDS
        if is_over or size > MAX_TEXT_BYTES - _MAX_PAGE_TEXT_BYTES:
            left += len(bare) - place
            break
        scanned = await scan_of(number)
        if scanned.reason == "no_scan":
            continue
        text = await text_of(tesseract, scanned.content) if scanned.content else None
        if text is None:
            left += 1
            continue
        read += 1
        size += byte_size(text)
        pages[number - 1] = text
    return _completed(reading, tuple(pages), _Count(read, left))


async def text_of(tesseract: Tesseract, scan: bytes) -> str | None:
    """The letters on a grey page; None when Tesseract fails on it."""
    with await asyncio.to_thread(_laid_out, scan) as file:
        launch = Launch(
            tesseract.path,
            ("stdin", "stdout", "-l", "+".join(tesseract.languages), "--dpi", str(OCR_DPI)),
            Bounds(OCR_PAGE_SECONDS, answer_bytes=_MAX_PAGE_TEXT_BYTES),
            # one page at a time on one processor: more threads cost more than they bring
            {"OMP_THREAD_LIMIT": "1", "TESSDATA_PREFIX": str(tesseract.trained)},
            installed=tesseract.trained,
        )
        outcome = await launched(launch, file)
    if outcome.ending != "done":
        return None
    return plain(outcome.content.decode("utf-8", "replace")).strip()


@dataclass(frozen=True, slots=True)
class _Count:
    read: int
    left: int


def _bare_pages(reading: Reading) -> list[int]:
    """Numbers of the pages with hardly a word, from 1; an image without any is one page."""
    pages = reading.pages or ("",)
    return [number for number, text in enumerate(pages, 1) if len(text.strip()) < OCR_CHARACTERS]


def _completed(reading: Reading, pages: tuple[str, ...], count: _Count) -> Reading:
    is_waiting = reading.state is ReadState.NEEDS_OCR and not count.left
    if not count.read and not is_waiting:
        return reading
    state, reason = reading.state, reading.reason
    if state is not ReadState.PARTIAL:  # it says already that something is missing
        state = ReadState.PARTIAL if count.left else ReadState.OK
        reason = "ocr"
    return msgspec.structs.replace(reading, pages=pages, state=state, reason=reason)


def _laid_out(content: bytes) -> BinaryIO:
    """A nameless file that the program reads from its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    file.write(content)
    file.seek(0)
    return file
