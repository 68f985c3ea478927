"""Reads ODT by walking its XML: body, notes, comments, and headers and footers of its pages."""

from __future__ import annotations

import re
from typing import BinaryIO

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.extract.markup import parsed
from atelier.model.documents import ReadState

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"

_LINES = frozenset({_TEXT + "p", _TEXT + "h"})
# what a tracked change removed, who wrote a comment and when, the mark of a note
_SKIPPED = frozenset({
    _TEXT + "tracked-changes", _TEXT + "note-citation", _DUBLIN + "creator", _DUBLIN + "date",
    _META + "date-string", _META + "creator-initials", _OFFICE + "forms", _OFFICE + "scripts",
})  # fmt: skip
# what stands inside a line of text without being part of its sentence
_ASIDES = frozenset({_TEXT + "note", _OFFICE + "annotation", _DRAW + "frame", _TEXT + "ruby-text"})
_SPACES = re.compile(r"[ \t\r\n]+")


def read(file: BinaryIO) -> Found:
    """One text for the whole document: it has no pages of its own."""
    archive = Archive(file)
    _refuse_encrypted(archive)
    content = archive.read("content.xml")
    if not content:
        raise Unread(ReadState.DAMAGED, "no_body")
    body = parsed(content).find(_OFFICE + "body")
    if body is None:
        raise Unread(ReadState.DAMAGED, "no_body")
    sheet = Sheet()
    _walk(body, sheet)
    blocks = [sheet.take(), *_page_borders(archive, sheet)]
    title, author = _properties(archive)
    return Found(("\n\n".join(without_repeats(blocks)),), title=title, author=author)


def _refuse_encrypted(archive: Archive) -> None:
    manifest = archive.read("META-INF/manifest.xml")
    # ODF 1.0 writers put a DOCTYPE here, and we want one fact of it: no parser is needed
    if b"encryption-data" in manifest:
        raise Unread(ReadState.ENCRYPTED, "password")


def _page_borders(archive: Archive, sheet: Sheet) -> list[str]:
    """Texts of headers and footers, out of the master pages."""
    styles = archive.read("styles.xml")
    masters = parsed(styles).find(_OFFICE + "master-styles") if styles else None
    blocks = []
    for border in masters.iter(f"{_STYLE}*") if masters is not None else ():
        if etree.QName(border).localname.startswith(("header", "footer")):
            _walk(border, sheet)
            blocks.append(sheet.take())
    return blocks


def _walk(root: etree._Element, sheet: Sheet) -> None:
    depth = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        is_line = element.tag in _LINES
        if element.tag in _ASIDES:
            sheet.begin_aside() if event == "start" else sheet.end_aside()
        if event == "end":
            depth -= is_line
            if is_line:
                sheet.end_line()
            _write(element.tail if depth else None, sheet)
        elif element.tag in _SKIPPED:
            walk.skip_subtree()
        else:
            depth += is_line
            _write_sign(element, sheet)
            _write(element.text if depth else None, sheet)


def _write(text: str | None, sheet: Sheet) -> None:
    if text:  # ODF 1.3 part 3 §6.1.2: white space collapses, more of it is written as elements
        sheet.write(_SPACES.sub(" ", text))


def _write_sign(element: etree._Element, sheet: Sheet) -> None:
    if element.tag == _TEXT + "tab":
        sheet.write("\t")
    elif element.tag == _TEXT + "line-break":
        sheet.write("\n")
    elif element.tag == _TEXT + "s":
        sheet.write(" " * _repeats(element.get(_TEXT + "c") or "1"))


def _repeats(count: str) -> int:
    """How many spaces are meant; a count that no cap could hold is refused before it is made."""
    if not count.isdecimal() or len(count) > 8:
        raise Unread(ReadState.TOO_LARGE, "spaces")
    return int(count)


def _properties(archive: Archive) -> tuple[str, str]:
    content = archive.read("meta.xml")
    meta = parsed(content).find(_OFFICE + "meta") if content else None
    if meta is None:
        return "", ""
    author = meta.findtext(_META + "initial-creator") or meta.findtext(_DUBLIN + "creator")
    return meta.findtext(_DUBLIN + "title") or "", author or ""
