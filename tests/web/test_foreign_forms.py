"""Doors that change something and open without a session: to pages of ours alone."""

from __future__ import annotations

import json

import pytest

from atelier.model.ids import PersonId
from atelier.web.doors import PUBLIC, Door
from atelier.web.routes import DOORS
from atelier.workspace import people
from atelier.workspace.links import start_reset
from atelier.workspace.place import Workspace
from tests.web.network import PASSWORD, URL, Clients, Network, within

OPEN_TO_ALL = [door for door in DOORS if door.method != "GET" and door.rule is PUBLIC]
ELSEWHERE = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": URL, "sec-fetch-site": "cross-site"},
    {"origin": URL, "sec-fetch-site": "same-site"},
)


def said(door: Door) -> str:
    """How the door is told in the name of a test."""
    return f"{door.method} {door.path}"


@pytest.mark.parametrize("door", OPEN_TO_ALL, ids=said)
def test_a_form_of_another_site_opens_no_door_that_is_open_to_all(
    clients: Clients, door: Door
) -> None:
    path = door.path.replace("{token}", "x" * 43)
    for headers in ELSEWHERE:
        answer = clients("").request(door.method, path, headers=headers, data={"email": "x"})
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers


def test_nobody_is_signed_in_from_elsewhere_nor_chooses_a_password_there(
    made: Network, clients: Clients
) -> None:
    async def reset(ws: Workspace) -> str:
        return await ws.db.write(lambda tx: start_reset(ws, tx, PersonId(2)))

    link = f"/reset/{within(made, reset)}"
    typed = {"email": "bo@reseau.example", "password": PASSWORD}
    for headers in ELSEWHERE:
        for path in ("/signin", link):
            answer = clients("").post(path, headers=headers, data=typed)
            assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert clients("").get(link).status_code == 200, "the link was not used"
    assert clients("").post("/signin", data=typed).status_code == 303


def test_what_is_sent_as_text_is_no_form(made: Network, clients: Clients) -> None:
    async def link(ws: Workspace) -> str:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        return await people.issue_link(ws, ada, PersonId(3))

    typed = json.dumps({"email": "bo@reseau.example", "password": PASSWORD})
    for path in ("/signin", "/forgotten", f"/welcome/{within(made, link)}"):
        for kind in ("text/plain", "application/json", "text/plain; charset=utf-8"):
            answer = clients("").post(path, headers={"content-type": kind}, content=typed)
            assert answer.status_code == 400 and "set-cookie" not in answer.headers
