"""What the server and its extraction server say to each other over their socket pair.

One datagram a message, msgpack, decoded strictly. Orders carry two descriptors: the file to
read, open for reading only, and the pipe into which the child writes its reading.
"""

from __future__ import annotations

import socket
import sys

import msgspec

from atelier.extract.limits import Limits

MAX_MESSAGE_BYTES = 4_096

# macOS has no SEQPACKET for socket pairs; its datagrams keep boundaries too, but their end
# does not show, so that there the extraction server also looks whether its parent still lives
SOCKET_KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Said once, when the extraction server is ready: which protections hold on this system."""

    no_network: bool
    no_files: bool
    no_new_privileges: bool


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Read the file, deposited under `name`."""

    name: str


class Draw(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Draw a page of the file, counted from 1, so many pixels wide."""

    name: str
    page: int
    width: int


class Compare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Compare the two texts that the file holds, packed: each one text a page."""


class Scan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Draw a page of the file, counted from 1, for a program that reads letters."""

    name: str
    page: int


class Tell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Tell the language of the text that the file holds, packed: one text a page."""


Task = Read | Draw | Compare | Scan | Tell


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Do one thing with one file, within `limits`."""

    number: int
    task: Task
    limits: Limits


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """How the child of an order ended: `done`, `crashed` or `timeout`."""

    number: int
    ending: str


_encoder = msgspec.msgpack.Encoder()
_said: msgspec.msgpack.Decoder[Standing | Verdict] = msgspec.msgpack.Decoder(Standing | Verdict)
_order = msgspec.msgpack.Decoder(Order)


def packed(message: Order | Standing | Verdict) -> bytes:
    """A message as bytes."""
    return _encoder.encode(message)


def said(content: bytes) -> Standing | Verdict:
    """What the extraction server said; `msgspec.DecodeError` when it is not one of these."""
    return _said.decode(content)


def ordered(content: bytes) -> Order:
    """The order that was given; `msgspec.DecodeError` when it is none."""
    return _order.decode(content)
