"""Signing in and out, one-time links, languages and hats, through the real application."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from atelier.model.ids import PersonId
from atelier.workspace import people
from atelier.workspace.passwords import Passwords
from atelier.workspace.place import Workspace
from tests.web.network import PASSWORD, Clients, Network, token_in, within
from tests.web.test_people_pages import said


def signed_in(client: TestClient, **typed: str) -> tuple[int, str, str]:
    """Status, where to, and the cookie that signing in with these fields gives."""
    answer = client.post("/signin", data=typed)
    cookie = answer.headers.get("set-cookie", "")
    return answer.status_code, answer.headers.get("location", ""), cookie


def test_address_and_password_open_a_session_with_a_new_token(
    made: Network, clients: Clients
) -> None:
    planted = "x" * 43
    stranger = clients("")
    stranger.headers["cookie"] = f"session={planted}"
    status, target, cookie = signed_in(stranger, email="bo@reseau.example", password=PASSWORD)
    assert (status, target) == (303, "/?done=signed-in")
    token = cookie.removeprefix("session=").partition(";")[0]
    assert len(token) == 43 and token not in (planted, *made.tokens.values())
    stranger.headers["cookie"] = f"session={token}"
    page = stranger.get("/?done=signed-in")
    assert page.status_code == 200 and "Bienvenue" in page.text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("bo@reseau.example", "wrong"),
        ("nobody@reseau.example", PASSWORD),
        ("", ""),
        ("bo@reseau.example", "x" * 500_000),
    ],
)
def test_what_does_not_go_together_is_said_without_saying_which(
    clients: Clients, email: str, password: str
) -> None:
    answer = clients("").post("/signin", data={"email": email, "password": password})
    assert answer.status_code == 422 and "set-cookie" not in answer.headers
    assert "ne vont pas ensemble" in answer.text
    assert password == "" or password not in answer.text


def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(
    made: Network, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def link(ws: Workspace) -> str:
        return await people.issue_link(ws, await people.actor(ws, None), PersonId(2))

    computed: list[int] = []
    monkeypatch.setattr(Passwords, "_in_turn", lambda *_: computed.append(1))
    doors = ("/signin", f"/welcome/{within(made, link)}")
    for long, status in ((2**20 - 100, 422), (2**20, 413), (2**22, 413)):
        for door in doors:
            typed = {"email": "bo@reseau.example", "password": "x" * long}
            answer = clients("").post(door, data=typed)
            assert answer.status_code == status and "x" * 200 not in answer.text
    assert computed == []


def test_too_many_tries_must_wait(clients: Clients) -> None:
    stranger = clients("")
    statuses = [
        signed_in(stranger, email="bo@reseau.example", password="wrong")[0] for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    answer = stranger.post("/signin", data={"email": "bo@reseau.example", "password": PASSWORD})
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/folders/1?page=2", "/folders/1?page=2"),
        ("//evil.example", "/?done=signed-in"),
        ("https://evil.example", "/?done=signed-in"),
        ("/\r\nSet-Cookie: x=1", "/?done=signed-in"),
    ],
)
def test_after_signing_in_one_goes_on_within_this_site(
    clients: Clients, wanted: str, target: str
) -> None:
    fields = {"email": "bo@reseau.example", "password": PASSWORD, "next": wanted}
    assert signed_in(clients(""), **fields)[:2] == (303, target)


def test_the_way_to_a_page_passes_by_signing_in(clients: Clients) -> None:
    sent = clients("").get("/folders/1?page=2").headers["location"]
    page = clients("").get(sent)
    assert 'name="next" value="/folders/1?page=2"' in page.text
    assert "Réseau d&#39;essai" in page.text
    assert clients("bo").get(sent).headers["location"] == "/folders/1?page=2"


def test_signing_out_ends_the_session_on_the_server(clients: Clients) -> None:
    bo = clients("bo")
    answer = bo.post("/signout", data={"form_token": token_in(bo.get("/").text)})
    assert answer.headers["location"] == "/signin?done=signed-out"
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert bo.get("/").status_code == 303


def test_a_link_is_looked_at_often_and_used_once(made: Network, clients: Clients) -> None:
    async def link(ws: object) -> str:
        ada = (await people.session(ws, made.tokens["ada"])).actor  # type: ignore[arg-type]
        _, everyone = await people.directory(ws, ada)  # type: ignore[arg-type]
        bo = next(one for one in everyone if one.name == "Bo")
        return await people.issue_link(ws, ada, bo.id)  # type: ignore[arg-type]

    path = f"/welcome/{within(made, link)}"
    stranger = clients("")
    for _ in range(2):
        assert "bo@reseau.example" in stranger.get(path).text
        assert "pendant 72 heures" in said(stranger.get(path).text)
    weak = stranger.post(path, data={"password": "court"})
    assert weak.status_code == 422 and "12 caractères" in weak.text
    used = stranger.post(path, data={"password": "une autre phrase assez longue"})
    assert used.headers["location"] == "/?done=welcome" and used.headers["set-cookie"]
    stranger.cookies.clear()
    for again in (stranger.get(path), stranger.post(path, data={"password": PASSWORD})):
        assert again.status_code == 404 and "ne fonctionne plus" in again.text
    assert clients("bo").get("/").status_code == 303


def test_someone_signed_in_can_open_a_link_for_herself(made: Network, clients: Clients) -> None:
    async def link(ws: object) -> str:
        ada = (await people.session(ws, made.tokens["ada"])).actor  # type: ignore[arg-type]
        return await people.issue_link(ws, ada, ada.person_id)  # type: ignore[arg-type]

    path = f"/welcome/{within(made, link)}"
    bo = clients("bo")
    token = token_in(bo.get(path).text)
    answer = bo.post(path, data={"form_token": token, "password": "une autre phrase assez longue"})
    assert answer.status_code == 303


def test_a_language_is_kept_with_the_person_or_in_the_browser(clients: Clients) -> None:
    stranger = clients("")
    assert 'lang="fr"' in stranger.get("/signin").text
    answer = stranger.post("/language", data={"language": "en", "next": "/signin"})
    assert answer.headers["location"] == "/signin"
    stranger.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
    assert '<html lang="en">' in stranger.get("/signin").text
    bo = clients("bo")
    token = token_in(bo.get("/").text)
    bo.post("/language", data={"form_token": token, "language": "en", "next": "/people"})
    bo.cookies.clear()
    assert '<html lang="en">' in bo.get("/").text
    unknown = bo.post("/language", data={"form_token": token, "language": "xx"})
    assert unknown.status_code == 422


def test_one_acts_for_an_organisation_of_hers_only(clients: Clients) -> None:
    bo = clients("bo")
    token = token_in(bo.get("/").text)

    def acting(organisation: str) -> tuple[int, str]:
        fields = {"form_token": token, "organisation": organisation, "next": "/people?x=1"}
        answer = bo.post("/acting-as", data=fields)
        return answer.status_code, answer.headers.get("location", "")

    assert acting("1") == (303, "/people?x=1&done=acting-as")
    assert acting("") == (303, "/people?x=1&done=acting-as")
    assert acting("2")[0] == acting("999")[0] == acting("x")[0] == 422
