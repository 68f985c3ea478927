"""The main job with the keyboard alone: no mouse, and the focus in sight at each stop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import acts
from tests.journeys.focus import tab_to
from tests.journeys.people import CHIEF, CONTRIBUTOR, OUTSIDE
from tests.journeys.stage import Stage, Visit, said

pytestmark = pytest.mark.browser


def test_someone_signs_in_and_reads_with_the_keyboard(stage: Stage) -> None:
    with stage.visit() as visit:
        visit.goes("/signin?next=/search")
        _type(visit, visit.page.locator("[name=email]"), CONTRIBUTOR)
        _type(visit, visit.page.locator("[name=password]"), stage.password)
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url(f"{stage.url}/search")
        visit.page.keyboard.press("Tab")
        expect(visit.page.locator(".skip")).to_be_focused()
        expect(visit.page.locator(".skip")).to_be_in_viewport()
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator("main")).to_be_focused()
        visit.page.keyboard.press("/")
        expect(visit.page.locator("[data-search]")).to_be_focused()
        visit.page.keyboard.type("addictions type:pdf")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/search?q=addictions*")
        (hit, *_) = acts.hits(visit)
        _press(visit, visit.page.locator(".hit").locator("h2 a, h3 a").first)
        visit.page.wait_for_url(f"**{hit.address}")
        expect(visit.page.locator("h1")).to_have_text(hit.name)


def test_the_menu_opens_closes_and_gives_the_focus_back(stage: Stage) -> None:
    with stage.visit(CONTRIBUTOR) as visit:
        visit.goes("/")
        menu = visit.page.locator("[data-menu]")
        _press(visit, menu.locator("summary"))
        expect(menu).to_have_attribute("open", "")
        tab_to(visit.page, menu.get_by_role("button", name=said("Se déconnecter")))
        visit.page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(menu.locator("summary")).to_be_focused()


def test_the_shortcuts_can_be_switched_off_for_good(stage: Stage) -> None:
    with stage.visit(CONTRIBUTOR) as visit:
        visit.goes("/")
        visit.page.keyboard.press("?")
        expect(visit.page.locator("[data-shortcuts] summary")).to_be_focused()
        tab_to(visit.page, visit.page.locator("[data-shortcuts-switch]"))
        visit.page.keyboard.press("Space")
        visit.page.reload()
        visit.page.keyboard.press("/")
        expect(visit.page.locator("[data-search]")).not_to_be_focused()
        visit.page.keyboard.press("Control+k")
        expect(visit.page.locator("[data-search]")).to_be_focused()


def test_a_contributor_deposits_revises_and_restores_with_the_keyboard(stage: Stage) -> None:
    with stage.visit(CONTRIBUTOR) as visit:
        visit.goes("/")
        _press(visit, visit.page.get_by_role("link", name="Addictions", exact=True).first)
        visit.page.wait_for_url("**/folders/*")
        _press(visit, visit.page.locator("summary", has_text=said("Déposer des documents")))
        _choose(visit, "au clavier.txt", b"Un premier jet.")
        row = visit.page.locator("#list").get_by_role("link", name="au clavier.txt", exact=True)
        expect(row).to_be_visible()
        expect(visit.page.locator("#tray")).to_be_visible()
        visit.page.keyboard.press("Escape")
        expect(visit.page.locator("#tray")).to_be_hidden()
        _press(visit, row)
        visit.page.wait_for_url("**/documents/*")
        _press(visit, visit.page.locator("summary", has_text=said("Nouvelle version")))
        _choose(visit, "relu.txt", b"Un second jet.")
        visit.page.wait_for_url("**?done=revised")
        _press(visit, visit.page.get_by_role("button", name=said("Restaurer")))
        visit.page.wait_for_url("**?done=restored")
        assert acts.versions(visit) == ["Version 3 actuelle", "Version 2", "Version 1"]


def test_a_coordinator_makes_a_folder_and_gives_access_with_the_keyboard(stage: Stage) -> None:
    with stage.visit(CHIEF) as visit:
        visit.goes("/")
        _press(visit, visit.page.get_by_role("link", name="Addictions", exact=True).first)
        visit.page.wait_for_url("**/folders/*")
        _press(visit, visit.page.locator("summary", has_text=said("Nouveau dossier")))
        _type(visit, visit.page.locator("[name=name]"), "Au clavier")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**?done=folder-made")
        _press(visit, visit.page.get_by_role("link", name=said("Qui voit ce dossier ?")))
        visit.page.wait_for_url("**/access")
        _type(visit, visit.page.locator("[name=subject]"), OUTSIDE)
        tab_to(visit.page, visit.page.locator("[name=role][value=reader]"))
        visit.page.keyboard.press("ArrowDown")
        expect(visit.page.locator("[name=role][value=contributor]")).to_be_checked()
        _press(visit, visit.page.get_by_role("button", name=said("Donner l'accès")))
        visit.page.wait_for_selector("[name=announced]", state="attached")
        _press(visit, visit.page.get_by_role("button", name="Confirmer"))
        visit.page.wait_for_url("**?done=granted")
        row = visit.page.get_by_role("row").filter(has_text=OUTSIDE)
        expect(row).to_contain_text("Contribution")
        _press(visit, row.get_by_role("button"))
        visit.page.wait_for_selector("[name=announced]", state="attached")
        _press(visit, visit.page.get_by_role("button", name="Confirmer"))
        visit.page.wait_for_url("**?done=withdrawn")
        expect(row).to_have_count(0)


def test_a_coordinator_sees_as_others_and_comes_back_with_the_keyboard(stage: Stage) -> None:
    with stage.visit() as visit:
        visit.sign_in(CHIEF, stage.password)
        _press(visit, visit.page.get_by_role("link", name="Addictions", exact=True).first)
        visit.page.wait_for_url("**/folders/*")
        folder = visit.path
        _press(visit, visit.page.get_by_role("link", name="Voir comme…"))
        visit.page.wait_for_url("**/see-as")
        _type(visit, visit.page.locator("[name=subject]"), OUTSIDE)
        _press(visit, visit.page.get_by_role("button", name="Voir comme cela"))
        visit.page.wait_for_url("**?done=not-seen")
        expect(visit.page.locator("section.seeing")).to_contain_text(OUTSIDE)
        _press(visit, visit.page.get_by_role("button", name="Revenir à ma vue"))
        visit.page.wait_for_url(f"**{folder}?done=own-view")
        expect(visit.page.locator("section.seeing")).to_have_count(0)
        assert visit.heading == "Addictions"


def _press(visit: Visit, target: Locator) -> None:
    tab_to(visit.page, target)
    visit.page.keyboard.press("Enter")


def _type(visit: Visit, target: Locator, words: str) -> None:
    tab_to(visit.page, target)
    visit.page.keyboard.type(words)


def _choose(visit: Visit, name: str, content: bytes) -> None:
    """Choose a file in the system's dialogue, and send the form by its button."""
    with visit.page.expect_file_chooser() as chooser:
        tab_to(visit.page, visit.page.locator("[name=files]"))
        visit.page.keyboard.press("Space")
    chooser.value.set_files(acts.payloads({name: content}))
    tab_to(visit.page, visit.page.locator("form[data-deposit] button[type=submit]"))
    visit.page.keyboard.press("Enter")
