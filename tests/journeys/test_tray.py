"""The tray of deposits: what it asks, tells and offers, and where the focus goes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import acts, axe
from tests.journeys.depositing import (
    ADA,
    BO,
    CUT,
    LARGE,
    MOST_BYTES,
    Network,
    answers,
    asks,
    await_kept,
    choose,
    counted,
    current,
    drop,
    forgive_cuts,
    line,
    opened,
    ready,
    stored,
    stored_names,
    tree,
    until_ended,
)
from tests.journeys.focus import tab_to
from tests.journeys.stage import DESK, NARROW, Stage, Visit, said
from tests.journeys.test_deposits import folder, own, place, served

__all__ = ["folder", "own", "place", "served"]

pytestmark = pytest.mark.browser

SAME: Final = "Ce contenu était déjà la version actuelle : rien n'a été ajouté."
LONG_NAME: Final = "é" * 130 + ".txt"


def test_a_name_in_use_is_asked_about_and_each_answer_does_what_it_says(
    place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo:
        opened(bo, folder)
        choose(bo, {name: b"Avant." for name in ("a.txt", "b.txt", "c.txt", "d.txt")})
        until_ended(bo, 4)
        again = {"a.txt": b"Apres A.", "b.txt": b"Apres B.", "c.txt": b"C.", "d.txt": b"Avant."}
        choose(bo, again)
        expect(asks(bo)).to_have_count(3)
        expect(line(bo, "d.txt")).to_contain_text(said(SAME))
        for rank, name in enumerate(("a.txt", "b.txt", "c.txt")):
            expect(bo.page.locator("#tray li").nth(rank)).to_contain_text(name)
        bo.page.keyboard.press("Escape")
        expect(asks(bo)).to_have_count(0)
        expect(counted(bo)).to_contain_text("3 réponses attendues")
        bo.page.locator("#tray summary").click()
        asked = line(bo, "a.txt").locator("legend")
        expect(asked).to_have_text("Un document « a.txt » existe déjà.")
        answers(bo, "a.txt", "Nouvelle version")
        for_all = line(bo, "c.txt").get_by_label(said("Faire de même pour les autres"))
        expect(for_all).to_be_visible()
        answers(bo, "b.txt", "Garder les deux")
        expect(for_all).to_be_hidden()
        expect(counted(bo)).to_contain_text("1 réponse attendue")
        answers(bo, "c.txt", "Ne pas déposer")
        until_ended(bo, 4)
        expect(bo.page.locator("#tray summary")).to_be_focused()
        expect(counted(bo)).to_have_text("4 sur 4, 1 au contenu inchangé, 1 non déposé")
        assert sorted(stored(bo, folder)) == ["a.txt", "b (2).txt", "b.txt", "c.txt", "d.txt"]
        assert current(bo, folder, "a.txt") == (b"Apres A.", 2)
        assert current(bo, folder, "b.txt") == (b"Avant.", 1)
        assert current(bo, folder, "b (2).txt") == (b"Apres B.", 1)
        assert current(bo, folder, "c.txt") == (b"Avant.", 1)


def test_one_answer_may_stand_for_all_and_a_choice_in_the_form_is_not_asked_again(
    place: Stage, folder: str
) -> None:
    names = [f"pièce {number}.txt" for number in range(15)]
    with place.visit(BO) as bo:
        opened(bo, folder)
        choose(bo, {name: b"Avant." for name in names})
        until_ended(bo, 15)
        # The folder was empty when it was opened.
        expect(bo.page.get_by_label(said("Tout cocher"))).to_be_visible()
        choose(bo, {name: b"Apres." for name in names})
        expect(asks(bo)).to_have_count(10)
        answers(bo, names[0], "Nouvelle version", for_all=True)
        until_ended(bo, 15)
        assert [current(bo, folder, name) for name in names[:2]] == [(b"Apres.", 2)] * 2
        opened(bo, folder)
        bo.page.locator("[name=taken][value=keep_both]").check()
        choose(bo, {names[3]: b"Encore."})
        until_ended(bo, 1)
        assert current(bo, folder, "pièce 3 (2).txt") == (b"Encore.", 1)
        opened(bo, folder)
        assert bo.page.locator("[name=taken]:checked").get_attribute("value") == "ask"
        bo.page.locator("[name=taken][value=revise]").check()
        choose(bo, {names[4]: b"Encore."})
        until_ended(bo, 1)
        assert current(bo, folder, names[4]) == (b"Encore.", 3)


def test_who_comes_second_is_told_so_and_her_bytes_are_kept_aside(
    own: Network, place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo, place.visit(ADA) as ada:
        opened(bo, folder)
        choose(bo, {"note.bin": b"Un."})
        until_ended(bo, 1)
        document = acts.document_in(bo, folder, "note.bin")
        for visit in (bo, ada):
            ready(visit, document)
            visit.opens("Nouvelle version")
        own.wire.cut(after_bytes=len(LARGE) // 2)
        choose(bo, {"de bo.bin": LARGE})
        expect(bo.page.locator("#tray [data-trouble]")).to_have_text(CUT)
        line(bo, "de bo.bin").get_by_role("button", name=said("Suspendre")).click()
        own.wire.mend()
        choose(ada, {"d'ada.bin": b"D'Ada."})
        ada.page.wait_for_url("**?done=revised")
        line(bo, "de bo.bin").get_by_role("button", name=said("Reprendre")).click()
        expect(line(bo, "de bo.bin").locator("[data-fault]")).to_contain_text("mis de côté")
        line(bo, "de bo.bin").get_by_role("button", name=said("Retirer de la liste")).click()
        expect(line(bo, "de bo.bin")).to_contain_text(said("Mis de côté 7 jours, pour vous seul."))
        expect(line(bo, "de bo.bin").get_by_role("button")).to_have_count(0)
        line(bo, "de bo.bin").get_by_role("link", name=said("Voir le fichier mis de côté")).click()
        expect(bo.page.locator("main")).to_contain_text(said("Mis de côté pour vous"))
        assert bo.bytes_at(f"{document}/versions/2/content") == b"D'Ada."
        forgive_cuts(bo)


def test_a_file_is_paused_resumed_cancelled_and_the_whole_tray_too(
    own: Network, place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo:
        opened(bo, folder)
        own.wire.hold()
        choose(bo, {"un.bin": LARGE, "deux.bin": LARGE, "trois.bin": LARGE})
        line(bo, "un.bin").get_by_role("button", name=said("Suspendre")).click()
        expect(line(bo, "un.bin")).to_contain_text(said("En pause"))
        bo.presses("Tout suspendre")
        paused = bo.page.locator("#tray li").filter(has_text=said("En pause"))
        expect(paused).to_have_count(3)
        own.wire.mend()
        line(bo, "un.bin").get_by_role("button", name=said("Annuler")).click()
        expect(line(bo, "un.bin")).to_contain_text(said("Annulé : rien n'a été enregistré."))
        line(bo, "deux.bin").get_by_role("button", name=said("Reprendre")).click()
        expect(line(bo, "deux.bin")).to_contain_text(said("Déposé"))
        expect(paused).to_have_count(1)
        line(bo, "trois.bin").get_by_role("button", name=said("Reprendre")).click()
        until_ended(bo, 3)
        assert sorted(stored(bo, folder)) == ["deux.bin", "trois.bin"]
        opened(bo, folder)
        own.wire.hold()
        choose(bo, {"x.bin": LARGE, "y.bin": LARGE})
        bo.presses("Tout suspendre")
        own.wire.mend()
        bo.presses("Tout annuler")
        expect(bo.page.locator("#tray li").filter(has_text="Annulé")).to_have_count(2)
        assert sorted(stored(bo, folder)) == ["deux.bin", "trois.bin"]


def test_each_order_leaves_the_focus_on_what_comes_next(
    own: Network, place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo:
        opened(bo, folder)
        own.wire.hold()
        choose(bo, {"un.bin": LARGE, "deux.bin": LARGE, "trois.bin": LARGE})
        suspend = line(bo, "un.bin").get_by_role("button", name=said("Suspendre"))
        resume = line(bo, "un.bin").get_by_role("button", name=said("Reprendre"))
        suspend.click()
        expect(resume).to_be_focused()
        resume.click()
        expect(suspend).to_be_focused()
        bo.presses("Tout suspendre")
        expect(bo.page.get_by_role("button", name=said("Tout reprendre"))).to_be_focused()
        own.wire.mend()
        line(bo, "un.bin").get_by_role("button", name=said("Annuler")).click()
        expect(bo.page.locator("#tray summary")).to_be_focused()
        bo.presses("Tout annuler")
        expect(bo.page.locator("#tray").get_by_role("button", name=said("Fermer"))).to_be_focused()


def test_a_refusal_says_what_happened_what_was_kept_and_what_to_do(
    place: Stage, folder: str, tmp_path: Path
) -> None:
    with place.visit(BO) as bo, place.visit(ADA) as ada:
        opened(bo, folder)
        with (tmp_path / "film.bin").open("wb") as film:
            film.truncate(MOST_BYTES * 3 // 2)
        bo.page.set_input_files("[name=files]", tmp_path / "film.bin")
        bo.page.locator("form[data-deposit] button[type=submit]").click()
        heavy = line(bo, "film.bin")
        expect(heavy.locator("[data-fault]")).to_contain_text("fait 96\u00a0Mo")
        expect(heavy.locator("[data-fault]")).to_contain_text("dépasse la limite de 64\u00a0Mo")
        expect(heavy.get_by_role("button")).to_have_text([said("Retirer de la liste")])
        choose(bo, {LONG_NAME: b"x", "bon.txt": b"x"})
        fault = line(bo, LONG_NAME).locator("[data-fault]")
        expect(fault).to_be_visible()
        assert len(re.findall(r"\.(\s|$)", fault.inner_text())) >= 2
        expect(line(bo, "bon.txt")).to_contain_text(said("Déposé"))
        ada.goes(f"{folder}/access")
        acts.withdraw_access(ada, folder, "Bo")
        choose(bo, {"trop tard.txt": b"x"})
        expect(line(bo, "trop tard.txt").locator("[data-fault]")).to_be_visible()
        assert line(bo, "trop tard.txt").get_by_role("button", name=said("Réessayer")).is_visible()
        assert stored_names(place, folder) == ["bon.txt"]


def test_the_tray_is_sound_in_all_its_states(
    own: Network, place: Stage, folder: str, tmp_path: Path
) -> None:
    with place.visit(BO) as bo:
        opened(bo, folder)
        tree(tmp_path / "Annexe", 2)
        drop(bo, tmp_path / "Annexe")
        until_ended(bo, 2)
        for name, path in (("Pièce 000.txt", "Annexe/"), ("Pièce 001.txt", "Annexe/Avis/")):
            expect(line(bo, name).locator("[data-path]")).to_have_text(path)
        choose(bo, {"pris.txt": b"Avant."})
        until_ended(bo, 1)
        choose(bo, {"pris.txt": b"Apres.", "Annexe": b"Le nom d'un dossier.", "fait.txt": b"x"})
        expect(asks(bo)).to_have_count(1)
        expect(line(bo, "Annexe").locator("[data-fault]")).to_be_visible()
        own.wire.hold()
        choose(bo, {"long.bin": LARGE, "autre.bin": LARGE})
        line(bo, "long.bin").get_by_role("button", name=said("Suspendre")).click()
        own.wire.mend()
        expect(line(bo, "autre.bin")).to_contain_text(said("Déposé"))
        await_kept(bo)
        # A page without a list that takes itself anew, so that axe sees one state of it.
        bo.goes("/people")
        expect(asks(bo)).to_have_count(1)
        expect(line(bo, "Annexe").locator("[data-fault]")).to_be_visible()
        expect(line(bo, "long.bin")).to_contain_text(said("En pause"))
        assert _faults(bo) == []
        bo.page.set_viewport_size(DESK)
        _press(bo, line(bo, "pris.txt").get_by_role("button", name=said("Garder les deux")))
        expect(line(bo, "pris.txt")).to_contain_text(said("Déposé"))
        own.wire.cut()
        _press(bo, line(bo, "long.bin").get_by_role("button", name=said("Reprendre")))
        expect(bo.page.locator("#tray [data-trouble]")).to_have_text(CUT)
        assert _faults(bo) == []
        bo.page.set_viewport_size(DESK)
        bo.page.keyboard.press("Escape")
        expect(bo.page.locator("#tray summary")).to_be_visible()
        expect(bo.page.locator("#tray ul")).to_be_hidden()
        own.wire.mend()
        expect(line(bo, "long.bin")).to_contain_text(said("Déposé"))
        _press(bo, line(bo, "Annexe").get_by_role("button", name=said("Annuler")))
        expect(counted(bo)).to_have_text(re.compile(r"^(\d+) sur \1\b"))
        assert _faults(bo) == []
        forgive_cuts(bo)


def test_progress_is_said_politely_in_quarters_and_only_failures_alarm(
    place: Stage, folder: str
) -> None:
    with place.visit(BO) as bo:
        opened(bo, folder)
        bo.page.evaluate(
            """() => {
                window.heard = [];
                new MutationObserver(() => heard.push(document.getElementById('said').textContent))
                    .observe(document.getElementById('said'), {childList: true});
            }"""
        )
        choose(bo, {"grand.bin": LARGE * 10})
        until_ended(bo, 1)
        heard = bo.page.evaluate("() => heard")
        assert 1 <= len(heard) <= 4
        assert heard[-1] == said("Dépôts terminés : {n} sur {all}.").format(n=1, all=1)
        assert {re.sub(r"\D", "", each) for each in heard[:-1]} <= {"25", "50", "75"}
        assert bo.page.locator("#tray [role=alert]:visible").count() == 0


def _press(visit: Visit, target: Locator) -> None:
    """Within the tray, with the keyboard; it may have folded on the way, not to cover a stop."""
    tab_to(visit.page, visit.page.locator("#tray summary"))
    if visit.page.locator("#tray ul").is_hidden():
        visit.page.keyboard.press("Enter")
    tab_to(visit.page, target)
    visit.page.keyboard.press("Enter")


def _faults(visit: Visit) -> list[str]:
    """What axe finds on the page and its tray, in both themes and at both widths."""
    found = []
    for size in (DESK, NARROW):
        visit.page.set_viewport_size(size)
        for theme in ("light", "dark"):
            visit.page.emulate_media(color_scheme=theme)
            found += [f"{size['width']} {theme}: {each}" for each in axe.faults(visit.page)]
    return found
