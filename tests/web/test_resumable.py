"""Deposits over tus: what the protocol asks, whose they are, and every lie about an offset."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from atelier.files import Disk
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.workspace import people, quotas, seeing, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, token_in, within

BODY = os.urandom(1500)
BIG = os.urandom(2 * 1024**2)
TYPE = "application/offset+octet-stream"


def metadata(**told: object) -> str:
    """`Upload-Metadata`."""
    pairs = (f"{key} {base64.b64encode(str(text).encode()).decode()}" for key, text in told.items())
    return ",".join(pairs)


class Sender:
    """A person who speaks tus."""

    def __init__(self, clients: Clients, name: str) -> None:
        self._clients, self.name = clients, name
        self.token = token_in(clients(name).get("/").text)

    def ask(self, method: str, path: str, content: bytes = b"", **headers: object) -> Any:
        """The answer to a request; a header given as None is left out."""
        given: dict[str, object] = {
            "tus-resumable": "1.0.0",
            "x-form-token": self.token,
            "content-type": TYPE if content or method == "PATCH" else None,
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: str(value) for name, value in given.items() if value is not None}
        return self._clients(self.name).request(method, path, content=content, headers=sent)

    def begin(self, size: int, content: bytes = b"", *, told: str = "", **headers: object) -> Any:
        """The answer to a creation."""
        return self.ask(
            "POST", "/deposits/", content, upload_length=size, upload_metadata=told, **headers
        )

    def add(self, path: str, offset: object, content: bytes, **headers: object) -> Any:
        """The answer to further bytes."""
        return self.ask("PATCH", path, content, upload_offset=offset, **headers)

    def offset(self, path: str) -> int:
        """Where it is."""
        answer = self.ask("HEAD", path)
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["cache-control"] == "no-store"
        return int(answer.headers["upload-offset"])


@pytest.fixture
def bo(clients: Clients) -> Iterator[Sender]:
    """Bo, who contributes to the shared folder."""
    yield Sender(clients, "bo")


@pytest.fixture
def place(made: Network, bo: Sender) -> str:
    """An upload of Bo's, of which 500 bytes came."""
    path = begun(made, bo)
    assert bo.add(path, 0, BODY[:500]).status_code == 204
    return path


def begun(made: Network, by: Sender, size: int = len(BODY), **more: object) -> str:
    """A new upload of somebody's into the shared folder."""
    told = metadata(**{"filename": "procès-verbal.pdf", "folder": made.shared} | more)
    answer = by.begin(size, told=told)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def content(client: Any, document: str) -> bytes:
    """The bytes of a document's current version."""
    page = client.get(f"/documents/{document}").text
    number = page.partition(f"/documents/{document}/versions/")[2].partition("/")[0]
    return bytes(client.get(f"/documents/{document}/versions/{number}/content").content)


def drafts(made: Network) -> list[str]:
    """What stands among the drafts."""
    return [path.name for path in (made.settings.data / "drafts").iterdir()]


def test_anybody_is_told_what_the_server_can_do(clients: Clients) -> None:
    answer = clients("").options("/deposits/")
    assert answer.status_code == 204
    assert answer.headers["tus-resumable"] == answer.headers["tus-version"] == "1.0.0"
    wanted = {"creation", "creation-with-upload", "termination", "checksum", "expiration"}
    assert set(answer.headers["tus-extension"].split(",")) == wanted
    assert answer.headers["tus-max-size"] == str(2 * 1024**3)
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"


def test_a_document_comes_in_pieces_and_its_sender_is_told_what_it_became(
    made: Network, clients: Clients, bo: Sender
) -> None:
    path = begun(made, bo, comment="Relu\r\net signé")
    assert bo.offset(path) == 0
    for start in (0, 500, 1000):
        answer = bo.add(path, start, BODY[start : start + 500])
        assert answer.status_code == 204 and answer.content == b""
        assert answer.headers["upload-offset"] == str(start + 500)
        assert answer.headers["upload-expires"].endswith("GMT")
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert ("atelier-document" in answer.headers) == (start == 1000)
    head = bo.ask("HEAD", path)
    again = bo.add(path, 1500, b"")
    for told in (answer, head, again):
        assert told.headers["upload-offset"] == "1500"
        assert told.headers["atelier-version"] == "1"
        assert told.headers["atelier-outcome"] == "new"
        assert unquote(told.headers["atelier-name"]) == "procès-verbal.pdf"
    assert head.headers["upload-length"] == "1500"
    assert content(clients("ada"), answer.headers["atelier-document"]) == BODY
    assert "et signé" in clients("ada").get(f"/documents/{answer.headers['atelier-document']}").text
    shown = bo.ask("GET", path).json()
    assert shown["offset_bytes"] == shown["size_bytes"] == 1500
    assert shown["became"]["version"] == 1


