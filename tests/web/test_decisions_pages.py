"""The register of decisions on its page, in a spreadsheet, and on paper."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Final

import pypdfium2
import pytest

from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId
from atelier.model.meetings import Votes
from atelier.workspace import folders, people, sharing
from atelier.workspace.place import Workspace
from tests.remembered import decision, meeting
from tests.web.network import URL, Clients, Network, within

DAY: Final = date(2026, 2, 3)
FORMULA: Final = '=HYPERLINK("http://ailleurs.example","Été")'


@pytest.fixture
def remembered(made: Network) -> Network:
    """Two decisions that Bo may read, and one in a folder that he may not."""

    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        item = await meeting(ws, ada, made.shared, "COPIL", DAY, series="Comité")
        await decision(ws, ada, item, "La maraude reprend\nen octobre", DAY)
        await decision(ws, ada, item, FORMULA, date(2026, 2, 4), votes=Votes(12, 1, 2))
        item = await meeting(ws, ada, made.secret, "Bureau", DAY, series="Cachée")
        await decision(ws, ada, item, "Un secret", DAY)

    within(made, act)
    return made


def rows(content: bytes) -> list[list[str]]:
    """A spreadsheet, read as such programs do."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def text_of(pdf: bytes) -> str:
    """What stands on its pages, each run of spaces as one."""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        pages = [opened[number].get_textpage().get_text_range() for number in range(len(opened))]
    finally:
        opened.close()
    return re.sub(r"\s+", " ", " ".join(pages))


def test_the_page_tells_what_was_decided_by_whom_and_where(
    remembered: Network, clients: Clients
) -> None:
    page = clients("bo").get("/decisions").text
    assert "2 décisions" in page and "Un secret" not in page and "Cachée" not in page
    assert "vote : 12 pour, 1 contre, 2 abstentions" in page.replace("\u00a0", " ")
    assert '<a href="/meetings/1#decision-1">' in page
    assert f'href="/folders/{remembered.shared}"' in page
    assert page.index("HYPERLINK") < page.index("La maraude reprend")
    assert "3 décisions" in clients("ada").get("/decisions").text
    nothing = clients("cy").get("/decisions").text
    assert "Aucune décision" in nothing and "maraude" not in nothing
    english = clients("bo").get("/decisions", headers={"accept-language": "en"}).text
    assert "Register of decisions" in english and "2 decisions" in english


def test_each_filter_narrows_the_page_and_the_files_alike(
    remembered: Network, clients: Clients
) -> None:
    for query, told in (
        ("", 2),
        ("?words=MARAUDE+octob", 1),
        ("?words=secret", 0),
        ("?series=1", 2),
        ("?series=2", 0),
        ("?organisation=1", 0),
        ("?since=2026-02-04", 1),
        ("?until=2026-02-03", 1),
        ("?since=2026-02-03&until=2026-02-04", 2),
        (f"?folder={remembered.shared}", 2),
        (f"?folder={remembered.shared}&words=%25&page=7", 0),
    ):
        bo = clients("bo")
        page = bo.get(f"/decisions{query}")
        assert page.status_code == 200 and page.text.count("#decision-") == told, query
        assert len(rows(bo.get(f"/decisions.csv{query}").content)) == 1 + told, query
    assert clients("ada").get("/decisions?series=2").text.count("#decision-") == 1


def test_marks_that_turn_or_hide_text_are_in_neither_file_but_told_on_the_page(
    remembered: Network, clients: Clients
) -> None:
    marks = "\u202e\u2066\u200f\u200b\u00ad"

    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, remembered.tokens["ada"])).actor
        item = await meeting(ws, ada, remembered.shared, f"Bu{marks}dget", DAY)
        await decision(ws, ada, item, f"{marks}=1+1 pour l'an{marks}née", DAY)

    within(remembered, act)
    bo = clients("bo")
    sheet, asked = bo.get("/decisions.csv").content, "?words=pour"
    assert not set(marks) & set(sheet.decode())
    (_, told) = rows(bo.get(f"/decisions.csv{asked}").content)
    assert told[1] == "'=1+1 pour l'année" and told[6] == "Budget"
    printed = text_of(bo.get(f"/decisions.pdf{asked}").content)
    assert "=1+1 pour l'année" in printed and "Budget" in printed
    assert not set(marks) & set(printed)
    assert "caractères invisibles" in bo.get("/meetings").text


def test_the_page_of_a_folder_says_so_and_its_links_keep_what_was_asked(
    remembered: Network, clients: Clients
) -> None:
    page = clients("bo").get(f"/decisions?folder={remembered.shared}&words=maraude").text
    assert "Registre des décisions" in page and f'href="/folders/{remembered.shared}"' in page
    assert f'href="/decisions.csv?folder={remembered.shared}&amp;words=maraude"' in page
    assert f'href="/decisions.pdf?folder={remembered.shared}&amp;words=maraude"' in page
    assert f'<input type="hidden" name="folder" value="{remembered.shared}">' in page
    assert 'href="/decisions"' in page


