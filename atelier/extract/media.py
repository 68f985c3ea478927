"""Reads what sound and video say of themselves: the title and performer of an ID3 tag.

They have no text: the browser plays them, and subtitles lie in a file beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from atelier.extract.found import Found
from atelier.extract.limits import KIB
from atelier.model.documents import ReadState

# ID3v2 §4.2 (id3.org), frames of title and of performer; what pictures follow is not looked at
_TITLE, _PERFORMER = b"TIT2", b"TPE1"
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_MAX_TAG_BYTES = 256 * KIB


def read(file: BinaryIO) -> Found:
    """No text, reason `media`."""
    found = dict(_frames(file.read(_MAX_TAG_BYTES)))
    title, author = _text(found.get(_TITLE, b"")), _text(found.get(_PERFORMER, b""))
    return Found((), title=title, author=author, state=ReadState.OK, reason="media")


def _frames(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each frame of an ID3 tag of version 2.3 or 2.4."""
    if head[:3] != b"ID3" or head[3:4] not in (b"\x03", b"\x04"):
        return
    at, end = 10, min(10 + _seven_bits(head[6:10]), len(head))
    while at + 10 < end and head[at : at + 4].strip(b"\0"):
        size = head[at + 4 : at + 8]
        length = _seven_bits(size) if head[3] == 4 else int.from_bytes(size, "big")
        yield head[at : at + 4], head[at + 10 : at + 10 + length]
        at += 10 + length


def _seven_bits(size: bytes) -> int:
    number = 0
    for byte in size:
        number = number << 7 | byte & 0x7F
    return number


def _text(content: bytes) -> str:
    if not content or content[0] >= len(_ENCODINGS):
        return ""
    return content[1:].decode(_ENCODINGS[content[0]], "replace").split("\0")[0]
