"""Rows of long lists, made ready in Python: templates only print tuples.

Filters and formatting inside a template's row loop cost more than all the rest of the
page (200 rows); here each is one call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from atelier.model.documents import ReadState
from atelier.model.folders import DocumentRow, FolderRow
from atelier.model.ids import DocumentId
from atelier.model.journal import JournalLine
from atelier.model.locks import Lock
from atelier.model.names import is_suspect
from atelier.web.language import Voice
from atelier.web.pages.words import kind, reading

_MAX_ICONS = 200


class FolderLine(NamedTuple):
    """A folder as its table prints it."""

    url: str
    name: str
    short_id: str
    is_closed: bool
    is_suspect: bool
    changed_iso: str
    changed: str


class DocumentLine(NamedTuple):
    """A document as its table prints it; `tag` is "" when its text is searchable.

    `editor` is who is editing it, "" for nobody.
    """

    url: str
    icon: Markup
    name: str
    is_suspect: bool
    version: int
    size: str
    author: str
    organisation: str
    changed_iso: str
    changed: str
    tag: str
    is_reading: bool
    folder_id: int
    editor: str
    label: str
    number: int


class Rows:
    """Turns rows of the model into lines, in one language."""

    def __init__(self, voice: Voice, sprite_url: str) -> None:
        """Icons are symbols of the sprite at `sprite_url`."""
        self._voice = voice
        self._sprite_url = sprite_url
        self._icons: dict[str, Markup] = {}
        self._tags = {state.value: reading(state, voice).tag for state in ReadState}

    def folders(self, rows: Iterable[FolderRow]) -> list[FolderLine]:
        """One line per folder, in the order given."""
        day, local = self._voice.day, self._voice.local
        return [
            FolderLine(
                f"/folders/{row.id}",
                row.name,
                row.short_id,
                row.is_closed,
                _is_suspect(row.name),
                local(row.changed_at).isoformat(timespec="minutes"),
                day(row.changed_at),
            )
            for row in rows
        ]

    def documents(
        self, rows: Iterable[DocumentRow], locks: Mapping[DocumentId, Lock]
    ) -> list[DocumentLine]:
        """One line per document, in the order given."""
        return [
            self._document(row, locks[row.id].holder if row.id in locks else "") for row in rows
        ]

    def by_day(
        self, lines: Iterable[JournalLine]
    ) -> list[tuple[str, list[tuple[JournalLine, str]]]]:
        """Lines of the journal under their days, each with its time, in the order given."""
        days: list[tuple[str, list[tuple[JournalLine, str]]]] = []
        for line in lines:
            day = self._voice.day(line.at)
            if not days or days[-1][0] != day:
                days.append((day, []))
            days[-1][1].append((line, self._voice.clock(line.at)))
        return days

    def _document(self, row: DocumentRow, editor: str) -> DocumentLine:
        changed = self._voice.local(row.changed_at)
        return DocumentLine(
            f"/documents/{row.id}",
            self.icon(row.media_type),
            row.name,
            _is_suspect(row.name),
            row.version,
            self._voice.size(row.size_bytes),
            row.author,
            row.organisation,
            changed.isoformat(timespec="minutes"),
            self._voice.day(changed.date()),
            self._tags.get(row.state, ""),
            row.state == ReadState.WAITING,
            row.folder_id,
            editor,
            row.label,
            row.id,
        )

    def icon(self, media_type: str) -> Markup:
        """The icon of a kind of file, with the kind in words."""
        made = self._icons.get(media_type)
        if made is None:
            symbol, words = kind(media_type)
            made = Markup(
                '<svg class="icon kind kind-{0}" role="img" aria-label="{1}">'
                '<use href="{2}#{0}"></use></svg>'
            ).format(symbol, self._voice.text(words), self._sprite_url)
            if len(self._icons) < _MAX_ICONS:
                self._icons[media_type] = made
        return made


def _is_suspect(name: str) -> bool:
    # ASCII holds none of the marks: most names need no look at each letter.
    return not name.isascii() and is_suspect(name)
