"""What a filling knows of the network so far, by the words of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from atelier.demo.plan import Person, Plan
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from atelier.workspace import people
from atelier.workspace.place import Workspace


@dataclass(slots=True)
class Seeding:
    """What is known of what was brought in so far."""

    ws: Workspace
    plan: Plan
    organisations: dict[str, OrganisationId] = field(default_factory=dict)
    people: dict[str, PersonId] = field(default_factory=dict)
    folders: dict[str, FolderId] = field(default_factory=dict)
    documents: dict[str, DocumentId] = field(default_factory=dict)

    @property
    def steward(self) -> Person:
        """Who administers the network."""
        return next(one for one in self.plan.people if one.is_steward)

    def at(self, when: datetime) -> Workspace:
        """The workspace on that day."""
        return replace(self.ws, clock=lambda: when)

    async def actor(self, when: datetime, email: str, organisation: str | None = None) -> Actor:
        """Someone on that day, acting for that organisation when one is named."""
        found = await people.actor(self.at(when), email)
        chosen = None if organisation is None else self.organisations[organisation]
        return replace(found, acting_as=chosen)
