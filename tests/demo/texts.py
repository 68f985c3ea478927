"""Reading a rendered paper back, by other means than those that wrote it."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from itertools import chain
from zipfile import ZipFile

import pypdfium2

from atelier.demo.blocks import Bullets, Heading, Paper, Paragraph, Table

_BODIES = ("word/document.xml", "content.xml")


def plain(text: str) -> str:
    """The text on one line with ordinary spaces, so that line ends do not matter."""
    return " ".join(text.replace("\u00a0", " ").split())


def texts_of_pdf(contents: bytes) -> list[str]:
    """The text of each page."""
    pdf = pypdfium2.PdfDocument(contents)
    try:
        return [plain(_text_of(page)) for page in pdf]
    finally:
        pdf.close()


def text_of_archive(contents: bytes) -> str:
    """The text of a DOCX or an ODT."""
    with ZipFile(BytesIO(contents)) as archive:
        name = next(name for name in _BODIES if name in archive.namelist())
        body = archive.read(name).decode()
    body = re.sub(r"<text:s\s*/>", " ", body)
    return plain(unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(w:p|text:p|text:h)>", "\n", body))))


def words_of(paper: Paper) -> str:
    """All the words that were to be set."""
    found = [paper.title]
    for block in chain.from_iterable(paper.pages):
        match block:
            case Heading(text):
                found.append(text)
            case Paragraph(text, lead):
                found += [lead, text]
            case Bullets(items):
                found += items
            case Table(head, rows):
                found += chain(head, *rows)
    return plain(" ".join(found))


def _text_of(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_range())
