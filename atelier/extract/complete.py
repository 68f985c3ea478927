"""The readers with all that this system has beside them: OCR, office files as paper, films.

What the extraction server reads is completed by outside programs where they are there; where
one is missing or fails, its answer stands as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import replace
from pathlib import Path

import msgspec

from atelier.errors import BlobMissing
from atelier.extract.contract import Picture, Reading
from atelier.extract.films import kept, still
from atelier.extract.limits import HEAD_BYTES
from atelier.extract.media_type import media_type_of
from atelier.extract.ocr import may_have_scans, with_scans
from atelier.extract.office import OFFICE, TEXTS, Office
from atelier.extract.papers import on_paper
from atelier.extract.pictured import FILMS
from atelier.extract.process import ForkedReaders, open_readers
from atelier.extract.programs import Programs, find_programs
from atelier.model.comparison import Comparison
from atelier.model.documents import ReadState
from atelier.model.reading import OutsideProgram, ReadingMeans
from atelier.settings import Reading as Settings

_PAPER, _STILL = "papier.pdf", "image.png"
# what was read, and what is too old to be read without an office
_WITH_PAPER = (ReadState.OK, ReadState.UNSUPPORTED)


def open_readers_for(settings: Settings) -> CompleteReaders:
    """The readers that these settings ask for, not started yet, with the programs found here."""
    # where a program cannot be bounded, none is used
    found = find_programs() if hasattr(os, "fork") else Programs()
    used = found.chosen(use_ocr=settings.use_ocr, use_office=settings.use_libreoffice)
    readers = open_readers(children=settings.read_processes)
    return CompleteReaders(readers, found, used, settings.read_processes)


class CompleteReaders:
    """Readers that complete what another one reads."""

    def __init__(
        self, readers: ForkedReaders, found: Programs, used: Programs, children: int
    ) -> None:
        self._readers = readers
        self._found = found
        self._used = used
        self._runs = asyncio.Semaphore(children)
        self._office = None if used.office is None else Office(used.office)
        self._told: tuple[OutsideProgram, ...] | None = None

    async def read(self, path: Path, name: str, *, in_full: bool = True) -> Reading:
        """Read the file at `path`, as the contract promises."""
        reading = await self._readers.read(path, name)
        if not in_full:
            return reading
        if self._goes_on_paper(reading):
            return await self._read_on_paper(path, reading)
        if self._has_letters(reading):
            return await self._read_letters(path, name, reading)
        return reading

    def has_more(self, reading: Reading) -> bool:
        """Whether a reading that was not in full may have left something out."""
        return self._goes_on_paper(reading) or self._has_letters(reading)

    def _goes_on_paper(self, reading: Reading) -> bool:
        is_wanted = reading.media_type in TEXTS and reading.state in _WITH_PAPER
        return is_wanted and self._office is not None

    def _has_letters(self, reading: Reading) -> bool:
        return self._used.tesseract is not None and may_have_scans(reading)

    async def _read_on_paper(self, path: Path, reading: Reading) -> Reading:
        paper = await self._paper(path, reading.media_type)
        if paper is None:
            return reading
        with contextlib.suppress(BlobMissing):  # others pushed it out meanwhile
            read = await self._readers.read(paper, _PAPER)
            return await asyncio.to_thread(on_paper, reading, read)
        return reading

    async def _read_letters(self, path: Path, name: str, reading: Reading) -> Reading:
        tesseract = self._used.tesseract
        if tesseract is None:
            return reading
        async with self._runs:
            completed = await with_scans(
                tesseract, lambda page: self._readers.scan(path, name, page), reading
            )
        if completed is reading:
            return reading
        language = await self._readers.language(completed.pages)
        return msgspec.structs.replace(completed, language=language)

    async def draw(self, path: Path, name: str, page: int, width: int) -> Picture:
        """Draw a page of the file at `path`, as the contract promises."""
        picture = await self._readers.draw(path, name, page, width)
        if picture.reason != "no_picture":
            return picture
        media_type = await asyncio.to_thread(_media_type, path, name)
        if media_type in FILMS:
            return await self._still(path, media_type, page, width)
        paper = await self._paper(path, media_type)
        if paper is not None:
            with contextlib.suppress(BlobMissing):
                return await self._readers.draw(paper, _PAPER, page, width)
        return picture

    async def _still(self, path: Path, media_type: str, page: int, width: int) -> Picture:
        """Its one picture, drawn again from ffmpeg's by the bounded process."""
        if self._used.ffmpeg is None:
            return Picture(reason="no_picture")
        if page != 1:
            return Picture(reason="no_page")
        async with self._runs:
            content = await still(self._used.ffmpeg, path, media_type)
        if not content:
            return Picture(reason="no_picture")
        with await asyncio.to_thread(kept, content) as file:
            return await self._readers.draw(Path(file.name), _STILL, 1, width)

    async def compare(self, older: tuple[str, ...], newer: tuple[str, ...]) -> Comparison:
        """What changed between two texts, as the contract promises."""
        return await self._readers.compare(older, newer)

    async def means(self) -> ReadingMeans:
        """The bounds that hold here and the programs, as the contract promises."""
        means = await self._readers.means()
        if self._told is None:  # they are what they were for as long as this process runs
            self._told = await asyncio.to_thread(self._found.told, self._used)
        return replace(means, programs=self._told)

    async def close(self) -> None:
        """Stop the extraction server and its children; may be called twice."""
        await self._readers.close()
        if self._office is not None:
            await asyncio.to_thread(self._office.close)

    async def _paper(self, path: Path, media_type: str) -> Path | None:
        if self._office is None or media_type not in OFFICE:
            return None
        return await self._office.paper(path, media_type)


def _media_type(path: Path, name: str) -> str:
    with path.open("rb") as file:
        return media_type_of(file.read(HEAD_BYTES), name)
