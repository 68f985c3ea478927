"""Old meetings recognised among the folders and files of a folder, to be confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from atelier.model import names
from atelier.model.ids import DocumentId, FolderId
from atelier.model.meetings import Part
from atelier.model.past_names import Guess, guess, same_series

# Year, month, day (0 where it is not known), and an impossible day as it is written.
_Moment = tuple[int, int, int, str]

MOST_FILES = 500  # of one meeting, and of one page


@dataclass(frozen=True, slots=True)
class Standing:
    """A document as it stood when the names were read; `version` is its current one."""

    id: DocumentId
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a proposed meeting, and which part of it it would tell."""

    document: Standing
    part: Part | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A meeting as names tell it.

    `folder` (id, name) becomes its dossier as it is; None where a new one would take the
    papers in. `day` is None where only the month is known, as (year, month), and where the
    name says an `impossible` one.
    """

    day: date | None
    month: tuple[int, int] | None
    title: str
    series: str
    is_sure: bool
    papers: tuple[Paper, ...]
    folder: tuple[FolderId, str] | None = None
    impossible: str = ""

    @property
    def key(self) -> str:
        """What a form calls it by: the folder, or the first document."""
        return f"f{self.folder[0]}" if self.folder else f"d{self.papers[0].document.id}"

    @property
    def when(self) -> tuple[int, int, int]:
        """Year, month, day (0 where it is not known)."""
        if self.day is not None:
            return self.day.year, self.day.month, self.day.day
        return (*(self.month or (0, 0)), 0)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Meetings, newest first, and what stays where it is: names that say nothing."""

    meetings: tuple[Proposal, ...]
    folders_left: tuple[tuple[FolderId, str], ...]
    files_left: tuple[Standing, ...]


def proposed(
    folders: Mapping[FolderId, str],
    inside: Mapping[FolderId, Sequence[Standing]],
    files: Iterable[Standing],
    *,
    untitled: str,
) -> Proposed:
    """The meetings that the names of a folder's folders and files tell.

    `inside` are the files in those folders; `untitled` is the title where a name gives none.
    """
    found: list[Proposal] = []
    folders_left = []
    for number, name in folders.items():
        said = guess(name, is_folder=True)
        if said.is_dated:
            found.append(_of_folder(number, name, said, inside.get(number, ()), untitled))
        else:
            folders_left.append((number, name))
    files_left, groups = [], defaultdict[_Moment, list[tuple[Standing, Guess]]](list)
    for one in files:
        said = guess(one.name)
        if said.is_dated:
            groups[_when(said)].append((one, said))
        else:
            files_left.append(one)
    for group in groups.values():
        found += (_of_files(each, untitled) for each in _by_series(group))
    ordered = sorted(found, key=lambda one: (one.when, one.title), reverse=True)
    return Proposed(tuple(ordered), tuple(folders_left), tuple(files_left))


def _of_folder(
    number: FolderId, name: str, said: Guess, inside: Sequence[Standing], untitled: str
) -> Proposal:
    papers = (Paper(one, guess(one.name).part) for one in inside[:MOST_FILES])
    return Proposal(
        day=said.day,
        month=said.month,
        title=said.series or untitled,
        series=said.series,
        is_sure=said.is_sure,
        papers=tuple(papers),
        folder=(number, name),
        impossible=said.impossible,
    )


def _of_files(group: Sequence[tuple[Standing, Guess]], untitled: str) -> Proposal:
    first = group[0][1]
    series = next((said.series for _, said in group if said.says_meeting and said.series), "")
    title = series or next((said.series for _, said in group if said.series), untitled)
    return Proposal(
        day=first.day,
        month=first.month,
        title=title,
        series=series,
        is_sure=any(said.is_sure for _, said in group),
        papers=tuple(Paper(one, said.part) for one, said in group[:MOST_FILES]),
        impossible=first.impossible,
    )


def _by_series(group: list[tuple[Standing, Guess]]) -> list[list[tuple[Standing, Guess]]]:
    """The files of one day, shared out; what names no meeting goes with the only one there is."""
    of = defaultdict[str, list[tuple[Standing, Guess]]](list)
    for one in group:
        if one[1].says_meeting:
            of[same_series(one[1].series)].append(one)
    unnamed = of.pop("", []) if len(of) == 2 else []
    others = [one for one in group if not one[1].says_meeting]
    if len(of) == 1:
        return [next(iter(of.values())) + unnamed + others]
    for one in (*unnamed, *others):
        of[same_series(one[1].series)].append(one)
    return list(of.values())


def _when(said: Guess) -> _Moment:
    if said.day is not None:
        return said.day.year, said.day.month, said.day.day, ""
    return (*(said.month or (0, 0)), 0, names.sort_key(said.impossible))
