"""One's own data as an archive, through the real application."""

from __future__ import annotations

import io
import json
import socket
from zipfile import ZipFile

from atelier.model.journal import NetworkVerb
from atelier.workspace import deposits, journal, people
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within
from tests.web.running import connected, rest, status, until
from tests.web.test_archive_pages import BIG, serving
from tests.web.test_people_pages import said

HERE = "/account/data"


def test_the_archive_is_whole_and_hers(made: Network, clients: Clients) -> None:
    async def deposit(ws: Workspace) -> None:
        bo = (await people.session(ws, made.tokens["bo"])).actor
        incoming = await deposits.begin(ws, bo, made.shared, "=note.txt")
        await deposits.finish(ws, bo, incoming)

    within(made, deposit)
    assert "Télécharger mes données" in said(clients("bo").get(HERE).text)
    answer = send(clients("bo"), HERE)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    header = answer.headers["content-disposition"]
    assert 'filename="Mes donnees - ' in header and "Mes%20donn%C3%A9es%20-%20" in header
    assert int(answer.headers["content-length"]) == len(answer.content)
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:2] == ["LISEZ-MOI.txt", "donnees.json"] and "identity.csv" in names
        told = json.loads(archive.read("donnees.json"))
        table = archive.read("deposits.csv").decode("utf-8-sig")
        assert {name.removesuffix(".csv") for name in names if name.endswith(".csv")} == {
            name for name, lines in told.items() if lines
        }
    assert told["identity"][0]["email"] == "bo@reseau.example"
    assert "'=note.txt" in table
    assert "cy@reseau.example" not in json.dumps(told)
    assert [name for name in names if name.startswith("depots/") and name.endswith("note.txt")]
    assert "a téléchargé ses propres données" in said(clients("ada").get("/journal").text)


def test_it_is_asked_for_by_a_form_of_hers_alone(clients: Clients) -> None:
    bo = clients("bo")
    assert bo.post(HERE, data={"form_token": "f" * 64}).status_code == 403
    assert clients("").get(HERE).status_code == 303


def test_one_archive_is_made_at_a_time_and_another_asks_to_come_again(made: Network) -> None:
    async def deposit(ws: Workspace) -> str:
        found = await people.session(ws, made.tokens["bo"])
        for name in ("a.bin", "b.bin", "c.bin"):
            incoming = await deposits.begin(ws, found.actor, made.shared, name)
            await incoming.write(BIG)
            await deposits.finish(ws, found.actor, incoming)
        return found.form_token

    form = f"form_token={within(made, deposit)}"

    def asked(connection: socket.socket) -> bytes:
        connection.sendall(
            f"POST {HERE} HTTP/1.1\r\nHost: localhost:8000\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://localhost:8000\r\n"
            f"Cookie: session={made.tokens['bo']}\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}".encode()
        )
        return until(connection, b"\r\n\r\n")

    with serving(made) as port, connected(port) as first:
        assert status(asked(first)) == 200
        for _ in range(3):
            with connected(port) as second:
                refused = asked(second)
                assert status(refused) == 429 and b"retry-after: " in refused.lower()
        # What was refused was not begun: neither read, nor told to have been given.
        assert within(made, lambda ws: _given(ws, made)) == 1
        rest(first)
        with connected(port) as third:
            assert status(asked(third)) == 200


async def _given(ws: Workspace, made: Network) -> int:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    lines = (await journal.of_network(ws, ada)).lines
    return [line.verb for line in lines].count(NetworkVerb.OWN_DATA_EXPORTED)
