"""Folders, sharing, the journal and the directory, through the real application."""

from __future__ import annotations

import pytest

from atelier.model.ids import FolderId
from atelier.web.pages.folders import outside
from atelier.workspace.folders import Place
from tests.web.confirming import confirmed
from tests.web.network import Clients, Network, own_words, send


def test_home_shows_what_one_may_open_and_nothing_else(clients: Clients) -> None:
    bo, cy = clients("bo").get("/").text, clients("cy").get("/").text
    bo, cy = own_words(bo), own_words(cy)
    assert "Réunions" in bo and "compte rendu.pdf" in bo and "Secret" not in bo
    assert "Réunions" not in cy and "compte rendu.pdf" not in cy
    assert "Nouveau dossier" not in bo and "Nouveau dossier" in clients("ada").get("/").text


def test_a_folder_is_made_once_and_a_twin_is_refused_with_what_was_typed(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    first = send(ada, f"/folders/{made.shared}/folders", name="2026")
    assert first.status_code == 303
    page = ada.get(first.headers["location"])
    assert "2026" in page.text and "Le dossier est créé" in page.text
    twin = send(ada, f"/folders/{made.shared}/folders", name="2026")
    assert twin.status_code == 409
    assert 'value="2026"' in twin.text and "existe déjà" in twin.text
    bad = send(ada, f"/folders/{made.shared}/folders", name="a/b")
    assert bad.status_code == 422 and "barre oblique" in bad.text
    assert send(ada, "/folders", name=" ").status_code == 422
    assert send(ada, "/folders", name="Au sommet").status_code == 303
    assert send(clients("bo"), "/folders", name="x").status_code == 403


def test_a_refused_form_comes_back_to_a_page_that_exists(made: Network, clients: Clients) -> None:
    page = send(clients("ada"), f"/folders/{made.shared}/folders", name="")
    assert f'name="next" value="/folders/{made.shared}"' in page.text
    assert "Ce champ est à remplir" in page.text or "Le nom est vide" in page.text


def test_a_folder_is_renamed_moved_closed_and_opened(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}"
    assert "Réunions" in ada.get(f"{here}/rename").text
    assert send(ada, f"{here}/rename", name="Séances").headers["location"].endswith("renamed")
    same = send(ada, f"{here}/rename", name="Séances")
    assert same.status_code == 409 and "déjà son nom" in same.text
    move = ada.get(f"{here}/move").text
    assert f'value="{made.secret}"' in move and f'value="{made.shared}"' not in move
    nowhere = send(ada, f"{here}/move", parent="")
    assert nowhere.status_code == 422 and "aria-invalid" in nowhere.text
    itself = send(ada, f"{here}/move", parent=str(made.shared))
    assert itself.status_code == 409
    assert confirmed(ada, f"{here}/move", parent=str(made.secret)).status_code == 303
    assert "Fermer le dossier" in ada.get(f"{here}/close").text
    assert confirmed(ada, f"{here}/close").headers["location"].endswith("done=folder-closed")
    assert "Rouvrir le dossier" in ada.get(f"{here}/open").text
    assert send(ada, f"{here}/close").status_code == 409
    assert confirmed(ada, f"{here}/open").headers["location"].endswith("done=folder-opened")


def test_lists_are_sorted_filtered_and_paged_by_known_words_only(
    made: Network, clients: Clients
) -> None:
    bo, here = clients("bo"), f"/folders/{made.shared}"
    assert "compte rendu.pdf" in bo.get(f"{here}?sort=-changed&filter=RENDU").text
    assert "compte rendu.pdf" not in bo.get(f"{here}?filter=absent").text
    assert bo.get(f"{here}?page=99").status_code == 200
    for query in ("sort=d.name;--", "page=-1", "page=0", "page=x", "page=" + "9" * 30):
        assert bo.get(f"{here}?{query}").status_code == 422


def test_an_access_given_is_seen_at_once_and_one_withdrawn_is_gone(
    made: Network, clients: Clients
) -> None:
    here, ada = f"/folders/{made.shared}", clients("ada")
    assert clients("cy").get(here).status_code == 404
    page = clients("ada").get(f"{here}/access").text
    assert 'value="organisation:2"' in page and "Contribution" in page
    given = confirmed(ada, f"{here}/access", subject="organisation:2", role="reader", until="")
    assert given.headers["location"].endswith("access?done=granted")
    assert clients("cy").get(here).status_code == 200
    page = clients("ada").get(f"{here}/access").text
    withdraw = [line for line in page.split('"') if line.endswith("/withdraw")][-1]
    assert confirmed(clients("ada"), withdraw).status_code == 303
    assert clients("cy").get(here).status_code == 404
    assert "a donné l’accès" in clients("ada").get(f"{here}/journal").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "organisation:999"),
        ("subject", "elephant:1"),
        ("subject", "organisation:" + "9" * 30),
        ("subject", ""),
        ("role", "owner"),
        ("until", "2020-01-01"),
        ("until", "demain"),
    ],
)
def test_a_wrong_access_is_told_beside_its_field(
    made: Network, clients: Clients, field: str, value: str
) -> None:
    fields = {"subject": "organisation:2", "role": "reader", "until": ""} | {field: value}
    answer = send(clients("ada"), f"/folders/{made.shared}/access", **fields)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert clients("cy").get(f"/folders/{made.shared}").status_code == 404


