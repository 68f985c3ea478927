"""Parts of files and conditions on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.web.ranges import Span, Unmet, answer, framed, length, parts

ETAG = '"abc"'


def answered(size: int = 100, **headers: str) -> tuple[Span, ...] | Unmet | None:
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
    assert parts(wanted, 100) == (span,)


@pytest.mark.parametrize(
    "wanted",
    ["bytes=100-", "bytes=-0", "bytes=" + "9" * 900 + "-", "bytes=100-,200-300", "bytes=-0,-0"],
)
def test_a_part_beyond_the_end_cannot_be_sent(wanted: str) -> None:
    assert parts(wanted, 100) is Unmet.BEYOND
    assert parts("bytes=0-", 0) is Unmet.BEYOND


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
        "bytes=0-50,10-60",
        "bytes=0-1,1-2",
        "bytes=5-6,0-1",
        "bytes=0-1,5-6,x",
        "bytes=0-1,9-5",
        "bytes=-10,90-",
        "bytes=0-" + "9" * 5_000,
        "bytes=" + ",".join(["0-0"] * 17),
        "bytes=" + ",".join(["0-"] * 10_000),
    ],
)
def test_bad_overlapping_reversed_and_endless_parts_get_the_whole_file(wanted: str) -> None:
    assert parts(wanted, 100) is None


def test_up_to_sixteen_parts_in_order_are_sent_as_asked() -> None:
    assert parts("bytes=0-1,5-6", 100) == (Span(0, 2), Span(5, 7))
    assert parts("bytes=0-1, 2-3 ,-1", 100) == (Span(0, 2), Span(2, 4), Span(99, 100))
    assert parts("bytes=0-1,5-6,100-", 100) == (Span(0, 2), Span(5, 7))
    sixteen = ",".join(f"{start}-{start}" for start in range(0, 32, 2))
    found = parts(f"bytes={sixteen}", 100)
    assert found == tuple(Span(start, start + 1) for start in range(0, 32, 2))
    assert parts(f"bytes={sixteen},40-40", 100) is None


def test_several_parts_are_framed_as_the_standard_says() -> None:
    segments = framed([Span(0, 2), Span(5, 7)], 100, "application/pdf", "bound")
    body = b"".join(each if isinstance(each, bytes) else b"%d." % each.start for each in segments)
    assert body == (
        b"--bound\r\nContent-Type: application/pdf\r\nContent-Range: bytes 0-1/100\r\n\r\n0."
        b"\r\n--bound\r\nContent-Type: application/pdf\r\nContent-Range: bytes 5-6/100\r\n\r\n5."
        b"\r\n--bound--\r\n"
    )
    assert length(segments) == len(body)


@given(
    st.text() | st.from_regex(r"bytes=[0-9]{0,3}-[0-9]{0,3}(,[0-9]{0,3}-[0-9]{0,3})*"),
    st.integers(0, 10**6),
)
def test_parts_lie_within_the_file_apart_from_one_another(wanted: str, size: int) -> None:
    chosen = parts(wanted, size)
    if isinstance(chosen, tuple):
        assert all(0 <= span.start < span.end <= size for span in chosen)
        assert list(chosen) == sorted(chosen, key=lambda span: span.start)
        assert 0 < sum(span.length for span in chosen) <= size


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_part_is_that_of_a_slice(first: int, last: int, size: int) -> None:
    chosen, content = parts(f"bytes={first}-{last}", size), range(size)
    if first > last:
        assert chosen is None
    elif first >= size:
        assert chosen is Unmet.BEYOND
    else:
        assert isinstance(chosen, tuple)
        (span,) = chosen
        assert content[span.start : span.end] == content[first : last + 1]


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
    assert answered(wanted="bytes=0-1", if_range=ETAG) == (Span(0, 2),)
    assert answered(wanted="bytes=0-1", if_range='"x"') is None
    assert answered(wanted="bytes=0-1", if_range=f"W/{ETAG}") is None
    assert answered(wanted="bytes=0-1", if_range="Wed, 12 Mar 2026 10:00:00 GMT") is None
