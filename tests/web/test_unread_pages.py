"""What could not be read, through the real application: the list, the reasons, « Relire »."""

from __future__ import annotations

import re

from atelier.app import finish_waiting_work
from atelier.model.jobs import Rank
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, within


def waiting(made: Network) -> list[int]:
    """The ranks of what waits to be read."""

    async def ranks(ws: Workspace) -> list[int]:
        rows = await ws.db.read(
            lambda tx: tx.rows("SELECT rank FROM jobs WHERE kind = 'read_version' ORDER BY id")
        )
        return [rank for (rank,) in rows]

    return within(made, ranks)


def sent(page: str) -> list[str]:
    """Where the forms of a page are sent."""
    return re.findall(r'<form method="post" action="([^"]+)"', page)


def test_a_document_says_why_it_is_not_searchable_what_works_and_what_to_do(
    made: Network, clients: Clients
) -> None:
    within(made, finish_waiting_work)
    page = clients("bo").get(f"/documents/{made.document}").text
    assert re.search(
        r"Ce PDF ne s.ouvre pas\s?: il est coupé ou abîmé\. Le fichier est gardé tel quel et"
        r" se télécharge comme les autres\. S.il s.ouvre sur votre ordinateur, enregistrez-le",
        page,
    )
    assert "Abîmé" in clients("bo").get(f"/folders/{made.shared}").text


def test_the_list_of_a_folder_shows_what_was_not_read_to_its_readers(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}/unread"
    assert "Tout ce qui est ici a été lu" in clients("bo").get(here).text
    within(made, finish_waiting_work)
    assert here in clients("bo").get(f"/folders/{made.shared}").text
    page = clients("bo").get(here).text
    assert "compte rendu.pdf" in page and "il est coupé ou abîmé" in page
    assert here not in sent(page)  # she contributes: nothing to press
    assert "compte rendu.pdf" in clients("bo").get(f"{here}?page=9").text
    assert clients("cy").get(here).status_code == 404
    assert clients("cy").get(here).content == clients("cy").get("/folders/999/unread").content


def test_a_coordinator_has_one_or_all_of_them_read_again(made: Network, clients: Clients) -> None:
    within(made, finish_waiting_work)
    here, ada = f"/folders/{made.shared}/unread", clients("ada")
    assert sent(ada.get(here).text).count(here) == 2
    one = send(ada, here, document=str(made.document), version="1")
    assert one.headers["location"] == f"{here}?done=reading-again"
    page = ada.get(one.headers["location"]).text
    assert "Sera relu" in page and "sera relu dans un instant" in page
    assert waiting(made) == [Rank.LONG]
    within(made, finish_waiting_work)
    everything = send(ada, here, document="", version="")
    assert everything.headers["location"] == f"{here}?done=all-reading-again"
    assert waiting(made) == [Rank.BACKGROUND]
    # Of a document that is not hers, or not there, nothing is told.
    for document in (made.hidden, 999_999):
        answer = send(clients("bo"), here, document=str(document), version="1")
        assert answer.status_code in (403, 404)


def test_a_document_is_read_again_from_its_page_by_its_coordinators_alone(
    made: Network, clients: Clients
) -> None:
    within(made, finish_waiting_work)
    here = f"/documents/{made.document}"
    again = f"{here}/versions/1/read"
    assert again not in sent(clients("bo").get(here).text)
    assert send(clients("bo"), again).status_code == 403
    assert send(clients("cy"), again).status_code == 404
    assert waiting(made) == []
    assert again in sent(clients("ada").get(here).text)
    done = send(clients("ada"), again)
    assert done.headers["location"] == f"{here}?done=reading-again"
    assert waiting(made) == [Rank.LONG]
    page = clients("ada").get(here).text
    assert "Sera relu" in page and again not in sent(page)
    assert "Sera relu" not in clients("bo").get(here).text  # she may not have it read
    within(made, finish_waiting_work)
    page = clients("ada").get(here).text
    assert "Sera relu" not in page and again in sent(page)
