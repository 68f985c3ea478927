"""The ways to assembled minutes: as a draft with something of everything, and approved."""

from __future__ import annotations

from tests.journeys.preparing import fill_in
from tests.journeys.stage import Visit
from tests.journeys.writing_up import written_minutes


def draft(visit: Visit) -> None:
    """Of a meeting that is to come: a text, a decision, an action."""
    written_minutes(visit)
    visit.goes(f"{visit.path.partition('/minutes')[0]}/record")


def approved(visit: Visit) -> None:
    """Of a meeting that was held long ago, without an agenda."""
    fill_in(visit, "Comité d'autrefois", "2020-03-12")
    visit.presses("Préparer la réunion")
    visit.page.wait_for_url("**/meetings/*done=meeting-made")
    visit.presses("Marquer comme tenue")
    visit.page.wait_for_url("**done=meeting-held")
    visit.goes(f"{visit.path}/record")
    visit.opens("Approuver")
    visit.presses("Approuver le compte rendu")
    visit.page.wait_for_url("**done=minutes-approved")
