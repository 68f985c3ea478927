"""Folders without coordination and taking one over, through the real application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from tests.web.confirming import confirmed
from tests.web.network import Network, network, send, within

Clients = Callable[[str], TestClient]
REASON = "Bo est parti en <b>juin</b>"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path) as one:
        within(one, to_bo)
        yield one


async def to_bo(ws: Any) -> None:
    """Bo coordinates the folders alone, and Cy the first one for a time."""

    async def unit(tx: Any) -> None:
        await tx.run("UPDATE grants SET subject_id = 2 WHERE subject_kind = 'person'")
        await tx.run(
            "INSERT INTO grants (folder_id, subject_kind, subject_id, role, until, granted_by,"
            " granted_at) VALUES (1, 'person', 3, 'coordinator', '2999-01-01', 2, 0)"
        )

    await ws.db.write(unit)


async def bo_leaves(ws: Any) -> None:
    """Bo's account ends."""

    async def unit(tx: Any) -> None:
        await tx.run("UPDATE people SET disabled_at = 1 WHERE id = 2")

    await ws.db.write(unit)


def test_a_steward_finds_orphaned_folders_from_her_home_page_and_takes_one_over(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    assert "notice plain" not in ada.get("/").text
    assert "Tous les dossiers sont coordonnés" in ada.get("/orphans").text
    within(made, bo_leaves)
    ada = clients("ada")
    assert "2 dossiers sans coordination" in ada.get("/").text
    page = ada.get("/orphans").text
    assert "Réunions" in page and "Secret" in page and "compte rendu" not in page
    assert ada.get(f"/folders/{made.secret}").status_code == 404
    prefilled = HTMLParser(ada.get(f"/orphans?folder={made.secret}").text)
    field = prefilled.css_first("#field-folder")
    assert field is not None and field.attributes["value"] == str(made.secret)
    taken = send(ada, "/take-over", folder=str(made.secret), reason=REASON)
    assert taken.headers["location"] == f"/folders/{made.secret}?done=taken-over"
    assert ada.get(taken.headers["location"]).status_code == 200
    journal = ada.get(f"/folders/{made.secret}/journal").text
    assert "a pris en main le dossier" in journal and "&lt;b&gt;juin" in journal
    assert "1 dossier sans coordination" in ada.get("/").text


def test_the_coordinators_of_the_folder_read_it_on_their_home_page(
    made: Network, clients: Clients
) -> None:
    send(clients("ada"), "/take-over", folder=str(made.shared), reason=REASON)
    for name in ("bo", "cy"):
        page = HTMLParser(clients(name).get("/").text)
        (notice,) = page.css("main .notice.warn")
        said = " ".join(notice.text().split())
        assert said.startswith("ada (administration) a pris en main le dossier Réunions le ")
        assert said.endswith(REASON)
    assert "a pris en main" not in clients("ada").get("/").text
    send(clients("ada"), "/take-over", folder=str(made.secret), reason=REASON)
    assert len(HTMLParser(clients("bo").get("/").text).css("main .notice.warn")) == 2
    assert len(HTMLParser(clients("cy").get("/").text).css("main .notice.warn")) == 1


def warned(client: TestClient) -> list[str]:
    """What the home page tells of stewards, as text."""
    found = HTMLParser(client.get("/").text).css("main .notice.warn")
    return [" ".join(one.text().split()) for one in found]


def test_what_became_hidden_is_still_told_by_the_name_she_knew_and_without_a_link(
    made: Network, clients: Clients
) -> None:
    send(clients("ada"), "/take-over", folder=str(made.shared), reason=REASON)
    journal = f'/folders/{made.shared}/journal"'
    assert journal in clients("bo").get("/").text
    within(made, bo_and_the_town_hall_are_withdrawn)
    bo = clients("bo")
    assert bo.get(f"/folders/{made.shared}").status_code == 404
    assert "ada (administration) a pris en main le dossier Réunions le" in warned(bo)[0]
    assert journal not in bo.get("/").text


async def bo_and_the_town_hall_are_withdrawn(ws: Any) -> None:
    """Only stewards are left in the first folder."""

    async def unit(tx: Any) -> None:
        await tx.run("DELETE FROM grants WHERE folder_id = 1 AND subject_id <> 1 OR granted_by = 2")
        await tx.run("DELETE FROM grants WHERE folder_id = 1 AND subject_kind = 'organisation'")

    await ws.db.write(unit)


def test_a_place_that_a_steward_gives_herself_is_told_where_it_opens_and_written_there(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    assert ada.get(f"/folders/{made.shared}").status_code == 404
    given = confirmed(ada, "/people/1/memberships", organisation="1")
    assert given.status_code == 303
    assert ada.get(f"/folders/{made.shared}").status_code == 200
    assert warned(ada) == []
    for name in ("bo", "cy"):
        (said,) = warned(clients(name))
        assert said.startswith(
            "ada (administration) s’est donné un accès par Mairie au dossier Réunions le "
        )
    journal = clients("bo").get(f"/folders/{made.shared}/journal").text
    assert "donné un accès par" in journal
    assert "donné un accès" not in clients("bo").get(f"/folders/{made.secret}/journal").text


def test_who_coordinates_below_is_told_of_her_own_folder_alone_in_her_language(
    made: Network, clients: Clients
) -> None:
    bo = clients("bo")
    below = send(bo, f"/folders/{made.secret}/folders", name="Dedans").headers["location"]
    number = int(below.split("?")[0].rpartition("/")[2])
    within(made, lambda ws: cy_coordinates(ws, number))
    send(clients("ada"), "/take-over", folder=str(made.secret), reason=REASON)
    (said,) = warned(clients("cy"))
    assert "un dossier au-dessus de Dedans, qui en hérite, le" in said
    assert said.endswith(REASON) and "Secret" not in said
    assert "le dossier Secret le" in warned(clients("bo"))[0]
    cy = clients("cy")
    send(cy, "/language", language="en", next="/")
    assert "took over a folder above Dedans, which inherits from it, on" in warned(cy)[0]


async def cy_coordinates(ws: Any, folder: int) -> None:
    """Cy is given the coordination of one more folder."""

    async def unit(tx: Any) -> None:
        await tx.run(
            "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by,"
            " granted_at) VALUES (:folder, 'person', 3, 'coordinator', 2, 0)",
            folder=folder,
        )

    await ws.db.write(unit)


@pytest.mark.parametrize(
    ("folder", "reason", "status", "field"),
    [
        ("", "Départ", 422, "folder"),
        ("douze", "Départ", 422, "folder"),
        ("999999", "Départ", 404, "folder"),
        ("1", "", 422, "reason"),
        ("1", "  ", 422, "reason"),
        ("1", "x" * 501, 422, "reason"),
    ],
)
def test_a_wrong_take_over_is_told_beside_its_field_and_nothing_is_taken(
    made: Network, clients: Clients, folder: str, reason: str, status: int, field: str
) -> None:
    ada = clients("ada")
    answer = send(ada, "/take-over", folder=folder, reason=reason)
    assert answer.status_code == status and f'href="#field-{field}"' in answer.text
    assert ada.get(f"/folders/{made.shared}").status_code == 404


def test_taking_over_twice_is_refused(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    assert send(ada, "/take-over", folder="1", reason="Départ").status_code == 303
    again = send(ada, "/take-over", folder="1", reason="Départ")
    assert again.status_code == 409 and "Vous coordonnez déjà ce dossier" in again.text


def test_nobody_else_takes_over_or_is_told_what_is_there(made: Network, clients: Clients) -> None:
    for name in ("bo", "cy"):
        client = clients(name)
        assert client.get("/orphans").status_code == 403
        answers = {
            send(client, "/take-over", folder=str(number), reason="Départ").content
            for number in (made.shared, made.secret, 999_999)
        }
        assert len(answers) == 1 and "réservée aux administrateurs" in answers.pop().decode()
        assert "/orphans" not in client.get("/").text
    assert clients("cy").get(f"/folders/{made.secret}").status_code == 404
    assert 'href="/orphans"' in clients("ada").get("/network").text
