"""Random networks, the same network written as rows, and what may change in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st

from atelier.database import folders as records
from atelier.database.engine import Transaction
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from tests.oracle import CARRIES, Asker, Grant, Network, Place

TODAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
PEOPLE, ORGANISATIONS, GROUPS, FOLDERS = 3, 3, 2, 8
MAIN = OrganisationId(1)

days = st.sampled_from([None, None, None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1)])
roles = st.sampled_from([*CARRIES, "coordinator"])
organisations = st.integers(1, ORGANISATIONS)
people = st.integers(1, PEOPLE)
subjects = st.one_of(
    st.just(("network", 0)),
    st.tuples(st.just("person"), people),
    st.tuples(st.just("organisation"), organisations),
    st.tuples(st.just("group"), st.integers(1, GROUPS)),
)


def everyone() -> list[tuple[str, int]]:
    """As whom one may look; the last number of each kind is nobody's."""
    return [
        *(("organisation", number) for number in range(1, ORGANISATIONS + 2)),
        *(("person", number) for number in range(1, PEOPLE + 2)),
    ]


looks = st.sampled_from(everyone())


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """People with places and seats, a tree with closings and removals, and grants on it."""
    size = draw(st.integers(1, FOLDERS))
    folders = st.integers(1, size)
    places = draw(placings())
    memberships = [place.membership for held in places.values() for place in held]
    seats = (
        st.dictionaries(st.sampled_from(memberships), st.booleans()) if memberships else st.just({})
    )
    keys = draw(st.lists(st.tuples(folders, subjects), unique=True, min_size=1, max_size=9))
    ends = draw(st.dictionaries(organisations, days, max_size=1))
    return Network(
        today=TODAY,
        parents={
            folder: draw(st.one_of(st.none(), st.integers(1, folder - 1))) if folder > 1 else None
            for folder in range(1, size + 1)
        },
        closed=draw(st.sets(folders, max_size=2)),
        grants=[Grant(folder, subject, draw(roles), draw(days)) for folder, subject in keys],
        places=places,
        disabled=draw(st.sets(people, max_size=1)),
        stewards=draw(st.sets(people, max_size=2)),
        organisations=set(range(1, ORGANISATIONS + 1)),
        ended={organisation: day for organisation, day in ends.items() if day is not None},
        seats={group: draw(seats) for group in range(1, GROUPS + 1)},
    )


@st.composite
def placings(draw: st.DrawFn) -> dict[int, list[Place]]:
    """Who has which places."""
    places: dict[int, list[Place]] = {person: [] for person in range(1, PEOPLE + 1)}
    pairs = [(person, one) for person in places for one in range(1, ORGANISATIONS + 1)]
    numbers = count(1)
    for person, organisation in draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6)):
        place = Place(next(numbers), organisation, draw(days), draw(days), draw(st.booleans()))
        places[person].append(place)
    return places


@st.composite
def casts(draw: st.DrawFn) -> tuple[Network, list[Asker]]:
    """A network, with everyone as herself, and some who act as one or look as another."""
    net = draw(networks())
    hers = {person: [one.organisation for one in places] for person, places in net.places.items()}
    found = [Asker(person) for person in net.places]
    for _ in range(draw(st.integers(3, 8))):
        person = draw(people)
        # Mostly as one of her own organisations: the others leave her with little.
        chosen = draw(st.sampled_from([None, *hers[person] * 2, *net.organisations]))
        found.append(Asker(person, chosen, draw(st.one_of(st.none(), looks, looks))))
    return net, found


def actor_of(asker: Asker) -> Actor:
    """An actor as the door makes it."""
    chosen = None if asker.acting_as is None else OrganisationId(asker.acting_as)
    seeing = asker.seeing and Subject(SubjectKind(asker.seeing[0]), asker.seeing[1])
    return Actor(PersonId(asker.person), "", False, False, MAIN, chosen, TODAY, seeing)


