"""Deposits that come in a strange form or at a bad moment: kept as they are, or told why not."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from atelier.database import connections
from tests.web.network import PDF, Clients, Network, token_in


def put(client: TestClient, made: Network, name: str, content: bytes, **headers: str) -> Any:
    """The answer to a raw deposit into the shared folder."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    token = token_in(client.get("/").text)
    path = f"/folders/{made.shared}/deposits/{name}"
    return client.put(path, content=content, headers={"x-form-token": token, **sent})


def content_of(client: TestClient, answer: Any, version: int = 1) -> Any:
    """The bytes of what a deposit became."""
    return client.get(f"{answer.json()['url']}/versions/{version}/content")


def kept(made: Network) -> list[str]:
    """The names of what stands in the shared folder, and what waits among the drafts."""
    with contextlib.closing(sqlite3.connect(made.settings.data / "atelier.sqlite3")) as eye:
        sql = "SELECT name FROM documents WHERE folder_id = ? ORDER BY id"
        names = [name for (name,) in eye.execute(sql, (made.shared,))]
    return names + [path.name for path in (made.settings.data / "drafts").iterdir()]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("vide.txt", b"", "text/plain; charset=utf-8"),
        ("sans extension", PDF, "application/pdf"),
        ("compte rendu.txt", PDF, "application/pdf"),
        ("photo.pdf", b"quelques mots", "text/plain; charset=utf-8"),
        ("programme.pdf", b"MZ\x90\x00" + bytes(200), "application/octet-stream"),
    ],
)
def test_an_empty_file_and_one_of_a_wrong_name_are_kept_as_they_are_and_known_by_their_bytes(
    made: Network, clients: Clients, name: str, content: bytes, kind: str
) -> None:
    bo = clients("bo")
    answer = put(bo, made, name, content)
    assert answer.status_code == 201 and answer.json()["name"] == name
    given = content_of(bo, answer)
    assert given.content == content
    assert given.headers["content-type"] == kind


def field(content: bytes, algorithm: str = "sha-256") -> str:
    """A digest as RFC 9530 writes it."""
    hashed = hashlib.new(algorithm.replace("-", ""), content).digest()
    return f"{algorithm}=:{base64.b64encode(hashed).decode()}:"


def test_bytes_that_are_not_those_announced_are_refused_and_nothing_is_kept(
    made: Network, clients: Clients
) -> None:
    bo, before = clients("bo"), kept(made)
    for name in ("content_digest", "repr_digest"):
        refused = put(bo, made, "a.txt", b"autres octets", **{name: field(b"octets")})
        assert refused.status_code == 400
        assert refused.json()["error"] == "digest_mismatch"
    for odd in (
        "sha-256=x",
        "sha-256=:AAAA:",
        "sha-256",
        f"{field(b'a')}, {field(b'b')}",
    ):
        broken = put(bo, made, "a.txt", b"octets", content_digest=odd)
        assert (broken.status_code, broken.json()["error"]) == (400, "malformed"), odd
    assert kept(made) == before
    both = f"{field(b'octets', 'sha-512')}, {field(b'octets')}"
    assert put(bo, made, "a.txt", b"octets", content_digest=both).status_code == 201
    unknown = field(b"autres", "sha-512")  # passed by, as the standard says
    assert put(bo, made, "b.txt", b"octets", content_digest=unknown).status_code == 201
    assert kept(made) == [*before, "a.txt", "b.txt"]


def test_a_twin_in_case_or_form_is_the_same_document_and_a_created_one_is_refused(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    first = put(bo, made, "Été.txt", b"un")
    for number, twin in enumerate(("e\u0301te\u0301.TXT", "ÉTÉ.txt"), start=2):
        done = put(bo, made, twin, b"deux" * number)
        assert done.json()["document"] == first.json()["document"]
        assert (done.json()["version"], done.json()["name"]) == (number, "Été.txt")
    token = token_in(bo.get("/").text)
    path = f"/folders/{made.shared}/deposits/%C3%A9t%C3%A9.txt?taken=refuse"
    refused = bo.put(path, content=b"trois", headers={"x-form-token": token})
    assert (refused.status_code, refused.json()["error"]) == (409, "name_taken")
    assert content_of(bo, first, 1).content == b"un"
    assert content_of(bo, first, 3).content == b"deux" * 3


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Records that wait for another program a moment only."""
    pragmas = tuple(one for one in connections._PRAGMAS if "busy_timeout" not in one)
    monkeypatch.setattr(connections, "_PRAGMAS", (*pragmas, "PRAGMA busy_timeout = 20"))
    yield


@pytest.mark.usefixtures("impatient")
def test_while_another_program_holds_the_records_a_deposit_is_told_to_come_again(
    made: Network, clients: Clients
) -> None:
    bo, before = clients("bo"), kept(made)
    token = token_in(bo.get("/").text)
    path = f"/folders/{made.shared}/deposits/a.txt"
    other = sqlite3.connect(made.settings.data / "atelier.sqlite3", isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        refused = bo.put(path, content=b"octets", headers={"x-form-token": token})
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert kept(made) == before
        # Whoever reads is not held up.
        assert bo.get(f"/folders/{made.shared}").status_code == 200
        other.execute("ROLLBACK")
    done = bo.put(path, content=b"octets", headers={"x-form-token": token})
    assert done.status_code == 201 and kept(made) == [*before, "a.txt"]


def test_bytes_deleted_by_hand_cost_that_document_alone_and_raise_an_alarm(
    made: Network, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    bo = clients("bo")
    lost, sound = (put(bo, made, f"{name}.txt", name.encode()) for name in ("kiwano", "sain"))
    sha256 = hashlib.sha256(b"kiwano").hexdigest()
    (made.settings.data / "blobs" / sha256[:2] / sha256).unlink()
    with caplog.at_level(logging.WARNING, "atelier.web"):
        refused = content_of(bo, lost)
    assert refused.status_code == 410 and b"kiwano" not in refused.content
    assert any(record.levelno >= logging.ERROR for record in caplog.records)
    assert content_of(bo, sound).content == b"sain"
    assert bo.get(lost.json()["url"]).status_code == 200
    # The same bytes once more heal it.
    assert put(bo, made, "encore.txt", b"kiwano").status_code == 201
    assert content_of(bo, lost).content == b"kiwano"
