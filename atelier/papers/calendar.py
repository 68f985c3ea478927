"""Meetings as a calendar (RFC 5545), for invitations and feeds; pure: no clock, no records.

Each meeting is an event of its own, those of a series too. What a calendar would take for
structure (line ends, semicolons, commas) is escaped; other control characters are left out, and
marks that can make a text read as another.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vText,
)
from icalendar.prop import vRecur

from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.names import visible

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_PRODUCT: Final = "-//Atelier//Atelier//FR"
_REFRESHED: Final = timedelta(hours=1)
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEP: Final = timedelta(days=7)  # no zone has kept an offset for less
# What no text of a calendar may hold (RFC 5545 §3.1), and the line ends of other worlds.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as a calendar shows it; `address` is that of its page.

    `description` is said above that address again, None leaves both out; `contact` is the
    organisation that convenes, or "".
    """

    row: MeetingRow
    uid: str
    sequence: int
    changed_at: datetime
    address: str
    description: str | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True)
class _Shift:
    """The clocks of a zone change: `local` is the time they show just before."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def written(entries: Sequence[Entry], zone: str, *, name: str = "") -> bytes:
    """The calendar of these meetings, in the times of an IANA zone; `name` is the calendar's.

    The same entries give the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", vText(" ".join(_plain(name).split())))
        calendar.add("refresh-interval", vDuration(_REFRESHED), {"VALUE": "DURATION"})
    place = ZoneInfo(zone)
    if zone != "UTC" and any(entry.row.has_time for entry in entries):
        years = [entry.row.starts_at.astimezone(place).year for entry in entries]
        calendar.add_component(_zone(zone, min(years), max(years)))
    for entry in entries:
        calendar.add_component(_event(entry, place))
    return bytes(calendar.to_ical())


def agenda(heading: str, titles: Iterable[str]) -> str:
    """The agenda as lines of a description; "" when it holds nothing."""
    lines = [f"{number}. {_plain(title)}" for number, title in enumerate(titles, start=1)]
    return "\n".join([heading, *lines]) if lines else ""


def _event(entry: Entry, zone: ZoneInfo) -> Event:
    row, event = entry.row, Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    for key, moment in zip(("dtstart", "dtend"), _span(row, zone), strict=True):
        if moment is not None:
            event.add(key, moment)
    event.add("summary", " ".join(_plain(row.title).split()))
    event.add("status", _status(row))
    where = " - ".join(part for part in (_plain(row.place), _plain(row.link)) if part)
    for key, text in (("location", where), ("contact", _plain(entry.contact))):
        if text:
            event.add(key, text)
    event.add("url", entry.address)
    if entry.description is not None:
        said = (_plain(entry.description), entry.address)
        event.add("description", "\n\n".join(part for part in said if part))
    return event


def _status(row: MeetingRow) -> str:
    if row.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if row.state is MeetingState.PREPARATION else "CONFIRMED"


def _span(row: MeetingRow, zone: ZoneInfo) -> tuple[date, date | None]:
    """When it begins and ends; no end where nobody said how long it lasts."""
    if not row.has_time:
        day = row.starts_at.astimezone(zone).date()
        return day, day + timedelta(days=max(1, math.ceil((row.lasts_minutes or 0) / 1440)))
    if row.lasts_minutes is None:
        return _local(row.starts_at, zone), None
    ends = row.starts_at + timedelta(minutes=row.lasts_minutes)
    return _local(row.starts_at, zone), _local(ends, zone)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    # Of a time that comes twice, calendars take the first (§3.3.5): the second is told in UTC.
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


@lru_cache(maxsize=64)
def _zone(name: str, first_year: int, last_year: int) -> Timezone:
    """The clocks of a zone in these years; a rule where they change by one, else each change.

    icalendar's own writes the beginning of summer time an hour late (§3.6.5: the onset is
    told in the offset that ends).
    """
    zone = ZoneInfo(name)
    begin = datetime(max(first_year - 1, 1), 1, 2, tzinfo=UTC)
    end = datetime(min(last_year + 2, 9999), 1, 1, tzinfo=UTC)
    shifts = _shifts(zone, begin, end)
    made = Timezone()
    made.add("tzid", name)
    if not shifts or shifts[0].local.year >= first_year:
        made.add_component(_beginning(zone, begin))
    kinds = {(shift.before, shift.after, shift.name): shift.is_summer for shift in shifts}
    for before, after, said in kinds:
        same = [one for one in shifts if (one.before, one.after, one.name) == (before, after, said)]
        made.add_component(_observance(same, range(begin.year, end.year)))
    return made


def _shifts(zone: ZoneInfo, begin: datetime, end: datetime) -> list[_Shift]:
    """Every change of the clocks between two moments, in their order."""
    found, moment = [], begin
    while moment < end:
        later = moment + _STEP
        if _offset(moment, zone) != _offset(later, zone):
            found.append(_shift(moment, later, zone))
        moment = later
    return found


def _shift(earlier: datetime, later: datetime, zone: ZoneInfo) -> _Shift:
    before = _offset(earlier, zone)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier) // timedelta(seconds=2))
        if _offset(middle, zone) == before:
            earlier = middle
        else:
            later = middle
    after = later.astimezone(zone)
    return _Shift(
        local=later.replace(tzinfo=None) + before,
        before=before,
        after=_offset(later, zone),
        name=after.tzname() or after.strftime("%z"),
        is_summer=bool(after.dst()),
    )


def _beginning(zone: ZoneInfo, begin: datetime) -> TimezoneStandard:
    """What holds before the first change, or for ever."""
    local = begin.astimezone(zone)
    offset = _offset(begin, zone)
    made = TimezoneStandard()
    made.DTSTART = local.replace(tzinfo=None)
    made.TZOFFSETFROM = made.TZOFFSETTO = offset
    made.add("tzname", local.tzname() or local.strftime("%z"))
    return made


def _observance(
    shifts: Sequence[_Shift], years: Sequence[int]
) -> TimezoneStandard | TimezoneDaylight:
    """All changes of one kind in these years, at least one."""
    first = shifts[0]
    made = TimezoneDaylight() if first.is_summer else TimezoneStandard()
    made.DTSTART = first.local
    made.TZOFFSETFROM, made.TZOFFSETTO = first.before, first.after
    made.add("tzname", first.name)
    rule = _rule([shift.local for shift in shifts], years)
    if rule is not None:
        made.add("rrule", rule)
    elif len(shifts) > 1:
        made.add("rdate", [shift.local for shift in shifts[1:]])
    return made


def _rule(moments: Sequence[datetime], years: Sequence[int]) -> vRecur | None:
    """The rule by which these come once in each of the years; None for none.

    Some programs know no list of days here.
    """
    alike = {(moment.month, moment.weekday(), moment.time()) for moment in moments}
    if len(alike) > 1 or [moment.year for moment in moments] != list(years):
        return None
    first = moments[0]
    if all((moment + timedelta(days=7)).month != moment.month for moment in moments):
        number = -1
    elif len({(moment.day - 1) // 7 for moment in moments}) == 1:
        number = (first.day - 1) // 7 + 1
    else:
        return None
    day = f"{number}{_WEEKDAYS[first.weekday()]}"
    return vRecur({"freq": "yearly", "bymonth": first.month, "byday": day})


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _plain(text: str) -> str:
    return visible(_CONTROL.sub(" ", text)).strip()
