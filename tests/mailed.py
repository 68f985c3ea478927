"""A workspace that has a mail server, so that letters are queued; none is sent in these tests."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from atelier.database import letters
from atelier.database.engine import Transaction
from atelier.database.sessions import LinkRow, Purpose
from atelier.model.ids import LetterId, PersonId
from atelier.model.letters import Letter, LetterKind
from atelier.workspace import letters_out, links
from atelier.workspace.place import Workspace


def mailed(ws: Workspace) -> Workspace:
    """The same workspace with a mail server on this machine."""
    mail = dataclasses.replace(
        ws.settings.mail, server="localhost", security="none", sender="atelier@example.org"
    )
    return dataclasses.replace(ws, settings=dataclasses.replace(ws.settings, mail=mail))


async def confirming(ws: Workspace, person: PersonId, *, is_new: bool) -> str:
    """The token of a link that confirms a change of address, as its letter would carry it."""
    purpose = Purpose.EMAIL_NEW if is_new else Purpose.EMAIL_OLD
    link = LinkRow(purpose, person)
    return await ws.db.write(lambda tx: links.mint(ws, tx, link, timedelta(days=3)))


async def leaving(ws: Workspace, person: PersonId, kind: LetterKind) -> Letter | None:
    """What the last letter of this kind to somebody says when it leaves; None for none."""

    async def unit(tx: Transaction) -> Letter | None:
        number = await tx.value(
            "SELECT MAX(id) FROM letters WHERE person_id = :person AND kind = :kind",
            person=person,
            kind=kind,
        )
        row = await letters.found(tx, LetterId(number or 0))
        return None if row is None else await letters_out.resolved(ws, tx, row)

    return await ws.db.write(unit)
