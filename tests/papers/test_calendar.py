"""Meetings as calendars: right in every season, whole through any reader, deaf to hostile text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.portable import TURNING
from atelier.papers.calendar import Entry, agenda, written

PARIS, MARTINIQUE = "Europe/Paris", "America/Martinique"
ZONES = (
    PARIS, MARTINIQUE, "America/New_York", "Indian/Reunion", "Pacific/Noumea", "America/Cayenne",
    "Africa/Casablanca", "Europe/Dublin", "Australia/Lord_Howe", "UTC",
)  # fmt: skip
CHANGED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOSTILE = "CR; été, \\n\r\nEND:VEVENT\r\nBEGIN:VALARM\x00\x0b\u2028 😀" + "é" * 200


def row(
    starts_at: datetime,
    *,
    title: str = "Comité de pilotage",
    has_time: bool = True,
    lasts_minutes: int | None = 90,
    place: str = "",
    link: str = "",
    state: MeetingState = MeetingState.CONVENED,
    is_cancelled: bool = False,
) -> MeetingRow:
    """A meeting as lists have it."""
    return MeetingRow(
        MeetingId(7), FolderId(3), title, None, starts_at, has_time, lasts_minutes, place, link,
        state, is_cancelled, None, "Mairie",
    )  # fmt: skip


def entry(meeting: MeetingRow, *, uid: str = "a@atelier", **given: str) -> Entry:
    """The meeting with what calendars ask beside."""
    return Entry(meeting, uid, 2, CHANGED, "https://atelier.example/meetings/7", **given)


def events(ics: bytes) -> list[Event]:
    """The events that a reader of calendars finds."""
    calendar = Calendar.from_ical(ics)
    return list(calendar.walk("VEVENT"))


def at(event: Event, key: str) -> datetime:
    """When it begins or ends, in UTC: compared across zones, no hour that comes twice is equal."""
    moment = event.decoded(key)
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


def local(text: str, zone: str = PARIS) -> datetime:
    """That time in the zone, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def told_offset(ics: bytes, moment: datetime) -> timedelta | None:
    """How far the VTIMEZONE says the zone is from UTC then: by the letter of RFC 5545 §3.6.5.

    None when no onset of its own comes before.
    """
    best: tuple[datetime, timedelta] | None = None
    for part in Calendar.from_ical(ics).walk("VTIMEZONE")[0].subcomponents:
        before, after = part.TZOFFSETFROM, part.TZOFFSETTO
        onsets = [part.DTSTART]
        if "RRULE" in part:
            rule = rrulestr(part["RRULE"].to_ical().decode(), dtstart=part.DTSTART)
            onsets = rule.between(
                part.DTSTART, moment.replace(tzinfo=None) + timedelta(2), inc=True
            )
        elif "RDATE" in part:
            onsets += [each.dt for each in part["RDATE"].dts]
        for onset in onsets:
            at = (onset - before).replace(tzinfo=UTC)
            if at <= moment and (best is None or at > best[0]):
                best = at, after
    return None if best is None else best[1]


def test_a_meeting_comes_back_from_its_file_as_it_was_put_in() -> None:
    meeting = row(
        local("2026-03-12T14:00"), place="Salle 3, mairie", link="https://visio.example/a"
    )
    ics = written([entry(meeting, description="Ordre du jour\n1. Bilan", contact="Mairie")], PARIS)
    head = Calendar.from_ical(ics)
    assert (head["version"], head["method"]) == ("2.0", "PUBLISH") and head["prodid"]
    [event] = events(ics)
    assert event["uid"] == "a@atelier" and event["sequence"] == 2
    assert event.decoded("dtstamp") == CHANGED
    assert at(event, "dtstart") == local("2026-03-12T14:00")
    assert at(event, "dtend") == local("2026-03-12T15:30")
    assert event["dtstart"].params["TZID"] == PARIS
    assert event["summary"] == "Comité de pilotage"
    assert event["location"] == "Salle 3, mairie - https://visio.example/a"
    assert event["url"] == "https://atelier.example/meetings/7" and event["contact"] == "Mairie"
    assert event["description"] == ("Ordre du jour\n1. Bilan\n\nhttps://atelier.example/meetings/7")
    # An address is what an organiser is (RFC 5545 §3.8.4.3): nobody's is told.
    assert "organizer" not in event and "attendee" not in event
    assert Calendar.from_ical(ics).to_ical() == ics