def test_what_was_announced_is_told_again(made: Network, bo: Sender) -> None:
    told = metadata(filename="a.pdf", folder=made.shared, path="2026/Mars", taken="keep_both")
    path = bo.begin(9, told=told).headers["location"]
    assert set(bo.ask("HEAD", path).headers["upload-metadata"].split(",")) == set(told.split(","))


def test_a_small_whole_file_is_done_with_its_creation(
    made: Network, clients: Clients, bo: Sender
) -> None:
    told = metadata(filename="a.pdf", folder=made.shared)
    for body, outcome in ((BODY, "new"), (BODY, "unchanged"), (b"", "revised")):
        answer = bo.begin(len(body), body, told=told)
        assert answer.status_code == 201
        assert answer.headers["upload-offset"] == str(len(body))
        assert answer.headers["atelier-outcome"] == outcome
        assert answer.headers["location"] == f"/documents/{answer.headers['atelier-document']}"
        assert content(clients("bo"), answer.headers["atelier-document"]) == body
    assert drafts(made) == []
    document = answer.headers["atelier-document"]
    onto = metadata(document=document, expected=2, comment="Relu")
    assert bo.begin(3, b"new", told=onto).headers["atelier-version"] == "3"
    assert bo.begin(4, b"late", told=onto).status_code == 409


@pytest.mark.parametrize("first", [0, 500, len(BIG)])
def test_a_large_file_may_come_with_its_creation(
    made: Network, clients: Clients, bo: Sender, first: int
) -> None:
    told = metadata(filename="a.pdf", folder=made.shared)
    answer = bo.begin(len(BIG), BIG[:first], told=told)
    assert answer.status_code == 201
    path = answer.headers["location"]
    assert path.startswith("/deposits/") and len(path) == len("/deposits/") + 32
    assert answer.headers["upload-offset"] == str(first) == str(bo.offset(path))
    if first < len(BIG):
        answer = bo.add(path, first, BIG[first:])
    assert content(clients("bo"), answer.headers["atelier-document"]) == BIG


def test_what_came_before_a_cut_counts_but_not_with_the_creation(
    made: Network, clients: Clients, bo: Sender
) -> None:
    path = begun(made, bo)
    assert bo.add(path, 0, BODY[:700], content_length=1500).status_code == 400
    assert bo.offset(path) == 700
    answer = bo.add(path, 700, BODY[700:])
    assert content(clients("bo"), answer.headers["atelier-document"]) == BODY
    told = metadata(filename="b.pdf", folder=made.shared)
    for size in (1500, 2 * 1024**2):
        cut = bo.begin(size, BODY[:700], told=told, content_length=1500)
        assert cut.status_code == 400
    assert drafts(made) == []


@pytest.mark.parametrize("spoken", [None, "0.2.2", "1.0.1", ""])
def test_another_version_of_the_protocol_is_refused_with_the_one_that_is_spoken(
    made: Network, bo: Sender, place: str, spoken: str | None
) -> None:
    for method, path in (
        ("POST", "/deposits/"), ("PATCH", place), ("HEAD", place), ("GET", place),
        ("DELETE", place),
    ):  # fmt: skip
        answer = bo.ask(method, path, tus_resumable=spoken, upload_length=5, upload_offset=500)
        assert answer.status_code == 412
        assert answer.headers["tus-version"] == "1.0.0"
    assert bo.offset(place) == 500


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "text/plain", TYPE + ";x=y"])
def test_bytes_of_another_media_type_are_refused(
    made: Network, bo: Sender, place: str, kind: str | None
) -> None:
    assert bo.add(place, 500, b"x", content_type=kind).status_code == 415
    told = metadata(filename="b.pdf", folder=made.shared)
    assert bo.begin(1, b"x", told=told, content_type=kind).status_code == 415
    assert bo.offset(place) == 500


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        *[(0, 409), (499, 409), (501, 409), (1500, 409), (10**17, 409)],
        *[(-1, 400), ("+500", 400), ("0500", 400), ("5e2", 400), ("", 400), (None, 400)],
        *[("500, 500", 400), ("x" * 5_000, 400), ("9" * 400, 400), ("５００", 400)],
    ],
)
def test_a_lie_about_the_offset_changes_nothing(
    clients: Clients, bo: Sender, place: str, offset: object, status: int
) -> None:
    said = [] if offset is None else [(b"upload-offset", str(offset).encode())]
    headers = [*_bare(bo), (b"content-type", TYPE.encode()), *said]
    answer = clients("bo").request("PATCH", place, content=os.urandom(10), headers=headers)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["error"] == "offset_mismatch"
        assert answer.headers["upload-offset"] == "500"
    assert bo.offset(place) == 500
    assert bo.add(place, 500, BODY[500:]).headers["atelier-outcome"] == "new"


