"""Scans, as a scanner leaves them: words that are only dots."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2 as pdfium
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_DPI = 200
_POINTS = (417.6, 597.6)  # A5


def page_image(lines: Sequence[str]) -> Image.Image:
    """An A5 page at 200 dpi with these lines on it."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=_POINTS)
    canvas.setFont("Helvetica", 18)
    for number, line in enumerate(lines):
        canvas.drawString(40, 540 - 36 * number, line)
    canvas.save()
    page = pdfium.PdfDocument(buffer.getvalue())[0]
    image: Image.Image = page.render(scale=_DPI / 72, grayscale=True).to_pil()
    return image


def image(lines: Sequence[str], kind: str = "PNG") -> bytes:
    """The page as an image file."""
    buffer = io.BytesIO()
    page_image(lines).save(buffer, kind)
    return buffer.getvalue()


def tiff(pages: Sequence[Sequence[str]]) -> bytes:
    """Pages of a fax, in one TIFF."""
    first, *others = map(page_image, pages)
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=others, compression="tiff_deflate")
    return buffer.getvalue()


def scanned_pdf(pages: Sequence[Sequence[str] | str]) -> bytes:
    """A PDF whose pages are scans of these lines; a page given as text is written as text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=_POINTS)
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(72, 400, page)
        else:
            canvas.drawImage(ImageReader(page_image(page)), 0, 0, *_POINTS)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
