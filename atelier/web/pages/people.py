"""The directory: people, organisations and groups; stewards add to it."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.ids import PersonId
from atelier.web.doors import SIGNED_IN, STEWARD, Door
from atelier.web.forms import TOKEN_FIELD, Form
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import groups, people


async def show(visit: Visit) -> Response:
    """Everybody, for anyone signed in."""
    return await _directory(visit, Refused())


async def add_person(visit: Visit) -> Response:
    """A person, and the link she signs in with, shown this once."""
    form = await visit.form("email", "person_name", "organisation", "function")
    try:
        person, token = await people.bring_in(
            visit.ws,
            visit.actor,
            form.text("email"),
            name=form.text("person_name"),
            organisation=form.text("organisation") or None,
            function=form.text("function"),
        )
    except (Invalid, AlreadySo) as error:
        return await _directory(visit, _refused(visit, error, form, "person_name", "email"))
    if not token:
        return onward("/people", "person-added")
    link = f"{visit.around.site.url}/welcome/{token}"
    return visit.page("people/link.html", path="/people", person=person, link=link)


async def give_link(visit: Visit) -> Response:
    """A new one-time link for someone who lost hers, or her password."""
    await visit.form()
    token = await people.issue_link(visit.ws, visit.actor, PersonId(visit.number("person")))
    person = await people.look_at_link(visit.ws, token)
    link = f"{visit.around.site.url}/welcome/{token}"
    return visit.page("people/link.html", path="/people", person=person, link=link)


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


def _refused(
    visit: Visit, error: Invalid | AlreadySo, form: Form, name: str, otherwise: str
) -> Refused:
    """Use-cases call the name of anything `name`; here each has the field `name` is told by."""
    field = otherwise
    if isinstance(error, Invalid):
        field = name if error.field == "name" else error.field
    typed = {key: value for key, value in form.fields.items() if key != TOKEN_FIELD}
    return visit.refused(error, field, typed)


async def _directory(visit: Visit, refused: Refused) -> Response:
    organisations, everyone = await people.directory(visit.ws, visit.actor)
    return visit.page(
        "people/people.html",
        status=refused.status,
        path="/people",
        organisations=organisations,
        people=everyone,
        groups=await groups.listed(visit.ws, visit.actor),
        is_steward=visit.actor.is_steward,
        **refused.values(),
    )


DOORS = (
    Door("GET", "/people", SIGNED_IN, show),
    Door("POST", "/people", STEWARD, add_person),
    Door("POST", "/people/{person:id}/link", STEWARD, give_link),
    Door("POST", "/organisations", STEWARD, add_organisation),
    Door("POST", "/groups", STEWARD, add_group),
)
