"""Warnings of patient data through the real application: who sees them, and both answers."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from atelier.app import finish_waiting_work
from atelier.model.ids import DocumentId
from atelier.workspace.place import Workspace
from tests.samples import pdf
from tests.web.network import Clients, Network, send, token_in, within

NUMBER = "1 85 05 78 006 084 91"
WARNING = re.compile(r"semble contenir 1 num\w+ de s\w+ sociale \(page 2\)")
REMINDER = "Pas de données de patients"


def deposited(made: Network, client: TestClient, content: bytes, **fields: str) -> int:
    """The id of a document that was deposited through the page of its folder, and read."""
    token = token_in(client.get("/").text)
    path = f"/folders/{made.shared}/deposits"
    if "document" in fields:
        path = f"/documents/{fields.pop('document')}/versions"
    client.post(
        path,
        data={"form_token": token, "taken": "revise", **fields} if "deposits" in path
        else {"form_token": token, **fields},
        files={"files": ("liste.pdf", content)},
    )  # fmt: skip
    within(made, finish_waiting_work)

    async def newest(ws: Workspace) -> int:
        return int(await ws.db.read(lambda tx: tx.value("SELECT MAX(id) FROM documents")))

    return DocumentId(within(made, newest))


def sent(page: str) -> list[str]:
    """Where the forms of a page are sent."""
    return re.findall(r'<form method="post" action="([^"]+)"', page)


def test_the_depositor_and_the_coordinators_read_the_warning_and_answer_it(
    made: Network, clients: Clients
) -> None:
    document = deposited(made, clients("bo"), pdf(["Bonjour.", f"Madame X, {NUMBER}"]))
    version = f"/documents/{document}/versions/1"
    folder = f"/folders/{made.shared}"
    for name in ("bo", "ada"):
        client = clients(name)
        for path in ("/", folder):
            page = client.get(path).text
            assert "À vérifier" in page and f"/documents/{document}" in page, (name, path)
        page = client.get(f"/documents/{document}").text
        assert WARNING.search(page) and NUMBER not in page.partition("À vérifier")[2][:3000]
        assert {f"{version}/settle", f"{version}/purge"} <= set(sent(page))
        assert "C'est la seule version" in page.replace("’", "'")
    given = clients("cy").get("/").text
    assert "À vérifier" not in given
    assert clients("cy").get(f"/documents/{document}").status_code == 404
    settled = send(clients("bo"), f"{version}/settle")
    assert settled.headers["location"] == f"/documents/{document}?done=finding-settled"
    for name in ("bo", "ada"):
        for path in ("/", folder, settled.headers["location"]):
            assert "À vérifier" not in clients(name).get(path).text
    again = send(clients("ada"), f"{version}/settle")
    assert again.headers["location"] == f"/documents/{document}"


def test_the_other_answer_erases_the_version_and_shows_the_one_before(
    made: Network, clients: Clients
) -> None:
    document = deposited(made, clients("bo"), pdf(["Bonjour."]))
    deposited(made, clients("bo"), pdf(["Bonjour.", NUMBER]), document=str(document), expected="1")
    here = f"/documents/{document}"
    page = clients("bo").get(here).text
    assert "Les autres versions restent et gardent leur num" in page
    assert "qui lit ce dossier voit toujours le document" in page
    assert sent(page).count(f"{here}/versions/2/purge") == 1
    refused = send(clients("bo"), f"{here}/versions/1/purge")
    assert refused.headers["location"] == here  # nothing was found there
    assert clients("bo").get(f"{here}/versions/1/content").status_code == 200
    done = send(clients("bo"), f"{here}/versions/2/purge")
    assert done.headers["location"] == f"{here}?done=version-purged"
    page = clients("bo").get(done.headers["location"]).text
    assert "effacée définitivement" in page and "À vérifier" not in page
    assert "Il devient la version 3" in page
    assert clients("ada").get(f"{here}/versions/2/content").status_code == 404
    journal = clients("ada").get(f"/folders/{made.shared}/journal").text
    assert "a effacé définitivement la version" in journal and NUMBER not in journal


def test_the_only_version_takes_its_document_along(made: Network, clients: Clients) -> None:
    document = deposited(made, clients("bo"), pdf(["Bonjour.", NUMBER]))
    done = send(clients("ada"), f"/documents/{document}/versions/1/purge")
    assert done.headers["location"] == f"/folders/{made.shared}?done=purged"
    assert clients("bo").get(f"/documents/{document}").status_code == 404
    assert "liste.pdf" not in clients("bo").get(f"/folders/{made.shared}").text
    assert "liste.pdf" not in clients("ada").get(f"/folders/{made.shared}/trash").text


def test_a_contributor_may_not_answer_for_what_another_deposited(
    made: Network, clients: Clients
) -> None:
    document = deposited(made, clients("ada"), pdf(["Bonjour.", NUMBER]))
    bo = clients("bo")
    for path in ("/", f"/folders/{made.shared}", f"/documents/{document}"):
        assert "À vérifier" not in bo.get(path).text
    for act in ("settle", "purge"):
        with_one = send(bo, f"/documents/{document}/versions/1/{act}")
        without = send(bo, f"/documents/{made.document}/versions/1/{act}")
        never = send(bo, f"/documents/999999/versions/1/{act}")
        assert with_one.status_code == without.status_code == never.status_code == 404
        assert with_one.content == without.content == never.content
    assert "À vérifier" in clients("ada").get(f"/documents/{document}").text


def test_both_forms_of_a_deposit_remind_what_does_not_belong_here(
    made: Network, clients: Clients
) -> None:
    for path in (f"/folders/{made.shared}", f"/documents/{made.document}"):
        assert REMINDER in clients("bo").get(path).text
