"""Inviting people by their addresses: to a folder, into an organisation, into the network.

Who may invite is who could give the same today to somebody who is there: a coordinator on her
folder, a representative in her organisation, a steward. Somebody who has an account is given
it at once, but for two: one whose address she who invites may not know, who would learn that it
has an account here, and, where letters leave, one whose address nothing proves to be hers. Both
are invited as anybody is. The link's own side, where it is opened and accepted, is `accepting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from atelier import access
from atelier.database import contacts, journal, sessions
from atelier.database import folders as folder_records
from atelier.database import invites as records
from atelier.database import organisations as organisation_records
from atelier.database import people as people_records
from atelier.database import sharing as grants
from atelier.database.engine import Transaction
from atelier.database.sessions import LinkRow, Purpose
from atelier.errors import Forbidden, Invalid, LastCoordinator, NotFound
from atelier.model import names
from atelier.model.folders import Action, Crumb, Folder, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, InviteId, OrganisationId, PersonId
from atelier.model.invites import (
    MAX_MESSAGE_CHARACTERS,
    Fate,
    Invite,
    Made,
    Offer,
    Outgoing,
)
from atelier.model.journal import NetworkVerb
from atelier.model.letters import LetterKind
from atelier.model.organisations import has_ended
from atelier.model.people import Actor, Organisation, Person
from atelier.workspace import (
    entering,
    invite_limits,
    links,
    mailing,
    memberships,
    people,
    sharing,
)
from atelier.workspace.place import Workspace, today

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Office:
    """What one who invites has before her: to what, into which organisations, who is awaited.

    `folder` and `organisation` are what her page is about, neither for the whole network.
    `offered` are organisations into which she may bring somebody, `may_appoint` whether she is
    a steward. `has_mail`: letters leave by themselves.
    """

    folder: Folder | None
    crumbs: tuple[Crumb, ...]
    organisation: Organisation | None
    offered: tuple[Organisation, ...]
    may_appoint: bool
    waiting: tuple[Invite, ...]
    has_mail: bool


async def office(
    ws: Workspace,
    actor: Actor,
    *,
    folder: FolderId | None = None,
    organisation: OrganisationId | None = None,
) -> Office:
    """For those who may invite to this folder or organisation; to neither: for stewards."""

    async def unit(tx: Transaction) -> Office:
        entered, home = None, None
        crumbs: tuple[Crumb, ...] = ()
        if folder is not None:
            entered = await access.enter(tx, actor, folder, Action.SHARE)
            crumbs = tuple(await folder_records.crumbs(tx, actor, folder))
        elif organisation is not None:
            terms = memberships.Terms()
            home, _ = await memberships.givable(tx, actor, organisation, terms)
        elif not await memberships.is_steward(tx, actor):
            raise Forbidden(access.INVITE)
        return Office(
            entered,
            crumbs,
            home,
            (home,) if home else await memberships.offering(tx, actor),
            await memberships.is_steward(tx, actor),
            tuple(await records.listed(tx, actor, folder=folder, organisation=organisation)),
            mailing.is_set(ws),
        )

    return await ws.db.read(unit)


async def check(ws: Workspace, actor: Actor, offer: Offer) -> None:
    """Pass when she may make somebody this offer today; refused as `invite` refuses."""

    async def unit(tx: Transaction) -> None:
        await _permitted(tx, actor, offer)

    await ws.db.read(unit)


async def invite(ws: Workspace, actor: Actor, offer: Offer) -> Made:
    """Invite somebody, or give her at once what she is invited to when she has an account.

    An account that is disabled is `Invalid`. Nothing is written when she has it already or is
    invited to as much: `Made.fate` says so. The token of the link is made where no mail leaves.
    `TooManyInvitations`.
    """
    checked = cleaned(offer)
    return await ws.db.write(lambda tx: make(ws, tx, actor, checked))


async def make(ws: Workspace, tx: Transaction, actor: Actor, offer: Offer) -> Made:
    """`invite`, in a transaction, for an offer that is `cleaned`."""
    offer = await _permitted(tx, actor, offer)
    person = await people_records.person_by_email(tx, offer.email)
    if person is not None and await _may_know(tx, actor, person):
        if not person.is_active:
            raise Invalid("email", "inactive_account", offer.email[:80])
        if await _has_all(tx, actor, offer, person):
            return Made(Fate.ALREADY, offer, person=person)
        if not mailing.is_set(ws) or await people_records.has_proved_email(tx, person.id):
            return await _given(ws, tx, actor, offer, person)
    return await _invited(ws, tx, actor, offer)


async def joins_at_once(ws: Workspace, actor: Actor, offer: Offer) -> Person | None:
    """Who would have a place in an organisation at once by this offer; None when nobody would.

    Refused as `invite` is, for an offer that cannot be made; nothing of it stays.
    """
    if offer.organisation_id is None:
        return None
    checked = cleaned(offer)

    async def unit(tx: Transaction) -> Person | None:
        permitted = await _permitted(tx, actor, checked)
        person = await people_records.person_by_email(tx, permitted.email)
        if person is None or not person.is_active or not await _may_know(tx, actor, person):
            return None
        if has_place(actor, permitted, person):
            return None
        is_proved = await people_records.has_proved_email(tx, person.id)
        return person if is_proved or not mailing.is_set(ws) else None

    return await ws.db.read(unit)


async def resend(ws: Workspace, actor: Actor, number: InviteId) -> Made:
    """Send an invitation again, with all its days before it; she answers for it from now on.

    For those who could make it today. `NotFound` for one who has it on no list of hers, and
    when it is over; `TooManyInvitations`.
    """

    async def unit(tx: Transaction) -> Made:
        found = await _taken_up(ws, tx, actor, number)
        token = await _sent(ws, tx, number, found.offer)
        return Made(Fate.INVITED, found.offer, number, token=token)

    return await ws.db.write(unit)


async def copy_link(ws: Workspace, actor: Actor, number: InviteId) -> Made:
    """A link of an invitation to hand over oneself, which no letter brings; else as `resend`.

    Whoever holds it makes the account of that address. Where letters leave, it is for those who
    bring people in: stewards, and who manages its organisation; `Forbidden` for others.
    """

    async def unit(tx: Transaction) -> Made:
        found = await _taken_up(ws, tx, actor, number)
        if mailing.is_set(ws) and found.offer.organisation_id is None:
            await access.manage(tx, actor)
        return Made(Fate.INVITED, found.offer, number, token=await mint_link(ws, tx, number))

    return await ws.db.write(unit)


async def withdraw(ws: Workspace, actor: Actor, number: InviteId) -> None:
    """An invitation that stands no more; all its links end.

    For stewards, and those who share its folder or manage its organisation; else `NotFound`.
    """

    async def unit(tx: Transaction) -> None:
        found = await _own(tx, actor, number)
        await records.withdraw(tx, number, ws.clock())
        await _note(ws, tx, actor, NetworkVerb.INVITE_WITHDRAWN, found.offer)

    await ws.db.write(unit)


async def mint_link(
    ws: Workspace, tx: Transaction, number: InviteId, *, is_mailed: bool = False
) -> str:
    """A further link of an invitation, as long as it lasts; "" when it opens nothing any more.

    It is for the address of the invitation, so it leaves by a letter to it (`is_mailed`), or by
    the hand of who answers for the invitation.
    """
    found = await records.waiting(tx, number)
    if found is None or found.has_expired(ws.clock()) or await standing(ws, tx, found) is None:
        return ""
    by = found.invited_by
    row = LinkRow(Purpose.INVITE, invite_id=number, issued_by=by, is_mailed=is_mailed)
    return await links.mint(ws, tx, row, found.expires_at - ws.clock())


async def outgoing(ws: Workspace, tx: Transaction, number: InviteId) -> Outgoing | None:
    """What the letter of an invitation tells now, with a link; None for nothing to tell."""
    found = await records.waiting(tx, number)
    token = await mint_link(ws, tx, number, is_mailed=True)
    if found is None or not token:
        return None
    offer = (await standing(ws, tx, found) or (found.offer, None))[0]
    home = found.organisation if offer.organisation_id is not None else ""
    folder = found.folder if offer.folder_id is not None else ""
    by = await home_of(ws, tx, found.invited_by)
    return Outgoing(offer, home, folder, found.inviter, by, found.expires_at, token)


async def home_of(ws: Workspace, tx: Transaction, number: PersonId) -> str:
    """The name of the organisation that somebody is of today first of all, "" for none."""
    person = await people_records.person(tx, number)
    assert person is not None
    return next((one.organisation.name for one in person.places(today(ws))), "")


async def standing(ws: Workspace, tx: Transaction, found: Invite) -> tuple[Offer, Actor] | None:
    """What of an invitation its inviter could give today, and she; None when that is nothing."""
    inviter = await people_records.person(tx, found.invited_by)
    assert inviter is not None
    actor = await entering.actor_of(tx, inviter, today(ws))
    offer = found.offer
    if offer.folder_id is None and offer.organisation_id is None:
        return (offer, actor) if await memberships.is_steward(tx, actor) else None
    if not await _gives_folder(tx, actor, offer):
        offer = replace(offer, folder_id=None, until=None)
    if not await _gives_place(tx, actor, offer):
        offer = replace(offer, organisation_id=None, function="", is_representative=False)
    if offer.folder_id is None and offer.organisation_id is None:
        return None
    return offer, actor


async def give_role(
    ws: Workspace, tx: Transaction, actor: Actor, offer: Offer, person: Person
) -> bool:
    """Give somebody the offered role; whether it was given.

    An invitation lowers nothing: the role that she has on this very folder stays as it is,
    unless the offered one is more, and lasts as long.
    """
    if offer.folder_id is None:
        return False
    subject = Subject(SubjectKind.PERSON, person.id, person.name)
    held = await grants.held(tx, offer.folder_id, subject)
    if held is not None and not is_more(offer, *held, actor.today):
        return False
    at = ws.clock()
    await sharing.give(
        tx, actor, offer.folder_id, subject, role=offer.role, until=offer.until, at=at
    )
    return True


def is_more(offer: Offer, role: Role, until: date | None, day: date) -> bool:
    """Whether a role that is offered is more than one that somebody has until then.

    Stronger and lasting as long, or as strong and lasting longer; all is more than what is past.
    """
    if until is not None and until < day:
        return True
    strengths, last = list(Role), offer.until or date.max
    is_same = (offer.role, offer.until) == (role, until)
    lasts = last >= (until or date.max)
    return strengths.index(offer.role) >= strengths.index(role) and lasts and not is_same


def has_place(actor: Actor, offer: Offer, person: Person) -> bool:
    """Whether she has, or is to have, the place that she is offered."""
    return any(
        place.organisation.id == offer.organisation_id and not has_ended(place, actor.today)
        for place in person.memberships
    )


def terms_of(offer: Offer) -> memberships.Terms:
    """The place that is offered."""
    return memberships.Terms(offer.function, is_representative=offer.is_representative)


def cleaned(offer: Offer) -> Offer:
    """The offer with its texts as they are kept; `Invalid` names the field that cannot be.

    An address whose host has no dot would be one of this very machine: it is a slip.
    """
    lines = [" ".join(line.split()) for line in names.visible(offer.message).splitlines()]
    message = "\n".join(lines).strip()
    if len(message) > MAX_MESSAGE_CHARACTERS:
        raise Invalid("message", "too_long_message", str(len(message)))
    if not message.replace("\n", "").isprintable():
        raise Invalid("message", "malformed")
    name = names.checked(offer.name, field="person_name") if offer.name.strip() else ""
    email = people.checked_email(offer.email)
    if not email.rpartition("@")[2].rpartition(".")[0] or email.endswith("."):
        raise Invalid("email", "no_end", email[:80])
    return replace(offer, email=email, name=name, message=message)


async def _permitted(tx: Transaction, actor: Actor, offer: Offer) -> Offer:
    """Pass when she may give all of it today; refused as the giving itself is."""
    if offer.folder_id is None and offer.organisation_id is None:
        await access.manage(tx, actor)
    if offer.folder_id is not None:
        await sharing.givable(tx, actor, offer.folder_id, offer.role, offer.until)
    if offer.organisation_id is None:
        return replace(offer, function="", is_representative=False)
    _, terms = await memberships.givable(tx, actor, offer.organisation_id, terms_of(offer))
    return replace(offer, function=terms.function)


async def _may_know(tx: Transaction, actor: Actor, person: Person) -> bool:
    """Whether she may know who has this address."""
    return bool((await contacts.shown(tx, actor, [person.id]))[person.id].email)


async def _has_all(tx: Transaction, actor: Actor, offer: Offer, person: Person) -> bool:
    """Whether all that is offered is hers, by whatever she is, and as long as it is offered."""
    if offer.organisation_id is not None and not has_place(actor, offer, person):
        return False
    if offer.folder_id is None:
        return True
    for day in (actor.today, offer.until or date.max):
        try:
            herself = await entering.actor_of(tx, person, day)
            folder = await access.enter(tx, herself, offer.folder_id, Action.READ)
        except NotFound:
            return False
        if not access.covers(folder, offer.role):
            return False
    return True


async def _invited(ws: Workspace, tx: Transaction, actor: Actor, offer: Offer) -> Made:
    """An invitation that waits; beside a weaker one to the same, not beside one that is as much."""
    now = ws.clock()
    for found in await records.same(tx, offer):
        if found.has_expired(now):
            await records.withdraw(tx, found.id, now)
        elif not is_more(offer, found.offer.role, found.offer.until, actor.today):
            return Made(Fate.WAITING, offer, found.id)
    await invite_limits.count(ws, tx, actor)
    number = await records.add(tx, offer, actor.person_id, now, now + _lasting(ws))
    await _note(ws, tx, actor, NetworkVerb.INVITED, offer)
    return Made(Fate.INVITED, offer, number, token=await _sent(ws, tx, number, offer))


async def _given(
    ws: Workspace, tx: Transaction, actor: Actor, offer: Offer, person: Person
) -> Made:
    """What somebody is given at once who has an account; a letter tells her."""
    await invite_limits.count(ws, tx, actor)
    brought = await _joined(ws, tx, actor, offer, person)
    is_given = await give_role(ws, tx, actor, offer, person)
    if is_given and person.id != actor.person_id:
        once = f"access:{offer.folder_id}:{person.id}:{actor.today}"
        kind, about = LetterKind.ACCESS_GIVEN, offer.folder_id or 0
        await mailing.queue(ws, tx, kind, person=person.id, about=about, once=once)
    if brought is None:
        return Made(Fate.GIVEN if is_given else Fate.ALREADY, offer, person=person)
    return Made(
        Fate.GIVEN,
        offer,
        person=person,
        token=brought.token,
        is_afresh=brought.is_afresh,
    )


async def _joined(
    ws: Workspace, tx: Transaction, actor: Actor, offer: Offer, person: Person
) -> people.Brought | None:
    """The offered place, given to her who has an account; None when there is none to give."""
    if offer.organisation_id is None or has_place(actor, offer, person):
        return None
    home = await organisation_records.get(tx, offer.organisation_id)
    assert home is not None
    adding = people.Adding(person.email, person.name, home.name, terms_of(offer))
    brought = await people.bring(ws, tx, actor, adding)
    once = f"place:{home.id}:{person.id}:{actor.today}"
    kind = LetterKind.PLACE_GIVEN
    await mailing.queue(ws, tx, kind, person=person.id, about=home.id, once=once)
    return brought


async def _own(tx: Transaction, actor: Actor, number: InviteId) -> Invite:
    """An invitation that waits, for those who see it on one of their lists; else `NotFound`."""
    access.act(actor)
    found = await records.waiting(tx, number)
    if found is None or not await _sees(tx, actor, found.offer):
        raise NotFound("invite")
    return found


async def _sees(tx: Transaction, actor: Actor, offer: Offer) -> bool:
    if await memberships.is_steward(tx, actor):
        return True
    try:
        if offer.folder_id is not None:
            await access.enter(tx, actor, offer.folder_id, Action.SHARE)
            return True
    except (NotFound, Forbidden):
        pass
    homes = () if offer.organisation_id is None else (offer.organisation_id,)
    return bool(await memberships.managed(tx, actor, homes))


async def _taken_up(ws: Workspace, tx: Transaction, actor: Actor, number: InviteId) -> Invite:
    found = await _own(tx, actor, number)
    await _permitted(tx, actor, found.offer)
    await invite_limits.count(ws, tx, actor)
    await records.renew(tx, number, actor.person_id, ws.clock() + _lasting(ws))
    await _note(ws, tx, actor, NetworkVerb.INVITE_RENEWED, found.offer)
    return found


async def _sent(ws: Workspace, tx: Transaction, number: InviteId, offer: Offer) -> str:
    """Have its letter leave, once a minute at most; without mail, the token of a link.

    What was sent or handed out before opens nothing any more: it may be in wrong hands.
    """
    if not mailing.is_set(ws):
        await sessions.end_links_of_invite(tx, number)
        return await mint_link(ws, tx, number)
    minute = int(ws.clock().timestamp()) // _MINUTE
    once = f"invite:{number}:{minute}"
    if await mailing.queue(ws, tx, LetterKind.INVITATION, invite=number, once=once):
        await invite_limits.count_letter(ws, tx, offer.email)
        await sessions.end_links_of_invite(tx, number)
    return ""


async def _gives_folder(tx: Transaction, actor: Actor, offer: Offer) -> bool:
    if offer.folder_id is None:
        return False
    try:
        folder = await sharing.givable(tx, actor, offer.folder_id, offer.role, offer.until)
        await access.keep_coordinated(tx, actor, folder)
    except (NotFound, Forbidden, Invalid, LastCoordinator):
        return False
    return True


async def _gives_place(tx: Transaction, actor: Actor, offer: Offer) -> bool:
    if offer.organisation_id is None:
        return False
    try:
        await memberships.givable(tx, actor, offer.organisation_id, terms_of(offer))
    except (NotFound, Forbidden, Invalid):
        return False
    return True


async def _note(
    ws: Workspace, tx: Transaction, actor: Actor, verb: NetworkVerb, offer: Offer
) -> None:
    """Who reads the network's journal need not know the folder: it is told in the folder's own."""
    facts = {"name": offer.name or offer.email}
    if offer.organisation_id is not None:
        home = await organisation_records.get(tx, offer.organisation_id)
        assert home is not None
        facts["subject"] = home.name
    await journal.note_network(tx, actor, verb, ws.clock(), **facts)


def _lasting(ws: Workspace) -> timedelta:
    return timedelta(days=ws.settings.sessions.invitation_days)


def expired(ws: Workspace, waiting: Sequence[Invite]) -> frozenset[InviteId]:
    """Those whose links open nothing any more."""
    now = ws.clock()
    return frozenset(one.id for one in waiting if one.has_expired(now))
