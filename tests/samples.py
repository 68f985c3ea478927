"""Small files of every kind, written for tests: honest ones first, hostile ones below."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from docx import Document as WordDocument
from odfdo import Document as OdfDocument
from odfdo import Element, Paragraph
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[str], *, title: str = "", author: str = "", password: str = "") -> bytes:
    """A PDF with one page a text; lines of a text are lines of the page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=password or None)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 760 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scanned_pdf(count: int = 1, text_pages: Sequence[str] = ()) -> bytes:
    """A PDF of images without text, after pages that have some."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for text in text_pages:
        canvas.drawString(72, 760, text)
        canvas.showPage()
    for _ in range(count):
        canvas.drawImage(ImageReader(io.BytesIO(png())), 0, 0, 500, 700)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def form_pdf(value: str) -> bytes:
    """A PDF whose only words stand in a form field."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.acroForm.textfield(value=value, x=72, y=700, width=300, height=20)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def docx(paragraphs: Sequence[str], *, title: str = "", author: str = "", header: str = "",
         table: Sequence[Sequence[str]] = (), comment: str = "") -> bytes:  # fmt: skip
    """A DOCX of paragraphs, then perhaps a table, with perhaps a header and a comment."""
    document = WordDocument()
    document.core_properties.title = title
    document.core_properties.author = author
    added = [document.add_paragraph(text) for text in paragraphs]
    if table:
        rows = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(rows.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if comment:
        document.add_comment(added[0].runs, text=comment, author="Relectrice", initials="R")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_body(body: str) -> bytes:
    """A DOCX with this XML as its body; `w:`, `mc:` are bound."""
    content = (
        f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/'
        f'markup-compatibility/2006"><w:body>{body}</w:body></w:document>'
    )
    return zipped({"[Content_Types].xml": content_types(), "word/document.xml": content})


def content_types() -> str:
    """The list of types that makes a ZIP a DOCX."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )


def odt(paragraphs: Sequence[str], *, title: str = "", author: str = "", header: str = "",
        footer: str = "") -> bytes:  # fmt: skip
    """An ODT of paragraphs, with perhaps a header and a footer on its pages."""
    document = OdfDocument("text")
    document.body.clear()
    for text in paragraphs:
        document.body.append(Paragraph(text))
    document.meta.title = title
    document.meta.initial_creator = author
    if header or footer:
        master = document.styles.get_element("//style:master-page")
        assert master is not None
        for border, text in (("header", header), ("footer", footer)):
            line = f"<style:{border}><text:p>{escape(text)}</text:p></style:{border}>"
            master.append(Element.from_tag(line))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def odt_body(body: str, **members: str | bytes) -> bytes:
    """An ODT with this XML as its text; `text:`, `office:`, `dc:` are bound."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text",
                   "content.xml": content, **members})  # fmt: skip


def html(body: str, *, title: str = "", charset: str = "utf-8") -> bytes:
    """An HTML page in the encoding that it declares."""
    page = (
        f'<!doctype html><html lang="fr"><head><meta charset="{charset}"><title>{title}</title>'
        f"</head><body>{body}</body></html>"
    )
    return page.encode(charset)


