"""The ways to the pages of minutes: a meeting with an agenda, written up in several ways."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.journeys.agendas import written_agenda
from tests.journeys.stage import Visit

_TEXT = "## Ce qui avance\n\nLe comité **salue** le travail.\n\n1. Dépistage\n   - écoles"


def opened_minutes(visit: Visit) -> None:
    """Of a meeting with two items, of which nothing was said yet."""
    written_agenda(visit)
    visit.goes(f"{visit.path.partition('/agenda')[0]}/minutes")


def opened_item(visit: Visit) -> None:
    """The page of the first item of such a meeting."""
    opened_minutes(visit)
    visit.page.locator("main section[id^=item-] a.button").first.click()
    visit.page.wait_for_selector("#field-text")


def _saves(visit: Visit, text: str) -> None:
    visit.page.fill("#field-text", text)
    visit.page.locator("main form:has(#field-text) button").first.click()


def written_minutes(visit: Visit) -> None:
    """With a text, a decision and an action of the first item."""
    opened_item(visit)
    _saves(visit, _TEXT)
    visit.page.wait_for_url("**done=text-saved**")
    for kind, done in (("decision", "decision-taken"), ("todo", "todo-added-late")):
        form = _new(visit, "decisions" if kind == "decision" else "actions")
        form.locator("textarea").fill("Le bilan est adopté et envoyé.")
        if kind == "todo":
            form.locator("[name=due_on]").fill("2020-01-31")
        form.locator("button[type=submit]").click()
        visit.page.wait_for_url(f"**done={done}**")


def _new(visit: Visit, part: str) -> Locator:
    """The form of a new decision or action of the first item."""
    visit.page.locator(f"main section[id^=item-] a.button[href$='/{part}']").first.click()
    visit.page.wait_for_url(f"**/items/*/{part}")
    return visit.page.locator("main form:has(textarea)")


def new_decision(visit: Visit) -> None:
    """The form of a decision, alone on its page."""
    opened_minutes(visit)
    _new(visit, "decisions")


def opened_decision(visit: Visit) -> None:
    """A decision that was taken, to be changed or taken away."""
    written_minutes(visit)
    visit.page.locator("main a.button[href*='/decisions/']").first.click()
    visit.page.wait_for_url("**/decisions/*")


def opened_action(visit: Visit) -> None:
    """An action that was given."""
    written_minutes(visit)
    visit.page.locator("main a.button[href*='/actions/']").first.click()
    visit.page.wait_for_url("**/actions/*")


def refused_text(visit: Visit) -> None:
    """A text that is too long."""
    opened_item(visit)
    _saves(visit, "Trop long. " * 10_000)
    visit.page.wait_for_selector("[data-summary]")


def two_texts(visit: Visit) -> None:
    """A text that was saved, and another one from a page that was opened before."""
    opened_item(visit)
    item = visit.path
    state = "main input[name=state]"
    seen = visit.page.locator(state).input_value()
    _saves(visit, _TEXT)
    visit.page.wait_for_url("**done=text-saved**")
    visit.goes(item)
    visit.page.locator(state).evaluate("(one, seen) => one.value = seen", seen)
    _saves(visit, "## Ce qui avance\n\nUne autre phrase.\n\n1. Dépistage")
    visit.page.wait_for_selector("#together-title")


def refused_action(visit: Visit) -> None:
    """An action for an organisation that nobody knows."""
    opened_minutes(visit)
    form = _new(visit, "actions")
    form.locator("textarea").fill("Envoyer le bilan.")
    form.locator("[name=organisation]").fill("Nulle part")
    form.locator("button[type=submit]").click()
    visit.page.wait_for_selector("[data-summary]")


def text_left(visit: Visit) -> None:
    """A text of an item that is on no agenda any more."""
    opened_item(visit)
    form = visit.page.locator("main form:has(#field-text)")
    form.evaluate("one => one.action = one.action.replace(/[0-9]+$/, '999999')")
    _saves(visit, _TEXT)
    visit.page.wait_for_selector("#left-1")


def attendance(visit: Visit) -> None:
    """The list with somebody who has no account."""
    opened_minutes(visit)
    visit.goes(f"{visit.path}/attendance")
    visit.page.fill("main [name=name] >> nth=0", "Jeanne Morel")
    visit.page.fill("main [name=organisation] >> nth=0", "Agence régionale")
    visit.presses("Enregistrer les présences")
    visit.page.wait_for_url("**done=attendance-taken")
    visit.goes(f"{visit.path}/attendance")
