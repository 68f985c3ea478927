"""Presentations and workbooks written for tests, part by part: honest ones, then hostile ones."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from tests.samples import zipped
from tests.samples_legacy import compound

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    f'xmlns:r="{_OFFICE}"'
)
_CELLS = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{_OFFICE}"'
_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
CORE = (
    '<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>'
    "<dcterms:created>{}</dcterms:created><dcterms:modified>{}</dcterms:modified>"
    "</cp:coreProperties>"
)
Parts = Mapping[str, str | bytes]


def relations(*named: tuple[str, str, str]) -> str:
    """A list of relations: id, kind, target."""
    each = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in named
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{each}</Relationships>'


def _package(main: str, kind: str, parts: Parts) -> bytes:
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{types}"><Override PartName="/{main}" '
        f'ContentType="{kind}"/></Types>',
        "_rels/.rels": relations(("r1", "officeDocument", main)), **parts,
    })  # fmt: skip


def words(*lines: str) -> str:
    """Lines as paragraphs of a drawing."""
    return "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)


def part(body: str) -> str:
    """A part of a presentation; `p:`, `a:`, `c:`, `mc:`, `r:` are bound."""
    return f"<p:part {_SPACES}>{body}</p:part>"


def pptx(
    slides: Sequence[str], more: Parts | None = None, *, kind: str = "presentationml.presentation"
) -> bytes:
    """A PPTX of slides, each the XML inside it, stored last first; with more parts, or other."""
    names = [f"slide{number}.xml" for number in range(1, len(slides) + 1)]
    order = "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in range(1, len(names) + 1))
    bodies = {f"ppt/slides/{name}": part(body) for name, body in zip(names, slides, strict=True)}
    named = [(f"r{n}", "slide", f"slides/{name}") for n, name in enumerate(names, 1)]
    return _package("ppt/presentation.xml", _MAIN.format(kind), {
        **dict(reversed(bodies.items())),
        "ppt/presentation.xml": part(f"<p:sldIdLst>{order}</p:sldIdLst>"),
        "ppt/_rels/presentation.xml.rels": relations(*reversed(named)), **(more or {}),
    })  # fmt: skip


def xlsx(
    sheets: Mapping[str, str], more: Parts | None = None, *, kind: str = "spreadsheetml.sheet"
) -> bytes:
    """An XLSX of sheets by name, each the XML of its rows, with more parts, or other ones."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    bodies = {
        f"xl/worksheets/sheet{n}.xml": f"<worksheet {_CELLS}><sheetData>{rows}</sheetData>"
        "</worksheet>"
        for n, rows in zip(numbers, sheets.values(), strict=True)
    }
    named = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    return _package("xl/workbook.xml", _MAIN.format(kind), {
        "xl/workbook.xml": f"<workbook {_CELLS}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(*named), **bodies, **(more or {}),
    })  # fmt: skip


def styles(*formats: str) -> str:
    """The part that gives cells with `s="0"`, `s="1"`… these number formats."""
    codes = "".join(
        f'<numFmt numFmtId="{200 + n}" formatCode={quoteattr(code)}/>'
        for n, code in enumerate(formats)
    )
    used = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(formats)))
    return f"<styleSheet {_CELLS}><numFmts>{codes}</numFmts><cellXfs>{used}</cellXfs></styleSheet>"


def row(number: int, *cells: str) -> str:
    """A row of an XLSX."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(place: str, value: object, more: str = "") -> str:
    """A cell of an XLSX: a number, or a text of its own."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"{more}><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"{more}><v>{value}</v></c>'


def sheet_part(tag: str, body: str) -> str:
    """A part beside a sheet."""
    return f"<{tag} {_CELLS}>{body}</{tag}>"


def odf(kind: str, body: str, more: Parts | None = None) -> bytes:
    """An ODF document of a kind (`presentation`, `spreadsheet`) with this XML in it."""
    inside = kind.removesuffix("-template")
    content = part_of_odf(f"<office:body><office:{inside}>{body}</office:{inside}></office:body>")
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": mimetype, "content.xml": content, **(more or {})})


def part_of_odf(body: str) -> str:
    """A part of an ODF document; its usual prefixes are bound."""
    return f"<office:document {_ODF}>{body}</office:document>"


