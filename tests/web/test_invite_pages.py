"""Invitations as pages: inviting, coming in by the link, lists, and what nobody learns."""

from __future__ import annotations

import contextlib
import dataclasses
import html
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from atelier.model.ids import InviteId
from atelier.settings import load
from atelier.workspace import invites
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, network, send, served, token_in, within
from tests.workspace.keyholders import Device

NEW = "une autre phrase bien longue"


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("invites")) as one:
        yield one


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    with served(made) as client:
        yield client


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[tuple[Network, Clients]]:
    """A small network with a mail server, to which nothing is handed here, and its clients."""
    with network(tmp_path) as one:
        environ = {
            "ATELIER_SESSIONS_SECOND_FACTOR": "nobody",
            "ATELIER_MAIL_SERVER": "localhost",
            "ATELIER_MAIL_SECURITY": "none",
            "ATELIER_MAIL_SENDER": "atelier@reseau.example",
        }
        changed = dataclasses.replace(one, settings=load(tmp_path, environ, tmp_path))
        with served(changed) as client:
            yield changed, client


def link_in(page: str) -> str:
    """The address of the link that a page shows."""
    found = re.search(r'value="http://localhost:8000(/(?:invite|welcome)/[^"]+)"', page)
    assert found, page
    return found[1]


def invite(clients: Clients, path: str, email: str = "zoe@ailleurs.example", **more: str) -> str:
    """Invite as Ada; the link's path."""
    answer = send(clients("ada"), f"{path}/invite", email=email, **more)
    assert answer.status_code == 200, answer.text
    return link_in(answer.text)


def send_list(client: TestClient, path: str, file: bytes = b"", **fields: str) -> Any:
    """The answer to a list."""
    token = token_in(client.get("/").text)
    parts: dict[str, tuple[str | None, bytes]] = {
        name: (None, text.encode()) for name, text in {"form_token": token, **fields}.items()
    }
    if file:
        parts["file"] = ("liste.csv", file)
    return client.post(f"{path}/invite/list", files=parts)


def test_a_link_shows_consumes_nothing_and_leads_to_the_folder(
    made: Network, clients: Clients
) -> None:
    there = f"/folders/{made.shared}"
    link = invite(clients, there, role="reader", person_name="Zoé", message="À <b>jeudi</b>")
    for _ in range(2):
        assert clients("").head(link).status_code == 200
        page = clients("").get(link)
    assert "Réunions" in page.text and 'value="Zoé"' in page.text
    assert "À &lt;b&gt;jeudi&lt;/b&gt;" in page.text and "Lecture" not in page.text
    refused = clients("").post(link, data={"person_name": "Zoé C", "password": "zut-zut"})
    assert refused.status_code == 422 and 'value="Zoé C"' in refused.text
    assert "zut-zut" not in refused.text
    done = clients("").post(link, data={"person_name": "Zoé C", "password": NEW})
    assert (done.status_code, done.headers["location"]) == (303, f"{there}?done=invite-accepted")
    cookie = done.headers["set-cookie"].partition(";")[0]
    client = clients("")
    client.headers["cookie"] = cookie
    assert client.get(there).status_code == 200
    assert client.get(f"/folders/{made.secret}").status_code == 404
    for spent in (link, "/invite/" + "x" * 43):
        assert clients("").get(spent).status_code == 404
        answer = clients("").post(spent, data={"person_name": "Z", "password": NEW})
        assert answer.status_code == 404


