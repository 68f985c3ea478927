"""Writers over HTTP who know what was confirmed to them, whatever kills the server meanwhile.

Each does one thing again and again. After a kill she goes on as a program would: she asks
where she is, and checks that it is between what was confirmed and what she sent.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from bench.visiting import Reply, Visitor

FOLDER: Final = 1
_PIECE_BYTES: Final = 90_000
_PIECES: Final = 6
_DOCUMENT: Final = re.compile(r"/documents/(\d+)")


def sha256_of(content: bytes) -> str:
    """In lower-case hex."""
    return hashlib.sha256(content).hexdigest()


class Line(Visitor):
    """A visitor who also speaks what pages do not: versions and tus."""

    def version(self, document: int, content: bytes, expected: int) -> Reply:
        """A further version upon the one expected."""
        headers = {"If-Match": f'"{expected}"', "X-Form-Token": self.form_token}
        return self._ask("PUT", f"/documents/{document}/versions", content, headers)

    def tus(self, method: str, path: str, content: bytes = b"", **headers: str) -> Reply:
        """One request of a resumable deposit."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"Tus-Resumable": "1.0.0", "X-Form-Token": self.form_token}
        if method == "PATCH":
            given["Content-Type"] = "application/offset+octet-stream"
        return self._ask(method, path, content, given)


