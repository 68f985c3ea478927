"""Reads mails (RFC 5322, MIME) with the standard library, and the mails attached to them."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email import policy
from email.headerregistry import ParameterizedMIMEHeader
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from atelier.extract import html, letter
from atelier.extract.found import Found, Unread
from atelier.extract.letter import Letter
from atelier.extract.moments import moment
from atelier.extract.text import decoded
from atelier.model.documents import ReadState

_MAX_PARTS = 10_000
_MAX_FIELD_CHARACTERS = 8_000  # of a header: parsing addresses is quadratic
_MAX_NAME_CHARACTERS = 255
# what the parser of headers raises for those it was not made for: they are shown as written
_UNPARSED = (ValueError, LookupError, AttributeError, TypeError, RecursionError)


def read(file: BinaryIO) -> Found:
    """One page a message: the mail itself, then those attached to it, in order."""
    try:
        # the older policy for the structure: the newer parses a header anew each time it is
        # looked at, half a millisecond a part; it serves below for what a person reads
        mail = email.message_from_binary_file(file, policy=policy.compat32)
        return letter.found(list(_letters(mail, _Count(), 0)))
    except RecursionError as error:
        raise Unread(ReadState.DAMAGED, "nesting") from error
    except (AttributeError, TypeError, AssertionError) as error:
        raise Unread(ReadState.DAMAGED, "broken") from error


class _Count:
    """How many parts were met in the whole file."""

    def __init__(self) -> None:
        self._parts = 0

    def one_more(self) -> None:
        """`Unread` too_large beyond the cap."""
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise Unread(ReadState.TOO_LARGE, "parts")


def _letters(mail: Message, count: _Count, depth: int) -> Iterator[Letter]:
    bodies: list[str] = []
    attachments: list[str] = []
    inner: list[Message] = []
    for part in _parts(mail, count):
        if part.get_content_type() == "message/rfc822":
            inner += _held(part)
        elif not part.is_multipart():
            _take(part, bodies, attachments)
    yield Letter(
        subject=_field(mail, "subject"), sender=_field(mail, "from"), to=_field(mail, "to"),
        copies=_field(mail, "cc"), date=_field(mail, "date"), written_at=_moment(mail),
        body="\n\n".join(bodies), attachments=tuple(attachments),
    )  # fmt: skip
    for one in inner if depth < letter.MAX_DEPTH else ():
        yield from _letters(one, count, depth + 1)


def _parts(mail: Message, count: _Count) -> Iterator[Message]:
    """The parts to show, in order: of alternatives the plain one; attached mails stay closed."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        count.one_more()
        kind = part.get_content_type()
        held = _held(part) if kind != "message/rfc822" else []
        if kind == "multipart/alternative" and held:
            waiting.append(_plainest(held))
        else:
            waiting += reversed(held)
        yield part


def _held(part: Message) -> list[Message]:
    content = part.get_payload()
    return [one for one in content if isinstance(one, Message)] if isinstance(content, list) else []


def _plainest(alternatives: list[Message]) -> Message:
    """The plain text when it says anything, else the richest: the last (RFC 2046 §5.1.4)."""
    for part in alternatives:
        if part.get_content_type() == "text/plain" and _text(part).strip():
            return part
    return alternatives[-1]


def _take(part: Message, bodies: list[str], attachments: list[str]) -> None:
    name = _name(part)
    kind = part.get_content_type()
    is_body = kind in ("text/plain", "text/html") and not name
    if part.get_content_disposition() == "attachment" or not is_body:
        if name:
            attachments.append(name)
        return
    text = _text(part)
    bodies.append(html.words_of(text) if kind == "text/html" else text)


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    return decoded(content, str(part.get_content_charset() or ""))


def _name(part: Message) -> str:
    """The name of an attachment, in whatever of the three ways programs have to write it."""
    for field, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        parsed = _parsed(part, field)
        params = parsed.params if isinstance(parsed, ParameterizedMIMEHeader) else {}
        if params.get(parameter):
            return str(params[parameter])[:_MAX_NAME_CHARACTERS]
    return ""


def _field(mail: Message, name: str) -> str:
    """A header as a person reads it, encoded words decoded; "" without."""
    return str(_parsed(mail, name))


def _parsed(mail: Message, name: str) -> str:
    """A header parsed, or as written when it cannot be; cut before it is parsed."""
    for each, value in mail.raw_items():
        if each.lower() == name:
            raw = str(value)[:_MAX_FIELD_CHARACTERS]
            try:
                header: str = policy.default.header_factory(each, raw)
            except _UNPARSED:
                return raw
            return header
    return ""


def _moment(mail: Message) -> str:
    try:
        return moment(parsedate_to_datetime(_field(mail, "date")).isoformat())
    except (ValueError, OverflowError):
        return ""
