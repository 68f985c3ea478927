"""One's own account, a forgotten password and other addresses, through the real application."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from atelier.app import open_workspace
from atelier.model.ids import PersonId
from atelier.settings import load
from atelier.web import streaming
from atelier.web.pages.account_words import WAYS
from atelier.web.routes import DOORS, web_app
from atelier.web.server import ServerLimits
from atelier.workspace import deposits, own_account, people
from atelier.workspace.links import start_reset
from atelier.workspace.place import Workspace
from tests.mailed import confirming
from tests.web.network import PASSWORD, Clients, Network, network, send, served, token_in, within
from tests.web.running import connected, rest, running
from tests.web.test_people_pages import said
from tests.web.test_resumable import Sender, begun

OTHER = "une toute autre phrase longue"
NEW = "bo@ailleurs.example"
BO = PersonId(2)
BIG = bytes(range(251)) * 40_000


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[Network]:
    """The small network with a mail server, to which nothing is handed here."""
    with network(tmp_path) as one:
        environ = {
            "ATELIER_SESSIONS_SECOND_FACTOR": "nobody",
            "ATELIER_MAIL_SERVER": "localhost",
            "ATELIER_MAIL_SECURITY": "none",
            "ATELIER_MAIL_SENDER": "atelier@reseau.example",
        }
        yield dataclasses.replace(one, settings=load(tmp_path, environ, tmp_path))


@pytest.fixture
def writing(mailing: Network) -> Iterator[Clients]:
    """Clients of it."""
    with served(mailing) as client:
        yield client


def cookie_of(answer: Any) -> str:
    """The session's token that an answer gives."""
    found = re.match(r"session=([\w-]{43});", answer.headers["set-cookie"])
    assert found, answer.headers
    return found[1]


def deposited(made: Network) -> str:
    """A long document in the shared folder: the address of its bytes."""

    async def deposit(ws: Workspace) -> int:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        incoming = await deposits.begin(ws, ada, made.shared, "long.bin")
        await incoming.write(BIG)
        return (await deposits.finish(ws, ada, incoming)).document_id

    return f"/documents/{within(made, deposit)}/versions/1/content"


def reset_link(made: Network) -> str:
    """Where the letter about Bo's forgotten password leads."""
    token = within(made, lambda ws: ws.db.write(lambda tx: start_reset(ws, tx, BO)))
    return f"/reset/{token}"


def link_to_confirm(made: Network, *, is_new: bool) -> str:
    """Where the letter to one of Bo's two addresses leads."""
    return f"/confirm/{within(made, lambda ws: confirming(ws, BO, is_new=is_new))}"


def test_the_page_of_an_account_says_who_one_is_and_leads_to_doors_that_are_there(
    clients: Clients,
) -> None:
    page = clients("bo").get("/account").text
    assert "bo@reseau.example" in page and "Mairie" in page and "Hôpital" not in page
    doors = {door.path for door in DOORS if door.method == "GET"}
    assert {one.path for one in WAYS} <= doors
    for one in WAYS:
        assert f'href="{one.path}"' in page
    assert 'href="/account"' in clients("bo").get("/").text
    assert clients("").get("/account").headers["location"] == "/signin?next=%2Faccount"


def test_another_password_replaces_the_session_and_ends_the_others(
    made: Network, clients: Clients
) -> None:
    phone = cookie_of(clients("").post(
        "/signin", data={"email": "bo@reseau.example", "password": PASSWORD}
    ))  # fmt: skip
    bo = clients("bo")
    for fields, field, words in (
        ({"current": "x", "password": OTHER}, "current", "pas votre mot de passe actuel"),
        ({"current": PASSWORD, "password": "court"}, "password", "12 caractères"),
    ):
        refused = send(bo, "/account/password", **fields)
        assert refused.status_code == 422 and f'href="#field-{field}"' in refused.text
        assert words in said(refused.text) and "set-cookie" not in refused.headers
        assert all(secret not in refused.text for secret in fields.values() if len(secret) > 5)
    done = send(bo, "/account/password", current=PASSWORD, password=OTHER)
    assert done.headers["location"] == "/account?done=password-changed"
    token = cookie_of(done)
    for old in (made.tokens["bo"], phone):
        bo.cookies.clear()
        bo.headers["cookie"] = f"session={old}"
        assert bo.get("/").status_code == 303
    bo.cookies.clear()
    bo.headers["cookie"] = f"session={token}"
    assert "Votre mot de passe est changé" in said(bo.get(done.headers["location"]).text)
    fields = {"email": "bo@reseau.example", "password": OTHER}
    assert clients("").post("/signin", data=fields).status_code == 303