def test_more_bytes_than_were_announced_are_refused_and_never_confirmed(
    made: Network, clients: Clients, bo: Sender, place: str
) -> None:
    assert bo.add(place, 500, BODY[500:] + b"x").status_code == 400
    at = bo.offset(place)
    assert 500 <= at < 1500
    answer = bo.add(place, at, BODY[at:])
    assert content(clients("bo"), answer.headers["atelier-document"]) == BODY
    assert bo.add(place, 1500, b"x").status_code == 400
    told = metadata(filename="b.pdf", folder=made.shared)
    assert bo.begin(3, b"four", told=told).status_code == 400
    assert bo.begin(0, b"x", told=told).status_code == 400


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_that_are_not_those_announced_are_dropped(
    made: Network, clients: Clients, bo: Sender, place: str, algorithm: str
) -> None:
    def announced(body: bytes) -> str:
        value = hashlib.new(algorithm, body).digest()
        return f"{algorithm} {base64.b64encode(value).decode()}"

    for rest in (BODY[500:900], BODY[500:]):
        wrong = bo.add(place, 500, os.urandom(len(rest)), upload_checksum=announced(rest))
        assert wrong.status_code == 460
        assert wrong.json()["error"] == "digest_mismatch"
        assert bo.offset(place) == 500
    assert bo.add(place, 500, BODY[500:900], upload_checksum=announced(BODY[500:900]))
    assert bo.offset(place) == 900
    last = bo.add(place, 900, BODY[900:], upload_checksum=announced(BODY[900:]))
    assert content(clients("bo"), last.headers["atelier-document"]) == BODY
    told = metadata(filename="b.pdf", folder=made.shared)
    assert bo.begin(4, b"fore", told=told, upload_checksum=announced(b"four")).status_code == 460
    assert bo.begin(4, b"four", told=told, upload_checksum=announced(b"four")).status_code == 201
    cut = bo.begin(2**21, b"fore", told=told, upload_checksum=announced(b"four"))
    assert cut.status_code == 460
    assert drafts(made) == []


@pytest.mark.parametrize(
    "checksum", ["md5 CY9rzUYh03PK3k6DJie09g==", "sha1", "sha1 !!!!", "sha1 AAAA", "", "sha256 "]
)
def test_a_digest_that_cannot_be_held_to_is_refused(bo: Sender, place: str, checksum: str) -> None:
    assert bo.add(place, 500, BODY[500:], upload_checksum=checksum).status_code == 400
    assert bo.offset(place) == 500


@pytest.mark.parametrize(
    ("length", "status"),
    [
        *[(-1, 400), ("", 400), (None, 400), ("1.5", 400), ("0x10", 400), ("9" * 30, 400)],
        *[(2 * 1024**3, 201), (2 * 1024**3 + 1, 413), (10**17, 413)],
    ],
)
def test_a_length_is_a_number_within_the_limit(
    made: Network, bo: Sender, length: object, status: int
) -> None:
    told = metadata(filename="b.pdf", folder=made.shared)
    answer = bo.ask("POST", "/deposits/", upload_length=length, upload_metadata=told)
    assert answer.status_code == status
    assert answer.headers["tus-resumable"] == "1.0.0"


@pytest.mark.parametrize("name", [b"upload-length", b"upload-metadata", b"tus-resumable"])
def test_a_header_that_comes_twice_is_refused(
    made: Network, clients: Clients, bo: Sender, name: bytes
) -> None:
    told = metadata(filename="b.pdf", folder=made.shared).encode()
    headers = [*_bare(bo), (b"upload-length", b"5"), (b"upload-metadata", told)]
    twice = [pair for pair in headers if pair[0] == name]
    for given, status in ((headers, 201), (headers + twice, 400)):
        assert clients("bo").request("POST", "/deposits/", headers=given).status_code == status


