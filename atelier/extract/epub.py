"""Reads EPUB books: their chapters in reading order, through the reader of HTML."""

from __future__ import annotations

import posixpath
from typing import BinaryIO
from urllib.parse import unquote

from atelier.extract import html
from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.markup import parsed
from atelier.extract.text import decoded
from atelier.model.documents import ReadState

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_CHAPTERS = frozenset({"application/xhtml+xml", "text/html"})


def read(file: BinaryIO) -> Found:
    """One text for the whole book (EPUB 3.3 §5): a book has no pages but those of its screen."""
    archive = Archive(file)
    if "META-INF/rights.xml" in archive and "META-INF/encryption.xml" in archive:
        raise Unread(ReadState.ENCRYPTED, "password")
    place = _package(archive)
    package = parsed(archive.read(place))
    chapters = {
        item.get("id"): posixpath.join(posixpath.dirname(place), unquote(item.get("href") or ""))
        for item in package.iter(_PACKAGE + "item")
        if item.get("media-type") in _CHAPTERS
    }
    sheet, seen = Sheet(), set[str]()
    for one in package.iter(_PACKAGE + "itemref"):
        chapter = posixpath.normpath(chapters.get(one.get("idref"), ""))
        if chapter not in seen:
            seen.add(chapter)
            sheet.write(html.words_of(decoded(archive.read(chapter))) + "\n\n")
    title, author = (package.findtext(f".//{_DUBLIN}{name}") or "" for name in ("title", "creator"))
    return Found((sheet.take(),), title=title, author=author)


def _package(archive: Archive) -> str:
    content = archive.read("META-INF/container.xml")
    root = parsed(content).find(f".//{_CONTAINER}rootfile") if content else None
    place = root.get("full-path") if root is not None else None
    if not place or place not in archive:
        raise Unread(ReadState.DAMAGED, "no_body")
    return place
