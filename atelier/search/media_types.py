"""The kinds of files people name after `type:`, as sets of media types."""

from __future__ import annotations

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

_PDF = frozenset({"application/pdf"})
_DOCX = frozenset({f"{_OFFICE}wordprocessingml.document"})
_DOC = frozenset({"application/msword"})
_ODT = frozenset({f"{_OPEN}text"})
_RTF = frozenset({"application/rtf", "text/rtf"})
_XLSX = frozenset({f"{_OFFICE}spreadsheetml.sheet"})
_XLS = frozenset({"application/vnd.ms-excel"})
_ODS = frozenset({f"{_OPEN}spreadsheet"})
_CSV = frozenset({"text/csv"})
_PPTX = frozenset({f"{_OFFICE}presentationml.presentation"})
_PPT = frozenset({"application/vnd.ms-powerpoint"})
_ODP = frozenset({f"{_OPEN}presentation"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TXT = frozenset({"text/plain"})
_MD = frozenset({"text/markdown"})
_EML = frozenset({"message/rfc822"})
_MSG = frozenset({"application/vnd.ms-outlook"})
_PNG = frozenset({"image/png"})
_JPEG = frozenset({"image/jpeg"})
_IMAGES = _PNG | _JPEG | {"image/gif", "image/webp", "image/tiff", "image/svg+xml", "image/bmp"}

MEDIA_TYPES: dict[str, frozenset[str]] = {
    "pdf": _PDF,
    "docx": _DOCX,
    "doc": _DOC | _DOCX,
    "odt": _ODT,
    "rtf": _RTF,
    "xlsx": _XLSX,
    "xls": _XLS | _XLSX,
    "ods": _ODS,
    "csv": _CSV,
    "pptx": _PPTX,
    "ppt": _PPT | _PPTX,
    "odp": _ODP,
    "html": _HTML,
    "htm": _HTML,
    "txt": _TXT,
    "md": _MD,
    "eml": _EML,
    "msg": _MSG,
    "png": _PNG,
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "word": _DOC | _DOCX,
    "excel": _XLS | _XLSX,
    "powerpoint": _PPT | _PPTX,
    "texte": _DOC | _DOCX | _ODT | _RTF | _TXT | _MD,
    "text": _DOC | _DOCX | _ODT | _RTF | _TXT | _MD,
    "tableur": _XLS | _XLSX | _ODS | _CSV,
    "spreadsheet": _XLS | _XLSX | _ODS | _CSV,
    "presentation": _PPT | _PPTX | _ODP,
    "image": _IMAGES,
    "mail": _EML | _MSG,
    "courriel": _EML | _MSG,
}
