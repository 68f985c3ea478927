"""Reads subtitles (WebVTT, SubRip): what is said, without numbers, times and marks."""

from __future__ import annotations

import re
from typing import BinaryIO

from atelier.extract.found import Found
from atelier.extract.text import decoded, whole

_TIMES = re.compile(r"\s*(?:[0-9]{1,4}:)?[0-9]{1,2}:[0-9]{1,2}[.,][0-9]{1,3}\s*-->")
_BREAKS = re.compile(r"\r\n?|\n")
_MARKS = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")
_SIGNS = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": "\u00a0"}
_SIGN = re.compile("|".join(_SIGNS))


def read(file: BinaryIO) -> Found:
    """One text: each cue on its own lines, a line that the next cue repeats only once."""
    lines: list[str] = []
    is_said = False
    for line in _BREAKS.split(decoded(whole(file))):
        if _TIMES.match(line):
            is_said = True
        elif not line.strip():
            is_said = False
        elif is_said:  # what stands before the times is a number, a header or a note
            words = _SIGN.sub(lambda sign: _SIGNS[sign[0]], _MARKS.sub("", line)).strip()
            if words and words not in lines[-2:]:
                lines.append(words)
    return Found(("\n".join(lines),))
