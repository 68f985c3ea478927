"""What the counters of space say, and whether they are the sums of what they count."""

from __future__ import annotations

from atelier.database import quotas
from tests.builders import World


async def used(world: World, kind: str) -> dict[int, int]:
    """The counters of folders or organisations that are not zero; `recount` agrees with each."""
    assert await world.ws.db.read(quotas.recount) == []
    rows = await world.ws.db.read(
        lambda tx: tx.rows(
            "SELECT id, bytes FROM used_space WHERE kind = :kind AND bytes <> 0", kind=kind
        )
    )
    return dict(rows)
