"""Rows of the journal: written in the transaction of the act, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.ids import DocumentId, FolderId, OrganisationId
from atelier.model.journal import JournalLine, NetworkVerb, Verb
from atelier.model.people import Actor

_LOOKED_AT = 100


async def note(
    tx: Transaction,
    actor: Actor,
    folder: FolderId,
    verb: Verb,
    at: datetime,
    *,
    hat: OrganisationId | None,
    document: DocumentId | None = None,
    facts: Mapping[str, str],
) -> None:
    """Write who did what in this folder, under the hat she wears there.

    Everyone who may read this folder's journal reads the facts: they name nothing that
    stands elsewhere.
    """
    await tx.run(
        "INSERT INTO journal (folder_id, document_id, person_id, organisation_id, verb, facts, at)"
        " VALUES (:folder, :document, :person, :hat, :verb, :facts, :at)",
        folder=folder,
        document=document,
        person=actor.person_id,
        hat=hat,
        verb=verb,
        facts=json.dumps(dict(facts), ensure_ascii=False),
        at=to_ms(at),
    )


async def note_network(
    tx: Transaction, actor: Actor, verb: NetworkVerb, at: datetime, **facts: str
) -> None:
    """Write who did what to the organisations, people and groups of the network."""
    await tx.run(
        "INSERT INTO network_journal (person_id, organisation_id, verb, facts, at)"
        " VALUES (:person, :hat, :verb, :facts, :at)",
        person=actor.person_id,
        hat=actor.acting_as or actor.main_organisation,
        verb=verb,
        facts=json.dumps(facts, ensure_ascii=False),
        at=to_ms(at),
    )


async def lines(tx: Transaction, folder: FolderId, *, before: int, limit: int) -> list[JournalLine]:
    """The folder's lines older than line `before`, newest first."""
    rows = await tx.rows(
        "SELECT j.id, j.at, p.name, o.name, j.verb, j.facts FROM journal j"
        " JOIN people p ON p.id = j.person_id"
        " LEFT JOIN organisations o ON o.id = j.organisation_id"
        " WHERE j.folder_id = :folder AND j.id < :before ORDER BY j.id DESC LIMIT :limit",
        folder=folder,
        before=before,
        limit=limit,
    )
    return [
        JournalLine(number, from_ms(at), person, organisation or "", Verb(verb), json.loads(facts))
        for number, at, person, organisation, verb, facts in rows
    ]


async def last_of_item(
    tx: Transaction, folder: FolderId, verb: Verb, item: str
) -> tuple[str, datetime] | None:
    """Who did this last to the item of that title in the dossier, and when.

    None where the newest `_LOOKED_AT` lines of that verb do not tell.
    """
    rows = await tx.rows(
        "SELECT p.name, j.at, j.facts FROM journal j JOIN people p ON p.id = j.person_id"
        " WHERE j.folder_id = :folder AND j.verb = :verb ORDER BY j.id DESC LIMIT :limit",
        folder=folder,
        verb=verb,
        limit=_LOOKED_AT,
    )
    told = ((person, from_ms(at)) for person, at, facts in rows if _item(facts) == item)
    return next(told, None)


def _item(facts: str) -> str:
    return str(json.loads(facts).get("item", ""))


async def network_lines(tx: Transaction, *, before: int, limit: int) -> list[JournalLine]:
    """The lines of the network's journal older than line `before`, newest first."""
    rows = await tx.rows(
        "SELECT j.id, j.at, p.name, o.name, j.verb, j.facts FROM network_journal j"
        " JOIN people p ON p.id = j.person_id"
        " LEFT JOIN organisations o ON o.id = j.organisation_id"
        " WHERE j.id < :before ORDER BY j.id DESC LIMIT :limit",
        before=before,
        limit=limit,
    )
    return [
        JournalLine(
            number, from_ms(at), person, organisation or "", NetworkVerb(verb), json.loads(facts)
        )
        for number, at, person, organisation, verb, facts in rows
    ]
