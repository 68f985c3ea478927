"""See as, through the real application: the banner, the view, and every door that stays shut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.database import sessions
from atelier.model.ids import PersonId
from atelier.model.people import Membership
from atelier.web.doors import Door
from atelier.web.routes import DOORS
from atelier.workspace import people
from tests.web.network import (
    PDF,
    Clients,
    Network,
    network,
    own_words,
    send,
    served,
    token_in,
    within,
)


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Network, Clients]]:
    """A network in which Ada looks as the Mairie."""
    with network(tmp_path_factory.mktemp("looked")) as one, served(one) as client:
        begin(client("ada"), one)
        yield one, client


def begin(client: TestClient, made: Network, subject: str = "organisation:1") -> Any:
    """Look as the Mairie, from the shared folder."""
    path = f"/folders/{made.shared}/see-as"
    return send(client, path, subject=subject, email="")


def banner(page: str) -> str:
    """The words of the banner, "" when there is none."""
    found = HTMLParser(page).css_first("section.seeing")
    return "" if found is None else " ".join(found.text().split())


def test_a_coordinator_sees_her_pages_as_an_organisation_until_she_stops(
    made: Network, clients: Clients
) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}"
    assert "Secret" in ada.get("/").text and banner(ada.get("/").text) == ""
    choosing = ada.get(f"{here}/see-as").text
    assert 'value="organisation:1"' in choosing and "bo@reseau.example" in choosing
    assert begin(ada, made).headers["location"] == here
    for path in ("/", here, "/search?q=compte", f"/documents/{made.document}", "/no/such/page"):
        page = ada.get(path).text
        assert "Vous voyez les dossiers comme Mairie (structure)" in banner(page), path
        assert "Secret" not in page and "/see-as/stop" in page
    assert "Réunions" in ada.get("/").text and "Nouveau dossier" not in ada.get("/").text
    assert ada.get(f"/folders/{made.secret}").status_code == 404
    assert ada.get(f"/documents/{made.hidden}").status_code == 404
    document = HTMLParser(ada.get(here).text)
    assert not document.css("main form[method=post]")
    assert not document.css(f'a[href="{here}/rename"], a[href="{here}/see-as"]')
    bytes_of = f"/documents/{made.document}/versions/1/content"
    assert ada.get(bytes_of).content == PDF
    assert ada.get(bytes_of, headers={"range": "bytes=0-3"}).status_code == 206
    stopped = send(ada, "/see-as/stop")
    assert stopped.headers["location"] == f"{here}?done=own-view"
    page = ada.get(stopped.headers["location"]).text
    assert banner(page) == "" and "Vous avez retrouvé votre propre vue" in page
    assert "a regardé ce dossier comme le voit" in ada.get(f"{here}/journal").text


def test_a_person_is_named_by_her_address_and_the_folder_shows_as_she_sees_it(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    path = f"/folders/{made.secret}/see-as"
    page = ada.get(f"{path}?email=cy@reseau.example").text
    assert 'value="cy@reseau.example"' in page
    seen = send(ada, path, subject="", email="cy@reseau.example")
    assert seen.headers["location"] == "/?done=not-seen"
    page = ada.get("/?done=not-seen").text
    assert "Vous voyez les dossiers comme Cy (personne)" in banner(page)
    assert "Réunions" not in own_words(page)
    assert "ne s’ouvre pas dans cette vue" in page.replace("'", "’")


@pytest.mark.parametrize(
    ("subject", "email", "field"),
    [
        ("", "", "subject"),
        ("organisation:999", "", "subject"),
        ("group:1", "", "subject"),
        ("network:0", "", "subject"),
        ("elephant:1", "", "subject"),
        ("", "nobody@reseau.example", "email"),
        ("organisation:1", "bo@reseau.example", "email"),
    ],
)
def test_a_wrong_choice_is_told_beside_its_field_and_nothing_begins(
    made: Network, clients: Clients, subject: str, email: str, field: str
) -> None:
    ada = clients("ada")
    answer = send(ada, f"/folders/{made.shared}/see-as", subject=subject, email=email)
    assert answer.status_code == 422 and f'href="#field-{field}"' in answer.text
    assert banner(ada.get("/").text) == ""


def test_only_one_who_shares_the_folder_looks_as_another(made: Network, clients: Clients) -> None:
    assert clients("bo").get(f"/folders/{made.shared}/see-as").status_code == 403
    assert begin(clients("bo"), made).status_code == 403
    assert clients("cy").get(f"/folders/{made.shared}/see-as").status_code == 404
    assert begin(clients("cy"), made).status_code == 404
    for name in ("bo", "cy"):
        assert banner(clients(name).get("/").text) == ""


def said(door: Door) -> str:
    return f"{door.method} {door.path}"


CHANGING = [door for door in DOORS if door.method not in ("GET", "OPTIONS")]


def test_three_doors_that_change_stay_open() -> None:
    open_still = {said(door) for door in CHANGING if door.while_seeing}
    assert open_still == {"POST /see-as/stop", "POST /signout", "POST /language"}


@pytest.mark.parametrize("door", [one for one in CHANGING if not one.while_seeing], ids=said)
def test_every_other_door_that_changes_is_shut_while_she_looks(
    looked: tuple[Network, Clients], door: Door
) -> None:
    made, clients = looked
    ada = clients("ada")
    token = token_in(ada.get("/").text)
    answers = set()
    for number in (made.shared, 999_999):
        path = re.sub(r"\{\w+:id\}", str(number), door.path)
        path = re.sub(r"\{\w+\}", "x" * 43, path)
        answer = ada.request(door.method, path, data={"form_token": token})
        answers.add((answer.status_code, answer.content))
    ((status, body),) = answers
    assert status == 403
    assert "rien ne peut être changé" in body.decode()
    assert "Vous voyez les dossiers comme Mairie" in banner(ada.get("/").text)


def test_pages_of_her_own_are_not_shown_while_she_looks(looked: tuple[Network, Clients]) -> None:
    _, clients = looked
    ada = clients("ada")
    for path in ("/requests", "/requests/new", "/orphans"):
        assert ada.get(path).status_code == 403, path
    page = HTMLParser(ada.get("/people").text)
    assert not page.css('main form[method="post"]')
    menu = HTMLParser(ada.get("/").text).css_first("details.menu")
    assert menu is not None and "ada" in menu.text()
    assert not menu.css('a[href="/requests"], a[href="/orphans"], form[action="/acting-as"]')


def test_she_may_choose_her_language_and_sign_out_and_a_new_session_is_her_own(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    begin(ada, made)
    assert send(ada, "/language", language="en", next="/").status_code == 303
    assert "You see the folders as Mairie" in banner(ada.get("/").text)
    assert send(ada, "/signout").headers["location"].startswith("/signin")
    form = {"email": "ada@reseau.example", "password": "une phrase assez longue", "next": "/"}
    signed_in = clients("").post("/signin", data=form)
    assert signed_in.status_code == 303
    assert banner(clients("").get("/").text) == ""


def test_another_session_of_hers_stays_her_own(made: Network, clients: Clients) -> None:
    begin(clients("ada"), made)
    token, begun = "b" * 43, sessions.Begun(PersonId(1))

    async def second(ws: Any) -> None:
        await ws.db.write(lambda tx: sessions.add(tx, sessions.hashed(token), begun, ws.clock()))

    within(made, second)
    other = clients("")
    other.headers["cookie"] = f"session={token}"
    assert banner(other.get("/").text) == "" and "Secret" in other.get("/").text


def test_the_menu_offers_only_the_places_of_today(made: Network, clients: Clients) -> None:
    def choices() -> list[str]:
        page = HTMLParser(clients("bo").get("/").text)
        return [one.text() for one in page.css("#acting-as option")]

    async def place(ws: Any, ends: str | None) -> tuple[Membership, ...]:
        async def unit(tx: Any) -> None:
            await tx.run("DELETE FROM memberships WHERE organisation_id = 2 AND person_id = 2")
            await tx.run(
                "INSERT INTO memberships (person_id, organisation_id, ends_on)"
                " VALUES (2, 2, :ends)",
                ends=ends,
            )

        await ws.db.write(unit)
        return (await people.session(ws, made.tokens["bo"])).person.memberships

    assert choices() == []
    assert len(within(made, lambda ws: place(ws, None))) == 2
    assert choices() == ["Toutes mes structures", "Mairie", "Hôpital"]
    assert len(within(made, lambda ws: place(ws, "2020-01-01"))) == 2
    assert choices() == []
    assert "Hôpital" not in clients("bo").get("/").text
