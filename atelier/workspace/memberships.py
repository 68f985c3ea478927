"""Places of people in organisations: taken, changed, ended, taken again.

Stewards decide on all of them; the representatives of an organisation on those in theirs,
but not on who represents it, nor for how long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from atelier import access
from atelier.database import groups, journal, organisations
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import MembershipId, OrganisationId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.organisations import has_ended
from atelier.model.people import Actor, Membership, Organisation, Person
from atelier.workspace import orphans
from atelier.workspace.place import Workspace

MAX_FUNCTION_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Terms:
    """What a place is; its first and last day are inclusive, None is open."""

    function: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    is_representative: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place, for one who may change it; `may_appoint`: also who represents."""

    person: Person
    membership: Membership
    has_ended: bool
    may_appoint: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The organisations of today in which somebody may be given a place; as in `Place`."""

    person: Person
    organisations: tuple[Organisation, ...]
    may_appoint: bool


async def look(ws: Workspace, actor: Actor, person: PersonId, number: MembershipId) -> Place:
    """A place, for those who may change it; `NotFound` for everybody else."""

    async def unit(tx: Transaction) -> Place:
        found, place = await _place(tx, person, number)
        may_appoint = await access.manage_organisation(tx, actor, place.organisation.id)
        return Place(found, place, has_ended(place, actor.today), may_appoint)

    return await ws.db.read(unit)


async def choices(ws: Workspace, actor: Actor, person: PersonId) -> Choices:
    """Where somebody may be given a place; `Forbidden` for one who may give none."""

    async def unit(tx: Transaction) -> Choices:
        found = await _person(tx, person)
        taken = {
            place.organisation.id
            for place in found.memberships
            if not has_ended(place, actor.today)
        }
        offered = await offering(tx, actor)
        if not offered:
            await access.manage(tx, actor)
        free = tuple(one for one in offered if one.id not in taken)
        return Choices(found, free, await is_steward(tx, actor))

    return await ws.db.read(unit)


async def add(
    ws: Workspace, actor: Actor, person: PersonId, organisation: OrganisationId, terms: Terms
) -> Membership:
    """Give somebody a place in an organisation, or the one back that she had there.

    `AlreadySo` when she has it or is to have it.
    """

    async def unit(tx: Transaction) -> Membership:
        may_appoint = await access.manage_organisation(tx, actor, organisation)
        found = await _person(tx, person)
        return await put(ws, tx, actor, found, organisation, terms, may_appoint=may_appoint)

    return await ws.db.write(unit)


async def change(
    ws: Workspace, actor: Actor, person: PersonId, number: MembershipId, terms: Terms
) -> Membership:
    """Write the function and the dates of a place anew; for stewards, who represents, too.

    `Invalid` for an end before the beginning, and for one that is past: see `end`.
    """

    async def unit(tx: Transaction) -> Membership:
        found, place, may_appoint = await _entered(tx, actor, person, number)
        checked = _checked(terms, earliest=_yesterday(actor), before=place)
        _check_standing(place, checked, may_appoint=may_appoint)
        return await _write(ws, tx, actor, found, place, checked)

    return await ws.db.write(unit)


async def end(
    ws: Workspace, actor: Actor, person: PersonId, number: MembershipId, last_day: date
) -> Membership:
    """End a place after a day: yesterday for somebody who has left, today or later.

    An earlier day is refused: what she did until yesterday she did for the organisation,
    and the history says so.
    """

    async def unit(tx: Transaction) -> Membership:
        found, place, _ = await _entered(tx, actor, person, number)
        return await finish(ws, tx, actor, found, place, last_day)

    return await ws.db.write(unit)


async def finish(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    person: Person,
    place: Membership,
    last_day: date,
) -> Membership:
    """`end` in a transaction, for those who manage the organisation."""
    may_appoint = await access.manage_organisation(tx, actor, place.organisation.id)
    checked = _ended(actor, place, last_day)
    _check_standing(place, checked, may_appoint=may_appoint)
    return await _write(ws, tx, actor, person, place, checked)


async def own(tx: Transaction, actor: Actor, number: MembershipId) -> Membership:
    """A place of the actor's that has not ended; `NotFound` for those of others."""
    _, place = await _place(tx, actor.person_id, number)
    if has_ended(place, actor.today):
        raise AlreadySo("membership_ended")
    return place


async def leave(
    ws: Workspace, tx: Transaction, actor: Actor, number: MembershipId, last_day: date
) -> Membership:
    """End a place of the actor's own, in a transaction: it is hers to leave, never to lengthen."""
    place = await own(tx, actor, number)
    if place.ends_on is not None and last_day > place.ends_on:
        raise Invalid("last_day", "only_sooner", place.ends_on.isoformat())
    herself = await _person(tx, actor.person_id)
    return await _write(ws, tx, actor, herself, place, _ended(actor, place, last_day))


