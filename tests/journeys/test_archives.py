"""A folder and a selection taken away as one ZIP: by mouse, by keyboard, without script."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.focus import tab_to
from tests.journeys.people import COORDINATOR
from tests.journeys.reaching import in_folder
from tests.journeys.stage import NARROW, Stage, Visit, said

pytestmark = pytest.mark.browser

TO_PAPERS = in_folder("Contrat local de santé", "Conventions")
GET_CHOSEN = "Télécharger la sélection (ZIP)"


def names_in(visit: Visit, act: Callable[[], None], place: Path) -> list[str]:
    """What stands in the archive that this act downloads, once every byte was checked."""
    with visit.page.expect_download() as coming:
        act()
    coming.value.save_as(place)
    assert coming.value.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        return sorted(archive.namelist())


def boxes(visit: Visit) -> Locator:
    return visit.page.locator("[name=document]")


def listed(visit: Visit) -> list[str]:
    """The names of the documents, as the page shows them."""
    return visit.page.locator("[data-list] td + th a bdi").all_inner_texts()


def chosen(visit: Visit) -> Locator:
    return visit.page.locator("#selection [role=status]")


def test_documents_are_ticked_counted_and_taken_away(stage: Stage, tmp_path: Path) -> None:
    with stage.visit(COORDINATOR) as visit:
        TO_PAPERS(visit)
        everything = visit.page.get_by_label(said("Tout cocher"))
        boxes(visit).nth(0).check()
        expect(chosen(visit)).to_have_text(said("1 document coché"))
        boxes(visit).nth(2).check()
        expect(chosen(visit)).to_have_text(said("{n} documents cochés").replace("{n}", "2"))
        expect(everything).not_to_be_checked()
        first, _, third, *_ = listed(visit)
        got = names_in(visit, lambda: visit.presses(GET_CHOSEN), tmp_path / "a.zip")
        assert got == sorted([first, third])
        everything.check()
        expect(boxes(visit).and_(visit.page.locator(":checked"))).to_have_count(
            boxes(visit).count()
        )
        everything.uncheck()
        expect(chosen(visit)).to_be_empty()


def test_what_is_ticked_stays_so_when_the_list_is_renewed(stage: Stage) -> None:
    with stage.visit(COORDINATOR) as visit:
        TO_PAPERS(visit)
        boxes(visit).nth(1).check()
        name = listed(visit)[1]
        # As the page does when a document was read: the boxes that come are not ticked.
        visit.page.locator("#list").evaluate("""list => {
            const fresh = list.cloneNode(true);
            for (const box of fresh.querySelectorAll('[name=document]')) box.checked = false;
            list.replaceWith(fresh);
        }""")
        again = visit.page.get_by_role("row", name=name).locator("[name=document]")
        expect(again).to_be_checked()
        expect(chosen(visit)).to_have_text(said("1 document coché"))


def test_the_keyboard_ticks_and_takes_away(stage: Stage, tmp_path: Path) -> None:
    with stage.visit(COORDINATOR) as visit:
        TO_PAPERS(visit)
        tab_to(visit.page, boxes(visit).nth(1))
        visit.page.keyboard.press("Space")
        expect(boxes(visit).nth(1)).to_be_checked()
        name = listed(visit)[1]
        got = names_in(visit, lambda: visit.page.keyboard.press("Enter"), tmp_path / "a.zip")
        assert got == [name]


def test_without_script_boxes_button_and_folder_work(stage: Stage, tmp_path: Path) -> None:
    with stage.visit(COORDINATOR, has_script=False, viewport=NARROW) as visit:
        TO_PAPERS(visit)
        expect(visit.page.get_by_text(said("Tout cocher"))).to_be_hidden()
        visit.presses(GET_CHOSEN)
        visit.page.wait_for_selector("[data-summary]")
        expect(visit.page.locator("[data-summary]")).to_contain_text("Cochez au moins")
        names = listed(visit)
        boxes(visit).nth(0).check()
        got = names_in(visit, lambda: visit.presses(GET_CHOSEN), tmp_path / "a.zip")
        assert got == names[:1]
        TO_PAPERS(visit)
        whole = names_in(
            visit, lambda: visit.follows(said("Télécharger le dossier (ZIP)")), tmp_path / "b.zip"
        )
        assert "Conventions/" in whole
        assert {f"Conventions/{name}" for name in names} <= set(whole)
