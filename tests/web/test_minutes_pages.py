"""Minutes through the real application: two writers, what ends meanwhile, what is pasted."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.database.engine import Transaction
from atelier.model.agenda import Line
from atelier.workspace import agenda, meetings, people
from atelier.workspace.meetings import Draft
from atelier.workspace.minutes import MAX_TEXT_CHARACTERS
from atelier.workspace.place import Workspace
from tests.web.network import Clients, Network, send, token_in, within

TEXT = "/meetings/1/minutes/items/1"
HERE = "/meetings/1/minutes"


@pytest.fixture
def met(made: Network) -> Network:
    """A meeting in the shared folder, with two items; another one in the secret folder."""

    async def making(ws: Workspace) -> None:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        for folder in (made.shared, made.secret):
            draft = Draft("Comité", date(2026, 6, 4), time(14), 120)
            meeting = await meetings.make(ws, ada, folder, draft)
            for title in ("Bilan", "Budget"):
                await agenda.add(ws, ada, meeting, Line(title))

    within(made, making)
    return made


def change(made: Network, statement: str) -> None:
    """Something happens beside the page."""

    async def unit(tx: Transaction) -> None:
        await tx.run(statement)

    within(made, lambda ws: ws.db.write(unit))


def approve(made: Network) -> None:
    change(made, "UPDATE meetings SET state = 'approved', approved_at = 1")


def textarea(page: Any, selector: str) -> str:
    """What stands in a textarea of the page."""
    found = HTMLParser(page.text).css_first(f"textarea{selector}")
    assert found is not None, page.text
    return found.text(deep=True).removeprefix("\n")


def fields(client: TestClient, action: str) -> dict[str, str]:
    """What the form holds that goes there: the page has the same address."""
    shown = client.get(action).text
    form = HTMLParser(shown).css_first(f"form[action='{action}']")
    assert form is not None
    return {
        one.attributes["name"] or "": one.attributes.get("value") or ""
        for one in form.css("input[name]")
        if one.attributes["name"] != "form_token"
    }


def test_a_text_is_saved_at_its_item_and_read_with_its_structure(
    met: Network, clients: Clients
) -> None:
    ada = clients("ada")
    saved = send(ada, TEXT, text="## Dit\n\n- **oui**\n- non", state="1")
    assert saved.headers["location"] == f"{HERE}?at=item-1&done=text-saved#item-1"
    page = ada.get(saved.headers["location"])
    item = HTMLParser(page.text).css_first("section#item-1")
    assert item is not None and "Le texte est enregistré." in item.text()
    assert [one.text() for one in item.css(".written li")] == ["oui", "non"]
    assert textarea(ada.get(TEXT), "#field-text") == "## Dit\n\n- **oui**\n- non"
    read = HTMLParser(clients("bo").get("/meetings/1").text).css_first("section#item-1")
    assert read is not None
    assert [one.text() for one in read.css(".written li")] == ["oui", "non"]
    assert [one.text() for one in read.css(".written h4")] == ["Dit"]
    assert read.css_first(".written strong") is not None


def test_readers_are_refused_and_others_find_nothing(met: Network, clients: Clients) -> None:
    paths = (HERE, f"{HERE}/attendance", TEXT)
    assert [clients("ada").get(path).status_code for path in paths] == [200, 200, 200]
    assert [clients("bo").get(path).status_code for path in paths] == [403, 403, 403]
    assert HERE not in clients("bo").get("/meetings/1").text
    assert send(clients("bo"), TEXT, text="Non.", state="1").status_code == 403
    assert send(clients("cy"), TEXT, text="Non.", state="1").status_code == 404
    for path in ("", "/attendance", "/items/3"):
        hidden = clients("bo").get(f"/meetings/2/minutes{path}")
        never = clients("bo").get(f"/meetings/999999/minutes{path}")
        assert hidden.status_code == never.status_code == 404 and hidden.content == never.content
    assert textarea(clients("ada").get(TEXT), "#field-text") == ""
    assert clients("ada").get(f"{HERE}/items/3").status_code == 404


def test_of_two_writers_the_second_sees_both_texts_and_saves_one_that_keeps_both(
    met: Network, clients: Clients
) -> None:
    ada = clients("ada")
    send(ada, TEXT, text="Ouverture.\nBudget : 10.", state="1")
    late = send(ada, TEXT, text="Ouverture.\nBudget : 12.\nFin.", state="1")
    assert late.status_code == 409
    assert textarea(late, "#theirs") == "Ouverture.\nBudget : 10."
    assert textarea(late, "#hers") == "Ouverture.\nBudget : 12.\nFin."
    assert textarea(late, "#field-text") == "Ouverture.\nBudget : 10.\nBudget : 12.\nFin."
    assert "1 ligne pareille" in late.text
    assert "Enregistré par <bdi>ada</bdi></label>" in late.text
    assert "<bdi>ada</bdi> a enregistré un texte pour ce point" in late.text
    form = HTMLParser(late.text).css_first(f"form[action='{TEXT}'] input[name=state]")
    assert form is not None
    state = form.attributes["value"] or ""
    kept = send(ada, TEXT, text="Ouverture.\nBudget : 10 ou 12.\nFin.", state=state)
    assert kept.status_code == 303
    assert "10 ou 12" in clients("bo").get("/meetings/1").text


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        ("UPDATE meetings SET state = 'approved', approved_at = 1", "approuvé ne change plus"),
        ("DELETE FROM agenda_items WHERE id = 1", "retiré entre-temps"),
    ],
)
def test_a_text_that_has_no_place_any_more_comes_back_to_be_copied(
    met: Network, clients: Clients, happens: str, said: str
) -> None:
    ada = clients("ada")
    before = fields(ada, TEXT)["state"]
    change(met, happens)
    refused = send(ada, TEXT, text="Tout ce que j'ai tapé.", state=before)
    assert refused.status_code == 409
    assert textarea(refused, "#left-1") == "Tout ce que j'ai tapé."
    assert said in HTMLParser(refused.text).text()
    for act in ("decisions", "actions"):
        left = send(ada, f"{TEXT}/{act}", text="Une ligne.", **_way(act))
        assert (left.status_code, textarea(left, "#left-1")) == (409, "Une ligne.")


def test_a_text_whose_session_ended_comes_back_and_is_saved_after_signing_in(
    met: Network, clients: Clients
) -> None:
    ada = clients("ada")
    old = token_in(ada.get("/").text)
    typed = {"form_token": old, "state": "1", "text": "<b>Tout</b> ce que j'ai tapé."}
    ada.headers["cookie"] = f"session={'x' * 43}"
    ended = ada.post(TEXT, data=typed)
    assert ended.status_code == 401
    assert textarea(ended, "#field-text") == typed["text"]
    assert 'href="/signin"' in ended.text and "Bilan" not in ended.text
    never = ada.post("/meetings/999999/minutes/items/1", data=typed)
    assert never.content == ended.content
    # Sent again from there by one who signed in anew: without the visit's token nothing is
    # saved, and with the one that now comes it is.
    ada.headers["cookie"] = f"session={met.tokens['ada']}"
    once_more = ada.post(TEXT, data=typed | {"form_token": "f" * 64})
    assert once_more.status_code == 403
    assert textarea(once_more, "#field-text") == typed["text"]
    assert textarea(ada.get(TEXT), "#field-text") == ""
    saved = ada.post(TEXT, data=typed | {"form_token": token_in(once_more.text)})
    assert saved.status_code == 303
    assert textarea(ada.get(TEXT), "#field-text") == typed["text"]
    ada.headers.pop("cookie")
    assert ada.post(TEXT, data=typed).headers["location"] == "/signin"


def test_a_million_characters_are_refused_and_come_back(met: Network, clients: Clients) -> None:
    ada = clients("ada")
    pasted = "Très long. " * 95_000
    refused = send(ada, TEXT, text=pasted, state="1")
    assert refused.status_code == 422
    assert textarea(refused, "#field-text") == pasted
    said = refused.text.replace("\xa0", " ").replace("\u202f", " ")
    assert "Ce texte a 1 044 999 caractères ; un point en a 40 000 au plus" in said
    most = "é" * MAX_TEXT_CHARACTERS
    assert send(ada, TEXT, text=most, state="1").status_code == 303
    for too_long in ("a" * 5_000_000, "é" * 1_100_000):
        lost = send(ada, TEXT, text=too_long, state="1")
        assert lost.status_code == 413
        assert "Texte trop long" in lost.text and "votre texte est encore là" in lost.text
        assert "ichier" not in HTMLParser(lost.text).css_first("main").text()  # type: ignore[union-attr]


def test_no_page_has_two_forms_to_lose_one_of(met: Network, clients: Clients) -> None:
    ada = clients("ada")
    send(ada, f"{TEXT}/decisions", text="On achète.", **_way("decisions"))
    send(ada, f"{TEXT}/actions", text="Appeler.")
    overview = HTMLParser(ada.get(HERE).text)
    assert overview.css("main form") == []
    links = [one.attributes["href"] for one in overview.css("main section[id^=item-] a.button")]
    second = f"{HERE}/items/2"
    assert links == [
        TEXT, f"{TEXT}/decisions/1", f"{TEXT}/decisions", f"{TEXT}/actions/1", f"{TEXT}/actions",
        second, f"{second}/decisions", f"{second}/actions",
    ]  # fmt: skip
    for one in links:
        typing = HTMLParser(ada.get(str(one)).text).css("main form:has(textarea)")
        assert [form.attributes["action"] for form in typing] == [one]
    for who, status in (("bo", 403), ("cy", 404)):
        assert {clients(who).get(str(one)).status_code for one in links} == {status}
    ada = clients("ada")
    for never in (f"{TEXT}/decisions/9", f"{TEXT}/actions/9", f"{second}/actions/1"):
        assert ada.get(never).status_code == 404
    approve(met)
    page = HTMLParser(ada.get(f"{TEXT}/decisions/1").text)
    assert page.css("main form") == [] and "On achète." in page.text()


def test_one_saves_and_goes_on_to_the_next_item(met: Network, clients: Clients) -> None:
    ada = clients("ada")
    assert "passer au point suivant" in ada.get(TEXT).text
    saved = send(ada, TEXT, text="Le <b>bilan</b>.", state="1", then="next")
    second = f"{HERE}/items/2"
    assert saved.headers["location"] == f"{second}?done=text-saved-before-markup"
    page = ada.get(saved.headers["location"]).text
    assert "Le texte du point précédent est enregistré" in page and "Budget" in page
    assert "passer au point suivant" not in page
    last = send(ada, second, text="Le budget.", state="1", then="next")
    assert last.headers["location"] == f"{HERE}?at=item-2&done=text-saved#item-2"
    page = " ".join(HTMLParser(ada.get(HERE).text).text().split())
    assert "Le <b>bilan</b>." in page and "Le budget." in page
    assert "Modifier le texte" in page


def test_a_refused_text_keeps_the_state_that_she_saw(met: Network, clients: Clients) -> None:
    ada = clients("ada")
    send(ada, TEXT, text="Enregistré par une autre.", state="1")
    refused = send(ada, TEXT, text="é" * (MAX_TEXT_CHARACTERS + 1), state="1")
    kept = HTMLParser(refused.text).css_first("main input[name=state]")
    assert refused.status_code == 422 and kept is not None and kept.attributes["value"] == "1"
    assert send(ada, TEXT, text="Raccourci.", state="1").status_code == 409
    approve(met)
    left = send(ada, TEXT, text="é" * (MAX_TEXT_CHARACTERS + 1), state="1")
    assert left.status_code == 409 and len(textarea(left, "#left-1")) == MAX_TEXT_CHARACTERS + 1


def test_the_minutes_and_their_record_lead_to_each_other(met: Network, clients: Clients) -> None:
    ada, record = clients("ada"), "/meetings/1/record"
    page = ada.get(HERE).text
    assert f'href="{record}"' in page and "Lire le compte rendu assemblé" in page
    assert "s’approuve" in page
    assert f'href="{HERE}"' in ada.get(record).text
    assert f'href="{HERE}"' not in clients("bo").get(record).text
    approve(met)
    ada = clients("ada")
    assert f'href="{HERE}"' not in ada.get(record).text
    assert "« Écrire le compte rendu »" in _plain(ada.get(f"{record}?done=minutes-reopened").text)


def _plain(page: str) -> str:
    return page.replace("\xa0", " ").replace("\u202f", " ")


def test_an_action_that_is_nobodys_is_saved_and_said(met: Network, clients: Clients) -> None:
    ada, address = clients("ada"), f"{TEXT}/actions"
    made = send(ada, address, text="Appeler.", who="Quelqu'une", due_on="2020-01-31")
    assert made.headers["location"].endswith("done=todo-added-late-nobody#todo-1")
    page = ada.get(made.headers["location"]).text
    assert "déjà passée. Aucun compte ne porte ce nom (ou plusieurs)" in page
    seen = fields(ada, f"{address}/1")["expected"]
    changed = send(ada, f"{address}/1", text="Rappeler.", who="Quelqu'une", expected=seen)
    assert changed.headers["location"].endswith("done=todo-changed-nobody#todo-1")
    hers = send(ada, address, text="Écrire.", who="Bo")
    assert hers.headers["location"].endswith("done=todo-added#todo-2")
    nobodys = send(ada, address, text="À voir.", who="")
    assert nobodys.headers["location"].endswith("done=todo-added#todo-3")


def test_pasted_html_stays_text_and_is_said(met: Network, clients: Clients) -> None:
    ada = clients("ada")
    saved = send(ada, TEXT, text="<p><script>alert(1)</script></p>", state="1")
    assert "done=text-saved-markup" in saved.headers["location"]
    assert "restent du texte" in ada.get(saved.headers["location"]).text
    for page in (ada.get(HERE).text, clients("bo").get("/meetings/1").text):
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    plain = send(clients("ada"), TEXT, text="a < b et c > d", state="2")
    assert plain.headers["location"].endswith("done=text-saved#item-1")


def _way(act: str) -> dict[str, str]:
    return {"way": "consensus", "decided_on": "2026-06-04"} if act == "decisions" else {}


def test_a_decision_is_taken_down_changed_and_taken_away(met: Network, clients: Clients) -> None:
    ada, address = clients("ada"), f"{TEXT}/decisions"
    made = send(ada, address, text="On achète.", way="vote", yes="5", no="", abstained="2",
                decided_on="")  # fmt: skip
    assert made.headers["location"].endswith("at=decision-1&done=decision-taken#decision-1")
    read = HTMLParser(clients("bo").get("/meetings/1").text).css_first("#decision-1")
    assert read is not None
    told = " ".join(read.text().split())
    assert "On achète." in told and "5 pour, 0 contre, abstentions : 2" in told
    assert "4 juin 2026" in told.replace("\xa0", " ")
    ada = clients("ada")
    seen = fields(ada, f"{address}/1")
    changed = send(ada, f"{address}/1", text="On loue.", way="consensus",
                   decided_on="2026-06-05", expected=seen["expected"])  # fmt: skip
    assert changed.headers["location"].endswith("done=decision-changed#decision-1")
    late = send(ada, f"{address}/1", text="On vend.", way="consensus",
                decided_on="2026-06-05", expected=seen["expected"])  # fmt: skip
    assert late.status_code == 409 and "modifiée entre-temps" in late.text
    assert textarea(late, "#decision-1-text") == "On vend."
    gone = send(ada, f"{address}/1/remove", expected=seen["expected"])
    assert gone.status_code == 409 and "On loue." in gone.text
    gone = send(ada, f"{address}/1/remove", expected=fields(ada, f"{address}/1")["expected"])
    assert gone.headers["location"].endswith("done=decision-removed#item-1")
    assert send(ada, f"{address}/1/remove", expected="x").status_code == 409
    assert "decision-1" not in clients("bo").get("/meetings/1").text


def test_an_action_is_taken_down_for_a_person_changed_and_taken_away(
    met: Network, clients: Clients
) -> None:
    ada, address = clients("ada"), f"{TEXT}/actions"
    assert '<option value="Bo">Mairie</option>' in ada.get(address).text
    made = send(ada, address, text="Appeler.", who="bo", organisation="", due_on="2020-01-31")
    assert made.headers["location"].endswith("done=todo-added-late#todo-1")
    assert "son échéance est déjà passée" in ada.get(made.headers["location"]).text
    read = HTMLParser(clients("bo").get("/meetings/1").text).css_first("#todo-1")
    assert read is not None and "Mairie" in read.text()
    ada = clients("ada")
    seen = fields(ada, f"{address}/1")
    assert (seen["who"], seen["organisation"], seen["due_on"]) == ("bo", "Mairie", "2020-01-31")
    changed = send(ada, f"{address}/1", text="Rappeler.", who="bo", organisation="Hôpital",
                   due_on="", expected=seen["expected"])  # fmt: skip
    assert changed.headers["location"].endswith("done=todo-changed#todo-1")
    late = send(ada, f"{address}/1", text="Écrire.", who="", expected=seen["expected"])
    assert late.status_code == 409 and textarea(late, "#todo-1-text") == "Écrire."
    assert "Rappeler." in late.text
    assert send(ada, f"{address}/1/remove", expected="x").status_code == 409
    gone = send(ada, f"{address}/1/remove", expected=fields(ada, f"{address}/1")["expected"])
    assert gone.headers["location"].endswith("done=todo-removed#item-1")
    assert send(ada, f"{address}/1/remove", expected="x").status_code == 409
    left = send(ada, f"{address}/1", text="Trop tard.", expected="x")
    assert left.status_code == 409 and textarea(left, "#left-1") == "Trop tard."


@pytest.mark.parametrize(
    ("act", "typed", "field"),
    [
        ("decisions", {"decided_on": "2026-02-30"}, "decided_on"),
        ("decisions", {"decided_on": "0001-01-01"}, "decided_on"),
        ("decisions", {"yes": "-1", "way": "vote"}, "yes"),
        ("decisions", {"yes": "3"}, "yes"),
        ("decisions", {"way": "hasard"}, "way"),
        ("decisions", {"text": "x" * 4_001}, "text"),
        ("actions", {"due_on": "2026-13-01"}, "due_on"),
        ("actions", {"organisation": "Absente"}, "organisation"),
        ("actions", {"text": " "}, "text"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_what_was_typed_stays(
    met: Network, clients: Clients, act: str, typed: dict[str, str], field: str
) -> None:
    ada = clients("ada")
    form = {"text": "Une ligne.", **_way(act), **typed}
    refused = send(ada, f"{TEXT}/{act}", **form)
    assert refused.status_code == 422
    at = f"new-{'decision' if act == 'decisions' else 'todo'}-1"
    page = HTMLParser(refused.text)
    assert page.css_first(f"#{at}-{field}-fault") is not None
    assert page.css_first(f"main form #{at}-text") is not None
    assert textarea(refused, f"#{at}-text") == form["text"].strip()
    assert page.css_first("#decision-1") is None and page.css_first("#todo-1") is None


def test_the_attendance_is_filled_in_and_read_again(met: Network, clients: Clients) -> None:
    ada, address = clients("ada"), f"{HERE}/attendance"
    state = _attendance_state(ada)
    lines = {
        "person": ["2", "", ""],
        "name": ["Bo", "Une invitée", " "],
        "organisation": ["Mairie", "Ailleurs", ""],
        "presence": ["represented", "present", "present"],
        "instead": ["Dia", "", ""],
    }
    token = token_in(ada.get("/").text)
    saved = ada.post(address, data={"form_token": token, "expected": state, **lines})
    assert saved.headers["location"] == f"{HERE}?done=attendance-taken"
    page = " ".join(HTMLParser(ada.get(HERE).text).text().split())
    assert "Bo, Mairie représenté par Dia" in page and "Une invitée, Ailleurs présent" in page
    late = {**lines, "presence": ["absent", "present", "present"], "instead": ["", "", ""]}
    refused = ada.post(address, data={"form_token": token, "expected": state, **late})
    assert refused.status_code == 409
    assert re.search(r'value="absent" selected', refused.text)
    again = {"form_token": token, "expected": _attendance_state(ada), **late}
    assert ada.post(address, data=again).status_code == 303
    uneven = {**again, "name": ["Bo"]}
    assert ada.post(address, data=uneven).status_code == 422
    for wrong in ({"person": ["x", "", ""]}, {"presence": ["parti", "", ""]}):
        assert ada.post(address, data={**again, **wrong}).status_code == 422
    approve(met)
    assert ada.post(address, data={**again, **lines}).status_code == 409
    assert "Enregistrer les présences" not in ada.get(address).text


def _list_form(page: str) -> dict[str, list[str]]:
    """What the list of a page would send."""
    form = HTMLParser(page).css_first("form[action$='/attendance']")
    assert form is not None
    sent: dict[str, list[str]] = {}
    for one in form.css("input[name]"):
        sent.setdefault(one.attributes["name"] or "", []).append(one.attributes["value"] or "")
    chosen = [one.css_first("option[selected]") for one in form.css("select")]
    sent["presence"] = [(one.attributes["value"] or "") if one else "" for one in chosen]
    return sent


def test_of_two_lists_filled_in_at_once_every_line_is_kept(met: Network, clients: Clients) -> None:
    ada, address = clients("ada"), f"{HERE}/attendance"
    first = _list_form(ada.get(address).text)
    for column, cells in {
        "person": ["1", "2", "3", "", ""],
        "name": ["Ada", "Bo", "Cy", "Une invitée", "Un invité"],
        "organisation": ["", "", "", "Ailleurs", ""],
        "presence": ["", "", "absent", "present", "present"],
        "instead": ["", "", "", "", ""],
        "was": ["", "", "", "", ""],
    }.items():
        first[column] = cells
    first["presence"] = ["present", "present", "absent", "present", "present"]
    assert ada.post(address, data=first).status_code == 303
    hers, theirs = (_list_form(ada.get(address).text) for _ in range(2))
    # The first: Ada and Cy excused, one guest absent, another taken off, a further one.
    theirs["presence"][:5] = ["excused", "present", "excused", "absent", ""]
    theirs["name"][5], theirs["presence"][5] = "Arrivée plus tard", "present"
    assert ada.post(address, data=theirs).status_code == 303
    # The second: Bo excused, Cy present.
    hers["presence"][1], hers["presence"][2] = "excused", "present"
    late = ada.post(address, data=hers)
    assert late.status_code == 409
    told = _plain(HTMLParser(late.text).css_first("main").text())  # type: ignore[union-attr]
    assert "liste des présences pendant que vous" in told.replace("’", "'")
    assert "ordre du jour pendant" not in told and "telle qu’elle est enregistrée" not in told
    assert told.count("enregistré entre-temps : ") == 1
    assert "enregistré entre-temps : excusé" in told
    shown = _list_form(late.text)
    lines = dict(zip(shown["name"], shown["presence"], strict=True))
    assert lines == {
        "ada": "excused", "Bo": "excused", "Cy": "present", "Une invitée": "absent",
        "Arrivée plus tard": "present", "": "present",
    }  # fmt: skip
    assert ada.post(address, data=shown).status_code == 303
    page = " ".join(HTMLParser(ada.get(HERE).text).text().split())
    for line in ("ada excusé", "Bo, Mairie excusé", "Une invitée, Ailleurs absent",
                 "Arrivée plus tard présent"):  # fmt: skip
        assert line in page, line
    assert "Un invité" not in page


def test_a_guest_who_is_called_otherwise_or_taken_off_does_not_come_back(
    met: Network, clients: Clients
) -> None:
    ada, address = clients("ada"), f"{HERE}/attendance"
    first = _list_form(ada.get(address).text)
    first["name"][-3:] = ["Une invitée", "Jean", "Zoé"]
    assert ada.post(address, data=first).status_code == 303
    hers, theirs = (_list_form(ada.get(address).text) for _ in range(2))
    at = hers["name"].index("Une invitée")
    hers["name"][at], hers["name"][at + 1] = "Une invitée bien nommée", ""
    theirs["presence"][at + 2] = "absent"
    assert ada.post(address, data=theirs).status_code == 303
    shown = _list_form(ada.post(address, data=hers).text)
    lines = dict(zip(shown["name"], shown["presence"], strict=True))
    assert "Une invitée" not in lines and "Jean" not in lines
    assert lines["Une invitée bien nommée"] == "present" and lines["Zoé"] == "absent"


def test_all_who_are_invited_are_filled_in_as_present_and_nothing_is_saved(
    met: Network, clients: Clients
) -> None:
    ada, address = clients("ada"), f"{HERE}/attendance"
    typed = {
        "form_token": token_in(ada.get("/").text),
        "expected": _attendance_state(ada),
        "person": ["1", "2", ""],
        "name": ["Ada", "Bo", "Une invitée"],
        "organisation": ["", "Mairie", ""],
        "presence": ["excused", "", ""],
        "instead": ["", "", ""],
    }
    filled = ada.post(address, data={**typed, "all": "present"})
    assert filled.status_code == 200 and "Rien n’est encore enregistré" in filled.text
    chosen = [
        [one.attributes["value"] for one in row.css("option[selected]")]
        for row in HTMLParser(filled.text).css("li.there")[:3]
    ]
    assert chosen == [["excused"], ["present"], []]
    assert "pas encore notées" in ada.get(HERE).text
    # Of two lists the second is told, also when it was filled in on the way.
    assert ada.post(address, data=typed).status_code == 303
    again = ada.post(address, data={**typed, "all": "present"})
    kept = HTMLParser(again.text).css_first("input[name=expected]")
    assert kept is not None and kept.attributes["value"] == typed["expected"]
    late = {**typed, "presence": ["excused", "present", ""]}
    assert ada.post(address, data=late).status_code == 409


def test_one_who_is_represented_is_so_by_somebody(met: Network, clients: Clients) -> None:
    ada, address = clients("ada"), f"{HERE}/attendance"
    typed = {
        "form_token": token_in(ada.get("/").text),
        "expected": _attendance_state(ada),
        "person": ["2", ""],
        "name": ["Bo", "Une invitée"],
        "organisation": ["Mairie", ""],
        "presence": ["represented", "present"],
        "instead": ["", ""],
    }
    refused = ada.post(address, data=typed)
    assert refused.status_code == 422
    assert "« Bo » est noté représenté : écrivez par qui" in _plain(refused.text)
    assert re.search(r'value="represented" selected', refused.text)
    assert 'value="Une invitée"' in refused.text
    assert ada.post(address, data={**typed, "instead": ["Dia", ""]}).status_code == 303


def _attendance_state(client: TestClient) -> str:
    page = HTMLParser(client.get(f"{HERE}/attendance").text)
    found = page.css_first("input[name=expected]")
    assert found is not None
    return found.attributes["value"] or ""


def test_approved_minutes_are_shown_without_any_form(met: Network, clients: Clients) -> None:
    ada = clients("ada")
    send(ada, TEXT, text="**Dit.**", state="1")
    send(ada, f"{TEXT}/decisions", text="On achète.", **_way("decisions"))
    approve(met)
    page = HTMLParser(ada.get(HERE).text)
    assert page.css("main form") == [] and page.css_first("main .written strong") is not None
    assert "On achète." in page.text() and "approuvé" in page.text()
