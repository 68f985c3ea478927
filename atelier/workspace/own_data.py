"""What is kept of somebody, given to herself (GDPR art. 15 and 20): nobody else may ask.

Lists as programs and people read them, and the bytes that she deposited, as far as she
may read them still. Nothing of others beyond what she sees on her pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from atelier import access
from atelier.database import journal
from atelier.database import own_data as records
from atelier.database.engine import Transaction, Unit
from atelier.database.own_data import MOST_LINES as MOST_LINES
from atelier.database.own_data import Own, Told
from atelier.database.times import from_ms
from atelier.model.ids import DocumentId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.model.portable import portable
from atelier.workspace.archives import Entry, is_there
from atelier.workspace.place import Workspace

MOST_FILES: Final = 1_000
MOST_BYTES: Final = 2**29
FOLDER: Final = "depots"


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Versions of hers with the paths they will have.

    `left_out` is how many more she may read, for which there was no room.
    """

    entries: tuple[Entry, ...]
    left_out: int


async def export(ws: Workspace, actor: Actor) -> OwnFiles:
    """Begin to give her all that is kept of her, noted in the network's journal.

    The bytes that go with it, `MOST_BYTES` of them at most; what is told beside them is
    asked for by `pages`.
    """
    access.act(actor)

    async def unit(tx: Transaction) -> tuple[list[Own], int]:
        return await records.deposited(tx, actor, MOST_FILES)

    async def note(tx: Transaction) -> None:
        done = NetworkVerb.OWN_DATA_EXPORTED
        await journal.note_network(tx, actor, done, ws.clock())

    hers, count = await ws.db.read(unit)
    entries = await _chosen(ws, hers)
    await ws.db.write(note)
    return OwnFiles(entries, count - len(entries))


async def pages(ws: Workspace, actor: Actor) -> AsyncIterator[tuple[str, list[Told]]]:
    """Lists of plain values, each by its name, in pages: what was kept of her for years is long.

    At most `MOST_LINES` of a list, the newest of what grows without end. A list that is empty
    has one page, an empty one.
    """
    access.act(actor)
    for name in records.listed():
        given = 0
        before: int | None = records.NEWEST
        while before is not None and given < MOST_LINES:
            lines, before = await ws.db.read(_asked(actor, name, before))
            given += len(lines)
            yield name, lines


def _asked(actor: Actor, name: str, before: int) -> Unit[tuple[list[Told], int | None]]:
    return lambda tx: records.told(tx, actor, name, before)


async def _chosen(ws: Workspace, hers: list[Own]) -> tuple[Entry, ...]:
    """The newest, as long as there is room; the versions whose bytes are gone are left out."""
    room = MOST_BYTES
    chosen: list[Entry] = []
    for one in hers:
        if one.size_bytes > room:
            break
        entry = _entry(one)
        if await is_there(ws, entry):
            chosen.append(entry)
            room -= one.size_bytes
    return tuple(chosen)


def _entry(one: Own) -> Entry:
    """By number of document and version first: no two paths are alike."""
    return Entry(
        f"{FOLDER}/{one.document_id}-v{one.version}-{portable(one.name)}",
        DocumentId(one.document_id),
        one.version,
        one.sha256,
        one.size_bytes,
        from_ms(one.created_at),
    )
