"""One's own data as an archive, through the real application."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

from atelier.workspace import deposits, people
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within
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
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:2] == ["LISEZ-MOI.txt", "donnees.json"] and "identity.csv" in names
        told = json.loads(archive.read("donnees.json"))
        table = archive.read("deposits.csv").decode("utf-8-sig")
    assert told["identity"][0]["email"] == "bo@reseau.example"
    assert "'=note.txt" in table
    assert "cy@reseau.example" not in json.dumps(told)
    assert [name for name in names if name.startswith("depots/") and name.endswith("note.txt")]
    assert "a téléchargé ses propres données" in said(clients("ada").get("/journal").text)


def test_it_is_asked_for_by_a_form_of_hers_alone(clients: Clients) -> None:
    bo = clients("bo")
    assert bo.post(HERE, data={"form_token": "f" * 64}).status_code == 403
    assert clients("").get(HERE).status_code == 303
