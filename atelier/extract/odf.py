"""What Writer, Impress and Calc files share: their content, texts, master pages, properties."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.markup import parsed
from atelier.extract.moments import moment
from atelier.model.documents import ReadState

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
SLIDE = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_LINK = "{http://www.w3.org/1999/xlink}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"

NOTES = frozenset({TEXT + "note", OFFICE + "annotation", TEXT + "ruby-text"})
_LINES = frozenset({TEXT + "p", TEXT + "h"})
# what a tracked change removed, who wrote a comment and when, the mark of a note
_SKIPPED = frozenset({
    TEXT + "tracked-changes", TEXT + "note-citation", _DUBLIN + "creator", _DUBLIN + "date",
    _META + "date-string", _META + "creator-initials", OFFICE + "forms", OFFICE + "scripts",
})  # fmt: skip
_SPACES = re.compile(r"[ \t\r\n]+")


def body(archive: Archive) -> etree._Element:
    """The body of a document; `Unread` encrypted, or damaged when there is none."""
    # ODF 1.0 writers put a DOCTYPE here, and we want one fact of it: no parser is needed
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Unread(ReadState.ENCRYPTED, "password")
    found = _body(archive, "content.xml")
    if found is None:
        raise Unread(ReadState.DAMAGED, "no_body")
    return found


def objects(archive: Archive, root: etree._Element) -> Iterator[etree._Element]:
    """Bodies of the charts and drawings that `root` shows and that lie inside the file.

    Of a chart the title and labels, not the numbers that its bars show.
    """
    names = (frame.get(_LINK + "href") or "" for frame in root.iter(DRAW + "object"))
    for name in dict.fromkeys(names):
        try:
            found = _body(archive, name.removeprefix("./") + "/content.xml")
        except Unread:  # formulas of OpenOffice have a DOCTYPE: the document around them is sound
            continue
        if found is not None:
            if found.find(OFFICE + "chart") is not None:
                _drop_numbers(found)
            yield found


def masters(archive: Archive) -> Iterator[etree._Element]:
    """Master pages, with what they show on every page."""
    styles = archive.read("styles.xml")
    found = parsed(styles).find(OFFICE + "master-styles") if styles else None
    yield from found.iter(STYLE + "master-page") if found is not None else ()


def walk(root: etree._Element, sheet: Sheet, asides: Collection[str]) -> None:
    """Write the words under `root`, a paragraph a line; elements in `asides` follow theirs."""
    depth = 0
    steps = etree.iterwalk(root, events=("start", "end"))
    for event, element in steps:
        is_line = element.tag in _LINES
        if element.tag in asides:
            sheet.begin_aside() if event == "start" else sheet.end_aside()
        if event == "end":
            depth -= is_line
            if is_line:
                sheet.end_line()
            _write(element.tail if depth else None, sheet)
        elif element.tag in _SKIPPED:
            steps.skip_subtree()
        else:
            depth += is_line
            _write_sign(element, sheet)
            _write(element.text if depth else None, sheet)


def described(found: Found, archive: Archive) -> Found:
    """The same with title, author and dates of the document's metadata."""
    content = archive.read("meta.xml")
    meta = parsed(content).find(OFFICE + "meta") if content else None
    if meta is None:
        return found
    author = meta.findtext(_META + "initial-creator") or meta.findtext(_DUBLIN + "creator")
    return replace(
        found,
        title=meta.findtext(_DUBLIN + "title") or "",
        author=author or "",
        written_at=moment(meta.findtext(_META + "creation-date") or ""),
        changed_at=moment(meta.findtext(_DUBLIN + "date") or ""),
    )


def _drop_numbers(chart: etree._Element) -> None:
    for cell in list(chart.iter(TABLE + "table-cell")):
        if cell.get(OFFICE + "value-type") == "float":
            cell.clear()


def _body(archive: Archive, part: str) -> etree._Element | None:
    content = archive.read(part)
    return parsed(content).find(OFFICE + "body") if content else None


def _write(text: str | None, sheet: Sheet) -> None:
    if text:  # ODF 1.3 part 3 §6.1.2: white space collapses, more of it is written as elements
        sheet.write(_SPACES.sub(" ", text))


def _write_sign(element: etree._Element, sheet: Sheet) -> None:
    if element.tag == TEXT + "tab":
        sheet.write("\t")
    elif element.tag == TEXT + "line-break":
        sheet.write("\n")
    elif element.tag == TEXT + "s":
        sheet.write(" " * repeats(element.get(TEXT + "c") or "1", "spaces"))


def repeats(count: str, reason: str) -> int:
    """How often a thing is meant; a count that no cap could hold is refused before it is made."""
    if not count.isdecimal() or len(count) > 8:
        raise Unread(ReadState.TOO_LARGE, reason)
    return int(count)
