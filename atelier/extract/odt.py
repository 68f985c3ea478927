"""Reads ODT by walking its XML: body, notes, comments, and headers and footers of its pages."""

from __future__ import annotations

from typing import BinaryIO

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet, without_repeats
from atelier.extract.odf import DRAW, NOTES, STYLE, body, described, masters, objects, walk

# what stands inside a line of text without being part of its sentence
_ASIDES = NOTES | {DRAW + "frame"}


def read(file: BinaryIO) -> Found:
    """One text for the whole document: it has no pages of its own."""
    archive = Archive(file)
    text, sheet = body(archive), Sheet()
    walk(text, sheet, _ASIDES)
    blocks = [sheet.take()]
    for master in masters(archive):
        blocks += [_walked(border, sheet) for border in master if _is_border(border)]
    blocks += [_walked(shown, sheet) for shown in objects(archive, text)]
    return described(Found(("\n\n".join(without_repeats(blocks)),)), archive)


def _is_border(element: etree._Element) -> bool:
    name = etree.QName(element)
    return f"{{{name.namespace}}}" == STYLE and name.localname.startswith(("header", "footer"))


def _walked(root: etree._Element, sheet: Sheet) -> str:
    walk(root, sheet, _ASIDES)
    return sheet.take()
