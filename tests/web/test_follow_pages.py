"""Following as pages: from where it is, the list of it, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
    assert answer.headers["location"] == f"{here}?done=followed"
    assert '<option value="weekly" selected>' in bo.get(here).text
    page = bo.get("/account/follows").text
    assert f'href="{here}"' in page
    assert "n’envoie pas de messages" in page, "this installation has no mail server"
    assert send(bo, "/account/follows/1", pace="at_once").status_code == 303
    assert '<option value="at_once" selected>' in bo.get(here).text
    assert send(bo, f"{here}/follow", pace="").headers["location"] == f"{here}?done=unfollowed"
    assert "Vous ne suivez rien" in bo.get("/account/follows").text


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
