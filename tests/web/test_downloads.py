"""Bytes of documents on their way out."""

from __future__ import annotations

import asyncio
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from atelier.errors import BlobMissing, NotFound
from atelier.model.folders import Action
from atelier.settings import load
from atelier.web import streaming
from atelier.web.downloads import disposition, download, handing_over
from atelier.web.middleware import Proxies
from atelier.web.streaming import WHOLE_BYTES
from atelier.workspace import documents, sharing
from tests.builders import World, in_network
from tests.web.builders import OpenedBytes, content, receiving, request

SMALL = bytes(range(256)) * 4
BIG = bytes(range(251)) * 9_000


async def allowed() -> None:
    """Her right is still there."""


async def unsent(message: Message) -> None:
    """Nothing is answered here."""
    raise AssertionError("sent")


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
    monkeypatch.setattr(streaming, "ASK_AGAIN_SECONDS", 0.0)

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
        patch.setattr(streaming, "ASK_AGAIN_SECONDS", 0.0)
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


def byteranges(answer: Any) -> list[tuple[str, bytes]]:
    """The parts of a multipart answer: where each stands, and its bytes."""
    kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    mark = f"--{boundary}".encode()
    before, *found, end = (b"\r\n" + answer.content).split(b"\r\n" + mark)
    assert (before, end) == (b"", b"--\r\n")
    pairs = []
    for one in found:
        head, _, body = one.partition(b"\r\n\r\n")
        kind_line, place = head.strip().decode().split("\r\n")
        assert kind_line == "Content-Type: application/pdf"
        pairs.append((place, body))
    return pairs


@pytest.mark.parametrize("body", [SMALL, BIG])
def test_several_parts_are_one_answer_of_exact_length(body: bytes) -> None:
    size = len(body)
    last = f"bytes {size - 5}-{size - 1}/{size}"
    headers = {"range": "bytes=0-9,100-499,-5"}
    answer = serving(OpenedBytes(body)).get("/", headers=headers)
    assert answer.status_code == 206 and "content-range" not in answer.headers
    assert answer.headers["content-length"] == str(len(answer.content))
    assert byteranges(answer) == [
        (f"Content-Range: bytes 0-9/{size}", body[:10]),
        (f"Content-Range: bytes 100-499/{size}", body[100:500]),
        (f"Content-Range: {last}", body[-5:]),
    ]
    head = serving(OpenedBytes(body)).head("/", headers=headers)
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_big_parts_among_small_ones_are_sent_in_pieces() -> None:
    opened = OpenedBytes(BIG)
    answer = serving(opened).get("/", headers={"range": "bytes=0-9,1000-1500000,1600000-1600009"})
    assert [body for _, body in byteranges(answer)] == [
        BIG[:10],
        BIG[1000:1500001],
        BIG[1600000:1600010],
    ]
    assert all(length <= streaming.PIECE_BYTES for _, length in opened.reads) and opened.is_closed


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=0-9,5-20",
        "bytes=100-,0-1",
        "bytes=" + ",".join(f"{start}-{start}" for start in range(0, 34, 2)),
        "bytes=" + ",".join(["0-"] * 10_000),
        "bytes=0-" + "9" * 4_000,
        # As many frames as bytes: the whole is shorter.
        "bytes=" + ",".join(f"{start}-{start + 1}" for start in range(0, 64, 4)),
    ],
)
def test_no_request_for_parts_makes_an_answer_larger_than_the_file(wanted: str) -> None:
    opened = OpenedBytes(SMALL)
    answer = serving(opened).get("/", headers={"range": wanted})
    assert (answer.status_code, answer.content) == (200, SMALL)
    assert sum(length for _, length in opened.reads) == len(SMALL)


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


@pytest.mark.parametrize("size_bytes", [5_000, 500_000_000])
def test_lost_bytes_are_an_error_before_anything_is_sent(size_bytes: int) -> None:
    opened = OpenedBytes(SMALL, size_bytes=size_bytes)
    with pytest.raises(BlobMissing):
        serving(opened).get("/")
    assert opened.is_closed
    head = serving(OpenedBytes(SMALL, size_bytes=size_bytes)).head("/")
    assert head.headers["content-length"] == str(size_bytes)


def test_a_fast_reader_leaves_its_turn_to_others() -> None:
    async def scenario() -> int:
        turns, asked = 0, request()

        async def send(message: Message) -> None:
            """A socket that takes everything at once."""

        async def another() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(another())
        await download(asked, content(OpenedBytes(BIG)), allowed)(asked.scope, staying, send)
        beside.cancel()
        return turns

    assert asyncio.run(scenario()) >= len(BIG) // streaming.PIECE_BYTES


def handed(*headers: tuple[str, str], method: str = "GET") -> tuple[Response, OpenedBytes]:
    """The answer when the proxy in front may send the bytes."""
    opened = OpenedBytes(SMALL)
    asked = request(*headers, method=method)
    return download(asked, content(opened), allowed, proxy="/_blobs/"), opened


def test_bytes_left_to_the_proxy_are_named_with_all_that_guards_them() -> None:
    for method in ("GET", "HEAD"):
        answer, opened = handed(("range", "bytes=0-9"), method=method)
        sha256 = content(opened).version.sha256
        assert answer.status_code == 200 and opened.is_closed and opened.reads == []
        assert answer.headers["x-accel-redirect"] == f"/_blobs/{sha256[:2]}/{sha256}"
        assert answer.headers["content-length"] == "0" and answer.headers["etag"] == f'"{sha256}"'
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["content-disposition"].startswith("attachment;")


def test_conditions_are_judged_before_bytes_are_left_to_the_proxy() -> None:
    etag = handed()[0].headers["etag"]
    for headers, status in ((("if-none-match", etag), 304), (("range", "bytes=5000-"), 416)):
        answer, opened = handed(headers)
        assert (answer.status_code, opened.is_closed) == (status, True)
        assert "x-accel-redirect" not in answer.headers
    assert "x-accel-redirect" not in handed(("if-match", etag))[0].headers
    assert handed(("if-match", '"x"'))[0].status_code == 412


@pytest.mark.parametrize(
    ("setting", "blobs", "by_proxy", "given"),
    [
        ("/_blobs/", "", True, "/_blobs/"),
        ("/_blobs/", "", False, ""),
        ("", "", True, ""),
        ("/_blobs/", "s3://store/blobs", True, ""),
    ],
)
def test_only_a_trusted_proxy_is_told_where_blobs_lie(
    tmp_path: Path, setting: str, blobs: str, by_proxy: bool, given: str
) -> None:
    environ = {"ATELIER_SERVER_ACCEL_REDIRECT": setting}
    environ |= {"ATELIER_STORAGE_BLOBS": blobs} if blobs else {}
    reached: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(handing_over(Request(scope), load(tmp_path, environ, tmp_path)))

    scope = {**request().scope, "client": ("10.0.0.1" if by_proxy else "203.0.113.1", 1)}
    asyncio.run(Proxies(app, (ip_network("10.0.0.0/24"),))(scope, staying, unsent))
    assert reached == [given]


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
