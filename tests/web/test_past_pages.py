"""The page of old meetings through the real application: what it proposes, and what it does."""

from __future__ import annotations

import html
import re
from typing import Any

from starlette.testclient import TestClient

from atelier.database.engine import Transaction
from atelier.model.ids import FolderId
from atelier.workspace import deposits, documents, folders, people
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, token_in, within

NOT_THERE = 10**15


def test_the_page_proposes_what_names_tell_and_takes_what_is_ticked(
    made: Network, clients: Clients
) -> None:
    filled(made, "CR COPIL 2019-03-12.odt", "ODJ COPIL 2019-03-12.odt", "Photo.jpg")
    ada = clients("ada")
    page = ada.get(address(made)).text
    assert "Une réunion reconnue" in page
    assert 'value="2019-03-12"' in page
    assert 'value="Comité de pilotage"' in page
    assert "Photo.jpg" in page

    answer = sent(ada, made, page)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{address(made)}?made=1&done=past-taken"
    told = ada.get(answer.headers["location"]).text
    assert "Une réunion a été reprise" in told and 'href="/meetings/1"' in told
    assert f'href="/folders/{made.shared}/meetings"' in told
    for other in ("1-2-3", "1-1x", "999", "1-", "<b>"):
        page = ada.get(f"{address(made)}?made={other}").text
        assert ("a été reprise" in page) == (other == "1-2-3")
    elsewhere = ada.get(f"/folders/{made.secret}/past?made=1").text
    assert "a été reprise" not in elsewhere
    listing = ada.get(f"/folders/{made.shared}").text
    assert "2019-03-12 Comité de pilotage" in listing
    assert "CR COPIL 2019-03-12.odt" not in listing
    again = ada.get(address(made)).text
    assert "Aucune réunion à reprendre ici" in again
    assert "Photo.jpg" in again


def test_a_day_that_never_was_is_told_and_put_right_in_its_line(
    made: Network, clients: Clients
) -> None:
    filled(made, "PV du 31 février 2019.pdf", "ODJ du 31 février 2019.odt", "Photo.jpg")
    ada = clients("ada")
    page = ada.get(address(made)).text
    assert "Une réunion reconnue" in page
    assert "Le nom dit une date qui n’existe pas (31 février 2019)" in page
    left = page.partition('id="left"')[2]
    assert "Photo.jpg" in left and "31 février" not in left
    (key,) = re.findall(r'name="take" value="(d\d+)"', page)
    assert sent(ada, made, page, take=[key]).status_code == 409
    assert sent(ada, made, page, take=[key], day=["2019-02-28"]).status_code == 303
    assert "2019-02-28 Réunion" in ada.get(f"/folders/{made.shared}").text


def test_nothing_moves_without_a_tick(made: Network, clients: Clients) -> None:
    filled(made, "CR COPIL 2019-03-12.odt")
    ada = clients("ada")
    answer = sent(ada, made, ada.get(address(made)).text, take=[])
    assert answer.status_code == 409
    assert "Aucune réunion n’est cochée" in answer.text
    assert "CR COPIL 2019-03-12.odt" in ada.get(f"/folders/{made.shared}").text


def test_a_line_that_is_refused_is_told_with_what_was_typed_and_the_others_are_done(
    made: Network, clients: Clients
) -> None:
    filled(made, "CR COPIL 2019-03-12.odt", "CR COPIL 2019-04-12.odt", "CR COPIL mai 2019.odt")
    ada = clients("ada")
    page = ada.get(address(made)).text
    assert "Le nom ne dit que le mois (05/2019)" in page
    keys = re.findall(r'name="take" value="(d\d+)"', page)
    assert len(keys) == 3
    titles = ["Premier", "Second", "Troisième"]
    within(made, lambda ws: renamed(ws, made, "CR COPIL 2019-04-12.odt", "Autrement.odt"))

    answer = sent(ada, made, page, take=keys, title=titles)

    assert answer.status_code == 409
    shown = html.unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")
    assert "2 réunions n’ont pas été reprises" in shown
    assert "« Autrement.odt » a été renommé ou déplacé" in shown
    assert "Le jour manque" in shown
    assert "Une réunion a été reprise" in shown
    assert 'value="Premier"' in shown
    assert "2019-03-12 Troisième" in ada.get(f"/folders/{made.shared}").text


def test_a_paper_left_where_it_is_stays_and_the_last_one_must_be_kept(
    made: Network, clients: Clients
) -> None:
    filled(made, "CR COPIL 2019-03-12.odt", "ODJ COPIL 2019-03-12.odt")
    ada = clients("ada")
    page = ada.get(address(made)).text
    agenda, minutes = (re.sub(r":\w+$", ":stays", one) for one in papers(page))
    refused = sent(ada, made, page, paper=[agenda, minutes])
    assert refused.status_code == 409
    assert "Aucun document ne resterait" in refused.text
    done = sent(ada, made, page, paper=[papers(page)[0], minutes])
    assert done.status_code == 303
    listing = ada.get(f"/folders/{made.shared}").text
    assert "ODJ COPIL 2019-03-12.odt" in listing
    assert "CR COPIL 2019-03-12.odt" not in listing


