"""The pages of the glossary through the real application: reading, writing, lists, refusals."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.workspace import people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within

CLS = {"term": "CLS", "meanings": "contrat local de santé\ncontrat santé"}


def plain(page: str) -> str:
    """The page with ordinary spaces, and journal names without their marks."""
    return re.sub("[\u00a0\u202f]", " ", re.sub("</?(?:bdi|strong)>", "", page))


def expected(client: TestClient, path: str) -> str:
    """The state that the page of a term shows."""
    found = re.search(r'name="expected" value="([0-9a-f]{32})"', client.get(path).text)
    assert found
    return found[1]


def first_term(client: TestClient) -> str:
    """The address of the first term that one may change."""
    found = re.search(r'href="(/glossary/\d+)"', client.get("/glossary").text)
    assert found
    return found[1]


def let_coordinate(made: Network, name: str) -> None:
    """Give somebody the coordination of the shared folder."""

    async def give(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        number = (await people.session(ws, made.tokens[name])).actor.person_id
        subject = Subject(SubjectKind.PERSON, number)
        await sharing.grant(ws, ada, made.shared, subject, Role.COORDINATOR)

    within(made, give)


def test_everybody_reads_it_and_who_coordinates_writes_it(made: Network, clients: Clients) -> None:
    assert clients("").get("/glossary").status_code == 303
    assert "Les personnes qui coordonnent" in clients("cy").get("/glossary").text
    let_coordinate(made, "bo")
    told = send(clients("bo"), "/glossary", **CLS)
    assert (told.status_code, told.headers["location"]) == (303, "/glossary?done=term-added")
    bo = clients("bo").get("/glossary").text
    assert "contrat local de santé" in bo and "1 terme" in bo
    term = first_term(clients("bo"))
    cy = clients("cy").get("/glossary").text
    assert "contrat local de santé" in cy
    assert "Ajouter un terme" not in cy and term not in cy
    for path in (term, f"{term}/remove"):
        assert clients("cy").get(path).status_code == 403
        assert clients("bo").get(path).status_code == 200
        assert clients("bo").get(path.replace(term, "/glossary/999999")).status_code == 404
    state = expected(clients("bo"), term)
    for path, fields in (
        ("/glossary", {"term": "X", "meanings": "mot"}),
        ("/glossary/import", {"list": "X = mot"}),
        (term, {"term": "X", "meanings": "mot", "expected": state}),
        (f"{term}/remove", {"expected": state}),
    ):
        refused = send(clients("cy"), path, **fields)
        assert refused.status_code == 403 and "coordonnent un dossier" in refused.text
    assert expected(clients("bo"), term) == state


def test_a_term_is_changed_and_removed_as_it_was_shown(clients: Clients) -> None:
    ada = clients("ada")
    send(ada, "/glossary", **CLS)
    term = first_term(ada)
    seen = expected(ada, term)
    done = send(ada, term, term="C.L.S.", meanings="contrat", expected=seen)
    assert done.headers["location"] == "/glossary?done=term-changed"
    late = send(ada, term, term="CLSM", meanings="santé mentale", expected=seen)
    assert late.status_code == 409 and "Entre-temps" in late.text
    assert 'value="CLSM"' in late.text and "C.L.S. = contrat" in late.text
    assert expected(ada, f"{term}/remove") in late.text
    late = send(ada, f"{term}/remove", expected=seen)
    assert late.status_code == 409 and "C.L.S." in ada.get("/glossary").text
    asked = ada.get(f"{term}/remove").text
    assert "Retirer un terme du glossaire" in asked and "contrat" in asked
    done = send(ada, f"{term}/remove", expected=expected(ada, f"{term}/remove"))
    assert done.headers["location"] == "/glossary?done=term-removed"
    assert ada.get(term).status_code == 404
    assert send(ada, f"{term}/remove", expected=seen).status_code == 404
    journal = plain(ada.get("/journal").text)
    for words in ("a ajouté « ", "a changé « ", "a retiré « "):
        assert words in journal


def test_what_cannot_be_stays_in_the_form(clients: Clients) -> None:
    ada = clients("ada")
    send(ada, "/glossary", **CLS)
    for fields, field, sentence in (
        ({"term": "!", "meanings": "mot"}, "term", "Écrivez au moins une lettre"),
        ({"term": "X", "meanings": " "}, "meanings", "Écrivez au moins un sens"),
        ({"term": "X", "meanings": "y" * 201}, "meanings", "200 caractères"),
        ({"term": "c.l.s", "meanings": "mot"}, "term", "déjà au glossaire"),
    ):
        for path, more in (("/glossary", {}), (first_term(ada), {"expected": ""})):
            if path != "/glossary" and "déjà" in sentence:
                continue
            answer = send(ada, path, **fields, **more)
            assert answer.status_code == (409 if "déjà" in sentence else 422), answer.text
            assert f'id="field-{field}-fault">{sentence}' in answer.text or sentence in answer.text
            assert f'value="{fields["term"]}"' in answer.text


def test_a_pasted_list_is_told_line_by_line_and_keeps_what_was_refused(clients: Clients) -> None:
    ada = clients("ada")
    send(ada, "/glossary", **CLS)
    text = "CPTS = communauté professionnelle\r\nsans <b>signe\r\nCLS = contrat santé ; pacte"
    told = send(ada, "/glossary/import", list=text)
    assert told.status_code == 200
    assert "Ajoutés : 1. Complétés : 1. Déjà là : 0. Refusés : 1." in plain(told.text)
    assert "Ligne 2" in plain(told.text) and "terme = sens" in plain(told.text)
    kept = re.search(r"<textarea[^>]*name=\"list\"[^>]*>(.*?)</textarea>", told.text, re.DOTALL)
    assert kept and kept[1] == "sans &lt;b&gt;signe"
    assert "pacte" in ada.get("/glossary").text
    empty = send(ada, "/glossary/import", list=" ")
    assert empty.status_code == 422 and "Ce champ est à remplir" in empty.text


def test_the_list_is_filtered_and_paged(clients: Clients) -> None:
    ada = clients("ada")
    lines = "\n".join(f"T{n:03} = sens {n}" for n in range(150))
    assert "Ajoutés : 150." in plain(send(ada, "/glossary/import", list=lines).text)
    first = ada.get("/glossary").text
    assert "150 termes" in first and "T099" in first and "T100" not in first
    assert 'href="/glossary?page=2"' in first
    assert "T149" in ada.get("/glossary?page=2").text
    found = ada.get("/glossary?filter=SENS+14").text
    assert "11 termes" in found and "T014" in found and "T100" not in found
    assert "Aucun terme ne répond" in ada.get("/glossary?filter=zzzz").text
    for page in ("0", "-1", "x", "9" * 30):
        assert ada.get(f"/glossary?page={page}").status_code == 422
    assert "T149" in ada.get("/glossary?page=999").text


def test_the_menu_leads_to_it(clients: Clients) -> None:
    assert 'href="/glossary"' in clients("cy").get("/").text
