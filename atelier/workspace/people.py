"""The directory: who is in it, somebody's sheet, and bringing people in.

`signing_in` and `accounts` speak here too: for doors and commands, all of it is people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from atelier import access
from atelier.database import contacts, groups, journal
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model import names
from atelier.model.contacts import NOTHING_SHOWN, Shown
from atelier.model.ids import OrganisationId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor, Group, Organisation, Person, Seat
from atelier.workspace import mailing, memberships
from atelier.workspace.accounts import allow_top_folders as allow_top_folders
from atelier.workspace.accounts import give_link, start_afresh
from atelier.workspace.accounts import issue_link as issue_link
from atelier.workspace.entering import STEP_MINUTES as STEP_MINUTES
from atelier.workspace.entering import Entry as Entry
from atelier.workspace.entering import Visitor as Visitor
from atelier.workspace.links import check_may_invite as check_may_invite
from atelier.workspace.links import look_at_link as look_at_link
from atelier.workspace.links import start_link as start_link
from atelier.workspace.links import use_link as use_link
from atelier.workspace.place import Workspace
from atelier.workspace.signing_in import LANGUAGES as LANGUAGES
from atelier.workspace.signing_in import MAX_EMAIL_CHARACTERS as MAX_EMAIL_CHARACTERS
from atelier.workspace.signing_in import act_as as act_as
from atelier.workspace.signing_in import actor as actor
from atelier.workspace.signing_in import form_token as form_token
from atelier.workspace.signing_in import network as network
from atelier.workspace.signing_in import session as session
from atelier.workspace.signing_in import set_language as set_language
from atelier.workspace.signing_in import sign_in as sign_in
from atelier.workspace.signing_in import sign_out as sign_out

PAGE_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Directory:
    """A window of the people, and the organisations and groups, that answer to some words.

    `total` counts the people who do, `pages` from 1. `offered` are the organisations into
    which the one who looks may bring somebody, `may_manage` whether she is a steward.
    `shown` is how she may reach each of the people.
    """

    people: tuple[Person, ...]
    total: int
    page: int
    pages: int
    organisations: tuple[Organisation, ...]
    groups: tuple[Group, ...]
    offered: tuple[Organisation, ...]
    may_manage: bool
    shown: Mapping[PersonId, Shown] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Somebody, where she sits today, and what the one who looks may do about her.

    `managed` are those of her organisations whose places may be changed; `may_add` is
    whether she may be given one more, `may_invite` a link; `may_manage` is for stewards.
    `shown` is how the one who looks may reach her, `has_proved_email` whether she has shown, by a
    link out of a letter, that the address is hers; where no letter leaves nobody is asked to.
    """

    person: Person
    seats: tuple[Seat, ...]
    may_open_top: bool
    managed: frozenset[OrganisationId]
    may_add: bool
    may_invite: bool
    may_manage: bool
    shown: Shown = NOTHING_SHOWN
    has_proved_email: bool = True


@dataclass(frozen=True, slots=True)
class Brought:
    """Somebody who was brought in, and the token of her link, "" for none.

    `is_afresh`: her account was there already, and the password it had is void.
    """

    person: Person
    token: str
    is_afresh: bool = False


@dataclass(frozen=True, slots=True)
class Adding:
    """Someone to add, checked; to the organisation of this name, or to none."""

    email: str
    name: str
    organisation: str | None
    terms: memberships.Terms


async def look(ws: Workspace, actor: Actor, number: PersonId) -> Sheet:
    """All that the directory knows of somebody, for anyone signed in."""

    async def unit(tx: Transaction) -> Sheet:
        person = await records.living(tx, number)
        if person is None:
            raise NotFound("person")
        homes = {place.organisation.id for place in person.memberships}
        may_manage = await memberships.is_steward(tx, actor)
        return Sheet(
            person,
            tuple(await records.seats(tx, number, actor.today)),
            await records.may_open_top(tx, number),
            await memberships.managed(tx, actor, homes),
            person.is_active and (may_manage or await _may_add(tx, actor, person)),
            person.is_active and await _may_invite(tx, actor, person),
            may_manage,
            (await contacts.shown(tx, actor, [number]))[number],
            not mailing.is_set(ws) or await records.has_proved_email(tx, number),
        )

    return await ws.db.read(unit)


