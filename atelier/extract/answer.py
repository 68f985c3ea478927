"""Answers as the server accepts them: what a child says about a hostile file is not believed."""

from __future__ import annotations

import re

import msgspec

from atelier.extract.contract import READER_VERSION, PageKind, Picture, Reading, Scanned
from atelier.extract.found import byte_size, plain, plain_line
from atelier.extract.limits import MAX_PAGES, MAX_TEXT_BYTES, MIB
from atelier.extract.media_type import KNOWN
from atelier.extract.moments import MOMENT
from atelier.model.comparison import Comparison
from atelier.model.documents import ReadState

_CODE = re.compile(r"[a-z_]{0,20}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_MAX_WEBP_SIDE = 16_383  # RFC 9649 §2.4
_MAX_PICTURE_BYTES = MIB  # `drawing` makes none above 400 KiB
_DECODER = msgspec.msgpack.Decoder(Reading, strict=True)
_PICTURE = msgspec.msgpack.Decoder(Picture, strict=True)
_SCANNED = msgspec.msgpack.Decoder(Scanned, strict=True)
_PGM = re.compile(rb"P5\n([1-9]\d{0,4}) ([1-9]\d{0,4})\n255\n")
_COMPARISON = msgspec.msgpack.Decoder(Comparison, strict=True)
_ENDINGS = {
    "timeout": (ReadState.TIMEOUT, "time"),
    "too_large": (ReadState.TOO_LARGE, "text"),
    "no_fork": (ReadState.UNSUPPORTED, "no_fork"),
}


def checked(content: bytes, media_type: str) -> Reading:
    """The reading in `content`, its texts made plain again and its caps held again.

    Anything a true child would not have written is `damaged`, reason `answer`.
    """
    try:
        reading = _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Reading(ReadState.DAMAGED, media_type, reason="answer")
    if not _is_plausible(reading):
        return Reading(ReadState.DAMAGED, media_type, reason="answer")
    return msgspec.structs.replace(
        reading,
        pages=tuple(plain(page) for page in reading.pages),
        title=plain_line(reading.title),
        author=plain_line(reading.author),
        reader_version=READER_VERSION,
    )


def checked_picture(content: bytes) -> Picture:
    """The picture in `content`; what is no WebP of a plausible size has reason `answer`."""
    try:
        picture = _PICTURE.decode(content)
    except msgspec.DecodeError:
        return Picture(reason="answer")
    is_webp = picture.content[:4] == b"RIFF" and picture.content[8:12] == b"WEBP"
    if not _CODE.fullmatch(picture.reason) or is_webp == bool(picture.reason):
        return Picture(reason="answer")
    sides = (picture.width, picture.height)
    is_plausible = all(0 < side <= _MAX_WEBP_SIDE for side in sides)
    if is_webp and (not is_plausible or len(picture.content) > _MAX_PICTURE_BYTES):
        return Picture(reason="answer")
    return picture


def checked_scan(content: bytes) -> Scanned:
    """The scan in `content`; what is no grey PGM of a plausible size has reason `answer`."""
    try:
        scanned = _SCANNED.decode(content)
    except msgspec.DecodeError:
        return Scanned(reason="answer")
    if scanned.reason:
        is_plausible = _CODE.fullmatch(scanned.reason) is not None and not scanned.content
        return scanned if is_plausible else Scanned(reason="answer")
    head = _PGM.match(scanned.content)
    if head is None or len(scanned.content) != head.end() + int(head[1]) * int(head[2]):
        return Scanned(reason="answer")
    return scanned


def checked_language(content: bytes) -> str:
    """The language in `content`, or "" where it is none."""
    try:
        language = msgspec.msgpack.decode(content, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return language if _LANGUAGE.fullmatch(language) else ""


def checked_comparison(content: bytes) -> Comparison:
    """The comparison in `content`, or one whose fault is `answer`."""
    try:
        return _COMPARISON.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Comparison(fault="answer")


def ended(ending: str, media_type: str) -> Reading:
    """The reading of a file whose child ended without one."""
    state, reason = _ENDINGS.get(ending, (ReadState.DAMAGED, "crashed"))
    return Reading(state, media_type, reason=reason)


def _is_plausible(reading: Reading) -> bool:
    pages = len(reading.pages)
    return (
        reading.state is not ReadState.WAITING
        and reading.media_type in KNOWN
        and pages <= (1 if reading.page_kind is PageKind.NONE else MAX_PAGES)
        and sum(byte_size(page) for page in reading.pages) <= MAX_TEXT_BYTES
        and _CODE.fullmatch(reading.reason) is not None
        and _LANGUAGE.fullmatch(reading.language) is not None
        and _is_moment(reading.written_at)
        and _is_moment(reading.changed_at)
    )


def _is_moment(said: str) -> bool:
    return not said or MOMENT.fullmatch(said) is not None
