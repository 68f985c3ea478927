"""The exact media type of a whole file, looking inside ZIP and OLE containers."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import BinaryIO

from atelier.extract import ole
from atelier.extract.limits import HEAD_BYTES, KIB
from atelier.extract.media_type import (
    DOC,
    DOCM,
    DOCX,
    KNOWN,
    MSG,
    OLE,
    OOXML_ENDINGS,
    PPSX,
    PPT,
    PPTM,
    PPTX,
    UNKNOWN,
    XLS,
    XLSB,
    XLSM,
    XLSX,
    ZIP,
    media_type_of,
    ooxml_by_name,
)

_OLE_NAMES = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}
_MAIN_PARTS = {
    b"wordprocessingml.document.main": DOCX, b"ms-word.document.macroenabled.main": DOCM,
    b"wordprocessingml.template.main": DOCX,
    b"presentationml.presentation.main": PPTX, b"presentationml.slideshow.main": PPSX,
    b"ms-powerpoint.presentation.macroenabled.main": PPTM,
    b"spreadsheetml.sheet.main": XLSX, b"ms-excel.sheet.macroenabled.main": XLSM,
    b"ms-excel.sheet.binary.macroenabled.main": XLSB,
    b"presentationml.template.main": PPTX, b"spreadsheetml.template.main": XLSX,
    b"ms-powerpoint.slideshow.macroenabled.main": PPTM,
    b"ms-powerpoint.template.macroenabled.main": PPTM,
    b"ms-excel.template.macroenabled.main": XLSM,
    b"ms-word.template.macroenabledtemplate.main": DOCM,
}  # fmt: skip
_MAIN_PART = re.compile(b"|".join(re.escape(part) for part in _MAIN_PARTS))
_FOLDERS = {"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}
_END_OF_DIRECTORY = b"PK\x05\x06"


def media_type_in(file: BinaryIO, name: str) -> str:
    """Media type of a whole file; leaves it at its start."""
    file.seek(0)
    kind = media_type_of(file.read(HEAD_BYTES), name)
    file.seek(0)
    magic = file.read(4)
    if magic.startswith(b"PK"):
        kind = _zip_kind(file, name)
    elif magic == b"\xd0\xcf\x11\xe0":
        kind = _ole_kind(file, name, kind)
    elif kind == UNKNOWN and _END_OF_DIRECTORY in _tail(file):
        kind = ZIP  # the last part of a spanned archive, or one behind a foreign start
    file.seek(0)
    return kind


def is_locked_office(file: BinaryIO) -> bool:
    """Whether an OLE container holds an encrypted OOXML document ([MS-OFFCRYPTO] §1.3.2)."""
    file.seek(0)
    is_ole = file.read(4) == b"\xd0\xcf\x11\xe0"
    locked = is_ole and "EncryptedPackage" in ole.top_names(file)
    file.seek(0)
    return locked


def _tail(file: BinaryIO) -> bytes:
    end = file.seek(0, 2)
    file.seek(max(0, end - 64 * KIB))
    return file.read(64 * KIB)


def _zip_kind(file: BinaryIO, name: str) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            return _odf_kind(archive) or _ooxml_kind(archive, name) or ZIP
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError,
            OSError, EOFError):  # fmt: skip
        file.seek(0)
        return media_type_of(file.read(HEAD_BYTES), name)


def _odf_kind(archive: zipfile.ZipFile) -> str | None:
    stated = _start_of(archive, "mimetype", 128).decode("ascii", "replace").strip()
    return stated if stated in KNOWN else None


def _ooxml_kind(archive: zipfile.ZipFile, name: str) -> str | None:
    types = _start_of(archive, "[Content_Types].xml", 512 * KIB)
    if not types:
        return None
    main = _MAIN_PART.search(types.lower())
    if main is not None:
        return _MAIN_PARTS[main[0]]
    names = archive.namelist()
    for folder, kind in _FOLDERS.items():
        if any(one.startswith(folder) for one in names):
            return ooxml_by_name(name, kind)
    return None


def _start_of(archive: zipfile.ZipFile, member: str, size: int) -> bytes:
    if member not in archive.NameToInfo:
        return b""
    with archive.open(member) as stream:
        return stream.read(size)


def _ole_kind(file: BinaryIO, name: str, guess: str) -> str:
    names = ole.top_names(file)
    for stream, kind in _OLE_NAMES.items():
        if stream in names:
            return kind
    if any(one.startswith(("__properties_version", "__substg1.0")) for one in names):
        return MSG
    if "EncryptedPackage" in names:
        return ooxml_by_name(name, OLE)
    return OLE if guess in OOXML_ENDINGS.values() else guess
