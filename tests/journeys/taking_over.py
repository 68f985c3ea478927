"""The ways to the page of old meetings: of the one series that stayed as plain documents."""

from __future__ import annotations

from typing import Final

from tests.journeys.reaching import in_folder
from tests.journeys.stage import Visit

# Who coordinates it.
HOUSING: Final = "bruno.lecointe@ville-argentan.example"

proposed: Final = in_folder("Logement et santé", "Réunions du groupe", then="/past")


def refused(visit: Visit) -> None:
    """Sent with nothing ticked."""
    proposed(visit)
    for box in visit.page.locator("[name=take]").all():
        box.uncheck()
    visit.presses("Reprendre les réunions cochées")
    visit.page.wait_for_selector("[data-summary]")
