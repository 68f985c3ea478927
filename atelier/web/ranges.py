"""Parts of files and conditions on them: RFC 9110 §13 and §14, as pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
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


class Unmet(Enum):
    """Why no bytes are sent; the value is the status."""

    NOT_MODIFIED = 304
    FAILED = 412
    BEYOND = 416


def answer(
    size: int, etag: str, *, wanted: str, if_match: str, if_none_match: str, if_range: str
) -> Span | Unmet | None:
    """What to send of `size` bytes: one part, nothing, or (None) the whole.

    The headers as they came, "" for absent. In the order of RFC 9110 §13.2.2; dates are
    never compared, the tag is exact. Several parts, overlapping or not, are answered
    with the whole file, as §14.2 allows: no client of ours asks for several, and no
    request can make the answer larger than the file.
    """
    if if_match and not _matches(if_match, etag, weakly=False):
        return Unmet.FAILED
    if if_none_match and _matches(if_none_match, etag, weakly=True):
        return Unmet.NOT_MODIFIED
    if if_range and if_range != etag:
        return None
    return part(wanted, size)


def part(wanted: str, size: int) -> Span | Unmet | None:
    """The part that a `Range` header asks for; None for the whole, or what is not understood."""
    unit, equals, rest = wanted.partition("=")
    if not equals or unit.strip().lower() != "bytes" or len(rest) > _MAX_HEADER_CHARACTERS:
        return None
    specs = [spec.strip() for spec in rest.split(",")]
    if len(specs) > MAX_RANGES:
        return None
    spans = [_span(spec, size) for spec in specs]
    if None in spans:
        return None
    satisfiable = [span for span in spans if span is not None and span.length > 0]
    if not satisfiable:
        return Unmet.BEYOND
    return satisfiable[0] if len(satisfiable) == 1 else None


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
