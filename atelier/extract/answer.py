"""Readings as the server accepts them: what a child says about a hostile file is not believed."""

from __future__ import annotations

import re

import msgspec

from atelier.extract.contract import READER_VERSION, PageKind, Reading
from atelier.extract.found import byte_size, plain, plain_line
from atelier.extract.limits import MAX_PAGES, MAX_TEXT_BYTES
from atelier.extract.media_type import KNOWN
from atelier.model.documents import ReadState

_CODE = re.compile(r"[a-z_]{0,20}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_DECODER = msgspec.msgpack.Decoder(Reading, strict=True)
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
    )
