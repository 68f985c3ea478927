"""The directory, and somebody's sheet: bringing people in, and their accounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.ids import PersonId
from atelier.web.doors import SIGNED_IN, STEWARD, Door
from atelier.web.forms import TOKEN_FIELD, Form
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import accounts, groups, people
from atelier.workspace.place import Workspace

_BROUGHT = ("email", "person_name", "organisation", "function")


async def show(visit: Visit) -> Response:
    """Everybody, a page at a time, for anyone signed in."""
    return await _directory(visit, Refused())


async def add_person(visit: Visit) -> Response:
    """A person; first told what she gains, then the link she signs in with, this once."""
    form = await visit.form(*_BROUGHT, ANNOUNCED)
    typed = {name: form.text(name) for name in _BROUGHT}
    brought: list[people.Brought] = []
    try:
        page = await announced(
            visit,
            form,
            _bringing(visit, typed, brought),
            question=_question(visit, typed),
            action="/people",
            back="/people",
            fields=typed,
        )
    except (Invalid, AlreadySo) as error:
        return await _directory(visit, _refused(visit, error, form, "person_name", "email"))
    if page is not None:
        return page
    made = brought[-1]
    if not made.token:
        return onward(f"/people/{made.person.id}", "person-added")
    return _link(visit, made)


async def give_link(visit: Visit) -> Response:
    """A new one-time link for someone who lost hers, or her password."""
    await visit.form()
    token = await people.issue_link(visit.ws, visit.actor, _number(visit))
    return _link(visit, people.Brought(await people.look_at_link(visit.ws, token), token))


async def add_organisation(visit: Visit) -> Response:
    """A member organisation."""
    field = "organisation_name"
    form = await visit.form(field)
    try:
        await people.add_organisation(visit.ws, visit.actor, form.text(field))
    except (Invalid, AlreadySo) as error:
        return await _directory(visit, _refused(visit, error, form, field, field))
    return onward("/people", "organisation-added")


async def add_group(visit: Visit) -> Response:
    """A working group; its members are addresses, one a line."""
    field = "group_name"
    form = await visit.form(field, "member")
    members = [line.strip() for line in form.text("member").splitlines() if line.strip()]
    try:
        await groups.add_group(visit.ws, visit.actor, form.text(field), members)
    except (Invalid, AlreadySo) as error:
        return await _directory(visit, _refused(visit, error, form, field, field))
    return onward("/people", "group-added")


async def look(visit: Visit) -> Response:
    """Who somebody is, her places and her groups, for anyone signed in."""
    sheet = await people.look(visit.ws, visit.actor, _number(visit))
    places, today = sheet.person.memberships, visit.actor.today
    present = sheet.person.places(today)
    to_come = [one for one in places if one.starts_on is not None and one.starts_on > today]
    return visit.page(
        "people/person.html",
        path=_here(visit),
        sheet=sheet,
        person=sheet.person,
        today=today,
        places=[*present, *to_come],
        ended=[one for one in places if one not in present and one not in to_come],
    )


async def disable(visit: Visit) -> Response:
    """Her account is closed; first told what she loses."""
    form = await visit.form(ANNOUNCED)
    person = (await people.look(visit.ws, visit.actor, _number(visit))).person
    page = await announced(
        visit,
        form,
        lambda ws: accounts.disable(ws, visit.actor, person.id),
        question=visit.voice.text(N_("Désactiver le compte de %(name)s ?"), name=person.name),
        action=f"{_here(visit)}/disable",
        back=_here(visit),
        fields={},
    )
    return page or onward(_here(visit), "person-disabled")


async def enable(visit: Visit) -> Response:
    """Her account is open again; first told what she gains."""
    form = await visit.form(ANNOUNCED)
    person = (await people.look(visit.ws, visit.actor, _number(visit))).person
    page = await announced(
        visit,
        form,
        lambda ws: accounts.enable(ws, visit.actor, person.id),
        question=visit.voice.text(N_("Réactiver le compte de %(name)s ?"), name=person.name),
        action=f"{_here(visit)}/enable",
        back=_here(visit),
        fields={},
    )
    return page or onward(_here(visit), "person-enabled")


async def set_steward(visit: Visit) -> Response:
    """She manages the network from now on, or no longer."""
    is_steward = (await visit.form("steward")).text("steward") == "yes"
    await accounts.set_steward(visit.ws, visit.actor, _number(visit), is_steward=is_steward)
    return onward(_here(visit), "steward-appointed" if is_steward else "steward-dismissed")


async def allow_top_folders(visit: Visit) -> Response:
    """She may make folders at the top from now on, or no longer."""
    is_allowed = (await visit.form("allowed")).text("allowed") == "yes"
    person = _number(visit)
    await accounts.allow_top_folders(visit.ws, visit.actor, person, is_allowed=is_allowed)
    return onward(_here(visit), "top-folders-allowed" if is_allowed else "top-folders-refused")


def _number(visit: Visit) -> PersonId:
    return PersonId(visit.number("person"))


def _here(visit: Visit) -> str:
    return f"/people/{_number(visit)}"


def _bringing(
    visit: Visit, typed: dict[str, str], brought: list[people.Brought]
) -> Callable[[Workspace], Awaitable[None]]:
    """The act of bringing somebody in; `brought` holds her, and her link, once it is made."""

    async def act(ws: Workspace) -> None:
        made = await people.bring_in(
            ws,
            visit.actor,
            typed["email"],
            name=typed["person_name"],
            organisation=typed["organisation"] or None,
            function=typed["function"],
        )
        brought.append(made)

    return act


def _question(visit: Visit, typed: dict[str, str]) -> str:
    say, name = visit.voice.text, typed["person_name"]
    if not typed["organisation"]:
        return say(N_("Ajouter %(name)s, sans structure ?"), name=name)
    question = N_("Rattacher %(name)s à « %(organisation)s » ?")
    return say(question, name=name, organisation=typed["organisation"])


def _link(visit: Visit, brought: people.Brought) -> Response:
    return visit.page(
        "people/link.html",
        path=f"/people/{brought.person.id}",
        person=brought.person,
        link=f"{visit.around.site.url}/welcome/{brought.token}",
        is_afresh=brought.is_afresh,
        hours=visit.ws.settings.sessions.link_hours,
    )


def _refused(
    visit: Visit, error: Invalid | AlreadySo, form: Form, name: str, otherwise: str
) -> Refused:
    """Use-cases call the name of anything `name`; here each has the field `name` is told by."""
    field = otherwise
    if isinstance(error, Invalid):
        field = name if error.field == "name" else error.field
    typed = {
        key: value for key, value in form.fields.items() if key not in (TOKEN_FIELD, ANNOUNCED)
    }
    return visit.refused(error, field, typed)


async def _directory(visit: Visit, refused: Refused) -> Response:
    words = visit.asked("filter").strip()
    found = await people.listed(
        visit.ws, visit.actor, words=words, page=visit.asked_number("page") or 1
    )
    return visit.page(
        "people/people.html",
        status=refused.status,
        path=visit.here if visit.is_looking else "/people",
        found=found,
        filter=words,
        today=visit.actor.today,
        **refused.values(),
    )


_HERE = "/people/{person:id}"

# Whom a representative may bring in, and hand out a link for, the use-cases know.
DOORS = (
    Door("GET", "/people", SIGNED_IN, show),
    Door("POST", "/people", SIGNED_IN, add_person),
    Door("GET", _HERE, SIGNED_IN, look),
    Door("POST", f"{_HERE}/link", SIGNED_IN, give_link),
    Door("POST", f"{_HERE}/disable", STEWARD, disable),
    Door("POST", f"{_HERE}/enable", STEWARD, enable),
    Door("POST", f"{_HERE}/steward", STEWARD, set_steward),
    Door("POST", f"{_HERE}/top-folders", STEWARD, allow_top_folders),
    Door("POST", "/organisations", STEWARD, add_organisation),
    Door("POST", "/groups", STEWARD, add_group),
)
