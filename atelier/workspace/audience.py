"""Who sees a folder or a document, each person with her reasons; and why someone does not.

Only the rule decides who is here: `access.REACHED` and `access.enter`. What is said about
somebody whom the rule keeps out explains its answer, and never makes one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from atelier import access
from atelier.database import audience as records
from atelier.database import folders
from atelier.database import people as directory
from atelier.database import sharing as grants
from atelier.database.audience import Reached, Step
from atelier.database.engine import Transaction
from atelier.errors import Invalid, NotFound
from atelier.model import names
from atelier.model.audience import Miss, NearMiss, Reason, Verdict, Viewer
from atelier.model.documents import Document
from atelier.model.folders import Action, Crumb, Folder, Grant, Role
from atelier.model.ids import DocumentId, FolderId, GrantId, PersonId
from atelier.model.people import Actor, Membership, Person
from atelier.workspace import documents, sharing
from atelier.workspace.place import Workspace
from atelier.workspace.sharing import Audience

PAGE_PEOPLE: Final = 100


@dataclass(frozen=True, slots=True)
class People:
    """Those who see a folder, by name: one page of `pages`, of `total` that were asked for."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    people: tuple[Viewer, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Why:
    """The answer about someone, None before anybody was named; `addresses` to name her by."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    addresses: tuple[tuple[str, str], ...]
    verdict: Verdict | None


async def of_document(
    ws: Workspace, actor: Actor, document_id: DocumentId
) -> tuple[Document, Audience]:
    """A document and who can see it: those who see its folder."""

    async def unit(tx: Transaction) -> tuple[Document, Audience]:
        folder, document = await documents.enter(tx, actor, document_id, Action.READ)
        return document, await sharing.about(tx, actor, folder)

    return await ws.db.read(unit)


async def people(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId,
    *,
    contains: str = "",
    role: Role | None = None,
    page: int | None = 1,
) -> People:
    """Everybody who sees a folder today, and why, for those who share it.

    Kept are those whose name, address or organisation holds `contains` and whose highest
    role is `role`. A page is `PAGE_PEOPLE`, one beyond the last is the last; None is all.
    """

    async def unit(tx: Transaction) -> People:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        found = await records.reached(tx, actor, folder.id)
        words = names.sort_key(contains.strip())
        placed = await _placed(tx, actor, words) if words else frozenset()
        kept = _sorted(_kept(found, placed, words, role))
        pages = 1 if page is None else max(1, -(-len(kept) // PAGE_PEOPLE))
        number = min(page or 1, pages)
        shown = kept if page is None else kept[(number - 1) * PAGE_PEOPLE : number * PAGE_PEOPLE]
        viewers = await _viewers(tx, actor, folder, shown)
        return People(folder, crumbs, viewers, len(kept), number, pages)

    return await ws.db.read(unit)


async def why(ws: Workspace, actor: Actor, folder_id: FolderId, whom: PersonId | str | None) -> Why:
    """Whether someone, by her number or her address, sees a folder; for those who share it.

    `NotFound` for a number of nobody, `Invalid` for such an address. None asks about nobody.
    """

    async def unit(tx: Transaction) -> Why:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        person = None if whom is None else await _person(tx, whom)
        return Why(
            folder,
            tuple(await folders.crumbs(tx, actor, folder.id)),
            await sharing.addresses(tx, actor),
            None if person is None else await _verdict(tx, actor, folder, person),
        )

    return await ws.db.read(unit)


async def _placed(tx: Transaction, actor: Actor, words: str) -> frozenset[PersonId]:
    """Those of the organisations whose name holds the words."""
    named = [number for number, name in await records.organisations(tx) if words in _key(name)]
    return await records.placed_in(tx, actor.today, named) if named else frozenset()


def _kept(
    found: Iterable[Reached], placed: frozenset[PersonId], words: str, role: Role | None
) -> list[Reached]:
    return [
        one
        for one in found
        if (role is None or one.role is role)
        and (words in _key(one.name) or words in _key(one.email) or one.id in placed)
    ]


def _sorted(found: Iterable[Reached]) -> list[Reached]:
    return sorted(found, key=lambda one: (_key(one.name), one.id))


def _key(text: str) -> str:
    # As `sort_key` says it, at a tenth of the cost: most names have no accent.
    return text.casefold() if text.isascii() else names.sort_key(text)


async def _viewers(
    tx: Transaction, actor: Actor, folder: Folder, shown: Sequence[Reached]
) -> tuple[Viewer, ...]:
    if not shown:
        return ()
    few = [one.id for one in shown] if len(shown) <= PAGE_PEOPLE else None
    known = await _grants(tx, actor, folder)
    through = await records.reasons(tx, folder.id, actor.today, few)
    places = await records.places(tx, actor.today, few)
    return tuple(
        Viewer(
            one.id,
            one.name,
            one.email,
            one.is_steward,
            one.role,
            places.get(one.id, ()),
            _reasons(known, through[one.id]),
        )
        for one in shown
    )


async def _grants(
    tx: Transaction, actor: Actor, folder: Folder
) -> dict[GrantId, tuple[int, Grant]]:
    """The grants that open the folder, each with its place: the strongest first, then its own."""
    ranks = list(Role)
    found = await grants.reaching(tx, actor, folder.id)
    found.sort(key=lambda one: -ranks.index(one.role))
    return {one.id: (place, one) for place, one in enumerate(found)}


def _reasons(
    known: Mapping[GrantId, tuple[int, Grant]], through: Iterable[tuple[GrantId, str]]
) -> tuple[Reason, ...]:
    """In the order of the grants."""
    found = sorted(through, key=lambda one: (known[one[0]][0], one[1]))
    return tuple(Reason(known[number][1], organisation) for number, organisation in found)


async def _person(tx: Transaction, whom: PersonId | str) -> Person:
    if isinstance(whom, str):
        found = await directory.person_by_email(tx, whom)
        if found is None:
            raise Invalid("email", "unknown_address", whom[:80])
        return found
    known = await directory.living(tx, whom)
    if known is None:
        raise NotFound("person")
    return known


async def _verdict(tx: Transaction, actor: Actor, folder: Folder, person: Person) -> Verdict:
    her = Actor(person.id, person.name, False, False, None, None, actor.today)
    places = [one for one in person.memberships if one.holds(actor.today)]
    organisations = tuple(one.organisation for one in places)
    if not await _enters(tx, her, folder.id):
        misses = await _misses(tx, actor, folder, person, her)
        return Verdict(person, None, misses=misses, organisations=organisations)
    known = await _grants(tx, actor, folder)
    through = await records.reasons(tx, folder.id, actor.today, [person.id])
    reasons = _reasons(known, through[person.id])
    blind_as = [
        one
        for one in organisations
        if not await _enters(tx, dataclasses.replace(her, acting_as=one.id), folder.id)
    ]
    return Verdict(
        person,
        reasons[0].grant.role,
        reasons,
        organisations=organisations,
        blind_as=tuple(blind_as),
    )


async def _enters(tx: Transaction, actor: Actor, folder: FolderId) -> bool:
    try:
        await access.enter(tx, actor, folder, Action.READ)
    except NotFound:
        return False
    return True


async def _misses(
    tx: Transaction, actor: Actor, folder: Folder, person: Person, her: Actor
) -> tuple[NearMiss, ...]:
    """What keeps her out, as far as the one who asks may know of it.

    Of folders that the asker may not share, only the grants that her own list shows.
    """
    found = [] if person.is_active else [NearMiss(Miss.ACCOUNT_INACTIVE)]
    way = await records.way_up(tx, actor, folder.id, Action.SHARE)
    shared = {step.id for step in way if step.is_allowed}
    listed = {one.id for one in await grants.reaching(tx, actor, folder.id)}
    places = {one.id: one for one in person.memberships}
    concerning = [
        (grant, places[place] if place else None)
        for grant, place in await records.concerning(tx, actor, folder.id, person.id)
        if grant.id in listed or grant.folder_id in shared
    ]
    for grant, place in concerning:
        found += _obstacles(grant, place, actor)
    closed = _stopped(way, await records.way_up(tx, her, folder.id, Action.READ))
    if not concerning and closed is None:
        found.append(NearMiss(Miss.NOTHING))
    # Said whether or not there is anything above: its absence would tell, too.
    found.append(closed or NearMiss(Miss.ABOVE))
    return tuple(_told_once(found))


def _obstacles(grant: Grant, place: Membership | None, actor: Actor) -> list[NearMiss]:
    """What this grant that is or was hers lacks today."""
    today, found = actor.today, []
    if grant.until is not None and grant.until < today:
        found.append(NearMiss(Miss.GRANT_ENDED, grant.until, grant=grant))
    if place is None or place.holds(today):
        return found
    organisation = place.organisation
    if not organisation.is_there(today):
        miss, on = Miss.ORGANISATION_LEFT, organisation.ends_on
    elif place.ends_on is not None and place.ends_on < today:
        miss, on = Miss.PLACE_ENDED, place.ends_on
    else:
        miss, on = Miss.PLACE_BEGINS, place.starts_on
    return [*found, NearMiss(miss, on, organisation.name, grant)]


def _stopped(way: Sequence[Step], hers: Sequence[Step]) -> NearMiss | None:
    """The nearest folder above that she sees and the asker shares: its grants stop before here.

    Named is what the asker may share.
    """
    closed: Step | None = None
    for step, seen in zip(way, hers, strict=True):
        if closed is not None and step.is_allowed and seen.is_allowed:
            name = closed.name if closed.is_allowed else ""
            return NearMiss(Miss.CLOSED, above=step.name, closed=name)
        if closed is None and step.is_closed:
            closed = step
    return None


def _told_once(found: Iterable[NearMiss]) -> Iterable[NearMiss]:
    """Each place once, by the first grant that hangs on it; a grant's end each time."""
    told: set[tuple[Miss, str]] = set()
    for one in found:
        fact = (one.miss, one.organisation)
        if one.miss is Miss.GRANT_ENDED or fact not in told:
            told.add(fact)
            yield one
