"""A new member: the steward adds her, her link works once, and she is in within three screens."""

from __future__ import annotations

import pytest

from tests.journeys.people import STEWARD
from tests.journeys.stage import Stage, said

pytestmark = pytest.mark.browser

PASSWORD = "un chemin de halage au soleil"


@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
def test_a_one_time_link_leads_to_a_password_and_home_and_then_no_more(
    stage: Stage, has_script: bool
) -> None:
    name = f"Awa Diop {has_script:d}"
    with stage.visit(STEWARD, has_script=has_script) as steward:
        steward.goes("/people")
        steward.opens("Ajouter une personne")
        steward.page.fill("[name=email]", f"awa{has_script:d}@ehpad-tilleuls.example")
        steward.page.fill("[name=person_name]", name)
        steward.page.select_option("[name=organisation]", label="EHPAD Les Tilleuls")
        steward.presses("Voir ce qu'elle gagnerait")
        steward.page.wait_for_selector("[name=announced]", state="attached")
        steward.presses("Confirmer")
        link = steward.page.locator("[data-copy]").input_value()
    with stage.visit(has_script=has_script) as awa:
        assert awa.goes(link) == 200
        assert awa.heading == said("Bienvenue, %(name)s", name=name)
        awa.page.fill("[name=password]", PASSWORD)
        awa.presses("Enregistrer et entrer")
        awa.page.wait_for_url("**/?done=welcome")
        assert awa.heading == said("Mes dossiers")
        assert awa.page.get_by_role("link", name="Réunions plénières").first.is_visible()
    with stage.visit(has_script=has_script) as late:
        assert late.goes(link) == 404
        assert late.heading == said("Ce lien ne fonctionne plus")
