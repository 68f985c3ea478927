"""Minutes: what was said of each item, in Markdown, by those who coordinate the dossier.

Each text has a state of its own. Of two who write of the same item the second is handed the
text of the first, so that she joins the two: nothing that either typed is lost. Once the
minutes are approved nothing of them changes.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from atelier.database import dossiers, folders, journal, organisations
from atelier.database import minutes as records
from atelier.database.engine import Transaction
from atelier.database.minutes import Said
from atelier.errors import Invalid, NotFound, TextClash
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import ItemId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import Meeting
from atelier.model.minutes import Someone
from atelier.model.people import Actor, Organisation
from atelier.model.prose import Block
from atelier.papers.markdown import parse
from atelier.workspace.agenda import changed
from atelier.workspace.meetings import check_open, enter, entered
from atelier.workspace.place import Workspace

MAX_TEXT_CHARACTERS: Final = 40_000  # a dozen pages
# Of a meeting: everybody who opens its page has all of its texts read and shown.
MAX_MEETING_CHARACTERS: Final = 300_000
MAX_MEETING_LINES: Final = 6_000
_READ_AT_ONCE: Final = 16_384  # characters; more are read in a thread
MOST_PEOPLE: Final = 500  # offered by name; where they are more, a name is typed

# What ends a line in one program or another, and what nobody sees.
_LINE_ENDS: Final = str.maketrans(dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n"))


@dataclass(frozen=True, slots=True)
class Writing:
    """A meeting whose minutes she writes, with what its forms offer: organisations, people."""

    meeting: Meeting
    folder: Folder
    crumbs: tuple[Crumb, ...]
    organisations: tuple[Organisation, ...] = ()
    people: tuple[Someone, ...] = ()


async def look(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Writing:
    """The minutes as they are being written, also once they are approved; for coordinators."""

    async def unit(tx: Transaction) -> Writing:
        folder = await enter(tx, actor, meeting_id, Action.MEET)
        return Writing(
            meeting=await dossiers.whole(tx, actor, meeting_id),
            folder=folder,
            crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
            organisations=tuple(await organisations.present(tx, actor.today)),
            people=await people(tx, actor),
        )

    return await ws.db.read(unit)


async def write(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, item_id: ItemId, text: str, *, state: int
) -> None:
    """Write what was said of an item, in the place of the text she saw in that `state`.

    The same text again is nothing. `TextClash` with what stands when somebody wrote first,
    `MinutesApproved`, `NotFound("item")`, `Invalid` for a text that is too long, or that makes
    the meeting's texts too long together.
    """
    clean = cleaned(text)
    if len(clean) > MAX_TEXT_CHARACTERS:
        raise Invalid("text", "too_long_text", str(len(clean)))

    async def unit(tx: Transaction) -> None:
        folder, said = await enter_item(tx, actor, meeting_id, item_id)
        if said.text == clean:
            return
        if said.state != state:
            raise await _clash(tx, folder, meeting_id, said)
        await check_room(tx, meeting_id, said.text, clean)
        await records.write(tx, item_id, clean)
        await changed(ws, tx, actor, folder, meeting_id, said.title, verb=Verb.MINUTES_WRITTEN)

    await ws.db.write(unit)


async def told(meeting: Meeting) -> dict[ItemId, tuple[Block, ...]]:
    """What was said of each item, as blocks; an item of which nothing was said is not there."""
    said = {item.id: item.text for item in meeting.items if item.text}
    if sum(map(len, said.values())) <= _READ_AT_ONCE:
        return _read(said)
    return await asyncio.to_thread(_read, said)


async def enter_item(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, item_id: ItemId
) -> tuple[Folder, Said]:
    """The dossier where she may write of an item, and what stands of it.

    `MinutesApproved` once that is over, `NotFound("item")` for one that is not on the agenda.
    """
    folder, rest = await entered(tx, actor, meeting_id)
    check_open(rest)
    said = await records.said(tx, meeting_id, item_id)
    if said is None:
        raise NotFound("item")
    return folder, said


async def _clash(tx: Transaction, folder: Folder, meeting_id: MeetingId, said: Said) -> TextClash:
    """With who wrote what stands, as the journal tells it; it knows items by their titles."""
    if not await records.is_only(tx, meeting_id, said.title):
        return TextClash(said.state, said.text)
    last = await journal.last_of_item(tx, folder.id, Verb.MINUTES_WRITTEN, said.title)
    return TextClash(said.state, said.text, *(last or ()))


def _read(said: Mapping[ItemId, str]) -> dict[ItemId, tuple[Block, ...]]:
    return {item: parse(text) for item, text in said.items()}


async def check_room(tx: Transaction, meeting: MeetingId, before: str, text: str) -> None:
    """The text fits into the meeting in the place of the one before; one that shrinks does."""
    characters, lines = await records.extent(tx, meeting)
    more, more_lines = len(text) - len(before), text.count("\n") - before.count("\n")
    if more > 0 and characters + more > MAX_MEETING_CHARACTERS:
        raise Invalid("text", "meeting_full", str(MAX_MEETING_CHARACTERS))
    if more_lines > 0 and lines + more_lines > MAX_MEETING_LINES:
        raise Invalid("text", "too_many_lines", str(MAX_MEETING_LINES))


async def people(tx: Transaction, actor: Actor) -> tuple[Someone, ...]:
    """The people of the network to choose from; none where they are many."""
    found = await records.everyone(tx, actor.today, MOST_PEOPLE + 1)
    return tuple(found) if len(found) <= MOST_PEOPLE else ()


def cleaned(text: str) -> str:
    """A text of several lines as it is kept: no invisible characters, no empty lines around."""
    whole = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    seen = "".join(one for one in whole if one in "\n\t" or unicodedata.category(one) != "Cc")
    return seen.strip("\n").rstrip()


def on_one_line(text: str) -> str:
    """A name as it is kept."""
    return " ".join(cleaned(text).split())