@dataclass
class Writer:
    """Somebody who writes; `confirmed` is told after each answer.

    A document is named after its bytes, so that whoever reads it can tell whether it is whole.
    """

    line: Line
    number: int
    _count: int = field(default=0, repr=False)

    def act(self) -> None:
        """One thing more. Raises what the connection raises when the server dies."""
        raise NotImplementedError

    def go_on(self) -> None:
        """After a kill: be where she was, or as far as she had asked to come."""

    def check(self) -> None:
        """In the end: all that was confirmed is there."""

    def fresh(self, size: int = 20_000) -> bytes:
        """Bytes that were never sent."""
        self._count += 1
        head = f"{self.number} {self._count} {secrets.token_hex(8)} ".encode()
        return (head * (size // len(head) + 1))[:size]

    def deposit(self, content: bytes) -> tuple[int, str]:
        """A new document of these bytes: its number, and its name."""
        name = f"{sha256_of(content)}.txt"
        reply = self.line.deposit(FOLDER, name, content)
        assert reply.status in (200, 201), reply.text
        return _number(reply), name

    def content(self, document: int, version: int = 1) -> bytes | None:
        """The bytes of a version; None when it is not there."""
        reply = self.line.get(f"/documents/{document}/versions/{version}/content")
        assert reply.status in (200, 404), reply.text
        return reply.body if reply.status == 200 else None

    def named(self, document: int) -> str:
        """The name that a document shows; "" when it is not there."""
        page = self.line.get(f"/documents/{document}").text
        found = re.search(r"<h1[^>]*>(?:\s|<[^>]*>)*([^<\s]+)", page)
        return found[1] if found else ""


@dataclass
class Depositor(Writer):
    """New documents, one after the other."""

    confirmed: dict[int, str] = field(default_factory=dict)

    def act(self) -> None:
        """One document."""
        content = self.fresh()
        document, _ = self.deposit(content)
        self.confirmed[document] = sha256_of(content)

    def check(self) -> None:
        """Each has its bytes."""
        for document, sha256 in self.confirmed.items():
            content = self.content(document)
            assert content is not None, f"document {document} was confirmed and is lost"
            assert sha256_of(content) == sha256


@dataclass
class Reviser(Writer):
    """Versions of one document, each upon the one before."""

    document: int = 0
    confirmed: list[str] = field(default_factory=list)
    trying: bytes = b""

    def act(self) -> None:
        """One version."""
        if not self.document:
            self.trying = self.fresh()
            self.document, _ = self.deposit(self.trying)
        else:
            self.trying = self.trying or self.fresh()
            reply = self.line.version(self.document, self.trying, len(self.confirmed))
            assert reply.status in (200, 201), reply.text
        self.confirmed.append(sha256_of(self.trying))
        self.trying = b""

    def go_on(self) -> None:
        """What was asked last is the next version, or is not there."""
        if not self.document:
            self.trying = b""  # it may stand under its name: nobody was told
            return
        following = self.content(self.document, len(self.confirmed) + 1)
        assert following in (None, self.trying), "a version that nobody sent"
        assert self.content(self.document, len(self.confirmed) + 2) is None
        if following is not None:
            self.confirmed.append(sha256_of(following))
            self.trying = b""

    def check(self) -> None:
        """All versions are there under their numbers."""
        for number, sha256 in enumerate(self.confirmed, start=1):
            content = self.content(self.document, number)
            assert content is not None, f"version {number} was confirmed and is lost"
            assert sha256_of(content) == sha256


@dataclass
class Resumer(Writer):
    """Documents that come in pieces; a kill costs what was not confirmed, never more."""

    place: str = ""
    whole: bytes = b""
    confirmed_bytes: int = 0
    sent_bytes: int = 0
    confirmed: dict[int, str] = field(default_factory=dict)
    resumed: int = 0

    def act(self) -> None:
        """One piece, or the announcement of another document."""
        if not self.place:
            return self._begin()
        offset = self.confirmed_bytes
        piece = self.whole[offset : offset + _PIECE_BYTES]
        self.sent_bytes = max(self.sent_bytes, offset + len(piece))
        reply = self.line.tus("PATCH", self.place, piece, Upload_Offset=str(offset))
        assert reply.status == 204, (reply.status, reply.text)
        self._told(reply)
        assert not self.place or self.confirmed_bytes == offset + len(piece)

    def go_on(self) -> None:
        """At least what was confirmed is there, at most what was sent."""
        if not self.place:
            return
        reply = self.line.tus("HEAD", self.place)
        assert reply.status == 200, f"an announced deposit is lost: {reply.status}"
        offset = int(reply.headers["upload-offset"])
        assert self.confirmed_bytes <= offset <= self.sent_bytes
        self.resumed += 1
        self._told(reply)

    def check(self) -> None:
        """What came in pieces is whole."""
        for document, sha256 in self.confirmed.items():
            content = self.content(document)
            assert content is not None, f"document {document} was confirmed and is lost"
            assert sha256_of(content) == sha256

    def _begin(self) -> None:
        self.whole = self.fresh(_PIECE_BYTES * _PIECES - 17)
        told = {"filename": f"{sha256_of(self.whole)}.txt", "folder": str(FOLDER)}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items()
        )
        size = str(len(self.whole))
        reply = self.line.tus("POST", "/deposits/", Upload_Length=size, Upload_Metadata=metadata)
        assert reply.status == 201, (reply.status, reply.text)
        self.place = reply.headers["location"]
        self.confirmed_bytes = self.sent_bytes = 0

    def _told(self, reply: Reply) -> None:
        self.confirmed_bytes = int(reply.headers["upload-offset"])
        if became := reply.headers.get("atelier-document"):
            assert self.confirmed_bytes == len(self.whole)
            self.confirmed[int(became)] = sha256_of(self.whole)
            self.place = ""


@dataclass
class Renamer(Writer):
    """One document, under one name after the other."""

    document: int = 0
    tail: str = ""
    confirmed: str = ""
    trying: str = ""

    def act(self) -> None:
        """Another name."""
        if not self.document:
            self.document, self.tail = self.deposit(self.fresh())
            self.confirmed = self.tail
            return
        self._count += 1
        self.trying = f"{self.number}-{self._count}-{self.tail}"
        reply = self.line.post(f"/documents/{self.document}/rename", name=self.trying)
        assert reply.status == 303, reply.text
        self.confirmed = self.trying

    def go_on(self) -> None:
        """Under the name that was confirmed, or the one asked for last."""
        if self.document:
            name = self.named(self.document)
            assert name in (self.confirmed, self.trying), (name, self.confirmed, self.trying)
            self.confirmed = name

    def check(self) -> None:
        """It has its name and its bytes."""
        if self.document:
            assert self.named(self.document) == self.confirmed
            content = self.content(self.document)
            assert content is not None and self.tail == f"{sha256_of(content)}.txt"


@dataclass
class Remover(Writer):
    """Documents that go into the trash at once."""

    document: int = 0
    name: str = ""
    confirmed: dict[int, str] = field(default_factory=dict)

    def act(self) -> None:
        """A document, or its removal."""
        if not self.document:
            self.document, self.name = self.deposit(self.fresh())
            return
        reply = self.line.post(f"/documents/{self.document}/remove", expected="1")
        assert reply.status == 303, reply.text
        self._removed()

    def go_on(self) -> None:
        """It stands whole, or lies in the trash whole."""
        if self.document and self.content(self.document) is None:
            self._removed()

    def check(self) -> None:
        """None of them stands; all lie in the trash under their names."""
        trash = self.line.get(f"/folders/{FOLDER}/trash").text
        for document, name in self.confirmed.items():
            assert self.content(document) is None, "a removed document stands again"
            assert len(self.confirmed) > 150 or name in trash, "a removed document is lost"

    def _removed(self) -> None:
        self.confirmed[self.document] = self.name
        self.document = 0


def _number(reply: Reply) -> int:
    found = _DOCUMENT.search(reply.headers["location"])
    assert found
    return int(found[1])
