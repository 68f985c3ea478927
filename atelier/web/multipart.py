"""Forms with files: each file streams into a sink as it arrives, nothing is kept aside.

RFC 7578, parsed by python-multipart's parser. Only what browsers send is understood;
whatever else could be read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState
from starlette.requests import Request

from atelier.errors import BodyCut, Malformed, TooLarge, TooManyFiles
from atelier.web.bodies import chunks
from atelier.web.forms import Form, gathered, typed_text

_CONTENT_TYPE: Final = re.compile(
    r"multipart/form-data[ \t]*;[ \t]*boundary=(\"?)([0-9A-Za-z'()+_,\-./:=?]{1,70})\1",
    re.IGNORECASE,
)
_DISPOSITION: Final = re.compile(
    rb'form-data;[ \t]*name="((?:[^"\\]|\\.)*)"(?:;[ \t]*filename="((?:[^"\\]|\\.)*)")?'
)
_PLAIN_CODINGS: Final = frozenset({b"binary", b"8bit", b"7bit"})
_MAX_EPILOGUE_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class MultipartLimits:
    """How much a form with files may hold (THREATS 67). Bytes of a file are its sink's affair."""

    max_fields: int = 8
    max_files: int = 100
    max_field_bytes: int = 64 * 1024
    # Eight lines of 2 KiB: 16 KiB of headers a part.
    max_part_headers: int = 8
    max_header_bytes: int = 2 * 1024


class Sink(Protocol):
    """Where the bytes of one file go; a blob store's draft is one."""

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes, or raise."""
        ...


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of the form: its field, and its name as the client gave it, unchecked."""

    field: str
    name: str


class OpenSink(Protocol):
    """Called at the beginning of each file."""

    def __call__(self, part: FilePart, form: Form, /) -> Awaitable[Sink]:
        """The sink for this file; `form` holds the fields that stood before it."""
        ...


async def read_multipart(
    request: Request,
    open_sink: OpenSink,
    names: Collection[str] = (),
    *,
    limit_bytes: int,
    limits: MultipartLimits | None = None,
) -> Form:
    """Streams each file of the body into its sink and gives the other fields.

    `names` are the fields it may have. A file input left empty is passed over. Sinks
    are told only bytes: when this raises, the caller drops those it opened. `Malformed`
    for whatever no browser sends, `TooLarge` when the whole passes `limit_bytes` or a
    field its own limit, `BodyCut`, and what the sinks raise.
    """
    limits = limits or MultipartLimits()
    reading = _Reading(_boundary(request), open_sink, names, limits)
    received = 0
    async for chunk in chunks(request, limit_bytes):
        received += len(chunk)
        await reading.take(chunk)
    if not reading.is_complete:
        raise BodyCut(received)
    return reading.form()


@dataclass(slots=True)
class _Part:
    """A part under way."""

    name: str
    file_name: str | None
    sink: Sink | None = None
    text: bytes = b""


