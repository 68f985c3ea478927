"""What papers written as OpenDocument look like: their styles, page, footer and manifest."""

from __future__ import annotations

from typing import Final

from atelier.model.prose import Sheet, Table

PROLOGUE: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES: Final = (
    " ".join(
        f'xmlns:{name}="{_OASIS}{name}:1.0"'
        for name in ("office", "style", "text", "table", "meta")
    )
    + f' xmlns:fo="{_OASIS}xsl-fo-compatible:1.0" xmlns:svg="{_OASIS}svg-compatible:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' office:version="1.3"'
)
MANIFEST: Final = (
    f'{PROLOGUE}<manifest:manifest xmlns:manifest="{_OASIS}manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" manifest:version="1.3"'
    ' manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)

_BLUE, _GREY, _PALE, _LINE = "#1f4e79", "#4a5560", "#e8eef4", "#8a97a3"
_SHORT_CM, _LONG_CM, _MARGIN_CM = 21.0, 29.7, 2.0
_LOCALES: Final = {"fr": ("fr", "FR"), "en": ("en", "GB")}


def locale(sheet: Sheet) -> str:
    """Its language with a country, `fr-FR`."""
    return "-".join(_LOCALES[sheet.language])


def table(sheet: Sheet, one: Table, number: int) -> str:
    """The styles of a table and its columns."""
    name, width = f"Tableau{number}", _text_width_cm(sheet)
    columns = "".join(
        f'<style:style style:name="{name}.{at}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * share:.3f}cm"/></style:style>'
        for at, share in enumerate(_shares(one))
    )
    return (
        f'<style:style style:name="{name}" style:family="table"><style:table-properties'
        f' style:width="{width:.3f}cm" table:align="margins" table:border-model="collapsing"'
        ' fo:margin-bottom="0.2cm"/>'
        f"</style:style>{columns}{_CELLS if number == 1 else ''}"
    )


def styles(sheet: Sheet, footer: str) -> str:
    """`styles.xml`, with the footer's text already as XML."""
    language, country = _LOCALES[sheet.language]
    common = _COMMON.format(language=language, country=country)
    headings = "".join(_heading(level, size) for level, size in enumerate(_SIZES, 1))
    return (
        f"{PROLOGUE}<office:document-styles {SPACES}><office:styles>{common}{headings}{_LOOKS}"
        f"{_lists()}</office:styles>{_page(sheet)}"
        f'<office:master-styles><style:master-page style:name="Standard"'
        f' style:page-layout-name="Feuille"><style:footer><text:p text:style-name="Footer">{footer}'
        f"<text:tab/>Page <text:page-number>1</text:page-number> /"
        f" <text:page-count>1</text:page-count></text:p></style:footer></style:master-page>"
        "</office:master-styles></office:document-styles>"
    )


def _shares(one: Table) -> list[float]:
    return [width / sum(one.widths) for width in one.widths]


def _text_width_cm(sheet: Sheet) -> float:
    return (_LONG_CM if sheet.is_landscape else _SHORT_CM) - 2 * _MARGIN_CM


def _page(sheet: Sheet) -> str:
    sides = (_LONG_CM, _SHORT_CM) if sheet.is_landscape else (_SHORT_CM, _LONG_CM)
    way = "landscape" if sheet.is_landscape else "portrait"
    return (
        '<office:automatic-styles><style:page-layout style:name="Feuille">'
        f'<style:page-layout-properties fo:page-width="{sides[0]}cm" fo:page-height="{sides[1]}cm"'
        f' style:print-orientation="{way}" fo:margin="{_MARGIN_CM}cm"/>'
        '<style:footer-style><style:header-footer-properties fo:min-height="0.8cm"'
        ' fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>'
        '<style:style style:name="Footer" style:family="paragraph"><style:paragraph-properties>'
        f'<style:tab-stops><style:tab-stop style:position="{_text_width_cm(sheet):.1f}cm"'
        ' style:type="right"/></style:tab-stops></style:paragraph-properties>'
        f'<style:text-properties fo:font-size="8pt" fo:color="{_GREY}"/></style:style>'
        "</office:automatic-styles>"
    )


_SIZES: Final = (14, 12, 11, 10.5, 10.5, 10.5)
_COMMON: Final = (
    '<style:default-style style:family="paragraph"><style:paragraph-properties'
    ' fo:orphans="2" fo:widows="2" style:writing-mode="page"/><style:text-properties'
    ' fo:font-family="\'Liberation Sans\', Arial, sans-serif" fo:font-size="10.5pt"'
    ' fo:language="{language}" fo:country="{country}"/></style:default-style>'
    '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
)


def _heading(level: int, size: float) -> str:
    return (
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}"'
        ' style:family="paragraph" style:parent-style-name="Standard"'
        ' style:next-style-name="Text_20_body" style:class="text"'
        f' style:default-outline-level="{level}"><style:paragraph-properties'
        ' fo:margin-top="0.4cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"/>'
        f'<style:text-properties fo:font-size="{size}pt" fo:font-weight="bold"'
        f' fo:color="{_BLUE}"/></style:style>'
    )


