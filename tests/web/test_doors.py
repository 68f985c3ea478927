"""Doors and their rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from atelier.errors import NotFound
from atelier.model.folders import Action, Subject, SubjectKind
from atelier.model.people import Session
from atelier.web.application import build
from atelier.web.doors import (
    PUBLIC,
    SIGNED_IN,
    STEWARD,
    UNASKED,
    Addresses,
    Door,
    in_folder,
)
from atelier.web.identity import FindSession, SessionCookie
from atelier.web.pages.rendering import Renderer
from atelier.web.places import templates_folder
from atelier.web.visit import Surroundings, Visit
from tests.web.builders import LOCAL, TOKEN, find_anne

AROUND = Surroundings(
    LOCAL, Renderer(templates_folder()), SessionCookie.of(LOCAL), SessionCookie.of(LOCAL, "step")
)


async def name(visit: Visit) -> Response:
    """Who is there."""
    return PlainTextResponse(visit.actor.name)


async def hello(visit: Visit) -> Response:
    """Anybody."""
    return PlainTextResponse(visit.session.person.name if visit.session else "stranger")


async def folder(visit: Visit) -> Response:
    """A folder that nobody may read but folder 1."""
    number = visit.number("folder")
    if number != 1:
        raise NotFound("folder")
    return PlainTextResponse(str(number))


DOORS = (
    Door("GET", "/", SIGNED_IN, name),
    Door("GET", "/hello", PUBLIC, hello),
    Door("POST", "/hello", PUBLIC, hello),
    Door("GET", "/health", UNASKED, hello),
    Door("POST", "/people", STEWARD, name),
    Door("GET", "/folders/{folder:id}", in_folder(Action.READ), folder),
    Door("PUT", "/folders/{folder:id}/deposits/{name}", in_folder(Action.ADD), name),
    Door("POST", "/back", SIGNED_IN, name, while_seeing=True),
)


async def find_looking(ws: object, token: str) -> Session:
    """Anne, who looks as the town hall."""
    anne = await find_anne(ws, token)
    seen = Subject(SubjectKind.ORGANISATION, 2, "Mairie")
    return dataclasses.replace(anne, actor=dataclasses.replace(anne.actor, seeing=seen))


def client(*, is_known: bool = False, find: FindSession = find_anne) -> TestClient:
    headers = {"origin": LOCAL.url} | ({"cookie": f"session={TOKEN}"} if is_known else {})
    app = build(DOORS, AROUND, find)
    return TestClient(app, base_url=LOCAL.url, headers=headers, follow_redirects=False)


def nameless(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without the number of the request."""
    return {name: value for name, value in headers.items() if name != "x-request-id"}


def test_a_door_for_the_signed_in_opens_to_them_alone() -> None:
    assert client(is_known=True).get("/").text == "Anne Ledoux"
    stranger = client()
    for door in DOORS:
        path = door.path.replace("{folder:id}", "1").replace("{name}", "x")
        status = stranger.request(door.method, path).status_code
        assert (status in (303, 401)) == door.rule.needs_session, door.path


async def told(visit: Visit) -> Response:
    """What stood in the address."""
    return PlainTextResponse(repr(visit.request.path_params))


def test_an_address_is_found_by_where_it_begins_and_how_deep_it_is() -> None:
    doors = [
        Door("GET", "/folders/add", PUBLIC, hello),
        Door("GET", "/folders/{folder:id}", PUBLIC, told),
        Door("GET", "/folders/{folder:id}/deposits/{name}", PUBLIC, told),
        Door("GET", "/static/{file:path}", PUBLIC, told),
    ]
    asked = TestClient(build(doors, AROUND, find_anne), base_url=LOCAL.url)
    assert asked.get("/folders/add").text == "stranger"
    assert asked.get("/folders/7").text == "{'folder': 7}"
    assert asked.get("/folders/7/deposits/a%20b.txt").text == "{'folder': 7, 'name': 'a b.txt'}"
    assert asked.get("/static/css/a/b.css").text == "{'file': 'css/a/b.css'}"
    for path in ("/folders/7/", "/folders/seven", "/folders", "/folders/7/deposits/a%2Fb", "/x/7"):
        assert asked.get(path).status_code == 404, path