async def put(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    person: Person,
    organisation: OrganisationId,
    terms: Terms,
    *,
    may_appoint: bool,
) -> Membership:
    """`add` in a transaction whose actor has been found to manage the organisation."""
    home = await _home(tx, actor, organisation)
    if not person.is_active:
        raise Invalid("person", "inactive_account", person.name[:80])
    checked = _givable(actor, terms, may_appoint=may_appoint)
    left = next((one for one in person.memberships if one.organisation.id == home.id), None)
    if left is None:
        return await _add(ws, tx, actor, person, home, checked)
    if not has_ended(left, actor.today):
        raise AlreadySo("membership")
    back = replace(checked, starts_on=checked.starts_on or actor.today)
    return await _write(ws, tx, actor, person, left, back)


async def givable(
    tx: Transaction, actor: Actor, organisation: OrganisationId, terms: Terms
) -> tuple[Organisation, Terms]:
    """The organisation in which she may give somebody new such a place, and the terms checked.

    Refused as `add` refuses.
    """
    may_appoint = await access.manage_organisation(tx, actor, organisation)
    home = await _home(tx, actor, organisation)
    return home, _givable(actor, terms, may_appoint=may_appoint)


async def offering(tx: Transaction, actor: Actor) -> tuple[Organisation, ...]:
    """The organisations of today whose people she may manage, by name."""
    if await is_steward(tx, actor):
        return tuple(await organisations.present(tx, actor.today))
    herself = await _person(tx, actor.person_id)
    hers = [place.organisation.id for place in herself.memberships if place.is_representative]
    may = await managed(tx, actor, hers)
    return tuple(one for one in await organisations.present(tx, actor.today) if one.id in may)


async def is_steward(tx: Transaction, actor: Actor) -> bool:
    """Whether she manages the network, for pages that offer it."""
    try:
        await access.manage(tx, actor)
    except Forbidden:
        return False
    return True


async def managed(
    tx: Transaction, actor: Actor, numbers: Iterable[OrganisationId]
) -> frozenset[OrganisationId]:
    """Those of some organisations whose people she may manage, and that are there today."""
    found = set()
    for number in numbers:
        try:
            await access.manage_organisation(tx, actor, number)
            await _home(tx, actor, number)
        except (NotFound, Invalid):
            continue
        found.add(number)
    return frozenset(found)


def widens(before: Membership | None, after: Membership) -> bool:
    """Whether a place holds, as it is written now, on a day on which it did not."""
    if before is None:
        return True
    first, last = before.starts_on, before.ends_on
    sooner = first is not None and (after.starts_on is None or after.starts_on < first)
    longer = last is not None and (after.ends_on is None or after.ends_on > last)
    return sooner or longer


async def _person(tx: Transaction, number: PersonId) -> Person:
    person = await records.living(tx, number)
    if person is None:
        raise NotFound("person")
    return person


async def _place(
    tx: Transaction, person: PersonId, number: MembershipId
) -> tuple[Person, Membership]:
    found = await _person(tx, person)
    for place in found.memberships:
        if place.id == number:
            return found, place
    raise NotFound("membership")


async def _entered(
    tx: Transaction, actor: Actor, person: PersonId, number: MembershipId
) -> tuple[Person, Membership, bool]:
    """The place and who has it, in an organisation of today; whether the actor is a steward."""
    found, place = await _place(tx, person, number)
    may_appoint = await access.manage_organisation(tx, actor, place.organisation.id)
    await _home(tx, actor, place.organisation.id)
    return found, place, may_appoint


async def _home(tx: Transaction, actor: Actor, number: OrganisationId) -> Organisation:
    """The organisation, once the actor was found to manage it, if it is there today."""
    organisation = await organisations.get(tx, number)
    assert organisation is not None
    if organisation.merged_into is not None or not organisation.is_there(actor.today):
        raise Invalid("organisation", "has_left", organisation.name[:80])
    return organisation


def _givable(actor: Actor, terms: Terms, *, may_appoint: bool) -> Terms:
    checked = _checked(terms, earliest=actor.today)
    if checked.is_representative and not may_appoint:
        raise Forbidden(access.MANAGE)
    return checked


