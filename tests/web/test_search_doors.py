"""Search for programs: the page's answers in JSON, and what a beginning may become."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from atelier import cli
from atelier.app import catch_up_index, finish_waiting_work
from atelier.model.ids import FolderId
from atelier.model.search import Asked, FileKind, Narrowing, Sort
from atelier.web.asking import address_of, asked_in
from atelier.workspace import deposits, people
from atelier.workspace.place import Workspace
from tests.samples import pdf
from tests.web.network import Clients, Network, within

SEARCH = ("/search", "/search.json")


@pytest.fixture(autouse=True)
def read(made: Network) -> None:
    """Two documents of two pages, one in each folder, read and followed."""

    async def bring(ws: Workspace) -> None:
        ada = await people.actor(ws, "ada@reseau.example")
        for folder, word in ((made.shared, "navette"), (made.secret, "kiwanoteque")):
            incoming = await deposits.begin(ws, ada, folder, f"{word}.pdf")
            await incoming.write(pdf(["ordre du jour", f"la {word} est votée"]))
            await deposits.finish(ws, ada, incoming)
        await settle(ws)

    within(made, bring)


async def settle(ws: Workspace) -> None:
    """Read and follow all there is."""
    await finish_waiting_work(ws)
    await catch_up_index(ws)


def test_a_search_answers_with_pages_facets_and_addresses(made: Network, clients: Clients) -> None:
    answer = clients("bo").get("/search.json?q=navettes")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    (hit,) = told["hits"]
    assert (told["total"], hit["name"], hit["folder"], hit["page"]) == (
        1, "navette.pdf", "Réunions", 2
    )  # fmt: skip
    (page,) = hit["pages"]
    (start, end) = page["matches"][0]
    assert page["snippet"][start:end] == "navette"
    assert clients("bo").get(hit["url"]).status_code == 200
    (folder,) = told["facets"]["folders"]
    assert (folder["name"], folder["count"], folder["is_chosen"]) == ("Réunions", 1, False)
    narrowed = clients("bo").get(folder["url"].replace("/search?", "/search.json?")).json()
    assert narrowed["total"] == 1 and narrowed["facets"]["folders"][0]["is_chosen"]


def test_who_may_not_read_it_is_told_what_strangers_to_the_word_are(clients: Clients) -> None:
    assert clients("ada").get("/search.json?q=kiwanoteque").json()["total"] == 1
    hidden = clients("bo").get("/search.json?q=kiwanoteque")
    never = clients("bo").get("/search.json?q=wqjzhkwqjzh")
    assert hidden.text.replace("kiwanoteque", "wqjzhkwqjzh") == never.text
    assert hidden.json()["total"] == 0 and hidden.json()["spelling"] is None
    for path in ("/search.json?q=navette", "/search/suggestions?q=nav"):
        answer = clients("").get(path, headers={"accept": "application/json"})
        assert answer.status_code == 401 and "navette" not in answer.text


def test_a_beginning_becomes_words_and_names_of_what_she_may_read(clients: Clients) -> None:
    told = clients("bo").get("/search/suggestions?q=la+nave").json()
    assert told["words"] == ["la navette"]
    told = clients("bo").get("/search/suggestions?q=navet").json()
    assert [one["name"] for one in told["documents"]] == ["navette.pdf"]
    assert clients("ada").get("/search/suggestions?q=kiwa").json()["documents"]
    for start in ("kiwa", "k", "", "%00", "*" * 5_000):
        told = clients("bo").get(f"/search/suggestions?q={start}").json()
        assert told == {"words": [], "documents": []}, start


@pytest.mark.parametrize("path", SEARCH)
@pytest.mark.parametrize(
    "wrong",
    [
        "page=-1", "page=0", "page=1000000000000000000", "page=x", "sort=sql", "sort=id;--",
        "folder=-1", "folder=0", "folder=x", f"person={10**30}", "year=0", "year=10000",
        "kind=exe", "older=yes", "exact=2",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(clients: Clients, path: str, wrong: str) -> None:
    answer = clients("bo").get(f"{path}?q=navette&{wrong}")
    assert answer.status_code == 422
    if path.endswith("json"):
        assert answer.json()["happened"] and answer.json()["next"]


@pytest.mark.parametrize("path", SEARCH)
def test_what_is_empty_narrows_nothing(clients: Clients, path: str) -> None:
    empty = "&folder=&structure=&person=&kind=&year=&sort=&older=&exact=&page="
    assert "navette.pdf" in clients("bo").get(f"{path}?q=navette{empty}").text
    assert "navette.pdf" not in clients("bo").get(f"{path}?q=navette&year=1999").text
    assert "navette.pdf" not in clients("bo").get(f"{path}?q=navette&folder={10**17}").text


def test_an_index_that_is_not_there_is_told_in_words(made: Network, clients: Clients) -> None:
    bo = clients("bo")
    for file in sorted((made.settings.data / "index").rglob("*"), reverse=True):
        if file.is_file():
            file.unlink()
    answer = bo.get("/search.json?q=navette")
    assert answer.status_code == 503 and answer.json()["happened"]
    assert bo.get("/search/suggestions?q=nav").status_code == 503


def test_the_command_line_tells_the_same_object(made: Network, clients: Clients) -> None:
    asked = {"q": "votée -absent", "kind": "pdf", "sort": "newest", "exact": "1"}
    words = ["search", "votée -absent", "--kind", "pdf", "--sort", "newest", "--exact"]
    where = ["--data", str(made.settings.data), "--as", "bo@reseau.example", "--json"]
    ran = CliRunner().invoke(cli.commands, [*words, *where])
    assert ran.exit_code == 0, ran.output or ran.exception
    told = json.loads(ran.output)
    page = clients("bo").get("/search.json", params=asked).json()
    assert told == page, "where the server listens was not said"
    (made.settings.data / "config.toml").write_text(
        f'[server]\npublic_url = "{made.settings.server.public_url}"\n'
    )
    ran = CliRunner().invoke(cli.commands, [*words, *where])
    site = made.settings.server.public_url
    assert f'"url": "{site}/documents/' in ran.output
    assert json.loads(ran.output.replace(site, "")) == page
    inside = json.loads(
        CliRunner().invoke(cli.commands, [*words, *where, "--folder", "Réunions"]).output
    )
    assert inside["total"] == page["total"] == 1


def test_an_address_says_what_is_asked_and_is_read_back() -> None:
    narrowing = Narrowing(folder=FolderId(3), kind=FileKind.PDF, year=2024, with_older=True)
    for asked in (
        Asked("été & co"),
        Asked("l'été", narrowing, Sort.NEWEST, is_exact=True),
        Asked("", Narrowing(year=1999)),
    ):
        address = address_of(asked, page=2)
        assert address.startswith("/search?q=") and address.endswith("&page=2")
        values = parse_qs(urlsplit(address_of(asked)).query)
        assert asked_in({name: value[0] for name, value in values.items()}) == asked
    assert address_of(Asked("a"), page=1) == "/search?q=a"
