"""Nothing lost (journey 8): replace, rename, move, remove, restore; each version stays."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import acts
from tests.journeys.depositing import ADA, BO, Network, network, ready
from tests.journeys.stage import Stage, Visit, said

pytestmark = pytest.mark.browser


@dataclass
class Paper:
    """One document through all that people do to it, and what each version must be."""

    place: Stage
    has_script: bool
    folder: str
    other: str
    address: str = ""
    name: str = "PV.txt"
    kept: list[str] = field(default_factory=list)

    def visit(self, email: str) -> AbstractContextManager[Visit]:
        """Someone, with script or without as all of this is done."""
        return self.place.visit(email, has_script=self.has_script)

    def opens(self, visit: Visit) -> None:
        """Its folder, as far as the script of deposits listens if there is one."""
        if self.has_script:
            ready(visit, self.folder)
        else:
            visit.goes(self.folder)

    def keep(self, content: bytes) -> None:
        """One more version is there from now on."""
        self.kept.append(hashlib.sha256(content).hexdigest())

    def check(self, visit: Visit) -> None:
        """The document bears its name, and each version gives the bytes that made it."""
        assert visit.goes(self.address) == 200
        assert visit.heading == self.name
        numbers = [f"Version {number}" for number in range(len(self.kept), 0, -1)]
        assert [each.split(" actuelle")[0] for each in acts.versions(visit)] == numbers
        for number, digest in enumerate(self.kept, 1):
            content = visit.bytes_at(f"{self.address}/versions/{number}/content")
            assert hashlib.sha256(content).hexdigest() == digest


@pytest.fixture(scope="module")
def served(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Network, Stage]]:
    """A small network of its own."""
    with network(chromium, tmp_path_factory.mktemp("nothing-lost")) as both:
        yield both


@pytest.fixture(params=[True, False], ids=["with_script", "without_script"])
def paper(request: pytest.FixtureRequest, served: tuple[Network, Stage]) -> Paper:
    """A document of three versions that Bo deposited, the last one the first again."""
    own, place = served
    start, end = (own.folder(f"{word} {request.node.name}") for word in ("Départ", "Arrivée"))
    one = Paper(place, bool(request.param), start, end)
    with one.visit(BO) as bo:
        one.opens(bo)
        acts.choose_files(bo, {one.name: b"Un premier jet."})
        bo.presses("Déposer")
        expect(bo.page.locator("#list")).to_contain_text(one.name)
        one.keep(b"Un premier jet.")
        one.address = acts.document_in(bo, one.folder, one.name)
        _revise(bo, one, b"Tout autre chose.")
        bo.page.get_by_role("button", name=said("Restaurer")).click()
        bo.page.wait_for_url("**?done=restored")
        one.keep(b"Un premier jet.")
        one.check(bo)
    return one


def test_a_document_keeps_every_version_whatever_is_done_to_it(paper: Paper) -> None:
    with paper.visit(BO) as bo, paper.visit(ADA) as ada:
        _rename(bo, paper, "PV signé.txt")
        paper.check(bo)
        _move(bo, paper)
        paper.check(bo)
        _save_as_office_programs_do(bo, paper, b"La troisieme mouture.")
        paper.check(bo)
        _remove(bo, paper)
        bo.presses("Annuler le retrait")
        bo.page.wait_for_url("**?done=brought-back")
        paper.check(bo)
        _remove(bo, paper)
        _bring_back(ada, f"{paper.other}/trash", paper.name)
        paper.check(bo)
        _remove_folder(ada, paper)
        assert bo.goes(paper.address) == 404
        _bring_back(ada, "/trash", "Arrivée")
        paper.check(bo)
        _revise(bo, paper, b"Et encore une.")
        paper.check(ada)


def test_what_comes_under_a_name_in_use_or_twice_loses_nothing(paper: Paper) -> None:
    with paper.visit(BO) as bo:
        paper.opens(bo)
        acts.choose_files(bo, {paper.name: b"Par le meme nom."})
        bo.presses("Déposer")
        if paper.has_script:
            bo.presses("Nouvelle version")
            expect(bo.page.locator("#tray li")).to_contain_text(said("Déposé"))
        paper.keep(b"Par le meme nom.")
        paper.check(bo)
        paper.opens(bo)
        acts.choose_files(bo, {paper.name: b"Par le meme nom."})
        bo.presses("Déposer")
        same = re.compile(r"déjà la version actuelle|inchangé|rien n’a été ajouté", re.IGNORECASE)
        expect(bo.page.locator("body")).to_contain_text(same)
        paper.check(bo)


def _revise(visit: Visit, paper: Paper, content: bytes) -> None:
    visit.goes(paper.address)
    visit.opens("Nouvelle version")
    visit.page.set_input_files("[name=files]", acts.payloads({"relu.txt": content}))
    visit.presses("Déposer la version")
    visit.page.wait_for_url("**?done=revised")
    paper.keep(content)


def _rename(visit: Visit, paper: Paper, name: str) -> None:
    visit.goes(paper.address)
    visit.follows("Renommer")
    visit.page.fill("[name=name]", name)
    visit.presses("Renommer")
    visit.page.wait_for_url("**?done=document-renamed")
    paper.name = name


def _move(visit: Visit, paper: Paper) -> None:
    visit.goes(paper.address)
    visit.follows("Déplacer")
    visit.page.select_option("[name=parent]", value=paper.other.rpartition("/")[2])
    visit.presses("Déplacer ici")
    visit.page.wait_for_url("**?done=document-moved")


def _save_as_office_programs_do(visit: Visit, paper: Paper, content: bytes) -> None:
    """Under another name first, which then becomes that of the document."""
    visit.goes(paper.other)
    acts.choose_files(visit, {"PV.tmp": content})
    visit.presses("Déposer")
    expect(visit.page.locator("#list")).to_contain_text("PV.tmp")
    visit.goes(acts.document_in(visit, paper.other, "PV.tmp"))
    visit.follows("Renommer")
    visit.page.fill("[name=name]", paper.name)
    visit.presses("Renommer")
    visit.presses("En faire une nouvelle version")
    visit.page.wait_for_url(f"**{paper.address}?done=replaced")
    paper.keep(content)


def _remove(visit: Visit, paper: Paper) -> None:
    visit.goes(paper.address)
    visit.presses("Mettre à la corbeille")
    visit.page.wait_for_url("**done=document-removed*")


def _remove_folder(visit: Visit, paper: Paper) -> None:
    visit.goes(f"{paper.other}/remove")
    visit.presses("Mettre à la corbeille")
    visit.page.wait_for_url("**done=folder-removed*")


def _bring_back(visit: Visit, trash: str, name: str) -> None:
    visit.goes(trash)
    row = visit.page.get_by_role("row").filter(has_text=name).first
    row.get_by_role("button", name=re.compile(said("Remettre en place"))).click()
    visit.page.wait_for_url("**?done=brought-back")
