"""Ways to the pages of invitations."""

from __future__ import annotations

from tests.journeys.people import COORDINATOR
from tests.journeys.reaching import CLS, Reach, in_folder
from tests.journeys.stage import Visit


def address_of(visit: Visit) -> str:
    """An address where nobody has been invited yet."""
    number = visit.page.evaluate("() => performance.now() * 1e4 % 1e9 | 0")
    return f"invite{number}@ailleurs.example"


def at_invitations(visit: Visit) -> None:
    """Where one invites to a folder."""
    in_folder(*CLS, then="/invite")(visit)


def invited(visit: Visit) -> str:
    """An invitation was made: its link, shown this once."""
    at_invitations(visit)
    visit.page.fill("[name=email]", address_of(visit))
    visit.page.fill("[name=message]", "Bienvenue parmi nous.")
    visit.page.locator("main form").last.locator("button[type=submit]").click()
    visit.page.wait_for_selector("[data-copy]")
    return str(visit.page.locator("[data-copy]").input_value())


def shown_link(visit: Visit) -> None:
    """Its link, shown this once."""
    invited(visit)


def awaited(visit: Visit) -> None:
    """The list of those who are awaited."""
    invited(visit)
    at_invitations(visit)


def refused_invitation(visit: Visit) -> None:
    """Somebody who has it already."""
    at_invitations(visit)
    visit.page.fill("[name=email]", COORDINATOR)
    visit.page.locator("main form").last.locator("button[type=submit]").click()
    visit.page.wait_for_selector("[data-summary]")


def opened_link(visit: Visit) -> None:
    """The page that her link opens."""
    visit.goes(invited(visit))


def refused_password(visit: Visit) -> None:
    """A password that is too easy to guess."""
    opened_link(visit)
    visit.page.fill("[name=person_name]", "Zoé Caron")
    visit.page.fill("[name=password]", "aaaaaaaaaaaa")
    visit.presses("Accepter et entrer")
    visit.page.wait_for_selector("[data-summary]")


def checked_list(visit: Visit) -> None:
    """What a list would do."""
    in_folder(*CLS, then="/invite/list")(visit)
    email = address_of(visit)
    visit.page.fill("[name=list]", f"Awa;{email}\nAwa;{email}\n{COORDINATOR}\nsans adresse")
    visit.page.locator("main form button[type=submit]").click()
    visit.page.wait_for_selector("[name=confirmed]", state="attached")


def done_list(visit: Visit) -> None:
    """What it did."""
    checked_list(visit)
    visit.page.locator("main form button[type=submit]").click()
    visit.page.wait_for_selector("main table input[readonly]")


def in_organisation(then: str) -> Reach:
    """Below the page of an organisation."""

    def reach(visit: Visit) -> None:
        visit.goes("/people")
        first = visit.page.locator("main a[href^='/organisations/']").first
        visit.goes(f"{first.get_attribute('href')}{then}")

    return reach