def test_a_length_that_is_told_later_is_not_taken(made: Network, bo: Sender) -> None:
    told = metadata(filename="b.pdf", folder=made.shared)
    answer = bo.ask("POST", "/deposits/", upload_defer_length=1, upload_metadata=told)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("told", "status"),
    [
        *[("", 400), ("filename", 422), ("filename !!!", 400), (",", 400), ("a YQ==,a YQ==", 400)],
        *[("filename //79", 400), ("filename YQBi", 400), ("é YQ==", 400), ("filename YQ", 400)],
    ],
)
def test_metadata_are_read_strictly(clients: Clients, bo: Sender, told: str, status: int) -> None:
    headers = [*_bare(bo), (b"upload-length", b"5"), (b"upload-metadata", told.encode())]
    answer = clients("bo").request("POST", "/deposits/", headers=headers)
    assert answer.status_code == status, answer.text


def test_nothing_is_set_that_was_not_asked_for(made: Network, bo: Sender) -> None:
    fine = {"filename": "b.pdf", "folder": made.shared}
    for more in (
        {"owner": 1}, {"role": "coordinator"}, {"id": 7}, {"org": 1}, {"key": "0" * 32},
        {"expected": 1}, {"document": made.document}, {"taken": "overwrite"}, {"folder": "-1"},
        {"folder": "0"}, {"folder": ""}, {"filename": ""}, {"filename": "a/b"},
        {"path": "../x"}, {"path": "/x"}, {"path": "a//b"}, {"comment": "x" * 1_001},
    ):  # fmt: skip
        assert bo.begin(5, told=metadata(**fine | more)).status_code == 422, more
    for fields in (
        {"document": made.document},
        {"document": made.document, "expected": "x"},
        {"document": made.document, "expected": 1, "taken": "refuse"},
    ):
        assert bo.begin(5, told=metadata(**fields)).status_code == 422, fields
    assert within(made, _rows) == 0


def test_an_upload_of_another_is_like_one_that_never_was(
    made: Network, clients: Clients, bo: Sender, place: str
) -> None:
    for name in ("ada", "cy"):  # a steward who coordinates the folder, and a stranger to it
        other = Sender(clients, name)
        for method in ("GET", "HEAD", "PATCH", "DELETE"):
            answers = [
                other.ask(method, path, b"x" if method == "PATCH" else b"", upload_offset=500)
                for path in (place, f"/deposits/{'0' * 32}", "/deposits/x")
            ]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.content for answer in answers}) == 1
            shapes = {tuple(sorted(answer.headers.keys())) for answer in answers}
            assert len(shapes) == 1
    assert bo.offset(place) == 500


@pytest.mark.parametrize(("role", "status"), [(None, 404), (Role.READER, 403)])
def test_when_the_right_has_gone_so_do_the_bytes(
    made: Network, bo: Sender, place: str, role: Role | None, status: int
) -> None:
    within(made, _regranting(made, role))
    assert bo.add(place, 500, BODY[500:]).status_code == status
    assert bo.ask("HEAD", place).status_code == 404
    assert drafts(made) == []
    told = metadata(filename="b.pdf", folder=made.shared)
    assert bo.begin(5, told=told).status_code == status
    assert bo.begin(5, b"bytes", told=told).status_code == status


def test_who_looks_as_somebody_else_sends_nothing_and_loses_nothing(
    made: Network, clients: Clients
) -> None:
    ada = Sender(clients, "ada")
    path = begun(made, ada)
    assert ada.add(path, 0, BODY[:500]).status_code == 204

    async def see(ws: Workspace) -> None:
        session = await people.session(ws, made.tokens["ada"])
        _, everyone = await people.directory(ws, session.actor)
        person = next(one for one in everyone if one.name == "Bo")
        await seeing.begin(
            ws, session.actor, made.tokens["ada"], made.shared,
            Subject(SubjectKind.PERSON, person.id),
        )  # fmt: skip

    within(made, see)
    told = metadata(filename="b.pdf", folder=made.shared)
    assert ada.add(path, 500, BODY[500:]).status_code == 403
    assert ada.begin(5, told=told).status_code == 403
    assert ada.ask("DELETE", path).status_code == 403
    assert ada.offset(path) == 500


