"""What is kept of somebody, given to herself (GDPR art. 15 and 20): nobody else may ask.

Lists as programs and people read them, and the bytes that she deposited, as far as she
may read them still. Nothing of others beyond what she sees on her pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from atelier import access
from atelier.database import journal
from atelier.database import own_data as records
from atelier.database.engine import Transaction
from atelier.database.own_data import MOST_LINES as MOST_LINES
from atelier.database.own_data import Own
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
class OwnRecords:
    """Lists of plain values by name, and versions of hers with the paths they will have.

    `left_out` is how many more she may read, for which there was no room.
    """

    lists: Mapping[str, list[dict[str, Any]]]
    entries: tuple[Entry, ...]
    left_out: int


async def export(ws: Workspace, actor: Actor) -> OwnRecords:
    """All that is kept of her, noted in the network's journal; at most `MOST_BYTES` of bytes."""
    access.act(actor)

    async def unit(tx: Transaction) -> tuple[dict[str, list[dict[str, Any]]], list[Own]]:
        lists = {name: await records.told(tx, actor, name) for name in records.listed()}
        return lists, await records.deposited(tx, actor, MOST_LINES)

    async def note(tx: Transaction) -> None:
        done = NetworkVerb.OWN_DATA_EXPORTED
        await journal.note_network(tx, actor, done, ws.clock())

    lists, hers = await ws.db.read(unit)
    entries, left_out = await _chosen(ws, hers)
    await ws.db.write(note)
    return OwnRecords(lists, entries, left_out)


async def _chosen(ws: Workspace, hers: list[Own]) -> tuple[tuple[Entry, ...], int]:
    """The newest, as long as there is room; the versions whose bytes are gone are left out."""
    room = MOST_BYTES
    chosen: list[Entry] = []
    for one in hers:
        if one.size_bytes > room or len(chosen) == MOST_FILES:
            break
        entry = _entry(one)
        if await is_there(ws, entry):
            chosen.append(entry)
            room -= one.size_bytes
    return tuple(chosen), len(hers) - len(chosen)


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