def _paragraph(name: str, paragraph: str, text: str = "") -> str:
    shown = name.replace("_20_", " ")
    return (
        f'<style:style style:name="{name}" style:display-name="{shown}" style:family="paragraph"'
        f' style:parent-style-name="Standard"><style:paragraph-properties {paragraph}/>'
        f"<style:text-properties {text}/></style:style>"
    )


def _span(name: str, text: str) -> str:
    shown = name.replace("_20_", " ")
    return (
        f'<style:style style:name="{name}" style:display-name="{shown}" style:family="text">'
        f"<style:text-properties {text}/></style:style>"
    )


_MONO: Final = 'fo:font-family="\'Liberation Mono\', monospace" fo:font-size="9.5pt"'
_LOOKS: Final = "".join(
    (
        _paragraph(
            "Title",
            'fo:margin-bottom="0.1cm" fo:keep-with-next="always"',
            f'fo:font-size="18pt" fo:font-weight="bold" fo:color="{_BLUE}"',
        ),
        _paragraph(
            "Subtitle", 'fo:margin-bottom="0.4cm"', f'fo:font-size="12pt" fo:color="{_GREY}"'
        ),
        _paragraph("Text_20_body", 'fo:margin-bottom="0.2cm" fo:line-height="115%"'),
        _paragraph("List_20_Contents", 'fo:margin-bottom="0.08cm" fo:line-height="115%"'),
        _paragraph(
            "Quotations",
            'fo:margin-left="0.8cm" fo:margin-right="0.8cm" fo:margin-bottom="0.2cm"',
            f'fo:color="{_GREY}"',
        ),
        _paragraph(
            "Preformatted_20_Text", f'fo:background-color="{_PALE}" fo:margin-bottom="0.2cm"', _MONO
        ),
        _paragraph(
            "Horizontal_20_Line",
            f'fo:border-bottom="0.5pt solid {_LINE}" fo:margin-bottom="0.3cm"',
            'fo:font-size="6pt"',
        ),
        _paragraph("Table_20_Contents", "", 'fo:font-size="9pt"'),
        _paragraph("Table_20_Heading", "", 'fo:font-size="9pt" fo:font-weight="bold"'),
        _span("Strong_20_Emphasis", 'fo:font-weight="bold"'),
        _span("Emphasis", 'fo:font-style="italic"'),
        _span("Source_20_Text", _MONO),
        _span(
            "Internet_20_link",
            'fo:color="#0b5394" style:text-underline-style="solid"'
            ' style:text-underline-width="auto" style:text-underline-color="font-color"',
        ),
    )
)


def _cell(name: str, more: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties'
        f' fo:border="0.5pt solid {_LINE}" fo:padding="0.1cm"{more}/></style:style>'
    )


_CELLS: Final = (
    _cell("Case", "")
    + _cell("Tête", f' fo:background-color="{_PALE}"')
    + '<style:style style:name="Rang" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="auto"/></style:style>'
)


def _lists() -> str:
    bullets = "".join(
        f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="{mark}">'
        f"{_indent(level)}</text:list-level-style-bullet>"
        for level, mark in zip(range(1, 11), "•–" * 5, strict=True)
    )
    numbers = "".join(
        f'<text:list-level-style-number text:level="{level}" style:num-format="1"'
        f' style:num-suffix=".">{_indent(level)}</text:list-level-style-number>'
        for level in range(1, 11)
    )
    return (
        f'<text:list-style style:name="Puces">{bullets}</text:list-style>'
        f'<text:list-style style:name="Numéros">{numbers}</text:list-style>'
    )


def _indent(level: int) -> str:
    return (
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab"'
        f' text:list-tab-stop-position="{0.7 * level:.1f}cm" fo:text-indent="-0.6cm"'
        f' fo:margin-left="{0.7 * level:.1f}cm"/></style:list-level-properties>'
    )
