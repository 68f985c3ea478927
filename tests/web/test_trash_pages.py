"""The trash through the real application: removing, undoing, bringing back, ending for good."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from atelier.errors import NotFound
from atelier.workspace import folders, people, trash
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, own_words, send, within


def forms(page: str) -> list[str]:
    """Where the forms of a page are sent."""
    return re.findall(r'<form method="post" action="([^"]+)"', page)


def folder_made(client: TestClient, above: int, name: str) -> int:
    """The id of a folder made through the page of another."""
    answer = send(client, f"/folders/{above}/folders", name=name)
    return int(re.search(r"/folders/(\d+)", answer.headers["location"])[1])  # type: ignore[index]


def test_a_document_is_removed_and_the_next_page_undoes_it(made: Network, clients: Clients) -> None:
    bo, here = clients("bo"), f"/documents/{made.document}"
    assert f"{here}/remove" in forms(bo.get(here).text)
    stale = send(bo, f"{here}/remove", expected="7")
    assert stale.status_code == 409
    removed = send(bo, f"{here}/remove", expected="1")
    assert removed.status_code == 303
    page = bo.get(removed.headers["location"]).text
    assert "dans la corbeille" in page and "compte rendu.pdf" not in page
    for address in (here, f"{here}/versions/1/content", f"{here}/rename"):
        assert bo.get(address).status_code == 404
    assert bo.get(here).content == bo.get("/documents/999999").content
    (undo,) = [one for one in forms(page) if "/trash/" in one]
    assert undo == f"/folders/{made.shared}/trash/documents/{made.document}/restore"
    back = send(bo, undo)
    assert back.headers["location"] == f"{here}?done=brought-back"
    assert bo.get(back.headers["location"]).status_code == 200
    # Without the notice, or for what is no such thing, there is nothing to undo.
    for query in ("", "?undo=documents-1", "?done=document-removed&undo=x", "?undo=people-1"):
        assert "/trash/" not in "".join(forms(bo.get(f"/folders/{made.shared}{query}").text))


def test_the_trash_shows_a_contributor_her_own_and_a_coordinator_everything(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}/trash"
    assert "La corbeille est vide" in clients("bo").get(here).text
    assert clients("cy").get(here).status_code == 404
    send(clients("ada"), f"/documents/{made.document}/remove", expected="1")
    assert "compte rendu.pdf" not in clients("bo").get(here).text
    page = clients("ada").get(here).text
    assert "compte rendu.pdf" in page and "30 jours" in page
    assert "compte rendu.pdf" in clients("ada").get(f"{here}?page=9").text
    item = f"{here}/documents/{made.document}"
    assert send(clients("bo"), f"{item}/restore").status_code == 404
    for answer in (clients("bo").get(f"{item}/purge"), send(clients("bo"), f"{item}/purge")):
        assert answer.status_code == 403
    assert send(clients("cy"), f"{item}/restore").status_code == 404
    assert send(clients("ada"), f"{item}/restore").status_code == 303
    assert "compte rendu.pdf" in clients("bo").get(f"/folders/{made.shared}").text


def test_a_taken_name_asks_for_another_and_loses_nothing(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/trash/documents/{made.document}"
    send(ada, f"/documents/{made.document}/remove", expected="1")
    folder_made(ada, made.shared, "compte rendu.pdf")
    asked = send(ada, f"{here}/restore")
    assert asked.status_code == 409 and "existe déjà" in asked.text
    assert 'value="compte rendu.pdf"' in asked.text and "toujours dans la corbeille" in asked.text
    bad = send(ada, f"{here}/restore", name="a/b")
    assert bad.status_code == 422 and 'value="a/b"' in bad.text
    assert send(ada, f"{here}/restore", name="autre.pdf").status_code == 303
    assert "autre.pdf" in ada.get(f"/folders/{made.shared}").text


def test_a_folder_closed_meanwhile_asks_where(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/trash/documents/{made.document}"
    send(ada, f"/documents/{made.document}/remove", expected="1")

    async def close(ws: Workspace) -> None:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        await folders.close(ws, actor, made.shared)

    within(made, close)
    asked = send(ada, f"{here}/restore")
    assert asked.status_code == 409 and "fermé" in asked.text
    assert f'<option value="{made.shared}">' in asked.text
    assert f'<option value="{made.secret}">' in asked.text
    for typed, status in (("", 409), ("x", 422), ("999999", 404)):
        assert send(ada, f"{here}/restore", parent=typed).status_code == status
    moved = send(ada, f"{here}/restore", parent=str(made.secret), name="de retour.pdf")
    assert moved.status_code == 303
    assert "de retour.pdf" in ada.get(f"/folders/{made.secret}").text


def test_a_folder_is_weighed_removed_undone_and_purged(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    inside = folder_made(ada, made.shared, "Dedans")
    deep = folder_made(ada, inside, "Profond")
    page = ada.get(f"/folders/{inside}/remove").text
    assert "1 dossier à l’intérieur" in page and "0 document" in page
    assert clients("bo").get(f"/folders/{inside}/remove").status_code == 403
    assert clients("cy").get(f"/folders/{inside}/remove").status_code == 404
    ada = clients("ada")
    wrong = send(ada, f"/folders/{inside}/remove", folders="0", documents="0")
    assert wrong.status_code == 409 and 'name="folders" value="1"' in wrong.text
    removed = send(ada, f"/folders/{inside}/remove", folders="1", documents="0")
    page = ada.get(removed.headers["location"]).text
    undo = f"/folders/{made.shared}/trash/folders/{inside}/restore"
    assert undo in forms(page)
    assert ada.get(f"/folders/{deep}").status_code == 404
    assert send(clients("bo"), undo).status_code == 403
    assert send(clients("ada"), undo).headers["location"] == f"/folders/{inside}?done=brought-back"
    ada = clients("ada")
    assert ada.get(f"/folders/{deep}").status_code == 200
    send(ada, f"/folders/{inside}/remove", folders="1", documents="0")
    item = f"/folders/{made.shared}/trash/folders/{inside}"
    assert "1 dossier à l’intérieur" in ada.get(f"{item}/purge").text
    ended = send(ada, f"{item}/purge")
    assert ended.headers["location"] == f"/folders/{made.shared}/trash?done=purged"
    for address in (f"{item}/purge", f"/folders/{inside}", f"/folders/{deep}"):
        assert ada.get(address).status_code == 404
    journal = ada.get(f"/folders/{made.shared}/journal").text
    assert "a effacé définitivement le dossier" in journal


def test_a_document_is_purged_after_it_was_asked_twice(made: Network, clients: Clients) -> None:
    ada, item = clients("ada"), f"/folders/{made.shared}/trash/documents/{made.document}"
    assert ada.get(f"{item}/purge").status_code == 404
    send(ada, f"/documents/{made.document}/remove", expected="1")
    assert "toutes ses versions" in ada.get(f"{item}/purge").text
    assert send(ada, f"{item}/purge").status_code == 303
    for answer in (
        ada.get(f"{item}/purge"),
        send(ada, f"{item}/restore"),
        send(ada, f"{item}/purge"),
    ):
        assert answer.status_code == 404


def test_a_folder_of_the_top_is_brought_back_from_a_trash_of_its_own(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    removed = send(ada, f"/folders/{made.shared}/remove", folders="0", documents="1")
    assert removed.headers["location"] == "/trash?done=folder-removed"
    page = ada.get(removed.headers["location"]).text
    item = f"/trash/folders/{made.shared}"
    assert "Réunions" in own_words(page) and f"{item}/restore" in forms(page)
    # Whoever did not coordinate it is told nothing, whatever she could do there before.
    for name in ("bo", "cy"):
        client = clients(name)
        pages = client.get("/trash").text, client.get("/").text
        assert not any("Réunions" in own_words(page) for page in pages)
        for act in ("restore", "purge"):
            hidden, never = (
                send(client, f"/trash/folders/{number}/{act}") for number in (made.shared, 999_999)
            )
            assert hidden.status_code == 404 and hidden.content == never.content
        assert client.get(f"{item}/purge").status_code == 404
    ada = clients("ada")
    assert "1 document" in ada.get(f"{item}/purge").text
    assert send(ada, f"{item}/restore").headers["location"].startswith(f"/folders/{made.shared}?")
    assert "compte rendu.pdf" in clients("bo").get(f"/folders/{made.shared}").text
    ada = clients("ada")
    send(ada, f"/folders/{made.shared}/remove", folders="0", documents="1")
    assert send(ada, f"{item}/purge").headers["location"] == "/trash?done=purged"
    assert "Réunions" not in own_words(ada.get("/trash").text)

    async def gone(ws: Workspace) -> None:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        with pytest.raises(NotFound):
            await trash.restore_folder(ws, actor, None, made.shared)

    within(made, gone)


def test_a_closed_folder_below_is_said_to_stay(made: Network, clients: Clients) -> None:
    async def make(ws: Workspace) -> int:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        return await folders.make(ws, actor, made.shared, "Bureau <fermé>", is_closed=True)

    number = within(made, make)
    ada = clients("ada")
    page = ada.get(f"/folders/{made.shared}/remove").text
    assert "Bureau &lt;fermé&gt;" in page
    send(ada, f"/folders/{made.shared}/remove", folders="0", documents="1")
    assert ada.get(f"/folders/{number}").status_code == 200
    assert "Bureau &lt;fermé&gt;" in ada.get("/").text
