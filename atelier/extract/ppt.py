"""Reads PowerPoint 97-2003 by its records ([MS-PPT]): the texts of each slide and its notes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from atelier.extract import compound
from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.limits import MAX_PAGES
from atelier.model.documents import ReadState

_LOCKED = 0xF3D1C4DF  # headerToken of "Current User" (§2.3.2)
# record types of §2.13.24
_EDIT, _PERSIST, _LIST, _SLIDE, _NOTES = 0x0FF5, 0x1772, 0x0FF0, 0x03EE, 0x03F0
_ENTRY, _SLIDE_FACTS = 0x03F3, 0x03EF
_WIDE, _NARROW = 0x0FA0, 0x0FA8  # TextCharsAtom, TextBytesAtom
_SLIDES, _OF_NOTES = 0, 2  # instances of the list
_MAX_EDITS = 10_000
# paragraph, line inside it, and the signs that stand for a number, a date or a footer
_SIGNS = str.maketrans({13: "\n", 11: "\n"})


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: its instance, type, where its content starts and how long it is."""

    instance: int
    kind: int
    start: int
    length: int


@dataclass(slots=True)
class _Slide:
    """A slide as its list names it: where it lies, its number there, texts of its outline."""

    place: int
    identity: int
    texts: list[str]


def read(file: BinaryIO) -> Found:
    """One text a slide, in their order, each followed by its notes."""
    container = compound.opened(file)
    content = compound.stream(container, "PowerPoint Document")
    user = compound.stream(container, "Current User")
    if container.exists("EncryptedSummary") or user[12:16] == struct.pack("<I", _LOCKED):
        raise Unread(ReadState.ENCRYPTED, "password")
    about = compound.summary(container)
    try:
        pages = _Show(content, user).pages()
    except struct.error as error:
        raise Unread(ReadState.DAMAGED, "broken") from error
    many = (ReadState.PARTIAL, "many_pages") if len(pages) > MAX_PAGES else (ReadState.OK, "")
    return Found(
        tuple(pages[:MAX_PAGES]), PageKind.SLIDE, about.title, about.author, *many,
        written_at=about.written_at, changed_at=about.changed_at,
    )  # fmt: skip


class _Show:
    """The slides of one stream; every part of it is walked once, however often it is named."""

    def __init__(self, content: bytes, user: bytes) -> None:
        self._content = content
        self._sheet = Sheet()
        self._walked = set[int]()
        self._budget = 4 * len(content)
        (edit,) = struct.unpack_from("<I", user, 16)
        self._places, document = _persisted(content, edit)
        self._document = self._places.get(document)

    def pages(self) -> list[str]:
        """One text a slide. `Unread` damaged without a document, or when parts overlap."""
        if self._document is None:
            raise Unread(ReadState.DAMAGED, "no_body")
        slides, notes = self._lists(self._document)
        places = {note.identity: note.place for note in notes}
        return [self._page(slide, places) for slide in slides]

    def _page(self, slide: _Slide, notes: dict[int, int]) -> str:
        for text in slide.texts:
            self._write(text)
        facts = self._texts(slide.place, _SLIDE)
        if facts in notes:
            self._texts(notes[facts], _NOTES)
        return self._sheet.take()

    def _lists(self, document: int) -> tuple[list[_Slide], list[_Slide]]:
        """Slides and notes as the document lists them (§2.4.14.3)."""
        found: dict[int, list[_Slide]] = {_SLIDES: [], _OF_NOTES: []}
        current: list[_Slide] = []
        for record in self._within(document):
            if record.kind == _LIST:
                current = found.get(record.instance, [])
            elif record.kind == _ENTRY:
                place, identity = struct.unpack_from("<I8xI", self._content, record.start)
                current.append(_Slide(self._places.get(place, -1), identity, []))
            elif record.kind in (_WIDE, _NARROW) and current:
                current[-1].texts.append(self._text(record))
        return found[_SLIDES], found[_OF_NOTES]

    def _texts(self, place: int, kind: int) -> int:
        """Write the texts at a place; the number of its notes, for a slide."""
        notes = 0
        if place < 0 or place in self._walked:
            return notes
        self._walked.add(place)
        for record in self._within(place):
            if record.start == place + 8 and record.kind != kind:
                return notes
            if record.kind == _SLIDE_FACTS:
                (notes,) = struct.unpack_from("<16xI", self._content, record.start)
            elif record.kind in (_WIDE, _NARROW):
                self._write(self._text(record))
        return notes

    def _within(self, place: int) -> Iterator[_Record]:
        """The record at a place and those inside it, in order; containers are stepped into."""
        end = min(place + 8 + _record(self._content, place).length, len(self._content))
        self._budget -= end - place
        if self._budget < 0:
            raise Unread(ReadState.DAMAGED, "broken")
        while place + 8 <= end:
            record = _record(self._content, place)
            yield record
            is_container = self._content[place] & 0xF == 0xF
            place = record.start if is_container else record.start + record.length

    def _text(self, record: _Record) -> str:
        content = self._content[record.start : record.start + record.length]
        return content.decode("utf-16-le" if record.kind == _WIDE else "cp1252", "replace")

    def _write(self, text: str) -> None:
        if text:
            self._sheet.write(text.translate(_SIGNS))
            self._sheet.end_line()


def _record(content: bytes, place: int) -> _Record:
    version, kind, length = struct.unpack_from("<HHI", content, place)
    return _Record(version >> 4, kind, place + 8, length)


def _persisted(content: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Where each numbered part lies, newest edit first (§2.3.3), and the number of the document."""
    places: dict[int, int] = {}
    seen = set[int]()
    document = 0
    while edit and edit not in seen and len(seen) < _MAX_EDITS:
        seen.add(edit)
        if _record(content, edit).kind != _EDIT:
            break
        older, table, number = struct.unpack_from("<III", content, edit + 16)
        document = document or number
        for each, place in _entries(content, table):
            places.setdefault(each, place)
        edit = older
    return places, document


def _entries(content: bytes, table: int) -> Iterator[tuple[int, int]]:
    """Number and place of each part that a directory names (§2.3.5)."""
    directory = _record(content, table)
    at, end = directory.start, min(directory.start + directory.length, len(content))
    while directory.kind == _PERSIST and at + 4 <= end:
        (head,) = struct.unpack_from("<I", content, at)
        first, count = head & 0xFFFFF, head >> 20
        yield from enumerate(struct.unpack_from(f"<{count}I", content, at + 4), first)
        at += 4 + 4 * count