def test_another_site_or_visit_sends_nothing(
    made: Network, clients: Clients, bo: Sender, place: str
) -> None:
    told = metadata(filename="b.pdf", folder=made.shared)
    for token in (None, "f" * 64, Sender(clients, "ada").token):
        assert bo.add(place, 500, b"x", x_form_token=token).status_code == 403
        assert bo.ask("DELETE", place, x_form_token=token).status_code == 403
        assert bo.begin(5, told=told, x_form_token=token).status_code == 403
    assert bo.add(place, 500, b"x", origin="https://evil.example").status_code == 403
    assert bo.offset(place) == 500


def test_a_stranger_is_asked_to_sign_in_and_never_sent_elsewhere(
    clients: Clients, bo: Sender, place: str
) -> None:
    for method, path in (("POST", "/deposits/"), ("PATCH", place), ("GET", place)):
        answer = clients("").request(method, path, headers={"tus-resumable": "1.0.0"})
        assert answer.status_code == 401
        assert answer.json()["error"] == "sign_in_needed"


def test_a_method_in_a_header_is_not_the_method(bo: Sender, place: str) -> None:
    answer = bo.ask("HEAD", place, x_http_method_override="DELETE")
    assert answer.status_code == 200
    assert bo.ask("POST", place, x_http_method_override="PATCH").status_code == 405
    assert bo.offset(place) == 500


def test_deposits_under_way_take_their_room_and_give_it_back(made: Network, bo: Sender) -> None:
    async def limit(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        await quotas.limit_folder(ws, ada, made.shared, 3_000)

    within(made, limit)
    first = begun(made, bo)
    told = metadata(filename="b.pdf", folder=made.shared)
    for body in (b"", BODY[:100], BODY):
        full = bo.begin(len(BODY), body, told=told)
        assert (full.status_code, full.json()["error"]) == (507, "quota_full")
    assert bo.add(first, 0, BODY).headers["atelier-outcome"] == "new"
    assert bo.begin(len(BODY), told=told).status_code == 507
    other = bo.begin(1_000, told=told).headers["location"]
    assert bo.begin(1_000, told=told).status_code == 507
    assert bo.ask("DELETE", other).status_code == 204
    assert bo.begin(1_000, told=told).status_code == 201


def test_a_given_up_upload_is_gone(made: Network, bo: Sender, place: str) -> None:
    answer = bo.ask("DELETE", place)
    assert answer.status_code == 204 and answer.headers["tus-resumable"] == "1.0.0"
    assert drafts(made) == []
    assert bo.ask("DELETE", place).status_code == 404
    assert bo.ask("HEAD", place).status_code == 404
    assert bo.add(place, 500, b"x").status_code == 404


def test_while_bytes_come_over_another_connection_none_are_taken_over_this_one(
    made: Network, bo: Sender, place: str
) -> None:
    [name] = drafts(made)
    held = Disk().reopen(made.settings.data / "drafts" / name)
    assert held is not None
    answer = bo.add(place, 500, os.urandom(1000))
    assert answer.status_code == 423
    assert answer.json()["error"] == "upload_in_use"
    held.close()
    assert bo.add(place, 500, BODY[500:]).headers["atelier-outcome"] == "new"


def test_who_comes_second_is_told_where_her_bytes_are(
    made: Network, clients: Clients, bo: Sender
) -> None:
    told = metadata(document=made.document, expected=1)
    path = bo.begin(len(BODY), told=told).headers["location"]
    assert bo.add(path, 0, BODY[:500]).status_code == 204
    ada = Sender(clients, "ada")
    assert ada.begin(3, b"new", told=told).status_code == 201
    answer = bo.add(path, 500, BODY[500:])
    assert answer.status_code == 409
    assert answer.json()["error"] == "version_clash"
    assert int(answer.json()["aside"]) > 0
    assert bo.ask("HEAD", path).status_code == 404


def _bare(by: Sender) -> list[tuple[bytes, bytes]]:
    """Headers as bytes, for values that are no text."""
    return [(b"tus-resumable", b"1.0.0"), (b"x-form-token", by.token.encode())]


async def _rows(ws: Workspace) -> int:
    return int(await ws.db.read(lambda tx: tx.value("SELECT COUNT(*) FROM uploads")))


def _regranting(made: Network, role: Role | None) -> Any:
    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        audience = await sharing.look(ws, ada, made.shared)
        town = next(one for one in audience.grants if one.subject.kind == "organisation")
        await sharing.withdraw(ws, ada, made.shared, town.id)
        if role is not None:
            await sharing.grant(ws, ada, made.shared, town.subject, role)

    return act
