"""The directory, the sheets of people and their places, through the real application."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

from starlette.testclient import TestClient

from atelier.database.engine import Transaction
from atelier.workspace import deposits, memberships, people
from atelier.workspace.memberships import Terms
from atelier.workspace.place import Workspace, today
from tests.web.network import Clients, Network, send, token_in, within

ADA, BO, CY = "/people/1", "/people/2", "/people/3"
FAR = "2100-01-01"


def confirm(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to the confirmation, after the page that announces."""
    page = send(client, path, **fields)
    assert page.status_code == 200, said(page.text)
    mark = re.search(r'name="announced" value="([^"]+)"', page.text)
    assert mark, said(page.text)
    return send(client, path, announced=mark[1], **fields)


def said(page: str) -> str:
    """The words of a page, as they are read."""
    words = html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))
    plain = words.replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(plain.replace("’", "'").split())


def represents(made: Network, person: int = 2) -> None:
    """The steward makes somebody represent her one organisation."""

    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        found = (await people.look(ws, ada, person)).person  # type: ignore[arg-type]
        terms = Terms(is_representative=True)
        await memberships.change(ws, ada, found.id, found.memberships[0].id, terms)

    within(made, act)


def test_a_person_is_announced_added_and_her_link_shown_once(clients: Clients) -> None:
    ada = clients("ada")
    fields = {"email": "di@reseau.example", "person_name": "Di", "organisation": "Mairie"}
    told = send(ada, "/people", **fields)
    assert told.status_code == 200 and "1 document" in said(told.text)
    assert "Di" not in said(ada.get("/people").text)
    page = confirm(ada, "/people", **fields)
    assert page.status_code == 200 and "no-store" in page.headers["cache-control"]
    link = page.text.partition('value="http://localhost:8000/welcome/')[2].partition('"')[0]
    assert "Di" in clients("").get(f"/welcome/{link}").text
    assert "Di" in said(clients("bo").get("/people").text)
    again = send(clients("ada"), "/people", **fields)
    assert again.status_code == 409 and "déjà rattachée" in again.text
    wrong = send(clients("ada"), "/people", email="di", person_name="Di")
    assert wrong.status_code == 422 and 'href="#field-email"' in wrong.text
    nameless = send(clients("ada"), "/people", email="ed@reseau.example", person_name="")
    assert nameless.status_code == 422 and 'href="#field-person_name"' in nameless.text


def test_who_has_a_password_gets_a_further_place_and_no_link(clients: Clients) -> None:
    ada = clients("ada")
    fields = {"email": "cy@reseau.example", "person_name": "Cy", "organisation": "Mairie"}
    done = confirm(ada, "/people", **fields)
    assert done.headers["location"] == f"{CY}?done=person-added"
    assert "compte rendu.pdf" in clients("cy").get("/").text


def test_a_guest_who_is_brought_in_starts_afresh_and_the_page_says_so(
    made: Network, clients: Clients
) -> None:
    ada, void = clients("ada"), "son ancien mot de passe ne vaut plus"
    yesterday = within(made, _today) - timedelta(days=1)
    confirm(ada, f"{CY}/memberships/2/end", last_day=yesterday.isoformat())
    fields = {"email": "cy@reseau.example", "person_name": "Cy", "organisation": "Mairie"}
    told = send(ada, "/people", **fields)
    assert "1 document" in said(told.text) and void not in said(told.text)
    assert clients("cy").get("/").status_code == 200  # what is announced is not done
    page = confirm(clients("ada"), "/people", **fields)
    assert void in said(page.text)
    assert clients("cy").get("/", follow_redirects=False).status_code == 303
    link = page.text.partition('value="http://localhost:8000/welcome/')[2].partition('"')[0]
    assert "Cy" in clients("").get(f"/welcome/{link}").text
    assert void not in said(send(clients("ada"), f"{CY}/link").text)