def test_a_passkey_is_offered_beside_the_password_and_opens_an_account_without_one(
    made: Network, clients: Clients
) -> None:
    there = f"/folders/{made.shared}"
    link = invite(clients, there, role="reader", person_name="Zoé")
    page = clients("").get(link).text
    assert f'data-passkey="{link}/passkey" hidden' in page and 'name="password"' in page
    asked = clients("").post(f"{link}/passkey", data={"person_name": "Zoé", "password": ""})
    assert asked.headers["content-type"] == "application/json"
    assert asked.json()["user"]["name"] == "zoe@ailleurs.example"
    assert "set-cookie" not in asked.headers
    unverified = Device(is_verified=False).make(asked.text)
    refused = clients("").post(link, data={"person_name": "Zoé C", "answer": unverified})
    assert refused.status_code == 422 and 'id="field-passkey"' in refused.text
    assert 'value="Zoé C"' in refused.text and "set-cookie" not in refused.headers
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        for path in (link, f"{link}/passkey"):
            assert clients("").post(path, data={"answer": "x"}, headers=headers).status_code == 403
    asked = clients("").post(f"{link}/passkey", data={"person_name": "Zoé"})
    answer = Device().make(asked.text)
    done = clients("").post(link, data={"person_name": "Zoé", "password": "", "answer": answer})
    arrived = f"{there}?done=invite-accepted-by-passkey"
    assert (done.status_code, done.headers["location"]) == (303, arrived)
    spent = clients("").post(f"{link}/passkey", data={"person_name": "Zoé"})
    assert (spent.status_code, clients("").get(link).status_code) == (404, 404)
    zoe = clients("")
    zoe.headers["cookie"] = done.headers["set-cookie"].partition(";")[0]
    assert zoe.get(there).status_code == 200
    # Her account has no password: its pages ask for none, and keep her last key.
    for path in ("/account/password", "/account/email"):
        assert 'name="current"' not in zoe.get(path).text
    assert "<h1>Choisir un mot de passe</h1>" in zoe.get("/account/password").text
    kept = send(zoe, "/account/keys/passkeys/1/remove")
    assert kept.status_code == 422 and "d’abord un mot de passe" in kept.text
    with sqlite3.connect(made.settings.data / "atelier.sqlite3") as base:
        base.execute("UPDATE sessions SET created_at = created_at - 600000")
    assert "Montrez d’abord de nouveau" in zoe.get("/account/password").text
    stale = send(zoe, "/account/password", password=NEW)
    assert stale.headers["location"] == "/account/keys?done=prove-again"


def test_somebody_else_in_this_browser_is_not_named_as_the_one_invited(
    made: Network, clients: Clients
) -> None:
    link = invite(clients, f"/folders/{made.shared}", role="reader")
    page = clients("bo").get(link).text
    assert "déjà connecté" in page and "bo@reseau.example" not in page and "Bo<" not in page
    elsewhere = clients("bo").post(link, data={"person_name": "Zoé", "password": NEW})
    assert elsewhere.status_code == 403  # without the token of the visit
    answer = clients("bo").post(
        link, data={"form_token": token_in(page), "person_name": "Zoé", "password": NEW}
    )
    assert answer.status_code == 303
    assert clients("bo").get("/people").status_code == 303  # that session has ended


def test_an_address_that_became_known_signs_in_and_takes_it(
    made: Network, clients: Clients
) -> None:
    there = f"/folders/{made.shared}"
    link = invite(clients, there, role="contributor")
    other = invite(clients, there, "eva@ailleurs.example", role="contributor")
    bring = {"email": "zoe@ailleurs.example", "person_name": "Zoé", "organisation": "Hôpital"}
    announced = send(clients("ada"), "/people", **bring)
    mark = re.search(r'name="announced" value="([^"]+)"', announced.text)
    assert mark
    welcome = link_in(
        send(clients("ada"), "/people", announced=html.unescape(mark[1]), **bring).text
    )
    session = clients("").post(welcome, data={"password": NEW}).headers["set-cookie"]
    unknown = clients("").get(link)
    assert f"/signin?next={link}" in unknown.text
    assert clients("").post(link, data={"person_name": "Z", "password": NEW}).status_code == 409
    refused = send(clients("bo"), f"{link}/take")
    assert refused.status_code == 403 and "une autre adresse" in refused.text
    hers = r'/invite/[\w-]{43}|(zoe|eva)@ailleurs.example|datetime="[^"]+"'
    told = [re.sub(hers, "", clients("").get(one).text) for one in (link, other)]
    assert told[0] == told[1]
    client = clients("")
    client.headers["cookie"] = session.partition(";")[0]
    assert "il suffit d" in html.unescape(client.get(link).text)
    assert client.get(there).status_code == 404
    taken = send(client, f"{link}/take")
    assert taken.headers["location"] == f"{there}?done=invite-taken"
    assert client.get(there).status_code == 200
    assert client.get(link).headers["location"] == f"{there}?done=invite-used"
    for nobody in (clients(""), clients("bo")):
        assert nobody.get(link).status_code == 404
    assert clients("").get(other).status_code == 200


def test_somebody_known_has_it_at_once_and_what_is_there_is_told(
    made: Network, clients: Clients
) -> None:
    path = f"/folders/{made.secret}/invite"
    known = send(clients("ada"), path, email="cy@reseau.example", role="reader")
    assert known.headers["location"] == f"{path}?done=invite-given"
    assert clients("cy").get(f"/folders/{made.secret}").status_code == 200
    again = send(clients("ada"), path, email="cy@reseau.example", role="reader", message="Bonjour")
    assert again.status_code == 422 and "déjà tout cela" in again.text and "Bonjour" in again.text
    invite(clients, f"/folders/{made.secret}", role="reader")
    twice = send(clients("ada"), path, email="ZOE@ailleurs.example", role="reader")
    assert twice.status_code == 422 and "déjà invitée" in twice.text


