"""What a reader of documents promises.

A reader never raises for what is in a file: whatever the bytes are, the answer is a
`Reading` with its state. Parsing happens in a child process with limits, an empty
environment and no network; what comes back is data, checked again on arrival.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from atelier.model.comparison import Comparison
from atelier.model.documents import ReadState
from atelier.model.reading import ReadingMeans

READER_VERSION = 2  # raise it when a reader improves: texts of older readers are read again


class PageKind(StrEnum):
    """What a page number counts; NONE when the format has no pages."""

    NONE = "none"
    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    MESSAGE = "message"


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was found in a file. Texts are NFC, without control characters but newline and tab.

    `pages` holds one text a page in order; one text in all when `page_kind` is NONE;
    none when nothing could be read. `title`, `author` are cut at 1,000 characters.
    `written_at`, `changed_at` are what the file itself says: ISO 8601, UTC when it ends in Z,
    of an unknown zone otherwise, or "".
    `language` is ISO 639-1 or "" when unknown. `reason` is a short code for the state:

    ok          "" · empty (no bytes) · media (sound or video: it has no text) · ocr (pages
                that are images were read by Tesseract)
    partial     pages (some cannot be read) · many_pages (only the first 10,000) · ocr (some
                pages that are images could not be read, or were too many)
    encrypted   password
    damaged     broken · crashed (the reader ended) · answer (it gave nonsense) · zip · zip_method ·
                xml · doctype · nesting · no_body · pdf · no_pages · pages (none can be read) ·
                ole (the container of an old Office file)
    too_large   text · zip_entries · zip_size · zip_ratio · zip_overlap · spaces · cells ·
                pixels (image over 50 million) · parts (mail of over 10,000) · memory
    timeout     time
    unsupported no_reader (known type, none reads it) · old_word (Word 6 or 95) · heic (images
                of telephones, that browsers do not show either) · archive (7z, RAR, gzip: not
                opened, its names unknown) · no_fork (this system cannot bound one)
    needs_ocr   scan (half of the pages or more are images; pages with text have theirs; an image
                file is all of it) · letters (their letters are being read)
    """

    state: ReadState
    media_type: str
    page_kind: PageKind = PageKind.NONE
    pages: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    language: str = ""
    written_at: str = ""
    changed_at: str = ""
    reason: str = ""
    reader_version: int = READER_VERSION

    @property
    def page_count(self) -> int | None:
        """Number of pages, or None where the format has none."""
        return None if self.page_kind is PageKind.NONE else len(self.pages)


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page as WebP, its size in pixels; without content, `reason` says why.

    no_picture (nothing draws this type) · no_page · broken · crashed · answer · timeout ·
    too_large · password · no_fork
    """

    content: bytes = b""
    width: int = 0
    height: int = 0
    reason: str = ""


class Scanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page that is an image, as a grey PGM at 200 dpi; without content, `reason` says why.

    no_scan (it has words, or no image) and whatever `Picture` may say.
    """

    content: bytes = b""
    reason: str = ""


class Readers(Protocol):
    """All the readers behind one door."""

    async def read(self, path: Path, name: str, *, in_full: bool = True) -> Reading:
        """Read the file at `path`, deposited under `name`; within the limits of EXTRACTION.

        Without `in_full` in milliseconds a page, leaving out what takes seconds: the letters
        of scans, office files laid out on paper.

        Several at once are welcome; at most as many children as processors run. `BlobMissing`
        when there is no file at `path`; `Fault` when the extraction server cannot be
        started, or after `close`.
        A reading that timed out, or whose server ended, was tried twice: it is final.
        """
        ...

    def has_more(self, reading: Reading) -> bool:
        """Whether a reading that was not in full may have left something out."""
        ...

    async def draw(self, path: Path, name: str, page: int, width: int) -> Picture:
        """Draw a page of the file at `path`, counted from 1, `width` pixels wide at most.

        In the same bounded way as `read`, with the same errors; what cannot be drawn is
        answered with its reason.
        """
        ...

    async def compare(self, older: tuple[str, ...], newer: tuple[str, ...]) -> Comparison:
        """What changed between two texts, one text a page; within the same limits."""
        ...

    async def means(self) -> ReadingMeans:
        """What reading has here: which bounds hold around it, which programs help it."""
        ...

    async def close(self) -> None:
        """Stop the extraction server and its children; may be called twice."""
        ...
