"""The record of engines that every use-case is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from atelier.blobs.contract import BlobStore
from atelier.blobs.derived import DerivedTexts
from atelier.database.engine import Database
from atelier.extract.contract import Readers
from atelier.search.contract import Index
from atelier.settings import Settings
from atelier.workspace.passwords import Passwords

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Workspace:
    """Records, bytes, texts, index, readers, clock and settings; no methods of its own.

    `clock` gives aware UTC times.
    """

    db: Database
    blobs: BlobStore
    texts: DerivedTexts
    index: Index
    readers: Readers
    passwords: Passwords
    clock: Clock
    settings: Settings


def today(ws: Workspace) -> date:
    """The day it is in the network's time zone: until then dated grants hold."""
    return ws.clock().astimezone(ZoneInfo(ws.settings.network.time_zone)).date()
