"""Kept searches as pages: keeping one, seeing what is new in it, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier import app
from atelier.model.search import Asked
from atelier.workspace import deposits, people, saved
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, network, send, served, within


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("saved")) as one:
        bring(one, "une.txt", "premiere maraude")
        yield one


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    with served(made) as client:
        yield client


def bring(made: Network, name: str, text: str) -> None:
    """A document in the shared folder, read and indexed."""

    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        incoming = await deposits.begin(ws, ada, made.shared, name)
        await incoming.write(text.encode())
        await deposits.finish(ws, ada, incoming)
        await app.finish_waiting_work(ws)

    within(made, act)


def keep(client: TestClient, query: str = "q=maraude", name: str = "Les maraudes") -> str:
    """Keep a search as its page does; where that leads."""
    answer = send(client, "/searches", asked=query, name=name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def number_in(address: str) -> str:
    found = re.search(r"saved=(\d+)", address)
    assert found, address
    return found[1]


def test_a_search_is_kept_from_its_results_and_leads_back_to_them(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    page = bo.get("/search?q=maraude&kind=text&sort=newest").text
    assert "Enregistrer cette recherche" in page
    asked = re.search(r'name="asked" value="([^"]+)"', page)
    assert asked and asked[1].replace("&amp;", "&") == "q=maraude&kind=text&sort=newest"
    address = keep(bo, asked[1].replace("&amp;", "&"))
    assert address.startswith("/search?q=maraude&kind=text&sort=newest&saved=")
    page = bo.get(address).text
    assert "Les maraudes" in page and "tout est marqué comme vu" in page
    assert "Tout marquer comme vu" not in page and "Nouveau</span>" not in page
    assert "Recherche enregistrée" in bo.get("/search?q=maraude&kind=text").text


def test_keeping_changes_neither_order_nor_choices_and_the_list_says_what_is_kept(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    query = f"q=maraude&folder={made.shared}&kind=text&year=2026&older=1&exact=1"
    for sort in ("", "&sort=newest"):
        address = keep(bo, query + sort)
        asked = query.replace("&older", f"{sort}&older") if sort else query
        assert address.startswith(f"/search?{asked}&saved="), address
        page = HTMLParser(bo.get(address).text)
        assert {one.text().strip() for one in page.css(".ways [aria-current]")} == {
            "Les plus récents" if sort else "Les plus pertinents"
        }
        assert len(page.css(".chips .icon")) == 5
    assert "choix faits (dossier, type, année…) sont gardés" in bo.get("/search?q=une").text
    keep(bo, "q=nuit", "Sans choix")
    listed = HTMLParser(bo.get("/searches").text)
    lines = {one.css_first("h2").text().strip(): one for one in listed.css("li.card")}
    choices = (
        "Choix : dans un dossier choisi, Type : Texte, Année : 2026,"
        " anciennes versions comprises, exact"
    )
    assert choices in lines["Les maraudes"].text().replace("\u00a0", " ")
    assert "Choix" not in lines["Sans choix"].text()
    assert "pas l’ordre" in listed.text() and "sort=newest" in bo.get("/searches").text


def test_a_search_that_finds_nothing_can_be_kept_too(clients: Clients) -> None:
    bo = clients("bo")
    assert "Enregistrer cette recherche" in bo.get("/search?q=zzzz").text
    assert keep(bo, "q=zzzz", "").startswith("/search?q=zzzz")


def test_new_hits_are_flagged_counted_at_home_and_seen_by_a_form_alone(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    assert "Vos recherches" not in bo.get("/").text
    address = keep(bo)
    number = number_in(address)
    bring(made, "deux.txt", "la maraude de nuit")
    for _ in range(2):
        home = bo.get("/").text
        assert "Vos recherches" in home and "1 nouveau document" in home
        page = bo.get(address).text
        assert page.count('<span class="tag accent">Nouveau</span>') == 1
        assert "Tout marquer comme vu" in page
        assert "1 nouveau document" in bo.get("/searches").text
    here = f"/search?q=maraude&sort=newest&saved={number}"
    answer = send(bo, f"/searches/{number}/seen", next=here)
    assert answer.headers["location"] == f"{here}&done=search-seen"
    assert "1 nouveau document" not in bo.get("/").text
    assert "Nouveau</span>" not in bo.get(here).text


def test_a_search_under_another_number_than_its_own_flags_nothing(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    number = number_in(keep(bo, "q=budget"))
    page = bo.get(f"/search?q=maraude&saved={number}").text
    assert "une.txt" in page and "Nouveau</span>" not in page
    assert "Enregistrer cette recherche" in page


def test_the_way_back_never_leads_elsewhere(clients: Clients) -> None:
    bo = clients("bo")
    number = number_in(keep(bo))
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = send(bo, f"/searches/{number}/seen", next=evil)
        assert answer.headers["location"] == "/?done=search-seen"
    answer = send(bo, f"/searches/{number}/seen")
    assert answer.headers["location"] == "/searches?done=search-seen"


def test_a_search_is_renamed_and_no_longer_kept(clients: Clients) -> None:
    bo = clients("bo")
    number = number_in(keep(bo))
    assert send(bo, f"/searches/{number}/rename", name="De nuit").status_code == 303
    page = bo.get("/searches").text
    assert "De nuit" in page and "Les maraudes" not in page
    for name, said in (("De nuit", "déjà"), ("", "à remplir"), ("x" * 121, "trop long")):
        answer = send(bo, f"/searches/{number}/rename", name=name)
        assert answer.status_code in (409, 422)
        assert said in answer.text and 'id="field-name"' in answer.text
    panel = HTMLParser(bo.get("/searches").text).css_first(f"form[action$='{number}/forget']")
    assert "aucun document ne change" in panel.text()
    assert "Supprimer cette recherche" in panel.text()
    assert send(bo, f"/searches/{number}/forget").status_code == 303
    assert "Aucun document n’a changé" in bo.get("/searches?done=search-forgotten").text
    assert "Aucune recherche enregistrée" in bo.get("/searches").text


def test_what_cannot_be_kept_is_shown_again_with_what_was_typed(
    made: Network, clients: Clients
) -> None:
    async def fill(ws: Workspace) -> None:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        for number in range(saved.MAX_SAVED):
            await saved.keep(ws, bo, Asked(f"mot{number}"))

    bo = clients("bo")
    answer = send(bo, "/searches", asked="q=maraude&kind=text", name="x" * 121)
    assert answer.status_code == 422 and "trop long" in answer.text
    assert 'name="asked" value="q=maraude&amp;kind=text"' in answer.text
    within(made, fill)
    answer = send(bo, "/searches", asked="q=maraude", name="Une de trop")
    assert answer.status_code == 422
    assert "30 recherches" in answer.text and 'value="Une de trop"' in answer.text
    for asked in ("kind=hologram", "q=x&folder=-1", "q=x&older=2"):
        assert send(bo, "/searches", asked=asked, name="x").status_code == 422
    assert send(bo, "/searches", asked="", name="x").status_code == 422


def test_nobody_elses_search_is_reached_and_it_answers_like_none(
    made: Network, clients: Clients
) -> None:
    number = number_in(keep(clients("bo")))
    for name in ("ada", "cy"):
        client = clients(name)
        assert "Les maraudes" not in client.get("/searches").text + client.get("/").text
        for which in (number, "999999"):
            answers = [
                client.get(f"/search?q=maraude&saved={which}"),
                send(client, f"/searches/{which}/rename", name="À moi"),
                send(client, f"/searches/{which}/forget"),
                send(client, f"/searches/{which}/seen", next="/"),
            ]
            assert [one.status_code for one in answers] == [404] * 4
            assert all("Les maraudes" not in one.text for one in answers)
    assert "Les maraudes" in clients("bo").get("/searches").text


def test_one_who_looks_as_another_finds_none_of_her_searches(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    number = number_in(keep(ada))
    subject = "organisation:1"
    begun = send(ada, f"/folders/{made.shared}/see-as", subject=subject, email="")
    assert begun.status_code == 303
    for path in ("/", "/searches", "/search?q=maraude"):
        page = ada.get(path)
        assert page.status_code == 200
        assert "Les maraudes" not in page.text and 'name="asked"' not in page.text
    assert ada.get(f"/search?q=maraude&saved={number}").status_code == 404
    assert send(ada, f"/searches/{number}/forget").status_code == 403
    assert send(ada, "/searches", asked="q=x", name="x").status_code == 403
    assert send(ada, "/see-as/stop").status_code == 303
    assert "Les maraudes" in ada.get("/searches").text


def test_a_search_that_does_not_answer_spoils_neither_home_nor_list(
    made: Network, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = clients("bo")
    keep(bo)
    monkeypatch.setattr(saved, "_ALL_SECONDS", 0.0)
    for path in ("/", "/searches"):
        page = bo.get(path)
        assert page.status_code == 200 and "Pas de réponse pour l" in page.text
    assert "Réunions" in bo.get("/").text
