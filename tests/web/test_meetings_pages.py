"""The pages of meetings: made in a form, listed, changed, cancelled; what was typed stays."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.web.language import Voice
from atelier.web.pages.meeting_lines import when
from atelier.workspace import folders, meeting_lists, people, trash
from atelier.workspace.meeting_lists import Wanted
from atelier.workspace.place import Workspace
from tests.web.meeting_contexts import ROW
from tests.web.network import Clients, Network, send, within

FILLED = {
    "title": "Comité de pilotage",
    "day": "2100-03-12",
    "starts": "14:00",
    "lasts": "90",
    "place": "Salle des fêtes",
    "link": "https://visio.example/comite",
    "series": "COPIL",
    "every": "",
    "times": "",
}


def make(client: TestClient, made: Network, **fields: str) -> str:
    """The address of a meeting just made in the shared folder."""
    answer = send(client, f"/folders/{made.shared}/meetings", **FILLED | fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def state_of(client: TestClient, address: str) -> str:
    """The number that a form of the meeting's page brings back."""
    found = re.search(r'name="expected" value="([0-9]+)"', client.get(f"{address}/edit").text)
    assert found
    return found[1]


def count(made: Network) -> int:
    """How many meetings there are for the steward."""

    async def counted(ws: Workspace) -> int:
        ada = (await people.session(ws, made.tokens["ada"])).actor
        found = await meeting_lists.listed(ws, ada, Wanted())
        return found.coming_count + found.past_count

    return within(made, counted)


def test_a_meeting_is_made_in_a_form_and_shown_with_what_was_written(
    made: Network, clients: Clients
) -> None:
    address = make(clients("ada"), made)
    page = clients("bo").get(address)
    assert page.status_code == 200
    for said in (
        "Comité de pilotage",
        "vendredi 12 mars 2100, de 14:00 à 15:30",
        "Salle des fêtes",
        "https://visio.example/comite",
        "COPIL",
        "en préparation",
    ):
        assert said in page.text
    assert 'datetime="2100-03-12T14:00+01:00"' in page.text
    for door in ("/edit", "/state", "/cancel"):
        assert f'"{address}{door}"' not in page.text, "a reader is offered nothing that is refused"
        assert f'"{address}{door}"' in clients("ada").get(address).text
    for path in (address, f"{address}/since"):
        assert clients("cy").get(path).status_code == 404


