"""Inviting people to a folder, into an organisation or into the network, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid, TooManyInvitations
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, InviteId, OrganisationId
from atelier.model.invites import MAX_MESSAGE_CHARACTERS, Fate, Made, Offer
from atelier.web.doors import SIGNED_IN, STEWARD, Door, in_folder
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.announcing import ANNOUNCED, announced
from atelier.web.pages.words import roles
from atelier.web.spreadsheets import spreadsheet
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import invites
from atelier.workspace.place import Workspace

OFFERED: Final = ("organisation", "function", "representative", "role", "until", "message")
_ASKED: Final = ("email", "person_name", *OFFERED)
_SHOWN: Final = 200
_TITLES: Final = (
    N_("Nom"),
    N_("Adresse de courriel"),
    N_("Structure"),
    N_("Fonction"),
    N_("Dossier"),
    N_("Accès"),
    N_("Invitation de"),
    N_("Valable jusqu'au"),
)


@dataclass(frozen=True, slots=True)
class About:
    """To what one invites; `base` is its address, below which the pages of inviting stand."""

    base: str
    folder: FolderId | None = None
    organisation: OrganisationId | None = None


def about(visit: Visit) -> About:
    """To what the address invites: a folder, an organisation, or the whole network."""
    if "folder" in visit.request.path_params:
        number = visit.number("folder")
        return About(f"/folders/{number}", folder=FolderId(number))
    if "organisation" in visit.request.path_params:
        number = visit.number("organisation")
        return About(f"/organisations/{number}", organisation=OrganisationId(number))
    return About("/people")


async def entered(visit: Visit) -> tuple[About, invites.Office]:
    """To what the address invites, for one who may; what she has before her."""
    to = about(visit)
    found = await invites.office(
        visit.ws, visit.actor, folder=to.folder, organisation=to.organisation
    )
    return to, found


async def show(visit: Visit) -> Response:
    """The form to invite somebody, and those who are awaited."""
    return await _office(visit, Refused())


async def invite(visit: Visit) -> Response:
    """An invitation; its letter leaves, or its link is shown this once.

    Somebody who would join an organisation at once: first told what she gains.
    """
    to, found = await entered(visit)
    form = await visit.form(*_ASKED, ANNOUNCED)
    typed = {name: form.text(name) for name in _ASKED}
    done: list[Made] = []
    try:
        page = await _inviting(visit, to, found, form, done)
    except Invalid as error:
        return await _office(visit, visit.refused(error, error.field, typed))
    except TooManyInvitations as error:
        return await _office(visit, visit.refused(error, "email", typed))
    if page is not None:
        return page
    made, here = done[-1], f"{to.base}/invite"
    if made.token:
        return _link(visit, made, here)
    return onward(here, "invite-made" if made.fate is Fate.INVITED else "invite-given")


async def resend(visit: Visit) -> Response:
    """A new letter with a new link, or the link itself where no mail leaves."""
    form = await visit.form("next")
    made = await invites.resend(visit.ws, visit.actor, _number(visit))
    if made.token:
        return _link(visit, made, form.text("next"))
    return onward(form.text("next"), "invite-sent")


async def copy_link(visit: Visit) -> Response:
    """A link of the invitation, shown this once."""
    form = await visit.form("next")
    made = await invites.copy_link(visit.ws, visit.actor, _number(visit))
    return _link(visit, made, form.text("next"))


async def withdraw(visit: Visit) -> Response:
    """The invitation stands no more."""
    form = await visit.form("next")
    await invites.withdraw(visit.ws, visit.actor, _number(visit))
    return onward(form.text("next"), "invite-withdrawn")


async def waiting_csv(visit: Visit) -> Response:
    """Those who are awaited, all of them, as a file for a spreadsheet; it holds no link."""
    _, found = await entered(visit)
    say, day = visit.voice.text, visit.voice.day
    words = {one.role: one.label for one in roles(visit.voice)}
    rows = [[say(title) for title in _TITLES]]
    for one in found.waiting:
        offer = one.offer
        role = words[offer.role] if offer.folder_id is not None else ""
        rows.append(
            [offer.name, offer.email, one.organisation, offer.function, one.folder, role,
             one.inviter, day(one.expires_at.date())]
        )  # fmt: skip
    return spreadsheet(rows, say(N_("Invitations en attente")))


def offer_in(to: About, form: Form) -> Offer:
    """What the form offers, to whoever is named in it; `Invalid` names the field."""
    home = to.organisation
    if home is None and form.text("organisation"):
        home = OrganisationId(form.number("organisation"))
    return Offer(
        form.text("email"),
        form.text("person_name"),
        organisation_id=home,
        function=form.text("function") if home is not None else "",
        is_representative=home is not None and form.text("representative") == "yes",
        folder_id=to.folder,
        role=form.choice("role", Role) if to.folder is not None else Role.READER,
        until=form.day("until") if to.folder is not None else None,
        message=form.text("message"),
    )


def offering(visit: Visit, to: About, found: invites.Office) -> dict[str, object]:
    """What a page needs to ask what is offered."""
    return {
        "base": to.base,
        "folder": found.folder,
        "crumbs": found.crumbs,
        "organisation": found.organisation,
        "offered": found.offered,
        "may_appoint": found.may_appoint,
        "has_mail": found.has_mail,
        "days": visit.ws.settings.sessions.invitation_days,
        "roles": roles(visit.voice),
        "max_message": MAX_MESSAGE_CHARACTERS,
    }


async def _inviting(
    visit: Visit, to: About, found: invites.Office, form: Form, done: list[Made]
) -> Response | None:
    """Make the invitation, which is then the last of `done`; or the page that announces it."""
    offer = offer_in(to, form)

    async def act(ws: Workspace) -> None:
        made = await invites.invite(ws, visit.actor, offer)
        _check_new(made)
        done.append(made)

    joining = await invites.joins_at_once(visit.ws, visit.actor, offer)
    if joining is None:
        await act(visit.ws)
        return None
    here = f"{to.base}/invite"
    home = next(one.name for one in found.offered if one.id == offer.organisation_id)
    question = N_("Rattacher %(name)s à « %(organisation)s » ?")
    return await announced(
        visit,
        form,
        act,
        question=visit.voice.text(question, name=joining.name, organisation=home),
        action=here,
        back=here,
        fields={name: form.text(name) for name in _ASKED},
    )


def _check_new(made: Made) -> None:
    if made.fate is Fate.ALREADY:
        raise Invalid("email", "already_here", made.offer.email[:80])
    if made.fate is Fate.WAITING:
        raise Invalid("email", "already_invited", made.offer.email[:80])


async def _office(visit: Visit, refused: Refused) -> Response:
    to, found = await entered(visit)
    return visit.page(
        "invites/invite.html",
        status=refused.status,
        path=f"{to.base}/invite",
        waiting=found.waiting[:_SHOWN],
        total=len(found.waiting),
        expired=invites.expired(visit.ws, found.waiting),
        **offering(visit, to, found),
        **refused.values(),
    )


def _link(visit: Visit, made: Made, back: str) -> Response:
    kind = "invite" if made.fate is Fate.INVITED else "welcome"
    return visit.page(
        "invites/link.html",
        path=back,
        back=back,
        made=made,
        is_invitation=made.fate is Fate.INVITED,
        link=f"{visit.around.site.url}/{kind}/{made.token}",
        days=visit.ws.settings.sessions.invitation_days,
    )


def _number(visit: Visit) -> InviteId:
    return InviteId(visit.number("invite"))


_FOLDER: Final = "/folders/{folder:id}"
_ORGANISATION: Final = "/organisations/{organisation:id}"
_ONE: Final = "/people/invites/{invite:id}"

# Who may bring people into an organisation, and answers for an invitation, the use-cases know.
DOORS = (
    Door("GET", f"{_FOLDER}/invite", in_folder(Action.SHARE), show),
    Door("POST", f"{_FOLDER}/invite", in_folder(Action.SHARE), invite),
    Door("GET", f"{_FOLDER}/invites.csv", in_folder(Action.SHARE), waiting_csv),
    Door("GET", f"{_ORGANISATION}/invite", SIGNED_IN, show),
    Door("POST", f"{_ORGANISATION}/invite", SIGNED_IN, invite),
    Door("GET", f"{_ORGANISATION}/invites.csv", SIGNED_IN, waiting_csv),
    Door("GET", "/people/invite", STEWARD, show),
    Door("POST", "/people/invite", STEWARD, invite),
    Door("GET", "/people/invites.csv", STEWARD, waiting_csv),
    Door("POST", f"{_ONE}/resend", SIGNED_IN, resend),
    Door("POST", f"{_ONE}/link", SIGNED_IN, copy_link),
    Door("POST", f"{_ONE}/withdraw", SIGNED_IN, withdraw),
)
