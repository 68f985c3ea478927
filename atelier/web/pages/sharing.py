"""Sharing a folder: giving someone an access to it, and taking it back."""

from __future__ import annotations

from datetime import date
from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.folders import Action, Folder, Role, Subject, SubjectKind
from atelier.model.ids import GrantId
from atelier.web.doors import Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced, day_after
from atelier.web.pages.audience import ASKED, chosen, listing
from atelier.web.pages.folders import folder_of
from atelier.web.pages.words import roles
from atelier.web.visit import Visit, onward
from atelier.workspace import sharing
from atelier.workspace.place import Workspace

_FOR_GOOD: Final = N_("Donner à %(name)s l'accès « %(role)s » au dossier « %(folder)s » ?")
_UNTIL: Final = N_(
    "Donner à %(name)s l'accès « %(role)s » au dossier « %(folder)s » jusqu'au %(until)s ?"
)


async def grant(visit: Visit) -> Response:
    """An access for someone, perhaps until a day; announced first."""
    form = await visit.form(*ASKED, ANNOUNCED)
    typed = {name: form.text(name) for name in ASKED}
    try:
        page = await _announced_grant(visit, form, typed)
    except Invalid as error:
        return await listing(visit, visit.refused(error, error.field, typed))
    return page or onward(_here(visit), "granted")


async def withdraw(visit: Visit) -> Response:
    """An access of this very folder, taken back; announced first."""
    form = await visit.form(ANNOUNCED)
    folder, number = folder_of(visit), GrantId(visit.number("grant"))
    found = await sharing.given(visit.ws, visit.actor, folder, number)

    async def act(ws: Workspace) -> None:
        await sharing.withdraw(ws, visit.actor, folder, number)

    page = await announced(
        visit,
        form,
        act,
        question=visit.voice.text(
            N_("Retirer à %(name)s l'accès au dossier « %(folder)s » ?"),
            name=_called(visit, found.subject),
            folder=found.folder,
        ),
        action=f"{_here(visit)}/{number}/withdraw",
        back=_here(visit),
        fields={},
    )
    return page or onward(_here(visit), "withdrawn")


async def _announced_grant(visit: Visit, form: Form, typed: dict[str, str]) -> Response | None:
    chosen_one = await chosen(visit, form)
    role, until = form.choice("role", Role), form.day("until")
    folder, subject, held_until = await sharing.recipient(
        visit.ws, visit.actor, folder_of(visit), chosen_one
    )
    ends = [day for day in (held_until, until) if day is not None]

    async def act(ws: Workspace) -> None:
        await sharing.grant(ws, visit.actor, folder.id, subject, role, until)

    return await announced(
        visit,
        form,
        act,
        question=_question(visit, folder, subject, role, until),
        action=_here(visit),
        back=_here(visit),
        fields=typed,
        # From then on one has it and the other not: what she had, what she is given.
        later=day_after(min(ends, default=None)),
    )


def _question(
    visit: Visit, folder: Folder, subject: Subject, role: Role, until: date | None
) -> str:
    label = next(one.label for one in roles(visit.voice) if one.role is role)
    facts = {"name": _called(visit, subject), "role": label, "folder": folder.name}
    if until is None:
        return visit.voice.text(_FOR_GOOD, **facts)
    return visit.voice.text(_UNTIL, **facts, until=visit.voice.day(until))


def _called(visit: Visit, subject: Subject) -> str:
    if subject.kind is SubjectKind.NETWORK:
        return visit.voice.text(N_("tout le réseau"))
    return subject.name


def _here(visit: Visit) -> str:
    return f"/folders/{folder_of(visit)}/access"


_HERE = "/folders/{folder:id}/access"

DOORS = (
    Door("POST", _HERE, in_folder(Action.SHARE), grant),
    Door("POST", f"{_HERE}/{{grant:id}}/withdraw", in_folder(Action.SHARE), withdraw),
)
