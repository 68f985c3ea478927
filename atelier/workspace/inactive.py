"""Accounts that nobody uses, told to stewards: nothing is disabled by itself."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from atelier import access
from atelier.database import inactive as records
from atelier.database.engine import Transaction
from atelier.database.inactive import Absent as Absent
from atelier.model.people import Actor
from atelier.workspace.place import Workspace

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Inactive:
    """Accounts without a visit for `months`, since the day `since`: at most `SHOWN` of `total`.

    Those who came before stand first, the longest absent ahead; then who never came.
    """

    months: int
    since: date
    absent: tuple[Absent, ...]
    total: int


async def look(ws: Workspace, actor: Actor) -> Inactive:
    """The open accounts that nobody uses; for stewards."""
    months = ws.settings.sessions.inactive_months
    since = months_before(actor.today, months)

    async def unit(tx: Transaction) -> Inactive:
        await access.manage(tx, actor)
        found = await records.absent(tx, actor.today, since, SHOWN)
        return Inactive(months, since, tuple(found), await records.count(tx, since))

    return await ws.db.read(unit)


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or the last of that month where it has none."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
