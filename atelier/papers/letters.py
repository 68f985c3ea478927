"""Letters that a file may hold, and those that a font can draw; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from atelier.model.portable import TURNING

# Stands for a letter that the font lacks; the font has this one.
LACKING = "◊"

# No file may hold these (XML 1.0 §2.2), but for newline and tab.
_NO_LETTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NEW_LINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# What looks the same in every font, or as good as: spaces and hyphens of typographers.
_LIKE = str.maketrans(
    {"\u202f": "\xa0", "\u2007": "\xa0", "\u2009": " ", "\u200a": " ", "\u2010": "-", "\u2011": "-"}
)


def clean(text: str) -> str:
    """The text composed (NFC), without what no file may hold nor marks that turn its direction."""
    kept = _NO_LETTER.sub("", _NEW_LINE.sub("\n", text))
    return unicodedata.normalize("NFC", "".join(one for one in kept if one not in TURNING))


def drawn(text: str, font: Container[int]) -> str:
    """Clean text with the letters of the font alone; for each that it lacks stands `LACKING`."""
    if text.isascii():
        return text
    return "".join(_drawn(letter, font) for letter in text.translate(_LIKE))


def _drawn(letter: str, font: Container[int]) -> str:
    if letter in "\n\t" or ord(letter) in font:
        return letter
    if unicodedata.category(letter) in ("Cf", "Mn", "Me"):  # joins others, is no letter itself
        return ""
    alike = unicodedata.normalize("NFKC", letter)
    return alike if all(ord(one) in font for one in alike) else LACKING
