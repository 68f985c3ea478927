"""A working group: who sits in it, and for those who may, seating and unseating."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid, LastCoordinator
from atelier.model.ids import GroupId, MembershipId
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import groups


async def show(visit: Visit) -> Response:
    """Its members, for anyone signed in."""
    return await _sheet(visit, Refused())


async def rename(visit: Visit) -> Response:
    """Another name for the group."""
    form = await visit.form("name")
    typed = {"name": form.text("name")}
    try:
        await groups.rename(visit.ws, visit.actor, _number(visit), typed["name"])
    except (Invalid, AlreadySo) as error:
        return await _sheet(visit, visit.refused(error, "name", typed))
    return onward(_here(visit), "group-renamed")


async def seat(visit: Visit) -> Response:
    """Someone more; first told what she gains."""
    form = await visit.form("member", ANNOUNCED)
    typed = {"member": form.text("member")}
    group = await groups.enter(visit.ws, visit.actor, _number(visit))
    question = N_("Ajouter %(member)s à « %(group)s » ?")
    try:
        page = await announced(
            visit,
            form,
            lambda ws: groups.seat(ws, visit.actor, group.id, typed["member"]),
            question=visit.voice.text(question, member=typed["member"], group=group.name),
            action=f"{_here(visit)}/members",
            back=_here(visit),
            fields=typed,
        )
    except (Invalid, AlreadySo) as error:
        return await _sheet(visit, visit.refused(error, "member", typed))
    return page or onward(_here(visit), "seated")


async def unseat(visit: Visit) -> Response:
    """Someone less; first told what she loses."""
    form = await visit.form(ANNOUNCED)
    group = await groups.enter(visit.ws, visit.actor, _number(visit))
    membership = _membership(visit)
    name = next((one.person for one in group.members if one.membership_id == membership), "")
    question = N_("Retirer %(member)s de « %(group)s » ?")
    try:
        page = await announced(
            visit,
            form,
            lambda ws: groups.unseat(ws, visit.actor, group.id, membership),
            question=visit.voice.text(question, member=name, group=group.name),
            action=f"{_here(visit)}/members/{membership}/unseat",
            back=_here(visit),
            fields={},
        )
    except (Invalid, LastCoordinator) as error:
        return await _sheet(visit, visit.refused(error, "members"))
    return page or onward(_here(visit), "unseated")


async def appoint(visit: Visit) -> Response:
    """A member coordinates the group from now on, or no longer."""
    form = await visit.form("coordinates")
    coordinates = form.text("coordinates") == "yes"
    try:
        await groups.appoint(
            visit.ws, visit.actor, _number(visit), _membership(visit), coordinates=coordinates
        )
    except (Invalid, AlreadySo) as error:
        return await _sheet(visit, visit.refused(error, "members"))
    return onward(_here(visit), "appointed" if coordinates else "dismissed")


def _number(visit: Visit) -> GroupId:
    return GroupId(visit.number("group"))


def _membership(visit: Visit) -> MembershipId:
    return MembershipId(visit.number("membership"))


def _here(visit: Visit) -> str:
    return f"/groups/{_number(visit)}"


async def _sheet(visit: Visit, refused: Refused) -> Response:
    sheet = await groups.look(visit.ws, visit.actor, _number(visit))
    return visit.page(
        "groups/group.html",
        status=refused.status,
        path=_here(visit),
        group=sheet.group,
        may_manage=sheet.may_manage,
        **refused.values(),
    )


_HERE = "/groups/{group:id}"
_MEMBER = f"{_HERE}/members/{{membership:id}}"

DOORS = (
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", f"{_HERE}/rename", SIGNED_IN, rename),
    Door("POST", f"{_HERE}/members", SIGNED_IN, seat),
    Door("POST", f"{_MEMBER}/unseat", SIGNED_IN, unseat),
    Door("POST", f"{_MEMBER}/coordinator", SIGNED_IN, appoint),
)
