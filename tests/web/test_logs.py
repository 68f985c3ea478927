"""Log lines."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from atelier.model.ids import PersonId
from atelier.web import doors  # noqa: F401  the `id` of addresses
from atelier.web.logs import JsonLines, RequestLog
from atelier.workspace.links import start_reset
from atelier.workspace.place import Workspace
from tests.web.network import PASSWORD, Clients, Network, token_in, within

WRONG = "une phrase que personne ne doit lire"
WORDS = "maltraitance Dupont"
NAMED = "signalement-Dupont.txt"


def line(message: str, *words: object, **extra: Any) -> dict[str, Any]:
    record = logging.LogRecord("atelier.x", logging.INFO, "x.py", 1, message, words, None)
    record.__dict__.update(extra)
    formatted = JsonLines().format(record)
    assert formatted.isascii() and formatted.isprintable()
    parsed: dict[str, Any] = json.loads(formatted)
    return parsed


@given(st.text())
def test_a_line_stays_one_line_whatever_it_holds(text: str) -> None:
    assert line("said %s", text)["message"] == f"said {text}"


def test_facts_join_the_line() -> None:
    said = line("x", facts={"status": 200, "odd": object})
    assert said["status"] == 200 and said["level"] == "info" and said["logger"] == "atelier.x"


def test_a_request_is_one_line_without_names_or_words(caplog: pytest.LogCaptureFixture) -> None:
    async def endpoint(request: Request) -> Response:
        return Response(status_code=201)

    app = Starlette(
        routes=[Route("/folders/{folder:id}/deposits/{name}", endpoint, methods=["PUT"])]
    )
    caplog.set_level(logging.INFO, logger="atelier.requests")
    caplog.handler.setFormatter(JsonLines())
    answer = TestClient(RequestLog(app)).put("/folders/12/deposits/secret.pdf?q=words")
    said = json.loads(caplog.text.strip().splitlines()[-1])
    assert said["route"] == "/folders/{folder:id}/deposits/{name}"
    assert (said["ids"], said["method"], said["status"]) == ({"folder": 12}, "PUT", 201)
    assert "secret" not in caplog.text and "words" not in caplog.text
    assert answer.headers["x-request-id"] == said["request"]
    assert said["milliseconds"] >= 0


def test_an_address_that_leads_nowhere_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="atelier.requests")
    caplog.handler.setFormatter(JsonLines())
    TestClient(RequestLog(Starlette())).get("/secret")
    said = json.loads(caplog.text.strip().splitlines()[-1])
    assert said["route"] is None and said["status"] == 404
    assert "secret" not in caplog.text


def test_two_requests_have_two_numbers() -> None:
    client = TestClient(RequestLog(Starlette()))
    first, second = (client.get("/").headers["x-request-id"] for _ in range(2))
    assert first != second


def test_what_is_typed_held_or_named_stands_in_no_line_of_the_server(
    made: Network, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    async def reset(ws: Workspace) -> str:
        return await ws.db.write(lambda tx: start_reset(ws, tx, PersonId(3)))

    link = within(made, reset)
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(JsonLines())
    stranger = clients("")
    for password in (WRONG, PASSWORD):
        stranger.post("/signin", data={"email": "bo@reseau.example", "password": password})
    stranger = clients("")
    stranger.get(f"/reset/{link}")
    stranger.post(f"/reset/{link}", data={"password": WRONG})
    bo = clients("bo")
    bo.get("/search", params={"q": WORDS})
    path = f"/folders/{made.shared}/deposits/{NAMED}"
    token = {"x-form-token": token_in(bo.get("/").text), "content-type": "text/plain"}
    assert bo.put(path, content=b"x", headers=token).status_code in (200, 201)
    assert bo.get("/search%0d%0aforged", params={"q": WORDS}).status_code in (400, 404)
    lines = caplog.text.strip().splitlines()
    ours = [json.loads(line) for line in lines if line.startswith("{")]
    assert len([one for one in ours if one["logger"] == "atelier.requests"]) >= 8
    secrets = (WRONG, PASSWORD, link, made.tokens["bo"], WORDS, NAMED, "bo@reseau.example")
    # The client of these tests says what it asks for; that is no line of the server's.
    told = json.dumps([one for one in ours if not one["logger"].startswith("http")])
    assert all(secret not in told and quote(secret) not in told for secret in secrets)
