"""Scans: drawn for reading letters, read by Tesseract where it is, bounded, and said so."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from atelier.extract import open_readers_for
from atelier.extract.complete import CompleteReaders
from atelier.extract.contract import Reading, Scanned
from atelier.extract.ocr import may_have_scans, text_of, with_scans
from atelier.extract.process import open_readers
from atelier.extract.programs import Programs, Tesseract, find_programs
from atelier.model.documents import ReadState
from atelier.settings import Reading as Settings
from tests import samples, samples_scans

_LINES = ("Convention de soins", "entre les deux structures", "signée le 12 mars")


def _read(content: bytes, name: str, folder: Path, *, use_ocr: bool = True) -> Reading:
    path = folder / "content"
    path.write_bytes(content)

    async def act() -> Reading:
        readers = open_readers_for(Settings(use_ocr=use_ocr))
        try:
            return await readers.read(path, name)
        finally:
            await readers.close()

    return asyncio.run(act())


def _scanned(content: bytes, name: str, folder: Path, pages: list[int]) -> list[Scanned]:
    path = folder / "content"
    path.write_bytes(content)

    async def act() -> list[Scanned]:
        readers = open_readers(children=1)
        try:
            return [await readers.scan(path, name, page) for page in pages]
        finally:
            await readers.close()

    return asyncio.run(act())


def _flat(text: str) -> str:
    return re.sub(r"\W+", " ", text)


@pytest.mark.tesseract
def test_a_scan_is_read_in_french_and_stays_unread_when_that_is_turned_off(tmp_path: Path) -> None:
    content = samples_scans.scanned_pdf([_LINES, ("Deuxième page", "du compte rendu de séance")])
    read = _read(content, "scan.pdf", tmp_path)
    assert (read.state, read.reason, read.page_count) == (ReadState.OK, "ocr", 2)
    assert "Convention de soins" in _flat(read.pages[0])
    assert "Deuxième page" in _flat(read.pages[1])
    assert read.language == "fr"
    left = _read(content, "scan.pdf", tmp_path, use_ocr=False)
    assert (left.state, left.pages) == (ReadState.NEEDS_OCR, ("", ""))


@pytest.mark.tesseract
def test_a_scanned_page_among_written_ones_is_read_too_and_they_stay(tmp_path: Path) -> None:
    written = "Une page dont les mots sont écrits"
    content = samples_scans.scanned_pdf([written, _LINES, written])
    read = _read(content, "annexe.pdf", tmp_path)
    assert (read.state, read.reason) == (ReadState.OK, "ocr")
    assert read.pages[0] == read.pages[2] == written
    assert "entre les deux structures" in _flat(read.pages[1])


@pytest.mark.tesseract
def test_an_image_and_every_page_of_a_fax_are_read(tmp_path: Path) -> None:
    image = _read(samples_scans.image(_LINES), "photo.png", tmp_path)
    assert (image.state, image.reason) == (ReadState.OK, "ocr")
    assert "Convention de soins" in _flat("\n".join(image.pages))
    fax = _read(
        samples_scans.tiff([_LINES, ("Page suivante", "du même envoi")]), "fax.tif", tmp_path
    )
    assert "Convention de soins" in _flat("\n".join(fax.pages))
    assert "Page suivante" in _flat("\n".join(fax.pages))


@pytest.mark.tesseract
def test_what_is_no_page_is_no_scan_for_tesseract_either() -> None:
    tesseract = find_programs().tesseract
    assert tesseract is not None

    async def act() -> list[str | None]:
        return [await text_of(tesseract, content) for content in (b"", b"P5\n9", b"x" * 100_000)]

    assert asyncio.run(act()) == [None, None, None]


def test_a_page_is_drawn_for_reading_only_when_it_is_a_scan(tmp_path: Path) -> None:
    written = "Une page dont les mots sont écrits"
    content = samples_scans.scanned_pdf([_LINES, written])
    scan, text, beyond = _scanned(content, "a.pdf", tmp_path, [1, 2, 3])
    assert scan.content.startswith(b"P5\n1161 1660\n255\n")  # A5 at 200 dpi
    assert (text, beyond) == (Scanned(reason="no_scan"), Scanned(reason="no_scan"))
    icon, moving = samples.png(16, 16), samples_scans.image(_LINES, "GIF")
    assert _scanned(icon, "a.png", tmp_path, [1]) == [Scanned(reason="no_scan")]
    first, second = _scanned(moving, "a.gif", tmp_path, [1, 2])
    assert first.content and second == Scanned(reason="no_scan")
    assert _scanned(b"mot", "a.txt", tmp_path, [1]) == [Scanned(reason="no_scan")]


def test_what_cannot_be_drawn_for_reading_says_why(tmp_path: Path) -> None:
    huge = samples.png(20_000, 20_000)
    assert _scanned(huge, "a.png", tmp_path, [1]) == [Scanned(reason="too_large")]
    broken = samples_scans.image(_LINES)[:200]
    assert _scanned(broken, "a.png", tmp_path, [1]) == [Scanned(reason="broken")]


def _reading(pages: int, state: ReadState = ReadState.NEEDS_OCR) -> Reading:
    return Reading(state, "application/pdf", pages=("",) * pages, reason="scan")


def _unable(folder: Path) -> Tesseract:
    """One that fails on every page."""
    return Tesseract(folder / "missing", folder, ("fra",))


def test_without_any_page_read_a_scan_keeps_waiting(tmp_path: Path) -> None:
    async def scan_of(page: int) -> Scanned:
        return Scanned(b"P5\n1 1\n255\n\x00")

    reading = _reading(3)
    assert asyncio.run(with_scans(_unable(tmp_path), scan_of, reading)) is reading
    blank = asyncio.run(with_scans(_unable(tmp_path), _no_scan, reading))
    assert (blank.state, blank.reason, blank.pages) == (ReadState.OK, "ocr", ("", "", ""))
    text = _reading(2, ReadState.OK)
    assert asyncio.run(with_scans(_unable(tmp_path), _no_scan, text)) is text


async def _no_scan(page: int) -> Scanned:
    return Scanned(reason="no_scan")


def test_only_pages_without_words_of_what_can_be_a_scan_are_looked_at() -> None:
    assert may_have_scans(_reading(1)) and may_have_scans(_reading(1, ReadState.OK))
    for state in (ReadState.DAMAGED, ReadState.ENCRYPTED, ReadState.TOO_LARGE, ReadState.TIMEOUT):
        assert not may_have_scans(_reading(1, state))
    words = Reading(ReadState.OK, "application/pdf", pages=("bien assez de mots sur la page",))
    assert not may_have_scans(words)
    assert not may_have_scans(Reading(ReadState.OK, "text/plain", pages=("",)))


def test_more_pages_than_are_read_are_said_to_be_missing(tmp_path: Path) -> None:
    asked: list[int] = []

    async def scan_of(page: int) -> Scanned:
        asked.append(page)
        return Scanned(reason="no_scan")

    left = asyncio.run(with_scans(_unable(tmp_path), scan_of, _reading(230)))
    assert asked == list(range(1, 201))
    assert left.state is ReadState.NEEDS_OCR


def test_readers_without_programs_answer_as_the_bounded_process_does(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(samples_scans.scanned_pdf([_LINES]))

    async def act() -> tuple[Reading, Reading]:
        readers = open_readers(children=1)
        complete = CompleteReaders(readers, Programs(), Programs(), 1)
        try:
            return await readers.read(path, "a.pdf"), await complete.read(path, "a.pdf")
        finally:
            await complete.close()

    alone, beside = asyncio.run(act())
    assert alone == beside
