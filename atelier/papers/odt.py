"""A sheet as an OpenDocument text, written in full here.

Styles have the names that LibreOffice gives its own, so that headings, lists and tables are
real ones. The same sheet gives the same bytes with every version of every library: an equal
paper must make no new version. Source: OASIS OpenDocument 1.3, part 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from atelier.model.prose import Block, BlockKind, Run, Sheet, Table
from atelier.papers import odt_styles
from atelier.papers.letters import clean

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"

_DEEPEST_LIST, _DEEPEST_HEADING = 10, 6
_LIST_STYLES = {BlockKind.BULLET: "Puces", BlockKind.NUMBERED: "Numéros"}
_PARAGRAPHS = {
    BlockKind.PARAGRAPH: "Text_20_body",
    BlockKind.QUOTE: "Quotations",
    BlockKind.CODE: "Preformatted_20_Text",
}
# Spaces that XML would not keep, tabs and line breaks (ODF §6.1.2).
_SPACING = re.compile(r"^ | {2,}|[\t\n] ?")
# What every member of the archive bears: the first day that a ZIP can tell.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def odt(sheet: Sheet) -> bytes:
    """The file; the same sheet gives the same bytes."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        _put(archive, "mimetype", MEDIA_TYPE, ZIP_STORED)
        _put(archive, "META-INF/manifest.xml", odt_styles.MANIFEST)
        _put(archive, "meta.xml", _meta(sheet))
        _put(archive, "styles.xml", odt_styles.styles(sheet, _text(sheet.footer)))
        _put(archive, "content.xml", _content(sheet))
    return target.getvalue()


def _put(archive: ZipFile, name: str, content: str, method: int = ZIP_DEFLATED) -> None:
    entry = ZipInfo(name, _NO_DAY)
    entry.create_system = 3  # else it tells the system that it was written on
    entry.compress_type = method
    archive.writestr(entry, content.encode())


def _meta(sheet: Sheet) -> str:
    return (
        f"{odt_styles.PROLOGUE}<office:document-meta {odt_styles.SPACES}><office:meta>"
        f"<meta:generator>Atelier</meta:generator><dc:title>{escape(clean(sheet.title))}</dc:title>"
        f"<dc:language>{odt_styles.locale(sheet)}</dc:language>"
        "</office:meta></office:document-meta>"
    )


def _content(sheet: Sheet) -> str:
    tables = [block for block in sheet.blocks if isinstance(block, Table)]
    looks = "".join(odt_styles.table(sheet, one, at) for at, one in enumerate(tables, 1))
    return (
        f"{odt_styles.PROLOGUE}<office:document-content {odt_styles.SPACES}>"
        f"<office:automatic-styles>{looks}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(_body(sheet))}</office:text></office:body>"
        "</office:document-content>"
    )


def _body(sheet: Sheet) -> Iterator[str]:
    yield _paragraph("Title", _text(sheet.title))
    if sheet.subtitle:
        yield _paragraph("Subtitle", _text(sheet.subtitle))
    number = 0
    for is_list, blocks in groupby(sheet.blocks, _is_listed):
        if is_list:
            yield from _lists(block for block in blocks if isinstance(block, Block))
            continue
        for block in blocks:
            if isinstance(block, Table):
                number += 1
                yield from _table(block, f"Tableau{number}")
            else:
                yield _block(block)


def _is_listed(block: Block | Table) -> bool:
    return isinstance(block, Block) and block.kind in _LIST_STYLES


def _block(block: Block) -> str:
    if block.kind is BlockKind.RULE:
        return _paragraph("Horizontal_20_Line", "")
    if block.kind is not BlockKind.HEADING:
        return _paragraph(_PARAGRAPHS[block.kind], _runs(block.runs))
    level = min(max(block.level, 1), _DEEPEST_HEADING)
    return (
        f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">'
        f"{_runs(block.runs)}</text:h>"
    )


def _lists(blocks: Iterable[Block]) -> Iterator[str]:
    """Lists within lists; a deeper one stands in the item before it."""
    open_kinds: list[BlockKind] = []
    for block in blocks:
        depth = min(max(block.level, 1), _DEEPEST_LIST)
        while len(open_kinds) > depth or (
            len(open_kinds) == depth and open_kinds[-1] != block.kind
        ):
            open_kinds.pop()
            yield "</text:list-item></text:list>"
        if len(open_kinds) == depth:
            yield "</text:list-item>"
        while len(open_kinds) < depth:
            open_kinds.append(block.kind)
            yield f'<text:list text:style-name="{_LIST_STYLES[block.kind]}">'
            if len(open_kinds) < depth:
                yield "<text:list-item>"
        start = f' text:start-value="{block.number}"' if block.number > 0 else ""
        yield f"<text:list-item{start}>{_paragraph('List_20_Contents', _runs(block.runs))}"
    yield "</text:list-item></text:list>" * len(open_kinds)


def _table(table: Table, name: str) -> Iterator[str]:
    yield f'<table:table table:name="{name}" table:style-name="{name}">'
    for column in range(len(table.widths)):
        yield f'<table:table-column table:style-name="{name}.{column}"/>'
    head = _row(table, table.head, "Table_20_Heading", "Tête")
    yield f"<table:table-header-rows>{head}</table:table-header-rows>"
    for row in table.rows:
        yield _row(table, row, "Table_20_Contents", "Case")
    yield "</table:table>"
    yield _paragraph("Text_20_body", "")


def _row(table: Table, texts: tuple[str, ...], style: str, cell: str) -> str:
    cells = (
        f'<table:table-cell table:style-name="{cell}" office:value-type="string">'
        f"{_paragraph(style, _text(text))}</table:table-cell>"
        for text, _ in zip(texts, table.widths, strict=True)
    )
    return f'<table:table-row table:style-name="Rang">{"".join(cells)}</table:table-row>'


def _paragraph(style: str, content: str) -> str:
    return f'<text:p text:style-name="{style}">{content}</text:p>'


def _runs(runs: tuple[Run, ...]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    content = _text(run.text)
    for is_so, style in (
        (run.is_code, "Source_20_Text"),
        (run.is_emphasised, "Emphasis"),
        (run.is_strong, "Strong_20_Emphasis"),
    ):
        if is_so:
            content = f'<text:span text:style-name="{style}">{content}</text:span>'
    if run.link:
        address = quoteattr(clean(run.link))
        return (
            f'<text:a xlink:type="simple" xlink:href={address} '
            f'text:style-name="Internet_20_link">{content}</text:a>'
        )
    return content


def _text(text: str) -> str:
    cleaned = clean(text)
    pieces, end = list[str](), 0
    for spacing in _SPACING.finditer(cleaned):
        pieces += escape(cleaned[end : spacing.start()]), _spaced(spacing[0])
        end = spacing.end()
    return "".join((*pieces, escape(cleaned[end:])))


def _spaced(spacing: str) -> str:
    mark = {"\t": "<text:tab/>", "\n": "<text:line-break/>"}.get(spacing[0], "")
    count = spacing.count(" ")
    return mark + (f'<text:s text:c="{count}"/>' if count else "")
