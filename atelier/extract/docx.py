"""Reads DOCX by walking its XML: body, headers, footers, notes, comments, text boxes, diagrams."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.extract.markup import parsed
from atelier.model.documents import ReadState

_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",  # ISO/IEC 29500 strict
)
_DRAWING = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}",
    "{http://purl.oclc.org/ooxml/drawingml/main}",
)
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"

_TEXTS = frozenset({space + "t" for space in (*_WORD, *_DRAWING, _MATH)})
_SIGN_NAMES = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SIGNS = {space + name: sign for space in _WORD for name, sign in _SIGN_NAMES.items()}
_ASIDES = frozenset(space + "txbxContent" for space in _WORD)  # a text box inside a line
_LINES = frozenset({space + "p" for space in (*_WORD, *_DRAWING)})
# the older drawing of a text box, and passages that a tracked change took away or moved
_WORD_SKIPPED = ("del", "moveFrom", "tabs")  # `tabs` holds tab stops under the name of tabs
_SKIPPED = frozenset({_FALLBACK, *(space + name for space in _WORD for name in _WORD_SKIPPED)})

# kinds of parts by the last word of their relationship, in reading order
_PART_KINDS = ("header", "footer", "footnotes", "endnotes", "comments", "diagramData")


def read(file: BinaryIO) -> Found:
    """One text for the whole document: it has no pages of its own."""
    archive = Archive(file)
    main = next(_targets(archive, "", "officeDocument"), "word/document.xml")
    if main not in archive:
        raise Unread(ReadState.DAMAGED, "no_body")
    sheet = Sheet()
    blocks = [_block(archive, main, sheet)]
    for kind in _PART_KINDS:
        blocks += [_block(archive, part, sheet) for part in _targets(archive, main, kind)]
    properties = next(_targets(archive, "", "core-properties"), "docProps/core.xml")
    title, author = _properties(archive, properties)
    return Found(("\n\n".join(without_repeats(blocks)),), title=title, author=author)


def _targets(archive: Archive, part: str, kind: str) -> Iterator[str]:
    """Parts of a kind that `part` names, inside the file only (ECMA-376 part 2 §9.3)."""
    folder, name = posixpath.split(part)
    relations = archive.read(posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in parsed(relations) if relations else ():
        is_inside = relation.get("TargetMode") != "External"
        if is_inside and (relation.get("Type") or "").rpartition("/")[2] == kind:
            target = posixpath.join("/", folder, relation.get("Target") or "")
            yield posixpath.normpath(target).lstrip("/")


def _block(archive: Archive, part: str, sheet: Sheet) -> str:
    content = archive.read(part)
    if content:
        _walk(parsed(content), sheet)
    return sheet.take()


def _walk(root: etree._Element, sheet: Sheet) -> None:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if tag in _ASIDES:
            sheet.begin_aside() if event == "start" else sheet.end_aside()
        elif event == "end":
            if tag in _LINES:
                sheet.end_line()
        elif tag in _TEXTS:
            sheet.write(element.text or "")
        elif tag in _SIGNS:
            sheet.write(_SIGNS[tag])
        elif tag in _SKIPPED:
            walk.skip_subtree()


def _properties(archive: Archive, part: str) -> tuple[str, str]:
    content = archive.read(part)
    if not content:
        return "", ""
    root = parsed(content)
    return root.findtext(_DUBLIN + "title") or "", root.findtext(_DUBLIN + "creator") or ""