class _Reading:
    """Turns chunks into parts.

    The parser calls back synchronously; what it says is noted, then acted on, so that
    sinks may be awaited.
    """

    def __init__(
        self, boundary: bytes, open_sink: OpenSink, names: Collection[str], limits: MultipartLimits
    ) -> None:
        self._open_sink, self._names, self._limits = open_sink, names, limits
        self._beginning: bytes | None = b""
        self._opening = b"--" + boundary
        self._noted: list[tuple[Callable[[bytes], Awaitable[None]], bytes]] = []
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value = b"", b""
        self._part: _Part | None = None
        self._pairs: list[tuple[str, str]] = []
        self._files = 0
        self._epilogue_bytes = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_comes,
                "on_header_value": self._value_comes,
                "on_header_end": self._header_ends,
                "on_headers_finished": lambda: self._noted.append((self._begin, b"")),
                "on_part_data": self._bytes_come,
                "on_part_end": lambda: self._noted.append((self._finish, b"")),
            },
            max_header_count=limits.max_part_headers,
            max_header_size=limits.max_header_bytes,
        )

    @property
    def is_complete(self) -> bool:
        """Whether the closing boundary came."""
        return self._parser.state == MultipartState.END

    def form(self) -> Form:
        """The fields so far."""
        return gathered(self._pairs, self._names, ())

    async def take(self, chunk: bytes) -> None:
        """Parses the chunk and acts on it."""
        chunk = self._past_beginning(chunk)
        if self.is_complete:
            self._epilogue_bytes += len(chunk)
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise Malformed("multipart") from None
        if self._epilogue_bytes > _MAX_EPILOGUE_BYTES:
            raise Malformed("multipart")
        noted, self._noted = self._noted, []
        for act, piece in noted:
            await act(piece)

    def _past_beginning(self, chunk: bytes) -> bytes:
        """Holds the first bytes back until they are the boundary: no preamble is read."""
        if self._beginning is None:
            return chunk
        self._beginning += chunk
        if not self._opening.startswith(self._beginning[: len(self._opening)]):
            raise Malformed("multipart")
        if len(self._beginning) < len(self._opening):
            return b""
        chunk, self._beginning = self._beginning, None
        return chunk

    def _part_begins(self) -> None:
        self._headers = {}

    def _header_comes(self, chunk: bytes, start: int, end: int) -> None:
        self._header += chunk[start:end]

    def _value_comes(self, chunk: bytes, start: int, end: int) -> None:
        self._value += chunk[start:end]

    def _header_ends(self) -> None:
        name = self._header.lower()
        if name in self._headers:
            raise Malformed("multipart")
        self._headers[name] = self._value.strip(b" \t")
        if name == b"content-disposition":
            self._noted.append((self._announce, self._headers[name]))
        elif name == b"content-transfer-encoding" and self._headers[name] not in _PLAIN_CODINGS:
            raise Malformed("multipart")
        self._header = self._value = b""

    def _bytes_come(self, chunk: bytes, start: int, end: int) -> None:
        self._noted.append((self._write, chunk[start:end]))

    async def _announce(self, disposition: bytes) -> None:
        matched = _DISPOSITION.fullmatch(disposition)
        if matched is None:
            raise Malformed("multipart")
        name, file_name = matched.groups()
        self._part = _Part(_quoted(name), None if file_name is None else _quoted(file_name))

    async def _begin(self, _: bytes) -> None:
        if self._part is None:
            raise Malformed("multipart")
        if self._part.file_name is None and len(self._pairs) >= self._limits.max_fields:
            raise Malformed("multipart")
        if self._part.file_name:
            await self._open()

    async def _open(self) -> None:
        assert self._part is not None and self._part.file_name
        self._files += 1
        if self._files > self._limits.max_files:
            raise TooManyFiles(self._limits.max_files)
        part = FilePart(self._part.name, self._part.file_name)
        self._part.sink = await self._open_sink(part, self.form())

    async def _write(self, piece: bytes) -> None:
        part = self._part
        assert part is not None
        if part.sink is not None:
            await part.sink.write(piece)
            return
        # A file without a name is an input left empty; bytes in it have no place to go.
        if part.file_name is not None:
            raise Malformed("multipart")
        part.text += piece
        if len(part.text) > self._limits.max_field_bytes:
            raise TooLarge(self._limits.max_field_bytes)

    async def _finish(self, _: bytes) -> None:
        part, self._part = self._part, None
        assert part is not None
        if part.file_name is None:
            self._pairs.append((part.name, typed_text(part.text)))


def _boundary(request: Request) -> bytes:
    matched = _CONTENT_TYPE.fullmatch(request.headers.get("content-type", "").strip())
    if matched is None:
        raise Malformed("content-type")
    return matched[2].encode()


def _quoted(raw: bytes) -> str:
    """A quoted value as browsers write it: percent escapes for the quote and line ends only."""
    plain = raw.replace(b'\\"', b'"').replace(b"\\\\", b"\\")
    return typed_text(plain.replace(b"%22", b'"').replace(b"%0D", b"\r").replace(b"%0A", b"\n"))
