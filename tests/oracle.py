"""Who may do what, said a second time: from the design's words, without SQL, to test the first.

Nothing here is imported from the permission room; a shared mistake would have to be made twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

# Printed from the design (§3): what each role carries, one within the next.
READS = {"read"}
CONTRIBUTES = READS | {"add", "revise", "rename", "remove"}
COORDINATES = CONTRIBUTES | {"organise", "share", "close", "restore", "meet", "journal"}
CARRIES = {"reader": READS, "contributor": CONTRIBUTES, "coordinator": COORDINATES}
EVERYTHING = sorted(COORDINATES)


@dataclass
class Grant:
    """A subject, as (kind, number), has a role on a folder, perhaps until a day's end."""

    folder: int
    subject: tuple[str, int]
    role: str
    until: date | None


@dataclass
class Network:
    """Everything the rule looks at; numbers stand for all things, days are inclusive."""

    parents: dict[int, int | None] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    grants: list[Grant] = field(default_factory=list)
    # person → places as (membership, organisation, from, to)
    places: dict[int, list[tuple[int, int, date | None, date | None]]] = field(default_factory=dict)
    disabled: set[int] = field(default_factory=set)
    ended: dict[int, date] = field(default_factory=dict)
    # group → the memberships that sit in it
    seats: dict[int, set[int]] = field(default_factory=dict)

    def reach(self, folder: int) -> set[int]:
        """The folder and its ancestors up to and including the nearest closed one."""
        found = {folder}
        while folder not in self.closed and (above := self.parents[folder]) is not None:
            found.add(above)
            folder = above
        return found

    def hats(
        self, person: int, day: date, acting_as: int | None
    ) -> dict[tuple[str, int], set[int]]:
        """What she is that day → the organisations through which she is it."""
        if person in self.disabled:
            return {}
        found: dict[tuple[str, int], set[int]] = {("network", 0): set(), ("person", person): set()}
        for membership, organisation, start, end in self.places.get(person, []):
            ends = [one for one in (end, self.ended.get(organisation)) if one is not None]
            if (start and day < start) or any(day > one for one in ends):
                continue
            if acting_as not in (None, organisation):
                continue
            found.setdefault(("organisation", organisation), set()).add(organisation)
            for group, seats in self.seats.items():
                if membership in seats:
                    found.setdefault(("group", group), set()).add(organisation)
        return found

    def valid(self, day: date) -> list[Grant]:
        """The grants that hold that day."""
        return [one for one in self.grants if one.until is None or day <= one.until]

    def scope(self, person: int, day: date, acting_as: int | None, action: str) -> set[int]:
        """The folders where a grant of hers carries the action."""
        mine = self.hats(person, day, acting_as)
        return {
            one.folder for one in self.valid(day)
            if one.subject in mine and action in CARRIES[one.role]
        }  # fmt: skip

    def may(self, person: int, day: date, acting_as: int | None, action: str, folder: int) -> bool:
        """Allowed when reach and scope meet."""
        return bool(self.reach(folder) & self.scope(person, day, acting_as, action))

    def entries(self, person: int, day: date, acting_as: int | None) -> set[int]:
        """Readable folders whose parent is not readable."""
        readable = {
            folder for folder in self.parents if self.may(person, day, acting_as, "read", folder)
        }
        return {folder for folder in readable if self.parents[folder] not in readable}

    def hat(
        self, person: int, day: date, acting_as: int | None, main: int | None, folder: int
    ) -> int | None:
        """The only organisation through which it is hers, else the chosen one, else the main."""
        mine = self.hats(person, day, acting_as)
        through = {
            organisation
            for one in self.valid(day) if one.folder in self.reach(folder)
            for organisation in mine.get(one.subject, set())
        }  # fmt: skip
        return through.pop() if len(through) == 1 else acting_as or main

    def coordinated(self, folder: int, day: date) -> bool:
        """Whether a coordination without end reaches an active person."""
        everyone = set(self.places) - self.disabled
        lasting = {
            one.subject for one in self.grants
            if one.folder in self.reach(folder) and one.role == "coordinator" and not one.until
        }  # fmt: skip
        return any(lasting & self.hats(person, day, None).keys() for person in everyone)
