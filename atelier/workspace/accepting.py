"""The link of an invitation: opened without being used, accepted once, by one person.

What is given is what the inviter could give on that very day. A link out of a letter proves that
its bearer reads those to that address, and that is all it proves: with it somebody who is not here
yet makes her account. One who has an account takes the invitation after signing in to it, for
whoever was handed the letter must not change what that account belongs to. A link that was
handed over proves nothing: the address of an account made by it stays one that nobody proved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from atelier import access
from atelier.database import invites as records
from atelier.database import journal, sessions
from atelier.database import people as people_records
from atelier.database.engine import Transaction
from atelier.database.sessions import Purpose
from atelier.errors import AlreadySo, Forbidden, LinkSpent, NotFound
from atelier.model import names
from atelier.model.folders import Action, Role
from atelier.model.ids import FolderId, InviteId, OrganisationId, PersonId
from atelier.model.invites import Invite, Offer, Shown
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor, Person, Proof
from atelier.workspace import entering, invites, memberships, passkeys
from atelier.workspace.entering import Entry, Visitor
from atelier.workspace.passwords import accepted
from atelier.workspace.place import Workspace, today


@dataclass(frozen=True, slots=True)
class Accepted:
    """What she was invited to and has now; `entry` begins her visit."""

    entry: Entry
    folder_id: FolderId | None
    organisation_id: OrganisationId | None


async def look(ws: Workspace, token: str) -> Shown:
    """What a link invites to, without using it: mail scanners open links too.

    `LinkSpent` alike for one that never was, was used, withdrawn or has ended, and for one
    whose inviter could give nothing of it today.
    """

    async def unit(tx: Transaction) -> Shown:
        opened = await _opened(ws, tx, token)
        offer, found = opened.offer, opened.invite
        return Shown(
            offer,
            found.organisation if offer.organisation_id is not None else "",
            found.folder if offer.folder_id is not None else "",
            found.inviter,
            await invites.home_of(ws, tx, found.invited_by),
            found.expires_at,
            await people_records.person_by_email(tx, offer.email) is not None,
            opened.is_mailed,
        )

    return await ws.db.read(unit)


async def accept(ws: Workspace, token: str, name: str, password: str, visitor: Visitor) -> Accepted:
    """Make the account of somebody who was invited, with all she was invited to; she is in.

    Others of the same inviter that wait for her address are hers too; those of somebody else
    wait for their own link, for this one may have been handed over by who made it. `LinkSpent`
    as for `look`, and for the second of two who use a link at once; `AlreadySo` when the address
    has an account.
    """
    offer = (await look(ws, token)).offer
    called = names.checked(name, field="person_name")
    chosen = accepted(password, known=(offer.email, called))
    password_hash = await ws.passwords.hash(chosen)

    async def unit(tx: Transaction) -> Accepted:
        opened = await _of_newcomer(ws, tx, token)
        number = await people_records.add_person(tx, opened.offer.email, called, ws.clock())
        await people_records.set_password(tx, number, password_hash)
        return await _welcomed(ws, tx, opened, number, visitor, Proof.PASSWORD)

    return await ws.db.write(unit)


async def ask_passkey(ws: Workspace, token: str, name: str, visitor: Visitor) -> str:
    """What a browser must sign for `accept_by_passkey`, as JSON; nothing is used or made by it.

    The same whether the address has an account or not: only accepting tells. `LinkSpent` as for
    `look`, `Invalid` for a name that is none, `TooMany` by the network address.
    """
    called = names.checked(name, field="person_name")

    async def unit(tx: Transaction) -> str:
        email = (await _opened(ws, tx, token)).offer.email
        owner = passkeys.Owner(email, called, passkeys.handle_through(token))
        return await passkeys.ask_newcomer(ws, tx, owner, token, visitor)

    return await ws.db.write(unit)


async def accept_by_passkey(
    ws: Workspace, token: str, name: str, answer: str, visitor: Visitor
) -> Accepted:
    """`accept`, with the passkey that her browser made instead of a password.

    The account has none then. `BadProof` for what was not asked through this very link, or is
    not verified: the link is as it was.
    """
    called = names.checked(name, field="person_name")
    await look(ws, token)
    made = await passkeys.made_by_newcomer(ws, token, answer)

    async def unit(tx: Transaction) -> Accepted:
        opened = await _of_newcomer(ws, tx, token)
        number = await people_records.add_person(tx, opened.offer.email, called, ws.clock())
        await passkeys.give_newcomer(ws, tx, number, made, token, visitor)
        return await _welcomed(ws, tx, opened, number, visitor, Proof.PASSKEY)

    return await ws.db.write(unit)


async def take(ws: Workspace, actor: Actor, token: str) -> Offer:
    """What of an invitation was given to one who has the account of its address.

    `Forbidden` for an account of another address, `LinkSpent` as for `look`.
    """

    async def unit(tx: Transaction) -> Offer:
        access.act(actor)
        opened = await _opened(ws, tx, token)
        person = await _person(tx, actor.person_id)
        if names.key(person.email) != names.key(opened.offer.email):
            raise Forbidden(access.MANAGE)
        await _honoured(ws, tx, opened, person)
        return opened.offer

    return await ws.db.write(unit)


async def gained(
    ws: Workspace, actor: Actor, token: str
) -> tuple[FolderId | None, OrganisationId | None]:
    """What of a link that she used is hers to see today; `LinkSpent` for any other link."""

    async def unit(tx: Transaction) -> tuple[FolderId | None, OrganisationId | None]:
        found = await records.given(tx, sessions.hashed(token), actor.person_id)
        if found is None:
            raise LinkSpent
        folder, organisation = found
        try:
            if folder is not None:
                await access.enter(tx, actor, folder, Action.READ)
        except NotFound:
            folder = None
        return folder, organisation

    return await ws.db.read(unit)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An invitation, what of it stands today, and who gives it.

    `is_mailed`: the link that opened it came by a letter, so that its bearer reads those to its
    address.
    """

    invite: Invite
    offer: Offer
    giver: Actor
    is_mailed: bool = False

    @property
    def strength(self) -> tuple[int, date]:
        """How much it gives: its role, then how long."""
        return list(Role).index(self.offer.role), self.offer.until or date.max