def test_what_was_not_said_is_not_told() -> None:
    [event] = events(written([entry(row(local("2026-03-12T14:00"), lasts_minutes=None))], PARIS))
    assert {"dtend", "location", "description", "contact"} & {key.lower() for key in event} == set()


@pytest.mark.parametrize(
    ("state", "is_cancelled", "status"),
    [
        (MeetingState.PREPARATION, False, "TENTATIVE"),
        (MeetingState.CONVENED, False, "CONFIRMED"),
        (MeetingState.HELD, False, "CONFIRMED"),
        (MeetingState.APPROVED, False, "CONFIRMED"),
        (MeetingState.CONVENED, True, "CANCELLED"),
        (MeetingState.PREPARATION, True, "CANCELLED"),
    ],
)
def test_how_far_a_meeting_has_come_is_its_status(
    state: MeetingState, is_cancelled: bool, status: str
) -> None:
    meeting = row(local("2026-03-12T14:00"), state=state, is_cancelled=is_cancelled)
    [event] = events(written([entry(meeting)], PARIS))
    assert event["status"] == status


@pytest.mark.parametrize(("lasts", "days"), [(None, 1), (60, 1), (1_440, 1), (1_441, 2)])
def test_where_only_the_day_is_known_the_whole_day_is_taken(lasts: int | None, days: int) -> None:
    # The day on which clocks are put forward begins an hour before UTC's, and has 23 hours.
    meeting = row(local("2026-03-29T00:00"), has_time=False, lasts_minutes=lasts)
    ics = written([entry(meeting)], PARIS)
    [event] = events(ics)
    assert event.decoded("dtstart") == date(2026, 3, 29)
    assert event.decoded("dtend") == date(2026, 3, 29) + timedelta(days=days)
    assert b"DTSTART;VALUE=DATE:20260329" in ics and b"VTIMEZONE" not in ics


def test_summer_time_in_paris_begins_and_ends_on_the_last_sundays() -> None:
    ics = written([entry(row(local("2026-07-01T14:00")))], PARIS).decode()
    assert "DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in ics
    assert "DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in ics
    assert "RRULE" not in written([entry(row(local("2026-07-01T14:00")))], MARTINIQUE).decode()


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [("2026-03-29", 1, 2), ("2026-10-25", 2, 1), ("2030-03-31", 1, 2), ("2030-10-27", 2, 1)],
)
def test_a_meeting_on_the_day_the_clocks_change_keeps_its_time(
    day: str, before: int, after: int
) -> None:
    for clock, hours in (("01:30", before), ("03:30", after), ("14:00", after)):
        starts = local(f"{day}T{clock}")
        ics = written([entry(row(starts))], PARIS)
        [event] = events(ics)
        assert at(event, "dtstart") == starts
        assert told_offset(ics, starts) == timedelta(hours=hours)
        assert f"DTSTART;TZID=Europe/Paris:{day.replace('-', '')}T{clock.replace(':', '')}00" in (
            ics.decode()
        )
        west = written([entry(row(starts))], MARTINIQUE)
        assert told_offset(west, starts) == timedelta(hours=-4)


def test_the_second_of_an_hour_that_comes_twice_is_told_in_utc() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Paris, and an hour later again
    [event] = events(written([entry(row(first, lasts_minutes=60))], PARIS))
    assert (at(event, "dtstart"), at(event, "dtend")) == (first, first + timedelta(hours=1))
    assert "TZID" in event["dtstart"].params and "TZID" not in event["dtend"].params


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(1990, 1, 1), datetime(2036, 12, 31)),
    st.integers(0, 7 * 24 * 60),
)
@example(PARIS, datetime(2026, 3, 29, 1, 0), 60)
@example(PARIS, datetime(2026, 10, 25, 0, 59), 2)
@example("Pacific/Noumea", datetime(1997, 2, 1), 600)
def test_every_moment_is_told_as_the_zone_has_it(zone: str, moment: datetime, lasts: int) -> None:
    starts = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    ics = written([entry(row(starts, lasts_minutes=lasts))], zone)
    [event] = events(ics)
    ends = starts + timedelta(minutes=lasts)
    assert (at(event, "dtstart"), at(event, "dtend")) == (starts, ends)
    if zone != "UTC":
        for each in (starts, ends):
            assert told_offset(ics, each) == each.astimezone(ZoneInfo(zone)).utcoffset()