def _checked(terms: Terms, *, earliest: date, before: Membership | None = None) -> Terms:
    """The terms as they are kept; a last day that was already so is not asked about again."""
    function = " ".join(terms.function.split())
    if len(function) > MAX_FUNCTION_CHARACTERS:
        raise Invalid("function", "too_long", function[:40])
    first, last = terms.starts_on, terms.ends_on
    is_new = before is None or before.ends_on != last
    if last is not None and last < earliest and is_new:
        raise Invalid("ends_on", "past", last.isoformat())
    if first is not None and last is not None and last < first:
        raise Invalid("ends_on", "before_start", last.isoformat())
    return replace(terms, function=function)


def _ended(actor: Actor, place: Membership, last_day: date) -> Terms:
    if has_ended(place, actor.today):
        raise AlreadySo("membership_ended")
    return _checked(replace(_terms(place), ends_on=last_day), earliest=_yesterday(actor))


def _check_standing(place: Membership, terms: Terms, *, may_appoint: bool) -> None:
    """Who represents an organisation, and until when, is for stewards to decide."""
    moves = (place.starts_on, place.ends_on) != (terms.starts_on, terms.ends_on)
    turns = place.is_representative != terms.is_representative
    if not may_appoint and (turns or (place.is_representative and moves)):
        raise Forbidden(access.MANAGE)


async def _add(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    person: Person,
    home: Organisation,
    terms: Terms,
) -> Membership:
    number = await records.add_membership(
        tx,
        person.id,
        home.id,
        function=terms.function,
        is_representative=terms.is_representative,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
    )
    place = _with(Membership(number, home, "", False), terms)
    await _note_added(ws, tx, actor, person, place)
    await _tell_widened(ws, tx, actor, person.id, None, place)
    return place


async def _write(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    person: Person,
    place: Membership,
    terms: Terms,
) -> Membership:
    written = _with(place, terms)
    comes_back = has_ended(place, actor.today) and not has_ended(written, actor.today)
    if comes_back:  # what was seated for her place went with it: somebody seats her again
        await groups.remove_seats(tx, place.id)
    await organisations.rewrite_place(tx, written)
    if comes_back:
        await _note_added(ws, tx, actor, person, written)
    else:
        await _note_changed(ws, tx, actor, person, place, written)
    await _tell_widened(ws, tx, actor, person.id, place, written)
    return written


async def _note_added(
    ws: Workspace, tx: Transaction, actor: Actor, person: Person, place: Membership
) -> None:
    facts = _facts(person, place)
    if place.ends_on is not None:
        facts["until"] = place.ends_on.isoformat()
    added = NetworkVerb.MEMBERSHIP_ADDED
    await journal.note_network(tx, actor, added, ws.clock(), **facts)
    if place.is_representative:
        await _note_standing(ws, tx, actor, person, place)


async def _note_changed(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    person: Person,
    before: Membership,
    after: Membership,
) -> None:
    if after.is_representative != before.is_representative:
        await _note_standing(ws, tx, actor, person, after)
    if replace(after, is_representative=before.is_representative) == before:
        return
    facts = _facts(person, after)
    if after.ends_on is not None and after.ends_on != before.ends_on:
        facts["until"] = after.ends_on.isoformat()
    changed = NetworkVerb.MEMBERSHIP_CHANGED
    await journal.note_network(tx, actor, changed, ws.clock(), **facts)


async def _note_standing(
    ws: Workspace, tx: Transaction, actor: Actor, person: Person, place: Membership
) -> None:
    way = "named" if place.is_representative else "unnamed"
    changed = NetworkVerb.MEMBERSHIP_CHANGED
    facts = {"name": person.name, "subject": place.organisation.name, "way": way}
    await journal.note_network(tx, actor, changed, ws.clock(), **facts)


async def _tell_widened(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    person: PersonId,
    before: Membership | None,
    after: Membership,
) -> None:
    """Tell of a place that a steward has herself from now on, or on further days."""
    home = after.organisation
    if widens(before, after):
        through = Subject(SubjectKind.ORGANISATION, home.id)
        await orphans.joined(ws, tx, actor, person, through, home.name)


def _facts(person: Person, place: Membership) -> dict[str, str]:
    facts = {"name": person.name, "subject": place.organisation.name}
    if place.function:
        facts["function"] = place.function
    if place.starts_on is not None:
        facts["since"] = place.starts_on.isoformat()
    return facts


def _terms(place: Membership) -> Terms:
    return Terms(place.function, place.starts_on, place.ends_on, place.is_representative)


def _with(place: Membership, terms: Terms) -> Membership:
    return replace(
        place,
        function=terms.function,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        is_representative=terms.is_representative,
    )


def _yesterday(actor: Actor) -> date:
    return actor.today - timedelta(days=1)
