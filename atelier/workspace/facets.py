"""How what was found divides: counts of an index, rolled up and named for one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from atelier.database import finding
from atelier.database.engine import Transaction
from atelier.database.meeting_entries import Known
from atelier.model.ids import FolderId, MeetingId, SeriesId
from atelier.model.meetings import Series, series_names
from atelier.model.search import Choice, Facets, Narrowing
from atelier.search.contract import MAX_COUNTED, Counts, Entry
from atelier.search.media_types import kind_of
from atelier.workspace.sight import Sight

MOST = 10

_Value = TypeVar("_Value", bound=int | str)


async def facets(tx: Transaction, counts: Counts, sight: Sight, narrowing: Narrowing) -> Facets:
    """The most frequent of each, with the names of people and structures of these documents.

    What is chosen is always among them, marked; a folder without its name unless she may read
    it. The names of people and structures are anybody's to read, as in the directory.
    """
    folder = narrowing.folder if narrowing.folder in sight.parents else None
    rolled = _most(rolled_up(counts.folders, sight.parents, folder))
    if folder is not None:
        rolled = {folder: sum(counts.folders.values()), **rolled}
    folders = await finding.folder_names(tx, rolled)
    organisations = _most(counts.organisations)
    people = _most(counts.authors)
    return Facets(
        folders=_choices(rolled, narrowing.folder, folders),
        organisations=_choices(
            organisations,
            narrowing.organisation,
            await finding.organisation_names(
                tx, _with_chosen(organisations, narrowing.organisation)
            ),
        ),
        people=_choices(
            people,
            narrowing.person,
            await finding.people_names(tx, _with_chosen(people, narrowing.person)),
        ),
        kinds=_choices(_most(counts.kinds), narrowing.kind, {}),
        years=_choices(_most(counts.years), narrowing.year, {}),
        **await _of_meetings(tx, counts.folders, sight, narrowing),
    )


def rolled_up(
    counts: Mapping[int, int],
    parents: Mapping[FolderId, FolderId | None],
    chosen: FolderId | None,
) -> dict[int, int]:
    """The documents of each child of the chosen folder, or of each entry point, with all below."""
    tops: dict[FolderId, FolderId | None] = {}
    found: dict[int, int] = {}
    for number, count in counts.items():
        top = _top(FolderId(number), parents, chosen, tops)
        if top is not None:
            found[top] = found.get(top, 0) + count
    return found


def added(counts: Counts, entries: Iterable[Entry]) -> Counts:
    """The counts with documents that the index has not counted."""
    more = list(entries)
    if not more:
        return counts
    folders = Counter(counts.folders)
    folders.update(entry.folder for entry in more)
    return Counts(
        folders=folders,
        organisations=_with(
            counts.organisations, [one.organisation_id for one in more if one.organisation_id]
        ),
        authors=_with(counts.authors, [one.author_id for one in more]),
        kinds=_with(counts.kinds, [kind_of(one.media_type) for one in more]),
        years=_with(counts.years, [one.year for one in more]),
    )


async def _of_meetings(
    tx: Transaction, counts: Mapping[int, int], sight: Sight, narrowing: Narrowing
) -> dict[str, tuple[Choice, ...]]:
    """The meetings in whose dossiers something answers, the newest first of many, and series."""
    if not sight.meetings and narrowing.meeting is None and narrowing.series is None:
        return {}
    known = _chosen_ones(sight.meetings.values(), narrowing)
    found = Counter[MeetingId]()
    series = Counter[SeriesId]()
    for folder, count in counts.items():
        meeting = sight.meeting_of(FolderId(folder))
        if meeting is not None:
            known[meeting.id] = meeting
            found[meeting.id] += count
            if meeting.series_id is not None:
                series[meeting.series_id] += count
    newest = sorted(found.items(), key=lambda one: (-one[1], -known[one[0]].starts_ms, one[0]))
    choices = _choices(
        dict(newest[:MOST]), narrowing.meeting, {number: one.title for number, one in known.items()}
    )
    return {
        "meetings": tuple(_dated(choice, known) for choice in choices),
        "series": _choices(
            _most(series), narrowing.series, await _series_names(tx, known.values(), sight)
        ),
    }


async def _series_names(
    tx: Transaction, known: Iterable[Known], sight: Sight
) -> dict[SeriesId, str]:
    """What to call the series of these meetings; folders are named that she may read."""
    standing = {
        one.series_id: (one.series_folder_id, one.series or "")
        for one in known
        if one.series_id is not None and one.series_folder_id is not None
    }
    above = await finding.folder_names(
        tx, {folder for folder, _ in standing.values() if folder in sight.parents}
    )
    return series_names(
        Series(number, folder, name, above.get(folder, ""))
        for number, (folder, name) in standing.items()
    )


def _chosen_ones(meetings: Iterable[Known], narrowing: Narrowing) -> dict[MeetingId, Known]:
    """Those that give what is chosen its name, also where nothing answers."""
    if narrowing.meeting is None and narrowing.series is None:
        return {}
    return {
        one.id: one
        for one in meetings
        if one.id == narrowing.meeting
        or (one.series_id is not None and one.series_id == narrowing.series)
    }


def _dated(choice: Choice, known: Mapping[MeetingId, Known]) -> Choice:
    meeting = known.get(MeetingId(int(choice.value)))
    return choice if meeting is None else replace(choice, at=meeting.hit().starts_at)


def _top(
    folder: FolderId,
    parents: Mapping[FolderId, FolderId | None],
    chosen: FolderId | None,
    tops: dict[FolderId, FolderId | None],
) -> FolderId | None:
    """The folder to count this one in; None for the chosen one itself."""
    way: list[FolderId] = []
    at = folder
    while at not in tops:
        way.append(at)
        above = parents.get(at)
        if at == chosen:
            tops[at] = None
        elif above is None or above == chosen or above not in parents:
            tops[at] = at
        else:
            at = above
    top = tops[at]
    tops.update((one, top) for one in way)
    return top


def _with(counts: Mapping[_Value, int], more: list[_Value]) -> dict[_Value, int]:
    """Of a list that is cut, what is left out is not counted: its number is not known."""
    is_whole = len(counts) < MAX_COUNTED
    found = dict(counts)
    for value in more:
        if is_whole or value in found:
            found[value] = found.get(value, 0) + 1
    return found


def _most(counts: Mapping[_Value, int]) -> dict[_Value, int]:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return dict(ordered[:MOST])


def _choices(
    counts: Mapping[_Value, int], chosen: _Value | None, names: Mapping[_Value, str]
) -> tuple[Choice, ...]:
    found = [
        Choice(str(value), names.get(value, ""), count, value == chosen)
        for value, count in counts.items()
    ]
    if chosen is not None and chosen not in counts:
        found.append(Choice(str(chosen), names.get(chosen, ""), 0, is_chosen=True))
    return tuple(found)


def _with_chosen(counts: Iterable[int], chosen: int | None) -> set[int]:
    return {*counts} | ({chosen} if chosen is not None else set())
