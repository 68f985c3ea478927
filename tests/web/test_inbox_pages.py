"""Drop folders through the real application: binding, pausing, unbinding, and what is told."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.model.ids import DropFolderId
from atelier.model.inbox import Outcome, Reason
from atelier.web.language import Voice
from atelier.web.pages.drop_words import OUTCOMES, REASONS, letters, outcome, reason
from atelier.workspace import dropped
from atelier.workspace.dropped import Came
from tests.web.network import Clients, Network, send, within


def test_a_coordinator_binds_pauses_and_unbinds_from_the_page(
    made: Network, clients: Clients
) -> None:
    here = f"/folders/{made.shared}/inbox"
    assert here in clients("ada").get(f"/folders/{made.shared}").text
    page = clients("ada").get(here).text
    assert "Rien encore" in page and "Relier un dossier du serveur" in page
    done = send(clients("ada"), here, name="scanner", email="bo@reseau.example")
    assert done.headers["location"] == f"{here}?done=drop-bound"
    page = clients("ada").get(done.headers["location"]).text
    assert "inbox/scanner/" in page and "en marche" in page and "Bo" in page
    for verb, shown in (("pause", "suspendu"), ("resume", "en marche")):
        done = send(clients("ada"), f"{here}/1/{verb}")
        assert done.headers["location"] == f"{here}?done=drop-{verb}d"
        assert shown in clients("ada").get(here).text
        assert send(clients("ada"), f"{here}/1/{verb}").status_code == 409
    assert (
        "dossier de dépôt automatique" in clients("ada").get(f"/folders/{made.shared}/journal").text
    )
    page = HTMLParser(clients("ada").get(here).text)
    assert page.css_first(f"details summary ~ form[action='{here}/1/unbind'] button.danger")
    assert len(page.css(f"form[action='{here}/1/unbind']")) == 1
    done = send(clients("ada"), f"{here}/1/unbind")
    assert done.headers["location"] == f"{here}?done=drop-unbound"
    assert "inbox/scanner/" not in clients("ada").get(here).text


def test_others_are_refused_and_see_no_way_there(made: Network, clients: Clients) -> None:
    here = f"/folders/{made.shared}/inbox"
    send(clients("ada"), here, name="scanner", email="")
    assert here not in clients("bo").get(f"/folders/{made.shared}").text
    for who, status in (("bo", 403), ("cy", 404)):
        assert clients(who).get(here).status_code == status
        assert send(clients(who), here, name="autre", email="").status_code == status
        for verb in ("pause", "resume", "unbind"):
            assert send(clients(who), f"{here}/1/{verb}").status_code == status
    assert "relier ses dossiers de dépôt" in clients("bo").get(here).text
    assert "changer qui le voit" not in clients("bo").get(here).text
    secret = f"/folders/{made.secret}/inbox"
    assert send(clients("ada"), f"{secret}/1/unbind").status_code == 404
    assert "inbox/scanner/" in clients("ada").get(here).text


@pytest.mark.parametrize(
    ("name", "email", "status", "sentence"),
    [
        ("", "", 422, "Le nom est vide"),
        (".cache", "", 422, "ne peut pas commencer par un point"),
        ("a/b", "", 422, "barre oblique"),
        ("scanner", "cy@reseau.example", 422, "ne peut pas déposer dans ce dossier"),
        ("scanner", "x@reseau.example", 422, "Personne n’a cette adresse"),
        ("PRIS", "", 409, "déjà pris"),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_stays_typed(
    made: Network, clients: Clients, name: str, email: str, status: int, sentence: str
) -> None:
    send(clients("ada"), f"/folders/{made.secret}/inbox", name="pris", email="")
    refused = send(clients("ada"), f"/folders/{made.shared}/inbox", name=name, email=email)
    assert refused.status_code == status and sentence in refused.text
    assert f'value="{email}"' in refused.text


def test_files_left_on_the_disk_are_said_beside_the_name(made: Network, clients: Clients) -> None:
    left = made.settings.data / "inbox" / "ancien"
    left.mkdir(parents=True)
    (left / "scan.tmp").write_bytes(b"reste")
    here = f"/folders/{made.shared}/inbox"
    refused = send(clients("ada"), here, name="ancien", email="")
    assert refused.status_code == 422
    assert "Il reste des fichiers dans inbox/ancien/" in refused.text
    assert "scan.tmp" not in refused.text


def test_what_came_is_told_with_its_reason(made: Network, clients: Clients) -> None:
    here = f"/folders/{made.shared}/inbox"
    send(clients("ada"), here, name="scanner", email="")
    came = [
        Came(f"lot/{number}.pdf", 1_500, Outcome.REFUSED, Reason.BAD_NAME) for number in range(101)
    ]

    async def note(ws: object) -> None:
        odd = Came("lat\\udce9.txt", 5, Outcome.REFUSED, Reason.BAD_NAME)
        for one in (*came, odd, Came("", 0, Outcome.LEFT, Reason.NOT_ALLOWED)):
            await dropped.note(ws, DropFolderId(1), one)  # type: ignore[arg-type]

    within(made, note)
    page = clients("ada").get(here).text
    assert "lat?.txt" in page and "udce9" not in page
    assert "« . »" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "lot/100.pdf" in page and "Tout le dossier de dépôt" in page
    assert "Ce nom ne peut pas être donné à un document." in page
    assert "lot/0.pdf" not in page and f"{here}?before=" in page
    older = clients("ada").get(f"{here}?before=3").text
    assert "lot/1.pdf" in older and "lot/3.pdf" not in older
    assert clients("ada").get(f"{here}?before=0").status_code == 422


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_outcome_and_every_reason_has_its_words(language: str) -> None:
    voice = Voice(language, "Europe/Paris")
    assert OUTCOMES.keys() == set(Outcome) and REASONS.keys() == set(Reason)
    assert all(outcome(one, voice) for one in Outcome) and reason(None, voice) == ""
    for one in Reason:
        happened, following = (voice.text(each) for each in REASONS[one])
        assert reason(one, voice) == f"{happened} {following}"
        lines = letters(voice)(one, "lot/a.pdf").split("\n")
        assert lines[:3] == ["lot/a.pdf", "", happened] and lines[4:] == [following, ""]
        assert letters(voice)(one, "").startswith(happened)


def test_a_letter_says_that_a_file_is_whole_only_of_a_file() -> None:
    letter = letters(Voice("fr", "Europe/Paris"))
    assert "le fichier est entier" in letter(Reason.TOO_LARGE, "a.pdf")
    for one in (Reason.LINK, Reason.SPECIAL, Reason.UNREADABLE, Reason.TOO_DEEP):
        said = letter(one, "lat\\udce9.txt")
        assert said.startswith("lat?.txt\n") and "le fichier est entier" not in said
        assert "Rien n’est perdu" in said
