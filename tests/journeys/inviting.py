"""The ways to the pages of convening: whom a meeting invites, answering, one's own calendar."""

from __future__ import annotations

from tests.journeys.preparing import prepared
from tests.journeys.stage import Visit


def invited(visit: Visit) -> None:
    """The first organisation and the first group that there are, of whom not all read."""
    prepared("/invited")(visit)
    for number in (0, -1):
        visit.page.locator("[name=subject][type=checkbox]").nth(number).check()
    visit.presses("Inviter")
    visit.page.wait_for_url("**/invited?done=invited")


def refused_guest(visit: Visit) -> None:
    """Somebody whom nobody knows."""
    prepared("/invited")(visit)
    visit.page.fill("[name=email]", "personne@reseau.example")
    visit.presses("Inviter")
    visit.page.wait_for_selector("[data-summary]")


def convened(visit: Visit) -> None:
    """A meeting that awaits answers, and has one."""
    prepared()(visit)
    visit.presses("Convoquer la réunion")
    visit.page.wait_for_url("**done=meeting-convened*")
    visit.page.locator("[name=answer][value=comes]").check()
    visit.presses("Répondre")
    visit.page.wait_for_url("**done=answered*")


def refused_answer(visit: Visit) -> None:
    """Somebody comes for her, who has no name."""
    prepared()(visit)
    visit.presses("Convoquer la réunion")
    visit.page.wait_for_url("**done=meeting-convened*")
    visit.page.locator("[name=answer][value=represented]").check()
    visit.presses("Répondre")
    visit.page.wait_for_selector("[data-summary]")


def own_feed(visit: Visit) -> None:
    """The address of her feed, the one time that it is shown."""
    visit.goes("/calendar")
    visit.page.locator("main form[action='/calendar'] button").click()
    visit.page.wait_for_selector("#feed")