def test_a_password_of_a_mebibyte_is_refused_at_every_form(made: Network, clients: Clients) -> None:
    # Nothing that is refused for being simple: only its length is.
    long = random.Random(80).randbytes(2**19 - 512).hex()
    refusals = [
        send(clients("bo"), "/account/password", current=PASSWORD, password=long),
        send(clients("bo"), "/account/password", current=long, password=OTHER),
        clients("").post("/signin", data={"email": "bo@reseau.example", "password": long}),
        clients("").post(reset_link(made), data={"password": long}),
    ]
    assert [one.status_code for one in refusals] == [422] * 4
    assert all(long not in one.text for one in refusals)
    assert all("trop long" in said(refusals[each].text) for each in (0, 3))
    longer = send(clients("bo"), "/account/password", current=PASSWORD, password="x" * 2**20)
    assert longer.status_code == 413


def test_guessing_from_an_open_session_must_wait(clients: Clients) -> None:
    bo = clients("bo")
    statuses = [
        send(bo, "/account/password", current="x" * 129, password=OTHER).status_code
        for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]
    right = send(bo, "/account/password", current=PASSWORD, password=OTHER)
    assert right.status_code == 429 and int(right.headers["retry-after"]) > 0


def test_devices_are_listed_and_signed_out(made: Network, clients: Clients) -> None:
    stranger = clients("")
    stranger.headers["user-agent"] = "Mozilla/5.0 (Android 14; Mobile) Firefox/130.0"
    fields = {"email": "bo@reseau.example", "password": PASSWORD}
    phone = cookie_of(stranger.post("/signin", data=fields))
    page = clients("bo").get("/account/sessions").text
    assert "Firefox, Android" in page and page.count(">cet appareil<") == 1
    assert made.tokens["bo"] not in page and "par mot de passe" in said(page)
    (handle,) = re.findall(r'name="handle" value="(\w+)"', page)
    send(clients("cy"), "/account/sessions/end", handle=handle)  # not his: nothing happens
    assert "Firefox, Android" in clients("bo").get("/account/sessions").text
    done = send(clients("bo"), "/account/sessions/end", handle=handle)
    assert done.headers["location"] == "/account/sessions?done=session-ended"
    stranger = clients("")
    stranger.headers["cookie"] = f"session={phone}"
    assert stranger.get("/").status_code == 303
    again = send(clients("bo"), "/account/sessions/end", handle=handle)
    assert again.headers["location"] == done.headers["location"]
    tablet = cookie_of(clients("").post("/signin", data=fields))
    done = send(clients("bo"), "/account/sessions/end-others")
    assert done.headers["location"] == "/account/sessions?done=sessions-ended"
    stranger = clients("")
    stranger.headers["cookie"] = f"session={tablet}"
    assert stranger.get("/").status_code == 303
    assert clients("bo").get("/").status_code == 200


def test_signing_out_everywhere_ends_a_download_by_range_and_a_deposit(
    made: Network, clients: Clients
) -> None:
    here = deposited(made)
    bo = Sender(clients, "bo")
    upload = begun(made, bo)
    assert bo.add(upload, 0, b"x" * 500).status_code == 204
    first = clients("bo").get(here, headers={"range": "bytes=0-999"})
    assert (first.status_code, first.content) == (206, BIG[:1000])
    done = send(clients("bo"), "/account/sessions/end-all")
    assert done.headers["location"] == "/signin?done=signed-out-everywhere"
    assert "max-age=0" in done.headers["set-cookie"].lower()
    ranges = {"range": "bytes=1000-1999", "if-range": first.headers["etag"]}
    second = clients("bo").get(here, headers=ranges)
    assert second.status_code == 303 and BIG[1000:1100] not in second.content
    assert bo.add(upload, 500, b"x" * 500).status_code == 401
    assert clients("cy").get("/").status_code == 200


