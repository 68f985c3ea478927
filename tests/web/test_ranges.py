"""Parts of files and conditions on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.web.ranges import Span, Unmet, answer, part

ETAG = '"abc"'


def answered(size: int = 100, **headers: str) -> Span | Unmet | None:
    absent = {"wanted": "", "if_match": "", "if_none_match": "", "if_range": ""}
    return answer(size, ETAG, **(absent | headers))


@pytest.mark.parametrize(
    ("wanted", "span"),
    [
        ("bytes=0-9", Span(0, 10)),
        ("bytes=90-", Span(90, 100)),
        ("bytes=-10", Span(90, 100)),
        ("bytes=-1000", Span(0, 100)),
        ("bytes=90-1000", Span(90, 100)),
        ("Bytes = 0-0", Span(0, 1)),
        ("bytes=0-" + "9" * 900, Span(0, 100)),
        ("bytes=00000000000000000000001-2", Span(1, 3)),
        ("bytes=5-9, 500-600", Span(5, 10)),
    ],
)
def test_one_part_is_sent_as_asked(wanted: str, span: Span) -> None:
    assert part(wanted, 100) == span


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=-0", "bytes=" + "9" * 900 + "-"])
def test_a_part_beyond_the_end_cannot_be_sent(wanted: str) -> None:
    assert part(wanted, 100) is Unmet.BEYOND
    assert part("bytes=0-", 0) is Unmet.BEYOND


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=9-1",
        "items=0-1",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=١-٢",
        "bytes=0-1,5-6",
        "bytes=0-50,10-60",
        "bytes=0-" + "9" * 5_000,
        "bytes=" + ",".join(["0-0"] * 17),
        "bytes=" + ",".join(["0-"] * 10_000),
    ],
)
def test_bad_several_and_endless_parts_get_the_whole_file(wanted: str) -> None:
    assert part(wanted, 100) is None


@given(st.text() | st.from_regex(r"bytes=[0-9]*-[0-9]*(,[0-9]*-[0-9]*)*"), st.integers(0, 10**6))
def test_a_part_always_lies_within_the_file(wanted: str, size: int) -> None:
    chosen = part(wanted, size)
    if isinstance(chosen, Span):
        assert 0 <= chosen.start < chosen.end <= size


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_part_is_that_of_a_slice(first: int, last: int, size: int) -> None:
    chosen, content = part(f"bytes={first}-{last}", size), range(size)
    if first > last:
        assert chosen is None
    elif first >= size:
        assert chosen is Unmet.BEYOND
    else:
        assert isinstance(chosen, Span)
        assert content[chosen.start : chosen.end] == content[first : last + 1]


def test_conditions_are_judged_in_the_order_of_the_standard() -> None:
    assert answered(if_none_match=ETAG) is Unmet.NOT_MODIFIED
    assert answered(if_none_match=f'W/{ETAG}, "x"') is Unmet.NOT_MODIFIED
    assert answered(if_none_match="*") is Unmet.NOT_MODIFIED
    assert answered(if_none_match='"x"') is None
    assert answered(if_match='"x"', if_none_match=ETAG) is Unmet.FAILED
    assert answered(if_match=f"W/{ETAG}") is Unmet.FAILED
    assert answered(if_match=f'"x", {ETAG}') is None
    assert answered(if_match="*") is None
    assert answered(if_none_match=ETAG, wanted="bytes=0-1") is Unmet.NOT_MODIFIED


def test_a_part_of_other_bytes_is_not_sent() -> None:
    assert answered(wanted="bytes=0-1", if_range=ETAG) == Span(0, 2)
    assert answered(wanted="bytes=0-1", if_range='"x"') is None
    assert answered(wanted="bytes=0-1", if_range=f"W/{ETAG}") is None
    assert answered(wanted="bytes=0-1", if_range="Wed, 12 Mar 2026 10:00:00 GMT") is None
