"""Subtitles as browsers take them: WebVTT, made of SubRip where need be. Pure functions."""

from __future__ import annotations

import re
from typing import Final

MAX_BYTES: Final = 4 * 1024 * 1024  # a film of three hours has about 200 KiB
VTT, SRT = "text/vtt", "application/x-subrip"
# The language that a name may tell before its ending: « séance.fr.srt ».
LANGUAGES: Final = ("fr", "en")

_TIME: Final = r"(\d{1,4}):([0-5]\d):([0-5]\d)[,.](\d{1,3})"
# One space or more each side, as the players that wrote the format take it.
_TIMING: Final = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?", re.ASCII)
# What SubRip allows and WebVTT knows; other tags are words.
_KNOWN_TAG: Final = re.compile(r"&lt;(/?[biu])&gt;", re.IGNORECASE)
_PLACE: Final = re.compile(r"\{\\[^{}]{0,40}\}")


def names(film: str) -> tuple[tuple[str, str], ...]:
    """Under which names subtitles of a film may stand beside it, each with its language or ""."""
    stem, dot, _ = film.rpartition(".")
    stem = stem if dot else film
    told = ("", *LANGUAGES)
    return tuple(
        (f"{stem}{f'.{language}' if language else ''}{ending}", language)
        for ending in (".vtt", ".srt") for language in told
    )  # fmt: skip


def decoded(content: bytes) -> str:
    """The text of a file of subtitles: by its mark, else UTF-8, else as Windows wrote it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def vtt(text: str) -> str:
    """The same in WebVTT: as it is when it is that already, cue by cue out of SubRip."""
    straight = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    if straight.startswith("WEBVTT"):
        return straight
    return "WEBVTT\n\n" + "".join(_cues(straight.split("\n")))


def _cues(lines: list[str]) -> list[str]:
    """The cues, each with the blank line that ends it; what stands outside of one is dropped."""
    cues, told = list[str](), list[str]()
    is_inside = False
    for line in [*lines, ""]:
        timing = _TIMING.fullmatch(line)
        if is_inside and (timing or not line.strip()):
            cues.append("\n".join([*told, "", ""]))
            is_inside = False
        if timing:
            told, is_inside = [_timing(timing)], True
        elif is_inside:
            told.append(_words(line))
    return cues


def _timing(found: re.Match[str]) -> str:
    marks = found.groups()
    start, end = (
        f"{int(hours):02}:{minutes}:{seconds}.{thousandths.ljust(3, '0')}"
        for hours, minutes, seconds, thousandths in (marks[:4], marks[4:])
    )
    return f"{start} --> {end}"


def _words(line: str) -> str:
    plain = _PLACE.sub("", line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _KNOWN_TAG.sub(lambda tag: f"<{tag[1].lower()}>", plain)