def test_signing_out_everywhere_cuts_a_download_that_is_under_way(
    made: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "ASK_AGAIN_SECONDS", 0.0)
    here = deposited(made)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with open_workspace(made.settings) as ws:
            yield {"ws": ws}

    async def leave(ws: Workspace) -> None:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        await own_account.sign_out_everywhere(ws, bo)

    with (
        running(web_app(made.settings, lifespan), ServerLimits()) as port,
        connected(port) as connection,
    ):
        connection.sendall(
            f"GET {here} HTTP/1.1\r\nHost: localhost:8000\r\nRange: bytes=10-\r\n"
            f"Cookie: session={made.tokens['bo']}\r\n\r\n".encode()
        )
        begun_with = connection.recv(100_000)
        within(made, leave)
        answer = begun_with + rest(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 206")
    assert 0 < len(body) < len(BIG) - 10


def test_a_forgotten_password_is_one_page_for_every_address(
    mailing: Network, writing: Clients
) -> None:
    assert 'href="/forgotten"' in writing("").get("/signin").text
    stranger = writing("")
    assert 'name="email"' in stranger.get("/forgotten").text
    pages = {
        stranger.post("/forgotten", data={"email": email}).text
        for email in ("bo@reseau.example", "nobody@reseau.example", "", "x" * 5_000)
    }
    assert len(pages) == 1 and "Si un compte a cette adresse" in said(pages.pop())
    statuses = [
        stranger.post("/forgotten", data={"email": f"{number}@x.example"}).status_code
        for number in range(27)
    ]
    assert statuses == [200] * 26 + [429]


def test_without_letters_the_page_says_whom_to_ask_and_names_nobody(clients: Clients) -> None:
    for page in (
        clients("").get("/forgotten"),
        clients("").post("/forgotten", data={"email": "bo@reseau.example"}),
    ):
        assert page.status_code == 200 and "administrateur de votre réseau" in said(page.text)
        assert "ada@" not in page.text and 'name="email"' not in page.text


def test_a_reset_link_is_looked_at_often_and_used_once(made: Network, clients: Clients) -> None:
    link = reset_link(made)
    for client in (clients(""), clients("cy")):
        assert "bo@reseau.example" in client.get(link).text
        assert "qu'une fois, pendant 30 minutes" in said(client.get(link).text)
        assert 'class="menu"' not in client.get(link).text
    weak = clients("").post(link, data={"password": "court"})
    assert weak.status_code == 422 and "12 caractères" in weak.text
    done = clients("").post(link, data={"password": OTHER})
    assert done.headers["location"] == "/?done=password-reset"
    assert len(cookie_of(done)) == 43
    assert clients("bo").get("/").status_code == 303
    for again in (clients("").get(link), clients("").post(link, data={"password": OTHER})):
        assert again.status_code == 404 and "ne fonctionne plus" in again.text


def test_an_address_changes_when_both_have_confirmed(mailing: Network, writing: Clients) -> None:
    asked = {"email": NEW, "current": PASSWORD}
    wrong = send(writing("bo"), "/account/email", email=NEW, current="x")
    assert wrong.status_code == 422 and 'href="#field-current"' in wrong.text and NEW in wrong.text
    for odd in ("x", "a b@x.example", "a@b@x.example", "@x.example"):
        bad = send(writing("bo"), "/account/email", email=odd, current=PASSWORD)
        assert bad.status_code == 422 and 'href="#field-email"' in bad.text
        assert "un seul @ et un domaine" in said(bad.text)
    taken = send(writing("bo"), "/account/email", email="cy@reseau.example", current=PASSWORD)
    done = send(writing("bo"), "/account/email", **asked)
    assert (
        taken.headers["location"]
        == done.headers["location"]
        == ("/account/email?done=address-asked")
    )
    assert NEW in writing("bo").get("/account/email").text
    new, old = link_to_confirm(mailing, is_new=True), link_to_confirm(mailing, is_new=False)
    shown = writing("").get(new).text
    assert NEW in shown and "bo@reseau.example" not in shown
    assert "quelqu'un le connaît" in said(writing("").get(old).text)
    assert "Rien ne change encore" in said(writing("").post(new, data={"form_token": ""}).text)
    foreign = writing("cy")
    token = token_in(foreign.get(old).text)
    assert foreign.post(old, data={"form_token": "f" * 64}).status_code == 403
    both = foreign.post(old, data={"form_token": token})
    assert "la nouvelle remplace l'ancienne" in said(both.text)
    assert writing("").get(old).status_code == writing("").get(new).status_code == 404
    assert NEW in writing("bo").get("/account").text
    signed = writing("").post("/signin", data={"email": NEW, "password": PASSWORD})
    assert signed.status_code == 303


def test_an_address_taken_meanwhile_is_told_at_the_end_and_a_change_is_given_up(
    mailing: Network, writing: Clients
) -> None:
    send(writing("bo"), "/account/email", email=NEW, current=PASSWORD)
    new, old = link_to_confirm(mailing, is_new=True), link_to_confirm(mailing, is_new=False)
    writing("").post(new, data={"form_token": ""})
    moved = send(writing("ada"), "/people/3/email", email=NEW)
    assert moved.headers["location"] == "/people/3?done=person-address-changed"
    late = writing("").post(old, data={"form_token": ""})
    assert late.status_code == 409 and "Un autre compte a cette adresse" in late.text
    given_up = send(writing("bo"), "/account/email/give-up")
    assert given_up.headers["location"] == "/account/email?done=address-given-up"
    assert writing("").get(old).status_code == 404


def test_without_letters_a_change_of_address_leads_to_the_steward(clients: Clients) -> None:
    page = clients("bo").get("/account/email").text
    assert 'name="current"' not in page and "administrateur de votre réseau" in said(page)
    refused = send(clients("bo"), "/account/email", email=NEW, current=PASSWORD)
    assert refused.status_code == 422 and "n'envoie pas de courriels" in said(refused.text)


def test_a_steward_changes_an_address_and_ends_sessions_from_the_sheet(
    clients: Clients,
) -> None:
    sheet = clients("ada").get("/people/2").text
    assert 'href="/people/2/email"' in sheet and 'action="/people/2/end-sessions"' in sheet
    hidden = clients("cy").get("/people/2").text
    assert "/people/2/email" not in hidden and "end-sessions" not in hidden
    for client, path in ((clients("cy"), "email"), (clients("cy"), "end-sessions")):
        assert send(client, f"/people/2/{path}", **_fields(path)).status_code == 403
    assert clients("cy").get("/people/2/email").status_code == 403
    taken = send(clients("ada"), "/people/2/email", email="cy@reseau.example")
    assert taken.status_code == 409 and 'href="#field-email"' in taken.text
    ended = send(clients("ada"), "/people/2/end-sessions")
    assert ended.headers["location"] == "/people/2?done=person-sessions-ended"
    assert clients("bo").get("/").status_code == 303
    done = send(clients("ada"), "/people/2/email", email=NEW)
    assert done.headers["location"] == "/people/2?done=person-address-changed"
    lines = said(clients("ada").get("/journal").text)
    assert "a fermé les sessions de Bo" in lines
    assert "a changé l'adresse de courriel du compte de Bo" in lines


def test_a_steward_takes_keys_away_from_the_sheet_never_her_own(
    made: Network, clients: Clients
) -> None:
    assert 'href="/people/2/remove-keys"' in clients("ada").get("/people/2").text
    assert "remove-keys" not in clients("ada").get("/people/1").text
    assert clients("cy").get("/people/2/remove-keys").status_code == 403
    assert send(clients("cy"), "/people/2/remove-keys").status_code == 403
    nothing = send(clients("ada"), "/people/2/remove-keys")
    assert nothing.status_code == 409 and "n'a plus ni clé d'accès" in said(nothing.text)
    own = send(clients("ada"), "/people/1/remove-keys")
    assert own.status_code == 422 and "Vos propres clés" in said(own.text), said(own.text)[:600]

    async def get_a_key(ws: Workspace) -> None:
        await ws.db.write(
            lambda tx: tx.run(
                "INSERT INTO passkeys (person_id, credential_id, public_key, name, created_at)"
                " VALUES (2, 'x', 'x', 'Téléphone', 0)"
            )
        )

    within(made, get_a_key)
    assert "Retirer les clés de Bo" in said(clients("ada").get("/people/2/remove-keys").text)
    done = send(clients("ada"), "/people/2/remove-keys")
    assert done.headers["location"] == "/people/2?done=person-keys-removed"
    assert clients("bo").get("/").status_code == 303
    assert "a retiré toutes les clés du compte de Bo" in said(clients("ada").get("/journal").text)


def _fields(path: str) -> dict[str, str]:
    return {"email": NEW} if path == "email" else {}
