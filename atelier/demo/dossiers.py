"""The meetings of the content as they stand in the network: prepared, convened, written up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from atelier.demo import cast, draw
from atelier.demo.library import moment
from atelier.demo.meetings import (
    DONE,
    DONE_LATE,
    SERIES,
    Item,
    Meeting,
    became,
    excused,
    meetings,
    minutes_for,
    present,
    remarks,
)
from atelier.demo.plan import Meeting as Dossier
from atelier.demo.plan import Point, Reply, Task, There
from atelier.model.folders import SubjectKind
from atelier.model.meetings import Answer, Presence

# After that day nothing has happened yet.
LAST_DAY = datetime(2026, 10, 31, tzinfo=UTC)

# Writing minutes as ODT and PDF takes a second each: of these two only.
_APPROVED = ("plenieres/2026-04-14", "copil/2026-02-10")
_LASTS_MINUTES = {"plenieres": 150}


def dossiers(keepers: dict[str, str]) -> tuple[Dossier, ...]:
    """Every meeting that has a dossier, by day; `keepers` are addresses by folder path."""
    found = [
        _dossier(meeting, keepers[meeting.series.folder])
        for series in SERIES
        for meeting in meetings(series)
        if meeting.series.has_dossiers
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.path)))


def _dossier(meeting: Meeting, keeper: str) -> Dossier:
    series, on = meeting.series, meeting.on
    is_held = not meeting.is_to_come
    convened = None if meeting.is_in_preparation else _before(meeting, 20 if is_held else 44)
    return Dossier(
        folder=series.folder,
        title=series.title,
        day=on,
        starts=_time(meeting.time),
        lasts_minutes=_LASTS_MINUTES.get(series.key, 120),
        place=meeting.place,
        keeper=keeper,
        made_at=_before(meeting, 110 if meeting.is_in_preparation else 35 if is_held else 60),
        convened_at=convened,
        laid_at=_before(meeting, 4) if is_held else convened,
        written_at=moment(on + timedelta(days=1), meeting.key + "/written") if is_held else None,
        approved_at=(
            moment(on + timedelta(days=10), meeting.key + "/approved")
            if meeting.key in _APPROVED
            else None
        ),
        invited=_invited(meeting),
        points=tuple(_points(meeting)),
        there=tuple(_there(meeting)) if is_held else (),
        replies=tuple(_replies(meeting, convened)) if convened else (),
    )


def _points(meeting: Meeting) -> Iterator[Point]:
    people, is_held = cast.people(), not meeting.is_to_come
    for at, item in enumerate(meeting.items):
        yield Point(
            title=item.title,
            minutes=minutes_for(meeting, at),
            presenter=people[item.by].name,
            text=_text(meeting, at) if is_held else "",
            decision=item.decision,
            task=_task(meeting, item),
            paper=item.paper,
        )
    for title, by in meeting.left_over:
        yield Point(title, 15, people[by].name, is_left_over=True)


def _text(meeting: Meeting, at: int) -> str:
    """What was said, as Markdown."""
    people = cast.people()
    added = (f"- **{people[who].name}** {said}" for who, said in remarks(meeting, at))
    return "\n".join((meeting.items[at].text, "", *added))


def _task(meeting: Meeting, item: Item) -> Task | None:
    if item.due is None:
        return None
    late = {DONE: 0, DONE_LATE: 30}.get(became(meeting, item), 180)
    done = moment(item.due + timedelta(days=late), f"{meeting.key}/{item.title}/done")
    return Task(
        text=item.action[:1].upper() + item.action[1:],
        who=cast.people()[item.who].name,
        due_on=item.due,
        done_at=done if done < LAST_DAY else None,
    )


def _there(meeting: Meeting) -> Iterator[There]:
    people, group = cast.people(), meeting.series.group
    for keys, presence in (
        (present(meeting), Presence.PRESENT),
        (excused(meeting), Presence.EXCUSED),
    ):
        for key in keys:
            yield There(people[key].email, cast.represents(key, group) or "", presence)


def _invited(meeting: Meeting) -> tuple[tuple[SubjectKind, str], ...]:
    """A group by its name; to plenary meetings every organisation; else people one by one."""
    series = meeting.series
    if series.group is not None:
        return ((SubjectKind.GROUP, cast.groups()[series.group].name),)
    if series.key == "plenieres":
        return tuple((SubjectKind.ORGANISATION, one.name) for one in cast.organisations().values())
    return tuple((SubjectKind.PERSON, cast.people()[key].email) for key in series.members)


def _replies(meeting: Meeting, convened: datetime) -> Iterator[Reply]:
    """To a meeting to come two in three have answered so far; to one of the last year, all."""
    people, series = cast.people(), meeting.series
    for key, said, instead in _answers(meeting):
        day = convened.date() + timedelta(days=draw.number(f"{meeting.key}/{key}/after", 1, 3))
        yield Reply(
            author=people[key].email,
            organisation=cast.represents(key, series.group),
            answer=said,
            instead=instead,
            at=moment(day, f"{meeting.key}/{key}"),
        )


def _answers(meeting: Meeting) -> Iterator[tuple[str, Answer, str]]:
    """Who answered, what, and who comes instead."""
    series = meeting.series
    preparing = {series.chair, series.secretary}
    members = [key for key in series.members if key not in preparing]
    if meeting.is_to_come:
        yield from _first_answers(meeting, members)
    elif meeting.on.year == LAST_DAY.year and series.key in _ANSWERED:
        came = present(meeting)
        for key in members:
            yield key, Answer.COMES if key in came else Answer.EXCUSED, ""


def _first_answers(meeting: Meeting, members: list[str]) -> Iterator[tuple[str, Answer, str]]:
    """Who is to present something comes."""
    presenting = {item.by for item in meeting.items}
    answering = draw.some(f"{meeting.key}/answers", members, len(members) * 2 // 3)
    others = [other for other in members if other not in answering]
    for key in answering:
        drawn = draw.one(f"{meeting.key}/{key}/says", _SAYS)
        said = Answer.COMES if key in presenting else drawn
        instead = cast.people()[draw.one(f"{meeting.key}/{key}/instead", others)].name
        yield key, said, instead if said is Answer.REPRESENTED else ""


# Of the committee not everybody reads its folder.
_ANSWERED = ("plenieres", "sante-mentale", "mobilite", "addictions")
_SAYS = (Answer.COMES, Answer.COMES, Answer.COMES, Answer.EXCUSED, Answer.REPRESENTED)


def _before(meeting: Meeting, days: int) -> datetime:
    return moment(meeting.on - timedelta(days=days), f"{meeting.key}/{days}")


def _time(said: str) -> time:
    hours, minutes = re.findall(r"[0-9]+|$", said)[:2]
    return time(int(hours), int(minutes or 0))
