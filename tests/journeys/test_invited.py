"""A new member, from the link of her invitation to reading a paper: three screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import welcoming
from tests.journeys.devices import Device
from tests.journeys.keys import signs_out
from tests.journeys.people import COORDINATOR
from tests.journeys.reaching import CLS, in_folder
from tests.journeys.stage import Stage, Visit, said

pytestmark = pytest.mark.browser

PASSWORD = "un chemin de halage au soleil"
CHOOSE = "Choisir une clé d'accès (sans mot de passe)"
HOME = re.compile(r".*/(\?done=.*)?$")


def invites(claire: Visit, email: str) -> str:
    """The link of an invitation to read the conventions."""
    in_folder(*CLS, "Conventions", then="/access")(claire)
    claire.follows(said("Inviter quelqu'un"))
    claire.page.fill("[name=email]", email)
    claire.page.fill("[name=person_name]", "Zoé Caron")
    claire.presses("Inviter")
    claire.page.wait_for_selector("[data-copy]")
    return str(claire.page.locator("[data-copy]").input_value())


@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
def test_from_the_link_to_a_paper_there_are_three_screens(stage: Stage, has_script: bool) -> None:
    with stage.visit(COORDINATOR, has_script=has_script) as claire:
        link = invites(claire, f"zoe{has_script:d}@ailleurs.example")
        assert claire.page.get_by_role("button", name="Copier").is_visible() == has_script
    with stage.visit(has_script=has_script) as zoe:
        screens = []
        zoe.page.on("load", lambda page: screens.append(page.url))
        assert zoe.goes(link) == 200
        assert zoe.heading == said("Votre invitation")
        assert zoe.page.locator("[data-passkey]").is_visible() == has_script
        zoe.page.fill("[name=password]", PASSWORD)
        zoe.presses("Accepter et entrer")
        zoe.page.wait_for_url("**done=invite-accepted")
        assert zoe.heading == "Conventions"
        zoe.page.locator("#list a[href^='/documents/'], .list a[href^='/documents/']").first.click()
        zoe.page.wait_for_url("**/documents/*")
        assert zoe.page.locator("main a[href*='/content']").first.is_visible()
        assert len(screens) == 3
    with stage.visit(has_script=has_script) as late:
        assert late.goes(link) == 404
        assert late.heading == said("Ce lien ne fonctionne plus")


def test_a_list_is_checked_and_gives_its_links_once(stage: Stage) -> None:
    with stage.visit(COORDINATOR, has_script=False) as claire:
        welcoming.done_list(claire)
        link = claire.page.locator("main table input[readonly]").first.input_value()
    with stage.visit(has_script=False) as awa:
        assert awa.goes(link) == 200
        assert awa.page.locator("[name=person_name]").input_value() == "Awa"


def test_a_passkey_is_chosen_with_the_invitation_and_opens_from_then_on(stage: Stage) -> None:
    with stage.visit(COORDINATOR) as claire:
        claire.context.grant_permissions(["clipboard-read", "clipboard-write"])
        link = invites(claire, "ines@ailleurs.example")
        claire.page.get_by_role("button", name="Copier").click()
        expect(claire.page.locator("#said")).to_have_text("Copié.")
        assert claire.page.evaluate("() => navigator.clipboard.readText()") == link
    with stage.visit() as ines:
        device = Device.of(ines)
        ines.goes(link)
        assert ines.page.locator("[name=password]").is_visible()
        # Whoever holds the device without being its owner.
        device.knows_her(is_she=False)
        ines.presses(CHOOSE)
        expect(ines.page.locator("[data-passkey] [role=alert]")).to_be_visible()
        assert device.credentials() == 0
        assert not [one for one in ines.context.cookies() if one["name"] == "session"]
        device.knows_her(is_she=True)
        # Nothing is asked of the device while her name is missing.
        ines.page.fill("[name=person_name]", "")
        ines.presses(CHOOSE)
        assert device.credentials() == 0
        ines.page.fill("[name=person_name]", "Inès Caron")
        ines.presses(CHOOSE)
        ines.page.wait_for_url("**done=invite-accepted-by-passkey")
        assert ines.heading == "Conventions" and device.credentials() == 1
        signs_out(ines)
        ines.presses("Se connecter avec une clé d'accès")
        ines.page.wait_for_url(HOME)
        ines.goes("/account/keys")
        assert ines.said("dernier emploi") in ines.page.inner_text("main")
        ines.opens("Retirer")
        ines.presses("Retirer cette clé")
        ines.page.wait_for_selector("#field-key")
        ines.follows(said("choisissez d'abord un mot de passe"))
        ines.page.fill("[name=password]", PASSWORD)
        ines.presses("Choisir ce mot de passe")
        ines.page.wait_for_url("**/account?done=password-changed")
        assert not ines.faults
