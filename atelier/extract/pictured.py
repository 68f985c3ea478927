"""Which kinds of file have pictures, known without opening one: imports no reader.

Nothing that describes a drawing in words or commands is here (SVG, EMF, WMF, PostScript):
drawing them would run what somebody wrote (THREATS 41, 59).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from atelier.extract.media_type import ODF_TYPES, OLE_ENDINGS, OOXML_ENDINGS, PDF

# what Pillow may be asked to decode, under its own name of the format
IMAGES: Mapping[str, str] = MappingProxyType({
    "image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP",
    "image/tiff": "TIFF", "image/bmp": "BMP", "image/avif": "AVIF",
})  # fmt: skip
PAGED = frozenset({PDF, *IMAGES})
# under the name of the one demuxer that ffmpeg may use: a playlist that calls itself a film
# names other files
FILMS: Mapping[str, str] = MappingProxyType({
    "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "matroska",
    "video/x-msvideo": "avi",
})  # fmt: skip

# where office files keep a small picture of their first page, the first that is there
_ODF_PLACES = ("Thumbnails/thumbnail.png",)
_OOXML_PLACES = ("docProps/thumbnail.jpeg", "docProps/thumbnail.jpg", "docProps/thumbnail.png")
STORED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys(ODF_TYPES, _ODF_PLACES)
    | dict.fromkeys(OOXML_ENDINGS.values(), _OOXML_PLACES)
)  # fmt: skip


_OFFICE = frozenset({*STORED, *OLE_ENDINGS.values(), "text/rtf"})


def has_pages(media_type: str) -> bool:
    """Whether pages of such a file are drawn wherever Atelier runs."""
    return media_type in PAGED


def may_have_pictures(media_type: str) -> bool:
    """Whether it is worth trying: an office file may hold a small picture of itself, and
    where LibreOffice is, its pages are drawn too; a film has a still where ffmpeg is."""
    return media_type in PAGED or media_type in _OFFICE or media_type in FILMS
