"""Reads Outlook messages ([MS-OXMSG]) through python-oxmsg, and the messages attached to them."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from oxmsg.domain import constants as names
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from atelier.extract import compound, html, letter, rtf
from atelier.extract.found import Found, Unread
from atelier.extract.letter import Letter
from atelier.extract.limits import MAX_TEXT_BYTES
from atelier.extract.moments import moment
from atelier.model.documents import ReadState

# where properties start in their stream (§2.4): at the top, in an attached message, elsewhere
_TOP, _ATTACHED, _PART = 32, 24, 8
_ATTACHED_MESSAGE = "__substg1.0_3701000D"
_NARROW = 0x001E
# a property that is named and absent, undecodable, or in a code page that nobody knows
_UNREADABLE = (LookupError, ValueError, ArithmeticError, struct.error,
               UnrecognizedCodePageError, UnsupportedEncodingError)  # fmt: skip

_PACKED = b"LZFu"  # [MS-OXRTFCP] §2.1.3.1.1
_RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4_096


def read(file: BinaryIO) -> Found:
    """One page a message: the message itself, then those attached to it."""
    container = compound.opened(file)
    try:
        top = Storage.from_ole(container)
        letters = list(_letters(top, _TOP, 0))
    except (KeyError, struct.error) as error:
        raise Unread(ReadState.DAMAGED, "broken") from error
    return letter.found(letters)


def _letters(storage: Storage, start: int, depth: int) -> Iterator[Letter]:
    properties = Properties(storage, properties_header_offset=start)
    parts = list(storage.iter_attachment_storages())
    sent = _sent(properties)
    yield Letter(
        subject=_text(properties, storage, names.PID_SUBJECT),
        sender=_sender(properties, storage),
        to=_text(properties, storage, names.PID_DISPLAY_TO),
        copies=_text(properties, storage, names.PID_DISPLAY_CC),
        date=sent.strftime("%Y-%m-%d %H:%M UTC") if sent is not None else "",
        written_at=moment(sent.isoformat()) if sent is not None else "",
        body=_body(properties, storage),
        attachments=tuple(name for part in parts if (name := _name(part))),
    )
    for part in parts if depth < letter.MAX_DEPTH else ():
        for inner in part.storages:
            if inner.name == _ATTACHED_MESSAGE:
                yield from _letters(inner, _ATTACHED, depth + 1)


def _text(properties: Properties, storage: Storage, name: int) -> str:
    """The text of a property, "" without; undecodable bytes as cp1252 has them."""
    try:
        return (properties.str_prop_value(name) or "").rstrip("\0")
    except _UNREADABLE:
        with contextlib.suppress(LookupError):
            content = storage.property_stream_bytes(name, _NARROW)
            return content.decode("cp1252", "replace").rstrip("\0")
        return ""


def _sender(properties: Properties, storage: Storage) -> str:
    name = _text(properties, storage, names.PID_SENDER_NAME)
    address = _text(properties, storage, names.PID_SENDER_SMTP_ADDRESS) or _text(
        properties, storage, names.PID_SENDER_EMAIL_ADDRESS
    )
    if "@" not in address or address in name:  # an Exchange path is no address for a person
        return name or address
    return f"{name} <{address}>" if name else address


def _sent(properties: Properties) -> dt.datetime | None:
    with contextlib.suppress(*_UNREADABLE):
        for name in (names.PID_CLIENT_SUBMIT_TIME, names.PID_MESSAGE_DELIVERY_TIME):
            sent = properties.date_prop_value(name)
            if isinstance(sent, dt.datetime):
                return sent
    return None


def _body(properties: Properties, storage: Storage) -> str:
    """The plain body, else the words of the HTML one, else those of the RTF one."""
    plain = _text(properties, storage, names.PID_BODY)
    if plain.strip():
        return plain
    with contextlib.suppress(*_UNREADABLE, Unread):
        page = properties.binary_prop_value(names.PID_HTML)
        if page is not None:
            return html.read(io.BytesIO(page)).pages[0]
        packed = properties.binary_prop_value(names.PID_RTF_COMPRESSED)
        if packed is not None:
            return rtf.read(io.BytesIO(unpacked_rtf(packed))).pages[0]
    return _text(properties, storage, names.PID_BODY_HTML)


def _name(part: Storage) -> str:
    properties = Properties(part, properties_header_offset=_PART)
    wanted = (names.PID_ATTACH_LONG_FILENAME, names.PID_ATTACH_FILENAME, names.PID_DISPLAY_NAME)
    texts = (_text(properties, part, name) for name in wanted)
    return next((text for text in texts if text), "")


def unpacked_rtf(content: bytes) -> bytes:
    """RTF as Outlook packs it ([MS-OXRTFCP] §3.1.4); ends at its announced size, or at nonsense."""
    _, size, magic, _ = struct.unpack_from("<II4sI", content)
    if magic != _PACKED:
        return content[16 : 16 + size]
    if size > MAX_TEXT_BYTES:
        raise Unread(ReadState.TOO_LARGE, "text")
    text, at = bytearray(_RTF_START), 16
    end = size + len(_RTF_START)
    while at < len(content) and len(text) < end:
        flags, at = content[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                text += content[at : at + 1]
                at += 1
                continue
            pair = int.from_bytes(content[at : at + 2], "big")
            at += 2
            back = (len(text) - (pair >> 4)) % _WINDOW
            if back == 0:
                return bytes(text[len(_RTF_START) : end])
            for _ in range((pair & 0xF) + 2):
                text.append(text[-back] if back <= len(text) else 0x20)
    return bytes(text[len(_RTF_START) : end])
