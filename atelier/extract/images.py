"""Reads what images say of themselves through Pillow: frames, title, author. Decodes no pixel.

An image has no text until a program recognises it: it is `needs_ocr`, one empty page a frame.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Unread
from atelier.extract.limits import MAX_PAGES, MAX_PIXELS, MAX_TITLE_CHARACTERS, MIB
from atelier.extract.markup import parsed
from atelier.extract.moments import moment
from atelier.extract.pictured import IMAGES
from atelier.model.documents import ReadState

# imported above so that each child finds them there, instead of looking for all of Pillow's
_PLUGINS = (AvifImagePlugin, BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin,
            TiffImagePlugin, WebPImagePlugin)  # fmt: skip
_FORMATS = tuple(IMAGES.values())
_DESCRIPTION, _ARTIST = 0x010E, 0x013B  # Exif 2.32 §4.6.5
_CAMERA, _TAKEN, _CHANGED = 0x8769, 0x9003, 0x0132
_WINDOWS_TITLE, _WINDOWS_AUTHOR = 0x9C9B, 0x9C9D  # UTF-16, as Windows Explorer writes them
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_MAX_XMP_BYTES = 1 * MIB
# what Pillow raises for tables of properties that are not what they claim to be
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError,
           AttributeError, Unread)  # fmt: skip


def read(file: BinaryIO) -> Found:
    """One empty page a frame of a TIFF, one for any other image; its words are for OCR to find."""
    with opened(file) as image:
        frames = _frames(image)
        title, author = _properties(image)
        written_at, changed_at = _moments(image)
    many = frames > MAX_PAGES
    state = (ReadState.PARTIAL, "many_pages") if many else (ReadState.NEEDS_OCR, "scan")
    return Found(
        ("",) * min(frames, MAX_PAGES), PageKind.PAGE, title, author, *state,
        written_at=written_at, changed_at=changed_at,
    )  # fmt: skip


def unread_heic(file: BinaryIO) -> Found:
    """HEIC is not decoded here: its sentence says how to send another kind."""
    raise Unread(ReadState.UNSUPPORTED, "heic")


@contextlib.contextmanager
def opened(file: BinaryIO) -> Iterator[Image.Image]:
    """The image, no pixel of it decoded; `Unread` too_large beyond 50 million, or damaged.

    The caps hold in the block too: seeking a frame that is larger is `Unread` the same way.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        try:
            with Image.open(file, formats=_FORMATS) as image:
                yield image
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Unread(ReadState.TOO_LARGE, "pixels") from error
        except (SyntaxError, TypeError, AttributeError) as error:
            raise Unread(ReadState.DAMAGED, "broken") from error


def _frames(image: Image.Image) -> int:
    """Pages of a TIFF, counted to one beyond the cap; one for moving images, whose first counts."""
    if image.format != "TIFF":
        return 1
    count = 1
    with contextlib.suppress(EOFError):
        while count <= MAX_PAGES:
            image.seek(count)
            count += 1
    image.seek(0)
    return count


def _properties(image: Image.Image) -> tuple[str, str]:
    """Title and author from EXIF, else from XMP. Places and cameras are left where they are."""
    try:
        exif = image.getexif()
        title = _wide(exif.get(_WINDOWS_TITLE)) or _narrow(exif.get(_DESCRIPTION))
        author = _wide(exif.get(_WINDOWS_AUTHOR)) or _narrow(exif.get(_ARTIST))
        if title and author:
            return title, author
        described = _described(image.info.get("xmp"))
    except _BROKEN:
        return "", ""
    return title or described[0], author or described[1]


def _moments(image: Image.Image) -> tuple[str, str]:
    """When it was taken and when last changed, by the clock of the camera."""
    try:
        exif = image.getexif()
        taken, changed = exif.get_ifd(_CAMERA).get(_TAKEN), exif.get(_CHANGED)
    except _BROKEN:
        return "", ""
    return _moment(taken), _moment(changed)


def _moment(value: object) -> str:
    day, _, clock = _narrow(value).partition(" ")
    return moment(f"{day.replace(':', '-')}T{clock}")


def _narrow(value: object) -> str:
    return value[:MAX_TITLE_CHARACTERS].strip("\0 ") if isinstance(value, str) else ""


def _wide(value: object) -> str:
    if not isinstance(value, bytes):
        return ""
    return value[: 2 * MAX_TITLE_CHARACTERS].decode("utf-16-le", "replace").strip("\0 ")


def _described(packet: object) -> tuple[str, str]:
    """Title and author of an XMP packet (ISO 16684-1 §7.3)."""
    if not isinstance(packet, bytes) or not 0 < len(packet) <= _MAX_XMP_BYTES:
        return "", ""
    root = parsed(packet.strip(b"\0 \r\n"))
    return _said(root, "title"), _said(root, "creator")


def _said(root: etree._Element, name: str) -> str:
    found = root.find(f".//{_DUBLIN}{name}")
    return " ".join(" ".join(map(str, found.itertext())).split()) if found is not None else ""
