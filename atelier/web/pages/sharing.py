"""Who sees a folder: the grants that reach it, giving one and withdrawing one."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import GrantId
from atelier.web.doors import Door, in_folder
from atelier.web.pages.folders import folder_of
from atelier.web.pages.words import roles
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import sharing


async def show(visit: Visit) -> Response:
    """The grants that reach the folder, and for those who share it a form to give one."""
    return await _access(visit, Refused())


async def grant(visit: Visit) -> Response:
    """An access for someone, perhaps until a day."""
    form = await visit.form("subject", "role", "until")
    try:
        subject, role = _subject(form.text("subject")), _role(form.text("role"))
        until = _day(form.text("until"))
        await sharing.grant(visit.ws, visit.actor, folder_of(visit), subject, role, until)
    except Invalid as error:
        typed = {name: form.text(name) for name in ("subject", "role", "until")}
        return await _access(visit, visit.refused(error, error.field, typed))
    return onward(f"/folders/{folder_of(visit)}/access", "granted")


async def withdraw(visit: Visit) -> Response:
    """An access of this very folder, taken back."""
    await visit.form()
    number = GrantId(visit.number("grant"))
    await sharing.withdraw(visit.ws, visit.actor, folder_of(visit), number)
    return onward(f"/folders/{folder_of(visit)}/access", "withdrawn")


async def _access(visit: Visit, refused: Refused) -> Response:
    audience = await sharing.look(visit.ws, visit.actor, folder_of(visit))
    subjects: dict[str, list[Subject]] = {kind.value: [] for kind in SubjectKind}
    for subject in audience.subjects:
        subjects[subject.kind].append(subject)
    return visit.page(
        "sharing/access.html",
        status=refused.status,
        folder=audience.folder,
        crumbs=audience.crumbs,
        grants=audience.grants,
        subjects=subjects,
        roles=roles(visit.voice),
        **refused.values(),
    )


def _subject(typed: str) -> Subject:
    """`organisation:12`, as the form offers it."""
    kind, _, number = typed.partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    if kind not in set(SubjectKind) or not is_number:
        raise Invalid("subject", "unknown", typed[:80])
    return Subject(SubjectKind(kind), int(number))


def _role(typed: str) -> Role:
    if typed not in set(Role):
        raise Invalid("role", "unknown", typed[:80])
    return Role(typed)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid("until", "malformed", typed[:80]) from None


_HERE = "/folders/{folder:id}/access"

DOORS = (
    Door("GET", _HERE, in_folder(Action.READ), show),
    Door("POST", _HERE, in_folder(Action.SHARE), grant),
    Door("POST", f"{_HERE}/{{grant:id}}/withdraw", in_folder(Action.SHARE), withdraw),
)
