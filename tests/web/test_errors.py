"""Errors as answers."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from atelier import errors
from atelier.errors import AtelierError
from atelier.web.errors import STATUS, Answers, ProtocolRefusal, status_of, wants_json
from atelier.web.language import LANGUAGES, Voice
from atelier.web.pages.rendering import Renderer
from atelier.web.places import templates_folder
from tests.web.builders import SITE, request, session

NOON = datetime(2026, 3, 12, 11, tzinfo=UTC)
SAMPLES: dict[Any, Any] = {"str": "x", "int": 7, "int | None": None, "datetime": NOON}
SAMPLES["datetime | None"] = NOON


@cache
def renderer() -> Renderer:
    return Renderer(templates_folder())


def tree(root: type[AtelierError] = AtelierError) -> Iterator[type[AtelierError]]:
    yield root
    for kind in root.__subclasses__():
        yield from tree(kind)


def sample(kind: type[AtelierError]) -> AtelierError:
    return kind(*[SAMPLES[field.type] for field in dataclasses.fields(kind)])  # type: ignore[arg-type]


def answer(
    error: Exception,
    method: str = "GET",
    *,
    path: str = "/folders/12?page=2",
    is_known: bool = False,
    **headers: str,
) -> Any:
    async def endpoint(asked: Request) -> Response:
        asked.state.session = session() if is_known else None
        raise error

    methods = ["GET", "POST", "PUT"]
    app = Starlette(
        routes=[Route("/{anything:path}", endpoint, methods=methods)],
        middleware=[Middleware(Answers, renderer(), SITE)],
    )
    client = TestClient(app, follow_redirects=False)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, path, headers=named)


def test_every_error_of_the_tree_has_a_row() -> None:
    assert set(STATUS) == set(tree())


# Whoever meets these is sent to the page where they are mended.
ELSEWHERE = (errors.SignInNeeded, errors.SecondFactorNeeded)


@pytest.mark.parametrize(
    "kind", [kind for kind in tree() if kind not in (AtelierError, *ELSEWHERE)]
)
def test_every_error_is_a_page_that_says_what_to_do(kind: type[AtelierError]) -> None:
    page = answer(sample(kind))
    assert page.status_code == STATUS[kind]
    text = page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in text and "Traceback" not in text and kind.__name__ not in text
    said = answer(sample(kind), "PUT").json()
    facts = {"error", "kind"} if kind is errors.NameTaken else {"error"}
    assert set(said) == {"title", "happened", "kept", "next"} | facts
    assert all(said.values())


def test_a_program_is_told_the_error_and_where_its_bytes_were_set_aside() -> None:
    for error, told in (
        (errors.NameTaken("a.pdf", "folder"), {"error": "name_taken", "kind": "folder"}),
        (errors.VersionClash(1, 2), {"error": "version_clash"}),
        (errors.VersionClash(1, 2, 7), {"error": "version_clash", "aside": 7}),
        (errors.Locked("Awa", NOON, 8), {"error": "locked", "aside": 8}),
        (errors.NotFound("document"), {"error": "not_found"}),
        (ProtocolRefusal(421), {"error": "wrong_host"}),
        (RuntimeError("defect"), {"error": "atelier_error"}),
    ):
        said = answer(error, "PUT").json()
        sentences = {"title", "happened", "kept", "next"}
        assert {name: said[name] for name in said.keys() - sentences} == told
    lost, kept = (answer(errors.VersionClash(1, 2, aside), "PUT").json() for aside in (None, 7))
    assert "7 jours" in kept["kept"] and "7 jours" not in lost["kept"]


def test_a_version_clash_is_412_where_if_match_was_sent() -> None:
    clash = errors.VersionClash(2, 3)
    assert status_of(clash, request()) == 409
    assert status_of(clash, request(("if-match", '"2"'))) == 412
    assert status_of(errors.NotFound("x"), request(("if-match", '"2"'))) == 404


def test_what_may_not_be_read_answers_like_what_never_was() -> None:
    pages = {
        (page.status_code, bytes(page.content), json.dumps(dict(page.headers)))
        for kind in ("folder", "document", "version", "page")
        for path in ("/folders/1", "/folders/999999", "/nowhere")
        for page in [answer(errors.NotFound(kind), path=path, is_known=True)]
    }
    assert len(pages) == 1
    assert "Anne Ledoux" in pages.pop()[1].decode()


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back() -> None:
    page = answer(errors.SignInNeeded())
    assert page.status_code == 303
    assert page.headers["location"] == "/signin?next=%2Ffolders%2F12%3Fpage%3D2"
    assert answer(errors.SignInNeeded(), "POST").headers["location"] == "/signin"
    program = answer(errors.SignInNeeded(), "PUT")
    assert program.status_code == 401 and program.headers["www-authenticate"]


def test_whoever_must_wait_is_told_how_long() -> None:
    assert answer(errors.TooMany(90)).headers["retry-after"] == "90"
    assert answer(errors.Busy(4)).headers["retry-after"] == "4"
    assert answer(errors.IndexUnready()).headers["retry-after"]
    assert "retry-after" not in answer(errors.NoRoom()).headers


def test_programs_get_json_and_people_pages() -> None:
    page = "text/html,application/xhtml+xml,*/*;q=0.8"
    assert wants_json(request(method="PUT"))
    assert wants_json(request(("accept", "application/json")))
    assert not wants_json(request(("accept", page)))
    assert not wants_json(request(("accept", f"{page},application/json")))
    assert not wants_json(request())


def test_errors_speak_the_readers_language() -> None:
    french, english = (
        answer(errors.NotFound("x"), "PUT", accept_language=language).json()["title"]
        for language in LANGUAGES
    )
    assert french == "Introuvable" != english


def test_a_refusal_of_http_alone_is_a_page_too() -> None:
    for status in (414, 431, 501):
        assert answer(ProtocolRefusal(status)).status_code == status
    assert answer(ProtocolRefusal(405, allow="GET, HEAD")).headers["allow"] == "GET, HEAD"


def test_a_wrong_address_is_told_the_right_one() -> None:
    page = answer(ProtocolRefusal(421))
    assert page.status_code == 421
    assert SITE.url in page.text and "public_url" in page.text


def test_a_defect_is_calm_outside_and_whole_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    page = answer(ZeroDivisionError("secret"))
    assert page.status_code == 500
    assert "secret" not in page.text and "ZeroDivision" not in page.text
    (record,) = [each for each in caplog.records if each.name == "atelier.web"]
    assert record.levelno == logging.ERROR and record.exc_info
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_faults_are_logged_and_refusals_are_not(caplog: pytest.LogCaptureFixture) -> None:
    answer(errors.NameTaken("secret.pdf"))
    assert not [each for each in caplog.records if each.name == "atelier.web"]
    answer(errors.WriteFailed("fsync"))
    (record,) = [each for each in caplog.records if each.name == "atelier.web"]
    assert record.__dict__["facts"] == {"error": "WriteFailed", "what": "fsync"}


def test_an_answer_that_has_begun_is_not_answered_again(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise errors.BlobMissing("00")

    sent: list[str] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message["type"]))

    asked = request()
    running = Answers(app, renderer(), SITE)(asked.scope, asked.receive, send)  # type: ignore[arg-type]
    with pytest.raises(StopIteration):
        running.send(None)
    assert sent == ["http.response.start"]
    assert [each.message for each in caplog.records if each.name == "atelier.web"] == ["fault"]


def test_every_language_says_the_wrong_address() -> None:
    said = {Voice(language, "Europe/Paris").text("Adresse non reconnue") for language in LANGUAGES}
    assert all(said)