def test_a_folder_she_may_not_read_is_like_one_that_never_was(
    remembered: Network, clients: Clients
) -> None:
    for path in ("/decisions", "/decisions.csv", "/decisions.pdf"):
        bo = clients("bo")
        asked = [f"?folder={number}" for number in (remembered.secret, 999_999)]
        hidden, never = [bo.get(path + query) for query in asked]
        assert hidden.status_code == never.status_code == 404
        assert _without_links(hidden.text) == _without_links(never.text)
        assert clients("ada").get(f"{path}?folder={remembered.secret}").status_code == 200
        assert clients("").get(path).status_code == 303


def _without_links(page: str) -> str:
    """A page without the address that it was asked at, which its forms lead back to."""
    return re.sub(r"%3Ffolder%3D\d+|\?folder=\d+", "", page)


def test_days_that_cannot_be_are_told_beside_the_form_and_files_refuse_them(
    remembered: Network, clients: Clients
) -> None:
    for query, field in (
        ("since=2026-02-30", "since"),
        ("since=2026-03-01&until=2026-02-01", "until"),
        ("words=" + "m" * 201, "words"),
    ):
        page = clients("bo").get(f"/decisions?{query}")
        assert page.status_code == 422 and f'href="#field-{field}"' in page.text
        assert page.text.count("#decision-") == 2, "the register stands there all the same"
        assert clients("bo").get(f"/decisions.csv?{query}").status_code == 422
    for query in ("page=0", "folder=x", "series=-1"):
        assert clients("bo").get(f"/decisions?{query}").status_code == 422


def test_the_spreadsheet_is_read_back_whole_and_no_cell_of_it_is_a_formula(
    remembered: Network, clients: Clients
) -> None:
    answer = clients("bo").get("/decisions.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Registre%20des%20d%C3%A9cisions.csv" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, voted, agreed = rows(answer.content)
    assert head[:6] == ["Date", "Décision", "Prise par", "Pour", "Contre", "Abstentions"]
    assert voted[:6] == ["2026-02-04", f"'{FORMULA}", "vote", "12", "1", "2"]
    assert agreed == [
        "2026-02-03", "La maraude reprend\nen octobre", "consensus", "", "", "", "COPIL",
        "2026-02-03", "Point de COPIL", "Comité", "", "Réunions", f"{URL}/meetings/1#decision-1",
    ]  # fmt: skip
    assert not [cell for row in rows(answer.content) for cell in row if cell[:1] in ("=", "+", "@")]
    english = clients("bo").get("/decisions.csv", headers={"accept-language": "en"})
    assert rows(english.content)[0][:3] == ["Date", "Decision", "Decided by"]


def test_the_paper_is_read_back_with_its_title_its_filters_and_every_decision(
    remembered: Network, clients: Clients
) -> None:
    answer = clients("bo").get(f"/decisions.pdf?folder={remembered.shared}&since=2026-02-01")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert ".pdf" in answer.headers["content-disposition"]
    text = text_of(answer.content)
    for told in (
        "Registre des décisions : Réunions",
        "Réseau d’essai",
        "À partir du 1er février 2026",
        "2 décisions",
        "La maraude reprend",
        "12 pour, 1 contre",
        "COPIL",
        "Comité",
    ):
        assert told.replace("’", "'") in text.replace("’", "'"), (told, text)
    assert "Un secret" not in text
    whole = text_of(clients("ada").get("/decisions.pdf").content)
    assert "Un secret" in whole and "3 décisions" in whole
    english = clients("bo").get("/decisions.pdf", headers={"accept-language": "en"})
    assert "Register of decisions" in text_of(english.content)


def test_a_paper_of_nothing_is_still_a_paper(remembered: Network, clients: Clients) -> None:
    text = text_of(clients("cy").get("/decisions.pdf").content)
    assert "0 décision" in text and "maraude" not in text


def test_what_is_closed_or_taken_back_leaves_the_register(
    remembered: Network, clients: Clients
) -> None:
    assert clients("bo").get("/decisions").text.count("#decision-") == 2

    async def act(ws: Workspace) -> None:
        ada = (await people.session(ws, remembered.tokens["ada"])).actor
        dossier = await folders.find(ws, ada, "Réunions/2026-02-03 COPIL")
        await folders.close(ws, ada, dossier)
        bo = (await people.session(ws, remembered.tokens["bo"])).actor
        person = Subject(SubjectKind.PERSON, bo.person_id)
        await sharing.grant(ws, ada, dossier, person, Role.READER)

    within(remembered, act)
    page = clients("bo").get("/decisions").text
    assert page.count("#decision-") == 2
    assert clients("cy").get("/decisions").text.count("#decision-") == 0

    async def withdraw(ws: Workspace) -> None:
        ada = (await people.session(ws, remembered.tokens["ada"])).actor
        dossier = await folders.find(ws, ada, "Réunions/2026-02-03 COPIL")
        found = await sharing.look(ws, ada, dossier)
        [grant] = [one.id for one in found.grants if one.role is Role.READER]
        await sharing.withdraw(ws, ada, FolderId(dossier), grant)

    within(remembered, withdraw)
    for path in ("/decisions", "/decisions.csv"):
        assert "#decision-" not in clients("bo").get(path).text
