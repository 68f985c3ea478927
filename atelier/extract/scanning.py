"""Draws a page that is only an image, for a program that reads letters: grey, at 200 dpi."""

from __future__ import annotations

import math
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from atelier.extract import pdf
from atelier.extract.contract import Scanned
from atelier.extract.drawing import BROKEN
from atelier.extract.found import Unread
from atelier.extract.inside import media_type_in
from atelier.extract.limits import MAX_PIXELS, OCR_CHARACTERS, OCR_DPI
from atelier.extract.media_type import PDF
from atelier.extract.pictured import IMAGES

_POINTS_PER_INCH = 72
# a photographed page has more than it needs, and costs in proportion
_MAX_SCAN_PIXELS = 16_000_000
_LEAST_SIDE = 20  # pixels: below it no letter has room


def scan(file: BinaryIO, name: str, page: int) -> Scanned:
    """The page as a grey PGM; its reason when it is no scan, or cannot be drawn."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _scanned(file, name, page)
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Scanned(reason="too_large")
    except (Unread, *BROKEN):
        return Scanned(reason="broken")


def _scanned(file: BinaryIO, name: str, page: int) -> Scanned:
    media_type = media_type_in(file, name)
    if media_type == PDF:
        return _pdf_page(file, page)
    return _frame(file, IMAGES[media_type], page) if media_type in IMAGES else _NO_SCAN


def _pdf_page(file: BinaryIO, number: int) -> Scanned:
    document = pdf.opened(file)
    if not 1 <= number <= len(document):
        return _NO_SCAN
    page = document[number - 1]
    text = page.get_textpage().get_text_range().strip()
    if len(text) >= OCR_CHARACTERS or not pdf.has_image(page):
        return _NO_SCAN
    width, height = page.get_size()
    if not (math.isfinite(width) and math.isfinite(height) and min(width, height) > 0):
        return Scanned(reason="broken")
    most = math.sqrt(_MAX_SCAN_PIXELS / (width * height))
    scale = min(OCR_DPI / _POINTS_PER_INCH, most)
    if min(width, height) * scale < 1:
        return Scanned(reason="broken")
    return _grey(page.render(scale=scale, grayscale=True).to_pil())


def _frame(file: BinaryIO, name: str, number: int) -> Scanned:
    with Image.open(file, formats=(name,)) as image:
        if number > 1:
            if image.format != "TIFF":  # of what moves, the first frame
                return _NO_SCAN
            image.seek(number - 1)
        if image.width * image.height > MAX_PIXELS:  # frames after the first may be larger
            return Scanned(reason="too_large")
        upright = ImageOps.exif_transpose(_on_paper(image))
        shrunk = math.sqrt(_MAX_SCAN_PIXELS / (upright.width * upright.height))
        if shrunk < 1:
            upright.thumbnail((int(upright.width * shrunk), int(upright.height * shrunk)))
        return _grey(upright)


def _on_paper(image: Image.Image) -> Image.Image:
    """What shows through is white, as on the screen."""
    if image.mode.startswith("I;16"):  # sixteen bits of grey would all become white
        return image.point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image
    shown = image.convert("RGBA")
    paper = Image.new("RGBA", shown.size, "white")
    paper.alpha_composite(shown)
    paper.info |= image.info
    return paper


def _grey(image: Image.Image) -> Scanned:
    if min(image.size) < _LEAST_SIDE:
        return _NO_SCAN
    grey = image.convert("L")
    head = b"P5\n%d %d\n255\n" % grey.size
    return Scanned(head + grey.tobytes())


_NO_SCAN = Scanned(reason="no_scan")
