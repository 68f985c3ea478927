"""Who may do what, said a second time: from the design's words, without SQL, to test the first.

Nothing here is imported from the permission room; a shared mistake would have to be made twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

# Printed from the design (§3): what each role carries, one within the next.
READS = {"read"}
CONTRIBUTES = READS | {"add", "revise", "rename", "remove"}
COORDINATES = CONTRIBUTES | {"organise", "share", "close", "restore", "meet", "journal", "unlock"}
CARRIES = {"reader": READS, "contributor": CONTRIBUTES, "coordinator": COORDINATES}
EVERYTHING = sorted(COORDINATES)

# What someone is, as (kind, number) → the organisations through which she is it.
Hats = dict[tuple[str, int], set[int]]


@dataclass(frozen=True)
class Asker:
    """A person, the organisation she acts as, and the (kind, number) as which she looks."""

    person: int
    acting_as: int | None = None
    seeing: tuple[str, int] | None = None


@dataclass
class Grant:
    """A subject, as (kind, number), has a role on a folder, perhaps until a day's end."""

    folder: int
    subject: tuple[str, int]
    role: str
    until: date | None


@dataclass
class Place:
    """A membership: in an organisation, from a day to a day, perhaps as its representative."""

    membership: int
    organisation: int
    starts: date | None = None
    ends: date | None = None
    represents: bool = False


