"""Assembled minutes through the real application: read, tried, deposited, approved, reopened."""

from __future__ import annotations

import io
import re
from datetime import date
from zipfile import ZipFile

from starlette.testclient import TestClient

from atelier.model.ids import DocumentId, MeetingId
from atelier.workspace import documents, meetings, people
from atelier.workspace.place import Workspace
from tests.recordings import held, words_of_pdf
from tests.web.network import Clients, Network, send, within


def _meet(made: Network, title: str = "Comité") -> MeetingId:
    async def making(ws: Workspace) -> MeetingId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        return await held(ws, ada, made.shared, title)

    return within(made, making)


def _prepare(made: Network) -> MeetingId:
    async def making(ws: Workspace) -> MeetingId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        draft = meetings.Draft("À venir", date(2100, 6, 3))
        return await meetings.make(ws, ada, made.shared, draft)

    return within(made, making)


def _state(page: str) -> str:
    found = re.search(r'name="expected" value="(\d+)"', page)
    assert found, page
    return found[1]


def _approved(client: TestClient, here: str) -> str:
    """Have minutes approved; the page that says so."""
    answer = send(client, f"{here}/approve", expected=_state(client.get(here).text))
    assert answer.headers["location"] == f"{here}?done=minutes-approved"
    return client.get(answer.headers["location"]).text


def test_everybody_of_the_dossier_reads_them_and_coordinators_act(
    made: Network, clients: Clients
) -> None:
    here = f"/meetings/{_meet(made)}/record"
    page = clients("bo").get(here).text
    for said in ("Compte rendu – Comité", "Le <strong>bilan</strong> est <em>bon</em>", "Paul Noël",
                 "7 pour, 2 contre", "Écrire à la préfecture", "pas encore approuvé"):  # fmt: skip
        assert said in page, said
    assert "<form" not in page.partition("<main")[2] and "Aperçu" not in page
    page = clients("ada").get(here).text
    assert "Approuver le compte rendu" in page and "Déposer dans le dossier" in page
    meeting = clients("bo").get(here.removesuffix("/record")).text
    assert f'href="{here}"' in meeting


def test_how_a_decision_was_taken_is_never_cut(made: Network, clients: Clients) -> None:
    meeting, ada = _meet(made), clients("ada")
    taken = {"text": "Oui. " * 200, "way": "consensus", "decided_on": "2026-03-10"}
    send(ada, f"/meetings/{meeting}/minutes/items/1/decisions", **taken)
    page = ada.get(f"/meetings/{meeting}/record").text
    assert '<bdi class="short">consensus</bdi>' in page
    assert re.search(r'<td data-label="[^"]+"><bdi class="short">consensus', page)
    said = words_of_pdf(ada.get(f"/meetings/{meeting}/record.pdf").content)
    assert said.count("consensus") == 2, "in the text, and in the table"


def test_a_try_is_downloaded_and_nothing_is_deposited(made: Network, clients: Clients) -> None:
    here = f"/meetings/{_meet(made, 'Été')}/record"
    pdf = clients("ada").get(f"{here}.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert "attachment" in pdf.headers["content-disposition"]
    assert "%C3%89t%C3%A9.pdf" in pdf.headers["content-disposition"]
    assert "Le budget est adopté." in words_of_pdf(pdf.content)
    odt = clients("ada").get(f"{here}.odt")
    with ZipFile(io.BytesIO(odt.content)) as archive:
        assert "Le budget est adopté." in archive.read("content.xml").decode()
    assert clients("bo").get(f"{here}.pdf").status_code == 403
    assert clients("cy").get(f"{here}.odt").status_code == 404
    assert "Télécharger en PDF" not in clients("ada").get(here).text


def test_they_are_deposited_approved_and_opened_again(made: Network, clients: Clients) -> None:
    meeting = _meet(made)
    here, ada = f"/meetings/{meeting}/record", clients("ada")
    first = send(ada, f"{here}/deposit")
    assert first.headers["location"] == f"{here}?done=minutes-deposited"
    again = send(ada, f"{here}/deposit")
    assert again.headers["location"] == f"{here}?done=minutes-same"
    approved = _approved(ada, here)
    assert "Édition 1, approuvée le" in approved and "Télécharger en ODT" in approved
    link = re.search(r'href="(/documents/\d+/versions/2/content)"', approved)
    assert link and ada.get(link[1]).status_code == 200
    assert "Édition 1, approuvée le" in ada.get(f"/meetings/{meeting}").text
    refused = send(ada, f"{here}/deposit")
    assert refused.status_code == 409 and "ne change plus" in refused.text
    opened = send(ada, f"{here}/reopen", expected=_state(approved))
    assert opened.headers["location"] == f"{here}?done=minutes-reopened"
    page = ada.get(here).text
    assert "L'édition 1 avait été approuvée" in page.replace("&#39;", "'").replace("’", "'")
    assert "Édition 2, approuvée le" in _approved(ada, here)


def test_a_paper_that_was_renamed_says_under_which_name_it_was_filed(
    made: Network, clients: Clients
) -> None:
    here, ada = f"/meetings/{_meet(made)}/record", clients("ada")
    send(ada, f"{here}/deposit")
    page = ada.get(here).text
    assert "renommé depuis" not in page
    found = re.search(r'<a href="/documents/(\d+)">', page)
    assert found

    async def renaming(ws: Workspace) -> None:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        await documents.rename(ws, actor, DocumentId(int(found[1])), "Autre nom.odt")

    within(made, renaming)
    page = clients("bo").get(here).text
    assert page.count("renommé depuis") == 1 and "Autre nom.odt" in page
    assert re.search(r"Déposé sous le nom.:\s*<bdi>Compte rendu – Comité", page)


def test_what_was_seen_is_what_is_approved(made: Network, clients: Clients) -> None:
    here, ada = f"/meetings/{_meet(made)}/record", clients("ada")
    number = _state(ada.get(here).text)
    stale = send(ada, f"{here}/approve", expected=str(int(number) - 1))
    assert stale.status_code == 409 and "rien n’a été approuvé" in stale.text
    assert "pendant que vous" not in stale.text and "pas encore approuvé" in stale.text
    early = send(ada, f"{here}/reopen", expected=number)
    assert early.status_code == 409 and "peut être corrigé" in early.text
    for act, typed in (("deposit", {}), ("approve", {"expected": number}),
                       ("reopen", {"expected": number})):  # fmt: skip
        for who, status in (("bo", 403), ("cy", 404)):
            assert send(clients(who), f"{here}/{act}", **typed).status_code == status
    ada = clients("ada")
    assert "pas encore approuvé" in ada.get(here).text


def test_only_what_was_held_is_approved(made: Network, clients: Clients) -> None:
    here, ada = f"/meetings/{_prepare(made)}/record", clients("ada")
    page = ada.get(here).text
    assert "notée comme tenue" in page and "Approuver le compte rendu" not in page
    refused = send(ada, f"{here}/approve", expected="1")
    assert refused.status_code == 422 and "notez-la" in refused.text


def test_markup_in_a_text_is_text(made: Network, clients: Clients) -> None:
    page = clients("ada").get(f"/meetings/{_meet(made, '<script>x</script>')}/record").text
    assert "<script>x" not in page and "&lt;script&gt;x" in page
