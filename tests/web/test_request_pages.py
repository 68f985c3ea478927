"""Requests for access, through the real application."""

from __future__ import annotations

import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.workspace.requests import MAX_WAITING
from tests.web.network import URL, Clients, Network, send


def ask(client: TestClient, number: int, about: str = "folder", **more: str) -> Any:
    """Ask for a folder or a document."""
    fields = {"about": about, "number": str(number), "role": "reader", "message": ""} | more
    return send(client, "/requests", **fields)


def first_request(client: TestClient) -> str:
    """The address under which the first request on the page is answered."""
    found = re.search(r'action="(/requests/\d+)/grant"', client.get("/requests").text)
    assert found is not None
    return found[1]


def confirmed(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to a form that announces first, once confirmed."""
    page = HTMLParser(send(client, path, **fields).text)
    form = page.css_first(f'form[action="{path}"]')
    assert form is not None, page.html
    values = {
        one.attributes["name"] or "": one.attributes.get("value") or ""
        for one in form.css("input[type=hidden]")
    }
    return client.post(path, data=values)


@pytest.mark.parametrize("about", ["folder", "document"])
def test_asking_for_what_is_hidden_answers_like_asking_for_what_never_was(
    made: Network, clients: Clients, about: str
) -> None:
    hidden = made.secret if about == "folder" else made.hidden
    answers, pages = [], []
    for number in (hidden, 999_999):
        cy = clients("cy")
        answer = ask(cy, number, about, message="Pour la séance")
        answers.append((answer.status_code, answer.headers["location"], answer.content))
        page = cy.get(answer.headers["location"]).text
        assert "ont reçu votre demande" in page and "Secret" not in page
        pages.append(re.sub(rf"n° {number}\b", "n° N", page))
        withdraw = re.search(r'"(/requests/\d+/withdraw)"', page)
        assert withdraw is not None
        assert send(cy, withdraw[1]).headers["location"] == "/requests?done=request-withdrawn"
    assert answers[0] == answers[1]
    shown = [re.sub(r"/requests/\d+/|<span class=\"unseen\">.*?</span>|<time.*?</time>", "", page)
             for page in pages]  # fmt: skip
    assert shown[0] == shown[1]


def test_the_page_that_is_not_found_leads_to_asking_and_tells_nothing(
    made: Network, clients: Clients
) -> None:
    cy = clients("cy")
    pages = {
        cy.get(path).content
        for path in (f"/folders/{made.secret}", f"/documents/{made.hidden}", "/folders/999999")
    }
    assert len(pages) == 1 and b'href="/requests/new"' in pages.pop()
    assert b'href="/requests/new"' not in clients("").get("/welcome/" + "a" * 43).content
    for path, about, number in (
        (f"{URL}/folders/{made.secret}", "folder", made.secret),
        (f"{URL}/folders/{made.secret}/access?x=1", "folder", made.secret),
        (f"{URL}/documents/77/versions/1/content?inline", "document", 77),
        (f"{URL}/people", "folder", ""),
        (f"{URL}/folders/{'9' * 19}", "folder", ""),
        ("https://ailleurs.example/folders/12", "folder", ""),
        ("/folders/12", "folder", ""),
        ("", "folder", ""),
    ):
        page = HTMLParser(clients("cy").get("/requests/new", headers={"referer": path}).text)
        field = page.css_first("#field-number")
        assert field is not None and field.attributes["value"] == str(number), path
        chosen = page.css_first("input[name=about][checked]")
        assert chosen is not None and chosen.attributes["value"] == about, path


def test_a_reader_asks_to_contribute_from_the_folder(made: Network, clients: Clients) -> None:
    send_access = {"subject": "organisation:2", "email": "", "role": "reader", "until": ""}
    confirmed(clients("ada"), f"/folders/{made.shared}/access", **send_access)
    page = HTMLParser(clients("cy").get(f"/folders/{made.shared}").text)
    link = page.css_first('a[href^="/requests/new"]')
    assert link is not None
    form = HTMLParser(clients("cy").get(link.attributes["href"] or "").text)
    chosen = [one.attributes["value"] for one in form.css("input[checked][type=radio]")]
    assert chosen == ["folder", "contributor"]
    assert "/requests/new" not in clients("bo").get(f"/folders/{made.shared}").text


def test_a_coordinator_is_told_on_her_home_page_and_grants_what_she_announced(
    made: Network, clients: Clients
) -> None:
    ask(clients("cy"), made.shared, message="Pour <b>lire</b>")
    assert "demande d’accès à traiter" in clients("ada").get("/").text.replace("'", "’").replace(
        "&#39;", "’"
    )
    assert '/requests"><' not in clients("bo").get("/").text
    page = clients("ada").get("/requests").text
    assert "cy@reseau.example" in page and "Hôpital" in page and "&lt;b&gt;" in page
    path = f"{first_request(clients('ada'))}/grant"
    announced = send(clients("ada"), path, role="reader", until="")
    assert announced.status_code == 200 and "Cy" in announced.text
    assert clients("cy").get(f"/folders/{made.shared}").status_code == 404
    done = confirmed(clients("ada"), path, role="reader", until="")
    assert done.headers["location"] == "/requests?done=granted"
    assert clients("cy").get(f"/folders/{made.shared}").status_code == 200
    assert "accordée" in clients("cy").get("/requests").text
    assert "à traiter</a>" not in clients("ada").get("/").text
    assert send(clients("ada"), path, role="reader", until="").status_code == 404


def test_an_access_until_the_last_day_there_is_can_be_announced_and_given(
    made: Network, clients: Clients
) -> None:
    ask(clients("cy"), made.shared)
    path = f"{first_request(clients('ada'))}/grant"
    told = send(clients("ada"), path, role="reader", until="9999-12-31")
    assert told.status_code == 200 and "Cy" in told.text
    given = confirmed(clients("ada"), path, role="reader", until="9999-12-31")
    assert given.headers["location"] == "/requests?done=granted"
    assert clients("cy").get(f"/folders/{made.shared}").status_code == 200


def test_a_refusal_is_read_by_the_one_who_asked(made: Network, clients: Clients) -> None:
    ask(clients("cy"), made.hidden, "document")
    ada = clients("ada")
    assert "compte rendu.pdf" in ada.get("/requests").text
    path = f"{first_request(ada)}/refuse"
    done = send(ada, path, answer="Demandez à Bo.")
    assert done.headers["location"] == "/requests?done=request-refused"
    page = clients("cy").get("/requests").text
    assert "refusée" in page and "Demandez à Bo." in page and "compte rendu" not in page
    journal = clients("ada").get(f"/folders/{made.secret}/journal").text
    assert "a refusé l" in journal and "Cy" in journal


def test_a_request_about_what_one_does_not_share_is_like_none(
    made: Network, clients: Clients
) -> None:
    ask(clients("cy"), made.shared)
    one = first_request(clients("ada"))
    for act, fields in (("grant", {"role": "reader", "until": ""}), ("refuse", {"answer": ""})):
        bo = clients("bo")
        theirs = send(bo, f"{one}/{act}", **fields)
        missing = send(bo, f"/requests/999999/{act}", **fields)
        assert theirs.status_code == missing.status_code == 404
        assert theirs.content == missing.content
    assert send(clients("bo"), f"{one}/withdraw").status_code == 404
    assert clients("cy").get("/requests").text.count("en attente") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("about", "network"),
        ("number", "douze"),
        ("number", "-1"),
        ("number", ""),
        ("number", "9" * 30),
        ("role", "coordinator"),
        ("role", ""),
        ("message", "x" * 501),
    ],
)
def test_a_wrong_request_is_told_beside_its_field(
    made: Network, clients: Clients, field: str, value: str
) -> None:
    fields = {"about": "folder", "number": "1", "role": "reader", "message": ""} | {field: value}
    answer = send(clients("cy"), "/requests", **fields)
    assert answer.status_code == 422 and f'href="#field-{field}"' in answer.text
    assert "en attente" not in clients("cy").get("/requests").text


@pytest.mark.parametrize(
    ("act", "field", "value"),
    [
        ("grant", "until", "2020-01-01"),
        ("grant", "until", "demain"),
        ("grant", "role", "coordinator"),
        ("grant", "role", "owner"),
        ("refuse", "answer", "x" * 501),
    ],
)
def test_a_wrong_answer_is_told_beside_the_field_of_its_request(
    made: Network, clients: Clients, act: str, field: str, value: str
) -> None:
    ask(clients("cy"), made.secret)
    ask(clients("cy"), made.shared)
    ada = clients("ada")
    fields = {"role": "reader", "until": ""} if act == "grant" else {"answer": ""}
    answer = send(ada, f"{first_request(ada)}/{act}", **fields | {field: value})
    assert answer.status_code == 422
    page = HTMLParser(answer.text)
    fault = page.css_first(f"#field-{field}-fault")
    assert fault is not None and len(page.css("[aria-invalid=true]")) == 1
    ids = [one.attributes["id"] for one in page.css("[id]")]
    assert len(ids) == len(set(ids))
    assert "accordée" not in clients("cy").get("/requests").text


def test_what_she_has_already_is_not_narrowed(made: Network, clients: Clients) -> None:
    path = f"/folders/{made.shared}/access"
    given = {"subject": "", "email": "cy@reseau.example", "role": "contributor", "until": ""}
    confirmed(clients("ada"), path, **given)
    ask(clients("cy"), made.shared)
    ada = clients("ada")
    answer = send(ada, f"{first_request(ada)}/grant", role="reader", until="")
    assert answer.status_code == 409 and "un accès plus étendu" in answer.text


def test_too_many_waiting_requests_are_told_with_what_to_do(clients: Clients) -> None:
    cy = clients("cy")
    for number in range(1, MAX_WAITING + 1):
        assert ask(cy, number).status_code == 303
    refused = ask(cy, 999)
    assert refused.status_code == 429 and "retry-after" in refused.headers
    assert str(MAX_WAITING) in refused.text and "retirez une demande" in refused.text
