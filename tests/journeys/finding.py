"""The pages of search in states that are reached by hand."""

from __future__ import annotations

from tests.journeys.stage import Visit


def opened_search(visit: Visit) -> None:
    """A search that finds nothing where it looks, with all that it says open."""
    visit.goes("/search?q=logement+-sante+avant:2015&kind=pdf")
    for summary in visit.page.locator("main summary:visible").all():
        summary.click()