def slide_of_odf(*lines: str, more: str = "", master: str = "Standard") -> str:
    """A slide of an ODP."""
    said = "".join(f"<text:p>{escape(line)}</text:p>" for line in lines)
    return (
        f'<draw:page draw:name="p" draw:master-page-name="{master}"><draw:frame><draw:text-box>'
        f"{said}</draw:text-box></draw:frame>{more}</draw:page>"
    )


def table(name: str, *rows: str) -> str:
    """A sheet of an ODS."""
    return f"<table:table table:name={quoteattr(name)}>{''.join(rows)}</table:table>"


def row_of_odf(*cells: str, repeated: int = 1) -> str:
    """A row of an ODS."""
    times = f' table:number-rows-repeated="{repeated}"' if repeated != 1 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def cell_of_odf(text: str, *, repeated: int = 1) -> str:
    """A cell of an ODS."""
    times = f' table:number-columns-repeated="{repeated}"' if repeated != 1 else ""
    said = f"<text:p>{escape(text)}</text:p>" if text else ""
    return f"<table:table-cell{times}>{said}</table:table-cell>"


Cell = tuple[int, int, str | float | bool]


def xls(
    sheets: Mapping[str, Sequence[Cell]], *, state: int = 0, extra: bytes = b"", about: bytes = b""
) -> bytes:
    """An XLS of sheets by name, each its cells by row and column ([MS-XLS]).

    `state` is the visibility of each sheet, `extra` records that stand before the list of
    them, `about` the stream that says what the whole is.
    """
    bodies = [_substream(0x10, b"".join(map(_old_cell, cells))) for cells in sheets.values()]
    head = len(_substream(5, extra)) + sum(12 + len(name) for name in sheets)
    listed, offset = b"", head
    for name, body in zip(sheets, bodies, strict=True):
        listed += _record(0x85, struct.pack("<IBBBB", offset, state, 0, len(name), 0)
                          + name.encode("latin-1"))  # fmt: skip
        offset += len(body)
    book = _substream(5, extra + listed) + b"".join(bodies)
    return compound({"Workbook": book, **({"\5SummaryInformation": about} if about else {})})


def old_format(number: int) -> bytes:
    """The record that gives the numbers of an XLS a built-in format (14 is a day)."""
    return _record(0xE0, struct.pack("<HH16x", 0, number))


def xlsb_sheet(*cells: tuple[int, int, float]) -> bytes:
    """A sheet part of an XLSB: rows and cells of numbers ([MS-XLSB] §2.1.7.62)."""
    # BrtBeginSheet, BrtWsDim (what it says of the size is not believed), BrtBeginSheetData
    body = b"\x81\x01\x00" + b"\x94\x01\x10" + bytes(16) + b"\x91\x01\x00"
    for number, column, value in cells:
        body += b"\x00\x19" + struct.pack("<I21x", number)
        body += b"\x05\x10" + struct.pack("<IId", column, 0, value)
    return body + b"\x92\x01\x00" + b"\x82\x01\x00"


def xlsb(sheet: bytes) -> bytes:
    """An XLSB of one sheet named `Un`."""
    bound = struct.pack("<II", 0, 1) + _counted("r1") + _counted("Un")
    workbook = (
        b"\x83\x01\x00\x8f\x01\x00" + b"\x9c\x01" + bytes([len(bound)]) + bound
        + b"\x90\x01\x00\x84\x01\x00"
    )  # fmt: skip
    return _package("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main", {
        "xl/workbook.bin": workbook,
        "xl/_rels/workbook.bin.rels": relations(("r1", "worksheet", "worksheets/sheet1.bin")),
        "xl/worksheets/sheet1.bin": sheet,
    })  # fmt: skip


def _counted(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _substream(kind: int, body: bytes) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0)) + body + _record(10, b"")


def _old_cell(cell: Cell) -> bytes:
    number, column, value = cell
    place = struct.pack("<HHH", number, column, 0)
    if isinstance(value, str):
        return _record(0x204, place + struct.pack("<HB", len(value), 0) + value.encode("latin-1"))
    if isinstance(value, bool):
        return _record(0x205, place + struct.pack("<BB", value, 0))
    return _record(0x203, place + struct.pack("<d", value))
