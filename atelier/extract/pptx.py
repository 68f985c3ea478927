"""Reads PPTX, PPSX, PPTM by walking their XML: slides in order, and what stands beside each."""

from __future__ import annotations

from typing import BinaryIO

from atelier.extract.archive import Archive
from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.extract.markup import parsed
from atelier.extract.ooxml import SLIDES, block, described, listed, main_part, targets, walk
from atelier.extract.paged import paged
from atelier.model.documents import ReadState

# kinds of parts by the last word of their relationship, in reading order
_PART_KINDS = ("diagramData", "chart", "chartEx", "notesSlide", "comments")
_SLIDE_IDS = frozenset(space + "sldId" for space in SLIDES)
# the place a slide may fill: on a layout it holds « Click to edit », which nobody is shown
_PLACEHOLDER = "{*}nvSpPr/{*}nvPr/{*}ph"


def read(file: BinaryIO) -> Found:
    """One text a slide, hidden ones too: its own words, diagrams, charts, notes, comments."""
    archive = Archive(file)
    main = main_part(archive, "ppt/presentation.xml")
    if not main:
        raise Unread(ReadState.DAMAGED, "no_body")
    sheet, shown = Sheet(), set[str]()

    def text_of(slide: str) -> str:
        return _slide(archive, slide, sheet, shown)

    # a slide named twice is one slide: no program writes that, and 10,000 names cost 10,000 reads
    slides = dict.fromkeys(slide or f"?{number}" for number, (_, slide) in enumerate(
        listed(archive, main, _SLIDE_IDS)))  # fmt: skip
    return described(paged(list(slides), PageKind.SLIDE, text_of), archive)


def _slide(archive: Archive, slide: str, sheet: Sheet, shown: set[str]) -> str:
    """Text of a slide; what its layout and master say is told where it is first shown."""
    if slide not in archive:
        raise Unread(ReadState.DAMAGED, "pages")
    blocks = [block(archive, slide, sheet)]
    for kind in _PART_KINDS:
        blocks += [block(archive, part, sheet) for part in targets(archive, slide, kind)]
    for layout in targets(archive, slide, "slideLayout"):
        blocks.append(_backdrop(archive, layout, sheet, shown))
        for master in targets(archive, layout, "slideMaster"):
            blocks.append(_backdrop(archive, master, sheet, shown))
    return "\n\n".join(without_repeats(blocks))


def _backdrop(archive: Archive, part: str, sheet: Sheet, shown: set[str]) -> str:
    """Words on a layout or master that are shown as they are, the first time it is asked for."""
    content = b"" if part in shown else archive.read(part)
    shown.add(part)
    if not content:
        return ""
    root = parsed(content)
    for shape in list(root.iter("{*}sp")):
        parent = shape.getparent()
        if parent is not None and shape.find(_PLACEHOLDER) is not None:
            parent.remove(shape)
    walk(root, sheet)
    return sheet.take()
