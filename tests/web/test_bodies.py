"""Bodies as bounded streams."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from atelier.errors import BodyCut, Malformed, TooLarge
from atelier.web.bodies import announced_bytes, whole
from tests.web.builders import request


def read(
    *pieces: bytes, announced: str | None = None, leaves: bool = False, limit: int = 10
) -> bytes:
    headers = [] if announced is None else [("content-length", announced)]
    asked = request(*headers, method="PUT", body=pieces, leaves=leaves)
    return asyncio.run(whole(asked, limit))


def test_a_body_is_read_to_its_end_and_no_byte_past_the_limit() -> None:
    assert read(b"12345", b"", b"67890") == b"1234567890"
    assert read(b"1234567890", announced="10") == b"1234567890"
    with pytest.raises(TooLarge) as refused:
        read(b"12345", b"678901")
    assert (refused.value.limit_bytes, refused.value.size_bytes) == (10, None)


def test_too_much_announced_is_refused_before_a_byte_is_read() -> None:
    async def unread() -> Message:
        raise AssertionError("read")

    announcing = request(("content-length", "11"))
    with pytest.raises(TooLarge) as refused:
        asyncio.run(whole(Request(announcing.scope, unread), 10))
    assert (refused.value.limit_bytes, refused.value.size_bytes) == (10, 11)


def test_a_cut_body_says_how_much_came() -> None:
    with pytest.raises(BodyCut) as left:
        read(b"123", leaves=True)
    assert left.value.received_bytes == 3
    with pytest.raises(BodyCut) as short:
        read(b"123", announced="5")
    assert short.value.received_bytes == 3


@pytest.mark.parametrize("announced", ["+5", "-5", "5 5", "0x5", "٣", "5,5", "", "9" * 20])
def test_an_odd_length_is_malformed(announced: str) -> None:
    with pytest.raises(Malformed):
        announced_bytes(request(("content-length", announced)))
