"""Small things the tests of the web floor share: requests, sessions, sites, contents."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request
from starlette.types import Message

from atelier.errors import SignInNeeded
from atelier.model.documents import ReadState, Version
from atelier.model.ids import DocumentId, PersonId, VersionId
from atelier.model.people import Actor, Network, Person, Session
from atelier.web.site import Site
from atelier.workspace.documents import Content

SITE = Site.of("https://atelier.example")
LOCAL = Site.of("http://localhost:8000")
TOKEN = "a" * 43


def request(
    *headers: tuple[str, str],
    method: str = "GET",
    path: str = "/",
    query: str = "",
    body: Sequence[bytes] = (),
    leaves: bool = False,
) -> Request:
    """A request with this body, piece by piece; the client `leaves` before its end or not."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("utf-8")) for name, value in headers],
    }
    return Request(scope, receiving(body, leaves=leaves))


def receiving(body: Sequence[bytes], *, leaves: bool = False) -> Callable[[], Awaitable[Message]]:
    """ASGI's `receive` for a body in pieces."""
    pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    ending: Message = {"type": "http.request", "body": b"", "more_body": False}
    gone: Message = {"type": "http.disconnect"}
    messages = iter([*pieces, gone if leaves else ending])

    async def receive() -> Message:
        return next(messages, gone)

    return receive


def session(language: str = "fr") -> Session:
    """Anne, signed in."""
    anne = Person(PersonId(1), "Anne Ledoux", "anne@example.org", False, True)
    actor = Actor(anne.id, anne.name, False, False, None, None, date(2026, 3, 12))
    network = Network("Atelier du pays d'Argentan", "Europe/Paris")
    return Session(actor, anne, network, language, "f" * 64, datetime(2026, 3, 13, tzinfo=UTC))


async def find_anne(ws: object, token: str) -> Session:
    """The session of `TOKEN`, nobody's for any other."""
    if token != TOKEN:
        raise SignInNeeded()
    return session()


class OpenedBytes:
    """Bytes in memory, read as a blob store's are; says whether they were closed."""

    def __init__(self, content: bytes, size_bytes: int | None = None) -> None:
        self._content = content
        self.size_bytes = len(content) if size_bytes is None else size_bytes
        self.reads: list[tuple[int, int]] = []
        self.is_closed = False

    async def read(self, offset: int, length: int) -> bytes:
        """As `blobs.contract.Opened`."""
        self.reads.append((offset, length))
        return self._content[offset : offset + length]

    def close(self) -> None:
        """As `blobs.contract.Opened`."""
        self.is_closed = True


def content(
    opened: OpenedBytes, name: str = "compte rendu.pdf", media_type: str = "application/pdf"
) -> Content:
    """A version's bytes as the use-case gives them."""
    version = Version(
        id=VersionId(1),
        document_id=DocumentId(1),
        number=1,
        sha256=hashlib.sha256(b"any").hexdigest(),
        size_bytes=opened.size_bytes,
        media_type=media_type,
        author="Anne Ledoux",
        organisation="",
        comment="",
        created_at=datetime(2026, 3, 12, tzinfo=UTC),
        restored_from=None,
        state=ReadState.OK,
        page_count=None,
    )
    return Content(name, version, opened)
