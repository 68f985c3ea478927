"""The lines of an attendance list in their form, and of two lists that were filled in at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from atelier.model.meetings import Presence
from atelier.model.names import sort_key
from atelier.web.pages.together import mark
from atelier.workspace.attendance import Row


@dataclass(frozen=True, slots=True)
class Filled:
    """A line of the form. `was`: the mark of the line as it was shown, "" of one she added.

    `is_both`: somebody else wrote of the same person; `theirs` and `their_stand_in` are saved.
    """

    row: Row
    was: str = ""
    is_both: bool = False
    theirs: Presence | None = None
    their_stand_in: str = ""


def offered(rows: Iterable[Row]) -> list[Filled]:
    """The lines as the page shows them first."""
    return [Filled(row, _mark(row)) for row in rows]


def named(lines: Iterable[Filled]) -> list[Filled]:
    """Without those that name nobody: they are left empty, or were emptied."""
    return [line for line in lines if _is_named(line.row)]


def joined(hers: Sequence[Filled], saved: Sequence[Row]) -> list[Filled]:
    """Her lines over those that are `saved` by now, line by line.

    What she did not touch is as it is saved; what she wrote stays hers, with what is saved
    beside it where somebody else wrote of the same person; what others added is there too.
    """
    by_who = {_who(row): row for row in saved}
    by_mark = {_mark(row): row for row in saved}
    # A line that she gave another name, or none, is no longer there under the old one.
    gone = {_who(by_mark[line.was]) for line in hers if line.was in by_mark}
    lines = [line for one in named(hers) for line in _line(one, by_who.get(_who(one.row)))]
    here = {_who(line.row) for line in lines}
    return [*lines, *offered(row for who, row in by_who.items() if who not in here | gone)]


def _line(hers: Filled, saved: Row | None) -> list[Filled]:
    """Her line as it is shown again; none where others took away what she did not touch."""
    is_hers = _mark(hers.row) != hers.was
    if saved is None:
        return [Filled(hers.row, is_both=bool(hers.was))] if is_hers else []
    now = _mark(saved)
    if not is_hers:
        return [Filled(saved, now)]
    if now in (hers.was, _mark(hers.row)):
        return [dataclasses.replace(hers, was=now)]
    return [Filled(hers.row, now, True, saved.presence, saved.instead)]


def _who(row: Row) -> object:
    return row.person_id or (sort_key(row.name), sort_key(row.organisation))


def _is_named(row: Row) -> bool:
    return bool(row.person_id or row.name.strip())


def _mark(row: Row) -> str:
    """Those whom the network knows are told by it: of them only what is noted can change."""
    who = str(row.person_id) if row.person_id else f"{row.name.strip()}\n{row.organisation.strip()}"
    return mark(f"{who}\n{row.presence or ''}\n{row.instead.strip()}")