def test_the_last_coordinator_stays(made: Network, clients: Clients) -> None:
    here = f"/folders/{made.secret}"
    ada = clients("ada")
    page = ada.get(f"{here}/access").text
    withdraw = [line for line in page.split('"') if line.endswith("/withdraw")][-1]
    answer = send(ada, withdraw)
    assert answer.status_code == 409 and "sans coordination" in answer.text


def test_nothing_can_be_set_that_the_form_does_not_ask(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    answer = send(ada, f"/folders/{made.shared}/rename", name="x", owner="cy")
    assert answer.status_code == 422
    assert "Réunions" in ada.get(f"/folders/{made.shared}").text


def test_organisations_and_groups_are_added_by_name(clients: Clients) -> None:
    ada = clients("ada")
    assert send(ada, "/organisations", organisation_name="Cabinet").status_code == 303
    twin = send(ada, "/organisations", organisation_name="Cabinet")
    assert twin.status_code == 409 and 'href="#field-organisation_name"' in twin.text
    members = "bo@reseau.example\r\n\r\ncy@reseau.example=Hôpital"
    assert send(ada, "/groups", group_name="Chutes", member=members).status_code == 303
    assert "Chutes" in clients("bo").get("/people").text
    wrong = send(clients("ada"), "/groups", group_name="Autre", member="nobody@reseau.example")
    assert wrong.status_code == 422 and "nobody@reseau.example" in wrong.text


def test_the_search_page_waits_for_words(clients: Clients) -> None:
    bo = clients("bo")
    assert "Cherchez dans le texte" in bo.get("/search").text
    assert bo.get("/search?q=++").status_code == 200
    assert bo.get("/search?q=x&page=0").status_code == 422
    assert bo.get("/search?q=x&page=999999").status_code == 422


def test_a_folder_is_never_offered_a_place_inside_itself() -> None:
    tree = [("a", 0), ("b", 1), ("c", 2), ("d", 1), ("e", 0)]
    places = tuple(Place(FolderId(n), name, depth) for n, (name, depth) in enumerate(tree, 1))
    assert [name for _, name, _ in outside(places, FolderId(2))] == ["a", "d", "e"]
    assert [name for _, name, _ in outside(places, FolderId(1))] == ["e"]
    assert len(outside(places, FolderId(99))) == 5


def test_static_files_are_for_ever_and_for_everybody(clients: Clients) -> None:
    page = clients("").get("/signin").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    file = clients("").get(address, headers={"accept-encoding": "br, gzip"})
    assert file.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in file.headers["cache-control"]
    assert file.headers["content-encoding"] == "gzip"
    plain = clients("").get(address, headers={"accept-encoding": "identity"})
    assert plain.content == file.content and "content-encoding" not in plain.headers
    assert clients("").get("/static/0000000000000000/css/page.css").status_code == 404
    icon = clients("").get(clients("").get("/favicon.ico").headers["location"])
    assert icon.headers["content-type"] == "image/svg+xml"
    assert clients("").get("/health").text == "ok"