@dataclass
class Network:
    """Everything the rule looks at; numbers stand for all things, days are inclusive."""

    today: date
    parents: dict[int, int | None] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    grants: list[Grant] = field(default_factory=list)
    places: dict[int, list[Place]] = field(default_factory=dict)
    disabled: set[int] = field(default_factory=set)
    stewards: set[int] = field(default_factory=set)
    organisations: set[int] = field(default_factory=set)
    ended: dict[int, date] = field(default_factory=dict)
    # group → the memberships that sit in it → whether they coordinate it
    seats: dict[int, dict[int, bool]] = field(default_factory=dict)

    def reach(self, folder: int) -> set[int]:
        """The folder and its ancestors up to and including the nearest closed one.

        None in the trash: what inherits goes there with its folder, what is closed stays.
        """
        found: set[int] = set()
        at: int | None = folder if folder in self.parents else None
        while at is not None:
            found.add(at)
            at = None if at in self.closed else self.parents[at]
        return set() if found & self.removed else found

    def belongs(self, organisation: int) -> bool:
        """Whether it belongs to the network today."""
        end = self.ended.get(organisation)
        return organisation in self.organisations and (end is None or self.today <= end)

    def held(self, person: int, acting_as: int | None = None) -> list[Place]:
        """The places she has today; acting as one organisation drops those in the others."""
        return [
            place for place in self.places.get(person, [])
            if person not in self.disabled and self.belongs(place.organisation)
            and (place.starts is None or place.starts <= self.today)
            and (place.ends is None or self.today <= place.ends)
            and acting_as in (None, place.organisation)
        ]  # fmt: skip

    def hats(self, person: int, acting_as: int | None = None) -> Hats:
        """What she is today → the organisations through which she is it."""
        if person in self.disabled or person not in self.places:
            return {}
        found: Hats = {("network", 0): set(), ("person", person): set()}
        for place in self.held(person, acting_as):
            found.setdefault(("organisation", place.organisation), set()).add(place.organisation)
            for group, seats in self.seats.items():
                if place.membership in seats:
                    found.setdefault(("group", group), set()).add(place.organisation)
        return found

    def seen(self, subject: tuple[str, int]) -> Hats:
        """What the one as whom a coordinator looks is: a person in full, or any member."""
        kind, number = subject
        if kind == "person":
            return self.hats(number)
        if not self.belongs(number):
            return {}
        return {("network", 0): set(), subject: {number}}

    def valid(self) -> list[Grant]:
        """The grants that hold today."""
        return [one for one in self.grants if one.until is None or self.today <= one.until]

    def scope(self, hats: Hats, action: str) -> set[int]:
        """The folders where a grant of theirs carries the action."""
        return {
            one.folder for one in self.valid()
            if one.subject in hats and action in CARRIES[one.role]
        }  # fmt: skip

    def may(self, asker: Asker, action: str, folder: int) -> bool:
        """Allowed when reach and scope meet; looking as another, where both may, to read."""
        hers = self.hats(asker.person, asker.acting_as)
        if asker.seeing is None:
            return bool(self.reach(folder) & self.scope(hers, action))
        theirs = self.scope(self.seen(asker.seeing), "read")
        shares = self.scope(hers, "share")
        reach = self.reach(folder)
        return action == "read" and bool(reach & theirs) and bool(reach & shares)

    def readable(self, asker: Asker) -> set[int]:
        """Every folder that may be read."""
        return {folder for folder in self.parents if self.may(asker, "read", folder)}

    def entries(self, asker: Asker) -> set[int]:
        """Readable folders whose parent is not readable."""
        readable = self.readable(asker)
        return {folder for folder in readable if self.parents[folder] not in readable}

    def way(self, asker: Asker, folder: int) -> list[int]:
        """From an entry point down to a readable folder."""
        readable, found = self.readable(asker), [folder]
        while (above := self.parents[found[0]]) in readable:
            found.insert(0, above)
        return found

    def hat(self, asker: Asker, main: int | None, folder: int) -> int | None:
        """The only organisation through which it is hers, else the chosen one, else the main."""
        mine = {} if asker.seeing else self.hats(asker.person, asker.acting_as)
        through = {
            organisation
            for one in self.valid() if one.folder in self.reach(folder)
            for organisation in mine.get(one.subject, set())
        }  # fmt: skip
        return through.pop() if len(through) == 1 else asker.acting_as or main

    def reached(self, folder: int) -> set[tuple[int, int, str, int | None]]:
        """Whom a folder lets in: person, place of the grant in the list, role, organisation."""
        found: set[tuple[int, int, str, int | None]] = set()
        for number, one in enumerate(self.grants):
            if one not in self.valid() or one.folder not in self.reach(folder):
                continue
            for person in self.places:
                hats = self.hats(person)
                through: set[int | None] = {*hats.get(one.subject, set())}
                if one.subject in hats:
                    found |= {(person, number, one.role, hat) for hat in through or {None}}
        return found

    def coordinated(self, folder: int) -> bool:
        """Whether a coordination without end reaches an active person."""
        lasting = {
            one.subject for one in self.grants
            if one.folder in self.reach(folder) and one.role == "coordinator" and not one.until
        }  # fmt: skip
        return any(lasting & self.hats(person).keys() for person in self.places)

    def orphaned(self) -> set[int]:
        """Folders, top-level or closed, that nobody coordinates for good."""
        heads = {one for one, above in self.parents.items() if above is None} | self.closed
        return {one for one in heads if self.reach(one) and not self.coordinated(one)}

    def manages(self, asker: Asker) -> bool:
        """Whether she is a steward, and not looking as another."""
        is_steward = asker.person in self.stewards - self.disabled
        return is_steward and asker.seeing is None

    def manages_organisation(self, asker: Asker, organisation: int) -> bool:
        """Stewards, and the representatives of just this one while they are so."""
        represents = any(
            place.represents and place.organisation == organisation
            for place in self.held(asker.person, asker.acting_as)
        )
        is_known = organisation in self.organisations
        return is_known and (self.manages(asker) or (represents and asker.seeing is None))

    def keeps_glossary(self, asker: Asker) -> bool:
        """Stewards, and whoever coordinates something today."""
        hers = self.hats(asker.person, asker.acting_as)
        coordinates = asker.seeing is None and bool(self.scope(hers, "share"))
        return self.manages(asker) or coordinates

    def manages_group(self, asker: Asker, group: int) -> bool:
        """Stewards, and those who coordinate this group through a place they have."""
        seats = self.seats.get(group, {})
        coordinates = any(
            seats.get(place.membership, False) for place in self.held(asker.person, asker.acting_as)
        )
        is_known = group in self.seats
        return is_known and (self.manages(asker) or (coordinates and asker.seeing is None))
