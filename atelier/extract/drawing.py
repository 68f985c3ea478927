"""Draws a page of a file as a picture: PDF through PDFium, images through Pillow.

Of an office file only the thumbnail that its program stored in it. Pictures carry nothing
but their pixels: no place, no camera, no name (THREATS 46).
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from typing import BinaryIO

import pypdfium2 as pdfium
from PIL import AvifImagePlugin, Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

from atelier.extract import pdf
from atelier.extract.archive import Archive
from atelier.extract.contract import Picture
from atelier.extract.found import Unread
from atelier.extract.inside import is_locked_office, media_type_in
from atelier.extract.limits import MAX_PAGES, MAX_PIXELS
from atelier.extract.media_type import PDF
from atelier.extract.pictured import IMAGES, STORED
from atelier.model.documents import ReadState

_METHOD = 2  # of WebP, 0 fast to 6 small: measured
_QUALITIES = (80, 50)  # the first that is small enough; noise stays large at any of them
_WANTED_BYTES = 400 * 1024  # a page of print takes 200 KiB, a photograph 300
_SHRUNK = 0.7  # each side, as often as it takes; a page of noise takes two
_MAX_HEIGHT_IN_WIDTHS = 3  # a till receipt gets narrower, never longer than a page can show
_WIDEST_STORED = 512  # as office programs make them
_WHITE = (255, 255, 255)
_NUMBERED = {"1": "L", "P": "RGBA", "PA": "RGBA"}
_ORIENTATION = 0x0112  # of EXIF 2.32 §4.6.4
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_ONTO_THE_SIDE = frozenset(_TURNS[number] for number in (5, 6, 7, 8))

# Imported once, before anything forks: left to itself Pillow does it again in each child.
_FURTHER = (AvifImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
Image.preinit()
# above it Pillow warns, which here is an error, before anything is decoded
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

# what PDFium and Pillow raise for bytes that are not what they claim to be; anything else
# ends the child, which is answered as `crashed`
BROKEN = (
    pdfium.PdfiumError, OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError,
    EOFError, RecursionError, NotImplementedError, struct.error, zlib.error,
)  # fmt: skip
_REASONS = {ReadState.ENCRYPTED: "password", ReadState.TOO_LARGE: "too_large"}


def draw(file: BinaryIO, name: str, page: int, width: int) -> Picture:
    """The page, `width` pixels wide at most, as WebP; `reason` says why there is none.

    A PDF page is drawn as wide as asked; what is made of pixels is never enlarged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(file, name, page, width)
    except Unread as given_up:
        return Picture(reason=_REASONS.get(given_up.state, "broken"))
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Picture(reason="too_large")
    except BROKEN:
        return Picture(reason="broken")


def _drawn(file: BinaryIO, name: str, page: int, width: int) -> Picture:
    if not 1 <= page <= MAX_PAGES:
        return Picture(reason="no_page")
    media_type = media_type_in(file, name)
    if media_type == PDF:
        return _pdf_page(file, page, width)
    if media_type in IMAGES:
        return _frame(file, (IMAGES[media_type],), page, width)
    if media_type in STORED:
        return _stored(file, STORED[media_type], page, width)
    return Picture(reason="no_picture")


def _pdf_page(file: BinaryIO, number: int, width: int) -> Picture:
    document = pdf.opened(file)
    if number > len(document):
        return Picture(reason="no_page")
    page = document[number - 1]
    size = page.get_size()
    if not all(math.isfinite(side) and side > 0 for side in size):
        return Picture(reason="broken")
    scale = min(width / size[0], _MAX_HEIGHT_IN_WIDTHS * width / size[1])
    # at least a pixel each way: PDFium refuses to draw on less
    if min(size) * scale < 1:
        return Picture(reason="broken")
    # its own order of colours saves turning each pixel round
    return _packed(page.render(scale=scale, rev_byteorder=True).to_pil())


def _frame(file: BinaryIO, formats: tuple[str, ...], number: int, width: int) -> Picture:
    """A page of a TIFF, or the first frame of any other image."""
    with Image.open(file, formats=formats) as image:
        if number > 1:
            if image.format != "TIFF":
                return Picture(reason="no_page")
            try:
                image.seek(number - 1)
            except EOFError:
                return Picture(reason="no_page")
        if image.width * image.height > MAX_PIXELS:  # frames after the first may be larger
            return Picture(reason="too_large")
        return _packed(_upright(image, width))


def _stored(file: BinaryIO, places: tuple[str, ...], number: int, width: int) -> Picture:
    """The thumbnail inside an office file; only of its first page, and no picture of a page."""
    if number > 1 or width > _WIDEST_STORED:
        return Picture(reason="no_picture")
    if is_locked_office(file):
        return Picture(reason="password")
    archive = Archive(file)
    place = next((one for one in places if one in archive), "")
    if not place:
        return Picture(reason="no_picture")
    with Image.open(io.BytesIO(archive.read(place)), formats=("PNG", "JPEG")) as image:
        small = _upright(image, width)
        # Some programs put the same white sheet into all their files: it shows nothing.
        is_blank = small.getcolors(1) is not None
        return Picture(reason="no_picture") if is_blank else _packed(small)


def _upright(image: Image.Image, width: int) -> Image.Image:
    """The image as its maker held it, at most so wide; without anything that it carried."""
    turn = _turn(image)
    box = (width, _MAX_HEIGHT_IN_WIDTHS * width)
    if image.mode in _NUMBERED:  # no shade can be made between numbers of colours
        image = image.convert(_NUMBERED[image.mode])
    image.thumbnail(box[::-1] if turn in _ONTO_THE_SIDE else box)
    return _flat(image if turn is None else image.transpose(turn))


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the camera was held; None when it was upright, or does not say in earnest."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except BROKEN:
        return None


def _flat(image: Image.Image) -> Image.Image:
    """Its pixels on white paper, in colours that WebP knows."""
    if image.mode.startswith("I;16"):  # sixteen bits of grey would all become white
        image = image.point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    shown = image.convert("RGBA")
    paper = Image.new("RGB", shown.size, _WHITE)
    paper.paste(shown, mask=shown.getchannel("A"))
    return paper


def _packed(image: Image.Image) -> Picture:
    """The image as WebP of `_WANTED_BYTES` at most: coarser where it must, then smaller."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    for quality in _QUALITIES:
        content = _webp(bare, quality)
        if len(content) <= _WANTED_BYTES:
            break
    while len(content) > _WANTED_BYTES:
        bare = bare.resize([max(1, int(side * _SHRUNK)) for side in bare.size])
        content = _webp(bare, _QUALITIES[-1])
    return Picture(content, bare.width, bare.height)


def _webp(bare: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    bare.save(buffer, "WEBP", method=_METHOD, quality=quality)
    return buffer.getvalue()
