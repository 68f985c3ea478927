"""What kind of file bytes are, from the bytes; the name decides only among text kinds.

Cheap and light on purpose: the server asks it about the head of a deposit. Looking inside
ZIP and OLE containers is for the child (`inside.py`); from a head alone, containers whose
kind cannot be told yet go by their name until they are read.
"""

from __future__ import annotations

import re
from pathlib import PurePath

UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
MAIL = "message/rfc822"

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = _OOXML + "wordprocessingml.document"
PPTX = _OOXML + "presentationml.presentation"
PPSX = _OOXML + "presentationml.slideshow"
XLSX = _OOXML + "spreadsheetml.sheet"
DOCM = "application/vnd.ms-word.document.macroEnabled.12"
PPTM = "application/vnd.ms-powerpoint.presentation.macroEnabled.12"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
_ODF = "application/vnd.oasis.opendocument."
ODT, ODS, ODP = _ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"
OTT, OTS, OTP = ODT + "-template", ODS + "-template", ODP + "-template"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"

TEXT_ENDINGS = {
    ".txt": TEXT, ".md": MARKDOWN, ".markdown": MARKDOWN, ".csv": CSV, ".tsv": CSV,
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".eml": MAIL, ".vtt": "text/vtt",
    ".srt": "application/x-subrip", ".ics": "text/calendar", ".vcf": "text/vcard",
    ".xml": "application/xml", ".svg": "image/svg+xml", ".json": "application/json",
}  # fmt: skip
OOXML_ENDINGS = {
    ".docx": DOCX, ".docm": DOCM, ".pptx": PPTX, ".ppsx": PPSX, ".pptm": PPTM,
    ".xlsx": XLSX, ".xlsm": XLSM, ".xlsb": XLSB, ".dotx": DOCX, ".potx": PPTX, ".ppsm": PPTM,
    ".xltx": XLSX, ".xltm": XLSM,
}  # fmt: skip
OLE_ENDINGS = {".doc": DOC, ".xls": XLS, ".ppt": PPT, ".pps": PPT, ".msg": MSG}
ODF_TYPES = frozenset({ODT, ODS, ODP, OTT, OTS, OTP, _ODF + "graphics", _ODF + "formula"})

_BMP = "image/bmp"  # begins with two letters, as a text may; four bytes that are zero follow
# (offset, bytes, media type), the first that fits
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"PK\x03\x04", ZIP), (0, b"PK\x05\x06", ZIP), (0, b"PK\x07\x08", ZIP),
    (0, b"{\\rtf", "text/rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"), (0, b"GIF89a", "image/gif"), (8, b"WEBP", "image/webp"),
    (0, b"II*\x00", "image/tiff"), (0, b"MM\x00*", "image/tiff"), (0, b"BM", _BMP),
    (8, b"WAVE", "audio/wav"), (8, b"AVI ", "video/x-msvideo"),
    (0, b"ID3", "audio/mpeg"), (0, b"OggS", "audio/ogg"), (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"), (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"), (0, b"\x1f\x8b", "application/gzip"),
)  # fmt: skip
# ISO base media brands (ISO/IEC 14496-12): the four bytes after `ftyp`
_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic",
    b"avif": "image/avif", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime",
}  # fmt: skip

KNOWN = frozenset(
    {UNKNOWN, ZIP, OLE, PDF, TEXT, *ODF_TYPES, "video/mp4", "application/epub+zip"}
    | set(TEXT_ENDINGS.values()) | set(OOXML_ENDINGS.values()) | set(OLE_ENDINGS.values())
    | {kind for _, _, kind in _MAGIC} | set(_BRANDS.values())
)  # fmt: skip

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL_LINE = re.compile(
    rb"^(?:Received|Return-Path|MIME-Version|Message-ID|Delivered-To|From|To|Subject|Date):",
    re.IGNORECASE | re.MULTILINE,
)
_MPEG_FRAMES = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")


def media_type_of(head: bytes, name: str) -> str:
    """Media type of a file from its first bytes (8 KiB do) and the name it was given.

    Sure for everything but ZIP and OLE containers, refined when the file is read.
    """
    kind = _binary_kind(head)
    if kind == ZIP:
        return _zip_guess(head, name)
    if kind == OLE:
        return OLE_ENDINGS.get(_ending(name), OOXML_ENDINGS.get(_ending(name), OLE))
    if kind is not None:
        return kind
    return _text_kind(head, name) if _is_text(head) else UNKNOWN


def ooxml_by_name(name: str, default: str) -> str:
    """The OOXML kind that a name announces, or `default`."""
    return OOXML_ENDINGS.get(_ending(name), default)


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def _binary_kind(head: bytes) -> str | None:
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset) and (kind != _BMP or head[6:10] == bytes(4)):
            return kind
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if b"%PDF-" in head[:1024]:  # PDF 1.7 appendix H: the header may stand in the first 1,024
        return PDF
    return "audio/mpeg" if head.startswith(_MPEG_FRAMES) else None


def _is_text(head: bytes) -> bool:
    return head.startswith(_BYTE_ORDER_MARKS) or _BINARY.search(head) is None


def _text_kind(head: bytes, name: str) -> str:
    named = TEXT_ENDINGS.get(_ending(name))
    if named is not None:
        return named
    text = head.replace(b"\x00", b"") if head.startswith(_BYTE_ORDER_MARKS) else head
    if _HTML_START.match(text.lstrip(b"\xef\xbb\xbf\xff\xfe")):
        return HTML
    return MAIL if len(_MAIL_LINE.findall(text[:4096])) >= 3 else TEXT


def _zip_guess(head: bytes, name: str) -> str:
    stated = re.match(rb"PK\x03\x04.{26}mimetype([a-z.+/-]{1,80})PK", head, re.DOTALL)
    if stated is not None:
        kind = stated[1].decode("ascii")
        return kind if kind in KNOWN else ZIP
    return ooxml_by_name(name, ZIP) if b"[Content_Types].xml" in head else ZIP