def test_the_form_stands_for_those_alone_who_may_prepare(made: Network, clients: Clients) -> None:
    address = f"/folders/{made.shared}/meetings"
    assert "Préparer une réunion" in clients("ada").get(address).text
    assert "Préparer une réunion" not in clients("bo").get(address).text
    assert send(clients("bo"), address, **FILLED).status_code == 403
    assert send(clients("cy"), address, **FILLED).status_code == 404
    assert clients("cy").get(address).status_code == 404
    assert clients("cy").get("/meetings").status_code == 200
    assert count(made) == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Ce champ est à remplir."),
        ({"title": "\u200b"}, "Écrivez au moins une lettre ou un chiffre."),
        ({"title": "x" * 201}, "C’est trop long."),
        ({"day": ""}, "Ce champ est à remplir."),
        ({"day": "2026-02-30"}, "Cette écriture n’est pas complète ou pas correcte."),
        ({"day": "12/03/2100"}, "Cette écriture n’est pas complète ou pas correcte."),
        ({"day": "0001-01-01"}, "Cette date (0001-01-01) est à plus de cent ans"),
        ({"starts": "25:00"}, "Écrivez une heure comme 14:30"),
        ({"starts": "14:60"}, "Écrivez une heure comme 14:30"),
        ({"starts": "tôt"}, "Écrivez une heure comme 14:30"),
        ({"day": "2026-03-29", "starts": "02:30"}, "on passe à l’heure d’été"),
        ({"lasts": "longtemps"}, "Un nombre entier est attendu ici."),
        ({"lasts": "-5"}, "Un nombre entier est attendu ici."),
        ({"link": "javascript:alert(1)"}, "Écrivez une adresse qui commence par https://"),
        ({"every": "decade", "times": "3"}, "Ce choix n’existe pas, ou plus."),
        ({"every": "week", "times": ""}, "Écrivez le nombre de réunions, de 2 à 60."),
        ({"every": "week", "times": "x"}, "Un nombre entier est attendu ici."),
        ({"every": "week", "times": "61"}, "Écrivez un nombre de 2 à 60."),
        ({"every": "week", "times": "3", "series": ""}, "donnez un nom à la série."),
        (
            {"every": "week", "times": "3", "day": "2026-03-22", "starts": "2:30"},
            "Cette heure n’existe pas un des jours (29/03/2026, 02:30)",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(
    made: Network, clients: Clients, fields: dict[str, str], said: str
) -> None:
    ada = clients("ada")
    answer = send(ada, f"/folders/{made.shared}/meetings", **FILLED | fields)
    assert answer.status_code == 422
    assert said in answer.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Salle des fêtes" in answer.text
    assert count(made) == 0


def test_the_list_of_meetings_leads_to_the_form_in_a_folder_that_she_coordinates(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    make(ada, made)
    page = ada.get("/meetings").text
    assert 'href="/calendar"' in page
    places = re.findall(r'<option value="([0-9]+)">', page.partition("prepare-in")[2])
    assert str(made.shared) in places
    names = within(made, lambda ws: _places(ws, made))
    assert "Contrat local" not in names and not [one for one in names if one.startswith("2100-")]
    answer = ada.get(f"/meetings?folder={made.shared}")
    assert answer.headers["location"] == f"/folders/{made.shared}/meetings?new=1"
    there = ada.get(answer.headers["location"]).text
    assert '<details class="panel" open>' in there and 'name="times"' in there
    assert '<details class="panel" open>' not in ada.get(f"/folders/{made.shared}/meetings").text
    for name, status in (("bo", 200), ("cy", 404)):
        client = clients(name)
        assert "Préparer une réunion" not in client.get("/meetings").text
        onward = client.get(f"/meetings?folder={made.shared}").headers["location"]
        assert client.get(onward).status_code == status
        assert "Préparer une réunion" not in client.get(onward).text
    assert ada.get("/meetings?folder=x").status_code == 422


def test_the_pages_of_a_meeting_lead_back_to_it(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    address = make(ada, made)
    for path in ("agenda", "minutes", "minutes/attendance", "invited", "record", "edit", "since"):
        page = ada.get(f"{address}/{path}").text
        crumbs = page.partition('class="crumbs"')[2].partition("</nav>")[0]
        assert f'<a href="{address}"><bdi>Comité de pilotage</bdi></a>' in crumbs, path
        assert "2100-03-12" not in crumbs, path


def test_convening_says_what_is_wanting_and_that_nobody_is_told(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    address = make(ada, made)
    tell = "Envoyez l’adresse de cette page aux personnes invitées."
    wanting = ("Personne n’est encore invité. L’ordre du jour est vide.", "L’ordre du jour est")
    send(ada, f"{address}/state", state="convened", expected=state_of(ada, address))
    notice = _notice(ada, f"{address}?done=meeting-convened")
    assert tell in notice and wanting[0] in notice
    assert tell not in ada.get(address).text
    send(ada, f"{address}/invited", subject="organisation:1", expected=state_of(ada, address))
    notice = _notice(ada, f"{address}?done=meeting-convened")
    assert "Personne" not in notice and wanting[1] in notice
    send(ada, f"{address}/agenda", title="Bilan", expected=state_of(ada, address))
    notice = _notice(ada, f"{address}?done=meeting-convened")
    assert tell in notice and wanting[1] not in notice


def _notice(client: TestClient, path: str) -> str:
    """What the page says was done."""
    return client.get(path).text.partition("data-notice")[2].partition("</p>")[0]


async def _places(ws: Workspace, made: Network) -> list[str]:
    ada = (await people.session(ws, made.tokens["ada"])).actor
    return [one.name for one in await meeting_lists.places(ws, ada)]


def test_a_french_time_and_a_day_alone_are_understood(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    assert "à 9:05" in ada.get(make(ada, made, starts="9h05", lasts="")).text.replace(
        "09:05", "9:05"
    )
    alone = ada.get(make(ada, made, starts="", lasts="")).text
    assert "vendredi 12 mars 2100</time>" in alone and 'datetime="2100-03-12"' in alone


def test_a_meeting_over_midnight_names_both_days(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    page = ada.get(make(ada, made, starts="22:00", lasts="300")).text
    assert "du vendredi 12 mars 2100 à 22:00 au samedi 13 mars 2100 à 03:00" in page
    first = ada.get(make(ada, made, day="2100-03-01")).text
    assert "lundi 1er mars 2100" in first


def test_a_past_day_is_taken_and_said_and_no_longer_convened(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    address = make(ada, made, day="2019-03-12")
    assert "date passée" in ada.get(address).text
    answer = send(ada, f"{address}/state", state="convened", expected="1")
    assert answer.status_code == 422 and "on ne convoque plus" in answer.text
    assert send(ada, f"{address}/state", state="held", expected="1").status_code == 303
    page = ada.get(address).text
    assert "tenue" in page and "date passée" not in page


def test_a_series_is_made_at_once_and_told_with_its_number(made: Network, clients: Clients) -> None:
    ada = clients("ada")
    answer = send(
        ada, f"/folders/{made.shared}/meetings", **FILLED | {"every": "month_weekday", "times": "4"}
    )
    assert answer.status_code == 303 and count(made) == 4
    page = ada.get(answer.headers["location"]).text
    assert "4 réunions sont préparées" in page
    for day in ("12 mars", "9 avril", "14 mai", "11 juin"):
        assert f"vendredi {day} 2100" in page
    assert "samedi ou un dimanche" not in page
    assert "<title>Réunions : " in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "Chaque dossier a ses propres séries." in page
    forged = ada.get(f"/folders/{made.shared}/meetings?done=meetings-made&made=<b>")
    assert "Les réunions sont préparées" in forged.text and "<b>" not in forged.text


def test_the_head_is_changed_and_of_two_writers_the_second_keeps_her_words(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    address = make(ada, made)
    number = state_of(ada, address)
    changed = FILLED | {"title": "Bureau", "expected": number}
    changed = {name: text for name, text in changed.items() if name not in ("every", "times")}
    answer = send(ada, f"{address}/edit", **changed)
    assert answer.headers["location"] == f"{address}?done=meeting-changed"
    late = send(ada, f"{address}/edit", **changed | {"title": "Autre bureau"})
    assert late.status_code == 409
    assert "Autre bureau" in late.text and "Quelqu’un a modifié la réunion" in late.text
    again = {**changed, "title": "Autre bureau", "expected": state_of(ada, address)}
    assert send(ada, f"{address}/edit", **again).status_code == 303
    assert "Autre bureau" in ada.get(address).text
    for name, status in (("bo", 403), ("cy", 404)):
        assert clients(name).get(f"{address}/edit").status_code == status
        assert send(clients(name), f"{address}/edit", **again).status_code == status


def test_of_two_who_change_the_head_each_keeps_what_she_changed(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    address = make(ada, made)

    def opened() -> dict[str, str]:
        page = HTMLParser(ada.get(f"{address}/edit").text)
        inputs = page.css(f"form[action='{address}/edit'] input[name]")
        return {one.attributes["name"] or "": one.attributes["value"] or "" for one in inputs}

    first, second = opened(), opened()
    assert ada.post(f"{address}/edit", data=first | {"place": "Salle B"}).status_code == 303
    late = ada.post(f"{address}/edit", data=second | {"title": "Bureau", "place": "Salle C"})
    assert late.status_code == 409
    shown = {
        one.attributes["name"] or "": one.attributes["value"] or ""
        for one in HTMLParser(late.text).css(f"form[action='{address}/edit'] input[name]")
    }
    assert (shown["title"], shown["place"]) == ("Bureau", "Salle C")
    beside = HTMLParser(late.text).css_first("#field-place-fault")
    assert beside is not None and "« Salle B »" in _plain(beside.text())
    other = ada.post(f"{address}/edit", data=second | {"title": "Bureau"})
    kept = HTMLParser(other.text).css_first("#field-place")
    assert kept is not None and kept.attributes["value"] == "Salle B"
    assert "#field-place-fault" not in other.text
    # Also what was refused for another reason puts nothing old back.
    wrong = ada.post(f"{address}/edit", data=second | {"title": "…"})
    kept = HTMLParser(wrong.text).css_first("#field-place")
    assert wrong.status_code == 422
    assert kept is not None and kept.attributes["value"] == "Salle B"
    assert ada.post(f"{address}/edit", data=shown).status_code == 303
    assert opened()["place"] == "Salle C" and opened()["title"] == "Bureau"


def _plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_meeting_is_convened_cancelled_and_kept_after_all(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    address = make(ada, made)

    def done(path: str, **fields: str) -> Any:
        ada = clients("ada")
        return send(ada, f"{address}/{path}", expected=state_of(ada, address), **fields)

    assert done("state", state="convened").headers["location"].endswith("done=meeting-convened")
    assert "convoquée" in ada.get(address).text
    assert done("cancel").status_code == 303
    assert "annulée" in clients("bo").get(address).text
    assert done("cancel").status_code == 409
    held = done("state", state="held")
    assert held.status_code == 422 and "Cette réunion est annulée" in held.text
    assert done("state", state="approved").status_code == 422
    assert done("state", state="nonsense").status_code == 422
    assert done("revive").status_code == 303
    assert "annulée" not in clients("bo").get(address).text
    stale = send(clients("ada"), f"{address}/cancel", expected="1")
    assert stale.status_code == 409
    for path in ("state", "cancel", "revive"):
        fields = {"expected": "1"} | ({"state": "held"} if path == "state" else {})
        assert send(clients("bo"), f"{address}/{path}", **fields).status_code == 403
        assert send(clients("cy"), f"{address}/{path}", **fields).status_code == 404


def test_folder_home_and_lists_lead_to_the_meeting_and_to_no_hidden_one(
    made: Network, clients: Clients
) -> None:
    address = make(clients("ada"), made)
    hidden = send(clients("ada"), f"/folders/{made.secret}/meetings", **FILLED | {"title": "Taupe"})
    assert hidden.status_code == 303
    for name in ("ada", "bo"):
        client = clients(name)
        assert (
            f'href="/folders/{made.shared}/meetings"' in client.get(f"/folders/{made.shared}").text
        )
        dossier = re.search(r'href="/folders/([0-9]+)">', client.get(address).text)
        assert dossier is not None
        for path in ("/", "/meetings", f"/folders/{made.shared}/meetings"):
            assert f'href="{address}"' in client.get(path).text, path
    for path in ("/", "/meetings"):
        assert "Taupe" not in clients("bo").get(path).text
        assert "Comité de pilotage" not in clients("cy").get(path).text
    assert clients("bo").get("/meetings?series=2").status_code == 404
    assert clients("bo").get("/meetings?series=999").status_code == 404
    assert clients("bo").get("/meetings?year=99999").status_code == 422


def test_the_dossiers_own_page_leads_back_to_its_meeting_and_makes_no_other(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    address = make(ada, made)

    async def dossier(ws: Workspace) -> int:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        return await folders.find(ws, actor, "Réunions/2100-03-12 Comité de pilotage")

    number = within(made, dossier)
    assert f'href="{address}"' in ada.get(f"/folders/{number}").text
    assert "Préparer une réunion" not in ada.get(f"/folders/{number}/meetings").text
    nested = send(ada, f"/folders/{number}/meetings", **FILLED)
    assert nested.status_code == 422 and "déjà le dossier d’une réunion" in nested.text


def test_a_name_that_is_markup_stays_text(made: Network, clients: Clients) -> None:
    evil = "<script>alert(1)</script>"
    ada = clients("ada")
    address = make(ada, made, title=evil, place=evil, series=evil)
    for path in (address, f"{address}/edit", f"{address}/since", "/meetings", "/"):
        page = ada.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;" in page, path


def test_what_changed_since_is_a_page_with_only_what_she_may_read(
    made: Network, clients: Clients
) -> None:
    ada = clients("ada")
    before = make(ada, made, day="2020-01-08")
    address = make(ada, made)
    nothing = clients("bo").get(f"{address}/since").text
    assert "Aucune réunion tenue avant celle-ci" in nothing and "notée comme tenue" in nothing
    ada = clients("ada")
    send(ada, f"{before}/state", state="held", expected=state_of(ada, before))
    page = clients("bo").get(f"{address}/since")
    assert page.status_code == 200
    assert "compte rendu.pdf" in page.text and "8 janvier 2020" in page.text

    async def remove(ws: Workspace) -> None:
        actor = (await people.session(ws, made.tokens["ada"])).actor
        earlier = await folders.find(ws, actor, "Réunions/2020-01-08 Comité de pilotage")
        await trash.remove_folder(ws, actor, earlier)

    within(made, remove)
    assert "Aucune réunion tenue avant celle-ci" in clients("bo").get(f"{address}/since").text


def test_when_a_meeting_is_reads_well_in_both_languages() -> None:
    begins = datetime(2026, 5, 1, 12, tzinfo=UTC)
    both = [Voice(language, "Europe/Paris") for language in ("fr", "en")]
    row = replace(ROW, starts_at=begins, lasts_minutes=90)
    assert [when(row, voice) for voice in both] == [
        "vendredi 1er mai 2026, de 14:00 à 15:30",
        "Friday, 1 May 2026, from 14:00 to 15:30",
    ]
    assert [when(replace(row, lasts_minutes=None), voice) for voice in both] == [
        "vendredi 1er mai 2026 à 14:00",
        "Friday, 1 May 2026 at 14:00",
    ]
    assert when(replace(row, has_time=False), both[1]) == "Friday, 1 May 2026"
    over_night = replace(row, lasts_minutes=24 * 60)
    assert (
        when(over_night, both[1])
        == "from Friday, 1 May 2026 at 14:00 to Saturday, 2 May 2026 at 14:00"
    )


def test_those_that_fall_on_a_weekend_are_named(made: Network, clients: Clients) -> None:
    ada, here = clients("ada"), f"/folders/{made.shared}/meetings"
    repeated = FILLED | {"day": "2026-11-23", "every": "quarter", "times": "4"}
    notice = _notice(ada, send(ada, here, **repeated).headers["location"])
    assert "dimanche 23 mai 2027" in notice and "23 février" not in notice
    assert "À vérifier, elles tombent un samedi ou un dimanche" in notice
    on_mondays = repeated | {"every": "quarter_weekday", "series": "Autre"}
    location = send(ada, here, **on_mondays).headers["location"]
    assert "dimanche" not in _notice(ada, location)
    assert "lundi 24 mai 2027" in ada.get(location).text
    for forged in ("<b>", "2026-02-30", "2026-11-23", "2026-11-22.x"):
        notice = _notice(ada, f"{here}?done=meetings-made&made=4&weekend={forged}")
        assert "4 réunions sont préparées" in notice and "vérifier" not in notice
