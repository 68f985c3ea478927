"""Who sees a folder, why, and why not, through the real application."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import re
from datetime import date
from urllib.parse import quote

import pytest
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from atelier.database.engine import Transaction
from atelier.model.audience import Cause, DeadGrant, Miss, NearMiss
from atelier.model.folders import Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId
from atelier.web.language import Voice
from atelier.web.pages.viewers import CAUSES, MISSES, cause_sentence, miss_sentence
from atelier.web.spreadsheets import spreadsheet
from atelier.workspace import folders, people, sharing
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, own_words, token_in, within


def said(page: str) -> str:
    """The words of a page, as they are read."""
    words = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    plain = html.unescape(words).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(plain.replace("’", "'").split())


def cells(body: bytes) -> list[list[str]]:
    """The rows of a spreadsheet, as an office suite reads them."""
    text = body.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def under(made: Network, name: str = "Équipe") -> FolderId:
    """A folder in `shared` that Cy coordinates; she may not read what is above it."""

    async def make(ws: Workspace) -> FolderId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        cy = (await people.session(ws, made.tokens["cy"])).actor
        below = await folders.make(ws, ada, made.shared, name)
        subject = Subject(SubjectKind.PERSON, cy.person_id)
        await sharing.grant(ws, ada, below, subject, Role.COORDINATOR)
        return below

    return within(made, make)


def test_a_coordinator_reads_everybody_with_the_chain_and_a_reader_does_not(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}"
    page = said(clients("ada").get(f"{here}/people").text)
    assert "2 personnes" in page and "bo@reseau.example" in page
    assert "Bo bo@reseau.example , Mairie Contribution Contribution donnée ici" in page
    assert "à la structure Mairie" in page and "administration personne invitée" in page
    assert "Chaque personne, et pourquoi" in said(clients("ada").get(f"{here}/access").text)
    for path in (f"{here}/people", f"{here}/people.csv", f"{here}/why"):
        assert clients("bo").get(path).status_code == 403
        assert clients("cy").get(path).status_code == 404
        assert path not in clients("bo").get(f"{here}/access").text


def test_the_list_is_filtered_by_words_and_role_and_refuses_another_role(
    made: Network, clients: Clients
) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/people"
    assert "1 personne Nom" in said(ada.get(f"{here}?filter=MAIRIE").text)
    assert "ada@" not in ada.get(f"{here}?role=contributor").text.partition("<main")[2]
    nobody = ada.get(f"{here}?filter=%3Cb%3E&role=reader")
    assert "Personne ne correspond" in nobody.text and "<b>" not in nobody.text
    assert 'value="&lt;b&gt;"' in nobody.text
    assert f"{here}.csv?filter=%3Cb%3E&amp;role=reader" in nobody.text
    for query in ("role=owner", "page=0", "page=x"):
        assert ada.get(f"{here}?{query}").status_code == 422


def test_the_table_has_a_line_for_each_person_and_reason(made: Network, clients: Clients) -> None:
    below = under(made)
    answer = clients("ada").get(f"/folders/{below}/people.csv")
    assert answer.content.startswith(b"\xef\xbb\xbfNom;Adresse de courriel;Structures;")
    heads, *lines = cells(answer.content)
    assert [line[0] for line in lines] == ["ada", "Bo", "Cy"]
    assert dict(zip(heads, lines[1], strict=True)) == {
        "Nom": "Bo",
        "Adresse de courriel": "bo@reseau.example",
        "Structures": "Mairie",
        "Personne invitée": "",
        "Administration": "",
        "Accès le plus large": "Contribution",
        "Accès": "Contribution",
        "Jusqu’au": "",
        "Dossier de l’accès": "Réunions",
        "Pour qui": "Mairie",
        "Pour la structure": "Mairie",
    }
    assert (lines[0][3], lines[0][4]) == ("oui", "oui")
    filtered = clients("ada").get(f"/folders/{below}/people.csv?filter=bo&role=contributor")
    assert cells(filtered.content) == [heads, lines[1]]
    english = clients("ada").get(
        f"/folders/{below}/people.csv?filter=bo", headers={"accept-language": "en"}
    )
    assert cells(english.content)[0][0] == "Name" and "Contribution" in cells(english.content)[1]


def test_the_table_is_a_file_that_nobody_keeps_or_runs(made: Network, clients: Clients) -> None:
    below = under(made, 'Équipe "rouge"; \u202efdp')
    answer = clients("ada").get(f"/folders/{below}/people.csv")
    given = answer.headers
    assert given["content-type"] == "text/csv; charset=utf-8"
    assert given["cache-control"] == "no-store"
    assert given["x-content-type-options"] == "nosniff"
    assert given["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    name = quote('Qui voit Équipe "rouge"; _fdp.csv', safe="")
    assert given["content-disposition"] == (
        "attachment; filename=\"Qui voit Equipe _rouge__ _fdp.csv\"; filename*=UTF-8''" + name
    )


def test_no_cell_is_a_formula() -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", 'a;"b', "l1\r\nl2"]
    answer = spreadsheet([hostile, ["fin", "a=b", ""]], "x")
    assert isinstance(answer, StreamingResponse)

    async def sent() -> bytes:
        return b"".join([bytes(piece) async for piece in answer.body_iterator])  # type: ignore[arg-type]

    first, second = cells(asyncio.run(sent()))
    assert first == [f"'{cell}" for cell in hostile[:8]] + hostile[8:]
    assert second == ["fin", "a=b", ""]


def test_a_long_table_is_sent_in_pieces_with_one_mark() -> None:
    answer = spreadsheet(([str(number)] for number in range(1_200)), "x")
    assert isinstance(answer, StreamingResponse)

    async def sent() -> list[bytes]:
        return [bytes(piece) async for piece in answer.body_iterator]  # type: ignore[arg-type]

    pieces = asyncio.run(sent())
    assert len(pieces) == 3
    whole = b"".join(pieces)
    assert whole.count("\ufeff".encode()) == 1
    assert [int(row[0]) for row in cells(whole)] == list(range(1_200))


def test_the_name_of_a_folder_above_shows_in_no_page_and_no_table(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{under(made)}"
    asked = ("access", "people", "people.csv", "why?email=bo@reseau.example", "why?person=1")
    for path in asked:
        hers, all_ = clients("cy").get(f"{here}/{path}"), clients("ada").get(f"{here}/{path}")
        assert hers.status_code == all_.status_code == 200
        assert "Réunions" not in own_words(hers.text) and "Réunions" in own_words(all_.text)
        assert "au-dessus" in hers.text and "au-dessus" not in all_.text


def test_a_document_shows_who_sees_its_folder(made: Network, clients: Clients) -> None:
    here = f"/documents/{made.document}/access"
    assert f'href="{here}"' in clients("bo").get(f"/documents/{made.document}").text
    page = clients("bo").get(here).text
    assert "Qui voit ce document ?" in said(page) and "Mairie" in page
    assert f'href="/documents/{made.document}"' in page and "compte rendu.pdf" in page
    assert "Donner un accès" not in said(page)
    ada = clients("ada").get(here).text
    assert f'action="/folders/{made.shared}/access"' in ada
    assert clients("cy").get(here).status_code == 404


def test_a_coordinator_asks_why_and_is_led_to_the_form(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}"
    empty = ada.get(f"{here}/why")
    assert 'name="email"' in empty.text and "answer" not in empty.text
    page = ada.get(f"{here}/why?email=CY@reseau.example")
    assert "Cette personne ne voit pas ce dossier" in said(page.text)
    assert "Aucun accès à ce dossier n'est donné à cette personne" in said(page.text)
    assert ada.get(f"{here}/why?person=3").text.count("Cy") == page.text.count("Cy")
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+#give)"', page.text)]
    assert links == [
        f"{here}/access?subject=person%3A3#give",
        f"{here}/access?subject=organisation%3A2#give",
    ]
    filled = [ada.get(link.partition("#")[0]).text for link in links]
    assert 'value="cy@reseau.example"' in filled[0]
    assert '<option value="organisation:2" selected>Hôpital' in filled[1]
    seen = said(ada.get(f"{here}/why?email=bo@reseau.example").text)
    assert "Cette personne voit ce dossier, avec l'accès « Contribution »" in seen
    assert "à la structure Mairie" in seen


def test_nobody_is_asked_about_in_words_that_help(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/why"
    unknown = ada.get(f"{here}?email=zed@reseau.example")
    assert unknown.status_code == 422 and 'href="#field-email"' in unknown.text
    assert "Personne n'a cette adresse" in said(unknown.text)
    assert 'value="zed@reseau.example"' in unknown.text
    assert ada.get(f"{here}?person=999").status_code == 404
    for query in ("person=0", "person=x", "person=" + "9" * 30):
        assert ada.get(f"{here}?{query}").status_code == 422


def test_a_near_miss_is_told_in_words(made: Network, clients: Clients) -> None:
    async def close(ws: Workspace) -> FolderId:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        return await folders.make(ws, ada, made.shared, "Bureau", is_closed=True)

    closed = within(made, close)
    page = said(clients("ada").get(f"/folders/{closed}/why?email=bo@reseau.example").text)
    assert "Cette personne voit « Réunions », mais le dossier « Bureau » est fermé" in page


def send(client: TestClient, path: str, **fields: str) -> tuple[int, str]:
    """The status of a form sent, and the page."""
    token = token_in(client.get("/").text)
    answer = client.post(path, data={"form_token": token, **fields})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("subject", "email", "field"),
    [
        ("", "", "subject"),
        ("organisation:2", "bo@reseau.example", "email"),
        ("", "zed@reseau.example", "email"),
    ],
)
def test_a_form_names_one_subject_or_one_address(
    made: Network, clients: Clients, subject: str, email: str, field: str
) -> None:
    here = f"/folders/{made.secret}/access"
    given = {"subject": subject, "email": email, "role": "reader", "until": ""}
    status, page = send(clients("ada"), here, **given)
    assert status == 422 and f'href="#field-{field}"' in page
    assert not email or f'value="{email}"' in page
    assert send(clients("bo"), here, **given)[0] == 404


def test_people_are_not_in_the_select_and_few_are_offered_by_address(
    made: Network, clients: Clients
) -> None:
    page = clients("ada").get(f"/folders/{made.shared}/access").text
    assert 'value="person:' not in page
    assert '<option value="cy@reseau.example">Cy</option>' in page
    assert 'id="addresses"' not in clients("bo").get(f"/folders/{made.shared}/access").text


TOLD_ON = date(2026, 3, 11)
GRANT = Grant(
    GrantId(1), FolderId(1), "A", Subject(SubjectKind.ORGANISATION, 2, "<b>"), Role.READER, None
)
TOLD = {
    Miss.ACCOUNT_INACTIVE: NearMiss(Miss.ACCOUNT_INACTIVE),
    Miss.GRANT_ENDED: NearMiss(Miss.GRANT_ENDED, date(2026, 3, 11), grant=GRANT),
    Miss.PLACE_ENDED: NearMiss(Miss.PLACE_ENDED, date(2026, 3, 11), "Mairie", GRANT),
    Miss.PLACE_BEGINS: NearMiss(Miss.PLACE_BEGINS, date(2026, 3, 13), "Mairie", GRANT),
    Miss.ORGANISATION_LEFT: NearMiss(Miss.ORGANISATION_LEFT, date(2026, 3, 11), "Mairie", GRANT),
    Miss.CLOSED: NearMiss(Miss.CLOSED, above="Haut", closed="Bas"),
    Miss.NOTHING: NearMiss(Miss.NOTHING),
    Miss.ABOVE: NearMiss(Miss.ABOVE),
}


def test_every_near_miss_and_cause_has_its_sentence_in_both_languages() -> None:
    assert set(MISSES) == set(TOLD) == set(Miss) and set(CAUSES) == set(Cause)
    french, english = Voice("fr", "Europe/Paris"), Voice("en", "Europe/Paris")
    for near in TOLD.values():
        words = [miss_sentence(near, voice) for voice in (french, english)]
        assert words[0] != words[1] and "<b>" not in "".join(words)
        assert not any("%(" in one or "<bdi></bdi>" in one for one in words)
        assert near.on is None or f"{near.on.day} mars 2026" in words[0]
    unnamed = miss_sentence(NearMiss(Miss.CLOSED, above="Haut"), french)
    assert "Haut" in unnamed and "un dossier fermé entre les deux" in unnamed
    for cause in Cause:
        dead = DeadGrant(GRANT, cause, None if cause is Cause.ACCOUNT_INACTIVE else TOLD_ON)
        assert cause_sentence(dead, french) != cause_sentence(dead, english)
    everybody = Grant(
        GrantId(2), FolderId(1), "A", Subject(SubjectKind.NETWORK), Role.READER, TOLD_ON
    )
    ended = miss_sentence(NearMiss(Miss.GRANT_ENDED, TOLD_ON, grant=everybody), french)
    assert "tout le réseau" in ended


def test_a_grant_that_opens_nothing_is_shown_apart_to_be_withdrawn(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}/access"

    async def leave(ws: Workspace) -> None:
        async def unit(tx: Transaction) -> None:
            await tx.run("UPDATE organisations SET ends_on = '2020-12-31' WHERE name = 'Mairie'")

        await ws.db.write(unit)

    assert "N'ouvrent plus rien" not in said(clients("ada").get(here).text)
    within(made, leave)
    page = clients("ada").get(here).text
    apart = said("<main" + page.partition("N’ouvrent plus rien")[2])
    assert "Mairie structure Lecture" not in apart
    assert "Mairie structure Contribution la structure a quitté" in apart
    assert "31 décembre 2020 Retirer" in apart
    assert page.count("/withdraw") == 2
    assert clients("bo").get(here).status_code == 404
