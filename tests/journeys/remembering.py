"""Pages of a meeting of the demonstration that was held: what people come back to."""

from __future__ import annotations

from tests.journeys.reaching import Reach
from tests.journeys.stage import Visit

STEERING = "Comité de pilotage du contrat local de santé"


def held(then: str = "") -> Reach:
    """The last steering committee that was held, at `then` below its address."""

    def reach(visit: Visit) -> None:
        visit.goes("/meetings")
        past = visit.page.locator("main table").last
        address = past.get_by_role("link", name=STEERING).first.get_attribute("href")
        visit.goes(f"{address}{then}")

    return reach
