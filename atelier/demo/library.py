"""Every document of the demonstration with its versions: from meetings, and written apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from atelier.demo import cast, draw
from atelier.demo.blocks import Block, Heading, Paper, Paragraph, read
from atelier.demo.content import load
from atelier.demo.french import day, typeset
from atelier.demo.layout import pages
from atelier.demo.meetings import SERIES, Meeting, meetings
from atelier.demo.minutes import agenda, attendance_list, minutes, slides
from atelier.demo.plan import Document, Version
from atelier.demo.reviews import review

_WRITTEN = ("conventions", "notes", "tools", "reserved")


def documents() -> tuple[Document, ...]:
    """All of them, in order of first deposit."""
    found = [*_of_meetings(), *_written_apart(), *_action_sheets(), *_reviews()]
    return tuple(sorted(found, key=lambda one: (one.versions[0].deposited_at, one.path)))


def _of_meetings() -> Iterator[Document]:
    for series in SERIES:
        previous: Meeting | None = None
        for meeting in meetings(series):
            yield from _of_meeting(meeting, previous)
            previous = meeting


def _of_meeting(meeting: Meeting, previous: Meeting | None) -> Iterator[Document]:
    series, year = meeting.series, meeting.on.year
    if meeting.is_in_preparation:
        return
    if series.agenda_name and year >= series.agenda_since:
        yield _agenda(meeting)
    if meeting.is_to_come:
        return
    yield _minutes(meeting, previous)
    if series.key == "plenieres" and meeting.on.month > 6:
        at = moment(meeting.on + timedelta(days=1), meeting.key + "/list")
        name = f"Liste de présence {meeting.on.isoformat()}.pdf"
        yield _single(meeting, name, "prigent", at, "", attendance_list(meeting, at))
    if series.key == "plenieres" and meeting.on.month < 7:
        at = moment(meeting.on - timedelta(days=1), meeting.key + "/slides")
        name = f"Diaporama plénière {meeting.on.isoformat()}.pdf"
        yield _single(meeting, name, series.chair, at, "", slides(meeting, at))


def _minutes(meeting: Meeting, previous: Meeting | None) -> Document:
    series = meeting.series
    final_at = moment(meeting.on + timedelta(days=9), meeting.key)
    versions = []
    if series.key == "plenieres" or (series.key == "copil" and meeting.on.month > 6):
        at = moment(meeting.on + timedelta(days=3), meeting.key + "/draft")
        paper = minutes(meeting, previous, at, is_draft=True)
        versions.append(_version(meeting, series.secretary, at, "Projet pour relecture", paper))
    comment = "Version approuvée" if versions else ""
    paper = minutes(meeting, previous, final_at)
    versions.append(_version(meeting, series.secretary, final_at, comment, paper))
    pattern = series.old_minutes_name if meeting.on.year == 2021 else series.minutes_name
    return Document(meeting.folder, _named(pattern, meeting.on), tuple(versions))


def _agenda(meeting: Meeting) -> Document:
    secretary = meeting.series.secretary
    first = moment(meeting.on - timedelta(days=45 if meeting.is_to_come else 21), meeting.key)
    versions = [_version(meeting, secretary, first, "", agenda(meeting, first))]
    if meeting.series.key == "plenieres" and meeting.on.month > 6:
        early = moment(first.date() - timedelta(days=9), meeting.key + "/early")
        paper = agenda(meeting, early, is_final=False)
        versions.insert(0, _version(meeting, secretary, early, "Points à confirmer", paper))
    return Document(meeting.folder, _named(meeting.series.agenda_name, meeting.on), tuple(versions))


def _single(
    meeting: Meeting, name: str, author: str, at: datetime, comment: str, paper: Paper
) -> Document:
    return Document(meeting.folder, name, (_version(meeting, author, at, comment, paper),))


def _version(meeting: Meeting, author: str, at: datetime, comment: str, paper: Paper) -> Version:
    organisation = cast.represents(author, meeting.series.group)
    return Version(cast.people()[author].email, organisation, at, comment, paper)


def _named(pattern: str, on: date) -> str:
    return pattern.format(iso=on.isoformat(), day=day(on))


def _written_apart() -> Iterator[Document]:
    for file in _WRITTEN:
        for row in load(file)["papers"]:
            yield _written(row)


def _written(row: dict[str, Any]) -> Document:
    versions = []
    for number, each in enumerate(row["versions"], 1):
        author, organisation = each.get("by") or usual_author(row["folder"])
        at = moment(each["at"], f"{row['name']}/{number}")
        versions.append(
            Version(
                author=cast.people()[author].email,
                organisation=cast.organisations()[organisation].name if organisation else None,
                deposited_at=at,
                comment=each["comment"],
                paper=_paper(row["title"], author, at, read(row["text"], number)),
            )
        )
    return Document(row["folder"], row["name"], tuple(versions))


def _action_sheets() -> Iterator[Document]:
    tables = load("fiches")
    for row in tables["fiches"]:
        author, organisation = usual_author(tables["folder"])
        at = moment(row["at"], row["name"])
        blocks: list[Block] = []
        for part, text in zip(tables["parts"], row["texts"], strict=True):
            blocks += [Heading(part), Paragraph(typeset(text))]
        paper = _paper(f"Fiche action : {row['title']}", author, at, tuple(blocks))
        name = cast.organisations()[organisation].name
        version = Version(cast.people()[author].email, name, at, "", paper)
        yield Document(tables["folder"], row["name"], (version,))


def _reviews() -> Iterator[Document]:
    for row in load("bilans")["bilans"]:
        author, organisation = usual_author("Bilans annuels")
        at = moment(row["at"], f"review/{row['year']}")
        texts = {key: row[key] for key in ("summary", "care", "outlook")}
        paper = review(row["year"], at, **texts)
        name = cast.organisations()[organisation].name
        version = Version(cast.people()[author].email, name, at, "Présenté au comité", paper)
        yield Document("Bilans annuels", f"Bilan annuel {row['year']}.pdf", (version,))


def usual_author(folder: str) -> tuple[str, str]:
    """Who deposits in a folder, for which organisation (keys): its own, else its parent's."""
    rows = {row["path"]: row.get("author") for row in load("folders")["folders"]}
    while rows.get(folder) is None:
        folder = folder.rpartition("/")[0]
    person, organisation = rows[folder] or ("", "")
    return person, organisation


def _paper(title: str, author: str, at: datetime, blocks: tuple[Block, ...]) -> Paper:
    heading = Heading(typeset(title), 1)
    return Paper(heading.text, cast.people()[author].name, at, pages((heading, *blocks)))


def moment(on: date, key: str) -> datetime:
    """A working hour of that day, or of the Monday after a week-end, as UTC."""
    on += timedelta(days=max(0, 7 - on.weekday()) % 7 if on.weekday() > 4 else 0)
    minute = draw.number(f"{key}/moment", 7 * 60, 16 * 60)
    return datetime.combine(on, time(minute // 60, minute % 60), UTC)