def test_the_door_is_the_coordinators(made: Network, clients: Clients) -> None:
    filled(made, "CR COPIL 2019-03-12.odt")
    page = clients("ada").get(address(made)).text
    for name, status in (("bo", 403), ("cy", 404)):
        client = clients(name)
        assert client.get(address(made)).status_code == status
        assert sent(client, made, page).status_code == status
    nowhere = clients("cy").get(f"/folders/{NOT_THERE}/past")
    assert nowhere.status_code == 404
    assert clients("").get(address(made)).headers["location"].startswith("/signin")
    assert "CR COPIL 2019-03-12.odt" in clients("ada").get(f"/folders/{made.shared}").text


def test_forms_that_the_page_does_not_make_are_refused(made: Network, clients: Clients) -> None:
    filled(made, "CR COPIL 2019-03-12.odt")
    ada = clients("ada")
    page = ada.get(address(made)).text
    wrongs: tuple[dict[str, list[str]], ...] = (
        {"key": ["x1:"]},
        {"key": []},
        {"paper": ["d1:1:1:zz:minutes"]},
        {"paper": [papers(page)[0].replace("minutes", "other ")]},
        {"paper": [re.sub(r":\w+$", ":autre", papers(page)[0])]},
    )
    for wrong in wrongs:
        assert sent(ada, made, page, **wrong).status_code == 400, wrong
    other = sent(ada, made, page, other=["1"])
    assert other.status_code == 422
    impossible = sent(ada, made, page, day=["2019-02-31"])
    assert impossible.status_code == 409
    assert 'value="2019-02-31"' in impossible.text
    assert "CR COPIL 2019-03-12.odt" in ada.get(f"/folders/{made.shared}").text


def test_five_hundred_unreadable_names_make_a_clear_page(made: Network, clients: Clients) -> None:
    within(made, lambda ws: unreadable(ws, made.shared, 500))
    page = clients("ada").get(address(made))
    assert page.status_code == 200
    assert "Aucun nom ne porte de date" in page.text
    assert "Seuls les 100 premiers sont montrés" in page.text
    assert 'name="take"' not in page.text
    assert len(page.text) < 100_000


def test_the_meeting_page_names_the_minutes_and_the_folder_page_leads_here(
    made: Network, clients: Clients
) -> None:
    filled(made, "CR COPIL 2019-03-12.odt")
    ada = clients("ada")
    assert f'href="{address(made)}"' in ada.get(f"/folders/{made.shared}/meetings").text
    sent(ada, made, ada.get(address(made)).text)
    meeting = ada.get("/meetings/1")
    assert re.search(r"<dt>Compte rendu</dt><dd><a [^>]*><bdi>CR COPIL 2019-03-12", meeting.text)
    assert f'href="{address(made)}"' not in clients("bo").get(f"/folders/{made.shared}").text


def address(made: Network) -> str:
    """Where old meetings of the shared folder are taken over."""
    return f"/folders/{made.shared}/past"


def papers(page: str) -> list[str]:
    """What is chosen for each document."""
    return re.findall(r'<option value="([^"]+)" selected', page)


def sent(client: TestClient, made: Network, page: str, **other: list[str]) -> Any:
    """The page's form as it stands, sent back, with some of its lists changed."""
    fields: dict[str, list[str]] = {
        name: [html.unescape(one) for one in re.findall(rf'name="{name}" value="([^"]*)"', page)]
        for name in ("key", "title", "day", "series")
    }
    fields["take"] = re.findall(r'name="take" value="([^"]+)" checked', page)
    fields["paper"] = papers(page)
    token = token_in(client.get("/").text)
    return client.post(address(made), data={"form_token": token, **fields, **other})


def filled(made: Network, *names: str) -> None:
    """Documents in the shared folder."""
    within(made, lambda ws: _filled(ws, made, names))


async def _filled(ws: Workspace, made: Network, names: tuple[str, ...]) -> None:
    ada = await people.actor(ws, "ada@reseau.example")
    for name in names:
        incoming = await deposits.begin(ws, ada, made.shared, name)
        await incoming.write(name.encode())
        await deposits.finish(ws, ada, incoming)


async def renamed(ws: Workspace, made: Network, name: str, other: str) -> None:
    """A document of the shared folder under another name."""
    ada = await people.actor(ws, "ada@reseau.example")
    rows = (await folders.look(ws, ada, made.shared)).documents
    number = next(row.id for row in rows if row.name == name)
    await documents.rename(ws, ada, number, other)


async def unreadable(ws: Workspace, folder: FolderId, count: int) -> None:
    """So many documents whose names say nothing, as a camera or a scanner makes them."""

    async def unit(tx: Transaction) -> None:
        for number in range(count):
            await tx.run(
                "INSERT INTO documents (folder_id, name, sort_key, version, created_at,"
                " changed_at) VALUES (:folder, :name, :name, 1, 0, 0)",
                folder=folder,
                name=f"~$SCN_{number:04d} ÿþ (copie de copie).jpg",
            )

    await ws.db.write(unit)
