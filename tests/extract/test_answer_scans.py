"""Scans and languages as the server accepts them: what a child says is not believed."""

from __future__ import annotations

import msgspec
import pytest

from atelier.extract.answer import checked_language, checked_scan
from atelier.extract.contract import Scanned

_LIE = Scanned(reason="answer")
_GREY = b"P5\n2 3\n255\n" + b"\0" * 6


def _packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


def test_a_grey_page_and_a_reason_are_taken_as_they_are() -> None:
    for scanned in (Scanned(_GREY), Scanned(reason="no_scan")):
        assert checked_scan(_packed(scanned)) == scanned


@pytest.mark.parametrize(
    "said",
    [
        Scanned(_GREY + b"\0"), Scanned(_GREY[:-1]), Scanned(b"P6\n2 3\n255\n" + b"\0" * 6),
        Scanned(b"P5\n999999 1\n255\n"), Scanned(b"P5\n0 0\n255\n"), Scanned(b""),
        Scanned(_GREY, "no_scan"), Scanned(reason="<script>"), Scanned(reason="a" * 40),
        {"content": "text"}, [1],
    ],
)  # fmt: skip
def test_what_is_no_grey_page_is_no_answer(said: object) -> None:
    assert checked_scan(_packed(said)) == _LIE
    assert checked_scan(b"") == _LIE


def test_a_language_is_two_letters_or_none() -> None:
    assert (checked_language(_packed("fr")), checked_language(_packed(""))) == ("fr", "")
    for said in ("français", "FR", "f", 3, None):
        assert checked_language(_packed(said)) == ""
    assert checked_language(b"\xa2\xff\xff") == checked_language(b"") == ""
