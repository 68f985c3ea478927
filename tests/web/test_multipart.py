"""Forms with files, streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.errors import AtelierError, BodyCut, Invalid, Malformed, TooLarge, TooManyFiles
from atelier.web.forms import Form
from atelier.web.multipart import FilePart, MultipartLimits, read_multipart
from tests.web.builders import request

BOUNDARY = "----WebKitFormBoundaryX"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
NAMES = ("comment", "form_token")


class Kept:
    """A sink that keeps the bytes, up to a limit as a draft has."""

    def __init__(self, part: FilePart, form: Form) -> None:
        self.part, self.form, self.taken = part, form, b""

    async def write(self, chunk: bytes) -> None:
        await asyncio.sleep(0)
        self.taken += chunk
        if len(self.taken) > 100_000:
            raise TooLarge(100_000)


class Received:
    """What one reading gave: the form, and the files opened until then."""

    def __init__(self) -> None:
        self.form = Form()
        self.files: list[Kept] = []

    async def open(self, part: FilePart, form: Form) -> Kept:
        self.files.append(Kept(part, form))
        return self.files[-1]


def read(
    pieces: Sequence[bytes], *, kind: str = KIND, leaves: bool = False, limit: int = 10**6
) -> Received:
    received = Received()
    asked = request(("content-type", kind), method="POST", body=pieces, leaves=leaves)
    received.form = asyncio.run(read_multipart(asked, received.open, NAMES, limit_bytes=limit))
    return received


def part(disposition: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"--{BOUNDARY}", f"Content-Disposition: {disposition}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body + b"\r\n"


def field(name: str, value: bytes) -> bytes:
    return part(f'form-data; name="{name}"', value)


def file(name: str, body: bytes, *headers: str) -> bytes:
    return part(f'form-data; name="files"; filename="{name}"', body, *headers)


END = f"--{BOUNDARY}--\r\n".encode()
TYPED = field("form_token", b"t") + field("comment", "réunion".encode())
WHOLE = (
    TYPED
    + file("a.pdf", b"%PDF\r\n--x", "Content-Type: application/pdf")
    + file("é.txt", b"")
    + END
)


def test_files_stream_into_their_sinks_and_fields_come_back() -> None:
    received = read([WHOLE])
    assert received.form.text("comment") == "réunion"
    assert [(kept.part.field, kept.part.name) for kept in received.files] == [
        ("files", "a.pdf"),
        ("files", "é.txt"),
    ]
    assert [kept.taken for kept in received.files] == [b"%PDF\r\n--x", b""]


def test_a_sink_knows_the_fields_that_stood_before_it() -> None:
    received = read([field("form_token", b"t") + file("a", b"x") + field("comment", b"c") + END])
    assert received.files[0].form.fields == {"form_token": "t"}
    assert received.form.fields == {"form_token": "t", "comment": "c"}


def test_an_input_left_empty_is_no_file() -> None:
    assert read([TYPED + file("", b"") + END]).files == []
    with pytest.raises(Malformed):
        read([TYPED + file("", b"bytes") + END])


@given(st.integers(1, len(WHOLE)), st.integers(1, 40))
def test_where_the_network_cuts_makes_no_difference(first: int, size: int) -> None:
    rest = WHOLE[first:]
    received = read([WHOLE[:first], *(rest[i : i + size] for i in range(0, len(rest), size))])
    assert received.form == read([WHOLE]).form
    assert [kept.taken for kept in received.files] == [b"%PDF\r\n--x", b""]


@given(
    st.binary(max_size=2_000).filter(lambda body: BOUNDARY.encode() not in body),
    st.integers(1, 500),
)
def test_a_files_bytes_are_kept_to_the_last(body: bytes, size: int) -> None:
    sent = file("a", body) + END
    received = read([sent[i : i + size] for i in range(0, len(sent), size)])
    assert received.files[0].taken == body


@pytest.mark.parametrize("end", [len(WHOLE) - 4, len(WHOLE) - 40, len(TYPED) + 10, 5])
@pytest.mark.parametrize("leaves", [True, False])
def test_a_cut_body_is_not_a_form(end: int, leaves: bool) -> None:
    with pytest.raises(BodyCut):
        read([WHOLE[:end]], leaves=leaves)


@pytest.mark.parametrize(
    ("escaped", "name"),
    [
        ("a%22b.pdf", 'a"b.pdf'),
        (r"a\"b.pdf", 'a"b.pdf'),
        ("50%25.pdf", "50%25.pdf"),
        ("a;b=c.pdf", "a;b=c.pdf"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("a%0D%0Ab", "a\nb"),
    ],
)
def test_a_files_name_is_given_as_the_client_wrote_it(escaped: str, name: str) -> None:
    assert read([file(escaped, b"x") + END]).files[0].part.name == name


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="files"; filename="a"; filename*=UTF-8\'\'b',
        "form-data; name=\"files\"; filename*=UTF-8''b",
        "form-data; name*=UTF-8''files; filename=\"a\"",
        'form-data; name="files"; filename="a"; filename="b"',
        'form-data; filename="a"; name="files"',
        "form-data; name=files; filename=a",
        'attachment; name="files"; filename="a"',
        'form-data; name="files"; filename="a',
        "form-data",
        "",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(disposition: str) -> None:
    with pytest.raises(Malformed):
        read([part(disposition, b"x") + END])


def test_a_header_twice_and_a_coding_are_refused() -> None:
    for header in ('Content-Disposition: form-data; name="x"', "Content-Transfer-Encoding: base64"):
        with pytest.raises(Malformed):
            read([file("a", b"x", header) + END])
    assert read([file("a", b"x", "Content-Transfer-Encoding: binary") + END]).files


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=" + "x" * 10_240,
        "multipart/form-data; boundary=x; boundary=y",
        'multipart/form-data; boundary="x',
        "multipart/form-data; boundary=a b",
        "text/plain",
    ],
)
def test_a_boundary_must_be_one_and_short(kind: str) -> None:
    with pytest.raises(Malformed):
        read([WHOLE], kind=kind)


def test_a_quoted_boundary_is_one() -> None:
    assert read([WHOLE], kind=f'multipart/form-data; boundary="{BOUNDARY}"').files


@pytest.mark.parametrize(
    "body",
    [
        b"\r\n" * 1_000 + WHOLE,
        b"x" * 1_000 + WHOLE,
        b"".join(file("a", b"") for _ in range(20_000)) + END,
        b"".join(field("comment", b"") for _ in range(9)) + END,
        file("a" * 200_000, b"x") + END,
        part('form-data; name="files"; filename="a"', b"x", *[f"X-{n}: y" for n in range(20)])
        + END,
        f"--{BOUNDARY}\r\n".encode() + b"X: " + b"y" * 900_000,
        f"--{BOUNDARY}\r\n".encode() + b"X" * 900_000,
        f"--{BOUNDARY}\r\n\r\nno headers\r\n".encode() + END,
        f"--{BOUNDARY}\r\nX: y\r\n\r\nno name\r\n".encode() + END,
        field("comment", b"\xff") + END,
        field("comment", b"\0") + END,
        file("\0", b"") + END,
    ],
)
def test_a_flood_or_a_ruin_is_malformed(body: bytes) -> None:
    with pytest.raises((Malformed, TooLarge, TooManyFiles)):
        read([body], limit=10**7)


def test_nothing_much_may_follow_the_end() -> None:
    assert read([WHOLE, b"\r\n"]).files
    with pytest.raises(Malformed):
        read([WHOLE, b"x" * 2_000])


def test_limits_are_those_of_fields_files_and_the_whole() -> None:
    with pytest.raises(TooLarge):
        read([field("comment", b"x" * 70_000) + END])
    with pytest.raises(TooLarge):
        read([file("a", b"x" * 200_000) + END])
    with pytest.raises(TooLarge):
        read([WHOLE], limit=len(WHOLE) - 1)
    with pytest.raises(Invalid):
        read([field("is_steward", b"1") + END])
    assert MultipartLimits().max_part_headers * MultipartLimits().max_header_bytes == 16 * 1024


@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    for sent in (body, f"--{BOUNDARY}\r\n".encode() + body, TYPED + body + END):
        try:
            read([sent])
        except AtelierError:
            continue