async def _opened(ws: Workspace, tx: Transaction, token: str) -> _Opened:
    link = await sessions.link(tx, sessions.hashed(token), ws.clock(), Purpose.INVITE)
    found = None
    if link is not None and link.invite_id is not None:
        found = await records.waiting(tx, InviteId(link.invite_id))
    if found is None or found.has_expired(ws.clock()):
        raise LinkSpent
    stands = await invites.standing(ws, tx, found)
    if stands is None:
        raise LinkSpent
    assert link is not None
    return _Opened(found, *stands, is_mailed=link.is_mailed)


async def _all_hers(ws: Workspace, tx: Transaction, opened: _Opened) -> list[_Opened]:
    """What one link brings: all that its inviter offers its address, the strongest role first."""
    found = [opened]
    for other in await records.of_address(tx, opened.offer.email, ws.clock()):
        stands = await invites.standing(ws, tx, other)
        is_hers = other.invited_by == opened.invite.invited_by
        if other.id != opened.invite.id and is_hers and stands is not None:
            found.append(_Opened(other, *stands))
    return sorted(found, key=lambda one: one.strength, reverse=True)


async def _of_newcomer(ws: Workspace, tx: Transaction, token: str) -> _Opened:
    """An invitation of somebody who has no account; `AlreadySo` for one who has."""
    opened = await _opened(ws, tx, token)
    if await people_records.person_by_email(tx, opened.offer.email) is not None:
        raise AlreadySo("person")
    return opened


async def _welcomed(
    ws: Workspace,
    tx: Transaction,
    opened: _Opened,
    number: PersonId,
    visitor: Visitor,
    proof: Proof,
) -> Accepted:
    """A new account with all it was invited to by that inviter, and its first session."""
    person = await _person(tx, number)
    for one in await _all_hers(ws, tx, opened):
        person = await _honoured(ws, tx, one, person)
    entry = await entering.begin(ws, tx, person, visitor, proof=proof)
    return Accepted(entry, opened.offer.folder_id, opened.offer.organisation_id)


async def _honoured(ws: Workspace, tx: Transaction, opened: _Opened, person: Person) -> Person:
    """She as she is with what she was offered; the invitation is over, its links spent."""
    offer, giver = opened.offer, opened.giver
    if opened.is_mailed:
        await people_records.set_email_proved(tx, person.id, ws.clock())
    if offer.organisation_id is not None and not invites.has_place(giver, offer, person):
        place = await memberships.put(
            ws,
            tx,
            giver,
            person,
            offer.organisation_id,
            invites.terms_of(offer),
            may_appoint=await memberships.is_steward(tx, giver),
        )
        others = tuple(one for one in person.memberships if one.id != place.id)
        person = replace(person, memberships=(*others, place))
    await invites.give_role(ws, tx, giver, offer, person)
    await records.accept(tx, opened.invite.id, person.id, ws.clock())
    herself = await entering.actor_of(tx, person, today(ws))
    facts = {"name": opened.invite.inviter}
    taken = NetworkVerb.INVITE_ACCEPTED
    await journal.note_network(tx, herself, taken, ws.clock(), **facts)
    return person


async def _person(tx: Transaction, number: int) -> Person:
    person = await people_records.person(tx, number)
    assert person is not None
    return person
