"""The ways to the pages of an agenda: a meeting is made, its items written."""

from __future__ import annotations

from tests.journeys.reaching import CLS, in_folder
from tests.journeys.stage import Visit


def empty_agenda(visit: Visit) -> None:
    """Of a meeting that was just made."""
    in_folder(*CLS, then="/meetings")(visit)
    visit.opens("Préparer une réunion")
    sending = visit.page.locator("form:has([name=day])")
    sending.locator("[name=title]").fill("Comité de suivi")
    sending.locator("[name=day]").fill("2031-03-12")
    sending.locator("[name=starts]").fill("14:00")
    sending.locator("[name=lasts]").fill("90")
    sending.locator("[name=series]").fill("Comité de suivi")
    sending.locator("button[type=submit]").click()
    visit.page.wait_for_url("**/meetings/*")
    visit.goes(f"{visit.path}/agenda")


def written_agenda(visit: Visit) -> None:
    """With two items: the first is typed with nothing but its title."""
    empty_agenda(visit)
    for title in ("Bilan de l'année", "Budget"):
        visit.page.fill("[name=title]", title)
        visit.page.press("[name=title]", "Enter")
        visit.page.wait_for_url("**done=item-added")


def refused_item(visit: Visit) -> None:
    """An item that would take longer than a day."""
    written_agenda(visit)
    visit.page.fill("[name=title]", "Trop long")
    visit.page.locator("[name=minutes]").evaluate("one => one.removeAttribute('max')")
    visit.page.fill("[name=minutes]", "2000")
    visit.presses("Ajouter")
    visit.page.wait_for_selector("[data-summary]")


def on_item(visit: Visit) -> None:
    """The first item, with a paper of the folder above and what else may be laid there."""
    written_agenda(visit)
    visit.page.get_by_role("link", name="Bilan de l", exact=False).first.click()
    visit.page.wait_for_url("**/items/*")
    visit.page.fill("[name=filter]", "contrat")
    visit.page.press("[name=filter]", "Enter")
    visit.page.wait_for_url("**filter=contrat**")
    visit.page.locator("button[name=paper]").first.click()
    visit.page.wait_for_url("**done=paper-pinned*")


def on_item_form(visit: Visit) -> None:
    """The form of the first item."""
    written_agenda(visit)
    visit.page.locator("a[href$='/edit'][href*='/items/']").first.click()
    visit.page.wait_for_url("**/items/*/edit")


def on_removal(visit: Visit) -> None:
    """What would end with an item."""
    on_item(visit)
    visit.goes(f"{visit.path}/remove")
