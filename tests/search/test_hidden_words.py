"""A word that stands only in what she may not read is answered as one that never was.

By the page, for programs, as one types, in what is perhaps meant, in how the answers divide,
on the command line; and with the same statements to the records and questions to the index.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from atelier.app import finish_waiting_work, open_workspace
from atelier.cli import main
from atelier.database import connections
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.model.search import Asked
from atelier.search import ENGINES
from atelier.search.generations import Generations
from atelier.workspace import deposits, people, search, suggesting
from atelier.workspace.place import Workspace
from tests.builders import Seam, TurnedClock, World
from tests.meeting_stories import held
from tests.web.network import Clients, Network, network, served

READABLE = "la navette du kiwano passe en juin"
# What stands only in the folder that Bo may not read, and what stands nowhere; alike in
# length, and as far from words that she may read (kiwano) as each other.
WORDS = (("ziglopard", "zagluperd"), ("kiwana", "kiwanu"), ("brumavox", "bremuvix"))
SHAPES = (
    *("{}", '"{}"', "{}*", "titre:{}", "titre:{}*", "{} navette", "-{} navette", "-{}"),
    *("navette OR {}", '"navette {}"', "navette kiwano {} juin", "{} type:pdf", "x {} navete"),
    *("réunion:{}", "-réunion:{} navette", "type:décisions {}"),
)
NARROWED = ("", "&older=1", "&exact=1", "&sort=newest", "&kind=text", "&year=2026", "&kind=minutes")


async def _met(ws: Workspace, ada: Actor, folder: FolderId) -> None:
    """A meeting that says the words in its title, its agenda, its minutes, and what came of it."""
    world = World(ws, TurnedClock(), Seam())
    world.steward = ada
    await held(world, folder, "ziglopard et kiwana", title="Brumavox", series="Brumavox")


@pytest.fixture(scope="module", params=ENGINES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    data = tmp_path_factory.mktemp(request.param) / "network"
    with network(data) as one:
        storage = dataclasses.replace(one.settings.storage, index=f"{request.param}:{data}/found")
        settings = dataclasses.replace(one.settings, storage=storage)
        (data / "config.toml").write_text(f'[storage]\nindex = "{request.param}:found"\n')
        known = dataclasses.replace(one, settings=settings)
        asyncio.run(_filled(known))
        yield known


@pytest.fixture
def clients(made: Network) -> Iterator[Clients]:
    with served(made) as client:
        yield client


async def _filled(made: Network) -> None:
    """Papers in both folders; the hidden ones say the words in text, name and older version."""
    async with open_workspace(made.settings) as ws:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        for folder, name, text in (
            (made.shared, "navette.txt", READABLE),
            (made.shared, "juin.txt", "en juin, la navette"),
            (made.secret, "Brumavox.txt", "le ziglopard et le kiwana"),
            (made.secret, "autre.txt", "ziglopard navette ziglopard navette juin"),
        ):
            incoming = await deposits.begin(ws, ada, folder, name)
            await incoming.write(text.encode())
            done = await deposits.finish(ws, ada, incoming)
        await _met(ws, ada, made.secret)
        again = await deposits.begin_version(ws, ada, done.document_id, expected=1)
        await again.write(b"plus rien de cela")
        await deposits.finish(ws, ada, again)
        await finish_waiting_work(ws)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", ["/search", "/search.json"])
def test_every_answer_is_the_same_to_the_byte(clients: Clients, path: str, shape: str) -> None:
    client = clients("bo")
    for hidden, unknown in WORDS:
        for narrowed in NARROWED:
            shown = [
                client.get(f"{path}?q={shape.format(word)}{narrowed}") for word in (hidden, unknown)
            ]
            assert [one.status_code for one in shown] == [200, 200]
            first, second = (
                one.text.replace(word, "…")
                for one, word in zip(shown, (hidden, unknown), strict=True)
            )
            assert first == second, (path, shape, hidden, narrowed)


def test_nothing_is_suggested_of_it_as_one_types(clients: Clients) -> None:
    client = clients("bo")
    for hidden, unknown in WORDS:
        for letters in range(2, len(hidden) + 1):
            start, other = hidden[:letters], unknown[:letters]
            shown = client.get(f"/search/suggestions?q={start}").text
            assert hidden not in shown.lower()
            if not READABLE.count(start[:3]):
                assert shown == client.get(f"/search/suggestions?q={other}").text
    assert "kiwano" in client.get("/search/suggestions?q=kiw").text


def test_who_may_read_it_is_told_all_of_it(clients: Clients) -> None:
    client = clients("ada")
    assert "Brumavox.txt" in client.get("/search?q=kiwana").text
    assert client.get("/search.json?q=ziglopard&older=1").json()["total"] == 2 + 5
    assert "ziglopard" in client.get("/search/suggestions?q=zig").text
    assert "ziglopard" in client.get("/search.json?q=ziglopart").text


def test_the_command_line_tells_no_more(
    made: Network, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(*words: str) -> dict[str, Any]:
        data = str(made.settings.data)
        given = ["atelier", "search", *words, "--as", "bo@reseau.example", "--data", data, "--json"]
        monkeypatch.setattr(sys, "argv", given)
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return found

    for hidden, unknown in WORDS:
        for shape in ("{}", "navette {}"):
            shown = [json.dumps(typed(shape.format(word))) for word in (hidden, unknown)]
            assert shown[0].replace(hidden, "…") == shown[1].replace(unknown, "…")
    assert typed("navette")["total"] == 2


def test_the_same_is_asked_of_the_records_and_of_the_index(
    made: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    _note(monkeypatch, connections._Look, "rows", asked)
    for method in ("applied", "find", "near", "beginning"):
        _note(monkeypatch, Generations, method, asked)

    async def all_of(word: str) -> list[object]:
        asked.clear()
        async with open_workspace(made.settings) as ws:
            bo = (await people.session(ws, made.tokens["bo"])).actor
            for shape in SHAPES:
                await search.find(ws, bo, Asked(shape.format(word)))
            await suggesting.suggest(ws, bo, word)
        return list(asked)

    for hidden, unknown in WORDS:
        given = asyncio.run(all_of(hidden))
        assert len(given) > 10 * len(SHAPES)
        assert given == asyncio.run(all_of(unknown))


def _note(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, asked: list[object]) -> None:
    """Have each call noted: a statement with its words, anything else by its name."""
    real = getattr(owner, method)

    async def called(self: object, *given: Any, **values: object) -> Any:
        asked.append((method, given[0] if owner is connections._Look else ""))
        return await real(self, *given, **values)

    monkeypatch.setattr(owner, method, called)
