"""Actions on their page, where one begins, and on the page of the next meeting."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from atelier.workspace import accounts, people
from atelier.workspace.place import Workspace, today
from tests.remembered import meeting, todo
from tests.web.network import Clients, Network, send, within

DAY: Final = date(2026, 2, 3)
PAST: Final = date(2020, 1, 1)
COMING: Final = date(2100, 1, 1)


@pytest.fixture
def remembered(made: Network) -> Network:
    """A late action of Bo's (1), one of his town's (2), one of Ada's (3), a hidden one of Cy's."""

    async def act(ws: Workspace) -> None:
        ada, bo, cy = [
            (await people.session(ws, made.tokens[name])).actor for name in ("ada", "bo", "cy")
        ]
        item = await meeting(ws, ada, made.shared, "COPIL", DAY, series="Comité")
        await todo(ws, ada, item, "Écrire <b>au préfet</b>", of=bo, due=PAST)
        await todo(ws, ada, item, "Prêter la salle", organisation="Mairie")
        await todo(ws, ada, item, "Relire", of=ada, due=COMING)
        await todo(ws, ada, item, "Caché à Cy", of=cy, due=PAST)
        await meeting(ws, ada, made.shared, "COPIL 2", date(2026, 6, 2), series="Comité")

    within(made, act)
    return made


def test_the_page_tells_each_what_is_hers_and_what_is_late_where_she_leads(
    remembered: Network, clients: Clients
) -> None:
    page = clients("bo").get("/actions").text
    assert "Écrire &lt;b&gt;au préfet&lt;/b&gt;" in page and "Prêter la salle" in page
    assert "en retard" in page and "1er janvier 2020" in page and "sans échéance" in page
    assert "Relire" not in page and "en retard dans les dossiers" not in page
    assert page.count('/done"') == 2
    page = clients("ada").get("/actions").text
    assert (
        "Autres actions en retard dans les dossiers que je coordonne" in page and "Relire" in page
    )
    assert "Caché à Cy" in page and "Prêter la salle" not in page
    page = clients("cy").get("/actions").text
    assert "Aucune action à mener" in page and "Caché à Cy" not in page
    assert clients("").get("/actions").status_code == 303


def test_one_list_alone_and_a_list_that_is_none(remembered: Network, clients: Clients) -> None:
    page = clients("ada").get("/actions?list=late").text
    assert "Caché à Cy" in page and "Relire" not in page
    assert 'name="next" value="/actions?list=late"' in page
    assert clients("ada").get("/actions?list=tout").status_code == 422
    assert clients("ada").get("/actions?list=late&page=0").status_code == 422


def test_home_tells_hers_and_how_many_are_late_in_words(
    remembered: Network, clients: Clients
) -> None:
    page = clients("bo").get("/").text
    assert "Mes actions" in page and "Écrire" in page and "en retard" in page
    assert "en retard dans les dossiers" not in page and "Prêter" not in page
    page = clients("ada").get("/").text
    assert "2 autres actions en retard dans les dossiers que vous coordonnez" in page
    assert 'href="/actions?list=late"' in page and "Relire" in page
    page = clients("cy").get("/").text
    assert "Caché" not in page and "Toutes les actions" not in page


def test_home_tells_five_of_hers_and_leads_to_the_rest(made: Network, clients: Clients) -> None:
    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        item = await meeting(ws, ada, made.shared, "COPIL", DAY)
        for number in range(8):
            await todo(ws, ada, item, f"Tâche {number}", of=ada)

    within(made, act)
    page = clients("ada").get("/").text
    assert page.count("Marquer comme faite") == 5 and "Tâche 5" not in page
    assert "et 3 autres actions" in page and 'href="/actions?list=mine"' in page


def test_marking_one_goes_back_to_where_she_was_and_says_so(
    remembered: Network, clients: Clients
) -> None:
    bo = clients("bo")
    done = send(bo, "/actions/1/done", next="/")
    assert (done.status_code, done.headers["location"]) == (303, "/?done=todo-done")
    page = bo.get(done.headers["location"]).text
    assert "marquée comme faite" in page and "Écrire" not in page
    again = send(bo, "/actions/1/done", next="/")
    assert again.status_code == 409 and "déjà marquée comme faite" in again.text
    page = bo.get("/actions").text
    assert "Faites depuis un mois" in page and "/actions/1/reopen" in page
    back = send(bo, "/actions/1/reopen")
    assert back.headers["location"] == "/actions?done=todo-reopened"
    assert "Écrire" in bo.get("/").text
    away = send(bo, "/actions/2/done", next="//ailleurs.example/")
    assert away.headers["location"] == "/?done=todo-done"


def test_who_may_not_is_refused_and_who_may_not_read_learns_nothing(
    remembered: Network, clients: Clients
) -> None:
    assert send(clients("bo"), "/actions/3/done").status_code == 403
    hidden, never = [send(clients("cy"), f"/actions/{n}/done") for n in (4, 999_999)]
    assert hidden.status_code == never.status_code == 404
    assert hidden.text == never.text and "Introuvable" in hidden.text
    assert send(clients("ada"), "/actions/3/done").status_code == 303
    assert clients("bo").post("/actions/1/done", data={"next": "/"}).status_code == 403, "no token"
    assert "Écrire" in clients("bo").get("/actions").text


def test_the_next_meeting_shows_what_is_still_to_be_done(
    remembered: Network, clients: Clients
) -> None:
    page = clients("bo").get("/meetings/2").text
    assert "Actions encore ouvertes des réunions précédentes" in page
    assert page.count('/done"') == 2 and 'name="next" value="/meetings/2"' in page
    assert "Relire" in page, "who reads the meeting sees all, and marks what is his"
    own = clients("bo").get("/meetings/1").text
    assert "Actions encore ouvertes" not in own
    assert "/actions/1/done" in own and "/actions/3/done" not in own
    assert clients("ada").get("/meetings/1").text.count('/done"') == 4
    send(clients("ada"), "/actions/3/done")
    assert "/actions/3/reopen" in clients("ada").get("/meetings/1").text
    assert clients("ada").get("/meetings/2").text.count('/done"') == 3
    assert clients("cy").get("/meetings/2").status_code == 404


def test_a_person_who_left_is_said_and_leads_to_the_minutes(
    remembered: Network, clients: Clients
) -> None:
    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, remembered.tokens["ada"])).actor
        cy = (await people.session(ws, remembered.tokens["cy"])).actor
        await accounts.disable(ws, ada, cy.person_id)
        assert today(ws) > PAST

    within(remembered, act)
    page = clients("ada").get("/actions?list=left").text
    assert "Caché à Cy" in page and "a quitté le réseau" in page
    assert 'href="/meetings/1/minutes"' in page and "Confier à quelqu’un d’autre" in page
    assert "Caché à Cy" not in clients("bo").get("/actions?list=left").text
