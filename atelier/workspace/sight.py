"""Where a person may look when she searches: her readable folders, narrowed as she asks.

Rights are never anywhere but in the filter that comes out of here, and in the re-check of
what is shown. A folder that she may not read narrows to nothing, like one that never was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from atelier.database import entries, finding, folders, meeting_entries
from atelier.database.engine import Transaction
from atelier.database.meeting_entries import Known
from atelier.model.folders import Action
from atelier.model.ids import FolderId
from atelier.model.people import Actor
from atelier.model.search import Narrowing
from atelier.search.contract import AllBut, FolderFilter, Only, Within
from atelier.search.french import fold, spelled
from atelier.search.grammar import Query
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class Sight:
    """What she may read at one moment, and what an index at that moment shows otherwise.

    `parents` is of every folder she may read; `unreadable` of the others, when these are
    the fewer. `late` are all documents with entries not applied, `hers` those she may read.
    `meetings` are those she may read, by their dossier, when they were asked for.
    """

    parents: Mapping[FolderId, FolderId | None]
    unreadable: frozenset[FolderId] | None
    names: Mapping[FolderId, str]
    late: frozenset[int]
    hers: frozenset[int]
    meetings: Mapping[FolderId, Known] = field(default_factory=dict)

    def folders(self, query: Query, narrowing: Narrowing) -> frozenset[FolderId]:
        """The readable folders to look into."""
        readable = frozenset(self.parents)
        if narrowing.folder is not None:
            readable &= self.below({narrowing.folder} & readable)
        if query.folders:
            readable &= self._named(query.folders)
        if narrowing.meeting is not None:
            readable &= self._dossiers(lambda one: one.id == narrowing.meeting)
        if narrowing.series is not None:
            readable &= self._dossiers(lambda one: one.series_id == narrowing.series)
        if query.meetings:
            readable &= self._called(query.meetings)
        excluded = self._named(query.excluded_folders) | self._called(query.excluded_meetings)
        return readable - excluded

    def within(self, wanted: frozenset[FolderId]) -> Within:
        """These folders as an index is told them, said the shorter way."""
        said: FolderFilter = Only(frozenset(wanted))
        if self.unreadable is not None and len(wanted) == len(self.parents):
            said = AllBut(frozenset(self.unreadable))
        return Within(said, self.late)

    def below(self, found: Iterable[FolderId]) -> frozenset[FolderId]:
        """These folders with all she may read below them."""
        found = set(found)
        if not found:
            return frozenset()
        children: dict[FolderId, list[FolderId]] = {}
        for number, parent in self.parents.items():
            if parent is not None:
                children.setdefault(parent, []).append(number)
        inside = set(found)
        waiting = list(found)
        while waiting:
            fresh = [one for one in children.get(waiting.pop(), ()) if one not in inside]
            inside.update(fresh)
            waiting += fresh
        return frozenset(inside)

    def meeting_of(self, folder: FolderId) -> Known | None:
        """The meeting in whose dossier it is, however deep; only by folders she may read."""
        at: FolderId | None = folder
        while at is not None and at in self.parents:
            if at in self.meetings:
                return self.meetings[at]
            at = self.parents[at]
        return None

    def _dossiers(self, is_wanted: Callable[[Known], bool]) -> frozenset[FolderId]:
        return self.below(number for number, one in self.meetings.items() if is_wanted(one))

    def _called(self, wanted: tuple[str, ...]) -> frozenset[FolderId]:
        """With words that stand so in the name of the meeting or of its series."""
        keys = [key for key in map(_words, wanted) if key.strip()]
        if not keys:
            return frozenset()
        return self._dossiers(
            lambda one: any(key in _words(one.title) + _words(one.series or "") for key in keys)
        )

    def _named(self, wanted: tuple[str, ...]) -> frozenset[FolderId]:
        keys = {fold(name) for name in wanted}
        return self.below(one for one, name in self.names.items() if fold(name) in keys)


async def look(ws: Workspace, actor: Actor, query: Query, *, with_meetings: bool = False) -> Sight:
    """What she may read now, and the documents that the index shows as they were.

    The index is asked first: what it applies meanwhile is then hidden once too often,
    never once too rarely. `IndexUnready` while there is none.
    """
    applied = await ws.index.applied()

    async def unit(tx: Transaction) -> Sight:
        late, hers = await entries.waiting(tx, actor, applied)
        parents = await finding.parents(tx, actor)
        known = await meeting_entries.known(tx) if with_meetings else []
        is_most = 2 * len(parents) > await finding.folders(tx)
        return Sight(
            parents=parents,
            unreadable=await finding.unreadable(tx, actor) if is_most else None,
            names=await _names(tx, actor, query),
            late=late,
            hers=hers,
            meetings={one.dossier_id: one for one in known if one.dossier_id in parents},
        )

    return await ws.db.read(unit)


@lru_cache(maxsize=1 << 14)
def _words(name: str) -> str:
    """The exact words of a name, a space around each."""
    return f" {' '.join(word.exact for word in spelled(name))} "


async def _names(tx: Transaction, actor: Actor, query: Query) -> dict[FolderId, str]:
    """Of all her folders, for a query that names some."""
    if not (query.folders or query.excluded_folders):
        return {}
    rows = await folders.allowing(tx, actor, Action.READ)
    return {number: name for number, _, name in rows}