def test_a_representative_sees_the_forms_of_her_organisation_and_no_other(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    before = bo.get("/people").text
    assert "Ajouter une personne" not in before
    represents(made)
    page = bo.get("/people").text
    options = re.findall(r'<option value="([^"]*)"', page.partition('name="organisation"')[2])
    assert options[0] == "Mairie" and "Hôpital" not in options and "" not in options
    assert "Ajouter une structure" not in page and "/journal" not in page
    fields = {"email": "di@reseau.example", "person_name": "Di"}
    link = confirm(bo, "/people", **fields, organisation="Mairie", function="Agent")
    assert "/welcome/" in link.text
    assert send(bo, "/people", **fields, organisation="Hôpital").status_code == 404
    assert send(bo, "/people", **fields).status_code == 403
    guest = {"email": "ed@reseau.example", "person_name": "Ed", "organisation": "Mairie"}
    assert send(clients("cy"), "/people", **guest).status_code == 404


def test_a_representative_manages_the_places_of_her_people_only(
    made: Network, clients: Clients
) -> None:
    represents(made)
    bo = clients("bo")
    confirm(bo, "/people", email="di@reseau.example", person_name="Di", organisation="Mairie")
    sheet = bo.get("/people/4").text
    assert "Nouveau lien de connexion" in sheet and "Désactiver le compte" not in sheet
    assert "/people/4/memberships/3" in sheet
    done = confirm(bo, "/people/4/memberships/3", function="Secrétaire")
    assert done.headers["location"] == "/people/4?done=membership-changed"
    assert "Secrétaire" in bo.get("/people/4").text
    assert "/welcome/" in send(bo, "/people/4/link").text
    flagged = send(bo, "/people/4/memberships/3", function="x", representative="yes")
    assert flagged.status_code == 403
    for path in (f"{CY}/memberships/2", f"{CY}/memberships/999", "/people/999/memberships/2"):
        assert bo.get(path).status_code == 404
        assert send(bo, path, function="x").status_code == 404
        assert send(bo, f"{path}/end", last_day=FAR).status_code == 404
    for act in ("link", "disable", "enable", "steward", "top-folders"):
        refused = send(bo, f"{CY}/{act}")
        assert refused.status_code == (404 if act == "link" else 403), act
    assert clients("cy").get("/").status_code == 200


def test_hidden_and_missing_places_answer_with_the_same_bytes(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    token = token_in(bo.get("/").text)
    for end in ("", "/end"):
        answers = {
            bo.post(
                f"{path}{end}", data={"form_token": token} | ({"last_day": FAR} if end else {})
            ).content
            for path in (f"{CY}/memberships/2", f"{CY}/memberships/999", f"{BO}/memberships/1")
        }
        assert len(answers) == 1


def test_a_place_is_added_changed_and_ended_once_confirmed(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    form = ada.get(f"{CY}/memberships").text
    assert ">Mairie</option>" in form and ">Hôpital</option>" not in form
    asked = {"organisation": "1", "function": "Relais"}
    told = send(ada, f"{CY}/memberships", **asked)
    assert "Cy" in said(told.text) and "1 document" in said(told.text)
    assert "compte rendu.pdf" not in clients("cy").get("/").text
    done = confirm(clients("ada"), f"{CY}/memberships", **asked)
    assert done.headers["location"] == f"{CY}?done=membership-added"
    assert "compte rendu.pdf" in clients("cy").get("/").text
    ada = clients("ada")
    place = f"{CY}/memberships/3"
    confirm(ada, place, function="Relais", ends_on=FAR, representative="yes")
    sheet = said(ada.get(CY).text)
    assert "référent" in sheet and "1er janvier 2100" in sheet
    yesterday = within(made, _today) - timedelta(days=1)
    lost = send(ada, f"{place}/end", last_day=yesterday.isoformat())
    assert "perd « Contribution »" in said(lost.text)
    confirm(ada, f"{place}/end", last_day=yesterday.isoformat())
    assert "Anciens rattachements" in said(ada.get(CY).text)
    assert "compte rendu.pdf" not in clients("cy").get("/").text


def test_days_that_make_no_sense_come_back_beside_their_field(clients: Clients) -> None:
    ada, place = clients("ada"), f"{BO}/memberships/1"
    past = send(ada, place, ends_on="2020-01-01")
    assert past.status_code == 422 and 'href="#field-ends_on"' in past.text
    assert "déjà passée" in past.text and 'value="2020-01-01"' in past.text
    turned = send(ada, place, starts_on="2100-01-02", ends_on=FAR)
    assert turned.status_code == 422 and "précède le début" in turned.text
    for typed, words in (("", "à remplir"), ("bientôt", "pas correcte"), ("2020-01-01", "passée")):
        refused = send(ada, f"{place}/end", last_day=typed)
        assert refused.status_code == 422 and 'href="#field-last_day"' in refused.text
        assert words in said(refused.text)
    nowhere = send(ada, f"{BO}/memberships", organisation="")
    assert nowhere.status_code == 422 and 'href="#field-organisation"' in nowhere.text
    twice = send(ada, f"{BO}/memberships", organisation="1")
    assert twice.status_code == 409 and "déjà rattachée" in twice.text
    last = send(ada, place, ends_on="9999-12-31")
    assert last.status_code == 200 and "announced" in last.text


def test_a_member_is_offered_nothing_and_refused_alike(clients: Clients) -> None:
    cy = clients("cy")
    sheet = cy.get(BO)
    assert sheet.status_code == 200 and "bo@reseau.example" in sheet.text
    assert "<form" not in sheet.text.partition("<main")[2].partition("</main>")[0]
    assert cy.get(f"{BO}/memberships").status_code == 403
    assert cy.get(f"{BO}/memberships/1").status_code == 404
    assert cy.get("/journal").status_code == 403
    assert cy.get("/people/999").status_code == 404
    assert send(cy, f"{BO}/memberships", organisation="1").status_code == 403
    assert send(cy, f"{BO}/link").status_code == 404


def test_a_closed_account_is_out_at_its_next_request_and_back_when_it_is_opened(
    clients: Clients,
) -> None:
    told = send(clients("ada"), f"{BO}/disable")
    assert "perd « Contribution »" in said(told.text)
    assert clients("bo").get("/").status_code == 200
    done = confirm(clients("ada"), f"{BO}/disable")
    assert done.headers["location"] == f"{BO}?done=person-disabled"
    assert clients("bo").get("/").status_code == 303
    assert "compte inactif" in said(clients("cy").get(BO).text)
    assert "Bo" not in said(clients("cy").get("/people").text)
    ada = clients("ada")
    assert "compte inactif" in said(ada.get("/people").text)
    assert send(ada, f"{BO}/disable").status_code == 409
    done = confirm(ada, f"{BO}/enable")
    assert done.headers["location"] == f"{BO}?done=person-enabled"
    assert clients("bo").get("/").status_code == 303  # she signs in again
    fields = {"email": "bo@reseau.example", "password": "une phrase assez longue"}
    signed = clients("").post("/signin", data=fields | {"next": "/"})
    assert signed.status_code == 303


def test_the_last_steward_is_told_what_to_do_first(clients: Clients) -> None:
    ada = clients("ada")
    for refused in (send(ada, f"{ADA}/disable"), send(ada, f"{ADA}/steward", steward="no")):
        assert refused.status_code == 409 and "Il faut un administrateur" in refused.text
    assert send(ada, f"{BO}/steward", steward="yes").status_code == 303
    assert "administration" in said(ada.get(BO).text)
    assert send(ada, f"{ADA}/steward", steward="no").status_code == 303
    assert clients("ada").get("/").status_code == 303


def test_top_folders_are_allowed_and_no_longer(clients: Clients) -> None:
    assert "Nouveau dossier" not in clients("bo").get("/").text
    assert send(clients("ada"), f"{BO}/top-folders", allowed="yes").status_code == 303
    assert "Nouveau dossier" in clients("bo").get("/").text
    assert send(clients("ada"), f"{BO}/top-folders", allowed="no").status_code == 303
    assert "Nouveau dossier" not in clients("bo").get("/").text


def test_the_directory_leads_to_its_sheets_and_filters_in_pages(
    made: Network, clients: Clients
) -> None:
    async def many(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                " INSERT INTO people (email, email_key, name, sort_key, created_at)"
                " SELECT 'p' || i, 'p' || i, 'P' || i, 'p' || i, 0 FROM n"
            )

        await ws.db.write(unit)

    within(made, many)
    cy = clients("cy")
    first = cy.get("/people").text
    assert f'href="{BO}"' in first and 'href="/organisations/1"' in first
    assert "303 personnes" in said(first) and "Page 1 sur 2" in said(first)
    second = cy.get("/people?page=2").text
    assert f'href="{BO}"' not in second and "P99" in said(second)
    found = cy.get("/people?filter=hopital").text
    assert f'href="{CY}"' in found and f'href="{BO}"' not in found
    none = cy.get("/people?filter=%3Cb%3E")
    assert "Personne ne répond à « <b> »" in said(none.text)
    assert cy.get("/people?page=0").status_code == 422


def test_guests_are_marked_on_sheets_in_lists_in_histories_and_in_journals(
    made: Network, clients: Clients
) -> None:
    async def depositing(ws: Workspace) -> None:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        incoming = await deposits.begin(ws, bo, made.shared, "note.txt")
        await incoming.write(b"Bonjour.")
        await deposits.finish(ws, bo, incoming)

    within(made, depositing)
    mark = "personne invitée"
    page = clients("ada").get(f"/documents/{made.document}").text  # Ada has no place
    assert said(page).count(mark) == 2
    ada = clients("ada")
    assert mark in said(ada.get(ADA).text) and mark not in said(ada.get(BO).text)
    listed = ada.get(f"/folders/{made.shared}").text
    assert mark in said("<main" + _row(listed, "compte rendu.pdf"))
    assert mark not in said("<main" + _row(listed, "note.txt"))
    journal = ada.get(f"/folders/{made.shared}/journal").text
    lines = {mark in said("<main" + line) for line in journal.split("<li>") if "a déposé" in line}
    assert lines == {True, False}
    assert mark not in said(ada.get("/journal").text)  # she acts as a steward there


def test_the_journal_of_the_network_tells_what_stewards_and_representatives_did(
    made: Network, clients: Clients
) -> None:
    represents(made)
    confirm(clients("bo"), "/people", email="di@reseau.example", person_name="Di",
            organisation="Mairie")  # fmt: skip
    told = said(clients("ada").get("/journal").text)
    assert "a rattaché Di à la structure Mairie" in told
    assert "a donné à Bo le rôle de référent de la structure Mairie" in told
    assert "a obtenu un lien de connexion pour Di" in told
    assert clients("bo").get("/journal").status_code == 403


def test_the_menu_offers_the_hats_of_today_only(made: Network, clients: Clients) -> None:
    confirm(clients("ada"), f"{BO}/memberships", organisation="2")
    menu = clients("bo").get("/").text
    assert ">Mairie</option>" in menu and ">Hôpital</option>" in menu
    yesterday = within(made, _today) - timedelta(days=1)
    confirm(clients("ada"), f"{BO}/memberships/3/end", last_day=yesterday.isoformat())
    assert "</option>" not in clients("bo").get("/").text


async def _today(ws: Workspace) -> date:
    return today(ws)


def _row(page: str, name: str) -> str:
    return next(row for row in page.split("<tr") if f">{name}<" in row)
