"""The second trail: who read or downloaded what, by numbers, each line chained to the last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import DocumentId, PersonId

_HEAD = re.compile(r"[1-9][0-9]{0,17}:[0-9a-f]{64}|0:", re.ASCII)


class TrailAct(StrEnum):
    """What was done with a version: its page was opened, or its bytes were given."""

    READ = "read"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class Consulted:
    """One person's act on one version within ten minutes; `at` is their start, UTC ms."""

    at: int
    person: PersonId
    document: DocumentId
    version: int
    act: TrailAct


@dataclass(frozen=True, slots=True)
class Head:
    """A place in the chain: the number and hash of a line; 0 and "" before the first.

    Its text is `NUMBER:HASH`, the hash in lower-case hex.
    """

    number: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Head | None:
        """The head that this text writes, or None."""
        if not _HEAD.fullmatch(text):
            return None
        number, _, digest = text.partition(":")
        return cls(int(number), digest)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class TrailFaultKind(StrEnum):
    """What is wrong with the chain at a number."""

    ALTERED = "altered"  # the line does not follow from the one before
    REMOVED = "removed"  # the number is missing, and later ones are there
    INSERTED = "inserted"  # a line beyond the end, or before the beginning
    CUT = "cut"  # the chain ends before this number, which had been written
    END = "end"  # the lines are sound, the note of where they end is not
    REWRITTEN = "rewritten"  # sound in itself, but not what a head kept elsewhere says


@dataclass(frozen=True, slots=True)
class TrailFault:
    """The first number at which the chain fails, and how."""

    number: int
    kind: TrailFaultKind


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line as stewards read it, its names joined now.

    `person` and `email` are empty once her row is gone; `document_name` is empty unless the
    reader of the line may read the document. `act` is a `TrailAct`, unless somebody wrote
    something else into the records.
    """

    number: int
    at: datetime
    person_id: PersonId
    person: str
    email: str
    document_id: DocumentId
    document_name: str
    version: int
    act: str
