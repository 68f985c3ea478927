"""A message as one page of text, whatever container it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from atelier.extract.contract import PageKind
from atelier.extract.found import Found, Sheet, plain_line
from atelier.model.documents import ReadState

MAX_DEPTH = 16  # of messages within messages
MAX_MESSAGES = 1_000
MAX_ATTACHMENTS = 1_000  # whose names are listed


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads of a message; addresses and dates as they were written.

    `written_at` has the form of `moments`.
    """

    subject: str = ""
    sender: str = ""
    to: str = ""
    copies: str = ""
    date: str = ""
    written_at: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()


def found(letters: Sequence[Letter]) -> Found:
    """One page a message, the outer one first; title and author are its subject and sender.

    `partial` when there are more messages than `MAX_MESSAGES`.
    """
    sheet, pages = Sheet(), []
    for letter in letters[:MAX_MESSAGES]:
        _write(letter, sheet)
        pages.append(sheet.take())
    first = letters[0]
    state = (ReadState.PARTIAL, "pages") if len(letters) > MAX_MESSAGES else (ReadState.OK, "")
    return Found(tuple(pages), PageKind.MESSAGE, first.subject, first.sender, *state,
                 written_at=first.written_at)  # fmt: skip


def _write(letter: Letter, sheet: Sheet) -> None:
    """The fields under the names that messages give them, the body, the attachments' names."""
    fields = (
        ("From", letter.sender), ("To", letter.to), ("Cc", letter.copies), ("Date", letter.date),
        ("Subject", letter.subject),
    )  # fmt: skip
    for name, value in fields:
        if value:
            sheet.write(f"{name}: {' '.join(value.split())}\n")
    sheet.write(f"\n{letter.body.strip()}\n\n")
    for name in letter.attachments[:MAX_ATTACHMENTS]:
        sheet.write(f"[{plain_line(name)}]\n")
