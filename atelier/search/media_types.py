"""The kinds of files and of parts of meetings: by `type:` names, and by media type."""

from __future__ import annotations

from atelier.model.meetings import Part
from atelier.model.search import FileKind

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

# No file has these: an index calls parts of meetings so.
PART_TYPES = {part: f"application/vnd.atelier.{part}" for part in Part}

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
_AGENDA = frozenset({PART_TYPES[Part.AGENDA]})
_MINUTES = frozenset({PART_TYPES[Part.MINUTES]})
_DECISIONS = frozenset({PART_TYPES[Part.DECISIONS]})
_ACTIONS = frozenset({PART_TYPES[Part.ACTIONS]})
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
    "odj": _AGENDA,
    "agenda": _AGENDA,
    "ordre du jour": _AGENDA,
    "cr": _MINUTES,
    "compte-rendu": _MINUTES,
    "compte rendu": _MINUTES,
    "minutes": _MINUTES,
    "decision": _DECISIONS,
    "decisions": _DECISIONS,
    "action": _ACTIONS,
    "actions": _ACTIONS,
}

# The first beginning that fits says the kind.
_KINDS = (
    ("application/pdf", FileKind.PDF),
    ("text/csv", FileKind.SHEET),
    ("application/vnd.ms-excel", FileKind.SHEET),
    (f"{_OFFICE}spreadsheetml", FileKind.SHEET),
    (f"{_OPEN}spreadsheet", FileKind.SHEET),
    ("application/vnd.ms-powerpoint", FileKind.SLIDES),
    (f"{_OFFICE}presentationml", FileKind.SLIDES),
    (f"{_OPEN}presentation", FileKind.SLIDES),
    ("message/rfc822", FileKind.MAIL),
    ("application/vnd.ms-outlook", FileKind.MAIL),
    ("text/", FileKind.TEXT),
    ("application/msword", FileKind.TEXT),
    ("application/vnd.ms-word", FileKind.TEXT),
    (f"{_OFFICE}wordprocessingml", FileKind.TEXT),
    (f"{_OPEN}text", FileKind.TEXT),
    ("application/rtf", FileKind.TEXT),
    ("application/epub+zip", FileKind.TEXT),
    ("application/xhtml+xml", FileKind.TEXT),
    ("image/", FileKind.IMAGE),
    ("audio/", FileKind.SOUND),
    ("video/", FileKind.FILM),
    *((media_type, FileKind(part)) for part, media_type in PART_TYPES.items()),
)


def kind_of(media_type: str) -> FileKind:
    """What people call a file of this media type (`type/subtype`, in lower case)."""
    fitting = (kind for beginning, kind in _KINDS if media_type.startswith(beginning))
    return next(fitting, FileKind.OTHER)
