"""The glossary as searches ask for it: read once, and again when it has changed."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from atelier.database import glossary
from atelier.database.engine import Transaction
from atelier.model.glossary import GlossaryTerm
from atelier.workspace.place import Records, Workspace

Terms = tuple[GlossaryTerm, ...]

_KEPT: Final[WeakKeyDictionary[Records, tuple[glossary.State, Terms]]] = WeakKeyDictionary()


async def terms(ws: Workspace) -> Terms:
    """All terms with their meanings, as the records have them now, whoever wrote them.

    Who changed a term last may have taken another name since.
    """

    async def unit(tx: Transaction) -> tuple[glossary.State, Terms]:
        state = await glossary.state(tx)
        kept = _KEPT.get(ws.db)
        if kept is not None and kept[0] == state:
            return kept
        return state, await glossary.terms(tx)

    _KEPT[ws.db] = kept = await ws.db.read(unit)
    return kept[1]
