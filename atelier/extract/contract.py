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

from atelier.model.documents import ReadState

READER_VERSION = 1  # raise it when a reader improves: texts of older readers are read again


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
    `language` is ISO 639-1 or "" when unknown. `reason` is a short code for the state:

    ok          "" · empty (no bytes)
    partial     pages (some cannot be read) · many_pages (only the first 10,000)
    encrypted   password
    damaged     broken · crashed (the reader ended) · answer (it gave nonsense) · zip · zip_method ·
                xml · doctype · nesting · no_body · pdf · no_pages · pages (none can be read)
    too_large   text · zip_entries · zip_size · zip_ratio · zip_overlap · spaces · memory
    timeout     time
    unsupported no_reader (known type, none reads it) · no_fork (this system cannot bound one)
    needs_ocr   scan (half of the pages or more are images; pages with text have theirs)
    """

    state: ReadState
    media_type: str
    page_kind: PageKind = PageKind.NONE
    pages: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    language: str = ""
    reason: str = ""
    reader_version: int = READER_VERSION

    @property
    def page_count(self) -> int | None:
        """Number of pages, or None where the format has none."""
        return None if self.page_kind is PageKind.NONE else len(self.pages)


class Readers(Protocol):
    """All the readers behind one door."""

    async def read(self, path: Path, name: str) -> Reading:
        """Read the file at `path`, deposited under `name`; within the limits of EXTRACTION.

        Several at once are welcome; at most as many children as processors run. `BlobMissing`
        when there is no file at `path`; `Fault` when the extraction server cannot be
        started, or after `close`.
        A reading that timed out, or whose server ended, was tried twice: it is final.
        """
        ...

    async def close(self) -> None:
        """Stop the extraction server and its children; may be called twice."""
        ...