async def listed(ws: Workspace, actor: Actor, *, words: str = "", page: int = 1) -> Directory:
    """A page of the directory, for anyone signed in; stewards see closed accounts too.

    `words` stand in a name, an address that she may know or the name of an organisation. A
    page after the last is the last. The same number of statements whatever the number of people.
    """
    folded = names.sort_key(words)

    async def unit(tx: Transaction) -> Directory:
        everywhere = await records.organisations(tx)
        answering = tuple(one for one in everywhere if folded in names.sort_key(one.name))
        may_manage = await memberships.is_steward(tx, actor)
        found = tuple(one.id for one in answering) if words else ()
        sought = records.Sought(words, found, is_active=not may_manage)
        total = await records.count(tx, actor, sought)
        pages = max(1, -(-total // PAGE_PEOPLE))
        shown = min(page, pages)
        offset = (shown - 1) * PAGE_PEOPLE
        sitting = await groups.everyone(tx, actor.today)
        window = await records.listed(tx, actor, sought, offset=offset, limit=PAGE_PEOPLE)
        return Directory(
            tuple(window),
            total,
            shown,
            pages,
            answering,
            tuple(one for one in sitting if folded in names.sort_key(one.name)),
            await memberships.offering(tx, actor),
            may_manage,
            await contacts.shown(tx, actor, [one.id for one in window]),
        )

    return await ws.db.read(unit)


async def directory(ws: Workspace, actor: Actor) -> tuple[list[Organisation], list[Person]]:
    """The organisations and active people of the network, by name, for anyone signed in."""

    async def unit(tx: Transaction) -> tuple[list[Organisation], list[Person]]:
        everyone = await records.people(tx)
        return await records.organisations(tx), [one for one in everyone if one.is_active]

    return await ws.db.read(unit)


async def add_organisation(
    ws: Workspace, actor: Actor, name: str, *, kind: str = ""
) -> Organisation:
    """A new member organisation; for stewards. `AlreadySo` when one has this name."""
    clean = names.checked(name)

    async def unit(tx: Transaction) -> Organisation:
        await access.manage(tx, actor)
        if await records.organisation_named(tx, clean):
            raise AlreadySo("organisation")
        number = await records.add_organisation(tx, clean, kind.strip(), ws.clock())
        added = NetworkVerb.ORGANISATION_ADDED
        await journal.note_network(tx, actor, added, ws.clock(), subject=clean)
        return Organisation(number, clean, kind.strip())

    return await ws.db.write(unit)


async def add_person(
    ws: Workspace,
    actor: Actor,
    email: str,
    *,
    name: str,
    organisation: str | None = None,
    function: str = "",
    is_representative: bool = False,
) -> Person:
    """A person, with her place in an organisation when one is named; for stewards.

    Someone already known by this address gets a further place, under the name she has;
    `AlreadySo` when there is nothing to add.
    """
    terms = memberships.Terms(function, is_representative=is_representative)
    adding = Adding(checked_email(email), names.checked(name), organisation, terms)

    async def unit(tx: Transaction) -> Person:
        await access.manage(tx, actor)
        return (await _add(ws, tx, actor, adding)).person

    return await ws.db.write(unit)


async def bring_in(
    ws: Workspace,
    actor: Actor,
    email: str,
    *,
    name: str,
    organisation: str | None = None,
    function: str = "",
) -> Brought:
    """`add_person`, and the token of her one-time link in the same transaction.

    For stewards, and for the representatives of the organisation. The token is "" for
    someone who keeps her password, and for whom the actor may hand out no link.

    An account without a place today that a *steward* brings in starts afresh: a password
    that it has may be that of a representative who prepared the address, used its link
    herself and ended the place, and she would wait there for what the new one opens. It is
    no loss to a guest with grants in her own name, for the steward hands her the link.
    A *representative* voids no password: with the link she would take over the name and the
    past of a guest, and without it shut her out. Nor is a steward's voided, who may be the
    only one, bringing herself in.
    """
    terms = memberships.Terms(function)
    adding = Adding(checked_email(email), names.checked(name), organisation, terms)
    return await ws.db.write(lambda tx: bring(ws, tx, actor, adding))


async def bring(ws: Workspace, tx: Transaction, actor: Actor, adding: Adding) -> Brought:
    """`bring_in`, in a transaction that does more."""
    added = await _add(ws, tx, actor, adding)
    person = added.person
    if await records.has_a_way_in(tx, person.id):
        if not added.was_guest or person.is_steward:
            return Brought(person, "")
        if not await memberships.is_steward(tx, actor):
            return Brought(person, "")
        return Brought(person, await start_afresh(ws, tx, actor, person), is_afresh=True)
    if not added.is_new and not await _may_invite(tx, actor, person):
        return Brought(person, "")
    return Brought(person, await give_link(ws, tx, actor, person))


def checked_email(email: str) -> str:
    """The address as given, without surrounding spaces, or `Invalid`.

    One `@` between two parts without spaces or controls is asked for, no more: the
    link that reaches its reader is the real proof.
    """
    address = email.strip()
    local, at, domain = address.rpartition("@")
    is_plain = address.isprintable() and not any(character.isspace() for character in address)
    if not (local and at and domain and is_plain and "@" not in local):
        raise Invalid("email", "not_an_address", address[:80])
    if len(address) > MAX_EMAIL_CHARACTERS:
        raise Invalid("email", "too_long", address[:80])
    return address


@dataclass(frozen=True, slots=True)
class _Added:
    """Someone who is in the directory now; `is_new` when she was not before.

    `was_guest` when she was, without a place that day.
    """

    person: Person
    is_new: bool
    was_guest: bool


async def _add(ws: Workspace, tx: Transaction, actor: Actor, adding: Adding) -> _Added:
    home, may_appoint = await _home(tx, actor, adding.organisation)
    known = await records.person_by_email(tx, adding.email)
    if known is not None and home is None:
        raise AlreadySo("person")
    if known is not None and not known.is_active:
        raise Invalid("email", "inactive_account", adding.email[:80])
    person = known or await _enrol(ws, tx, actor, adding)
    if home is not None:
        place = await memberships.put(
            ws, tx, actor, person, home, adding.terms, may_appoint=may_appoint
        )
        others = tuple(one for one in person.memberships if one.id != place.id)
        person = replace(person, memberships=(*others, place))
    return _Added(person, known is None, known is not None and known.is_guest(actor.today))


async def _enrol(ws: Workspace, tx: Transaction, actor: Actor, adding: Adding) -> Person:
    number = await records.add_person(tx, adding.email, adding.name, ws.clock())
    added = NetworkVerb.PERSON_ADDED
    await journal.note_network(tx, actor, added, ws.clock(), name=adding.name)
    return Person(number, adding.name, adding.email, is_steward=False, is_active=True)


async def _home(
    tx: Transaction, actor: Actor, name: str | None
) -> tuple[OrganisationId | None, bool]:
    """The organisation of this name, whose people the actor manages; whether as a steward."""
    found = None if name is None else await records.organisation_named(tx, name)
    if found is not None:
        return found.id, await access.manage_organisation(tx, actor, found.id)
    await access.manage(tx, actor)
    if name is not None:
        raise Invalid("organisation", "unknown", name[:80])
    return None, True


async def _may_add(tx: Transaction, actor: Actor, person: Person) -> bool:
    present = {place.organisation.id for place in person.places(actor.today)}
    return any(one.id not in present for one in await memberships.offering(tx, actor))


async def _may_invite(tx: Transaction, actor: Actor, person: Person) -> bool:
    try:
        await check_may_invite(tx, actor, person)
    except (Forbidden, NotFound):
        return False
    return True
