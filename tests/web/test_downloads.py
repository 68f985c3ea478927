"""Bytes of documents on their way out."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from atelier.errors import BlobMissing, NotFound
from atelier.model.folders import Action
from atelier.web import downloads
from atelier.web.downloads import WHOLE_BYTES, disposition, download
from atelier.workspace import documents, sharing
from tests.builders import World, in_network
from tests.web.builders import OpenedBytes, content, receiving, request

SMALL = bytes(range(256)) * 4
BIG = bytes(range(251)) * 9_000


async def allowed() -> None:
    """Her right is still there."""


async def staying() -> Message:
    """A client that does not leave."""
    await asyncio.Event().wait()
    raise AssertionError


def serving(opened: OpenedBytes, *, is_inline: bool = False, **about: str) -> TestClient:
    async def endpoint(asked: Request) -> Response:
        return download(asked, content(opened, **about), allowed, is_inline=is_inline)

    return TestClient(Starlette(routes=[Route("/", endpoint)]))


def test_a_small_file_is_one_message_and_a_big_one_pieces() -> None:
    async def sent(opened: OpenedBytes) -> list[Message]:
        messages: list[Message] = []

        async def send(message: Message) -> None:
            messages.append(message)

        asked = request()
        waiting: asyncio.Event = asyncio.Event()

        async def receive() -> Message:
            await waiting.wait()
            return {"type": "http.disconnect"}

        await download(asked, content(opened), allowed)(asked.scope, receive, send)
        return messages

    small, big = OpenedBytes(SMALL), OpenedBytes(BIG)
    assert len(asyncio.run(sent(small))) == 2
    messages = asyncio.run(sent(big))
    assert len(messages) > 3
    assert b"".join(message.get("body", b"") for message in messages) == BIG
    assert all(length >= WHOLE_BYTES for _, length in big.reads[:-1])
    assert small.is_closed and big.is_closed


def test_a_right_that_is_lost_cuts_a_long_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "ASK_AGAIN_SECONDS", 0.0)

    async def scenario(content_bytes: bytes, rights: int) -> tuple[bytes, int]:
        got, asked, opened = bytearray(), 0, OpenedBytes(content_bytes)

        async def still() -> None:
            nonlocal asked
            asked += 1
            if asked > rights:
                raise NotFound("document")

        async def send(message: Message) -> None:
            got.extend(message.get("body", b""))

        asking = request()
        try:
            await download(asking, content(opened), still)(asking.scope, staying, send)
        except NotFound:
            assert opened.is_closed
        return bytes(got), asked

    assert asyncio.run(scenario(BIG, rights=99)) == (BIG, -(-len(BIG) // 524_288))
    cut, _ = asyncio.run(scenario(BIG, rights=2))
    assert cut == BIG[: 2 * 524_288]
    assert asyncio.run(scenario(SMALL, rights=0)) == (SMALL, 0)


@in_network
async def test_a_withdrawn_grant_ends_a_download_that_is_under_way(world: World) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Commun")
    grant = await world.grant(folder, awa)
    done = await world.deposit(world.steward, folder, "long.bin", BIG)
    given = await documents.content(world.ws, awa, done.document_id, 1)
    pieces: list[bytes] = []

    async def still() -> None:
        await documents.enter_to(world.ws, awa, done.document_id, Action.READ)

    async def send(message: Message) -> None:
        if message.get("body"):
            pieces.append(message["body"])
        if len(pieces) == 2:
            await sharing.withdraw(world.ws, world.steward, folder, grant)

    asking = request()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(NotFound):
        patch.setattr(downloads, "ASK_AGAIN_SECONDS", 0.0)
        await download(asking, given, still)(asking.scope, staying, send)
    assert b"".join(pieces) == BIG[: 2 * 524_288]


def test_reading_stops_when_the_client_has_left() -> None:
    async def scenario() -> OpenedBytes:
        opened, asked = OpenedBytes(BIG), request()

        async def send(message: Message) -> None:
            await asyncio.sleep(0)

        gone = receiving((), leaves=True)
        await download(asked, content(opened), allowed)(asked.scope, gone, send)
        return opened

    opened = asyncio.run(scenario())
    assert sum(length for _, length in opened.reads) < len(BIG)
    assert opened.is_closed


@pytest.mark.parametrize("body", [b"", SMALL, BIG])
def test_head_tells_what_get_would_send_and_reads_nothing(body: bytes) -> None:
    whole, opened = serving(OpenedBytes(body)).get("/"), OpenedBytes(body)
    head = serving(opened).head("/")
    assert whole.content == body and whole.headers["content-length"] == str(len(body))
    assert head.headers == whole.headers and head.content == b""
    assert opened.reads == [] and opened.is_closed


def test_a_part_is_sent_with_its_place_in_the_whole() -> None:
    answer = serving(OpenedBytes(BIG)).get("/", headers={"range": "bytes=1000-1500000"})
    assert answer.status_code == 206
    assert answer.content == BIG[1000:1500001]
    assert answer.headers["content-range"] == f"bytes 1000-1500000/{len(BIG)}"
    assert answer.headers["content-length"] == "1499001"


def test_a_part_beyond_the_end_says_how_long_the_file_is() -> None:
    opened = OpenedBytes(SMALL)
    answer = serving(opened).get("/", headers={"range": "bytes=5000-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(SMALL)}"
    assert opened.reads == [] and opened.is_closed


def test_the_tag_is_strong_and_spares_the_bytes() -> None:
    etag = serving(OpenedBytes(SMALL)).get("/").headers["etag"]
    assert re.fullmatch('"[0-9a-f]{64}"', etag)
    opened = OpenedBytes(SMALL)
    answer = serving(opened).get("/", headers={"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag and "content-length" not in answer.headers
    assert opened.reads == [] and opened.is_closed
    assert serving(opened).get("/", headers={"if-match": '"other"'}).status_code == 412


def test_bytes_never_run_in_our_origin() -> None:
    for kind in (
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "text/css",
        "multipart/related",
        "application/x-shockwave-flash",
        "text/javascript",
        "x",
    ):
        answer = serving(OpenedBytes(SMALL), media_type=kind, is_inline=True).get("/")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")
        policy = answer.headers["content-security-policy"]
        assert policy == "sandbox; default-src 'none'; frame-ancestors 'none'"


def test_kinds_that_may_be_shown_are_shown_to_our_viewer_only() -> None:
    asked = serving(OpenedBytes(SMALL), is_inline=True).get("/")
    unasked = serving(OpenedBytes(SMALL)).get("/")
    assert asked.headers["content-type"] == unasked.headers["content-type"] == "application/pdf"
    assert asked.headers["content-disposition"].startswith("inline;")
    assert asked.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert unasked.headers["content-disposition"].startswith("attachment;")
    assert unasked.headers["cache-control"] == "private, no-cache"


def test_lost_bytes_are_an_error_before_anything_is_sent() -> None:
    with pytest.raises(BlobMissing):
        serving(OpenedBytes(SMALL, size_bytes=5_000)).get("/")
    opened = OpenedBytes(SMALL, size_bytes=5_000)
    with pytest.raises(BlobMissing):
        serving(opened).get("/")
    assert opened.is_closed


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("compte rendu.pdf", "compte rendu.pdf"),
        ("Été.pdf", "Ete.pdf"),
        ('a"b\\c.pdf', "a_b_c.pdf"),
        ("100%;x.pdf", "100__x.pdf"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie: x=1"),
        ("報告.pdf", "__.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("\u0301", "document"),
    ],
)
def test_a_name_has_an_ascii_twin_without_quotes(name: str, ascii_name: str) -> None:
    assert f'; filename="{ascii_name}"; ' in disposition(name, is_inline=False)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_gives_one_header_that_brings_the_name_back(name: str) -> None:
    header = disposition(name, is_inline=False)
    matched = re.fullmatch(
        r"attachment; filename=\"[^\"\\%;/]+\"; filename\*=UTF-8''([A-Za-z0-9!#$&+\-.^_`|~%]*)",
        header,
    )
    assert matched and header.isascii() and header.isprintable()
    brought_back = unquote(matched[1])
    assert len(brought_back) == len(name)
    assert all(a == b or b == "_" for a, b in zip(name, brought_back, strict=True))
