"""The demonstration network as values: everything that `seed` brings in, nothing rendered.

People are known by e-mail, organisations and groups by name, folders by path.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from atelier.demo.blocks import Paper
from atelier.model.folders import Role, SubjectKind
from atelier.model.meetings import Answer, Presence


@dataclass(frozen=True, slots=True)
class Organisation:
    """A member organisation; `short` is how minutes call it."""

    name: str
    short: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """Someone's place in an organisation."""

    organisation: str
    function: str
    is_representative: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Someone; a guest has no place and a `function` of her own."""

    name: str
    email: str
    places: tuple[Place, ...]
    function: str = ""
    is_steward: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """Someone sits in a group for one of her organisations."""

    email: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Group:
    """A working group and who sits in it."""

    name: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; `keeper` makes it and grants on it. Parents come before what they hold.

    `coordinator` is named where the folder stands at the top or is closed.
    """

    path: str
    is_closed: bool
    keeper: str
    coordinator: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """A subject (organisation or group by name, person by e-mail, network "") and its role."""

    folder: str
    kind: SubjectKind
    subject: str
    role: Role
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One deposit: by whom, for which organisation (None for a guest), when, and what."""

    author: str
    organisation: str | None
    deposited_at: datetime
    comment: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its versions, oldest first."""

    folder: str
    name: str
    versions: tuple[Version, ...]

    @property
    def path(self) -> str:
        """Folder and name, as people say where a document is."""
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody (by name) is to do until when; `done_at` when she said it was done."""

    text: str
    who: str
    due_on: date
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Point:
    """A line of an agenda. `paper` is the path of a document laid before it, "" for none.

    `text`, `decision` and `task` are of a meeting that was held.
    """

    title: str
    minutes: int
    presenter: str
    text: str = ""
    decision: str = ""
    task: Task | None = None
    paper: str = ""
    is_left_over: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered, for which organisation; `instead` is who comes for her."""

    author: str
    organisation: str | None
    answer: Answer
    instead: str
    at: datetime


@dataclass(frozen=True, slots=True)
class There:
    """Somebody in the attendance, for that organisation."""

    email: str
    organisation: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of a series of its title, whose dossier stands in `folder`.

    `keeper` prepares it and writes it up; the papers are those of `laid_at`. None of
    `convened_at`, `laid_at`, `written_at` and `approved_at` where it has not come so far.
    """

    folder: str
    title: str
    day: date
    starts: time
    lasts_minutes: int
    place: str
    keeper: str
    made_at: datetime
    convened_at: datetime | None
    laid_at: datetime | None
    written_at: datetime | None
    approved_at: datetime | None
    invited: tuple[tuple[SubjectKind, str], ...]
    points: tuple[Point, ...]
    there: tuple[There, ...]
    replies: tuple[Reply, ...]

    @property
    def path(self) -> str:
        """Where its dossier stands."""
        return f"{self.folder}/{self.day.isoformat()} {self.title}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account to try the demonstration with; `role` says what it shows."""

    role: str
    name: str
    email: str
    password: str
    about: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole network. `papers` are in order of their first deposit, `meetings` of their days.

    `glossary` are its lines as they are pasted.
    """

    network_name: str
    password: str
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    folders: tuple[Folder, ...]
    grants: tuple[Grant, ...]
    papers: tuple[Document, ...]
    meetings: tuple[Meeting, ...]
    glossary: tuple[str, ...]
