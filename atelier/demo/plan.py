"""The demonstration network as values: everything that `seed` brings in, nothing rendered.

People are known by e-mail, organisations and groups by name, folders by path.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from atelier.demo.blocks import Paper
from atelier.model.folders import Role, SubjectKind


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
class Account:
    """An account to try the demonstration with; `role` says what it shows."""

    role: str
    name: str
    email: str
    password: str
    about: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole network. `papers` are in order of their first deposit.

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
    glossary: tuple[str, ...]
