"""What Word, PowerPoint and Excel files of today share: parts, relations, texts, properties."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import replace

from lxml import etree

from atelier.extract.archive import Archive
from atelier.extract.found import Found, Sheet
from atelier.extract.markup import parsed
from atelier.extract.moments import moment


def _both(name: str) -> tuple[str, str]:
    """A namespace of ECMA-376 as most programs write it, and as ISO/IEC 29500 strict has it."""
    return (
        f"{{http://schemas.openxmlformats.org/{name}}}",
        f"{{http://purl.oclc.org/ooxml/{name.replace('/2006', '')}}}",
    )


WORD = _both("wordprocessingml/2006/main")
SLIDES = _both("presentationml/2006/main")
CELLS = _both("spreadsheetml/2006/main")
# `r:id`, by which a part names another
_RELATION_IDS = tuple(space + "id" for space in _both("officeDocument/2006/relationships"))
_DRAWING = _both("drawingml/2006/main")
_CHART = _both("drawingml/2006/chart")
_WIDE_CHART = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_THREADS = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


def _tags(*named: tuple[tuple[str, ...], str]) -> frozenset[str]:
    return frozenset(space + name for spaces, names in named for space in spaces
                     for name in names.split())  # fmt: skip


_TEXTS = _tags((WORD, "t"), (_DRAWING, "t"), ((_MATH,), "t"), (CELLS, "t"), (SLIDES, "text"),
               (_CHART, "v"), ((_WIDE_CHART,), "pt v"), ((_THREADS,), "text"))  # fmt: skip
_SIGN_NAMES = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SIGNS = {space + name: sign for space in WORD for name, sign in _SIGN_NAMES.items()}
_SIGNS |= {space + "br": "\n" for space in _DRAWING}
_ASIDES = _tags((WORD, "txbxContent"))  # a text box inside a line
_LINES = _tags((WORD, "p"), (_DRAWING, "p"), (_CHART, "v"), ((_WIDE_CHART,), "pt v"),
               (CELLS, "comment"), (SLIDES, "text"), ((_THREADS,), "text"))  # fmt: skip
# the older drawing of a text box, and passages that a tracked change took away or moved;
# `tabs` holds tab stops under the name of tabs, a cache of numbers what the bars of a chart show
_SKIPPED = _tags((WORD, "del moveFrom tabs"), (_CHART, "numCache numLit")) | {_FALLBACK}
_FIELDS = _tags((_DRAWING, "fld"))


def main_part(archive: Archive, default: str) -> str:
    """The part that the whole file is about; "" when it is not there."""
    main = next(targets(archive, "", "officeDocument"), default)
    return main if main in archive else ""


def targets(archive: Archive, part: str, kind: str) -> Iterator[str]:
    """Parts that `part` names by relations of a kind (the last word of their type)."""
    for relation, target in _relations(archive, part):
        if (relation.get("Type") or "").rpartition("/")[2] == kind:
            yield target


def all_targets(archive: Archive, part: str) -> list[str]:
    """Every part that `part` names, once."""
    return list(dict.fromkeys(target for _, target in _relations(archive, part)))


def listed(archive: Archive, part: str, tags: Collection[str]) -> list[tuple[etree._Element, str]]:
    """Elements of `part` with one of these tags, in order, and the part each one names.

    A name that leads nowhere is "".
    """
    named = {relation.get("Id"): target for relation, target in _relations(archive, part)}
    elements = parsed(archive.read(part)).iter(*tags)
    return [(element, named.get(_relation_id(element), "")) for element in elements]


def block(archive: Archive, part: str, sheet: Sheet) -> str:
    """The text of a part; "" when it is not there."""
    content = archive.read(part)
    if content:
        walk(parsed(content), sheet)
    return sheet.take()


def walk(root: etree._Element, sheet: Sheet) -> None:
    """Write the words of a part as they are shown, a paragraph a line."""
    steps = etree.iterwalk(root, events=("start", "end"))
    for event, element in steps:
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
        elif tag in _SKIPPED or (tag in _FIELDS and element.get("type") == "slidenum"):
            steps.skip_subtree()


def described(found: Found, archive: Archive) -> Found:
    """The same with title, author and dates of the core properties (ECMA-376 part 2 §11)."""
    part = next(targets(archive, "", "core-properties"), "docProps/core.xml")
    content = archive.read(part)
    if not content:
        return found
    root = parsed(content)
    return replace(
        found,
        title=root.findtext(_DUBLIN + "title") or "",
        author=root.findtext(_DUBLIN + "creator") or "",
        written_at=moment(root.findtext(_TERMS + "created") or ""),
        changed_at=moment(root.findtext(_TERMS + "modified") or ""),
    )


def _relation_id(element: etree._Element) -> str | None:
    return next((element.get(name) for name in _RELATION_IDS if name in element.attrib), None)


def _relations(archive: Archive, part: str) -> Iterator[tuple[etree._Element, str]]:
    """Relations of a part to others inside the file (ECMA-376 part 2 §9.3)."""
    folder, name = posixpath.split(part)
    relations = archive.read(posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in parsed(relations) if relations else ():
        if relation.get("TargetMode") != "External":
            target = posixpath.join("/", folder, relation.get("Target") or "")
            yield relation, posixpath.normpath(target).lstrip("/")
