"""The register of decisions: of a folder or of the whole network, as far as she may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from atelier import access
from atelier.database import decisions as records
from atelier.database import folders, meetings
from atelier.database.engine import Transaction
from atelier.errors import Invalid
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import OrganisationId
from atelier.model.meetings import Series
from atelier.model.people import Actor
from atelier.model.prose import Sheet
from atelier.model.register import Sought, Taken
from atelier.papers.contract import PaperKind
from atelier.workspace.place import Workspace
from atelier.workspace.turns import in_turn

PAGE_DECISIONS: Final = 50
MOST_DECISIONS: Final = 20_000
MOST_PRINTED: Final = 2_000
MAX_WORDS_CHARACTERS: Final = 200
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Register:
    """Decisions, the newest first: page `page` of `pages`, of `total` that were asked for.

    `folder` and `crumbs` when it is of one folder. `series` and `organisations` are those
    that it may be narrowed to.
    """

    sought: Sought
    taken: tuple[Taken, ...]
    total: int
    page: int
    pages: int
    folder: Folder | None
    crumbs: tuple[Crumb, ...]
    series: tuple[Series, ...]
    organisations: tuple[tuple[OrganisationId, str], ...]


async def register(
    ws: Workspace,
    actor: Actor,
    sought: Sought,
    *,
    page: int | None = 1,
    most: int = MOST_DECISIONS,
) -> Register:
    """The decisions that are asked for, a page of them; a page past the end is the last one.

    None for `page` is all, of which the `most` newest. `NotFound` for a folder that she may
    not read, `Invalid` for words without end or days the wrong way round.
    """
    asked = _checked(sought)

    async def unit(tx: Transaction) -> Register:
        folder, crumbs = await _place(tx, actor, asked)
        total = await records.count(tx, actor, asked)
        pages = 1 if page is None else max(1, -(-total // PAGE_DECISIONS))
        number = min(page or 1, pages)
        taken = await records.listed(
            tx,
            actor,
            asked,
            offset=(number - 1) * PAGE_DECISIONS,
            limit=most if page is None else PAGE_DECISIONS,
        )
        return Register(
            sought=asked,
            taken=tuple(taken),
            total=total,
            page=number,
            pages=pages,
            folder=folder,
            crumbs=crumbs,
            series=tuple(await meetings.series_seen(tx, actor)),
            organisations=tuple(await records.organisations(tx, actor)),
        )

    return await ws.db.read(unit)


@in_turn("papers")
async def printed(
    ws: Workspace, actor: Actor, sought: Sought, said: Callable[[Register], Sheet]
) -> bytes:
    """The whole register as a PDF, at most `MOST_PRINTED` decisions, as `said` puts it in words.

    The errors of `register` and of `Papers.write`; `Busy` too when many of hers wait.
    """
    found = await register(ws, actor, sought, page=None, most=MOST_PRINTED)
    return await ws.papers.write(said(found), PaperKind.PDF)


async def _place(
    tx: Transaction, actor: Actor, sought: Sought
) -> tuple[Folder | None, tuple[Crumb, ...]]:
    if sought.folder is None:
        return None, ()
    folder = await access.enter(tx, actor, sought.folder, Action.READ)
    return folder, tuple(await folders.crumbs(tx, actor, folder.id))


def _checked(sought: Sought) -> Sought:
    words = " ".join(sought.words.split())
    if len(words) > MAX_WORDS_CHARACTERS or len(words.split()) > _MOST_WORDS:
        raise Invalid("words", "too_long", words[:80])
    if sought.since and sought.until and sought.since > sought.until:
        raise Invalid("until", "before_start", sought.until.isoformat())
    return replace(sought, words=words)
