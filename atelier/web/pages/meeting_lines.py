"""Meetings as pages tell them: when in words, how far, as tuples that templates print."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from atelier.model.meetings import MeetingRow, MeetingState
from atelier.web.language import N_, Voice
from atelier.web.pages.meeting_words import MEETING_STATES

_TONES: Final = {MeetingState.CONVENED: "accent", MeetingState.APPROVED: "accent"}
_OVER: Final = (MeetingState.HELD, MeetingState.APPROVED)


class MeetingLine(NamedTuple):
    """A meeting as pages print it. `iso` is for machines, `when` and `day` for people.

    `is_past`: it began before now; `is_over`: its state says so too. `has_come`: its day is
    today or before; `is_gone`: before.
    """

    id: int
    title: str
    iso: str
    day: str
    when: str
    place: str
    link: str
    series_id: int
    series: str
    organisation_id: int
    organisation: str
    state: str
    state_words: str
    tone: str
    is_cancelled: bool
    is_past: bool
    is_over: bool
    has_come: bool
    is_gone: bool


def lines(rows: Iterable[MeetingRow], voice: Voice, now: datetime) -> list[MeetingLine]:
    """A line for each meeting, in the order given."""
    return [line(row, voice, now) for row in rows]


def line(row: MeetingRow, voice: Voice, now: datetime) -> MeetingLine:
    """A meeting in the reader's language, its times in the network's zone."""
    local = voice.local(row.starts_at)
    return MeetingLine(
        id=row.id,
        title=row.title,
        iso=local.isoformat(timespec="minutes") if row.has_time else local.date().isoformat(),
        day=voice.day(row.starts_at),
        when=when(row, voice),
        place=row.place,
        link=row.link,
        series_id=row.series.id if row.series else 0,
        series=row.series.name if row.series else "",
        organisation_id=row.organisation_id or 0,
        organisation=row.organisation,
        state=row.state,
        state_words=voice.text(MEETING_STATES[row.state]),
        tone=_TONES.get(row.state, ""),
        is_cancelled=row.is_cancelled,
        is_past=_is_past(row, voice, now),
        is_over=row.state in _OVER,
        has_come=local.date() <= voice.local(now).date(),
        is_gone=local.date() < voice.local(now).date(),
    )


def when(row: MeetingRow, voice: Voice) -> str:
    """« jeudi 12 mars 2026, de 14:00 à 16:30 », as much of it as is known."""
    day = voice.weekday(row.starts_at)
    if not row.has_time:
        return day
    start = voice.clock(row.starts_at)
    if row.lasts_minutes is None:
        return voice.text(N_("%(day)s à %(time)s"), day=day, time=start)
    ends = row.starts_at + timedelta(minutes=row.lasts_minutes)
    if voice.local(ends).date() != voice.local(row.starts_at).date():
        return voice.text(
            N_("du %(day)s à %(time)s au %(last_day)s à %(end)s"),
            day=day,
            time=start,
            last_day=voice.weekday(ends),
            end=voice.clock(ends),
        )
    return voice.text(
        N_("%(day)s, de %(time)s à %(end)s"), day=day, time=start, end=voice.clock(ends)
    )


def _is_past(row: MeetingRow, voice: Voice, now: datetime) -> bool:
    """Whether it began before now; of one whose day alone is known, whether that day is over."""
    if row.has_time:
        return row.starts_at < now
    return voice.local(row.starts_at).date() < voice.local(now).date()