def test_a_public_door_knows_who_comes_and_an_unasked_one_does_not() -> None:
    assert client().get("/hello").text == "stranger"
    assert client(is_known=True).get("/hello").text == "Anne Ledoux"
    assert client(is_known=True).get("/health").text == "stranger"


def test_a_rule_says_what_the_folder_must_allow() -> None:
    assert in_folder(Action.ADD).action is Action.ADD
    assert in_folder(Action.ADD).needs_session
    assert in_folder(Action.ADD) != in_folder(Action.READ)


def test_a_door_without_a_rule_or_with_a_twin_keeps_the_server_down() -> None:
    ruleless: Any = None
    for doors, error in (
        ([Door("GET", "/x", ruleless, hello)], TypeError),
        ([Door("GET", "/x", PUBLIC, hello), Door("GET", "/x", SIGNED_IN, hello)], ValueError),
        ([Door("TRACE", "/x", PUBLIC, hello)], ValueError),
        ([Door("HEAD", "/x", PUBLIC, hello)], ValueError),
        ([Door("GET", "/{name}/x", PUBLIC, hello)], ValueError),
    ):
        with pytest.raises(error):
            Addresses(doors, AROUND, find_anne)
    with pytest.raises(TypeError):
        Door("GET", "/x", endpoint=hello)  # type: ignore[call-arg]


def test_an_unknown_address_and_an_unreadable_id_answer_alike_to_the_byte() -> None:
    anne = client(is_known=True)
    assert anne.get("/folders/1").text == "1"
    unreadable, unknown = anne.get("/folders/2"), anne.get("/no/such/page")
    assert unreadable.status_code == unknown.status_code == 404
    assert unreadable.content == unknown.content
    assert nameless(unreadable.headers) == nameless(unknown.headers)
    for path in (
        "/folders/0",
        "/folders/01",
        "/folders/-1",
        "/folders/x",
        "/folders/1/",
        "/folders/1.0",
        "/folders/" + "9" * 5_000,
        "/folders/" + "9" * 19,
        "/folders/1//",
    ):
        assert anne.get(path).content == unknown.content, path
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert anne.request(method, "/no/such/page").status_code == 404


def test_one_who_looks_as_another_passes_the_doors_that_show_and_those_marked() -> None:
    herself, looking = client(is_known=True), client(is_known=True, find=find_looking)
    for door in DOORS:
        path = door.path.replace("{folder:id}", "1").replace("{name}", "x")
        assert herself.request(door.method, path).status_code == 200, door.path
        is_shut = door.method != "GET" and not door.while_seeing
        answer = looking.request(door.method, path)
        assert answer.status_code == (403 if is_shut else 200), door.path
        assert ("rien ne peut être changé" in answer.text) == is_shut
    assert looking.head("/").status_code == 200
    # Shut before the address is looked at; an address that does not exist stays unknown.
    for path in ("/folders/1/deposits/x", "/folders/2/deposits/x"):
        assert looking.put(path).content == looking.put("/folders/9/deposits/x").content
    assert looking.post("/no/such/page").status_code == 404
    assert looking.delete("/hello").status_code == 405


def test_the_page_of_a_shut_door_names_whom_she_looks_as_and_leads_back() -> None:
    page = client(is_known=True, find=find_looking).post("/people").text
    assert "Mairie" in page and 'action="/see-as/stop"' in page
    assert "Revenez à votre propre vue" in page


def test_head_answers_as_get() -> None:
    head = client(is_known=True).head("/")
    assert head.status_code == 200 and head.headers["content-length"] == str(len("Anne Ledoux"))


def test_another_method_is_told_which_are_known() -> None:
    refused = client().delete("/hello")
    assert refused.status_code == 405 and refused.headers["allow"] == "GET, HEAD, POST"
