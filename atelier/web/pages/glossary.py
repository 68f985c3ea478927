"""The glossary of the network: its words, and for those who coordinate, writing them."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, EffectChanged, Invalid
from atelier.model.glossary import GlossaryTerm
from atelier.model.ids import GlossaryTermId
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.pages.field_faults import FAULTS
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import glossary, glossary_lists
from atelier.workspace.glossary_lists import Fate, Report

_MOST_FILTER = 200


async def show(visit: Visit) -> Response:
    """All terms, or those that say what is asked, for anyone signed in."""
    return await _list(visit, Refused())


async def add(visit: Visit) -> Response:
    """A new term."""
    form = await visit.form("term", "meanings")
    typed = {name: form.text(name) for name in ("term", "meanings")}
    try:
        await glossary.add(visit.ws, visit.actor, typed["term"], typed["meanings"])
    except Invalid as error:
        return await _list(visit, visit.refused(error, error.field, typed))
    except AlreadySo as error:
        return await _list(visit, visit.refused(error, "term", typed))
    return onward("/glossary", "term-added")


async def take(visit: Visit) -> Response:
    """Many terms of a pasted list; what became of each line is told, this once."""
    form = await visit.form("list")
    typed = {"list": form.text("list")}
    try:
        report = await glossary_lists.take(visit.ws, visit.actor, typed["list"])
    except Invalid as error:
        return await _list(visit, visit.refused(error, "list", typed))
    left = "\n".join(line.text for line in report.of(Fate.REFUSED))
    return await _list(visit, Refused(typed={"list": left}), report)


async def edit(visit: Visit) -> Response:
    """One term, to write it otherwise or to take it away."""
    term = await glossary.enter(visit.ws, visit.actor, _number(visit))
    return _sheet(visit, term, Refused())


async def change(visit: Visit) -> Response:
    """Other words for a term; told when somebody changed it since the page was shown."""
    form = await visit.form("term", "meanings", "expected")
    typed = {name: form.text(name) for name in ("term", "meanings")}
    number, expected = _number(visit), form.text("expected")
    try:
        await glossary.change(
            visit.ws, visit.actor, number, typed["term"], typed["meanings"], expected=expected
        )
    except Invalid as error:
        refused = visit.refused(error, error.field, typed)
    except (AlreadySo, EffectChanged) as error:
        refused = visit.refused(error, "term", typed)
    else:
        return onward("/glossary", "term-changed")
    return _sheet(visit, await glossary.enter(visit.ws, visit.actor, number), refused)


async def ask_removal(visit: Visit) -> Response:
    """What is taken away, to be confirmed."""
    term = await glossary.enter(visit.ws, visit.actor, _number(visit))
    return _removal(visit, term, Refused())


async def remove(visit: Visit) -> Response:
    """A term is taken away, as it was shown."""
    expected = (await visit.form("expected")).text("expected")
    number = _number(visit)
    try:
        await glossary.remove(visit.ws, visit.actor, number, expected=expected)
    except EffectChanged as error:
        refused = visit.refused(error, "term")
        return _removal(visit, await glossary.enter(visit.ws, visit.actor, number), refused)
    return onward("/glossary", "term-removed")


def _number(visit: Visit) -> GlossaryTermId:
    return GlossaryTermId(visit.number("term"))


def _here(visit: Visit) -> str:
    return f"/glossary/{_number(visit)}"


async def _list(visit: Visit, refused: Refused, report: Report | None = None) -> Response:
    asked = visit.asked("filter").strip()[:_MOST_FILTER]
    found = await glossary.listed(
        visit.ws, visit.actor, containing=asked, page=visit.asked_number("page") or 1
    )
    return visit.page(
        "glossary/glossary.html",
        status=refused.status,
        path="/glossary",
        found=found,
        filter=asked,
        report=report and _told(visit, report),
        **refused.values(),
    )


def _told(visit: Visit, report: Report) -> dict[str, object]:
    """How many lines came to what, and the refused ones, each with its sentence."""
    refused = [
        (line.number, line.text, visit.voice.text(FAULTS[line.fault]))
        for line in report.of(Fate.REFUSED)
    ]
    counts = {fate.value: len(report.of(fate)) for fate in Fate}
    return {**counts, "refused_lines": refused}


def _sheet(visit: Visit, term: GlossaryTerm, refused: Refused) -> Response:
    return visit.page(
        "glossary/term.html",
        status=refused.status,
        path=_here(visit),
        term=term,
        **refused.values(),
    )


def _removal(visit: Visit, term: GlossaryTerm, refused: Refused) -> Response:
    return visit.page(
        "glossary/remove.html",
        status=refused.status,
        path=f"{_here(visit)}/remove",
        term=term,
        **refused.values(),
    )


_TERM = "/glossary/{term:id}"

DOORS = (
    Door("GET", "/glossary", SIGNED_IN, show),
    Door("POST", "/glossary", SIGNED_IN, add),
    Door("POST", "/glossary/import", SIGNED_IN, take),
    Door("GET", _TERM, SIGNED_IN, edit),
    Door("POST", _TERM, SIGNED_IN, change),
    Door("GET", f"{_TERM}/remove", SIGNED_IN, ask_removal),
    Door("POST", f"{_TERM}/remove", SIGNED_IN, remove),
)