@given(
    st.lists(st.datetimes(datetime(2019, 1, 1), datetime(2031, 12, 31)), min_size=1, max_size=6),
    st.sampled_from(ZONES[:-1]),
)
def test_a_feed_over_many_years_has_one_zone_that_is_right_in_each(
    moments: list[datetime], zone: str
) -> None:
    aware = [each.replace(second=0, microsecond=0, tzinfo=UTC) for each in moments]
    entries = [entry(row(each), uid=f"{number}@a") for number, each in enumerate(aware)]
    ics = written(entries, zone, name="Réseau")
    assert ics.count(b"BEGIN:VTIMEZONE") == 1
    assert [at(event, "dtstart") for event in events(ics)] == aware
    for each in aware:
        assert told_offset(ics, each) == each.astimezone(ZoneInfo(zone)).utcoffset()


def is_well_formed(ics: bytes) -> bool:
    """Lines end in CRLF, are 75 octets at most, break no letter, and hold no control character."""
    lines = ics.split(b"\r\n")
    text = ics.decode()  # a letter cut in two would not decode line by line
    return (
        lines[-1] == b""
        and all(len(line) <= 75 and line.decode() is not None for line in lines)
        and not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n", text)
    )


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
@example(HOSTILE, HOSTILE, HOSTILE)
@example("", "\r\n", "\ud800")
@example("👨‍👩‍👧‍👦" * 30, "a\\", "x" * 74 + "é")
def test_no_text_becomes_structure(title: str, place: str, item: str) -> None:
    meeting = row(local("2026-03-12T14:00"), title=title, place=place)
    said = agenda("Ordre du jour", [item])
    ics = written([entry(meeting, description=said, contact=title)], PARIS, name=place)
    assert is_well_formed(ics)
    [event] = events(ics)
    assert ics.count(b"\r\nBEGIN:VEVENT\r\n") == 1 and ics.count(b"\r\nBEGIN:VALARM") == 0
    known = {"UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY",
             "STATUS", "LOCATION", "CONTACT", "URL", "DESCRIPTION"}  # fmt: skip
    assert set(event) <= known
    assert event["uid"] == "a@atelier" and event["status"] == "CONFIRMED"


def test_letters_are_kept_as_they_are() -> None:
    title = "Bilan ; « été », 50 % \\ 😀 : suite"
    [event] = events(written([entry(row(local("2026-03-12T14:00"), title=title))], PARIS))
    assert event["summary"] == title


def test_marks_that_turn_or_hide_text_are_left_out() -> None:
    marks = "".join(sorted(TURNING)) + "\u200b\u200d\ufeff\u00ad"
    meeting = row(
        local("2026-03-12T14:00"),
        title=f"Comité{marks} été",
        place=f"{marks}Salle\u202e3",
        link=marks,
    )
    said = agenda("Ordre du jour", [f"Bilan{marks}"])
    given = entry(meeting, description=said, contact=f"Mairie{marks}")
    ics = written([given], PARIS, name=f"Mes{marks} réunions")
    [event] = events(ics)
    assert (event["summary"], event["location"], event["contact"]) == (
        "Comité été", "Salle3", "Mairie",
    )  # fmt: skip
    assert "1. Bilan\n" in event["description"]
    assert not set(marks) & set(ics.decode())


def test_each_meeting_of_a_series_is_an_event_of_its_own() -> None:
    entries = [
        entry(row(local("2026-03-12T14:00") + timedelta(weeks=week)), uid=f"{week}@a")
        for week in range(4)
    ]
    ics = written(entries, PARIS, name="Réseau")
    assert [event["uid"] for event in events(ics)] == ["0@a", "1@a", "2@a", "3@a"]
    assert b"RRULE" not in b"".join(event.to_ical() for event in events(ics))
    assert b"X-WR-CALNAME:R\xc3\xa9seau" in ics
    assert written(entries, PARIS, name="Réseau") == ics
    assert events(written([], PARIS, name="Réseau")) == []


def test_an_agenda_is_numbered_and_nothing_without_items() -> None:
    assert agenda("Ordre du jour", ["Bilan", "Budget"]) == "Ordre du jour\n1. Bilan\n2. Budget"
    assert agenda("Ordre du jour", []) == ""
