"""The ways to the pages of a meeting: it is prepared in a folder, by who coordinates it."""

from __future__ import annotations

from tests.journeys.reaching import CLS, Reach, in_folder
from tests.journeys.stage import Visit


def prepared(then: str = "") -> Reach:
    """A meeting that was just made, at `then` below it."""

    def reach(visit: Visit) -> None:
        fill_in(visit, "Comité de suivi", "2031-03-12")
        visit.presses("Préparer la réunion")
        visit.page.wait_for_url("**/meetings/*done=meeting-made")
        if then:
            visit.goes(f"{visit.path}{then}")

    return reach


def refused_meeting(visit: Visit) -> None:
    """A meeting without a letter in its title."""
    fill_in(visit, "…", "2031-03-12")
    visit.presses("Préparer la réunion")
    visit.page.wait_for_selector("[data-summary]")


def fill_in(visit: Visit, title: str, day: str) -> None:
    """The form of a new meeting, opened and filled in."""
    in_folder(*CLS, then="/meetings")(visit)
    visit.opens("Préparer une réunion")
    visit.page.fill("[name=title]", title)
    visit.page.fill("[name=day]", day)
    visit.page.fill("[name=starts]", "14:00")
    visit.page.fill("[name=lasts]", "90")
    visit.page.fill("[name=series]", "Comité de suivi")