@dataclass(frozen=True)
class Change:
    """A closing, an opening or a move of a folder."""

    folder: int
    kind: str
    parent: int | None


changes = st.lists(
    st.builds(
        Change,
        st.integers(1, FOLDERS),
        st.sampled_from(["close", "open", "move"]),
        st.one_of(st.none(), st.integers(1, FOLDERS)),
    ),
    max_size=4,
)


async def apply(tx: Transaction, net: Network, changed: list[Change]) -> None:
    """Each change in the records and in the oracle's tree; a move below itself is none."""
    for change in changed:
        folder, parent = FolderId(change.folder), change.parent
        if folder not in net.parents or (change.kind == "move" and below(net, parent, folder)):
            continue
        if change.kind == "move":
            if parent is not None and parent not in net.parents:
                continue
            await records.move(tx, folder, None if parent is None else FolderId(parent))
            net.parents[folder] = parent
        else:
            await records.set_closed(tx, folder, is_closed=change.kind == "close")
            (net.closed.add if change.kind == "close" else net.closed.discard)(folder)


def below(net: Network, folder: int | None, top: int) -> bool:
    """Whether a folder is `top` or stands somewhere in it."""
    while folder is not None and folder != top:
        folder = net.parents.get(folder)
    return folder == top


async def write_down(tx: Transaction, net: Network) -> None:
    """The network as rows; folders through the records, which write the reach."""
    await tx.many(
        "INSERT INTO people (id, email, email_key, name, is_steward, disabled_at, created_at)"
        " VALUES (:id, :id, :id, :id, :steward, :disabled, 0)",
        [
            {"id": one, "steward": one in net.stewards,
             "disabled": 0 if one in net.disabled else None}
            for one in net.places
        ],
    )  # fmt: skip
    await tx.many(
        "INSERT INTO organisations (id, name, name_key, ends_on, created_at)"
        " VALUES (:id, :id, :id, :ends, 0)",
        [{"id": one, "ends": iso(net.ended.get(one))} for one in net.organisations],
    )
    await tx.many(
        "INSERT INTO memberships"
        " (id, person_id, organisation_id, is_representative, starts_on, ends_on)"
        " VALUES (:id, :person, :organisation, :represents, :starts, :ends)",
        [
            {"id": one.membership, "person": person, "organisation": one.organisation,
             "represents": one.represents, "starts": iso(one.starts), "ends": iso(one.ends)}
            for person, places in net.places.items()
            for one in places
        ],
    )  # fmt: skip
    await _write_groups(tx, net)
    await _write_folders(tx, net)


async def _write_groups(tx: Transaction, net: Network) -> None:
    await tx.many(
        "INSERT INTO groups (id, name, name_key, created_at) VALUES (:id, :id, :id, 0)",
        [{"id": group} for group in net.seats],
    )
    await tx.many(
        "INSERT INTO group_members (group_id, membership_id, is_coordinator)"
        " VALUES (:group, :membership, :coordinates)",
        [
            {"group": one, "membership": seat, "coordinates": coordinates}
            for one, seats in net.seats.items()
            for seat, coordinates in seats.items()
        ],
    )


async def _write_folders(tx: Transaction, net: Network) -> None:
    for number, parent in net.parents.items():
        above = None if parent is None else FolderId(parent)
        added = await records.add(
            tx, above, str(number), PersonId(1), NOW, is_closed=number in net.closed
        )
        assert added == number
    rows: list[dict[str, Any]] = [
        {"id": number, "folder": one.folder, "kind": one.subject[0], "subject": one.subject[1],
         "role": one.role, "until": iso(one.until)}
        for number, one in enumerate(net.grants)
    ]  # fmt: skip
    await tx.many(
        "INSERT INTO grants (id, folder_id, subject_kind, subject_id, role, until, granted_by,"
        " granted_at) VALUES (:id, :folder, :kind, :subject, :role, :until, 1, 0)",
        rows,
    )


def iso(day: date | None) -> str | None:
    """As days stand in the records."""
    return None if day is None else day.isoformat()
