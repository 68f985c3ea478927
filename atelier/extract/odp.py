"""Reads ODP by walking its XML: slides in order with their notes, and what masters show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, without_repeats
from atelier.extract.odf import (
    DRAW,
    NOTES,
    OFFICE,
    SLIDE,
    STYLE,
    TEXT,
    body,
    described,
    masters,
    objects,
    walk,
)
from atelier.extract.paged import paged

# frames of a master that a slide fills, or that show what changes from slide to slide
_FILLED = frozenset({
    "title", "subtitle", "outline", "text", "notes", "date-time", "page-number", "page",
})  # fmt: skip
# what a slide may declare once and show by name
_DECLARED = ("header", "footer", "date-time")


def read(file: BinaryIO) -> Found:
    """One text a slide: its words, its charts, its notes; a master's words where first shown."""
    archive = Archive(file)
    show, sheet = body(archive), Sheet()
    waiting = {master.get(STYLE + "name"): master for master in masters(archive)}
    said = _declarations(show)

    def text_of(slide: etree._Element) -> str:
        notes = slide.find(SLIDE + "notes")
        if notes is not None:
            slide.remove(notes)
        blocks = [_walked(slide, sheet)]
        blocks += [_walked(shown, sheet) for shown in objects(archive, slide)]
        blocks += [_walked(part, sheet) for part in (notes,) if part is not None]
        for name in _DECLARED:
            sheet.write(said.get((name, slide.get(f"{SLIDE}use-{name}-name")), ""))
            blocks.append(sheet.take())
        master = waiting.pop(slide.get(DRAW + "master-page-name"), None)
        blocks += [_backdrop(part, sheet) for part in (master,) if part is not None]
        return "\n\n".join(without_repeats(blocks))

    slides = show.findall(f"{OFFICE}presentation/{DRAW}page")
    return described(paged(slides, PageKind.SLIDE, text_of), archive)


def _walked(root: etree._Element, sheet: Sheet) -> str:
    for field in list(root.iter(TEXT + "page-number")):
        field.text = ""  # the number of a slide is not part of what it says
    walk(root, sheet, NOTES)
    return sheet.take()


def _declarations(show: etree._Element) -> Mapping[tuple[str, str | None], str]:
    """Headers, footers and dates by kind and name (ODF 1.3 part 3 §9.11)."""
    return {
        (kind, declared.get(SLIDE + "name")): (declared.text or "").strip()
        for kind in _DECLARED for declared in show.iter(f"{SLIDE}{kind}-decl")
    }  # fmt: skip


def _backdrop(master: etree._Element, sheet: Sheet) -> str:
    """Words on a master that are shown as they are."""
    for shape in list(master):
        if shape.tag == SLIDE + "notes" or shape.get(SLIDE + "class") in _FILLED:
            master.remove(shape)
    return _walked(master, sheet)
