"""Letters that somebody no longer wants: said on a page of hers, or by a link in a letter.

The link (RFC 8058) opens without a session and stops one topic of one person, nothing else.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Final

from atelier import access
from atelier.database import letters as records
from atelier.database import people
from atelier.database.engine import Transaction
from atelier.errors import NotFound
from atelier.model.ids import PersonId
from atelier.model.letters import Topic
from atelier.model.people import Actor
from atelier.workspace.place import Workspace

_TOKEN: Final = re.compile(r"([1-9][0-9]{0,17})\.([a-z]{1,20})\.([0-9a-f]{64})")


async def wanted(ws: Workspace, actor: Actor) -> frozenset[Topic]:
    """What she gets letters about."""
    stopped = await ws.db.read(lambda tx: records.stopped(tx, actor.person_id))
    return frozenset(Topic) - stopped


async def choose(ws: Workspace, actor: Actor, topics: frozenset[Topic]) -> None:
    """Get letters about these, and about nothing else that can be stopped."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        for topic in Topic:
            write = records.resume if topic in topics else records.stop
            await write(tx, actor.person_id, topic)

    await ws.db.write(unit)


async def address(ws: Workspace, tx: Transaction, person: PersonId, topic: Topic) -> str:
    """The link that stops letters about this, in the transaction of the letter that bears it."""
    secret = (await records.reader(tx, person)).secret
    if not secret:
        secret = secrets.token_hex(32)
        await records.set_secret(tx, person, secret)
    token = f"{person}.{topic}.{_sealed(secret, person, topic)}"
    return f"{ws.settings.server.public_url}/mail/stop/{token}"


async def look(ws: Workspace, token: str) -> Topic:
    """What a link stops, without using it; `NotFound` for one that none of ours is."""
    return (await ws.db.read(lambda tx: _meant(tx, token)))[1]


async def stop(ws: Workspace, token: str) -> Topic:
    """Stop what a link stops; again changes nothing. `NotFound` as `look`."""

    async def unit(tx: Transaction) -> Topic:
        person, topic = await _meant(tx, token)
        await records.stop(tx, person, topic)
        return topic

    return await ws.db.write(unit)


async def _meant(tx: Transaction, token: str) -> tuple[PersonId, Topic]:
    found = _TOKEN.fullmatch(token)
    if found is None or found[2] not in set(Topic):
        raise NotFound("stop_link")
    person, topic = PersonId(int(found[1])), Topic(found[2])
    secret = (await records.reader(tx, person)).secret
    # One that is not there costs as much.
    is_hers = hmac.compare_digest(_sealed(secret or token, person, topic), found[3])
    if not secret or not is_hers or await people.person(tx, person) is None:
        raise NotFound("stop_link")
    return person, topic


def _sealed(secret: str, person: PersonId, topic: Topic) -> str:
    return hmac.new(secret.encode(), f"stop {person} {topic}".encode(), "sha256").hexdigest()