def test_somebody_known_joins_an_organisation_after_what_she_gains_was_told(
    made: Network, clients: Clients
) -> None:
    path = "/organisations/1/invite"
    fields = {"email": "cy@reseau.example", "function": "Aide"}
    told = send(clients("ada"), path, **fields)
    assert told.status_code == 200 and "Rattacher Cy à" in html.unescape(told.text)
    assert "Aide" not in clients("ada").get("/organisations/1").text
    mark = re.search(r'name="announced" value="([^"]+)"', told.text)
    assert mark
    stale = send(clients("ada"), path, announced="x", **fields)
    assert stale.status_code == 409
    done = send(clients("ada"), path, announced=html.unescape(mark[1]), **fields)
    assert done.headers["location"] == f"{path}?done=invite-given"
    assert "Aide" in clients("ada").get("/organisations/1").text
    again = send(clients("ada"), path, **fields)
    assert again.status_code == 422 and "déjà tout cela" in again.text


def test_a_page_says_the_same_of_an_address_that_is_hidden_and_of_one_that_nobody_has(
    made: Network, clients: Clients
) -> None:
    there = f"/folders/{made.shared}"
    send(clients("ada"), f"{there}/access", subject="", email="bo@reseau.example", role="reader")
    coordinator = send(
        clients("ada"), f"{there}/access", email="bo@reseau.example", role="coordinator"
    )
    mark = re.search(r'name="announced" value="([^"]+)"', coordinator.text)
    assert mark
    send(
        clients("ada"), f"{there}/access", announced=html.unescape(mark[1]),
        email="bo@reseau.example", role="coordinator",
    )  # fmt: skip
    send(clients("cy"), "/account/showing", phone="", shows_phone="", shows_email="")
    pages = []
    for email in ("cy@reseau.example", "ny@reseau.example"):
        checked = send_list(clients("bo"), there, list=email, role="reader")
        answer = send(clients("bo"), f"{there}/invite", email=email, role="reader")
        assert answer.status_code == 200 and link_in(answer.text)
        for page in (checked.text, answer.text):
            said = re.sub(r'(form_token|id)" value="[^"]+"|/invite/[\w-]{43}', "", page)
            pages.append(said.replace(email, "-"))
    assert pages[:2] == pages[2:]
    assert clients("cy").get(there).status_code == 404


def test_where_letters_leave_an_address_that_nobody_proved_is_invited_and_marked(
    writing: tuple[Network, Clients],
) -> None:
    made, clients = writing
    path = f"/folders/{made.secret}/invite"
    for email in ("cy@reseau.example", "zoe@ailleurs.example"):
        answer = send(clients("ada"), path, email=email, role="reader")
        assert answer.headers["location"] == f"{path}?done=invite-made"
    assert clients("cy").get(f"/folders/{made.secret}").status_code == 404
    waiting = clients("ada").get(path).text
    assert "cy@reseau.example" in waiting and "zoe@ailleurs.example" in waiting
    assert "adresse non vérifiée" in clients("bo").get("/people/3").text

    async def letter(ws: Workspace) -> str:
        told = await ws.db.write(lambda tx: invites.outgoing(ws, tx, InviteId(1)))
        assert told is not None
        return f"/invite/{told.token}"

    link = within(made, letter)
    assert "Recevoir ce lien" in clients("").get(link).text
    taken = send(clients("cy"), f"{link}/take")
    assert taken.headers["location"] == f"/folders/{made.secret}?done=invite-taken"
    assert "adresse non vérifiée" not in clients("bo").get("/people/3").text


def test_five_letters_to_an_address_a_slip_and_too_many_are_told_beside_the_field(
    made: Network, clients: Clients
) -> None:
    path = f"/folders/{made.shared}/invite"
    slip = send(clients("ada"), path, email="zoe@mairie", role="reader", message="Bonjour")
    assert slip.status_code == 422 and "Il manque une fin" in slip.text and "Bonjour" in slip.text
    key, now = "invites:1", int(time.time() * 1000)
    with contextlib.closing(sqlite3.connect(made.settings.data / "atelier.sqlite3")) as records:
        many = [(key, now)] * 3000
        records.executemany("INSERT INTO sign_in_attempts (key, at) VALUES (?, ?)", many)
        records.commit()
    full = send(clients("ada"), path, email="zoe@a.fr", role="reader", message="Bonjour")
    assert full.status_code == 429 and "continuez demain" in full.text and "Bonjour" in full.text
    listed = send_list(clients("ada"), f"/folders/{made.shared}", list="zoe@a.fr", role="reader")
    assert listed.status_code == 200 and "continuez demain" in listed.text


