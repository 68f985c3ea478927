"""What is written into minutes: decisions and actions as they are typed, who was there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from atelier.model.ids import OrganisationId, PersonId
from atelier.model.meetings import Attendee, Decision, Todo, Votes, Way


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision as it is to be written; `votes` only of a vote, and only when counted."""

    text: str
    way: Way
    decided_on: date
    votes: Votes | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """An action as it is to be written. `who` is a name, known to the network or not;
    `organisation` that of one in the network, "" for hers.
    """

    text: str
    who: str = ""
    organisation: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the network, and the organisation that is told beside her name."""

    id: PersonId
    name: str
    organisation_id: OrganisationId | None
    organisation: str


def ruling_of(decision: Decision) -> Ruling:
    """A decision as it is written."""
    return Ruling(decision.text, decision.way, decision.decided_on, decision.votes)


def task_of(todo: Todo) -> Task:
    """An action as it is written."""
    return Task(todo.text, todo.who, todo.organisation, todo.due_on)


def state_of(written: Decision | Todo | Iterable[Attendee]) -> str:
    """What it says now, in 32 characters: of two writers who saw the same, one wins."""
    if isinstance(written, Decision):
        said = repr(ruling_of(written))
    elif isinstance(written, Todo):
        said = repr((task_of(written), written.person_id))
    else:
        said = repr(tuple(written))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
