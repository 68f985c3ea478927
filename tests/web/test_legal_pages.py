"""The legal pages, for anybody: what the settings say, what is in force, what is left unsaid."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.settings import AccessLog, Legal
from atelier.web.durations import OF_SETTINGS
from tests.web.network import Clients, network, served

PAGES = ("/legal", "/privacy", "/accessibility")
SAID = Legal(
    "Ville d’Argentan, 1 place du Marché",
    "Ada Lovelace, maire",
    "Hébergeur <b>SA</b>",
    "acces@argentan.example",
    "Mme Dupont, 02 33 00 00 00",
)
UNSAID = "pas encore indiqué"


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Clients]:
    """A network whose administrators filled in who answers for it, and keep its log for less."""
    with network(tmp_path) as one:
        log = AccessLog(keep_months=7)
        settings = dataclasses.replace(one.settings, legal=SAID, access_log=log)
        with served(dataclasses.replace(one, settings=settings)) as clients:
            yield clients


def words_of(clients: Clients, who: str, path: str) -> str:
    """What a page says in its main part."""
    reply = clients(who).get(path)
    assert reply.status_code == 200
    main = HTMLParser(reply.text).css_first("main")
    assert main is not None
    return " ".join(main.text().split())


@pytest.mark.parametrize("who", ["", "bo"])
def test_anybody_reads_what_the_settings_say(telling: Clients, who: str) -> None:
    notice = words_of(telling, who, "/legal")
    assert all(one in notice for one in (SAID.publisher, SAID.director, SAID.host, SAID.contact))
    assert SAID.data_protection in words_of(telling, who, "/privacy")
    page = telling(who).get("/accessibility").text
    assert f'href="mailto:{SAID.contact}"' in page
    assert "mailto:Mme" not in telling(who).get("/privacy").text
    for path in PAGES:
        assert UNSAID not in words_of(telling, who, path)


def test_the_page_on_data_tells_every_duration_in_force(telling: Clients) -> None:
    said = words_of(telling, "", "/privacy")
    for about in OF_SETTINGS.values():
        assert about.replace("'", "’").split(" : ")[0] in said
    assert "chaque ligne effacée après 7 mois" in said


@pytest.mark.parametrize("who", ["", "bo"])
def test_what_nobody_filled_in_is_told_with_whom_to_ask(clients: Clients, who: str) -> None:
    for path, number in zip(PAGES, (4, 2, 1), strict=True):
        assert words_of(clients, who, path).count(UNSAID) == number
    assert "aucun audit" in words_of(clients, who, "/accessibility")


def test_every_page_leads_to_them_and_knows_who_reads(clients: Clients) -> None:
    for who, path in (("", "/signin"), ("", "/legal"), ("bo", "/"), ("bo", "/privacy")):
        page = clients(who).get(path).text
        assert all(f'href="{one}"' in page for one in PAGES)
        assert ('href="/account"' in page) == bool(who)
