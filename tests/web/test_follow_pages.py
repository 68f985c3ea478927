"""Following as pages: from where it is, the list of it, and nobody else's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from atelier.settings import Mail
from tests.web.network import Clients, Network, network, send, served


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("follows")) as one:
        yield one


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    with served(made) as client:
        yield client


def test_a_folder_is_followed_from_its_page_and_listed(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    here = f"/folders/{made.shared}"
    assert f'action="{here}/follow"' in bo.get(here).text
    answer = send(bo, f"{here}/follow", pace="weekly")
    assert answer.headers["location"] == f"{here}?done=followed-unsent"
    assert "rien ne vous sera écrit" in bo.get(answer.headers["location"]).text
    assert "suivre le note dans vos suivis" in bo.get(here).text
    assert "Un courriel vous dit" not in bo.get(here).text
    assert '<option value="weekly" selected>' in bo.get(here).text
    page = bo.get("/account/follows").text
    assert f'href="{here}"' in page
    assert "n’envoie pas de courriels" in page, "this installation has no mail server"
    assert "Un courriel dit" not in page
    changed = send(bo, "/account/follows/1", pace="at_once")
    assert changed.headers["location"] == "/account/follows?done=followed-unsent"
    assert '<option value="at_once" selected>' in bo.get(here).text
    assert send(bo, f"{here}/follow", pace="").headers["location"] == f"{here}?done=unfollowed"
    assert "Vous ne suivez rien" in bo.get("/account/follows").text


def test_with_a_mail_server_the_pages_say_that_an_e_mail_tells_what_is_new(made: Network) -> None:
    mail = Mail(server="localhost", port=1, security="none", sender="a@reseau.example")
    settings = dataclasses.replace(made.settings, mail=mail)
    with served(dataclasses.replace(made, settings=settings)) as clients:
        bo, here = clients("bo"), f"/folders/{made.shared}"
        assert "Un courriel vous dit ce que d’autres y font" in bo.get(here).text
        answer = send(bo, f"{here}/follow", pace="weekly")
        assert answer.headers["location"] == f"{here}?done=followed"
        page = bo.get("/account/follows").text
        assert "Un courriel dit ce que d’autres ont fait" in page
        assert "n’envoie pas de courriels" not in page
        changed = send(bo, "/account/follows/1", pace="at_once")
        assert changed.headers["location"] == "/account/follows?done=follow-pace"


def test_what_one_follows_is_nobody_elses(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    assert send(bo, f"/folders/{made.shared}/follow", pace="daily").status_code == 303
    ada = clients("ada")
    assert "Vous ne suivez rien" in ada.get("/account/follows").text
    assert send(ada, "/account/follows/1", pace="weekly").status_code == 404
    assert send(ada, "/account/follows/1/remove").status_code == 404
    assert send(clients("bo"), "/account/follows/1/remove").status_code == 303


def test_a_pace_that_there_is_not_is_refused(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    assert send(bo, f"/folders/{made.shared}/follow", pace="hourly").status_code == 422
    assert send(bo, "/folders/999999/follow", pace="daily").status_code == 404
