"""Ways to the pages of the glossary."""

from __future__ import annotations

from collections.abc import Callable

from tests.journeys.stage import Visit


def pasted_list(visit: Visit) -> None:
    """A list of which a line cannot be taken, told."""
    visit.goes("/glossary")
    visit.opens("Ajouter une liste")
    visit.page.fill("[name=list]", "CLS = contrat local de santé\nsans signe égal")
    visit.presses("Ajouter la liste")
    visit.page.wait_for_selector("[role=status] li")


def refused_term(visit: Visit) -> None:
    """A term without a meaning of its own."""
    on_term("Changer")(visit)
    visit.page.fill("[name=meanings]", "!")
    visit.presses("Enregistrer")
    visit.page.wait_for_selector("[data-summary]")


def on_term(act: str) -> Callable[[Visit], None]:
    """The page of the first term of the glossary that this link leads to."""

    def go(visit: Visit) -> None:
        visit.goes("/glossary")
        visit.page.get_by_role("link", name=visit.said(act)).first.click()
        visit.page.wait_for_selector("[name=expected]", state="attached")

    return go
