"""What announces before it is done: the page that says so, and its confirmation."""

from __future__ import annotations

from datetime import date
from typing import Any

from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from atelier.model.effects import Affected, Change, Effect, Step, Total
from atelier.model.ids import PersonId
from atelier.web.pages.announcing import Told
from tests.web.network import token_in


def sent(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to a form filled in on a page of ours."""
    token = token_in(client.get("/").text)
    return client.post(path, data={"form_token": token, **fields})


def confirmed(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to a form once what it announces is confirmed."""
    return confirm(client, sent(client, path, **fields))


def confirm(client: TestClient, page: Any) -> Any:
    """The answer to « Confirmer » on the page that announces."""
    action, hidden = form_of(page)
    return client.post(action, data=hidden)


def form_of(page: Any) -> tuple[str, dict[str, str]]:
    """Where the confirmation goes, and what it carries."""
    form = HTMLParser(page.text).css_first("main form:has(input[name=announced])")
    assert form is not None, page.text
    hidden = {
        one.attributes["name"] or "": one.attributes.get("value") or "" for one in form.css("input")
    }
    return form.attributes["action"] or "", hidden


def announcing_page(name: str) -> dict[str, object]:
    """The context of the page for an act that takes, gives and changes, of many by this name."""
    steps = [Change(Step(*one), 1, 2) for one in ((2, 0), (3, 1), (0, 1), (1, 3))]
    people = (
        Affected(PersonId(1), name, (name, name), tuple(steps[:2])),
        Affected(PersonId(2), name, (), tuple(steps[2:])),
    )
    totals = tuple(Total(one, 402) for one in steps)
    effect = Effect(date(2026, 3, 12), people, totals, "")
    return {
        "has_changed": True,
        "question": name,
        "action": "/folders/12/close",
        "back": "/folders/12",
        "fields": {"email": name, "announced": "x"},
        "effects": [
            Told(effect, True, people, (("", 1, 402), (name, 402, 1)), 202),
            Told(effect, False, people, (), 0),
        ],
    }
