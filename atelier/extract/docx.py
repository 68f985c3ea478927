"""Reads DOCX by walking its XML: body, headers, footers, notes, comments, text boxes, diagrams."""

from __future__ import annotations

from typing import BinaryIO

from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.extract.ooxml import block, described, main_part, targets
from atelier.model.documents import ReadState

# kinds of parts by the last word of their relationship, in reading order
_PART_KINDS = (
    "header", "footer", "footnotes", "endnotes", "comments", "diagramData", "chart", "chartEx",
)  # fmt: skip


def read(file: BinaryIO) -> Found:
    """One text for the whole document: it has no pages of its own."""
    archive = Archive(file)
    main = main_part(archive, "word/document.xml")
    if not main:
        raise Unread(ReadState.DAMAGED, "no_body")
    sheet = Sheet()
    blocks = [block(archive, main, sheet)]
    for kind in _PART_KINDS:
        blocks += [block(archive, part, sheet) for part in targets(archive, main, kind)]
    return described(Found(("\n\n".join(without_repeats(blocks)),)), archive)
