"""Parts of files and conditions on them: RFC 9110 §13 and §14, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

MAX_RANGES: Final = 16
_MAX_HEADER_CHARACTERS: Final = 1_000
_RANGE: Final = re.compile(r"(\d*)-(\d*)", re.ASCII)
_TAG: Final = re.compile(r'(W/)?"([^"]*)"')
# Larger than any file; longer digits are not worth reading.
_HUGE: Final = 10**18


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to and without `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start


# A body: bytes of the file among bytes of our own.
Segments = Sequence[Span | bytes]


class Unmet(Enum):
    """Why no bytes are sent; the value is the status."""

    NOT_MODIFIED = 304
    FAILED = 412
    BEYOND = 416


def answer(
    size: int, etag: str, *, wanted: str, if_match: str, if_none_match: str, if_range: str
) -> tuple[Span, ...] | Unmet | None:
    """What to send of `size` bytes: parts, nothing, or (None) the whole.

    The headers as they came, "" for absent. In the order of RFC 9110 §13.2.2; dates are
    never compared, the tag is exact.
    """
    if if_match and not _matches(if_match, etag, weakly=False):
        return Unmet.FAILED
    if if_none_match and _matches(if_none_match, etag, weakly=True):
        return Unmet.NOT_MODIFIED
    if if_range and if_range != etag:
        return None
    return parts(wanted, size)


def parts(wanted: str, size: int) -> tuple[Span, ...] | Unmet | None:
    """The parts that a `Range` header asks for; None for the whole, or what is not understood.

    More than 16, overlapping or out of order: the whole, as §14.2 allows. Those beyond the
    end are left out; `Unmet.BEYOND` when all are.
    """
    unit, equals, rest = wanted.partition("=")
    if not equals or unit.strip().lower() != "bytes" or len(rest) > _MAX_HEADER_CHARACTERS:
        return None
    specs = [spec.strip() for spec in rest.split(",")]
    if len(specs) > MAX_RANGES:
        return None
    spans = [_span(spec, size) for spec in specs]
    asked = tuple(span for span in spans if span is not None and span.length > 0)
    if None in spans:
        return None
    if not asked:
        return Unmet.BEYOND
    in_order = all(first.end <= second.start for first, second in pairwise(asked))
    return asked if in_order else None


def framed(spans: Sequence[Span], size: int, media_type: str, boundary: str) -> Segments:
    """The body of a `multipart/byteranges` answer with these parts: RFC 9110 §14.6."""
    segments: list[Span | bytes] = []
    for span in spans:
        line_end = "\r\n" if segments else ""
        head = (
            f"{line_end}--{boundary}\r\nContent-Type: {media_type}\r\n"
            f"Content-Range: {told(span, size)}\r\n\r\n"
        )
        segments += [head.encode(), span]
    return [*segments, f"\r\n--{boundary}--\r\n".encode()]


def told(span: Span, size: int) -> str:
    """The place of a part in the whole, as `Content-Range` says it."""
    return f"bytes {span.start}-{span.end - 1}/{size}"


def length(segments: Segments) -> int:
    """How many bytes a body has."""
    return sum(each.length if isinstance(each, Span) else len(each) for each in segments)


def _span(spec: str, size: int) -> Span | None:
    """The part clamped to the file, empty when it lies beyond; None for bad syntax."""
    matched = _RANGE.fullmatch(spec)
    if matched is None or spec == "-":
        return None
    first, last = matched[1], matched[2]
    if not first:
        return Span(max(size - _number(last), 0), size)
    start = _number(first)
    end = _number(last) + 1 if last else size
    if end <= start and last:
        return None
    return Span(min(start, size), min(end, size))


def _number(digits: str) -> int:
    plain = digits.lstrip("0") or "0"
    return int(plain) if len(plain) <= 18 else _HUGE


def _matches(header: str, etag: str, *, weakly: bool) -> bool:
    if header.strip() == "*":
        return True
    return any(
        f'"{tag}"' == etag and (weakly or not weak)
        for weak, tag in _TAG.findall(header[:_MAX_HEADER_CHARACTERS])
    )
