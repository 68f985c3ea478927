"""The order of every way in: bytes, fsync, name, fsync of its folder, commit; only then a reply.

What is recorded is what the process asks of the system (`os.fsync`, `os.rename`), the seam's
word for writes and commits, and each reply as it leaves, with what the disk shows by then.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atelier.web.doors import Door
from atelier.web.routes import DOORS, web_app
from tests.builders import Seam, TurnedClock, opened
from tests.web.network import URL, Network, network, token_in
from tests.web.test_resumable import metadata
from tests.web.test_routes import MULTIPART

SMALL: Final = b"quelques mots"
BIG: Final = os.urandom(1024 * 1024 + 7)


@dataclass
class Record:
    """What happened, in order: a word, and the path or status that it was about."""

    data: Path
    wanted: str = ""
    events: list[tuple[str, str]] = field(default_factory=list)

    def note(self, word: str, about: object) -> None:
        """One thing more."""
        self.events.append((word, str(about)))

    def at(self, word: str, about: str = "") -> int:
        """When this happened last to what begins so."""
        found = [
            number for number, (one, what) in enumerate(self.events)
            if one == word and what.startswith(about)
        ]  # fmt: skip
        assert found, f"no {word} {about} in {self.events}"
        return found[-1]

    def is_confirmed(self) -> bool:
        """Whether another process would find the version, and its bytes under its hash."""
        blob = self.data / "blobs" / self.wanted[:2] / self.wanted
        records = sqlite3.connect(self.data / "atelier.sqlite3")
        with contextlib.closing(records) as eye:
            sql = "SELECT COUNT(*) FROM versions WHERE sha256 = ?"
            [(count,)] = eye.execute(sql, (self.wanted,))
        return bool(count) and hashlib.sha256(blob.read_bytes()).hexdigest() == self.wanted


class Replying:
    """Notes each answer as it leaves the application."""

    def __init__(self, app: ASGIApp, record: Record) -> None:
        self.app, self.record = app, record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and self.record.wanted:
                state = "confirmed" if self.record.is_confirmed() else "not there"
                self.record.note("reply", f"{message['status']} {state}")
            await send(message)

        await self.app(scope, receive, noted)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path) as one:
        yield one


@pytest.fixture
def record(made: Network, monkeypatch: pytest.MonkeyPatch) -> Record:
    """What the process asks of the system from now on."""
    noted = Record(made.settings.data)
    fsync, rename = os.fsync, os.rename

    def recorded_fsync(descriptor: int) -> None:
        about = Path(f"/proc/self/fd/{descriptor}").readlink()
        fsync(descriptor)
        noted.note("os.fsync", about)

    def recorded_rename(source: Any, target: Any, **given: Any) -> None:
        rename(source, target, **given)
        noted.note("os.rename", f"{source} → {target}")

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "rename", recorded_rename)
    return noted


@contextlib.contextmanager
def client(made: Network, record: Record) -> Iterator[TestClient]:
    """A contributor at the running application, whose disk is recorded."""
    seam = Seam()
    seam.behaviour = record.note

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        clock = TurnedClock(datetime.now(UTC))
        async with opened(made.settings.data, clock, seam, {}) as ws:
            yield {"ws": ws}

    app = Replying(web_app(made.settings, lifespan), record)
    headers = {"origin": URL, "cookie": f"session={made.tokens['bo']}"}
    with TestClient(app, URL, headers=headers, follow_redirects=False) as one:
        yield one


Way = Callable[[TestClient, Network, bytes], Any]


def put_deposit(client: TestClient, made: Network, content: bytes) -> Any:
    """By a program, as a new document."""
    path = f"/folders/{made.shared}/deposits/neuf.txt"
    return client.put(path, content=content, headers={"x-form-token": _token(client)})


def put_version(client: TestClient, made: Network, content: bytes) -> Any:
    """By a program, as a further version."""
    headers = {"x-form-token": _token(client), "if-match": '"1"'}
    return client.put(f"/documents/{made.document}/versions", content=content, headers=headers)


def post_deposit(client: TestClient, made: Network, content: bytes) -> Any:
    """By the form of a folder."""
    return _posted(client, f"/folders/{made.shared}/deposits", content)


def post_version(client: TestClient, made: Network, content: bytes) -> Any:
    """By the form of a document."""
    return _posted(client, f"/documents/{made.document}/versions", content, expected="1")


def _posted(client: TestClient, path: str, content: bytes, **fields: str) -> Any:
    fields = {"form_token": _token(client), **fields}
    return client.post(path, data=fields, files={"files": ("neuf.txt", content)})


def _token(client: TestClient) -> str:
    return token_in(client.get("/").text)


def post_resumable(client: TestClient, made: Network, content: bytes) -> Any:
    """By tus, all of it in the request that begins: a small one goes the short way."""
    return client.post("/deposits/", content=content, headers=_tus(client, made, len(content)))


def patch_resumable(client: TestClient, made: Network, content: bytes) -> Any:
    """By tus, in three pieces after the one that begins."""
    headers = _tus(client, made, len(content))
    place = client.post("/deposits/", headers=headers).headers["location"]
    third = len(content) // 3 + 1
    for offset in range(0, len(content), third):
        headers["upload-offset"] = str(offset)
        piece = content[offset : offset + third]
        answer = client.patch(place, content=piece, headers=headers)
        assert answer.status_code == 204
    return answer


def _tus(client: TestClient, made: Network, size: int) -> dict[str, str]:
    return {
        "tus-resumable": "1.0.0",
        "x-form-token": _token(client),
        "content-type": "application/offset+octet-stream",
        "upload-length": str(size),
        "upload-metadata": metadata(filename="neuf.txt", folder=made.shared),
    }


WAYS: Final[dict[str, Way]] = {
    "PUT /folders/{folder:id}/deposits/{name}": put_deposit,
    "PUT /documents/{document:id}/versions": put_version,
    "POST /folders/{folder:id}/deposits": post_deposit,
    "POST /documents/{document:id}/versions": post_version,
    "POST /deposits/": post_resumable,
    "PATCH /deposits/{key}": patch_resumable,
}


@pytest.mark.parametrize("content", [SMALL, BIG], ids=["small", "big"])
@pytest.mark.parametrize("way", WAYS)
def test_a_reply_leaves_after_the_commit_and_the_commit_after_the_bytes_are_durable(
    made: Network, record: Record, way: str, content: bytes
) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    blob = made.settings.data / "blobs" / sha256[:2] / sha256
    with client(made, record) as one:
        record.wanted = sha256
        assert WAYS[way](one, made, content).status_code in (201, 204, 303)
    [(_, named)] = [
        event for event in record.events if event[0] == "os.rename" and sha256 in event[1]
    ]
    # One that goes on keeps its own name until the rows are written: KEY.part, KEY.sealed-….
    draft = named.partition(" → ")[0].partition(".sealed")[0]
    steps = [
        record.at("write", draft),
        record.at("os.fsync", draft),
        record.at("os.rename", draft),
        record.at("os.fsync", str(blob.parent)),
        record.at("commit"),
    ]
    replies = [number for number, event in enumerate(record.events)
               if event[0] == "reply" and event[1].endswith("confirmed")]  # fmt: skip
    assert record.events[steps[2]][1].endswith(str(blob))
    assert steps == sorted(steps) and replies and steps[-1] < replies[0], record.events
    assert record.events[-1][0] == "reply"


def test_every_door_that_takes_bytes_is_a_way_in_here() -> None:
    taking = {f"{door.method} {door.path}" for door in DOORS if _takes_bytes(door)}
    assert taking == set(WAYS)


def _takes_bytes(door: Door) -> bool:
    """A door of raw bodies, or one of forms with files."""
    # The lists of people to invite are read, and kept nowhere.
    is_list = door.path.endswith("/invite/list")
    is_post = (door.path in MULTIPART and not is_list) or door.path.startswith("/deposits/")
    return door.method in ("PUT", "PATCH") or (door.method == "POST" and is_post)
