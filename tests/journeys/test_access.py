"""Journey 7, in a browser, with script and without: who sees a folder, why, and what if.

What a page announces is then true for those whom it names: they look, in browsers of theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import acts
from tests.journeys.people import (
    CONTRIBUTOR,
    COORDINATOR,
    OUTSIDE,
    OUTSIDER,
    READER,
    STEWARD,
)
from tests.journeys.stage import Stage, Visit, said

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"]),
]

ABOVE = "Contrat local de santé"
ASSOCIATION = "Association Passerelle Santé"
HOUSE = "Maison de santé de l'Orne et de l'Udon"
INSIDE = "À huis clos"


@dataclass(frozen=True)
class Place:
    """A folder with a document, and inside it another with one."""

    name: str
    folder: str
    inside: str


def test_a_coordinator_opens_closes_reads_who_sees_looks_as_others_and_tries_a_change(
    stage: Stage, has_script: bool
) -> None:
    # Looking as others is of the session: hers is not the one that all her visits share.
    with (
        stage.visit(has_script=has_script) as claire,
        stage.visit(OUTSIDER, has_script=has_script) as martine,
    ):
        claire.sign_in(COORDINATOR, stage.password)
        place = _made(claire, f"Parcours {_how(has_script)}")
        _opens_to_one_who_only_reads(claire, martine, place)
        with stage.visit(CONTRIBUTOR, has_script=has_script) as mehdi:
            _opens_to_one_who_contributes(claire, mehdi, place)
        acts.give_access(claire, place.folder, HOUSE)
        _closes_what_is_inside(claire, martine, place)
        _reads_who_sees_it_and_why(claire, place)
        _reads_why_someone_does_not(claire, place)
        _sees_it_as_one_of_them(claire, place)
        _tries_a_change_and_leaves_it(claire, martine, place)
        _makes_it(claire, martine, place)


def test_a_request_from_the_page_that_shows_nothing_is_answered_yes_and_no(
    stage: Stage, has_script: bool
) -> None:
    with (
        stage.visit(COORDINATOR, has_script=has_script) as claire,
        stage.visit(OUTSIDER, has_script=has_script) as martine,
    ):
        yes, no = f"Demandé {_how(has_script)}", f"Refusé {_how(has_script)}"
        granted, refused = _folder(claire, yes), _folder(claire, no)
        for folder in (granted, refused):
            _asks_from_where_nothing_shows(martine, folder, "Pour la réunion de jeudi.")
        _answers_yes(claire, yes)
        _answers_no(claire, no, "Voyez d'abord avec Étienne.")
        assert (martine.goes(granted), martine.goes(refused)) == (200, 404)
        martine.goes("/requests")
        mine = martine.page.locator("[aria-labelledby=asked] li")
        number = refused.rpartition("/")[2]
        assert "accordée" in _words(mine.filter(has_text=yes))
        answered = _words(mine.filter(has_text=f"n° {number}"))
        assert "refusée" in answered and "Voyez d'abord avec Étienne." in answered


def test_a_folder_taken_over_is_told_to_its_coordinator_with_the_reason(
    stage: Stage, has_script: bool
) -> None:
    name, reason = f"Fermé {_how(has_script)}", "Claire est en congé jusqu'en mai."
    with (
        stage.visit(COORDINATOR, has_script=has_script) as claire,
        stage.visit(STEWARD, has_script=has_script) as yann,
        stage.visit(READER, has_script=has_script) as thierry,
    ):
        folder = _folder(claire, name)
        _close(claire, folder)
        acts.confirm(claire)
        claire.page.wait_for_url("**?done=folder-closed")
        assert yann.goes(folder) == 404
        assert thierry.goes("/orphans") == 403
        acts.take_over(yann, folder, reason)
        assert yann.heading == name
        assert thierry.goes(folder) == 404
        claire.goes("/")
        told = claire.page.locator(".notice.warn").filter(has_text=name)
        assert "Yann Prigent (administration) a pris en main le dossier" in _words(told)
        assert reason in _words(told)
        told.get_by_role("link").click()
        assert claire.path == f"{folder}/journal"
        assert "Yann Prigent (administration) a pris en main" in _read(claire)


def _opens_to_one_who_only_reads(claire: Visit, martine: Visit, place: Place) -> None:
    acts.announce_access(claire, place.folder, OUTSIDE)
    assert _heading(claire) == (
        f"Donner à {OUTSIDE} l'accès « Lecture » au dossier « {place.name} » ?"
    )
    told = _read(claire)
    assert "Rien n'est encore fait." in told
    assert "2 personnes gagnent l'accès « Lecture » : 2 documents dans 2 dossiers" in told
    assert "perd" not in _words(claire.page.locator("main tbody"))
    assert _named(claire) == ["Étienne Bazin", "Martine Dufay"]
    assert martine.goes(place.folder) == 404
    acts.confirm(claire)
    claire.page.wait_for_url("**?done=granted")
    martine.goes("/")
    martine.follows(place.name)
    assert (martine.path, martine.heading) == (place.folder, place.name)
    assert martine.page.locator("summary", has_text="Déposer").count() == 0
    assert martine.goes(place.inside) == 200


def _opens_to_one_who_contributes(claire: Visit, mehdi: Visit, place: Place) -> None:
    """Someone of that association reads already, as one of the hospital."""
    acts.announce_access(claire, place.folder, ASSOCIATION, "Contribution")
    told = _read(claire)
    assert "2 personnes gagnent l'accès « Contribution » : 2 documents dans 2 dossiers" in told
    assert "1 personne passe de « Lecture » à « Contribution » :" in told
    assert _named(claire) == ["Isabelle Quesnel", "Léa Boisgontier", "Mehdi Saïdi"]
    acts.confirm(claire)
    claire.page.wait_for_url("**?done=granted")
    assert mehdi.goes(place.folder) == 200
    assert mehdi.page.locator("summary", has_text="Déposer").count() == 1


def _closes_what_is_inside(claire: Visit, martine: Visit, place: Place) -> None:
    _close(claire, place.inside)
    assert _heading(claire) == f"Fermer le dossier « {INSIDE} » ?"
    told = _read(claire)
    assert "11 personnes perdent l'accès « Contribution » : 1 document dans 1 dossier" in told
    assert "10 personnes perdent l'accès « Lecture » : 1 document dans 1 dossier" in told
    assert len(_named(claire)) == 21 and "gagne" not in _words(claire.page.locator("main tbody"))
    assert martine.goes(place.inside) == 200
    acts.confirm(claire)
    claire.page.wait_for_url("**?done=folder-closed")
    assert martine.goes(place.inside) == 404
    martine.goes(place.folder)
    assert INSIDE not in _read(martine)


def _reads_who_sees_it_and_why(claire: Visit, place: Place) -> None:
    claire.goes(place.folder)
    claire.follows(said("Qui voit ce dossier ?"))
    for name, role in ((OUTSIDE, "Lecture"), (ASSOCIATION, "Contribution"), (HOUSE, "Lecture")):
        assert f"{name} structure {role} donnée ici sans fin" in _row(claire, said(name))
    claire.follows("Chaque personne, et pourquoi")
    assert _heading(claire) == "Qui voit ce dossier, et pourquoi ?"
    assert "22 personnes" in _read(claire)
    assert f"Lecture donnée ici, à la structure {OUTSIDE}" in _row(claire, "Martine Dufay")
    assert f"Lecture héritée de {ABOVE}, à la structure" in _row(claire, "Thierry Gosselin")
    both = _row(claire, "Léa Boisgontier")
    assert f"Contribution donnée ici, à la structure {ASSOCIATION}" in both
    assert f"Lecture héritée de {ABOVE}, à la structure" in both
    claire.goes(f"{place.inside}/people")
    assert "1 personne " in _read(claire)
    assert "Coordination donnée ici, à cette personne même" in _row(claire, "Claire Duhamel")


def _reads_why_someone_does_not(claire: Visit, place: Place) -> None:
    for folder, verdict in ((place.inside, "ne voit pas ce dossier."), (place.folder, "voit ce")):
        claire.goes(f"{folder}/access")
        claire.follows(said("Pourquoi une personne ne voit pas ce dossier ?"))
        claire.page.fill("[name=email]", OUTSIDER)
        claire.presses("Savoir pourquoi")
        claire.page.wait_for_url("**/why?email=*")
        assert f"Martine Dufay Cette personne {verdict}" in _read(claire)
    claire.goes(f"{place.inside}/why?email={OUTSIDER}")
    because = f"Cette personne voit « {place.name} », mais le dossier « {INSIDE} » est fermé :"
    assert because in _read(claire)
    link = claire.page.get_by_role("link", name=f"À la structure {OUTSIDE}")
    assert (link.get_attribute("href") or "").startswith(f"{place.inside}/access?subject=")


def _sees_it_as_one_of_them(claire: Visit, place: Place) -> None:
    before = claire.context.new_page()
    before.goto(f"{place.folder}/access")
    claire.goes(place.folder)
    claire.follows("Voir comme…")
    claire.page.select_option("[name=subject]", label=OUTSIDE)
    claire.presses("Voir comme cela")
    banner = claire.page.locator("section.seeing")
    assert f"Vous voyez les dossiers comme {OUTSIDE} (structure)" in _words(banner)
    assert claire.path == place.folder
    shown = _read(claire)
    assert "ouvert.txt" in shown and INSIDE not in shown
    assert claire.page.locator("main form[method=post], main summary").count() == 0
    assert claire.goes(place.inside) == 404
    assert _words(banner).endswith("Rien ne peut être changé. Revenir à ma vue")
    # A page that was open in another tab still has its form.
    before.select_option("[name=subject]", label=said("Tout le réseau"))
    before.get_by_role("button", name=said("Donner l'accès")).click()
    before.wait_for_selector("h1:has-text('Action non permise')")
    assert "rien ne peut être changé dans cette vue" in before.locator("main").inner_text()
    before.close()
    claire.presses("Revenir à ma vue")
    claire.page.wait_for_url(f"**{place.folder}?done=own-view")
    assert banner.count() == 0 and "Vous avez retrouvé votre propre vue." in _read(claire)
    assert INSIDE in _read(claire) and claire.goes(place.inside) == 200
    claire.goes(f"{place.folder}/access")
    assert said("Tout le réseau") not in _words(claire.page.locator("main table").first)


def _tries_a_change_and_leaves_it(claire: Visit, martine: Visit, place: Place) -> None:
    acts.announce_access(claire, place.folder, ASSOCIATION, "Lecture")
    told = _read(claire)
    assert "3 personnes passent de « Contribution » à « Lecture » : 1 document" in told
    claire.follows("Annuler")
    assert "Contribution" in _row(claire, ASSOCIATION)
    acts.announce_withdrawal(claire, place.folder, OUTSIDE)
    assert _heading(claire) == f"Retirer à {OUTSIDE} l'accès au dossier « {place.name} » ?"
    assert "Rien n'est encore fait." in _read(claire)
    assert "2 personnes perdent l'accès « Lecture » : 1 document dans 1 dossier" in _read(claire)
    claire.follows("Annuler")
    expect(claire.page.get_by_role("row").filter(has_text=OUTSIDE)).to_have_count(1)
    assert claire.path == f"{place.folder}/access"
    assert martine.goes(place.folder) == 200


def _makes_it(claire: Visit, martine: Visit, place: Place) -> None:
    acts.withdraw_access(claire, place.folder, OUTSIDE)
    assert claire.page.get_by_role("row").filter(has_text=OUTSIDE).count() == 0
    assert martine.goes(place.folder) == 404
    martine.goes("/")
    assert place.name not in _read(martine)


def _asks_from_where_nothing_shows(martine: Visit, folder: str, message: str) -> None:
    assert martine.goes(folder) == 404
    martine.follows("Demander un accès")
    assert martine.page.input_value("[name=number]") == folder.rpartition("/")[2]
    martine.page.fill("[name=message]", message)
    martine.presses("Envoyer la demande")
    martine.page.wait_for_url("**/requests?done=asked-folder")
    assert "Si ce dossier existe, ses coordinateurs ont reçu votre demande." in _read(martine)
    assert "en attente" in _read(martine)


def _received(claire: Visit, name: str) -> Locator:
    """The request about this folder, from the home page."""
    claire.goes("/")
    claire.page.get_by_role("link", name=re.compile("demandes? d.accès à traiter")).click()
    received = claire.page.locator("[aria-labelledby=received] article").filter(has_text=name)
    told = _words(received)
    assert "Martine Dufay" in told and f"Lecture pour le dossier {name}" in told
    assert "Pour la réunion de jeudi." in told
    return received


def _answers_yes(claire: Visit, name: str) -> None:
    received = _received(claire, name)
    received.locator("summary", has_text=said("Donner l'accès…")).click()
    received.get_by_role("button", name="Voir ce que cela ouvre").click()
    claire.page.wait_for_selector("[name=announced]", state="attached")
    assert "1 personne gagne l'accès « Lecture » :" in _read(claire)
    assert _named(claire) == ["Martine Dufay"]
    acts.confirm(claire)
    claire.page.wait_for_url("**/requests?done=granted")


def _answers_no(claire: Visit, name: str, answer: str) -> None:
    received = _received(claire, name)
    received.locator("summary", has_text="Refuser…").click()
    received.locator("[name=answer]").fill(answer)
    received.get_by_role("button", name="Refuser la demande").click()
    claire.page.wait_for_url("**/requests?done=request-refused")


def _how(has_script: bool) -> str:
    return "avec script" if has_script else "sans script"


def _made(claire: Visit, name: str) -> Place:
    folder = _folder(claire, name)
    _deposit(claire, "ouvert.txt")
    inside = acts.make_folder(claire, INSIDE)
    _deposit(claire, "huis clos.txt")
    return Place(name, folder, inside)


def _folder(claire: Visit, name: str) -> str:
    claire.goes("/")
    claire.follows(ABOVE)
    return acts.make_folder(claire, name)


def _deposit(visit: Visit, name: str) -> None:
    acts.choose_files(visit, {name: name.encode()})
    visit.presses("Déposer")
    visit.page.wait_for_selector(f'#list a:has-text("{name}")')


def _close(visit: Visit, folder: str) -> None:
    """As far as what it would change."""
    visit.goes(f"{folder}/close")
    visit.presses("Fermer le dossier")
    visit.page.wait_for_selector("[name=announced]", state="attached")


def _named(visit: Visit) -> list[str]:
    """The people whom an announcement names."""
    return [one.inner_text() for one in visit.page.locator("main tbody th > bdi").all()]


def _row(visit: Visit, name: str) -> str:
    return _words(visit.page.get_by_role("row").filter(has=visit.page.get_by_text(name)).first)


def _heading(visit: Visit) -> str:
    return _words(visit.page.locator("h1"))


def _read(visit: Visit) -> str:
    return _words(visit.page.locator("main"))


def _words(place: Locator) -> str:
    """What is read there, on one line, with the spaces and apostrophes of a keyboard."""
    return re.sub(r"\s+", " ", place.inner_text()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
