"""The limits of a connection, against a real server with short ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from atelier.errors import BodyCut
from atelier.web.bodies import chunks
from atelier.web.pace import ServerLimits
from tests.web.running import connected, exchange, rest, running, status, until

LIMITS = ServerLimits(
    head_seconds=0.3,
    body_gap_seconds=0.4,
    unread_seconds=0.4,
    floor_seconds=60,
    linger_seconds=0.4,
    idle_seconds=1,
    watch_seconds=0.05,
    max_connections_per_address=4,
    buffered_body_bytes=64 * 1024,
)
GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Seen:
    """What the app saw of bodies, told as it happens."""

    def __init__(self) -> None:
        self.cut = threading.Event()
        self.trailers: list[str] = []


SEEN = Seen()


async def hello(request: Request) -> Response:
    SEEN.trailers = [*request.headers.keys()]
    return PlainTextResponse("hello")


async def count(request: Request) -> Response:
    received = 0
    try:
        async for chunk in chunks(request, 10**9):
            received += len(chunk)
    except BodyCut:
        SEEN.cut.set()
        raise
    SEEN.trailers = [*request.headers.keys()]
    return PlainTextResponse(str(received))


async def early(request: Request) -> Response:
    return PlainTextResponse("too large", 413)


async def flood(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 256 * 1024

    return StreamingResponse(pieces())


APP = Starlette(
    routes=[
        Route("/hello", hello),
        Route("/count", count, methods=["PUT"]),
        Route("/early", early, methods=["PUT"]),
        Route("/flood", flood),
    ]
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running(APP, LIMITS) as number:
        yield number


@pytest.fixture(scope="module")
def patient() -> Iterator[int]:
    """The limits people meet: what must succeed does so on a busy machine too."""
    with running(APP, ServerLimits()) as number:
        yield number


def put(path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"PUT {path} HTTP/1.1", "Host: x", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_requests_one_after_another_and_behind_one_another_are_answered(patient: int) -> None:
    answers = exchange(patient, GET + GET + LAST)
    assert answers.count(b"HTTP/1.1 200 OK") == 3 and answers.count(b"hello") == 3
    assert b"server:" not in answers.lower()
    assert exchange(
        patient, put("/count", "Content-Length: 200000", "Connection: close", body=b"x" * 200_000)
    ).endswith(b"\r\n\r\n200000")


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n"])
def test_a_connection_that_says_nothing_is_closed(port: int, sent: bytes) -> None:
    assert status(exchange(port, sent)) in (0, 408)


@pytest.mark.parametrize("sent", [b"G", b"GET /hello HTTP/1.1\r\nHost:", GET[:-2]])
def test_a_head_that_does_not_end_is_given_up(port: int, sent: bytes) -> None:
    answer = exchange(port, sent)
    assert status(answer) == 408
    assert "recommencez" in answer.decode() and b"connection: close" in answer


def test_empty_lines_do_not_keep_an_idle_connection(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(GET)
        until(connection, b"hello")
        connection.sendall(b"\r\n")
        assert status(rest(connection)) in (0, 408)


def test_an_endless_head_is_refused_before_its_end(port: int) -> None:
    with connected(port) as connection:
        try:
            for _ in range(200):
                connection.sendall(b"GET /" if _ == 0 else b"x" * 1024)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert status(rest(connection)) in (0, 431)


def test_a_head_just_past_the_limit_is_refused(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        connection.sendall(b"x" * LIMITS.max_head_bytes)
        assert status(rest(connection)) == 431


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Content-Length: 5"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: +5",),
        ("Content-Length: -5",),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding : chunked",),
        ("X: a\r\n b",),
        ("X: a\rb",),
        ("X\0: a",),
    ],
)
def test_a_body_whose_length_can_be_read_in_two_ways_is_refused(
    port: int, headers: tuple[str, ...]
) -> None:
    answer = exchange(port, put("/count", *headers, body=b"0\r\n\r\n"))
    assert status(answer) == 400 and answer.count(b"HTTP/1.1") == 1


def test_an_old_client_cannot_send_chunks(port: int) -> None:
    sent = b"PUT /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert status(exchange(port, sent)) == 400


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"CONNECT x:80 HTTP/1.1", 405),
        (b"BREW /hello HTTP/1.1", 501),
        (b"GET /hello", 400),
        (b"GET /hello HTTP/2.0", 400),
        (b"\x16\x03\x01\x02\x00\x01", 501),
    ],
)
def test_odd_first_lines_are_refused(port: int, line: bytes, expected: int) -> None:
    assert status(exchange(port, line + b"\r\nHost: x\r\n\r\n")) == expected


def test_an_offer_of_another_protocol_is_passed_over(patient: int) -> None:
    sent = b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    answer = exchange(patient, sent + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert answer.count(b"HTTP/1.1") == 1 and answer.endswith(b"hello")


def test_a_body_that_stops_is_cut_and_the_app_told(port: int) -> None:
    SEEN.cut.clear()
    answer = exchange(port, put("/count", "Content-Length: 100", body=b"only this"))
    assert status(answer) == 408
    assert SEEN.cut.wait(10)


def test_a_body_that_trickles_is_cut_at_the_floor() -> None:
    limits = replace(LIMITS, body_gap_seconds=10, floor_seconds=0.5)
    with running(APP, limits) as port, connected(port) as connection:
        SEEN.cut.clear()
        connection.sendall(put("/count", "Content-Length: 100000"))
        try:
            while not SEEN.cut.is_set():
                connection.sendall(b"x")
                SEEN.cut.wait(0.05)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert SEEN.cut.wait(10)


def test_a_client_waiting_for_our_word_is_not_called_slow(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(put("/count", "Content-Length: 3", "Expect: 100-continue"))
        assert until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        connection.sendall(b"abc" + LAST)
        assert rest(connection).startswith(b"HTTP/1.1 200 OK")


def test_chunks_are_a_body_and_trailers_are_not_believed(patient: int) -> None:
    body = b"3\r\nabc\r\n0\r\nX-Forwarded-For: 10.0.0.1\r\nCookie: session=x\r\n\r\n"
    answer = exchange(patient, put("/count", "Transfer-Encoding: chunked", body=body + LAST))
    assert b"\r\n\r\n3HTTP/1.1 200 OK" in answer
    assert "cookie" not in SEEN.trailers and "x-forwarded-for" not in SEEN.trailers


@pytest.mark.parametrize("dry", [b"1;x=", b"0\r\nX: "])
def test_endless_trailers_and_chunk_extensions_are_refused(port: int, dry: bytes) -> None:
    sent = put("/count", "Transfer-Encoding: chunked", body=dry)
    assert status(exchange(port, sent + b"x" * LIMITS.max_head_bytes)) == 400


def test_the_rest_of_a_refused_body_is_thrown_away_for_a_while(port: int, patient: int) -> None:
    with connected(patient) as connection:
        connection.sendall(put("/early", "Content-Length: 300000"))
        assert b"413" in until(connection, b"too large")
        connection.sendall(b"x" * 300_000 + LAST)
        assert rest(connection).endswith(b"hello")
    with connected(port) as connection:
        connection.sendall(put("/early", "Content-Length: 300000"))
        until(connection, b"too large")
        assert rest(connection) == b""


def test_a_reader_that_never_reads_is_given_up(port: int) -> None:
    with connected(port) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        # The server's end shows in a write that fails: nothing is read here until then.
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            while True:
                connection.sendall(b"\r\n")
                threading.Event().wait(0.05)


def test_a_reader_that_reads_gets_all_of_it(patient: int) -> None:
    with connected(patient) as connection:
        connection.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = 0
        while piece := connection.recv(1024 * 1024):
            received += len(piece)
        assert received > 1_000 * 256 * 1024


def test_an_address_holds_so_many_connections() -> None:
    limits = ServerLimits(max_connections_per_address=4)
    with running(APP, limits) as port:
        crowd = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(4)]
        for each in crowd:
            each.sendall(GET)
            until(each, b"hello")
        refused = exchange(port, b"")
        assert status(refused) == 503 and b"retry-after" in refused
        for each in crowd:
            each.close()
        answers: list[bytes] = []
        while not any(b"200 OK" in answer for answer in answers):
            answers.append(exchange(port, LAST))
    with running(APP, limits, (ip_network("127.0.0.0/8"),)) as port:
        proxied = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(8)]
        for each in proxied:
            each.sendall(LAST)
        assert all(rest(each).endswith(b"hello") for each in proxied)
        for each in proxied:
            each.close()
