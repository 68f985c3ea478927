"""Who sees a folder or a document, each person's reasons, and why someone does not see it."""

from __future__ import annotations

import dataclasses
from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.audience import Verdict
from atelier.model.documents import Document
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import PersonId
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.documents import document_of
from atelier.web.pages.folders import folder_of
from atelier.web.pages.viewers import cause_sentence, miss_sentence, table
from atelier.web.pages.words import roles
from atelier.web.spreadsheets import spreadsheet
from atelier.web.visit import Refused, Visit
from atelier.workspace import audience, sharing

# What the form that gives an access asks.
ASKED: Final = ("subject", "email", "role", "until")
_MAX_FILTER_CHARACTERS: Final = 200


async def show(visit: Visit) -> Response:
    """The grants that open the folder, and for those who share it a form to give one.

    The query may fill the form in: `?subject=organisation:12`.
    """
    typed = {name: visit.asked(name) for name in ASKED if visit.asked(name)}
    return await listing(visit, Refused(typed=typed))


async def listing(visit: Visit, refused: Refused) -> Response:
    """The page of the access of a folder, also when a form on it was refused."""
    found = await sharing.look(visit.ws, visit.actor, folder_of(visit))
    named = await _named(visit, found, (refused.typed or {}).get("subject", ""))
    return _grants(
        visit, dataclasses.replace(found, subjects=(*found.subjects, *named)), None, refused
    )


async def of_document(visit: Visit) -> Response:
    """The same for a document: its folder's access is its own."""
    document, found = await audience.of_document(visit.ws, visit.actor, document_of(visit))
    return _grants(visit, found, document, Refused())


async def people(visit: Visit) -> Response:
    """Everybody who sees the folder, with the reasons, for those who share it."""
    contains, role = _words(visit), _role(visit)
    found = await audience.people(
        visit.ws,
        visit.actor,
        folder_of(visit),
        contains=contains,
        role=role,
        page=visit.asked_number("page") or 1,
    )
    return visit.page(
        "sharing/people.html",
        folder=found.folder,
        crumbs=found.crumbs,
        people=found.people,
        total=found.total,
        page=found.page,
        pages=found.pages,
        filter=contains,
        role=role or "",
        roles=roles(visit.voice),
    )


async def people_csv(visit: Visit) -> Response:
    """The same people, all of them, as a file for a spreadsheet."""
    found = await audience.people(
        visit.ws,
        visit.actor,
        folder_of(visit),
        contains=_words(visit),
        role=_role(visit),
        page=None,
    )
    rows = table(found.folder, found.people, visit.voice)
    return spreadsheet(rows, visit.voice.text(N_("Qui voit %(name)s"), name=found.folder.name))


async def why(visit: Visit) -> Response:
    """Whether someone, by number or address, sees the folder, and why or why not."""
    number, email = visit.asked_number("person"), visit.asked("email").strip()
    whom = PersonId(number) if number else email or None
    refused = Refused(typed={"email": email})
    try:
        found = await audience.why(visit.ws, visit.actor, folder_of(visit), whom)
    except Invalid as error:
        refused = visit.refused(error, "email", {"email": email})
        found = await audience.why(visit.ws, visit.actor, folder_of(visit), None)
    return visit.page(
        "sharing/why.html",
        status=refused.status,
        folder=found.folder,
        crumbs=found.crumbs,
        addresses=found.addresses,
        verdict=found.verdict,
        misses=_misses(visit, found.verdict),
        **refused.values(),
    )


async def chosen(visit: Visit, form: Form) -> Subject:
    """For whom a form gives an access: `email` names a person, `subject` anybody else.

    `Invalid` names the field: both are filled in, or neither, or there is nobody of that name.
    """
    typed, email = form.text("subject"), form.text("email")
    if not email:
        return subject_in(typed)
    if typed:
        raise Invalid("email", "either", email[:80])
    return await sharing.person_at(visit.ws, visit.actor, folder_of(visit), email)


async def _named(visit: Visit, found: sharing.Audience, typed: str) -> tuple[Subject, ...]:
    """The person whom a link of ours names by number, so that she can be chosen."""
    if not found.subjects or not typed.startswith(f"{SubjectKind.PERSON}:"):
        return ()
    try:
        _, named, _ = await sharing.recipient(
            visit.ws, visit.actor, found.folder.id, subject_in(typed)
        )
    except Invalid:
        return ()
    return (named,)


def _grants(
    visit: Visit, found: sharing.Audience, document: Document | None, refused: Refused
) -> Response:
    subjects: dict[str, list[Subject]] = {kind.value: [] for kind in SubjectKind}
    for subject in found.subjects:
        subjects[subject.kind].append(subject)
    return visit.page(
        "sharing/access.html",
        status=refused.status,
        folder=found.folder,
        crumbs=found.crumbs,
        document=document,
        grants=found.grants,
        dead=[(one.grant, cause_sentence(one, visit.voice)) for one in found.dead],
        subjects=subjects,
        addresses=found.addresses,
        roles=roles(visit.voice),
        **refused.values(),
    )


def _misses(visit: Visit, verdict: Verdict | None) -> list[str]:
    misses = () if verdict is None else verdict.misses
    return [miss_sentence(one, visit.voice) for one in misses]


def _words(visit: Visit) -> str:
    return visit.asked("filter").strip()[:_MAX_FILTER_CHARACTERS]


def _role(visit: Visit) -> Role | None:
    typed = visit.asked("role")
    if typed and typed not in set(Role):
        raise Invalid("role", "unknown", typed[:80])
    return Role(typed) if typed else None


def subject_in(typed: str) -> Subject:
    """The subject that forms offer as `organisation:12`; `Invalid` for another text."""
    kind, _, number = typed.partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    if kind not in set(SubjectKind) or not is_number:
        raise Invalid("subject", "unknown" if typed else "nobody", typed[:80])
    return Subject(SubjectKind(kind), int(number))


_HERE: Final = "/folders/{folder:id}"

DOORS = (
    Door("GET", f"{_HERE}/access", in_folder(Action.READ), show),
    Door("GET", "/documents/{document:id}/access", in_folder(Action.READ), of_document),
    Door("GET", f"{_HERE}/people", in_folder(Action.SHARE), people),
    Door("GET", f"{_HERE}/people.csv", in_folder(Action.SHARE), people_csv),
    Door("GET", f"{_HERE}/why", in_folder(Action.SHARE), why),
)