def test_who_may_not_invite_is_refused_at_each_door_and_offered_none(
    made: Network, clients: Clients
) -> None:
    for path, status in ((f"/folders/{made.shared}", 403), (f"/folders/{made.secret}", 404)):
        for below in ("invite", "invite/list", "invites.csv"):
            assert clients("bo").get(f"{path}/{below}").status_code == status
        assert send(clients("bo"), f"{path}/invite", email="a@b.fr").status_code == status
        assert send_list(clients("bo"), path, list="a@b.fr").status_code == status
    refused = clients("bo").get("/people/invite")
    assert refused.status_code == 403 and "Qui coordonne un dossier" in refused.text
    assert f"/folders/{made.shared}/invite" not in clients("bo").get(f"/folders/{made.shared}").text
    assert f"/folders/{made.shared}/invite" in clients("ada").get(f"/folders/{made.shared}").text
    assert clients("bo").get("/organisations/1/invite").status_code == 404
    assert "/invite" not in clients("bo").get("/people").text
    assert "/invite" not in clients("bo").get("/organisations/1").text
    assert "/invite" not in clients("bo").get(f"/folders/{made.shared}/access").text
    assert "/people/invite" in clients("ada").get("/people").text
    assert "/organisations/1/invite" in clients("ada").get("/organisations/1").text
    assert "/invite" in clients("ada").get(f"/folders/{made.shared}/access").text


def test_one_that_waits_is_renewed_copied_withdrawn_and_listed_without_formulas(
    made: Network, clients: Clients
) -> None:
    there = f"/folders/{made.shared}"
    first = invite(clients, there, role="reader", person_name="=cmd|x")
    back = {"next": f"{there}/invite"}
    assert "zoe@ailleurs.example" in clients("ada").get(f"{there}/invite").text
    table = clients("ada").get(f"{there}/invites.csv")
    assert (
        "'=cmd|x;zoe@ailleurs.example" in table.text and first.rpartition("/")[2] not in table.text
    )
    for act in ("resend", "link"):
        shown = link_in(send(clients("ada"), f"/people/invites/1/{act}", **back).text)
        assert shown != first and clients("").get(shown).status_code == 200
        assert send(clients("bo"), f"/people/invites/1/{act}", **back).status_code == 404
    assert send(clients("bo"), "/people/invites/1/withdraw", **back).status_code == 404
    gone = send(clients("ada"), "/people/invites/1/withdraw", **back)
    assert gone.headers["location"] == f"{there}/invite?done=invite-withdrawn"
    for link in (first, shown):
        assert clients("").get(link).status_code == 404


def test_a_list_is_checked_then_done_and_a_second_time_does_nothing(
    made: Network, clients: Clients
) -> None:
    path = f"/folders/{made.shared}"
    file = "Nom;Courriel\r\nHélène <i>;h@m.fr\r\nBo;bo@reseau.example\r\nX;h@m.fr\r\nY;".encode(
        "cp1252"
    )
    checked = send_list(clients("ada"), path, file, role="reader", message="Bonjour")
    assert checked.status_code == 200 and "Vérifier la liste" in checked.text
    assert clients("ada").get(f"{path}/invites.csv").text.count("\r\n") == 1
    held = re.search(r'name="list" value="([^"]*)"', checked.text)
    assert held
    fields = {"list": html.unescape(held[1]), "confirmed": "yes", "role": "reader"}
    done = send_list(clients("ada"), path, **fields)
    assert "Invitations faites" in done.text
    assert clients("").get(link_in(done.text)).status_code == 200
    again = send_list(clients("ada"), path, **fields)
    assert "Déjà invitée" in html.unescape(again.text) and "/invite/" not in own_links(again.text)
    for bad, status in (({"list": " "}, 422), ({"list": "a@b.fr", "role": "x"}, 422)):
        assert send_list(clients("ada"), path, **{"role": "reader", **bad}).status_code == status
    assert send_list(clients("ada"), path, b"x" * 300_000, role="reader").status_code == 413


def own_links(page: str) -> str:
    """The fields of a page that hold links."""
    return " ".join(re.findall(r'value="http[^"]*"', page))
