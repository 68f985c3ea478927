"""Many terms of the glossary at once: a pasted list, one a line, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from atelier import access
from atelier.database import glossary as records
from atelier.database import journal
from atelier.database.engine import Transaction
from atelier.errors import Invalid
from atelier.model.glossary import MAX_TERMS, Wording, worded_line
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.search.glossary import key_of
from atelier.workspace import glossary
from atelier.workspace.place import Workspace


class Fate(StrEnum):
    """What became of a line."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list, from 1, as it was typed; `fault` says why it was refused."""

    number: int
    text: str
    fate: Fate
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every line that says something, in order."""

    lines: tuple[Line, ...]

    def of(self, fate: Fate) -> tuple[Line, ...]:
        """The lines that came to this."""
        return tuple(line for line in self.lines if line.fate is fate)


async def take(ws: Workspace, actor: Actor, text: str) -> Report:
    """Write the lines « CLS = contrat local de santé » into the glossary; all that can be.

    A term that stands there keeps its meanings and gains those of the line. `Forbidden` but
    for those who may write the glossary; `Invalid` for more lines than it takes terms.
    """
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise Invalid("list", "empty")
    if len(lines) > MAX_TERMS:
        raise Invalid("list", "glossary_full")

    async def unit(tx: Transaction) -> Report:
        await access.keep_glossary(tx, actor)
        report = Report(tuple([await _taken(ws, tx, actor, *line) for line in lines]))
        added, changed = len(report.of(Fate.ADDED)), len(report.of(Fate.CHANGED))
        if added or changed:
            facts = {"added": str(added), "changed": str(changed)}
            imported = NetworkVerb.GLOSSARY_IMPORTED
            await journal.note_network(tx, actor, imported, ws.clock(), **facts)
        return report

    return await ws.db.write(unit)


async def _taken(ws: Workspace, tx: Transaction, actor: Actor, number: int, text: str) -> Line:
    try:
        fate = await _written(ws, tx, actor, glossary.checked(worded_line(text)))
    except Invalid as error:
        return Line(number, text, Fate.REFUSED, error.fault)
    return Line(number, text, fate)


async def _written(ws: Workspace, tx: Transaction, actor: Actor, wording: Wording) -> Fate:
    before = await records.holder(tx, key_of(wording.term))
    if before is None:
        if await records.count(tx) >= MAX_TERMS:
            raise Invalid("term", "glossary_full")
        await glossary.write(ws, tx, actor, wording)
        return Fate.ADDED
    both = glossary.checked(Wording(before.term, (*before.meanings, *wording.meanings)))
    if both.meanings == before.meanings:
        return Fate.SAME
    await glossary.rewrite(ws, tx, actor, before, both)
    return Fate.CHANGED
