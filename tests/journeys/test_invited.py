"""A new member, from the link of her invitation to reading a paper: three screens."""

from __future__ import annotations

import pytest

from tests.journeys import welcoming
from tests.journeys.people import COORDINATOR
from tests.journeys.reaching import CLS, in_folder
from tests.journeys.stage import Stage, said

pytestmark = pytest.mark.browser

PASSWORD = "un chemin de halage au soleil"


@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
def test_from_the_link_to_a_paper_there_are_three_screens(stage: Stage, has_script: bool) -> None:
    with stage.visit(COORDINATOR, has_script=has_script) as claire:
        in_folder(*CLS, "Conventions", then="/access")(claire)
        claire.follows(said("Inviter quelqu'un"))
        claire.page.fill("[name=email]", f"zoe{has_script:d}@ailleurs.example")
        claire.page.fill("[name=person_name]", "Zoé Caron")
        claire.presses("Inviter")
        link = claire.page.locator("[data-copy]").input_value()
    with stage.visit(has_script=has_script) as zoe:
        screens = []
        zoe.page.on("load", lambda page: screens.append(page.url))
        assert zoe.goes(link) == 200
        assert zoe.heading == said("Votre invitation")
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
