"""A folder, or documents chosen in it, as one ZIP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from weakref import WeakSet
from zoneinfo import ZoneInfo

from starlette.responses import Response

from atelier.errors import Invalid, TooMany
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, PersonId
from atelier.model.portable import apart
from atelier.web.doors import Door, in_folder
from atelier.web.downloads import disposition
from atelier.web.forms import Form
from atelier.web.language import N_
from atelier.web.pages.folders import folder_of, listing
from atelier.web.squeezing import Squeezed
from atelier.web.streaming import PIECE_BYTES, WHOLE_BYTES, Streamed
from atelier.web.visit import Visit
from atelier.web.zips import Member, Writer, length
from atelier.workspace import archives
from atelier.workspace.archives import Archive, Entry
from atelier.workspace.place import Workspace

# The rights to so many entries are asked at once, before the first of them is given.
GROUP_ENTRIES: Final = 50
# Each keeps the paths of all it holds.
AT_ONCE: Final = 2
_RETRY_SECONDS: Final = 30
_NOTE_NAME: Final = N_("LISEZ-MOI - documents manquants.txt")


async def folder(visit: Visit) -> Response:
    """The folder with all that she may read below it, its tree kept."""
    with begun(visit) as turn:
        archive = await archives.of_folder(visit.ws, visit.actor, folder_of(visit))
        return await _sent(visit, turn, archive, f"{archive.folder}.zip")


async def selection(visit: Visit) -> Response:
    """The documents that the query names, side by side."""
    try:
        chosen = _chosen(visit)
    except Invalid as error:
        return await listing(visit, visit.refused(error, "document"))
    with begun(visit) as turn:
        here = folder_of(visit)
        archive = await archives.of_documents(visit.ws, visit.actor, here, chosen)
        name = visit.voice.text(N_("%(folder)s - sélection.zip"), folder=archive.folder)
        return await _sent(visit, turn, archive, name)


@dataclass(eq=False)
class Turn:
    """One of the archives that somebody may have under way, until it is ended or forgotten."""

    ws: Workspace
    person: PersonId
    work: str

    def end(self) -> None:
        """Let the next one begin; may be called again."""
        _UNDER_WAY.discard(self)


# Weak: an answer that nobody sent in the end takes nobody's turn away.
_UNDER_WAY: Final[WeakSet[Turn]] = WeakSet()


@contextmanager
def begun(visit: Visit, work: str = "", most: int = AT_ONCE) -> Iterator[Turn]:
    """A turn, ended when the block fails, else by whoever it is given to; `TooMany`.

    Somebody has `AT_ONCE` archives under way, and at most so many of this work.
    """
    mine = Turn(visit.ws, visit.actor.person_id, work)
    hers = [one for one in _UNDER_WAY if one.ws is mine.ws and one.person == mine.person]
    if len(hers) >= AT_ONCE or sum(one.work == work for one in hers) >= most:
        raise TooMany(_RETRY_SECONDS)
    _UNDER_WAY.add(mine)
    try:
        yield mine
    except BaseException:
        mine.end()
        raise


class _Part(NamedTuple):
    """A member of the archive, and where its bytes come from."""

    member: Member
    source: Entry | bytes | Squeezed


class _Note(NamedTuple):
    """What is told beside the documents, "" when none is missing."""

    name: str
    text: str
    at: datetime


class _Packed:
    """An archive on its way out; see `streaming.Body`."""

    def __init__(self, visit: Visit, turn: Turn, parts: Sequence[_Part], length_bytes: int) -> None:
        self.length_bytes = length_bytes
        self._visit, self._turn, self._parts = visit, turn, parts
        self._given: Sequence[_Part] = ()

    async def still(self) -> None:
        """Pass while she may read all that is being given."""
        entries = [part.source for part in self._given if isinstance(part.source, Entry)]
        await archives.check(self._visit.ws, await self._visit.still(), entries)

    async def pieces(self) -> AsyncGenerator[bytes]:
        """As `streaming.Body`."""
        writer = Writer()
        for first in range(0, len(self._parts), GROUP_ENTRIES):
            self._given = self._parts[first : first + GROUP_ENTRIES]
            await self.still()
            waiting = b""
            for part in self._given:
                waiting += writer.begin(part.member)
                async with aclosing(self._contents(part.source)) as contents:
                    async for piece in contents:
                        waiting += writer.add(piece)
                        if len(waiting) >= WHOLE_BYTES:
                            yield waiting
                            waiting = b""
                waiting += writer.finish()
            yield waiting
        yield writer.end()

    def close(self) -> None:
        """As `streaming.Body`: what is open belongs to `pieces`."""
        self._turn.end()

    def _contents(self, source: Entry | bytes | Squeezed) -> AsyncGenerator[bytes]:
        if not isinstance(source, Entry):
            return _each([source] if isinstance(source, bytes) else source.pieces())
        ws, actor = self._visit.ws, self._visit.actor
        return archives.contents(ws, actor, source, piece_bytes=PIECE_BYTES)


async def _each(pieces: Iterable[bytes]) -> AsyncGenerator[bytes]:
    for piece in pieces:
        yield piece


def _chosen(visit: Visit) -> list[DocumentId]:
    given = visit.request.query_params.getlist("document")
    if not given:
        raise Invalid("document", "none_chosen")
    return [DocumentId(Form({"document": one}).number("document")) for one in given]


async def _sent(visit: Visit, turn: Turn, archive: Archive, name: str) -> Response:
    zone = ZoneInfo(visit.ws.settings.network.time_zone)
    note = _Note(visit.voice.text(_NOTE_NAME), _told(visit, archive), visit.ws.clock())
    parts, size = await asyncio.to_thread(_laid_out, archive, zone, note)
    return _streamed(_Packed(visit, turn, parts, size), name)


def packed(
    visit: Visit,
    turn: Turn,
    files: Iterable[tuple[str, Squeezed]],
    entries: Iterable[Entry],
    name: str,
) -> Response:
    """An archive of these texts, and then of documents: their rights are asked as ever."""
    zone = ZoneInfo(visit.ws.settings.network.time_zone)
    at = visit.ws.clock().astimezone(zone)
    parts = [_Part(Member(path, text.size_bytes, at), text) for path, text in files]
    parts += [
        _Part(Member(one.path, one.size_bytes, one.at.astimezone(zone)), one) for one in entries
    ]
    return _streamed(_Packed(visit, turn, parts, length(part.member for part in parts)), name)


def _streamed(body: _Packed, name: str) -> Response:
    headers = {
        "content-type": "application/zip",
        "content-disposition": disposition(name, is_inline=False),
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
    }
    return Streamed(body, body.still, 200, headers)


def _told(visit: Visit, archive: Archive) -> str:
    """Which documents are not in the archive, and what to do about it."""
    voice, lines = visit.voice, []
    if archive.lost:
        said = voice.plural(
            "Le contenu de %(n)s document n'est plus sur le serveur :",
            "Le contenu de %(n)s documents n'est plus sur le serveur :",
            len(archive.lost),
        )
        helped = voice.text(N_("Prévenez l'administrateur : une sauvegarde peut le rendre."))
        lines += [said, *(f"- {path}" for path in archive.lost), helped]
    if archive.gone:
        said = voice.plural(
            "%(n)s document coché n'est plus dans ce dossier : déplacé ou retiré.",
            "%(n)s documents cochés ne sont plus dans ce dossier : déplacés ou retirés.",
            archive.gone,
        )
        lines.append(said)
    return "".join(f"{line}\r\n" for line in lines)


def _laid_out(archive: Archive, zone: ZoneInfo, note: _Note) -> tuple[list[_Part], int]:
    """The members in their order, and the length of the whole."""
    parts = [
        _Part(Member(entry.path, entry.size_bytes, entry.at.astimezone(zone)), entry)
        for entry in archive.entries
    ]
    if note.text:
        # The mark at its beginning tells old editors that a text is UTF-8.
        body = note.text.encode("utf-8-sig")
        path = _free_path(archive, note.name)
        parts.insert(0, _Part(Member(path, len(body), note.at.astimezone(zone)), body))
    return parts, length(part.member for part in parts)


def _free_path(archive: Archive, name: str) -> str:
    taken = {entry.path.partition("/")[0] for entry in archive.entries}
    return apart([*((one, False) for one in taken), (name, False)])[-1]


_HERE: Final = "/folders/{folder:id}"

DOORS = (
    Door("GET", f"{_HERE}/archive", in_folder(Action.READ), folder),
    Door("GET", f"{_HERE}/selection", in_folder(Action.READ), selection),
)
