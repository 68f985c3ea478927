"""The page that leads stewards to the others, and the settings in force."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.settings import TABLE, Network
from atelier.web.pages.administration import SECTIONS, UNITS, WAYS
from atelier.web.routes import DOORS
from tests.web.network import Clients, network, served

FILE = "/etc/atelier/config.toml"


@pytest.fixture
def clients(tmp_path: Path) -> Iterator[Clients]:
    """A network whose language was set in a file."""
    with network(tmp_path) as one:
        settings = dataclasses.replace(
            one.settings,
            network=Network(default_language="fr"),
            sources={**one.settings.sources, "network.default_language": FILE},
        )
        with served(dataclasses.replace(one, settings=settings)) as clients:
            yield clients


def test_every_way_leads_to_a_page_that_opens_to_a_steward(clients: Clients) -> None:
    ada = clients("ada")
    assert 'href="/network"' in ada.get("/").text
    page = ada.get("/network").text
    assert {one.path for one in WAYS} <= {door.path for door in DOORS if door.method == "GET"}
    for one in WAYS:
        assert f'href="{one.path}"' in page
        assert ada.get(one.path).status_code == 200


def test_every_setting_is_shown_with_its_value_and_its_source(clients: Clients) -> None:
    page = HTMLParser(clients("ada").get("/network/settings").text)
    rows = {
        row.css("th")[0].text(): [cell.text().strip() for cell in row.css("td")]
        for row in page.css("tbody tr")
    }
    assert list(rows) == [row.key for row in TABLE]
    assert rows["network.default_language"] == ["fr", FILE]
    assert rows["trash.keep_days"] == ["30 jours", "par défaut"]
    assert rows["mail.server"][0] == "vide"
    assert rows["reading.use_libreoffice"][0] == "non"


def test_every_section_and_unit_has_its_words() -> None:
    assert set(SECTIONS) == {row.section for row in TABLE}
    assert {row.unit for row in TABLE} - {""} == set(UNITS)


@pytest.mark.parametrize("path", ["/network", "/network/settings"])
def test_nobody_else_sees_them(clients: Clients, path: str) -> None:
    for name in ("bo", "cy"):
        reply = clients(name).get(path)
        assert reply.status_code == 403
        assert "server.host" not in reply.text and FILE not in reply.text
        assert f'href="{path}"' not in clients(name).get("/").text
    assert clients("").get(path).status_code == 303
