"""A coordinator before and after a meeting, in a browser, with script and without.

She makes the meeting, its agenda, lays a paper, tells people; after it she writes the
minutes with decisions and actions, and has them approved; who was there finds them by a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests import samples
from tests.journeys import acts
from tests.journeys.people import CHIEF, OUTSIDER, READER
from tests.journeys.stage import Stage, Visit, said

pytestmark = pytest.mark.browser

# A word that stands nowhere else, for each way of going through it.
WORDS = {True: "capharnaüm", False: "brinquebale"}
FIRST, SECOND = samples.pdf(["Diagnostic de mars."]), samples.pdf(["Diagnostic corrigé d'avril."])
DECISION = "Une permanence ouvre chaque mardi."
ACTION = "Écrire aux quatre médecins."


@dataclass(frozen=True)
class Held:
    """A meeting that was prepared, convened and opened by somebody; its paper is replaced."""

    stage: Stage
    has_script: bool
    folder: str
    meeting: str
    paper: str

    def visit(self, email: str) -> AbstractContextManager[Visit]:
        """Someone, with script or without as this one is gone through."""
        return self.stage.visit(email, has_script=self.has_script)

    @property
    def word(self) -> str:
        """What was said there and nowhere else."""
        return WORDS[self.has_script]


@pytest.fixture(scope="module", params=[True, False], ids=["with_script", "without_script"])
def held(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Held]:
    """Made by a coordinator, in a folder made for it in « Addictions »."""
    has_script = bool(request.param)
    with stage.visit(CHIEF, has_script=has_script) as chief:
        chief.goes("/")
        chief.follows("Addictions")
        folder = acts.make_folder(chief, f"Comité {WORDS[has_script]}")
        acts.choose_files(chief, {"Diagnostic.pdf": FIRST})
        chief.presses("Déposer")
        expect(chief.page.get_by_role("link", name="Diagnostic.pdf", exact=True)).to_be_visible()
        paper = acts.document_in(chief, folder, "Diagnostic.pdf")
        meeting = _prepared(chief, folder)
        _with_agenda(chief, meeting)
        chief.goes(meeting)
        chief.presses("Convoquer la réunion")
        chief.page.wait_for_url(re.compile(r"done="))
    yield Held(stage, has_script, folder, meeting, paper)


def _prepared(chief: Visit, folder: str) -> str:
    """A meeting in three weeks; its address."""
    chief.goes(folder)
    chief.page.locator("main").get_by_role("link", name="Réunions", exact=True).click()
    chief.opens("Préparer une réunion")
    chief.page.fill("[name=title]", "Réunion de printemps")
    day = datetime.now(UTC).date() + timedelta(days=21)
    chief.page.fill("[name=day]", day.isoformat())
    chief.page.fill("[name=starts]", "14:00")
    chief.page.fill("[name=lasts]", "90")
    chief.page.fill("[name=place]", "Salle du conseil")
    chief.page.fill("[name=series]", "Comité du printemps")
    chief.page.get_by_role("button", name="Préparer la réunion", exact=True).click()
    chief.page.wait_for_url(re.compile(r"/meetings/\d+"))
    assert chief.heading == "Réunion de printemps"
    return chief.path


def _with_agenda(chief: Visit, meeting: str) -> None:
    """Two items, a title and Enter each; the first with the paper."""
    chief.goes(f"{meeting}/agenda")
    for title in ("Le point d'accueil", "Les tournées"):
        chief.page.fill("#add [name=title]", title)
        chief.page.press("#add [name=title]", "Enter")
        expect(chief.page.get_by_role("link", name=title, exact=True)).to_be_visible()
    chief.follows("Le point d'accueil")
    chief.page.get_by_role("button", name=re.compile(r"^Joindre\s*: Diagnostic\.pdf$")).click()
    expect(chief.page.get_by_text("version 1").first).to_be_visible()


def test_who_reads_the_folder_opens_the_paper_and_answers(held: Held) -> None:
    with held.visit(READER) as reader:
        reader.goes("/meetings")
        reader.page.locator(f'main a[href="{held.meeting}"]').first.click()
        main = reader.page.locator("main")
        expect(main).to_contain_text("Salle du conseil")
        expect(main).to_contain_text("14:00")
        expect(main).to_contain_text("Les tournées")
        address = main.get_by_role("link", name="Télécharger Diagnostic.pdf").get_attribute("href")
        assert reader.bytes_at(address or "") == FIRST
        reader.page.get_by_role("radio", name="Je viens").check()
        reader.presses("Répondre")
        expect(main).to_contain_text("Votre réponse")
        calendar = reader.bytes_at(f"{held.meeting}/invitation.ics").decode()
        assert "SUMMARY:Réunion de printemps" in calendar
    with held.visit(CHIEF) as chief:
        chief.goes(held.meeting)
        told = chief.page.locator("main").inner_text()
        assert "1 personne vient" in told or "Thierry Gosselin" in chief.page.content()
    with held.visit(OUTSIDER) as outsider:
        assert outsider.goes(held.meeting) == 404
        assert outsider.goes(f"{held.meeting}/record") == 404


def test_the_version_that_was_laid_there_survives_another_and_the_trash(held: Held) -> None:
    with held.visit(CHIEF) as chief:
        chief.goes(held.paper)
        chief.opens("Nouvelle version")
        chief.page.set_input_files("[name=files]", acts.payloads({"Diagnostic.pdf": SECOND}))
        chief.presses("Déposer la version")
        chief.page.wait_for_url("**?done=revised")
    with held.visit(READER) as reader:
        reader.goes(held.meeting)
        main = reader.page.locator("main")
        expect(main).to_contain_text("Version 1 jointe ; une version 2 existe.")
        link = main.get_by_role("link", name="Télécharger Diagnostic.pdf")
        address = link.get_attribute("href") or ""
        assert reader.bytes_at(address) == FIRST
    with held.visit(CHIEF) as chief:
        chief.goes(held.paper)
        chief.presses("Mettre à la corbeille")
        chief.page.wait_for_url("**/folders/*")
    with held.visit(READER) as reader:
        reader.goes(held.meeting)
        expect(reader.page.locator("main")).to_contain_text("Le document est à la corbeille")
        assert reader.bytes_at(address) == FIRST


def test_minutes_are_written_approved_and_found_by_a_word(held: Held) -> None:
    with held.visit(CHIEF) as chief:
        _happened(chief, held.meeting)
        _written(chief, held)
        chief.goes(f"{held.meeting}/record")
        chief.opens("Approuver")
        chief.presses("Approuver le compte rendu")
        main = chief.page.locator("main")
        expect(main).to_contain_text("Édition 1, approuvée")
        sheet = main.locator("article").inner_text()
        assert held.word in sheet and DECISION in sheet and ACTION in sheet
        pdf = main.get_by_role("link", name="Télécharger en PDF").get_attribute("href") or ""
        assert main.get_by_role("link", name="Télécharger en ODT").count() == 1
        told = _text_of(chief.bytes_at(pdf))
        for words in (held.word, DECISION, ACTION, "Les tournées", "Salle du conseil"):
            assert words in told
    with held.visit(READER) as reader:
        _find(reader, held)
        hit = reader.page.locator("main").get_by_role("link", name=re.compile("point|accueil"))
        assert held.word in reader.page.locator("main mark").all_inner_texts(), hit.count()
        reader.goes(f"/decisions?folder={held.folder.rpartition('/')[2]}")
        expect(reader.page.locator("main")).to_contain_text(DECISION)
    with held.visit(OUTSIDER) as outsider:
        outsider.goes(f"/search?q={held.word}")
        assert held.meeting not in outsider.page.content()
        outsider.goes("/decisions")
        assert DECISION not in outsider.page.content()


def _happened(chief: Visit, meeting: str) -> None:
    """It took place yesterday after all: one that is to come was not held."""
    chief.goes(f"{meeting}/edit")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    chief.page.fill("[name=day]", yesterday.isoformat())
    chief.presses("Enregistrer")
    chief.page.wait_for_url("**done=meeting-changed*")
    chief.goes(meeting)
    chief.presses("Marquer comme tenue")
    expect(chief.page.locator("main")).to_contain_text("tenue")


def _written(chief: Visit, held: Held) -> None:
    """What was said of the first item, a decision and an action."""
    chief.goes(f"{held.meeting}/minutes")
    item = chief.page.locator("main section[id^=item-]").first
    item.get_by_role("link", name=re.compile("^Écrire")).click()
    chief.page.fill("#field-text", f"On a parlé du {held.word} de l'accueil.")
    chief.page.get_by_role("button", name="Enregistrer et passer au point suivant").click()
    expect(chief.page.locator("main h2", has_text="Les tournées")).to_be_visible()
    chief.page.fill("#field-text", "Elles reprennent en mai.")
    chief.presses("Enregistrer")
    expect(chief.page.locator("main")).to_contain_text(held.word)
    expect(chief.page.locator("main")).to_contain_text("Elles reprennent en mai.")
    for opening, words, button in (
        ("Noter une décision", DECISION, "Enregistrer la décision"),
        ("Noter une action", ACTION, "Enregistrer l'action"),
    ):
        item = chief.page.locator("main section[id^=item-]").first
        item.get_by_role("link", name=re.compile(f"^{re.escape(said(opening))}")).click()
        chief.page.fill("main textarea[name=text]", words)
        chief.page.get_by_role("button", name=said(button), exact=True).click()
        first = chief.page.locator("main section[id^=item-]").first
        expect(first.locator("li", has_text=words).first).to_be_attached()


def _find(reader: Visit, held: Held) -> None:
    reader.goes("/search")
    acts.find(reader, held.word)
    acts.until(reader, lambda: held.meeting in reader.page.content())


def _text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
    finally:
        document.close()
    return " ".join(" ".join(texts).split())
