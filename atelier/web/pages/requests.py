"""Requests for access: asking, those one has made, and those one may answer."""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response

from atelier import access
from atelier.errors import AlreadySo, Invalid
from atelier.model.folders import Role
from atelier.model.ids import RequestId
from atelier.model.requests import About
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced, day_after
from atelier.web.pages.words import roles
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import requests

_ASKED: Final = ("about", "number", "role", "message")
# The page that was not shown: of it only the number of its folder or document counts.
_PAGE_OF_THING: Final = re.compile(r"/(folder|document)s/([1-9][0-9]{0,17})(?:[/?#].*)?")
_QUESTION: Final = N_("Donner accès à %(person)s dans « %(folder)s » ?")


async def show(visit: Visit) -> Response:
    """The requests that wait for her answer, and her own."""
    return await _listing(visit, Refused())


async def show_asking(visit: Visit) -> Response:
    """The form to ask: for what the query names, else for the page she comes from."""
    access.act(visit.actor)
    about, number = visit.asked("about"), visit.asked_number("number")
    if not about:
        about, number = _came_from(visit)
    typed = {"about": about, "number": str(number or ""), "role": visit.asked("role")}
    return await _asking(visit, Refused(typed={name: text for name, text in typed.items() if text}))


async def ask(visit: Visit) -> Response:
    """Access to a folder or a document, which may exist or not: the answer is the same."""
    form = await visit.form(*_ASKED)
    try:
        await requests.ask(
            visit.ws,
            visit.actor,
            form.choice("about", About),
            form.number("number"),
            role=form.choice("role", Role),
            message=form.text("message"),
        )
    except Invalid as error:
        typed = {name: form.text(name) for name in _ASKED}
        return await _asking(visit, visit.refused(error, error.field, typed))
    return onward("/requests", f"asked-{form.text('about')}")


async def grant(visit: Visit) -> Response:
    """Yes: an access of her own, once its effect is announced and confirmed."""
    form = await visit.form("role", "until", ANNOUNCED)
    request = _request(visit)
    typed = {name: form.text(name) for name in ("role", "until")}
    asked = await requests.received(visit.ws, visit.actor, request)
    try:
        role, until = form.choice("role", Role), form.day("until")
        page = await announced(
            visit,
            form,
            lambda ws: requests.grant(ws, visit.actor, request, role, until),
            question=visit.voice.text(_QUESTION, person=asked.person, folder=asked.folder),
            action=f"/requests/{request}/grant",
            back="/requests",
            fields=typed,
            later=day_after(until),
        )
    except Invalid as error:
        return await _listing(visit, visit.refused(error, error.field, typed), request)
    except AlreadySo as error:
        return await _listing(visit, visit.refused(error, "role", typed), request)
    return page or onward("/requests", "granted")


async def refuse(visit: Visit) -> Response:
    """No, perhaps with a word."""
    form = await visit.form("answer")
    request = _request(visit)
    try:
        await requests.refuse(visit.ws, visit.actor, request, form.text("answer"))
    except Invalid as error:
        typed = {"answer": form.text("answer")}
        return await _listing(visit, visit.refused(error, error.field, typed), request)
    return onward("/requests", "request-refused")


async def withdraw(visit: Visit) -> Response:
    """A request of one's own, taken back."""
    await visit.form()
    await requests.withdraw(visit.ws, visit.actor, _request(visit))
    return onward("/requests", "request-withdrawn")


async def _listing(visit: Visit, refused: Refused, request: RequestId | None = None) -> Response:
    found = await requests.look(visit.ws, visit.actor)
    return visit.page(
        "requests/requests.html",
        status=refused.status,
        path="/requests",
        received=found.received,
        waiting=found.waiting,
        asked=found.asked,
        roles=_roles(visit),
        refused_request=request,
        max_characters=requests.MAX_CHARACTERS,
        **refused.values(),
    )


async def _asking(visit: Visit, refused: Refused) -> Response:
    return visit.page(
        "requests/asking.html",
        status=refused.status,
        path=visit.here if visit.is_looking else "/requests/new",
        roles=_roles(visit),
        max_characters=requests.MAX_CHARACTERS,
        **refused.values(),
    )


def _came_from(visit: Visit) -> tuple[str, int | None]:
    """The folder or document of a page of ours that led here; nothing for any other.

    The page that refuses cannot name it: it is the same, to the byte, for every address.
    """
    site = visit.around.site.url
    before = visit.request.headers.get("referer", "")
    found = _PAGE_OF_THING.fullmatch(before.removeprefix(site))
    if found is None or not before.startswith(site):
        return "", None
    return found[1], int(found[2])


def _roles(visit: Visit) -> list[tuple[str, str, str]]:
    """The roles that can be asked for, as the radios of a form take them."""
    return [
        (words.role, words.label, words.meaning)
        for words in roles(visit.voice)
        if words.role in requests.ROLES
    ]


def _request(visit: Visit) -> RequestId:
    return RequestId(visit.number("request"))


_ONE: Final = "/requests/{request:id}"

DOORS = (
    Door("GET", "/requests", SIGNED_IN, show),
    Door("GET", "/requests/new", SIGNED_IN, show_asking),
    Door("POST", "/requests", SIGNED_IN, ask),
    Door("POST", f"{_ONE}/grant", SIGNED_IN, grant),
    Door("POST", f"{_ONE}/refuse", SIGNED_IN, refuse),
    Door("POST", f"{_ONE}/withdraw", SIGNED_IN, withdraw),
)
