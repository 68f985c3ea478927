"""Leaving, departures, erasure and idle accounts, through the real application."""

from __future__ import annotations

from datetime import date, timedelta

from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GroupId
from atelier.web.language import Voice
from atelier.workspace import folders, groups, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, own_words, send, within
from tests.web.test_people_pages import BO, CY, confirm, represents, said


def coordinates(made: Network, name: str, person: int) -> FolderId:
    """A folder of Ada's that this person coordinates in her own name, alone."""

    async def act(ws: Workspace) -> FolderId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        folder = await folders.make(ws, ada, None, name)
        hers = Subject(SubjectKind.PERSON, person)
        await sharing.grant(ws, ada, folder, hers, Role.COORDINATOR)
        grants = (await sharing.look(ws, ada, folder)).grants
        own = next(one for one in grants if one.subject.id == ada.person_id)
        await sharing.withdraw(ws, ada, folder, own.id)
        return folder

    return within(made, act)


def test_she_leaves_her_organisation_from_her_own_sheet(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    link = HTMLParser(bo.get(BO).text).css_first("a[href^='/account/leave/']")
    assert link is not None
    here = link.attributes["href"] or ""
    assert "/account/leave/" not in clients("ada").get(BO).text
    page = clients("bo").get(here)
    assert "Réunions" in said(page.text)
    for name in ("ada", "cy"):
        assert clients(name).get(here).status_code == 404
        assert send(clients(name), here, last_day="2100-01-01").status_code == 404
    refused = send(clients("bo"), here, last_day="2020-01-01")
    assert refused.status_code == 422 and 'value="2020-01-01"' in refused.text
    assert send(clients("bo"), here, last_day="").status_code == 422
    day = HTMLParser(page.text).css_first("[name=last_day]").attributes["value"] or ""
    first, later = (date.fromisoformat(day) + timedelta(days=plus) for plus in (30, 31))
    send(clients("bo"), here, last_day=first.isoformat())
    longer = send(clients("bo"), here, last_day=later.isoformat())
    assert longer.status_code == 422
    assert f"finit déjà le {Voice('fr', 'Europe/Paris').day(first)}" in said(longer.text)
    answer = send(clients("bo"), here, last_day=day)
    assert answer.headers["location"] == f"{BO}?done=organisation-quitted"


def test_a_steward_prepares_a_departure_and_confirms_it(made: Network, clients: Clients) -> None:
    folder = coordinates(made, "Maraudes", 2)
    ada = clients("ada")
    assert "Préparer son départ" in said(ada.get(BO).text)
    page = ada.get(f"{BO}/departure")
    assert f"Dossier n° {folder}" in said(page.text) and "Maraudes" not in said(page.text)
    assert f'name="to-{folder}"' in page.text and "vous le confiez sans le lire" in said(page.text)
    wrong = send(clients("ada"), f"{BO}/departure", **{f"to-{folder}": "x@y.example"})
    assert wrong.status_code == 422 and "Personne n'a cette adresse" in said(wrong.text)
    told = send(clients("ada"), f"{BO}/departure", **{f"to-{folder}": "cy@reseau.example"})
    assert told.status_code == 200 and "Désactiver le compte de Bo" in said(told.text)
    assert "Maraudes" not in own_words(clients("cy").get("/").text)
    done = confirm(clients("ada"), f"{BO}/departure", **{f"to-{folder}": "cy@reseau.example"})
    assert done.headers["location"] == f"{BO}?done=departed"
    assert clients("bo").get("/").status_code == 303
    assert clients("cy").get(f"/folders/{folder}/access").status_code == 200
    assert "a confié à Cy la coordination de Bo" in said(
        clients("cy").get(f"/folders/{folder}/journal").text
    )
    assert clients("ada").get(f"{BO}/departure").status_code == 409


def test_others_hand_over_their_own_alone(made: Network, clients: Clients) -> None:
    folder = coordinates(made, "Maraudes", 2)
    assert clients("cy").get(f"{BO}/departure").status_code == 404
    assert send(clients("cy"), f"{BO}/departure").status_code == 404
    assert "Confier ma coordination" in said(clients("bo").get(BO).text)
    done = confirm(clients("bo"), f"{BO}/departure", **{f"to-{folder}": "cy@reseau.example"})
    assert done.headers["location"] == f"{BO}?done=handed-over"
    assert clients("bo").get(f"/folders/{folder}").status_code == 404
    represents(made)
    assert clients("bo").get(f"{CY}/departure").status_code == 404


def test_a_group_is_handed_to_a_member_on_the_same_page(made: Network, clients: Clients) -> None:
    async def lead(ws: Workspace) -> GroupId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        members = ["bo@reseau.example", "cy@reseau.example"]
        group = await groups.add_group(ws, ada, "Chutes", members)
        (seat,) = [one for one in group.members if one.person == "Bo"]
        await groups.appoint(ws, ada, group.id, seat.membership_id, coordinates=True)
        return group.id

    name = f"group-{within(made, lead)}"
    page = clients("bo").get(f"{BO}/departure").text
    assert "Groupes à confier" in said(page) and f'name="{name}"' in page
    odd = send(clients("bo"), f"{BO}/departure", **{name: "ada@reseau.example"})
    assert odd.status_code == 422 and f'href="#field-{name}"' in odd.text
    assert "n'est pas membre du groupe « Chutes »" in said(odd.text)
    done = confirm(clients("bo"), f"{BO}/departure", **{name: "cy@reseau.example"})
    assert done.headers["location"] == f"{BO}?done=handed-over"
    assert "Groupes à confier" not in said(clients("bo").get(f"{BO}/departure").text)
    assert "Groupes à confier" in said(clients("cy").get(f"{CY}/departure").text)


def test_a_disabled_account_is_erased_after_a_page_that_says_what_stays(clients: Clients) -> None:
    assert "désactivez-le d'abord" in said(clients("ada").get(f"{BO}/erase").text)
    early = send(clients("ada"), f"{BO}/erase")
    assert early.status_code == 409 and "désactivez-le d'abord" in said(early.text)
    confirm(clients("ada"), f"{BO}/disable")
    assert "Effacer le compte" in said(clients("ada").get(BO).text)
    for name in ("cy", "ada"):
        seen = clients(name).get(f"{BO}/erase")
        assert seen.status_code == (403 if name == "cy" else 200)
    assert "Ce qui reste, sans son nom" in said(clients("ada").get(f"{BO}/erase").text)
    assert send(clients("cy"), f"{BO}/erase").status_code == 403
    done = send(clients("ada"), f"{BO}/erase")
    assert done.headers["location"] == "/people?done=person-erased"
    assert clients("ada").get(BO).status_code == 404
    assert "bo@reseau.example" not in clients("ada").get("/people").text
    assert "a effacé le compte n° 2" in said(clients("ada").get("/journal").text)


def test_stewards_see_who_never_came_and_disable_from_there(clients: Clients) -> None:
    assert clients("bo").get("/network/inactive").status_code == 403
    confirm(clients("ada"), "/people", email="di@reseau.example", person_name="Di")
    page = clients("ada").get("/network/inactive")
    assert "Di" in said(page.text) and "jamais" in said(page.text)
    assert HTMLParser(page.text).css_first("form[action='/people/4/disable']") is not None
    confirm(clients("ada"), "/people/4/disable")
    assert "Tous les comptes servent" in said(clients("ada").get("/network/inactive").text)
