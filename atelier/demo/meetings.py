"""The meetings of six years, as the content tells them, with who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from atelier.demo import cast, draw
from atelier.demo.content import load
from atelier.demo.french import typeset

SERIES = ("plenieres", "copil", "sante-mentale", "mobilite", "addictions", "logement")

DONE, DONE_LATE = "fait", "fait avec un mois de retard"
STATES = (DONE, DONE, DONE_LATE, "en cours", "reporté à la séance suivante")


@dataclass(frozen=True, slots=True)
class Item:
    """A point of the agenda: what was said, decided, and is to be done by whom until when.

    `paper` is the path of a document laid before it, "" for none.
    """

    title: str
    by: str
    text: str
    decision: str
    action: str
    who: str
    due: date | None
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Meetings of one kind; people are content keys.

    `has_dossiers`: each is a meeting with a dossier in `folder`; else its papers only stand there.
    """

    key: str
    title: str
    short: str
    folder: str
    minutes_name: str
    old_minutes_name: str
    agenda_name: str
    agenda_since: int
    chair: str
    secretary: str
    group: str | None
    members: tuple[str, ...]
    has_dossiers: bool


@dataclass(frozen=True, slots=True)
class Meeting:
    """A dated meeting. `rank` counts the items of its series before its own.

    `is_in_preparation`: it is not convened yet, nothing is on paper. `left_over` are items that
    were not reached, with those who were to present them.
    """

    series: Series
    on: date
    time: str
    place: str
    items: tuple[Item, ...]
    is_to_come: bool
    rank: int
    is_in_preparation: bool = False
    left_over: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> str:
        """The path of the folder where its papers stand: its dossier, when it has one."""
        series = self.series
        dossier = f"{series.folder}/{self.on.isoformat()} {series.title}"
        return dossier if series.has_dossiers else series.folder

    @property
    def key(self) -> str:
        """What choices about this meeting are drawn from."""
        return f"{self.series.key}/{self.on.isoformat()}"


@cache
def meetings(series: str) -> tuple[Meeting, ...]:
    """The meetings of a series, oldest first."""
    tables = load(series)
    kind = _series(series, tables)
    found: list[Meeting] = []
    rank = 0
    for row in tables["meetings"]:
        items = tuple(_item(each) for each in row["items"])
        found.append(
            Meeting(
                kind,
                row["date"],
                typeset(row["time"]),
                typeset(row["place"]),
                items,
                row.get("is_to_come", False),
                rank,
                row.get("is_in_preparation", False),
                tuple((typeset(title), by) for title, by in row.get("left_over", ())),
            )
        )
        rank += len(items)
    return tuple(found)


def held(series: str, year: int) -> tuple[Meeting, ...]:
    """The meetings of a series that took place in a year."""
    return tuple(one for one in meetings(series) if one.on.year == year and not one.is_to_come)


def present(meeting: Meeting) -> tuple[str, ...]:
    """Who came: chair, secretary and those who present always, most others too."""
    series = meeting.series
    needed = {series.chair, series.secretary, *(item.by for item in meeting.items)}
    expected = tuple(dict.fromkeys((*series.members, *sorted(needed))))
    others = tuple(key for key in expected if key not in needed)
    absent = draw.number(f"{meeting.key}/absent", 1, max(1, len(others) // 3))
    came = needed | set(draw.some(f"{meeting.key}/present", others, len(others) - absent))
    return tuple(key for key in expected if key in came)


def excused(meeting: Meeting) -> tuple[str, ...]:
    """The members who did not come."""
    came = present(meeting)
    return tuple(key for key in meeting.series.members if key not in came)


def remarks(meeting: Meeting, at: int) -> tuple[tuple[str, str], ...]:
    """What others added on the item at this position: (who, how the sentence goes on)."""
    series, pool = meeting.series, load("remarks")[meeting.series.key]
    count = 2 if series.group is None else 1
    speakers = [key for key in present(meeting) if key != meeting.items[at].by]
    found = []
    for number in range(count):
        key = f"{meeting.key}/{at}/{number}"
        text = pool[((meeting.rank + at) * count + number) % len(pool)]
        place = draw.one(f"{key}/place", load("remarks")["communes"])
        filled = text.format(n=draw.number(f"{key}/n", 2, 9), lieu=place)
        who = speakers[(draw.number(f"{meeting.key}/{at}/who", 0, 99) + number) % len(speakers)]
        found.append((who, typeset(filled)))
    return tuple(found)


def minutes_for(meeting: Meeting, at: int) -> int:
    """How long the agenda gives the item at this position."""
    return 5 * draw.number(f"{meeting.key}/{at}/minutes", 3, 8)


def became(meeting: Meeting, item: Item) -> str:
    """What the next minutes say of the item's action."""
    return draw.one(f"{meeting.key}/{item.title}/state", STATES)


def _series(key: str, tables: dict[str, Any]) -> Series:
    group = tables.get("group")
    members = cast.members(group) if group else tuple(tables.get("members", cast.with_places()))
    return Series(
        key=key,
        title=typeset(tables["series"]),
        short=tables["short"],
        folder=tables["folder"],
        minutes_name=tables["minutes"],
        old_minutes_name=tables.get("old_minutes", tables["minutes"]),
        agenda_name=tables.get("agenda", ""),
        agenda_since=tables.get("agenda_since", 0),
        chair=tables["chair"],
        secretary=tables["secretary"],
        group=group,
        members=members,
        has_dossiers=tables.get("has_dossiers", True),
    )


def _item(row: dict[str, Any]) -> Item:
    who, due, action = row.get("action", ("", None, ""))
    return Item(
        title=typeset(row["title"]),
        by=row["by"],
        text=typeset(row["text"]),
        decision=typeset(row.get("decision", "")),
        action=typeset(action),
        who=who,
        due=due,
        paper=row.get("paper", ""),
    )
