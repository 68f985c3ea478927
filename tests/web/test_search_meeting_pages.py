"""The memory on the page of results, at the JSON door and on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date

import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier import cli
from atelier.app import finish_waiting_work, open_workspace
from atelier.workspace import people
from tests.builders import Seam, TurnedClock, World
from tests.meeting_stories import Held, held
from tests.web.network import Clients, Network, network
from tests.web.network import served as serving

OLD, NEW = date(2019, 3, 12), date(2026, 1, 8)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Network, list[Held]]]:
    """Two meetings of a series that Bo may read, and one that she may not."""
    with network(tmp_path_factory.mktemp("network")) as made:
        yield made, asyncio.run(_met(made))


@pytest.fixture
def made(told: tuple[Network, list[Held]]) -> Network:
    """The network of these meetings."""
    return told[0]


@pytest.fixture
def meetings(told: tuple[Network, list[Held]]) -> list[Held]:
    """The older one that she may read, the newer one, and the one that she may not."""
    return told[1]


async def _met(made: Network) -> list[Held]:
    async with open_workspace(made.settings) as ws:
        world = World(ws, TurnedClock(), Seam())
        world.steward = (await people.session(ws, made.tokens["ada"])).actor
        title = "Comité <i>de</i> pilotage"
        found = [
            await held(world, made.shared, "budget", title=title, day=OLD, series="COPIL"),
            await held(world, made.shared, "budget", title=title, day=NEW, series="COPIL"),
            await held(world, made.secret, "budget", title="Bureau", day=NEW),
        ]
        await finish_waiting_work(ws)
        return found


def page(clients: Clients, query: str, name: str = "bo") -> HTMLParser:
    """The page of results."""
    answer = clients(name).get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    return HTMLParser(answer.text)


def said(node: HTMLParser, selector: str) -> list[str]:
    """What one reads at each such place."""
    found = [" ".join(one.text().split()) for one in node.css(selector)]
    return [one.replace("\u00a0", " ").replace("\u202f", " ") for one in found]


def test_what_a_meeting_said_stands_under_its_heading(
    meetings: list[Held], clients: Clients
) -> None:
    old, new, secret = meetings
    found = page(clients, "q=budget&sort=newest")
    assert said(found, ".met h2") == ["Comité <i>de</i> pilotage"] * 2
    assert said(found, ".met > div > p") == ["8 janvier 2026 · COPIL", "12 mars 2019 · COPIL"]
    assert "10 résultats trouvés" in said(found, "[role=status]")[0]
    anchors = {one.attributes["href"] for one in found.css(".met .pages a")}
    for one in (old, new):
        here = f"/meetings/{one.meeting}"
        assert {
            f"{here}#item-{one.item}", f"{here}#decision-{one.decision}", f"{here}#todo-{one.todo}",
        } <= anchors  # fmt: skip
    assert f"/meetings/{secret.meeting}" not in (found.html or "")
    assert len(found.css(".of-meeting .hit h3")) == 10
    assert "15 résultats trouvés" in said(page(clients, "q=budget", "ada"), "[role=status]")


def test_decisions_alone_one_series_and_one_meeting_are_a_click_away(
    meetings: list[Held], clients: Clients
) -> None:
    found = page(clients, "q=budget")
    links = found.css(".facets a")
    facets = {" ".join(one.text().split()): one.attributes["href"] for one in links}
    assert {"Type", "Réunion"} <= set(said(found, ".facets h3"))
    of_all = page(clients, "q=budget", "ada")
    assert "Série de réunions" in said(of_all, ".facets h3"), "it divides what she sees"
    only = HTMLParser(clients("bo").get(facets["Décisions 2"] or "").text)
    assert said(only, ".chips a") == ["Retirer Type : Décisions"]
    assert {text.split(" de ")[0] for text in said(only, ".of-meeting h3 a")} == {"Décisions"}
    (one,) = [href for words, href in facets.items() if "12 mars 2019" in words]
    then = HTMLParser(clients("bo").get(one or "").text)
    assert said(then, ".chips a") == ["Retirer Réunion : Comité <i>de</i> pilotage, 12 mars 2019"]
    assert len(said(then, ".met h2")) == 1
    secret = page(clients, f"q=budget&meeting={meetings[2].meeting}")
    never = page(clients, f"q=budget&meeting={10**9}")
    assert said(secret, "main") == said(never, "main")
    assert "Bureau" not in (secret.html or "")


def test_programs_are_told_the_kind_and_the_meeting(meetings: list[Held], clients: Clients) -> None:
    old = meetings[0]
    query = f"q=budget&kind=decisions&meeting={old.meeting}"
    answer = clients("bo").get(f"/search.json?{query}").json()
    (hit,) = answer["hits"]
    assert (hit["document"], hit["kind"], hit["name"]) == (
        None, "decisions", "Comité <i>de</i> pilotage",
    )  # fmt: skip
    assert (
        hit["url"] == f"/meetings/{old.meeting}#decision-{old.decision}" == hit["pages"][0]["url"]
    )
    assert hit["meeting"]["meeting"] == old.meeting and hit["meeting"]["series"] == "COPIL"
    assert hit["meeting"]["starts_at"].startswith("2019-03-1")
    assert [one["count"] for one in answer["facets"]["meetings"]] == [1]
    paper = clients("bo").get(f"/search.json?q=annexe&meeting={old.meeting}").json()["hits"][0]
    assert (paper["document"], paper["meeting"]["meeting"]) == (old.paper, old.meeting)
    hidden = clients("bo").get(f"/search.json?q=budget&meeting={meetings[2].meeting}").text
    never = clients("bo").get(f"/search.json?q=budget&meeting={10**9}").text
    assert hidden.replace(f'"{meetings[2].meeting}"', '"N"').replace(
        f"meeting={meetings[2].meeting}", "N"
    ) == never.replace(f'"{10**9}"', '"N"').replace(f"meeting={10**9}", "N")
    assert (
        clients("ada").get(f"/search.json?q=budget&meeting={meetings[2].meeting}").json()["total"]
    )
    for wrong in ("meeting=0", "meeting=x", "series=-1", "kind=decision"):
        assert clients("bo").get(f"/search.json?q=budget&{wrong}").status_code == 422


def test_the_command_line_tells_a_part_with_its_meeting_and_date(made: Network) -> None:
    where = ["--data", str(made.settings.data), "--as", "bo@reseau.example"]
    ran = CliRunner().invoke(
        cli.commands,
        ["search", "budget", "--kind", "decisions", *where],
        env={"LANG": "fr_FR.UTF-8"},
    )
    assert ran.exit_code == 0, ran.output or ran.exception
    assert "Comité <i>de</i> pilotage (Décisions, 12 mars 2019)\n    Le budget est" in (
        ran.output.replace("\u00a0", " ")
    )
    assert "Bureau" not in ran.output
    ran = CliRunner().invoke(cli.commands, ["search", "budget", "--json", *where])
    assert {hit["kind"] for hit in json.loads(ran.output)["hits"]} == {
        "agenda", "minutes", "decisions", "actions", "text",
    }  # fmt: skip


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    """A client by a person's name."""
    with serving(made) as client:
        yield client