def png(width: int = 16, height: int = 16) -> bytes:
    """A grey PNG image."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header),
                     chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")))  # fmt: skip


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP with these members, in order; `mimetype` is stored, the rest packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=method)
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    """An OLE container ([MS-CFB]) with empty streams of these names."""
    end, free, none = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFF
    entries = []
    for number, name in enumerate(("Root Entry", *streams)):
        title = name.encode("utf-16-le") + b"\0\0"
        right = number + 1 if 0 < number < len(streams) else none
        child = 1 if number == 0 and streams else none
        entries.append(
            title.ljust(64, b"\0")
            + struct.pack(
                "<HBBIII36xIQ", len(title), 2 if number else 5, 1, none, right, child, end, 0
            )
        )
    directory = b"".join(entries)
    sectors = -(-len(directory) // 512)
    chain = [*range(2, sectors + 1), end]
    table = struct.pack("<128I", 0xFFFF_FFFD, *chain, *[free] * (127 - sectors))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16xHHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    return (header + struct.pack("<109I", 0, *[free] * 108) + table
            + directory.ljust(sectors * 512, b"\0"))  # fmt: skip


def flat_bomb(size_bytes: int) -> bytes:
    """A DOCX whose body inflates to this many bytes of white space out of nearly nothing."""
    return zipped({"[Content_Types].xml": content_types(), "word/document.xml": b" " * size_bytes})


def many_entries(count: int) -> bytes:
    """A DOCX with that many empty members more."""
    extra = {f"word/media/{number}": b"" for number in range(count)}
    return zipped({"[Content_Types].xml": content_types(), "word/document.xml": b"<a/>", **extra})


def overlapping_bomb() -> bytes:
    """A DOCX whose second member claims the packed bytes of the first over again."""
    content = zipped({"[Content_Types].xml": content_types(), "word/document.xml": b"<a/>"})
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    offset_field = second + 42
    return content[:offset_field] + struct.pack("<I", 10) + content[offset_field + 4 :]


def raw_pdf(objects: Iterable[bytes], root: int = 1) -> bytes:
    """A PDF of numbered objects as they are given, with a true cross-reference table."""
    body = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    for offset in offsets:
        body += b"%010d 00000 n \n" % offset
    body += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(offsets) + 1, root, start)  # fmt: skip
    return bytes(body)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A PDF stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def burning_pdf(megabytes: int = 48) -> bytes:
    """A PDF of one page that takes PDFium a long time: letters without end, packed."""
    letters = zlib.compress(b"BT /F 1 Tf (a) Tj ET\n" * (megabytes * 50_000))
    return raw_pdf(_one_page(stream(letters, b"/Filter/FlateDecode")))


def hostile_pdfs() -> dict[str, bytes]:
    """PDF with loops, lying counts and piled filters, by what they do."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<%s>>>>"
    catalog, pages = b"<</Type/Catalog/Pages 2 0 R%s>>", b"<</Type/Pages/Kids[3 0 R]/Count %d>>"
    form = b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>"
    own_prev = raw_pdf(_one_page(stream(b"")))
    start = own_prev.index(b"xref\n")
    bomb = zlib.compress(zlib.compress(b"0 " * (64 << 20), 9), 9)
    return {
        "kids": raw_pdf([catalog % b"", b"<</Type/Pages/Kids[2 0 R]/Count 3>>"]),
        "count": raw_pdf([catalog % b"", pages % 10**9, page % b"", stream(b"")]),
        "prev": own_prev.replace(b"/Root", b"/Prev %d/Root" % start),
        "form": raw_pdf([catalog % b"", pages % 1, page % b"/XObject<</X 4 0 R>>",
                         stream(b"/X Do", form)]),
        "outlines": raw_pdf([catalog % b"/Outlines 5 0 R", pages % 1, page % b"", stream(b""),
                             b"<</First 5 0 R/Last 5 0 R/Next 5 0 R/Parent 5 0 R>>"]),
        "names": raw_pdf([catalog % b"/Names<</Dests 5 0 R>>", pages % 1, page % b"", stream(b""),
                          b"<</Kids[5 0 R]>>"]),
        "filters": raw_pdf(_one_page(stream(b"x", b"/Filter[%s]" % (b"/FlateDecode" * 5_000)))),
        "flate": raw_pdf(_one_page(stream(bomb, b"/Filter[/FlateDecode/FlateDecode]"))),
    }  # fmt: skip


def _one_page(content: bytes) -> list[bytes]:
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<%s>>>>" % font,
        content,
    ]


def reaching_out(address: str) -> dict[str, bytes]:
    """Files of every read format that name `address` wherever their format lets them."""
    outside = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" TargetMode="External" Target="{0}/t" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/{1}"/></Relationships>'
    )
    dtd = f'<!DOCTYPE a SYSTEM "{address}/dtd" [<!ENTITY e SYSTEM "{address}/e">]><a>&e;</a>'
    link = f"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI({address}/u)>>>>"
    web = (
        f'<img src="{address}/i"><link rel="stylesheet" href="{address}/c"><iframe src="{address}'
        f'/f"></iframe><script src="{address}/s"></script><object data="{address}/o"></object>'
    )
    return {
        "template.docx": zipped({
            "[Content_Types].xml": content_types(),
            "word/document.xml": f'<w:document xmlns:w="{W}"/>',
            "word/_rels/document.xml.rels": outside.format(address, "attachedTemplate")}),
        "header.docx": zipped({
            "[Content_Types].xml": content_types(),
            "word/document.xml": f'<w:document xmlns:w="{W}"/>',
            "word/_rels/document.xml.rels": outside.format(address, "header")}),
        "dtd.docx": zipped({"[Content_Types].xml": content_types(), "word/document.xml": dtd}),
        "section.odt": odt_body('<text:section><text:section-source xmlns:xlink="http://www.w3.org/'
                                f'1999/xlink" xlink:href="{address}/s"/></text:section>'),
        "dtd.odt": zipped({"mimetype": "application/vnd.oasis.opendocument.text",
                           "content.xml": dtd}),
        "page.html": html(web, title="Page"),
        "link.pdf": raw_pdf([
            b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI(%s)>>>>" % address.encode(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Annots[%s]>>"
            % link.encode(),
            b"<</FFilter/FlateDecode/F(%s/f)/Length 0>>stream\n\nendstream" % address.encode()]),
    }  # fmt: skip
