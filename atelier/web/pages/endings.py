"""Whether the ending of a document's name announces what its content is."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from atelier.web.language import N_, Voice
from atelier.web.pages.words import kind

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_UNKNOWN = "application/octet-stream"

# Endings by which people's programs choose how to open a file: one type of each kind.
_BY_TYPE: Final = {
    "application/pdf": (".pdf",),
    _OOXML + "wordprocessingml.document": (".docx", ".docm", ".doc"),
    _OOXML + "spreadsheetml.sheet": (".xlsx", ".xlsm", ".xls", ".ods"),
    _OOXML + "presentationml.presentation": (".pptx", ".ppsx", ".pptm", ".ppt", ".pps", ".odp"),
    _ODF + "text": (".odt",),
    "text/rtf": (".rtf",),
    "text/plain": (".txt", ".md", ".srt", ".vtt"),
    "text/csv": (".csv", ".tsv"),
    "text/html": (".html", ".htm", ".xhtml"),
    "message/rfc822": (".eml",),
    "image/png": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff"),
}
_ANNOUNCED: Final = {ending: kind for kind, endings in _BY_TYPE.items() for ending in endings}
# Containers that may hold any kind, a protected DOCX too; and what no reader knows.
_UNSURE: Final = frozenset({_UNKNOWN, "application/zip", "application/x-ole-storage"})
_SAID: Final = N_(
    "Le nom finit par « %(ending)s », mais le contenu est d'un autre genre (%(kind)s) : "
    "l'ordinateur de qui le télécharge risque de ne pas savoir l'ouvrir."
)


def belied(name: str, media_type: str, voice: Voice) -> str:
    """What to say where a name announces another kind of file than its content is; else ""."""
    ending = PurePath(name).suffix.lower()
    announced = _ANNOUNCED.get(ending)
    if announced is None or media_type in _UNSURE:
        return ""
    icon, words = kind(media_type)
    if (icon, words) in (kind(announced), kind(_UNKNOWN)):
        return ""
    # Word opens rich text under its own ending, and has long saved it so.
    if ending == ".doc" and media_type == "text/rtf":
        return ""
    return voice.text(_SAID, ending=ending, kind=voice.text(words))
