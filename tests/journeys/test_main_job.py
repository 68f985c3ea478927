"""The main job, in a browser, with script and without: share, deposit, revise, find, refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests import samples
from tests.journeys import acts
from tests.journeys.people import CHIEF, CONTRIBUTOR, COORDINATOR, OUTSIDE, OUTSIDER, READER
from tests.journeys.stage import Stage, Visit, said

pytestmark = pytest.mark.browser

NEVER_WAS = "/documents/999999999"
# As it is written on the page, and as it is typed in the search box.
WORDS = {True: ("quérimonies", "querimonie"), False: ("mégalithe", "megalithes")}


@dataclass(frozen=True)
class Paper:
    """A PDF whose page 7 alone holds a rare word, and how someone in a hurry types it."""

    written: str
    typed: str
    content: bytes
    name: str = "Séance du 3 mars.pdf"

    @classmethod
    def of(cls, written: str, typed: str) -> Paper:
        """Eight pages."""
        pages = [f"Page {number} du compte rendu." for number in range(1, 9)]
        pages[6] += f"\nIl fut question des {written} ce jour-là."
        return cls(written, typed, samples.pdf(pages))


@dataclass(frozen=True)
class Job:
    """One folder, made for this job in « Addictions », with one paper in it."""

    stage: Stage
    has_script: bool
    folder: str
    paper: Paper
    document: str

    def visit(self, email: str) -> AbstractContextManager[Visit]:
        """Someone, with script or without as this job is done."""
        return self.stage.visit(email, has_script=self.has_script)


@pytest.fixture(scope="module", params=[True, False], ids=["with_script", "without_script"])
def job(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Job]:
    """A coordinator makes a folder, a contributor deposits a paper and something else."""
    has_script = bool(request.param)
    paper = Paper.of(*WORDS[has_script])
    with stage.visit(CHIEF, has_script=has_script) as chief:
        chief.goes("/")
        chief.follows("Addictions")
        folder = acts.make_folder(chief, f"Séances {paper.typed}")
        assert chief.heading == f"Séances {paper.typed}"
    with stage.visit(CONTRIBUTOR, has_script=has_script) as contributor:
        contributor.goes(folder)
        acts.choose_files(contributor, {paper.name: paper.content, "notes.txt": b"Deux notes."})
        contributor.presses("Déposer")
        _await_deposits(contributor, paper.name, "notes.txt")
        document = acts.document_in(contributor, folder, paper.name)
    yield Job(stage, has_script, folder, paper, document)


@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
@pytest.mark.parametrize("email", [COORDINATOR, CONTRIBUTOR, READER])
def test_people_of_every_role_come_home_and_see_what_is_theirs(
    stage: Stage, email: str, has_script: bool
) -> None:
    with stage.visit(email, has_script=has_script) as visit:
        assert visit.goes("/") == 200
        assert visit.heading == "Mes dossiers"
        shown = visit.page.locator("main .list").first.inner_text()
        assert "Réunions plénières" in shown
        assert ("Contrat local de santé" in shown) == (email != CONTRIBUTOR)
        assert ("Bureau de l'Atelier" in shown) == (email == COORDINATOR)


def test_a_word_of_page_seven_is_found_in_the_plural_without_accents(job: Job) -> None:
    with job.visit(READER) as reader:
        (hit,) = acts.find_in_time(reader, job.paper.typed)
        assert (hit.name, hit.address) == (job.paper.name, job.document)
        assert [name.split(" de ")[0] for name in hit.pages] == ["Page 7"]
        assert reader.page.locator(".hit mark").all_inner_texts() == [job.paper.written]
        (address,) = hit.pages.values()
        assert address == f"{job.document}/view?page=7"
        reader.goes(address)
        shown = reader.page.locator("iframe").get_attribute("src") or ""
        assert shown.endswith("?inline#page=7")
        assert reader.bytes_at(shown) == job.paper.content
        reader.goes(f"{job.document}?page=7")
        assert job.paper.written in reader.page.locator("article").inner_text()
        reader.goes(f"{job.document}?page=6")
        assert job.paper.written not in reader.page.locator("article").inner_text()


def test_a_hit_opens_its_pdf_in_the_browser_and_coming_back_shows_the_hits(job: Job) -> None:
    with job.visit(READER) as reader:
        (hit,) = acts.find_in_time(reader, job.paper.typed)
        reader.page.locator(".hit .pages a").click()
        reader.page.wait_for_url("**/view?page=7")
        shown = reader.page.locator("iframe").get_attribute("src") or ""
        headers = reader.context.request.get(shown).headers
        assert headers["content-type"] == "application/pdf"
        assert headers["content-disposition"].startswith("inline")
        assert "sandbox" in headers["content-security-policy"]
        reader.page.go_back()
        assert acts.hits(reader) == [hit]


def test_versions_add_up_and_an_old_one_restored_is_a_new_one(job: Job) -> None:
    first, revised = b"Un premier jet.", samples.pdf(["Tout autre chose."])
    with job.visit(CONTRIBUTOR) as contributor:
        contributor.goes(job.folder)
        acts.choose_files(contributor, {"projet": first})
        contributor.presses("Déposer")
        _await_deposits(contributor, "projet")
        document = acts.document_in(contributor, job.folder, "projet")
        contributor.goes(document)
        assert acts.versions(contributor) == ["Version 1 actuelle"]
        contributor.opens("Nouvelle version")
        contributor.page.set_input_files("[name=files]", acts.payloads({"relu.pdf": revised}))
        contributor.presses("Déposer la version")
        contributor.page.wait_for_url("**?done=revised")
        assert acts.versions(contributor) == ["Version 2 actuelle", "Version 1"]
        contributor.page.get_by_role("button", name=said("Restaurer")).click()
        contributor.page.wait_for_url("**?done=restored")
        assert acts.versions(contributor) == ["Version 3 actuelle", "Version 2", "Version 1"]
        assert said("Reprend la version %(n)s", n=1) in _timeline(contributor)
        kept = [contributor.bytes_at(f"{document}/versions/{n}/content") for n in (1, 2, 3)]
        assert kept == [first, revised, first]
    with job.visit(READER) as reader:
        reader.goes(document)
        assert acts.versions(reader)[0] == "Version 3 actuelle"
        assert reader.page.get_by_role("button", name=said("Restaurer")).count() == 0
        assert reader.page.locator("summary", has_text="Nouvelle version").count() == 0
        for way in ("[download]", "[href*='/view?version=']"):  # each version, to keep and to open
            assert reader.page.locator(f".timeline a{way}").count() == 3


def test_a_comment_stays_with_its_version(job: Job) -> None:
    with job.visit(CONTRIBUTOR) as contributor:
        contributor.goes(job.folder)
        acts.choose_files(contributor, {"ordre du jour.txt": b"Un point."})
        contributor.page.fill("[name=comment]", "Pour jeudi : à relire")
        contributor.presses("Déposer")
        _await_deposits(contributor, "ordre du jour.txt")
        contributor.goes(acts.document_in(contributor, job.folder, "ordre du jour.txt"))
        assert "Pour jeudi : à relire" in _timeline(contributor)


def test_someone_of_another_organisation_neither_sees_nor_finds_it(job: Job) -> None:
    with job.visit(READER) as reader:
        acts.find_in_time(reader, job.paper.typed)
    with job.visit(OUTSIDER) as outsider:
        _check_unseen(outsider, job)


def test_an_access_given_is_there_at_the_next_click_and_withdrawn_it_is_gone(job: Job) -> None:
    with job.visit(CHIEF) as chief, job.visit(OUTSIDER) as outsider:
        _check_unseen(outsider, job)
        acts.give_access(chief, job.folder, OUTSIDE)
        assert outsider.goes(job.document) == 200
        outsider.goes("/")
        outsider.follows(f"Séances {job.paper.typed}")
        assert outsider.path == job.folder
        assert outsider.page.locator("summary", has_text="Déposer").count() == 0
        assert [hit.address for hit in acts.find_in_time(outsider, job.paper.typed)] == [
            job.document
        ]
        acts.withdraw_access(chief, job.folder, OUTSIDE)
        _check_unseen(outsider, job)


def test_a_closed_folder_is_gone_for_those_who_inherited_it_until_it_is_opened(job: Job) -> None:
    with job.visit(CHIEF) as chief, job.visit(READER) as reader:
        acts.find_in_time(reader, job.paper.typed)
        chief.goes(job.folder)
        chief.follows("Fermer")
        chief.presses("Fermer le dossier")
        acts.confirm(chief)
        chief.page.wait_for_url("**?done=folder-closed")
        _check_unseen(reader, job)
        assert chief.goes(job.document) == 200
        chief.goes(job.folder)
        chief.follows("Rouvrir")
        chief.presses("Rouvrir le dossier")
        acts.confirm(chief)
        chief.page.wait_for_url("**?done=folder-opened")
        assert reader.goes(job.document) == 200
        assert len(acts.find_in_time(reader, job.paper.typed)) == 1


def test_the_journal_tells_what_was_done_to_those_who_may_read_it(job: Job) -> None:
    with job.visit(CHIEF) as chief, job.visit(CONTRIBUTOR) as contributor:
        chief.goes(job.folder)
        chief.follows("Journal")
        told = chief.page.locator("main").inner_text()
        assert f"Mehdi Saïdi a déposé {job.paper.name}" in told
        assert "Isabelle Quesnel a créé le dossier" in told
        assert contributor.goes(f"{job.folder}/journal") == 403
        assert contributor.heading == said("Action non permise")


def _check_unseen(visit: Visit, job: Job) -> None:
    assert visit.goes(NEVER_WAS) == 404
    never_was = visit.page.content()
    for address in (job.document, job.folder, f"{job.document}/versions/1/content"):
        assert visit.goes(address) == 404
        assert visit.page.content() == never_was
    visit.goes("/")
    assert f"Séances {job.paper.typed}" not in visit.page.locator("main").inner_text()
    assert acts.find(visit, job.paper.typed) == []
    assert visit.page.get_by_role("heading", name=said("Rien n'a été trouvé")).is_visible()


def _await_deposits(visit: Visit, *names: str) -> None:
    """The rows stand in the list: by the tray's word for each, or after the form."""
    if visit.page.locator("#tray").is_visible():
        kept = visit.page.locator("#tray li").filter(has_text=said("Déposé"))
        expect(kept).to_have_count(len(names))
        bars = visit.page.locator("#tray progress").evaluate_all("all => all.map(bar => bar.value)")
        assert set(bars) == {100}
    for name in names:
        row = visit.page.locator("#list").get_by_role("link", name=name, exact=True)
        expect(row).to_be_visible()


def _timeline(visit: Visit) -> str:
    return re.sub(r"\s+", " ", visit.page.locator(".timeline").inner_text())
